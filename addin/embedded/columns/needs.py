"""What the engine's own formulas read of the runs, directly and through one another.

Formulas are taken by their text: all cells that hold one text are one range, which may say too
much and never too little. Only in a circle too little may be said; whoever asks has to look once
more at the end whether the engine shows something else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from addin.embedded.columns.runs import Block, Run, cells_read_in, read_by
from addin.embedded.parts import rows_left_open
from addin.package import Area, Package
from addin.package.sheet import Sheet

# A set of runs, as bits in the order of the runs.
Runs: TypeAlias = int
# Texts in one column from which on those are taken together that are filled down.
_MANY = 64


class FilledCells(NamedTuple):
    """What the engine computes in some cells."""

    sheet: str
    texts: tuple[str, ...]  # of its first cell and, where that is another one, of its last
    area: Area


class _Standing:
    """The formulas in one column, looked up by rows."""

    def __init__(self) -> None:
        self._long: list[tuple[Area, int]] = []
        self._rows: list[int] = []
        self._numbers: list[int] = []  # of those in one row, in its order

    def add(self, area: Area, number: int) -> None:
        """Take a formula in."""
        if area.rows > 1:
            self._long.append((area, number))
            return
        at = bisect_right(self._rows, area.top)
        self._rows.insert(at, area.top)
        self._numbers.insert(at, number)

    def between(self, top: int, bottom: int) -> Iterator[int]:
        """Those that stand in rows from one to another."""
        start, end = bisect_left(self._rows, top), bisect_right(self._rows, bottom)
        yield from self._numbers[start:end]
        for area, number in self._long:
            if area.top <= bottom and top <= area.bottom:
                yield number


class Needs:
    """The way from cells of the engine back to the runs."""

    def __init__(
        self,
        package: Package,
        texts: Mapping[str, Mapping[str, Area]],
        runs: Sequence[Run],
        known: Mapping[tuple[str, str], list[Block]],
        down: Iterable[FilledCells] = (),
    ) -> None:
        self._package = package
        # By sheet and text, what is known to be read.
        self._known = known
        self._targets = {
            name.casefold(): known.target for name, known in package.names.items()
        }  # fmt: skip
        self._bits = {run: 1 << number for number, run in enumerate(runs)}
        self._runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
        for run in runs:
            self._runs[run.sheet, run.column].append(run)
        self._formulas: list[FilledCells] = []
        self._at: dict[tuple[str, int], _Standing] = defaultdict(_Standing)
        for sheet, of_sheet in texts.items():
            for formula in _taken_together(sheet, of_sheet):
                self._add(formula)
        for formula in down:
            self._add(formula)
        self._columns: dict[str, set[int]] = defaultdict(set)
        for sheet, column in (*self._at, *self._runs):
            self._columns[sheet].add(column)
        self._read: dict[int, list[Block]] = {}
        self._met: dict[Block, tuple[int, ...]] = {}
        self._through: dict[int, Runs] = {}

    def add(self, run: Run) -> None:
        """The engine computes a run from now on."""
        self._through.clear()
        area = Area(run.first, run.column, run.last, run.column)
        self._add(FilledCells(run.sheet, (run.text,), area))
        self._runs[run.sheet, run.column].remove(run)
        self._met.clear()

    def _add(self, formula: FilledCells) -> None:
        number = len(self._formulas)
        self._formulas.append(formula)
        for column in range(formula.area.left, formula.area.right + 1):
            self._at[formula.sheet, column].add(formula.area, number)

    def bit(self, run: Run) -> Runs:
        """The set of one run."""
        return self._bits[run]

    def told(self) -> set[Run]:
        """The runs that formulas of the engine read."""
        seen = 0
        for number in range(len(self._formulas)):
            for block in self._reads(number):
                seen |= self._runs_in(block)
        return {run for run, bit in self._bits.items() if seen & bit}

    def named_in(self, text: str, sheet: str, row: int) -> set[Run]:
        """The runs that a formula of this row names, which need not be in the workbook."""
        seen = 0
        for block in cells_read_in((text,), sheet, (row, row), self._package.sheets, self._targets):
            seen |= self._runs_in(block)
        return {run for run, bit in self._bits.items() if seen & bit}

    def behind(self, sheet: str, area: Area) -> Runs:
        """The runs on which the engine's formulas in a range depend."""
        found = 0
        for number in self._formulas_in((sheet, area)):
            found |= self._behind(number)
        return found

    def _behind(self, start: int) -> Runs:
        """The same of one formula, those that it reads first."""
        known = self._through
        stack = [start]
        entered: set[int] = set()
        while stack:
            number = stack[-1]
            if number in known:
                stack.pop()
                continue
            blocks = self._reads(number)
            met = [self._formulas_in(block) for block in blocks]
            if number not in entered:
                entered.add(number)
                waiting = {
                    other for others in met for other in others
                    if other not in known and other not in entered
                }  # fmt: skip
                if waiting:
                    stack.extend(waiting)
                    continue
            found = 0
            for block, others in zip(blocks, met, strict=True):
                found |= self._runs_in(block)
                for other in others:
                    found |= known.get(other, 0)
            known[number] = found
            stack.pop()
        return known[start]

    def _reads(self, number: int) -> list[Block]:
        found = self._read.get(number)
        if found is None:
            sheet, texts, area = self._formulas[number]
            found = self._known.get((sheet, texts[0])) if len(texts) == 1 else None
            if found is None:
                rows, sheets = (area.top, area.bottom), self._package.sheets
                found = cells_read_in(texts, sheet, rows, sheets, self._targets)
            self._read[number] = found
        return found

    def _runs_in(self, block: Block) -> Runs:
        """The runs that stand in a range."""
        sheet, area = block
        found = 0
        for column in self.columns_of(sheet, area):
            for run in self._runs.get((sheet, column), ()):
                if run.in_rows_of(area):
                    found |= self._bits[run]
        return found

    def _formulas_in(self, block: Block) -> tuple[int, ...]:
        """The engine's formulas that stand in a range."""
        found = self._met.get(block)
        if found is None:
            sheet, area = block
            standing = [self._at.get((sheet, column)) for column in self.columns_of(sheet, area)]
            numbers = {
                number
                for one in standing
                if one is not None
                for number in one.between(area.top, area.bottom)
            }
            found = self._met[block] = tuple(numbers)
        return found

    def columns_of(self, sheet: str, area: Area) -> Iterable[int]:
        """The columns of a range in which something is computed."""
        known = self._columns.get(sheet, set())
        if area.columns < len(known):
            return range(area.left, area.right + 1)
        return [column for column in known if area.left <= column <= area.right]

    def asked(self, runs: Iterable[Run]) -> Iterator[tuple[Run, str, Area]]:
        """What each run reads, by range."""
        names = {sheet.casefold(): sheet for sheet in self._package.sheets}
        for run in runs:
            for sheet, area in read_by(run, names, self._targets):
                yield run, sheet, area


def engine_cells(tab: Sheet, column: int, first: int, last: int) -> list[int]:
    """The rows of a column whose cells the engine computes."""
    rows: list[int] = []
    if tab.grown is not None and tab.grown.first <= last:
        if tab.grown.has_formula(column):
            rows += range(max(first, tab.grown.first), min(last, tab.grown.last) + 1)
        last = min(last, tab.grown.first - 1)
    formulas = tab.formula_places
    rows += [row for row in range(first, last + 1) if (row, column) in formulas]
    for block in tab.arrays:
        if block.left <= column <= block.right:
            rows += range(max(first, block.top), min(last, block.bottom) + 1)
    return sorted(set(rows))


def _taken_together(sheet: str, texts: Mapping[str, Area]) -> Iterator[FilledCells]:
    """A sheet's formulas; those of long columns that are one formula filled down are one."""
    columns: dict[int, list[tuple[str, Area]]] = defaultdict(list)
    for text, area in texts.items():
        if area.columns == 1:
            columns[area.left].append((text, area))
        else:
            yield FilledCells(sheet, (text,), area)
    for found in columns.values():
        if len(found) < _MANY:
            yield from (FilledCells(sheet, (text,), area) for text, area in found)
            continue
        filled: dict[str, list[tuple[str, Area]]] = defaultdict(list)
        for text, area in found:
            if area.rows == 1:
                filled[rows_left_open(text, area.top)].append((text, area))
            else:
                yield FilledCells(sheet, (text,), area)
        for alike in filled.values():
            first, top = min(alike, key=_row)
            last, bottom = max(alike, key=_row)
            yield FilledCells(
                sheet, (first,) if top == bottom else (first, last), top.around(bottom)
            )


def _row(formula: tuple[str, Area]) -> int:
    return formula[1].top
