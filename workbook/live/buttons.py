"""What each button asks, and what it changes: the command line's actions, filled in from a form."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from addin.package import Package
from workbook.actions import ActionError, Changes, Snapshot
from workbook.actions.answers import number, one_line
from workbook.actions.live import CellPosition, LiveBook, LiveTable, find_table, snapshot
from workbook.journal import close_trade, open_trade
from workbook.positions import review

Answers = Mapping[str, str]


@dataclass(frozen=True)
class FormField:
    """One thing that a form asks for; `kind` is text, files (to open) or save (a file's name)."""

    key: str
    label: str
    default: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Seen:
    """The workbook when a button is pressed: its tables and names, and the chosen cell."""

    book: LiveBook
    tables: Snapshot
    chosen: CellPosition | None
    at: dt.datetime

    @cached_property
    def places(self) -> Sequence[LiveTable]:
        """Where the tables stand, asked for once."""
        return self.book.tables()

    def row_of(self, table: str) -> int | None:
        """The data row of a table that the chosen cell stands in, or beside; from 1."""
        found = find_table(self.places, table)
        if found is None or self.chosen is None or not found.has_row_of(self.chosen):
            return None
        return self.chosen.row - found.top


@dataclass(frozen=True)
class Button:
    """An action as a person presses it."""

    name: str
    tables: tuple[str, ...]
    names: tuple[str, ...]
    fields: Callable[[Seen], tuple[FormField, ...]]
    changes: Callable[[Seen, Answers], Changes]
    # What is to be read once the workbook has computed: the tables, and the words about them.
    then_tables: tuple[str, ...] = ()
    then: Callable[[Snapshot, Answers], tuple[str, ...]] = lambda seen, answers: ()
    # What is done instead of writing into the workbook, and the words about it.
    act: Callable[[LiveBook, Answers], tuple[str, ...]] | None = None

    def seen(self, book: LiveBook, at: dt.datetime) -> Seen:
        """The workbook as this action needs to see it."""
        return Seen(book, snapshot(book, self.tables, self.names), book.selected(), at)


# Take


def _take(seen: Seen, answers: Answers) -> Changes:
    row = seen.row_of("Plan")
    if row is None:
        raise ActionError("choose a row of Plan first: click into the idea, then press Take")
    planned = open_trade.find_planned(seen.tables, str(row))
    return open_trade.take(seen.tables, planned, seen.at)


# Close

_CLOSE = (
    FormField("price", "Price you got out at"),
    FormField("quantity", "Quantity (blank: all that is left)"),
    FormField("fees", "Fee of this exit (blank: not known yet)"),
    FormField("carry", "Funding and interest: paid is +, received is - (blank: not known yet)"),
    FormField("note", "What happened, and why"),
)


def _close_fields(seen: Seen) -> tuple[FormField, ...]:
    return (FormField("trade", "Trade: its number, or its symbol", _trade(seen)), *_CLOSE)


def _trade(seen: Seen) -> str:
    """The open trade that the chosen row is about, else the only one; "" where neither is."""
    trades = review.open_trades(seen.tables)
    if not trades:
        raise ActionError("no trade is open: nothing to close")
    row = seen.row_of("Journal")
    numbers = [trade.number for trade in trades if trade.row == row]
    now = seen.row_of("Now")
    if now is not None:
        listed = seen.tables.table("Now").number(now, "Trade")
        numbers += [trade.number for trade in trades if trade.number == listed]
    plan = seen.row_of("Plan")
    if plan is not None:
        symbol = seen.tables.table("Plan").text(plan, "Symbol").casefold()
        numbers += [trade.number for trade in trades if trade.symbol.casefold() == symbol]
    numbers = numbers or [trade.number for trade in trades]
    return str(numbers[0]) if len(set(numbers)) == 1 else ""


def _close(seen: Seen, answers: Answers) -> Changes:
    which = answers.get("trade", "").strip()
    if not which:
        raise ActionError("which trade? give its number, or its symbol")
    row = close_trade.find_open(seen.tables, which)

    def given(key: str, *, signed: bool = False) -> float | None:
        text = answers.get(key, "").strip()
        return number(text, signed=signed) if text else None

    price = given("price")
    if price is None:
        raise ActionError("give the price that you got out at, like 107.10")
    way_out = close_trade.Exit(
        price, seen.at, given("quantity"), given("fees", signed=True), given("carry", signed=True)
    )
    note = one_line(answers.get("note", ""), 200)
    return close_trade.close(seen.tables, row, way_out, {"Note": note}).changes


def _closed(seen: Snapshot, answers: Answers) -> tuple[str, ...]:
    """The result of the trade, once nothing of it is left."""
    journal = seen.table("Journal")
    which = answers.get("trade", "").strip().casefold()
    for row in reversed(list(journal.filled())):
        named = {journal.text(row, "Trade"), journal.text(row, "Symbol").casefold()}
        if which in named and journal.value(row, "Closed") is not None:
            return (close_trade.result(journal, row),)
    return ()


# Review


def _review_fields(seen: Seen) -> tuple[FormField, ...]:
    trades = review.open_trades(seen.tables)
    if not trades:
        raise ActionError("no trade is open: nothing to review")
    now = seen.tables.table("Now")
    prices = {now.number(row, "Trade"): now.text(row, "Price") for row in now.filled()}
    asked = {trade.symbol: prices.get(trade.number, "") for trade in trades}
    return tuple(
        FormField(symbol, f"Price of {symbol} (blank: as it stands)", price)
        for symbol, price in asked.items()
    )


def _review(seen: Seen, answers: Answers) -> Changes:
    prices = {key: number(text.strip()) for key, text in answers.items() if text.strip()}
    changes = review.review(seen.tables, prices, seen.at)
    count = len(review.open_trades(seen.tables))
    said = f"{count} open trade(s) reviewed {seen.at:%Y-%m-%d %H:%M} UTC"
    return changes + Changes((), (said,))


def _reviewed(seen: Snapshot, answers: Answers) -> tuple[str, ...]:
    """What Now says of each trade."""
    now = seen.table("Now")
    return tuple(
        " ".join(now.text(row, header) for header in ("Trade", "Symbol", "Side"))
        + f": {now.text(row, 'What to do')}"
        for row in now.filled()
        if now.number(row, "Trade") is not None
    )


# Import

_IMPORT = (
    FormField("files", "The exports to import", kind="files"),
    FormField(
        "zone", "Zone of times that do not say theirs, like Europe/Berlin (blank: as the file)"
    ),
    FormField("said", "What a message asked for, like decimal comma, day first (blank: nothing)"),
)


def _import(seen: Seen, answers: Answers) -> Changes:
    from workbook.journal.import_files import import_readings
    from workbook.journal.imports.asked import said
    from workbook.journal.imports.containers import read_exports
    from workbook.journal.imports.reading import Options
    from workbook.journal.imports.zones import zone_of

    files = [Path(line) for line in answers.get("files", "").split("\n") if line.strip()]
    if not files:
        raise ActionError("give the exports to import")
    zone = answers.get("zone", "").strip()
    options = Options(zone=zone_of(zone), zone_name=zone) if zone else Options()
    options, prices = said(answers.get("said", ""), options)
    readings = [one for path in files for one in read_exports(path, options)]
    done = import_readings(seen.tables, readings, prices)
    if done.problems:
        more = f" ({len(done.problems)} such rows)" if len(done.problems) > 1 else ""
        raise ActionError(f"{done.problems[0]}; nothing is imported{more}")
    if done.applied is None:
        return Changes((), (*done.read, f"nothing new: {done.known} row(s) were imported before"))
    words = (*done.read, f"{done.new} fills and payments, {done.known} known before")
    changes = done.applied.changes
    return Changes(changes.edits, (*words, *done.applied.told(), *changes.words), done.notes)


# Refresh


def _refresh(seen: Seen, answers: Answers) -> Changes:
    from workbook.refresh import changes as refresh
    from workbook.refresh.run import ask_exchanges

    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    brought = ask_exchanges(refresh.wanted(seen.tables, (), ()), now)
    made = refresh.changes(seen.tables, brought, now)
    failed = tuple(line for facts in brought if (line := facts.failed()))
    notes = tuple(f"{facts.venue}: {note}" for facts in brought for note in facts.notes)
    return Changes(made.edits, (*made.words, *notes), (*failed, *made.warnings))


# Share

_SHARE = (FormField("path", "Save the copy as", "shared.xlsx", kind="save"),)


def _share_path(answers: Answers) -> Path:
    path = Path(answers.get("path", "").strip())
    if path.suffix.lower() != ".xlsx":
        raise ActionError(f"{path} has to end in .xlsx: a copy to look at")
    return path


def _share(seen: Seen, answers: Answers) -> Changes:
    return Changes((), (f"{_share_path(answers)}: a copy that opens anywhere, without the add-in",))


def _shared(book: LiveBook, answers: Answers) -> tuple[str, ...]:
    from workbook.share import share_file

    with _copy_of(book) as copy:
        return (share_file(copy, _share_path(answers)),)


# Repair


def _repair(seen: Seen, answers: Answers) -> Changes:
    from workbook import bundled, repair

    with _copy_of(seen.book) as copy:
        found = repair.faults(Package.open(copy), Package.open(bundled.template()))
    if not found:
        return Changes((), ("every formula of the template is in its place",))
    if repair.is_torn(found):
        gone = next(fault for fault in found if not fault.address)
        raise ActionError(
            f"{gone}: no formula in a cell helps there. Save, close, and type isomargin repair,"
            " which carries what you typed into a new template"
        )
    told = repair.told(found)
    if not getattr(seen.book, "takes_formulas", True):
        more = f" and {len(told) - 1} more" if len(told) > 1 else ""
        raise ActionError(
            f"{told[0]}{more}: formulas are put back in the closed file. Save, close, and type"
            " isomargin repair"
        )
    return Changes((), tuple(told)) + repair.put_back(found)


@contextlib.contextmanager
def _copy_of(book: LiveBook) -> Iterator[Path]:
    """A copy of the open workbook as a file, for what reads files."""
    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        copy = Path(folder) / "copy.xlsx"
        book.save_copy(str(copy))
        yield copy


def _nothing(seen: Seen) -> tuple[FormField, ...]:
    return ()


BUTTONS: Mapping[str, Button] = {
    one.name: one
    for one in (
        Button("take", open_trade.TABLES, open_trade.NAMES, _nothing, _take),
        Button(
            "close", (*close_trade.TABLES, "Now"), close_trade.NAMES, _close_fields, _close,
            ("Journal",), _closed,
        ),
        Button(
            "review", (*review.TABLES,), review.NAMES, _review_fields, _review, ("Now",), _reviewed
        ),
        Button(
            "import", ("Plan", "Journal", "Exits", "Fills"), ("As_of",), lambda seen: _IMPORT,
            _import,
        ),
        Button(
            "refresh", ("Venues", "Markets", "Tiers", "Candles", "Plan", "Journal"), (), _nothing,
            _refresh,
        ),
        Button("share", (), (), lambda seen: _SHARE, _share, act=_shared),
        Button("repair", (), (), _nothing, _repair),
    )
}  # fmt: skip
