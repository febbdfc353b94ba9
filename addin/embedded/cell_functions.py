"""Functions that take one cell an argument, as Excel computes them; over ranges cell by cell.

The engine has most of them, but takes the first cell of a range that is given to one, or shows an
error, and turns numbers into text with more digits than Excel has. A formula gets these instead
where that could be seen: see `addin.embedded.rewrite`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from addin.embedded.conversion import OMITTED_MARK, EngineValue, decode, encode
from addin.embedded.criteria import wildcards
from addin.embedded.number_dates import DateRefused
from addin.embedded.number_formats import FormatRefused, formatted
from addin.embedded.numbers_as_text import number_as_text, text_as_number
from addin.embedded.text_dates import text_as_moment
from addin.package.errors import PackageError
from addin.package.values import from_serial, serial
from udfs import OMITTED
from udfs.errors import CellError

Scalar: TypeAlias = Any  # a cell's value
PREFIX = "ENGINE_CELL_"

_LONGEST = 32_767
# A sum of fewer units in the last place of its first number is an error of rounding.
ROUNDING = 8
_LARGEST_QUOTIENT = 2.0**50
_LARGEST_ANGLE = 2.0**27


class ErrorAnswer(Exception):
    """The function has no answer but this error."""

    def __init__(self, error: CellError) -> None:
        self.error = error


def as_text(value: Scalar) -> str:
    """A cell's value as text."""
    if isinstance(value, str):
        return value
    if value is None or value is OMITTED:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return number_as_text(float(value))


def as_number(value: Scalar) -> float:
    """A cell's value as a number."""
    if isinstance(value, str):
        number = text_as_number(value)
        if number is None:
            raise ErrorAnswer(CellError.VALUE)
        return number
    return 0.0 if value is None or value is OMITTED else float(value)


def as_moment(value: Scalar, *, date1904: bool) -> float:
    """A cell's value as a number of days; a date written out, too."""
    if isinstance(value, str) and text_as_number(value) is None:
        days = text_as_moment(value, date1904=date1904)
        if days is None:
            raise ErrorAnswer(CellError.VALUE)
        return days
    return as_number(value)


def as_whole(value: Scalar) -> int:
    """A cell's value as a whole number, cut off."""
    return int(as_number(value))


def _checked(ok: bool, error: CellError = CellError.VALUE) -> None:
    if not ok:
        raise ErrorAnswer(error)


# Text


def _left(text: Scalar, count: Scalar = 1) -> str:
    number = as_whole(count)
    _checked(number >= 0)
    return as_text(text)[:number]


def _right(text: Scalar, count: Scalar = 1) -> str:
    number = as_whole(count)
    _checked(number >= 0)
    return as_text(text)[-number:] if number else ""


def _mid(text: Scalar, start: Scalar, count: Scalar) -> str:
    at, number = as_whole(start), as_whole(count)
    _checked(at >= 1 and number >= 0)
    return as_text(text)[at - 1 : at - 1 + number]


def _proper(text: Scalar) -> str:
    return re.sub(
        r"[^\W\d_]+", lambda word: word[0][0].upper() + word[0][1:].lower(), as_text(text)
    )


def _upper(text: str) -> str:
    return "".join(one.upper() if len(one.upper()) == 1 else one for one in text)


def _code(character: str) -> float:
    """The number of a character in Windows' table; 63, a question mark, for any other."""
    try:
        return float(character.encode("cp1252")[0])
    except UnicodeEncodeError:
        return 63.0


def _find(what: Scalar, within: Scalar, start: Scalar = 1) -> float:
    text, at = as_text(within), as_whole(start)
    _checked(1 <= at <= len(text) + 1)
    found = text.find(as_text(what), at - 1)
    _checked(found >= 0)
    return found + 1.0


def _search(what: Scalar, within: Scalar, start: Scalar = 1) -> float:
    text, at = as_text(within), as_whole(start)
    _checked(1 <= at <= len(text) + 1)
    found = wildcards(as_text(what)).search(text, at - 1)
    _checked(found is not None)
    assert found is not None
    return found.start() + 1.0


def _substitute(text: Scalar, old: Scalar, new: Scalar, which: Scalar = None) -> str:
    whole, gone, put = as_text(text), as_text(old), as_text(new)
    if not gone:
        return whole
    if which is None or which is OMITTED:
        return whole.replace(gone, put)
    number = as_whole(which)
    _checked(number >= 1)
    pieces = whole.split(gone)
    if number >= len(pieces):
        return whole
    return gone.join(pieces[:number]) + put + gone.join(pieces[number:])


def _replace(text: Scalar, start: Scalar, count: Scalar, new: Scalar) -> str:
    whole, at, number = as_text(text), as_whole(start), as_whole(count)
    _checked(at >= 1 and number >= 0)
    return whole[: at - 1] + as_text(new) + whole[at - 1 + number :]


def _rept(text: Scalar, times: Scalar) -> str:
    number = as_whole(times)
    _checked(number >= 0)
    whole = as_text(text)
    _checked(len(whole) * number <= _LONGEST)
    return whole * number


# Numbers


def _floor_of(function: Callable[[float], float]) -> Callable[..., float]:
    """CEILING and FLOOR: to a multiple, away from or towards zero for numbers below it."""

    def rounded(number: Scalar, step: Scalar = 1) -> float:
        value, multiple = as_number(number), as_number(step)
        if value == 0 or multiple == 0:
            _checked(value == 0 or function is math.ceil, CellError.DIV0)
            return 0.0
        _checked(not (value > 0 > multiple), CellError.NUM)
        quotient = value / multiple
        near = round(quotient)
        if math.isclose(quotient, near, rel_tol=1e-15):
            return near * multiple
        return function(quotient) * multiple

    return rounded


def _rounded(way: Callable[[float], float]) -> Callable[..., float]:
    """ROUND, ROUNDUP, ROUNDDOWN and TRUNC: `way` rounds a number above zero to a whole one."""

    def rounded(number: Scalar, places: Scalar = 0) -> float:
        value, digits = as_number(number), as_whole(places)
        if value == 0 or not -308 < digits < 308:
            return value if digits > 0 else 0.0
        scale = 10.0**digits if digits >= 0 else 10.0**-digits
        scaled = abs(value) * scale if digits >= 0 else abs(value) / scale
        if not math.isfinite(scaled) or scaled >= 2**52:
            return value
        # 1.005 * 100 is 100.49999999999999: Excel looks at fifteen digits.
        whole = way(float(f"{scaled:.15g}"))
        return math.copysign(whole / scale if digits >= 0 else whole * scale, value)

    return rounded


def _mod(number: Scalar, divisor: Scalar) -> float:
    value, by = as_number(number), as_number(divisor)
    _checked(by != 0, CellError.DIV0)
    _checked(abs(value / by) < _LARGEST_QUOTIENT, CellError.NUM)
    return value % by


def _power(base: Scalar, exponent: Scalar) -> float:
    value, by = as_number(base), as_number(exponent)
    _checked(not (value == 0 and by == 0), CellError.NUM)
    _checked(not (value == 0 and by < 0), CellError.DIV0)
    if value < 0 and by and round(1 / by) % 2 and math.isclose(1 / by, round(1 / by)):
        return -float((-value) ** by)  # an odd root
    result = value**by
    _checked(isinstance(result, float), CellError.NUM)  # not a complex number
    return float(result)


def _log(number: Scalar, base: Scalar = 10) -> float:
    value, by = as_number(number), as_number(base)
    _checked(value > 0 and by > 0, CellError.NUM)
    _checked(by != 1, CellError.DIV0)
    return math.log(value, by) if by != 10 else math.log10(value)


def _int(number: Scalar) -> float:
    # (0.1+0.7)*10 is 7.999999999999999: Excel looks at fifteen digits.
    return float(math.floor(float(f"{as_number(number):.14e}")))


def _of_angle(function: Callable[[float], float]) -> Any:
    def computed(angle: Scalar) -> float:
        value = as_number(angle)
        _checked(abs(value) < _LARGEST_ANGLE, CellError.NUM)
        return function(value)

    return computed


def _away_from_zero(odd: int) -> Callable[[Scalar], float]:
    """EVEN and ODD."""

    def rounded(number: Scalar) -> float:
        value = as_number(number)
        half = math.ceil((abs(float(f"{value:.14e}")) - odd) / 2)
        return math.copysign(max(half * 2 + odd, odd), value) if value or odd else 0.0

    return rounded


def _multiple(way: Callable[[float], float], *, away: bool) -> Callable[..., float]:
    """CEILING.MATH and FLOOR.MATH: `away` where a mode turns what happens below zero round."""

    def rounded(number: Scalar, step: Scalar = None, mode: Scalar = None) -> float:
        value = as_number(number)
        size = 1.0 if step is None or step is OMITTED else abs(as_number(step))
        if not value or not size:
            return 0.0
        turned = value < 0 and mode is not None and mode is not OMITTED and bool(as_number(mode))
        quotient = float(f"{value / size:.14e}")
        if turned:
            return (math.floor(quotient) if away else math.ceil(quotient)) * size
        return way(quotient) * size

    return rounded


def fifteen_digits(value: Scalar) -> Scalar:
    """A value as it is compared: of a number the first fifteen digits."""
    return float(f"{value:.14e}") if type(value) is float else value


def _added(left: Scalar, right: Scalar) -> float:
    first = as_number(left)
    return _or_zero(first + as_number(right), first)


def _less(left: Scalar, right: Scalar) -> float:
    first = as_number(left)
    return _or_zero(first - as_number(right), first)


def _or_zero(total: float, first: float) -> float:
    return 0.0 if abs(total) < ROUNDING * math.ulp(first) else total


def _sum_or_zero(total: Scalar, largest: Scalar, smallest: Scalar) -> float:
    return _or_zero(as_number(total), max(as_number(largest), -as_number(smallest)))


def _of_positive(function: Callable[[float], float], *, zero: bool = False) -> Any:
    def computed(number: Scalar) -> float:
        value = as_number(number)
        _checked(value > 0 or (zero and value == 0), CellError.NUM)
        return function(value)

    return computed


def _plain(function: Callable[[float], float]) -> Any:
    return lambda number: float(function(as_number(number)))


def _not(value: Scalar) -> bool:
    if isinstance(value, str):
        _checked(value.upper() in ("TRUE", "FALSE"))
        return value.upper() == "FALSE"
    return not as_number(value)


def _is_odd(value: Scalar) -> bool:
    _checked(not isinstance(value, bool))
    return math.trunc(as_number(value)) % 2 == 1


# What a value is


def _error_type(value: Scalar) -> Scalar:
    order = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
    return order.index(value.value) + 1.0 if isinstance(value, CellError) else CellError.NA


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _type(value: Scalar) -> float:
    if isinstance(value, CellError):
        return 16.0
    if isinstance(value, bool):
        return 4.0
    return 2.0 if isinstance(value, str) else 1.0


def _n(value: Scalar) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


# Dates


class _Dates:
    """What a number of days means in a workbook."""

    def __init__(self, date1904: bool) -> None:
        self._date1904 = date1904

    def days(self, value: Scalar) -> float:
        return as_moment(value, date1904=self._date1904)

    def text(self, value: Scalar, code: Scalar) -> str:
        if isinstance(value, bool):
            return as_text(value)
        if isinstance(value, str):
            number = text_as_number(value)
            if number is None:
                number = text_as_moment(value, date1904=self._date1904)
            shown: float | str = value if number is None else number
        else:
            shown = as_number(value)
        try:
            return formatted(shown, as_text(code), date1904=self._date1904)
        except (FormatRefused, DateRefused):
            raise ErrorAnswer(CellError.VALUE) from None

    def value(self, text: Scalar) -> float:
        _checked(not isinstance(text, bool))
        return self.days(text)

    def time(self, hours: Scalar, minutes: Scalar, seconds: Scalar) -> float:
        parts = [as_whole(part) for part in (hours, minutes, seconds)]
        _checked(all(part < 32_768 for part in parts), CellError.NUM)
        total = parts[0] * 3600 + parts[1] * 60 + parts[2]
        _checked(total >= 0, CellError.NUM)
        return total % 86_400 / 86_400

    def later(self, value: Scalar, months: Scalar, *, end: bool) -> float:
        """EDATE, and EOMONTH where `end`."""
        start = self.moment(math.floor(self.days(value)))
        count = start.year * 12 + start.month - 1 + as_whole(months)
        year, month = divmod(count, 12)
        _checked(1900 <= year <= 9999, CellError.NUM)
        last = calendar.monthrange(year, month + 1)[1]
        day = last if end else min(start.day, last)
        return self.date(float(year), float(month + 1), float(day))

    def between(self, start: Scalar, end: Scalar, unit: Scalar) -> float:
        """DATEDIF of days without years; all else is the engine's."""
        first, last = (self.moment(math.floor(self.days(one))) for one in (start, end))
        _checked(first <= last and as_text(unit).lower() == "yd", CellError.NUM)
        year = last.year - ((first.month, first.day) > (last.month, last.day))
        day = min(first.day, calendar.monthrange(year, first.month)[1])
        return float((last - dt.datetime(year, first.month, day)).days)

    def moment(self, value: Scalar) -> dt.datetime:
        days = self.days(value)
        _checked(days >= 0, CellError.NUM)
        days = math.floor(days * 86_400 + 0.5) / 86_400
        try:
            return from_serial(days, date1904=self._date1904)
        except PackageError:
            pass
        _checked(days < 61 and not self._date1904, CellError.NUM)
        # Days before March 1900, in Excel's count one fewer; day 0 and 60 never were.
        return dt.datetime(1899, 12, 31) + dt.timedelta(days=days)

    def year(self, value: Scalar) -> float:
        return 1900.0 if self._early(value) else float(self.moment(value).year)

    def month(self, value: Scalar) -> float:
        early = self._early(value)
        return early[0] if early else float(self.moment(value).month)

    def day(self, value: Scalar) -> float:
        early = self._early(value)
        return early[1] if early else float(self.moment(value).day)

    def _early(self, value: Scalar) -> tuple[float, float] | None:
        """Month and day of day 0 and of the 29 February 1900 that Excel has."""
        if self._date1904:
            return None
        return {0: (1.0, 0.0), 60: (2.0, 29.0)}.get(math.floor(self.days(value)))

    def part(self, name: str) -> Callable[[Scalar], float]:
        return lambda value: float(getattr(self.moment(value), name))

    def weekday(self, value: Scalar, kind: Scalar = 1) -> float:
        days, way = math.floor(self.days(value)), as_whole(kind)
        _checked(days >= 0, CellError.NUM)
        starts = {1: 6, 2: 0, 3: 0, **{11 + at: at for at in range(7)}, 17: 6}
        _checked(way in starts, CellError.NUM)
        # Of day 7 (1904: day 1) from the count's start on a Saturday: Monday is 0.
        monday = (days + (4 if self._date1904 else 5)) % 7
        return float((monday - starts[way]) % 7 + (0 if way == 3 else 1))

    def date(self, year: Scalar, month: Scalar, day: Scalar) -> float:
        years, months, days = as_whole(year), as_whole(month), as_whole(day)
        years += 1900 if 0 <= years < (1904 if self._date1904 else 1900) else 0
        years, months = years + (months - 1) // 12, (months - 1) % 12
        _checked(1900 <= years <= 9999, CellError.NUM)
        if not self._date1904 and years == 1900 and months < 2:
            number = (0, 31)[months] + days + 0.0  # January and February 1900
        else:
            number = serial(dt.date(years, months + 1, 1), date1904=self._date1904) + days - 1
        _checked(0 <= number < 2_958_466, CellError.NUM)
        return number


_TAKE_ERRORS = frozenset(("ISERROR", "ISERR", "ISNA", "ISBLANK", "ISNUMBER", "ISTEXT", "ISNONTEXT",
                          "ISLOGICAL", "TYPE", "ERROR.TYPE"))  # fmt: skip

_TEXT: dict[str, Callable[..., Scalar]] = {
    "LEN": lambda text: float(len(as_text(text))),
    "LEFT": _left,
    "RIGHT": _right,
    "MID": _mid,
    "UPPER": lambda text: _upper(as_text(text)),
    "LOWER": lambda text: as_text(text).lower(),
    "PROPER": _proper,
    "TRIM": lambda text: re.sub(" +", " ", as_text(text)).strip(" "),
    "EXACT": lambda left, right: as_text(left) == as_text(right),
    "FIND": _find,
    "SEARCH": _search,
    "SUBSTITUTE": _substitute,
    "REPLACE": _replace,
    "REPT": _rept,
    "T": lambda value: value if isinstance(value, str) else "",
    "CODE": lambda text: _code(as_text(text)[:1] or _no_text()),
}
_VALUES: dict[str, Callable[..., Scalar]] = {
    "N": _n,
    "ISBLANK": lambda value: value is None,
    "ISNUMBER": _is_number,
    "ISTEXT": lambda value: isinstance(value, str),
    "ISNONTEXT": lambda value: not isinstance(value, str),
    "ISLOGICAL": lambda value: isinstance(value, bool),
    "ISERROR": lambda value: isinstance(value, CellError),
    "ISERR": lambda value: isinstance(value, CellError) and value is not CellError.NA,
    "ISNA": lambda value: value is CellError.NA,
    "ISODD": _is_odd,
    "ISEVEN": lambda value: not _is_odd(value),
    "ERROR.TYPE": _error_type,
    "NOT": _not,
    "ABS": _plain(abs),
    "INT": _int,
    "SIGN": _plain(lambda value: (value > 0) - (value < 0)),
    "SQRT": _of_positive(math.sqrt, zero=True),
    "LN": _of_positive(math.log),
    "LOG10": _of_positive(math.log10),
    "LOG": _log,
    "EXP": _plain(math.exp),
    "ROUND": _rounded(lambda value: math.floor(value + 0.5)),
    "ROUNDUP": _rounded(math.ceil),
    "ROUNDDOWN": _rounded(math.floor),
    "TRUNC": _rounded(math.floor),
    "MOD": _mod,
    "POWER": _power,
}
# Of these the engine's own answer differs for single cells, too.
_ALWAYS: dict[str, Callable[..., Scalar]] = {
    "TYPE": _type,
    "CEILING": _floor_of(math.ceil),
    "FLOOR": _floor_of(math.floor),
    "CEILING.MATH": _multiple(math.ceil, away=True),
    "FLOOR.MATH": _multiple(math.floor, away=False),
}
# In other people's workbooks these too are not the engine's.
_STRICT: dict[str, Callable[..., Scalar]] = {
    "SIN": _of_angle(math.sin),
    "COS": _of_angle(math.cos),
    "TAN": _of_angle(math.tan),
    "EVEN": _away_from_zero(0),
    "ODD": _away_from_zero(1),
}


def _no_text() -> str:
    raise ErrorAnswer(CellError.VALUE)


def _dates(date1904: bool) -> dict[str, Callable[..., Scalar]]:
    dates = _Dates(date1904)
    return {
        "YEAR": dates.year,
        "MONTH": dates.month,
        "DAY": dates.day,
        "HOUR": dates.part("hour"),
        "MINUTE": dates.part("minute"),
        "SECOND": dates.part("second"),
        "WEEKDAY": dates.weekday,
        "DATE": dates.date,
        "TEXT": dates.text,
        "VALUE": dates.value,
        "TIME": dates.time,
        "DATEDIF": dates.between,
        "EDATE": lambda value, months: dates.later(value, months, end=False),
        "EOMONTH": lambda value, months: dates.later(value, months, end=True),
    }


# By what a formula calls them; those that are always taken, and those only over ranges.
ALWAYS = frozenset((*_TEXT, *_ALWAYS, "DATE", "TEXT", "TIME", "VALUE"))
# In other people's workbooks, where no column of thousands of rows waits for it.
STRICT = frozenset((*_STRICT, "INT", "MOD", "POWER", "LOG", "EDATE", "EOMONTH",
                    "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "WEEKDAY"))  # fmt: skip
ONE_CELL_TEXT = frozenset(_TEXT)
OVER_RANGES = frozenset((*_VALUES, *_STRICT, *_dates(False)))
AS_TEXT = "ENGINE_TEXT"
COMPARED = "ENGINE_COMPARED"
ADDED = "ENGINE_ADDED"
LESS = "ENGINE_LESS"
ZERO = "ENGINE_ZERO"


def cell_functions(date1904: bool) -> dict[str, Callable[..., EngineValue]]:
    """The functions by the names under which the engine gets them."""
    known = _TEXT | _VALUES | _ALWAYS | _STRICT | _dates(date1904)
    functions = {
        PREFIX + name: over_ranges(function, errors=name in _TAKE_ERRORS)
        for name, function in known.items()
    }
    functions[AS_TEXT] = over_ranges(as_text)
    functions[ADDED], functions[LESS] = over_ranges(_added), over_ranges(_less)
    functions[ZERO] = over_ranges(_sum_or_zero)
    functions[COMPARED] = over_ranges(fifteen_digits)
    return functions


def of_one_cell(name: str, date1904: bool = False) -> Callable[..., Scalar]:
    """A function of cells' values, by its plain name; errors come out as they are."""
    function = (_TEXT | _VALUES | _ALWAYS | _STRICT | _dates(date1904))[name]
    return _passing_errors(function, errors=name in _TAKE_ERRORS)


def _passing_errors(function: Callable[..., Scalar], *, errors: bool) -> Callable[..., Scalar]:
    def one(*arguments: Scalar) -> Scalar:
        if not errors:
            for argument in arguments:
                if isinstance(argument, CellError):
                    return argument
        try:
            return function(*arguments)
        except ErrorAnswer as refused:
            return refused.error
        except OverflowError:
            return CellError.NUM
        except (TypeError, ValueError):
            return CellError.VALUE

    return one


_PLAIN = frozenset((float, str, bool, type(None)))


def over_ranges(function: Callable[..., Scalar], *, errors: bool = False) -> Any:
    """The function over cells and ranges, for the engine to call; errors come out as they are."""
    passing = _passing_errors(function, errors=errors)

    def one(*arguments: Scalar) -> EngineValue:
        return encode(passing(*arguments))

    def call(*arguments: EngineValue) -> EngineValue:
        if _PLAIN.issuperset(map(type, arguments)) and OMITTED_MARK not in arguments:
            try:  # most often, so at once
                return encode(function(*arguments))
            except (ErrorAnswer, OverflowError, TypeError, ValueError):
                return one(*arguments)
        values = [decode(argument) for argument in arguments]
        if not any(type(value) is list for value in values):
            return one(*values)
        grids = [value if type(value) is list else [[value]] for value in values]
        rows = max(map(len, grids))
        columns = max(len(grid[0]) for grid in grids)
        return [
            [one(*(_at(grid, row, column) for grid in grids)) for column in range(columns)]
            for row in range(rows)
        ]

    return call


def _at(grid: list[list[Scalar]], row: int, column: int) -> Scalar:
    """The cell of a grid that is repeated where it has one row or column; #N/A outside."""
    row = 0 if len(grid) == 1 else row
    column = 0 if len(grid[0]) == 1 else column
    if row >= len(grid) or column >= len(grid[0]):
        return CellError.NA
    return grid[row][column]
