"""``isomargin journal take``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from workbook import terminal
from workbook.actions.answers import one_line
from workbook.clock import now
from workbook.commands.journal.common import AMOUNT, AT, PriceType, changing, say
from workbook.commands.options import BOOK, QUIET


@click.command("take")
@BOOK
@click.argument("row")
@AT
@click.option("--filled", type=PriceType(), help="Price you got in at, where not as planned.")
@click.option("--size", type=PriceType(), help="Units you got, where not as planned.")
@click.option("--fees", type=AMOUNT, help="Fees paid at the entry.")
@click.option("--stop-set", type=AMOUNT, help="Minutes from the entry until the stop stood.")
@click.option("--setup", help="The kind of trade, the same word each time.")
@click.option("--note", help="What you expect, and what would prove you wrong.")
@QUIET
def command(
    book: Path, row: str, at: dt.datetime | None, filled: float | None, size: float | None,
    fees: float | None, stop_set: float | None, setup: str | None, note: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Take a plan row as a trade: ROW is its number in the plan, or its symbol.

    What the plan says of it is written into the Journal as values, with a seal, so that later
    edits of the plan change nothing. The plan row is marked open until the trade is closed.
    """
    from workbook.actions.package import apply, snapshot
    from workbook.computing import computed as compute
    from workbook.journal.open_trade import NAMES, TABLES, find_planned
    from workbook.journal.open_trade import take as taking

    actual = {
        "Filled": filled, "Size": size, "Fees": fees, "Stop set": stop_set,
        "Setup": one_line(setup, 40), "Expected": one_line(note, 200),
    }  # fmt: skip
    with changing(book, quiet) as (package, save):
        computed = compute(package).results()
        seen = snapshot(package, TABLES, NAMES, computed)
        changes = taking(seen, find_planned(seen, row), at or now(), actual)
        apply(package, changes)
        save()
    for line in changes.warnings:
        click.echo(terminal.one_line(line), err=True)
    for line in changes.words:
        say(line, quiet)
