"""The two series for two barriers, one beside the other where both are exact."""

from __future__ import annotations

import numpy as np
import pytest

from udfs.maths.first_passage import _by_eigenfunctions, _by_images, hit_first_probability

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
