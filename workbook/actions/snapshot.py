"""What an action sees of a workbook: tables and named cells, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from addin.package.values import Value
from workbook.actions.edits import ActionError, no_column


@dataclass(frozen=True)
class TableData:
    """A table's cells. Data rows count from 1; blank rows at the end may be left out."""

    name: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    computed: frozenset[str] = frozenset()  # headers of the columns that hold formulas
    room: int | None = None  # data rows that it has now, blank ones too; None: not known
    _at: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._at.update({header.casefold(): at for at, header in enumerate(self.headers)})

    def has(self, header: str) -> bool:
        """Whether the table has that column; upper and lower case are one."""
        return header.casefold() in self._at

    def need(self, headers: Iterable[str]) -> None:
        """Make sure that the columns are there."""
        for header in headers:
            self._column(header)

    def value(self, row: int, header: str) -> Value:
        """What a cell holds; text that is nothing but spaces is nothing."""
        value = self.rows[row - 1][self._column(header)] if row <= len(self.rows) else None
        return None if isinstance(value, str) and not value.strip() else value

    def number(self, row: int, header: str) -> float | None:
        """A cell's number, or None where it holds none."""
        value = self.value(row, header)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return float(value)

    def text(self, row: int, header: str) -> str:
        """A cell's text; a whole number reads as one, a blank cell as ""."""
        value = self.value(row, header)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value)

    def filled(self) -> Iterator[int]:
        """The data rows in which somebody has typed anything."""
        typed = [at for at, header in enumerate(self.headers) if header not in self.computed]
        for row, cells in enumerate(self.rows, 1):
            if any(cells[at] is not None and cells[at] != "" for at in typed):
                yield row

    def column(self, header: str) -> list[Value]:
        """What a column holds, from the first row to the last one that is filled."""
        at = self._column(header)
        return [cells[at] for cells in self.rows]

    def records(self) -> Iterator[dict[str, Value]]:
        """The rows by header."""
        return (self.record(row) for row in range(1, len(self.rows) + 1))

    def record(self, row: int) -> dict[str, Value]:
        """A row by header."""
        return dict(zip(self.headers, self.rows[row - 1], strict=True))

    def _column(self, header: str) -> int:
        at = self._at.get(header.casefold())
        if at is None:
            raise no_column(self.name, header)
        return at


@dataclass(frozen=True)
class Snapshot:
    """The tables and named cells that an action needs."""

    tables: Mapping[str, TableData] = field(default_factory=dict)
    names: Mapping[str, Value] = field(default_factory=dict)

    def table(self, name: str) -> TableData:
        """A table that must be there."""
        found = self.tables.get(name)
        if found is None:
            raise ActionError(
                f"the workbook has no table {name}: make one with isomargin new or isomargin fill"
            )
        return found

    def number(self, name: str) -> float | None:
        """The number in a named cell, or None where it holds none."""
        value = self.names.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return float(value)
