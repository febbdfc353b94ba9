"""Whatever a cell holds: an answer or an Excel error comes back, never an exception."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.cells import answers, arguments, calls, is_value, paths_kept_few
from udfs import catalogue


@pytest.mark.parametrize("formula", catalogue.values(), ids=lambda formula: formula.name)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_cells_give_a_value_or_an_error(formula, data):
    answers(formula, data.draw(calls(formula)))


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
