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
    type=click.Choice(["plain", "excel", "libreoffice", "officejs"]),
    default="plain",
    show_default=True,
    help="For which spreadsheet program; plain = the template without an add-in.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write into; made if it is not there.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="In a clone of the repository: all its generated files anew, in place.",
)
@click.option(
    "--url",
    metavar="https://...",
    help="For officejs: the address under which people will reach the folder.",
)
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="For officejs: a folder with Pyodide and NumPy, to serve them, too; without it they come"
    " from Pyodide's own address.",
)
@click.option(
    "--contact",
    default="",
    metavar="WHO",
    help="For officejs: whom people ask, a mail address or a page's; it stands on the pages for"
    " support and privacy.",
)
def command(
    host: str,
    folder: Path | None,
    everything: bool,
    url: str | None,
    pyodide: Path | None,
    contact: str,
) -> None:
    """Build the template or, for a host, its add-in files into a folder."""
    if host != "officejs" and (url or pyodide or contact):
        raise click.UsageError("--url, --pyodide and --contact go with --host officejs")
    if everything:
        if folder is not None:
            raise click.UsageError("--all writes into the repository itself: leave out -o")
        _all()
        return
    if folder is None:
        raise click.UsageError("give the folder to write into: -o FOLDER")
    if host == "officejs":
        if not url:
            raise click.UsageError("say where the site will be: --url https://example.org/plans")
        for path in officejs(folder, url, pyodide, contact):
            click.echo(path)
        return
    for path in _BUILDERS[host](folder):
        click.echo(path)


def _all() -> None:
    from workbook import generated

    there = generated.checkout()
    written = list(generated.write(there))
    for path in written:
        click.echo(path.relative_to(there.root))
    if not written:
        click.echo("nothing has changed")


def _plain(folder: Path) -> Iterable[Path]:
    from workbook.generated import workbooks

    made = workbooks()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        save_bytes(content, folder / name)
        yield folder / name


def _excel(folder: Path) -> Iterable[Path]:
    from addin.excel.build import build_excel

    return build_excel(bundled.template(), folder)


def _libreoffice(folder: Path) -> Iterable[Path]:
    from addin.libreoffice.build import build_oxt
    from workbook.live.libreoffice.build import buttons

    folder.mkdir(parents=True, exist_ok=True)
    return [build_oxt(folder, buttons())]


def officejs(folder: Path, url: str, pyodide: Path | None, contact: str = "") -> Iterable[Path]:
    """The site of the Office.js add-in and of the page, with the workbooks in their forms."""
    from workbook.web_site import build

    return build(folder, url, pyodide, contact)


_BUILDERS = {"plain": _plain, "excel": _excel, "libreoffice": _libreoffice}
