"""``python -m tests.hostile``: each hostile file, what came of it, how long and how much memory."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .files import CASES
from .running import run_apart


@click.command()
@click.option("--only", help="Only files with this in their name.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write the figures here.")
def main(only: str | None, path: Path | None) -> None:
    """Give each hostile file to its command; exit 1 where one was neither refused nor handled."""
    table = Table()
    for header in ("file", "outcome", "seconds", "MiB", "words"):
        table.add_column(header, justify="right" if header in ("seconds", "MiB") else "left")
    figures = []
    for case in CASES:
        if only and only not in case.name:
            continue
        with tempfile.TemporaryDirectory(prefix="isomargin-hostile-") as folder:
            ended = run_apart(case.make(Path(folder)), Path(folder))
        words = (ended.err.splitlines() or [""])[-1].removeprefix("isomargin: ")
        outcome = ended.outcome
        if case.words is not None and (outcome != "refused" or case.words not in words):
            outcome = "FAILED"
        table.add_row(
            escape(case.name), outcome, f"{ended.seconds:.1f}", f"{ended.peak / 2**20:.0f}",
            escape(words[:160]),
        )  # fmt: skip
        figures.append(
            {"file": case.name, "outcome": outcome, "code": ended.code, "words": words,
             "seconds": ended.seconds, "peak": ended.peak}
        )  # fmt: skip
        click.echo(f"{case.name}: {outcome}, {ended.seconds:.1f} s", err=True)
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    if path is not None:
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(one["outcome"] == "FAILED" for one in figures))


if __name__ == "__main__":
    main()
