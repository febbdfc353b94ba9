"""``isomargin journal review``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from addin.package import Package
from workbook.clock import now
from workbook.commands.journal.common import AT, changing, need_journal, say
from workbook.commands.options import BOOK, QUIET


@click.command("review")
@BOOK
@AT
@click.option("--list", "only_list", is_flag=True, help="Say what is due, write nothing.")
@QUIET
def command(book: Path, at: dt.datetime | None, only_list: bool, quiet: bool) -> None:
    """Say which open trades are due for a review, and write that you have looked at them.

    With --list nothing is written, and the exit code is 1 where a review is overdue.
    """
    from workbook.actions.package import apply, snapshot
    from workbook.journal.moments import in_words
    from workbook.journal.review import NAMES, TABLES, reviews, stamp

    moment = at or now()
    if only_list:
        package = Package.open(book)
        need_journal(package, book)
        found = reviews(snapshot(package, TABLES, NAMES), moment)
    else:
        with changing(book, quiet) as (package, save):
            seen = snapshot(package, TABLES, NAMES)
            found = reviews(seen, moment)
            if found:
                apply(package, stamp(seen, moment))
                save()
    for one in found:
        state = "overdue since" if one.overdue else "due"
        say(f"trade {one.trade or '?'} ({one.symbol} {one.side}): {state} {in_words(one.due)}",
             quiet)  # fmt: skip
    if not found:
        when = "is open" if at is None else f"was open at {moment:%Y-%m-%d %H:%M} UTC"
        say(f"no trade {when}: nothing to review", quiet)
    elif not only_list:
        say(f"{len(found)} reviewed {moment:%Y-%m-%d %H:%M} UTC", quiet)
    if only_list and any(one.overdue for one in found):
        click.get_current_context().exit(1)
