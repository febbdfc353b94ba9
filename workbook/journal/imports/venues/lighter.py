"""Lighter: the trade export."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.sides import OPEN_CLOSE, Direction


@export("lighter", "Lighter trade export", "files of four public projects")
class LighterTrades(Export):
    """One row a fill; sizes in coins, no ids, always UTC."""

    venue = "Lighter"
    columns = headers("""
        symbol: market
        side: side
        time: date
        value: trade value
        quantity: size
        price: price
        realised: closed pnl
        fee: fee
        kind: type
    """)
    required = ("symbol", "side", "time", "value", "quantity", "price", "realised", "fee")
    unused = ("role",)
    currency = "USDC"
    directions: Mapping[str, Direction] = {
        **OPEN_CLOSE,
        "long > short": ("sell", "reduce", ""),
        "short > long": ("buy", "reduce", ""),
    }

    def read(self, row: Row) -> Event:
        """A fill; a liquidation says so in its type."""
        if row.cell("side").lower() in ("buy", "sell"):
            raise LeftOut(LeftOut.SPOT)
        word = row.text("kind").lower()
        return row.fill(
            row.choice("side", self.directions, "side"),
            kind="liquidation" if "liq" in word else "adl" if "delev" in word else "trade",
            realised=row.number_or("realised"),
        )


EXPORTS = (LighterTrades,)
