"""The workbook as the engine gets it: values, formulas and names, nothing else.

Built anew rather than stripped, so that nothing in a user's file (styles, icon sets, spilled
values, cached results) can trip the engine; and without number formats every date is the serial
number that formulas count with.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from addin.embedded.columns.needs import FilledCells
from addin.embedded.columns.runs import Block, Run, columns_left
from addin.embedded.engine_columns import engine_column
from addin.embedded.engine_names import engine_name
from addin.embedded.own_calls import fitted, kept, part_of
from addin.embedded.parts import ROW
from addin.embedded.rewrite import Rewriter
from addin.embedded.unread import unread_columns
from addin.package import DefinedName, Package
from addin.package.addresses import Area, a1, column_letters
from addin.package.cell_formula import CellFormula
from addin.package.markup import (
    escaped,
    quoted,
    unescaped,
)
from addin.package.parts import minimal_workbook
from addin.package.sheet import Sheet
from addin.package.values import Value, cached

# What a cell shows that nobody but Excel can compute, where the file has no value for it.
_UNKNOWN = {True: "#REF!", False: "ENGINE_UNKNOWN()"}  # there is no such function
_ANOTHER = "another workbook"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


# Sheet, row and column.
Place: TypeAlias = tuple[str, int, int]


class Stretch(NamedTuple):
    """Formulas below each other, and what the file has them show."""

    column: int
    first: int
    values: list[Value]


class EngineCopy(NamedTuple):
    """A workbook for the engine, and what has to be known of its formulas."""

    content: bytes
    candidates: list[Place]
    kept: dict[Place, str]
    unknown: dict[Place, str]
    texts: dict[str, dict[str, Area]]
    # By sheet and text what is read, where that is known already.
    reads: dict[tuple[str, str], list[Block]]
    # Whether formulas are left out whose results the file has.
    partial: bool = False
    # Whether some of these results are left out, too.
    lacking: bool = False
    # By sheet the formulas that are in it, of the sheets for which that is known.
    filed: Mapping[str, list[Stretch]] = {}
    # Formulas of long rows that are filled down.
    down: Sequence[FilledCells] = ()
    # The arrays whose results are those of the file.
    in_place: Collection[Place] = frozenset()


def engine_copy(
    package: Package,
    rewriter: Rewriter,
    may_be_array: Callable[[str], bool],
    elsewhere: Collection[Run] = (),
    keep: Mapping[Place, str] | None = None,
) -> EngineCopy:
    """The bytes of a workbook that computes like `package` in the engine.

    The runs that are computed `elsewhere` are left out of it. With it come the plain formulas of
    which `may_be_array` says so by their text, the cells that keep the file's own value, with the
    reason (those to `keep` among them), those that should and have none, and the formulas by sheet,
    each text once, with the range around all its cells.
    """
    numbers = itertools.count()
    unread = unread_columns(package)
    copies = [
        SheetCopy(
            package.sheet(name),
            rewriter,
            may_be_array,
            numbers,
            elsewhere,
            keep or {},
            unread.get(name, ()),
        )
        for name in package.sheets
    ]
    content = minimal_workbook(
        [engine_name(name) for name in package.sheets],
        [copy.rows() for copy in copies],
        names_xml(package.all_names, rewriter),
    )
    candidates = [place for copy in copies for place in copy.candidates]
    kept_cells = {at: why for copy in copies for at, why in copy.kept.items()}
    unknown = {at: why for copy in copies for at, why in copy.unknown.items()}
    texts = {copy.name: copy.texts for copy in copies}
    down = [filled for copy in copies for filled in copy.down]
    return EngineCopy(content, candidates, kept_cells, unknown, texts, {}, down=down)


class _Column(NamedTuple):
    """A formula that is the same in all rows of a table."""

    first_row: int
    last_row: int
    text: str
    element: str  # the cell, with ROW in it
    may_be_array: bool
    why_not: str


class SheetCopy:
    """One sheet's rows being written."""

    def __init__(
        self,
        sheet: Sheet,
        rewriter: Rewriter,
        may_be_array: Callable[[str], bool],
        numbers: Iterator[int],
        elsewhere: Collection[Run],
        keep: Mapping[Place, str],
        unread: Collection[int] = (),
    ) -> None:
        self._unread = unread
        self.name = sheet.name
        self.texts: dict[str, Area] = {}
        # By column, the rows that are computed elsewhere.
        self._elsewhere: dict[int, list[range]] = defaultdict(list)
        for run in elsewhere:
            if run.sheet == sheet.name:
                self._elsewhere[run.column].append(range(run.first, run.last + 1))
        self.candidates: list[Place] = []
        self.kept: dict[Place, str] = {}
        self.unknown: dict[Place, str] = {}
        self._keep = keep
        self._sheet = sheet
        self._rewriter = rewriter
        self._may_be_array = may_be_array
        # The cells that array formulas fill, by row and column.
        self.arrays = self._array_cells(numbers)
        self._columns: dict[tuple[CellFormula, int], _Column] = {}
        self._runs = elsewhere
        self.down: list[FilledCells] = []

    def rows(self) -> str:
        """The row elements."""
        pieces = []
        for row in sorted({*self._sheet.element_rows, *self.arrays}):
            number = str(row)
            cells = self._cells(row, number)
            if row in self.arrays:
                arrays = self.arrays[row]
                cells = [cell for cell in cells if cell[0] not in arrays]
                cells = sorted([*cells, *arrays.items()])
            if cells:
                pieces.append(f'<row r="{number}">{"".join([text for _, text in cells])}</row>')
        pieces.extend(grown_inputs(self._sheet, self._unread, self._filled_down()))
        return "".join(pieces)

    def _cells(self, row: int, number: str) -> list[tuple[int, str]]:
        sheet, formulas, columns = self._sheet, self._sheet.element_formulas, self._columns
        cells = []
        elsewhere = self._elsewhere
        for column, child in sheet.filled_cells(row):
            formula = formulas.get((row, column))
            if elsewhere and column in elsewhere and any(row in r for r in elsewhere[column]):
                continue
            if formula is None:
                value = sheet.element_value(child)
                cells.append((column, value_cell(f"{column_letters(column)}{number}", value)))
                continue
            if formula.array is not None:
                continue
            known = columns.get((formula, column))
            if known is None or not known.first_row <= row <= known.last_row:
                known = columns[formula, column] = self._column(formula, row, column)
            why_not = known.why_not or (self._keep and self._keep.get((sheet.name, row, column)))
            if why_not:
                value = sheet.element_value(child)
                if value is not None:
                    self.kept[sheet.name, row, column] = why_not
                    cells.append((column, value_cell(f"{column_letters(column)}{number}", value)))
                    continue
                self.unknown[sheet.name, row, column] = why_not
                cells.append((column, _formula(row, column, _UNKNOWN[why_not == _ANOTHER])))
                continue
            self._stands(known.text, row, column)
            if known.may_be_array:
                self.candidates.append((sheet.name, row, column))
            cells.append((column, known.element.replace(ROW, number)))
        return cells

    def _column(self, formula: CellFormula, row: int, column: int) -> _Column:
        rewriter, name = self._rewriter, self._sheet.name
        text = rewriter.by_row(formula.text, name, row, column)
        first, last = rewriter.rows_alike(formula.text, name, row, column)
        element = f'<c r="{column_letters(column)}{ROW}"><f>{escaped(text)}</f></c>'
        why_not = rewriter.why_not(formula.text, name, row, column)
        return _Column(first, last, text, element, self._may_be_array(text), why_not)

    def _filled_down(self) -> dict[int, list[str]]:
        """The formulas of long rows that are computed here, by column."""
        sheet, found = self._sheet, {}
        grown = sheet.grown
        for number in columns_left(sheet, self._runs):
            down = engine_column(sheet, number, self._rewriter, self._may_be_array)
            assert grown is not None
            assert down is not None  # `runs_of` sees to that
            found[number] = down.texts(range(grown.first, grown.last + 1))
            ends = unescaped(found[number][0]), unescaped(found[number][-1])
            cells = Area(grown.first, number, grown.last, number)
            self.down.append(FilledCells(sheet.name, ends, cells))
        return found

    def _stands(self, text: str, row: int, column: int) -> None:
        """Note where a formula's text stands."""
        known = self.texts.get(text)
        if known is None:
            self.texts[text] = Area(row, column, row, column)
        elif not known.holds(row, column):
            self.texts[text] = known.around(Area(row, column, row, column))

    def _array_cells(self, numbers: Iterator[int]) -> dict[int, dict[int, str]]:
        """The cells that array formulas fill, by row and column.

        In the engine's copy nothing of a fixed array spills: its first cell computes and keeps all
        of it, every other cell takes its part. The engine then knows of each cell what it depends
        on. Its own spilled cells it updates too late: what depends on one of them and on what was
        changed is computed before them, and stays wrong.
        """
        sheet, rewriter = self._sheet, self._rewriter
        filled: dict[int, dict[int, str]] = defaultdict(dict)
        for (top, left), formula in sheet.element_formulas.items():
            block = formula.array
            if block is None:
                continue
            # A dynamic array the engine spills; what the file keeps of it are results.
            shape = None if formula.dynamic else block
            text = rewriter.rewrite(formula.text, sheet.name, top, left, array=True, shape=shape)
            why_not = rewriter.why_not(formula.text, sheet.name, top, left, array=True)
            why_not = why_not or self._keep.get((sheet.name, top, left), "")
            if why_not and sheet.value(top, left) is None:
                self.unknown[sheet.name, top, left] = why_not
                text = _UNKNOWN[why_not == _ANOTHER]
            self._stands(text, top, left)
            self._stands(text, block.bottom, block.right)
            if why_not and sheet.value(top, left) is not None:
                for row, column in _cells(block):
                    self.kept[sheet.name, row, column] = why_not
                    value = sheet.value(row, column)
                    filled[row][column] = value_cell(a1(row, column), value)
            elif shape is None:
                for row, column in _cells(block):
                    filled[row][column] = ""
                filled[top][left] = _formula(top, left, text)
            elif block.rows == block.columns == 1:
                filled[top][left] = _formula(top, left, fitted(text, block))
            else:
                number = next(numbers)
                filled[top][left] = _formula(top, left, kept(number, block, text))
                for row, column in _cells(block):
                    if (row, column) != (top, left):
                        part = part_of(number, row - top, column - left, a1(top, left))
                        filled[row][column] = _formula(row, column, part)
        return filled


def grown_inputs(
    tab: Sheet, unread: Collection[int] = (), formulas: Mapping[int, Sequence[str]] | None = None
) -> Iterator[str]:
    """The inputs of rows that a table has grown by, and those formulas that are computed here.

    Columns that no formula reads are left out.
    """
    grown = tab.grown
    if grown is None:
        return
    texts = formulas or {}
    columns = [
        (column_letters(number), column.values, texts.get(number))
        for number, column in sorted(grown.columns.items())
        if number in texts or (column.formula is None and number not in unread)
    ]
    for at, row in enumerate(range(grown.first, grown.last + 1)):
        cells = [
            value_cell(f"{letters}{row}", values[at])
            if down is None
            else f'<c r="{letters}{row}"><f>{down[at]}</f></c>'
            for letters, values, down in columns
        ]
        yield f'<row r="{row}">{"".join(cells)}</row>'


def engine_formula(sheet: Sheet, row: int, column: int, rewriter: Rewriter) -> str:
    """A plain formula as the engine gets it, without ``=``."""
    return rewriter.rewrite(sheet.formulas[row, column].text, sheet.name, row, column)


def _cells(block: Area) -> Iterator[tuple[int, int]]:
    rows = range(block.top, block.bottom + 1)
    return itertools.product(rows, range(block.left, block.right + 1))


def _formula(row: int, column: int, text: str) -> str:
    return f'<c r="{a1(row, column)}"><f>{escaped(text)}</f></c>'


def value_cell(address: str, value: Value) -> str:
    """A cell element with a plain value."""
    if value is None:
        return ""
    if isinstance(value, str):
        # As t="str": text that starts with "=" stays text. The engine knows no _xHHHH_ escapes,
        # so control characters, which XML cannot hold, are the one thing it does not get.
        text = escaped(value if value.isprintable() else _CONTROL.sub("\ufffd", value))
        return f'<c r="{address}" t="str"><v>{text}</v></c>'
    kind, text = cached(value)
    return f'<c r="{address}"' + (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"


def names_xml(names: Iterable[DefinedName], rewriter: Rewriter) -> str:
    """The names of the workbook that the engine has to know."""
    pieces = []
    for name in names:
        # All others are put in their place, wherever they are used.
        if name.sheet is None and name.target is not None and not name.name.startswith("_xlnm."):
            text = rewriter.rewrite(name.text, "", 0, 0, array=True)
            pieces.append(f"<definedName name={quoted(name.name)}>{escaped(text)}</definedName>")
    return "".join(pieces)
