"""The parts of the joint simulation, each against what it must be exactly."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from udfs import catalogue
from udfs.maths import joint_simulation
from udfs.maths.first_passage import hit_probability
from udfs.maths.joint_simulation import chances

TIMES = (np.arange(17) / 16) ** 2


def test_the_looks_lie_closer_at_the_start() -> None:
    np.testing.assert_array_equal(joint_simulation._TIMES, TIMES)


def test_bridges_have_the_covariance_of_brownian_motion() -> None:
    # Each normal number alone moves a path by what it contributes to every time.
    walks = np.zeros((17, 16))
    walks[joint_simulation._DRAWN] = np.eye(16)
    joint_simulation._bridge(walks[:, None, :])
    np.testing.assert_allclose(walks @ walks.T, np.minimum.outer(TIMES, TIMES), atol=1e-15)
    # The first number leads to the end, the second to the middle, and so on.
    assert np.count_nonzero(walks[16]) == 1
    assert np.count_nonzero(walks[8]) == 2
    assert np.count_nonzero(walks[4]) == 3


@pytest.mark.parametrize(
    "correlation",
    [
        [[1, 0.3, -0.2], [0.3, 1, 0.5], [-0.2, 0.5, 1]],
        [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]],  # the second moves as the first
        [[1, -1], [-1, 1]],
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    ],
)
def test_the_root_of_a_matrix_is_triangular_and_gives_it_back(correlation: Any) -> None:
    root = joint_simulation._root(np.array(correlation, dtype=float))
    np.testing.assert_allclose(root @ root.T, correlation, atol=1e-15)
    np.testing.assert_array_equal(root, np.tril(root))


def by_enumeration(marginal: list[float]) -> list[float]:
    counts = [0.0] * (len(marginal) + 1)
    for hits in itertools.product([False, True], repeat=len(marginal)):
        chance = math.prod(p if hit else 1 - p for p, hit in zip(marginal, hits, strict=True))
        counts[sum(hits)] += chance
    return counts


@pytest.mark.parametrize("marginal", [[0.3], [0.2, 0.7], [0.1, 0.5, 0.9, 0.25], [0.0, 1.0, 0.4]])
def test_independent_positions_are_counted_as_by_enumeration(marginal: list[float]) -> None:
    exactly = by_enumeration(marginal)
    np.testing.assert_allclose(
        joint_simulation.poisson_binomial(np.array(marginal)), exactly, atol=1e-15
    )
    # Path by path, and without correlation.
    paths = np.array([marginal, marginal[::-1]]).T
    np.testing.assert_allclose(
        joint_simulation.poisson_binomial(paths).T, [exactly, exactly], atol=1e-15
    )


def test_without_correlation_nothing_is_simulated() -> None:
    away, slope = np.array([0.5, 1.0, 1.5]), np.zeros(3)
    marginal = hit_probability(away, slope)
    exactly = chances(away, slope, marginal, np.eye(3), 1, 1)
    np.testing.assert_allclose(exactly, by_enumeration(marginal.tolist()), atol=1e-15)


def test_certain_positions_shift_the_count() -> None:
    away, slope = np.array([0.0, 0.8, 50.0, 0.0, 1.1]), np.zeros(5)
    marginal = np.array(
        [1.0, *hit_probability(away[1:3], slope[1:3]), 1.0, *hit_probability(away[4:], slope[4:])]
    )
    correlation = np.full((5, 5), 0.5) + 0.5 * np.eye(5)
    whole = chances(away, slope, marginal, correlation, 2000, 3)
    two = chances(away[[1, 4]], slope[:2], marginal[[1, 4]], correlation[:2, :2], 2000, 3)
    np.testing.assert_allclose(whole, [0, 0, *two, 0], atol=1e-15)


def test_distance_left_is_none_once_crossed() -> None:
    moves = np.zeros((17, 1))
    moves[8:] = 0.6
    left = joint_simulation._to_distance_left(0.5, 0.0, moves)
    assert left[:8, 0].tolist() == [0.5] * 8
    assert left[8:, 0].tolist() == [0.0] * 9
    drifting = joint_simulation._to_distance_left(1.0, 0.4, np.zeros((17, 1)))
    np.testing.assert_allclose(drifting[:, 0], 1.0 - 0.4 * TIMES, atol=1e-15)


def forget() -> None:
    joint_simulation._kept_simulation.cache_clear()
    joint_simulation._kept_chances.cache_clear()


def one_asked(
    away: Any, slope: Any = (0.1, -0.1, 0.0), between: float = 0.6, paths: int = 3000
) -> Any:
    away, slope = np.array(away), np.array(slope)
    correlation = np.full((len(away), len(away)), between)
    np.fill_diagonal(correlation, 1.0)
    return chances(away, slope, hit_probability(away, slope), correlation, paths, 1)


def test_what_is_kept_of_other_positions_makes_no_difference() -> None:
    """One position after the other is changed, as somebody edits a plan, then all at once."""
    asked: list[dict[str, Any]] = [
        {"away": [0.8, 0.9, 1.2]},
        {"away": [0.8, 0.4, 1.2]},
        {"away": [0.8, 0.4, 1.2], "slope": (0.1, -0.1, 0.3)},
        {"away": [0.3, 0.4, 0.2]},  # more ties than before
        {"away": [2.3, 2.4, 1.9]},  # and far fewer
        {"away": [0.8, 0.4, 1.2], "between": 0.9},
        {"away": [0.8, 0.9, 1.2]},
    ]
    forget()
    in_a_row = []
    for one in asked:
        in_a_row.append(one_asked(**one))
        joint_simulation._kept_chances.cache_clear()
    for one, found in zip(asked, in_a_row, strict=True):
        forget()
        np.testing.assert_array_equal(one_asked(**one), found)
    assert len({tuple(found) for found in in_a_row}) == len(asked) - 1


def test_only_the_changed_position_is_followed_anew(monkeypatch: Any) -> None:
    followed = []

    def fate(
        distance: float, drift: float, moves: Any, original: Any = joint_simulation._fate
    ) -> Any:
        followed.append(distance)
        return original(distance, drift, moves)

    monkeypatch.setattr(joint_simulation, "_fate", fate)
    forget()
    one_asked([0.8, 0.9, 1.3])
    one_asked([0.8, 0.9, 1.2])  # what is asked once is not kept: a book may be computed once
    assert followed == [0.8, 0.9, 1.3, 0.8, 0.9, 1.2]
    followed.clear()
    one_asked([0.8, 0.5, 1.2])
    assert followed == [0.5]
    # Other correlations move all positions but the first, which the others follow.
    one_asked([0.8, 0.5, 1.2], between=0.3)
    assert followed == [0.5, 0.5, 1.2]


@pytest.mark.parametrize("name", ["_KEPT", "_TIES"])
def test_neither_keeping_nor_drawing_at_once_makes_a_difference(
    monkeypatch: Any, name: str
) -> None:
    forget()
    usual = one_asked([0.8, 0.9, 1.2])
    monkeypatch.setattr(joint_simulation, name, 7)
    forget()
    np.testing.assert_allclose(one_asked([0.8, 0.9, 1.2]), usual, atol=2e-12)


def test_after_an_interruption_the_answers_are_the_same(monkeypatch: Any) -> None:
    forget()
    one_asked([0.8, 0.9, 1.2])
    draw = joint_simulation._Ties.take

    def stopped(self: Any, number: int) -> Any:
        draw(self, number)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(joint_simulation._Ties, "take", stopped)
        with pytest.raises(KeyboardInterrupt):
            one_asked([0.2, 0.3, 0.2])  # more ties than are kept
    after = one_asked([0.2, 0.3, 0.2])
    forget()
    np.testing.assert_array_equal(one_asked([0.2, 0.3, 0.2]), after)


def test_several_threads_get_the_same_answers() -> None:
    """Each edits another position of the same plan."""
    plans = [[0.8, 0.9, 1.2], [0.5, 0.9, 1.2], [0.8, 0.5, 1.2], [0.8, 0.9, 0.5]] * 4

    def alone(away: Any) -> Any:
        forget()
        return one_asked(away)

    expected = [alone(away) for away in plans]
    forget()
    with ThreadPoolExecutor(4) as pool:
        for found, one in zip(pool.map(one_asked, plans), expected, strict=True):
            np.testing.assert_array_equal(found, one)


def test_controls_take_off_what_the_own_hits_are_off() -> None:
    """Counts that hang on the hits exactly are corrected exactly."""
    random = np.random.default_rng(3)
    hits = (random.random((2, 5000)) < [[0.3], [0.6]]).astype(float)
    both = hits.prod(axis=0)
    counts = np.array([1 - hits.sum(axis=0) + both, hits.sum(axis=0) - 2 * both, both])
    controls = np.concatenate([np.ones((1, 5000)), hits])
    own, shared = controls @ controls.T / 5000, controls @ counts.T / 5000
    exact = np.array([0.31, 0.58])
    # Regression of the counts on the hits, taken at the exact chances.
    slopes = np.linalg.lstsq(controls.T, counts.T, rcond=None)[0]
    expected = slopes[0] + exact @ slopes[1:]
    np.testing.assert_allclose(
        joint_simulation._control_variates(own, shared, exact, 5000), expected, atol=1e-12
    )
    # Too few paths know nothing of how the controls weigh.
    few = joint_simulation._control_variates(own, shared, exact, 199)
    np.testing.assert_array_equal(few, shared[0])
    enough = joint_simulation._control_variates(own, shared, exact, 200)
    np.testing.assert_allclose(enough, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("exactly", "expected"),
    [
        # Singles of 0.3, 0.4 and 0.5: any at least 0.5, all at most 0.3.
        ([0.4, 0.3, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1]),
        ([0.6, 0.2, 0.1, 0.1], [0.5, 0.3, 0.1, 0.1]),
        ([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.4, 0.3]),
        ([0.5, 0.3, 0.3, -0.1], [0.5, 0.3, 0.2, 0.0]),
        ([-0.2, 0.7, 0.3, 0.2], [0.0, 0.5, 0.3, 0.2]),
        ([0.5, -0.1, 0.5, 0.1], [0.5, 0.0, 0.4, 0.1]),
        ([0.4, 0.4, -0.1, 0.3], [0.4, 0.3, 0.0, 0.3]),
    ],
)
def test_what_scatter_broke_is_mended(exactly: list[float], expected: list[float]) -> None:
    marginal = np.array([0.3, 0.5, 0.4])
    np.testing.assert_allclose(
        joint_simulation._clip_to_frechet_bounds(np.array(exactly), marginal), expected, atol=1e-12
    )


def test_any_and_all_stay_within_what_the_singles_allow() -> None:
    # Two rare ones: any of them at most as likely as their sum.
    clipped = joint_simulation._clip_to_frechet_bounds(
        np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2])
    )
    np.testing.assert_allclose(clipped, [0.7, 0.2, 0.1], atol=1e-12)
    # Two likely ones: both at least as likely as their sum less one.
    clipped = joint_simulation._clip_to_frechet_bounds(
        np.array([0.05, 0.65, 0.3]), np.array([0.7, 0.9])
    )
    np.testing.assert_allclose(clipped, [0.05, 0.35, 0.6], atol=1e-12)


def test_a_price_at_its_liquidation_is_liquidated_even_if_nothing_moves() -> None:
    joint_liquidation = catalogue["ISO_JOINT_LIQUIDATION"]
    assert joint_liquidation("long", 100, 100, 0, 0, 7)[1][1] == 1.0
    assert joint_liquidation("short", 100, 99, 0, 0, 0)[1][1] == 1.0
    assert joint_liquidation("long", 100, 99, 0, 0, 7)[1][1] == 0.0


def test_prices_below_one_are_prices_like_others() -> None:
    joint_liquidation = catalogue["ISO_JOINT_LIQUIDATION"]
    sides, barriers = [["long"], ["short"], ["long"]], np.array([[90.0], [108.0], [0.0]])
    usual = joint_liquidation(sides, 100, barriers, 0.05, 0.4, 7, 500)
    small = joint_liquidation(sides, 0.5, barriers / 200, 0.05, 0.4, 7, 500)
    np.testing.assert_allclose(small, usual, atol=1e-9)


def test_certain_positions_are_certain_if_independent_too() -> None:
    joint_liquidation = catalogue["ISO_JOINT_LIQUIDATION"]
    longs = [["long"]] * 3
    rows = joint_liquidation(longs, 100, [[0], [100], [101]], 0.05, 0.5, 7)
    assert [row[3] for row in rows] == [1, 1, 1, 0]
    rows = joint_liquidation(longs, 100, [[90], [0], [101]], 0, 0.5, 7)
    assert [row[3] for row in rows] == [1, 1, 0, 0]


@pytest.mark.parametrize("paths", [1, 3, 7, 9])
def test_every_path_counts_once_in_whatever_pieces(monkeypatch: Any, paths: int) -> None:
    sums = []

    def look(own: Any, shared: Any, marginal: Any, number: int) -> Any:
        sums.append((own, shared, number))
        return shared[0]

    monkeypatch.setattr(joint_simulation, "_control_variates", look)
    monkeypatch.setattr(joint_simulation, "_AT_ONCE", 16 * 2 * 3)  # three paths of two positions
    away, slope = np.array([0.5, 1.0]), np.zeros(2)
    chances(away, slope, hit_probability(away, slope), np.array([[1, 0.5], [0.5, 1]]), paths, 1)
    ((own, shared, number),) = sums
    assert number == paths
    assert own[0, 0] == pytest.approx(1, abs=1e-12)
    assert shared[0].sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(own, own.T)


def test_more_positions_than_eight_bits_count_are_still_tied_together() -> None:
    """256 that move as one: almost always all are hit, or none; the chance of one is 2 N(-1)."""
    count = 256
    own = 0.31731050786291415
    found = chances(
        np.ones(count), np.zeros(count), np.full(count, own), np.ones((count, count)), 1024, 1
    )
    assert found[-1] == pytest.approx(own, abs=0.02)
    assert found[1:-1].sum() < 0.05
