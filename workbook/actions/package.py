"""Actions on a closed workbook file: a snapshot of it, and edits written into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from addin.engine import Address
from addin.package import Package, PackageError, Table, Value
from addin.package.addresses import a1, area, cell, column_letters
from workbook.actions.edits import (
    AppendRows,
    Changes,
    PutFormula,
    RemoveRows,
    ReplaceRows,
    SetCell,
    SetName,
    no_column,
    no_name,
)
from workbook.actions.snapshot import Snapshot, TableData


def snapshot(
    package: Package,
    tables: Iterable[str],
    names: Iterable[str] = (),
    computed: Mapping[Address, Value] | None = None,
) -> Snapshot:
    """Tables and named cells of a workbook.

    Formulas show what the file keeps for them, or what ``computed`` says, by sheet and address.
    """
    known = package.names
    values: dict[str, Value] = {}
    for name in names:
        found = known.get(name)
        if found is not None and found.target is not None:
            sheet, place = found.target
            at = a1(place.top, place.left)
            values[name] = (computed or {}).get((sheet, at), package.value(sheet, at))
    return Snapshot({name: _table(package, name, computed) for name in tables}, values)


# A table longer than this is read row by row, without its elements in memory.
_LONG = 1000


def _table(package: Package, name: str, computed: Mapping[Address, Value] | None) -> TableData:
    table = package.table(name)
    if computed is None and table.data.rows > _LONG:
        try:
            found = _streamed_table(package, table)
        except PackageError:
            found = None  # a form that only the whole sheet's reader knows
        if found is not None:
            return found
    tab = package.sheet(table.sheet)
    left, width = table.area.left, table.area.columns
    formulas = _formula_columns(package, table)
    rows: list[list[Value]] = []
    filled = 0
    for row in range(table.first_row, table.last_row + 1):
        cells: list[Value] = [None] * width
        typed = False
        for column, element in tab.filled_cells(row):
            at = column - left
            if not 0 <= at < width:
                continue
            value = tab.element_value(element)
            if column in formulas:
                if computed is not None:
                    value = computed.get((table.sheet, f"{column_letters(column)}{row}"), value)
            elif value is not None and value != "":
                typed = True
            cells[at] = value
        rows.append(cells)
        if typed:
            filled = len(rows)
    del rows[filled:]
    headers = frozenset(
        header for at, header in enumerate(table.columns, start=left) if at in formulas
    )
    return TableData(table.name, table.columns, rows, headers, table.data.rows)


def _streamed_table(package: Package, table: Table) -> TableData | None:
    streamed = package.streamed(table.sheet)
    if streamed is None:
        return None
    left, width = table.area.left, table.area.columns
    by_row: dict[int, list[Value]] = {}
    formulas: set[int] = set()
    for row, values, computed in streamed:
        if table.first_row <= row <= table.last_row:
            cells: list[Value] = [None] * width
            for column, value in values.items():
                if 0 <= column - left < width:
                    cells[column - left] = value
            by_row[row] = cells
        if row == table.last_row:
            formulas = {column - left for column in computed if 0 <= column - left < width}
    typed = [at for at in range(width) if at not in formulas]
    filled = max(
        (row for row, cells in by_row.items() if any(cells[at] not in (None, "") for at in typed)),
        default=table.first_row - 1,
    )
    blank: list[Value] = [None] * width
    rows = [by_row.get(row, blank) for row in range(table.first_row, filled + 1)]
    headers = frozenset(table.columns[at] for at in formulas)
    return TableData(table.name, table.columns, rows, headers, table.data.rows)


def _formula_columns(package: Package, table: Table) -> frozenset[int]:
    """A column is a formula's where its last row holds one: new rows are copied from it."""
    formulas = package.sheet(table.sheet).formulas
    columns = range(table.area.left, table.area.right + 1)
    return frozenset(column for column in columns if (table.last_row, column) in formulas)


def apply(package: Package, changes: Changes) -> None:
    """Write an action's edits into a workbook.

    Cells are set first, then rows appended, then rows removed, so that all of them may count rows
    as the snapshot did.
    """
    for edit in changes.edits:
        if isinstance(edit, SetCell):
            _set_cell(package, edit)
        elif isinstance(edit, SetName):
            _set_name(package, edit)
        elif isinstance(edit, PutFormula):
            _put_formula(package, edit)
    for edit in changes.edits:
        if isinstance(edit, ReplaceRows):
            _replace(package, edit)
        elif isinstance(edit, AppendRows):
            _append(package, edit)
    removed: dict[str, set[int]] = {}
    for edit in changes.edits:
        if isinstance(edit, RemoveRows):
            removed.setdefault(edit.table, set()).update(edit.rows)
    for name, rows in removed.items():
        _remove(package, name, rows)


def _column(table: Table, header: str) -> int:
    column = table.column(header)
    if column is None:
        raise no_column(table.name, header)
    return column


def _set_cell(package: Package, edit: SetCell) -> None:
    table = package.table(edit.table)
    at = a1(table.first_row + edit.row - 1, _column(table, edit.header))
    package.set_cell(table.sheet, at, edit.value)


def _set_name(package: Package, edit: SetName) -> None:
    known = package.names.get(edit.name)
    if known is None or known.target is None:
        raise no_name(edit.name)
    sheet, place = known.target
    package.set_cell(sheet, a1(place.top, place.left), edit.value)


def _put_formula(package: Package, edit: PutFormula) -> None:
    row, column = cell(edit.address)
    array = area(edit.array) if edit.array else None
    package.sheet(edit.sheet).set_formula(row, column, edit.formula, array)


def _replace(package: Package, edit: ReplaceRows) -> None:
    table = package.table(edit.table)
    columns = {header: _column(table, header) for header in edit.headers}
    written: list[dict[int, object]] = [
        {column: row.get(header) for header, column in columns.items()} for row in edit.rows
    ]
    blank = dict.fromkeys(columns.values())
    written += [dict(blank) for _ in range(table.data.rows - len(written))]
    package.put_rows(table.name, table.first_row, written)


def _append(package: Package, edit: AppendRows) -> None:
    if not edit.rows:
        return
    table = package.table(edit.table)
    headers = dict.fromkeys(header for row in edit.rows for header in row)
    columns = {header: _column(table, header) for header in headers}
    written = [
        {columns[header]: value for header, value in row.items() if value is not None}
        for row in edit.rows
    ]
    package.put_rows(edit.table, _last_filled(package, table) + 1, written)


def _last_filled(package: Package, table: Table) -> int:
    """The sheet row of the last row that holds inputs; the header's where there is none."""
    tab = package.sheet(table.sheet)
    formulas = _formula_columns(package, table)
    for row in range(table.last_row, table.first_row - 1, -1):
        for column, element in tab.filled_cells(row):
            inside = table.area.left <= column <= table.area.right
            if inside and column not in formulas and tab.element_value(element) not in (None, ""):
                return row
    return table.first_row - 1


def _remove(package: Package, name: str, rows: set[int]) -> None:
    """Move the inputs of the rows below up; the table keeps its length, with blank rows."""
    table = package.table(name)
    tab = package.sheet(table.sheet)
    formulas = _formula_columns(package, table)
    inputs = [
        column for column in range(table.area.left, table.area.right + 1) if column not in formulas
    ]
    first = table.first_row + min(rows) - 1
    last = _last_filled(package, table)
    kept = [row for row in range(first, last + 1) if row - table.first_row + 1 not in rows]
    for target, source in enumerate(kept, first):
        for column in inputs:
            value = tab.value(source, column)
            if tab.value(target, column) != value:
                package.set_cell(table.sheet, a1(target, column), value)
    for row in range(first + len(kept), last + 1):
        for column in inputs:
            if tab.value(row, column) is not None:
                package.set_cell(table.sheet, a1(row, column), None)
