"""Cell values as a person reads them back."""

from __future__ import annotations

from typing import Any

import pytest

from udfs import OMITTED, CellError
from udfs.catalogue.cells import show, single_cell


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
