"""The points behind the joint simulation, beside SciPy's, which come from the same source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import qmc

from udfs.maths.sobol import DIMENSIONS, Sobol

POINTS = 4096


class Still:
    """In place of the random numbers: the plain sequence, neither mixed nor shifted."""

    def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: Any) -> Any:
        return np.zeros(shape, dtype)


def test_without_scrambling_the_points_are_scipys() -> None:
    theirs = qmc.Sobol(DIMENSIONS, scramble=False, bits=32).random(POINTS).T
    ours = Sobol(DIMENSIONS, Still()).points(0, POINTS)  # type: ignore[arg-type]
    # Ours lie in the middle of the last digit.
    np.testing.assert_array_equal(ours, theirs + 2.0**-33)


@pytest.mark.parametrize("index", [2**16 - 1, 2**16, 2**20 + 5])
def test_far_points_are_scipys_too(index: int) -> None:
    theirs = qmc.Sobol(DIMENSIONS, scramble=False, bits=32).fast_forward(index).random(1)[0]
    ours = Sobol(DIMENSIONS, Still()).points(index, index + 1)[:, 0]  # type: ignore[arg-type]
    np.testing.assert_array_equal(ours, theirs + 2.0**-33)


def test_a_shift_moves_every_point_by_its_own_digits() -> None:
    class Half(Still):
        def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: Any) -> Any:
            # No mixing, and a shift of the first digit alone: one half.
            return np.full(shape, 2**31 if high == 2**32 else 0, dtype)

    plain = Sobol(3, Still()).points(0, 64)  # type: ignore[arg-type]
    shifted = Sobol(3, Half()).points(0, 64)  # type: ignore[arg-type]
    np.testing.assert_array_equal(shifted, (plain + 0.5) % 1.0)


def test_mixing_passes_a_digit_on_to_all_below_it() -> None:
    asked = []

    class Ones(Still):
        def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: Any) -> Any:
            asked.append((low, high))
            return np.full(shape, 1 if high == 2 else 0, dtype)

    # Point 1 is one half in the first dimension: its digit alone, then ones all the way down.
    points = Sobol(1, Ones()).points(0, 2)  # type: ignore[arg-type]
    np.testing.assert_array_equal(points, [[2.0**-33, 1 - 2.0**-33]])
    assert asked == [(0, 2), (0, 2**32)]


def test_scrambled_points_differ_by_seed_and_dimension() -> None:
    one, other = (Sobol(4, np.random.default_rng(seed)).points(0, 16) for seed in (1, 2))
    assert not np.array_equal(one, other)
    assert len({tuple(points) for points in one}) == 4
