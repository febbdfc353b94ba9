"""``isomargin fill``: the main job, from a file with ideas to a computed workbook."""

from __future__ import annotations

from pathlib import Path

import click

from addin.package.gc_paused import gc_paused
from workbook import bundled, files, merging, terminal
from workbook.clock import serial_now
from workbook.commands.options import QUIET, output
from workbook.fill import fill
from workbook.inputs import read, read_csv


@click.command("fill")
@click.argument("source", metavar="INPUT", type=click.Path(path_type=Path))
@output("The workbook to write: .xlsx, or .xlsm for Excel with the add-in.")
@click.option(
    "--plans", type=click.Path(path_type=Path), help="A CSV file with the plans, beside INPUT."
)
@click.option("--force", is_flag=True, help="Replace a workbook that has a journal.")
@click.option("--all", "everything", is_flag=True, help="Print every check, not only what fails.")
@QUIET
def command(
    source: Path, output: Path, plans: Path | None, force: bool, everything: bool, quiet: bool
) -> None:
    """Fill the template from INPUT (.toml, or .csv with plans), compute it, save it.

    Prints the plan and the checks that fail. A file of that name is kept as NAME.bak.xlsx, the
    ones before it as NAME.bak2.xlsx and so on. Where it has a journal, the plans go into it and
    everything else in it stays.
    """
    with gc_paused(all_is_kept=True):
        failed = _filled(source, output, plans, force, everything, quiet)
    click.get_current_context().exit(1 if failed else 0)


def _filled(
    source: Path, output: Path, plans: Path | None, force: bool, everything: bool, quiet: bool
) -> int:
    files.check_name(output)
    inputs = read(source)
    if plans is not None:
        inputs.tables["Plan"] = read_csv(plans, "plans")
    journal = None if force else merging.journal_in(output)
    if journal is None:
        inputs.settings.setdefault("As_of", serial_now())
    else:
        inputs = merging.plans_only(journal, inputs, output)
        if not quiet:
            click.echo(f"{output} has a journal: its plan is filled, everything else in it stays")
    with terminal.progress(quiet=quiet) as report:
        template = bundled.template() if journal is None else journal.content
        book = fill(template, inputs, report, as_built=journal is None)
        files.save_book(book, output)
    return terminal.report(book.package, output, quiet=quiet, everything=everything)
