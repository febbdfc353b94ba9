"""The workbook on the embedded engine, beside the engine alone and the `formulas` package."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

import formualizer
from openpyxl import Workbook

from addin.embedded import EmbeddedBook, open_book
from addin.embedded.engine_copy import engine_copy
from addin.embedded.own_calls import ARRAY, FIT, PART, SINGLE
from addin.embedded.rewrite import Rewriter
from addin.package import Package
from addin.package.addresses import a1
from tests.benchmarks.measure import OURS, Aim, Effort, Result, agree, side_by_side
from udfs import CellError, Formula, catalogue
from workbook import bundled
from workbook.fill import write_inputs
from workbook.inputs import read

ALONE = "formualizer loads and computes, do-nothing functions"
NOTHING = "all the same, do-nothing functions"
FORMULAS = "the package formulas"


def project() -> Path:
    """The folder of the repository."""
    return Path(__file__).parents[2]


class DoNothing:
    """A formula in name only: it returns 1.0 at once."""

    def __init__(self, formula: Formula) -> None:
        self.name = formula.name
        self.result = formula.result

    def __call__(self, *arguments: Any) -> float:
        """1.0, whatever is given."""
        return 1.0


DO_NOTHING: Mapping[str, DoNothing] = {
    name: DoNothing(formula) for name, formula in catalogue.items()
}


def run(effort: Effort) -> Iterator[Result]:
    """Filled template, plans, one changed input, and a book that `formulas` can read."""
    yield _filled(effort)
    yield _one_change("Entry", (100.0, 100.1, 100.2), effort)
    yield _one_change("Days", (7.0, 8.0, 9.0), effort)
    with tempfile.TemporaryDirectory() as folder:
        for rows in () if effort.quick else (500, 10_000):  # `scale` has small ones
            yield _plan(plan_csv(Path(folder) / f"{rows}.csv", rows), rows, effort)
        yield _comparable(effort.size(500, 20), Path(folder), effort)


def _filled(effort: Effort) -> Result:
    content = bundled.worked_example()

    def whole(formulas: Mapping[str, Any]) -> bytes:
        return open_book(content, formulas).to_bytes()

    _same_as_stored(Package.open(content), open_book(content, catalogue))
    prepared = for_the_engine(Package.open(content))
    return side_by_side(
        "filled template: read, compute, write",
        {
            OURS: partial(whole, catalogue),
            NOTHING: partial(whole, DO_NOTHING),
            ALONE: partial(loaded, prepared),
        },
        effort,
        aims=(Aim(1.5, NOTHING), Aim(1.5, ALONE)),
        note="formualizer: of a copy without styles or charts, and nothing is written",
        figures=_calls(open_book(content, catalogue)),
    )


def _plan(source: Path, rows: int, effort: Effort) -> Result:
    def filled(formulas: Mapping[str, Any]) -> EmbeddedBook:
        package = Package.open(bundled.template())
        write_inputs(package, read(source))
        return open_book(package, formulas)

    book = filled(catalogue)
    figures = _calls(book)
    _liquidation_prices_are_right(book, rows)
    package = Package.open(bundled.template())
    write_inputs(package, read(source))
    prepared = for_the_engine(package)
    del package, book
    return side_by_side(
        f"plan of {rows:,} rows: CSV, fill, compute, write",
        {
            OURS: lambda: filled(catalogue).to_bytes(),
            NOTHING: lambda: filled(DO_NOTHING).to_bytes(),
            ALONE: partial(loaded, prepared),
        },
        effort,
        aims=(Aim(1.5, NOTHING), Aim(1.5, ALONE)),
        figures=figures,
    )


def _one_change(header: str, values: tuple[float, ...], effort: Effort) -> Result:
    """One input of the first plan typed anew, everything that depends on it computed."""
    book = open_book(bundled.worked_example(), catalogue)
    alone = loaded(for_the_engine(Package.open(bundled.worked_example())))
    table = book.package.table("Plan")
    sheet, row, column = table.sheet, table.first_row, table.column(header) or 0
    at = a1(row, column)
    turns: Iterator[float] = cycle(values)
    its_turns: Iterator[float] = cycle(values)

    def ours() -> None:
        book.set(sheet, at, next(turns))
        book.recalculate()

    def the_engine() -> None:
        alone.set_value(sheet, row, column, next(its_turns))
        alone.evaluate_all()

    ours()
    before = book.formula_values()
    book.calls.clear()
    ours()
    calls = book.calls.total()
    simulated = book.calls["ISO_JOINT_LIQUIDATION"]
    now = book.formula_values()
    changed = sum(now[place] != value for place, value in before.items())
    if not changed:
        raise AssertionError(f"a changed {header} changed nothing")
    ours()
    ours()
    if book.formula_values() != before:
        raise AssertionError(f"the old {header} does not bring the old values back")
    # From here on none is typed twice: what was simulated for a value is kept for a while.
    turns, its_turns = (count(values[0] + 1e-4, 1e-4) for _ in range(2))
    return side_by_side(
        f"one changed input in an open book: {header} of a plan",
        {OURS: ours, ALONE: the_engine},
        effort,
        aims=(Aim(0.02),),
        figures={"cells that change": changed, "calls": calls},
        note="the joint simulation runs again" if simulated else "",
    )


def for_the_engine(package: Package) -> bytes:
    """The workbook as the engine can read it, made beforehand."""
    for name in package.sheets:
        if package.sheet(name).grown is not None:
            package.sheet(name).make_elements()  # else their formulas are left out of the copy
    tables = [name for name, formula in catalogue.items() if formula.result == "table"]
    rewriter = Rewriter(package.tables.values(), package.all_names, catalogue, tables)
    return engine_copy(package, rewriter, lambda _: False)[0]


def loaded(content: bytes) -> Any:
    """Read and computed by formualizer itself, which writes nothing."""
    settings = formualizer.EvaluationConfig()
    settings.enable_parallel = False
    book = formualizer.Workbook.from_bytes(
        content,
        config=formualizer.WorkbookConfig(eval_config=settings),
        load_limits=dict.fromkeys(
            ("max_input_bytes", "max_expanded_bytes", "max_part_bytes"), 2 * len(content)
        ),
    )
    for name in (*catalogue, ARRAY, PART, FIT, SINGLE):
        book.register_function(name, _one, min_args=0, max_args=None)
    book.evaluate_all()
    return book


def _one(*arguments: Any) -> float:
    return 1.0


def _calls(book: EmbeddedBook) -> dict[str, float]:
    return {"formula cells": len(book.formula_values()), "calls": book.calls.total()}


def _same_as_stored(stored: Package, book: EmbeddedBook) -> None:
    """What is computed now is what stands in the file."""
    for (sheet, address), value in book.formula_values().items():
        kept = stored.value(sheet, address)
        where = f"filled template, {sheet}!{address}"
        if isinstance(value, float) and isinstance(kept, float):
            agree(where, value, kept)
        elif value != kept and not (value in ("", None, 0.0) and kept in ("", None, 0.0)):
            raise AssertionError(f"{where}: {value!r} computed, {kept!r} in the file")


def _liquidation_prices_are_right(book: EmbeddedBook, rows: int) -> None:
    """The plan's prices are those of the formula itself for the same row."""
    table = book.package.table("Plan")
    if table.last_row - table.first_row + 1 < rows:
        raise AssertionError(f"the plan has fewer than {rows} rows")

    def column(header: str) -> list[Any]:
        at = table.column(header) or 0
        return [
            book.value(table.sheet, a1(table.first_row + row, at))
            for row in range(0, rows, max(1, rows // 50))
        ]

    bad = [price for price in column("Liq price") if isinstance(price, CellError)]
    if bad:
        raise AssertionError(f"{len(bad)} liquidation prices are in error")
    names = ("Side", "Entry", "Stop", "Liq price")
    for side, entry, stop, price in zip(*map(column, names), strict=True):
        sign = 1.0 if side == "long" else -1.0
        if not sign * (entry - price) > 0 or not sign * (entry - stop) > 0:
            raise AssertionError(f"a {side} from {entry} would be liquidated at {price}")


def plan_csv(path: Path, rows: int) -> Path:
    """A file of plans that all can be computed."""
    draw = random.Random(rows)
    venues = _venues()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["symbol", "side", "venue", "entry", "stop", "days", "leverage", "volatility", "lot"]
        )
        for at in range(rows):
            side = draw.choice((1, -1))
            entry = round(draw.uniform(1.0, 200.0), 2)
            writer.writerow(
                [
                    f"S{at}",
                    "long" if side > 0 else "short",
                    draw.choice(venues),
                    entry,
                    round(entry * (1 - side * draw.uniform(0.01, 0.06)), 4),
                    draw.randint(1, 20),
                    draw.randint(2, 8),
                    0.05,
                    0.1,
                ]
            )
    return path


def _venues() -> list[str]:
    package = Package.open(bundled.template())
    table = package.table("Venues")
    cells = [
        package.value(table.sheet, a1(row, table.column("Name") or 0))
        for row in range(table.first_row, table.last_row + 1)
    ]
    return [str(name) for name in cells if name]


# The maths of a plan row in cell references, as `formulas` cannot read structured ones.
_ROW = (
    '=ISO_LIQUIDATION_PRICE("long",A{r},C{r},0.005)',
    "=ISO_POSITION_SIZE(10000,0.02,A{r},B{r},0.0006)",
    '=ISO_CARRY_COST("long",F{r}*A{r},D{r},0.0001)',
    "=F{r}*A{r}/C{r}",
    "=(B{r}-E{r})/(A{r}-B{r})",
    '=IF(B{r}>E{r},"stop first","liquidated first")',
    "=F{r}*(A{r}-B{r})+G{r}+0.0006*F{r}*(A{r}+B{r})",
)


def _comparable(rows: int, folder: Path, effort: Effort) -> Result:
    """A book of the same maths in A1 references, on ours and on `formulas`."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan"
    for row in range(1, rows + 1):
        entry = 50.0 + row % 100
        inputs = [entry, entry * (0.95 + row % 4 / 100), 2 + row % 9, 1 + row % 20]
        sheet.append([*inputs, *(text.format(r=row) for text in _ROW)])
    path = folder / "comparable.xlsx"
    book.save(path)

    def ours() -> EmbeddedBook:
        return open_book(path, catalogue)

    work = f"a book of {rows:,} rows in A1 references: read, compute"
    try:
        import formulas
    except ImportError:
        return side_by_side(work, {OURS: ours}, effort, note=f"{FORMULAS} is not installed")
    functions = formulas.get_functions()
    for name in ("ISO_LIQUIDATION_PRICE", "ISO_POSITION_SIZE", "ISO_CARRY_COST"):
        functions[name] = partial(_for_formulas, catalogue[name])

    def theirs() -> Any:
        with contextlib.redirect_stderr(io.StringIO()):  # it draws progress bars
            return formulas.ExcelModel().loads(str(path)).finish().calculate()

    mine, its = ours(), theirs()
    for row in range(1, rows + 1):
        for column in "EFGHIK":
            value = its[f"'[{path.name}]PLAN'!{column}{row}"].value.ravel()[0]
            agree(f"{FORMULAS}, {column}{row}", mine.value("Plan", f"{column}{row}"), value)
    note = "it cannot read structured references, so not the template"
    return side_by_side(work, {OURS: ours, FORMULAS: theirs}, effort, note=note)


def _for_formulas(formula: Formula, *arguments: Any) -> Any:
    """A call as `formulas` makes it: single cells come as ranges of its own."""
    cells = []
    for argument in arguments:
        value = getattr(argument, "value", argument)
        cell = value.ravel()[0] if hasattr(value, "ravel") else value
        cells.append(cell.item() if hasattr(cell, "item") else cell)
    return formula(*cells)
