"""Actions on a closed workbook file: a snapshot of it, and edits written into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from addin.embedded.results import Results
from addin.engine import Address
from addin.package import Package, PackageError, PackageTable, Value
from addin.package.addresses import a1, area, cell, column_letters
from workbook.actions import edits
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
    return Snapshot(_Tables(package, tuple(tables), computed), values)


class _Tables(Mapping[str, TableData]):
    """Tables that are read when they are first asked for: an import of nothing new needs one."""

    def __init__(
        self, package: Package, names: tuple[str, ...], computed: Mapping[Address, Value] | None
    ) -> None:
        known = package.tables
        for name in names:
            if name not in known:
                package.table(name)  # says what is missing
        self._package, self._names, self._computed = package, names, computed
        self._read: dict[str, TableData] = {}

    def __getitem__(self, name: str) -> TableData:
        if name not in self._names:
            raise KeyError(name)
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _table(self._package, name, self._computed)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


# A table longer than this is read row by row, without its elements in memory.
_LONG = 1000


def _table(package: Package, name: str, computed: Mapping[Address, Value] | None) -> TableData:
    table = package.table(name)
    if table.data.rows > _LONG:
        by_columns = _table_by_columns(package, table, computed)
        if by_columns is not None:
            return by_columns
        try:
            found = None if computed is not None else _streamed_table(package, table)
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


def _table_by_columns(
    package: Package, table: PackageTable, computed: Mapping[Address, Value] | None
) -> TableData | None:
    """A long table whose rows are kept as columns anyway."""
    grown = package.long_rows(table.sheet)
    if grown is None or not grown.first <= table.last_row <= grown.last:
        return None
    tab = package.sheet(table.sheet)
    formulas = _formula_columns(package, table)
    above = range(table.first_row, max(grown.first, table.first_row))
    below = range(above.stop, table.last_row + 1)
    known = computed or {}
    columns: list[list[Value]] = []
    for column in range(table.area.left, table.area.right + 1):
        values = tab.column_values(column, table.first_row, table.last_row)
        if computed is not None and column in formulas:
            letters = column_letters(column)
            for at, row in enumerate(above):
                values[at] = known.get((table.sheet, f"{letters}{row}"), values[at])
            shown = computed.column(table.sheet, column, below) if isinstance(
                computed, Results
            ) else None  # fmt: skip
            if shown is None:
                shown = [
                    known.get((table.sheet, f"{letters}{row}"), value)
                    for row, value in zip(below, values[len(above) :], strict=True)
                ]
            values[len(above) :] = shown
        columns.append(values)
    filled = max(
        (
            _filled(values)
            for column, values in enumerate(columns, table.area.left)
            if column not in formulas
        ),
        default=0,
    )
    rows: list[Sequence[Value]] = list(zip(*(values[:filled] for values in columns), strict=True))
    headers = frozenset(
        header for column, header in enumerate(table.columns, table.area.left) if column in formulas
    )
    return TableData(table.name, table.columns, rows, headers, table.data.rows)


def _filled(values: Sequence[Value]) -> int:
    """How many values there are down to the last that is not blank."""
    count = len(values)
    while count and values[count - 1] in (None, ""):
        count -= 1
    return count


def _streamed_table(package: Package, table: PackageTable) -> TableData | None:
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


def _formula_columns(package: Package, table: PackageTable) -> frozenset[int]:
    """A column is a formula's where its last row holds one: new rows are copied from it."""
    tab = package.sheet(table.sheet)
    columns = range(table.area.left, table.area.right + 1)
    return frozenset(column for column in columns if tab.has_formula(table.last_row, column))


def apply(package: Package, changes: edits.Changes) -> None:
    """Write an action's edits into a workbook.

    Cells are set first, then rows appended, then rows removed, so that all of them may count rows
    as the snapshot did.
    """
    for edit in changes.edits:
        if isinstance(edit, edits.SetCell):
            _set_cell(package, edit)
        elif isinstance(edit, edits.SetName):
            _set_name(package, edit)
        elif isinstance(edit, edits.PutFormula):
            _put_formula(package, edit)
    for edit in changes.edits:
        if isinstance(edit, edits.ReplaceRows):
            _replace(package, edit)
        elif isinstance(edit, edits.AppendRows):
            _append(package, edit)
    removed: dict[str, set[int]] = {}
    for edit in changes.edits:
        if isinstance(edit, edits.RemoveRows):
            removed.setdefault(edit.table, set()).update(edit.rows)
    for name, rows in removed.items():
        _remove(package, name, rows)


def _column(table: PackageTable, header: str) -> int:
    column = table.column(header)
    if column is None:
        raise edits.no_column(table.name, header)
    return column


def _set_cell(package: Package, edit: edits.SetCell) -> None:
    table = package.table(edit.table)
    at = a1(table.first_row + edit.row - 1, _column(table, edit.header))
    package.set_cell(table.sheet, at, edit.value)


def _set_name(package: Package, edit: edits.SetName) -> None:
    known = package.names.get(edit.name)
    if known is None or known.target is None:
        raise edits.no_name(edit.name)
    sheet, place = known.target
    package.set_cell(sheet, a1(place.top, place.left), edit.value)


def _put_formula(package: Package, edit: edits.PutFormula) -> None:
    row, column = cell(edit.address)
    array = area(edit.array) if edit.array else None
    package.sheet(edit.sheet).set_formula(row, column, edit.formula, array)


def _replace(package: Package, edit: edits.ReplaceRows) -> None:
    table = package.table(edit.table)
    columns = {header: _column(table, header) for header in edit.headers}
    written: list[dict[int, object]] = [
        {column: row.get(header) for header, column in columns.items()} for row in edit.rows
    ]
    blank = dict.fromkeys(columns.values())
    written += [dict(blank) for _ in range(table.data.rows - len(written))]
    package.put_rows(table.name, table.first_row, written)


def _append(package: Package, edit: edits.AppendRows) -> None:
    if not edit.rows:
        return
    table = package.table(edit.table)
    package.put_rows(edit.table, _last_filled(package, table) + 1, _ByColumn(edit.rows, table))


class _Columns(dict[str, int]):
    """A table's columns, looked up when they are first met."""

    def __init__(self, table: PackageTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, header: str) -> int:
        found = self[header] = _column(self._table, header)
        return found


class _ByColumn(Collection[Mapping[int, object]]):
    """Rows by sheet column, made one after the other: many of them would fill the memory."""

    def __init__(self, rows: Collection[Mapping[str, object]], table: PackageTable) -> None:
        self._rows, self._columns = rows, _Columns(table)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Mapping[int, object]]:
        columns = self._columns
        for row in self._rows:
            yield {columns[header]: value for header, value in row.items() if value is not None}

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def _last_filled(package: Package, table: PackageTable) -> int:
    """The sheet row of the last row that holds inputs; the header's where there is none."""
    tab = package.sheet(table.sheet)
    formulas = _formula_columns(package, table)
    inputs = [
        column for column in range(table.area.left, table.area.right + 1) if column not in formulas
    ]
    for row in range(table.last_row, table.first_row - 1, -1):
        if any(tab.value(row, column) not in (None, "") for column in inputs):
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
