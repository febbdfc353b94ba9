"""Dates and times of day written out, as formulas compute with them."""

from __future__ import annotations

import datetime as dt
import re

from addin.package.values import serial

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
# Year, month and day; month, day and year as in the United States; day and the month's name.
_ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})")
_AMERICAN = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[- ]([a-z]{3,9})[- ,]+(\d{4}|\d{2})")
_NAMED_FIRST = re.compile(r"([a-z]{3,9}) (\d{1,2}), ?(\d{4})")
_TIME = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,3})?))?(?: ?([ap])m?)?")


def text_as_moment(text: str, *, date1904: bool = False) -> float | None:
    """The days that a written date, a time of day or both stand for; None for no such text.

    >>> text_as_moment("2024-01-15 18:00"), text_as_moment("15-Jan-2024"), text_as_moment("6 PM")
    (45306.75, 45306.0, None)
    """
    text = " ".join(text.lower().split())
    for whole in (_date(text, date1904), _time(text)):
        if whole is not None:
            return whole
    for found in re.finditer(" ", text):
        day, hours = _date(text[: found.start()], date1904), _time(text[found.end() :])
        if day is not None and hours is not None:
            return day + hours
    return None


def _date(text: str, date1904: bool) -> float | None:
    if found := _ISO.fullmatch(text):
        year, month, day = found[1], int(found[3]), found[4]
    elif found := _AMERICAN.fullmatch(text):
        year, month, day = found[4], int(found[1]), found[3]
    elif found := _NAMED.fullmatch(text):
        year, month, day = found[3], _MONTHS.get(found[2][:3], 0), found[1]
    elif found := _NAMED_FIRST.fullmatch(text):
        year, month, day = found[3], _MONTHS.get(found[1][:3], 0), found[2]
    else:
        return None
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 30 else 1900
    try:
        days = serial(dt.date(number, month, int(day)), date1904=date1904)
    except ValueError:
        return None
    return days if days >= (0 if date1904 else 61) else None


def _time(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0)
    if minutes > 59 or seconds >= 60 or (found[4] and not 1 <= hours <= 12):
        return None
    if found[4]:
        hours = hours % 12 + (12 if found[4] == "p" else 0)
    return (hours * 3600 + minutes * 60 + seconds) / 86_400
