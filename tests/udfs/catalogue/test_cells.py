"""Cell values as a person reads them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from udfs import OMITTED, CellError, catalogue
from udfs.catalogue.cells import CellProblem, as_rows, show, single_cell


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (100.0, "100"),
        (-0.005, "-0.005"),
        (1 / 3, "0.3333333333"),
        (9.9e299, "9.9e+299"),
        (1e300, "a number too large to compute with"),
        (-(10**400), "a number too large to compute with"),
        (False, "FALSE"),
        (None, "blank"),
        (OMITTED, "blank"),
        ("", "blank"),
        ("x" * 40, f'the text "{"x" * 40}"'),
        ("x" * 41, f'the text "{"x" * 37}..."'),
        (CellError.REF, "#REF!"),
    ],
)
def test_a_cell_in_words(value: Any, words: str) -> None:
    assert show(value) == words


@pytest.mark.parametrize("value", [7.0, [], [[]], [1, 2], [[1], [2]], [[1, 2]], "ab", None])
def test_what_is_no_single_cell_stays_as_it_is(value: Any) -> None:
    assert single_cell(value) is value


@pytest.mark.parametrize("value", [[7.0], [[7.0]], (7.0,), ((7.0,),)])
def test_a_range_of_one_cell_is_the_cell(value: Any) -> None:
    assert single_cell(value) == 7.0


@pytest.mark.parametrize(
    "value",
    [[[1.0], [2.0]], ((1.0,), (2.0,)), [(1.0,), [2.0]], [[1.0], 2.0], [np.array([1.0]), [2.0]]],
)
def test_rows_in_any_form_are_rows(value: Any) -> None:
    assert [list(row) for row in as_rows(value)] == [[1.0], [2.0]]


@pytest.mark.parametrize("value", [[[1.0], [2.0, 3.0]], [[1.0, 2.0], 3.0], ((), (1.0,))])
def test_rows_of_different_lengths_are_no_range(value: Any) -> None:
    with pytest.raises(CellProblem, match="different lengths"):
        as_rows(value)


@pytest.mark.parametrize("form", [list, tuple])
def test_a_range_is_left_as_it_was_handed_over(form: Any) -> None:
    """In the forms in which Excel's COM (tuples) and the other hosts (lists) hand it over."""
    entries = form(form([value]) for value in (100.0, 50.0, 20.0))
    leverages = form(form([value]) for value in (10.0, 0.5, 4.0))
    before = repr((entries, leverages))
    # 100 less a tenth, no liquidation below 1x, 20 less a quarter.
    found = catalogue["ISO_LIQUIDATION_PRICE"]("long", entries, leverages)
    assert found[0][0] == 90.0
    assert found[2][0] == 15.0
    assert repr((entries, leverages)) == before
