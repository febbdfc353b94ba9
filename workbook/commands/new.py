"""``isomargin new``: a copy of the template to fill in by hand, or of the worked example's file."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package import Package, PackageError
from addin.package.saving import save_bytes
from workbook import bundled, files
from workbook.clock import serial_now


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--example", is_flag=True, help="With the worked example filled in; PATH may end in .toml."
)
@click.option("--force", is_flag=True, help="Replace a file of that name.")
def command(path: Path, example: bool, force: bool) -> None:
    """Make an empty workbook at PATH (.xlsx, or .xlsm for Excel with the add-in).

    With --example and a PATH that ends in .toml: the worked example as a file for ``fill``.
    """
    inputs = example and path.suffix.lower() == ".toml"
    if not inputs:
        files.check_name(path)
    if path.exists() and not force:
        # Somebody may have filled it in: it is not lost to a command typed twice.
        raise PackageError(f"{path} is there already: give another name, or --force to replace it")
    if inputs:
        save_bytes(bundled.text(bundled.EXAMPLE_INPUTS).encode(), path, backup=True)
        click.echo(f"{path}: change what you like, then: isomargin fill {path} -o my-plan.xlsx")
        return
    content = bundled.worked_example() if example else _as_of_now(bundled.template())
    files.save(content, path, backup=True)
    click.echo(f"{path}: start on the Settings sheet, then type an idea on Plan")


def _as_of_now(content: bytes) -> bytes:
    from workbook.computing import computed as compute

    package = Package.open(content)
    package.set_named("As_of", serial_now())
    # Computed, so that every cell that tells the moment tells this one.
    return compute(package).to_bytes()
