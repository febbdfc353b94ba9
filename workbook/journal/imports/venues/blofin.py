"""BloFin: order history in two layouts, and funding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import (
    BUY_SELL,
    OPEN_CLOSE,
    Direction,
    Export,
    LeftOut,
    Row,
)

_ZONE_WORDS = "the browser's time zone"
_DIRECTIONS: Mapping[str, Direction] = {**OPEN_CLOSE, **BUY_SELL}


class BlofinOrders(Export):
    """One row an order; units stand behind the numbers in the older layout."""

    key = "blofin"
    name = "BloFin order history"
    venue = "BloFin"
    source = "files of four public projects"
    as_of = "2026-11"
    columns = {
        "symbol": ("underlying asset",),
        "time": ("order time",),
        "side": ("side",),
        "price": ("avg fill", "price"),
        "quantity": ("filled", "filled(quantity)"),
        "value": ("filled(value)",),
        "realised": ("pnl",),
        "fee": ("fee",),
        "reduce": ("reduce-only",),
        "status": ("status",),
    }
    required = ("symbol", "time", "side", "price", "quantity", "realised", "fee", "status")
    unused = (
        "margin mode", "leverage", "price", "total", "pnl%", "order options", "order price",
        "filled(total)", "filled(ordervalue)",
    )  # fmt: skip
    zone = ""
    zone_words = _ZONE_WORDS
    day_first = False

    def read(self, row: Row) -> Event:
        """A fill; of an order that was filled in part, that part."""
        if not row.has("quantity") or not row.number("quantity"):
            raise LeftOut("order that was not filled")
        side, effect, position = row.choice("side", _DIRECTIONS, "side")
        if not effect and row.text("reduce").lower() in ("y", "yes", "true"):
            effect, position = "close", "long" if side == "sell" else "short"
        # Without a word for it, no result means that the order opened.
        nothing = None if effect else Decimal(0)
        return row.fill((side, effect, position), realised=row.number_or("realised", nothing))


class BlofinOrdersNew(BlofinOrders):
    """The newer layout: the same with plain numbers and other headers."""

    key = "blofin-new"
    name = "BloFin order history, newer layout"
    columns = {
        **BlofinOrders.columns,
        "time": ("order_time", "order time"),
        "price": ("price", "avg fill"),
        "quantity": ("filled(quantity)",),
    }


class BlofinFunding(Export):
    """One row a payment; positive when received."""

    key = "blofin-funding"
    name = "BloFin funding history"
    venue = "BloFin"
    source = "a file of a public project"
    as_of = "2026-11"
    columns = {
        "symbol": ("symbol",),
        "time": ("time",),
        "funding": ("real_funding_amount",),
    }
    required = ("symbol", "time", "funding")
    unused = ("qty", "funding rate", "funding type", "funding fee")
    currency = "USDT"
    zone = ""
    zone_words = _ZONE_WORDS
    day_first = False

    def read(self, row: Row) -> Event | None:
        """Funding of a position."""
        cost, coin = row.cost("funding", -1)
        return row.payment("funding", cost, coin)


EXPORTS = (BlofinOrders, BlofinOrdersNew, BlofinFunding)
