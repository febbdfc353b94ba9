"""Tables by row and header, named cells, dates as the file counts them."""

from __future__ import annotations

import datetime as dt
import io
import math

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from addin.package import Package, PackageError, TableRows
from addin.package.values import from_serial, serial


@pytest.fixture
def package() -> Package:
    """Trades in C3:E6; the columns are not in the order people ask for them."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Log"
    rows = [
        ("Price", "Symbol", "Twice"),
        (2.5, "OP", "=C4*2"),
        (None, "  ", "=C5*2"),
        (None, None, "=C6*2"),
    ]
    for at, row in enumerate(rows, 3):
        for column, value in enumerate(row, 3):
            sheet.cell(at, column, value)
    sheet.add_table(Table(displayName="Trades", ref="C3:E6"))
    sheet["A1"] = 7
    book.defined_names["Start"] = DefinedName("Start", attr_text="Log!$A$1")
    book.defined_names["Prices"] = DefinedName("Prices", attr_text="Log!$C$4:$C$6")
    book.defined_names["Sum"] = DefinedName("Sum", attr_text="SUM(Log!$A$1,1)")
    out = io.BytesIO()
    book.save(out)
    return Package(out.getvalue())


def test_a_cell_by_row_and_header(package: Package) -> None:
    table = package.table("trades")
    assert table.cell(4, "symbol") == "D4"
    assert table.need("Price") == 3
    with pytest.raises(PackageError, match=r"Trades has no column Stop.*isomargin new"):
        table.cell(4, "Stop")


def test_values_are_read_by_header(package: Package) -> None:
    rows = TableRows(package, "Trades")
    assert list(rows.numbers) == [4, 5, 6]
    assert rows.value(4, "Symbol") == "OP"
    assert rows.value(5, "Symbol") is None, "spaces are nothing"
    assert rows.number(4, "Price") == 2.5
    assert rows.number(4, "Symbol") is None
    assert rows.column("Price") == [2.5, None, None]
    assert list(rows.filled()) == [4, 5], "formulas fill no row"
    assert [record["Symbol"] for record in rows.records()] == ["OP", "  "]
    with pytest.raises(PackageError, match="no column Fee"):
        rows.need(["Price", "Fee"])


def test_a_truth_value_is_no_number(package: Package) -> None:
    rows = TableRows(package, "Trades")
    rows.put(4, "Price", True)
    assert rows.number(4, "Price") is None


def test_rows_are_added_behind_the_last_filled_one_and_the_table_grows(package: Package) -> None:
    rows = TableRows(package, "Trades")
    added = rows.extend([{"Symbol": "ARB", "Price": 1.0}, {"Symbol": "=SUM(A1)", "Price": None}])
    assert added == [6, 7]
    assert rows.append({"Price": 9.0}) == 8
    again = TableRows(Package(package.to_bytes()), "Trades")
    assert again.column("Symbol") == ["OP", "  ", "ARB", "=SUM(A1)", None]
    assert again.column("Price") == [2.5, None, 1.0, None, 9.0]
    assert again.package.formulas("Log")["E8"].text == "C8*2"
    assert "D7" not in again.package.formulas("Log"), "text from outside is never a formula"


def test_input_cells_are_written_and_emptied_and_formulas_are_not(package: Package) -> None:
    rows = TableRows(package, "Trades")
    rows.put(4, "Price", 3)
    rows.clear(4, ["Price", "Symbol"])
    assert rows.value(4, "Price") is None
    assert rows.value(4, "Symbol") is None
    with pytest.raises(PackageError, match="E4 holds a formula"):
        rows.put(4, "Twice", 1)
    with pytest.raises(PackageError, match="no column Fee"):
        rows.extend([{"Fee": 1.0}])


def test_a_named_cell_is_read_and_written(package: Package) -> None:
    assert package.named("Start") == 7.0
    package.set_named("Start", 8)
    assert Package(package.to_bytes()).value("Log", "A1") == 8.0
    assert package.named("Prices") == 2.5, "of a range the first cell"
    sheet, area = package.place("Prices")
    assert (sheet, str(area)) == ("Log", "C4:C6")


@pytest.mark.parametrize("name", ["Missing", "Sum"])
def test_a_name_that_is_no_cell_is_refused(package: Package, name: str) -> None:
    for use in (package.named, lambda n: package.set_named(n, 1)):
        with pytest.raises(PackageError, match=f"no cell called {name}"):
            use(name)


@pytest.mark.parametrize(
    ("days", "moment"),
    [
        (61.0, dt.datetime(1900, 3, 1)),
        (45292.0, dt.datetime(2024, 1, 1)),
        (45292.999988425923, dt.datetime(2024, 1, 1, 23, 59, 59)),
        (45351.0, dt.datetime(2024, 2, 29)),
        (2958465.0, dt.datetime(9999, 12, 31)),
    ],
)
def test_dates_from_1900(days: float, moment: dt.datetime) -> None:
    assert from_serial(days) == moment
    assert math.isclose(serial(moment), days, rel_tol=1e-12)
    # A workbook of 1904 counts 1,462 days fewer, Excel's own difference.
    if moment.year > 1904:
        assert from_serial(days - 1462, date1904=True) == moment
        assert math.isclose(serial(moment, date1904=True), days - 1462, rel_tol=1e-12)


def test_the_first_days_from_1904() -> None:
    assert from_serial(0, date1904=True) == dt.datetime(1904, 1, 1)
    assert serial(dt.date(1904, 1, 2), date1904=True) == 1.0


@pytest.mark.parametrize("days", [math.nan, math.inf, -1.0, 0.0, 60.0, 2958466.0])
def test_numbers_that_are_no_date_are_refused(days: float) -> None:
    with pytest.raises(PackageError, match="is no date"):
        from_serial(days)


def test_dates_before_the_count_starts_are_refused() -> None:
    with pytest.raises(PackageError, match="1 March 1900"):
        serial(dt.date(1900, 2, 28))
    with pytest.raises(PackageError, match="1 January 1904"):
        serial(dt.date(1903, 12, 31), date1904=True)
