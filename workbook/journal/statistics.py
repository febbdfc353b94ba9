"""The journal formulas' statistics straight from files, for journals too long for a sheet.

The same sums as ISO_JOURNAL_STATS, read part by part, so the size of the files does not matter.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from udfs.maths.journal_statistics import Statistic, Tally
from workbook.journal.export import ExportError, polars
from workbook.journal.schema import OPEN

_PART = 65_536  # results at a time


def file_statistics(
    paths: Sequence[Path],
    column: str = "r",
    progress: Callable[[int], None] | None = None,
) -> Mapping[str, Statistic]:
    """Statistics of the results in a column of one or many CSV or Parquet files.

    Files count in the order given and rows in the order of the file, as streaks and drawdown go
    by order. Blank cells and "open" are trades without a result. ``progress`` is told the number
    of results so far.
    """
    tally = Tally()
    for path in paths:
        for part in _parts(path, column):
            tally.add(part)
            if progress:
                progress(tally.trades)
    return tally.statistics()


def _parts(path: Path, column: str) -> Iterator[npt.NDArray[np.float64]]:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise ExportError(f"{path.name} is no .csv and no .parquet file: give one of the two")
    if not path.is_file():
        raise ExportError(f"there is no file {path}: check the name")
    yield from (_parquet_parts if suffix == ".parquet" else _csv_parts)(path, column)


def _csv_parts(path: Path, column: str) -> Iterator[npt.NDArray[np.float64]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = file.readline()
        except UnicodeDecodeError:
            raise ExportError(f"{path.name} is not text in UTF-8: save it as UTF-8") from None
        file.seek(0)
        separator = max(",;\t", key=first.count)
        reader = csv.reader(file, delimiter=separator)
        try:
            header = next(reader, [])
            at = _column(path, [name.strip().lower() for name in header], column)
            part: list[float] = []
            for cells in reader:
                text = cells[at].strip() if at < len(cells) else ""
                if text and text != OPEN:
                    part.append(_number(text, path, reader.line_num, column))
                if len(part) == _PART:
                    yield np.array(part)
                    part = []
        except (csv.Error, UnicodeDecodeError) as error:
            raise ExportError(f"{path.name}, line {reader.line_num}: {error}") from None
        yield np.array(part)


def _number(text: str, path: Path, line: int, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        raise ExportError(
            f'{path.name}, line {line}: {column} is "{text[:40]}", not a number: mend that row'
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
