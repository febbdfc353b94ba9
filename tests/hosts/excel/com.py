"""Values as COM carries them, for tests to send and to read."""

from __future__ import annotations

from typing import Any

from udfs import OMITTED, CellError

MISSING = -2147352572

# What the VARIANT of an error holds, as Microsoft's documentation has it (0x800A07D0 and so on).
ERRORS = {
    CellError.NULL: 0x800A07D0 - 2**32,
    CellError.DIV0: 0x800A07D7 - 2**32,
    CellError.VALUE: 0x800A07DF - 2**32,
    CellError.REF: 0x800A07E7 - 2**32,
    CellError.NAME: 0x800A07ED - 2**32,
    CellError.NUM: 0x800A07F4 - 2**32,
    CellError.NA: 0x800A07FA - 2**32,
}


def sent(value: Any) -> Any:
    """A neutral value as Excel sends it."""
    if isinstance(value, list):
        return tuple(tuple(sent(cell) for cell in row) for row in value)
    if value is OMITTED:
        return MISSING
    if isinstance(value, CellError):
        return ERRORS[value]
    return value


def shown(value: Any) -> Any:
    """A formula's answer as rows of what a cell holds: None as "", an error as its text."""
    rows = value if isinstance(value, list) else [[value]]
    return [[_shown(cell) for cell in row] for row in rows]


def _shown(cell: Any) -> Any:
    if isinstance(cell, CellError):
        return cell.value
    return "" if cell is None else cell


def received(answer: Any) -> list[list[Any]]:
    """xlwings' answer as rows: it sends one cell bare and one row flat."""
    if not isinstance(answer, list):
        return [[answer]]
    if answer and isinstance(answer[0], list):
        return answer
    return [answer]
