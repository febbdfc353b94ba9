"""Kinds of argument: what a value may be, its unit, and how to say so when it is not.

A formula names its arguments' kinds in its signature (``entry: Price``). The kind turns a cell
into the number the arithmetic wants, or into a Problem with the right error and words; the
function wizard, ISO_EXPLAIN, the sheets' validation and the reference page read the same kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from udfs.cells import Cell, Problem, as_rows, is_blank, show, single_cell
from udfs.errors import CellError

Floats: TypeAlias = npt.NDArray[np.float64]
# In a formula's body a value is one number or a block of them: the arithmetic is the same.
Numeric: TypeAlias = Floats | float


@dataclass(frozen=True)
class SameAs:
    """A default that is another argument's value, as in ``borrowed=notional``."""

    argument: str


def same_as(argument: str) -> Any:
    """Write ``borrowed: Amount = same_as("notional")`` in a signature."""
    return SameAs(argument)


@dataclass(frozen=True)
class Number:
    """A number inside a closed or half-open interval."""

    noun: str
    unit: str
    example: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    whole: ClassVar[bool] = False
    # The interval as a closed one, so that a check is two comparisons.
    _low: float = field(init=False, repr=False)
    _high: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # An infinity is never a number to compute with, so an unbounded side ends before it.
        low = max(self.low, -1.7976931348623157e308)
        high = min(self.high, 1.7976931348623157e308)
        object.__setattr__(self, "_low", math.nextafter(low, math.inf) if self.low_open else low)
        object.__setattr__(
            self, "_high", math.nextafter(high, -math.inf) if self.high_open else high
        )

    @property
    def domain(self) -> str:
        """The interval in words: ``greater than 0``."""
        low = f"{'greater than' if self.low_open else 'at least'} {self.low:g}"
        high = f"{'less than' if self.high_open else 'at most'} {self.high:g}"
        parts = [
            text for text, bound in ((low, self.low), (high, self.high)) if math.isfinite(bound)
        ]
        return " and ".join(parts) or "a finite number"

    def scalar(self, value: Any, name: str) -> np.float64:
        """One cell as a number, or the Problem it is."""
        kind = type(value)
        if kind is float or kind is int:
            try:
                number = float(value)
            except OverflowError:
                number = math.nan
            if self._low <= number <= self._high:
                return np.float64(number)
            raise Problem(
                CellError.NUM, f"{name} is {show(value)}: it must be {self.domain}; {self.example}"
            )
        if isinstance(value, np.generic):
            return self.scalar(value.item(), name)
        if isinstance(value, CellError):
            raise Problem(value, f"{name} holds the error {value}: mend that cell first")
        if is_blank(value):
            raise Problem(CellError.NA, f"{name} is blank: {self.example}")
        raise Problem(CellError.VALUE, f"{name} is {show(value)}, not a number; {self.example}")

    def outside(self, block: Floats) -> npt.NDArray[np.bool_] | None:
        """Which numbers of a block lie outside the interval; None where none does."""
        # Two reductions cost far less than two comparisons and their temporaries.
        if block.min() >= self._low and block.max() <= self._high:
            return None
        return ~((block >= self._low) & (block <= self._high))


@dataclass(frozen=True)
class Word:
    """One of a few words; the body sees its number in the enumeration."""

    noun: str
    choices: type[IntEnum]
    synonyms: Mapping[str, int] = field(default_factory=dict)
    numbers: bool = False  # whether the enumeration's numbers may be typed too (side 1 or -1)
    unit: ClassVar[str] = "word"
    whole: ClassVar[bool] = False
    _codes: Mapping[str, np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes = {choice.name.lower(): np.float64(choice) for choice in self.choices}
        codes |= {word: np.float64(number) for word, number in self.synonyms.items()}
        object.__setattr__(self, "_codes", codes)

    @property
    def words(self) -> tuple[str, ...]:
        """The words to type, without synonyms."""
        return tuple(choice.name.lower() for choice in self.choices)

    @property
    def example(self) -> str:
        """What to type."""
        quoted = [f'"{word}"' for word in self.words]
        return "type " + ", ".join(quoted[:-1]) + " or " + quoted[-1]

    @property
    def domain(self) -> str:
        """The words in words."""
        return self.example.removeprefix("type ")

    def scalar(self, value: Any, name: str) -> np.float64:
        """One cell as the word's number, or the Problem it is."""
        if isinstance(value, str):
            code = self._codes.get(value)
            if code is None:
                code = self._codes.get(value.strip().lower())
            if code is not None:
                return code
        if isinstance(value, CellError):
            raise Problem(value, f"{name} holds the error {value}: mend that cell first")
        if is_blank(value):
            raise Problem(CellError.NA, f"{name} is blank: {self.example}")
        if isinstance(value, np.generic):
            return self.scalar(value.item(), name)
        if self.numbers and isinstance(value, (int, float)) and not isinstance(value, bool):
            if value in list(self.choices):
                return np.float64(value)
            numbers = " or ".join(str(int(choice)) for choice in self.choices)
            raise Problem(
                CellError.NUM,
                f"{name} is {show(value)}: as a number it must be {numbers}; {self.example}",
            )
        raise Problem(CellError.VALUE, f"{name} is {show(value)}: {self.example}")

    def outside(self, block: Floats) -> npt.NDArray[np.bool_] | None:
        """Which of a block's numbers stand for no word."""
        known = np.zeros(block.shape, dtype=bool)
        for choice in self.choices:
            known |= block == float(choice)
        return None if known.all() else ~known


@dataclass(frozen=True)
class Flag:
    """TRUE or FALSE; a number counts as TRUE unless it is 0, as in a spreadsheet."""

    noun: str = "flag"
    unit: ClassVar[str] = "TRUE or FALSE"
    example: ClassVar[str] = "type TRUE or FALSE"
    domain: ClassVar[str] = "TRUE or FALSE"
    whole: ClassVar[bool] = True

    def take(self, value: Any, name: str) -> bool:
        """The cell as a truth value, or the Problem it is."""
        value = single_cell(value)
        if isinstance(value, CellError):
            raise Problem(value, f"{name} holds the error {value}: mend that cell first")
        if isinstance(value, (bool, int, float, np.bool_)):
            return bool(value)
        raise Problem(CellError.VALUE, f"{name} is {_shape(value)}: {self.example}")


@dataclass(frozen=True)
class Text:
    """Any text."""

    noun: str
    example: str
    unit: ClassVar[str] = "text"
    domain: ClassVar[str] = "text"
    whole: ClassVar[bool] = True

    def take(self, value: Any, name: str) -> str:
        """The cell's text, or the Problem it is."""
        value = single_cell(value)
        if isinstance(value, CellError):
            raise Problem(value, f"{name} holds the error {value}: mend that cell first")
        if not isinstance(value, str):
            raise Problem(CellError.VALUE, f"{name} is {_shape(value)}: {self.example}")
        return value


@dataclass(frozen=True)
class Vector:
    """A row or a column of numbers. Blank cells at its end do not count."""

    element: Number | Word
    skip_blanks: bool = False  # blanks anywhere are left out, as a journal's empty rows are
    whole: ClassVar[bool] = True

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
class Series:
    """A row or a column of numbers in which a blank cell keeps its place, as NaN."""

    element: Number
    whole: ClassVar[bool] = False  # a running result has an answer for each cell

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
        return f"each {self.element.domain}, or blank"

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
class Slots:
    """A row or column with one cell a position, or one cell for all of them.

    A blank cell holds no position, and a bad one is the problem of its own position.
    """

    element: Number | Word
    whole: ClassVar[bool] = True

    @property
    def noun(self) -> str:
        """What the elements are."""
        return f"{self.element.noun}s"

    @property
    def unit(self) -> str:
        """The elements' unit."""
        return f"{self.element.unit}, one cell a position"

    @property
    def example(self) -> str:
        """What to type."""
        return self.element.example

    @property
    def domain(self) -> str:
        """What each element may be."""
        return f"each {self.element.domain}"

    def take(self, value: Any, name: str) -> Line:
        """The range cell by cell, or the Problem it is as a whole."""
        return Line(
            name,
            self.example,
            [
                _slot(cell, self.element, f"{name} {at}")
                for at, cell in enumerate(_line(value, name), 1)
            ],
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


def _shape(value: Any) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return f"a range of {len(value)} rows"
    return show(value)


AnyKind: TypeAlias = (
    Number | Word | Flag | Text | Vector | Series | Labels | Columns | Slots | Square | Records
)


class Sides(IntEnum):
    """Long profits when the price rises, short when it falls."""

    LONG = 1
    SHORT = -1


_SIDE = Word(
    "side",
    Sides,
    {"buy": 1, "l": 1, "sell": -1, "s": -1},
    numbers=True,
)

_price = Number("price", "account currency per unit", "type a price, like 100", 0, low_open=True)
_barrier = Number("price", "account currency per unit", "type a price, like 90 (0 = never)", 0)
_quantity = Number(
    "quantity",
    "units of the asset",
    "type a quantity, like 50, and the side apart",
    0,
    low_open=True,
)
_money = Number("amount", "account currency", "type an amount, like 10000", 0, low_open=True)
_amount = Number("amount", "account currency", "type an amount, like 12.5; minus = the other way")
_leverage = Number("leverage", "times margin", "type 10 for ten times", 0, low_open=True)
_share = Number("share", "fraction", "type 2% or 0.02, not 2", 0, 1, low_open=True)
_rate = Number("rate", "fraction", "type 0.5% or 0.005, not 0.5", 0, 1, high_open=True)
_slippage = Number("slippage", "fraction of the price", "type 0.1% or 0.001", 0)
_funding = Number(
    "funding rate",
    "fraction per funding interval",
    "type 0.01% or 0.0001",
    -1,
    1,
    low_open=True,
    high_open=True,
)
_yearly = Number("yearly rate", "fraction per year", "type 8% or 0.08", 0)
_hours = Number("hours", "hours", "type 8 for every eight hours", 0, low_open=True)
_days = Number("days", "days", "type 7 for a week", 0)
_volatility = Number("volatility", "fraction per day", "type 5% or 0.05, one day's deviation", 0)
_count = Number("count", "number", "type a number, 0 or more", 0)
_drift = Number("drift", "fraction per day", "type 0.1% or 0.001, minus = falling")
_part = Number("fraction", "fraction", "type 25% or 0.25", 0, 1)
_trail = Number("trail", "fraction of the price", "type 3% or 0.03", 0, 1, high_open=True)
_trigger = Number("trigger", "fraction", "type 50% or 0.5", 0, low_open=True)

FormulaName = Annotated[str, Text("formula", 'type a formula\'s name, like "ISO_POSITION_SIZE"')]

Side = Annotated[Numeric, _SIDE]
Price = Annotated[Numeric, _price]
Barrier = Annotated[Numeric, _barrier]
Quantity = Annotated[Numeric, _quantity]
Money = Annotated[Numeric, _money]
Amount = Annotated[Numeric, _amount]
Leverage = Annotated[Numeric, _leverage]
Share = Annotated[Numeric, _share]
Rate = Annotated[Numeric, _rate]
Slippage = Annotated[Numeric, _slippage]
FundingRate = Annotated[Numeric, _funding]
YearlyRate = Annotated[Numeric, _yearly]
Hours = Annotated[Numeric, _hours]
Days = Annotated[Numeric, _days]
Volatility = Annotated[Numeric, _volatility]
Count = Annotated[Numeric, _count]
Drift = Annotated[Numeric, _drift]

Trail = Annotated[Numeric, _trail]

Triggers = Annotated[Any, Vector(_trigger)]
Fractions = Annotated[Any, Vector(_part)]
Tiers = Annotated[
    Floats,
    Columns(
        "tiers",
        {
            "notional floor": Number("floor", "account currency", "start at 0", 0),
            "maintenance rate": _rate,
        },
        "notional floor in account currency, maintenance rate as a fraction",
        "give two columns, floors rising from 0, like {0,0.004;50000,0.005}",
    ),
]

EachSide = Annotated[Line, Slots(_SIDE)]
EachPrice = Annotated[Line, Slots(_price)]
EachBarrier = Annotated[Line, Slots(_barrier)]
EachQuantity = Annotated[Line, Slots(_quantity)]
EachMargin = Annotated[Line, Slots(_money)]
EachVolatility = Annotated[Line, Slots(_volatility)]
EachRate = Annotated[Any, Slots(_rate)]
EachRisk = Annotated[
    Line, Slots(Number("risk", "account currency", "type a cash risk, like 200; minus for a short"))
]
EachShock = Annotated[
    Line, Slots(Number("shock", "fraction of the price", "type -10% or -0.1 for a fall", -1))
]
Correlation = Annotated[
    list[list[Any]],
    Square(
        Number("correlation", "correlation", "type a number from -1 to 1, like 0.8"),
        "correlation",
        "correlation of the prices' returns, -1 to 1",
        "give a square of correlations with 1 on the diagonal, or one number for every pair",
        "a square of numbers from -1 to 1, or one number",
    ),
]
Paths = Annotated[Numeric, Number("paths", "number", "type 20000", 1, 10_000_000)]
Seed = Annotated[Numeric, Number("seed", "number", "type a whole number, like 1", 0, 2**53)]
Venues = Annotated[
    list[tuple[Cell, list[Any]]],
    Records(
        "venues",
        "Name",
        {
            "Max leverage": _leverage,
            "Maintenance rate": _rate,
            "Liquidation penalty": _rate,
            "Fee rate": _rate,
            "Spread": _rate,
            "Funding rate": _funding,
            "Funding hours": _hours,
            "Borrow rate": _yearly,
        },
        "times margin, fractions of the notional, hours, fraction per year",
        "give the venues' table, a row each, without its headings",
        {"Funding hours": 8.0, "Borrow rate": 0.0},
    ),
]
