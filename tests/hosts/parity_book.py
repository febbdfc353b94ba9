"""A workbook with every parity input in it: arguments in cells, the formula beside them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.formula import ArrayFormula

from addin.package.addresses import a1
from tests.hosts.parity_inputs import Case
from tests.typed import as_typed
from udfs import OMITTED, CellError

Results = Mapping[tuple[str, str], Any]


@dataclass(frozen=True)
class Placed:
    """A case and the cells that its formula fills."""

    case: Case
    sheet: str
    row: int
    column: int
    height: int
    width: int
    scalar: bool

    def result(self, values: Results) -> Any:
        """What a host shows in these cells."""
        rows = [
            [values.get((self.sheet, a1(self.row + r, self.column + c))) for c in range(self.width)]
            for r in range(self.height)
        ]
        return rows[0][0] if self.scalar else rows


def parity_book(shaped: Iterable[tuple[Case, Any]]) -> tuple[bytes, list[Placed]]:
    """The workbook, and where each case stands; each comes with a result of the right shape."""
    book = Workbook(write_only=True)
    sheets: dict[str, Any] = {}
    placed = []
    for case, result in shaped:
        title = case.formula.removeprefix("ISO_")[:31]
        if title not in sheets:
            sheets[title] = _Sheet(book.create_sheet(title))
        placed.append(sheets[title].add(case, result))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue(), placed


class _Sheet:
    """One formula's sheet, filled from the top."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.row = 1

    def add(self, case: Case, result: Any) -> Placed:
        scalar = not isinstance(result, list)
        height, width = (1, 1) if scalar else (len(result), len(result[0]))
        cells: dict[tuple[int, int], Any] = {}
        column = 1
        texts = []
        for value in case.arguments:
            if case.typed:
                texts.append(as_typed(value))
            elif value is OMITTED:
                texts.append("")
            else:
                rows = value if isinstance(value, list) else [[value]]
                for r, line in enumerate(rows):
                    for c, cell in enumerate(line):
                        cells[r, column + c] = cell
                last = a1(self.row + len(rows) - 1, column + len(rows[0]) - 1)
                first = a1(self.row, column)
                texts.append(f"{first}:{last}" if isinstance(value, list) else first)
                column += len(rows[0])
        formula = f"={case.formula}({','.join(texts)})"
        column += 1
        placed = Placed(case, self.tab.title, self.row, column, height, width, scalar)
        if not scalar:
            area = f"{a1(self.row, column)}:{a1(self.row + height - 1, column + width - 1)}"
            cells[0, column] = ArrayFormula(area, formula)
        else:
            cells[0, column] = _Formula(formula)
        self._write(cells, height)
        return placed

    def _write(self, cells: dict[tuple[int, int], Any], height: int) -> None:
        count = max(height, 1 + max(row for row, _ in cells))
        for row in range(count):
            wide = max((column for r, column in cells if r == row), default=0)
            self.tab.append([self._cell(cells.get((row, c + 1))) for c in range(wide)])
        self.tab.append([])
        self.row += count + 1

    def _cell(self, value: Any) -> Any:
        if value is None or isinstance(value, (ArrayFormula, bool)):
            return value
        if isinstance(value, _Formula):
            return value.text
        if value == "":
            return '=""'  # a cell cannot hold an empty text, a formula can show one
        cell = WriteOnlyCell(self.tab, value=0)
        if isinstance(value, CellError):
            cell.value = value.value
            cell.data_type = "e"
        elif isinstance(value, str):
            cell.value = value
            cell.data_type = "s"  # whatever it looks like
        else:
            # As text, to the last digit: openpyxl would round a number to 16 digits.
            cell.value = repr(float(value))
            cell.data_type = "n"
        return cell


@dataclass(frozen=True)
class _Formula:
    text: str
