"""Numbers as text and text as numbers, as a cell has them."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_DOWN, Decimal

_DIGITS = 15
_LONGEST_PLAIN = 20  # characters, the sign apart; a longer number is written with an exponent
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[Ee][+-]?\d+)?%?")


def number_as_text(value: float) -> str:
    """A number as ``&`` and the text functions see it: fifteen digits, no more.

    >>> number_as_text(0.1 + 0.2), number_as_text(1e20), number_as_text(-1 / 3)
    ('0.3', '1E+20', '-0.333333333333333')
    """
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    sign = "-" if value < 0 else ""
    plain = _plain(*_significant(value, _DIGITS))
    if len(plain) <= _LONGEST_PLAIN:
        return sign + plain
    for count in range(_DIGITS, 1, -1):
        text = _with_exponent(*_significant(value, count))
        if len(text) <= _LONGEST_PLAIN:
            break
    return sign + text


def _significant(value: float, count: int) -> tuple[str, int]:
    """The first digits, without zeros at the end, and the power of ten of the first one."""
    exact = Decimal(abs(value))
    last = exact.adjusted() - count + 1
    rounded = exact.quantize(Decimal(1).scaleb(last), rounding=ROUND_HALF_DOWN)
    digits = "".join(map(str, rounded.as_tuple().digits)).lstrip("0").rstrip("0")
    return digits, rounded.adjusted()


def _plain(digits: str, power: int) -> str:
    if power < 0:
        return f"0.{'0' * (-power - 1)}{digits}"
    whole, part = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return f"{whole}.{part}" if part else whole


def _with_exponent(digits: str, power: int) -> str:
    head = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{head}E{'-' if power < 0 else '+'}{abs(power):02d}"


def text_as_number(text: str) -> float | None:
    """The number that a text stands for where a formula computes with it; None for none.

    >>> text_as_number(" 1,250.5 "), text_as_number("12%"), text_as_number("x")
    (1250.5, 0.12, None)
    """
    text = text.strip()
    if not text or not _NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
        return None
    value = float(text.rstrip("%").replace(",", ""))
    if not math.isfinite(value):
        return None
    return value / 100 if text.endswith("%") else value
