"""``isomargin build``: the template and add-in files, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package.saving import save_bytes

BLANK = "blank.xlsx"
WORKED_EXAMPLE = "isomargin.xlsx"


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
    """Build the template and, for a host, its add-in files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in _BUILDERS[host]().items():
        save_bytes(content, folder / path)
        click.echo(folder / path)


def _plain() -> dict[str, bytes]:
    """The empty template and the worked example."""
    from workbook import bundled
    from workbook.build import build_template
    from workbook.fill import compute, fill
    from workbook.inputs import from_toml

    blank = compute(build_template())
    example = from_toml(bundled.example("optimism"), "optimism.toml")
    return {BLANK: blank, WORKED_EXAMPLE: fill(blank, example).to_bytes()}


_BUILDERS = {"plain": _plain}
