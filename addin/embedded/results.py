"""What the formulas of a workbook show, long columns as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from addin.engine import Address
from addin.package.addresses import a1, cell
from addin.package.values import Value


class Results(Mapping[Address, Value]):
    """Values by sheet and address, of formulas only; a million of them are not a dictionary."""

    def __init__(
        self,
        cells: Mapping[Address, Value],
        columns: Mapping[tuple[str, int], tuple[int, Sequence[Value]]],
    ) -> None:
        self._cells = cells
        self._columns = columns  # by sheet and column: the first row, and the values

    def __getitem__(self, at: Address) -> Value:
        if at in self._cells:
            return self._cells[at]
        row, column = cell(at[1])
        first, values = self._columns.get((at[0], column), (0, ()))
        if not first <= row < first + len(values):
            raise KeyError(at)
        return values[row - first]

    def __iter__(self) -> Iterator[Address]:
        yield from self._cells
        for (sheet, column), (first, values) in self._columns.items():
            for row in range(first, first + len(values)):
                yield sheet, a1(row, column)

    def __len__(self) -> int:
        return len(self._cells) + sum(len(values) for _, values in self._columns.values())

    def column(self, sheet: str, column: int, rows: range) -> Sequence[Value] | None:
        """The values in these rows of a column, where they are kept as such."""
        first, values = self._columns.get((sheet, column), (0, ()))
        if not first <= rows.start <= rows.stop <= first + len(values):
            return None
        return values[rows.start - first : rows.stop - first]
