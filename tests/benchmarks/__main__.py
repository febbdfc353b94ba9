"""``python -m tests.benchmarks``: measures, prints a table, fails only where numbers differ."""

from __future__ import annotations

import gc
import importlib
import json
import sys
import traceback
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tests.benchmarks.measure import OURS, Effort, Missing, Result, machine, seconds

# Name to module; what a part needs is imported only where the part is measured.
PARTS = {
    "ranges": "tests.benchmarks.ranges",
    "workbook": "tests.benchmarks.workbooks",
    "simulation": "tests.benchmarks.simulation",
    "journal": "tests.benchmarks.journals",
    "imports": "tests.benchmarks.imports",
    "excel": "tests.benchmarks.excel_calls",
    "browser": "tests.benchmarks.browser_calls",
    "libreoffice": "tests.benchmarks.libreoffice_calls",
    "commands": "tests.benchmarks.commands",
    "memory": "tests.benchmarks.memory",
    "scale": "tests.benchmarks.scale",
    "versions": "tests.benchmarks.versions",
}


@click.command()
@click.option("--quick", is_flag=True, help="Smaller sizes, fewer turns: under a minute.")
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Just this part.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write all times here.")
def main(quick: bool, only: tuple[str, ...], path: Path | None) -> None:
    """Measure isomargin beside others doing the same work, in turns.

    Exit 1 where something does not run, or two that should compute the same numbers do not;
    never for being slow.
    """
    effort = Effort(quick)
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    where = machine()
    console.print(", ".join(f"{key} {value}" for key, value in where.items()))
    document: dict[str, Any] = {"machine": where, "quick": quick, "parts": {}}
    failed = False
    for name in only or tuple(PARTS):
        results: list[Result] = []
        missing = ""
        # What earlier parts left behind is nothing for the collector to look through.
        gc.collect()
        gc.freeze()
        try:
            for result in importlib.import_module(PARTS[name]).run(effort):
                results.append(result)  # one by one, so that a failure does not lose the others
        except Missing as error:
            missing = str(error)
        except Exception:
            failed = True
            traceback.print_exc()
        console.print(_table(name, results, missing))
        document["parts"][name] = [result.as_json() for result in results]
    where["load at the end"] = machine()["load"]
    if path is not None:
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(1 if failed else 0)


def _table(name: str, results: list[Result], missing: str) -> Table:
    table = Table(title=name, title_justify="left", title_style="bold")
    table.add_column("work", overflow="fold")
    table.add_column("isomargin", justify="right")
    table.add_column("beside it", overflow="fold")
    table.add_column("its time", justify="right")
    table.add_column("ours / its", justify="right")
    table.add_column("aim")
    for result in results:
        first = (result.work, seconds(result.median(OURS)))
        own = _aims(result, "")
        peers = [who for who in result.times if who != OURS]
        if not peers or own:
            table.add_row(*first, "", "", "", own)
            first = ("", "")
        for peer in peers:
            table.add_row(
                *first,
                peer,
                seconds(result.median(peer)),
                f"{result.ratio(peer):.3g}",
                _aims(result, peer),
            )
            first = ("", "")
        figures = [f"{key}: {value:,.4g}" for key, value in result.figures.items()]
        if figures or result.note:
            table.add_row(f"  {'; '.join([*figures, result.note] if result.note else figures)}")
        table.add_section()
    if missing:
        table.add_row(missing)
    return table


def _aims(result: Result, peer: str) -> str:
    return ", ".join(
        f"{aim.words}: {'met' if result.met(aim) else 'missed'}"
        for aim in result.aims
        if aim.peer == peer
    )


if __name__ == "__main__":
    main()
