"""A workbook of an older template carried over into today's; nothing a person typed is lost.

Today's empty template takes every input of the old workbook: settings by their defined name, rows
by their table's headers, or by the headers that columns had before. What has no place is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from addin.package import Package, PackageError, Value
from workbook.actions import (
    AppendRows,
    Changes,
    Edit,
    ReplaceRows,
    SetName,
    Snapshot,
    TableData,
)
from workbook.actions.package import apply, snapshot
from workbook.journal.imports.store import completed_rows
from workbook.template.fields import INPUTS, TABLES
from workbook.template.version import TEMPLATE_VERSION, version_of

# Facts that come with the template: its rows stay, a person's own rows are put behind them.
FACTS: Mapping[str, tuple[str, ...]] = {
    "Venues": ("Name",),
    "Markets": ("Venue", "Symbol"),
    "Tiers": ("Venue", "Symbol", "Floor"),
    "Candles": ("Date",),
}
Rows = list[dict[str, Value]]


@dataclass
class Upgraded:
    """The new workbook, what came along, and what did not."""

    package: Package
    words: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def upgrade(old: Package, template: bytes) -> Upgraded:
    """The template with the old workbook's inputs; the old package is not changed."""
    found = version_of(old)
    if found is None:
        raise PackageError(
            "this is no workbook of isomargin's template: it has no Template_version, so there is"
            " nothing to bring up to date"
        )
    if found == TEMPLATE_VERSION and not _lacks_columns(old):
        raise PackageError(
            f"the workbook is made from template {found} already: nothing to bring up to date"
        )
    if found.isdecimal() and int(found) > int(TEMPLATE_VERSION):
        raise PackageError(
            f"the workbook is made from template {found}, which is newer than this program's"
            f" {TEMPLATE_VERSION}: pip install --upgrade isomargin"
        )
    return carry_over(old, template)


def _lacks_columns(old: Package) -> bool:
    """Whether a table is without an input column that the template has today."""
    for name, table in TABLES.items():
        known = {header.casefold() for header in old.tables[name].columns if name in old.tables}
        for column in table.inputs:
            if known and known.isdisjoint(map(str.casefold, (column.header, *column.formerly))):
                return True
    return False


def carry_over(old: Package, template: bytes, *, facts: bool = True) -> Upgraded:
    """The template with all that was typed; its own `facts` stay, or give way to the old ones."""
    new = Package.open(template)
    changes = carried_over(_seen(old), _seen(new), facts=facts)
    apply(new, changes)
    return Upgraded(new, changes.words, (*changes.warnings, *_what_is_left(old, new)))


def _seen(package: Package) -> Snapshot:
    tables = [name for name in TABLES if name in package.tables]
    return snapshot(package, tables, [one.name for one in INPUTS])


def carried_over(old: Snapshot, new: Snapshot, *, facts: bool = True) -> Changes:
    """What brings an old workbook's inputs into a new one; the warnings name what has no place."""
    changes = _settings(old, new)
    for name in TABLES:
        if name in old.tables and name in new.tables:
            changes += _table(old.table(name), new.table(name), facts=facts and name in FACTS)
    return changes


def _settings(old: Snapshot, new: Snapshot) -> Changes:
    """Every input that stands in a cell of its own."""
    edits = tuple(
        SetName(name, value)
        for name, value in old.names.items()
        if name in new.names and value != new.names[name]
    )
    return Changes(edits, (f"Settings: {len(edits)} that were not the template's",))


def _table(before: TableData, after: TableData, *, facts: bool) -> Changes:
    headers = _headers(before, after)
    typed = [header for header in before.headers if header not in before.computed]
    left = []
    for header in typed:
        values = [v for v in before.column(header) if v not in (None, "")]
        if header not in headers and values:
            left.append(
                f"{after.name}: the column {header} has no place any more; {len(values)} cell(s),"
                f" first {values[0]!r}"
            )
    # Blank rows among the others stay: plans are counted from the top, for their correlation.
    rows: Rows = [
        {headers[header]: before.record(row)[header] for header in headers if header in typed}
        for row in range(1, len(before.rows) + 1)
    ]
    edit: Edit
    into = tuple(headers.values())
    if after.name == "Fills":
        rows, into = _standing_alone(after, rows), after.headers
    if facts:
        own, said = _own_facts(after, rows, FACTS[after.name])
        edit = AppendRows(after.name, tuple(own))
    else:
        said = f"{sum(any(v not in (None, '') for v in row.values()) for row in rows)} row(s)"
        edit = ReplaceRows(after.name, into, tuple(rows))
    return Changes((edit,), (f"{after.name}: {said}",) if rows else (), tuple(left))


def _standing_alone(after: TableData, rows: Rows) -> Rows:
    """Imported rows with what they left to the row of their file, so that people may sort them."""
    cells = [[row.get(header) for header in after.headers] for row in rows]
    table = TableData(after.name, after.headers, cells)
    for number, changed in completed_rows(table):
        rows[number - 1].update(changed)  # type: ignore[arg-type]
    return [{header: row.get(header) for header in after.headers} for row in rows]


def _headers(before: TableData, after: TableData) -> dict[str, str]:
    """Old header to today's, for the inputs of today's table."""
    known = {header.casefold(): header for header in before.headers}
    found = {}
    for column in TABLES[after.name].inputs:
        for name in (column.header, *column.formerly):
            old = known.get(name.casefold())
            if old is not None and old not in found:
                found[old] = column.header
                break
    return found


def _own_facts(after: TableData, rows: Rows, keys: tuple[str, ...]) -> tuple[Rows, str]:
    """The rows that the template has none like, by their key columns."""
    keys = tuple(key for key in keys if any(key in row for row in rows))

    def key(values: list[Value]) -> tuple[str, ...]:
        return tuple(str(value).strip().casefold() for value in values)

    there = {key([record[name] for name in keys]) for record in after.records()}
    filled = [row for row in rows if any(value not in (None, "") for value in row.values())]
    own = [row for row in filled if key([row.get(name) for name in keys]) not in there]
    return own, f"{len(own)} kept; {len(filled) - len(own)} have today's terms"


def _what_is_left(old: Package, new: Package) -> Iterator[str]:
    """Name what the template has no place for: sheets of a person's own, and their tables."""
    own = [name for name in old.sheets if name not in new.sheets]
    for name in own:
        cells = len(old.values(name).keys() | old.formulas(name).keys())
        yield f"the sheet {name} ({cells} cell(s)): copy it from the old workbook"
    for table in old.tables.values():
        if table.name not in new.tables and table.sheet not in own:
            yield f"the table {table.name} on {table.sheet}: copy it from the old one"
