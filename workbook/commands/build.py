"""``isomargin build``: the template and add-in files, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from addin.package.saving import save_bytes
from workbook import bundled


@click.command("build")
@click.option(
    "--host",
    type=click.Choice(["plain", "excel", "libreoffice"]),
    default="plain",
    show_default=True,
    help="For which spreadsheet program; plain = the template without an add-in.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write into; made if it is not there.",
)
def command(host: str, folder: Path) -> None:
    """Build the template or, for a host, its add-in files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in _BUILDERS[host](folder):
        click.echo(path)


def _plain(folder: Path) -> Iterable[Path]:
    """The template to fill in, with venues to start from, and the worked example."""
    from workbook.fill import fill
    from workbook.inputs import from_toml
    from workbook.template.build import build_template

    venues = from_toml(bundled.text("template/venues.toml"), "venues.toml")
    blank = fill(build_template(), venues).to_bytes()
    example = from_toml(bundled.text(bundled.EXAMPLE_INPUTS), "optimism.toml")
    for name, content in (
        (bundled.TEMPLATE, blank),
        (bundled.WORKED_EXAMPLE, fill(blank, example).to_bytes()),
    ):
        save_bytes(content, folder / name)
        yield folder / name


def _excel(folder: Path) -> Iterable[Path]:
    from addin.excel.build import build_excel

    return build_excel(bundled.template(), folder)


def _libreoffice(folder: Path) -> Iterable[Path]:
    from addin.libreoffice.build import build_oxt

    return [build_oxt(folder)]


_BUILDERS = {"plain": _plain, "excel": _excel, "libreoffice": _libreoffice}
