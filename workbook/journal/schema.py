"""The journal as a file: which columns, of which type, and text that stays text everywhere.

The columns are the sheet's own, by the names that input files use, and the result: ``net`` in
account currency and ``r``, the multiple of the risk. Times are UTC, numbers are plain, blank means
that there is no value yet.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from udfs.errors import IsomarginError
from workbook.template.spec import WORKINGS, Column
from workbook.template.tables.journal import JOURNAL

Type: TypeAlias = Literal["moment", "number", "text"]
Value: TypeAlias = str | float | dt.datetime | None
Record: TypeAlias = dict[str, Value]

OPEN = "open"  # what the sheet shows for the result of a trade that is not closed

_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_TEXTS = frozenset({"text", "choice", "note"})


class RowError(IsomarginError, ValueError):
    """A row that does not fit the journal's columns; the words say what to do."""


@dataclass(frozen=True)
class JournalField:
    """One column of a journal file."""

    name: str
    header: str  # in the sheet
    type: Type
    unit: str


def _type(column: Column) -> Type:
    kind = column.kind or column.format
    if kind == "moment":
        return "moment"
    return "text" if kind in _TEXTS else "number"


FIELDS: tuple[JournalField, ...] = tuple(
    JournalField(
        # A file keeps its columns' names when a sheet's header changes.
        column.key or (column.formerly or (column.header,))[-1].lower().replace(" ", "_"),
        column.header,
        _type(column),
        column.unit,
    )
    for column in JOURNAL.columns
    if column.band != WORKINGS
)
_BY_NAME: Mapping[str, JournalField] = {known.name: known for known in FIELDS} | {
    known.header.lower(): known for known in FIELDS
}


def records(rows: Iterable[Mapping[str, object]]) -> Iterator[Record]:
    """Rows with the sheet's headers or the files' names as complete records.

    The result is worked out where it is not given and the trade is closed.
    """
    workings = {column.header.lower() for column in JOURNAL.columns if column.band == WORKINGS}
    for number, row in enumerate(rows, 1):
        record: Record = dict.fromkeys((known.name for known in FIELDS), None)
        for name, value in row.items():
            known = _BY_NAME.get(name.strip().lower())
            if known is None:
                if name.strip().lower() in workings:
                    continue
                names = ", ".join(field.name for field in FIELDS)
                raise RowError(f'row {number} has a column "{name}": it may be {names}')
            record[known.name] = _value(known, value, number)
        _work_out(record)
        yield record


def _value(known: JournalField, value: object, number: int) -> Value:
    if value is None or value == "" or (known.type == "number" and value == OPEN):
        return None
    place = f"row {number}, {known.name},"
    if known.type == "text":
        if not isinstance(value, str):
            raise RowError(f"{place} is {value!r}, not text")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, dt.datetime)):
        raise RowError(f"{place} is {value!r}, not a {known.type}")
    if known.type == "moment":
        return _moment(value, place)
    if isinstance(value, dt.datetime) or not math.isfinite(value):
        raise RowError(f"{place} is {value!r}, not a number to compute with")
    return float(value)


def _moment(value: float | dt.datetime, place: str) -> dt.datetime:
    """A date in UTC; a number is a sheet's date, to the millisecond."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
    try:
        return _EPOCH + dt.timedelta(milliseconds=round(value * 86_400_000))
    except (OverflowError, ValueError):
        raise RowError(f"{place} is {value!r}, not a date") from None


def _work_out(record: Record) -> None:
    """Net and R of a closed trade, as the sheet computes them."""
    entry, units, paid_exit = record["entry"], record["units"], record["exit"]
    numbers = (entry, units, paid_exit)
    if record["closed"] is None or not all(isinstance(number, float) for number in numbers):
        return
    if record["net"] is None and record["side"] in ("long", "short"):
        sign = -1 if record["side"] == "short" else 1
        costs = float(record["fees"] or 0) + float(record["carry"] or 0)  # type: ignore[arg-type]
        record["net"] = sign * units * (paid_exit - entry) - costs  # type: ignore[operator]
    risk, net = record["risk"], record["net"]
    if record["r"] is None and isinstance(risk, float) and isinstance(net, float) and risk > 0:
        record["r"] = net / risk


# What makes a spreadsheet take a cell of a CSV file for a formula.
_FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n])")


def guarded(text: str) -> str:
    """Text as it is written to a CSV file: an apostrophe before what would become a formula.

    `unguarded` takes it off again, so every text comes back as it was. Numbers are not touched.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("moved stop")
    ("'=1+1", "''=1+1", 'moved stop')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` wrote.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
