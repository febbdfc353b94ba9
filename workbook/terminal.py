"""What the commands show on the terminal: progress, the plan, the checks."""

from __future__ import annotations

import contextlib
import itertools
import math
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from addin.package import Package, PackageTable
from addin.package.addresses import a1

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from addin.engine import KeptCell, Progress


# Gives the words for the error in a sheet's cell, or nothing.
Why: TypeAlias = Callable[[str, str], str]


def price(value: float) -> str:
    """A price by its size: cents where it is large, significant digits where it is small."""
    if value == 0 or 1e-5 <= abs(value) < 1e10:
        digits = max(0, 5 - math.floor(math.log10(abs(value)))) if value else 0
        shown = f"{value:,.{min(digits, 10 if abs(value) < 1 else 4)}f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{value:.4g}"


def amount(value: float, decimals: int) -> str:
    """Money or units: never so many digits that a column has no room for them."""
    return f"{value:,.{decimals}f}" if abs(value) < 1e8 else f"{value:.4g}"


# Plan columns shown, with how their numbers read.
_PLAN: Mapping[str, Callable[[float], str]] = {
    "Entry": price,
    "Stop": price,
    "Units": lambda x: price(x) if abs(x) < 1e8 else f"{x:.4g}",
    "Margin": lambda x: amount(x, 0),
    "Risk": lambda x: amount(x, 0),
    "Liq price": price,
    "Stop first": str,
    "Chance": lambda x: f"{x:.0%}",
    "Carry": lambda x: amount(x, 2),
}
_IDEA = ("Symbol", "Side", "Lev")
_LEFT = frozenset({"Idea", "Stop first"})
# Left out in this order where the terminal is narrow; a number is never cut.
_LEFT_OUT = ("Margin", "Chance", "Carry", "Units", "Risk")
_LONGEST_IDEA = 16  # a longer name is cut
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


def report(
    package: Package,
    path: Path,
    *,
    quiet: bool,
    kept: Sequence[KeptCell] = (),
    everything: bool = False,
    why: Why | None = None,
) -> int:
    """Show the plan, the checks and the errors of a computed workbook; how many failed.

    Of the checks those that fail or warn, and all of them where `everything` is wanted. `kept`
    are the cells that could not be computed and keep what the file had; `why` gives the words
    for a formula in error.
    """
    sheets = [package.sheet(name) for name in package.sheets]
    errors = [
        (sheet.value(row, column), sheet.name, a1(row, column))
        for sheet in sheets
        for row, column in sheet.formulas_in_error()
    ]
    checks = list(_checks(package))
    failed = sum(result == "FAIL" for *_, result in checks) + len(errors) + len(kept)
    if quiet:
        return failed
    from rich.console import Console

    from workbook.reasons import one_cell_of_a_table

    console = Console(soft_wrap=False, highlight=False)
    if "Plan" in package.tables:
        _show_plan(console, package, package.table("Plan"))
    if checks:
        _show_checks(console, checks, everything=everything)
    most = None if everything else _MOST_ERRORS
    in_words = [
        (value, f"{name}!{address}", why(name, address) if why is not None else "")
        for value, name, address in errors[:most]
    ]
    _show_errors(console, in_words, len(errors), kept, most)
    for where, name in itertools.islice(one_cell_of_a_table(package), most):
        console.print(
            f"{_shown(where)} shows one cell: {name} gives a table. Select as many cells as it"
            " has, press Ctrl+Shift+Enter, or take one cell of it with INDEX."
        )
    count = sum(sheet.formula_count for sheet in sheets)
    ready = f"{_shown(str(path))} is ready: {count - len(kept)} formulas computed."
    console.print(ready, style="bold", soft_wrap=True)
    return failed


def _show_errors(
    console: Console,
    errors: Sequence[tuple[Any, str, str]],
    count: int,
    kept: Sequence[KeptCell],
    most: int | None,
) -> None:
    """The cells in error with their words, and those that keep what the file had."""
    for value, where, words in errors:
        said = f": {_shown(one_line(words))}" if words else ""
        console.print(f"[bold red]{value}[/] in {_shown(where)}{said}")
    if count > len(errors):
        console.print(f"... and {count - len(errors)} more cells in error: --all lists them")
    for cell in kept[:most]:
        where, why = _shown(f"{cell.sheet}!{cell.cell}"), _shown(cell.reason)
        console.print(f"[yellow]not computed[/]: {where} keeps the file's value ({why})")
    if most is not None and len(kept) > most:
        console.print(f"... and {len(kept) - most} more cells keep the file's value")


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


def _show_plan(console: Console, package: Package, table: PackageTable) -> None:
    rows = range(table.first_row, table.last_row + 1)
    # A row in which anything is typed says something.
    filled = [row for row in rows if _cell(package, table, "What to do", row)]
    if not filled:
        console.print("The plan is empty: type an idea on the Plan sheet.\n")
        return
    ideas, advice = [], []
    for row in filled[:_MOST_ROWS]:
        said = " ".join(_cell(package, table, name, row) for name in _IDEA).strip()
        idea = said if len(said) <= _LONGEST_IDEA else f"{said[: _LONGEST_IDEA - 3]}..."
        ideas.append((idea, {h: _cell(package, table, h, row) for h in _PLAN}))
        number = row - table.first_row + 1
        advice.append(f"  {number} {idea}: {_cell(package, table, 'What to do', row)}")
    headers = _fitting(console.width, ideas)
    grid = _grid("Plan")
    for header in ("Idea", *headers):
        grid.add_column(header, justify="left" if header in _LEFT else "right", no_wrap=True)
    for idea, cells in ideas:
        grid.add_row(idea, *(cells[header] for header in headers))
    console.print(grid)
    console.print("\n".join(advice))
    if len(filled) > _MOST_ROWS:
        console.print(f"  ... and {len(filled) - _MOST_ROWS} more rows on the Plan sheet")
    console.print()


def _fitting(width: int, ideas: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
    """The columns that the terminal has room for."""
    headers = list(_PLAN)
    for left_out in ("", *_LEFT_OUT):
        headers = [header for header in headers if header != left_out]
        room = max(len(idea) for idea, _ in ideas) + 4
        room += sum(max(len(h), *(len(cells[h]) for _, cells in ideas)) + 3 for h in headers)
        if room <= width:
            break
    return headers


def _cell(package: Package, table: PackageTable, header: str, row: int) -> str:
    if table.column(header) is None:
        return ""
    value = package.value(table.sheet, table.cell(row, header))
    if isinstance(value, (int, float)):
        return _PLAN[header](float(value)) if header in _PLAN else f"{value:g}x"
    return _shown(str(value or ""))


def _show_checks(
    console: Console, checks: list[tuple[str, Any, Any, str]], *, everything: bool
) -> None:
    """What fails and what wants a look, or every check."""
    counts = {word: sum(result == word for *_, result in checks) for word in _TONES}
    apply = sum(counts.values())
    bad = ", ".join(f"{counts[word]} {word}" for word in ("FAIL", "WARN") if counts[word])
    title = f"Checks: {counts['PASS']} of {apply} pass" + (f", {bad}" if bad else "")
    shown = [check for check in checks if everything or check[-1] in ("FAIL", "WARN")]
    shown.sort(key=lambda check: not everything and check[-1] != "FAIL")
    if not shown:
        console.print(f"{title}\n", style="bold", highlight=False)
        return
    grid = _grid(title)
    for header in ("Must hold", "Value", "Limit", "Result"):
        grid.add_column(header, justify="right" if header in ("Value", "Limit") else "left")
    for what, value, limit, result in shown:
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
