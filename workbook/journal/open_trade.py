"""Taking a trade: a row of the plan goes to the journal as values, and stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from addin.engine import Book
from addin.package import Package, Value
from addin.package.addresses import a1
from udfs import catalogue
from udfs.version import __version__
from workbook.journal.integrity import fingerprint, seal
from workbook.journal.rows import JournalError, Rows, as_serial, move_as_of
from workbook.template.tables.journal import PLANNED
from workbook.template.version import version_of

# Without these there is no trade to take; without the others there is one to learn less from.
NEEDED = ("Symbol", "Side", "Entry", "Stop", "Units", "Leverage", "Liq price", "Plan carry", "Risk")
WORDS = frozenset({"Symbol", "Side", "Venue", "Reason"})


@dataclass(frozen=True)
class Planned:
    """A row of the plan as it is computed now, by the journal's headers."""

    number: int  # in the plan, from 1
    row: int  # in the sheet
    values: dict[str, object] = field(repr=False)
    advice: str
    go: bool
    volatility: float | None

    @property
    def symbol(self) -> str:
        """What is traded."""
        return str(self.values["Symbol"])


@dataclass(frozen=True)
class Taken:
    """A trade in the journal."""

    trade: int
    row: int
    fingerprint: str


def find_planned(book: Book, package: Package, which: str) -> Planned:
    """The plan row of that number, or the one idea with that symbol."""
    rows = Rows(package, "Plan")
    first = rows.numbers.start
    symbols = {row: str(rows.value(row, "Symbol")) for row in rows.filled()}
    if which.isdecimal():
        row = first + int(which) - 1
        if row not in symbols:
            there = ", ".join(f"{at - first + 1} {name}" for at, name in symbols.items())
            raise JournalError(f"the plan has no row {which}: it has {there or 'no rows yet'}")
    else:
        found = [at for at, name in symbols.items() if name.casefold() == which.casefold()]
        ideas = [at for at in found if rows.value(at, "Status") != "open"] or found
        if not ideas:
            there = ", ".join(symbols.values()) or "no rows yet"
            raise JournalError(f"the plan has no {which}: it has {there}")
        if len(ideas) > 1:
            several = ", ".join(str(at - first + 1) for at in ideas)
            raise JournalError(
                f"the plan has several rows with {which}: give the number, {several}"
            )
        (row,) = ideas
    number = row - first + 1
    if rows.value(row, "Status") == "open":
        raise JournalError(
            f"row {number} of the plan ({symbols[row]}) is open already: if the journal has no such"
            " trade, set the row's Status to idea first"
        )
    return _planned(book, package, row, number)


def _planned(book: Book, package: Package, row: int, number: int) -> Planned:
    table = package.table("Plan")

    def shown(header: str) -> Value:
        column = table.column(header)
        if column is None:
            raise JournalError(f"the table Plan has no column {header}: put it back")
        return book.value(table.sheet, a1(row, column))

    values: dict[str, object] = {}
    for header, source in PLANNED.items():
        value = shown(source)
        wanted = str if header in WORDS else (int, float)
        if isinstance(value, wanted) and value != "" and not isinstance(value, bool):
            values[header] = value
        elif header in NEEDED:
            said = "is blank" if value in ("", None) else f"shows {value}"
            raise JournalError(
                f"row {number} of the plan cannot be taken: {source} {said} ({shown('What to do')})"
            )
    volatility = shown("Vol")
    return Planned(
        number, row, values, str(shown("What to do")), shown("Go") == 1,
        float(volatility) if isinstance(volatility, (int, float)) else None,
    )  # fmt: skip


def win_chance(planned: Planned) -> float | None:
    """The chance that the first target is reached before the stop, within the planned days."""
    given = [planned.values.get(header) for header in ("Entry", "Target 1", "Stop", "Days")]
    entry, target, stop, days = (one if isinstance(one, (int, float)) else None for one in given)
    if not days or not planned.volatility:
        return None
    answer = catalogue["ISO_TARGET_FIRST_PROBABILITY"](
        entry, target, stop, planned.volatility, days
    )
    return float(answer) if isinstance(answer, (int, float)) else None


def take(
    package: Package, planned: Planned, at: dt.datetime, actual: Mapping[str, object] | None = None
) -> Taken:
    """Write the plan row into the journal as values, seal it, and mark it open in the plan.

    ``actual`` are cells that are known already: price filled at, size, fees, setup.
    """
    moment = as_serial(at)
    journal = Rows(package, "Journal")
    numbers = [journal.number(row, "Trade") or 0 for row in journal.filled()]
    trade = int(max(numbers, default=0)) + 1
    frozen = {
        **planned.values,
        "Opened": moment,
        "Win chance": win_chance(planned),
        "Made by": f"isomargin {__version__}, template {version_of(package) or '?'}",
    }
    total, words = seal(frozen)
    row = journal.append(
        {
            "Trade": trade,
            **frozen,
            **(actual or {}),
            "Sealed sum": total,
            "Sealed words": words,
        }
    )
    mark = fingerprint(journal, row)
    journal.put(row, "Fingerprint", mark)
    Rows(package, "Plan").put(planned.row, "Status", "open")
    move_as_of(package, moment)
    return Taken(trade, row, mark)
