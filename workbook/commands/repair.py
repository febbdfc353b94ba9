"""``isomargin repair``: the template's formulas put back where they were overtyped or deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from addin.package import Package
from addin.package.lock import locked
from workbook import bundled, files
from workbook.commands.options import BOOK, ELSEWHERE
from workbook.template.version import TEMPLATE_VERSION, check_version, version_of

if TYPE_CHECKING:
    from workbook import repair


@click.command("repair")
@BOOK
@ELSEWHERE
@click.option("--dry-run", is_flag=True, help="Only say what is wrong; exit 1 where anything is.")
def command(book: Path, output: Path | None, dry_run: bool) -> None:
    """Put back the template's formulas that were overtyped, moved or deleted in BOOK.

    What you typed stays. Without -o the file is replaced in one step, and the old one is kept as
    NAME.bak.xlsx. Where columns are gone, all you typed goes into a new template.
    """
    from workbook import repair

    target = output or book
    files.check_name(target)
    with locked(book):
        package = Package.open(book)
    check_version(package, book)
    if version_of(package) != TEMPLATE_VERSION:
        click.echo(f"{book} is not made from the template: it has no formulas to put back")
        return
    template = Package.open(bundled.template())
    found = repair.faults(package, template)
    for line in repair.told(found):
        click.echo(f"  {line}")
    if not found:
        click.echo(f"{book}: every formula of the template is in its place")
        return
    if dry_run:
        click.get_current_context().exit(1)
    left = _write(package, found, book, target, torn=repair.is_torn(found))
    click.get_current_context().exit(1 if left else 0)


def _write(
    package: Package, found: list[repair.Damage], book: Path, target: Path, *, torn: bool
) -> tuple[str, ...]:
    from workbook import repair
    from workbook.actions.package import apply
    from workbook.computing import computed as compute
    from workbook.upgrade import carry_over

    left: tuple[str, ...] = ()
    if torn:
        done = carry_over(package, bundled.template(), facts=False)
        package, left = done.package, done.left
        words = "what you typed stands in a new template now"
    else:
        changes = repair.put_back(found)
        apply(package, changes)
        (words,) = changes.words
    content = files.in_form_of(book, compute(package).to_bytes(), target)
    if package.has_macros:
        package.save(target, backup=True)
    else:
        files.save(content, target, backup=True)
    click.echo(f"{target}: {words}; the old file is beside it")
    for line in left:
        click.echo(f"  not carried over: {line}", err=True)
    return left
