"""``isomargin journal undo``."""

from __future__ import annotations

from pathlib import Path

import click

from workbook.commands.failure import Failure
from workbook.commands.journal.common import changing, say
from workbook.commands.options import BOOK, QUIET


@click.command("undo")
@BOOK
@QUIET
def command(book: Path, quiet: bool) -> None:
    """Take the last import back: its fills, its prices, and what they said of trades.

    What a person typed stays. The workbook as it was before is kept beside it as a backup.
    """
    from workbook.actions.package import apply
    from workbook.journal.import_files import undo_last

    with changing(book, quiet) as (package, save):
        number, files, applied = undo_last(package)
        if applied is None:
            raise Failure(f"{book} has no import to take back")
        apply(package, applied.changes)
        save()
    say(f"import {number} is taken back ({', '.join(files) or 'prices'})", quiet)
    for line in applied.changes.words:
        say(f"  {line}", quiet)
