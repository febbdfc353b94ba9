"""Portfolio."""

from __future__ import annotations

import math
from typing import Any

from tests.udfs.oracles.cells import NUM, Cell, Rows, Side, flat, named, sign
from tests.udfs.oracles.liquidation import liquidation_price


def portfolio_risk(risks: Any, correlation: Rows) -> Cell:
    """sqrt(r' C r), for a matrix that needs no repair."""
    r: list[float] = flat(risks)
    total = 0.0
    for i in range(len(r)):
        for j in range(len(r)):
            total += r[i] * r[j] * correlation[i][j]
    return math.sqrt(max(total, 0.0))


def effective_bets(risks: Any, correlation: Rows) -> Cell:
    """Naive sum over combined risk, squared."""
    naive = 0.0
    for r in flat(risks):
        naive += abs(r)
    combined = portfolio_risk(risks, correlation)
    assert isinstance(combined, float)
    return (naive / combined) ** 2


def stress(
    sides: Any, entries: Any, quantities: Any, margins: Any, prices: Any, shocks: Any,
    maintenance_rates: Any = 0, headers: bool = False,
) -> Rows:  # fmt: skip
    """Each position at its shocked price, then the sum; P&L counts from the entry."""
    columns = [flat(x) for x in (sides, entries, quantities, margins, prices, shocks)]
    columns.append(flat(maintenance_rates))
    count = max(len(column) for column in columns)
    columns = [column * count if len(column) == 1 else column for column in columns]
    rows: Rows = []
    if headers:
        rows.append(named("P&L under the shock | Equity | Liquidated | Loss capped at margin"))
    pnl_sum = equity_sum = loss_sum = 0.0
    dead = False
    for i in range(count):
        side, entry, quantity, margin, price, shock, rate = (column[i] for column in columns)
        shocked = price * (1 + shock)
        pnl = sign(side) * quantity * (shocked - entry)
        equity = margin + pnl
        liquidated = equity <= rate * quantity * shocked
        loss = margin if liquidated else min(max(-pnl, 0.0), margin)
        rows.append([pnl, equity, liquidated, loss])
        pnl_sum += pnl
        equity_sum += equity
        loss_sum += loss
        dead = dead or liquidated
    rows.append([pnl_sum, equity_sum, dead, loss_sum])
    return rows


def cross_margin(
    side: Side, entry: float, quantity: float, margin: float, mark: float, other_equity: float,
    maintenance_rate: float = 0, headers: bool = False,
) -> Rows:  # fmt: skip
    """The same position on its own margin, and backed by the rest of the account."""
    rows: Rows = []
    if headers:
        rows.append(named("Mode | Liquidation price | Distance | Capital at risk"))
    for name, capital in (("Isolated", margin), ("Cross", margin + other_equity)):
        price = liquidation_price(
            side, entry, quantity * entry / capital, maintenance_rate, 0, quantity
        )
        distance = NUM if isinstance(price, str) else abs(mark - price) / mark
        rows.append([name, price, distance, capital])
    return rows
