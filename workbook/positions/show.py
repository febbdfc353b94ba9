"""The table of Now on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from addin.package import Package
from addin.package.values import Value
from workbook.actions.package import snapshot
from workbook.actions.snapshot import TableData

HOLD = "hold"
_COLUMNS = ("Mark", "Result", "R now", "Liq now", "Distance", "Chance")
_SUMS = (
    ("Now_open_risk", "risk still open"),
    ("Now_any", "chance that any is liquidated"),
    ("Now_room", "the next trade may risk"),
)


def _rows(package: Package) -> tuple[TableData, list[int]]:
    table = snapshot(package, ["Now"]).table("Now")
    return table, [row for row in table.filled() if table.number(row, "Trade") is not None]


def acting(package: Package) -> bool:
    """Whether a row of Now says something else than to hold it, or an open trade has no row."""
    table, rows = _rows(package)
    if snapshot(package, (), ["Now_missing"]).number("Now_missing"):
        return True
    return any(table.text(row, "What to do") != HOLD for row in rows)


def show(package: Package) -> None:
    """Print the rows of a computed workbook, an instruction under the table for each, the sums."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Grid

    table, rows = _rows(package)
    if not rows:
        return
    console = Console(soft_wrap=False, highlight=False)
    grid = Grid(box=box.SIMPLE_HEAD, title="Now", title_justify="left", title_style="bold",
                padding=(0, 1), collapse_padding=True)  # fmt: skip
    grid.add_column("Trade", no_wrap=True, overflow="ellipsis")
    for header in _COLUMNS:
        grid.add_column(header, justify="right", no_wrap=True)
    advice = []
    for row in rows:
        name = " ".join(table.text(row, header) for header in ("Trade", "Symbol", "Side")).strip()
        grid.add_row(escape(name), *(_number(table.value(row, h), h) for h in _COLUMNS))
        todo = table.text(row, "What to do")
        tone = "green" if todo == HOLD else "bold red"
        advice.append(f"  {escape(name)}: [{tone}]{escape(todo)}[/]")
    console.print(grid)
    for line in advice:
        console.print(line, soft_wrap=True)
    console.print("  " + "; ".join(_sums(package)), soft_wrap=True)


def _sums(package: Package) -> Iterator[str]:
    unknown = ("Now_asking", "Now_missing")
    values = snapshot(package, (), [*unknown, *(name for name, _ in _SUMS)])
    partly = any((values.number(name) or 0) > 0 for name in unknown)
    if partly:
        yield "of the trades judged"
    for name, words in _SUMS:
        number = values.number(name)
        if number is not None and not (partly and name == "Now_room"):
            text = f"{number:.1%}" if name == "Now_any" else f"{number:,.2f}"
            yield f"{words}: {text}"


def _number(value: Value, header: str) -> str:
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if header in ("Distance", "Chance"):
        return f"{value:.1%}"
    if header in ("Result", "R now"):
        return f"{value:+,.2f}"
    return f"{value:,.6g}"
