"""What the journal's commands share: arguments, a workbook to change, words on the terminal."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from addin.package import Package
from addin.package.lock import locked
from workbook import terminal
from workbook.actions import ActionError, answers
from workbook.commands.failure import Failure
from workbook.template.version import check_version

if TYPE_CHECKING:
    from addin.engine import Book

    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType

MOST_LINES = 20


class MomentType(_Type):
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


class PriceType(_Type):
    """A number above 0."""

    name = "number"

    def __init__(self, *, signed: bool = False) -> None:
        self.signed = signed

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a plain number."""
        try:
            return answers.number(value, signed=self.signed)
        except ActionError as error:
            self.fail(str(error), param, ctx)


AT = click.option(
    "--at", type=MomentType(), help="When, UTC, like '2026-11-21 18:00'.  [default: now]"
)
AMOUNT = PriceType(signed=True)


@contextlib.contextmanager
def changing(book: Path, quiet: bool) -> Iterator[tuple[Package, Callable[[], Book]]]:
    """A workbook to change, and what computes and saves it; nobody else changes it meanwhile."""
    from workbook.computing import computed as compute

    with locked(book):
        package = Package.open(book)
        check_version(package, book)
        need_journal(package, book)

        def save() -> Book:
            with terminal.progress(quiet=quiet) as report:
                computed = compute(package, report)
                computed.save(book, backup=True)
            return computed

        yield package, save


def need_journal(package: Package, book: Path) -> None:
    """Refuse a workbook that has no journal."""
    for name in ("Plan", "Journal", "Exits", "Fills"):
        if name not in package.tables:
            raise Failure(
                f"{book} has no table {name}: make a workbook with isomargin new or isomargin fill"
            )


def say(words: str, quiet: bool) -> None:
    """Words on the terminal, unless nothing is wanted there."""
    if not quiet:
        indent = words[: len(words) - len(words.lstrip(" "))]
        click.echo(indent + terminal.one_line(words))
