"""``isomargin journal import``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from addin.package.gc_paused import gc_paused
from workbook import terminal
from workbook.actions import ActionError
from workbook.commands.failure import Failure
from workbook.commands.journal.common import MOST_LINES, changing, say
from workbook.commands.options import BOOK, QUIET

if TYPE_CHECKING:
    from workbook.journal.import_files import Imported
    from workbook.journal.imports.asked import Price
    from workbook.journal.imports.reading import Options, Zone


def _formats(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """List what can be read, and stop."""
    if not wanted:
        return
    from workbook.journal.imports.describe import formats

    for line in formats():
        click.echo(line)
    ctx.exit()


def _sample(ctx: click.Context, param: click.Parameter, path: Path | None) -> None:
    """Write a sample of the generic layouts, and stop."""
    if path is None:
        return
    from workbook.journal.imports.describe import write_sample

    click.echo(write_sample(path))
    ctx.exit()


@click.command("import")
@click.option("--formats", is_flag=True, is_eager=True, expose_value=False, callback=_formats,
              help="List the exports that can be read, and the columns of own files.")  # fmt: skip
@click.option("--sample", type=click.Path(path_type=Path), is_eager=True, expose_value=False,
              callback=_sample, metavar="FILE",
              help="Write a sample of an own fills CSV (FILE with 'trades' in its name: of closed"
              " trades).")  # fmt: skip
@BOOK
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "layout", help="The export's format, where it cannot be told.")
@click.option("--account", default="", help="Name of the account, where a venue has several.")
@click.option("--zone", help="Zone of times that do not say theirs, like Europe/Berlin or +2.")
@click.option("--utc-offset", type=float, help="The same in hours ahead of UTC.")
@click.option("--day-first/--month-first", default=None, help="How 05/06/2026 is meant.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="How 1,500 is meant.")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN,...",
              help="Columns of an own file, like time=Date,price=Px.")  # fmt: skip
@click.option("--price", "prices", multiple=True, metavar="COIN=PRICE",
              help="What a coin is worth that costs were paid in, like BNB=600, or on a day:"
              " BNB@2026-11-20=600.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@QUIET
def command(
    book: Path, files: tuple[Path, ...], layout: str | None, account: str, zone: str | None,
    utc_offset: float | None, day_first: bool | None, decimal: str | None,
    columns: tuple[str, ...], prices: tuple[str, ...], dry_run: bool, quiet: bool,
) -> None:  # fmt: skip
    """Import venues' exports of fills, funding and closed trades.

    All files or none: a row that cannot be read is told with its line. Trades are computed from
    everything that was ever imported, so files may come in any order, in parts and again. Costs in
    a coin wait for --price, which may come later and alone.
    """
    from workbook.journal.import_files import import_files

    options = _options(layout, account, zone, utc_offset, day_first, decimal, columns)
    given = [_price(one) for one in prices]
    if not files and not given:
        raise click.UsageError("give the exports to import, or --price COIN=PRICE")
    with gc_paused(all_is_kept=True), changing(book, quiet) as (package, save):
        with terminal.progress(quiet=quiet) as report:
            done = import_files(
                package, files, options, given,
                report and (lambda at, total: report("reading fills", at, total)),
            )  # fmt: skip
        if done.problems:
            lines = [str(problem) for problem in done.problems]
            for line in lines[1:MOST_LINES]:
                click.echo(terminal.one_line(line), err=True)
            more = f" ({len(lines)} such rows)" if len(lines) > 1 else ""
            raise Failure(f"{lines[0]}; nothing is imported{more}")
        if done.applied is not None and not dry_run:
            from workbook.actions.package import apply

            apply(package, done.applied.changes)
            save()
    _tell(done, quiet, dry_run)


def _tell(done: Imported, quiet: bool, dry_run: bool) -> None:
    for note in done.notes:
        click.echo(terminal.one_line(note), err=True)
    for line in done.read:
        say(line, quiet)
    applied = done.applied
    if applied is None:
        say(f"nothing new: {done.known} row(s) were imported before", quiet)
        return
    say(f"{done.new} fills and payments, {done.known} known before", quiet)
    if done.corrected:
        say(f"  {done.corrected} time(s) corrected by the zone that is told now", quiet)
    for line in (*applied.told(), *applied.changes.words, *applied.still_open()):
        say(f"  {line}", quiet)
    if dry_run:
        say("nothing was written (--dry-run)", quiet)
    elif done.number:
        say(f"import {done.number}; isomargin journal undo takes it back", quiet)


def _options(
    layout: str | None, account: str, zone: str | None, utc_offset: float | None,
    day_first: bool | None, decimal: str | None, columns: tuple[str, ...],
) -> Options:  # fmt: skip
    from workbook.journal.imports.reading import Options
    from workbook.journal.imports.venues import EXPORTS

    if layout is not None and layout not in EXPORTS:
        raise Failure(f"there is no format {layout!r}: it may be {', '.join(EXPORTS)}")
    if len(account) > 40 or not account.isprintable():
        raise click.BadParameter("an account's name has at most 40 plain characters")
    name = zone if zone is not None else None
    if zone is None and utc_offset is not None:
        if not abs(utc_offset) <= 24:
            raise click.BadParameter(
                f"{utc_offset:g} is no time zone: give the hours, like 2 or -5.5"
            )
        found: Zone | None = dt.timedelta(hours=utc_offset)
        name = f"UTC{utc_offset:+g}"
    else:
        found = None if zone is None else _zone(zone)
    return Options(
        layout, found, name or "", day_first,
        decimal,  # type: ignore[arg-type]
        account.strip(), _mapping(columns),
    )  # fmt: skip


def _zone(text: str) -> Zone:
    from workbook.journal.imports.zones import zone_of

    try:
        return zone_of(text)
    except ActionError as error:
        raise click.BadParameter(str(error)) from None


def _mapping(given: tuple[str, ...]) -> dict[str, str]:
    from workbook.journal.imports.asked import columns_of

    try:
        return columns_of(given)
    except ActionError as error:
        raise click.BadParameter(str(error)) from None


def _price(one: str) -> Price:
    from workbook.journal.imports.asked import price_of

    try:
        return price_of(one)
    except ActionError as error:
        raise click.BadParameter(str(error)) from None
