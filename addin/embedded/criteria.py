"""What COUNTIF, SUMIF and their like look for, and what of a range meets it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from addin.embedded.numbers_as_text import text_as_number
from addin.embedded.text_dates import text_as_moment
from udfs.errors import CellError

Scalar: TypeAlias = Any
Test: TypeAlias = Callable[[Scalar], bool]

_SIGN = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_ERRORS = {error.value: error for error in CellError}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def wildcards(pattern: str) -> re.Pattern[str]:
    """What ``*``, ``?`` and ``~`` in a text to look for stand for."""
    pieces = re.findall(r"~[*?~]|.", pattern, re.DOTALL)
    signs = {"*": ".*?", "?": "."}
    return re.compile(
        "".join(signs.get(piece) or re.escape(piece[-1]) for piece in pieces),
        re.IGNORECASE | re.DOTALL,
    )


def is_number(value: Scalar) -> bool:
    """Whether a cell holds a number; TRUE and FALSE are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def written_number(text: str, *, date1904: bool = False) -> float | None:
    """The number that a text is, a date or a time of day among them."""
    number = text_as_number(text)
    return text_as_moment(text, date1904=date1904) if number is None else number


def same_number(left: float, right: float) -> bool:
    """Whether two numbers are the same in fifteen digits."""
    return left == right or f"{left:.14e}" == f"{right:.14e}"


def criterion(wanted: Scalar, *, date1904: bool = False) -> Test:
    """The test for one criterion, as a cell or a formula gives it."""
    if isinstance(wanted, CellError):
        return lambda value: value is wanted
    if isinstance(wanted, bool):
        return lambda value: value is wanted
    if wanted is None:
        return _equal_to(0.0)
    if not isinstance(wanted, str):
        return _equal_to(float(wanted))
    found = _SIGN.fullmatch(wanted)
    assert found is not None
    sign, rest = found[1] or "", found[2]
    if not rest:
        return _for_nothing(sign)
    number = written_number(rest, date1904=date1904)
    if sign in _ORDER:
        return _ordered(_ORDER[sign], rest, number)
    if number is not None:
        test = _equal_to(number)
    elif rest.upper() in ("TRUE", "FALSE"):
        test = criterion(rest.upper() == "TRUE")
    elif rest.upper() in _ERRORS:
        test = criterion(_ERRORS[rest.upper()])
    else:
        pattern = wildcards(rest)

        def test(value: Scalar) -> bool:
            return isinstance(value, str) and pattern.fullmatch(value) is not None

    return (lambda value: not test(value)) if sign == "<>" else test


def _equal_to(number: float) -> Test:
    def test(value: Scalar) -> bool:
        if isinstance(value, str):
            value = text_as_number(value)
        return is_number(value) and same_number(value, number)

    return test


def _for_nothing(sign: str) -> Test:
    match sign:
        case "":
            return lambda value: value is None or value == ""
        case "=":
            return lambda value: value is None
        case "<>":
            return lambda value: value is not None
    return lambda _: False


def _ordered(compare: Callable[[Any, Any], bool], rest: str, number: float | None) -> Test:
    if number is not None:
        return lambda value: (
            is_number(value) and compare(float(f"{value:.14e}"), float(f"{number:.14e}"))
        )
    folded = rest.casefold()
    return lambda value: isinstance(value, str) and compare(value.casefold(), folded)
