"""A story of two days and three positions, told to any host: prices moved by hand, and every
figure and instruction of Now held against arithmetic that is written here.

The account has 10,000. The venue takes 0.06% each way, asks for 0.5% of the notional at the mark,
keeps the margin in the position when a part is closed, and pays no funding. Stops: half goes at 30%
of the loss. Slices: 25% at each target, the rest trails by 3%. Liquidation is wanted 1.5 times as
far as the stop. 5% of volatility a day, 0.8 of correlation, 4% of correlated risk.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from addin.package import Package
from addin.package.addresses import a1
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.build import build_template
from workbook.template.fields import TABLES
from workbook.template.tables.now import STEPS

Shown = float | str | bool | None
NOW, JOURNAL, EXITS = TABLES["Now"], TABLES["Journal"], TABLES["Exits"]
MORNING = 46347 + 8 / 24  # the first day, 08:00 UTC
FEE, MAINTENANCE, TRAIL, WANTED, DAILY = 0.0006, 0.005, 0.03, 1.5, 0.05
SETTINGS: Row = {
    "Account_equity": 10_000, "Daily_volatility": DAILY, "Default_correlation": 0.8,
    "Max_correlated_risk": 0.04, "Gap_multiple": WANTED, "Soft_at": 0.3, "Soft_close": 0.5,
    "Fraction_1": 0.25, "Fraction_2": 0.25, "Trail": TRAIL, "Carry_limit": 0.1, "Mark_days": 0.25,
    "Risk_days": 7, "As_of": MORNING, "Prices_at": None,
}  # fmt: skip
VENUE: Row = {
    "Name": "Here", "Max leverage": 50, "Maintenance rate": MAINTENANCE,
    "Liquidation penalty": 0.12, "Taker fee": FEE, "Spread": 0.0, "Funding rate": 0.0,
    "Funding hours": 8, "Borrow rate": 0.0, "Model": "mark", "Remainder": "seized",
    "Margin after": "stays",
}  # fmt: skip


class Host(Protocol):
    """What the story needs of a spreadsheet program."""

    def set(self, sheet: str, address: str, value: float | str | None) -> None:
        """Type into a cell."""

    def recalculate(self) -> object:
        """Compute."""

    def value(self, sheet: str, address: str) -> Shown:
        """What a cell shows."""


def touched(mark: float, barrier: float, days: float) -> float:
    """The chance by the reflection principle; without a drift of the price its log has -s^2/2."""
    away, drift = math.log(barrier / mark), -DAILY * DAILY / 2
    side = -1 if away > 0 else 1
    if (mark - barrier) * side <= 0:
        return 1.0
    straight, mirrored = (
        math.erfc(-side * (away - way * drift * days) / DAILY / math.sqrt(2 * days)) / 2
        for way in (1, -1)
    )
    return straight + math.exp(2 * drift * away / DAILY**2) * mirrored


@dataclass
class Position:
    """A trade as it was opened, and what was done with it since."""

    number: int
    symbol: str
    sign: int
    entry: float
    stop: float | None
    units: float
    leverage: float
    targets: tuple[float, float]
    days: float
    plan_carry: float
    fees: float | None = None  # of the entry, where they are logged already
    stop_now: float | None = None
    added: float = 0.0
    carry_typed: float | None = None
    parts: list[tuple[float, float]] = field(default_factory=list)  # price and units, closed
    high: float | None = None
    low: float | None = None

    @property
    def opened(self) -> Row:
        """Its row of the Journal."""
        return {
            "Trade": self.number, "Opened": MORNING, "Symbol": self.symbol,
            "Side": "long" if self.sign > 0 else "short", "Entry": self.entry, "Stop": self.stop,
            "Units": self.units, "Leverage": self.leverage, "Plan carry": self.plan_carry,
            "Risk": None if self.stop is None else self.units * abs(self.entry - self.stop),
            "Target 1": self.targets[0], "Target 2": self.targets[1], "Days": self.days,
            "Venue": "Here", "Fees": self.fees,
        }  # fmt: skip

    @property
    def held(self) -> float:
        """Units still open."""
        return self.units - sum(units for _, units in self.parts)

    def figures(self, mark: float, held_days: float) -> dict[str, float | str]:
        """What Now must show of it."""
        sign, entry, held = self.sign, self.entry, self.held
        carry = self.plan_carry * held_days / self.days
        if self.carry_typed is not None:
            carry = self.carry_typed
        # Of what is closed: its gain less the fee of its exit; of the entry's fee what is logged.
        realised = sum(
            sign * units * (price - entry) - FEE * price * units for price, units in self.parts
        )
        entry_fee = FEE * self.units * entry if self.fees is None else self.fees
        result = realised + sign * held * (mark - entry) - entry_fee - FEE * held * mark - carry
        # The margin stays where a part is closed; carry is paid from it.
        margin = self.units * entry / self.leverage + self.added - carry
        # margin + sign * held * (P - entry) = 0.5% * held * P
        liquidation = (held * entry - sign * margin) / (held * (1 - sign * MAINTENANCE))
        gone = margin + sign * held * (mark - entry) <= MAINTENANCE * held * mark
        counted = mark if gone else liquidation
        left = max(1, self.days - held_days)
        spread = DAILY * math.sqrt(left)
        first = self.stop or self.stop_now
        stop = self.stop_now or self.stop
        best = (max if sign > 0 else min)(mark, entry, self.high or entry, self.low or entry)
        trailing = best * (1 - sign * TRAIL)
        gained = sum(units for price, units in self.parts if sign * (price - entry) > 0)
        at = int(gained >= 0.25 * self.units) + int(gained >= 0.5 * self.units)
        target = (*self.targets, 0.0)[at]
        shown: dict[str, float | str] = {
            "Mark": mark,
            "Result": result,
            "Liq now": "passed" if gone else liquidation,
            "Distance": sign * (mark - counted) / mark,
            "Sigmas": abs(math.log(mark / counted)) / spread,
            "Chance": touched(mark, counted, left),
            "Trailing": trailing,
            "Target": target,
            "To target": sign * (target - mark) / mark if target else "",
            "Carry": carry,
            "Planned": self.plan_carry,
            "Days left": left,
        }
        if first is None or stop is None:
            return {**shown, "R now": "no risk", "Stop chance": "no stop", "Soft stop": "no stop",
                    "Margin to add": 0, "Stop risk": sign * margin}  # fmt: skip
        wanted = max(0, entry - sign * WANTED * abs(entry - first))
        needed = held * (MAINTENANCE * wanted - sign * (wanted - entry))
        risk = self.units * abs(entry - self.stop) if self.stop else None
        return {
            **shown,
            "R now": result / risk if risk else "no risk",
            "Stop chance": touched(mark, stop, left),
            "Soft stop": entry - sign * 0.3 * abs(entry - first),
            "Margin to add": max(0, needed - margin),
            "Stop risk": sign * max(0, held * (sign * (entry - stop) + FEE * (entry + stop))),
        }


@dataclass
class Teller:
    """Types into a host what happens, remembers it, and looks at what Now makes of it."""

    host: Host
    names: Callable[[str], tuple[str, str]]
    positions: dict[int, Position]
    marks: dict[int, float] = field(default_factory=dict)
    at: float = MORNING
    reached: list[str] = field(default_factory=list)
    exits: int = 0

    def type_now(self, number: int, header: str, value: float | str | None) -> None:
        """A cell of the trade's row on Now; its row is its number."""
        self.host.set("Now", a1(NOW.first_row + number - 1, NOW.index(header)), value)

    def prices(self, at: float, **marks: float) -> None:
        """The moment goes on, and prices are typed with the highs and lows that they make."""
        self.at = at
        self.host.set(*self.names("As_of"), at)
        for position in self.positions.values():
            if position.symbol not in marks:
                continue
            mark = marks[position.symbol]
            self.marks[position.number] = mark
            position.high = max(mark, position.high or mark)
            position.low = min(mark, position.low or mark)
            for header, value in (
                ("Price", mark), ("Price at", at), ("High", position.high), ("Low", position.low),
            ):  # fmt: skip
                self.type_now(position.number, header, value)

    def close(self, number: int, price: float, units: float) -> None:
        """A part is closed, with its fee."""
        self.positions[number].parts.append((price, units))
        cells = {"Trade": number, "Time": self.at, "Price": price, "Quantity": units,
                 "Fee": FEE * price * units, "Carry": 0}  # fmt: skip
        for header, value in cells.items():
            row, column = EXITS.first_row + self.exits, EXITS.index(header)
            self.host.set("Exits", a1(row, column), value)
        self.exits += 1

    def shown(self, header: str, number: int) -> Shown:
        """A cell of the trade's row on Now."""
        return self.host.value("Now", a1(NOW.first_row + number - 1, NOW.index(header)))

    def named(self, name: str) -> Shown:
        """A named cell."""
        return self.host.value(*self.names(name))

    def look(self, **says: str) -> None:
        """Compute, and hold all of Now against the arithmetic; `says` is by symbol."""
        self.host.recalculate()
        risks = []
        results = 0.0
        for position in self.positions.values():
            number, told = position.number, says[position.symbol]
            found = self.shown("What to do", number)
            assert found == told, f"{position.symbol} at {self.at}: {found!r}, not {told!r}"
            if told.startswith(("price?", "closed")):
                assert self.shown("Result", number) == ""
                assert self.shown("Urgency", number) == 0
                continue
            held_days = round(self.at - MORNING, 6)  # as Now does: a tenth of a second
            expected = position.figures(self.marks[number], held_days)
            for header, value in expected.items():
                found = self.shown(header, number)
                if not isinstance(value, str):
                    value = pytest.approx(value, rel=1e-7, abs=1e-7)
                assert found == value, (header, told)
            order = [step.header for step in STEPS]
            first = next(one for one in order if self.shown(one, number) == 1)
            assert self.shown("Urgency", number) == order.index(first) + 1
            self.reached.append(first)
            risks.append(float(expected["Stop risk"]))
            results += float(expected["Result"])
        self._account(risks, results, list(says.values()))

    def _account(self, risks: list[float], results: float, told: list[str]) -> None:
        """The line of the account: what is open, with a correlation of 0.8, and the room left."""
        judged = [words for words in told if not words.startswith(("price?", "closed"))]
        assert self.named("Now_live") == len(judged)
        assert self.named("Now_urgent") == len([words for words in judged if words != "hold"])
        assert self.host.value("Now", "G5") == pytest.approx(results, rel=1e-7)
        squared = sum(
            (1 if one is other else 0.8) * a * b
            for one, a in enumerate(risks)
            for other, b in enumerate(risks)
        )
        assert self.named("Now_open_risk") == pytest.approx(math.sqrt(squared), rel=1e-7)
        # The next one risks r: r^2 + 2cr + squared = 400^2, c the pull of the others on it.
        pull = 0.8 * sum(risks)
        inside = pull**2 - squared + 400**2
        room = max(0, -pull + math.sqrt(inside)) if inside >= 0 else 0
        assert self.named("Now_room") == pytest.approx(room, rel=1e-6, abs=1e-6)
        # In a week, however they move together: any is at least the likeliest, at most all added.
        weeks = [
            touched(float(str(self.shown("Mark", number))), float(str(counted)), 7)
            for number in self.positions
            if isinstance(counted := self.shown("Liq counted", number), float)
        ]
        anyone, everyone = float(str(self.named("Now_any"))), float(str(self.named("Now_all")))
        assert max(weeks) - 0.01 <= anyone <= min(1, sum(weeks)) + 0.01
        assert everyone <= min(weeks) + 0.01


def positions() -> dict[int, Position]:
    """ETH as planned, OP without a stop, SOL with twice the leverage that its stop allows."""
    return {
        1: Position(1, "ETH", 1, 100, 96, 50, 10, (105, 110), 7, 7, fees=3),
        2: Position(2, "OP", -1, 2, None, 2000, 5, (1.8, 1.6), 7, -7),
        3: Position(3, "SOL", 1, 150, 144, 30, 20, (157.5, 165), 1, 2),
    }


def workbook() -> bytes:
    """The workbook on the first morning: three trades are open, nothing is typed on Now."""
    package = Package.open(build_template())
    tables = {
        "Venues": [VENUE],
        "Journal": [position.opened for position in positions().values()],
        "Now": [{"Trade": number} for number in positions()],
    }
    write_inputs(package, Inputs(SETTINGS, tables))  # type: ignore[arg-type]
    return package.to_bytes()


def tell(host: Host, package: Package) -> None:
    """The two days."""

    def place(name: str) -> tuple[str, str]:
        target = package.names[name].target
        assert target is not None
        return target[0], a1(target[1].top, target[1].left)

    trades = positions()
    eth, op, sol = trades.values()
    story = Teller(host, place, trades)
    noon, evening, night = MORNING + 4 / 24, MORNING + 10 / 24, MORNING + 14 / 24

    # Nobody has looked at a price yet.
    host.recalculate()
    for number in trades:
        assert story.shown("What to do", number) == "price?"
    assert story.named("Now_live") == 0

    # Noon. SOL: 4,500 at 20x are 225, less 2 of carry by the day x 4/24 = 224.67. Liquidation is at
    # (4,500 - 224.67) / 29.85 = 143.23, 6.77 away, 1.1 times the 6 of the stop. At 141, 1.5 times,
    # it needs 30 x (0.5% x 141 + 9) = 291.15: 66.48 more, or 30 - 224.67 / 9.705 = 6.85 of 30
    # units less, 23%.
    story.prices(noon, ETH=101, OP=1.99, SOL=151)
    story.look(
        ETH="hold",
        OP="set a stop: none is known",
        SOL="add 67 or reduce by 23%: liquidation 1.1x the stop",
    )

    # Both are done as told. ETH falls below 100 - 30% of 4.
    op.stop_now, sol.added = 2.1, 70
    story.type_now(2, "Stop now", 2.1)
    story.type_now(3, "Margin added", 70)
    story.prices(evening, ETH=98.7, OP=1.98, SOL=152)
    story.look(ETH="reduce by 50%: soft stop 98.8 passed", OP="hold", SOL="hold")

    # Half of ETH goes. OP, a short, comes to its first target.
    story.close(1, 98.7, 25)
    story.prices(night, ETH=99.5, OP=1.79, SOL=149)
    story.look(ETH="hold", OP="take 25% at 1.8: reached", SOL="hold")

    # The second day, 09:00. SOL was planned for one day: 25 hours x 2 a day are 2.08.
    story.close(2, 1.79, 500)
    story.prices(MORNING + 25 / 24, ETH=100.5, OP=1.59, SOL=148.5)
    story.look(
        ETH="hold",
        OP="take 25% at 1.6: reached",
        SOL="close: planned days are over, carry so far 2",
    )

    # Noon. OP's rest trails: 3% above the best price, 1.55, is 1.5965. The venue shows 60 of carry
    # on ETH, above 10% of the 440 that are left of its margin. SOL was not closed, and falls to its
    # stop, with the days over as before: the stop is more urgent.
    story.close(2, 1.59, 500)
    eth.carry_typed = 60
    story.type_now(1, "Carry so far", 60)
    story.prices(MORNING + 28 / 24, ETH=100.8, OP=1.55, SOL=143.5)
    story.look(
        ETH="close or reduce: carry 60 eats the margin",
        OP="move the stop to 1.5965",
        SOL="close it: stop 144 passed, or log that it was hit",
    )
    assert story.shown("Days over", 3) == 1

    # Night. Nobody looked at SOL again: its price is 10 hours old. OP came back over its trail.
    # ETH crashed: 25 units with 440 of margin are gone below (2,500 - 440) / 24.875 = 82.81; its
    # stop at 96 and its soft stop are passed as well, but this comes first.
    story.prices(MORNING + 38 / 24, ETH=82, OP=1.6)
    story.look(
        ETH="liquidated? look at the venue, then log the exit",
        OP="close the rest: trailing stop 1.5965 passed",
        SOL="price? it is 10 h old",
    )
    assert [story.shown(header, 1) for header in ("Gone", "Stop passed")] == [1, 1]

    # SOL was stopped: once it is logged its row has nothing to say but that it may go.
    story.close(3, 144, 30)
    row = JOURNAL.first_row + 2
    host.set("Journal", a1(row, JOURNAL.index("Closed")), MORNING + 29 / 24)
    story.look(
        ETH="liquidated? look at the venue, then log the exit",
        OP="close the rest: trailing stop 1.5965 passed",
        SOL="closed: clear this row",
    )
    assert set(story.reached) == {step.header for step in STEPS}
    _in_the_order_of_reference(host, package)


def _in_the_order_of_reference(host: Host, package: Package) -> None:
    """Reference lists the instructions as urgent as Now tests them."""
    table = package.table("Steps")
    column = table.area.left
    listed = [
        host.value(table.sheet, a1(row, column))
        for row in range(table.first_row, table.last_row + 1)
    ]
    assert listed == [step.header for step in STEPS]
    flags = [host.value("Now", a1(NOW.header_row, NOW.index(str(header)))) for header in listed]
    assert flags == listed
    places = [NOW.index(str(header)) for header in listed]
    assert places == list(range(places[0], places[0] + len(places)))
