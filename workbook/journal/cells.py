"""Text of an export as numbers and times. What is not clearly one is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

# Beyond these no market has prices or sizes; a slip of a column may have.
_LARGEST = Decimal("1e18")
_SMALLEST_EXPONENT = -40

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_AMOUNT = re.compile(r"([+-]?[\d.,]+(?:[eE][+-]?\d{1,3})?)\s*([A-Za-z][A-Za-z0-9]*)?")

_MOMENT = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"  # a date, its parts in some order
    r"(?:[ T]|,\s*|\s+-\s+)\s*"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_ZONE = re.compile(
    r"(?<![A-Za-z])UTC(?![A-Za-z])\s*(?:([+-])\s*-?(\d{1,2})(?::?(\d{2}))?(?!\d))?",
    re.IGNORECASE,
)

NOTHING = frozenset({"", "-", "--", "null", "none", "nan"})  # as venues write "no value"


class BadCell(ValueError):
    """Why a cell cannot be read; the words say what to do."""


class Moment(NamedTuple):
    """A date and time as written; ``first`` and ``second`` are day and month in either order."""

    year: int
    first: int
    second: int
    clock: dt.timedelta
    zone: dt.timedelta | None  # ahead of UTC, where the cell says so
    slashed: bool  # the year comes last, so day and month may stand in either order


def number(text: str, name: str) -> Decimal:
    """The number in a cell.

    >>> number("84,620.10", "price"), number("1e-3", "fee")
    (Decimal('84620.10'), Decimal('0.001'))
    """
    cleaned = text.strip()
    if "," in cleaned and _THOUSANDS.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    if not _NUMBER.fullmatch(cleaned):
        raise BadCell(f"{name} is {_shown(text)}, not a number: write it like 1234.5")
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        raise BadCell(f"{name} is {_shown(text)}, not a number: write it like 1234.5") from None
    exponent = value.as_tuple().exponent
    if abs(value) > _LARGEST or (isinstance(exponent, int) and exponent < _SMALLEST_EXPONENT):
        raise BadCell(f"{name} is {_shown(text)}: no amount is that large or that fine")
    return value


def amount(text: str, name: str) -> tuple[Decimal, str]:
    """A number with a currency behind it, as some venues write a fee: ``0.29 USDC``.

    >>> amount("0.00012BNB", "fee")
    (Decimal('0.00012'), 'BNB')
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise BadCell(f"{name} is {_shown(text)}, not an amount: write it like 0.25")
    return number(match[1], name), (match[2] or "").upper()


def moment(text: str, name: str, *, short_years: bool = False) -> Moment | dt.datetime:
    """A date and time, or seconds or milliseconds since 1970.

    ``short_years`` takes 26-03-17 as 17 March 2026; otherwise it could be the 26th as well.

    >>> moment("26-03-17 09:34:12", "time", short_years=True).year
    2026
    """
    cleaned = text.strip()
    if cleaned.isdecimal() and len(cleaned) in (10, 13):
        scale = 1000 if len(cleaned) == 13 else 1
        return _EPOCH + dt.timedelta(milliseconds=int(cleaned) * 1000 // scale)
    match = _MOMENT.fullmatch(cleaned)
    if match is None:
        raise BadCell(f"{name} is {_shown(text)}, no date and time: write 2026-11-20 09:30:00")
    one, _, two, three, hours, minutes, seconds, part, zone = match.groups()
    if int(hours) > 23 or int(minutes) > 59 or int(seconds or 0) > 59:
        raise BadCell(f"{name} is {_shown(text)}: there is no such time of day")
    clock = dt.timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds or 0),
        microseconds=int((part or "0")[:6].ljust(6, "0")),
    )
    slashed = len(three) == 4 and len(one) <= 2
    if slashed:
        year, first, second = int(three), int(one), int(two)
    elif len(three) <= 2 and (len(one) == 4 or (len(one) == 2 and short_years)):
        year, first, second = int(one) + (2000 if len(one) == 2 else 0), int(three), int(two)
    else:
        raise BadCell(f"{name} is {_shown(text)}: write the year in full, like 2026-11-20 09:30")
    return Moment(year, first, second, clock, _offset(zone), slashed)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def in_utc(written: Moment | dt.datetime, zone: dt.timedelta, *, day_first: bool) -> dt.datetime:
    """The moment in UTC; ``zone`` counts where the cell has none of its own."""
    if isinstance(written, dt.datetime):
        return written
    day, month = written.first, written.second
    if written.slashed and not day_first:
        day, month = month, day
    try:
        date = dt.datetime(written.year, month, day, tzinfo=dt.UTC)
        return date + written.clock - (zone if written.zone is None else written.zone)
    except (ValueError, OverflowError):
        raise BadCell(f"there is no day {written.year}-{month:02}-{day:02}") from None


def zone_in(text: str) -> dt.timedelta | None:
    """The time zone that a header or a file's name tells: ``Time(UTC+3)``.

    >>> zone_in("Binance-Futures-Trade-History-202603230520(UTC--6).csv") / dt.timedelta(hours=1)
    -6.0
    """
    match = _ZONE.search(text)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    if sign is None:
        return dt.timedelta(0)
    # Written (UTC--6) too: a plus or minus in front of a negative number.
    negative = "-" in match[0]
    ahead = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -ahead if negative else ahead


def without_zone(header: str) -> str:
    """A header as formats name it: small letters, no time zone behind it."""
    return re.sub(r"\s*\(UTC[^)]*\)\s*$", "", header.strip(), flags=re.IGNORECASE).strip().lower()


def _offset(zone: str | None) -> dt.timedelta | None:
    if zone is None:
        return None
    if zone in ("Z", "UTC"):
        return dt.timedelta(0)
    ahead = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -ahead if zone[0] == "-" else ahead


def _shown(text: str) -> str:
    cut = text if len(text) <= 40 else text[:37] + "..."
    return f'"{cut}"' if text.strip() else "blank"
