"""``isomargin open``: a workbook shown in the spreadsheet program that is there."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("open")
@click.argument("path", type=click.Path(path_type=Path))
def command(path: Path) -> None:
    """Open the workbook at PATH in Excel, or in LibreOffice where there is no Excel."""
    from addin.excel.system import System
    from addin.opening import open_workbook

    click.echo(open_workbook(path, System()))
