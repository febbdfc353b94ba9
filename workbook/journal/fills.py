"""What an account statement says, whatever venue wrote it: fills, and payments beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

FillSide: TypeAlias = Literal["buy", "sell"]
PositionSide: TypeAlias = Literal["long", "short", ""]

# What a fill does to the position, where the venue says so. "reduce" may also turn the position
# over; "close" never does.
Effect: TypeAlias = Literal["open", "close", "reduce", ""]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, for messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution. Quantity and price are above 0; a fee is positive when paid."""

    time: dt.datetime  # UTC
    symbol: str
    side: FillSide
    quantity: Decimal
    price: Decimal
    id: str  # the same for the same fill in every export of it
    fee: Decimal = Decimal(0)
    fee_currency: str = ""  # blank: the account's
    order_id: str = ""
    position_side: PositionSide = ""  # where long and short may be open side by side
    effect: Effect = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """Funding, or a fee that stands in a row of its own. Positive when paid."""

    time: dt.datetime  # UTC
    symbol: str
    kind: Literal["funding", "fee"]
    amount: Decimal
    id: str
    currency: str = ""  # blank: the account's
    position_side: PositionSide = ""
    place: Place = field(default=NOWHERE, compare=False)


Event: TypeAlias = Fill | Payment


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be imported: where, and what to do about it."""

    place: Place
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"
