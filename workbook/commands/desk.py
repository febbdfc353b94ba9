"""``isomargin desk``: many workbooks as one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import click

from udfs.errors import IsomarginError
from workbook import terminal
from workbook.commands.options import TABLE_FILE
from workbook.desk import COLUMNS, Desk, read_all


class DeskError(IsomarginError):
    """The table cannot be made as asked for."""


@click.command("desk")
@click.argument("books", nargs=-1, required=True, type=click.Path(path_type=Path))
@TABLE_FILE
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no table.")
def command(books: tuple[Path, ...], output: Path | None, quiet: bool) -> None:
    """Look at many BOOKS at once: risk of what is open and of the whole plan, what all lose
    together, nearest liquidation, limits of loss that are reached, checks.

    They are read as they were last computed, and not changed. Exit 1 where a check fails or a book
    cannot be read.
    """
    if output is not None and output.suffix.lower() not in (".csv", ".parquet"):
        raise DeskError(f"{output}: end the name in .csv or .parquet")
    if output is not None and output.resolve() in [book.resolve() for book in books]:
        raise DeskError(f"{output} is one of the books: give another name")
    lines: list[Desk] = []
    with terminal.progress(quiet=quiet) as report:
        for line in read_all(books):
            lines.append(line)
            if report is not None:
                report("books", len(lines), len(books))
    if output is not None:
        _write(lines, output)
    if not quiet:
        _show(lines)
    click.get_current_context().exit(0 if all(line.is_well for line in lines) else 1)


def _write(lines: Sequence[Desk], path: Path) -> None:
    from addin.package.saving import save_bytes

    if path.suffix.lower() == ".parquet":
        from workbook.journal.export import polars

        library: Any = polars()
        types = {
            "as_of": library.Datetime("us"),
            **dict.fromkeys(("open", "rows", "correlated_rows"), library.Int64),
            **dict.fromkeys(("book", "currency", "nearest", "words", "brakes"), library.String),
        }
        schema = {name: types.get(name, library.Float64) for name in COLUMNS}
        frame = library.DataFrame([astuple(line) for line in lines], schema=schema, orient="row")
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        save_bytes(buffer.getvalue(), path)
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(["" if cell is None else _plain(cell) for cell in astuple(line)])
    save_bytes(text.getvalue().encode(), path)


def _plain(cell: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell.isoformat(sep=" ") if hasattr(cell, "isoformat") else cell


def _show(lines: Sequence[Desk]) -> None:
    heads = (
        "book", "open", "open risk", "whole plan", "together", "nearest liquidation", "brakes",
        "checks",
    )  # fmt: skip
    names = [Path(line.book).name for line in lines]
    lined = [
        (
            name if names.count(name) == 1 else line.book,
            _number(line.open, "g"),
            _joined(_number(line.open_risk, ",.2f"), line.currency),
            _joined(_number(line.risk, ",.2f"), _number(line.risk_share, ".1%")),
            _together(line),
            _joined(line.nearest, _number(line.distance, ".1%")),
            line.brakes,
            line.words,
        )
        for name, line in zip(names, lines, strict=True)
    ]
    rows = [tuple(map(terminal.one_line, row)) for row in lined]  # words of any origin
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads) - 1)]
    for row in (heads, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def _together(line: Desk) -> str:
    """What they lose together; of how many, where the sheet Risk has no room for all."""
    text = _number(line.correlated, ",.2f")
    if text and line.correlated_rows is not None and line.correlated_rows < (line.rows or 0):
        return f"{text} of {line.correlated_rows} of {line.rows}"
    return text


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)
