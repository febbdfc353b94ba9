"""A journal's statistics, computed part by part, so that no journal is too long for them.

One definition for the formulas and for journals in files: the results go into a `Tally` at once
or in pieces, in the order of the trades, and the statistics come out the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from udfs.maths.arrays import Floats, Numeric

# A number; None for a statistic that these results do not have.
Statistic: TypeAlias = int | float | None

STATISTICS = (
    "Trades",
    "Wins",
    "Losses",
    "Win rate",
    "Average win",
    "Average loss",
    "Payoff ratio",
    "Expectancy",
    "Profit factor",
    "Standard deviation",
    "SQN",
    "Total",
    "Max drawdown",
    "Longest winning streak",
    "Longest losing streak",
    "Kelly fraction",
)


def kelly_fraction(win_rate: Numeric, payoff: Numeric) -> Numeric:
    """Kelly's fraction, none where there is no edge."""
    edge = win_rate * payoff - (1.0 - win_rate)
    # Rounding of a fair bet's terms must not make up an edge.
    fair = np.abs(edge) <= 4.0 * np.finfo(float).eps * (1.0 - win_rate)
    return np.where(fair, 0.0, np.maximum(win_rate - (1.0 - win_rate) / payoff, 0.0))


@dataclass
class _Streak:
    """The longest run of wins (or of losses), and the run that is still going on."""

    longest: int = 0
    running: int = 0

    def add(self, hits: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Go on with trades that are hits or misses."""
        misses = np.flatnonzero(~hits)
        if not misses.size:
            self.running += hits.size
            self.longest = max(self.longest, self.running)
            return
        first = self.running + int(misses[0])
        between = int(np.diff(misses).max()) - 1 if misses.size > 1 else 0
        self.running = hits.size - 1 - int(misses[-1])
        self.longest = max(self.longest, first, between, self.running)


@dataclass
class Tally:
    """Sums over results in the order of the trades; `statistics` reads them off.

    >>> tally = Tally()
    >>> tally.add(np.array([200.0, -100.0]))
    >>> tally.add(np.array([50.0]))
    >>> tally.statistics()["Total"], tally.statistics()["Profit factor"]
    (150.0, 2.5)
    """

    trades: int = 0
    wins: int = 0
    losses: int = 0
    _won: list[float] = field(default_factory=list)  # sums of the parts, added exactly
    _lost: list[float] = field(default_factory=list)
    _mean: float = 0.0
    _squares: float = 0.0  # squared distances to the mean
    _lowest: float = math.inf
    _highest: float = -math.inf
    _running: float = 0.0
    _peak: float = 0.0
    _drawdown: float = 0.0
    _winning: _Streak = field(default_factory=_Streak)
    _losing: _Streak = field(default_factory=_Streak)

    def add(self, results: Floats) -> None:
        """Take in further results, blanks left out."""
        if not results.size:
            return
        won, lost = results[results > 0], results[results < 0]
        self.wins += won.size
        self.losses += lost.size
        self._won.append(_sum(won))
        self._lost.append(_sum(lost))
        with np.errstate(all="ignore"):  # too large a sum shows as such in its own statistic
            self._add_spread(results)
            self._add_drawdown(results)
        decided = results[results != 0] > 0  # break-evens neither extend nor end a streak
        self._winning.add(decided)
        self._losing.add(~decided)

    def statistics(self) -> Mapping[str, Statistic]:
        """Every statistic by its name, in the order of `STATISTICS`."""
        won, lost = _sum(self._won), _sum(self._lost)
        total = _sum([*self._won, *self._lost])
        win_rate = _ratio(self.wins, self.trades)
        average_win = _ratio(won, self.wins)
        average_loss = _ratio(lost, self.losses)
        payoff: Statistic = None
        kelly: Statistic = None
        if self.wins and isinstance(average_loss, float):
            payoff = _ratio(won / self.wins, -average_loss)
        if isinstance(payoff, float) and payoff > 0:
            kelly = float(kelly_fraction(self.wins / self.trades, payoff))
        expectancy = _ratio(total, self.trades)
        deviation: Statistic = None
        sqn: Statistic = None
        if self.trades > 1:
            deviation = self._deviation()
            sqn = _ratio(math.sqrt(self.trades) * (total / self.trades), deviation)
        values = (
            self.trades,
            self.wins,
            self.losses,
            win_rate,
            average_win,
            average_loss,
            payoff,
            expectancy,
            _ratio(won, -lost) if self.losses else None,
            deviation,
            sqn,
            total,
            self._drawdown,
            self._winning.longest,
            self._losing.longest,
            kelly,
        )
        return dict(zip(STATISTICS, values, strict=True))

    def _add_spread(self, results: Floats) -> None:
        """Mean and squared distances, merged by the rule of Chan, Golub and LeVeque."""
        mean = _sum(results) / results.size
        apart = mean - self._mean
        trades = self.trades + results.size
        self._squares += float(np.square(results - mean).sum())
        self._squares += apart * apart * self.trades / trades * results.size
        self._mean += apart * results.size / trades
        self._lowest = min(self._lowest, float(results.min()))
        self._highest = max(self._highest, float(results.max()))
        self.trades = trades

    def _add_drawdown(self, results: Floats) -> None:
        """The running sum's greatest fall from its peak; the start, 0, is a peak too."""
        running = self._running + np.cumsum(results)
        peaks = np.maximum(np.maximum.accumulate(running), self._peak)
        self._drawdown = max(self._drawdown, float((peaks - running).max()))
        self._running, self._peak = float(running[-1]), float(peaks[-1])

    def _deviation(self) -> float:
        # Equal results have none; rounding of their mean must not make one up.
        if self._lowest == self._highest:
            return 0.0
        return math.sqrt(self._squares / (self.trades - 1))


def _sum(values: Floats | list[float]) -> float:
    """The sum, rounded once: gains and losses that cancel leave no trace of the order."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return math.inf  # too large for a number: the cell shows #NUM!


def _ratio(part: float, whole: Statistic) -> Statistic:
    if whole is None or whole == 0:
        return None
    return part / whole
