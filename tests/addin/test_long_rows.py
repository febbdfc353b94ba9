"""Long blocks of plain rows: read as columns, and the same workbook as with elements."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table

from addin.embedded import open_book
from addin.embedded.unread import unread_columns
from addin.package import Package
from addin.package.long_rows import LEAST, split_rows
from udfs import catalogue

from . import books

ROWS = LEAST + 200
WORDS = ["buy", "sell", "=1+1", "a<b & c", " spaced ", "_x000D_", None, "größer"]
NUMBERS: list[Any] = [1, 2.5, -1e-9, True, None, "7", dt.datetime(2026, 11, 1, 12)]

Change = Callable[[Any], None]


def long_book(change: Change = lambda sheet: None, formula: str = "=COUNTA(Log[Id])") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Fills"
    sheet.append(["Id", "Word", "Number"])
    for at in range(ROWS):
        sheet.append([f"id {at}", WORDS[at % len(WORDS)], NUMBERS[at % len(NUMBERS)]])
    sheet.add_table(Table(displayName="Log", ref=f"A1:C{ROWS + 1}"))
    for row in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].number_format = "0.00"
        if row[0].offset(column=-1).value == "=1+1":
            row[0].offset(column=-1).data_type = "s"  # text, whatever it begins with
    book.create_sheet("Sums")["A1"] = formula
    change(sheet)
    return books.to_bytes(book)


def hidden(sheet: Any) -> None:
    sheet.row_dimensions[1500].hidden = True


def coloured(sheet: Any) -> None:
    sheet["B2000"].fill = PatternFill("solid", fgColor="FFFF00")


def computed(sheet: Any) -> None:
    sheet["B2500"] = "=1+1"


def with_a_gap(sheet: Any) -> None:
    sheet["E5000"] = "far below"


def test_the_rows_are_columns_and_hold_what_elements_hold() -> None:
    data = long_book()
    tab, made = Package(data).sheet("Fills"), Package(data).sheet("Fills")
    assert tab.grown is not None
    assert tab.last_row == ROWS + 1
    made.make_elements()
    assert made.grown is None
    for row in range(1, ROWS + 2):
        for column in (1, 2, 3, 4):
            assert tab.value(row, column) == made.value(row, column)
    assert tab.grown is not None, "reading made elements of them"


def test_nothing_that_was_not_changed_is_written_anew() -> None:
    data = long_book()
    package = Package(data)
    package.sheet("Fills")
    package.set_cell("Sums", "B1", 5)
    assert books.changed_parts(data, package.to_bytes()) == {"xl/worksheets/sheet2.xml"}


@pytest.mark.parametrize("change", [hidden, coloured, computed, with_a_gap])
def test_rows_that_are_not_alike_are_read_as_always(change: Change) -> None:
    package = Package(long_book(change))
    assert package.long_rows("Fills") is None
    assert package.value("Fills", "A3000") == "id 2998"


@pytest.mark.parametrize(
    "attributes",
    [
        ' spans="1:3" ht="21" customHeight="1" x14ac:dyDescent="0.25"',
        ' customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0"'
        ' collapsed="false"',
    ],
)
def test_rows_as_excel_and_libreoffice_write_them_are_columns(attributes: str) -> None:
    part = books.parts(long_book())["xl/worksheets/sheet1.xml"].decode()
    written = re.sub(r'<row r="(\d+)">', rf'<row r="\1"{attributes}>', part)
    split = split_rows(written.encode(), [])
    assert split is not None
    assert split[1].last == ROWS + 1
    assert split_rows(written.replace('hidden="false"', 'hidden="true"').encode(), []) is None or (
        "hidden" not in attributes
    )


@pytest.mark.parametrize("at_once", [True, False])
def test_rows_are_added_changed_and_read_again(at_once: bool) -> None:
    package = Package(long_book())
    if not at_once:
        package.sheet("Fills").make_elements()
    more = [{1: f"new {at}", 2: "=evil()", 3: float(at)} for at in range(50)]
    package.put_rows("Log", ROWS + 2, more)
    package.set_cell("Fills", "B2000", "typed")
    package.set_cell("Fills", "C2001", None)
    grown = package.sheet("Fills").grown
    assert grown is not None
    assert (grown.first < 100) == at_once
    data = package.to_bytes()
    assert Package(data).table("Log").last_row == ROWS + 51
    sheet = books.reopened(data)["Fills"]
    assert [cell.value for cell in sheet[ROWS + 51]][:3] == ["new 49", "=evil()", 49]
    assert sheet.cell(ROWS + 51, 2).data_type == "s", "text became a formula"
    assert sheet["B2000"].value == "typed"
    assert sheet["C2001"].value is None
    assert sheet["A2001"].value == "id 1999"


def test_only_the_columns_that_formulas_read_go_to_the_engine() -> None:
    package = Package(long_book())
    assert unread_columns(package) == {"Fills": frozenset({2, 3})}
    assert open_book(package, catalogue).value("Sums", "A1") == ROWS


@pytest.mark.parametrize(
    "formula",
    ["=SUM(Fills!C2:C9)", "=ROWS(Log)", "=COUNTA(Log[[Id]:[Word]])", '=INDIRECT("Fills!A2")',
     "=COUNT(log[#All])", "=SUM('Fills'!C:C)", "=COUNTA(OFFSET(A1,1,1))"],
)  # fmt: skip
def test_where_formulas_may_read_any_cell_all_of_them_go(formula: str) -> None:
    assert unread_columns(Package(long_book(formula=formula))) == {}
