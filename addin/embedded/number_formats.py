"""A number as a format code shows it, as TEXT does: digits, fractions, exponents, conditions.

The words of dates are English. What depends on the computer that a workbook is opened on (its long
date) or on another language is refused, as are letters that stand for nothing.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from addin.embedded.number_dates import Piece, as_date

_PIECE = re.compile(
    r"""
      "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.)
    | \[(?P<bracket>[^\]]*)\] | (?P<general>general) | (?P<half>am/pm|a/p)
    | (?P<exponent>e[+-]) | (?P<date>y+|m+|d+|h+|s+|e+) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+(?:e[+-]?\d+)?)", re.IGNORECASE)
_COLOURS = re.compile(r"(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)", re.IGNORECASE)
_ENGLISH = frozenset((0x409, 0x809, 0xC09, 0x1009, 0x1409, 0x1809))
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_PLACES = frozenset("0#?")
# Letters that a code may show without quotes; all others stand for something, or for nothing.
_LETTERS = frozenset("xknXKN")


class FormatRefused(ValueError):
    """A format code that is wrong, or that cannot be known here."""


Condition: TypeAlias = tuple[str, float] | None


class Section(NamedTuple):
    """One of the parts of a format code that semicolons keep apart."""

    pieces: tuple[Piece, ...]
    condition: Condition

    def has(self, kind: str) -> bool:
        """Whether a piece of this kind is in it."""
        return any(piece.kind == kind for piece in self.pieces)


def formatted(value: float | str, code: str, *, date1904: bool = False) -> str:
    """A number or a text as a format code shows it.

    >>> formatted(2.75, "# ?/?"), formatted(150, '[>100]"big" 0;0'), formatted(12345.6, "0.0E+0")
    ('2 3/4', 'big 150', '1.2E+4')
    """
    if not code:
        return value if isinstance(value, str) else general(value)
    sections = _sections(code)
    if isinstance(value, str):
        return _text(value, sections)
    section, without_sign = _chosen(value, sections)
    shown = abs(value) if without_sign else value
    if section.has("date"):
        return as_date(shown, section.pieces, date1904=date1904)
    if len(sections) > 1 and not any(map(_is_place, section.pieces)) and value < 0:
        return _number(abs(value) if not section.has("general") else shown, section)
    if section.has("@"):
        if any(map(_is_place, section.pieces)):
            raise FormatRefused(code)
        text = general(value)
        return "".join(text if p.kind == "@" else _literal(p) for p in section.pieces)
    return _number(shown, section)


@lru_cache(maxsize=1_024)
def _sections(code: str) -> tuple[Section, ...]:
    sections: list[Section] = []
    pieces: list[Piece] = []
    condition: Condition = None
    for found in _PIECE.finditer(code):
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "other" and text == ";":
            sections.append(Section(tuple(pieces), condition))
            pieces, condition = [], None
        elif kind == "bracket":
            known = _CONDITION.fullmatch(text.strip())
            if known:
                condition = (known[1], float(known[2]))
            else:
                pieces += _bracket(text)
        else:
            pieces.append(_piece(kind, text))
    sections.append(Section(tuple(pieces), condition))
    if len(sections) > 4:
        raise FormatRefused(code)
    return tuple(sections)


def _piece(kind: str, text: str) -> Piece:
    match kind:
        case "quoted" | "escaped":
            return Piece("literal", text)
        case "space":
            return Piece("literal", " ")
        case "fill":
            return Piece("literal", "")
        case "half":
            return Piece("date", text)
        case "date" | "general" | "exponent":
            return Piece(kind, text.lower() if kind == "date" else text)
    if text == "@":
        return Piece("@", text)
    if text.isalpha() and text.isascii() and text not in _LETTERS:
        raise FormatRefused(text)
    return Piece("other", text)


def _bracket(text: str) -> list[Piece]:
    if re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
        return [Piece("date", f"[{text.lower()}]")]
    if _COLOURS.fullmatch(text):
        return []
    if text.startswith("$"):
        symbol, _, language = text[1:].partition("-")
        try:
            english = not language or int(language, 16) & 0xFFFF in _ENGLISH
        except ValueError:
            raise FormatRefused(text) from None
        return [*([] if english else [Piece("language", language)]), Piece("literal", symbol)]
    raise FormatRefused(text)


def _text(value: str, sections: tuple[Section, ...]) -> str:
    last = sections[-1]
    if len(sections) < 4 and not last.has("@"):
        return value
    return "".join(value if piece.kind == "@" else _literal(piece) for piece in last.pieces)


def _literal(piece: Piece) -> str:
    return piece.text if piece.kind in ("literal", "other") else ""


def _chosen(value: float, sections: tuple[Section, ...]) -> tuple[Section, bool]:
    """The section for a number, and whether that one says itself that it is below zero."""
    numbers = sections[:3]
    if not any(section.condition for section in numbers):
        if len(numbers) == 1 or value > 0:
            return numbers[0], False
        if value < 0:
            return numbers[1], True
        return (numbers[2] if len(numbers) == 3 else numbers[0]), False
    implied: list[Condition] = [(">", 0.0), ("<", 0.0), None]
    for at, section in enumerate(numbers):
        if at == len(numbers) - 1 and not section.condition:
            return section, False
        sign, limit = section.condition or implied[at] or ("<>", math.nan)
        if _COMPARE[sign](value, limit):
            return section, section.condition is None and at == 1
    if len(numbers) == 1:
        return numbers[0], False
    raise FormatRefused("no section is for this number")


# Numbers


def general(value: float) -> str:
    """A number as a cell of the format General shows it: eleven characters, the sign apart.

    >>> general(1 / 3), general(123456789012.0), general(-0.00001)
    ('0.333333333', '1.23457E+11', '-0.00001')
    """
    if value == 0:
        return "0"
    sign, size = "-" if value < 0 else "", abs(value)
    if 1e-4 <= size < 1e11 or (size < 1e-4 and len(_trimmed(size, 9)) <= 11 and size >= 1e-9):
        whole = len(str(int(size)))
        plain = _trimmed(size, max(0, 10 - whole))
        exact = size >= 1e-4 or math.isclose(float(plain), size, rel_tol=1e-14)
        if exact and len(plain) <= 11 and plain != "100000000000":
            return sign + plain
    mantissa, _, power = f"{size:.5e}".partition("e")
    number = int(power)
    return f"{sign}{_without_zeros(mantissa)}E{'-' if number < 0 else '+'}{abs(number):02d}"


def _trimmed(size: float, places: int) -> str:
    return _without_zeros(str(_rounded(size, places)))


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _rounded(value: float, places: int) -> Decimal:
    """A number of fifteen digits rounded half up, as text without an exponent has it."""
    exact = Decimal(f"{value:.14e}")
    return Decimal(f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}")


def _number(value: float, section: Section) -> str:
    pieces = section.pieces
    if section.has("general"):
        sign = "-" if value < 0 else ""
        text = general(abs(value))
        return sign + "".join(text if p.kind == "general" else _literal(p) for p in pieces)
    if not any(map(_is_place, pieces)):
        text = "".join(_literal(piece) for piece in pieces)
        return f"-{text}" if value < 0 and text else text
    size = abs(value)
    size *= 100.0 ** sum(p.kind == "other" and p.text == "%" for p in pieces)
    if section.has("exponent"):
        text, nothing = _with_exponent(size, pieces)
    elif any(p.kind == "other" and p.text == "/" for p in pieces):
        text, nothing = _as_fraction(size, pieces)
    else:
        text, nothing = _plain(size, pieces)
    return f"-{text}" if value < 0 and not nothing else text


def _is(piece: Piece, *texts: str) -> bool:
    return piece.kind == "other" and piece.text in texts


def _is_place(piece: Piece) -> bool:
    return _is(piece, *_PLACES)


def _point(pieces: tuple[Piece, ...]) -> int:
    return next((at for at, piece in enumerate(pieces) if _is(piece, ".")), len(pieces))


def _plain(size: float, pieces: tuple[Piece, ...]) -> tuple[str, bool]:
    """The digits of a number among the pieces, and whether all of them are zero."""
    point = _point(pieces)
    at_places = [at for at, piece in enumerate(pieces) if _is(piece, *_PLACES)]
    whole_at = [at for at in at_places if at < point]
    part_at = [at for at in at_places if at > point]
    last = max(at_places)
    behind = whole_at[-1] if whole_at else -1
    commas = [at for at, piece in enumerate(pieces) if _is(piece, ",")]
    scaling = [at for at in commas if at > last or behind < at < point]
    if any(at > last and point < last and at != last + 1 + n for n, at in enumerate(scaling)):
        raise FormatRefused("a comma that stands for nothing")
    grouped = bool(whole_at) and any(whole_at[0] < at < behind for at in commas)
    size /= 1000.0 ** len(scaling)
    if not math.isfinite(size):
        raise FormatRefused("too large")
    rounded = _rounded(size, len(part_at))
    digits, _, part = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0")
    out: list[str] = []
    whole = _whole_digits(digits, [pieces[at].text for at in whole_at], grouped=grouped)
    if not whole_at and digits:
        whole = [digits]
    parts = _part_digits(part, [pieces[at].text for at in part_at])
    for at, piece in enumerate(pieces):
        if at in whole_at:
            out.append(whole[whole_at.index(at)])
        elif at in part_at:
            out.append(parts[part_at.index(at)])
        elif at == point:
            out.append(f"{whole[0] if not whole_at and digits else ''}.")
        elif at not in commas:
            out.append(_literal(piece))
    return "".join(out), rounded == 0


def _whole_digits(digits: str, places: list[str], *, grouped: bool = False) -> list[str]:
    """What stands at each place before the point, from the left."""
    if not places:
        return []
    first = max(0, len(digits) - len(places) + 1)
    head = digits[:first]
    rest = digits[first:]
    shown = []
    for at, place in enumerate(places):
        from_right = len(places) - 1 - at
        if at == 0 and head:
            shown.append(head)
            continue
        index = len(rest) - 1 - from_right
        if index >= 0:
            shown.append(rest[index])
        else:
            shown.append({"0": "0", "?": " "}.get(place, ""))
    if not grouped:
        return shown
    # Counted from the right, over all digits.
    left = 0
    for at in range(len(shown) - 1, -1, -1):
        if not shown[at].strip():
            continue
        with_commas = []
        for digit in reversed(shown[at]):
            if left and left % 3 == 0:
                with_commas.append(",")
            with_commas.append(digit)
            left += 1
        shown[at] = "".join(reversed(with_commas))
    return shown


def _part_digits(part: str, places: list[str]) -> list[str]:
    significant = len(part.rstrip("0"))
    return [
        part[at] if at < significant or place == "0" else {"?": " "}.get(place, "")
        for at, place in enumerate(places)
    ]


def _with_exponent(size: float, pieces: tuple[Piece, ...]) -> tuple[str, bool]:
    at = next(n for n, piece in enumerate(pieces) if piece.kind == "exponent")
    mantissa, behind = pieces[:at], pieces[at + 1 :]
    point = _point(mantissa)
    step = max(1, sum(_is_place(piece) for piece in mantissa[:point]))
    places = sum(_is_place(piece) for piece in mantissa[point:])
    power = 0
    if size:
        power = math.floor(math.log10(size))
        for _ in range(2):  # rounding may carry into a further digit
            if step > 1:
                power = math.floor(power / step) * step
            head = _rounded(float(Decimal(f"{size:.14e}").scaleb(-power)), places)
            if head < (10**step if step > 1 else 10):
                break
            power += 1
        head_size = float(Decimal(f"{size:.14e}").scaleb(-power))
    else:
        head_size = 0.0
    text, nothing = _plain(head_size, mantissa)
    number_at = [n for n, piece in enumerate(behind) if _is(piece, *_PLACES)]
    if not number_at:
        raise FormatRefused("an exponent without digits")
    digits = _whole_digits(str(abs(power)) if power else "", [behind[n].text for n in number_at])
    shown = "".join(
        digits[number_at.index(n)] if n in number_at else _literal(piece)
        for n, piece in enumerate(behind)
    )
    letter, plus = pieces[at].text[0], pieces[at].text[1]
    sign = "-" if power < 0 else ("+" if plus == "+" else "")
    return f"{text}{letter}{sign}{shown}", nothing


def _as_fraction(size: float, pieces: tuple[Piece, ...]) -> tuple[str, bool]:
    slash = next(at for at, piece in enumerate(pieces) if _is(piece, "/"))
    start = slash
    while start > 0 and _is(pieces[start - 1], *_PLACES):
        start -= 1
    end = slash + 1
    while end < len(pieces) and pieces[end].kind == "other" and pieces[end].text in "0123456789#?":
        end += 1
    above = [piece.text for piece in pieces[start:slash]]
    below = [piece.text for piece in pieces[slash + 1 : end]]
    if not above or not below or any(_is(piece, ".", ",") for piece in pieces):
        raise FormatRefused("a fraction with a point or a comma")
    before = [at for at, piece in enumerate(pieces[:start]) if _is(piece, *_PLACES)]
    from fractions import Fraction  # for such a format alone

    exact = Fraction(Decimal(f"{size:.14e}"))
    whole = int(exact) if before else 0
    rest = exact - whole
    fixed = int("".join(below)) if all(text.isdigit() for text in below) else 0
    if fixed:
        top, bottom = math.floor(rest * fixed + Fraction(1, 2)), fixed
    else:
        near = rest.limit_denominator(10 ** len(below) - 1)
        top, bottom = near.numerator, near.denominator
    if before and top == bottom:
        whole, top = whole + 1, 0
    nothing = not whole and not top
    head = ""
    digits = str(whole) if whole else ("0" if nothing and before else "")
    shown = _whole_digits(digits, [pieces[at].text for at in before])
    for at, piece in enumerate(pieces[:start]):
        head += shown[before.index(at)] if at in before else _literal(piece)
    tail = "".join(_literal(piece) for piece in pieces[end:])
    if before and not top and "0" not in above:
        return head + " " * (len(above) + 1 + len(below)) + tail, nothing
    upper = "".join(_whole_digits(str(top), above))
    lower = str(bottom)
    if not fixed:
        lower = lower.ljust(len(below)) if "?" in below else lower.rjust(below.count("0"), "0")
    return f"{head}{upper}/{lower}{tail}", nothing
