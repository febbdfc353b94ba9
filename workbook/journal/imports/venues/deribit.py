"""Deribit: the transaction log of one currency."""

from __future__ import annotations

import re

from workbook.journal.imports.events import Event
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers

_OPTION = re.compile(r".*-[CP]", re.IGNORECASE)
_LINEAR = re.compile(r"[A-Z0-9]+_(USDC|USDT)(-.*)?", re.IGNORECASE)
_SIDE = re.compile(r"(?:(open|close)\s+)?(buy|sell)")


@export(
    "deribit",
    "Deribit transaction log",
    "the venue's API documentation, transaction log, and files of public projects",
)
class DeribitLog(Export):
    """One row a fill or a settlement; contracts without _USDC are settled in their coin."""

    venue = "Deribit"
    tells_funding = True
    columns = headers("""
        time: date
        sequence: userseq
        symbol: instrument
        kind: type
        side: side
        quantity: base amount | size | amount
        balance: position
        price: price
        realised: cash flow
        funding: funding
        fee: fee charged | fee paid
        id: trade id
        order_id: order id
    """)
    required = ("time", "symbol", "kind", "side", "quantity", "price", "funding", "fee")
    unused = (
        "id", "amount", "mark price", "index price", "fee rate", "fee balance", "change",
        "balance", "equity", "info", "note",
    )  # fmt: skip
    currency = "USDC"

    def read(self, row: Row) -> Event | None:
        """A fill, or the funding of a settlement; received is positive."""
        word = row.text("kind").lower()
        if not row.has("symbol"):
            raise LeftOut(f'type "{word[:30]}", no trade')
        symbol = row.symbol
        if _OPTION.fullmatch(symbol):
            raise LeftOut(LeftOut.OPTION)
        if not _LINEAR.fullmatch(symbol):
            raise LeftOut(LeftOut.INVERSE)
        if "-" not in symbol:
            raise LeftOut(LeftOut.SPOT)
        if word == "settlement":
            return row.payment("funding", *row.cost("funding", -1))
        if word not in ("trade", "liquidation", "delivery"):
            raise LeftOut(f'type "{word[:30]}", no trade')
        found = _SIDE.fullmatch(" ".join(row.cell("side").lower().split()))
        if found is None:
            raise BadCell(f'the side is "{row.cell("side")[:40]}": it may be open buy, close sell')
        effect, side = found[1] or "", found[2]
        position = ""
        if effect:
            position = "long" if (side == "buy") == (effect == "open") else "short"
        return row.fill(
            (side, effect, position),  # type: ignore[arg-type]
            kind="liquidation" if word == "liquidation" else "trade",
            balance=row.number_or("balance"),
        )


EXPORTS = (DeribitLog,)
