"""Two layouts of our own, for any venue: fills, and closed trades in one row each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workbook.journal.imports.events import Effect, Event
from workbook.journal.imports.parsing import BadCell, moment
from workbook.journal.imports.venues.base import Export, Row, export, headers
from workbook.journal.imports.venues.sides import (
    BUY_SELL,
    MAYBE_POSITION_SIDES,
    OPEN_CLOSE,
    POSITION_SIDES,
)
from workbook.journal.schema import unguarded

_FILL_SIDES = {**BUY_SELL, **OPEN_CLOSE}
_EFFECTS: Mapping[str, Effect] = {"": "", "open": "open", "close": "close", "reduce": "reduce"}


@export("generic", "fills CSV", "this project's own")
class GenericFills(Export):
    """One row a fill. A funding payment is a row with time, symbol and funding alone; a fee too."""

    columns = headers("""
        time: time
        symbol: symbol
        side: side
        quantity: quantity
        price: price
        fee: fee
        fee_currency: fee_currency | fee currency
        funding: funding
        id: id | trade_id | trade id
        order_id: order_id | order id
        position_side: position_side | position side
        effect: effect
        realised: realised | realized
        venue: venue
        account: account
    """)
    required = ("time", "symbol", "side", "quantity", "price")
    strict = True

    def read(self, row: Row) -> Event | None:
        """A fill where there is a side or a quantity; else a payment."""
        about = _about(row)
        side = row.choice("position_side", MAYBE_POSITION_SIDES, "position side")
        if not (row.has("side") or row.has("quantity")):
            if row.has("funding"):
                return row.payment("funding", *row.cost("funding"), position_side=side, **about)
            if not row.has("fee"):
                raise BadCell(
                    "side, quantity and price are blank: fill them in, or funding or a fee"
                )
            return row.payment("fee", *row.cost("fee"), position_side=side, **about)
        bought, effect, _ = row.choice("side", _FILL_SIDES, "side")
        return row.fill(
            (bought, row.choice("effect", _EFFECTS, "effect") or effect, side),
            order_id=unguarded(row.text("order_id")),
            realised=row.number_or("realised"),
            **about,
        )


@export("generic-trades", "closed trades CSV", "this project's own")
class GenericTrades(Export):
    """One row a closed trade."""

    columns = headers("""
        time: closed | closed_at
        opened: opened | opened_at
        symbol: symbol
        side: side
        quantity: quantity
        price: entry
        exit: exit
        fee: fees | fee
        fee_currency: fee_currency
        carry: carry | funding
        stop: stop
        high: high
        low: low
        leverage: leverage
        id: id
        venue: venue
        account: account
    """)
    required = ("time", "symbol", "side", "quantity", "price", "exit")
    strict = True

    def read(self, row: Row) -> Event:
        """A trade with its side, prices and costs."""
        fees, coin = row.cost("fee")
        known = row.has("fee")
        return row.closed(
            row.choice("side", _SIDES, "side"),
            quantity=_positive(row, "quantity"),
            entry=_positive(row, "price"),
            exit=_positive(row, "exit"),
            opened=opening(row),
            fees=fees if known else None,
            currency=coin,
            carry=row.cost("carry")[0] if row.has("carry") else None,
            stop=row.number_or("stop"),
            high=row.number_or("high"),
            low=row.number_or("low"),
            leverage=row.number_or("leverage"),
            **_about(row),
        )


_SIDES = {"long": POSITION_SIDES["long"], "short": POSITION_SIDES["short"]}


def _positive(row: Row, name: str) -> Decimal:
    value = row.number(name)
    if value <= 0:
        raise BadCell(f"{name} is {value}: it must be above 0")
    return value


def _about(row: Row) -> dict[str, Any]:
    return {
        "symbol": unguarded(row.symbol),
        "venue": unguarded(row.text("venue")),
        "account": unguarded(row.text("account")),
        "id": unguarded(row.text("id")),
    }


def opening(row: Row, name: str = "opened") -> dt.datetime | None:
    """The opening time of a closed trade, in the zone that its closing time has."""
    if not row.has(name):
        return None
    return row.clock(moment(row.text(name), name, short_years=row.export.short_years))


EXPORTS = (GenericFills, GenericTrades)
