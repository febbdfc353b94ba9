"""Which formulas are computed as columns, and how they depend on each other.

A run is a stretch of one column, at least `LEAST` rows long, whose cells hold one formula: the
calculated column of a table, or a formula filled down. It is computed as a column if

- nothing but its own row is different from one row to the next;
- the engine's parser reads it, and every function in it is one of `functions.FUNCTIONS` or a
  formula of ours that works element by element;
- it is no array formula, and the engine could know its value (`Rewriter.why_not`).

All else the engine does, cell by cell; so it does where a value turns up, while a run is being
computed, for which `cells.Unknown` is raised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import formualizer

from addin.embedded.parts import ROW, row_left_open
from addin.embedded.rewrite import Rewriter
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package import formula_text as ft
from addin.package.addresses import LAST_COLUMN, LAST_ROW
from addin.package.addresses import areas as areas_of
from addin.package.cell_formula import CellFormula
from addin.package.filled_down import FilledDown
from addin.package.formula_text import Token, row_template
from addin.package.sheet import Sheet
from addin.package.tables import PackageTable

if TYPE_CHECKING:
    from addin.embedded.columns.functions.formula import Function

# Below this many rows the engine is as fast; and so it is where there are few cells in all.
LEAST = 64
WORTH_IT = 12_000
# A column that so few formulas read is not worth handing to the engine.
_FEW = 16
# In place of a run's own row, which no workbook's formulas name.
OWN_ROW = LAST_ROW


T = TypeVar("T")
Block: TypeAlias = tuple[str, Area]  # a sheet and a range on it


@dataclass(eq=False)
class Run:
    """A stretch of one column that holds one formula."""

    sheet: str
    column: int
    first: int
    last: int
    text: str  # as the engine gets it, with ROW in it
    node: Any  # the same as the engine's parser has it, with OWN_ROW in it
    needs: set[Run] = field(default_factory=set, repr=False)
    reads: list[Block] | None = field(default=None, repr=False)  # where it is known already

    @property
    def count(self) -> int:
        """How many rows it has."""
        return self.last - self.first + 1

    def in_rows_of(self, area: Area) -> bool:
        """Whether some of its rows are a range's."""
        return self.first <= area.bottom and area.top <= self.last


def find_runs(
    package: Package,
    rewriter: Rewriter,
    formulas: Formulas,
    from_rows: int | None = None,
    keep: Collection[tuple[str, int, int]] = (),
) -> list[Run]:
    """All runs of a workbook, each behind those that it reads; circles are left out.

    Runs have at least `from_rows` rows; without a number, `LEAST`, if all together are worth it.
    None has a cell that is to `keep` the file's value (sheet, row, column).
    """
    kept_in = {(sheet, column) for sheet, _, column in keep}
    least = LEAST if from_rows is None else from_rows
    if from_rows is None and sum(package.sheet(s).formula_count for s in package.sheets) < WORTH_IT:
        least = 0
    found = []
    for name in package.sheets:
        tab = package.sheet(name)
        if tab.grown is not None and tab.grown.formulas and not least:
            tab.make_elements()
        if least and tab.formula_count >= least:
            tables = [table for table in package.tables.values() if table.sheet == tab.name]
            for stretch in stretches(tab, tables, least):
                if (name, stretch.column) in kept_in:
                    continue
                run = _run(tab, stretch, rewriter, formulas)
                if run is not None:
                    found.append(run)
    if from_rows is None and sum(run.count for run in found) < WORTH_IT:
        found = []
    return in_order(found, package)


def columns_left(tab: Sheet, runs: Collection[Run]) -> list[int]:
    """The columns of a sheet's long rows with formulas that belong to no run."""
    grown = tab.grown
    if grown is None:
        return []
    done = {
        run.column
        for run in runs
        if run.sheet == tab.name and run.first <= grown.first and grown.last <= run.last
    }
    return [
        number
        for number, column in grown.columns.items()
        if column.formula is not None and number not in done
    ]


@dataclass
class Stretch:
    """Cells below each other with one formula."""

    column: int
    first: int
    last: int
    limit: int
    opened: str
    formula: CellFormula


def stretches(tab: Sheet, tables: list[PackageTable], least: int) -> Iterator[Stretch]:
    """All stretches of a sheet that are so long or longer."""
    open_now: dict[int, Stretch] = {}
    ended = []
    for (row, column), formula in sorted(tab.element_formulas.items(), key=_place):
        text = formula.text
        number = str(row)
        opened = row_left_open(text, number) if number in text else text
        known = open_now.get(column)
        if known is not None:
            goes_on = known.last == row - 1 and row <= known.limit and formula.array is None
            if goes_on and opened == known.opened:
                known.last = row
                continue
            ended.append(known)
            del open_now[column]
        if formula.array is None:
            limit = _limit(tables, row, column)
            open_now[column] = Stretch(column, row, row, limit, opened, formula)
    begun = set()
    for stretch in (*ended, *open_now.values()):
        if _grow(stretch, tab):
            begun.add(stretch.column)
        if stretch.last - stretch.first + 1 >= least:
            yield stretch
    yield from (one for one in _grown_alone(tab, tables, begun) if one.last - one.first >= least)


def _place(item: tuple[tuple[int, int], CellFormula]) -> tuple[int, int]:
    return item[0]


def _grown_alone(
    tab: Sheet, tables: list[PackageTable], begun: Collection[int]
) -> Iterator[Stretch]:
    """The grown rows' columns that go on with no formula above them."""
    grown = tab.grown
    if grown is None:
        return
    for number, column in grown.columns.items():
        formula = grown.formula(grown.first, number)
        if formula is None or number in begun or column.array:
            continue
        down = FilledDown(formula.text, grown.first)
        limit = _limit(tables, grown.first, number)
        if down.own_row_only and limit >= grown.last:
            opened = row_left_open(formula.text, str(grown.first))
            yield Stretch(number, grown.first, grown.last, limit, opened, formula)


def _grow(stretch: Stretch, tab: Sheet) -> bool:
    """Take the rows in that the table has grown by, if they go on with the formula."""
    grown = tab.grown
    if grown is None or stretch.last != grown.first - 1 or stretch.limit < grown.last:
        return False
    column = grown.columns.get(stretch.column)
    if column is None or column.formula is None or grown.model_row != stretch.last:
        return False
    steps: dict[int, int] = {}
    template = row_template(column.formula.text, stretch.last, steps)
    # Filled down, it is the same formula, if it names no row but its own.
    if set(steps) <= {0} and template.format(ROW) == stretch.opened:
        stretch.last = grown.last
        return True
    return False


def _limit(tables: list[PackageTable], row: int, column: int) -> int:
    """The last row down to which references to "this row" mean the same."""
    limit = LAST_ROW
    for table in tables:
        if table.area.left <= column <= table.area.right:
            if table.first_row <= row <= table.last_row:
                return table.last_row
            if table.area.top > row:
                limit = min(limit, table.area.top - 1)
    return limit


def _run(tab: Sheet, stretch: Stretch, rewriter: Rewriter, formulas: Formulas) -> Run | None:
    at = (tab.name, stretch.first, stretch.column)
    text = rewriter.open_text(stretch.formula.text, *at)
    if text is None or rewriter.why_not(stretch.formula.text, *at):
        return None
    node = parsed(text, formulas)
    if node is None:
        return None
    return Run(tab.name, stretch.column, stretch.first, stretch.last, text, node)


def parsed(text: str, formulas: Formulas) -> Any:
    """A formula with ROW in it as the engine's parser has it; None if the engine has to do it."""
    if str(OWN_ROW) in text:
        return None
    try:
        node = formualizer.parse(f"={text.replace(ROW, str(OWN_ROW))}")
    except (formualizer.ParserError, formualizer.TokenizerError):
        return None
    return node if _is_known(node, formulas) else None


def known_functions() -> Mapping[str, Function]:
    """The spreadsheet's own functions that columns have."""
    # Only who has columns to compute waits for the import.
    from addin.embedded.columns.functions import FUNCTIONS

    return FUNCTIONS


def _is_known(node: Any, formulas: Formulas) -> bool:
    if node.node_type() == "Function":
        name = node.get_function_name().upper()
        if name not in known_functions() and not is_elementwise(formulas.get(name)):
            return False
    return all(_is_known(child, formulas) for child in node.children())


def is_elementwise(formula: Any) -> bool:
    """Whether a formula of ours answers for each row by itself."""
    parameters = getattr(formula, "parameters", None)
    return (
        parameters is not None
        and formula.result == "elementwise"
        and not formula.variadic
        and not any(parameter.kind.takes_range for parameter in parameters)
    )


def readers_of_columns(runs: Iterable[Run], formulas: Iterable[tuple[T, list[Block]]]) -> list[T]:
    """Of other formulas, given with what they read, those to be computed beside the engine, too.

    Each reads a run that few formulas read: the engine need not have its values then.
    """
    standing: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for run in runs:
        standing[run.sheet, run.column].append(run)
    readers: dict[Run, list[T]] = defaultdict(list)
    for formula, blocks in formulas:
        met = {
            run
            for sheet, area in blocks
            if area.rows >= LEAST and area.columns == 1
            for run in standing.get((sheet, area.left), ())
            if run.in_rows_of(area)
        }
        for run in met:
            readers[run].append(formula)
    few = (formula for found in readers.values() if len(found) <= _FEW for formula in found)
    return list({id(formula): formula for formula in few}.values())


def with_readers(runs: list[Run], readers: list[Run], package: Package) -> list[Run]:
    """Runs and what reads them in order, without readers for which others would be left out."""
    ordered = in_order([*runs, *readers], package)
    if len(ordered) == len(runs) + len(readers):
        return ordered
    for run in (*runs, *readers):
        run.needs.clear()
    done = set(ordered)
    return in_order([*runs, *(run for run in readers if run in done)], package)


def in_order(runs: list[Run], package: Package) -> list[Run]:
    """Each run behind those that it reads; what is part of a circle is left out."""
    by_column: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for run in runs:
        by_column[run.sheet, run.column].append(run)
    names = {sheet.casefold(): sheet for sheet in package.sheets}
    targets = {name.casefold(): known.target for name, known in package.names.items()}
    columns_with_runs: dict[str, set[int]] = defaultdict(set)
    for sheet, column in by_column:
        columns_with_runs[sheet].add(column)
    for run in runs:
        for sheet, area in read_by(run, names, targets):
            for column in columns_with_runs[sheet]:
                if area.left <= column <= area.right:
                    run.needs.update(
                        other for other in by_column[sheet, column] if other.in_rows_of(area)
                    )
    ordered: list[Run] = []
    waiting = [run for run in runs if run not in run.needs]
    done: set[Run] = set()
    chosen = set(waiting)
    while True:
        ready = [run for run in waiting if (run.needs & chosen) <= done]
        if not ready:
            return ordered  # the rest is a circle, or needs one
        ordered += ready
        done.update(ready)
        waiting = [run for run in waiting if run not in done]


def read_by(
    run: Run, names: Mapping[str, str], targets: Mapping[str, tuple[str, Area] | None]
) -> Iterator[tuple[str, Area]]:
    """The cells that a run's formula names."""
    if run.reads is not None:
        yield from run.reads
        return
    todo = [run.node]
    while todo:
        node = todo.pop()
        todo.extend(node.children())
        if node.node_type() != "Reference":
            continue
        reference = node.get_reference()
        sheet = names.get((getattr(reference, "sheet", None) or run.sheet).casefold(), run.sheet)
        if isinstance(reference, formualizer.NamedRangeRef):
            target = targets.get(reference.name.casefold())
            if target is not None:
                yield target
            continue
        start, end = getattr(reference, "start", reference), getattr(reference, "end", reference)
        if start is None or end is None or not start.row or not end.row:
            yield sheet, Area(1, 1, LAST_ROW, LAST_COLUMN)
            continue
        top, bottom = start.row, end.row
        if OWN_ROW in (top, bottom):
            top, bottom = (run.first, run.last) if top == bottom else (1, LAST_ROW)
        yield sheet, Area(top, start.col, bottom, end.col)


def cells_read_in(
    texts: tuple[str, ...],
    sheet: str,
    rows: tuple[int, int],
    sheets: list[str],
    targets: Mapping[str, tuple[str, Area] | None],
) -> list[Block]:
    """The cells that a formula names, filled down from one row to another.

    It is given as one text with ROW in it, or as it stands in the first and in the last row.
    """
    first, last = rows
    found = list(cells_read(texts[0].replace(ROW, str(first)), sheet, sheets, targets))
    if first == last or (len(texts) == 1 and ROW not in texts[0]):
        return found
    # Each range from where its first cell has it to where its last one has it.
    ends = cells_read(texts[-1].replace(ROW, str(last)), sheet, sheets, targets)
    return [(on, area.around(end)) for (on, area), (_, end) in zip(found, ends, strict=True)]


def cells_read(
    text: str, sheet: str, sheets: list[str], targets: Mapping[str, tuple[str, Area] | None]
) -> Iterable[tuple[str, Area]]:
    """The cells that a formula in the engine's form names; all of them where it may go anywhere."""
    pieces = [token for token in ft.tokens(text) if token.kind != ft.SPACE]
    found: list[tuple[str, Area]] = []
    on = sheet
    for at, (kind, piece) in enumerate(pieces):
        if kind == ft.SHEET:
            name = piece[:-1]
            name = name[1:-1].replace("''", "'") if name.startswith("'") else name
            on = next((one for one in sheets if one.casefold() == name.casefold()), sheet)
            continue
        if kind == ft.CELL:
            behind = pieces[at + 1 : at + 3]
            if len(behind) == 2 and behind[0].text == ":" and behind[1].kind == ft.CELL:
                found.append((on, areas_of(f"{piece}:{behind[1].text}")[0]))
            else:
                found.append((on, areas_of(piece)[0]))
        elif piece == ":" and {pieces[at - 1].kind, *(t.kind for t in pieces[at + 1 : at + 2])} != {
            ft.CELL
        }:
            # A range that a function ends.
            found.append((on, Area(1, 1, LAST_ROW, LAST_COLUMN)))
        elif kind in (ft.ROWS, ft.COLUMNS):
            found.append((on, areas_of(piece)[0]))
        elif kind == ft.NAME:
            known = targets.get(piece.casefold())
            if known is not None:
                found.append(known)
        elif kind == ft.FUNCTION and piece.upper().rpartition(".")[2] in ("INDIRECT(", "OFFSET("):
            return [(one, Area(1, 1, LAST_ROW, LAST_COLUMN)) for one in sheets]
        in_range = piece == ":" or pieces[at + 1 : at + 2] == [Token(ft.OPERATOR, ":")]
        on = on if in_range else sheet
    return found
