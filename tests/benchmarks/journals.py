"""Statistics of many trades."""

from __future__ import annotations

import csv
import math
import statistics
import tempfile
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.measure import OURS, Effort, Result, agree, side_by_side
from udfs import catalogue
from workbook.journal.statistics import file_statistics

# What all of them compute here, by the names that our formula gives them.
_SHARED = (
    "Trades", "Win rate", "Average win", "Average loss", "Payoff ratio", "Expectancy",
    "Profit factor", "Standard deviation", "SQN", "Total", "Max drawdown",
    "Longest winning streak", "Longest losing streak",
)  # fmt: skip


def run(effort: Effort) -> Iterator[Result]:
    """From a range, and straight from a file."""
    trades = effort.size(100_000, 10_000)
    results = np.round(np.random.default_rng(7).normal(0.15, 1.4, trades), 2)
    cells = [[value] for value in results.tolist()]
    formula = catalogue["ISO_JOURNAL_STATS"]

    def ours() -> Any:
        return formula(cells)

    found = dict(ours())
    shared = [found[name] for name in _SHARED]
    flat = results.tolist()
    agree("journal, NumPy", shared, _with_numpy(results))
    agree("journal, Python", shared, _with_python(flat))
    yield side_by_side(
        f"statistics of {trades:,} trades, a range of cells",
        {
            OURS: ours,
            "NumPy, from an array": lambda: _with_numpy(results),
            "Python's statistics and loops": lambda: _with_python(flat),
        },
        effort,
        note="from a range each cell is looked at: blank, text or error",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trades.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["symbol", "r"], *(["ETH", value] for value in flat)])

        def from_file() -> Any:
            return file_statistics([path], "r")

        def read_and_compute() -> Any:
            with path.open(newline="", encoding="utf-8") as file:
                return _with_python([float(row["r"]) for row in csv.DictReader(file)])

        agree("journal file", [from_file().statistics[name] for name in _SHARED], shared)
        yield side_by_side(
            f"statistics of {trades:,} trades, a CSV file",
            {OURS: from_file, "Python's csv and statistics": read_and_compute},
            effort,
        )


def _with_numpy(results: Any) -> list[float]:
    wins, losses = results[results > 0], results[results < 0]
    running = np.cumsum(results)
    peaks = np.maximum.accumulate(np.maximum(running, 0.0))
    deviation = results.std(ddof=1)
    decided = (results[results != 0] > 0).astype(int)
    turns = np.flatnonzero(np.diff(decided)) + 1
    lengths = np.diff([0, *turns, len(decided)])
    first = decided[np.concatenate([[0], turns])] == 1
    return [
        len(results),
        len(wins) / len(results),
        wins.mean(),
        losses.mean(),
        wins.mean() / -losses.mean(),
        results.mean(),
        wins.sum() / -losses.sum(),
        deviation,
        math.sqrt(len(results)) * results.mean() / deviation,
        results.sum(),
        (peaks - running).max(),
        lengths[first].max(),
        lengths[~first].max(),
    ]


def _with_python(results: list[float]) -> list[float]:
    wins = [value for value in results if value > 0]
    losses = [value for value in results if value < 0]
    mean = statistics.fmean(results)
    deviation = statistics.stdev(results, mean)
    drawdown = peak = 0.0
    for running in accumulate(results):
        peak = max(peak, running)
        drawdown = max(drawdown, peak - running)
    longest = {True: 0, False: 0}
    streak, won = 0, None
    for value in results:
        if value:
            streak = streak + 1 if (value > 0) is won else 1
            won = value > 0
            longest[won] = max(longest[won], streak)
    average_win, average_loss = statistics.fmean(wins), statistics.fmean(losses)
    return [
        len(results),
        len(wins) / len(results),
        average_win,
        average_loss,
        average_win / -average_loss,
        mean,
        math.fsum(wins) / -math.fsum(losses),
        deviation,
        math.sqrt(len(results)) * mean / deviation,
        math.fsum(results),
        drawdown,
        longest[True],
        longest[False],
    ]
