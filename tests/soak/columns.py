"""``python -m tests.soak.columns``: columns computed at once beside the engine, cell by cell.

The same workbook is computed both ways and every formula cell compared: the worked example, plans
of many rows, and small plans with nonsense in their inputs. Exit 1 where one differs by more than
1e-12 and not in a way that `EXPLAINED` lists.
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

from addin.embedded import open_book
from addin.engine import Address
from addin.package import Package
from addin.package.addresses import a1
from udfs import CellError, catalogue
from workbook import bundled
from workbook.computing import prepared
from workbook.fill import write_inputs
from workbook.inputs import Inputs
from workbook.template.fields import TABLES

# What people type where a number, a side or a word is meant.
NONSENSE: tuple[Any, ...] = (
    None, "", " ", "x", "5", "12%", True, False, CellError.NA, CellError.DIV0, 0.0, -1.0, -0.0, 0.5,
    2.0, 1e300, 1e-9, "long", "SHORT", "Long ", "buy", "open", "idea", "l*", "?", "Orderly", "=1+1",
)  # fmt: skip
_MINUS_ZERO = re.compile(r"-0(?![.\d])")


def _minus_zero(ours: Any, engine: Any) -> bool:
    """The engine writes a minus before a zero in a text, which Excel has not; columns do not."""
    return isinstance(ours, str) and isinstance(engine, str) and (
        ours == _MINUS_ZERO.sub("0", engine)
    )  # fmt: skip


# Ways in which the two may differ, each with the reason in its words.
EXPLAINED: tuple[Callable[[Any, Any], bool], ...] = (_minus_zero,)


@dataclass
class Compared:
    """What came of one workbook, or of several."""

    cells: int = 0
    by_column: int = 0  # cells that were computed as columns
    explained: int = 0
    different: list[tuple[Address, Any, Any]] = field(default_factory=list)
    exact: int = 0  # the same to the last digit


def compare(content: bytes, least: int, into: Compared | None = None) -> Compared:
    """Compute a workbook both ways, columns from so many rows on, as the commands do."""
    found = Compared() if into is None else into
    columns = open_book(content, catalogue, columns_from=least, prepared=prepared())
    cells = open_book(content, catalogue, columns_from=0)
    ours, engine = columns.formula_values(), cells.formula_values()
    assert ours.keys() == engine.keys()  # rows kept as columns come column by column
    found.by_column += sum(run.count for run in columns._columns._workings.runs)
    for at, value in ours.items():
        other = engine[at]
        found.cells += 1
        if type(value) is type(other) and value == other:
            found.exact += 1
        elif not same(value, other):
            if any(explains(value, other) for explains in EXPLAINED):
                found.explained += 1
            else:
                found.different.append((at, value, other))
    return found


def same(one: Any, other: Any) -> bool:
    """Equal to 1e-12, of the size of what is compared; the kind counts."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return type(one) is type(other) and bool(one == other)


def plan(rows: int, seed: int, nonsense: float = 0.0) -> bytes:
    """The template with so many plans, some of whose inputs are what people mistype."""
    draw = random.Random(seed)
    package = Package.open(bundled.template())
    venues = [venue for venue in _venues(package) if venue]
    lines = []
    for number in range(rows):
        side, entry = draw.choice((1, -1)), round(draw.uniform(1.0, 200.0), 2)
        lines.append({
            "Symbol": f"S{number}", "Side": "long" if side > 0 else "short",
            "Venue": draw.choice(venues), "Entry": entry,
            "Stop": round(entry * (1 - side * draw.uniform(0.01, 0.06)), 4),
            "Days": float(draw.randint(1, 20)), "Leverage": float(draw.randint(2, 8)),
            "Volatility": 0.05, "Lot": 0.1,
        })  # fmt: skip
    write_inputs(package, Inputs(settings={}, tables={"Plan": lines}))
    table = package.table("Plan")
    for row in range(table.first_row, table.first_row + rows):
        for column in TABLES["Plan"].inputs:
            if draw.random() < nonsense:
                at = a1(row, table.column(column.header) or 0)
                package.set_cell(table.sheet, at, draw.choice(NONSENSE))
    return package.to_bytes()


def _venues(package: Package) -> list[Any]:
    table = package.table("Venues")
    at = table.column("Name") or 0
    rows = range(table.first_row, table.last_row + 1)
    return [package.value(table.sheet, a1(row, at)) for row in rows]


@click.command()
@click.option("--rows", default=(500, 10_000), multiple=True, help="Plans of so many rows.")
@click.option("--plans", default=50, show_default=True, help="Random plans with nonsense.")
def main(rows: tuple[int, ...], plans: int) -> None:
    """Compare, and print what came of it."""
    failed = _told("the worked example", compare(bundled.worked_example(), 2))
    for count in rows:
        failed |= _told(f"a plan of {count:,} rows", compare(plan(count, count), 64))
    together = Compared()
    for seed in range(plans):
        compare(plan(12, seed, 0.1 + seed % 5 / 10), 2, together)
    if plans:
        failed |= _told(f"{plans} plans of 12 rows, a tenth to a half nonsense", together)
    sys.exit(failed)


def _told(what: str, found: Compared) -> bool:
    click.echo(
        f"{what}: {found.cells:,} formula cells, {found.by_column:,} of them as columns; "
        f"{found.cells - found.exact:,} not the same to the last digit, {found.explained:,} "
        f"explained, {len(found.different):,} different"
    )
    for (sheet, column), count in Counter(
        (at[0], re.sub(r"\d", "", at[1])) for at, _, _ in found.different
    ).most_common(20):
        click.echo(f"  {sheet}!{column}: {count:,}")
    for (sheet, cell), ours, engine in found.different[:10]:
        click.echo(f"  {sheet}!{cell}: {ours!r} as a column, {engine!r} by the engine")
    return bool(found.different)


if __name__ == "__main__":
    main()
