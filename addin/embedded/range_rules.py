"""Which calls of functions go to `addin.embedded.range_functions` instead of to the engine.

The engine looks up exactly, adds up by single criteria and so on by itself, and fast. It goes wrong
with data that is not sorted or sorted downwards, with many criteria at once, and with odd ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from addin.package import formula_text as ft
from addin.package.addresses import areas
from addin.package.errors import PackageError
from addin.package.formula_text import Token

Argument = tuple[Token, ...]

_ALWAYS = frozenset(("LOOKUP", "UNIQUE", "XMATCH", "CONCATENATE", "CONCAT", "TEXTJOIN",
                     "MMULT", "MDETERM", "MINVERSE"))  # fmt: skip
_EXACT = frozenset(("0", "FALSE", "FALSE()", ""))
# Of these the criteria, and the ranges that must be of one size.
_CRITERIA = {
    "COUNTIF": (1, 2), "SUMIF": (1, 2), "AVERAGEIF": (1, 2), "COUNTIFS": (1, 2),
    "SUMIFS": (2, 2), "AVERAGEIFS": (2, 2), "MAXIFS": (2, 2), "MINIFS": (2, 2),
}  # fmt: skip
# A criterion that only a person reads as a number or an error.
_ODD = re.compile(r'"(?:[<>=]*)(?:#.*|\$.*|\(.*|.*%|[\d.]*,[\d,.]*|.*[/:].*|\d+-.*)"')


def goes_to_ours(
    name: str,
    arguments: Sequence[Argument],
    many: Callable[[Argument], bool],
    *,
    array: bool,
    strict: bool,
) -> bool:
    """Whether a call is better computed by a function of ours."""
    if name in _ALWAYS:
        return True
    texts = ["".join(token.text for token in given).strip().upper() for given in arguments]
    count = len(texts)
    match name:
        case "MATCH":
            return count > 1 and (count < 3 or texts[2] not in _EXACT or many(arguments[0]))
        case "VLOOKUP" | "HLOOKUP":
            # In a plain formula it looks up the first cell only, whatever it gets.
            several = array and many(arguments[0])
            return count > 2 and (count < 4 or texts[3] not in _EXACT or several)
        case "RANK" | "RANK.EQ":
            return many(arguments[0])
        case "XLOOKUP":
            return count > 5 and texts[5] not in ("", "1", "-1")
        case "LARGE" | "SMALL":
            return count == 2 and (many(arguments[1]) or (strict and not texts[1].isdecimal()))
        case "SUMPRODUCT":
            return strict
        case "COUNT" | "COUNTA":
            # The engine does not count past an error that a formula makes.
            return strict and any(map(_is_computed, arguments))
    if name in _CRITERIA:
        first, step = _CRITERIA[name]
        given = arguments[first::step] if name[-1] == "S" else arguments[first : first + 1]
        return any(
            many(one)
            or (strict and _is_sum(one))
            or _ODD.fullmatch("".join(t.text for t in one).strip())
            for one in given
        ) or (name[-1] == "S" and _unlike(arguments, first, step))
    return False


def _is_computed(argument: Argument) -> bool:
    return any(token.kind == ft.OPERATOR and token.text != ":" for token in argument)


def _is_sum(argument: Argument) -> bool:
    """Whether a criterion is computed, and no text: the engine takes all seventeen digits of it."""
    operators = {token.text for token in argument if token.kind == ft.OPERATOR}
    return bool(operators & set("+-*/^%")) and "&" not in operators and len(argument) > 2


def _unlike(arguments: Sequence[Argument], first: int, step: int) -> bool:
    """Whether ranges that are written out are not of one size."""
    ranges = [*arguments[: first - 1], *arguments[first - 1 :: step]]
    return len({size for one in ranges if (size := _size(one)) is not None}) > 1


def _size(argument: Argument) -> tuple[int, int] | None:
    text = "".join(t.text for t in argument if t.kind not in (ft.SPACE, ft.SHEET))
    try:
        found = areas(text)
    except PackageError:
        return None
    return (found[0].rows, found[0].columns) if len(found) == 1 else None
