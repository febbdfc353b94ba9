"""Cell values as the file writes them, and as Python has them."""

from __future__ import annotations

import datetime as dt
import math
import re
from numbers import Real
from typing import TypeAlias

from addin.package.errors import PackageError
from addin.package.markup import escaped
from udfs.errors import CellError

Value: TypeAlias = float | bool | str | CellError | None

LONGEST_TEXT = 32_767

_ERRORS = {error.value: error for error in CellError}
# Newer errors that the catalogue does not know; the nearest old one stands for them.
_NEW_ERRORS = {"#SPILL!": CellError.VALUE, "#CALC!": CellError.VALUE, "#GETTING_DATA": CellError.NA}
# Half a character (a surrogate) is none: such an escape stays as it is written.
_ESCAPE = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
# What XML 1.0 cannot hold goes into the file as _xHHHH_; text that looks like it is escaped too.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
# The first day after 31 December 9999.
_END_1900 = 2_958_466
_END_1904 = 2_957_004


def error_from_text(text: str) -> CellError:
    """The error that a cell shows as this text."""
    return _ERRORS.get(text) or _NEW_ERRORS.get(text) or CellError.VALUE


def known_error(text: str) -> CellError | None:
    """The error that is written as this text; None for one that another stands for here."""
    return _ERRORS.get(text)


def unescape(text: str) -> str:
    """Text of the file with its ``_x000D_`` escapes resolved."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def escape(text: str) -> str:
    """Text as the file can hold it."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def cached(value: Value) -> tuple[str | None, str]:
    """A formula's result as the ``t`` attribute and the text of ``<v>``.

    >>> cached(0.5), cached(True), cached(CellError.NA)
    ((None, '0.5'), ('b', '1'), ('e', '#N/A'))
    """
    if type(value) is float and math.isfinite(value):  # most often, so first
        return None, number_text(value)
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            return "e", CellError.NUM.value
        return None, number_text(value)
    if isinstance(value, str):
        return "str", escape(value[:LONGEST_TEXT])
    if isinstance(value, CellError):
        return "e", value.value
    # A formula's cell is never blank: a blank result shows as 0.
    return None, "0"


def input_content(value: Value) -> str:
    """A typed-in value as the XML of its cell, from behind the cell's address and style on.

    >>> input_content(0.5), input_content("=1"), input_content(None)
    ('><v>0.5</v></c>', ' t="inlineStr"><is><t>=1</t></is></c>', '/>')
    """
    if value is None:
        return "/>"
    if isinstance(value, str):
        # Text in the cell itself, never a formula whatever it starts with.
        text = escaped(escape(value))
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'
    kind, text = cached(value)
    return (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"


def number_text(value: float) -> str:
    """A number in the shortest form that reads back as the same double."""
    text = repr(float(value))
    if text[-2:] != ".0" or not -1e15 < value < 1e15:
        return text
    return text[:-2] if value else "0"  # a minus zero is a zero


def as_input(value: object, *, date1904: bool = False) -> Value:
    """A Python value as a cell can hold it: dates become serial numbers, "" becomes blank."""
    if value is None or isinstance(value, (bool, CellError)):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise PackageError(
                f"the text has {len(value)} characters; a cell holds {LONGEST_TEXT}: shorten it."
            )
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise PackageError(
                    f"the text {value!r} holds half a character: take it out."
                ) from error
        return value or None
    if isinstance(value, dt.date):
        return serial(value, date1904=date1904)
    if isinstance(value, Real) or type(value).__name__ == "Decimal":
        number = float(value)  # type: ignore[arg-type]
        if not math.isfinite(number):
            raise PackageError(f"{value!r} is no number that a cell can hold.")
        return number
    raise PackageError(
        f"a cell cannot hold a {type(value).__name__}: give a number, text, a date, or nothing."
    )


def serial(day: dt.date, *, date1904: bool = False) -> float:
    """A date or time as the number of days that spreadsheets store.

    >>> serial(dt.date(2024, 1, 1)), serial(dt.datetime(2024, 1, 1, 12))
    (45292.0, 45292.5)
    """
    if isinstance(day, dt.datetime):
        moment = day.replace(tzinfo=None)
    else:
        moment = dt.datetime(day.year, day.month, day.day)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    days = (moment - epoch) / dt.timedelta(days=1)
    # Before that Excel counts a 29 February 1900 that there never was.
    if days < 61 and not date1904:
        raise PackageError(f"{day} is too early: a workbook's dates start at 1 March 1900.")
    if days < 0:
        raise PackageError(f"{day} is too early: this workbook's dates start at 1 January 1904.")
    return days


def stored_date(text: str, *, date1904: bool = False) -> float:
    """A date, a time or both as a file may write them out (a cell of type ``d``), as a number.

    >>> stored_date("2024-01-01T12:00:00"), stored_date("18:00:00"), stored_date("1900-01-01")
    (45292.5, 0.75, 1.0)
    """
    text = text.strip()
    if "-" not in text and ":" in text:
        at = dt.time.fromisoformat(text)
        since = dt.timedelta(
            hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
        )
        return since / dt.timedelta(days=1)
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    if date1904:
        return (moment - _EPOCH_1904) / dt.timedelta(days=1)
    days = (moment - _EPOCH_1900) / dt.timedelta(days=1)
    # Excel counts a 29 February 1900 that there never was: before it, its days are one fewer.
    return days - 1 if 1 <= days < 61 else days


def from_serial(days: float, *, date1904: bool = False) -> dt.datetime:
    """The date and time that spreadsheets store as a number of days, to the millisecond.

    >>> from_serial(45292.5)
    datetime.datetime(2024, 1, 1, 12, 0)
    >>> from_serial(43830, date1904=True)
    datetime.datetime(2024, 1, 1, 0, 0)
    """
    first, end = (0, _END_1904) if date1904 else (61, _END_1900)
    if not first <= days < end:  # NaN is refused, too
        raise PackageError(f"{days:g} is no date: a date is a number from {first} to {end - 1}.")
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    return epoch + dt.timedelta(milliseconds=round(days * 86_400_000))
