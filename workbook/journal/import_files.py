"""Importing exports into a workbook, and taking the last import back. All files or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from addin.package import Package
from addin.package.limits import limits, times_as_much
from workbook.actions import ActionError, Snapshot
from workbook.actions.package import snapshot
from workbook.journal.apply_import import TABLE_NAMES, Applied, apply_events
from workbook.journal.imports.containers import read_exports
from workbook.journal.imports.events import Problem, Stored
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.reading import Options, Progress, Reading, content_of
from workbook.journal.imports.store import stored_events, whole_files

GivenPrice = tuple[str, dt.date | None, Decimal]


@dataclass(frozen=True)
class Imported:
    """What an import came to. With problems there is nothing in it but them."""

    read: tuple[str, ...] = ()  # one line a file: what was read, what was left out and why
    notes: tuple[str, ...] = ()  # what somebody should look into
    problems: tuple[Problem, ...] = ()
    new: int = 0
    known: int = 0
    corrected: int = 0  # times of known events
    number: int = 0
    applied: Applied | None = None  # None: there is nothing new


def import_files(
    package: Package,
    paths: Sequence[Path],
    options: Options | None = None,
    prices: Sequence[GivenPrice] = (),
    progress: Progress | None = None,
) -> Imported:
    """Read exports, any mix of known formats, and work out what they change in the journal."""
    seen = snapshot(package, TABLE_NAMES, ["As_of"])
    whole = whole_files(seen.table("Fills"))
    readings = []
    same: list[str] = []
    known = 0
    for path in paths:
        told = whole.get(content_of(path, options)) if whole else None
        if told is None:
            readings += read_exports(path, options, progress)
        else:
            known += told[1]
            same.append(f"{path.name}: the very same file was read in import {told[0]}")
    if not readings and not prices:
        return Imported(tuple(same), known=known)
    done = import_readings(seen, readings, prices)
    return replace(done, read=(*same, *done.read), known=done.known + known)


def import_readings(
    seen: Snapshot, readings: Sequence[Reading], prices: Sequence[GivenPrice] = ()
) -> Imported:
    """The same for what was read already, and any snapshot."""
    problems = tuple(problem for reading in readings for problem in reading.problems)
    if problems:
        return Imported(problems=problems)
    ledger = Ledger(stored_events(seen.table("Fills")))
    number = ledger.last_import + 1
    kept: list[Stored] = []
    new = known = corrected = 0
    for reading in readings:
        added = ledger.add(reading, number)
        kept += added.stored
        new += len(added.new)
        known += added.known
        corrected += len(added.retimed)
    for coin, day, price in prices:
        one = ledger.price(coin, price, day, number)
        if one is not None:
            kept.append(one)
    read = tuple(_summary(reading) for reading in readings)
    notes = tuple(note for reading in readings for note in reading.notes)
    if not kept:
        return Imported(read, notes, new=0, known=known)
    applied = apply_events(seen, ledger, kept)
    _need_room(seen, len(kept), len(applied.added))
    return Imported(
        read, notes + applied.changes.warnings, (), new, known, corrected, number, applied
    )


def _need_room(seen: Snapshot, fills: int, trades: int) -> None:
    """Refuse what would make the workbook too long to be read again, before any work."""
    most = limits()
    fills += len(list(seen.table("Fills").filled()))
    trades += len(list(seen.table("Journal").filled()))
    formulas = len(seen.table("Journal").computed) or 1
    most_trades = min(most.kept_trades, most.grown_formulas // formulas)
    needed = max(fills / most.kept_fills, trades / most_trades)
    if needed > 1:
        raise ActionError(
            f"{fills:,} rows of Fills and {trades:,} trades are more than one workbook takes, which"
            f" is {most.kept_fills:,} and {most_trades:,}: keep a workbook a year, or"
            f" {times_as_much(needed)}"
        )


def undo_last(package: Package) -> tuple[int, list[str], Applied | None]:
    """Take the last import's events out: its number, its files, and what that changes."""
    seen = snapshot(package, TABLE_NAMES, ["As_of"])
    table = seen.table("Fills")
    stored = stored_events(table)
    number = max((one.number for one in stored), default=0)
    if not stored:
        return 0, [], None
    if not number:
        raise ActionError(
            "all fills in it were imported by version 0.1.0, which did not number its imports:"
            " there is none to take back alone"
        )
    rows = [row for row in table.filled() if int(table.number(row, "Import") or 0) == number]
    files = list(dict.fromkeys(one.file for one in stored if one.number == number and one.file))
    ledger = Ledger(one for one in stored if one.number != number)
    return number, files, apply_events(seen, ledger, forgotten=rows)


def _summary(reading: Reading) -> str:
    """One line about a file: what it is, how much was read, what was left out and why."""
    name = reading.export.name if reading.export else "empty file"
    line = f"{reading.file}: {name}, {reading.rows} row(s), {len(reading.events)} read"
    if reading.skipped:
        line += "; left out: " + ", ".join(
            f"{skipped.count} {why} (first in line {skipped.line})"
            for why, skipped in sorted(reading.skipped.items())
        )
    return line
