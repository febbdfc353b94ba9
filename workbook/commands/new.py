"""``isomargin new``: a copy of the template to fill in by hand."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package.saving import save_bytes
from workbook import bundled


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="With the worked example filled in.")
@click.option("--force", is_flag=True, help="Replace a file of that name.")
def command(path: Path, example: bool, force: bool) -> None:
    """Make an empty workbook at PATH, to fill in by hand."""
    refuse_to_replace(path, force=force)
    save_bytes(bundled.worked_example() if example else bundled.template(), path)
    click.echo(f"{path}: start on the Settings sheet, then type an idea on Plan")


def refuse_to_replace(path: Path, *, force: bool = False) -> None:
    """A file that somebody may have filled in is not lost to a command typed twice."""
    from workbook.cli import Failure

    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        raise Failure(f"{path} is no workbook's name: end it in .xlsx")
    if path.exists() and not force:
        raise Failure(f"{path} is there already: give another name, or --force to replace it")
