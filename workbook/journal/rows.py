"""A table of a workbook, row by row and by header; columns may stand in any order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from addin.package import Package, PackageError, Value
from addin.package.addresses import a1
from addin.package.values import serial
from workbook.actions import Edit, SetName, Snapshot
from workbook.template.spec import SERIAL_FROM, SERIAL_TO

_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


class JournalError(PackageError):
    """What is asked of the journal cannot be done; one line that says what to do instead."""


class Rows:
    """The rows of one table."""

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name

    @property
    def numbers(self) -> range:
        """The sheet rows of the data."""
        table = self.package.table(self.name)
        return range(table.first_row, table.last_row + 1)

    def value(self, row: int, header: str) -> Value:
        """What a cell holds; text that is nothing but spaces is nothing."""
        table = self.package.table(self.name)
        value = self.package.value(table.sheet, a1(row, self._column(header)))
        return None if isinstance(value, str) and not value.strip() else value

    def number(self, row: int, header: str) -> float | None:
        """A cell's number, or None where it holds none."""
        value = self.value(row, header)
        return float(value) if isinstance(value, (int, float)) and value is not True else None

    def filled(self) -> Iterator[int]:
        """The sheet rows in which somebody has typed anything."""
        return (row for row in self.numbers if not self._is_blank(row))

    def need(self, headers: Iterable[str]) -> None:
        """Make sure that the columns are there."""
        for header in headers:
            self._column(header)

    def records(self) -> Iterator[dict[str, Value]]:
        """The filled rows as what each column holds; the quick way through a long table."""
        table = self.package.table(self.name)
        tab = self.package.sheet(table.sheet)
        columns = list(enumerate(table.columns, start=table.area.left))
        for row in self.filled():
            yield {header: tab.value(row, column) for column, header in columns}

    def _column(self, header: str) -> int:
        column = self.package.table(self.name).column(header)
        if column is None:
            raise JournalError(
                f"the table {self.name} has no column {header}: put it back, or start from a new"
                " workbook with isomargin new"
            )
        return column

    def _is_blank(self, row: int) -> bool:
        table = self.package.table(self.name)
        tab = self.package.sheet(table.sheet)
        for column in range(table.area.left, table.area.right + 1):
            if (row, column) in tab.formulas:
                continue
            value = tab.value(row, column)
            if value is not None and value != "":
                return False
        return True


def as_serial(moment: dt.datetime) -> float:
    """A moment as a sheet has it; one without a time zone is UTC."""
    utc = moment if moment.tzinfo is None else moment.astimezone(dt.UTC)
    days = serial(utc.replace(tzinfo=None))
    if not SERIAL_FROM <= days <= SERIAL_TO:
        raise JournalError(f"{moment:%Y-%m-%d} is no day to trade on: give one like 2026-11-21")
    return days


def as_moment(days: float) -> dt.datetime:
    """A sheet's moment, to the second."""
    return _EPOCH + dt.timedelta(seconds=round(days * 86_400))


def in_words(days: float) -> str:
    """A sheet's moment for people: 2026-11-21 18:00."""
    return f"{as_moment(days):%Y-%m-%d %H:%M}"


def moved_as_of(seen: Snapshot, days: float) -> tuple[Edit, ...]:
    """Let the book be read at a later moment; never at an earlier one."""
    if "As_of" in seen.names and (seen.number("As_of") or 0.0) < days:
        return (SetName("As_of", days),)
    return ()
