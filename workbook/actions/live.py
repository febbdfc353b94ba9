"""Actions on a workbook that is open in a spreadsheet program.

`LiveBook` is all that a program has to offer; what an edit means is written here, once for all
programs. Rows and columns are those of the sheet and count from 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from addin.package.addresses import a1, cell
from addin.package.errors import PackageError
from addin.package.values import Value, as_input
from workbook.actions.edits import (
    ActionError,
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


@dataclass(frozen=True, slots=True)
class CellPosition:
    """A cell."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class LiveTable:
    """Where a table stands; its title row is `top`, its last data row `bottom`."""

    name: str
    sheet: str
    top: int
    left: int
    bottom: int
    headers: tuple[str, ...]
    totals: bool = False

    @property
    def right(self) -> int:
        """Its last column."""
        return self.left + len(self.headers) - 1

    @property
    def first(self) -> int:
        """Its first data row."""
        return self.top + 1

    def column(self, header: str) -> int:
        """The sheet's column under a title; upper and lower case are one."""
        for at, known in enumerate(self.headers, self.left):
            if known.casefold() == header.casefold():
                return at
        raise no_column(self.name, header)

    def has_row_of(self, place: CellPosition) -> bool:
        """Whether a cell stands in the row of one of its data rows, as a whole row's first does."""
        return place.sheet == self.sheet and self.first <= place.row <= self.bottom


class LiveBook(Protocol):
    """An open workbook. What cannot be done raises ActionError, in words for the person."""

    def tables(self) -> Sequence[LiveTable]:
        """The tables as they stand now."""
        ...

    def named(self, name: str) -> CellPosition | None:
        """The first cell of what a name of the workbook stands for."""
        ...

    def selected(self) -> CellPosition | None:
        """The cell that the person has chosen."""
        ...

    def read(
        self, sheet: str, top: int, left: int, bottom: int, right: int
    ) -> Sequence[Sequence[Value]]:
        """What cells show, row by row; a blank one is None or ""."""
        ...

    def formulas(
        self, sheet: str, top: int, left: int, bottom: int, right: int
    ) -> Iterable[tuple[int, int]]:
        """Which of the cells hold formulas, as row and column."""
        ...

    def begin(self, title: str) -> None:
        """Hold calculation and screen; all changes until `end` are one step to undo."""
        ...

    def write(self, sheet: str, row: int, column: int, values: Sequence[Value]) -> None:
        """Put values below each other into input cells; text stays text, None empties."""
        ...

    def put_formula(self, place: CellPosition, formula: str, array: str) -> None:
        """Put a formula into a cell, or, with its range, into the cells of an array."""
        ...

    def grow(self, table: LiveTable, rows: int) -> None:
        """More rows at a table's end: formulas and looks of its last one, and blank inputs."""
        ...

    def end(self) -> None:
        """Give calculation and screen back as they were."""
        ...

    def abandon(self) -> None:
        """The same, and take back all that was changed since `begin`."""
        ...

    def save_copy(self, path: str) -> None:
        """Save a copy of the workbook, as .xlsx or .xlsm."""
        ...


def find_table(tables: Iterable[LiveTable], name: str) -> LiveTable | None:
    """One of the tables by name; upper and lower case are one."""
    return next((one for one in tables if one.name.casefold() == name.casefold()), None)


def snapshot(book: LiveBook, tables: Iterable[str], names: Iterable[str] = ()) -> Snapshot:
    """Tables and named cells of an open workbook, formulas with what they show."""
    wanted = tuple(tables)
    known = {one.name.casefold(): one for one in book.tables()} if wanted else {}
    found = {name: known[name.casefold()] for name in wanted if name.casefold() in known}
    values: dict[str, Value] = {}
    for name in names:
        at = book.named(name)
        if at is not None:
            ((value,),) = book.read(at.sheet, at.row, at.column, at.row, at.column)
            values[name] = value
    return Snapshot({name: _data(book, table) for name, table in found.items()}, values)


def _data(book: LiveBook, table: LiveTable) -> TableData:
    rows = book.read(table.sheet, table.first, table.left, table.bottom, table.right)
    computing = _computing(book, table)
    filled = _filled(table, rows, computing)
    headers = frozenset(
        header for at, header in enumerate(table.headers, table.left) if at in computing
    )
    return TableData(
        table.name, table.headers, [list(row) for row in rows[:filled]], headers, len(rows)
    )


def _computing(book: LiveBook, table: LiveTable) -> set[int]:
    """A column computes where its last row holds a formula: new rows are copied from it."""
    held = book.formulas(table.sheet, table.bottom, table.left, table.bottom, table.right)
    return {column for _, column in held}


def _filled(table: LiveTable, rows: Sequence[Sequence[Value]], computing: set[int]) -> int:
    """How many rows there are up to the last one with an input."""
    inputs = [at for at in range(len(table.headers)) if at + table.left not in computing]
    for count in range(len(rows), 0, -1):
        if any(rows[count - 1][at] not in (None, "") for at in inputs):
            return count
    return 0


NOT_TAKEN_BACK = (
    "Not all that was written before could be taken back: close the workbook without saving it"
)


def apply(book: LiveBook, changes: Changes, title: str) -> None:
    """Write an action's edits into an open workbook, as one step; all of them or none."""
    book.begin(title)
    try:
        _Writing(book).apply(changes)
        book.end()
    except BaseException as problem:
        # What went wrong is what the person is told, not what that led to.
        try:
            book.abandon()
        except Exception:
            problem.add_note(NOT_TAKEN_BACK)
        raise


class _Writing:
    def __init__(self, book: LiveBook) -> None:
        self._book = book
        # Asking where the tables stand takes a program hundreds of calls.
        self._known: Sequence[LiveTable] | None = None

    def apply(self, changes: Changes) -> None:
        """Set cells, put rows, take rows out: all may count rows as the snapshot did."""
        cells: dict[CellPosition, object] = {}
        for edit in changes.edits:
            if isinstance(edit, SetCell):
                table = self._table(edit.table)
                row = table.first + edit.row - 1
                cells[CellPosition(table.sheet, row, table.column(edit.header))] = edit.value
            elif isinstance(edit, SetName):
                place = self._book.named(edit.name)
                if place is None:
                    raise no_name(edit.name)
                cells[place] = edit.value
        self._write(cells)
        for edit in changes.edits:
            if isinstance(edit, PutFormula):
                self._put_formula(edit)
        for edit in changes.edits:
            if isinstance(edit, ReplaceRows):
                self._replace(edit)
            elif isinstance(edit, AppendRows):
                self._append(edit)
        removed: dict[str, set[int]] = {}
        for edit in changes.edits:
            if isinstance(edit, RemoveRows):
                removed.setdefault(edit.table, set()).update(edit.rows)
        for name, rows in removed.items():
            self._remove(self._table(name), rows)

    def _tables(self) -> Sequence[LiveTable]:
        if self._known is None:
            self._known = self._book.tables()
        return self._known

    def _table(self, name: str) -> LiveTable:
        found = find_table(self._tables(), name)
        if found is None:
            raise ActionError(
                f"the workbook has no table {name}: make one with isomargin new or isomargin fill"
            )
        return found

    def _write(self, cells: Mapping[CellPosition, object]) -> None:
        """Values into cells, runs below each other at once."""
        for sheet, column, first, values in _runs(cells):
            last = first + len(values) - 1
            for row, _ in self._book.formulas(sheet, first, column, last, column):
                raise ActionError(
                    f"{sheet}!{a1(row, column)} holds a formula: type into an input cell instead"
                )
            self._book.write(sheet, first, column, values)

    def _put_formula(self, edit: PutFormula) -> None:
        place = CellPosition(edit.sheet, *cell(edit.address))
        self._book.put_formula(place, edit.formula, edit.array)

    def _append(self, edit: AppendRows) -> None:
        table = self._table(edit.table)
        rows = self._book.read(table.sheet, table.first, table.left, table.bottom, table.right)
        after = table.first + _filled(table, rows, _computing(self._book, table))
        self._rows(table, after, [{k: v for k, v in r.items() if v is not None} for r in edit.rows])

    def _replace(self, edit: ReplaceRows) -> None:
        table = self._table(edit.table)
        count = max(len(edit.rows), table.bottom - table.top)
        given = [*edit.rows, *[{} for _ in range(count - len(edit.rows))]]
        rows = [{header: row.get(header) for header in edit.headers} for row in given]
        self._rows(table, table.first, rows)

    def _rows(self, table: LiveTable, first: int, rows: Sequence[Mapping[str, object]]) -> None:
        missing = first + len(rows) - 1 - table.bottom
        if missing > 0:
            self._refuse_obstacles(table, missing)
            self._book.grow(table, missing)
            self._known = None
        self._write(
            {
                CellPosition(table.sheet, row, table.column(header)): value
                for row, values in enumerate(rows, first)
                for header, value in values.items()
            }
        )

    def _refuse_obstacles(self, table: LiveTable, more: int) -> None:
        if table.totals:
            raise ActionError(
                f"the table {table.name} has a totals row: switch it off before adding rows"
            )
        first, last = table.bottom + 1, table.bottom + more
        for other in self._tables():
            beside = other.right < table.left or other.left > table.right
            if other.sheet == table.sheet and not beside and first <= other.top <= last:
                raise _in_the_way(table, last, f"the table {other.name}")
        cells = self._book.read(table.sheet, first, table.left, last, table.right)
        held = set(self._book.formulas(table.sheet, first, table.left, last, table.right))
        for row, values in enumerate(cells, first):
            for column, value in enumerate(values, table.left):
                if value not in (None, "") or (row, column) in held:
                    raise _in_the_way(table, last, f"the cell {a1(row, column)}")

    def _remove(self, table: LiveTable, gone: set[int]) -> None:
        """Move the inputs of the rows below up; the table keeps its length, with blank rows."""
        rows = self._book.read(table.sheet, table.first, table.left, table.bottom, table.right)
        computing = _computing(self._book, table)
        filled = _filled(table, rows, computing)
        kept = [row for at, row in enumerate(rows[:filled], 1) if at not in gone]
        cells: dict[CellPosition, object] = {}
        for at, before in enumerate(rows[:filled]):
            for column, value in enumerate(before, table.left):
                now = kept[at][column - table.left] if at < len(kept) else None
                if column not in computing and now != value:
                    cells[CellPosition(table.sheet, table.first + at, column)] = now
        self._write(cells)


def _in_the_way(table: LiveTable, last: int, what: str) -> ActionError:
    return ActionError(
        f"the table {table.name} cannot grow to row {last} of {table.sheet!r}: {what} is in the"
        " way. Move it first"
    )


def _runs(cells: Mapping[CellPosition, object]) -> Iterator[tuple[str, int, int, list[Value]]]:
    """Cells as runs below each other: sheet, column, first row, values."""
    ordered = sorted(cells, key=lambda place: (place.sheet, place.column, place.row))
    for _, run in itertools.groupby(
        enumerate(ordered), lambda item: (item[1].sheet, item[1].column, item[1].row - item[0])
    ):
        places = [place for _, place in run]
        start = places[0]
        values = [_input(place, cells[place]) for place in places]
        yield start.sheet, start.column, start.row, values


def _input(place: CellPosition, value: object) -> Value:
    try:
        return as_input(value, date1904=False)
    except PackageError as error:
        raise ActionError(f"{place.sheet}!{a1(place.row, place.column)}: {error}") from None
