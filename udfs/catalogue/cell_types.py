"""Types of an argument that takes one cell: its unit, its domain, and the words when it is wrong.

A formula names its arguments' types in its signature (``entry: Price``). The type turns a cell
into the number the arithmetic wants, or into a CellProblem with the right error and words; the
function wizard, ISO_EXPLAIN, the sheets' validation and the reference page read the same type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from udfs.catalogue.cells import CellProblem, is_blank, is_range, show, single_cell
from udfs.errors import CellError
from udfs.maths.arrays import Floats


@dataclass(frozen=True)
class SameAs:
    """A default that is another argument's value, as in ``borrowed=notional``."""

    argument: str


def same_as(argument: str) -> Any:
    """Write ``borrowed: Borrowed = same_as("notional")`` in a signature."""
    return SameAs(argument)


def refuse_error(value: Any, name: str) -> None:
    """Raise the problem of a cell that holds an error already."""
    if isinstance(value, CellError):
        raise CellProblem(value, f"{name} holds the error {value}: fix that cell first")


def blank_problem(name: str, example: str) -> CellProblem:
    """The problem of a cell that must not be blank."""
    return CellProblem(CellError.NA, f"{name} is blank: {example}")


@dataclass(frozen=True)
class Number:
    """A number inside a closed or half-open interval."""

    label: str
    unit: str
    example: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    takes_range: ClassVar[bool] = False
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

    def parse_cell(self, value: Any, name: str) -> np.float64:
        """One cell as a number, or the CellProblem it is."""
        kind = type(value)
        if kind is float or kind is int:
            try:
                number = float(value)
            except OverflowError:
                number = math.nan
            if self._low <= number <= self._high:
                return np.float64(number)
            raise CellProblem(
                CellError.NUM,
                f"{name} is {show(value)}: it must be {self.domain};"
                f"{self._as_per_cent(number)} {self.example}",
            )
        if isinstance(value, np.generic):
            return self.parse_cell(value.item(), name)
        refuse_error(value, name)
        if is_blank(value):
            raise blank_problem(name, self.example)
        raise CellProblem(CellError.VALUE, f"{name} is {show(value)}, not a number; {self.example}")

    def _as_per_cent(self, number: float) -> str:
        """What was meant, where a fraction was typed as per cent: 5 for 5%."""
        if self.unit.startswith("fraction") and self._high < number <= 100.0 * self._high:
            return f" did you mean {number:.10g}%?"
        return ""

    def outside(self, block: Floats) -> npt.NDArray[np.bool_] | None:
        """Which numbers of a block lie outside the interval; None where none does."""
        # Two reductions cost far less than two comparisons and their temporaries.
        if block.min() >= self._low and block.max() <= self._high:
            return None
        return ~((block >= self._low) & (block <= self._high))

    def shown(self, value: Any) -> str:
        """The body's value as a person would read it back."""
        return show(float(value))


@dataclass(frozen=True)
class Choice:
    """One of a few words. The body gets the word, or its number where each stands for one."""

    label: str
    words: tuple[str, ...]  # what to type, without synonyms
    numbers: tuple[float, ...] = ()  # what the words stand for: side 1 or -1
    synonyms: Mapping[str, float] = field(default_factory=dict)
    unit: ClassVar[str] = "word"
    takes_range: ClassVar[bool] = False
    _codes: Mapping[str, np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numbers = self.numbers or tuple(range(len(self.words)))
        codes = {word: np.float64(n) for word, n in zip(self.words, numbers, strict=True)}
        codes |= {word: np.float64(number) for word, number in self.synonyms.items()}
        object.__setattr__(self, "_codes", codes)

    @property
    def example(self) -> str:
        """What to type."""
        quoted = [f'"{word}"' for word in self.words]
        return "type " + ", ".join(quoted[:-1]) + " or " + quoted[-1]

    @property
    def domain(self) -> str:
        """The choice in words."""
        return self.example.removeprefix("type ")

    @property
    def is_numeric(self) -> bool:
        """Whether the body computes with the choice's number."""
        return bool(self.numbers)

    def parse_cell(self, value: Any, name: str) -> np.float64:
        """One cell as the word's code, or the CellProblem it is."""
        if isinstance(value, str):
            code = self._codes.get(value)
            if code is None:
                code = self._codes.get(value.strip().lower())
            if code is not None:
                return code
        refuse_error(value, name)
        if is_blank(value):
            raise blank_problem(name, self.example)
        if isinstance(value, np.generic):
            return self.parse_cell(value.item(), name)
        if self.numbers and isinstance(value, (int, float)) and not isinstance(value, bool):
            if value in self.numbers:
                return np.float64(value)
            numbers = " or ".join(f"{number:g}" for number in self.numbers)
            raise CellProblem(
                CellError.NUM,
                f"{name} is {show(value)}: as a number it must be {numbers}; {self.example}",
            )
        raise CellProblem(CellError.VALUE, f"{name} is {show(value)}: {self.example}")

    def body_value(self, code: float) -> Any:
        """A code as the body takes it."""
        return code if self.numbers or np.isnan(code) else self.words[int(code)]

    def outside(self, block: Floats) -> npt.NDArray[np.bool_] | None:
        """Which of a block's numbers stand for no word."""
        known = np.isin(block, list(self._codes.values()))
        return None if known.all() else ~known

    def shown(self, value: Any) -> str:
        """The body's value as the word it was."""
        return self.words[self.numbers.index(float(value))] if self.numbers else str(value)


class _SingleCell:
    """What the types below have in common: one cell, never worked along a range."""

    takes_range: ClassVar[bool] = True
    example: str

    def _cell(self, value: Any, name: str, wanted: type | tuple[type, ...]) -> Any:
        value = single_cell(value)
        refuse_error(value, name)
        if not isinstance(value, wanted):
            shown = f"a range of {len(value)} rows" if is_range(value) else show(value)
            raise CellProblem(CellError.VALUE, f"{name} is {shown}: {self.example}")
        return value

    def shown(self, value: Any) -> str:
        """The body's value as a person would read it back."""
        return str(value)


@dataclass(frozen=True)
class Boolean(_SingleCell):
    """TRUE or FALSE; a number counts as TRUE unless it is 0, as in a spreadsheet."""

    label: str = "truth value"
    unit: ClassVar[str] = "TRUE or FALSE"
    example: str = "type TRUE or FALSE"
    domain: ClassVar[str] = "TRUE or FALSE"

    def parse(self, value: Any, name: str) -> bool:
        """The cell as a truth value, or the CellProblem it is."""
        return bool(self._cell(value, name, (bool, int, float, np.bool_)))


@dataclass(frozen=True)
class Text(_SingleCell):
    """Any text."""

    label: str
    example: str
    unit: ClassVar[str] = "text"
    domain: ClassVar[str] = "text"

    def parse(self, value: Any, name: str) -> str:
        """The cell's text, or the CellProblem it is."""
        return str(self._cell(value, name, str))
