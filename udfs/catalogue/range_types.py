"""Kinds of argument that are a whole range: rows of numbers, tables, correlation matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from udfs.catalogue.cell_types import Flag, Number, Text, Word
from udfs.catalogue.cells import Cell, Problem, as_rows, is_blank
from udfs.errors import CellError
from udfs.maths.arrays import Floats


class _Each:
    """What ranges of one kind of element have in common."""

    element: Number | Word

    @property
    def noun(self) -> str:
        """What the elements are."""
        return f"{self.element.noun}s"

    @property
    def unit(self) -> str:
        """The elements' unit."""
        return f"{self.element.unit}, one row or column"

    @property
    def example(self) -> str:
        """What to type."""
        return self.element.example

    @property
    def domain(self) -> str:
        """What each element may be."""
        return f"each {self.element.domain}"


@dataclass(frozen=True)
class Vector(_Each):
    """A row or a column of numbers. Blank cells at its end do not count."""

    element: Number | Word
    skip_blanks: bool = False  # blanks anywhere are left out, as a journal's empty rows are
    whole: ClassVar[bool] = True

    def take(self, value: Any, name: str) -> Floats:
        """The range as a one-dimensional array, or the Problem it is."""
        cells = _line(value, name)
        if self.skip_blanks:
            cells = [cell for cell in cells if not is_blank(cell)]
        while cells and is_blank(cells[-1]):
            cells.pop()
        if not cells and not self.skip_blanks:
            raise Problem(CellError.NA, f"{name} is blank: {self.example}")
        return _numbers(cells, self.element, name)


@dataclass(frozen=True)
class Series(_Each):
    """A row or a column of numbers in which a blank cell keeps its place, as NaN."""

    element: Number
    whole: ClassVar[bool] = False  # a running result has an answer for each cell

    def take(self, value: Any, name: str) -> Floats:
        """The range as a one-dimensional array, or the Problem it is."""
        numbers, problem = self.until_fault(value, name)
        if problem is not None:
            _refuse_errors(_line(value, name), self.element, name)
            raise problem
        return numbers

    def until_fault(self, value: Any, name: str) -> tuple[Floats, Problem | None]:
        """The numbers before the first bad cell, and what is wrong with that one."""
        cells = _line(value, name)
        filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
        numbers = np.full(len(cells), np.nan)
        try:
            numbers[filled] = _numbers([cells[at] for at in filled], self.element, name)
        except Problem:
            for at in filled:
                try:
                    called = name if len(cells) == 1 else f"{name} {at + 1}"
                    numbers[at] = self.element.scalar(cells[at], called)
                except Problem as problem:
                    return numbers[:at], problem
        return numbers, None


@dataclass(frozen=True)
class Labels:
    """A row or a column of labels: text or numbers that name what a row belongs to."""

    noun: str
    example: str
    unit: ClassVar[str] = "text or number, one row or column"
    domain: ClassVar[str] = "each text or a number"
    whole: ClassVar[bool] = True

    def take(self, value: Any, name: str) -> list[Cell]:
        """The range as a list, blanks in their places, or the Problem it is."""
        cells = _line(value, name)
        for cell in cells:
            if isinstance(cell, CellError):
                raise Problem(cell, f"{name} holds the error {cell}: mend that cell first")
        return cells


@dataclass(frozen=True)
class Columns:
    """A table with fixed columns, one row a record. Blank rows do not count."""

    noun: str
    columns: Mapping[str, Number]
    unit: str
    example: str
    whole: ClassVar[bool] = True

    @property
    def domain(self) -> str:
        """The columns in order."""
        return f"{len(self.columns)} columns: {', '.join(self.columns)}"

    def take(self, value: Any, name: str) -> Floats:
        """The range as an array of shape (records, columns), or the Problem it is."""
        rows = [row for row in as_rows(value) if not all(is_blank(cell) for cell in row)]
        if not rows:
            raise Problem(CellError.NA, f"{name} is blank: {self.example}")
        if len(rows[0]) != len(self.columns):
            raise Problem(
                CellError.VALUE,
                f"{name} has {len(rows[0])} columns: it needs {self.domain}; {self.example}",
            )
        return np.column_stack(
            [
                _numbers([row[at] for row in rows], kind, f"{name}, {column},")
                for at, (column, kind) in enumerate(self.columns.items())
            ]
        )


def _line(value: Any, name: str) -> list[Cell]:
    """The cells of one row or one column, or the Problem that it is neither."""
    rows = as_rows(value)
    if len(rows) > 1 and len(rows[0]) > 1:
        raise Problem(
            CellError.VALUE,
            f"{name} is a range of {len(rows)} rows and {len(rows[0])} columns:"
            " give one row or one column",
        )
    return [cell for row in rows for cell in row]


class CameIn(Problem):
    """An error that was in the cell already."""


class Line(NamedTuple):
    """One cell a position, by argument: a number, a Problem of that position, None where blank."""

    name: str
    example: str
    cells: list[Any]


@dataclass(frozen=True)
class Slots(_Each):
    """A row or column with one cell a position, or one cell for all of them.

    A blank cell holds no position, and a bad one is the problem of its own position.
    """

    element: Number | Word
    whole: ClassVar[bool] = True

    @property
    def unit(self) -> str:
        """The elements' unit."""
        return f"{self.element.unit}, one cell a position"

    def take(self, value: Any, name: str) -> Line:
        """The range cell by cell, or the Problem it is as a whole."""
        cells = _line(value, name)
        if not cells:
            raise Problem(CellError.NA, f"{name} is an empty range")
        return Line(
            name,
            self.example,
            [_slot(cell, self.element, f"{name} {at}") for at, cell in enumerate(cells, 1)],
        )


@dataclass(frozen=True)
class Square:
    """A square of numbers, one row and one column a position; or one number for every pair."""

    element: Number
    noun: str
    unit: str
    example: str
    domain: str
    whole: ClassVar[bool] = True

    def take(self, value: Any, name: str) -> list[list[Any]]:
        """The range cell by cell: a number, a Problem, or None where blank."""
        return [
            [
                _slot(cell, self.element, f"{name}, row {row}, column {column},")
                for column, cell in enumerate(cells, 1)
            ]
            for row, cells in enumerate(as_rows(value), 1)
        ]


@dataclass(frozen=True)
class Records:
    """A table, one row a record with its label first; a bad cell is its own record's problem.

    Blank rows do not count.
    """

    noun: str
    label: str
    columns: Mapping[str, Number]
    unit: str
    example: str
    blanks: Mapping[str, float] = field(default_factory=dict)  # what a blank cell stands for
    whole: ClassVar[bool] = True

    @property
    def domain(self) -> str:
        """The columns in order."""
        return f"{1 + len(self.columns)} columns: {', '.join((self.label, *self.columns))}"

    def take(self, value: Any, name: str) -> list[tuple[Cell, list[Any]]]:
        """Label and numbers of each record, a Problem where a cell is bad."""
        rows = [row for row in as_rows(value) if not all(is_blank(cell) for cell in row)]
        if not rows:
            raise Problem(CellError.NA, f"{name} is blank: {self.example}")
        if len(rows[0]) != 1 + len(self.columns):
            raise Problem(
                CellError.VALUE,
                f"{name} has {len(rows[0])} columns: it needs {self.domain}; {self.example}",
            )
        return [
            (
                row[0],
                [
                    self._cell(cell, column, f"row {at}" if is_blank(row[0]) else str(row[0]))
                    for cell, column in zip(row[1:], self.columns, strict=True)
                ],
            )
            for at, row in enumerate(rows, 1)
        ]

    def _cell(self, cell: Cell, column: str, label: str) -> Any:
        if is_blank(cell) and column in self.blanks:
            return np.float64(self.blanks[column])
        kind, name = self.columns[column], f"{column} of {label[:40]}"
        number = _slot(cell, kind, name)
        if number is None:
            return Problem(CellError.NA, f"{name} is blank: {kind.example}")
        return number


def _slot(cell: Cell, kind: Number | Word, name: str) -> Any:
    """A cell as a number, as the Problem it is, or None where it is blank."""
    try:
        return None if is_blank(cell) else kind.scalar(cell, name)
    except Problem as problem:
        return CameIn(problem.error, problem.words) if isinstance(cell, CellError) else problem


def _numbers(cells: list[Cell], kind: Number | Word, name: str) -> Floats:
    """Cells as numbers; the first bad one is the whole range's Problem."""
    if isinstance(kind, Number) and set(map(type, cells)) == {float}:
        numbers = np.array(cells)
        if kind.outside(numbers) is None:
            return numbers
    _refuse_errors(cells, kind, name)
    return np.array([kind.scalar(cell, f"{name} {i}") for i, cell in enumerate(cells, 1)])


def _refuse_errors(cells: list[Cell], kind: Number | Word, name: str) -> None:
    """An error that came in goes out, before anything wrong here."""
    for cell in cells:
        if isinstance(cell, CellError):
            kind.scalar(cell, name)


AnyKind: TypeAlias = (
    Number | Word | Flag | Text | Vector | Series | Labels | Columns | Slots | Square | Records
)
