"""A workbook that is open in another process: each question goes there and comes back as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addin.libreoffice.driver import CELL_ERRORS
from addin.package.values import Value
from udfs.errors import CellError
from workbook.actions import ActionError
from workbook.actions.live import CellPosition, LiveTable

Ask = Callable[[str, Sequence[object]], Any]


class RemoteBook:
    """`workbook.actions.live.LiveBook`, asked through a function that calls the other side."""

    takes_formulas = False  # a file's are written in another grammar than the document's

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def tables(self) -> list[LiveTable]:
        """The tables as they stand now."""
        return [
            LiveTable(**{**one, "headers": tuple(one["headers"])})
            for one in self._ask("tables", ())
        ]

    def named(self, name: str) -> CellPosition | None:
        """The first cell of what a name of the workbook stands for."""
        return _place(self._ask("named", (name,)))

    def selected(self) -> CellPosition | None:
        """The cell that the person has chosen."""
        return _place(self._ask("selected", ()))

    def read(self, sheet: str, top: int, left: int, bottom: int, right: int) -> list[list[Value]]:
        """What cells show, row by row."""
        found = self._ask("read", (sheet, top, left, bottom, right))
        rows: list[list[Value]] = [list(row) for row in found["rows"]]
        for row, column, code in found["errors"]:
            rows[row][column] = CELL_ERRORS.get(code, CellError.VALUE)
        return rows

    def formulas(
        self, sheet: str, top: int, left: int, bottom: int, right: int
    ) -> list[tuple[int, int]]:
        """Which of the cells hold formulas."""
        found = self._ask("formulas", (sheet, top, left, bottom, right))
        return [(int(row), int(column)) for row, column in found]

    def begin(self, title: str) -> None:
        """Hold calculation and screen."""
        self._ask("begin", (title,))

    def write(self, sheet: str, row: int, column: int, values: Sequence[Value]) -> None:
        """Put values below each other."""
        if any(isinstance(value, CellError) for value in values):
            raise ActionError(f"{sheet}: an error cannot be written into a cell")
        self._ask("write", (sheet, row, column, list(values)))

    def put_formula(self, place: CellPosition, formula: str, array: str) -> None:
        """Put a formula into a cell."""
        self._ask("put_formula", ((place.sheet, place.row, place.column), formula, array))

    def grow(self, table: LiveTable, rows: int) -> None:
        """More rows at a table's end."""
        told = {
            "sheet": table.sheet,
            "left": table.left,
            "bottom": table.bottom,
            "headers": list(table.headers),
        }
        self._ask("grow", (told, rows))

    def end(self) -> None:
        """Give calculation and screen back."""
        self._ask("end", ())

    def abandon(self) -> None:
        """The same, and take back all that was changed."""
        self._ask("abandon", ())

    def save_copy(self, path: str) -> None:
        """Save a copy of the workbook."""
        self._ask("save_copy", (path,))


def _place(found: Sequence[Any] | None) -> CellPosition | None:
    return None if found is None else CellPosition(str(found[0]), int(found[1]), int(found[2]))
