"""What the commands show on the terminal: progress, the plan, the checks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin.package import Package, Table
from addin.package.addresses import a1
from udfs.errors import CellError

if TYPE_CHECKING:
    from rich.console import Console

    from addin.engine import Book, Progress

# Plan columns shown, with how their numbers read.
_PLAN: Mapping[str, Callable[[float], str]] = {
    "Symbol": str,
    "Side": str,
    "Entry": lambda x: f"{x:,.6g}",
    "Stop": lambda x: f"{x:,.6g}",
    "Lev": lambda x: f"{x:g}x",
    "Units": lambda x: f"{x:,.6g}",
    "Margin": lambda x: f"{x:,.2f}",
    "Risk": lambda x: f"{x:,.2f}",
    "Liq price": lambda x: f"{x:,.6g}",
    "Stop first": str,
    "Chance": lambda x: f"{x:.1%}",
    "Carry": lambda x: f"{x:,.2f}",
    "Break-even": lambda x: f"{x:,.6g}",
    "What to do": str,
}
_LEFT = frozenset({"Symbol", "Side", "Stop first", "What to do"})
_MOST_ROWS = 40  # a longer plan is for the sheet
_TONES = {"PASS": "green", "WARN": "yellow", "FAIL": "bold red"}


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """A progress bar while a workbook is computed, where somebody is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def report(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield report


def report(book: Book, package: Package, path: Path, *, quiet: bool) -> int:
    """Show the plan, the checks and the errors of a computed workbook; how many failed."""
    errors = book.errors()
    checks = list(_checks(book, package))
    failed = sum(result == "FAIL" for *_, result in checks) + len(errors)
    if quiet:
        return failed
    from rich.console import Console

    console = Console(soft_wrap=False, highlight=False)
    if "Plan" in package.tables:
        _show_plan(console, book, package.table("Plan"))
    if checks:
        _show_checks(console, checks)
    for error in errors[:10]:
        why = f": {error.reason}" if error.reason else ""
        console.print(f"[bold red]{error.error}[/] in {error.sheet}!{error.cell}{why}")
    if len(errors) > 10:
        console.print(f"... and {len(errors) - 10} more cells in error")
    console.print(f"[bold]{path}[/] is ready: {len(book.formula_values())} formulas computed.")
    return failed


def _show_plan(console: Console, book: Book, table: Table) -> None:
    from rich import box
    from rich.table import Table as Grid

    grid = Grid(title="Plan", box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for header in _PLAN:
        grid.add_column(header, justify="left" if header in _LEFT else "right")
    filled = 0
    for row in range(table.first_row, table.last_row + 1):
        shown = [_cell(book, table, header, row) for header in _PLAN]
        if shown[0]:
            filled += 1
            if filled <= _MOST_ROWS:
                grid.add_row(*shown)
    if not filled:
        console.print("The plan is empty: type an idea on the Plan sheet.\n")
        return
    console.print(grid)
    if filled > _MOST_ROWS:
        console.print(f"... and {filled - _MOST_ROWS} more rows on the Plan sheet\n")


def _cell(book: Book, table: Table, header: str, row: int) -> str:
    column = table.column(header)
    if column is None:
        return ""
    value = book.value(table.sheet, a1(row, column))
    if value is None or isinstance(value, (str, CellError)):
        return str(value or "")
    return _PLAN[header](float(value))


def _show_checks(console: Console, checks: list[tuple[str, Any, Any, str]]) -> None:
    from rich import box
    from rich.table import Table as Grid

    passed = sum(result == "PASS" for *_, result in checks)
    title = f"Checks: {passed} of {len(checks)} pass"
    grid = Grid(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for header in ("Must hold", "Value", "Limit", "Result"):
        grid.add_column(header, justify="right" if header in ("Value", "Limit") else "left")
    for what, value, limit, result in checks:
        grid.add_row(what, _number(value), _number(limit), f"[{_TONES.get(result, '')}]{result}[/]")
    console.print(grid)


def _checks(book: Book, package: Package) -> Iterator[tuple[str, Any, Any, str]]:
    """Each check's words, value, limit and result, as the Checks sheet has them."""
    name = package.names.get("Check_results")
    if name is None or name.target is None:
        return
    sheet, area = name.target
    for row in range(area.top, area.bottom + 1):
        what, value, limit, result = (
            book.value(sheet, a1(row, area.left + offset)) for offset in (-3, -2, -1, 0)
        )
        yield str(what), value, limit, str(result)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value != int(value) else f"{value:,.0f}"
    return str(value)
