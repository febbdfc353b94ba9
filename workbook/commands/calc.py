"""``isomargin calc``: compute a workbook that somebody filled in."""

from __future__ import annotations

from pathlib import Path

import click

from addin.embedded import open_book
from addin.package import Package
from udfs import catalogue
from workbook import terminal
from workbook.template.version import check_version


@click.command("calc")
@click.argument("book", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write there instead of into BOOK."
)
@click.option(
    "--host",
    type=click.Choice(["embedded", "libreoffice", "excel"]),
    default="embedded",
    show_default=True,
    help="What computes.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on the terminal.")
def command(book: Path, output: Path | None, host: str, quiet: bool) -> None:
    """Compute every formula of BOOK and write the values into it; nothing else changes.

    Without -o the file is replaced in one step, and the old one is kept as NAME.bak.xlsx.
    """
    from workbook.cli import Failure

    if host != "embedded":
        raise Failure(f"the host {host} is not there yet: leave out --host")
    package = Package.open(book)
    check_version(package, book)
    with terminal.progress(quiet=quiet) as report:
        opened = open_book(package, catalogue, report)
        opened.save(output or book, backup=True)
    failed = terminal.report(opened, package, output or book, quiet=quiet)
    click.get_current_context().exit(1 if failed else 0)
