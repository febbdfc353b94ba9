"""``isomargin fill``: the main job, from a file with ideas to a computed workbook."""

from __future__ import annotations

from pathlib import Path

import click

from workbook import bundled, files, terminal
from workbook.fill import fill
from workbook.inputs import read, read_csv


@click.command("fill")
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The workbook to write: .xlsx, or .xlsm for Excel with the add-in.",
)
@click.option(
    "--plans", type=click.Path(path_type=Path), help="A CSV file with the plans, beside INPUT."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on the terminal.")
def command(source: Path, output: Path, plans: Path | None, quiet: bool) -> None:
    """Fill the template from INPUT (.toml, or .csv with plans), compute it, save it.

    Prints the plan and the checks. A file of that name is kept as NAME.bak.xlsx.
    """
    files.check_name(output)
    inputs = read(source)
    if plans is not None:
        inputs.tables["Plan"] = read_csv(plans, "plans")
    with terminal.progress(quiet=quiet) as report:
        book = fill(bundled.template(), inputs, report)
        files.save(book.to_bytes(), output, backup=True)
    failed = terminal.report(book.package, output, quiet=quiet)
    click.get_current_context().exit(1 if failed else 0)
