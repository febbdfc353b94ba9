"""A workbook held open in the embedded engine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from addin.embedded.array_results import array_test, table_functions
from addin.embedded.candidates import Candidates
from addin.embedded.columns.book import Columns
from addin.embedded.columns.runs import Run
from addin.embedded.conversion import EngineValue, decode, reason
from addin.embedded.engine_columns import runs_of
from addin.embedded.engine_copy import EngineCopy, Place, Stretch, engine_copy, engine_formula
from addin.embedded.engine_errors import errors_of_the_engine
from addin.embedded.engine_names import engine_name
from addin.embedded.own_calls import fitted
from addin.embedded.prepared import Prepared
from addin.embedded.results import Results
from addin.embedded.rewrite import Rewriter
from addin.embedded.session import EngineError, Session
from addin.embedded.subtotals import SUBTOTAL, HiddenRows
from addin.engine import Address, ErrorCell, Formulas, KeptCell, Progress
from addin.package import Area, Package
from addin.package.addresses import a1, area, cell, quote_sheet
from addin.package.cell_formula import CellFormula
from addin.package.gc_paused import gc_paused
from addin.package.sheet import Sheet
from addin.package.values import Value
from udfs.errors import CellError

# By this name a workbook of ours says which add-in it is for. Its formulas are known to be computed
# alike by the engine and by Excel.
_MADE_FOR = "Made_for"
_AT_ONCE = 100  # calls between two reports of progress
_AFRESH_AFTER = 500  # edits
# A column where no workbook has anything: for the last of a sheet the engine takes longer.
_ASIDE = 2_000
_ROUNDS = 20  # of formulas that are kept, and what reads them


class EmbeddedBook:
    """A workbook whose formulas the embedded engine computes; see `open_book`."""

    def __init__(
        self,
        package: Package,
        formulas: Formulas,
        on_progress: Progress | None = None,
        *,
        columns_from: int | None = None,
        prepared: Prepared | None = None,
    ) -> None:
        self._columns_from = columns_from
        self._prepared = prepared
        self.package = package
        self.calls: Counter[str] = Counter()
        self._progress = on_progress
        self._report("reading", 0, 1)
        self._rewriter = _rewriter(package, formulas)
        # The cells that keep the file's value, as the engine cannot know it, and why.
        self._kept: dict[Place, str] = {}
        # Those that should and cannot, as the file has none.
        self._unknown: dict[Place, str] = {}
        # Those that are kept because the engine gave an error where the file has a value.
        self._doubtful: dict[Place, str] = {}
        self._formulas = formulas
        self._counted = self._counting(formulas)
        # Whether more is asked for than what is to be written into the file.
        self._wanted_whole = False
        self._load()
        if self._rewriter.strict:
            self._keep_instead_of_errors()
        self._report("done", 1, 1)

    def _load(self) -> None:
        """Hand the workbook to the engine, and compute all of it."""
        self._edits = 0
        with gc_paused():
            copy, runs = self._engine_copy()
            self._kept = copy.kept
            self._partial, self._lacking = copy.partial, copy.lacking
            # What the file has the formulas show, as long as nothing is written over it.
            self._filed, self._in_place = copy.filed, copy.in_place
            self._unknown = copy.unknown
            self._report("loading", 0, 1)
            self._session = Session(
                copy.content,
                self._formulas,
                self.calls,
                self._counted,
                date1904=self.package.date1904,
            )
            self._candidates = Candidates(
                self.package, self._session.engine.get_value, copy.candidates
            )
            self._session.register(SUBTOTAL, self._rewriter.subtotals.compute)
            self._columns = Columns(
                self.package,
                runs,
                self._formulas,
                self._session.engine,
                copy.texts,
                self._settle,
                copy.reads,
                copy.down,
            )
            self._columns.compute()
            self._settle()
            # Whether there are arrays that reach as far as their results go.
            self._spilling = any(
                formula.dynamic for tab in self._sheets() for formula in tab.array_formulas.values()
            )

    def _make_whole(self) -> None:
        """Let the engine have what was left out, as the file has it and nothing reads it."""
        self._wanted_whole = True
        if self._lacking:
            self._load()

    def _engine_copy(self) -> tuple[EngineCopy, list[Run]]:
        """What the engine gets, and what is computed beside it."""
        package, formulas = self.package, self._formulas
        if self._prepared is not None:
            ready = self._prepared.copy(
                package, formulas, self._columns_from, whole=self._wanted_whole
            )
            if ready is not None:
                return ready
        may_be_array = array_test(package, formulas)
        runs = runs_of(
            package, self._rewriter, formulas, may_be_array, self._columns_from, self._doubtful
        )
        return engine_copy(package, self._rewriter, may_be_array, runs, self._doubtful), runs

    # Reading

    def value(self, sheet: str, address: str) -> Value:
        """What a cell shows."""
        self._make_whole()
        tab = self.package.sheet(sheet)
        row, column = cell(address)
        run = self._columns.at(tab.name, row, column)
        if run is not None:
            return self._columns.value(run, row)
        raw = self._raw(tab.name, row, column)
        return None if raw is None and not tab.has_formula(row, column) else _never_blank(raw)

    def formula_values(self) -> dict[Address, Value]:
        """What every formula shows; array formulas in all their cells."""
        self._make_whole()
        return {
            (tab.name, a1(row, column)): value
            for tab in self._sheets()
            for row, column, value in (*self._results(tab), *self._grown_results(tab))
        }

    def results(self) -> Results:
        """The same, long columns as columns."""
        self._make_whole()
        tabs = self._sheets()
        cells = {
            (tab.name, a1(row, column)): value
            for tab in tabs
            for row, column, value in self._results(tab)
        }
        columns = {
            (tab.name, column): (tab.grown.first, values)
            for tab in tabs
            if tab.grown is not None
            for column, values in self._columns.grown_values(tab, self._raw_values)
        }
        return Results(cells, columns)

    def errors(self) -> list[ErrorCell]:
        """The formulas that show an error, sheet by sheet."""
        self._make_whole()
        found = []
        for tab in self._sheets():
            in_grown = [
                (row, column)
                for row, column, value in self._grown_results(tab)
                if isinstance(value, CellError)
            ]
            for row, column in (*tab.formula_places, *in_grown):
                run = self._columns.at(tab.name, row, column)
                raw = None if run else self._raw(tab.name, row, column)
                shown = self._columns.value(run, row) if run else decode(raw)
                if isinstance(shown, CellError):
                    why = self._unknown.get((tab.name, row, column), "") or reason(raw)
                    found.append(ErrorCell(tab.name, a1(row, column), shown, why))
        return found

    def kept(self) -> list[KeptCell]:
        """The formulas whose value is the file's own, as this engine cannot compute them."""
        return [
            KeptCell(sheet, a1(row, column), reason)
            for (sheet, row, column), reason in self._kept.items()
        ]

    def would_show(self, text: str, sheet: str, address: str) -> Value:
        """What a formula, given without ``=``, would show in a cell; nothing is changed.

        None where the engine gives up on it, or cannot read it.
        """
        self._make_whole()
        tab = self.package.sheet(sheet)
        row, column = cell(address)
        name, engine = engine_name(tab.name), self._session.engine
        try:
            one = self._rewriter.rewrite(text, tab.name, row, column)
            self._columns.tell_for(one, tab.name, row)
            engine.set_formula(name, row, _ASIDE, f"={one}")
            self._session.run()
            shown: Value = decode(self._raw(tab.name, row, _ASIDE))
        except (EngineError, RuntimeError):  # the latter: it cannot read the formula
            return None
        finally:
            engine.set_value(name, row, _ASIDE, None)
        return shown

    def _keep_instead_of_errors(self) -> None:
        """Keep the file's good values of formulas that the engine makes errors of by itself.

        What reads a kept value is computed from it.
        """
        for _ in range(_ROUNDS):
            found = errors_of_the_engine(self.package, self._formulas, self.errors())
            wrong = {place: why for place, why in found if place not in self._kept}
            if not wrong:
                return
            self._doubtful.update(wrong)
            self._load()

    # Changing

    def set(self, sheet: str, address: str, value: object) -> None:
        """Change an input, as `Package.set_cell`; `recalculate` brings the results after it."""
        tab = self.package.sheet(sheet)
        row, column = cell(address)
        self.package.set_cell(tab.name, address, value)
        self._session.set_value(engine_name(tab.name), row, column, tab.value(row, column))
        self._columns.changed(tab.name, row, column)

    def recalculate(self) -> None:
        """Compute what depends on the changed inputs."""
        self._edits += 1
        # What depends on a spilled cell and on what was changed, the engine may leave as it was
        # (see `engine_copy`): with such arrays everything is computed anew. And of every edit the
        # engine keeps some kilobytes, so that now and then it starts afresh. So it does where some
        # formulas are not in it, as nothing they depend on had been changed.
        if self._partial or self._spilling or self._edits == _AFRESH_AFTER:
            self._load()
        else:
            self._settle()
            self._columns.update()

    def to_bytes(self) -> bytes:
        """The original file with inputs set and results written; the rest byte for byte."""
        with gc_paused():
            self.write_results()
            return self.package.to_bytes()

    def write_results(self) -> None:
        """Write the results into the package, for `Package.save` and `Package.to_bytes`."""
        with gc_paused():
            if not self._filed:
                self._make_whole()
            for tab in self._sheets():
                self._write_results(tab)
            self._filed = {}

    def save(self, path: str | Path, *, backup: bool = False) -> None:
        """Write the workbook to a file, as `Package.save`."""
        self.write_results()
        self.package.save(path, backup=backup)

    # Inside

    def _sheets(self) -> list[Sheet]:
        return [self.package.sheet(name) for name in self.package.sheets]

    def _raw(self, sheet: str, row: int, column: int) -> EngineValue:
        return self._session.engine.get_value(engine_name(sheet), row, column)

    def _results(self, tab: Sheet) -> list[tuple[int, int, Value]]:
        results: list[tuple[int, int, Value]] = []
        name, get = engine_name(tab.name), self._session.engine.get_value
        columns, arrays = self._columns.values_on(tab.name), tab.array_formulas
        for row, column in tab.formula_places:
            for first, last, values in columns.get(column, ()):
                if first <= row <= last:
                    results.append((row, column, values[row - first]))
                    break
            else:
                formula = arrays.get((row, column))
                if formula is None:
                    raw = get(name, row, column)
                    plain = type(raw) is float and math.isfinite(raw)  # most often
                    results.append((row, column, raw if plain else _never_blank(raw)))
                else:
                    results.extend(self._array_results(tab.name, row, column, formula))
        return results

    def _raw_values(self, sheet: str, column: int, rows: range) -> list[Value]:
        return [_never_blank(self._raw(sheet, row, column)) for row in rows]

    def _grown_results(self, tab: Sheet) -> Iterator[tuple[int, int, Value]]:
        if tab.grown is not None:
            for column, values in self._columns.grown_values(tab, self._raw_values):
                for row, value in enumerate(values, tab.grown.first):
                    yield row, column, value

    def _array_results(
        self, sheet: str, row: int, column: int, formula: CellFormula
    ) -> list[tuple[int, int, Value]]:
        assert formula.array is not None
        spills = formula.dynamic and (sheet, row, column) not in self._kept
        block = self._extent(sheet, row, column) if spills else formula.array
        return [
            (r, c, _never_blank(self._raw(sheet, r, c)))
            for r in range(block.top, block.bottom + 1)
            for c in range(block.left, block.right + 1)
        ]

    def _extent(self, sheet: str, row: int, column: int) -> Area:
        """How far a dynamic array reaches."""
        address = f"{quote_sheet(engine_name(sheet))}!{a1(row, column)}"
        spill = self._session.engine.inspect_cell(address, include_values=False).cell.spill
        if spill is None or not spill.extent:
            return Area(row, column, row, column)
        return area(spill.extent.rpartition("!")[2].replace("$", ""))

    def _write_results(self, tab: Sheet) -> None:
        filed = self._filed.get(tab.name)
        results = self._results(tab) if filed is None else list(self._new_results(tab, filed))
        for (row, column), formula in list(tab.array_formulas.items()):
            if formula.dynamic and (tab.name, row, column) not in self._kept:
                assert formula.array is not None
                new = self._extent(tab.name, row, column)
                for r in range(formula.array.top, formula.array.bottom + 1):
                    for c in range(formula.array.left, formula.array.right + 1):
                        if not new.holds(r, c):
                            tab.clear_spill(r, c)
                tab.set_array(row, column, new)
        if tab.grown is not None:
            for number, column_values in self._columns.grown_values(tab, self._raw_values):
                of_column = tab.grown.columns[number]
                if not _are_same(of_column.values, column_values):
                    of_column.values = column_values
                    tab.changed = True
        for row, column, value in results:
            if self._kept and (tab.name, row, column) in self._kept:
                continue
            tab.set_cached(row, column, value)

    def _new_results(
        self, tab: Sheet, filed: Iterable[Stretch]
    ) -> Iterator[tuple[int, int, Value]]:
        """The results that are others than those the file has; of an array all or none."""
        name, get = engine_name(tab.name), self._session.engine.get_value
        runs = self._columns.values_on(tab.name)
        for column, first, known in filed:
            rows = range(first, first + len(known))
            found = [values for start, _, values in runs.get(column, ()) if start == first]
            raw = found[0] if found else [get(name, row, column) for row in rows]
            for row, value, old in zip(rows, raw, known, strict=True):
                if value != old or type(value) is not type(old):
                    yield row, column, value if found else _never_blank(value)
        for (row, column), formula in tab.array_formulas.items():
            if (tab.name, row, column) not in self._in_place:
                yield from self._array_results(tab.name, row, column, formula)

    def _settle(self) -> None:
        """Compute, and cut plain formulas that came out as arrays back to one cell.

        In a file, a formula that is not an array formula shows one cell, whatever it returns;
        the engine lets all of them spill. Where one spills into a row that it reads whole, the
        engine takes that for a circle and gives up: then none may spill from the start.
        """
        self._take_in_what_was_left()
        try:
            self._session.run()
        except EngineError:
            self._keep_first_cells(self._candidates.places)
            self._session.run()
        while spilled := self._candidates.spilled():
            self._keep_first_cells(spilled)
            self._session.run()

    def _take_in_what_was_left(self) -> None:
        """Look at formulas, too, that were left to the engine meanwhile and may be arrays."""
        left = self._columns.newly_left()
        if not left:
            return
        may_be_array = array_test(self.package, self._formulas)
        self._candidates.add(
            (run.sheet, row, run.column)
            for run in left
            if may_be_array(run.text)
            for row in range(run.first, run.last + 1)
        )

    def _keep_first_cells(self, places: Collection[Place]) -> None:
        for sheet, row, column in places:
            text = engine_formula(self.package.sheet(sheet), row, column, self._rewriter)
            one = fitted(text, Area(row, column, row, column))
            self._session.engine.set_formula(engine_name(sheet), row, column, f"={one}")
        self._candidates.drop(places)

    def _report(self, step: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(step, done, total)

    def _counting(self, formulas: Formulas) -> Callable[[], None] | None:
        """What reports progress while the engine calls our formulas."""
        # Not through `self`: the engine must not keep its book alive (see `Session.register`).
        calls, progress = self.calls, self._progress
        if progress is None:
            return None
        marks = [f"{name.upper()}(" for name in formulas]
        total = sum(
            any(mark in formula.text.upper() for mark in marks)
            for tab in self._sheets()
            for formula in tab.element_formulas.values()
        )

        def count() -> None:
            done = calls.total()
            if done % _AT_ONCE == 0:
                progress("computing", min(done, total), total)

        return count


def prepared_content(package: Package, formulas: Formulas) -> bytes:
    """What makes workbooks with the formulas of this one quicker to open: see `Prepared`."""
    from addin.embedded.preparing import prepare  # for those who build only

    with gc_paused():
        rewriter = _rewriter(package, formulas)
        return prepare(package, formulas, rewriter, array_test(package, formulas))


def _rewriter(package: Package, formulas: Formulas) -> Rewriter:
    return Rewriter(
        package.tables.values(),
        package.all_names,
        formulas,
        table_functions(formulas),
        package.sheets,
        HiddenRows(package),
        strict=_MADE_FOR not in package.names,
    )


def _are_same(values: list[Value], others: list[Value]) -> bool:
    """Whether they are the same, TRUE and 1 apart."""
    return values == others and list(map(type, values)) == list(map(type, others))


def _never_blank(raw: EngineValue) -> Value:
    """What a formula's cell shows: never blank, but 0; and no number that none can be."""
    shown: Value = decode(raw)
    if shown is None:
        return 0.0
    if type(shown) is float and not math.isfinite(shown):
        return CellError.NUM
    return float(shown) if type(shown) is int else shown


def open_book(
    source: Package | str | Path | bytes,
    formulas: Formulas,
    on_progress: Progress | None = None,
    *,
    columns_from: int | None = None,
    prepared: Prepared | None = None,
) -> EmbeddedBook:
    """Open a workbook in the embedded engine and compute all of it.

    Columns of one formula are computed at once from `columns_from` rows on; 0 is for never, and
    without a number it is done where that is worth it. What is `prepared` for a template is used
    where the workbook has the template's formulas.

    A `Package` given here belongs to the book from then on: inputs set on the book are set in it.
    """
    package = source if isinstance(source, Package) else Package.open(source)
    return EmbeddedBook(
        package, formulas, on_progress, columns_from=columns_from, prepared=prepared
    )
