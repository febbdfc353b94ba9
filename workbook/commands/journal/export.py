"""``isomargin journal export``."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package import Package
from workbook import terminal
from workbook.commands.failure import Failure
from workbook.commands.journal.common import need_journal, say
from workbook.commands.options import BOOK, QUIET


@click.command("export")
@BOOK
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True,
              help="A .csv or .parquet file to write.")  # fmt: skip
@QUIET
def command(book: Path, output: Path, quiet: bool) -> None:
    """Write the journal with its results to a .csv or .parquet file."""
    from workbook.computing import computed as compute
    from workbook.journal.export import ExportError, journal_rows, write_journal

    package = Package.open(book)
    need_journal(package, book)
    with terminal.progress(quiet=quiet) as report:
        computed = compute(package, report)
    try:
        count = write_journal(journal_rows(computed, package), output)
    except ExportError as error:
        raise Failure(str(error)) from None
    say(f"{output}: {count} trade(s)", quiet)
