"""``isomargin new``: a copy of the template to fill in by hand."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package import PackageError
from workbook import bundled, files


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="With the worked example filled in.")
@click.option("--force", is_flag=True, help="Replace a file of that name.")
def command(path: Path, example: bool, force: bool) -> None:
    """Make an empty workbook at PATH (.xlsx, or .xlsm for Excel with the add-in)."""
    files.check_name(path)
    if path.exists() and not force:
        # Somebody may have filled it in: it is not lost to a command typed twice.
        raise PackageError(f"{path} is there already: give another name, or --force to replace it")
    content = bundled.worked_example() if example else bundled.template()
    files.save(content, path, backup=True)
    click.echo(f"{path}: start on the Settings sheet, then type an idea on Plan")
