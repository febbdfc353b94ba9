"""``isomargin grid``: a formula over a grid of its arguments, as a table."""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook.commands.options import TABLE_FILE

if TYPE_CHECKING:
    from workbook.grid import Block, GridCall

# So many lines of a CSV file are text at a time.
_LINES = 50_000


@click.command("grid")
@click.argument("formula")
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="NAME=FROM:TO:STEPS",
    help="An argument that runs, both ends included; may be repeated.",
)
@TABLE_FILE
def command(formula: str, over: tuple[str, ...], output: Path | None) -> None:
    """Compute FORMULA for every combination of what runs.

    Such as: isomargin grid 'ISO_LIQUIDATION_PRICE("long",entry,leverage,0.5%)' --over
    entry=90:110:21 --over leverage=2:20:19. Without -o the table goes to standard output, as CSV.
    What has no result is blank; how many and why is said at the end.
    """
    from workbook.grid import GridError, parse

    grid = parse(formula, over)
    suffix = output.suffix.lower() if output else ".csv"
    if suffix not in (".csv", ".parquet"):
        raise GridError(f"{output}: end the name in .csv or .parquet")
    blank = _Blank(grid)
    if suffix == ".parquet" and output is not None:
        _parquet(blank.counted(), grid.columns, output)
    elif output is not None:
        _csv_file(blank.counted(), output)
    else:
        for text in _csv(blank.counted()):
            click.echo(text, nl=False)
    if output is not None:
        click.echo(f"{output}: {grid.points:,} points")
    if blank.count:
        said = f"{blank.count:,} of {grid.points:,} points have no result; {blank.first}"
        click.echo(said, err=True)
    click.get_current_context().exit(1 if blank.count == grid.points else 0)


class _Blank:
    """Counts the points without a result, and keeps the words for the first."""

    def __init__(self, grid: GridCall) -> None:
        self._grid = grid
        self.count = 0
        self.first = ""

    def counted(self) -> Iterable[Block]:
        """The grid's blocks."""
        import numpy as np

        for block in self._grid.blocks():
            *axes, result = block
            missing = np.isnan(block[result])
            if missing.any() and not self.count:
                at = int(np.argmax(missing))
                point = {name: float(block[name][at]) for name in axes}
                where = ", ".join(f"{name} {value:g}" for name, value in point.items())
                self.first = f"the first at {where}: {self._grid.words(point)}"
            self.count += int(missing.sum())
            yield block


def _csv(blocks: Iterable[Block]) -> Iterable[str]:
    """CSV text, with the header first; numbers in the shortest form that reads back the same."""
    for number, block in enumerate(blocks):
        text = io.StringIO()
        if number == 0:
            text.write(",".join(block) + "\n")
        points = len(next(iter(block.values())))
        for start in range(0, points, _LINES):
            columns = [column[start : start + _LINES].tolist() for column in block.values()]
            text.writelines(
                ",".join("" if math.isnan(value) else repr(value) for value in row) + "\n"
                for row in zip(*columns, strict=True)
            )
            yield text.getvalue()
            text = io.StringIO()


def _csv_file(blocks: Iterable[Block], path: Path) -> None:
    from addin.package.saving import written_whole

    with written_whole(path) as file:
        for text in _csv(blocks):
            file.write(text.encode())


def _parquet(blocks: Iterable[Block], columns: Sequence[str], path: Path) -> None:
    """A Parquet file written group by group, so that no more than some blocks are in memory."""
    from addin.package.saving import written_whole
    from workbook.journal.export import polars

    library: Any = polars()

    def source(
        wanted: list[str] | None, predicate: Any, rows: int | None, size: int | None
    ) -> Iterator[Any]:
        for block in blocks:
            frame = library.DataFrame(block).fill_nan(None)
            yield frame if wanted is None else frame.select(wanted)

    schema = dict.fromkeys(columns, library.Float64)
    frames = importlib.import_module("polars.io.plugins").register_io_source(source, schema=schema)
    with written_whole(path) as file:
        frames.sink_parquet(file)
