"""Trades that came as one row each, beside those out of fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from workbook.journal.imports.events import ClosedTrade, PositionSide
from workbook.journal.imports.pairing.costs import Costs
from workbook.journal.imports.pairing.trade import NEAR, Trade


def whole_trades(
    rows: Sequence[ClosedTrade], trades: list[Trade], open_trades: Sequence[Trade], prices: Costs
) -> tuple[list[Trade], int]:
    """Trades that came as one row each, but for those whose fills are known; how many are.

    A trade out of fills that say nothing of funding takes it from its row.
    """
    by_fills: dict[tuple[str, str, PositionSide], list[int]] = {}
    fills = [*trades, *open_trades]
    for at, trade in enumerate(fills):
        by_fills.setdefault((trade.venue, trade.symbol, trade.side), []).append(at)
    told, same = [], 0
    for row in rows:
        known = by_fills.get((row.venue, row.symbol, row.side), ())
        zero = Decimal(0)
        carry = prices.value(row.carry or zero, row.currency, row.time)
        covering = [at for at in known if _covers(fills[at], row)]
        if covering:
            same += 1
            for at in covering:
                if at < len(trades) and carry is not None and _lacks_carry(trades[at], row):
                    trades[at] = fills[at] = replace(
                        trades[at], carry=carry, carry_told=True, ids=(*trades[at].ids, row.id),
                        number=max(trades[at].number, row.number),
                    )  # fmt: skip
            continue
        fees = prices.value(row.fees or zero, row.currency, row.time)
        unpriced: dict[str, Decimal] = {}
        if fees is None or carry is None:
            unpriced[row.currency.upper()] = (row.fees or zero) + (row.carry or zero)
        gross = row.gross
        if gross is None:
            assert row.quantity is not None
            assert row.entry is not None
            assert row.exit is not None
            sign = 1 if row.side == "long" else -1
            gross = sign * row.quantity * (row.exit - row.entry)
        told.append(
            Trade(
                id=row.id, venue=row.venue, account=row.account, symbol=row.symbol, side=row.side,
                opened=row.opened, closed=row.time, quantity=row.quantity, left=Decimal(0),
                entry=row.entry, exit=row.exit, gross=gross, fees=fees or Decimal(0),
                carry=carry or Decimal(0), entry_fees=Decimal(0), ids=(row.id,),
                unpriced=unpriced, number=row.number, stop=row.stop, high=row.high, low=row.low,
                leverage=row.leverage, fees_told=row.fees is not None,
                carry_told=row.carry is not None,
            )
        )  # fmt: skip
    return told, same


def _covers(trade: Trade, row: ClosedTrade) -> bool:
    """Whether a closed trade's row tells of a trade, or a part of it, that fills tell already."""
    if trade.account and row.account and trade.account != row.account:
        return False
    if trade.opened is None or row.time < trade.opened - NEAR:
        return False
    return trade.closed is None or row.time <= trade.closed + NEAR


def _lacks_carry(trade: Trade, row: ClosedTrade) -> bool:
    """Whether a row has the funding of exactly this trade, and its fills have none."""
    if row.carry is None or trade.carry_told or trade.carry or trade.closed is None:
        return False
    if row.opened is not None and trade.opened is not None:
        if abs(row.opened - trade.opened) > NEAR:
            return False
    elif row.quantity is None or row.quantity != trade.quantity:
        return False  # a part of it, perhaps
    return abs(row.time - trade.closed) <= NEAR
