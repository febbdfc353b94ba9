"""A table of a workbook read and written row by row, by header: columns may stand in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from addin.package.addresses import a1
from addin.package.package import Package
from addin.package.sheet import Sheet
from addin.package.tables import PackageTable
from addin.package.values import Value


class TableRows:
    """The rows of one table. Rows are sheet rows; the table grows when rows are added to it.

    >>> rows = TableRows(Package.open("plan.xlsx"), "Plan")  # doctest: +SKIP
    >>> [rows.value(row, "Symbol") for row in rows.filled()]  # doctest: +SKIP
    ['OP', 'ARB']
    """

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name

    @property
    def table(self) -> PackageTable:
        """The table as it is now."""
        return self.package.table(self.name)

    @property
    def numbers(self) -> range:
        """The sheet rows of the data."""
        table = self.table
        return range(table.first_row, table.last_row + 1)

    def value(self, row: int, header: str) -> Value:
        """What a cell holds; text that is nothing but spaces is nothing."""
        table = self.table
        value = self.package.sheet(table.sheet).value(row, table.need(header))
        return None if isinstance(value, str) and not value.strip() else value

    def number(self, row: int, header: str) -> float | None:
        """A cell's number, or None where it holds none."""
        value = self.value(row, header)
        return float(value) if isinstance(value, (int, float)) and value is not True else None

    def filled(self) -> Iterator[int]:
        """The sheet rows in which somebody has typed anything."""
        table = self.table
        tab = self.package.sheet(table.sheet)
        return (row for row in self.numbers if _is_filled(tab, table, row))

    def records(self) -> Iterator[dict[str, Value]]:
        """The filled rows as what each column holds; the quick way through a long table."""
        table = self.table
        tab = self.package.sheet(table.sheet)
        columns = list(enumerate(table.columns, start=table.area.left))
        for row in self.filled():
            yield {header: tab.value(row, column) for column, header in columns}

    def column(self, header: str) -> list[Value]:
        """What a column holds, from the first row to the last."""
        table = self.table
        tab, column = self.package.sheet(table.sheet), table.need(header)
        return [tab.value(row, column) for row in self.numbers]

    def need(self, headers: Iterable[str]) -> None:
        """Make sure that the columns are there; PackageError says which one is not."""
        table = self.table
        for header in headers:
            table.need(header)

    def append(self, values: Mapping[str, object]) -> int:
        """Write a new row behind the last filled one; its sheet row."""
        return self.extend([values])[0]

    def extend(self, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Write new rows behind the last filled one; their sheet rows."""
        table = self.table
        first = max(self.filled(), default=self.numbers.start - 1) + 1
        columns = {header: table.need(header) for header in {h for row in rows for h in row}}
        written = [
            {columns[header]: value for header, value in values.items() if value is not None}
            for values in rows
        ]
        self.package.put_rows(self.name, first, written)
        return list(range(first, first + len(rows)))

    def put(self, row: int, header: str, value: object) -> None:
        """Write an input cell, whatever it holds."""
        table = self.table
        self.package.set_cell(table.sheet, a1(row, table.need(header)), value)

    def clear(self, row: int, headers: Iterable[str]) -> None:
        """Empty input cells of a row."""
        for header in headers:
            if self.value(row, header) is not None:
                self.put(row, header, None)


def _is_filled(tab: Sheet, table: PackageTable, row: int) -> bool:
    """Whether anything but formulas stands in a row of the table."""
    if tab.grown is not None and tab.grown.holds(row):
        return any(
            column.formula is None and column.values[row - tab.grown.first] not in (None, "")
            for column in tab.grown.columns.values()
        )
    for column, element in tab.filled_cells(row):
        if table.area.left <= column <= table.area.right and not tab.has_formula(row, column):
            value = tab.element_value(element)
            if value is not None and value != "":
                return True
    return False
