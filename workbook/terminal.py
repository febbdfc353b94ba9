"""What the commands show on the terminal: progress, the plan, the checks."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin.package import Package, Table
from addin.package.addresses import a1

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from addin.engine import KeptCell, Progress

# Plan columns shown, with how their numbers read.
_PLAN: Mapping[str, Callable[[float], str]] = {
    "Entry": lambda x: f"{x:,.6g}",
    "Stop": lambda x: f"{x:,.6g}",
    "Units": lambda x: f"{x:,.6g}",
    "Margin": lambda x: f"{x:,.0f}",
    "Risk": lambda x: f"{x:,.0f}",
    "Liq price": lambda x: f"{x:,.5g}",
    "Stop first": str,
    "Chance": lambda x: f"{x:.0%}",
    "Carry": lambda x: f"{x:,.2f}",
}
_IDEA = ("Symbol", "Side", "Lev")
_LEFT = frozenset({"Idea", "Stop first"})
_WIDE = frozenset({"Margin", "Chance"})  # left out where the terminal is narrow
_ENOUGH = 90  # characters for all columns
_MOST_ROWS = 40  # a longer plan is for the sheet
_MOST_ERRORS = 10
_TONES = {"PASS": "green", "WARN": "yellow", "FAIL": "bold red"}


LONGEST_LINE = 1_500  # what a message quotes may be as long as a file

# Control and formatting characters, which a terminal obeys; line and paragraph separators.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str) -> str:
    """Words of any origin as one line that a terminal shows as they are, and not a long one."""
    line = _harmless(" ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."


def _harmless(text: str) -> str:
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _STEERING else letter
        for letter in text
    )


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


def report(package: Package, path: Path, *, quiet: bool, kept: Sequence[KeptCell] = ()) -> int:
    """Show the plan, the checks and the errors of a computed workbook; how many failed.

    `kept` are the cells that could not be computed and keep what the file had.
    """
    sheets = [package.sheet(name) for name in package.sheets]
    errors = [
        (sheet.value(row, column), f"{sheet.name}!{a1(row, column)}")
        for sheet in sheets
        for row, column in sheet.formulas_in_error()
    ]
    checks = list(_checks(package))
    failed = sum(result == "FAIL" for *_, result in checks) + len(errors) + len(kept)
    if quiet:
        return failed
    from rich.console import Console

    console = Console(soft_wrap=False, highlight=False)
    if "Plan" in package.tables:
        _show_plan(console, package, package.table("Plan"))
    if checks:
        _show_checks(console, checks)
    for value, where in errors[:_MOST_ERRORS]:
        console.print(f"[bold red]{value}[/] in {_shown(where)}")
    if len(errors) > _MOST_ERRORS:
        console.print(f"... and {len(errors) - _MOST_ERRORS} more cells in error")
    for cell in kept[:_MOST_ERRORS]:
        where, why = _shown(f"{cell.sheet}!{cell.cell}"), _shown(cell.reason)
        console.print(f"[yellow]not computed[/]: {where} keeps the file's value ({why})")
    if len(kept) > _MOST_ERRORS:
        console.print(f"... and {len(kept) - _MOST_ERRORS} more cells keep the file's value")
    count = sum(sheet.formula_count for sheet in sheets)
    ready = f"{_shown(str(path))} is ready: {count - len(kept)} formulas computed."
    console.print(ready, style="bold", soft_wrap=True)
    return failed


def _shown(text: str) -> str:
    """Text of a workbook as it is, whatever the terminal or rich's own marks would make of it."""
    from rich.markup import escape

    return escape(_harmless(text))


def _grid(title: str) -> Grid:
    from rich import box
    from rich.table import Table as Grid

    return Grid(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold",
        padding=(0, 1), collapse_padding=True,
    )  # fmt: skip


def _show_plan(console: Console, package: Package, table: Table) -> None:
    headers = [h for h in _PLAN if console.width >= _ENOUGH or h not in _WIDE]
    grid = _grid("Plan")
    for header in ("Idea", *headers):
        grid.add_column(header, justify="left" if header in _LEFT else "right", no_wrap=True)
    rows = range(table.first_row, table.last_row + 1)
    filled = [row for row in rows if _cell(package, table, "Symbol", row)]
    if not filled:
        console.print("The plan is empty: type an idea on the Plan sheet.\n")
        return
    advice = []
    for row in filled[:_MOST_ROWS]:
        idea = " ".join(_cell(package, table, name, row) for name in _IDEA)
        advice.append(f"  {idea}: {_cell(package, table, 'What to do', row)}")
        grid.add_row(idea, *(_cell(package, table, header, row) for header in headers))
    console.print(grid)
    console.print("\n".join(advice))
    if len(filled) > _MOST_ROWS:
        console.print(f"  ... and {len(filled) - _MOST_ROWS} more rows on the Plan sheet")
    console.print()


def _cell(package: Package, table: Table, header: str, row: int) -> str:
    if table.column(header) is None:
        return ""
    value = package.value(table.sheet, table.cell(row, header))
    if isinstance(value, (int, float)):
        return _PLAN[header](float(value)) if header in _PLAN else f"{value:g}x"
    return _shown(str(value or ""))


def _show_checks(console: Console, checks: list[tuple[str, Any, Any, str]]) -> None:
    passed = sum(result == "PASS" for *_, result in checks)
    grid = _grid(f"Checks: {passed} of {len(checks)} pass")
    for header in ("Must hold", "Value", "Limit", "Result"):
        grid.add_column(header, justify="right" if header in ("Value", "Limit") else "left")
    for what, value, limit, result in checks:
        tone = _TONES.get(result, "default")
        grid.add_row(_shown(what), _number(value), _number(limit), f"[{tone}]{_shown(result)}[/]")
    console.print(grid)


def _checks(package: Package) -> Iterator[tuple[str, Any, Any, str]]:
    """Each check's words, value, limit and result, as the Checks sheet has them."""
    if "Check_results" not in package.names:
        return
    sheet, area = package.place("Check_results")
    for row in range(area.top, area.bottom + 1):
        what, value, limit, result = (
            package.value(sheet, a1(row, area.left + offset)) for offset in (-3, -2, -1, 0)
        )
        yield str(what), value, limit, str(result)


def _number(value: Any) -> str:
    """A check's value: whole, small or in cents."""
    if not isinstance(value, float):
        return _shown(str(value))
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
