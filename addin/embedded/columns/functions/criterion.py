"""What COUNTIF and SUMIFS look for, and the cells that meet it."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np

from addin.embedded.columns.cells import (
    BLANK,
    ERROR,
    NUMBER,
    TEXT,
    TRUTH,
    Cells,
    Flags,
    Texts,
    Unknown,
    folded,
)

_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)(.*)", re.DOTALL)
_MAY_BE_A_NUMBER = re.compile(
    r"(?:[\W\d_]|am|pm|e(?=[+-]?\d)|true|false"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+",
    re.IGNORECASE,
)
_NOWHERE = np.empty(0, np.intp)
_WILDCARDS = {"*": ".*", "?": "."}


class Criterion:
    """What COUNTIF and SUMIFS look for, one a row, in a range that is the same for all rows."""

    def __init__(self, cells: Cells, criterion: Cells) -> None:
        if cells.shape[0] != 1 or criterion.shape[1] != 1:
            raise Unknown("criteria over a range of the row's own")
        if (criterion.kind == ERROR).any():
            raise Unknown("an error as a criterion")
        self._kind, self._number = cells.kind[0], cells.number[0]
        self._texts = folded(cells)[0]
        self._wanted = criterion.values()
        self.count = len(self._wanted)
        self._by_value: dict[Any, Any] = {}

    def key(self, row: int) -> tuple[type, Any]:
        """What tells a row's criterion from others: TRUE and 1 are two."""
        wanted = self._wanted[row if self.count > 1 else 0]
        return type(wanted), wanted

    def hits(self, row: int) -> Any:
        """The cells that meet a row's criterion, as places in the range."""
        kind, wanted = key = self.key(row)
        if kind is float and self.count > 1:
            return self._numbers.get(wanted, _NOWHERE)
        if key not in self._by_value:
            self._by_value[key] = np.flatnonzero(self._meets(wanted))
        return self._by_value[key]

    @functools.cached_property
    def _numbers(self) -> dict[float, Any]:
        """Where each number stands: the range is gone through once, not for every row."""
        places = np.flatnonzero(self._kind == NUMBER)
        order = places[np.argsort(self._number[places], kind="stable")]
        numbers, starts = np.unique(self._number[order], return_index=True)
        ends = [*starts[1:], len(order)]
        rows = zip(numbers.tolist(), starts, ends, strict=False)  # without numbers there is an end
        return {number: order[start:end] for number, start, end in rows}

    def among(self, row: int, places: Any) -> Any:
        """Which of some places meet a row's criterion: the whole range is not gone through."""
        wanted = self.key(row)[1]
        if self.count == 1:
            return places[self._met[places]]
        if isinstance(wanted, str) and self._doubtful:
            return np.intersect1d(places, self.hits(row))
        kind, number, texts = self._kind[places], self._number[places], self._texts[places]
        return places[_meets(kind, number, texts, wanted)]

    @functools.cached_property
    def _met(self) -> Flags:
        """Which cells meet the criterion that all rows have alike."""
        met: Flags = self._meets(self._wanted[0])
        return met

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for one value, which few cells have."""
        return not isinstance(self._wanted[0], str) or self._wanted[0][:1] not in ("<", ">")

    @functools.cached_property
    def _doubtful(self) -> bool:
        """Whether a text stands in the range that may be a number."""
        return _may_be_numbers(self._texts[self._kind == TEXT])

    def _meets(self, wanted: Any) -> Any:
        return _meets(self._kind, self._number, self._texts, wanted)


def _meets(kind: Any, number_: Any, texts: Any, wanted: Any) -> Any:
    """Which cells meet a criterion; Unknown where it is not sure what the engine says."""
    if isinstance(wanted, bool):
        return (kind == TRUTH) & (number_ == wanted)
    if wanted is None:
        wanted = 0.0  # a blank cell as a criterion is a 0
    if isinstance(wanted, float):
        return (kind == NUMBER) & (number_ == wanted)
    found = _CRITERION.fullmatch(wanted)
    sign, rest = (found[1], found[2]) if found else ("=", wanted)
    if not rest:
        return _meets_nothing(kind, texts, found[1] if found else "")
    try:
        number = float(rest)
    except ValueError:
        if sign not in ("=", "<>"):
            raise Unknown("an order of texts as a criterion") from None
        if not any(sign in rest for sign in _WILDCARDS) and _MAY_BE_A_NUMBER.fullmatch(rest):
            raise Unknown("a criterion that may be a number or a date") from None
        hits = (kind == TEXT) & alike(texts, rest.casefold())
        return hits if sign == "=" else ~hits
    is_number, value = kind == NUMBER, number_
    if sign in ("=", "<>") and _may_be_numbers(texts[kind == TEXT]):
        raise Unknown("numbers that may be text")
    return {
        "=": is_number & (value == number),
        "<": is_number & (value < number),
        "<=": is_number & (value <= number),
        ">": is_number & (value > number),
        ">=": is_number & (value >= number),
        "<>": ~(is_number & (value == number)),
    }[sign]


def _meets_nothing(kind: Any, texts: Any, sign: str) -> Any:
    """The criteria "", "=" and "<>": blank or a text of nothing, blank, and not blank."""
    if sign == "":
        return (kind == BLANK) | ((kind == TEXT) & (texts == ""))
    if sign in ("=", "<>"):
        return (kind == BLANK) == (sign == "=")
    raise Unknown("an order of nothing")


def alike(texts: Texts, wanted: str) -> Flags:
    """Which texts (in lower case) are this one, or of its pattern where it has wildcards."""
    if not any(letter in wanted for letter in "*?~"):
        same: Flags = texts == wanted
        return same
    pattern = _pattern(wanted)
    known = {text: pattern.fullmatch(text) is not None for text in set(texts.ravel().tolist())}
    return np.array([known[text] for text in texts.ravel().tolist()], bool).reshape(texts.shape)


def _pattern(wanted: str) -> re.Pattern[str]:
    """A text with wildcards: * for any letters, ? for one, ~ before one that means itself."""
    pieces = re.findall(r"~[*?~]|.", wanted, re.DOTALL)
    if "~" in pieces:
        raise Unknown("a tilde before a plain letter")
    plain = (_WILDCARDS.get(piece) or re.escape(piece[-1]) for piece in pieces)
    return re.compile("".join(plain), re.DOTALL)


def _may_be_numbers(texts: Any) -> bool:
    """Whether a text may be a number, a date or the like, as the engine sees it."""
    return any(any(map(str.isdigit, text)) for text in set(texts.tolist()))


def own_hits(cells: Cells, wanted: Cells) -> Flags:
    """Which of the row's own cells meet a criterion that is the same for all rows."""
    if wanted.shape != (1, 1):
        raise Unknown("a criterion of the row's own over its own cells")
    texts, criterion = folded(cells), wanted.values()[0]
    if criterion != "" and _may_be_numbers(texts[cells.kind == TEXT]):
        raise Unknown("numbers that may be text")
    hits: Flags = _meets(cells.kind, cells.number, texts, criterion)
    return hits
