"""The journal as a file: CSV for everybody, Parquet for long ones.

CSV: UTF-8 with a mark that Excel knows it by, one line of names, times as 2026-11-20T09:30:00Z,
text guarded against becoming a formula (see `schema.guarded`).
Parquet: the same columns as strings, float64 and timestamps in UTC, text as it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from addin.engine import Book
from addin.package import Package, TableRows
from addin.package.addresses import a1
from addin.package.saving import save_bytes
from udfs.errors import CellError, IsomarginError
from workbook.journal.schema import (
    FIELDS,
    Record,
    RowError,
    Value,
    guarded,
    records,
)


class ExportError(IsomarginError):
    """A file that cannot be written or read; one line that says what to do."""


def write_journal(rows: Iterable[Mapping[str, object]], path: Path) -> int:
    """Write journal rows to a .csv or .parquet file, whole or not at all; the number of rows.

    ``rows`` are mappings with the sheet's headers or the files' names as keys.
    """
    try:
        content = list(records(rows))
    except RowError as error:
        raise ExportError(str(error)) from None
    save_bytes(_parquet(content) if _is_parquet(path) else _csv(content), path)
    return len(content)


def journal_rows(book: Book, package: Package) -> Iterator[dict[str, object]]:
    """The journal's rows with their results, as the sheet shows them, for a file.

    A closed trade has all that its result is made of in its own row, in whatever parts it was
    closed: entry, size, average exit, all fees, all carry.
    """
    table = package.table("Journal")
    rows = TableRows(package, "Journal")

    def shown(row: int, header: str, *, text: bool = False) -> object:
        column = table.column(header)
        if column is None:
            return None
        value = book.value(table.sheet, a1(row, column))
        if isinstance(value, CellError) or (not text and isinstance(value, (str, bool))):
            return None
        return str(value) if text and value is not None else value

    for row in rows.filled():
        if rows.value(row, "Symbol") is None:
            continue
        record = {
            known.header: shown(row, known.header, text=known.type == "text") for known in FIELDS
        }
        if record["Closed"] is not None or shown(row, "Exited"):
            _complete(record, row, shown)
        yield record


def _complete(record: dict[str, object], row: int, shown: Callable[[int, str], object]) -> None:
    """Put what stands on the Exits sheet, or is as planned, into the row itself."""
    for header, source in (("Filled", "Entry (avg)"), ("Size", "Position size"),
                           ("Exit", "Exit avg")):  # fmt: skip
        if record[header] is None:
            record[header] = shown(row, source) or None
    if record["Fees"] is not None or shown(row, "Exit fees"):
        record["Fees"] = shown(row, "Fees paid")
    if record["Carry"] is not None or shown(row, "Carry paid"):
        record["Carry"] = shown(row, "Carry paid")


def polars() -> ModuleType:
    """The library for Parquet, where it is installed."""
    try:
        import polars as library
    except ImportError:
        raise ExportError(
            'Parquet needs a library that is not installed: pip install "isomargin[files]",'
            " or use .csv"
        ) from None
    return library


def _is_parquet(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise ExportError(f"{path.name} is no .csv and no .parquet file: give one of the two")
    return suffix == ".parquet"


def _csv(content: list[Record]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([known.name for known in FIELDS])
    for record in content:
        writer.writerow([_written(record[known.name]) for known in FIELDS])
    return buffer.getvalue().encode("utf-8-sig")


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return guarded(value) if isinstance(value, str) else repr(value)


def _parquet(content: list[Record]) -> bytes:
    library: Any = polars()
    types = {
        "text": library.String,
        "number": library.Float64,
        "moment": library.Datetime("us", "UTC"),
    }
    frame = library.DataFrame(
        {known.name: [record[known.name] for record in content] for known in FIELDS},
        schema={known.name: types[known.type] for known in FIELDS},
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
