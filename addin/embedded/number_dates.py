"""A number of days as the pieces of a date's format code show it."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = 86_400
_LAST = 2_958_466  # the first day after 9999


class DateRefused(ValueError):
    """No date, or words of another language."""


class Piece(NamedTuple):
    """A piece of a format code: what kind, and its text."""

    kind: str
    text: str


class _Moment:
    """A moment taken apart as a workbook counts it, with 29 February 1900 and day 0."""

    def __init__(self, days: int, seconds: int, hundredths: str, *, date1904: bool) -> None:
        self.seconds, self.hundredths, self.days = seconds, hundredths, days
        if date1904:
            date = dt.date(1904, 1, 1) + dt.timedelta(days)
            self.weekday = date.weekday()
        else:
            self.weekday = (days + 5) % 7
            if days in (0, 60):
                self.year, self.month, self.day = 1900, 2 if days else 1, 29 if days else 0
                return
            date = dt.date(1899, 12, 31 if days < 60 else 30) + dt.timedelta(days)
        self.year, self.month, self.day = date.year, date.month, date.day


def as_date(value: float, pieces: tuple[Piece, ...], *, date1904: bool) -> str:
    """The pieces of one section with a moment in them."""
    if not 0 <= value < (_LAST - 1462 if date1904 else _LAST):
        raise DateRefused("no date")
    shown = list(pieces)
    places = _after_seconds(shown)
    units = 10**places
    # Rounded to what the code shows, so that 23:59:59.9 is the next day.
    ticks = math.floor(float(f"{value * _DAY * units:.15g}") + 0.5)
    days, rest = divmod(ticks, _DAY * units)
    moment = _Moment(
        days, rest // units, f"{rest % units:0{places}d}" if places else "", date1904=date1904
    )
    half = any(piece.kind == "date" and "/" in piece.text for piece in shown)
    out = []
    for at, piece in enumerate(shown):
        if piece.kind == "date":
            out.append(_part(moment, piece.text, minutes=_is_minutes(shown, at), half=half))
        elif piece.kind == "language":
            if any(p.kind == "date" and p.text[:3] in ("mmm", "ddd") for p in shown):
                raise DateRefused("words of another language")
        elif piece.kind == "parts":
            out.append(f".{moment.hundredths}")
        elif piece.kind == "other" and piece.text in "0#?":
            raise DateRefused("digits in a date")
        elif piece.kind in ("literal", "other"):
            out.append(piece.text)
        else:
            raise DateRefused("a date and a number")
    return "".join(out)


def _after_seconds(pieces: list[Piece]) -> int:
    """Put the zeros behind the seconds together; how many there are."""
    for at, piece in enumerate(pieces):
        if piece.kind == "date" and piece.text.strip("[]")[0] == "s":
            zeros = at + 2
            while zeros < len(pieces) and pieces[zeros][:] == ("other", "0"):
                zeros += 1
            count = zeros - at - 2
            if count and pieces[at + 1][:] == ("other", "."):
                pieces[at + 1 : zeros] = [piece._replace(kind="parts", text="")]
                return min(count, 3)
    return 0


def _is_minutes(pieces: list[Piece], at: int) -> bool:
    """Whether an m behind hours or before seconds: minutes, not months."""
    if pieces[at].text not in ("m", "mm"):
        return False
    dates = [n for n, piece in enumerate(pieces) if piece.kind == "date"]
    where = dates.index(at)
    before = pieces[dates[where - 1]].text if where else ""
    behind = pieces[dates[where + 1]].text if where + 1 < len(dates) else ""
    return before.strip("[]")[:1] == "h" or behind.strip("[]")[:1] == "s"


def _part(moment: _Moment, text: str, *, minutes: bool, half: bool) -> str:
    seconds = moment.seconds
    hours = seconds // 3600
    if text.startswith("["):
        each = {"h": 3600, "m": 60, "s": 1}[text[1]]
        return str((moment.days * _DAY + seconds) // each).rjust(len(text) - 2, "0")
    if "/" in text:
        word = "PM" if hours >= 12 else "AM"
        return word if len(text) > 3 else word[0]
    width = 2 if len(text) > 1 else 1
    match text[0]:
        case "y":
            return f"{moment.year % 100:02d}" if len(text) <= 2 else str(moment.year)
        case "e":
            return str(moment.year)
        case "m" if minutes:
            return str(seconds // 60 % 60).rjust(width, "0")
        case "m" if len(text) <= 2:
            return str(moment.month).rjust(width, "0")
        case "m":
            name = _MONTHS[moment.month - 1]
            return {3: name[:3], 5: name[0]}.get(len(text), name)
        case "d" if len(text) <= 2:
            return str(moment.day).rjust(width, "0")
        case "d":
            name = _DAYS[moment.weekday]
            return name[:3] if len(text) == 3 else name
        case "h":
            return str((hours + 11) % 12 + 1 if half else hours).rjust(width, "0")
    return str(seconds % 60).rjust(width, "0")
