"""What people do to a table in LibreOffice itself: sort it, filter it, move and add columns.

Requests of `office_worker`: runs in LibreOffice's Python, standard library and uno only.
"""

from __future__ import annotations

from typing import Any

from addin.libreoffice import worker

Uno = Any


def sort(self: Any, table: str, header: str, down: bool, rows: int) -> None:
    """Sort a table's first rows through the cells themselves."""
    import uno  # type: ignore[import-not-found,unused-ignore]
    from com.sun.star.table import (  # type: ignore[import-not-found,unused-ignore]
        TableSortField,
    )

    cells, at = _first(self, table, header, rows)
    field = TableSortField()
    field.Field, field.IsAscending = at, not down
    by = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    uno.invoke(cells, "sort", (worker.properties(ContainsHeader=True, SortFields=by),))


def sort_by_menu(self: Any, table: str, header: str, down: bool, rows: int) -> None:
    """Choose a table's first rows, and Data > Sort."""
    cells, at = _first(self, table, header, rows)
    controller = self.document.CurrentController
    controller.setActiveSheet(cells.Spreadsheet)
    controller.select(cells)
    how = {"ByRows": True, "HasHeader": True, "IncludeAttribs": True, "Ascending1": not down}
    self.service("com.sun.star.frame.DispatchHelper").executeDispatch(
        controller.Frame, ".uno:DataSort", "", 0,
        worker.properties(**how, Col1=cells.RangeAddress.StartColumn + at + 1),
    )  # fmt: skip


def keep_only(self: Any, table: str, header: str, text: str) -> None:
    """Set a table's filter."""
    import uno
    from com.sun.star.sheet import (  # type: ignore[import-not-found,unused-ignore]
        TableFilterField,
    )

    found = self.document.DatabaseRanges.getByName(table)
    field = TableFilterField()
    field.Field = _titles(_cells(self, table)).index(header)
    field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    field.IsNumeric, field.StringValue = False, text
    found.AutoFilter = True
    wanted = found.getFilterDescriptor()
    wanted.ContainsHeader = True
    wanted.setFilterFields((field,))
    found.refresh()


def hidden(self: Any, table: str) -> list[int]:
    """The rows of a table that its filter hides, from 1."""
    rows = _cells(self, table).Rows
    return [at for at in range(rows.Count) if rows.getByIndex(at).IsFiltered]


def insert_column(self: Any, table: str, before: str, title: str) -> None:
    """Insert a column of the sheet into a table; in its first row stands a word of one's own."""
    own = _inserted(self, table, before)
    own.getCellByPosition(0, 0).setString(title)
    own.getCellByPosition(0, 1).setString("mine")


def move_column(self: Any, table: str, header: str, before: str) -> None:
    """Take a column out, and put it in before another one."""
    target = _inserted(self, table, before)
    cells = _cells(self, table)
    at = _titles(cells).index(header)
    source = cells.getCellRangeByPosition(at, 0, at, cells.Rows.Count - 1)
    place = source.RangeAddress.StartColumn  # the cells themselves go along with what is moved
    sheet = cells.Spreadsheet
    sheet.moveRange(target.getCellByPosition(0, 0).CellAddress, source.RangeAddress)
    sheet.Columns.removeByIndex(place, 1)


def _inserted(self: Any, table: str, before: str) -> Uno:
    cells = _cells(self, table)
    area = cells.RangeAddress
    column = area.StartColumn + _titles(cells).index(before)
    cells.Spreadsheet.Columns.insertByIndex(column, 1)
    return cells.Spreadsheet.getCellRangeByPosition(column, area.StartRow, column, area.EndRow)


def _cells(self: Any, table: str) -> Uno:
    return self.document.DatabaseRanges.getByName(table).getReferredCells()


def _titles(cells: Uno) -> list[str]:
    return list(cells.getCellRangeByPosition(0, 0, cells.Columns.Count - 1, 0).getDataArray()[0])


def _first(self: Any, table: str, header: str, rows: int) -> tuple[Uno, int]:
    cells = _cells(self, table)
    found = cells.getCellRangeByPosition(0, 0, cells.Columns.Count - 1, rows)
    return found, _titles(cells).index(header)


REQUESTS = (sort, sort_by_menu, keep_only, hidden, insert_column, move_column)
