"""Cell addresses: ``C12`` and ``B2:D9`` as numbers, and back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from addin.package.errors import PackageError

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


class Area(NamedTuple):
    """A rectangle of cells; rows and columns count from 1 and the ends are inside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell is inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Area) -> bool:
        """Whether the two have a cell in common."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def around(self, other: Area) -> Area:
        """The smallest rectangle with both in it."""
        return Area(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def __str__(self) -> str:
        first = a1(self.top, self.left)
        single = self.top == self.bottom and self.left == self.right
        return first if single else f"{first}:{a1(self.bottom, self.right)}"


@lru_cache(maxsize=LAST_COLUMN)
def column_letters(column: int) -> str:
    """The letters of a column.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """The number of a column.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """The address of one cell."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=65_536)
def cell(address: str) -> tuple[int, int]:
    """Row and column of an address; ``$`` signs are allowed.

    >>> cell("$C12")
    (12, 3)
    """
    found = _CELL.fullmatch(address)
    if found:
        row, column = int(found[2]), column_number(found[1])
        if row <= LAST_ROW and column <= LAST_COLUMN:
            return row, column
    raise PackageError(f"{address!r} is no cell address: write it like C12")


def stored_cell(reference: str) -> tuple[int, int]:
    """Row and column of a reference as files write it; faster than `cell`, which checks more."""
    letters = reference.rstrip("0123456789")
    try:
        return int(reference[len(letters) :]), column_number(letters)
    except ValueError:
        raise PackageError(f"the file is damaged: it calls a cell {reference!r}.") from None


def area(address: str) -> Area:
    """The rectangle of an address such as ``B2:D9`` or ``C12``."""
    first, _, last = address.partition(":")
    top, left = cell(first)
    bottom, right = cell(last) if last else (top, left)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def areas(sqref: str) -> list[Area]:
    """The rectangles of a list such as ``B2:B9 D2:D9``; whole rows and columns included."""
    return [_any_area(part) for part in sqref.split()]


def _any_area(address: str) -> Area:
    first, _, last = address.replace("$", "").partition(":")
    if first.isdigit():
        return Area(int(first), 1, int(last or first), LAST_COLUMN)
    if first.isalpha():
        return Area(1, column_number(first), LAST_ROW, column_number(last or first))
    return area(address)


def quote_sheet(name: str) -> str:
    """A sheet name as formulas write it before the ``!``.

    >>> quote_sheet("Bob's plan")
    "'Bob''s plan'"
    """
    return "'" + name.replace("'", "''") + "'"
