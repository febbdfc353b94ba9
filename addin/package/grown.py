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
from addin.package.markup import MAIN_NS, escaped
from addin.package.values import Value, cached, input_content, number_text
from addin.package.xml import Element, parse
from udfs.errors import CellError

# In place of the row's own number: no file can hold this sign.
_OWN = "\0"
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
    # The formulas' elements, as the file has them where cells share one; None is the formula.
    written: list[str | None] | None = None

    def down(self, model_row: int) -> FilledDown | None:
        """The formula, which stands like this in one row, in all of them."""
        if self.formula is None:
            return None
        text = with_web_prefix(self.formula.text) if self.web else self.formula.text
        return FilledDown(text, model_row)

    def is_even(self, down: FilledDown | None) -> bool:
        """Whether no cell is missing, and none names another row than its own."""
        return not self.absent if down is None else down.own_row_only and self.written is None

    def ends(
        self, letters: str, numbers: range, start: int, down: FilledDown | None, then: str
    ) -> list[bytes]:
        """What stands in even cells behind the row's number, and `then` what follows on them.

        It is put down once for the same value: mostly the values of some rows are few.
        """
        values = self.values[start : start + len(numbers)]
        formula = ""
        if down is not None:
            formula = self._element(down.in_own_row(_OWN), f"{letters}{_OWN}")
        kinds = set(map(type, values))
        if bool in kinds and len(kinds) > 1:  # TRUE is no 1
            found = [f"{self._end(formula, value)}{then}".encode() for value in values]
        else:
            head, tail = f"{self._style}{self._number}>{formula}<v>", f"</v></c>{then}"
            ends: dict[Value, bytes] = {}
            for value in dict.fromkeys(values):
                if type(value) is float and math.isfinite(value):  # most often
                    ends[value] = f"{head}{number_text(value)}{tail}".encode()
                else:
                    ends[value] = f"{self._end(formula, value)}{then}".encode()
            found = list(map(ends.__getitem__, values))
        if _OWN in formula:
            own = _OWN.encode()
            found = [end.replace(own, b"%d" % row) for row, end in zip(numbers, found, strict=True)]
        return found

    def cells(
        self, letters: str, numbers: range, start: int, down: FilledDown | None, then: str
    ) -> list[bytes]:
        """Whole cells of some rows, and `then` what follows on them."""
        values = self.values[start : start + len(numbers)]
        addresses = [f"{letters}{row}" for row in numbers]
        if down is None:
            found = [
                f'<c r="{cell}{self._end("", value)}'
                for cell, value in zip(addresses, values, strict=True)
            ]
            for at in self.absent.intersection(range(start, start + len(numbers))):
                if self.values[at] is None:
                    found[at - start] = ""
        else:
            formulas = list(map(self._element, down.texts(numbers), addresses))
            if self.written is not None:
                there = self.written[start : start + len(numbers)]
                formulas = [one or other for one, other in zip(there, formulas, strict=True)]
            found = [
                f'<c r="{cell}{self._end(formula, value)}'
                for cell, formula, value in zip(addresses, formulas, values, strict=True)
            ]
        return [f"{cell}{then}".encode() for cell in found]

    def _end(self, formula: str, value: Value) -> str:
        """A cell behind its address; the formula as its element, "" of an input."""
        if not formula:
            is_number = value is None or (type(value) is float and math.isfinite(value))
            return f"{self._style}{self._number if is_number else ''}{input_content(value)}"
        if value is None:
            return f"{self._style}{self._number}>{formula}</c>"
        kind, shown = cached(value)
        if kind is None:
            return f"{self._style}{self._number}>{formula}<v>{shown}</v></c>"
        space = ' xml:space="preserve"' if shown != shown.strip() else ""
        return f'{self._style} t="{kind}">{formula}<v{space}>{escaped(shown)}</v></c>'

    def _element(self, formula: str, address: str) -> str:
        opening = f' t="array" ref="{address}"' if self.array else self.attributes
        return f"<f{opening}>{formula}</f>"

    @property
    def _style(self) -> str:
        return f'" s="{self.style}"' if self.style else '"'

    @property
    def _number(self) -> str:
        return ' t="n"' if self.numbered else ""


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
            written = None
            if mine is not None and mine.written is not None:  # new rows spell their formulas out
                written = [*mine.written, *[None] * there]
            columns[number] = replace(one, values=values, absent=without, written=written)
        return GrownRows(self.first, more.last, self.model_row, self.looks, columns)

    def text(self) -> Iterator[bytes]:
        """The rows as XML, some hundred at a time.

        A row is its number put between pieces, most of which it has in common with other rows:
        hardly anything shorter than a row is put together.
        """
        columns = [
            (column_letters(number), column, column.down(self.model_row))
            for number, column in sorted(self.columns.items())
        ]
        openings = [
            f'<c r="{letters}' if column.is_even(down) else "" for letters, column, down in columns
        ]
        first, *behind = [*openings, "</row>"]
        chunk = max(1, _CHUNK // max(1, len(columns)))
        for start in range(0, self.last - self.first + 1, chunk):
            numbers = range(self.first + start, min(self.first + start + chunk, self.last + 1))
            pieces = [[b'<row r="'] * len(numbers)]
            last = [f'"{self.looks}>{first}'.encode()] * len(numbers)
            for (letters, column, down), opening, then in zip(
                columns, openings, behind, strict=True
            ):
                if opening:
                    pieces.append(last)
                    last = column.ends(letters, numbers, start, down, then)
                else:
                    cells = column.cells(letters, numbers, start, down, then)
                    last = list(map(bytes.__add__, last, cells))
            rows = zip(numbers, *pieces, last, strict=True)
            yield b"".join([(b"%d" % row).join(of_row) for row, *of_row in rows])

    def elements(self, part: str) -> list[Element]:
        """The rows as elements, for the sheet's part."""
        opening = f'<sheetData xmlns="{MAIN_NS}">'.encode()
        return list(parse(b"".join([opening, *self.text(), b"</sheetData>"]), part))
