"""The form in which a workbook's formulas are kept ready; see `prepared`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from addin.engine import Formulas
from addin.package import Package
from addin.package.package import DefinedName
from addin.package.tables import PackageTable
from addin.package.values import Value, error_from_text
from udfs.errors import CellError

FORMAT = 5
# Numbers of rows from here on stand for the last row of a table; nobody's formulas name them.
LAST_ROWS = 1_040_000
# A value as JSON has it: an error is a list of its one text.
Plain: TypeAlias = float | bool | str | list[str] | None


class Group(NamedTuple):
    """Cells below each other with one formula, and what the file has for them."""

    column: int
    first: int
    last: int
    text: str  # as the engine gets it
    may_be_array: bool
    is_run: bool
    reads: list[int]  # numbers of blocks
    shown: list[Plain]  # in the template as built; one value where all are the same

    @property
    def values(self) -> list[Value]:
        """What the file has the cells show, from the first to the last."""
        found = [error_from_text(one[0]) if type(one) is list else one for one in self.shown]
        return found * (self.last - self.first + 1) if len(found) == 1 else found  # type: ignore[return-value]


class Array(NamedTuple):
    """An array formula."""

    row: int
    column: int
    as_filed: str
    block: list[int]
    dynamic: bool
    text: str
    reads: list[int]


def plain_values(values: Sequence[Value]) -> list[Plain]:
    """What `Group.values` reads."""
    found: list[Plain] = [
        [value.value] if isinstance(value, CellError) else value for value in values
    ]
    alike = all(type(one) is type(found[0]) and one == found[0] for one in found)
    return found[:1] if alike else found


def names_of(package: Package) -> list[DefinedName]:
    """The names but for the spreadsheet program's own, such as what is printed."""
    return [name for name in package.all_names if not name.name.startswith("_xl")]


def shape(table: PackageTable) -> list[Any]:
    """What a table is, but for its length."""
    area = table.area
    return [table.name, table.sheet, area.top, area.left, list(table.columns),
            table.header_rows, table.totals_rows]  # fmt: skip


def mark_of(formulas: Formulas) -> str:
    """A mark of our formulas' names and kinds of results."""
    told = [f"{name}:{getattr(one, 'result', '')}" for name, one in sorted(formulas.items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
