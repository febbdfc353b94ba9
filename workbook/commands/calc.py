"""``isomargin calc``: compute a workbook that somebody filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from addin.engine import KeptCell, Progress
from addin.package import Package, PackageError
from addin.package.addresses import cell
from addin.package.gc_paused import gc_paused
from addin.package.lock import locked
from workbook import bundled, reasons, terminal
from workbook.commands.options import BOOK, ELSEWHERE, QUIET
from workbook.template.version import TEMPLATE_VERSION, check_version, version_of


@click.command("calc")
@BOOK
@ELSEWHERE
@click.option(
    "--host",
    type=click.Choice(["embedded", "libreoffice", "excel"]),
    default="embedded",
    show_default=True,
    help="What computes; embedded needs no spreadsheet program.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Print every check and error, not only what fails."
)
@QUIET
def command(book: Path, output: Path | None, host: str, everything: bool, quiet: bool) -> None:
    """Compute every formula of BOOK and write the values into it; nothing else changes.

    Without -o the file is replaced in one step; the old one is kept as NAME.bak.xlsx, the ones
    before it as NAME.bak2.xlsx and so on.
    """
    with gc_paused(all_is_kept=True), locked(output or book):
        package = Package.open(book)
        check_version(package, book)
        with terminal.progress(quiet=quiet) as report:
            computed, kept, why = _HOSTS[host](package, report)
            computed.save(output or book, backup=True)
    failed = terminal.report(
        computed, output or book, quiet=quiet, kept=kept, everything=everything, why=why
    )
    changed = _formulas_changed(package, book) if not quiet else []
    for line in changed:
        click.echo(line, err=True)
    click.get_current_context().exit(1 if failed or changed else 0)


def _formulas_changed(package: Package, book: Path) -> list[str]:
    """What people overtyped or deleted among the template's own formulas, and the cure."""
    if version_of(package) != TEMPLATE_VERSION:
        return []
    from workbook.repair import table_faults, told

    lines = told(table_faults(package, Package.open(bundled.template())))
    return [*lines, f"isomargin repair {book}  puts the template's formulas back"] if lines else []


# The computed workbook, the cells that keep the file's value as the host cannot know it, and what
# gives the words for a formula in error.
_Computed: TypeAlias = tuple[Package, list[KeptCell], terminal.Why | None]


def _embedded(package: Package, report: Progress | None) -> _Computed:
    from workbook.computing import computed as compute

    book = compute(package, report)
    book.write_results()

    def why(sheet: str, address: str) -> str:
        formula = book.package.sheet(sheet).formula(*cell(address))
        if formula is None:
            return ""
        words = reasons.why(formula.text, lambda one: book.would_show(one, sheet, address))
        return "" if words == reasons.NO_FAULT else words

    return book.package, book.kept(), why


def _libreoffice(package: Package, report: Progress | None) -> _Computed:
    from addin.libreoffice.driver import calculate

    if report is not None:
        report("LibreOffice computes", 0, 1)
    return Package(calculate(package.to_bytes())), [], None


def _excel(package: Package, report: Progress | None) -> _Computed:
    raise PackageError(
        "Excel computes a workbook whenever it is open there: type  isomargin open BOOK.xlsm,"
        " then press Ctrl+Alt+F9 and save; or leave out --host"
    )


_HOSTS: Mapping[str, Callable[[Package, Progress | None], _Computed]] = {
    "embedded": _embedded,
    "libreoffice": _libreoffice,
    "excel": _excel,
}
