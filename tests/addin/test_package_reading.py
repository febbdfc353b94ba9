from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from addin.package import Package, PackageError
from udfs import CellError

from . import books


def test_every_kind_of_value_is_read() -> None:
    book = openpyxl.Workbook()
    for column, value in enumerate(
        [1.5, "text", True, dt.datetime(2024, 1, 1, 12), " spaced ", None, 0], 1
    ):
        book.active.cell(1, column, value)
    package = Package.open(books.to_bytes(book))
    row = [package.value("Sheet", f"{letter}1") for letter in "ABCDEFG"]
    assert row == [1.5, "text", True, 45292.5, " spaced ", None, 0.0]


def test_values_that_only_other_programs_write_are_read() -> None:
    package = Package.open(
        books.with_rows(
            '<row r="1"><c r="A1" t="e"><v>#N/A</v></c>'
            '<c r="B1" t="str"><f>X</f><v>a_x000D_b</v></c>'
            '<c r="C1" t="inlineStr"><is><r><t>two </t></r><r><t>runs</t></r></is></c>'
            '<c r="D1" t="d"><v>2024-01-01T12:00:00</v></c><c r="E1" t="e"><v>#SPILL!</v></c>'
            '<c r="F1"><f>1/3</f><v></v></c></row>'
        )
    )
    values = package.values("Sheet")
    assert values == {
        "A1": CellError.NA,
        "B1": "a\rb",
        "C1": "two runs",
        "D1": 45292.5,
        "E1": CellError.VALUE,
    }


def test_cells_without_addresses_are_counted() -> None:
    package = Package.open(
        books.with_rows("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    )
    assert package.values("Sheet") == {"A1": 1.0, "B1": 2.0, "A2": 3.0}


def test_shared_formulas_are_spelled_out() -> None:
    package = Package.open(
        books.with_rows(
            '<row r="1"><c r="B1"><f t="shared" ref="B1:C2" si="0">A1*$A$1</f></c>'
            '<c r="C1"><f t="shared" si="0"/></c></row>'
            '<row r="2"><c r="B2"><f t="shared" si="0"/></c></row>'
        )
    )
    texts = {address: formula.text for address, formula in package.formulas("Sheet").items()}
    assert texts == {"B1": "A1*$A$1", "C1": "B1*$A$1", "B2": "A2*$A$1"}


def test_sheets_tables_and_names_are_found() -> None:
    package = Package.open(books.plan())
    assert package.sheets == ["My Plan", "Bob's results"]
    table = package.table("PLAN")
    assert (table.sheet, str(table.area), table.columns[2]) == ("My Plan", "A1:E6", "Size [#]")
    assert (table.first_row, table.last_row, table.column("ENTRY")) == (2, 6, 2)
    target = package.names["Entries"].target
    assert target is not None
    assert (target[0], str(target[1])) == ("My Plan", "B2:B6")


def test_array_formulas_know_their_range() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = ArrayFormula("A1:B3", "=SUM(C1:C3)")
    formula = Package.open(books.to_bytes(book)).formulas("Sheet")["A1"]
    assert (str(formula.array), formula.dynamic) == ("A1:B3", False)


def test_sheet_names_do_not_care_for_case_and_unknown_ones_are_listed() -> None:
    package = Package.open(books.plan())
    assert package.sheet("my PLAN").name == "My Plan"
    with pytest.raises(PackageError, match="there are My Plan, Bob's results"):
        package.sheet("Trades")
    with pytest.raises(PackageError, match="no table 'Deals': there are Plan"):
        package.table("Deals")


def test_old_mac_dates_count_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = dt.datetime(1904, 1, 1)
    package = Package.open(books.to_bytes(book))
    package.set_cell("Sheet", "A1", dt.date(1904, 1, 3))
    assert package.value("Sheet", "A1") == 2.0
