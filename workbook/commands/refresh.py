"""``isomargin refresh``: fresh prices, funding, tiers and candles into a workbook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from addin.package import Package
from addin.package.lock import locked
from workbook import terminal
from workbook.commands.options import BOOK
from workbook.template.version import check_version

if TYPE_CHECKING:
    from workbook.refresh.changes import MarketKey
    from workbook.refresh.facts import Facts

KINDS = ("prices", "funding", "tiers", "candles")
_MOST_DAYS = 1000


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _kinds(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str]:
    found = [part.casefold() for part in _list(value)]
    for kind in found:
        if kind not in KINDS:
            raise click.BadParameter(f"{kind!r} is not known: give {', '.join(KINDS)}")
    return found


@click.command("refresh")
@BOOK
@click.option("--venue", help="Only these venues, with commas.  [default: all in BOOK]")
@click.option("--symbols", help="Only these symbols, with commas; new ones join with --venue.")
@click.option(
    "--what", callback=_kinds, help="prices, funding, tiers, candles, with commas.  [default: all]"
)
@click.option(
    "--days",
    type=click.IntRange(2, _MOST_DAYS),
    default=90,
    show_default=True,
    help="How many days of candles.",
)
@click.option(
    "--from", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file instead of the exchange: ccxt's JSON, freqtrade's leverage tiers, or a CSV of"
    " candles; needs one --venue.",
)  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Say only what failed.")
def command(
    book: Path,
    venue: str | None,
    symbols: str | None,
    what: list[str],
    days: int,
    file: Path | None,
    quiet: bool,
) -> None:
    """Write fresh facts into BOOK's Markets sheet and open positions, as values with their time.

    Asks the exchanges' public calls, without keys (pip install "isomargin[live]"), or reads a
    file. What a venue does not answer keeps its old values and dates; the exit code is 1 then.
    """
    from workbook.refresh.facts import all_failed
    from workbook.refresh.run import ask_exchanges

    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    venues, names = _list(venue), _list(symbols)
    kinds = frozenset(what or KINDS)
    places = _places(book, venues, names)

    def tell(venue: str, done: int, total: int) -> None:
        if not quiet:
            click.echo(terminal.one_line(f"{venue} was asked ({done} of {total})"), err=True)

    if file is not None:
        brought = [_from_file(file, venues, names, kinds, now)]
    else:
        _refuse_unknown(venues)
        brought = ask_exchanges(places, now, kinds, frozenset(what), days, tell)
    _write(book, brought, now, quiet=quiet)
    failures = all_failed(brought)
    for line in failures:
        click.echo(terminal.one_line(line), err=True)
    click.get_current_context().exit(1 if failures else 0)


def _open(book: Path) -> Package:
    from workbook.refresh.changes import TABLES
    from workbook.refresh.facts import RefreshError

    package = Package.open(book)
    check_version(package, book)
    for name in TABLES:
        if name not in package.tables:
            raise RefreshError(
                f"{book} has no table {name}: make a workbook with isomargin new or isomargin fill"
            )
    return package


def _places(book: Path, venues: list[str], symbols: list[str]) -> list[MarketKey]:
    from workbook.actions.package import snapshot
    from workbook.refresh.changes import TABLES, wanted

    return wanted(snapshot(_open(book), TABLES), venues, symbols)


def _refuse_unknown(names: list[str]) -> None:
    from workbook.refresh.facts import RefreshError
    from workbook.terms import find_venue, venues

    for name in names:
        if find_venue(name) is None:
            known = ", ".join(one.name for one in venues() if not one.illustrative)
            raise RefreshError(f"there is no venue {name[:40]!r} to ask: it may be {known}")


def _from_file(
    file: Path, venues: list[str], symbols: list[str], kinds: frozenset[str], now: dt.datetime
) -> Facts:
    from workbook.refresh import file_source
    from workbook.refresh.changes import venue_key
    from workbook.refresh.facts import RefreshError

    if len(venues) != 1:
        raise RefreshError("of which venue is the file? name it: --venue Binance")
    return file_source.read(file, venue_key(venues[0]), symbols, kinds, now)


def _write(book: Path, brought: list[Facts], now: dt.datetime, *, quiet: bool) -> None:
    """Write what came, in one step; the file is read anew, for asking took its time."""
    from workbook.actions.package import apply, snapshot
    from workbook.computing import computed as compute
    from workbook.refresh.changes import TABLES, changes

    if not any(brought):
        return
    with locked(book):
        package = _open(book)
        made = changes(snapshot(package, TABLES), brought, now)
        if made:
            apply(package, made)
            with terminal.progress(quiet=quiet) as report:
                compute(package, report).save(book, backup=True)
    for line in made.warnings:
        click.echo(terminal.one_line(line), err=True)
    if not quiet:
        notes = [f"{facts.venue}: {note}" for facts in brought for note in facts.notes]
        for line in (*made.words, *notes):
            click.echo(terminal.one_line(line))
        if made:
            click.echo(terminal.one_line(f"{book} is ready, read at {now:%Y-%m-%d %H:%M} UTC."))
