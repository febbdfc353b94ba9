"""Hyperliquid: trade and funding history, as the page exports them or as the API names them."""

from __future__ import annotations

import re

from workbook.journal.imports.events import Event, FillKind
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.sides import MAYBE_POSITION_SIDES, OPEN_CLOSE, Direction

_LIQUIDATED = re.compile(r"(?:liquidated|.*liquidation).*\b(long|short)\b")


class _Hyperliquid(Export):
    """What the exports of this venue have alike."""

    venue = "Hyperliquid"
    zone_words = "the browser's time zone"
    currency = "USDC"
    day_first = True


@export(
    "hyperliquid", "Hyperliquid trade history",
    "github.com/pcheong22/journal lib/parsers/hyperliquid.js, and importers' tests that agree"
    " with it; words for the direction: Hyperliquid API documentation, userFills",
)  # fmt: skip
class HyperliquidTrades(_Hyperliquid):
    """One row a fill; the direction says what it does to the position."""

    columns = headers("""
        time: time
        symbol: coin
        side: dir
        quantity: sz
        price: px
        value: ntl
        fee: fee
        fee_currency: feetoken | fee token
        realised: closedpnl | closed pnl
        start: startposition | start position
        id: tid
        order_id: oid
    """)
    required = ("time", "symbol", "side", "quantity", "price", "fee")
    unused = ("hash", "crossed", "side", "liquidation", "builderfee", "cloid", "twapid", "user")

    def read(self, row: Row) -> Event:
        """A fill; the result is given after this fill's own fee."""
        word = " ".join(row.text("side").lower().split())
        symbol = row.symbol
        if word.startswith("spot") or word in ("buy", "sell") or symbol.startswith("@"):
            raise LeftOut(LeftOut.SPOT)
        if "/" in symbol:
            raise LeftOut(LeftOut.SPOT)
        direction, kind = _direction(word)
        balance = None
        if row.has("start") and direction[0]:
            change = row.number("quantity") * (1 if direction[0] == "buy" else -1)
            balance = row.number("start") + change
        return row.fill(direction, kind=kind, realised=row.number_or("realised"), balance=balance)


def _direction(word: str) -> tuple[Direction, FillKind]:
    if word in OPEN_CLOSE:
        return OPEN_CLOSE[word], "trade"
    if word == "long > short":
        return ("sell", "reduce", ""), "trade"
    if word == "short > long":
        return ("buy", "reduce", ""), "trade"
    if word in ("auto-deleveraging", "auto deleveraging"):
        return ("", "close", ""), "adl"
    if word == "settlement":
        return ("", "close", ""), "settlement"
    liquidated = _LIQUIDATED.fullmatch(word)
    if liquidated:
        return OPEN_CLOSE[f"close {liquidated[1]}"], "liquidation"
    raise BadCell(
        f'the direction is "{word[:40]}": it may be {", ".join(OPEN_CLOSE)}, long > short,'
        " short > long, liquidated ... long, auto-deleveraging or settlement"
    )


@export(
    "hyperliquid-funding", "Hyperliquid funding history", "importers' tests in public repositories"
)
class HyperliquidFunding(_Hyperliquid):
    """One row a payment; positive when received."""

    columns = headers("""
        time: time
        symbol: coin
        funding: payment | usdc
        position_side: side
        size: szi
    """)
    required = ("time", "symbol", "funding")
    unused = ("sz", "rate", "fundingrate", "type", "hash", "nsamples")
    numbers = ("funding", "size")

    def read(self, row: Row) -> Event | None:
        """Funding of a position."""
        side = row.choice("position_side", MAYBE_POSITION_SIDES, "side")
        cost, coin = row.cost("funding", -1)
        if cost == 0:
            raise LeftOut("funding of 0")
        return row.payment("funding", cost, coin, position_side=side)


EXPORTS = (HyperliquidTrades, HyperliquidFunding)
