"""``python -m tests.soak``: edits a workbook that is held open; prints what became of it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from .held_open import Soaked, soak

# What is no growth: what the interpreter and the allocator may keep of 10,000 edits.
MOST_GROWTH = 8.0  # MiB


@click.command()
@click.option("--edits", default=10_000, show_default=True, help="How many edits.")
@click.option("--seed", default=1, show_default=True, help="Which edits.")
@click.option("--compare", default=500, show_default=True, help="Edits between two comparisons.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here.")
def main(edits: int, seed: int, compare: int, path: Path | None) -> None:
    """Edit at random and recalculate; exit 1 where a value is out of date or memory grows."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("edits", total=edits)
        result = soak(edits, seed, compare, lambda done: bar.update(task, completed=done))
    Console(width=None if sys.stdout.isatty() else 100).print(_table(result))
    for done, (sheet, address), held, fresh in result.stale[:20]:
        click.echo(f"after edit {done}, {sheet}!{address} holds {held!r}, anew {fresh!r}")
    if path is not None:
        document = asdict(result) | {"growth": result.growth, "seed": seed}
        path.write_text(json.dumps(document, indent=1, default=str) + "\n", encoding="utf-8")
    sys.exit(1 if result.stale or result.growth > MOST_GROWTH else 0)


def _table(result: Soaked) -> Table:
    table = Table("", "", show_header=False)
    table.add_row("edits, each followed by a recalculation", f"{result.edits:,}")
    table.add_row("formula cells", f"{result.formulas:,}")
    table.add_row("comparisons of all values with a fresh calculation", f"{result.compared:,}")
    table.add_row("cells out of date", f"{len(result.stale):,}")
    table.add_row("milliseconds an edit, on average", f"{1000 * result.seconds / result.edits:.1f}")
    if result.memory:
        table.add_row("memory, second tenth to last tenth", f"{result.growth:+.1f} MiB")
        table.add_row("memory at the end", f"{result.memory[-1]:.0f} MiB")
    return table


if __name__ == "__main__":
    main()
