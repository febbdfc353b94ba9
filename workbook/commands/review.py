"""``isomargin review``: the open positions at the price of today, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook import terminal
from workbook.clock import now
from workbook.commands.journal.common import AT, PriceType, changing
from workbook.commands.options import BOOK, QUIET

if TYPE_CHECKING:
    from workbook.actions.snapshot import Snapshot

_PRICE = PriceType()


def _prices(ctx: click.Context, param: click.Parameter, given: Iterable[str]) -> dict[str, float]:
    found = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator or not name.strip():
            raise click.BadParameter(f"{one!r} is no price: write it like ETH=3120")
        found[name.strip()] = _PRICE.convert(value, param, ctx)
    return found


@click.command("review")
@BOOK
@click.option(
    "--price", "prices", multiple=True, metavar="SYMBOL=PRICE", callback=_prices,
    help="Mark price of a symbol or of a trade's number: --price ETH=3120.",
)  # fmt: skip
@click.option("--ask", is_flag=True, help="Ask for each price that is not given.")
@AT
@QUIET
def command(
    book: Path, prices: dict[str, float], ask: bool, at: dt.datetime | None, quiet: bool
) -> None:
    """Show the open positions at today's price and what to do with each.

    Writes the prices, the time and the stamp of the review into BOOK. Prices come from --price,
    from --ask, or from isomargin refresh. The exit code is 1 where any row asks for more than to
    hold it, so that a scheduler can raise the alarm.
    """
    from workbook.actions.package import apply, snapshot
    from workbook.positions.review import NAMES, TABLES, open_trades, review
    from workbook.positions.show import acting, show

    moment = at or now()
    with changing(book, quiet) as (package, save):
        before = snapshot(package, TABLES, NAMES)
        if ask:
            prices = _asked(before, prices)
        changes = review(before, prices, moment)
        apply(package, changes)
        save()
    if not quiet:
        for line in changes.words:
            click.echo(terminal.one_line(line))
        for line in changes.warnings:
            click.echo(terminal.one_line(line), err=True)
        if not open_trades(before):
            click.echo("no trade is open: nothing to review")
        show(package)
    click.get_current_context().exit(1 if acting(package) else 0)


def _asked(before: Snapshot, prices: dict[str, float]) -> dict[str, float]:
    from workbook.positions.review import open_trades

    found = dict(prices)
    for trade in open_trades(before):
        if trade.symbol not in found and str(trade.number) not in found:
            found[trade.symbol] = click.prompt(f"price of {trade.symbol}", type=_PRICE)
    return found
