"""What the same trades might have come to: results drawn anew, with replacement."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from udfs.maths.arrays import Floats

_AT_ONCE = 4_000_000  # draws held in memory


class Futures(NamedTuple):
    """One number a path."""

    totals: Floats
    drawdowns: Floats  # greatest fall of the running sum from its peak, the start among the peaks
    losing_streaks: Floats


def futures(results: Floats, trades: int, paths: int, seed: int) -> Futures:
    """Paths of so many trades drawn from the results. A break-even neither extends nor ends a
    losing streak."""
    random = np.random.default_rng(seed)
    parts = []
    at_once = max(_AT_ONCE // trades, 1)
    for start in range(0, paths, at_once):
        drawn = random.integers(0, len(results), (trades, min(at_once, paths - start)))
        parts.append(_walked(results, drawn))
    return Futures(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _walked(results: Floats, drawn: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Futures:
    paths = drawn.shape[1]
    total, peak, fall, streak, longest = (np.zeros(paths) for _ in range(5))
    for at in drawn:
        result = results[at]
        total += result
        np.maximum(peak, total, out=peak)
        np.maximum(fall, peak - total, out=fall)
        streak += result < 0
        streak[result > 0] = 0.0
        np.maximum(longest, streak, out=longest)
    return Futures(total, fall, longest)
