"""Bybit: trade history, unified account log, closed profit and loss; old and new layouts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbook.journal.imports.events import Event, FillKind
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.sides import BUY_SELL, OPEN_CLOSE, Direction

_KINDS: Mapping[str, FillKind] = {
    "trade": "trade",
    "adltrade": "adl",
    "adl": "adl",
    "busttrade": "liquidation",
    "liquidation": "liquidation",
    "settle": "settlement",
    "delivery": "settlement",
}


class _Bybit(Export):
    """What the exports of this venue have alike."""

    venue = "Bybit"
    day_first = True
    option = re.compile(r".*-\d+(\.\d+)?-[CP](-[A-Z]+)?", re.IGNORECASE)
    inverse = re.compile(r"[A-Z0-9]+USD([FGHJKMNQUVXZ]\d{2})?", re.IGNORECASE)


@export(
    "bybit", "Bybit trade history",
    "importers' tests and files in public repositories (the venue itself writes Trasaction"
    " ID); kinds of execution: bybit-exchange.github.io/docs/v5/enum, exectype",
)  # fmt: skip
class BybitTrades(_Bybit):
    """One row a fill or a funding payment. Long and Short are the fill's own direction."""

    tells_funding = True
    columns = headers("""
        time: transaction time | trade time | time
        symbol: market | contracts
        side: direction
        kind: filled type | exec type
        quantity: filled quantity | filled qty | exec qty
        price: filled price | exec price
        fee: trading fee | fees paid
        fee_currency: feecoin | fee coin
        id: trasaction id | transaction id
        order_id: order no.
    """)
    required = ("time", "symbol", "side", "quantity", "price", "fee")
    unused = (
        "order type", "order price", "fee rate", "trading fee rate", "execfeev2",
        "final balance (usdt)",
    )  # fmt: skip
    zone_words = "the account's time zone, which the header tells, like (UTC+0)"
    directions: Mapping[str, Direction] = {
        **BUY_SELL, **OPEN_CLOSE, "long": ("buy", "", ""), "short": ("sell", "", ""),
    }  # fmt: skip

    def read(self, row: Row) -> Event | None:
        """A fill, or funding: for funding the fee's column holds the payment."""
        row.only_linear()
        word = row.text("kind").lower().replace(" ", "")
        if word == "funding":
            cost, coin = row.cost("fee")
            side = row.cell("side").lower()
            position = {"long": "long", "buy": "long", "short": "short", "sell": "short"}
            return row.payment("funding", cost, coin, position_side=position.get(side, ""))
        kind = _KINDS.get(word or "trade")
        if kind is None:
            raise LeftOut(f'filled type "{row.text("kind")[:30]}"')
        return row.fill(row.choice("side", self.directions, "direction"), kind=kind)


@export(
    "bybit-log", "Bybit unified account transaction log",
    "importers' tests in public repositories; types: bybit-exchange.github.io/docs/v5/enum,"
    " type(uta-translog)",
)  # fmt: skip
class BybitLog(_Bybit):
    """The unified account's log: perpetuals, futures, spot and options, one row each."""

    tells_funding = True
    columns = headers("""
        uid: uid
        time: time
        symbol: contract
        kind: type
        side: direction
        quantity: quantity
        price: filled price
        funding: funding
        fee: fee paid
        effect: action
        fee_currency: currency
        realised: cash flow
        balance: position
        id: tradeid | trade id
        order_id: orderid | order id
    """)
    required = ("time", "symbol", "kind", "side", "quantity", "price", "funding", "fee", "effect")
    unused = ("change", "wallet balance")

    def read(self, row: Row) -> Event | None:
        """A fill, or funding under the type of settlement."""
        word = row.text("kind").lower()
        if word not in _KINDS and word != "settlement":
            raise LeftOut(f'type "{row.text("kind")[:30]}", no trade')
        if not row.has("symbol"):
            raise LeftOut(f"{word} without a contract")
        if word == "settlement":
            row.only_linear()
            side = {"buy": "long", "sell": "short"}.get(row.cell("side").lower(), "")
            return row.payment("funding", *row.cost("funding", -1), position_side=side)
        action = row.text("effect").lower()
        if self.option.fullmatch(row.symbol):
            raise LeftOut(LeftOut.OPTION)
        if action not in ("open", "close"):
            if word == "trade":
                raise LeftOut(LeftOut.SPOT)
            action = "close"  # what a liquidation, deleveraging or delivery does
        row.only_linear()
        said = BUY_SELL.get(row.cell("side").lower())
        if said is None and word == "trade":
            row.choice("side", BUY_SELL, "direction")
        side = said[0] if said else ""
        position = "long" if (side == "buy") == (action == "open") else "short"
        return row.fill(
            (side, action, position if side else ""),  # type: ignore[arg-type]
            quantity=abs(row.number("quantity")),
            fee_paid=-1,
            kind=_KINDS[word],
            realised=row.number_or("realised"),
            balance=row.number_or("balance"),
        )


@export("bybit-closed", "Bybit closed profit and loss", "files of four public projects")
class BybitClosed(_Bybit):
    """One row a closing order; the result is after fees and funding, the side is not told."""

    columns = headers("""
        time: trade time
        symbol: market
        quantity: order quantity
        price: entry price
        exit: exit price
        fee: opening fee
        closing_fee: closing fee
        funding: funding fee
        realised: realized p&l
    """)
    required = ("time", "symbol", "quantity", "price", "exit", "fee", "closing_fee", "realised")
    unused = ("cumclosedpzopenfeeinfo", "cumclosedpztradefeeinfo", "trade type")
    numbers = ("quantity", "price", "exit", "fee", "closing_fee", "funding", "realised")
    zone_words = "the account's time zone"

    def read(self, row: Row) -> Event:
        """The side is the one whose result is the venue's."""
        row.only_linear()
        quantity, entry, exit_ = (row.number(name) for name in ("quantity", "price", "exit"))
        fees = row.cost("fee")[0] + row.cost("closing_fee")[0]
        carry = row.cost("funding")[0]
        as_long = quantity * (exit_ - entry) - fees - carry
        as_short = quantity * (entry - exit_) - fees - carry
        net = row.number("realised")
        side = "long" if abs(as_long - net) <= abs(as_short - net) else "short"
        return row.closed(
            side,  # type: ignore[arg-type]
            quantity=quantity, entry=entry, exit=exit_, fees=fees, carry=carry,
        )  # fmt: skip


@export(
    "bybit-closed-old",
    "Bybit closed profit and loss, older layout",
    "files of seven public projects",
)
class BybitClosedOld(_Bybit):
    """The older layout: a result and no costs apart."""

    columns = headers("""
        time: trade time
        symbol: contracts
        side: closing direction
        quantity: qty
        price: entry price
        exit: exit price
        realised: closed p&l
        id: order no.
    """)
    required = ("time", "symbol", "side", "quantity", "price", "exit", "realised")
    unused = ("exit type", "create time")  # that of the closing order
    zone_words = "the account's time zone, which the header tells"
    _SIDES: Mapping[str, str] = {
        "close long": "long", "close short": "short", "sell": "long", "buy": "short",
    }  # fmt: skip

    def read(self, row: Row) -> Event:
        """What the result lacks against the prices are the costs."""
        row.only_linear()
        side = row.choice("side", self._SIDES, "closing direction")
        quantity, entry, exit_ = (row.number(name) for name in ("quantity", "price", "exit"))
        gross = quantity * (exit_ - entry) * (1 if side == "long" else -1)
        return row.closed(
            side,  # type: ignore[arg-type]
            quantity=quantity, entry=entry, exit=exit_, fees=gross - row.number("realised"),
        )  # fmt: skip


EXPORTS = (BybitTrades, BybitLog, BybitClosed, BybitClosedOld)
