"""Chance to touch one price, or one of two first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.integrate import quad

from tests.udfs.oracles import probability as oracles
from udfs import CellError, catalogue
from udfs.maths.first_passage import hit_first_probability, hit_probability

touch = catalogue["ISO_TOUCH_PROBABILITY"]
target_first = catalogue["ISO_TARGET_FIRST_PROBABILITY"]

FAR_APART = 60.0  # nothing in these tests hit_probability a barrier that far away


def first_passage(target: float, stop: float, drift: float) -> float:
    """The first-passage density, as a sum of reflections, integrated over the horizon."""
    width = target + stop
    images = target + 2.0 * width * np.arange(-400, 401)

    def density(root: float) -> float:
        time = root * root
        exponents = drift * target - drift**2 * time / 2.0 - images**2 / (2.0 * time)
        return float(np.sum(images * np.exp(exponents))) * 2.0 / math.sqrt(2.0 * math.pi) / time

    # The density's peak can be narrow: give the quadrature its place.
    peak = math.sqrt(min(target / abs(drift), target**2)) if drift else target
    points = sorted({min(max(peak * f, 1e-9), 0.999) for f in (0.5, 0.8, 1.0, 1.25, 2.0)})
    total, _ = quad(density, 1e-9, 1.0, points=points, limit=400, epsabs=1e-10, epsrel=1e-9)
    return total


DISTANCES = (0.002, 0.05, 0.4, 1.0, 1.49, 1.51, 2.2, 4.0, 9.0)


@pytest.mark.parametrize("target", DISTANCES)
@pytest.mark.parametrize("stop", DISTANCES)
def test_two_barriers_agree_with_the_integrated_density(target: float, stop: float) -> None:
    for drift in (-12.0, -3.0, -0.7, 0.0, 0.2, 1.5, 5.0, 12.0):
        if target + stop < 0.02:
            continue  # the density's own sum needs too many reflections there
        assert hit_first_probability(target, stop, drift) == pytest.approx(
            first_passage(target, stop, drift), abs=1e-7
        )


def on_a_grid(target: float, stop: float, drift: float, cells: int = 800) -> float:
    """The backward equation by finite differences in space, solved exactly in time."""
    x = np.linspace(-stop, target, cells + 1)
    h = x[1] - x[0]
    below = 0.5 / h**2 - 0.5 * drift / h
    above = 0.5 / h**2 + 0.5 * drift / h
    operator = (
        np.diag(np.full(cells - 1, -1.0 / h**2))
        + np.diag(np.full(cells - 2, below), -1)
        + np.diag(np.full(cells - 2, above), 1)
    )
    source = np.zeros(cells - 1)
    source[-1] = above
    values, vectors = np.linalg.eig(operator)
    # du/dt = operator*u + source, from 0
    grown = vectors * ((np.expm1(values) / values)[None, :]) @ np.linalg.solve(vectors, source)
    return float(np.interp(0.0, x[1:-1], grown.real))


@pytest.mark.parametrize(
    ("target", "stop", "drift"),
    [(1.0, 1.0, 0.0), (0.5, 1.5, 1.0), (2.0, 1.0, -1.0), (2.0, 2.0, 0.5), (0.3, 0.3, 2.0)],
)
def test_two_barriers_agree_with_finite_differences(
    target: float, stop: float, drift: float
) -> None:
    assert hit_first_probability(target, stop, drift) == pytest.approx(
        on_a_grid(target, stop, drift), abs=2e-6
    )


@pytest.mark.parametrize("drift", [-2.0, -0.1, 0.0, 0.1, 2.0])
@pytest.mark.parametrize("target", [0.1, 1.0, 3.0])
def test_a_stop_far_away_leaves_one_barrier(target: float, drift: float) -> None:
    one = hit_probability(target, drift)
    assert hit_first_probability(target, FAR_APART, drift) == pytest.approx(one, abs=1e-12)
    assert first_passage(target, FAR_APART, drift) == pytest.approx(float(one), abs=1e-8)


@pytest.mark.parametrize("drift", [-0.01, -0.001, 0.0, 0.00125, 0.01])
def test_without_a_limit_on_the_days_the_stopped_walk_decides(drift: float) -> None:
    v, target, stop = 0.05**2, math.log(1.05), -math.log(0.96)
    mu = drift - v / 2
    expected = stop / (target + stop)
    if mu:
        expected = math.expm1(-2 * mu * stop / v) / math.expm1(-2 * mu * (target + stop) / v)
    assert target_first(100, 105, 96, 0.05, 1e7, drift) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("days", [0.01, 0.1, 0.5, 1, 3, 7, 30, 365])
@pytest.mark.parametrize(
    ("volatility", "drift"), [(0.05, 0.0), (0.05, 0.01), (0.02, -0.004), (0.3, 0.1), (0.01, 0.002)]
)
def test_prices_and_days_agree_with_the_oracle(
    days: float, volatility: float, drift: float
) -> None:
    for target, stop in ((110, 90), (104, 97), (90, 110), (97.5, 101), (200, 50)):
        tilt = (drift / volatility**2 - 0.5) * math.log(target / 100)
        if tilt > 8 or volatility**2 * days / math.log(target / stop) ** 2 < 1e-3:
            continue  # the oracle's sum loses all its digits there
        expected = oracles.target_first_probability(100, target, stop, volatility, days, drift)
        got = target_first(100, target, stop, volatility, days, drift)
        assert got == pytest.approx(expected, abs=1e-7)


def test_a_price_at_the_target_is_there_and_at_the_stop_is_out() -> None:
    assert target_first(110, 110, 90, 0.05, 7) == 1.0
    assert target_first(90, 110, 90, 0.05, 7) == 0.0
    assert target_first(90, 90, 110, 0.05, 0) == 1.0


def test_at_one_of_the_two_prices_the_other_may_be_anywhere() -> None:
    assert target_first(100, 90, 100, 0.05, 7) == 0.0
    assert target_first(100, 110, 100, 0.05, 7) == 0.0
    assert target_first(100, 100, 90, 0.05, 7) == 1.0
    assert target_first(100, 100, 110, 0.05, 7) == 1.0
    # However seldom somebody looks, a barrier at the price is touched.
    assert touch(100, 100, 0.05, 7, 0, 1) == 1.0


def test_prices_around_one_are_prices_like_others() -> None:
    for scale in (1.0, 0.5, 0.01):
        prices = [scale * price for price in (1.05, 1.0, 1.1)]
        assert target_first(*prices, 0.05, 7) == pytest.approx(
            target_first(105, 100, 110, 0.05, 7), abs=1e-12
        )
    assert target_first(0.5, 0.7, 0.6, 0.05, 7) is CellError.NUM
    assert target_first(0.5, 0.3, 0.4, 0.05, 7) is CellError.NUM


def test_a_known_path_that_ends_at_the_barrier_touches_it() -> None:
    assert touch(100, 200, 0, 1, math.log(2)) == 1.0
    assert target_first(100, 200, 50, 0, 1, math.log(2)) == 1.0


@pytest.mark.parametrize(("target", "stop"), [(110, 105), (95, 90), (110, 110), (100, 100)])
def test_target_and_stop_on_one_side_are_refused(target: float, stop: float) -> None:
    assert target_first(100, target, stop, 0.05, 7) is CellError.NUM
    words = target_first.explain(100, target, stop, 0.05, 7)
    assert f"target {target}" in words
    assert "either side" in words


def test_a_barrier_at_zero_is_never_touched() -> None:
    assert target_first(100, 110, 0, 0.05, 7) == pytest.approx(touch(100, 110, 0.05, 7), abs=1e-12)
    assert target_first(100, 90, 0, 0.05, 7) == pytest.approx(touch(100, 90, 0.05, 7), abs=1e-12)
    assert target_first(100, 0, 110, 0.05, 7) == 0.0
    # Below the price like the stop, but nowhere: no target, and no mistake.
    assert target_first(100, 0, 90, 0.05, 7) == 0.0
    for volatility in VOLATILITIES:
        never = target_first(100, 0, 110, volatility, [list(EXTREMES)], -0.1)
        assert never == [[0.0] * len(EXTREMES)]


def test_without_volatility_the_drift_decides() -> None:
    assert target_first(100, 110, 90, 0, 10, 0.02) == 1.0
    assert target_first(100, 110, 90, 0, 4, 0.02) == 0.0
    assert target_first(100, 110, 90, 0, 10, -0.02) == 0.0
    assert target_first(100, 90, 110, 0, 10, -0.02) == 1.0
    assert touch(100, 110, 0, 10, 0.02) == 1.0
    assert touch(100, 110, 0, 10) == 0.0


def test_no_days_are_no_chance() -> None:
    assert target_first(100, 110, 90, 0.05, 0, 5) == 0.0
    assert touch(100, 98, 0.05, 0) == 0.0


def test_almost_no_volatility_comes_to_the_known_path() -> None:
    for volatility in (1e-4, 1e-8, 1e-30, 1e-200):
        assert target_first(100, 110, 90, volatility, 10, 0.02) == pytest.approx(1.0, abs=1e-12)
        assert touch(100, 110, volatility, 10, 0.009) == pytest.approx(0.0, abs=1e-12)
    # On the barrier at the end of the days, to the last digit: the known path's step is between.
    halfway = touch(100, 110, 1e-7, 10, math.log(1.1) / 10)
    assert halfway == pytest.approx(0.5, abs=0.02)


EXTREMES = (0.0, 1e-300, 1e-160, 1e-20, 1e-8, 1e-3, 0.05, 1.0, 100.0, 1e8, 1e160, 1e300)
VOLATILITIES = (*EXTREMES[:8], 2.99)
DRIFTS = (-1e300, -1e10, -10.0, -0.1, -1e-5, 0.0, 1e-5, 0.1, 10.0, 1e10, 1e300)


@pytest.mark.parametrize(
    ("target", "stop"),
    [(110, 90), (90, 110), (100.0000001, 99.9999999), (1e10, 1e-10), (1e300, 99), (101, 1e-300)],
)
def test_extremes_are_answered_with_probabilities(target: float, stop: float) -> None:
    volatility, days, drift = (
        part.reshape(-1, 1) for part in np.meshgrid(VOLATILITIES, EXTREMES, DRIFTS)
    )
    wins = target_first(100, target, stop, volatility, days, drift)
    losses = target_first(100, stop, target, volatility, days, drift)
    single = touch(100, target, volatility, days, drift)
    assert np.isfinite(wins).all()
    assert np.isfinite(losses).all()
    assert np.isfinite(single).all()
    assert wins.min() >= 0
    assert (wins + losses).max() <= 1 + 1e-12
    assert (wins <= single + 1e-12).all()


def test_ranges_broadcast_and_errors_stay_in_their_element() -> None:
    rows = target_first(100, [[105, 101, 110]], [[96], [104]], 0.05, [[1], [7]])
    assert rows[0][0] == target_first(100, 105, 96, 0.05, 1)
    assert rows[0][2] == target_first(100, 110, 96, 0.05, 1)
    assert rows[1] == [CellError.NUM] * 3


def test_a_million_elements_take_one_call() -> None:
    days = np.linspace(0.001, 400, 1_000_000).reshape(1000, 1000)
    chance = target_first(100, 105, 96, 0.05, days)
    assert chance.shape == (1000, 1000)
    assert chance[0, 0] < 1e-6
    assert chance[-1, -1] == pytest.approx(target_first(100, 105, 96, 0.05, 400), abs=1e-12)
    assert (np.diff(chance.ravel()) >= -1e-12).all()


prices = st.floats(1.0, 1e4)
moves = st.floats(1e-4, 3.0)
volatilities = st.floats(1e-4, 1.0)
some_days = st.floats(1e-3, 1e3)
drifts = st.floats(-0.2, 0.2)


def chance_of(*arguments: Any) -> float:
    value = target_first(*arguments)
    assert isinstance(value, float), value
    return value


@given(prices, moves, moves, volatilities, some_days, drifts)
@example(100.0, 1.5, 1.5, 1.0, 1.0, 0.0)
def test_target_stop_and_neither_sum_to_one(
    price: float, up: float, down: float, volatility: float, days: float, drift: float
) -> None:
    high, low = price * math.exp(up), price * math.exp(-down)
    wins = chance_of(price, high, low, volatility, days, drift)
    losses = chance_of(price, low, high, volatility, days, drift)
    assert 0 <= wins <= 1
    assert 0 <= losses <= 1
    assert wins + losses <= 1 + 1e-12
    # Either is touched at least where the likelier one alone is.
    singles = [touch(price, barrier, volatility, days, drift) for barrier in (high, low)]
    assert wins + losses >= max(singles) - 1e-9
    assert wins + losses <= sum(singles) + 1e-9


@given(prices, moves, moves, volatilities, some_days, drifts, st.floats(1.01, 4.0))
def test_more_days_and_a_nearer_target_only_help(
    price: float,
    up: float,
    down: float,
    volatility: float,
    days: float,
    drift: float,
    factor: float,
) -> None:
    high, low = price * math.exp(up), price * math.exp(-down)
    now = chance_of(price, high, low, volatility, days, drift)
    assert chance_of(price, high, low, volatility, days * factor, drift) >= now - 1e-12
    further = price * math.exp(up * factor)
    assert chance_of(price, further, low, volatility, days, drift) <= now + 1e-12
    wider = price * math.exp(-down * factor)
    assert chance_of(price, high, wider, volatility, days, drift) >= now - 1e-12


@given(prices, moves, volatilities, some_days, st.floats(1.01, 4.0))
def test_touching_grows_with_days_and_volatility_and_falls_with_distance(
    price: float, move: float, volatility: float, days: float, factor: float
) -> None:
    barrier = price * math.exp(-move)
    now = touch(price, barrier, volatility, days)
    assert 0 <= now <= 1
    assert touch(price, barrier, volatility, days * factor) >= now - 1e-12
    assert touch(price, barrier, min(volatility * factor, 2.9), days) >= now - 1e-12
    assert touch(price, price * math.exp(-move * factor), volatility, days) <= now + 1e-12


# Any argument may be a range beside jumps, not only those that a price without jumps needs too.
@pytest.mark.parametrize("place", range(8))
def test_each_argument_may_be_a_range_beside_jumps(place):
    single = (100.0, 90.0, 0.05, 7.0, 0.0, 0.0, 0.5, 0.2)
    others = (
        (101.0, 99.0), (95.0, 110.0), (0.06, 0.0), (1.0, 0.0), (0.01, -0.01), (1.0, 24.0),
        (0.0, 1.0), (1.0, 5.0),
    )  # fmt: skip
    values = [single[place], *others[place]]
    for column in ([[value] for value in values], [values]):
        given = [*single[:place], column, *single[place + 1 :]]
        flat = [value for row in touch(*given) for value in row]
        assert flat == [touch(*single[:place], value, *single[place + 1 :]) for value in values]


def test_two_ranges_across_each_other_beside_jumps():
    shares, prices = [[0.5], [0.0], [1.0]], [[100.0, 101.0]]
    found = touch(prices, 90, 0.05, 7, 0, 0, shares)
    assert found == [[touch(p, 90, 0.05, 7, 0, 0, s) for p in prices[0]] for (s,) in shares]
