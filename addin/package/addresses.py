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


@lru_cache(maxsize=LAST_COLUMN)
def _stored_column(letters: str) -> int:
    """The number of a column of a file; 0 where it is none."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return 0
    number = column_number(letters)
    return number if number <= LAST_COLUMN else 0


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


def stored_cell(reference: str | None) -> tuple[int, int]:
    """Row and column of a reference as files write it; faster than `cell`, which checks more."""
    if reference:
        letters = reference.rstrip("0123456789")
        digits = reference[len(letters) :]
        column = _stored_column(letters)
        if column and 0 < len(digits) < 8 and 0 < (row := int(digits)) <= LAST_ROW:
            return row, column
    raise PackageError(f"the file is damaged: it calls a cell {reference!r}.")


def stored_row(number: str) -> int:
    """The number of a row as files write it."""
    if number.isdecimal() and len(number) < 8 and 0 < (row := int(number)) <= LAST_ROW:
        return row
    raise PackageError(f"the file is damaged: it calls a row {number!r}.")


def column_in_row(reference: str | None, row: str) -> int:
    """The column of a cell that stands in a row; refused where the two do not go together."""
    if reference and reference.endswith(row):
        column = _stored_column(reference[: -len(row)])
        if column:
            return column
    raise PackageError(f"the file is damaged: it calls a cell of row {row} {reference!r}.")


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
    last = last or first
    if first.isdecimal() and last.isdecimal():
        return Area(stored_row(first), 1, stored_row(last), LAST_COLUMN)
    left, right = _stored_column(first), _stored_column(last)
    return Area(1, left, LAST_ROW, right) if left and right else area(address)


def quote_sheet(name: str) -> str:
    """A sheet name as formulas write it before the ``!``.

    >>> quote_sheet("Bob's plan")
    "'Bob''s plan'"
    """
    return "'" + name.replace("'", "''") + "'"
