"""Types of an argument that takes a range: numbers, tables, correlations, one cell a position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from udfs.catalogue.cell_types import (
    Boolean,
    Choice,
    Number,
    Text,
    blank_problem,
    refuse_error,
)
from udfs.catalogue.cells import Cell, CellProblem, as_rows, is_blank
from udfs.errors import CellError
from udfs.maths.arrays import Floats


class _Range:
    """What the types of a whole range have in common."""

    takes_range: ClassVar[bool] = True

    def shown(self, value: Any) -> str:
        """The body's value as a person would read it back."""
        return str(value)


class _OfElements(_Range):
    """What ranges of one type of element have in common."""

    element: Number | Choice

    @property
    def label(self) -> str:
        """What the elements are."""
        return f"{self.element.label}s"

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
class Numbers(_OfElements):
    """A row or a column of numbers. Blank cells at its end do not count."""

    element: Number
    skip_blanks: bool = False  # blanks anywhere are left out, as a journal's empty rows are

    def parse(self, value: Any, name: str) -> Floats:
        """The range as a one-dimensional array, or the CellProblem it is."""
        cells = _row_or_column(value, name)
        if self.skip_blanks:
            cells = [cell for cell in cells if not is_blank(cell)]
        while cells and is_blank(cells[-1]):
            cells.pop()
        if not cells and not self.skip_blanks:
            raise blank_problem(name, self.example)
        return _numbers(cells, self.element, name)


@dataclass(frozen=True)
class Series(_OfElements):
    """A row or a column of numbers in which a blank cell keeps its place, as NaN."""

    element: Number
    takes_range: ClassVar[bool] = False  # a running result has an answer for each cell

    def parse(self, value: Any, name: str) -> Floats:
        """The range as a one-dimensional array, or the CellProblem it is."""
        numbers, problem = self.until_problem(value, name)
        if problem is not None:
            _refuse_errors(_row_or_column(value, name), name)
            raise problem
        return numbers

    def until_problem(self, value: Any, name: str) -> tuple[Floats, CellProblem | None]:
        """The numbers before the first bad cell, and what is wrong with that one."""
        cells = _row_or_column(value, name)
        filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
        numbers = np.full(len(cells), np.nan)
        try:
            numbers[filled] = _numbers([cells[at] for at in filled], self.element, name)
        except CellProblem:
            for at in filled:
                try:
                    called = name if len(cells) == 1 else f"{name} {at + 1}"
                    numbers[at] = self.element.parse_cell(cells[at], called)
                except CellProblem as problem:
                    return numbers[:at], problem
        return numbers, None


@dataclass(frozen=True)
class WholeSeries(Series):
    """A series of which the formula makes something else than one answer a cell."""

    takes_range: ClassVar[bool] = True


@dataclass(frozen=True)
class Labels(_Range):
    """A row or a column of labels: text or numbers that name what a row belongs to."""

    label: str
    example: str
    unit: ClassVar[str] = "text or number, one row or column"
    domain: ClassVar[str] = "each text or a number"

    def parse(self, value: Any, name: str) -> list[Cell]:
        """The range as a list, blanks in their places, or the CellProblem it is."""
        cells = _row_or_column(value, name)
        _refuse_errors(cells, name, numbered=False)
        return cells


@dataclass(frozen=True)
class NamedColumns(_Range):
    """A table with fixed columns, one row a record. Blank rows do not count."""

    label: str
    columns: Mapping[str, Number]
    unit: str
    example: str

    @property
    def domain(self) -> str:
        """The columns in order."""
        return f"{len(self.columns)} columns: {', '.join(self.columns)}"

    def parse(self, value: Any, name: str) -> Floats:
        """The range as an array of shape (records, columns), or the CellProblem it is."""
        rows = _filled_rows(value, name, len(self.columns), self)
        return np.column_stack(
            [
                _numbers([row[at] for row in rows], kind, f"{name}, {column},")
                for at, (column, kind) in enumerate(self.columns.items())
            ]
        )


@dataclass(frozen=True)
class MatrixType(_Range):
    """Numbers with one column a symbol, a row a day. A blank keeps its place, as NaN."""

    element: Number
    label: str
    unit: str
    example: str

    @property
    def domain(self) -> str:
        """What each element may be."""
        return f"each {self.element.domain}"

    def parse(self, value: Any, name: str) -> Floats:
        """The range as an array of shape (rows, columns), or the CellProblem it is."""
        rows = as_rows(value)
        if all(is_blank(cell) for row in rows for cell in row):
            raise blank_problem(name, self.example)
        _refuse_errors([cell for row in rows for cell in row], name, numbered=False)
        return np.array(
            [
                [
                    np.nan
                    if is_blank(cell)
                    else self.element.parse_cell(cell, f"{name}, row {at}, column {column},")
                    for column, cell in enumerate(row, 1)
                ]
                for at, row in enumerate(rows, 1)
            ]
        )


class PropagatedError(CellProblem):
    """An error that was in the cell already."""


class PositionColumn(NamedTuple):
    """One cell a position, by argument: a value, its CellProblem, or None where blank."""

    name: str
    example: str
    cells: list[Any]


@dataclass(frozen=True)
class PerPosition(_OfElements):
    """A row or column with one cell a position, or one cell for all of them.

    A blank cell holds no position, and a bad one is the problem of its own position.
    """

    element: Number | Choice

    @property
    def unit(self) -> str:
        """The elements' unit."""
        return f"{self.element.unit}, one cell a position"

    def parse(self, value: Any, name: str) -> PositionColumn:
        """The range cell by cell, or the CellProblem it is as a whole."""
        cells = _row_or_column(value, name)
        if not cells:
            raise CellProblem(CellError.NA, f"{name} is an empty range")
        return PositionColumn(
            name,
            self.example,
            [
                _number_or_problem(cell, self.element, f"{name} {at}")
                for at, cell in enumerate(cells, 1)
            ],
        )


@dataclass(frozen=True)
class SquareMatrix(_Range):
    """A square of numbers, one row and one column a position; or one number for every pair."""

    element: Number
    label: str
    unit: str
    example: str
    domain: str

    def parse(self, value: Any, name: str) -> list[list[Any]]:
        """The range cell by cell: a number, a CellProblem, or None where blank."""
        return [
            [
                _number_or_problem(cell, self.element, f"{name}, row {row}, column {column},")
                for column, cell in enumerate(cells, 1)
            ]
            for row, cells in enumerate(as_rows(value), 1)
        ]


@dataclass(frozen=True)
class NamedRows(_Range):
    """A table, one row a record with its name first; a bad cell is its own record's problem.

    Blank rows do not count.
    """

    label: str
    name_header: str
    columns: Mapping[str, Number]
    unit: str
    example: str
    blanks: Mapping[str, float] = field(default_factory=dict)  # what a blank cell stands for

    @property
    def domain(self) -> str:
        """The columns in order."""
        return f"{1 + len(self.columns)} columns: {', '.join((self.name_header, *self.columns))}"

    def parse(self, value: Any, name: str) -> list[tuple[Cell, list[Any]]]:
        """Name and numbers of each record, a CellProblem where a cell is bad."""
        rows = _filled_rows(value, name, 1 + len(self.columns), self)
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

    def _cell(self, cell: Cell, column: str, record: str) -> Any:
        if is_blank(cell) and column in self.blanks:
            return np.float64(self.blanks[column])
        kind, name = self.columns[column], f"{column} of {record[:40]}"
        number = _number_or_problem(cell, kind, name)
        return blank_problem(name, kind.example) if number is None else number


def _row_or_column(value: Any, name: str) -> list[Cell]:
    """The cells of one row or one column, or the CellProblem that it is neither."""
    rows = as_rows(value)
    if len(rows) > 1 and len(rows[0]) > 1:
        raise CellProblem(
            CellError.VALUE,
            f"{name} is a range of {len(rows)} rows and {len(rows[0])} columns:"
            " give one row or one column",
        )
    return [cell for row in rows for cell in row]


def _filled_rows(
    value: Any, name: str, wide: int, kind: NamedColumns | NamedRows
) -> list[list[Cell]]:
    """The rows of a table that are not blank, or the CellProblem of a wrong width."""
    rows = [row for row in as_rows(value) if not all(is_blank(cell) for cell in row)]
    if not rows:
        raise blank_problem(name, kind.example)
    if len(rows[0]) != wide:
        raise CellProblem(
            CellError.VALUE,
            f"{name} has {len(rows[0])} columns: it needs {kind.domain}; {kind.example}",
        )
    return rows


def _number_or_problem(cell: Cell, kind: Number | Choice, name: str) -> Any:
    """A cell as the body takes it, as the CellProblem it is, or None where it is blank."""
    try:
        if is_blank(cell):
            return None
        code = kind.parse_cell(cell, name)
        return kind.body_value(code) if isinstance(kind, Choice) else code
    except CellProblem as problem:
        if isinstance(cell, CellError):
            return PropagatedError(problem.error, problem.message)
        return problem


def _numbers(cells: list[Cell], kind: Number, name: str) -> Floats:
    """Cells as numbers; the first bad one is the whole range's CellProblem."""
    if set(map(type, cells)) == {float}:
        numbers = np.array(cells)
        if kind.outside(numbers) is None:
            return numbers
    _refuse_errors(cells, name)
    return np.array([kind.parse_cell(cell, f"{name} {i}") for i, cell in enumerate(cells, 1)])


def _refuse_errors(cells: Sequence[Cell], name: str, numbered: bool = True) -> None:
    """An error that came in goes out, before anything wrong here."""
    for at, cell in enumerate(cells, 1):
        refuse_error(cell, f"{name} {at}" if numbered else name)


AnyType: TypeAlias = (
    Number
    | Choice
    | Boolean
    | Text
    | Numbers
    | Series
    | Labels
    | NamedColumns
    | MatrixType
    | PerPosition
    | SquareMatrix
    | NamedRows
)
