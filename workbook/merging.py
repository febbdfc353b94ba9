"""Filling a workbook that somebody keeps: its journal, exits and fills are never replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from addin.package import Package, PackageError, TableRows
from workbook.clock import serial_now
from workbook.inputs import InputError, Inputs, Row
from workbook.template.fields import TABLES
from workbook.template.version import TEMPLATE_VERSION, version_of

KEPT = ("Journal", "Exits", "Fills")


@dataclass(frozen=True)
class Kept:
    """A workbook with a journal in it."""

    content: bytes = field(repr=False)
    trades: int
    open_rows: tuple[Row, ...]


def journal_in(path: Path) -> Kept | None:
    """The workbook at a path, where it is one of ours that has trades in it."""
    if not path.is_file():
        return None
    try:
        content = path.read_bytes()
        package = Package.open(content)
    except (PackageError, OSError):
        return None  # no workbook, or none that could hold a journal of ours
    found = version_of(package)
    if found is None:
        return None
    counts = {name: _filled(package, name) for name in KEPT if name in package.tables}
    if not any(counts.values()):
        return None
    if found != TEMPLATE_VERSION:
        raise InputError(
            f"{path} has a journal and was made from template {found}: bring it over with isomargin"
            f" upgrade {path}, give another name, or --force to replace it (a backup is kept)"
        )
    return Kept(content, counts.get("Journal", 0), tuple(_open_rows(package)))


def plans_only(journal: Kept, inputs: Inputs, path: Path) -> Inputs:
    """What goes into that workbook: settings, terms and ideas, behind the positions it has open."""
    for section, name in (("journal", "Journal"), ("journal_exits", "Exits")):
        if inputs.tables.get(name):
            raise InputError(
                f"{path} has a journal of {journal.trades} trade(s) and the input lists"
                f" [[{section}]], too: leave it out, give another name, or --force to replace the"
                " workbook (a backup is kept)"
            )
    tables = dict(inputs.tables)
    if "Plan" in tables:
        known = [_same(row) for row in journal.open_rows]
        ideas = [row for row in tables["Plan"] if _same(row) not in known]
        tables["Plan"] = [*journal.open_rows, *ideas]
    return Inputs({"As_of": serial_now(), **inputs.settings}, tables)


def _same(row: Row) -> tuple[object, ...]:
    return tuple(row.get(header) for header in ("Symbol", "Side", "Venue", "Entry", "Stop"))


def _filled(package: Package, name: str) -> int:
    return sum(1 for _ in TableRows(package, name).filled())


def _open_rows(package: Package) -> list[Row]:
    rows = TableRows(package, "Plan")
    headers = [column.header for column in TABLES["Plan"].inputs]
    found: list[Row] = []
    for row in rows.filled():
        values = {header: rows.value(row, header) for header in headers}
        if values.get("Status") == "open":
            found.append({h: v for h, v in values.items() if isinstance(v, str | int | float)})
    return found
