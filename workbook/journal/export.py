"""The journal, and imported fills, as files: CSV for everybody, Parquet for long ones.

CSV: UTF-8 with a mark that Excel knows it by, one line of names, times as 2026-11-20T09:30:00Z,
text guarded against becoming a formula (see `schema.guarded`; `read_journal` takes the guard off).
Parquet: the same columns as strings, float64 and timestamps in UTC, text as it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from addin.package.saving import save_bytes
from udfs.errors import IsomarginError
from workbook.journal.cells import BadCell, Moment, in_utc, moment
from workbook.journal.fills import Event, Fill
from workbook.journal.schema import (
    FIELDS,
    Field,
    Record,
    RowError,
    Value,
    guarded,
    records,
    unguarded,
)

EVENT_COLUMNS = (
    "time", "symbol", "side", "quantity", "price", "fee", "fee_currency", "funding", "id",
    "order_id", "position_side", "effect",
)  # fmt: skip


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


def read_journal(path: Path) -> Iterator[Record]:
    """The rows of a journal file as they were written."""
    if _is_parquet(path):
        yield from (
            polars()
            .read_parquet(path, columns=[known.name for known in FIELDS])
            .iter_rows(named=True)
        )
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                yield {known.name: _read(known, row.get(known.name) or "") for known in FIELDS}
            except (BadCell, ValueError) as error:
                raise ExportError(f"{path.name}, line {reader.line_num}: {error}") from None


def write_events(events: Iterable[Event], path: Path) -> None:
    """Write imported fills and payments as a generic fills CSV, which can be imported again.

    Kept beside the workbook, the file is the memory of what was imported already.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(EVENT_COLUMNS)
    for event in events:
        writer.writerow(_event(event))
    save_bytes(buffer.getvalue().encode("utf-8"), path)


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


def _read(known: Field, text: str) -> Value:
    if not text:
        return None
    if known.type == "text":
        return unguarded(text)
    if known.type == "number":
        return float(text)
    written: Moment | dt.datetime = moment(text, known.name)
    return in_utc(written, dt.timedelta(0), day_first=True)


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


def _event(event: Event) -> list[str]:
    row = dict.fromkeys(EVENT_COLUMNS, "")
    row["time"] = event.time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    row["symbol"] = guarded(event.symbol)
    row["id"] = guarded(event.id)
    row["position_side"] = event.position_side
    if isinstance(event, Fill):
        row["side"] = event.side
        row["quantity"] = f"{event.quantity:f}"
        row["price"] = f"{event.price:f}"
        row["fee"] = f"{event.fee:f}"
        row["fee_currency"] = event.fee_currency
        row["order_id"] = guarded(event.order_id)
        row["effect"] = event.effect
    else:
        row[event.kind] = f"{event.amount:f}"
        row["fee_currency"] = event.currency
    return list(row.values())
