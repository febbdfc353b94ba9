"""What all imported events together say, brought into the journal; import and undo alike.

Trades are computed from every stored event each time, so the order of imports does not matter. A
journal's row belongs to a trade by the event that opened it (column Source). Imports write only
cells that were blank or that imports wrote before (column From import): the sealed plan and what a
person typed stay.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from udfs.version import __version__
from workbook.actions import AppendRows, Changes, Edit, RemoveRows, SetCell, Snapshot
from workbook.actions.snapshot import TableData
from workbook.journal.imports.events import Stored
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Pairing, Part, Trade, pair
from workbook.journal.imports.store import completed_rows, events_only, fill_rows, source_of
from workbook.journal.moments import as_moment, as_serial, moved_as_of
from workbook.template.fields import TABLES

TABLE_NAMES = ("Plan", "Journal", "Exits", "Fills")
IMPORTED = "import"  # how the journal's Made by begins for a trade that no plan was for
# A fill this far from the time that somebody noted is still the same trade.
NEAR_DAYS = 1.0
ROUNDING = 1e-9
# What venues write behind the name of what is traded.
_QUOTES = ("PERP", "SWAP", "USDT", "USDC", "FDUSD", "BUSD", "USD", "PERP")
_MOST_WORDS = 12

# More cells that are an import's own, in a row that it made itself.
_OF_IMPORTED = ("Opened", "Symbol", "Side")
# The cells that an import may write into a row that somebody began.
_ACTUAL = ("Filled", "Size", "Closed", "Exit", "Fees", "Carry", "Gross", "Unpriced")
_TYPED = ("Setup", "Rules kept", "Mistake", "Tags", "Expected", "Note")


@dataclass
class Applied:
    """What the events came to in the journal, by trade numbers."""

    changes: Changes = field(default_factory=Changes)
    added: list[int] = field(default_factory=list)
    completed: list[int] = field(default_factory=list)  # taken before, closed by fills now
    partly: list[int] = field(default_factory=list)  # taken before, still open
    by_hand: list[int] = field(default_factory=list)  # closed by hand; blank cells filled in
    removed: list[int] = field(default_factory=list)
    pairing: Pairing = field(default_factory=lambda: Pairing((), (), (), ()))

    def told(self) -> tuple[str, ...]:
        """What becomes of which trades, a line each."""
        return tuple(
            f"{len(numbers)} trade(s) {words}: {_listed(numbers)}"
            for words, numbers in (
                ("new", self.added),
                ("taken before, now closed", self.completed),
                ("taken before, still open", self.partly),
                ("closed by hand before: only blank cells are filled in", self.by_hand),
                ("taken out", self.removed),
            )
            if numbers
        )

    def still_open(self) -> tuple[str, ...]:
        """What the events leave open, a line each."""
        return tuple(
            f"still open: {trade.symbol} {trade.side} {float(trade.left):.6g}"
            for trade in self.pairing.open_trades
        )


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    return shown if len(numbers) <= 10 else f"{shown}, ... {numbers[-1]}"


def apply_events(
    snapshot: Snapshot,
    ledger: Ledger,
    new: Sequence[Stored] = (),
    forgotten: Iterable[int] = (),
) -> Applied:
    """The edits that bring the journal in line with all events.

    ``new`` goes behind the rows of Fills, ``forgotten`` are rows of Fills to take out.
    """
    paired = pair(ledger.events(), ledger.prices())
    work = _Work(snapshot, paired, new)
    work.run()
    edits: list[Edit] = [*work.edits]
    if new:
        table = snapshot.table("Fills")
        for row, cells in completed_rows(table):
            edits += [SetCell("Fills", row, header, value) for header, value in cells.items()]
        edits.append(AppendRows("Fills", fill_rows(table, new)))
    gone = tuple(forgotten)
    if gone:
        edits.append(RemoveRows("Fills", gone))
    latest = max((event.time for event in events_only(list(new))), default=None)
    if latest is not None:
        edits += moved_as_of(snapshot, as_serial(latest))
    work.done.changes = Changes(tuple(edits), tuple(work.words), paired.notes + paired.broken)
    work.done.pairing = paired
    return work.done


def bare(symbol: str) -> str:
    """What is traded, without the currency and the kind of contract.

    >>> bare("ETHUSDT"), bare("ETH-PERP"), bare("eth"), bare("PF_SOLUSD"), bare("ETH/USDT:USDT")
    ('ETH', 'ETH', 'ETH', 'SOL', 'ETH')
    """
    name = symbol.upper().removeprefix("PF_").partition(":")[0]
    name = "".join(letter for letter in name if letter.isalnum())
    for ending in _QUOTES:
        if len(name) > len(ending):
            name = name.removesuffix(ending)
    return name


class _Work:
    """One pass over the journal's rows."""

    def __init__(self, snapshot: Snapshot, paired: Pairing, new: Sequence[Stored]) -> None:
        self._journal = snapshot.table("Journal")
        self._exits = snapshot.table("Exits")
        self._plan = snapshot.table("Plan")
        self._paired = paired
        self._files = {source_of(one.venue, one.id): one.file for one in new}
        self._number = max((one.number for one in new), default=0)
        self._links: dict[int, Trade] = {}  # row: trade
        self._exits_of: dict[float, list[int]] = {}
        for row in self._exits.filled():
            trade = self._exits.number(row, "Trade")
            if trade is not None:
                self._exits_of.setdefault(trade, []).append(row)
        self._new_exits: list[Mapping[str, object]] = []
        self._gone_exits: list[int] = []
        self._gone_rows: list[int] = []
        self._emptied: set[int] = set()
        self.edits: list[Edit] = []
        self.words: list[str] = []
        self.done = Applied()

    def run(self) -> None:
        """Link, change, remove and add rows."""
        trades = [*self._paired.trades, *self._paired.open_trades]
        self._link(trades)
        for row, trade in sorted(self._links.items()):
            self._change(row, trade)
        linked = {id(trade) for trade in self._links.values()}
        fresh = [trade for trade in self._paired.trades if id(trade) not in linked]
        self._add(fresh)
        if self._new_exits:
            self.edits.append(AppendRows("Exits", tuple(self._new_exits)))
        if self._gone_exits:
            self.edits.append(RemoveRows("Exits", tuple(self._gone_exits)))
        if self._gone_rows:
            self.edits.append(RemoveRows("Journal", tuple(self._gone_rows)))
        if len(self.words) > _MOST_WORDS:
            more = len(self.words) - _MOST_WORDS
            self.words[_MOST_WORDS:] = [f"... and {more} more trade(s) changed"]

    # Which row is which trade

    def _link(self, trades: Sequence[Trade]) -> None:
        journal = self._journal
        by_source = {source_of(trade.venue, one): trade for trade in trades for one in trade.ids}
        taken: dict[int, int] = {}  # id of a trade: its row
        free: list[int] = []
        for row in journal.filled():
            source = journal.text(row, "Source")
            if not source:
                free.append(row)
                continue
            trade = by_source.get(source)
            if trade is None:
                if not self._is_broken(row):
                    self._unlink(row)
            elif id(trade) in taken:
                self._merge(row, taken[id(trade)])
            else:
                taken[id(trade)] = row
                self._links[row] = trade
        if free:
            self._link_by_hand(free, [one for one in trades if id(one) not in taken])

    def _link_by_hand(self, rows: Sequence[int], trades: Sequence[Trade]) -> None:
        """Rows that somebody began: same thing, same side, about the same time."""
        index: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for at, trade in enumerate(trades):
            opened = trade.opened or trade.closed
            if opened is not None:
                key = (bare(trade.symbol), trade.side)
                index.setdefault(key, []).append((as_serial(opened), at))
        for found in index.values():
            found.sort()
        used: set[int] = set()
        for row in rows:
            opened_at = self._journal.number(row, "Opened")
            if opened_at is None:
                continue
            symbol = self._journal.text(row, "Symbol")
            near = index.get((bare(symbol), self._journal.text(row, "Side")), [])
            first = bisect.bisect_left(near, (opened_at - NEAR_DAYS, -1))
            best: tuple[float, int] | None = None
            for time, at in near[first:]:
                if time > opened_at + NEAR_DAYS:
                    break
                if at not in used and (best is None or abs(time - opened_at) < best[0]):
                    best = abs(time - opened_at), at
            if best is not None:
                used.add(best[1])
                self._links[row] = trades[best[1]]

    def _is_broken(self, row: int) -> bool:
        """Whether nothing can be told of what the row traded, so that it stays as it is."""
        symbol = self._journal.text(row, "Symbol")
        venue = self._journal.text(row, "Source").partition("/")[0]
        return any(
            venue == key[0] and bare(symbol) == bare(key[2]) for key in self._paired.broken_keys
        )

    def _unlink(self, row: int) -> None:
        """Its events are gone: so is a row that an import made; another one is as it was typed."""
        if self._is_imported(row):
            self._remove(row, f"{self._name(row)} is taken out: what it was made of is gone")
            return
        for header in (*self._owned(row), "Source", "From import", "Import", "Account"):
            self._set(row, header, None)
        self._drop_own_exits(row)
        self.words.append(f"{self._name(row)}: what imports said of it is taken out")

    def _merge(self, row: int, into: int) -> None:
        """Two rows turn out to be parts of one trade: typed words move to the first of them."""
        other = self._journal.number(into, "Trade") or 0
        if not self._is_imported(row):
            return
        for header in _TYPED:
            word = self._journal.value(row, header)
            if word is not None and self._journal.value(into, header) is None:
                self._set(into, header, word)
        self._remove(row, f"{self._name(row)} is a part of trade {other:g} now")

    def _remove(self, row: int, words: str) -> None:
        number = self._journal.number(row, "Trade")
        self._gone_rows.append(row)
        self._gone_exits += self._exits_of.get(number or -1.0, [])
        self.done.removed.append(int(number or 0))
        self.words.append(words)

    def _is_imported(self, row: int) -> bool:
        return self._journal.text(row, "Made by").startswith(IMPORTED)

    def _owned(self, row: int) -> list[str]:
        named = self._journal.text(row, "From import").split(", ")
        return [header for header in named if self._journal.has(header) and header]

    def _name(self, row: int) -> str:
        number = self._journal.number(row, "Trade") or 0
        return f"trade {number:g} ({self._journal.text(row, 'Symbol')})"

    # Rows that are there

    def _change(self, row: int, trade: Trade) -> None:
        journal = self._journal
        imported = self._is_imported(row)
        was_linked = journal.text(row, "Source") != ""
        owned = set((*_ACTUAL, *_OF_IMPORTED) if imported else self._owned(row))
        number = journal.number(row, "Trade") or 0.0
        mine = [one for one in self._exits_of.get(number, []) if self._exits.text(one, "Source")]
        theirs = [one for one in self._exits_of.get(number, []) if one not in mine]
        typed_exit = journal.value(row, "Exit") is not None and "Exit" not in owned
        typed_closed = journal.value(row, "Closed") is not None and "Closed" not in owned
        in_parts = bool(theirs) or trade.closed is None
        wanted = _wanted(trade, in_parts=in_parts)
        if theirs:
            typed = sum((self._exact(one, "Carry") for one in theirs), Decimal(0))
            if trade.carry or trade.carry_told:
                wanted["Carry"] = _number(trade.carry - typed)
        if typed_exit or typed_closed:
            wanted["Exit"] = wanted["Closed"] = None
        if imported:
            wanted.update({
                "Opened": None if trade.opened is None else as_serial(trade.opened),
                "Symbol": trade.symbol, "Side": trade.side,
            })  # fmt: skip
        changed, now_owned = [], set(owned)
        for header, value in wanted.items():
            old = journal.value(row, header)
            if old is not None and header not in owned:
                continue
            if value is None and header not in owned:
                continue
            now_owned.add(header)
            if not _same(old, value):
                self._set(row, header, value)
                if was_linked:
                    changed.append(f"{header.lower()} {_shown(old, header)} -> "
                                   f"{_shown(value, header)}")  # fmt: skip
        # What tells the trade stays as long as it is a part of it: an undo finds the row again.
        if journal.text(row, "Source") not in {source_of(trade.venue, one) for one in trade.ids}:
            self._set_if(row, "Source", source_of(trade.venue, trade.id))
        self._set_if(row, "Account", trade.account or None)
        if not imported:
            self._set_if(row, "From import", ", ".join(h for h in _ACTUAL if h in now_owned))
        before = len(self._new_exits)
        if in_parts and not typed_exit:
            self._write_parts(number, trade, mine, theirs)
        elif mine:
            self._gone_exits += mine
        new_parts = len(self._new_exits) - before
        if trade.closed is not None:
            self._empty_plan_row(row)
        if changed or not was_linked or new_parts:
            self._set_if(row, "Import", float(self._number or trade.number))
        self._say(row, trade, changed, new_parts, was_linked, typed_exit or typed_closed)

    def _say(
        self,
        row: int,
        trade: Trade,
        changed: Sequence[str],
        new_parts: int,
        was_linked: bool,
        by_hand: bool,
    ) -> None:
        number = int(self._journal.number(row, "Trade") or 0)
        if not was_linked:
            if by_hand:
                self.done.by_hand.append(number)
            elif trade.closed is not None:
                self.done.completed.append(number)
            else:
                self.done.partly.append(number)
        files = sorted({
            file for one in trade.ids if (file := self._files.get(source_of(trade.venue, one)))
        })  # fmt: skip
        origin = f", from {', '.join(files)}" if files else ""
        if changed:
            self.words.append(f"{self._name(row)}: {', '.join(changed)}{origin}")
        elif new_parts and was_linked:
            self.words.append(f"{self._name(row)}: {new_parts} more exit(s){origin}")
        if was_linked and trade.closed is not None:
            old = self._journal.value(row, "Closed")
            if old is None and not self._is_imported(row):
                self.done.completed.append(number)

    def _write_parts(
        self,
        number: float,
        trade: Trade,
        mine: Sequence[int],
        theirs: Sequence[int],
    ) -> None:
        """Exits that are not typed yet; a part closed by hand is never counted twice."""
        left = _less_by_hand(trade.parts, [
            (self._exits.number(one, "Time") or 0.0, self._exact(one, "Quantity"),
             self._exact(one, "Price"), one)
            for one in theirs
        ])  # fmt: skip
        for exit_row, part in left.matched:
            if part.fee is not None and self._exits.value(exit_row, "Fee") is None:
                self.edits.append(SetCell("Exits", exit_row, "Fee", _number(part.fee)))
        there = {self._exits.text(one, "Source"): one for one in mine}
        for part, quantity in left.rest:
            source = source_of(trade.venue, part.id)
            fee = None if part.fee is None else part.fee * quantity / part.quantity
            cells = {
                "Trade": number, "Time": as_serial(part.time), "Price": _number(part.price),
                "Quantity": _number(quantity), "Fee": _number(fee),
                "Kind": "liquidated" if part.kind == "liquidation" else None,
            }  # fmt: skip
            old = there.pop(source, None)
            if old is None:
                self._new_exits.append({**cells, "Source": source})
                continue
            for header, value in cells.items():
                if header != "Trade" and not _same(self._exits.value(old, header), value):
                    self.edits.append(SetCell("Exits", old, header, value))
        self._gone_exits += there.values()

    def _drop_own_exits(self, row: int) -> None:
        number = self._journal.number(row, "Trade") or 0.0
        self._gone_exits += [
            one for one in self._exits_of.get(number, []) if self._exits.text(one, "Source")
        ]

    def _exact(self, row: int, header: str) -> Decimal:
        value = self._exits.number(row, header)
        return Decimal(0) if value is None else Decimal(repr(value))

    def _set(self, row: int, header: str, value: object) -> None:
        self.edits.append(SetCell("Journal", row, header, value))

    def _set_if(self, row: int, header: str, value: object) -> None:
        old = self._journal.value(row, header)
        if not _same(old, value or None):
            self._set(row, header, value or None)

    def _empty_plan_row(self, row: int) -> None:
        """Empty the plan row that a closed trade was taken from; what it said is in the journal."""
        if self._journal.value(row, "Closed") is not None and self._is_imported(row):
            return
        found = plan_row_of(self._plan, self._journal, row, self._emptied)
        if found is not None:
            self._emptied.add(found)
            self.edits += empty_plan_row(self._plan, found)

    # New rows

    def _add(self, trades: Sequence[Trade]) -> None:
        journal = self._journal
        numbers = [journal.number(row, "Trade") or 0 for row in journal.filled()]
        first = int(max(numbers, default=0)) + 1
        rows: list[Mapping[str, object]] = []
        for number, trade in enumerate(trades, start=first):
            wanted = _wanted(trade, in_parts=False)
            rows.append({
                "Trade": float(number),
                "Opened": None if trade.opened is None else as_serial(trade.opened),
                "Symbol": trade.symbol, "Side": trade.side, **wanted, **_planned(trade),
                "Venue": trade.venue or None, "Account": trade.account or None,
                "Import": float(trade.number or self._number),
                "Source": source_of(trade.venue, trade.id),
                "Made by": f"{IMPORTED}, isomargin {__version__}",
            })  # fmt: skip
            self.done.added.append(number)
        if rows:
            self.edits.append(AppendRows("Journal", tuple(rows)))


@dataclass
class _Left:
    """Parts of a trade beside the exits that somebody typed."""

    rest: list[tuple[Part, Decimal]] = field(default_factory=list)
    matched: list[tuple[int, Part]] = field(default_factory=list)  # row of Exits


def _less_by_hand(
    parts: Sequence[Part], by_hand: Sequence[tuple[float, Decimal, Decimal, int]]
) -> _Left:
    """The parts without what was typed: first those of the same size, then by quantity."""
    left = _Left()
    rest = {at: part.quantity for at, part in enumerate(parts)}
    surplus = Decimal(0)
    for time, quantity, price, row in sorted(by_hand):
        same = [
            at
            for at, part in enumerate(parts)
            if rest[at] == part.quantity
            and abs(part.quantity - quantity) <= quantity * Decimal("1e-6")
        ]
        if not same:
            surplus += quantity
            continue

        def apart(at: int, time: float = time, price: Decimal = price) -> float:
            off = abs(float(parts[at].price / price - 1)) if price else 0.0
            return abs(as_serial(parts[at].time) - time) + off

        best = min(same, key=apart)
        left.matched.append((row, parts[best]))
        rest[best] = Decimal(0)
    for at, part in enumerate(parts):
        off = min(surplus, rest[at])
        surplus -= off
        if rest[at] > off:
            left.rest.append((part, rest[at] - off))
    return left


def plan_row_of(
    plan: TableData, journal: TableData, row: int, but: Iterable[int] = ()
) -> int | None:
    """The plan row that a trade was taken from: the same entry, where several would do."""
    same = [
        at
        for at in plan.filled()
        if at not in but
        and plan.value(at, "Status") == "open"
        and all(plan.value(at, name) == journal.value(row, name) for name in ("Symbol", "Side"))
    ]
    exact = [at for at in same if plan.value(at, "Entry") == journal.value(row, "Entry")]
    return next(iter(exact or same), None)


def empty_plan_row(plan: TableData, row: int) -> list[Edit]:
    """The edits that free a plan row."""
    headers = [column.header for column in TABLES["Plan"].inputs if plan.has(column.header)]
    return [
        SetCell("Plan", row, header, None)
        for header in headers
        if plan.value(row, header) is not None
    ]


def _wanted(trade: Trade, *, in_parts: bool) -> dict[str, object]:
    """What a trade says of the actual cells; in parts, the exits stand in a table of their own."""
    unpriced = ", ".join(f"{amount.normalize():f} {coin}" for coin, amount in
                         sorted(trade.unpriced.items()))  # fmt: skip
    fees = trade.entry_fees if in_parts else trade.fees
    gross: object = None
    if not in_parts and trade.closed is not None and _needs_gross(trade):
        gross = _number(trade.gross)
    return {
        "Filled": _number(trade.entry), "Size": _number(trade.quantity),
        "Closed": None if trade.closed is None else as_serial(trade.closed),
        "Exit": None if in_parts else _number(trade.exit),
        # A cost that no export told is blank, never 0: the checks ask for it.
        "Fees": None if not fees and (unpriced or not trade.fees_told) else _number(fees),
        "Carry": None if not trade.carry and not trade.carry_told else _number(trade.carry),
        "Gross": gross, "Unpriced": unpriced[:40] or None,
    }  # fmt: skip


def _needs_gross(trade: Trade) -> bool:
    """Whether the result cannot be told from the prices as they are given."""
    if trade.entry is None or trade.exit is None or not trade.quantity:
        return True
    sign = 1 if trade.side == "long" else -1
    by_prices = sign * trade.quantity * (trade.exit - trade.entry)
    return abs(by_prices - trade.gross) > Decimal("1e-9") * max(Decimal(1), abs(trade.gross))


def _planned(trade: Trade) -> dict[str, object]:
    """Entry, stop and risk, where an export has the stop that the trade was opened with."""
    cells: dict[str, object] = {
        "High": _number(trade.high), "Low": _number(trade.low),
        "Leverage": _number(trade.leverage),
    }  # fmt: skip
    if trade.stop and trade.entry and trade.quantity and trade.stop != trade.entry:
        cells.update({
            "Entry": _number(trade.entry), "Stop": _number(trade.stop),
            "Units": _number(trade.quantity),
            "Risk": _number(abs(trade.entry - trade.stop) * trade.quantity),
        })  # fmt: skip
    return cells


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _same(one: object, two: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(two, (int, float)):
        return abs(one - two) <= 1e-12 * max(1.0, abs(one), abs(two)) or one == two
    return one == two


def _shown(value: object, header: str) -> str:
    if value is None:
        return "blank"
    if isinstance(value, float):
        if header in ("Opened", "Closed"):
            return f"{as_moment(value):%Y-%m-%d %H:%M:%S}"
        return f"{value:.10g}"
    return str(value)
