"""OKX: trading history of the unified account, and position history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from workbook.journal.imports.events import CONTRACTS, Event, FillKind, PositionSide
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.generic import opening
from workbook.journal.imports.venues.sides import BUY_SELL, OPEN_CLOSE, POSITION_SIDES, Direction

_ENDED = re.compile(r".*(liquidat|adl|auto.?deleverag|close|deliver|settle).*\b(long|short)\b.*")


_SIDES: Mapping[str, PositionSide] = {**POSITION_SIDES, "net long": "long", "net short": "short"}


class _Okx(Export):
    """What the exports of this venue have alike."""

    venue = "OKX"
    option = re.compile(r".*-\d+-[CP]", re.IGNORECASE)
    inverse = re.compile(r"[A-Z0-9]+-USD(-.*)?", re.IGNORECASE)


@export(
    "okx",
    "OKX trading history",
    "files of nine public projects; the first line tells the time zone of all times",
)
class OkxTrades(_Okx):
    """One row a fill, a funding payment or a transfer; quantities mostly in contracts."""

    tells_funding = True
    columns = headers("""
        id: id
        order_id: order id
        time: time
        kind: trade type | type
        symbol: symbol | instrument
        side: action
        quantity: amount
        unit: trading unit | unit
        price: filled price
        realised: pnl | pl
        fee: fee
        fee_currency: fee unit
        funding: balance change
    """)
    required = ("id", "time", "kind", "symbol", "side", "quantity", "price", "realised", "fee")
    unused = (
        "filled price unit", "position change", "position unit", "position balance", "balance",
        "balance unit",
    )  # fmt: skip
    zone_words = "the zone in the file's first line, which is missing"
    ids_ascend = True

    def read(self, row: Row) -> Event | None:
        """A fill, or funding."""
        market = row.text("kind").lower()
        if market in ("transfer", "deposit", "withdrawal"):
            raise LeftOut("transfer")
        if market in ("spot", "convert", "margin"):
            raise LeftOut(LeftOut.SPOT)
        if market in ("option", "options"):
            raise LeftOut(LeftOut.OPTION)
        word = " ".join(row.text("side").lower().split())
        if word.startswith("transfer"):
            raise LeftOut("transfer")
        row.only_linear()
        if "funding fee" in word:
            name = "realised" if row.has("realised") and row.number("realised") else "funding"
            return row.payment("funding", *row.cost(name, -1))
        direction, kind = self._direction(word)
        in_contracts = row.text("unit").lower() in ("cont", "contract", "contracts")
        return row.fill(
            direction,
            fee_paid=-1,
            kind=kind,
            unit=CONTRACTS if in_contracts else "",
            realised=row.number_or("realised"),
        )

    @staticmethod
    def _direction(word: str) -> tuple[Direction, FillKind]:
        if word in OPEN_CLOSE:
            return OPEN_CLOSE[word], "trade"
        if word in BUY_SELL:
            return BUY_SELL[word], "trade"
        ended = _ENDED.fullmatch(word)
        if ended:
            kind: FillKind = (
                "liquidation"
                if ended[1] == "liquidat"
                else "settlement"
                if ended[1] in ("deliver", "settle")
                else "adl"
            )
            return OPEN_CLOSE[f"close {ended[2]}"], kind
        raise BadCell(
            f'the action is "{word[:40]}": it may be {", ".join(OPEN_CLOSE)}, buy, sell or funding'
        )


@export("okx-positions", "OKX position history", "a file in a public repository")
class OkxPositions(_Okx):
    """One row a position; coins are contracts times face value times multiplier."""

    columns = headers("""
        time: position update time
        opened: position create time
        market: business line
        symbol: instrument name
        side: direction
        leverage: leverage
        quantity: total close quantity
        most: max position quantity
        price: average open price
        exit: average close price
        gross: pnl
        fee: fee
        funding: funding fee
        liquidation: liquidation clearance fee
        kind: type
        face: contract face value
        multiplier: contract multiplier
        fee_currency: margin currency
    """)
    required = ("time", "opened", "symbol", "side", "quantity", "price", "exit", "gross", "fee")
    unused = ("index", "margin mode", "pnl ratio")
    numbers = (
        "quantity", "price", "exit", "gross", "fee", "funding", "liquidation", "face",
    )  # fmt: skip
    zone_words = "the account's time zone"

    def without_time(self, row: Row) -> str:
        """A position that is open has no time of its closing."""
        return LeftOut.PARTLY_CLOSED

    def read(self, row: Row) -> Event:
        """A closed position with its costs; paid ones are negative here."""
        if row.text("market").lower() in ("option", "options"):
            raise LeftOut(LeftOut.OPTION)
        if row.text("market").lower() in ("spot", "margin"):
            raise LeftOut(LeftOut.SPOT)
        row.only_linear()
        if "partial" in row.text("kind").lower():
            raise LeftOut(LeftOut.PARTLY_CLOSED)
        entry, exit_, gross = (row.number(name) for name in ("price", "exit", "gross"))
        side = row.choice("side", _SIDES, "direction")
        if not side:  # one position for both: the result tells
            side = "long" if (exit_ - entry) * gross >= 0 else "short"
        one = Decimal(1)
        size = (row.number_or("face") or one) * (row.number_or("multiplier") or one)
        fees = row.cost("fee", -1)[0] + row.cost("liquidation", -1)[0]
        return row.closed(
            side,
            quantity=row.number("quantity") * size,
            entry=entry,
            exit=exit_,
            opened=opening(row),
            gross=gross,
            fees=fees,
            carry=row.cost("funding", -1)[0],
            currency=row.text("fee_currency").upper(),
        )


EXPORTS = (OkxTrades, OkxPositions)
