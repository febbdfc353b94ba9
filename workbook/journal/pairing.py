"""From fills to trades: a position is opened when it leaves zero and closed when it is back there.

Everything in between is one trade: adding to it, taking a part off, funding. A fill that turns a
long into a short ends one trade and begins the next, its fee shared by quantity.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from workbook.journal.fills import Event, Fill, Payment, Place, PositionSide, Problem

# Dollars in several coats: fees and funding in them count one to one. Others need a price.
DOLLARS = frozenset({"", "USD", "USDT", "USDC", "BUSD", "FDUSD", "USDE", "DAI", "SUSD"})

# A payment this long after the last fill of a closed trade still belongs to it.
_AFTERWARDS = dt.timedelta(seconds=60)

_Key: TypeAlias = tuple[str, PositionSide]


@dataclass(frozen=True)
class Trade:
    """A closed position, in account currency. Net = the fills' result less fees and carry."""

    id: str  # of the fill that opened it
    symbol: str
    side: Literal["long", "short"]
    opened: dt.datetime
    closed: dt.datetime
    quantity: float  # all that was entered, and so all that was exited
    entry: float  # average price
    exit: float
    gross: float
    fees: float
    carry: float  # funding; paid is +
    net: float
    fills: int
    fill_ids: tuple[str, ...] = field(repr=False, default=())

    def journal_row(self) -> dict[str, object]:
        """What the trade says of a row of the journal, by the journal's keys."""
        return {
            "opened": self.opened,
            "symbol": self.symbol,
            "side": self.side,
            "entry": self.entry,
            "units": self.quantity,
            "closed": self.closed,
            "exit": self.exit,
            "fees": self.fees,
            "carry": self.carry,
        }


@dataclass(frozen=True)
class OpenPosition:
    """What is still open after the last row; entry by average cost, costs so far."""

    symbol: str
    side: Literal["long", "short"]
    opened: dt.datetime
    quantity: float
    entry: float
    realised: float  # result of the parts already closed, before costs
    fees: float
    carry: float


@dataclass(frozen=True)
class Pairing:
    """Trades in the order of their closing, what is open, and what could not be told."""

    trades: tuple[Trade, ...]
    open_positions: tuple[OpenPosition, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass
class _Position:
    """A position in the making; its sums are exact."""

    side: Literal["long", "short"]
    opened: dt.datetime
    last: dt.datetime
    entered: Decimal = Decimal(0)
    paid_in: Decimal = Decimal(0)  # entry prices times quantities
    exited: Decimal = Decimal(0)
    paid_out: Decimal = Decimal(0)
    cost_of_left: Decimal = Decimal(0)  # entry value of what is left, by average cost
    realised: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    carry: Decimal = Decimal(0)
    fills: list[str] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        return self.entered - self.exited

    @property
    def sign(self) -> int:
        return 1 if self.side == "long" else -1

    def enter(self, fill: Fill, quantity: Decimal, fee: Decimal) -> None:
        self.entered += quantity
        self.paid_in += quantity * fill.price
        self.cost_of_left += quantity * fill.price
        self._note(fill, fee)

    def leave(self, fill: Fill, quantity: Decimal, fee: Decimal) -> None:
        cost = self.cost_of_left * quantity / self.left
        self.cost_of_left -= cost
        self.realised += self.sign * (quantity * fill.price - cost)
        self.exited += quantity
        self.paid_out += quantity * fill.price
        self._note(fill, fee)

    def _note(self, fill: Fill, fee: Decimal) -> None:
        self.fees += fee
        self.last = fill.time
        self.fills.append(fill.id)

    def trade(self, symbol: str) -> Trade:
        gross = self.sign * (self.paid_out - self.paid_in)
        return Trade(
            id=self.fills[0],
            symbol=symbol,
            side=self.side,
            opened=self.opened,
            closed=self.last,
            quantity=float(self.entered),
            entry=float(self.paid_in / self.entered),
            exit=float(self.paid_out / self.exited),
            gross=float(gross),
            fees=float(self.fees),
            carry=float(self.carry),
            net=float(gross - self.fees - self.carry),
            fills=len(self.fills),
            fill_ids=tuple(self.fills),
        )

    def as_open(self, symbol: str) -> OpenPosition:
        return OpenPosition(
            symbol=symbol,
            side=self.side,
            opened=self.opened,
            quantity=float(self.left),
            entry=float(self.cost_of_left / self.left),
            realised=float(self.realised),
            fees=float(self.fees),
            carry=float(self.carry),
        )


def pair(events: Iterable[Event], prices: Mapping[str, float] | None = None) -> Pairing:
    """Trades out of fills and payments in the order of time.

    ``prices`` values fees and funding in other currencies than dollars: ``{"BNB": 600}``.
    """
    pairer = _Pairer({name.upper(): Decimal(str(price)) for name, price in (prices or {}).items()})
    for event in events:
        if isinstance(event, Fill):
            pairer.fill(event)
        else:
            pairer.payment(event)
    return pairer.result()


class _Pairer:
    """The book of positions while the events go by."""

    def __init__(self, prices: Mapping[str, Decimal]) -> None:
        self._prices = prices
        self._open: dict[_Key, _Position] = {}
        # Closed positions stay objects until the end: a fee in a row of its own comes afterwards.
        self._closed: list[tuple[str, _Position]] = []
        self._latest: dict[str, _Position] = {}  # by symbol, the one that the last fill was for
        self._before: Counter[str] = Counter()
        self._homeless: Counter[str] = Counter()
        self._priceless: dict[str, Decimal] = {}
        self._problems: list[Problem] = []

    def fill(self, fill: Fill) -> None:
        """Open, add to, reduce, close or turn over the position that the fill is for."""
        key: _Key = (fill.symbol, fill.position_side)
        position = self._open.get(key)
        direction: Literal["long", "short"] = "long" if fill.side == "buy" else "short"
        fee = self._valued(fill.fee, fill.fee_currency)
        if position is None:
            if fill.effect in ("close", "reduce"):
                self._before[fill.symbol] += 1
                return
            self._begin(key, direction, fill, fill.quantity, fee)
            return
        if position.side == direction:
            if fill.effect in ("close", "reduce"):
                self._problem(
                    fill.place,
                    f"this {fill.side} closes, but the open position in {fill.symbol} is"
                    f" {position.side}: in hedge mode every fill needs its position side",
                )
                return
            position.enter(fill, fill.quantity, fee)
            self._latest[fill.symbol] = position
            return
        if fill.effect == "open":
            self._problem(
                fill.place,
                f"this opens a {direction} in {fill.symbol} while a {position.side} of"
                f" {_plain(position.left)} is open: fills in between are missing",
            )
            return
        part = min(fill.quantity, position.left)
        share = fee * part / fill.quantity
        position.leave(fill, part, share)
        self._latest[fill.symbol] = position
        if position.left == 0:
            del self._open[key]
            self._closed.append((fill.symbol, position))
        rest = fill.quantity - part
        if rest > 0 and fill.effect == "close":
            self._before[fill.symbol] += 1
        elif rest > 0:
            self._begin(key, direction, fill, rest, fee - share)

    def payment(self, payment: Payment) -> None:
        """Book funding or a fee on the position it is for."""
        position = self._payer(payment)
        if position is None:
            self._homeless[payment.symbol] += 1
            return
        cost = self._valued(payment.amount, payment.currency)
        if payment.kind == "fee":
            position.fees += cost
        else:
            position.carry += cost

    def result(self) -> Pairing:
        """Everything, once all events have gone by."""
        notes = [
            f"{symbol}: {count} fill(s) close a position that was opened before the first row:"
            " they are left out; import the older export too"
            for symbol, count in self._before.items()
        ]
        notes += [
            f"{symbol}: {count} payment(s) belong to no trade in these files and are left out"
            for symbol, count in self._homeless.items()
        ]
        notes += [
            f"costs of {_plain(total)} {currency} are left out of the results: give a price for"
            f" {currency}"
            for currency, total in self._priceless.items()
        ]
        return Pairing(
            tuple(position.trade(symbol) for symbol, position in self._closed),
            tuple(position.as_open(symbol) for (symbol, _), position in self._open.items()),
            tuple(notes),
            tuple(self._problems),
        )

    def _begin(
        self,
        key: _Key,
        direction: Literal["long", "short"],
        fill: Fill,
        quantity: Decimal,
        fee: Decimal,
    ) -> None:
        position = _Position(direction, fill.time, fill.time)
        position.enter(fill, quantity, fee)
        self._open[key] = position
        self._latest[fill.symbol] = position

    def _payer(self, payment: Payment) -> _Position | None:
        latest = self._latest.get(payment.symbol)
        if payment.kind == "fee" and latest is not None and latest.last == payment.time:
            return latest
        for side in dict.fromkeys((payment.position_side, "")):
            position = self._open.get((payment.symbol, side))
            if position is not None:
                return position
        if not payment.position_side:
            sides: tuple[PositionSide, ...] = ("long", "short")
            open_sides = [
                self._open[payment.symbol, side]
                for side in sides
                if (payment.symbol, side) in self._open
            ]
            if len(open_sides) == 1:
                return open_sides[0]
        if latest is not None and payment.time - latest.last <= _AFTERWARDS:
            return latest
        return None

    def _valued(self, cost: Decimal, currency: str) -> Decimal:
        """A cost in account currency; one without a price is noted and left out."""
        if not cost:
            return Decimal(0)
        price = self._prices.get(currency.upper())
        if price is not None:
            return cost * price
        if currency.upper() in DOLLARS:
            return cost
        self._priceless[currency] = self._priceless.get(currency, Decimal(0)) + cost
        return Decimal(0)

    def _problem(self, place: Place, words: str) -> None:
        self._problems.append(Problem(place, words))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
