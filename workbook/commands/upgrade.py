"""``isomargin upgrade``: a workbook of an older template brought up to date."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package import Package
from addin.package.lock import locked
from workbook import bundled, files
from workbook.commands.options import BOOK, ELSEWHERE


@click.command("upgrade")
@BOOK
@ELSEWHERE
def command(book: Path, output: Path | None) -> None:
    """Carry BOOK over into today's template: settings, plans, journal, exits, fills.

    Without -o the file is replaced in one step, and the old one is kept as NAME.bak.xlsx. What has
    no place in the template, such as sheets of your own, is named; exit 1 where there is any.
    """
    from workbook.computing import computed as compute
    from workbook.upgrade import upgrade

    target = output or book
    files.check_name(target)
    with locked(book):
        done = upgrade(Package.open(book), bundled.template())
    content = files.in_form_of(book, compute(done.package).to_bytes(), target)
    files.save(content, target, backup=True)
    click.echo(f"{target} is up to date")
    for line in done.words:
        click.echo(f"  {line}")
    for line in done.left:
        click.echo(f"  not carried over: {line}", err=True)
    if done.left:
        where = "the .bak file beside it" if output is None else str(book)
        click.echo(f"  (all of it is in {where})", err=True)
    click.get_current_context().exit(1 if done.left else 0)
