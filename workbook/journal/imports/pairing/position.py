"""A position in the making, and whether a venue's own result agrees with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from workbook.journal.imports.events import CONTRACTS, Fill, PositionSide
from workbook.journal.imports.pairing.trade import Key, Part, Trade

# A rest this small against what was entered is rounding: the position is closed.
DUST = Decimal("1e-6")
_CENT = Decimal("0.01")
_EXACT = Decimal("1e-6")  # of a fill's value: average prices are rounded by venues


@dataclass(slots=True)
class Position:
    """A position in the making; its sums are exact."""

    side: PositionSide
    opened: dt.datetime
    last: dt.datetime
    entered: Decimal = Decimal(0)
    paid_in: Decimal = Decimal(0)  # entry prices times quantities
    exited: Decimal = Decimal(0)
    paid_out: Decimal = Decimal(0)
    cost_of_left: Decimal = Decimal(0)  # entry value of what is left, by average cost
    realised: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    entry_fees: Decimal = Decimal(0)
    carry: Decimal = Decimal(0)
    parts: list[Part] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    unpriced: dict[str, Decimal] = field(default_factory=dict)
    number: int = 0
    fees_told: bool = True

    @property
    def left(self) -> Decimal:
        """What is open of it."""
        return self.entered - self.exited

    @property
    def sign(self) -> int:
        """1 of a long, -1 of a short."""
        return 1 if self.side == "long" else -1

    @property
    def is_dust(self) -> bool:
        """Whether nothing but rounding is left of it."""
        return self.exited > 0 and abs(self.left) <= DUST * self.entered

    def enter(self, fill: Fill, quantity: Decimal) -> None:
        """Add so much of a fill."""
        self.entered += quantity
        self.paid_in += quantity * fill.price
        self.cost_of_left += quantity * fill.price
        self._touch(fill)

    def would_realise(self, quantity: Decimal, price: Decimal) -> Decimal:
        """The result of closing so much at that price, by average cost."""
        return self.sign * (quantity * price - self.cost_of_left * quantity / self.left)

    def leave(self, fill: Fill, quantity: Decimal, fee: Decimal | None) -> None:
        """Close so much by a fill."""
        cost = self.cost_of_left * quantity / self.left
        self.cost_of_left -= cost
        self.realised += self.sign * (quantity * fill.price - cost)
        self.exited += quantity
        self.paid_out += quantity * fill.price
        self.parts.append(Part(fill.id, fill.time, fill.price, quantity, fee, fill.kind))
        self._touch(fill)

    def _touch(self, fill: Fill) -> None:
        self.last = fill.time
        self.fees_told = self.fees_told and fill.fee_told
        self.ids += (fill.id, *fill.also)
        self.number = max(self.number, fill.number)

    def charge(
        self, cost: Decimal | None, raw: Decimal, coin: str, kind: str, *, entry: bool = False
    ) -> None:
        """Book a cost; one without a price is kept beside."""
        if cost is None:
            self.unpriced[coin] = self.unpriced.get(coin, Decimal(0)) + raw
        elif kind == "fee":
            self.fees += cost
            if entry:
                self.entry_fees += cost
        else:
            self.carry += cost

    def trade(self, key: Key, *, closed: bool, carry_told: bool) -> Trade:
        """What the journal says of it."""
        venue, account, symbol = key
        whole = self.left == 0
        return Trade(
            id=self.ids[0], venue=venue, account=account, symbol=symbol, side=self.side,
            opened=self.opened, closed=self.last if closed else None, quantity=self.entered,
            left=Decimal(0) if closed else self.left, entry=self.paid_in / self.entered,
            exit=self.paid_out / self.exited if self.exited else None,
            gross=self.sign * (self.paid_out - self.paid_in) if whole else self.realised,
            fees=self.fees, carry=self.carry, entry_fees=self.entry_fees,
            parts=tuple(self.parts), ids=tuple(self.ids), unpriced=dict(self.unpriced),
            number=self.number, fees_told=self.fees_told, carry_told=carry_told,
        )  # fmt: skip


def other_side(side: PositionSide) -> PositionSide:
    """Short for long, long for short."""
    return "short" if side == "long" else "long"


def agrees(fill: Fill, position: Position, quantity: Decimal) -> bool:
    """Whether the venue's result is that of closing so much, within its rounding.

    Some venues take the fill's own fee off.
    """
    if fill.realised is None:
        return True
    ours = position.would_realise(quantity, fill.price)
    exponent = fill.realised.as_tuple().exponent
    digit = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else _CENT
    allowed = min(digit, _CENT) + _EXACT * quantity * fill.price
    # Of a fill that turns the position over, all of its fee or the part of what it closed.
    own = fill.fee * quantity / fill.quantity if fill.unit != CONTRACTS else fill.fee
    return any(abs(ours - fee - fill.realised) <= allowed for fee in (0, fill.fee, own))
