"""A rewritten formula, what depends on its cell still open.

Formulas that differ in nothing but the row they stand in, as those of a table's column do, share
one text with ROW in it.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from addin.package import formula_text as ft
from addin.package.addresses import Area, a1

# Stands for the number of the formula's own row.
ROW = "\ue001"
_NO_ROW = "\ufffd"  # for that character in somebody's text
# Text, quoted names and brackets, which are left alone; or a cell whose row is not fixed.
_CELL_IN_ROW = re.compile(
    r"""
      "[^"]*" | '[^']*' | \[[^\]]*\]
    | (?<![\w.$]) (?P<column>\$?[A-Za-z]{1,3}) (?P<row>[1-9][0-9]*) (?![\w.(!\[])
    """,
    re.VERBOSE,
)


class OwnRow(NamedTuple):
    """Cells of a table in the formula's own row."""

    first_row: int
    last_row: int
    # The address without its row numbers: "B", and ":D" if it is more than one cell.
    start: str
    end: str

    def at(self, row: int, column: int) -> str:
        """The cells' address in a formula of this cell."""
        if not self.first_row <= row <= self.last_row:
            return "#VALUE!"
        return f"{self.start}{row}{self.end}{row}" if self.end else f"{self.start}{row}"


class Crossing(NamedTuple):
    """The one cell of a range that is in the formula's own row or column."""

    prefix: str
    area: Area

    def at(self, row: int, column: int) -> str:
        """The one cell's address in a formula of this cell."""
        block = self.area
        if block.columns == 1 and block.top <= row <= block.bottom:
            return self.prefix + a1(row, block.left)
        if block.rows == 1 and block.left <= column <= block.right:
            return self.prefix + a1(block.top, column)
        return "#VALUE!"


class FromA1(NamedTuple):
    """The text of a name with relative cells: it is written as seen from cell A1."""

    text: str

    def at(self, row: int, column: int) -> str:
        """The text as seen from this cell."""
        return f"({ft.moved(self.text, row - 1, column - 1, around=True)})"


Part: TypeAlias = "str | OwnRow | Crossing | FromA1"


class InOwnRow(NamedTuple):
    """A formula that depends on its cell by cells in its own row only, as in a table's column."""

    first_row: int
    last_row: int
    text: str  # with ROW in it
    parts: tuple[Part, ...]  # for a row outside the table


Compiled: TypeAlias = "str | InOwnRow | tuple[Part, ...]"


def placed(compiled: Compiled, row: int, column: int) -> str:
    """The formula as it is in one cell, but for the number of its row."""
    if isinstance(compiled, str):
        return compiled
    if isinstance(compiled, InOwnRow):
        if compiled.first_row <= row <= compiled.last_row:
            return compiled.text
        compiled = compiled.parts
    return "".join([part if isinstance(part, str) else part.at(row, column) for part in compiled])


def row_left_open(text: str, number: str) -> str:
    """A formula with ROW in place of its own row's number, where a cell is in that row."""
    text = text.replace(ROW, _NO_ROW)
    if number not in text:
        return text

    def opened(found: re.Match[str]) -> str:
        return found["column"] + ROW if found["row"] == number else found[0]

    return _CELL_IN_ROW.sub(opened, text)


def rows_left_open(text: str, row: int) -> str:
    """A formula of a row with how far each row that it names is away: the same filled down.

    >>> rows_left_open('D4+$A5*B$2&"A5"', 5) == rows_left_open('D5+$A6*B$2&"A5"', 6)
    True
    """

    def opened(found: re.Match[str]) -> str:
        column, number = found["column"], found["row"]
        if column is None or ft.cell_parts(column + number) is None:
            return found[0]
        return f"{column}{ROW}{int(number) - row}"

    return _CELL_IN_ROW.sub(opened, text.replace(ROW, _NO_ROW))


def joined(parts: list[Part], number: str) -> Compiled:
    """The pieces of a formula that was written into row `number`, as few as it takes."""
    pieces: list[Part] = []
    for part in parts:
        if isinstance(part, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += part
        else:
            pieces.append(part)
    pieces = [row_left_open(part, number) if isinstance(part, str) else part for part in pieces]
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return pieces[0]
    return _in_own_row(pieces) or tuple(pieces)


def _in_own_row(parts: list[Part]) -> InOwnRow | None:
    """The formula as one text for all rows of a table, where nothing else is open."""
    text, rows = "", set()
    for part in parts:
        if isinstance(part, str):
            text += part
        elif isinstance(part, OwnRow):
            rows.add((part.first_row, part.last_row))
            text += f"{part.start}{ROW}{part.end}{ROW}" if part.end else f"{part.start}{ROW}"
        else:
            return None
    return InOwnRow(*rows.pop(), text, tuple(parts)) if len(rows) == 1 else None
