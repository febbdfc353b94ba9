"""A workbook with three ideas in numbers that can be worked out by hand, and ways to look in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from udfs import catalogue
from workbook import bundled
from workbook.actions.package import apply, snapshot
from workbook.fill import fill
from workbook.inputs import from_toml
from workbook.journal.open_trade import NAMES, TABLES, find_planned, take

# 2% of 10,000 is 200: 50 ETH with a stop 4 away, 2,000 OP with one 0.10 away, 40 SOL with 5.
IDEAS = """
[account]
equity = 10000
as_of = 2026-11-20T09:00:00
[[venues]]
name = "Here"
max_leverage = 50
maintenance_rate = 0
liquidation_penalty = 0
fee_rate = 0
spread = 0
funding_rate = 0.0001
funding_hours = 8
borrow_rate = 0
model = "mark"
remainder = "trader"
as_of = 2026-11-01
[[plans]]
symbol = "ETH"
side = "long"
venue = "Here"
entry = 100
stop = 96
days = 7
reason = "range low held"
[[plans]]
symbol = "OP"
side = "short"
venue = "Here"
entry = 2
stop = 2.1
days = 2
leverage = 5
[[plans]]
symbol = "SOL"
side = "long"
venue = "Here"
entry = 150
stop = 145
days = 5
"""


@pytest.fixture(scope="session")
def planned() -> bytes:
    return fill(bundled.template(), from_toml(IDEAS, "ideas.toml")).to_bytes()


@pytest.fixture
def book(planned: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "my.xlsx"
    path.write_bytes(planned)
    return path


@pytest.fixture(scope="session")
def taken_book(planned: bytes) -> bytes:
    package = Package.open(planned)
    seen = snapshot(package, TABLES, NAMES, open_book(package, catalogue).formula_values())
    at = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
    apply(package, take(seen, find_planned(seen, "1"), at))
    return open_book(package, catalogue).to_bytes()


@pytest.fixture
def taken(taken_book: bytes, tmp_path: Path) -> Path:
    """The workbook with ETH taken at half past nine on 20 November."""
    path = tmp_path / "my.xlsx"
    path.write_bytes(taken_book)
    return path


class View:
    """A workbook's cells by table and header, or by name; computed anew."""

    def __init__(self, source: Path | bytes, *, stored: bool = False) -> None:
        self.package = Package.open(source)
        self.book: EmbeddedBook | None = None if stored else open_book(self.package, catalogue)

    def at(self, sheet: str, address: str) -> Any:
        return (self.book or self.package).value(sheet, address)

    def cell(self, table: str, header: str, row: int = 1) -> Any:
        """A table's cell; rows count from 1."""
        found = self.package.table(table)
        column = found.column(header)
        assert column is not None, header
        return self.at(found.sheet, a1(found.first_row + row - 1, column))

    def column(self, table: str, header: str) -> list[Any]:
        """What a table's column holds, blanks left out."""
        found = self.package.table(table)
        count = found.last_row - found.first_row + 1
        values = [self.cell(table, header, row) for row in range(1, count + 1)]
        return [value for value in values if value not in (None, "")]

    def named(self, name: str) -> Any:
        sheet, area = self.package.names[name].target
        return self.at(sheet, a1(area.top, area.left))

    def statistics(self) -> dict[str, Any]:
        """What ISO_JOURNAL_STATS says on the Journal sheet, by its labels there."""
        shown = {}
        for row in range(27, 43):
            shown[str(self.at("Journal", f"B{row}"))] = self.at("Journal", f"D{row}")
        return shown

    def check(self, words: str) -> str:
        """The result of the check that has these words."""
        sheet, area = self.package.names["Check_results"].target
        found = [
            self.at(sheet, a1(row, area.left))
            for row in range(area.top, area.bottom + 1)
            if words in str(self.at(sheet, a1(row, area.left - 3)))
        ]
        assert len(found) == 1, (words, found)
        return str(found[0])


@pytest.fixture
def view() -> Callable[..., View]:
    return View


@contextmanager
def editing(path: Path) -> Iterator[Package]:
    """Change a workbook as a person does in a spreadsheet program."""
    package = Package.open(path)
    yield package
    package.save(path)


def put(package: Package, table: str, header: str, row: int, value: object) -> None:
    found = package.table(table)
    column = found.column(header)
    assert column is not None
    package.set_cell(found.sheet, a1(found.first_row + row - 1, column), value)
