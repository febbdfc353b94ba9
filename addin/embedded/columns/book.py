"""The runs of one workbook, kept in step with the engine that computes the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from addin.embedded.columns.cells import Unknown
from addin.embedded.columns.needs import FilledCells, Needs
from addin.embedded.columns.runs import Block, Run
from addin.embedded.columns.workings import Numbers, Rows, Workings, add_rows
from addin.embedded.conversion import decode, encode
from addin.embedded.engine_names import engine_name
from addin.embedded.parts import ROW
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package.errors import PackageError
from addin.package.sheet import Sheet
from addin.package.values import Value

_MOST_ROUNDS = 50


class Columns:
    """Computes the runs, tells the engine their values, and again until nothing changes.

    A run reads the engine's cells, and these may read runs. Runs are computed in an order in which
    what the engine does in between is there already; the engine computes such cells by themselves.
    Then all of it is computed, and again what reads cells that show something else now: of a run
    only the rows that do, and no run whose cells show what they did.
    """

    def __init__(
        self,
        package: Package,
        runs: list[Run],
        formulas: Formulas,
        engine: Any,
        texts: Mapping[str, Mapping[str, Area]],
        settle: Callable[[], None],
        known: Mapping[tuple[str, str], list[Block]],
        down: Iterable[FilledCells] = (),
    ) -> None:
        self._package = package
        self._engine = engine
        self._settle = settle
        self._needs = Needs(package, texts if runs else {}, runs, known, down)
        self._asked_for = list(self._needs.asked(runs))
        self._workings = Workings(package, self._in_order(runs), formulas, self._ask)
        self._left: list[Run] = []
        self._dirty: dict[Run, Rows] = {}
        self._told = self._needs.told() if runs else set()
        self._values: dict[Run, list[Value]] = {}
        # Those whose values the engine has ever had, and those that it does not have yet.
        self._given: set[Run] = set()
        self._pending: dict[Run, Rows] = {}
        # Those with which it has computed nothing yet; -1 is all of them.
        self._unsettled = -1

    def compute(self) -> None:
        """Compute all runs."""
        if not self._workings.runs:
            return
        self._hand_over()
        self._again(dict.fromkeys(self._workings.runs))
        self.update()

    def changed(self, sheet: str, row: int, column: int) -> None:
        """An input was changed."""
        if self._workings.runs:
            add_rows(self._dirty, self._workings.forget(sheet, row, column))

    def update(self) -> None:
        """Bring runs and engine into step."""
        for _ in range(_MOST_ROUNDS):
            if not self._workings.runs:
                return
            dirty, self._dirty = self._dirty, {}
            add_rows(dirty, self._workings.changed_outside())
            if not dirty:
                return
            self._again(dirty)
        raise PackageError(
            "the workbook cannot be computed: its formulas seem to depend on each other in a"
            " circle; look for the cells that Excel names under Formulas > Error Checking."
        )

    def tell_for(self, text: str, sheet: str, row: int) -> None:
        """Let the engine have what a formula reads that it is about to be asked."""
        for run in self._needs.named_in(text, sheet, row) - self._told:
            self._told.add(run)
            self._tell(run)
        if self._pending:
            self._hand_over()

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

    def newly_left(self) -> list[Run]:
        """The runs that were left to the engine since this was asked last."""
        left, self._left = self._left, []
        return left

    def _plain(self, run: Run) -> list[Value]:
        values = self._values.get(run)
        if values is None:
            values = self._values[run] = self._workings.values[run].values()
        return values

    def _again(self, dirty: dict[Run, Rows]) -> None:
        """Compute what reads something else now, and what reads that in turn."""
        workings = self._workings
        left = False
        for run in list(workings.runs):
            if run not in dirty:
                continue
            try:
                changed = workings.compute(run, dirty.pop(run))
            except Unknown:
                dirty.update(dict.fromkeys(one for one in workings.runs if run in one.needs))
                self._leave(run)
                left = True
                continue
            if changed.size:
                self._show(run, changed)
                self._tell(run, changed)
                rows = run.first + changed
                add_rows(dirty, workings.readers(run.sheet, run.column, rows, dirty))
        add_rows(self._dirty, {run: rows for run, rows in dirty.items() if run in workings.values})
        if left or self._unsettled:
            self._hand_over()

    def _leave(self, run: Run) -> None:
        """The engine computes a run's cells, from now on."""
        self._workings.leave(run)
        self._left.append(run)
        self._write(run)
        self._needs.add(run)
        self._unsettled = -1
        # What it reads, it has to find there; those that read it, have to ask there.
        for other in self._workings.runs:
            if other in run.needs and other not in self._told:
                self._told.add(other)
                if other in self._workings.values:
                    self._tell(other)
            if run in other.needs:
                other.needs.discard(run)
                self._dirty[other] = None

    def _write(self, run: Run) -> None:
        """Put a run's formulas into the engine's cells."""
        name, rows = engine_name(run.sheet), range(run.first, run.last + 1)
        formulas = [f"={run.text.replace(ROW, str(row))}" for row in rows]
        if run not in self._given:
            lines = [[formula] for formula in formulas]
            self._engine.set_formulas_batch(name, run.first, run.column, lines)
            return
        # Where values stand, formulas written together would never show theirs.
        for row, formula in zip(rows, formulas, strict=True):
            self._engine.set_formula(name, row, run.column, formula)

    def _show(self, run: Run, changed: Numbers) -> None:
        """Some of a run's rows show something else."""
        known = self._values.get(run)
        if known is not None and changed.size < run.count:
            values = known.copy()
            new = self._workings.values[run].some(changed).values()
            for at, value in zip(changed.tolist(), new, strict=True):
                values[at] = value
            self._values[run] = values
        else:
            self._values.pop(run, None)

    def _tell(self, run: Run, rows: Rows = None) -> None:
        """Let the engine have a run's values, if something there reads them."""
        if run in self._told:
            add_rows(self._pending, {run: rows})
            self._unsettled |= self._needs.bit(run)

    def _hand_over(self) -> None:
        """Give the engine what it does not have yet, and let it compute with that."""
        for run, rows in self._pending.items():
            values, first = self._plain(run), 0
            if rows is not None and run in self._given:
                first = int(rows[0])
                values = values[first : int(rows[-1]) + 1]
            lines = [[v if type(v) is float else encode(v)] for v in values]
            name = engine_name(run.sheet)
            self._engine.set_values_batch(name, run.first + first, run.column, lines)
        self._given.update(self._pending)
        self._pending = {}
        self._unsettled = 0
        self._settle()

    def _ask(self, sheet: str, places: Sequence[tuple[int, int]]) -> list[Value]:
        """What the engine's own cells show now; the places are in one column."""
        name, get = engine_name(sheet), self._engine.get_value
        (first, column), (last, _) = places[0], places[-1]
        if self._needs.behind(sheet, Area(first, column, last, column)) & self._unsettled:
            # All of it: single cells the engine computes several times as slowly.
            self._hand_over()
        found = [get(name, row, column) for row, column in places]
        values = [value if type(value) is float else decode(value) for value in found]
        return [float(value) if type(value) is int else value for value in values]

    def _in_order(self, runs: list[Run]) -> list[Run]:
        """The runs, each behind those that it reads through the engine, too, where that goes."""
        needs = self._needs
        after: dict[Run, int] = defaultdict(int)
        for run, sheet, area in self._asked_for:
            after[run] |= needs.behind(sheet, area)
        for run in runs:
            for other in run.needs:
                after[run] |= needs.bit(other)
            after[run] &= ~needs.bit(run)
        ordered: list[Run] = []
        waiting, done = list(runs), 0
        while waiting:
            ready = [run for run in waiting if not after[run] & ~done]
            if not ready:  # a circle through the engine: it is gone round again
                ready = waiting[:1]
            ordered += ready
            for run in ready:
                done |= needs.bit(run)
            taken = set(ready)
            waiting = [run for run in waiting if run not in taken]
        return ordered
