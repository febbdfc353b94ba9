"""The journal formulas' statistics straight from files, for journals too long for a sheet.

The same sums as ISO_JOURNAL_STATS, read part by part, so the size of the files does not matter.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from addin.package import Package, TableRows
from udfs.maths.journal_statistics import Statistic, Tally
from workbook.journal.export import ExportError, polars
from workbook.journal.moments import as_moment
from workbook.journal.schema import OPEN

_PART = 65_536  # results at a time
NO_RISK = "no risk"  # what the sheet shows where R cannot be told
WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Counted:
    """Statistics, and in words what they count."""

    basis: str
    statistics: Mapping[str, Statistic]


def file_statistics(
    paths: Sequence[Path],
    column: str = "r",
    progress: Callable[[int], None] | None = None,
) -> Counted:
    """Statistics of the results in a column of workbooks, CSV or Parquet files.

    Trades count in the order of their closing, as streaks and drawdown go by order; where a file
    has no column "closed", in the order of the files and rows. Blank cells and "open" are trades
    without a result. ``progress`` is told the number of results so far.
    """
    tally = Tally()
    known = [_closings(path) for path in paths]
    if all(known):
        results, without = _in_closing_order(paths, column)
        for start in range(0, len(results), _PART):
            tally.add(results[start : start + _PART])
            if progress:
                progress(tally.trades)
        order = "in the order of closing"
        missing = f", {without} closed without one left out" if without else ""
    else:
        for path in paths:
            for part in _parts(path, column):
                tally.add(part)
                if progress:
                    progress(tally.trades)
        order = "in the order of the rows: there is no column closed"
        missing = ""
    unit = "R (multiples of the risk)" if column.lower() == "r" else column
    basis = f"{tally.trades} trade(s) with a result in {unit}{missing}; {order}"
    if missing and column.lower() == "r":
        basis += "; --column net counts all, in money"
    return Counted(basis, tally.statistics())


def _closings(path: Path) -> bool:
    """Whether the file tells when trades were closed."""
    if path.suffix.lower() in WORKBOOKS:
        return True
    if not path.is_file():
        return False  # said when it is read
    if path.suffix.lower() == ".parquet":
        try:
            names: list[str] = list(polars().read_parquet_schema(path))
        except Exception:  # said when it is read
            return False
        return "closed" in [name.lower() for name in names]
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        first = file.readline()
    separator = max(",;\t", key=first.count)
    return "closed" in [name.strip().strip('"').lower() for name in first.split(separator)]


def _in_closing_order(paths: Sequence[Path], column: str) -> tuple[npt.NDArray[np.float64], int]:
    """The results by the time of closing, and how many closed trades have none."""
    closed: list[str] = []
    results: list[float] = []
    without = 0
    for path in paths:
        for when, result in _pairs(path, column):
            if result is not None:
                closed.append(when)
                results.append(result)
            elif when:
                without += 1
    # Trades that tell no closing keep their place behind the others.
    order = sorted(range(len(results)), key=lambda at: (closed[at] == "", closed[at]))
    return np.array([results[at] for at in order], dtype=np.float64), without


def _pairs(path: Path, column: str) -> Iterator[tuple[str, float | None]]:
    """Time of closing as text that sorts, and the result, of each row."""
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        yield from _workbook_pairs(path, column)
    elif suffix == ".parquet":
        library: Any = polars()
        try:
            names = list(library.read_parquet_schema(path))
            lower = [name.lower() for name in names]
            at = _column(path, lower, column)
            frame = library.read_parquet(path, columns=[names[lower.index("closed")], names[at]])
            times, values = frame.get_columns()
            for time, value in zip(times, values.cast(library.Float64), strict=True):
                if value is not None and not math.isfinite(value):
                    raise ExportError(f"{path.name}: {column} holds a value that is no number")
                yield ("" if time is None else _sortable(str(time))), value
        except library.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0]
            raise ExportError(f"{path.name} cannot be read as Parquet: {reason}") from None
    else:
        for cells, at, closed, line in _csv_rows(path, column):
            text = cells[at].strip() if at < len(cells) else ""
            when = cells[closed].strip() if closed < len(cells) else ""
            known = text and text != OPEN and text != NO_RISK
            yield _sortable(when), _number(text, path, line, column) if known else None


def _workbook_pairs(path: Path, column: str) -> Iterator[tuple[str, float | None]]:
    """A workbook's own journal, as it was computed last."""
    rows = TableRows(Package.open(path), "Journal")
    if "Journal" not in rows.package.tables:
        raise ExportError(f"{path.name} has no table Journal: give a workbook of isomargin")
    headers = [known.lower() for known in rows.package.table("Journal").columns]
    at = _column(path, headers, column)
    header = rows.package.table("Journal").columns[at]
    for row in rows.filled():
        closed = rows.number(row, "Closed")
        value = rows.number(row, header)
        if value is not None or closed is not None:
            yield (f"{as_moment(closed):%Y-%m-%d %H:%M:%S}" if closed else ""), value


def _sortable(text: str) -> str:
    """A time so that text sorts as time does: ISO forms do, as UTC is written."""
    return text.replace("T", " ").removesuffix("Z").removesuffix("+00:00")


def _parts(path: Path, column: str) -> Iterator[npt.NDArray[np.float64]]:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise ExportError(
            f"{path.name} is no .csv and no .parquet file, and no workbook: give one of them"
        )
    if not path.is_file():
        raise ExportError(f"there is no file {path}: check the name")
    yield from (_parquet_parts if suffix == ".parquet" else _csv_parts)(path, column)


def _csv_parts(path: Path, column: str) -> Iterator[npt.NDArray[np.float64]]:
    part: list[float] = []
    for cells, at, _, line in _csv_rows(path, column):
        text = cells[at].strip() if at < len(cells) else ""
        if text and text not in (OPEN, NO_RISK):
            part.append(_number(text, path, line, column))
        if len(part) == _PART:
            yield np.array(part)
            part = []
    yield np.array(part)


def _csv_rows(path: Path, column: str) -> Iterator[tuple[list[str], int, int, int]]:
    """Each row's cells, where the result and the closing stand, and its line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = file.readline()
        except UnicodeDecodeError:
            raise ExportError(f"{path.name} is not text in UTF-8: save it as UTF-8") from None
        file.seek(0)
        reader = csv.reader(file, delimiter=max(",;\t", key=first.count))
        try:
            names = [name.strip().lower() for name in next(reader, [])]
            at = _column(path, names, column)
            closed = names.index("closed") if "closed" in names else len(names)
            for cells in reader:
                yield cells, at, closed, reader.line_num
        except (csv.Error, UnicodeDecodeError) as error:
            raise ExportError(f"{path.name}, line {reader.line_num}: {error}") from None


def _number(text: str, path: Path, line: int, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        raise ExportError(
            f'{path.name}, line {line}: {column} is "{text[:40]}", not a number: correct that row'
        )
    return number


def _parquet_parts(path: Path, column: str) -> Iterator[npt.NDArray[np.float64]]:
    library: Any = polars()
    try:
        names = list(library.read_parquet_schema(path))
        at = _column(path, [name.lower() for name in names], column)
        results = library.scan_parquet(path).select(library.col(names[at]).cast(library.Float64))
        rows = library.scan_parquet(path).select(library.len()).collect().item()
        for start in range(0, rows, _PART):
            values = results.slice(start, _PART).collect().to_series().drop_nulls().to_numpy()
            if not np.isfinite(values).all():
                raise ExportError(
                    f"{path.name}: {column} holds a value that is no number, within the"
                    f" {_PART} rows from {start + 1}"
                )
            yield values
    except library.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise ExportError(f"{path.name} cannot be read as Parquet: {reason}") from None


def _column(path: Path, names: list[str], column: str) -> int:
    wanted = column.strip().lower()
    if wanted not in names:
        raise ExportError(f'{path.name} has no column "{column}": it has {", ".join(names)}')
    return names.index(wanted)
