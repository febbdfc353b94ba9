"""``isomargin journal stats``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workbook import terminal
from workbook.commands.failure import Failure
from workbook.commands.options import QUIET


@click.command("stats")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--column", default="r", show_default=True, help="The column with the results.")
@QUIET
def command(files: tuple[Path, ...], column: str, quiet: bool) -> None:
    """Count the results of a workbook's journal, or of journals in .csv or .parquet files.

    Trades count in the order of their closing. In R, or in money with --column net.
    """
    from workbook.journal.export import ExportError
    from workbook.journal.statistics import file_statistics

    watched = not quiet and sys.stderr.isatty()
    with terminal.progress(quiet=not watched) as report:
        try:
            counted = file_statistics(
                files, column, report and (lambda done: report("counting", done, done))
            )
        except ExportError as error:
            raise Failure(str(error)) from None
    if not quiet:
        click.echo(f"basis\t{counted.basis}")
    for name, value in counted.statistics.items():
        shown = "none" if value is None else f"{value:.6g}"
        click.echo(f"{name}\t{shown}")
