"""``isomargin journal``: trades taken, closed, reviewed; fills imported; results counted."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from addin.package import Package
from addin.package.lock import locked
from workbook import terminal
from workbook.template.version import check_version

if TYPE_CHECKING:
    from addin.engine import Book

    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType

_BOOK = click.argument("book", type=click.Path(path_type=Path))
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Say nothing on the terminal.")
_MOST_LINES = 20


class Moment(_Type):
    """A date and time; UTC where no time zone is given."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """Read "2026-11-21 18:00" or any other ISO form."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(str(value).strip())
            zone = dt.UTC if moment.tzinfo is None else moment.tzinfo
            return moment.replace(tzinfo=zone).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no date and time: write 2026-11-21 18:00", param, ctx)


class Price(_Type):
    """A number above 0."""

    name = "number"

    def __init__(self, *, signed: bool = False) -> None:
        self.signed = signed

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a plain number."""
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e15 or (number <= 0 and not self.signed):
            kind = "a number" if self.signed else "a number above 0"
            self.fail(f"{value!r} is not {kind}: write it like 107.10", param, ctx)
        return number


_AT = click.option(
    "--at", type=Moment(), help="When, UTC, like '2026-11-21 18:00'.  [default: now]"
)
_AMOUNT = Price(signed=True)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)


@click.group("journal")
def command() -> None:
    """Take plan rows as trades, close them, review them, import fills, count results."""


@contextlib.contextmanager
def _changing(book: Path, quiet: bool) -> Iterator[tuple[Package, Callable[[], Book]]]:
    """A workbook to change, and what computes and saves it; nobody else changes it meanwhile."""
    from addin.embedded import open_book
    from udfs import catalogue

    with locked(book):
        package = Package.open(book)
        check_version(package, book)
        _need_journal(package, book)

        def save() -> Book:
            with terminal.progress(quiet=quiet) as report:
                computed = open_book(package, catalogue, report)
                computed.save(book, backup=True)
            return computed

        yield package, save


def _need_journal(package: Package, book: Path) -> None:
    from workbook.cli import Failure

    for name in ("Plan", "Journal", "Exits", "Fills"):
        if name not in package.tables:
            raise Failure(
                f"{book} has no table {name}: make a workbook with isomargin new or isomargin fill"
            )


def _say(words: str, quiet: bool) -> None:
    if not quiet:
        indent = words[: len(words) - len(words.lstrip(" "))]
        click.echo(indent + terminal.one_line(words))


@command.command("take")
@_BOOK
@click.argument("row")
@_AT
@click.option("--filled", type=Price(), help="Price you got in at, where not as planned.")
@click.option("--size", type=Price(), help="Units you got, where not as planned.")
@click.option("--fees", type=_AMOUNT, help="Fees paid at the entry.")
@click.option("--stop-set", type=_AMOUNT, help="Minutes from the entry until the stop stood.")
@click.option("--setup", help="The kind of trade, the same word each time.")
@click.option("--note", help="What you expect, and what would prove you wrong.")
@_QUIET
def take(
    book: Path, row: str, at: dt.datetime | None, filled: float | None, size: float | None,
    fees: float | None, stop_set: float | None, setup: str | None, note: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Take a plan row as a trade: ROW is its number in the plan, or its symbol.

    What the plan says of it is written into the Journal as values, with a seal, so that later
    edits of the plan change nothing. The plan row is marked open until the trade is closed.
    """
    from addin.embedded import open_book
    from udfs import catalogue
    from workbook.journal.taking import find_planned
    from workbook.journal.taking import take as write

    actual = {
        "Filled": filled, "Size": size, "Fees": fees, "Stop set": stop_set,
        "Setup": _text(setup, 40), "Note": _text(note, 200),
    }  # fmt: skip
    with _changing(book, quiet) as (package, save):
        planned = find_planned(open_book(package, catalogue), package, row)
        taken = write(package, planned, at or _now(), actual)
        save()
    values = planned.values
    if not planned.go:
        click.echo(
            terminal.one_line(f"taken against the plan's advice: {planned.advice}"), err=True
        )
    _say(
        f"trade {taken.trade}: {values['Symbol']} {values['Side']}, {values['Units']:.6g} at"
        f" {values['Entry']:.6g}, stop {values['Stop']:.6g}, liquidated at"
        f" {values['Liq price']:.6g}; {values['Risk']:.2f} at risk (seal {taken.fingerprint})",
        quiet,
    )


def _text(words: str | None, most: int) -> str | None:
    from workbook.cli import Failure

    if words is None:
        return None
    cleaned = " ".join(words.split())
    if terminal.one_line(cleaned) != cleaned:
        raise Failure(f"{cleaned[:20]!r}... has a control character: write it in plain words")
    if len(cleaned) > most:
        raise Failure(f"{cleaned[:20]!r}... has {len(cleaned)} characters: at most {most} fit")
    return cleaned or None


@command.command("close")
@_BOOK
@click.argument("trade")
@click.option("--exit", "price", type=Price(), required=True, help="Price of this exit.")
@click.option("--quantity", type=Price(), help="Units closed.  [default: all that is left]")
@click.option("--fees", type=_AMOUNT, help="Fee of this exit.")
@click.option("--carry", type=_AMOUNT, help="Funding and interest; paid is +, received is -.")
@_AT
@click.option(
    "--kind",
    type=click.Choice(["target", "soft stop", "stop", "trail", "time", "liquidated", "other"]),
    help="What closed it.",
)
@click.option("--mistake", help="The mistake in two words, the same each time.")
@click.option("--rules", type=click.Choice(["yes", "no"]), help="Did you keep to the plan?")
@click.option("--setup", help="The kind of trade, where it is not there yet.")
@click.option("--tags", help="Words to find it by, with commas.")
@click.option("--high", type=Price(), help="Highest price while it was open.")
@click.option("--low", type=Price(), help="Lowest price while it was open.")
@click.option("--note", help="What happened, and why.")
@_QUIET
def close(
    book: Path, trade: str, price: float, quantity: float | None, fees: float | None,
    carry: float | None, at: dt.datetime | None, kind: str | None, mistake: str | None,
    rules: str | None, setup: str | None, tags: str | None, high: float | None, low: float | None,
    note: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Close a trade or a part of it: TRADE is its number, or its symbol where only one is open.

    Each part is a row of the sheet Exits. When nothing is left the trade is closed, and the plan
    row it was taken from is emptied.
    """
    from workbook.journal.closing import Exit, find_open
    from workbook.journal.closing import close as write

    about = {
        "Mistake": _text(mistake, 40), "Rules kept": rules, "Setup": _text(setup, 40),
        "Tags": _text(tags, 40), "High": high, "Low": low, "Note": _text(note, 200),
    }  # fmt: skip
    with _changing(book, quiet) as (package, save):
        row = find_open(package, trade)
        closed = write(package, row, Exit(price, at or _now(), quantity, fees, carry, kind), about)
        computed = save()
    name = f"trade {closed.trade} ({closed.symbol})"
    if closed.left:
        _say(f"{name}: {closed.quantity:.6g} out at {price:.6g}, {closed.left:.6g} left", quiet)
        return
    net, multiple = (_shown(computed, package, row, header) for header in ("Net", "R"))
    result = f"net {net:+,.2f}" if isinstance(net, float) else f"net {net}"
    if isinstance(multiple, float):
        result += f", {multiple:+.2f} R"
    emptied = f"; row {closed.plan_row} of the plan is free again" if closed.plan_row else ""
    _say(f"{name} is closed: {result}{emptied}", quiet)


def _shown(book: Book, package: Package, row: int, header: str) -> Any:
    from addin.package.addresses import a1

    table = package.table("Journal")
    column = table.column(header)
    return None if column is None else book.value(table.sheet, a1(row, column))


@command.command("review")
@_BOOK
@_AT
@click.option("--list", "only_list", is_flag=True, help="Say what is due, write nothing.")
@_QUIET
def review(book: Path, at: dt.datetime | None, only_list: bool, quiet: bool) -> None:
    """Say which open trades are due for a review, and write that you have looked at them.

    With --list nothing is written, and the exit code is 1 where a review is overdue.
    """
    from workbook.journal.reviewing import reviews, stamp
    from workbook.journal.rows import in_words

    moment = at or _now()
    if only_list:
        package = Package.open(book)
        _need_journal(package, book)
        found = reviews(package, moment)
    else:
        with _changing(book, quiet) as (package, save):
            found = reviews(package, moment)
            if stamp(package, moment):
                save()
    for one in found:
        state = "overdue since" if one.overdue else "due"
        _say(f"trade {one.trade or '?'} ({one.symbol} {one.side}): {state} {in_words(one.due)}",
             quiet)  # fmt: skip
    if not found:
        _say("no trade is open: nothing to review", quiet)
    elif not only_list:
        _say(f"{len(found)} reviewed {moment:%Y-%m-%d %H:%M} UTC", quiet)
    if only_list and any(one.overdue for one in found):
        click.get_current_context().exit(1)


@command.command("check")
@_BOOK
@_QUIET
def check(book: Path, quiet: bool) -> None:
    """Say whether history is as it was: fingerprints of taken plans, numbers of trades.

    Exit 1 where a plan was changed after it was taken, or a trade is gone.
    """
    from workbook.journal.sealing import check as look

    package = Package.open(book)
    _need_journal(package, book)
    checked, findings = look(package)
    for finding in findings:
        _say(finding.words, quiet)
    _say(f"{checked} sealed trade(s) looked at, {len(findings)} thing(s) to look into", quiet)
    if findings:
        click.get_current_context().exit(1)


@command.command("import")
@_BOOK
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "layout", help="The export's format, where it cannot be told.")
@click.option("--utc-offset", type=float, help="Hours that the files' times are ahead of UTC.")
@click.option("--day-first/--month-first", default=None, help="How 05/06/2026 is meant.")
@click.option("--price", "prices", multiple=True, metavar="COIN=PRICE",
              help="What a coin is worth that fees were paid in, like BNB=600.")  # fmt: skip
@_QUIET
def import_(
    book: Path, files: tuple[Path, ...], layout: str | None, utc_offset: float | None,
    day_first: bool | None, prices: tuple[str, ...], quiet: bool,
) -> None:  # fmt: skip
    """Import a venue's exports of fills and funding, paired into trades.

    All of it or nothing: a row that cannot be read is told with its line, and nothing is written.
    What was imported before is left out. A trade that was taken and is still open gets its actual
    prices; other trades become new rows.
    """
    from workbook.cli import Failure
    from workbook.journal.formats import FORMATS
    from workbook.journal.importing import import_fills
    from workbook.journal.reading import Options
    from workbook.journal.recording import earlier_events, record

    if utc_offset is not None and not abs(utc_offset) <= 24:
        raise click.BadParameter(f"{utc_offset:g} is no time zone: give the hours, like 2 or -5.5")
    if layout is not None and layout not in FORMATS:
        raise Failure(f"there is no format {layout!r}: it may be {', '.join(FORMATS)}")
    with _changing(book, quiet) as (package, save):
        with terminal.progress(quiet=quiet) as report:
            imported = import_fills(
                files,
                earlier=earlier_events(package),
                options=Options(layout, utc_offset, day_first),
                prices=_prices(prices),
                progress=report and (lambda done, total: report("reading fills", done, total)),
            )
        if not imported.ok:
            lines = [str(problem) for problem in imported.problems]
            for line in lines[1:_MOST_LINES]:
                click.echo(terminal.one_line(line), err=True)
            more = f" ({len(lines)} such rows)" if len(lines) > 1 else ""
            raise Failure(f"{lines[0]}; nothing is imported{more}")
        if imported.events:
            done = record(package, imported)
            save()
    for note in imported.notes:
        click.echo(terminal.one_line(note), err=True)
    if not imported.events:
        _say(f"nothing new: {imported.duplicates} row(s) were imported before", quiet)
        return
    _say(f"{len(imported.events)} fills and payments, {imported.duplicates} known before", quiet)
    for words, numbers in (
        ("new", done.added), ("taken before, now closed", done.completed),
        ("closed by hand before, left as they are", done.known),
    ):  # fmt: skip
        if numbers:
            _say(f"  {len(numbers)} trade(s) {words}: {_numbers(numbers)}", quiet)
    for position in imported.open_positions:
        _say(f"  still open: {position.symbol} {position.side} {position.quantity:.6g}", quiet)


def _prices(given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for one in given:
        name, mark, price = one.partition("=")
        try:
            value = found[name.strip().upper()] = float(price)
        except ValueError:
            value = 0.0
        if not mark or not name.strip() or not 0 < value < 1e15:
            raise click.BadParameter(f"{one!r}: write a coin and a price, like BNB=600")
    return found


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    return shown if len(numbers) <= 10 else f"{shown}, ... {numbers[-1]}"


@command.command("export")
@_BOOK
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True,
              help="A .csv or .parquet file to write.")  # fmt: skip
@_QUIET
def export(book: Path, output: Path, quiet: bool) -> None:
    """Write the journal with its results to a .csv or .parquet file."""
    from addin.embedded import open_book
    from udfs import catalogue
    from workbook.cli import Failure
    from workbook.journal.export import ExportError, write_journal
    from workbook.journal.recording import journal_rows

    package = Package.open(book)
    _need_journal(package, book)
    with terminal.progress(quiet=quiet) as report:
        computed = open_book(package, catalogue, report)
    try:
        count = write_journal(journal_rows(computed, package), output)
    except ExportError as error:
        raise Failure(str(error)) from None
    _say(f"{output}: {count} trade(s)", quiet)


@command.command("stats")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--column", default="r", show_default=True, help="The column with the results.")
@_QUIET
def stats(files: tuple[Path, ...], column: str, quiet: bool) -> None:
    """Count the results of journals in .csv or .parquet files, however long they are."""
    from workbook.cli import Failure
    from workbook.journal.export import ExportError
    from workbook.journal.statistics import file_statistics

    watched = not quiet and sys.stderr.isatty()
    with terminal.progress(quiet=not watched) as report:
        try:
            found = file_statistics(
                files, column, report and (lambda done: report("counting", done, done))
            )
        except ExportError as error:
            raise Failure(str(error)) from None
    for name, value in found.items():
        shown = "none" if value is None else f"{value:.6g}"
        click.echo(f"{name}\t{shown}")
