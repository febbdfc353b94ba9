"""Joint liquidation beside a plain Monte Carlo, and a grid of scenarios in one call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tests.benchmarks.measure import OURS, Aim, Effort, Result, agree, side_by_side
from udfs import catalogue
from udfs.maths import joint_simulation
from udfs.maths.arrays import Floats

# Three longs that would be liquidated 9.55% below, a week ahead, correlated 0.8.
_PRICE, _BARRIER, _VOLATILITY, _CORRELATION, _DAYS = 100.0, 90.45, 0.05, 0.8, 7.0
_POSITIONS = 3
_STEPS = 128  # of the plain Monte Carlo as it is run here
_BATCH = 4_000  # paths it holds at once
# Broadie, Glasserman and Kou: who looks at steps misses as much as if barriers were farther away.
_LOOK_SHIFT = 0.5825971579390107

PLAIN = f"plain Monte Carlo, {_STEPS} steps a path"
EQUAL = "plain Monte Carlo, as accurate"
SHIFTED = "the same with the barrier shifted, as accurate"


def run(effort: Effort) -> Iterator[Result]:
    """Both."""
    yield from _joint(effort)
    yield _grid(effort)


def _ours(paths: int, seed: int = 1) -> Floats:
    """The chance that at least so many are liquidated, for one, two and three; simulated anew."""
    joint_simulation._kept_chances.cache_clear()
    joint_simulation._kept_simulation.cache_clear()
    rows = catalogue["ISO_JOINT_LIQUIDATION"](
        [["long"] * _POSITIONS], _PRICE, _BARRIER, _VOLATILITY, _CORRELATION, _DAYS, paths, seed
    )
    return np.array([row[2] for row in rows[1:]])


def plain(paths: int, steps: int, seed: int = 1, barrier: float = _BARRIER) -> Floats:
    """The same from simulated steps alone: no bridges, no controls, no Sobol points."""
    random = np.random.default_rng(seed)
    root = np.linalg.cholesky(
        np.full((_POSITIONS, _POSITIONS), _CORRELATION) + (1.0 - _CORRELATION) * np.eye(_POSITIONS)
    )
    step = _VOLATILITY * np.sqrt(_DAYS / steps)
    drift = -(step**2) / 2.0
    level = np.log(barrier / _PRICE)
    least = np.zeros(_POSITIONS)
    for start in range(0, paths, _BATCH):
        now = min(_BATCH, paths - start)
        walk = np.zeros((_POSITIONS, now))
        hit = np.zeros((_POSITIONS, now), dtype=bool)
        for _ in range(steps):
            walk += step * (root @ random.standard_normal((_POSITIONS, now))) + drift
            hit |= walk <= level
        least += [(hit.sum(axis=0) >= number).sum() for number in range(1, _POSITIONS + 1)]
    return least / paths


@dataclass(frozen=True)
class _Needed:
    """What the plain Monte Carlo needs to be as accurate."""

    steps: float
    paths: float

    @property
    def work(self) -> float:
        return self.steps * self.paths


def _needed(error: float, exact: Floats, missed: Floats) -> _Needed:
    """The cheapest steps and paths whose error, bias and scatter together, is this large.

    The bias falls with the root of the steps and the scatter with that of the paths; the product
    of the two is least where the bias's share of the squared error is one half.
    """
    bias = float(np.abs(exact - missed).max()) * np.sqrt(_STEPS)  # with one step, extrapolated
    variance = float((exact * (1.0 - exact)).max())
    half = error**2 / 2.0
    return _Needed(bias**2 / half, variance / half)


def _joint(effort: Effort) -> Iterator[Result]:
    seeds = range(1_000, 1_000 + effort.size(20, 5))
    exact = np.mean([_ours(effort.size(200_000, 40_000), seed) for seed in seeds], axis=0)
    shift = np.exp(_LOOK_SHIFT * _VOLATILITY * np.sqrt(_DAYS / _STEPS))
    # Within 4 standard errors of its own paths, and what the shift leaves open.
    paths = effort.size(100_000, 20_000)
    agree(
        "joint liquidation, plain Monte Carlo with the barrier shifted",
        exact,
        plain(paths, _STEPS, barrier=_BARRIER * shift),
        tolerance=0.002 + 2.0 / np.sqrt(paths),
    )
    missed = plain(effort.size(200_000, 20_000), _STEPS)
    for paths in (20_000, effort.size(1_000_000, 50_000)):
        measured = side_by_side(
            f"joint liquidation, {_POSITIONS} positions, {paths:,} paths",
            {OURS: partial(_ours, paths), PLAIN: partial(plain, min(paths, 20_000), _STEPS)},
            effort,
        )
        plain_paths = min(paths, 20_000)
        seconds = [time_ * paths / plain_paths for time_ in measured.times[PLAIN]]
        seeds = range(8 if paths > 20_000 or effort.quick else 24)
        error = float(
            np.sqrt(np.mean([(_ours(paths, seed) - exact) ** 2 for seed in seeds], axis=0).max())
        )
        needed = _needed(error, exact, missed)
        scale = needed.work / (paths * _STEPS)
        # As if nothing were left of the bias once the barrier is shifted.
        shifted = float((exact * (1.0 - exact)).max()) / error**2 / paths
        yield Result(
            measured.work,
            {
                OURS: measured.times[OURS],
                PLAIN: seconds,
                EQUAL: [one * scale for one in seconds],
                SHIFTED: [one * shifted for one in seconds],
            },
            figures={
                "paths a second": paths / measured.median(OURS),
                "its paths a second": paths / float(np.median(seconds)),
                "our error": error,
                f"its error with {_STEPS} steps": float(np.abs(exact - missed).max()),
                "steps it needs": needed.steps,
                "paths it needs": needed.paths,
            },
            note="the last two times are worked out from its measured speed",
        )


def _grid(effort: Effort) -> Result:
    """Chance to touch the liquidation price, for each leverage, volatility and number of days."""
    side = effort.size(100, 15)
    leverage = np.repeat(np.linspace(2.0, 50.0, side), side)[:, None]
    volatility = np.tile(np.linspace(0.01, 0.15, side), side)[:, None]
    days = np.linspace(0.5, 30.0, side)[None, :]
    barriers = catalogue["ISO_LIQUIDATION_PRICE"]("long", 100.0, leverage, 0.005)
    touch = catalogue["ISO_TOUCH_PROBABILITY"]

    def ours() -> Any:
        return touch(100.0, barriers, volatility, days)

    def expression() -> Any:
        return _touch(100.0, barriers, volatility, days)

    agree("scenario grid", ours(), expression(), tolerance=1e-9)
    begin = time.perf_counter()
    few = [(float(barriers[at, 0]), float(volatility[at, 0])) for at in range(0, side * side, 97)]
    one_by_one = [
        [touch(100.0, barrier, spread, float(day)) for day in days[0]] for barrier, spread in few
    ]
    each = (time.perf_counter() - begin) / (len(few) * side)
    agree("scenario grid, a call a point", ours()[::97], one_by_one)
    bare = "the textbook expression in NumPy"
    result = side_by_side(
        f"leverage x volatility x days, {side**3:,} points in one call",
        {OURS: ours, bare: expression},
        effort,
        aims=(Aim(1.5, bare),),
        note="the expression overflows for far barriers, where the formula's own does not",
    )
    return Result(
        result.work,
        {**result.times, "a call a point": [each * side**3] * len(result.times[OURS])},
        result.aims,
        result.note,
        {"points a second": side**3 / result.median(OURS)},
    )


def _touch(price: float, barrier: Floats, volatility: Floats, days: Floats) -> Floats:
    """The reflection principle as it stands in a textbook."""
    from scipy.special import ndtr

    spread = volatility * np.sqrt(days)
    distance = np.log(barrier / price)
    drift = -(volatility**2) / 2.0
    chance: Floats = ndtr((distance - drift * days) / spread) + np.exp(
        2.0 * drift * distance / volatility**2
    ) * ndtr((distance + drift * days) / spread)
    return chance
