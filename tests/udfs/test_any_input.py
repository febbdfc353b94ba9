"""Whatever a cell holds: an answer or an Excel error comes back, never an exception."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from udfs import OMITTED, CellError, catalogue

AWKWARD = [
    None, "", " ", "x", "long", "short", "mark", "=1+1", True, False, OMITTED, *CellError,
    0, 1, -1, 0.5, 1e-320, 1e-300, 1e300, 1e308, -1e308, 10**400, math.nan, math.inf, -math.inf,
]  # fmt: skip
cells = st.one_of(
    st.sampled_from(AWKWARD),
    st.floats(),
    st.integers(-(10**6), 10**6),
    st.floats(0, 200),
    st.text(max_size=5),
)
ranges = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4)
)
arguments = st.one_of(cells, ranges)


def is_value(result):
    if isinstance(result, list):
        assert result
        assert all(isinstance(row, list) for row in result)
        assert len({len(row) for row in result}) == 1
        return all(is_cell(cell) for row in result for cell in row)
    return is_cell(result)


def is_cell(cell):
    if isinstance(cell, float):
        return math.isfinite(cell)
    return isinstance(cell, (CellError, str, bool))


def paths_kept_few(formula, given_arguments):
    """A typed million of paths is allowed, but no test of odd inputs needs to wait for it."""
    names = [argument.name for argument in formula.arguments]
    if "paths" not in names:
        return given_arguments
    at = names.index("paths")
    return [
        16 if i == at and isinstance(value, (int, float)) and value > 16 else value
        for i, value in enumerate(given_arguments)
        if i != at or not isinstance(value, list)
    ]


@pytest.mark.parametrize("formula", catalogue.values(), ids=lambda formula: formula.name)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_cells_give_a_value_or_an_error(formula, data):
    most = formula.max_args or 6
    given_arguments = paths_kept_few(
        formula, data.draw(st.lists(arguments, min_size=0, max_size=most + 1))
    )
    result = formula(*given_arguments)
    assert is_value(result), result
    words = formula.explain(*given_arguments)
    assert isinstance(words, str)
    assert words
    if not formula.variadic and isinstance(result, CellError):
        assert words != "ok"


GOOD = {
    "ISO_STRESS": [[["long"]] * 2, 100.0, [[1.0], [2.0]], 10.0, [[100.0], [90.0]], -0.1],
    "ISO_JOINT_LIQUIDATION": [[["long"]] * 2, 100.0, 90.0, 0.05, 0.5, 7.0, 16],
    "ISO_VENUE_COMPARISON": [
        "long", 100.0, 50.0, 10.0, 7.0, [["A", 50, 0.005, 0.12, 0.0006, 0.0002, 0.0001, 8, 0]]
    ],
    "ISO_PORTFOLIO_RISK": [[[100.0], [200.0]], [[1.0, 0.5], [0.5, 1.0]]],
    "ISO_EFFECTIVE_BETS": [[[100.0], [200.0]], 0.8],
    "ISO_JOURNAL_BY": [[["a"], ["b"]], [[1.0], [2.0]]],
    "ISO_SCALE_OUT": ["long", 100.0, 50.0, 10.0, [[0.5, 1.0]], [[0.25, 0.25]]],
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_odd_argument_among_good_ones(name, data):
    """Closer to what people type: most of it is right."""
    formula, good = catalogue[name], list(GOOD[name])
    at = data.draw(st.integers(0, len(good) - 1))
    if name == "ISO_JOINT_LIQUIDATION" and at == 6:
        return
    good[at] = data.draw(arguments)
    assert is_value(formula(*good))
    assert formula.explain(*good)


@pytest.mark.parametrize("formula", catalogue.values(), ids=lambda formula: formula.name)
def test_arrays_of_odd_numbers(formula):
    odd = np.array([0.0, 1.0, -1.0, np.nan, np.inf, 1e308, 1e-308, 0.5])
    for at in range(len(formula.parameters)):
        given_arguments = [1.0] * len(formula.parameters)
        given_arguments[at] = odd
        formula(*paths_kept_few(formula, given_arguments))
