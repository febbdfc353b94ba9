"""``isomargin doctor``: what is missing for the formulas to work in a spreadsheet program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from addin.excel.system import System
from addin.package import Package
from workbook.template.version import TEMPLATE_VERSION, version_of


@click.command("doctor")
@click.argument("host", type=click.Choice(["excel", "libreoffice"]), required=False)
@click.option(
    "--book", type=click.Path(path_type=Path), help="A workbook to look at, too (Excel only)."
)
def command(host: str | None, book: Path | None) -> None:
    """Look for what HOST needs, one line each; without HOST for both programs.

    Exit 1 where something asked about is missing.
    """
    missing = 0
    if host in (None, "excel"):
        # Where Excel cannot be, that is no fault to correct, unless it was asked for by name.
        missing += _show("Excel", _excel(book)) if host or System().is_windows else 0
    if host in (None, "libreoffice"):
        missing += _show("LibreOffice", _libreoffice())
    click.get_current_context().exit(1 if missing else 0)


def _show(program: str, checks: Iterable[tuple[str, bool, str]]) -> int:
    """Print what was found; how much is missing."""
    missing = 0
    click.echo(program)
    for what, ok, words in checks:
        missing += not ok
        click.echo(f"  {'ok     ' if ok else 'MISSING'}  {what}: {words}")
    return missing


def _excel(book: Path | None) -> Iterable[tuple[str, bool, str]]:
    from addin.excel.doctor import examine

    if book is None:
        return examine(System())
    versions = (version_of(Package.open(book)), TEMPLATE_VERSION)
    return examine(System(), [book], versions)


def _libreoffice() -> Iterable[tuple[str, bool, str]]:
    from addin.computer import Computer
    from addin.libreoffice.install import findings

    return [(found.name, found.ok, found.words) for found in findings(Computer())]
