"""The positions of one symbol in one account, from their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook.journal.imports.events import CONTRACTS, Event, Fill, Payment, PositionSide
from workbook.journal.imports.pairing.costs import Costs, plain
from workbook.journal.imports.pairing.position import DUST, Position, agrees, other_side
from workbook.journal.imports.pairing.trade import NEAR, Key, Trade


@dataclass(slots=True)
class _Older:
    """A position that was open before the first fill: of it nothing can be told.

    ``quantity`` is None where only its existence shows. ``candidate`` collects what was opened
    since the last closing: if the venue's result fits that alone, the older one was gone.
    """

    quantity: Decimal | None = None
    candidate: Position | None = None


class Book:
    """The positions of one symbol in one account while its events go by."""

    def __init__(self, key: Key, prices: Costs, size: Decimal) -> None:
        self._key = key
        self._prices = prices
        self._size = size
        self._open: dict[PositionSide, Position] = {}
        self._older: dict[PositionSide, _Older] = {}
        self._proven: set[PositionSide] = set()  # sides on which a whole trade came out right
        self._closed: list[Position] = []
        self._latest: Position | None = None
        self._early: list[Payment] = []  # fees that stand just before their fill
        self._before = 0
        self._before_row = ""
        self._homeless = 0
        self._dust = 0
        self.broken = ""

    # Events

    def run(self, events: Sequence[Event]) -> None:
        """Let all events go by, in the order of time."""
        at = 0
        while at < len(events) and not self.broken:
            until = at + 1
            while until < len(events) and events[until].time == events[at].time:
                until += 1
            moment = list(events[at:until])
            at = until
            if len(moment) == 1:
                self._event(moment[0])
                continue
            while moment and not self.broken:
                self._event(moment.pop(self._fitting(moment)))
        self._homeless += len(self._early)
        for side in list(self._open):
            if self._open[side].is_dust:
                self._finish(side)

    def _fitting(self, moment: Sequence[Event]) -> int:
        """Which event of one moment comes first: the first that fits what is open."""
        for at, event in enumerate(moment):
            if not isinstance(event, Fill):
                return at  # a payment stands where its export has it
            if self._fits(event):
                return at
        return 0

    def _fits(self, fill: Fill) -> bool:
        quantity = fill.quantity * self._unit(fill)
        direction: PositionSide = "long" if fill.side == "buy" else "short"
        if fill.balance is not None and fill.position_side and fill.position_side == direction:
            there = self._open.get(direction)
            held = there.left if there is not None else Decimal(0)
            return abs(fill.balance) in (held + quantity, abs(self._net()) + quantity)
        if fill.balance is not None and not fill.position_side:
            change = quantity if fill.side == "buy" else -quantity
            return fill.balance - change == self._net()
        closes = fill.effect == "close" or (
            fill.position_side not in ("", direction) and fill.effect != "open"
        )
        if closes:
            there = self._open.get(fill.position_side or other_side(direction))
            return there is not None and quantity <= there.left * (1 + DUST)
        if not fill.effect and fill.realised:
            there = self._open.get(other_side(direction))
            return there is not None and agrees(fill, there, min(quantity, there.left))
        return True

    def _event(self, event: Event) -> None:
        if isinstance(event, Fill):
            self._fill(event)
        elif isinstance(event, Payment):
            self._payment(event)

    def _unit(self, fill: Fill) -> Decimal:
        return self._size if fill.unit == CONTRACTS else Decimal(1)

    def _net(self) -> Decimal:
        held = Decimal(0)
        for side, position in self._open.items():
            held += position.left if side == "long" else -position.left
        for side, older in self._older.items():
            if older.quantity is not None:
                held += older.quantity if side == "long" else -older.quantity
        return held

    # Fills

    def _fill(self, fill: Fill) -> None:
        quantity = fill.quantity * self._unit(fill)
        if not fill.side:
            self._close_whatever(fill, quantity)
            return
        direction: PositionSide = "long" if fill.side == "buy" else "short"
        opposite = other_side(direction)
        if fill.balance is not None:
            self._look_at_balance(fill, quantity, direction)
        if fill.position_side:
            if fill.position_side == direction:
                self._enter(direction, fill, quantity)
            else:
                self._leave(opposite, fill, quantity, flips=False)
        elif fill.effect == "open":
            self._enter(direction, fill, quantity)
        elif fill.effect == "close":
            self._leave(opposite, fill, quantity, flips=False)
        elif fill.effect == "reduce":
            self._leave(opposite, fill, quantity, flips=True)
        else:
            self._net_fill(direction, fill, quantity)

    def _net_fill(self, direction: PositionSide, fill: Fill, quantity: Decimal) -> None:
        """A fill that does not say whether it opens or closes: its result may."""
        opposite = other_side(direction)
        there = self._open.get(opposite)
        if fill.realised is None or fill.balance is not None:
            if there is not None or opposite in self._older:
                self._leave(opposite, fill, quantity, flips=True)
            else:
                self._enter(direction, fill, quantity)
        elif fill.realised:
            self._leave(opposite, fill, quantity, flips=True)
        elif there is not None and agrees(fill, there, min(quantity, there.left)):
            self._leave(opposite, fill, quantity, flips=True)  # closed where it was opened
        else:
            # It realised nothing although a position stands against it: long and short side by
            # side, unless what stands there was older and is gone.
            self._older.pop(opposite, None)
            self._enter(direction, fill, quantity)

    def _close_whatever(self, fill: Fill, quantity: Decimal) -> None:
        sides = list(self._open) or list(self._older)
        if not sides:
            self._leave_out(fill)
            return
        fitting = [side for side in sides if side in self._open
                   and abs(self._open[side].left - quantity) <= DUST * quantity]  # fmt: skip
        self._leave((fitting or sides)[0], fill, quantity, flips=False)

    def _look_at_balance(self, fill: Fill, quantity: Decimal, direction: PositionSide) -> None:
        """Hold the venue's own position against what is open, and believe the venue."""
        assert fill.balance is not None
        if fill.position_side:
            side = fill.position_side
            after = abs(fill.balance)
            before = after - quantity if side == direction else after + quantity
            if before < 0:
                return  # the balance is another one than of this side
        else:
            change = quantity if direction == "long" else -quantity
            signed = fill.balance - change
            side = "long" if signed > 0 else "short"
            before = abs(signed)
            for wrong in [one for one in self._open if one != side and not self._is_dust(one)]:
                self._drop(wrong, fill)
            for gone in [one for one in self._older if one != side]:
                del self._older[gone]
        older = self._older.get(side)
        there = self._open.get(side)
        held = there.left if there is not None else Decimal(0)
        if older is not None:
            if before <= 0:
                del self._older[side]
            else:
                older.quantity = before
            return
        if abs(held - before) <= DUST * max(held, before):
            return
        if there is not None:
            self._drop(side, fill)
        if before > 0:
            self._older[side] = _Older(before)

    def _is_dust(self, side: PositionSide) -> bool:
        return self._open[side].is_dust

    def _enter(self, side: PositionSide, fill: Fill, quantity: Decimal) -> None:
        older = self._older.get(side)
        if older is not None:
            if older.quantity is not None:
                older.quantity += quantity
                self._leave_out(fill)
                return
            if older.candidate is None:
                older.candidate = Position(side, fill.time, fill.time)
            older.candidate.enter(fill, quantity)
            self._charge(older.candidate, fill, fill.fee, entry=True)
            return
        position = self._open.get(side)
        if position is not None and position.is_dust:
            self._finish(side)
            position = None
        if position is None:
            position = self._open[side] = Position(side, fill.time, fill.time)
        position.enter(fill, quantity)
        self._charge(position, fill, fill.fee, entry=True)
        self._latest = position
        self._take_early(position)

    def _leave(self, side: PositionSide, fill: Fill, quantity: Decimal, *, flips: bool) -> None:
        if side in self._older and not self._leave_older(side, fill, quantity, flips=flips):
            return
        position = self._open.get(side)
        if position is None:
            self._leave_out(fill)
            return
        over = quantity - position.left
        if 0 < over <= DUST * position.entered and not (flips and position.left == 0):
            over, quantity = Decimal(0), position.left
        part = min(quantity, position.left)
        if fill.realised is not None:
            fits = agrees(fill, position, part)
            if over > 0 and not flips and fill.realised:
                fits = False
            if not fits:
                self._contradiction(side, fill, position, part, over)
                return
        share = part / fill.quantity / self._unit(fill)
        fee = fill.fee * share
        cost = self._charge(position, fill, fee)
        position.leave(fill, part, (cost or Decimal(0)) if fill.fee_told else None)
        self._latest = position
        if position.left == 0:
            self._finish(side)
        if over <= 0:
            return
        if not flips:
            self._leave_out(fill)
            return
        rest = Position(other_side(side), fill.time, fill.time)
        there = self._open.setdefault(other_side(side), rest)
        there.enter(fill, over)
        self._charge(there, fill, fill.fee - fee, entry=True)
        self._latest = there

    def _leave_older(
        self, side: PositionSide, fill: Fill, quantity: Decimal, *, flips: bool
    ) -> bool:
        """Close what began before the file; True where the fill closes a position of ours."""
        older = self._older[side]
        if older.quantity is not None:
            part = min(older.quantity, quantity)
            older.quantity -= part
            self._leave_out(fill)
            if older.quantity <= 0:
                del self._older[side]
                if quantity > part and flips:
                    fee = fill.fee * (quantity - part) / quantity
                    there = self._open.setdefault(
                        other_side(side), Position(other_side(side), fill.time, fill.time)
                    )
                    there.enter(fill, quantity - part)
                    self._charge(there, fill, fee, entry=True)
                    self._latest = there
            return False
        mine = older.candidate
        older.candidate = None
        if mine is not None and quantity <= mine.left and agrees(fill, mine, quantity):
            del self._older[side]
            self._open[side] = mine
            return True
        self._before += 0 if mine is None else len(mine.ids)
        self._leave_out(fill)
        return False

    def _contradiction(
        self, side: PositionSide, fill: Fill, position: Position, part: Decimal, over: Decimal
    ) -> None:
        """The venue's own result is not what the known fills give."""
        ours = position.would_realise(part, fill.price)
        words = (
            f"{self._key[2]}: {_where(fill)} says a result of {plain(fill.realised)}, the fills"
            f" before it give {plain(_rounded(ours))}"
        )
        if side in self._proven:
            self.broken = f"{words}: fills are missing, so nothing of {self._key[2]} is imported"
            return
        self._drop(side, fill)
        self._before += 1
        self._before_row = words
        if over <= 0:
            self._older[side] = _Older()

    def _drop(self, side: PositionSide, fill: Fill) -> None:
        """Leave a position out that began, or went on, outside of what is known."""
        position = self._open.pop(side)
        self._before += len(position.ids)
        self._before_row = self._before_row or (
            f"{self._key[2]}: the position in {_where(fill)} is not what the fills before it give"
        )
        if self._latest is position:
            self._latest = None

    def _leave_out(self, fill: Fill) -> None:
        self._before += 1
        self._before_row = self._before_row or f"{self._key[2]}: {_where(fill)}"

    def _finish(self, side: PositionSide) -> None:
        position = self._open.pop(side)
        self._dust += position.left != 0
        self._closed.append(position)
        self._proven.add(side)

    def _charge(
        self, position: Position, fill: Fill, fee: Decimal, *, entry: bool = False
    ) -> Decimal | None:
        """Book a fill's fee; what it is worth, where that is known."""
        cost = self._prices.value(fee, fill.fee_currency, fill.time)
        position.charge(cost, fee, fill.fee_currency.upper(), "fee", entry=entry)
        return cost

    # Payments

    def _payment(self, payment: Payment) -> None:
        position = self._payer(payment)
        if position is None:
            if payment.kind == "fee" and not payment.attached:
                self._early.append(payment)
            elif self._older:
                self._before += 1
            else:
                self._homeless += 1
            return
        self._book(position, payment)

    def _book(self, position: Position, payment: Payment) -> None:
        cost = self._prices.value(payment.amount, payment.currency, payment.time)
        entry = payment.kind == "fee" and position.exited == 0
        position.charge(cost, payment.amount, payment.currency.upper(), payment.kind, entry=entry)
        position.number = max(position.number, payment.number)
        position.ids.append(payment.id)

    def _take_early(self, position: Position) -> None:
        for payment in self._early:
            if position.opened - payment.time <= NEAR:
                self._book(position, payment)
            else:
                self._homeless += 1
        self._early = []

    def _payer(self, payment: Payment) -> Position | None:
        latest = self._latest
        if latest is not None and (payment.attached or payment.kind == "fee"):
            if latest.last == payment.time:
                return latest
            if payment.attached:
                return None
        if payment.position_side:
            there = self._open.get(payment.position_side)
        elif len(self._open) == 1:
            there = next(iter(self._open.values()))
        else:  # both sides: the longer one pays more, but which is not told; take the older
            there = min(self._open.values(), key=lambda one: one.opened, default=None)
        if there is not None and not (there.is_dust and there.last < payment.time):
            return there
        if latest is not None and payment.time - latest.last <= NEAR:
            return latest
        return None

    # Results

    def trades(self, *, carry_told: bool) -> list[Trade]:
        """The closed positions."""
        return [
            position.trade(self._key, closed=True, carry_told=carry_told)
            for position in self._closed
        ]

    def open_trades(self, *, carry_told: bool) -> list[Trade]:
        """What is open after the last event."""
        return [
            position.trade(self._key, closed=False, carry_told=carry_told)
            for position in self._open.values()
        ]

    def notes(self) -> list[str]:
        """What was left out, and why."""
        symbol = self._key[2]
        notes = []
        if self._before:
            why = self._before_row or symbol
            notes.append(
                f"{why}: {self._before} row(s) belong to a position that was opened before the"
                " first row and are left out; import the older export too"
            )
        if self._homeless:
            notes.append(
                f"{symbol}: {self._homeless} payment(s) belong to no trade yet; they are kept for"
                " fills that are imported later"
            )
        if self._dust:
            notes.append(
                f"{symbol}: {self._dust} trade(s) were closed but for less than a millionth of"
                " their size, which counts as closed"
            )
        return notes


def _where(fill: Fill) -> str:
    if fill.place.line:
        return str(fill.place)
    return f"{fill.file or 'the fill'} at {fill.time:%Y-%m-%d %H:%M:%S}"


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("1e-8")) if abs(number) < Decimal("1e18") else number
