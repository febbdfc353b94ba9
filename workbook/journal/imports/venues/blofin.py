"""BloFin: order history in two layouts, and funding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.sides import BUY_SELL, OPEN_CLOSE, Direction

_DIRECTIONS: Mapping[str, Direction] = {**OPEN_CLOSE, **BUY_SELL}


class _Blofin(Export):
    """What the exports of this venue have alike."""

    venue = "BloFin"
    zone_words = "the browser's time zone"
    day_first = False


@export("blofin", "BloFin order history", "files of four public projects")
class BlofinOrders(_Blofin):
    """One row an order; units stand behind the numbers in the older layout."""

    columns = headers("""
        symbol: underlying asset
        time: order time
        side: side
        price: avg fill | price
        quantity: filled | filled(quantity)
        value: filled(value)
        realised: pnl
        fee: fee
        reduce: reduce-only
        status: status
    """)
    required = ("symbol", "time", "side", "price", "quantity", "realised", "fee", "status")
    unused = (
        "margin mode", "leverage", "price", "total", "pnl%", "order options", "order price",
        "filled(total)", "filled(ordervalue)",
    )  # fmt: skip

    def read(self, row: Row) -> Event:
        """A fill; of an order that was filled in part, that part."""
        if not row.has("quantity") or not row.number("quantity"):
            raise LeftOut(LeftOut.NOT_FILLED)
        side, effect, position = row.choice("side", _DIRECTIONS, "side")
        if not effect and row.text("reduce").lower() in ("y", "yes", "true"):
            effect, position = "close", "long" if side == "sell" else "short"
        # Without a word for it, no result means that the order opened.
        nothing = None if effect else Decimal(0)
        return row.fill((side, effect, position), realised=row.number_or("realised", nothing))


@export("blofin-new", "BloFin order history, newer layout")
class BlofinOrdersNew(BlofinOrders):
    """The newer layout: the same with plain numbers and other headers."""

    columns = {
        **BlofinOrders.columns,
        **headers("""
        time: order_time | order time
        price: price | avg fill
        quantity: filled(quantity)
    """),
    }


@export("blofin-funding", "BloFin funding history", "a file of a public project")
class BlofinFunding(_Blofin):
    """One row a payment; positive when received."""

    columns = headers("""
        symbol: symbol
        time: time
        funding: real_funding_amount
    """)
    required = ("symbol", "time", "funding")
    unused = ("qty", "funding rate", "funding type", "funding fee")
    currency = "USDT"

    def read(self, row: Row) -> Event | None:
        """Funding of a position."""
        return row.payment("funding", *row.cost("funding", -1))


EXPORTS = (BlofinOrders, BlofinOrdersNew, BlofinFunding)
