"""Rows that a table has grown by, kept as columns: they become text when the file is written.

Ten thousand rows of sixty cells as XML elements take a gigabyte and most of the time. As long as
nothing asks for their elements, there are none (see `Sheet.grown`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from addin.package.addresses import Area, column_letters
from addin.package.cell_formula import CellFormula
from addin.package.filled_down import FilledDown
from addin.package.formula_text import moved, with_web_prefix
from addin.package.markup import escaped
from addin.package.values import Value, cached, input_content, number_text
from udfs.errors import CellError

_CHUNK = 10_000  # cells, of some hundred bytes each


@dataclass
class GrownColumn:
    """One column's cells: all alike but for their values."""

    style: str | None
    formula: CellFormula | None
    values: list[Value]  # inputs, or what the formula shows
    array: bool = False
    web: bool = False  # whether the sheet names formulas as an Office.js add-in's are saved
    absent: frozenset[int] = frozenset()  # places of inputs for which the file has no cell
    attributes: str = ""  # of the formulas' elements
    numbered: bool = False  # whether cells of numbers, and blank inputs, say that they are that

    def down(self, model_row: int) -> FilledDown | None:
        """The formula, which stands like this in one row, in all of them."""
        if self.formula is None:
            return None
        text = with_web_prefix(self.formula.text) if self.web else self.formula.text
        return FilledDown(text, model_row)

    def texts(self, letters: str, numbers: range, start: int, down: FilledDown | None) -> list[str]:
        """The cells of some rows as XML; `start` is the first one's place among the values."""
        style = f'" s="{self.style}"' if self.style else '"'
        values = self.values[start : start + len(numbers)]
        number = ' t="n"' if self.numbered else ""
        if down is None:
            cells = self._typed(f'<c r="{letters}', style, number, numbers, values)
            if self.absent:
                for at, value in enumerate(values):
                    if value is None and start + at in self.absent:
                        cells[at] = ""
            return cells
        if down.same is not None and not self.array:
            return self._alike(f'<c r="{letters}', style, down.same, numbers, values)
        return [
            self._formula_cell(f"{letters}{row}", style, text, value)
            for row, text, value in zip(numbers, down.texts(numbers), values, strict=True)
        ]

    def _typed(
        self, start: str, style: str, number: str, numbers: range, values: list[Value]
    ) -> list[str]:
        """Cells of inputs: the same text again, such as a symbol, is put down once."""
        ends: dict[str, str] = {}
        cells = []
        for row, value in zip(numbers, values, strict=True):
            if type(value) is float and math.isfinite(value):
                cells.append(f"{start}{row}{style}{number}><v>{number_text(value)}</v></c>")
            elif type(value) is str:
                end = ends.get(value)
                if end is None:
                    end = ends[value] = style + input_content(value)
                cells.append(f"{start}{row}{end}")
            else:
                kind = number if value is None else ""
                cells.append(f"{start}{row}{style}{kind}{input_content(value)}")
        return cells

    def _alike(
        self, start: str, style: str, formula: str, numbers: range, values: list[Value]
    ) -> list[str]:
        """Cells of one formula: what is behind their addresses is the same for the same text."""
        number = ' t="n"' if self.numbered else ""
        head = f"{style}{number}><f{self.attributes}>{formula}</f><v>"
        ends: dict[str | float, str] = {}  # mostly the values of some rows are few
        cells = []
        for row, value in zip(numbers, values, strict=True):
            if type(value) is float:  # most often; never what is no number
                end = ends.get(value)
                if end is None:
                    end = ends[value] = f"{head}{number_text(value)}</v></c>"
                cells.append(f"{start}{row}{end}")
            elif type(value) is str:
                end = ends.get(value)
                if end is None:
                    end = ends[value] = self._formula_cell("", style, formula, value)[6:]
                cells.append(f"{start}{row}{end}")
            else:
                cells.append(self._formula_cell(f"{start[6:]}{row}", style, formula, value))
        return cells

    def _formula_cell(self, address: str, style: str, text: str, value: Value) -> str:
        opening = f'f t="array" ref="{address}"' if self.array else f"f{self.attributes}"
        number = ' t="n"' if self.numbered else ""
        if type(value) is float:  # most often; never what is no number
            shown = number_text(value)
            return f'<c r="{address}{style}{number}><{opening}>{text}</f><v>{shown}</v></c>'
        if value is None:
            return f'<c r="{address}{style}{number}><{opening}>{text}</f></c>'
        kind, shown = cached(value)
        if kind is None:
            return f'<c r="{address}{style}{number}><{opening}>{text}</f><v>{shown}</v></c>'
        space = ' xml:space="preserve"' if shown != shown.strip() else ""
        shown = escaped(shown)
        return f'<c r="{address}{style} t="{kind}"><{opening}>{text}</f><v{space}>{shown}</v></c>'


@dataclass
class GrownRows:
    """The new rows of one table."""

    first: int
    last: int
    model_row: int  # which they look and compute like
    looks: str  # of a row: its height and the like
    columns: dict[int, GrownColumn] = field(default_factory=dict)

    def holds(self, row: int) -> bool:
        """Whether it is one of these rows."""
        return self.first <= row <= self.last

    def value(self, row: int, column: int) -> Value:
        """A cell's value; for a formula what it was last found to show."""
        found = self.columns.get(column)
        return None if found is None else found.values[row - self.first]

    def has_formula(self, column: int) -> bool:
        """Whether a column computes."""
        found = self.columns.get(column)
        return found is not None and found.formula is not None

    def formula(self, row: int, column: int) -> CellFormula | None:
        """What a cell computes."""
        found = self.columns.get(column) if self.holds(row) else None
        if found is None or found.formula is None:
            return None
        return found.formula._replace(text=moved(found.formula.text, row - self.model_row, 0))

    def each_formula(self) -> Iterator[tuple[tuple[int, int], CellFormula]]:
        """The first formula of each column, with its row and column."""
        for number in self.columns:
            formula = self.formula(self.first, number)
            if formula is not None:
                yield (self.first, number), formula

    @property
    def formulas(self) -> int:
        """How many formulas the rows have."""
        computing = sum(column.formula is not None for column in self.columns.values())
        return computing * (self.last - self.first + 1)

    def errors(self) -> Iterator[tuple[int, int]]:
        """Row and column of the formulas that show an error."""
        for number, column in self.columns.items():
            if column.formula is not None and CellError in set(map(type, column.values)):
                for at, value in enumerate(column.values):
                    if isinstance(value, CellError):
                        yield self.first + at, number

    def holds_error(self, block: Area) -> bool:
        """Whether somebody has typed an error into a cell of a range."""
        rows = slice(max(0, block.top - self.first), max(0, block.bottom + 1 - self.first))
        return any(
            isinstance(value, CellError)
            for number, column in self.columns.items()
            if block.left <= number <= block.right and column.formula is None
            for value in column.values[rows]
        )

    def put(self, row: int, column: int, value: Value) -> bool:
        """Put an input into a cell; False if it is none of these columns."""
        found = self.columns.get(column) if self.holds(row) else None
        if found is None or found.formula is not None:
            return False
        found.values[row - self.first] = value
        return True

    def with_rows(self, more: GrownRows) -> GrownRows:
        """These rows and those right behind them, which look alike."""
        here, there = self.last - self.first + 1, more.last - more.first + 1
        columns = {}
        for number in sorted({*self.columns, *more.columns}):
            mine, new = self.columns.get(number), more.columns.get(number)
            one = mine or new
            assert one is not None
            values = [
                *(mine.values if mine else [None] * here), *(new.values if new else [None] * there)
            ]  # fmt: skip
            absent = range(here) if mine is None else mine.absent
            behind = range(there) if new is None else new.absent
            without = frozenset([*absent, *[here + at for at in behind]])
            columns[number] = replace(one, values=values, absent=without)
        return GrownRows(self.first, more.last, self.model_row, self.looks, columns)

    def text(self) -> Iterator[str]:
        """The rows as XML, some hundred at a time."""
        columns = [
            (column_letters(number), column, column.down(self.model_row))
            for number, column in sorted(self.columns.items())
        ]
        chunk = max(1, _CHUNK // max(1, len(columns)))
        for start in range(0, self.last - self.first + 1, chunk):
            numbers = range(self.first + start, min(self.first + start + chunk, self.last + 1))
            cells = [
                column.texts(letters, numbers, start, down) for letters, column, down in columns
            ]
            yield "".join(
                [
                    f'<row r="{row}"{self.looks}>{"".join(of_row)}</row>'
                    for row, *of_row in zip(numbers, *cells, strict=True)
                ]
            )
