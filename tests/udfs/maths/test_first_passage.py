"""The two series for two barriers, one beside the other where both are exact."""

from __future__ import annotations

import numpy as np
import pytest

from udfs.maths.first_passage import (
    _by_eigenfunctions,
    _by_images,
    hit_first_probability,
    hit_probability,
    log_ratio,
    standardized,
)

DRIFTS = np.array([-3.0, -0.7, -1e-9, 0.0, 1e-9, 0.4, 3.0])


@pytest.mark.parametrize("width", [2.8, 2.999, 3.0, 3.2])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_images_and_waves_agree_to_the_last_digits(width: float, share: float) -> None:
    target = np.full(DRIFTS.shape, share * width)
    stop = width - target
    images, waves = _by_images(target, stop, DRIFTS), _by_eigenfunctions(target, stop, DRIFTS)
    np.testing.assert_allclose(images, waves, rtol=0, atol=2e-13)
    np.testing.assert_allclose(
        hit_first_probability(target, stop, DRIFTS), waves, rtol=0, atol=2e-13
    )


@pytest.mark.parametrize("drift", [-1.3, 0.0, 0.8])
def test_the_longer_the_nearer_to_where_the_walk_ends(drift: float) -> None:
    """Of a narrow corridor the walk leaves at once, by the stopped walk's own chance."""
    target, stop = 0.1, 0.15
    ever = stop / (target + stop)
    if drift:
        ever = np.expm1(-2 * drift * stop) / np.expm1(-2 * drift * (target + stop))
    assert hit_first_probability(target, stop, drift) == pytest.approx(ever, abs=1e-13)


def test_rounding_makes_no_chance_negative() -> None:
    # What the reflections leave here is below the least number that keeps its digits.
    assert hit_first_probability(46.11740115064394, 0.0020230099856099804, 8.427277790493685) >= 0.0


def test_a_way_to_a_barrier_in_units_of_the_horizon() -> None:
    # Four days at 5%: a spread of 10%, so 0.1 away is 1; 1% a day over 5% a day is 0.2, twice
    # that over two roots of a day, less half of the spread.
    up = standardized(0.1, 1.0, 0.05, 4.0, 0.01)
    assert up == pytest.approx((0.1, 1.0, 0.35))
    assert standardized(-0.1, -1.0, 0.05, 4.0, 0.01) == pytest.approx((0.1, 1.0, -0.35))


def test_a_strong_drift_reaches_the_target_past_every_image() -> None:
    # The stop two deviations the other way takes exp(-2*6*2) of it, 4e-11, at the most.
    chance = hit_first_probability(np.array([1.0]), np.array([2.0]), np.array([6.0]))
    assert chance[0] == pytest.approx(float(hit_probability(1.0, 6.0)), abs=1e-10)
    assert chance[0] > 0.999999


def test_the_logarithm_of_nearly_equal_prices_keeps_its_digits() -> None:
    # The next number after 100 is 2^-46 more: 2^-46/100, where the quotient has no digit of it.
    assert float(log_ratio(np.nextafter(100.0, 200.0), 100.0)) == pytest.approx(2.0**-46 / 100)
    assert float(log_ratio(500.0, 100.0)) == pytest.approx(1.6094379124341003, rel=1e-15)
    assert float(log_ratio(20.0, 100.0)) == pytest.approx(-1.6094379124341003, rel=1e-15)
