"""Numbers as text and text as numbers, as a cell has them."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_DOWN, Decimal

_DIGITS = 15
_LONGEST_PLAIN = 20  # characters, the sign apart; a longer number is written with an exponent
_NUMBER = re.compile(
    r"""
      (?P<bracket>\()? (?P<sign>[+-])? \$? (?P<second>[+-])?
      (?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[Ee][+-]?\d+)?) \s? (?P<percent>%)?
      (?(bracket)\))
    """,
    re.VERBOSE,
)
_LONG = re.compile(r"(?<![\w.])\d+\.?\d{10,}(?:[Ee][+-]?\d+)?")
_WITH_FRACTION = re.compile(r"([+-]?)(\d+) (\d+)/([1-9]\d*)")


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


def in_fifteen_digits(text: str) -> str:
    """A text with the numbers in it as a cell shows them.

    >>> in_fifteen_digits("0.5403023058681398+0.8414709848078965i")
    '0.54030230586814+0.841470984807897i'
    """
    return _LONG.sub(lambda found: number_as_text(float(found[0])), text)


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
    >>> text_as_number("$5"), text_as_number("(5)"), text_as_number("1 1/2")
    (5.0, -5.0, 1.5)
    """
    text = text.strip()
    mixed = _WITH_FRACTION.fullmatch(text)
    if mixed:
        value = int(mixed[2]) + int(mixed[3]) / int(mixed[4])
        return -value if mixed[1] == "-" else value
    found = _NUMBER.fullmatch(text)
    if found is None or not any(map(str.isdigit, text)):
        return None
    value = float(found["digits"].replace(",", ""))
    if not math.isfinite(value) or (found["sign"] and (found["second"] or found["bracket"])):
        return None
    if "-" in (found["sign"], found["second"]) or found["bracket"]:
        value = -value
    return value / 100 if found["percent"] else value
