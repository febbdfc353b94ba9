"""Filling the template: what was read goes into its cells, and every formula is computed."""

from __future__ import annotations

import difflib
import itertools

from addin.embedded import EmbeddedBook
from addin.engine import Progress
from addin.package import Package, TableRows
from addin.package.gc_paused import gc_paused
from workbook.computing import computed, prepared
from workbook.inputs import InputError, Inputs, Row
from workbook.template.fields import TABLES


def fill(
    template: bytes,
    inputs: Inputs,
    on_progress: Progress | None = None,
    *,
    use_prepared: bool = True,
    as_built: bool = False,
) -> EmbeddedBook:
    """The template with the inputs in it, computed, ready to be saved.

    `as_built` says that it is the template that ships, to which nothing happened since.
    """
    with gc_paused():
        ready = prepared() if as_built and use_prepared else None
        indexes = None if ready is None else ready.indexes
        package = Package.open(template, as_built=as_built, indexes=indexes)
        write_inputs(package, inputs)
        return computed(package, on_progress, use_prepared=use_prepared)


def write_inputs(package: Package, inputs: Inputs) -> None:
    """Put settings and rows into their cells, found by defined name and column header."""
    _check_venues(package, inputs)
    for name, value in inputs.settings.items():
        package.set_named(name, value)
    for name, rows in inputs.tables.items():
        _write_rows(package, name, _numbered(rows) if name == "Journal" else rows)


def _numbered(rows: list[Row]) -> list[Row]:
    """The journal's rows, each with a number: where none is given, the next free one."""
    numbers = [int(row["Trade"]) for row in rows if "Trade" in row]
    following = itertools.count(max(numbers, default=0) + 1)
    return [row if "Trade" in row else {**row, "Trade": next(following)} for row in rows]


def _write_rows(package: Package, name: str, rows: list[Row]) -> None:
    """Write rows into a table from its first row on; inputs that stood there go."""
    table = package.table(name)
    places = {column.header: table.need(column.header) for column in TABLES[name].inputs}
    written: list[dict[int, object]] = [
        {places[header]: value for header, value in row.items()} for row in rows
    ]
    first, last = table.first_row, table.last_row
    written += [{} for _ in range(last + 1 - first - len(written))]
    tab = package.sheet(table.sheet)
    for column in places.values():
        there = tab.column_values(column, first, last)
        for row, value in zip(written, there, strict=False):
            if value is not None:
                row.setdefault(column, None)
    package.put_rows(name, table.first_row, written)


def _check_venues(package: Package, inputs: Inputs) -> None:
    """A plan's venue must be one whose terms are known, or nothing about it can be computed.

    Spaces, capitals and other names of a venue are understood; the cell gets the plain name.
    """
    known = {str(row["Name"]) for row in inputs.tables.get("Venues", ())} or {
        str(name) for name in TableRows(package, "Venues").column("Name") if name is not None
    }
    plain = {name.strip().casefold(): name for name in known}
    for number, row in enumerate(inputs.tables.get("Plan", ()), 1):
        venue = row.get("Venue")
        found = plain.get(str(venue).strip().casefold())
        if found is None:
            from workbook.terms import find_venue  # it reads every venue's terms

            other = find_venue(str(venue))
            found = other.name if other is not None and other.name in known else None
        if found is None:
            near = difflib.get_close_matches(str(venue), sorted(known), 1, 0.5)
            raise InputError(
                f"plans row {number}: venue {venue!r} is not among the venues;"
                + (f" did you mean {near[0]!r}?" if near else "")
                + f" it may be: {', '.join(sorted(known))}"
            )
        row["Venue"] = found
