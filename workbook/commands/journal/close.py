"""``isomargin journal close``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from workbook.actions.answers import one_line
from workbook.clock import now
from workbook.commands.journal.common import AMOUNT, AT, PriceType, changing, say
from workbook.commands.options import BOOK, QUIET


@click.command("close")
@BOOK
@click.argument("trade")
@click.option("--exit", "price", type=PriceType(), required=True, help="Price of this exit.")
@click.option("--quantity", type=PriceType(), help="Units closed.  [default: all that is left]")
@click.option("--fees", type=AMOUNT, help="Fee of this exit.")
@click.option("--carry", type=AMOUNT, help="Funding and interest; paid is +, received is -.")
@AT
@click.option(
    "--kind",
    type=click.Choice(["target", "soft stop", "stop", "trail", "time", "liquidated", "other"]),
    help="What closed it.",
)
@click.option("--mistake", help="The mistake in two words, the same each time.")
@click.option("--rules", type=click.Choice(["yes", "no"]), help="Did you keep to the plan?")
@click.option("--setup", help="The kind of trade, where it is not there yet.")
@click.option("--tags", help="Words to find it by, with commas.")
@click.option("--high", type=PriceType(), help="Highest price while it was open.")
@click.option("--low", type=PriceType(), help="Lowest price while it was open.")
@click.option("--note", help="What happened, and why.")
@QUIET
def command(
    book: Path, trade: str, price: float, quantity: float | None, fees: float | None,
    carry: float | None, at: dt.datetime | None, kind: str | None, mistake: str | None,
    rules: str | None, setup: str | None, tags: str | None, high: float | None, low: float | None,
    note: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Close a trade or a part of it: TRADE is its number, or its symbol where only one is open.

    Each part is a row of the sheet Exits. When nothing is left the trade is closed, and the plan
    row it was taken from is emptied.
    """
    from workbook.actions.package import apply, snapshot
    from workbook.journal.close_trade import NAMES, TABLES, Exit, find_open, result
    from workbook.journal.close_trade import close as closing

    about = {
        "Mistake": one_line(mistake, 40), "Rules kept": rules, "Setup": one_line(setup, 40),
        "Tags": one_line(tags, 40), "High": high, "Low": low, "Note": one_line(note, 200),
    }  # fmt: skip
    with changing(book, quiet) as (package, save):
        seen = snapshot(package, TABLES, NAMES)
        row = find_open(seen, trade)
        way_out = Exit(price, at or now(), quantity, fees, carry, kind)
        closed = closing(seen, row, way_out, about)
        apply(package, closed.changes)
        computed = save()
    for line in closed.changes.warnings:
        click.echo(line, err=True)
    if closed.left:
        say(closed.changes.words[0], quiet)
        return
    journal = snapshot(package, ("Journal",), (), computed.results()).table("Journal")
    emptied = f"; row {closed.plan_row} of the plan is free again" if closed.plan_row else ""
    say(result(journal, row) + emptied, quiet)
