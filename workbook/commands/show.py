"""``isomargin show``: pictures of a workbook's sheets."""

from __future__ import annotations

from pathlib import Path

import click

from workbook.commands.options import BOOK, output


@click.command("show")
@BOOK
@click.option("--sheet", help="One sheet only, as its tab is named.")
@output("The picture, .png. Of all sheets OUT-01-Start.png and so on; of one OUT.png, OUT-2.png.")
def command(book: Path, sheet: str | None, output: Path) -> None:
    """Make a picture of each page of BOOK. Needs LibreOffice 25.2 or newer."""
    from addin.libreoffice.pictures import render
    from addin.package import Package

    package = Package.open(book)
    if sheet is not None:
        sheet = package.sheet_name(sheet)
    for path in render(book, output, sheet):
        click.echo(path)
