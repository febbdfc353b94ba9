"""What an action did to a workbook in Excel, as it can be taken back.

Excel forgets its own undo when a macro writes. So every change is kept: a failure half way takes
them back, and so does the button Undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from addin.package.addresses import Area
from addin.package.values import Value
from workbook.actions.live import LiveTable


@dataclass(frozen=True)
class Written:
    """Cells below each other, with what stood there before."""

    sheet: str
    row: int
    column: int
    before: tuple[Value, ...]
    after: tuple[Value, ...]


@dataclass(frozen=True)
class Computing:
    """A formula put into a cell or, as an array, into several, with what stood there before."""

    sheet: str
    block: Area
    before: tuple[tuple[Value, ...], ...]
    computed: frozenset[tuple[int, int]]  # the cells of `before` that are texts of formulas
    array: str  # the array formula that filled the cells before, "" where none did


@dataclass(frozen=True)
class Grown:
    """Rows that a table was given, and what the names meant that reached to its end."""

    table: LiveTable
    rows: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class Unprotected:
    """A sheet whose protection was taken off, and how it was protected."""

    sheet: str
    options: Mapping[str, bool]


Step: TypeAlias = Written | Computing | Grown | Unprotected


@dataclass(frozen=True)
class Done:
    """One action: what it is called, and its steps."""

    title: str
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """Its title without our own name."""
        return self.title.partition(": ")[2]
