"""MEXC futures: trades, orders, funding in the capital flow, closed positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from workbook.journal.imports.events import Event, PositionSide
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.contract_size import nice_size
from workbook.journal.imports.venues.generic import opening
from workbook.journal.imports.venues.sides import OPEN_CLOSE, POSITION_SIDES, Direction

# Buy and sell stand for opening and closing here, long and short for the position.
_DIRECTIONS: Mapping[str, Direction] = {
    "buy long": ("buy", "open", "long"),
    "sell long": ("sell", "close", "long"),
    "buy short": ("sell", "open", "short"),
    "sell short": ("buy", "close", "short"),
    **OPEN_CLOSE,
}


class _Mexc(Export):
    """What the exports of this venue have alike."""

    venue = "MEXC"
    inverse = re.compile(r".*_USD", re.IGNORECASE)


@export(
    "mexc",
    "MEXC futures trade history",
    "files of two public projects, and github.com/BittyTax/BittyTax issue 414",
)
class MexcTrades(_Mexc):
    """One row a fill."""

    columns = headers("""
        uid: uid
        time: time
        symbol: futures trading pair
        side: direction
        quantity: filled qty (crypto)
        value: filled qty (amount)
        price: filled price
        fee: trading fee
        fee_currency: fee-payment crypto
        realised: closing pnl
    """)
    required = ("time", "symbol", "side", "quantity", "price", "fee")
    unused: ClassVar[tuple[str, ...]] = ("order type", "filled qty (cont.)", "role")
    zone_words = "the zone in the header, like (UTC+08:00)"

    def read(self, row: Row) -> Event:
        """A fill, in coins."""
        row.only_linear()
        if not row.number_or("quantity"):
            raise LeftOut(LeftOut.NOT_FILLED)
        return row.fill(
            row.choice("side", _DIRECTIONS, "direction"), realised=row.number_or("realised")
        )


@export("mexc-orders", "MEXC futures order history")
class MexcOrders(MexcTrades):
    """One row an order, with what was filled of it."""

    per_order = True
    columns = {
        **MexcTrades.columns, **headers("price: average filled price"), **headers("status: status")
    }  # fmt: skip
    unused = (
        *MexcTrades.unused, "leverage", "order qty (cont.)", "order qty (crypto)",
        "order qty (amount)", "order price",
    )  # fmt: skip


@export("mexc-flow", "MEXC futures capital flow", "a file of a public project")
class MexcFunding(_Mexc):
    """The capital flow: funding among transfers, fees and results."""

    columns = headers("""
        uid: uid
        time: time
        symbol: futures trading pair
        fee_currency: crypto
        kind: fund type
        flow: fund flow type
        funding: amount
    """)
    required = ("time", "symbol", "kind", "funding")
    zone_words = "the zone in the header, like (UTC+00:00)"

    def read(self, row: Row) -> Event | None:
        """Funding; what flows out was paid."""
        words = f"{row.cell('kind')} {row.cell('flow')}".lower()
        if "funding" not in words:
            raise LeftOut(f'type "{row.text("kind")[:30]}", no funding')
        row.only_linear()
        cost, coin = row.cost("funding", -1)
        if "out" in words.split() or "outflow" in words or "expense" in words:
            cost = abs(cost)
        return row.payment("funding", cost, coin)


@export("mexc-positions", "MEXC futures position history", "a file of a public project")
class MexcPositions(_Mexc):
    """One row a position, its quantity in contracts."""

    columns = headers("""
        uid: uid
        time: close time
        opened: open time
        symbol: futures
        side: direction
        price: avg entry price
        exit: avg close price
        quantity: closing qty (cont.)
        fee: fee | trading fee
        realised: realized pnl
        status: status
    """)
    required = ("time", "opened", "symbol", "side", "price", "exit", "quantity", "realised")
    unused = ("margin mode",)
    zone_words = "the zone in the header, like (UTC+00:00)"

    def without_time(self, row: Row) -> str:
        """A position that is open has no time of its closing."""
        return LeftOut.PARTLY_CLOSED

    def __init__(self) -> None:
        self._sizes: dict[str, Counter[Decimal]] = {}

    def settle(self, rows: Sequence[Row]) -> None:
        """How large each contract is, which a position that won or lost nothing cannot tell."""
        for row in rows:
            try:
                side = POSITION_SIDES[row.choice("side", _SIDES, "direction")]
                size = _size(row, side)[0]
            except BadCell:
                continue  # told when the row is read
            if size is not None:
                self._sizes.setdefault(row.symbol, Counter())[size] += 1

    def read(self, row: Row) -> Event:
        """A position; how large a contract is follows from the results."""
        row.only_linear()
        if "part" in row.text("status").lower():
            raise LeftOut(LeftOut.PARTLY_CLOSED)
        side = POSITION_SIDES[row.choice("side", _SIDES, "direction")]
        contracts, entry, exit_ = (row.amount(name)[0] for name in ("quantity", "price", "exit"))
        own, gross = _size(row, side)
        known = self._sizes.get(row.symbol)
        size = own if own is not None or not known else known.most_common(1)[0][0]
        if size is None and entry != exit_:
            raise BadCell(
                f"how large a contract of {row.symbol} is cannot be told from this row: import the"
                " trade history, which has coins"
            )
        return row.closed(
            side,
            quantity=None if size is None else contracts * size,
            entry=None if size is None else entry,
            exit=None if size is None else exit_,
            opened=opening(row), gross=gross, fees=abs(row.cost("fee")[0]),
        )  # fmt: skip


_SIDES = {"long": "long", "short": "short", "close long": "long", "close short": "short"}


def _size(row: Row, side: PositionSide) -> tuple[Decimal | None, Decimal]:
    """The contract's size, and the result before fees, whether the venue took them off or not."""
    contracts, entry, exit_ = (row.amount(name)[0] for name in ("quantity", "price", "exit"))
    fee = abs(row.cost("fee")[0])
    result = row.amount("realised")[0]
    difference = (exit_ - entry) * (1 if side == "long" else -1)
    if not contracts or not difference:
        # Neither won nor lost: the result is nothing, or the fee.
        return None, Decimal(0) if abs(result) in (Decimal(0), fee) else result
    for gross in (result, result + fee):
        size = nice_size(gross / (contracts * difference))
        if size is not None:
            return size, gross
    return None, result


EXPORTS = (MexcTrades, MexcOrders, MexcFunding, MexcPositions)
