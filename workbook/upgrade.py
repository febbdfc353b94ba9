"""A workbook of an older template carried over into today's; nothing a person typed is lost.

Today's empty template takes every input of the old workbook: settings by their defined name, rows
by their table's headers, or by the headers that columns had before. What has no place is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from addin.package import Package, PackageError, Table, Value
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
    words: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def upgrade(old: Package, template: bytes) -> Upgraded:
    """The template with the old workbook's inputs; the old package is not changed."""
    found = version_of(old)
    if found is None:
        raise PackageError(
            "this is no workbook of isomargin's template: it has no Template_version, so there is"
            " nothing to bring up to date"
        )
    if found == TEMPLATE_VERSION:
        raise PackageError(f"it is made from template {found} already: nothing to bring up to date")
    if found.isdecimal() and int(found) > int(TEMPLATE_VERSION):
        raise PackageError(
            f"it is made from template {found}, which is newer than this program's"
            f" {TEMPLATE_VERSION}: pip install --upgrade isomargin"
        )
    return carry_over(old, template)


def carry_over(old: Package, template: bytes, *, facts: bool = True) -> Upgraded:
    """The template with all that was typed; its own `facts` stay, or give way to the old ones."""
    done = Upgraded(Package.open(template))
    _settings(old, done)
    for name in TABLES:
        if name in old.tables:
            _table(old, done, name, facts=facts and name in FACTS)
    _what_is_left(old, done)
    return done


def _settings(old: Package, done: Upgraded) -> None:
    """Every input that stands in a cell of its own."""
    carried = 0
    for one in INPUTS:
        if one.name not in old.names or one.name not in done.package.names:
            continue
        value = old.named(one.name)
        if value != done.package.named(one.name):
            done.package.set_named(one.name, value)
            carried += 1
    done.words.append(f"Settings: {carried} that were not the template's")


def _table(old: Package, done: Upgraded, name: str, *, facts: bool) -> None:
    before, after = old.table(name), done.package.table(name)
    headers = _headers(before, after)
    typed = [header for header in before.columns if header in _inputs(old, before)]
    # Blank rows among the others stay: plans are counted from the top, for their correlation.
    rows = list(_rows(old, before, typed))
    strange = [header for header in typed if header not in headers]
    for header in strange:
        values = [row[header] for row in rows if row[header] not in (None, "")]
        if values:
            done.left.append(
                f"{name}: the column {header} has no place any more; {len(values)} cell(s), first"
                f" {values[0]!r}"
            )
    carried: Rows = [
        {headers[header]: value for header, value in row.items() if header in headers}
        for row in rows
    ]
    if facts:
        carried, said = _own_facts(done.package, after, carried, FACTS[name])
    else:
        said = f"{sum(any(v not in (None, '') for v in row.values()) for row in carried)} row(s)"
    places = {header: after.need(header) for header in headers.values()}
    written = [
        {places[header]: value for header, value in row.items() if not facts or value is not None}
        for row in carried
    ]
    first = _first_free(done.package, after) if facts else after.first_row
    if not facts:
        blank = dict.fromkeys(places.values())
        written += [dict(blank) for _ in range(after.last_row + 1 - first - len(written))]
    done.package.put_rows(name, first, written)
    if rows:
        done.words.append(f"{name}: {said}")


def _headers(before: Table, after: Table) -> dict[str, str]:
    """Old header to today's, for the inputs of today's table."""
    known = {header.casefold(): header for header in before.columns}
    found = {}
    for column in TABLES[after.name].inputs:
        for name in (column.header, *column.formerly):
            old = known.get(name.casefold())
            if old is not None and old not in found:
                found[old] = column.header
                break
    return found


def _inputs(package: Package, table: Table) -> set[str]:
    """The headers of columns that people fill in: those without a formula in the last row."""
    formulas = package.sheet(table.sheet).formulas
    return {
        header
        for at, header in enumerate(table.columns, table.area.left)
        if (table.last_row, at) not in formulas
    }


def _rows(package: Package, table: Table, headers: list[str]) -> Iterator[dict[str, Value]]:
    """The rows' inputs by header, blank rows at the end left out; a formula counts as its value."""
    tab = package.sheet(table.sheet)
    columns = {header: table.need(header) for header in headers}
    found = [
        {header: tab.value(row, column) for header, column in columns.items()}
        for row in range(table.first_row, table.last_row + 1)
    ]
    while found and all(value in (None, "") for value in found[-1].values()):
        found.pop()
    yield from found


def _own_facts(
    package: Package, table: Table, rows: Rows, keys: tuple[str, ...]
) -> tuple[Rows, str]:
    """The rows that the template has none like, by their key columns."""
    keys = tuple(key for key in keys if any(key in row for row in rows))
    tab = package.sheet(table.sheet)

    def key(values: list[Value]) -> tuple[str, ...]:
        return tuple(str(value).strip().casefold() for value in values)

    there = {
        key([tab.value(row, table.need(name)) for name in keys])
        for row in range(table.first_row, table.last_row + 1)
    }
    filled = [row for row in rows if any(value not in (None, "") for value in row.values())]
    own = [row for row in filled if key([row.get(name) for name in keys]) not in there]
    return own, f"{len(own)} kept; {len(filled) - len(own)} have today's terms"


def _first_free(package: Package, table: Table) -> int:
    """The row behind the last one that holds an input."""
    tab = package.sheet(table.sheet)
    inputs = [table.need(header) for header in _inputs(package, table)]
    for row in range(table.last_row, table.first_row - 1, -1):
        if any(tab.value(row, column) not in (None, "") for column in inputs):
            return row + 1
    return table.first_row


def _what_is_left(old: Package, done: Upgraded) -> None:
    """Name what the template has no place for: sheets of a person's own, and their tables."""
    own = [name for name in old.sheets if name not in done.package.sheets]
    for name in own:
        cells = len(old.values(name).keys() | old.formulas(name).keys())
        done.left.append(f"the sheet {name} ({cells} cell(s)): copy it from the old workbook")
    for table in old.tables.values():
        if table.name not in done.package.tables and table.sheet not in own:
            done.left.append(f"the table {table.name} on {table.sheet}: copy it from the old one")
