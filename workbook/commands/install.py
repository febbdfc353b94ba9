"""``isomargin install``: the add-in put where a spreadsheet program looks for it."""

from __future__ import annotations

import click

from workbook import bundled


@click.command("install")
@click.argument("host", type=click.Choice(["excel", "libreoffice"]))
@click.option("--uninstall", is_flag=True, help="Take it out again.")
def command(host: str, uninstall: bool) -> None:
    """Put the add-in where HOST looks for it, or take it out again; says what was done."""
    for line in _excel(uninstall) if host == "excel" else _libreoffice(uninstall):
        click.echo(line)


def _excel(uninstall: bool) -> list[str]:
    from addin.excel import install as excel
    from addin.excel.system import System

    if uninstall:
        return excel.uninstall(System())
    return excel.install(System(), bundled.template())


def _libreoffice(uninstall: bool) -> list[str]:
    from addin.computer import Computer
    from addin.libreoffice import install as libreoffice

    computer = Computer()
    if uninstall:
        done = libreoffice.uninstall(computer)
    else:
        from workbook.live.libreoffice.build import buttons

        done = libreoffice.install(computer, more=buttons())
    return [*done.said, done.undo]
