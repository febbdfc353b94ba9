"""``isomargin journal check``."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package import Package
from workbook.commands.journal.common import need_journal, say
from workbook.commands.options import BOOK, QUIET


@click.command("check")
@BOOK
@QUIET
def command(book: Path, quiet: bool) -> None:
    """Say whether history is as it was: fingerprints of taken plans, numbers of trades.

    Exit 1 where a plan was changed after it was taken, or a trade is gone.
    """
    from workbook.journal.integrity import check as look

    package = Package.open(book)
    need_journal(package, book)
    checked, findings = look(package)
    for finding in findings:
        say(finding.words, quiet)
    say(f"{checked} sealed trade(s) looked at, {len(findings)} thing(s) to look into", quiet)
    if findings:
        click.get_current_context().exit(1)
