from __future__ import annotations

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from addin.package import Package, PackageError
from udfs import CellError

from . import books


def test_new_rows_look_and_compute_like_the_last_one() -> None:
    package = Package.open(books.plan(rows=5))
    package.grow_table("Plan", 8)
    sheet = books.reopened(package.to_bytes())["My Plan"]
    assert sheet.tables["Plan"].ref == "A1:E9"
    for row in (7, 8, 9):
        assert [sheet.cell(row, column).value for column in range(1, 6)] == [
            None,
            None,
            None,
            "=ISO_DOUBLE(Plan[[#This Row],[Entry]])",
            f"=B{row}+C{row}+$B$2+SUM(B$2:B{row})",
        ]
        assert sheet.cell(row, 1).font.bold
        assert sheet.row_dimensions[row].height == 21


def test_what_reached_the_last_row_reaches_the_new_one() -> None:
    package = Package.open(books.plan(rows=5))
    package.grow_table("Plan", 8)
    book = books.reopened(package.to_bytes())
    sheet = book["My Plan"]
    assert sheet.tables["Plan"].autoFilter.ref == "A1:E9"
    assert str(sheet.data_validations.dataValidation[0].sqref) == "A2:A9"
    formats = {str(block.sqref) for block in sheet.conditional_formatting}
    assert formats == {"B2:B9 D2:D9", "G1:G3"}
    assert book.defined_names["Entries"].attr_text == "'My Plan'!$B$2:$B$9"


def test_only_sheet_table_and_names_change() -> None:
    data = books.plan()
    package = Package.open(data)
    package.grow_table("Plan", 8)
    changed = books.changed_parts(data, package.to_bytes())
    assert changed == {"xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"}


def test_a_table_that_is_long_enough_stays() -> None:
    data = books.plan(rows=5)
    package = Package.open(data)
    package.grow_table("Plan", 5)
    package.grow_table("Plan", 1)
    assert package.to_bytes() == data


def test_growing_twice_is_growing_once() -> None:
    data = books.plan()
    once, twice = Package.open(data), Package.open(data)
    once.grow_table("Plan", 9)
    twice.grow_table("Plan", 7)
    twice.grow_table("Plan", 9)
    assert once.to_bytes() == twice.to_bytes()


def test_cells_beside_the_new_rows_stay_and_stand_in_order() -> None:
    book = books.reopened(books.plan(rows=2))
    book["My Plan"]["G5"] = "right"
    book["My Plan"]["G20"] = "far below"
    package = Package.open(books.to_bytes(book))
    package.grow_table("Plan", 6)
    package.set_cell("My Plan", "A5", "short")
    sheet = package.sheet("My Plan")
    assert [int(row.get("r")) for row in sheet.data] == [1, 2, 3, 4, 5, 6, 7, 20]
    assert [cell.get("r") for cell in sheet.rows[5]] == ["A5", "B5", "C5", "D5", "E5", "G5"]
    reopened = books.reopened(package.to_bytes())["My Plan"]
    assert (reopened["G5"].value, reopened["G20"].value) == ("right", "far below")


def test_inputs_can_be_set_in_new_rows() -> None:
    package = Package.open(books.plan(rows=1))
    package.grow_table("Plan", 3)
    package.set_cell("My Plan", "A4", "short")
    package.set_cell("My Plan", "B4", 99)
    with pytest.raises(PackageError, match="holds a formula"):
        package.set_cell("My Plan", "D4", 1)
    sheet = books.reopened(package.to_bytes())["My Plan"]
    assert (sheet["A4"].value, sheet["B4"].value, sheet["A4"].font.bold) == ("short", 99, True)


@pytest.mark.parametrize(("address", "value"), [("A9", "note"), ("E8", "=1+1"), ("C10", 0)])
def test_something_below_is_not_written_over(address: str, value: object) -> None:
    book = books.reopened(books.plan(rows=5))
    book["My Plan"][address] = value
    package = Package.open(books.to_bytes(book))
    with pytest.raises(PackageError, match=f"the cell {address} is in the way"):
        package.grow_table("Plan", 9)
    package.grow_table("Plan", 6)


def test_another_table_or_a_merged_cell_below_is_in_the_way() -> None:
    book = books.reopened(books.plan(rows=2))
    sheet = book["My Plan"]
    sheet["B6"], sheet["B7"] = "Head", 1
    sheet.add_table(Table(displayName="Other", ref="B6:B7"))
    package = Package.open(books.to_bytes(book))
    with pytest.raises(PackageError, match="the table Other is in the way"):
        package.grow_table("Plan", 9)
    book = books.reopened(books.plan(rows=2))
    book["My Plan"].merge_cells("B6:C6")
    package = Package.open(books.to_bytes(book))
    with pytest.raises(PackageError, match="the merged cell B6:C6 is in the way"):
        package.grow_table("Plan", 9)


def test_a_totals_row_has_to_go_first() -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], ["Total", "=SUM(B2)"]):
        book.active.append(row)
    book.active.add_table(Table(displayName="T", ref="A1:B3", totalsRowCount=1))
    package = Package.open(books.to_bytes(book))
    with pytest.raises(PackageError, match="has a totals row"):
        package.grow_table("T", 3)


def test_a_table_cannot_grow_past_the_sheet() -> None:
    package = Package.open(books.plan())
    with pytest.raises(PackageError, match="the sheet ends"):
        package.grow_table("Plan", 1_048_576)


def test_the_list_of_formula_cells_is_dropped() -> None:
    data = books.plan()
    types = books.parts(data)["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.calcChain+xml"/></Types>',
    )
    links = books.parts(data)["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/calcChain" Target="calcChain.xml"/></Relationships>',
    )
    chain = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    package = Package.open(
        books.with_parts(
            data,
            {
                "[Content_Types].xml": types,
                "xl/_rels/workbook.xml.rels": links,
                "xl/calcChain.xml": chain,
            },
        )
    )
    package.grow_table("Plan", 9)
    after = books.parts(package.to_bytes())
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_a_table_grows_to_ten_thousand_wide_rows() -> None:
    package = Package.open(books.wide_table(rows=3))
    package.grow_table("Wide", 10_000)
    assert str(package.table("Wide").area) == "A1:AI10001"
    assert len(package.sheet("Plan").rows) == 10_001


def test_rows_put_at_once_are_those_put_cell_by_cell() -> None:
    """Inputs of new rows become text before the parser sees them, those of old ones elements."""
    texts = ["long", "=1+1", " <a & b> ", "line\r\nnext", "_x000D_\x07", 'say "x"', ""]
    values = [*texts, 0.1, -0.0, 1e-300, True, None, CellError.NA]
    data = books.plan(rows=3)
    by_cell, at_once = Package.open(data), Package.open(data)
    by_cell.grow_table("Plan", 3 + len(values))
    for row, value in enumerate(values, 5):
        by_cell.set_cell("My Plan", f"A{row}", value)
        by_cell.set_cell("My Plan", f"B{row}", 7.5)
    at_once.put_rows("Plan", 5, [{1: value, 2: 7.5} for value in values])
    assert at_once.to_bytes() == by_cell.to_bytes()
