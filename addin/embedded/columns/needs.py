"""What the engine's own formulas read of the runs, directly and through one another.

Formulas are taken by their text: all cells that hold one text are one range, which may say too
much and never too little. Only in a circle too little may be said; whoever asks has to look once
more at the end whether the engine shows something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from addin.embedded.columns.runs import Block, Run, cells_read_in, read_by
from addin.package import Area, Package
from addin.package.sheet import Sheet

# A set of runs, as bits in the order of the runs.
Runs: TypeAlias = int


class Needs:
    """The way from cells of the engine back to the runs."""

    def __init__(
        self,
        package: Package,
        texts: Mapping[str, Mapping[str, Area]],
        runs: Sequence[Run],
        known: Mapping[tuple[str, str], list[Block]],
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
        self._formulas = [
            (sheet, text, area) for sheet, of_sheet in texts.items()
            for text, area in of_sheet.items()
        ]  # fmt: skip
        self._at: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, (sheet, _, area) in enumerate(self._formulas):
            for column in range(area.left, area.right + 1):
                self._at[sheet, column].append(number)
        self._columns: dict[str, set[int]] = defaultdict(set)
        for sheet, column in (*self._at, *self._runs):
            self._columns[sheet].add(column)
        self._read: dict[int, list[Block]] = {}
        self._direct: dict[Block, tuple[Runs, tuple[int, ...]]] = {}
        self._through: dict[int, Runs] = {}

    def add(self, run: Run) -> None:
        """The engine computes a run from now on."""
        self._through.clear()
        self._formulas.append(
            (run.sheet, run.text, Area(run.first, run.column, run.last, run.column))
        )
        self._at[run.sheet, run.column].append(len(self._formulas) - 1)
        self._runs[run.sheet, run.column].remove(run)
        self._direct.clear()

    def bit(self, run: Run) -> Runs:
        """The set of one run."""
        return self._bits[run]

    def told(self) -> set[Run]:
        """The runs that formulas of the engine read."""
        seen = 0
        for number in range(len(self._formulas)):
            for block in self._reads(number):
                seen |= self._meets(block)[0]
        return {run for run, bit in self._bits.items() if seen & bit}

    def behind(self, sheet: str, area: Area) -> Runs:
        """The runs on which the engine's formulas in a range depend."""
        found = 0
        for number in self._meets((sheet, area))[1]:
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
            met = [self._meets(block) for block in self._reads(number)]
            if number not in entered:
                entered.add(number)
                waiting = {
                    other for _, others in met for other in others
                    if other not in known and other not in entered
                }  # fmt: skip
                if waiting:
                    stack.extend(waiting)
                    continue
            found = 0
            for runs, others in met:
                found |= runs
                for other in others:
                    found |= known.get(other, 0)
            known[number] = found
            stack.pop()
        return known[start]

    def _reads(self, number: int) -> list[Block]:
        found = self._read.get(number)
        if found is None:
            sheet, text, area = self._formulas[number]
            found = self._known.get((sheet, text))
            if found is None:
                rows, sheets = (area.top, area.bottom), self._package.sheets
                found = cells_read_in(text, sheet, rows, sheets, self._targets)
            self._read[number] = found
        return found

    def _meets(self, block: Block) -> tuple[Runs, tuple[int, ...]]:
        """The runs and the engine's formulas that stand in a range."""
        found = self._direct.get(block)
        if found is None:
            sheet, area = block
            runs, formulas = 0, set()
            for column in self.columns_of(sheet, area):
                for run in self._runs.get((sheet, column), ()):
                    if run.first <= area.bottom and area.top <= run.last:
                        runs |= self._bits[run]
                for number in self._at.get((sheet, column), ()):
                    if self._formulas[number][2].meets(area):
                        formulas.add(number)
            found = self._direct[block] = (runs, tuple(formulas))
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
    formulas = tab.element_formulas
    rows += [row for row in range(first, last + 1) if (row, column) in formulas]
    for block in tab.arrays:
        if block.left <= column <= block.right:
            rows += range(max(first, block.top), min(last, block.bottom) + 1)
    return sorted(set(rows))
