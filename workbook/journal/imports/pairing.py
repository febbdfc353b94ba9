"""From events to trades: a position is opened when it leaves zero and closed when it is back there.

A position is one venue's, one account's, in one symbol, on one side. Everything in between is one
trade: adding to it, taking a part off, funding. A fill that turns a long into a short ends one
trade and begins the next, its fee shared by quantity.

Where the venue says what a fill closed (a word, the position's side, a realised result, the
position afterwards) that is believed before any guess; where its own result is not the one that
average cost gives, the fills begin inside a position, or some are missing, and that is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

from workbook.journal.imports.events import (
    CONTRACTS,
    ClosedTrade,
    Event,
    Fill,
    Payment,
    PositionSide,
)
from workbook.journal.imports.venues import EXPORTS
from workbook.journal.imports.venues.contract_size import nice_size

# Dollars under several names: costs in them count one to one. Others need a price.
DOLLARS = frozenset({"", "USD", "USDT", "USDC", "BUSD", "FDUSD", "USDE", "DAI", "SUSD", "USDT0"})

# A payment this long after the last fill of a closed trade, or a fee before the first, is its own.
_NEAR = dt.timedelta(seconds=60)
# A rest this small against what was entered is rounding: the position is closed.
DUST = Decimal("1e-6")
_CENT = Decimal("0.01")
_EXACT = Decimal("1e-6")  # of a fill's value: average prices are rounded by venues

# Contract sizes that venues publish, for files whose own figures do not tell them.
_KNOWN_SIZES = {
    ("OKX", coin): Decimal(size)
    for coin, size in (
        ("BTC", "0.01"), ("ETH", "0.1"), ("SOL", "1"), ("XRP", "100"), ("DOGE", "1000"),
        ("ADA", "100"), ("LTC", "1"), ("TAO", "0.01"),
    )
}  # fmt: skip

Prices: TypeAlias = Mapping[tuple[str, dt.date | None], Decimal]
_Key: TypeAlias = tuple[str, str, str]  # venue, account, symbol
_NUMBER = re.compile(r"(\d+)\D*$")


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


@dataclass(frozen=True)
class Pairing:
    """Trades in the order of their closing, what is open, and what could not be told."""

    trades: tuple[Trade, ...]
    open_trades: tuple[Trade, ...]
    notes: tuple[str, ...]
    broken: tuple[str, ...]  # books of which nothing is taken, and why
    broken_keys: frozenset[_Key] = frozenset()


def pair(events: Iterable[Event], prices: Prices | None = None) -> Pairing:
    """Trades out of all events, whatever order they come in.

    ``prices`` values costs in coins that are no dollars, by coin and day (None for any day).
    """
    books: dict[_Key, list[Event]] = {}
    whole: list[ClosedTrade] = []
    for event in events:
        if isinstance(event, ClosedTrade):
            whole.append(event)
        else:
            key = (event.venue, event.account, event.symbol)
            books.setdefault(key, []).append(event)
    _assign_accounts(books)
    valued = _Prices(prices or {})
    funded = {
        event.venue for happened in books.values() for event in happened if _tells_funding(event)
    }
    notes: list[str] = []
    broken: list[str] = []
    keys: set[_Key] = set()
    trades: list[Trade] = []
    open_trades: list[Trade] = []
    for key, happened in books.items():
        ordered = _in_order(happened)
        size = _contract_size(key, ordered)
        if size is None:
            keys.add(key)
            broken.append(
                f"{key[2]}: how many coins a contract is cannot be told before a closing fill says"
                " its result; nothing of it is in the journal yet"
            )
            continue
        book = _Book(key, valued, size)
        book.run(ordered)
        notes += book.notes()
        if book.broken:
            keys.add(key)
            broken.append(book.broken)
            continue
        told = key[0] in funded
        trades += book.trades(carry_told=told)
        open_trades += book.open_trades(carry_told=told)
    rows, same = _whole_trades(whole, trades, open_trades, valued)
    if same:
        notes.append(f"{same} closed trade(s) are known from their fills and not counted twice")
    trades += rows
    notes += valued.notes()
    trades.sort(key=lambda trade: (trade.closed, trade.opened or trade.closed, trade.id))
    return Pairing(tuple(trades), tuple(open_trades), tuple(notes), tuple(broken), frozenset(keys))


def _tells_funding(event: Event) -> bool:
    if isinstance(event, Payment) and event.kind == "funding":
        return True
    export = EXPORTS.get(event.source)
    return export is not None and export.tells_funding


def _assign_accounts(books: dict[_Key, list[Event]]) -> None:
    """Give payments that name no account to the account that traded the symbol."""
    for key in [key for key in books if not key[1]]:
        others = [other for other in books if other[1] and (other[0], other[2]) == (key[0], key[2])]
        if len(others) == 1 and all(isinstance(event, Payment) for event in books[key]):
            books[others[0]] += books.pop(key)


def _in_order(events: list[Event]) -> list[Event]:
    """The order of what happened; within a moment by ascending ids, then as read."""

    def place(numbered: tuple[int, Event]) -> tuple[dt.datetime, int, int, int]:
        at, event = numbered
        later = isinstance(event, Payment) and not event.attached
        number = 0
        export = EXPORTS.get(event.source)
        if not later and export is not None and export.ids_ascend:
            found = _NUMBER.search(event.id)
            number = int(found[1]) if found else 0
        return event.time, int(later), number, at

    return [event for _, event in sorted(enumerate(events), key=place)]


class _Prices:
    """What costs are worth, and which coins had no price."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._missing: dict[str, Decimal] = {}

    def value(self, cost: Decimal, coin: str, time: dt.datetime) -> Decimal | None:
        """A cost in account currency; None where the coin has no price."""
        if not cost:
            return Decimal(0)
        coin = coin.upper()
        price = self._prices.get((coin, time.date()), self._prices.get((coin, None)))
        if price is not None:
            return cost * price
        if coin in DOLLARS:
            return cost
        self._missing[coin] = self._missing.get(coin, Decimal(0)) + cost
        return None

    def notes(self) -> list[str]:
        """Which costs wait for a price."""
        return [
            f"costs of {_plain(total)} {coin} have no price yet, and their trades no result: give"
            f" one with --price {coin}=PRICE"
            for coin, total in self._missing.items()
        ]


@dataclass(slots=True)
class _Position:
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
        return self.entered - self.exited

    @property
    def sign(self) -> int:
        return 1 if self.side == "long" else -1

    @property
    def is_dust(self) -> bool:
        """Whether nothing but rounding is left of it."""
        return self.exited > 0 and abs(self.left) <= DUST * self.entered

    def enter(self, fill: Fill, quantity: Decimal) -> None:
        self.entered += quantity
        self.paid_in += quantity * fill.price
        self.cost_of_left += quantity * fill.price
        self._touch(fill)

    def would_realise(self, quantity: Decimal, price: Decimal) -> Decimal:
        """The result of closing so much at that price, by average cost."""
        return self.sign * (quantity * price - self.cost_of_left * quantity / self.left)

    def leave(self, fill: Fill, quantity: Decimal, fee: Decimal | None) -> None:
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

    def trade(self, key: _Key, *, closed: bool, carry_told: bool) -> Trade:
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


@dataclass(slots=True)
class _Older:
    """A position that was open before the first fill: of it nothing can be told.

    ``quantity`` is None where only its existence shows. ``candidate`` collects what was opened
    since the last closing: if the venue's result fits that alone, the older one was gone.
    """

    quantity: Decimal | None = None
    candidate: _Position | None = None


class _Book:
    """The positions of one symbol in one account while its events go by."""

    def __init__(self, key: _Key, prices: _Prices, size: Decimal) -> None:
        self._key = key
        self._prices = prices
        self._size = size
        self._open: dict[PositionSide, _Position] = {}
        self._older: dict[PositionSide, _Older] = {}
        self._proven: set[PositionSide] = set()  # sides on which a whole trade came out right
        self._closed: list[_Position] = []
        self._latest: _Position | None = None
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
            there = self._open.get(fill.position_side or _other(direction))
            return there is not None and quantity <= there.left * (1 + DUST)
        if not fill.effect and fill.realised:
            there = self._open.get(_other(direction))
            return there is not None and _agrees(fill, there, min(quantity, there.left))
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
        opposite = _other(direction)
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
        opposite = _other(direction)
        there = self._open.get(opposite)
        if fill.realised is None or fill.balance is not None:
            if there is not None or opposite in self._older:
                self._leave(opposite, fill, quantity, flips=True)
            else:
                self._enter(direction, fill, quantity)
        elif fill.realised:
            self._leave(opposite, fill, quantity, flips=True)
        elif there is not None and _agrees(fill, there, min(quantity, there.left)):
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
                older.candidate = _Position(side, fill.time, fill.time)
            older.candidate.enter(fill, quantity)
            self._charge(older.candidate, fill, fill.fee, entry=True)
            return
        position = self._open.get(side)
        if position is not None and position.is_dust:
            self._finish(side)
            position = None
        if position is None:
            position = self._open[side] = _Position(side, fill.time, fill.time)
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
            fits = _agrees(fill, position, part)
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
        rest = _Position(_other(side), fill.time, fill.time)
        there = self._open.setdefault(_other(side), rest)
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
                        _other(side), _Position(_other(side), fill.time, fill.time)
                    )
                    there.enter(fill, quantity - part)
                    self._charge(there, fill, fee, entry=True)
                    self._latest = there
            return False
        mine = older.candidate
        older.candidate = None
        if mine is not None and quantity <= mine.left and _agrees(fill, mine, quantity):
            del self._older[side]
            self._open[side] = mine
            return True
        self._before += 0 if mine is None else len(mine.ids)
        self._leave_out(fill)
        return False

    def _contradiction(
        self, side: PositionSide, fill: Fill, position: _Position, part: Decimal, over: Decimal
    ) -> None:
        """The venue's own result is not what the known fills give."""
        ours = position.would_realise(part, fill.price)
        words = (
            f"{self._key[2]}: {_where(fill)} says a result of {_plain(fill.realised)}, the fills"
            f" before it give {_plain(_rounded(ours))}"
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
        self, position: _Position, fill: Fill, fee: Decimal, *, entry: bool = False
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

    def _book(self, position: _Position, payment: Payment) -> None:
        cost = self._prices.value(payment.amount, payment.currency, payment.time)
        entry = payment.kind == "fee" and position.exited == 0
        position.charge(cost, payment.amount, payment.currency.upper(), payment.kind, entry=entry)
        position.number = max(position.number, payment.number)
        position.ids.append(payment.id)

    def _take_early(self, position: _Position) -> None:
        for payment in self._early:
            if position.opened - payment.time <= _NEAR:
                self._book(position, payment)
            else:
                self._homeless += 1
        self._early = []

    def _payer(self, payment: Payment) -> _Position | None:
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
        if latest is not None and payment.time - latest.last <= _NEAR:
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


def _other(side: PositionSide) -> PositionSide:
    return "short" if side == "long" else "long"


def _agrees(fill: Fill, position: _Position, quantity: Decimal) -> bool:
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


def _contract_size(key: _Key, events: Sequence[Event]) -> Decimal | None:
    """How many coins a contract is: told by results of closing fills, or published.

    Result = contracts x size x (price - average entry), so a book kept in contracts tells it.
    """
    fills = [event for event in events if isinstance(event, Fill)]
    if not any(fill.unit == CONTRACTS for fill in fills):
        return Decimal(1)
    found: Counter[Decimal] = Counter()
    held: dict[PositionSide, tuple[Decimal, Decimal]] = {}
    for fill in fills:
        direction: PositionSide = "long" if fill.side == "buy" else "short"
        side = fill.position_side or (_other(direction) if fill.realised else direction)
        quantity, value = held.get(side, (Decimal(0), Decimal(0)))
        if side == direction:
            held[side] = quantity + fill.quantity, value + fill.quantity * fill.price
            continue
        if quantity <= 0:
            continue
        part = min(quantity, fill.quantity)
        difference = (fill.price - value / quantity) * (1 if side == "long" else -1)
        if fill.realised and difference and fill.quantity <= quantity:
            size = nice_size(fill.realised / (fill.quantity * difference))
            if size is not None:
                found[size] += 1
        held[side] = quantity - part, value * (quantity - part) / quantity
    if found:
        return found.most_common(1)[0][0]
    return _KNOWN_SIZES.get((key[0], key[2].partition("-")[0]))


def _whole_trades(
    rows: Sequence[ClosedTrade],
    trades: list[Trade],
    open_trades: Sequence[Trade],
    prices: _Prices,
) -> tuple[list[Trade], int]:
    """Trades that came as one row each, but for those whose fills are known; how many are.

    A trade out of fills that say nothing of funding takes it from its row.
    """
    by_fills: dict[tuple[str, str, PositionSide], list[int]] = {}
    fills = [*trades, *open_trades]
    for at, trade in enumerate(fills):
        by_fills.setdefault((trade.venue, trade.symbol, trade.side), []).append(at)
    told, same = [], 0
    for row in rows:
        known = by_fills.get((row.venue, row.symbol, row.side), ())
        zero = Decimal(0)
        carry = prices.value(row.carry or zero, row.currency, row.time)
        covering = [at for at in known if _covers(fills[at], row)]
        if covering:
            same += 1
            for at in covering:
                if at < len(trades) and carry is not None and _lacks_carry(trades[at], row):
                    trades[at] = fills[at] = replace(
                        trades[at], carry=carry, carry_told=True, ids=(*trades[at].ids, row.id),
                        number=max(trades[at].number, row.number),
                    )  # fmt: skip
            continue
        fees = prices.value(row.fees or zero, row.currency, row.time)
        unpriced: dict[str, Decimal] = {}
        if fees is None or carry is None:
            unpriced[row.currency.upper()] = (row.fees or zero) + (row.carry or zero)
        gross = row.gross
        if gross is None:
            assert row.quantity is not None
            assert row.entry is not None
            assert row.exit is not None
            sign = 1 if row.side == "long" else -1
            gross = sign * row.quantity * (row.exit - row.entry)
        told.append(
            Trade(
                id=row.id, venue=row.venue, account=row.account, symbol=row.symbol, side=row.side,
                opened=row.opened, closed=row.time, quantity=row.quantity, left=Decimal(0),
                entry=row.entry, exit=row.exit, gross=gross, fees=fees or Decimal(0),
                carry=carry or Decimal(0), entry_fees=Decimal(0), ids=(row.id,),
                unpriced=unpriced, number=row.number, stop=row.stop, high=row.high, low=row.low,
                leverage=row.leverage, fees_told=row.fees is not None,
                carry_told=row.carry is not None,
            )
        )  # fmt: skip
    return told, same


def _covers(trade: Trade, row: ClosedTrade) -> bool:
    """Whether a closed trade's row tells of a trade, or a part of it, that fills tell already."""
    if trade.account and row.account and trade.account != row.account:
        return False
    if trade.opened is None or row.time < trade.opened - _NEAR:
        return False
    return trade.closed is None or row.time <= trade.closed + _NEAR


def _lacks_carry(trade: Trade, row: ClosedTrade) -> bool:
    """Whether a row has the funding of exactly this trade, and its fills have none."""
    if row.carry is None or trade.carry_told or trade.carry or trade.closed is None:
        return False
    if row.opened is not None and trade.opened is not None:
        if abs(row.opened - trade.opened) > _NEAR:
            return False
    elif row.quantity is None or row.quantity != trade.quantity:
        return False  # a part of it, perhaps
    return abs(row.time - trade.closed) <= _NEAR


def _where(fill: Fill) -> str:
    if fill.place.line:
        return str(fill.place)
    return f"{fill.file or 'the fill'} at {fill.time:%Y-%m-%d %H:%M:%S}"


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("1e-8")) if abs(number) < Decimal("1e18") else number


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
