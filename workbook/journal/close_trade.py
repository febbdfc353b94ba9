"""Closing a trade, in one go or in parts; each part is a row of the table Exits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbook.actions import AppendRows, Changes, Edit, SetCell, Snapshot, TableData
from workbook.journal.moments import JournalError, as_serial, in_words, moved_as_of
from workbook.template.fields import TABLES as ALL_TABLES

TABLES = ("Plan", "Journal", "Exits")
NAMES = ("As_of",)

# A rest this small is rounding: the trade is closed.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Exit:
    """One way out of a trade, as it happened."""

    price: float
    at: dt.datetime
    quantity: float | None = None  # None: all that is left
    fee: float | None = None
    carry: float | None = None
    kind: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Closed:
    """What an exit comes to."""

    trade: int
    symbol: str
    quantity: float
    left: float
    plan_row: int | None  # the plan's row that is emptied, from 1
    changes: Changes = field(repr=False)


def find_open(seen: Snapshot, which: str) -> int:
    """The Journal's row of the open trade with that number, or the only one with that symbol."""
    journal = seen.table("Journal")
    filled = list(journal.filled())
    if which.isdecimal():
        found = [row for row in filled if journal.number(row, "Trade") == int(which)]
        if not found:
            raise JournalError(
                f"the journal has no trade {which}: its open ones are {_open(journal)}"
            )
        if len(found) > 1:
            raise JournalError(f"{len(found)} rows have the number {which}: number them anew")
        (row,) = found
        if journal.value(row, "Closed") is not None:
            when = in_words(journal.number(row, "Closed") or 0)
            raise JournalError(f"trade {which} is closed since {when}: open are {_open(journal)}")
        return row
    found = [
        row
        for row in filled
        if str(journal.value(row, "Symbol")).casefold() == which.casefold()
        and journal.value(row, "Closed") is None
    ]
    if len(found) != 1:
        said = "no open trade in" if not found else "several open trades in"
        raise JournalError(
            f"the journal has {said} {which}: give a number; open are {_open(journal)}"
        )
    if journal.number(found[0], "Trade") is None:
        raise JournalError(f"the open trade in {which} has no number: type one in the sheet")
    return found[0]


def _open(journal: TableData) -> str:
    there = [
        f"{int(journal.number(row, 'Trade') or 0)} {journal.value(row, 'Symbol')}"
        for row in journal.filled()
        if journal.value(row, "Closed") is None
    ]
    return ", ".join(there) or "none"


def close(
    seen: Snapshot, row: int, way_out: Exit, about: Mapping[str, object] | None = None
) -> Closed:
    """Write an exit, and the closing time where nothing is left.

    ``about`` are cells of the journal to fill in besides: mistake, rules kept, note. Cells that
    hold something already are not written over; where one is, nothing at all is written.
    """
    journal = seen.table("Journal")
    trade = int(journal.number(row, "Trade") or 0)
    symbol = str(journal.value(row, "Symbol"))
    name = f"trade {trade} ({symbol})"
    moment = as_serial(way_out.at)
    opened = journal.number(row, "Opened")
    if opened is not None and moment < opened:
        raise JournalError(
            f"{name} was opened {in_words(opened)}, after {in_words(moment)}: give a later"
            " time, or correct Opened in the Journal"
        )
    if journal.value(row, "Exit") is not None:
        raise JournalError(f"{name} has an exit in the Journal already: type the time in Closed")
    left = units_left(seen, row)
    quantity = left if way_out.quantity is None else way_out.quantity
    if quantity <= 0 or quantity > left * (1 + ROUNDING):
        raise JournalError(f"{name} has {left:.10g} units left: give a quantity up to that")
    rest = left - quantity
    done = rest <= ROUNDING * left
    quantity, rest = (left, 0.0) if done else (quantity, rest)
    extra = dict(about or {})
    # What is said of a part stands beside that part; of the last one, in the journal.
    note = way_out.note
    if done:
        extra["Closed"] = moment
    else:
        note = note or extra.pop("Note", None)  # type: ignore[assignment]
    exit_row = {
        "Trade": trade,
        "Time": moment,
        "Price": way_out.price,
        "Quantity": quantity,
        "Fee": way_out.fee,
        "Carry": way_out.carry,
        "Kind": way_out.kind,
        "Note": note,
    }
    seen.table("Exits").need(exit_row)
    plan_row = plan_row_of(seen, row) if done else None
    edits: list[Edit] = [
        *_filled_in(journal, row, extra, name),
        AppendRows("Exits", (exit_row,)),
        *moved_as_of(seen, moment),
        *([] if plan_row is None else _emptied(seen.table("Plan"), plan_row)),
    ]
    said = f"{name}: {quantity:.6g} out at {way_out.price:.6g}"
    said += ", nothing left: it is closed" if done else f", {rest:.6g} left"
    if plan_row is not None:
        said += f"; row {plan_row} of the plan is free again"
    return Closed(
        trade, symbol, quantity, rest, plan_row, Changes(tuple(edits), (said,), _missing(way_out))
    )


def _missing(way_out: Exit) -> tuple[str, ...]:
    costs = (("fees", way_out.fee), ("carry", way_out.carry))
    missing = [name for name, given in costs if given is None]
    if not missing:
        return ()
    return (
        f"{' and '.join(missing)} not given: the result lacks them until they are typed in;"
        " give 0 where there was nothing to pay",
    )


def _filled_in(
    table: TableData, row: int, values: Mapping[str, object], what: str
) -> list[SetCell]:
    """Values for blank cells of a row; all of them must be blank, or nothing is written."""
    given = {header: value for header, value in values.items() if value is not None}
    for header in given:
        if table.value(row, header) is not None:
            raise JournalError(
                f"{what} has a {header} already, and history is not written over:"
                " change it in the sheet if it is wrong"
            )
    return [SetCell(table.name, row, header, value) for header, value in given.items()]


def units_left(seen: Snapshot, row: int) -> float:
    """Units of a trade that are not closed yet."""
    journal, exits = seen.table("Journal"), seen.table("Exits")
    trade = journal.number(row, "Trade")
    held = journal.number(row, "Size") or journal.number(row, "Units")
    if not held:
        raise JournalError(f"trade {trade:g} has no size: type its units in the sheet")
    gone = sum(
        exits.number(at, "Quantity") or 0.0
        for at in exits.filled()
        if exits.number(at, "Trade") == trade
    )
    return held - gone


def plan_row_of(seen: Snapshot, row: int) -> int | None:
    """The plan row that a trade was taken from; what it said is in the journal.

    The one with the same entry where several are open in that symbol and direction.
    """
    plan, journal = seen.table("Plan"), seen.table("Journal")
    same = [
        at
        for at in plan.filled()
        if plan.value(at, "Status") == "open"
        and all(plan.value(at, name) == journal.value(row, name) for name in ("Symbol", "Side"))
    ]
    exact = [at for at in same if plan.value(at, "Entry") == journal.value(row, "Entry")]
    return next(iter(exact or same), None)


def _emptied(plan: TableData, row: int) -> list[SetCell]:
    return [
        SetCell("Plan", row, column.header, None)
        for column in ALL_TABLES["Plan"].inputs
        if plan.value(row, column.header) is not None
    ]


def result(journal: TableData, row: int) -> str:
    """What a closed trade came to, from a journal that has computed."""
    net, multiple = journal.value(row, "Net"), journal.value(row, "R")
    said = f"net {net:+,.2f}" if isinstance(net, float) else f"net {net}"
    if isinstance(multiple, float):
        said += f", {multiple:+.2f} R"
    return f"trade {journal.text(row, 'Trade')} ({journal.text(row, 'Symbol')}) is closed: {said}"
