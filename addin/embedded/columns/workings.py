"""The runs of a workbook being computed, together with the engine that computes all else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import formualizer
import numpy as np
import numpy.typing as npt

from addin.embedded.columns import operators
from addin.embedded.columns.cells import (
    BLANK,
    NUMBER,
    Cells,
    Unknown,
    of_column,
    of_values,
    one,
    one_below_the_other,
    side_by_side,
)
from addin.embedded.columns.needs import engine_cells
from addin.embedded.columns.runs import OWN_ROW, Run, known_functions
from addin.embedded.conversion import OMITTED_MARK
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package.values import Value
from udfs import OMITTED
from udfs.errors import CellError

MOST_ROWS = 200_000  # of a range; a longer one the engine reads
# Sheet, column, first and last row.
Stretch: TypeAlias = tuple[str, int, int, int]
Numbers: TypeAlias = npt.NDArray[np.intp]
# Which of a run's rows, counted from 0; None is all of them.
Rows: TypeAlias = Numbers | None
Ask: TypeAlias = Callable[[str, Sequence[tuple[int, int]]], list[Value]]


class Workings:
    """Computes runs; `ask` gives what the engine's own formulas show now."""

    def __init__(self, package: Package, runs: list[Run], formulas: Formulas, ask: Ask) -> None:
        self.runs = runs
        self.values: dict[Run, Cells] = {}
        self.calls: Counter[str] = Counter()
        self.first_row = 0  # of the run that is being computed
        self._package = package
        self._formulas = formulas
        self._ask = ask
        self._on: dict[tuple[str, int], list[Run]] = defaultdict(list)
        for run in sorted(runs, key=lambda run: run.first):
            self._on[run.sheet, run.column].append(run)
        self._names = {name.casefold(): known.target for name, known in package.names.items()}
        self._cells: dict[Stretch, Cells] = {}
        # What a run reads: columns of which each row reads its own cell, and ranges.
        self._own: dict[Run, set[tuple[str, int]]] = {}
        self._ranges: dict[Run, set[Stretch]] = {}
        self._readers: dict[tuple[str, int], set[Run]] = defaultdict(set)
        # What the engine said when it was asked, by stretch: places and values. What it said
        # otherwise when it was asked anew while only some rows were computed: rows of a sheet.
        self._asked: dict[Stretch, tuple[list[tuple[int, int]], list[Value]]] = {}
        self._otherwise: dict[Stretch, set[int]] = defaultdict(set)
        self._run: Run | None = None

    def at(self, sheet: str, row: int, column: int) -> Run | None:
        """The run that a cell belongs to."""
        for run in self._on.get((sheet, column), ()):
            if run.first <= row <= run.last:
                return run
        return None

    def compute(self, run: Run, rows: Rows = None) -> Numbers:
        """Compute a run from what is known now, and say which rows show something else than before.

        Only some `rows`, where nothing that the others read has changed. Unknown where the engine
        has to do it.
        """
        self._run, self.first_row = run, run.first
        before = self.values.get(run)
        if rows is None or before is None or 2 * rows.size >= run.count:
            at = np.arange(run.count)
            self._own[run], self._ranges[run] = set(), set()
            some = False
        else:
            at, some = rows, True
        with np.errstate(all="ignore"):
            cells = self.eval(run.node, at)
        if cells.shape[1] != 1:
            raise Unknown("a range as a result")
        cells = cells.over(at.size)
        if (cells.kind == BLANK).any():  # a formula's cell is never blank
            cells = cells._replace(kind=np.where(cells.kind == BLANK, NUMBER, cells.kind))
        if before is None:
            self.values[run] = cells
            changed = at
        else:
            changed = at[cells.differs(before.some(at) if some else before)]
            if not changed.size:
                return changed
            self.values[run] = before.replaced(at, cells) if some else cells
        self._forget_cells(run.sheet, run.column, run.first + changed)
        return changed

    def leave(self, run: Run) -> None:
        """Leave a run to the engine from now on."""
        self.runs.remove(run)
        self._on[run.sheet, run.column].remove(run)
        self.values.pop(run, None)
        for kept in (self._own, self._ranges):
            kept.pop(run, None)
        for readers in self._readers.values():
            readers.discard(run)
        self._forget_cells(run.sheet, run.column, np.arange(run.first, run.last + 1))

    def forget(self, sheet: str, row: int, column: int) -> dict[Run, Rows]:
        """A cell outside was changed: the runs that read it, and in which rows."""
        rows = np.array([row])
        self._forget_cells(sheet, column, rows)
        return self.readers(sheet, column, rows)

    def changed_outside(self) -> dict[Run, Rows]:
        """Ask the engine again: the runs that read what is different now, and in which rows."""
        found: dict[Run, Rows] = {}
        for key, (places, values) in list(self._asked.items()):
            shown = self._ask(key[0], places)
            moved = self._otherwise.pop(key, set())
            if shown != values:
                moved |= _moved(places, values, shown)
                self._asked[key] = places, shown
            if moved:
                rows = np.array(sorted(moved))
                self._forget_cells(key[0], key[1], rows)
                add_rows(found, self.readers(key[0], key[1], rows))
        return found

    def readers(
        self,
        sheet: str,
        column: int,
        rows: Numbers,
        known: Mapping[Run, Rows] = MappingProxyType({}),
    ) -> dict[Run, Rows]:
        """The runs that read some of a column's cells, by rows of the sheet, and in which rows.

        Those of which all rows are `known` are left out.
        """
        found: dict[Run, Rows] = {}
        for run in self._readers.get((sheet, column), ()):
            if run in known and known[run] is None:
                continue
            if any(
                key[:2] == (sheet, column) and ((key[2] <= rows) & (rows <= key[3])).any()
                for key in self._ranges[run]
            ):
                found[run] = None
            elif (sheet, column) in self._own[run]:
                inside = rows[(run.first <= rows) & (rows <= run.last)] - run.first
                if inside.size:
                    found[run] = inside
        return found

    def _forget_cells(self, sheet: str, column: int, rows: Numbers) -> None:
        """What was kept of a column is out of date in some rows of the sheet."""
        for key in list(self._cells):
            if key[:2] == (sheet, column) and ((key[2] <= rows) & (rows <= key[3])).any():
                del self._cells[key]

    # Values

    def eval(self, node: Any, at: npt.NDArray[np.intp]) -> Cells:
        """What a part of the formula shows in some of the run's rows."""
        kind = node.node_type()
        if kind == "Reference":
            return self._reference(node.get_reference(), at)
        if kind == "Literal":
            value = node.get_literal_value()
            if not isinstance(value, (bool, int, float, str)) or value == OMITTED_MARK:
                raise Unknown("a constant")
            return one(value)
        if kind == "BinaryOp":
            left, right = (self.eval(child, at) for child in node.children())
            return operators.binary(node.get_operator(), left, right)
        if kind == "UnaryOp":
            return operators.unary(node.get_operator(), self.eval(node.children()[0], at))
        if kind == "Array":
            return of_values([[child.get_literal_value() for child in node.children()]])
        if kind != "Function":
            raise Unknown(kind)
        name = node.get_function_name().upper()
        formula = self._formulas.get(name)
        if formula is not None:
            return self._ours(name, formula, node.children(), at)
        return known_functions()[name](self, node.children(), at)

    def _reference(self, reference: Any, at: npt.NDArray[np.intp]) -> Cells:
        run = self._run
        assert run is not None
        if isinstance(reference, formualizer.NamedRangeRef):
            target = self._names.get(reference.name.casefold())
            if target is None:
                raise Unknown(f"the name {reference.name}")
            return self._area(*target)
        sheet = self._package.sheet_name(reference.sheet) if reference.sheet else run.sheet
        if isinstance(reference, formualizer.CellRef):
            if reference.row == OWN_ROW:
                return self._own_cells(sheet, reference.col, at)
            return self._area(
                sheet, Area(reference.row, reference.col, reference.row, reference.col)
            )
        if not isinstance(reference, formualizer.RangeRef):
            raise Unknown("a reference")
        start, end = reference.start, reference.end
        if start is None or end is None or not all((start.row, start.col, end.row, end.col)):
            raise Unknown("a range without an end")
        if start.row == end.row == OWN_ROW:
            return side_by_side([
                self._own_cells(sheet, column, at) for column in range(start.col, end.col + 1)
            ])  # fmt: skip
        if OWN_ROW in (start.row, end.row):
            raise Unknown("a range that grows from row to row")
        return self._area(sheet, Area(start.row, start.col, end.row, end.col))

    def _own_cells(self, sheet: str, column: int, at: Numbers) -> Cells:
        """The cells of one column in the run's own rows."""
        run = self._run
        assert run is not None
        self._own[run].add((sheet, column))
        self._readers[sheet, column].add(run)
        cells = self._stretch((sheet, column, run.first, run.last))
        return cells.some(at) if _repeats(at) else cells.rows(at)

    def _area(self, sheet: str, area: Area) -> Cells:
        """The cells of a range, one behind the other."""
        assert self._run is not None
        columns = []
        for column in range(area.left, area.right + 1):
            key = (sheet, column, area.top, area.bottom)
            self._ranges[self._run].add(key)
            self._readers[sheet, column].add(self._run)
            columns.append(self._stretch(key))
        if len(columns) == 1:
            return columns[0].turned()
        if area.rows > 1:
            raise Unknown("a range of several columns and rows")
        return side_by_side(columns)

    def _stretch(self, key: Stretch) -> Cells:
        """The cells of one column, down from a row."""
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = self._collected(key)
        return found

    def _collected(self, key: Stretch) -> Cells:
        sheet, column, first, last = key
        parts = []
        row = first
        asked: tuple[list[tuple[int, int]], list[Value]] = ([], [])
        for run in (*self._on.get((sheet, column), ()), None):
            start = last + 1 if run is None else max(first, min(run.first, last + 1))
            if row < start:
                parts.append(self._plain(sheet, column, row, start - 1, asked))
                row = start
            if run is not None and run.first <= row <= min(run.last, last):
                if run not in self.values:
                    raise Unknown("a column that is not there yet")
                end = min(run.last, last)
                taken = slice(row - run.first, end - run.first + 1)
                cells = self.values[run]
                text = None if cells.text is None else cells.text[taken]
                parts.append(Cells(cells.kind[taken], cells.number[taken], text))
                row = end + 1
        if asked[0]:
            before = self._asked.get(key)
            if before is not None and before != asked:
                self._otherwise[key] |= _moved(*before, asked[1])
            self._asked[key] = asked
        return parts[0] if len(parts) == 1 else one_below_the_other(parts)

    def _plain(
        self,
        sheet: str,
        column: int,
        first: int,
        last: int,
        asked: tuple[list[tuple[int, int]], list[Value]],
    ) -> Cells:
        """Cells that belong to no run: as they were typed, or as the engine shows them."""
        tab = self._package.sheet(sheet)
        if last - first > MOST_ROWS:
            raise Unknown("a very long range")
        values = tab.column_values(column, first, last)
        engine = engine_cells(tab, column, first, last)
        if engine:
            places = [(row, column) for row in engine]
            shown = self._ask(sheet, places)
            for row, value in zip(engine, shown, strict=True):
                values[row - first] = value
            asked[0].extend(places)
            asked[1].extend(shown)
        return of_column(values)

    # Formulas of ours

    def _ours(
        self, name: str, formula: Any, nodes: Sequence[Any], at: npt.NDArray[np.intp]
    ) -> Cells:
        if at.size == 1 and self._run is not None and self._run.count > 1:
            # One row like many, to the last digit, whichever rows are computed with it: a formula
            # takes a single cell another way.
            return self._ours(name, formula, nodes, at.repeat(2)).rows(np.array([0]))
        given: list[Any] = []
        columns = []
        for node in nodes:
            if node.node_type() == "Literal" and node.get_literal_value() == OMITTED_MARK:
                given.append(OMITTED)
                continue
            cells = self.eval(node, at)
            if cells.shape[1] != 1:
                raise Unknown(f"a range for {name}")
            if cells.shape[0] == 1:
                given.append(cells.values()[0])
            else:
                columns.append(len(given))
                given.append(cells)
        self.calls[name] += 1
        if not columns:
            return one(_plain_value(formula(*given)))
        if all(given[place].all_numbers for place in columns):
            arrays = list(given)
            for place in columns:
                arrays[place] = given[place].number
            found = np.asarray(formula(*arrays), float)
            if found.shape == given[columns[0]].shape and not np.isnan(found).any():
                return Cells(np.full(found.shape, NUMBER, np.uint8), found + 0.0)
        for place in columns:
            given[place] = [[value] for value in given[place].values()]
        rows = formula(*given)
        if not isinstance(rows, list):
            return one(_plain_value(rows))
        return of_values([[_plain_value(value) for value in row] for row in rows])


def _repeats(at: Numbers) -> bool:
    """Whether it is one row several times."""
    return at.size > 1 and bool(at[0] == at[-1])


def add_rows(known: dict[Run, Rows], more: dict[Run, Rows]) -> None:
    """Take in more runs, and more rows of those that are known."""
    for run, rows in more.items():
        if run not in known:
            known[run] = rows
            continue
        mine = known[run]
        if mine is not None:
            known[run] = None if rows is None else np.union1d(mine, rows)


def _moved(places: Sequence[tuple[int, int]], old: list[Value], new: list[Value]) -> set[int]:
    """The rows in which the engine shows something else."""
    if len(old) != len(new):
        return {row for row, _ in places}
    return {
        row
        for (row, _), one, two in zip(places, old, new, strict=True)
        if type(one) is not type(two) or one != two
    }


def _plain_value(value: Any) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return CellError.NUM
    plain: Value = value
    return plain
