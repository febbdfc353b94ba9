"""A trade, as the journal has it, and the parts in which it was closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from workbook.journal.imports.events import PositionSide

Key: TypeAlias = tuple[str, str, str]
"""Whose trades: venue, account, symbol."""

# A payment this long after the last fill of a closed trade, or a fee before the first, is its own.
NEAR = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a trade that was closed, with its own fee."""

    id: str
    time: dt.datetime
    price: Decimal
    quantity: Decimal
    fee: Decimal | None  # None where no export says it
    kind: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A position from its opening on. Net = the fills' result less fees and carry.

    ``closed`` is None while some of it is open. Prices and the quantity are None where a venue
    tells nothing but the result.
    """

    id: str  # of the event that opened it
    venue: str
    account: str
    symbol: str
    side: PositionSide
    opened: dt.datetime | None
    closed: dt.datetime | None
    quantity: Decimal | None  # all that was entered
    left: Decimal  # of it, what is still open
    entry: Decimal | None  # average price
    exit: Decimal | None
    gross: Decimal  # of what was closed
    fees: Decimal
    carry: Decimal  # funding; paid is +
    entry_fees: Decimal
    parts: tuple[Part, ...] = ()
    ids: tuple[str, ...] = ()  # of all its events
    unpriced: Mapping[str, Decimal] = field(default_factory=dict)  # costs in coins without a price
    number: int = 0  # of the last import that told something of it
    stop: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    leverage: Decimal | None = None
    fees_told: bool = True  # whether any export would have said them
    carry_told: bool = True

    @property
    def net(self) -> Decimal:
        """The result after costs."""
        return self.gross - self.fees - self.carry
