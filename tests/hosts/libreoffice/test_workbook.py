"""The template itself in LibreOffice: the same values as the embedded engine's, edit by edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.libreoffice.driver import LibreOffice, calculate
from addin.libreoffice.host import Tools
from addin.package import Package
from addin.package.addresses import a1
from tests.hosts.libreoffice.differences import same_in_workbook
from udfs import catalogue

ROOM = Path(__file__).parents[3] / "workbook"
BOOKS = ("isomargin.xlsx", "blank.xlsx")


def _differing(
    book: EmbeddedBook, shown: dict[tuple[str, str], Any], *, blank_input: bool = False
) -> list[str]:
    differing = []
    for (sheet, address), computed in book.formula_values().items():
        there = shown.get((sheet, address), "")
        if not same_in_workbook(computed, there, blank_input=blank_input):
            differing.append(f"{sheet}!{address}: engine {computed!r}, LibreOffice {there!r}")
    return differing


@pytest.mark.parametrize("name", BOOKS)
def test_every_formula_cell_agrees(office: LibreOffice, name: str) -> None:
    content = (ROOM / name).read_bytes()
    book = open_book(content, catalogue)
    office.open(content)
    office.recalculate()
    assert len(book.formula_values()) > 1000
    assert not _differing(book, office.all_values())


# What a person does on the sheets: a cell by its table's column and row, or by its name.
EDITS: list[tuple[str, int, object]] = [
    ("Account_equity", 0, 25_000.0),
    ("Risk_per_trade", 0, 0.01),
    ("Plan[Entry]", 1, 101.5),
    ("Plan[Stop]", 1, 95.0),
    ("Plan[Side]", 1, "short"),  # the stop is now on the wrong side
    ("Plan[Side]", 1, "LONG"),
    ("Plan[Leverage]", 1, 60.0),  # liquidated before the stop
    ("Plan[Leverage]", 1, None),
    ("Plan[Volatility]", 2, 0.12),
    ("Plan[Days]", 2, 30.0),
    ("Plan[Venue]", 2, "no such venue"),
    ("Plan[Venue]", 2, "Platform A"),
    ("Plan[Stop]", 1, None),
    ("Plan[Entry]", 1, "about 100"),
    ("Plan[Entry]", 1, 100.0),
    ("Plan[Stop]", 1, 96.0),
    ("Trade_row", 0, 2.0),
    ("Exit_basis", 0, "price"),
    ("Trail", 0, 0.05),
    ("Soft_at", 0, 0.5),
    ("Hard_mode", 0, "loss"),
    ("Venues[Maintenance rate]", 1, 0.02),
    ("Venues[Funding rate]", 1, -0.0003),
    ("Journal[Exit]", 1, 140.0),
    ("Journal[Fees]", 2, 12.5),
    ("Plan[Symbol]", 1, None),
]


def _place(package: Package, where: str, row: int) -> tuple[str, str]:
    if "[" not in where:
        target = package.names[where].target
        assert target is not None, where
        return target[0], a1(target[1].top, target[1].left)
    name, _, column = where.rstrip("]").partition("[")
    table = package.table(name)
    at = table.column(column)
    assert at is not None, where
    return table.sheet, a1(table.first_row + row - 1, at)


def test_after_each_of_twenty_edits_and_more_both_hosts_agree(office: LibreOffice) -> None:
    content = (ROOM / "isomargin.xlsx").read_bytes()
    book = open_book(content, catalogue)
    office.open(content)
    before = office.all_values()
    changed = 0
    blank = False
    for where, row, value in EDITS:
        sheet, address = _place(book.package, where, row)
        book.set(sheet, address, value)
        book.recalculate()
        office.set(sheet, address, value)  # type: ignore[arg-type]
        office.recalculate()
        after = office.all_values()
        # The stop stays blank for the two edits after it.
        blank = (where, value) == ("Plan[Stop]", None) or (blank and where != "Plan[Stop]")
        assert not _differing(book, after, blank_input=blank), (where, value)
        changed += after != before
        before = after
    assert len(EDITS) >= 20
    assert changed == len(EDITS), "an edit changed nothing: it tests nothing"


def test_typing_alone_brings_the_results_up_to_date(office: LibreOffice) -> None:
    """Without a full recalculation: LibreOffice knows what depends on what."""
    content = (ROOM / "isomargin.xlsx").read_bytes()
    book = open_book(content, catalogue)
    office.open(content)
    office.recalculate()
    sheet, address = _place(book.package, "Plan[Entry]", 1)
    book.set(sheet, address, 103.0)
    book.recalculate()
    office.set(sheet, address, 103.0)
    assert not _differing(book, office.all_values())


def test_a_book_saved_by_libreoffice_computes_the_same_elsewhere(
    office: LibreOffice, tmp_path: Path
) -> None:
    content = (ROOM / "isomargin.xlsx").read_bytes()
    office.open(content)
    office.recalculate()
    shown = office.all_values()
    office.save_as(tmp_path / "saved.xlsx")
    saved = Package.open(tmp_path / "saved.xlsx")
    original = Package(content)
    for name in original.sheets:
        ours = _formula_names(original, name)
        assert _formula_names(saved, name) == ours, name
    assert shown


def _formula_names(package: Package, sheet: str) -> dict[tuple[int, int], list[str]]:
    """The catalogue's formulas in each cell that uses any."""
    return {
        at: names
        for at, formula in package.sheet(sheet).formulas.items()
        if (names := [name for name in catalogue if f"{name}(" in formula.text])
    }


def test_computing_changes_nothing_but_stored_values(tools: Tools) -> None:
    content = (ROOM / "isomargin.xlsx").read_bytes()
    package = Package(content)
    sheet, address = _place(package, "Account_equity", 0)
    package.set_cell(sheet, address, 20_000)
    edited = package.to_bytes()
    computed = Package(calculate(edited, tools))
    before = Package(edited)
    assert computed.part_names == before.part_names
    sheets = set(before.sheet_parts.values())
    for part in before.part_names:
        if part not in sheets:
            assert computed.part(part) == before.part(part), part
    book = open_book(edited, catalogue)
    stored = {
        (name, cell): value
        for name in computed.sheets
        for cell, value in computed.values(name).items()
    }
    assert not _differing(book, stored)
    assert calculate(computed.to_bytes(), tools) == computed.to_bytes()
