"""Text of an export as numbers and times. What is not clearly one is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple, TypeAlias

# Which sign stands before the decimals.
NumberForm: TypeAlias = Literal["point", "comma"]

# Beyond these no market has prices or sizes; a slip of a column may have.
_LARGEST = Decimal("1e18")
_SMALLEST_EXPONENT = -40

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_PLAINEST = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_SHORT = 19
_POINT_ONLY = re.compile(r"[+-]?[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})(?: ?[A-Za-z]+)?")
# By thousands, or as in India 12,34,567.
_GROUPED = re.compile(r"[+-]?([1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3})(\.\d*)?")
_APART = " '\u2019\u00a0\u2009\u202f"  # what may stand between thousands
_SIGNS_AND_DIGITS = re.compile(rf"[+-]?[\d.,{_APART}]*\d[\d.,{_APART}]*([eE][+-]?\d+)?")
_BRACKETS = re.compile(r"\((.+)\)")  # a loss, as accountants write it
_DOLLAR = re.compile(r"(?<![\w.])\$(?=\s?[\d.])|(?<=\d)\s?\$$")
_BARE = re.compile(r"[+\-\d.,eE]*")
_AMOUNT = re.compile(r"([+-]?[\d.,][\d.,]*(?:[eE][+-]?\d{1,3})?)\s*([A-Za-z][A-Za-z0-9]*)?")

_MONTHS = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ZONE_TEXT = r"Z|UTC|GMT|(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?"
_CLOCK = (
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    rf"\s*([AaPp]\.?\s?[Mm]\.?)?\s*({_ZONE_TEXT})?"
)
# The half of the day as clocks in China, Japan and Korea write it, before the hour.
_HALF_BEFORE = re.compile(
    r"\s*(\u4e0a\u5348|\u5348\u524d|\uc624\uc804|\u51cc\u6668"
    r"|(\u4e0b\u5348|\u5348\u5f8c|\uc624\ud6c4|\u665a\u4e0a))\s*"
    r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
)
_DOTTED_DAY = re.compile(r"^(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.")  # as in Korea
_BETWEEN = r"(?:[ T]|,\s*|\s+-\s+)\s*"
_PLAIN_MOMENT = re.compile(
    r"(\d\d(?:\d\d)?)-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)", re.ASCII
)
_DAY = r"(\d{1,4})(?P<mark>[-/.])(\d{1,2})(?P=mark)(\d{1,4})"
_DAY_THEN_CLOCK = re.compile(rf"{_DAY}(?:{_BETWEEN}{_CLOCK})?", re.IGNORECASE)
_CLOCK_THEN_DAY = re.compile(rf"(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?\s+{_DAY}")
_NAMED_MONTH = re.compile(
    rf"(?:([A-Za-z]{{3}})[a-z]*\.?\s+(\d{{1,2}}),?\s+(\d{{4}})"
    rf"|(\d{{1,2}})[-\s]([A-Za-z]{{3}})[a-z]*\.?[-\s](\d{{4}})){_BETWEEN}{_CLOCK}",
    re.IGNORECASE,
)
_SINCE_1970 = re.compile(r"(\d{10}|\d{13}|\d{16})(?:\.(\d{1,9}))?")
_SERIAL = re.compile(r"[4-7]\d{4}(?:[.,]\d+)?")  # days since 1900, as spreadsheets count
_ZONE = re.compile(
    r"(?<![A-Za-z])(?:UTC|GMT)(?![A-Za-z])\s*(?:([+-])\s*-?(\d{1,2})(?::?(\d{2}))?(?!\d))?",
    re.IGNORECASE,
)
_ZONE_BEHIND = re.compile(r"\s*\((?:UTC|GMT)[^)]*\)\s*$", re.IGNORECASE)

# As venues write "no value".
NOTHING = frozenset({"", "-", "--", "—", "n/a", "null", "none", "nan"})

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SHEET_EPOCH = dt.datetime(1899, 12, 30)


class BadCell(ValueError):
    """Why a cell cannot be read; the words say what to do."""


class WrittenTime(NamedTuple):
    """A date and time as written; ``first`` and ``second`` are day and month in either order."""

    year: int
    first: int
    second: int
    clock: dt.timedelta
    zone: dt.timedelta | None  # ahead of UTC, where the cell says so
    slashed: bool  # the year comes last, so day and month may stand in either order


# --- numbers -----------------------------------------------------------------------------------


def number_forms(text: str) -> frozenset[NumberForm]:
    """The forms in which a cell is a number: both, one, or none.

    >>> sorted(number_forms("1,500")), sorted(number_forms("0,523")), sorted(number_forms("1.5"))
    (['comma', 'point'], ['comma'], ['point'])
    """
    cleaned = _without_spaces(_bare(text))
    found: set[NumberForm] = set()
    if _is_number(cleaned):
        found.add("point")
    if _is_number(_exchanged(cleaned)):
        found.add("comma")
    return frozenset(found)


def settle_number_form(cells: Iterable[str], separator: str) -> NumberForm | str:
    """The form that all numbers of a file have, or why it cannot be told.

    A cell that can only be one of the two tells. Where none does, commas separate cells in a file
    of decimal points, and semicolons in one of decimal commas.
    """
    only: dict[str, str] = {}
    doubtful = ""
    for cell in cells:
        if "point" in only and _POINT_ONLY.fullmatch(cell):
            continue  # most often: nothing new
        cell = without_unit(cell)
        forms = number_forms(cell)
        if len(forms) == 1:
            only.setdefault(next(iter(forms)), cell.strip())
        elif len(forms) == 2 and ("," in cell or ("." in cell and separator == ";")):
            doubtful = doubtful or cell.strip()
        if len(only) == 2:
            point, comma = only["point"], only["comma"]
            return (
                f'"{point}" has a decimal point and "{comma}" a decimal comma: export the file'
                " again with one of the two"
            )
    if only:
        return "comma" if "comma" in only else "point"
    if not doubtful:
        return "point"
    if separator == ";" and "," in doubtful:
        return "comma"
    return (
        f'"{doubtful}" may be {doubtful.replace(",", "").replace(".", "")} or'
        f" {doubtful.replace(',', '.')}, and nothing in the file tells which: say --decimal point"
        " or --decimal comma"
    )


def number(text: str, name: str, form: NumberForm = "point") -> Decimal:
    """The number in a cell.

    >>> number("84,620.10", "price"), number("84.620,10", "price", "comma"), number("1e-3", "fee")
    (Decimal('84620.10'), Decimal('84620.10'), Decimal('0.001'))
    """
    cleaned = text.strip()
    if form == "point" and len(cleaned) < _SHORT and _PLAINEST.fullmatch(cleaned):
        return Decimal(cleaned)  # most often; too short to be too large or too fine
    if not cleaned.isascii() or not _BARE.fullmatch(cleaned):
        cleaned = _without_spaces(_bare(cleaned))
    if form == "comma":
        cleaned = _exchanged(cleaned)
    if "," in cleaned and _GROUPED.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    if not _PLAIN.fullmatch(cleaned):
        raise BadCell(f"{name} is {shown(text)}, not a number: write it like 1234.5")
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        raise BadCell(f"{name} is {shown(text)}, not a number: write it like 1234.5") from None
    exponent = value.as_tuple().exponent
    if abs(value) > _LARGEST or (isinstance(exponent, int) and exponent < _SMALLEST_EXPONENT):
        raise BadCell(f"{name} is {shown(text)}: no amount is that large or that fine")
    return value


def amount(text: str, name: str, form: NumberForm = "point") -> tuple[Decimal, str]:
    """A number with a currency behind it, as some venues write a fee: ``0.29 USDC``.

    >>> amount("0.00012BNB", "fee")
    (Decimal('0.00012'), 'BNB')
    """
    match = _AMOUNT.fullmatch(text) or _AMOUNT.fullmatch(_bare(text))
    if match is None and _BARE.fullmatch(_without_spaces(_bare(text))):
        return number(text, name, form), ""
    if match is None:
        raise BadCell(f"{name} is {shown(text)}, not an amount: write it like 0.25")
    return number(match[1], name, form), (match[2] or "").upper()


def without_unit(cell: str) -> str:
    """A cell's number without the currency behind it, for settling the form."""
    match = _AMOUNT.fullmatch(cell) or _AMOUNT.fullmatch(_bare(cell))
    return match[1] if match else cell


def _bare(text: str) -> str:
    """A number without what only adorns it: a sign for dollars, brackets for less than nothing.

    >>> _bare("($1.20)")
    '-1.20'
    """
    text = text.strip().replace("\u2212", "-")  # pages write a minus sign of their own
    if text.isascii() and _BARE.fullmatch(text):
        return text
    text = _DOLLAR.sub("", text).strip()
    inside = _BRACKETS.fullmatch(text)
    if inside:
        text = f"-{_DOLLAR.sub('', inside[1]).strip()}"
    return text


def _without_spaces(text: str) -> str:
    cleaned = text.strip()
    if _SIGNS_AND_DIGITS.fullmatch(cleaned):
        for mark in _APART:
            cleaned = cleaned.replace(mark, "")
    return cleaned


def _exchanged(text: str) -> str:
    return text.translate({ord(","): ".", ord("."): ","})


def _is_number(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text))


# --- times -------------------------------------------------------------------------------------


def moment(text: str, name: str, *, short_years: bool = False) -> WrittenTime | dt.datetime:
    """A date and time, or seconds, milliseconds or microseconds since 1970.

    ``short_years`` takes 26-03-17 as 17 March 2026; otherwise it could be the 26th as well.

    >>> moment("26-03-17 09:34:12", "time", short_years=True).year
    2026
    >>> moment("17:00 2026-11-20", "time").clock
    datetime.timedelta(seconds=61200)
    """
    cleaned = text.strip()
    plain = _PLAIN_MOMENT.fullmatch(cleaned)
    if plain is not None and (short_years or len(plain[1]) == 4):  # most often
        return _plain_moment(*plain.groups())
    if cleaned[:1].isdigit():
        epoch = _SINCE_1970.fullmatch(cleaned) if cleaned[:10].isdigit() else None
        if epoch is not None:
            scale = {10: 1_000_000, 13: 1_000, 16: 1}[len(epoch[1])]
            part = Decimal(f"0.{epoch[2] or 0}") * scale
            return _EPOCH + dt.timedelta(microseconds=int(epoch[1]) * scale + int(part))
        if cleaned[:5].isdigit() and _SERIAL.fullmatch(cleaned):
            days = float(cleaned.replace(",", "."))
            day = _SHEET_EPOCH + dt.timedelta(milliseconds=round(days * 86_400_000))
            clock = dt.timedelta(
                hours=day.hour, minutes=day.minute, seconds=day.second, microseconds=day.microsecond
            )
            return WrittenTime(day.year, day.day, day.month, clock, None, slashed=False)
    if not cleaned.isascii():
        cleaned = _HALF_BEFORE.sub(lambda half: f" {half[3]} {'P' if half[2] else 'A'}M", cleaned)
    if cleaned[4:5] == ".":
        cleaned = _DOTTED_DAY.sub(r"\1-\2-\3", cleaned)
    match = _DAY_THEN_CLOCK.fullmatch(cleaned)
    if match is not None:
        one, _, two, three, *clock_parts = match.groups()
        of_day = _clock(text, name, clock_parts)
        return _numbered(text, name, (one, two, three), of_day, short_years)
    match = _CLOCK_THEN_DAY.fullmatch(cleaned)
    if match is not None:
        hours, minutes, seconds, one, _, two, three = match.groups()
        parts = [hours, minutes, seconds, None, None, None]
        return _numbered(text, name, (one, two, three), _clock(text, name, parts), short_years)
    match = _NAMED_MONTH.fullmatch(cleaned)
    if match is not None:
        month, day_1, year_1, day_2, month_2, year_2, *clock_parts = match.groups()
        number_of_month = _MONTHS.get((month or month_2).lower())
        if number_of_month is not None:
            clock, zone = _clock(text, name, clock_parts)
            return WrittenTime(
                int(year_1 or year_2), int(day_1 or day_2), number_of_month, clock, zone, False
            )
    raise BadCell(f"{name} is {shown(text)}, no date and time: write 2026-11-20 09:30:00")


def _plain_moment(
    year: str, month: str, day: str, hours: str, minutes: str, seconds: str
) -> WrittenTime:
    full_year = int(year) if len(year) == 4 else 2000 + int(year)
    clock = dt.timedelta(0, (int(hours) * 60 + int(minutes)) * 60 + int(seconds))
    return WrittenTime(full_year, int(day), int(month), clock, None, slashed=False)


def _numbered(
    text: str,
    name: str,
    day: tuple[str, str, str],
    clock: tuple[dt.timedelta, dt.timedelta | None],
    short_years: bool,
) -> WrittenTime:
    one, two, three = day
    slashed = len(three) == 4 and len(one) <= 2
    if slashed:
        return WrittenTime(int(three), int(one), int(two), *clock, slashed=True)
    if len(three) <= 2 and (len(one) == 4 or (len(one) == 2 and short_years)):
        year = int(one) + (2000 if len(one) == 2 else 0)
        return WrittenTime(year, int(three), int(two), *clock, slashed=False)
    raise BadCell(f"{name} is {shown(text)}: write the year in full, like 2026-11-20 09:30")


def _clock(
    text: str, name: str, parts: list[str | None]
) -> tuple[dt.timedelta, dt.timedelta | None]:
    hours, minutes, seconds, part, half, zone = parts
    hour = int(hours or 0)
    if half:
        if not 1 <= hour <= 12:
            raise BadCell(f"{name} is {shown(text)}: there is no such time of day")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if hour > 23 or int(minutes or 0) > 59 or int(seconds or 0) > 59:
        raise BadCell(f"{name} is {shown(text)}: there is no such time of day")
    clock = dt.timedelta(
        hours=hour,
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((part or "0")[:6].ljust(6, "0")),
    )
    return clock, _offset(zone)


def local_time(written: WrittenTime, *, day_first: bool) -> dt.datetime:
    """The moment as clocks showed it where it was written, without a zone."""
    day, month = written.first, written.second
    if written.slashed and not day_first:
        day, month = month, day
    try:
        return dt.datetime(written.year, month, day) + written.clock
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
    ahead = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -ahead if "-" in match[0] else ahead


def without_zone(header: str) -> str:
    """A header as formats name it: small letters, single spaces, no time zone behind it."""
    bare = header.replace("\ufeff", "").strip().strip("\"'`,").strip()
    bare = _ZONE_BEHIND.sub("", bare)
    return " ".join(bare.split()).lower()


def _offset(zone: str | None) -> dt.timedelta | None:
    if zone is None:
        return None
    digits = re.sub(r"[A-Za-z\s]", "", zone)
    if not digits:
        return dt.timedelta(0)
    hours, minutes = digits[1:].replace(":", "")[:2], digits[1:].replace(":", "")[2:]
    ahead = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -ahead if digits[0] == "-" else ahead


def shown(text: str) -> str:
    """A cell's text in a message: quoted, and not a long one."""
    cut = text if len(text) <= 40 else text[:37] + "..."
    return f'"{cut}"' if text.strip() else "blank"
