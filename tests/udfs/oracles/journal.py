"""Journal."""

from __future__ import annotations

import math
from typing import Any

from tests.udfs.oracles.cells import NA, NUM, Cell, Rows, Side, flat, named, sign


def r_multiple(
    side: Side, entry: float, initial_stop: float, exit_price: float, quantity: float = 1,
    costs: float = 0,
) -> Cell:  # fmt: skip
    """Net result over the risk at the initial stop."""
    s = sign(side)
    risk = s * (entry - initial_stop) * quantity
    if risk <= 0:
        return NUM
    return (s * (exit_price - entry) * quantity - costs) / risk


def journal_stats(results: Any, headers: bool = False) -> Rows:
    """Every statistic from its own definition."""
    trades = flat(results)
    n = len(trades)
    wins = [x for x in trades if x > 0]
    losses = [x for x in trades if x < 0]
    average_win: Cell = sum(wins) / len(wins) if wins else NA
    average_loss: Cell = sum(losses) / len(losses) if losses else NA
    payoff: Cell = NA
    if isinstance(average_win, float) and isinstance(average_loss, float):
        payoff = average_win / -average_loss
    mean = sum(trades) / n
    deviation: Cell = NA
    if n > 1:
        deviation = math.sqrt(sum((x - mean) ** 2 for x in trades) / (n - 1))
    sqn: Cell = NA
    if isinstance(deviation, float) and deviation > 0:
        sqn = math.sqrt(n) * mean / deviation
    running = peak = worst = 0.0
    winning = losing = longest_winning = longest_losing = 0
    for x in trades:
        running += x
        peak = max(peak, running)
        worst = max(worst, peak - running)
        # A break-even trade neither extends a streak nor ends it.
        if x > 0:
            winning, losing = winning + 1, 0
        if x < 0:
            winning, losing = 0, losing + 1
        longest_winning = max(longest_winning, winning)
        longest_losing = max(longest_losing, losing)
    fraction: Cell = NA
    if not isinstance(payoff, str):
        fraction = kelly(len(wins) / n, payoff)
    rows: Rows = [named("Name | Value")] if headers else []
    rows += [
        ["Trades", n],
        ["Wins", len(wins)],
        ["Losses", len(losses)],
        ["Win rate", len(wins) / n],
        ["Average win", average_win],
        ["Average loss", average_loss],
        ["Payoff ratio", payoff],
        ["Expectancy", mean],
        ["Profit factor", sum(wins) / -sum(losses) if losses else NA],
        ["Standard deviation", deviation],
        ["SQN", sqn],
        ["Total", sum(trades)],
        ["Max drawdown", worst],
        ["Longest winning streak", longest_winning],
        ["Longest losing streak", longest_losing],
        ["Kelly fraction", fraction],
    ]
    return rows


def equity_curve(start: float, results: Any) -> Rows:
    """Running sum on top of the start."""
    rows: Rows = []
    equity = start
    for x in flat(results):
        equity += x
        rows.append([equity])
    return rows


def drawdown(start: float, results: Any) -> Rows:
    """Fall from the highest equity so far, the start included, as a fraction of it."""
    rows: Rows = []
    peak = start
    for (equity,) in equity_curve(start, results):
        peak = max(peak, equity)
        rows.append([(peak - equity) / peak])
    return rows


def kelly(win_rate: float, payoff: float) -> Cell:
    """p - (1 - p)/b, never negative."""
    return max(win_rate - (1 - win_rate) / payoff, 0.0)


def risk_of_ruin(win_rate: float, payoff: float, risk_units: float) -> Cell:
    """Gambler's ruin with steps +payoff and -1: z**units, z the root below 1."""
    if win_rate * payoff <= 1 - win_rate:
        return 1.0
    low, high = 0.0, 1.0
    # Between the root and 1 the polynomial is negative; walk in from 1 to find such a point.
    step = 0.5
    while win_rate * (1 - step) ** (payoff + 1) - (1 - step) + (1 - win_rate) >= 0:
        step /= 2
    high = 1 - step
    for _ in range(200):
        z = (low + high) / 2
        if win_rate * z ** (payoff + 1) - z + (1 - win_rate) > 0:
            low = z
        else:
            high = z
    return float(((low + high) / 2) ** risk_units)
