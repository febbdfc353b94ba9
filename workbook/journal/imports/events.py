"""What an account statement says, whatever venue wrote it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

FillSide: TypeAlias = Literal["buy", "sell", ""]
PositionSide: TypeAlias = Literal["long", "short", ""]

# What a fill does to the position, where the venue says so. "reduce" may also turn the position
# over; "close" never does.
Effect: TypeAlias = Literal["open", "close", "reduce", ""]
FillKind: TypeAlias = Literal["trade", "liquidation", "adl", "settlement"]

CONTRACTS = "contracts"  # a fill's unit where the export does not say how large a contract is


@dataclass(frozen=True, slots=True)
class FileLine:
    """Where something stands in a file, for messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


NOWHERE = FileLine("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an event came from; what all kinds of events carry."""

    time: dt.datetime  # UTC
    symbol: str
    id: str  # the same for the same event in every export of it
    venue: str = ""
    account: str = ""
    source: str = ""  # key of the export's format
    file: str = ""
    number: int = 0  # of the import that brought it
    written: str = ""  # the time as the file has it, whatever zone that is in
    zone: str = ""  # of the written time, where the file or the person told it
    place: FileLine = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill(Origin):
    """One execution. Quantity and price are above 0; a fee is positive when paid.

    A fill without a side closes whatever is open (auto-deleveraging, settlement).
    """

    side: FillSide
    quantity: Decimal
    price: Decimal
    fee: Decimal = Decimal(0)
    fee_told: bool = True  # whether the export says it; a fee of nothing is told, too
    fee_currency: str = ""  # blank: the account's
    order_id: str = ""
    position_side: PositionSide = ""  # where long and short may be open side by side
    effect: Effect = ""
    kind: FillKind = "trade"
    unit: str = ""  # CONTRACTS where the quantity is not in coins
    realised: Decimal | None = None  # the venue's own result of what this closes, before funding
    balance: Decimal | None = None  # the position after it, as the venue says
    also: tuple[str, ...] = field(default=(), compare=False)  # ids of orders that it stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Origin):
    """Funding, or a fee that stands in a row of its own. Positive when paid."""

    kind: Literal["funding", "fee"]
    amount: Decimal
    currency: str = ""  # blank: the account's
    position_side: PositionSide = ""
    attached: bool = False  # to the fill before it: the other half of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade(Origin):
    """A whole trade in one row, as venues list closed positions; ``time`` is its closing.

    What an export does not say is None: the side where only the result tells it, the opening time,
    the prices where there is only a result.
    """

    side: PositionSide
    quantity: Decimal | None
    entry: Decimal | None
    exit: Decimal | None
    opened: dt.datetime | None = None
    gross: Decimal | None = None
    fees: Decimal | None = None
    carry: Decimal | None = None
    currency: str = ""
    stop: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    leverage: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinPrice(Origin):
    """What a coin is worth in which costs were paid; ``dated`` only for costs of that day."""

    price: Decimal
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead(Origin):
    """That a file was read: from ``first`` to ``time``; its id is a hash of what it says."""

    first: dt.datetime
    rows: int = 0
    content: str = ""  # what tells the very same file again, and how many events it brought


Event: TypeAlias = Fill | Payment | ClosedTrade
Stored: TypeAlias = Event | CoinPrice | FileRead


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be imported: where, and what to do about it."""

    place: FileLine
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"
