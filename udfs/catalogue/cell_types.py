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
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from udfs.catalogue.cells import Problem, is_blank, show, single_cell
from udfs.errors import CellError
from udfs.maths.arrays import Floats


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


def _shape(value: Any) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return f"a range of {len(value)} rows"
    return show(value)
