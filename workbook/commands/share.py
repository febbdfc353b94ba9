"""``isomargin share``: a copy of a workbook for people without the add-in."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import click

from addin.package import Package, PackageError
from addin.package.lock import locked
from addin.package.saving import save_bytes
from workbook.commands.options import BOOK, output

SUFFIXES = (".xlsx", ".pdf")


@click.command("share")
@BOOK
@output("The copy: .xlsx, or .pdf (needs LibreOffice).")
def command(book: Path, output: Path) -> None:
    """Make a copy of BOOK that opens anywhere, without the add-in.

    Formulas of isomargin become their values; all other formulas stay alive. Every sheet says when
    it was computed. BOOK itself is not changed.
    """
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise PackageError(f"{output} has to end in .xlsx or .pdf: a copy to look at")
    if output.resolve() == book.resolve():
        raise PackageError(f"{output} is the workbook itself: give the copy another name")
    from workbook.share import share

    package = Package.open(book)
    shared = share(package, dt.datetime.now(dt.UTC))
    content = _as_pdf(shared.content) if suffix == ".pdf" else shared.content
    with locked(output):
        save_bytes(content, output, backup=True, keep=package.backups_kept())
    if suffix == ".pdf":
        click.echo(f"{output}: the pages as they print")
        return
    click.echo(shared.told(output))


def _as_pdf(book: bytes) -> bytes:
    from addin.libreoffice.driver import LibreOffice

    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        source, pages = Path(folder) / "copy.xlsx", Path(folder) / "copy.pdf"
        source.write_bytes(book)
        with LibreOffice() as office:
            office.open(source)
            office.pdf(pages)
        return pages.read_bytes()
