"""What an action does to a workbook: edits of input cells, and words for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from addin.package.errors import PackageError


class ActionError(PackageError):
    """What is asked for cannot be done; one line that says what to do instead."""


def no_column(table: str, header: str) -> ActionError:
    """A table lacks a column."""
    return ActionError(
        f"the table {table} has no column {header}: put it back, or bring the workbook up to date"
        " with isomargin upgrade"
    )


def no_name(name: str) -> ActionError:
    """A workbook lacks a name."""
    return ActionError(
        f"the workbook has nothing called {name}: bring it up to date with isomargin upgrade, or"
        " start from a new one with isomargin new"
    )


@dataclass(frozen=True, slots=True)
class SetCell:
    """Put a value into a table's input cell; None empties it. Data rows count from 1."""

    table: str
    row: int
    header: str
    value: object


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Write new rows, by header, behind the last filled one; the table grows where it is full."""

    table: str
    rows: Collection[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class RemoveRows:
    """Take data rows out, counted from 1; the inputs of the rows below them move up."""

    table: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplaceRows:
    """Put rows in the place of all that a table's input cells hold, from its first row on.

    Blank rows among them stay blank; the table grows for them and never becomes shorter.
    """

    table: str
    headers: tuple[str, ...]  # the columns that are written
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class PutFormula:
    """Put a formula into a cell of a sheet; ``array`` is the range of one that fills several."""

    sheet: str
    address: str
    formula: str  # as the file has it, without "="
    array: str = ""


@dataclass(frozen=True, slots=True)
class SetName:
    """Put a value into the cell that a defined name stands for."""

    name: str
    value: object


Edit: TypeAlias = SetCell | AppendRows | RemoveRows | ReplaceRows | PutFormula | SetName


@dataclass(frozen=True, slots=True)
class Changes:
    """Edits, applied in their order, and what they come to.

    Row numbers of `SetCell` and `RemoveRows` are those of the snapshot that the action saw: the
    applier sets cells first, then replaces and appends rows, then removes rows, table by table.
    """

    edits: tuple[Edit, ...] = ()
    words: tuple[str, ...] = ()  # for people, one line each
    warnings: tuple[str, ...] = field(default=())  # what somebody should look into

    def __add__(self, other: Changes) -> Changes:
        """Both, one after the other."""
        return Changes(
            self.edits + other.edits, self.words + other.words, self.warnings + other.warnings
        )

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.edits)
