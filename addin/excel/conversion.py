"""Cell values as COM hands them to Python, and as it takes them back.

Numbers come as floats, blanks as None, errors and left-out arguments as integers, ranges as
tuples of rows. Back go floats, text, truth values and rows of them; an error goes back as the
text a cell shows for it, which the VBA wrapper turns into the real error.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any, TypeAlias

from udfs import OMITTED, CellError

Sent: TypeAlias = float | bool | str

# A VARIANT's error code, as an integer: what CVErr(2000 + n) holds.
_BASE = -2146828288
ERROR_NUMBERS = {
    CellError.NULL: 2000,
    CellError.DIV0: 2007,
    CellError.VALUE: 2015,
    CellError.REF: 2023,
    CellError.NAME: 2029,
    CellError.NUM: 2036,
    CellError.NA: 2042,
}
_ERRORS = {_BASE + number: error for error, number in ERROR_NUMBERS.items()}
_GETTING_DATA = _BASE + 2043
_FIRST_ERROR, _LAST_ERROR = _BASE + 2000, _BASE + 2099

# What VBA passes for an optional argument that was left out.
MISSING = -2147352572

_EPOCH = dt.datetime(1899, 12, 30)
_LONGEST_TEXT = 32_767


def from_excel(value: Any) -> Any:
    """An argument as COM delivers it, as a neutral cell value or rows.

    >>> from_excel(((1.0, None), (-2146826252, "a")))
    [[1.0, None], [<#NUM!>, 'a']]
    """
    if not isinstance(value, (tuple, list)):
        return _cell(value)
    # An array constant of one row, {0.5,1}, comes flat.
    rows = value if value and isinstance(value[0], (tuple, list)) else [value]
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> Any:
    if value is None or value is OMITTED or isinstance(value, (float, str, bool)):
        return value
    if isinstance(value, int):
        if value == MISSING:
            return OMITTED
        if _FIRST_ERROR <= value <= _LAST_ERROR:
            return _error(value)
        return float(value)
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)
    if isinstance(value, Decimal):  # a cell formatted as currency
        return float(value)
    # A chart, a shape, a workbook: nothing that a formula could compute with.
    return CellError.VALUE


def _error(code: int) -> CellError:
    if code == _GETTING_DATA:
        return CellError.NA
    # Newer errors (#SPILL!, #CALC!) have no name in the catalogue.
    return _ERRORS.get(code, CellError.VALUE)


def to_excel(value: Any) -> list[list[Sent]]:
    """A formula's answer as rows of what COM can carry; one cell is one row of one.

    >>> to_excel(CellError.NA), to_excel([[1, None]])
    ([['#N/A']], [[1.0, '']])
    """
    if not isinstance(value, list):
        return [[_sent(value)]]
    if not value:
        return [[CellError.NA.value]]
    return [[_sent(cell) for cell in row] for row in value]


def _sent(value: Any) -> Sent:
    if isinstance(value, CellError):
        return value.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    number = float(value)
    return number if math.isfinite(number) else CellError.NUM.value
