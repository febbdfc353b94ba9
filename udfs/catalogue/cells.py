"""What a host hands over and gets back: plain cell values, in no spreadsheet's own types.

A cell is a number, text, TRUE or FALSE, blank (None), an error, or OMITTED where an argument was
left out altogether. A range is a list of rows. Dates are serial numbers by the time they get here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt

from udfs.errors import CellError


class Omitted(Enum):
    """The type of OMITTED, an argument that was left out: ``F(a,,b)``."""

    OMITTED = "omitted"


OMITTED = Omitted.OMITTED

Cell: TypeAlias = float | int | bool | str | CellError | Omitted | None
Rows: TypeAlias = list[list[Cell]]
Argument: TypeAlias = Cell | Sequence[Any] | npt.NDArray[Any]


class CellProblem(Exception):
    """Why one cell has no answer: the error it shows, and the message ISO_EXPLAIN gives."""

    def __init__(self, error: CellError, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


def is_range(value: object) -> bool:
    """Whether a host handed over a range rather than one cell."""
    return isinstance(value, (list, tuple, np.ndarray))


def is_blank(value: object) -> bool:
    """Whether a cell counts as blank.

    Empty text does: ``IF(...,"",...)`` is how people write a blank, and LibreOffice hands blank
    cells of a range over as empty text, so no host could tell the two apart in every place.
    """
    return value is None or value is OMITTED or (isinstance(value, str) and not value)


def as_rows(value: Any) -> Rows:
    """A range as a list of equally long rows; a flat list is one row, a cell a 1x1 range.

    >>> as_rows([1, 2]), as_rows([[1], [2]]), as_rows(3)
    ([[1, 2]], [[1], [2]], [[3]])
    """
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not is_range(value):
        return [[value]]
    if _is_table(value):
        return value
    rows = list(value)
    if not any(is_range(row) for row in rows):
        return [rows]
    table = [list(row) if is_range(row) else [row] for row in rows]
    if len({len(row) for row in table}) > 1:
        raise CellProblem(CellError.VALUE, "the range has rows of different lengths")
    return table


def _is_table(value: Any) -> TypeGuard[Rows]:
    """Whether it is rows of equal length already, as hosts hand ranges over."""
    if not value or not set(map(type, value)) <= {list, tuple}:
        return False
    return len(set(map(len, value))) == 1


def single_cell(value: Any) -> Any:
    """The cell in a 1x1 range; anything else comes back as it is.

    >>> single_cell([[7.0]]), single_cell([[1.0], [2.0]])
    (7.0, [[1.0], [2.0]])
    """
    if is_range(value) and len(value) == 1:
        inner = value[0]
        if not is_range(inner):
            return inner
        if len(inner) == 1:
            return inner[0]
    return value


def show(value: object) -> str:
    """A cell value as a person would read it back.

    >>> show(100.0), show("lng"), show(None), show(True)
    ('100', 'the text "lng"', 'blank', 'TRUE')
    """
    if is_blank(value):
        return "blank"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        text = value if len(value) <= 40 else value[:37] + "..."
        return f'the text "{text}"'
    if isinstance(value, (int, float)):
        return f"{value:.10g}" if abs(value) < 1e300 else "a number too large to compute with"
    return str(value)
