"""Between LibreOffice's values and ours.

Arguments arrive as numbers, text, None (left out), and tuples of rows for ranges; a range's blank
cells are empty text. That is already what the formulas take. Errors never arrive: LibreOffice
passes them on by itself.

A result is always a tuple of rows of floats and text. An error is a NaN that carries LibreOffice's
error code in its last bits.
"""

from __future__ import annotations

import struct
from typing import Any

Grid = tuple[tuple[Any, ...], ...]

CODES = {
    "#NUM!": 503,
    "#VALUE!": 519,
    "#NULL!": 521,
    "#REF!": 524,
    "#NAME?": 525,
    "#DIV/0!": 532,
    "#N/A": 32767,
}


def error(text: str) -> float:
    """An Excel error as the number that LibreOffice shows as this error."""
    code = CODES.get(text, CODES["#VALUE!"])
    number: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))[0]
    return number


ERRORS = {text: error(text) for text in CODES}


def outgoing(value: Any) -> Grid:
    """A formula's result as LibreOffice takes it."""
    kind = type(value)
    if kind is float or kind is str:
        return ((value,),)
    if kind is list or kind is tuple:
        return tuple([tuple([_cell(cell) for cell in row]) for row in value])
    return ((_cell(value),),)


def _cell(value: Any) -> float | str | None:
    kind = type(value)
    if kind is float or kind is str or value is None:
        return value  # type: ignore[no-any-return]
    if kind is dict:  # an error that came over the wire
        return ERRORS.get(str(value.get("error")), ERRORS["#VALUE!"])
    text = getattr(value, "value", None)  # an error value
    if text in ERRORS:
        return ERRORS[text]
    return float(value)  # TRUE and FALSE too: LibreOffice has them as 1 and 0


def without_trailing_blanks(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments up to the last one that was given."""
    count = len(arguments)
    while count and arguments[count - 1] is None:
        count -= 1
    return arguments[:count]
