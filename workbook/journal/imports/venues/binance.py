"""Binance futures: trade history, transaction history (funding), position history."""

from __future__ import annotations

import re

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.generic import opening
from workbook.journal.imports.venues.sides import BUY_SELL, MAYBE_POSITION_SIDES, POSITION_SIDES

# BTCUSD_PERP, BTCUSD_261225: settled in the coin.


class _Binance(Export):
    """What the exports of this venue have alike."""

    venue = "Binance"
    zone_words = "the time zone chosen at the export, which the file's own name tells, like (UTC+3)"
    short_years = True
    inverse = re.compile(r"[A-Z0-9]+USD(_[A-Z0-9]+)?", re.IGNORECASE)


@export(
    "binance", "Binance futures trade history",
    "importers' tests in public repositories, which agree: Uid, Time, Symbol, Side, Price,"
    " Quantity, Amount, Fee, Realized Profit, Buyer, Maker, Trade ID, Order ID",
)  # fmt: skip
class BinanceTrades(_Binance):
    """One row a fill; in hedge mode some downloads name the position side, others do not."""

    columns = headers("""
        uid: uid | user id
        time: time | date
        symbol: symbol
        side: side
        quantity: quantity | qty
        price: price
        value: amount | quoteqty | quote qty
        fee: fee | commission
        fee_currency: fee coin | fee asset | commissionasset | commission asset
        realised: realized profit | realizedpnl | realized pnl
        id: trade id | id | tradeid
        order_id: order id | orderid
        position_side: position side | positionside
    """)
    required = ("time", "symbol", "side", "quantity", "price", "fee", "realised")
    unused = (
        "buyer", "maker", "quote asset", "marginasset", "margin asset", "pair", "role",
    )  # fmt: skip
    ids_ascend = True

    def read(self, row: Row) -> Event:
        """A fill; its realised profit tells what it closes."""
        row.only_linear()
        side, _, _ = row.choice("side", BUY_SELL, "side")
        position = row.choice("position_side", MAYBE_POSITION_SIDES, "position side")
        return row.fill((side, "", position), realised=row.number("realised"))


@export(
    "binance-funding", "Binance futures transaction history",
    "github.com/BittyTax/BittyTax conv/parsers/binance/parse_binance_futures.py, 1dd83a1;"
    " types of income in the venue's API documentation",
)  # fmt: skip
class BinanceTransactions(_Binance):
    """Funding and the clearance of liquidations; commissions are in the trade history already."""

    columns = headers("""
        uid: uid | user id
        time: date | time
        kind: type
        funding: amount
        fee_currency: asset
        symbol: symbol
        id: transaction id
    """)
    required = ("time", "kind", "funding", "fee_currency", "symbol")
    unused = ("tradeid", "trade id", "info")
    _ELSEWHERE = frozenset({"commission", "realized pnl", "realised pnl", "realized profit"})

    def read(self, row: Row) -> Event | None:
        """Funding, or a fee for clearing a liquidation."""
        word = " ".join(re.sub(r"[^a-z]+", " ", row.text("kind").lower()).split())
        if word in self._ELSEWHERE:
            raise LeftOut(f"{row.text('kind')}: the trade history has it")
        kinds = {"funding fee": "funding", "funding": "funding", "insurance clear": "fee",
                 "liquidation clearance fee": "fee", "liquidation fee": "fee"}  # fmt: skip
        kind = kinds.get(word)
        if kind is None:
            raise LeftOut(f'type "{row.text("kind")[:30]}", no cost of a trade')
        row.only_linear()
        cost, coin = row.cost("funding", -1)
        if cost == 0:
            raise LeftOut(f"{kind} of 0")
        return row.payment(kind, cost, coin)


@export(
    "binance-positions",
    "Binance position history",
    "headers in two public repositories; Closing PNL is before fees",
)
class BinancePositions(_Binance):
    """One row a position; before fees and funding, which this export does not have."""

    columns = headers("""
        time: closed
        opened: opened
        symbol: symbol
        side: position side
        price: entry price
        exit: avg. close price | avg close price
        quantity: closed vol. | closed vol
        gross: closing pnl
        status: status
    """)
    required = ("time", "opened", "symbol", "side", "price", "exit", "quantity", "gross")
    unused = ("margin mode", "max open interest")

    def without_time(self, row: Row) -> str:
        """A position that is open has no time of its closing."""
        return LeftOut.PARTLY_CLOSED

    def read(self, row: Row) -> Event:
        """A position that is closed wholly."""
        row.only_linear()
        if row.has("status") and row.text("status").lower() != "closed":
            raise LeftOut(LeftOut.PARTLY_CLOSED)
        return row.closed(
            row.choice("side", POSITION_SIDES, "side"),
            quantity=row.number("quantity"),
            entry=row.number("price"),
            exit=row.number("exit"),
            opened=opening(row),
            gross=row.number("gross"),
        )


EXPORTS = (BinanceTrades, BinanceTransactions, BinancePositions)
