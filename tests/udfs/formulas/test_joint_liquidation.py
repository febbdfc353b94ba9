"""How many of several correlated positions are liquidated."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive

from udfs import CellError, catalogue
from udfs.maths import joint_simulation
from udfs.maths.first_passage import hit_probability
from udfs.maths.joint_simulation import _root, chances
from udfs.maths.sobol import DIMENSIONS, Sobol

joint = catalogue["ISO_JOINT_LIQUIDATION"]
touch = catalogue["ISO_TOUCH_PROBABILITY"]

# Three positions at ten times margin, 5% of volatility, a week: near 45% each.
LONGS = [["long"], ["long"], ["long"]]
TEN_TIMES = 90.45226130653266
DISTANCE = 0.7585593809563622

ERROR = 0.005  # the most that 20000 paths may be off


def even(rho: float, count: int) -> Any:
    return np.full((count, count), rho) + (1 - rho) * np.eye(count)


def at_least(distance: list[float], drift: list[float], correlation: Any, **more: int) -> Any:
    away, slope = np.array(distance, dtype=float), np.array(drift, dtype=float)
    settings_ = {"paths": 20000, "seed": 1} | more
    exactly = chances(away, slope, hit_probability(away, slope), np.array(correlation), **settings_)
    assert exactly.min() >= 0
    assert exactly.sum() == pytest.approx(1)
    return np.cumsum(exactly[::-1])[::-1]


def neither_hit(one: float, other: float, rho: float) -> float:
    """Metzler (2010): both of two correlated walks without drift survive, as a Bessel series."""
    rest = 1 - rho**2
    angle = math.atan2(math.sqrt(rest), -rho)
    square = (one**2 + other**2 - 2 * rho * one * other) / rest
    start = math.atan2(other * math.sqrt(rest), one - rho * other)
    total = 0.0
    for n in range(1, 400, 2):
        order = n * math.pi / angle
        bessel = ive((order - 1) / 2, square / 4) + ive((order + 1) / 2, square / 4)
        total += math.sin(n * math.pi * start / angle) / n * bessel
    return 2 * math.sqrt(square / (2 * math.pi)) * total


@pytest.mark.parametrize(
    ("one", "other"),
    [(0.05, 0.07), (0.2, 0.3), (DISTANCE, DISTANCE), (0.2, 1.5), (1.5, 1.5), (2.5, 2.0)],
)
@pytest.mark.parametrize("rho", [-0.95, -0.5, 0.2, 0.5, 0.8, 0.95, 0.999])
def test_two_positions_agree_with_the_closed_form(one: float, other: float, rho: float) -> None:
    _, any_, both = at_least([one, other], [0, 0], even(rho, 2))
    exact = 1 - neither_hit(one, other, rho)
    singles = hit_probability(one, 0.0) + hit_probability(other, 0.0)
    assert any_ == pytest.approx(exact, abs=ERROR / 2)
    assert both == pytest.approx(singles - exact, abs=ERROR / 2)


@pytest.mark.parametrize("rho", [0.5, 0.95])
def test_more_paths_come_closer(rho: float) -> None:
    exact = 1 - neither_hit(DISTANCE, DISTANCE, rho)
    any_ = at_least([DISTANCE] * 2, [0, 0], even(rho, 2), paths=400_000)[1]
    assert any_ == pytest.approx(exact, abs=0.0007)


def brute_force(
    distance: list[float], drift: list[float], correlation: Any, paths: int = 20_000
) -> Any:
    """A plain walk in many small steps, its barriers nearer by what the steps do not see."""
    random = np.random.default_rng(2)
    steps = 500
    root = np.linalg.cholesky(correlation + 1e-12 * np.eye(len(distance)))
    walk = np.zeros((paths, len(distance)))
    hit = np.zeros((paths, len(distance)), dtype=bool)
    shifted = np.array(distance) - 0.5826 / math.sqrt(steps)
    for _ in range(steps):
        walk += random.standard_normal(walk.shape) @ root.T / math.sqrt(steps)
        walk += np.array(drift) / steps
        hit |= walk >= shifted
    counts = np.bincount(hit.sum(axis=1), minlength=len(distance) + 1) / paths
    return np.cumsum(counts[::-1])[::-1]


@pytest.mark.parametrize("rho", [0.3, 0.9])
def test_drift_and_different_distances_agree_with_a_plain_simulation(rho: float) -> None:
    distance, drift = [0.6, 0.9, 1.3, 0.7], [0.1, -0.2, 0.3, 0.0]
    correlation = even(rho, 4)
    expected = brute_force(distance, drift, correlation)
    assert at_least(distance, drift, correlation) == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize(
    ("count", "rho"), [(3, 0.5), (3, 0.95), (5, 0.8), (8, 0.5), (8, 0.8), (8, 0.95)]
)
def test_twenty_thousand_paths_are_close_enough(count: int, rho: float) -> None:
    distance, drift, correlation = [DISTANCE] * count, [0.06] * count, even(rho, count)
    far = at_least(distance, drift, correlation, paths=320_000, seed=77)
    for seed in (1, 2, 3):
        near = at_least(distance, drift, correlation, seed=seed)
        assert np.abs(near - far).max() < ERROR


def scatter(paths: int) -> np.ndarray:
    """Standard deviation over twenty seeds of how many of three are hit."""
    distance, drift = np.full(3, DISTANCE), np.full(3, 0.06)
    each = hit_probability(distance, drift)
    runs = [chances(distance, drift, each, even(0.8, 3), paths, seed) for seed in range(20)]
    return np.std(runs, axis=0, ddof=1)


def test_more_paths_scatter_less() -> None:
    many, few = scatter(20_000), scatter(1000)
    assert 0 < many.max() < 0.002
    assert few.max() > 2 * many.max()


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.8, 1.0])
def test_a_seed_draws_the_same_prices_on_every_computer(rho: float) -> None:
    """Of a matrix's square roots only the triangular one is unique, whatever a library makes."""
    for correlation in (even(rho, 4), np.array([[1, rho, -rho], [rho, 1, -1], [-rho, -1, 1]])):
        root = _root(correlation)
        assert root @ root.T == pytest.approx(correlation, abs=1e-9)
        assert (np.triu(root, 1) == 0).all()
        assert (np.diag(root) >= 0).all()


def test_a_simulated_chance_has_no_digits_in_which_processors_differ() -> None:
    least = [row[2] for row in joint(LONGS, 100, TEN_TIMES, 0.05, 0.8, 7)]
    assert [round(chance, 12) for chance in least] == pytest.approx(least, abs=1e-15, rel=0)


# --- the table --------------------------------------------------------------------------------


def test_correlation_makes_all_likelier_and_any_less_likely() -> None:
    loose = joint(LONGS, 100, TEN_TIMES, 0.05, 0.2, 7)
    tight = joint(LONGS, 100, TEN_TIMES, 0.05, 0.95, 7)
    assert tight[1][2] < loose[1][2] - 0.1
    assert tight[3][2] > loose[3][2] + 0.1
    assert [row[0] for row in tight] == [0, 1, 2, 3]
    # The last column does not know of correlation.
    assert [row[3] for row in tight] == [row[3] for row in loose]


def test_headers_and_one_number_for_all() -> None:
    heads, *rows = joint(LONGS, 100, TEN_TIMES, 0.05, 0.5, 7, None, None, True)
    assert heads == ["Liquidated", "Exactly", "At least", "At least if independent"]
    square = even(0.5, 3).tolist()
    each = joint(LONGS, [[100]] * 3, [[TEN_TIMES]] * 3, [[0.05]] * 3, square, 7)
    assert each == rows
    assert joint(LONGS, 100, TEN_TIMES, 0.05, [[0.5]], 7) == rows


def test_without_correlation_the_chances_multiply() -> None:
    single = touch(100, TEN_TIMES, 0.05, 7)
    rows = joint(LONGS, 100, TEN_TIMES, 0.05, 0, 7)
    assert rows[1][2] == pytest.approx(1 - (1 - single) ** 3, abs=1e-12)
    assert rows[3][2] == pytest.approx(single**3, abs=1e-12)
    assert [row[2] for row in rows] == pytest.approx([row[3] for row in rows], abs=1e-12)
    # Almost none, and so simulated, is almost the same.
    nearly = joint(LONGS, 100, TEN_TIMES, 0.05, 1e-7, 7)
    assert [row[2] for row in nearly] == pytest.approx([row[3] for row in rows], abs=ERROR)


def test_one_position_is_the_touch_probability() -> None:
    rows = joint("short", 100, 110, 0.05, 1, 7)
    assert rows[1][2] == pytest.approx(touch(100, 110, 0.05, 7), abs=1e-12)
    assert rows[0][1] == pytest.approx(1 - rows[1][2])
    assert len(rows) == 2


def test_prices_that_move_as_one_go_together() -> None:
    rows = joint(LONGS, 100, [[95], [90], [85]], 0.05, 1, 7)
    singles = [touch(100, barrier, 0.05, 7) for barrier in (95, 90, 85)]
    assert [row[2] for row in rows[1:]] == pytest.approx(singles, abs=1e-3)


def test_a_long_and_a_short_of_one_price_hedge_each_other() -> None:
    hedged = joint([["long"], ["short"]], 100, [[90], [110]], 0.05, 1, 3)
    same_way = joint([["long"], ["short"]], 100, [[90], [110]], 0.05, -1, 3)
    assert hedged[2][2] < 0.01
    assert same_way[2][2] > 0.2
    # Both barriers of one price: the chance that either is touched is known.
    target_first = catalogue["ISO_TARGET_FIRST_PROBABILITY"]
    either = target_first(100, 90, 110, 0.05, 3) + target_first(100, 110, 90, 0.05, 3)
    assert hedged[1][2] == pytest.approx(either, abs=ERROR)


def test_never_and_already_liquidated_are_certain() -> None:
    rows = joint(LONGS, 100, [[0], [100], [101]], 0.05, 0.5, 7)
    assert [row[1] for row in rows] == [0, 0, 1, 0]
    mixed = joint(LONGS, 100, [[0], [TEN_TIMES], [101]], 0.05, 0.5, 7)
    single = touch(100, TEN_TIMES, 0.05, 7)
    assert [row[2] for row in mixed] == pytest.approx([1, 1, single, 0], abs=1e-12)
    assert joint("short", 100, 0, 0.05, 0, 7)[1][2] == 0


@pytest.mark.parametrize(("volatility", "days"), [(0, 7), (0.05, 0), (1e-200, 7)])
def test_what_cannot_move_is_not_liquidated(volatility: float, days: float) -> None:
    rows = joint(LONGS, 100, TEN_TIMES, volatility, 0.5, days)
    assert [row[1] for row in rows] == [1, 0, 0, 0]


def test_extreme_volatility_and_horizons_stay_probabilities() -> None:
    for volatility in (1e-8, 1.0, 2.99):
        for days in (1e-6, 1e3, 1e200):
            rows = joint([["long"], ["short"]], 100, [[99], [105]], volatility, 0.6, days, 500)
            for row in rows:
                assert all(isinstance(cell, float) and 0 <= cell <= 2 for cell in row)
            assert sum(row[1] for row in rows) == pytest.approx(1)


def test_a_seed_gives_one_answer_and_another_seed_nearly_the_same() -> None:
    arguments = (LONGS, 100, TEN_TIMES, 0.05, 0.8, 7, 20000)
    first, again, other = joint(*arguments, 1), joint(*arguments, 1), joint(*arguments, 2)
    assert first == again
    assert first != other
    assert [row[2] for row in first] == pytest.approx([row[2] for row in other], abs=ERROR)
    assert joint(LONGS, 100, TEN_TIMES, 0.05, 0.8, 7) == first


@pytest.mark.parametrize(
    ("paths", "seed", "error"),
    [
        (0, 1, CellError.NUM),
        (10_000_001, 1, CellError.NUM),
        (-5, 1, CellError.NUM),
        ("many", 1, CellError.VALUE),
        (100, -1, CellError.NUM),
        (100, 1e300, CellError.NUM),
    ],
)
def test_paths_and_seed_are_checked(paths: Any, seed: Any, error: CellError) -> None:
    assert joint(LONGS, 100, TEN_TIMES, 0.05, 0.8, 7, paths, seed) is error


def test_very_few_paths_still_give_chances() -> None:
    for paths in (1, 2, 50):
        rows = joint(LONGS, 100, TEN_TIMES, 0.05, 0.8, 7, paths)
        assert sum(row[1] for row in rows) == pytest.approx(1)
        assert rows[1][2] >= touch(100, TEN_TIMES, 0.05, 7) - 1e-12


def test_blank_rows_are_left_out_with_their_correlations() -> None:
    sides = [["long"], [None], ["short"], [""]]
    prices, barriers = [[100], [None], [50], [None]], [[90], [""], [55], [None]]
    square = [[1, None, 0.6, None], [None] * 4, [0.6, None, 1, None], [None] * 4]
    rows = joint(sides, prices, barriers, [[0.05], [0.05], [0.04], [0.04]], square, 7)
    compact = joint([["long"], ["short"]], [[100], [50]], [[90], [55]], [[0.05], [0.04]], 0.6, 7)
    assert rows == compact


@pytest.mark.parametrize(
    ("at", "value", "error", "word"),
    [
        (0, [["long"], ["lng"], ["long"]], CellError.VALUE, "sides 2"),
        (1, [[100], [-1], [100]], CellError.NUM, "prices 2 is -1"),
        (1, [[100], [None], [100]], CellError.NA, "prices 2 is blank"),
        (2, [[90], [CellError.REF], [90]], CellError.REF, "#REF!"),
        (2, [[90], [90]], CellError.VALUE, "sides 3"),
        (3, -0.1, CellError.NUM, "volatilities 1"),
        (4, [[1, 0.5], [0.5, 1]], CellError.VALUE, "2x2 for 3 positions"),
        (5, -1, CellError.NUM, "days"),
        (5, [[1], [2]], CellError.VALUE, "days is a range"),
    ],
)
def test_bad_cells_are_named(at: int, value: Any, error: CellError, word: str) -> None:
    arguments: list[Any] = [LONGS, [[100]] * 3, [[90]] * 3, 0.05, 0.5, 7]
    arguments[at] = value
    assert joint(*arguments) is error
    assert word in joint.explain(*arguments)


def test_a_repaired_matrix_is_said_so() -> None:
    impossible = [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]]
    assert len(joint(LONGS, 100, 90, 0.05, impossible, 7)) == 4
    assert "Higham" in joint.explain(LONGS, 100, 90, 0.05, impossible, 7)
    assert joint.explain(LONGS, 100, 90, 0.05, 0.5, 7) == "ok"


def test_many_paths_take_no_more_memory() -> None:
    def most(paths: int) -> int:
        tracemalloc.start()
        forget()
        joint(LONGS, 100, TEN_TIMES, 0.05, 0.8, 7, paths)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    most(1000)
    assert most(200_000) < 1.5 * most(20_000) < 100e6


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["long", "short"]), st.floats(0.005, 0.5), st.floats(0.005, 0.2)),
        min_size=2,
        max_size=6,
    ),
    st.floats(0, 1),
    st.floats(0.1, 60),
)
def test_tables_hang_together(
    positions: list[tuple[str, float, float]], rho: float, days: float
) -> None:
    sides = [[side] for side, _, _ in positions]
    barriers = [[100 * (1 - move if side == "long" else 1 + move)] for side, move, _ in positions]
    volatilities = [[volatility] for _, _, volatility in positions]
    rows = joint(sides, 100, barriers, volatilities, rho, days, 2000)
    singles = [
        touch(100, barrier[0], volatility[0], days)
        for barrier, volatility in zip(barriers, volatilities, strict=True)
    ]
    exactly, least, alone = ([row[at] for row in rows] for at in (1, 2, 3))
    assert sum(exactly) == pytest.approx(1)
    assert min(exactly) >= 0
    assert least[0] == pytest.approx(1)
    assert least == sorted(least, reverse=True)
    # A position's chance below 1e-9, or as close to 1, is not simulated.
    assert least[1] >= max(singles) - 2e-9
    assert least[-1] <= min(singles) + 2e-9
    assert sum(alone[1:]) == pytest.approx(sum(singles))
    assert sum(least[1:]) == pytest.approx(sum(singles), abs=0.05)


# --- the points -------------------------------------------------------------------------------


def test_sobol_points_fill_every_interval_once() -> None:
    points = Sobol(DIMENSIONS, np.random.default_rng(4)).points(0, 1024)
    assert points.shape == (DIMENSIONS, 1024)
    for one in points:
        assert sorted((one * 1024).astype(int)) == list(range(1024))
    # The first two dimensions fill every box of 32 by 32 once.
    boxes = {(int(a * 32), int(b * 32)) for a, b in points[:2].T}
    assert len(boxes) == 1024
    # Any two dimensions are far from falling on a line.
    closeness = np.corrcoef(points) - np.eye(DIMENSIONS)
    assert np.abs(closeness).max() < 0.1


def test_sobol_points_come_in_any_pieces() -> None:
    whole = Sobol(5, np.random.default_rng(4)).points(0, 1000)
    pieces = Sobol(5, np.random.default_rng(4))
    parts = [pieces.points(0, 1), pieces.points(1, 300), pieces.points(300, 1000)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert whole.min() > 0
    assert whole.max() < 1


def test_more_than_32_positions_are_refused_in_words() -> None:
    assert joint([["long"]] * 33, 100, 90, 0.05, 0.5, 7) is CellError.NUM
    assert "there are 33 positions: at most 32" in joint.explain(
        [["long"]] * 33, 100, 90, 0.05, 0, 7
    )
    assert len(joint([["long"]] * 32, 100, 90, 0.05, 0.5, 7, 200)) == 33
    # Blank rows are none.
    assert len(joint([["long"]] * 3 + [[None]] * 40, 100, 90, 0.05, 0.5, 7, 200)) == 4


def forget() -> None:
    joint_simulation._kept_simulation.cache_clear()
    joint_simulation._kept_chances.cache_clear()


def test_what_was_computed_before_makes_no_difference() -> None:
    forget()
    fresh = joint(LONGS, 100, [[90], [92], [95]], 0.05, 0.6, 7)
    assert joint(LONGS, 100, [[90], [92], [95]], 0.05, 0.6, 7) == fresh  # kept as it is
    joint_simulation._kept_chances.cache_clear()
    joint(LONGS, 100, 99, 0.05, 0.9, 30)
    joint([["long"]] * 2, 100, 95, 0.05, 0.9, 3)
    assert joint(LONGS, 100, [[90], [92], [95]], 0.05, 0.6, 7) == fresh
    forget()
    assert joint(LONGS, 100, [[90], [92], [95]], 0.05, 0.6, 7) == fresh
