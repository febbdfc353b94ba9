"""Paradex: fills; options share the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook.journal.imports.events import Event, FillKind
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.sides import BUY_SELL

_PERPETUAL = re.compile(r"[A-Z0-9]+-USD-PERP", re.IGNORECASE)


@export(
    "paradex",
    "Paradex fills",
    "the venue's API documentation, fills, and clients in public repositories",
)
class ParadexFills(Export):
    """One row a fill, with the funding that it settled."""

    venue = "Paradex"
    tells_funding = True
    columns = headers("""
        id: id
        side: side
        symbol: market
        order_id: order_id
        price: price
        quantity: size
        fee: fee
        fee_currency: fee_currency
        time: created_at
        kind: fill_type
        realised: realized_pnl
        funding: realized_funding
    """)
    required = ("id", "side", "symbol", "price", "quantity", "fee", "time")
    unused = (
        "liquidity", "remaining_size", "client_id", "account", "underlying_price", "flags",
    )  # fmt: skip
    currency = "USDC"

    def read(self, row: Row) -> Event | Iterator[Event]:
        """A fill, and its funding; received is positive."""
        symbol = row.symbol.upper()
        if not _PERPETUAL.fullmatch(symbol):
            raise LeftOut(LeftOut.OPTION if re.search(r"-[CP]$", symbol) else LeftOut.SPOT)
        word = row.text("kind").lower()
        kind: FillKind = (
            "liquidation" if "liq" in word else "settlement" if "settle" in word else "trade"
        )
        fill = row.fill(row.choice("side", BUY_SELL, "side"), kind=kind)
        funding, _ = row.cost("funding", -1)
        payment = row.payment("funding", funding, attached=True)
        return fill if payment is None else iter((fill, payment))


EXPORTS = (ParadexFills,)
