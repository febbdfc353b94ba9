"""What computes a workbook, whichever engine it is; and what a formula looks like to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from addin.package.values import Value
from udfs.errors import CellError, IsomarginError

Rows: TypeAlias = list[list[Value]]
Address: TypeAlias = tuple[str, str]  # sheet and cell: ("Plan", "C12")

# Called with what is being done, how much of it is done, and how much there is.
Progress: TypeAlias = Callable[[str, int, int], None]
Formulas: TypeAlias = Mapping[str, Any]


class FormulaSyntaxError(IsomarginError, ValueError):
    """A formula that no spreadsheet would take: the words say what is wrong with it."""


class ErrorCell(NamedTuple):
    """A formula that shows an error."""

    sheet: str
    cell: str
    error: CellError
    # Why, where the engine knows more than the error says; else "".
    reason: str


class KeptCell(NamedTuple):
    """A formula whose value in the file was kept, as the engine cannot know it."""

    sheet: str
    cell: str
    reason: str  # what the engine cannot do: "the function CUBEVALUE"


class Book(Protocol):
    """An opened workbook whose formulas are computed."""

    @property
    def calls(self) -> Counter[str]:
        """How often each of our formulas was called; ``clear()`` starts again."""
        ...

    def value(self, sheet: str, address: str) -> Value:
        """What a cell shows."""
        ...

    def formula_values(self) -> dict[Address, Value]:
        """What every formula shows; array formulas in all their cells."""
        ...

    def results(self) -> Mapping[Address, Value]:
        """The same, without a dictionary of a million values."""
        ...

    def errors(self) -> list[ErrorCell]:
        """The formulas that show an error."""
        ...

    def set(self, sheet: str, address: str, value: object) -> None:
        """Change an input."""
        ...

    def recalculate(self) -> None:
        """Compute what depends on the changed inputs."""
        ...

    def to_bytes(self) -> bytes:
        """The workbook file with the inputs and the computed values in it."""
        ...
