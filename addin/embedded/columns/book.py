"""The runs of one workbook, kept in step with the engine that computes the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from addin.embedded.columns.cells import Unknown
from addin.embedded.columns.runs import Run, cells_read
from addin.embedded.columns.workings import Workings
from addin.embedded.conversion import decode, encode
from addin.embedded.engine_names import engine_name
from addin.embedded.parts import ROW
from addin.engine import Formulas
from addin.package import Package
from addin.package.errors import PackageError
from addin.package.sheet import Sheet
from addin.package.values import Value

_MOST_ROUNDS = 50


class Columns:
    """Computes the runs, tells the engine their values, and again until nothing changes.

    A run reads the engine's cells, and these may read runs: each round takes what the other side
    showed last. Where there is no circle, that ends after as many rounds as there are turns.
    """

    def __init__(
        self,
        package: Package,
        runs: list[Run],
        formulas: Formulas,
        engine: Any,
        texts: dict[str, set[str]],
        settle: Callable[[], None],
    ) -> None:
        self._package = package
        self._engine = engine
        self._settle = settle
        self._workings = Workings(package, list(runs), formulas, self._ask)
        self._left: list[Run] = []
        self._dirty: set[Run] = set()
        self._told = self._read_by_engine(texts) if runs else set()
        self._values: dict[Run, list[Value]] = {}

    def compute(self) -> None:
        """Compute all runs."""
        if not self._workings.runs:
            return
        self._again(set(self._workings.runs))
        self.update()

    def changed(self, sheet: str, row: int, column: int) -> None:
        """An input was changed."""
        if self._workings.runs:
            self._dirty |= self._workings.forget(sheet, row, column)

    def update(self) -> None:
        """Bring runs and engine into step."""
        for _ in range(_MOST_ROUNDS):
            if not self._workings.runs:
                return
            dirty = self._dirty | self._workings.changed_outside()
            self._dirty = set()
            if not dirty:
                return
            self._again(dirty)
        raise PackageError(
            "the workbook cannot be computed: its formulas seem to depend on each other in a"
            " circle; look for the cells that Excel names under Formulas > Error Checking."
        )

    def at(self, sheet: str, row: int, column: int) -> Run | None:
        """The run that a cell belongs to."""
        return self._workings.at(sheet, row, column)

    def value(self, run: Run, row: int) -> Value:
        """What a run's cell shows."""
        return self._plain(run)[row - run.first]

    def values_on(self, sheet: str) -> dict[int, list[tuple[int, int, list[Value]]]]:
        """All runs of a sheet by column: first and last row, and what the cells show."""
        found: dict[int, list[tuple[int, int, list[Value]]]] = defaultdict(list)
        for run in self._workings.runs:
            if run.sheet == sheet:
                found[run.column].append((run.first, run.last, self._plain(run)))
        return found

    def grown(self, tab: Sheet) -> Iterator[tuple[int, int]]:
        """The formulas in rows that a table has grown by: row and column."""
        if tab.grown is not None:
            for number, column in tab.grown.columns.items():
                if column.formula is not None:
                    for row in range(tab.grown.first, tab.grown.last + 1):
                        yield row, number

    def grown_values(
        self, tab: Sheet, of_engine: Callable[[str, int, range], list[Value]]
    ) -> Iterator[tuple[int, list[Value]]]:
        """What the formulas in rows show that a table has grown by, column by column."""
        grown = tab.grown
        if grown is None:
            return
        rows = range(grown.first, grown.last + 1)
        for number, column in grown.columns.items():
            if column.formula is not None:
                run = self._workings.at(tab.name, grown.first, number)
                if run is None:
                    yield number, of_engine(tab.name, number, rows)
                else:
                    yield number, self._plain(run)[grown.first - run.first :]

    def candidates(self, may_be_array: Callable[[str], bool]) -> list[tuple[str, int, int]]:
        """The cells of the runs left to the engine whose results may be arrays."""
        return [
            (run.sheet, row, run.column)
            for run in self._left
            if may_be_array(run.text)
            for row in range(run.first, run.last + 1)
        ]

    def _plain(self, run: Run) -> list[Value]:
        values = self._values.get(run)
        if values is None:
            values = self._values[run] = self._workings.values[run].values()
        return values

    def _again(self, dirty: set[Run]) -> None:
        told = False
        for run in list(self._workings.runs):
            if run not in dirty and not (run.needs & dirty):
                continue
            dirty.add(run)
            self._workings.forget_values_of(run)
            try:
                self._workings.compute(run)
            except Unknown:
                self._leave(run)
                told = True
                continue
            self._values.pop(run, None)
            told |= self._tell(run)
        if told:
            self._settle()

    def _leave(self, run: Run) -> None:
        """The engine computes a run's cells, from now on."""
        self._workings.leave(run)
        self._left.append(run)
        rows = [[f"={run.text.replace(ROW, str(row))}"] for row in range(run.first, run.last + 1)]
        self._engine.set_formulas_batch(engine_name(run.sheet), run.first, run.column, rows)
        # What it reads, it has to find there; those that read it, have to ask there.
        for other in self._workings.runs:
            if other in run.needs and other not in self._told:
                self._told.add(other)
                if other in self._workings.values:
                    self._tell(other)
            if run in other.needs:
                other.needs.discard(run)
                self._dirty.add(other)

    def _tell(self, run: Run) -> bool:
        """Put a run's values into the engine, if something there reads them."""
        if run not in self._told:
            return False
        rows = [[value if type(value) is float else encode(value)] for value in self._plain(run)]
        self._engine.set_values_batch(engine_name(run.sheet), run.first, run.column, rows)
        return True

    def _ask(self, sheet: str, places: Sequence[tuple[int, int]]) -> list[Value]:
        name = engine_name(sheet)
        found = self._engine.evaluate_cells([(name, row, column) for row, column in places])
        values = [decode(value) for value in found]
        return [float(value) if type(value) is int else value for value in values]

    def _read_by_engine(self, texts: dict[str, set[str]]) -> set[Run]:
        """The runs that formulas in the engine read."""
        package = self._package
        names = {name.casefold(): known for name, known in package.names.items()}
        areas = {
            found
            for sheet, of_sheet in texts.items()
            for text in of_sheet
            for found in cells_read(text.replace(ROW, "1"), sheet, package.sheets, names)
        }
        told = set()
        for run in self._workings.runs:
            for sheet, area in areas:
                rows_meet = area.top <= run.last and run.first <= area.bottom
                if sheet == run.sheet and area.left <= run.column <= area.right and rows_meet:
                    told.add(run)
                    break
        return told
