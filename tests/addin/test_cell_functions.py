"""The functions of cells' values that the engine calls."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from addin.embedded.cell_functions import cell_functions
from addin.embedded.conversion import OMITTED_MARK

VALUES: list[Any] = ["abc de", "", "5", 2.5, -1.0, 1e300, True, None]
NA = {"type": "Error", "kind": "Na"}
FUNCTIONS = cell_functions(date1904=False)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_single_value_is_answered_as_a_range_of_it(name: str) -> None:
    function = FUNCTIONS[name]
    for count in (1, 2, 3):
        others = itertools.repeat([*VALUES, OMITTED_MARK], count - 1)
        for given in itertools.product(VALUES, *others):
            (((of_a_range,),)) = function([[given[0]]], *given[1:])
            answer = function(*given)
            assert type(answer) is type(of_a_range), given
            assert answer == of_a_range, given


def test_errors_come_out_or_are_what_is_asked_for() -> None:
    assert FUNCTIONS["ENGINE_TEXT"](NA) == NA
    assert FUNCTIONS["ENGINE_CELL_LEFT"]("abc", NA) == NA
    assert FUNCTIONS["ENGINE_CELL_ISNUMBER"](NA) is False
    assert FUNCTIONS["ENGINE_CELL_LEFT"]("abc", -1.0) == {"type": "Error", "kind": "Value"}
