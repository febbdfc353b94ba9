"""What a number may be, one by one and in blocks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from udfs import CellError
from udfs.catalogue.cell_types import Number
from udfs.catalogue.cells import CellProblem

INF, NAN = math.inf, math.nan
TINY, BELOW_ONE = math.nextafter(0, 1), math.nextafter(1, 0)
MOST = 1.7976931348623157e308


@pytest.mark.parametrize(
    ("bounds", "inside", "outside"),
    [
        ({"low": 0, "high": 1}, [0.0, TINY, 1.0], [-TINY, math.nextafter(1, 2)]),
        ({"low": 0, "high": 1, "low_open": True}, [TINY, 1.0], [0.0, -1.0, 1.5]),
        ({"low": 0, "high": 1, "high_open": True}, [0.0, BELOW_ONE], [1.0, -0.5]),
        ({"low": -1}, [-1.0, MOST], [-1.5, -MOST]),
        ({"high": 5}, [-MOST, 5.0], [5.5, MOST]),
        ({}, [-MOST, 0.0, MOST], []),
    ],
    ids=str,
)
def test_an_interval_is_the_same_one_by_one_and_in_blocks(
    bounds: dict[str, float], inside: list[float], outside: list[float]
) -> None:
    kind = Number("number", "", "type a number", **bounds)  # type: ignore[arg-type]
    assert kind.outside(np.array(inside)) is None
    for number in inside:
        assert kind.parse_cell(number, "x") == number
        assert kind.outside(np.array([number])) is None
    for number in (*outside, INF, -INF, NAN):
        with pytest.raises(CellProblem) as found:
            kind.parse_cell(number, "x")
        assert found.value.error is CellError.NUM
        mask = kind.outside(np.array([inside[0], number, inside[-1]]))
        assert mask is not None
        assert mask.tolist() == [False, True, False]
