from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from addin.package import Package, PackageError
from udfs import CellError

from . import books


def test_an_unchanged_package_is_the_same_file() -> None:
    data = books.plan()
    package = Package.open(data)
    package.values("My Plan")
    assert package.to_bytes() == data


def test_an_input_changes_its_sheet_and_nothing_else() -> None:
    data = books.plan()
    package = Package.open(data)
    package.set_cell("My Plan", "B2", 250)
    after = package.to_bytes()
    assert books.changed_parts(data, after) == {"xl/worksheets/sheet1.xml"}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert new.testzip() is None
        assert [(i.filename, i.date_time) for i in new.infolist()] == [
            (i.filename, i.date_time) for i in old.infolist()
        ]


def test_the_same_changes_give_the_same_bytes() -> None:
    data = books.plan()

    def changed() -> bytes:
        package = Package.open(data)
        package.set_cell("My Plan", "A9", "note")
        package.grow_table("Plan", 5)
        return package.to_bytes()

    assert changed() == changed()


class Streamed(io.RawIOBase):
    """A file that cannot be wound back, so that a zip writer puts sizes behind the data."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


def test_streamed_and_zip64_files_are_written_back_plainly() -> None:
    stream = Streamed()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in books.parts(books.plan()).items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(content)
    data = stream.content
    package = Package.open(data)
    package.set_cell("My Plan", "B2", 250)
    after = package.to_bytes()
    assert books.changed_parts(data, after) == {"xl/worksheets/sheet1.xml"}
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.testzip() is None
        assert not any(info.flag_bits & 0x08 or info.extra for info in archive.infolist())


def test_parts_that_only_macros_and_other_programs_know_stay() -> None:
    strange = {"xl/vbaProject.bin": bytes(range(256)) * 9, "custom/Ünïcode.bin": b"\0\1"}
    data = books.with_parts(books.plan(), strange)
    package = Package.open(data)
    package.set_cell("My Plan", "B2", 250)
    after = books.parts(package.to_bytes())
    assert {name: after[name] for name in strange} == strange


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1, 1),
        (-0.1, -0.1),
        (1e300, 1e300),
        (Decimal("0.25"), 0.25),
        (True, True),
        ("plain", "plain"),
        ("=1+1", "=1+1"),
        ("#NUM!", "#NUM!"),
        ("123", "123"),
        (" both ends ", " both ends "),
        ("<&>\"'", "<&>\"'"),
        ("two\nlines", "two\nlines"),
        ("emoji \U0001f4c8 ünï", "emoji \U0001f4c8 ünï"),
        (dt.date(2024, 1, 1), 45292),
        (dt.datetime(2024, 1, 1, 18), 45292.75),
        (None, None),
        ("", None),
    ],
)
def test_inputs_read_back_and_are_never_formulas(value: Any, read: Any) -> None:
    package = Package.open(books.simple({"B2": "old"}))
    package.set_cell("Sheet", "B2", value)
    data = package.to_bytes()
    again = Package.open(data)
    assert again.value("Sheet", "B2") == read
    assert again.formulas("Sheet") == {}
    shown = books.reopened(data)["Sheet"]["B2"]
    assert shown.value == read
    assert shown.data_type != "f"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_survives(text: str) -> None:
    package = Package.open(_ONE_CELL)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        with pytest.raises(PackageError, match="half a character"):
            package.set_cell("Sheet", "A1", text)
        return
    package.set_cell("Sheet", "A1", text)
    assert Package.open(package.to_bytes()).value("Sheet", "A1") == (text or None)


_ONE_CELL = books.simple({"A1": 1})


def test_an_emptied_cell_keeps_its_style() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 5
    book.active["A1"].font = Font(bold=True)
    package = Package.open(books.to_bytes(book))
    package.set_cell("Sheet", "A1", None)
    cell = books.reopened(package.to_bytes())["Sheet"]["A1"]
    assert (cell.value, cell.font.bold) == (None, True)


def test_new_cells_and_rows_stand_in_order() -> None:
    package = Package.open(books.simple({"B2": 1, "D2": 1, "B5": 1}))
    for address in ("C2", "A2", "E2", "B3", "A1", "B9"):
        package.set_cell("Sheet", address, 7)
    sheet = package.sheet("Sheet")
    assert [sheet_row.get("r") for sheet_row in sheet.data] == ["1", "2", "3", "5", "9"]
    assert [cell.get("r") for cell in sheet.data[1]] == ["A2", "B2", "C2", "D2", "E2"]
    package.to_bytes()
    assert sheet.root.find(f"{books.MAIN}dimension").get("ref") == "A1:E9"


@pytest.mark.parametrize("address", ["D2", "D3"])
def test_a_formula_is_never_overwritten(address: str) -> None:
    package = Package.open(books.plan())
    with pytest.raises(PackageError, match=f"My Plan!{address} holds a formula"):
        package.set_cell("My Plan", address, 1)


def test_cells_of_an_array_formula_and_table_titles_are_refused() -> None:
    package = Package.open(books.plan())
    with pytest.raises(PackageError, match="array formula in C1:F3"):
        package.set_cell("Bob's results", "D2", 1)
    with pytest.raises(PackageError, match="column title of the table Plan"):
        package.set_cell("My Plan", "A1", "Direction")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "no number"),
        (float("inf"), "no number"),
        ("x" * 32_768, "32768 characters; a cell holds 32767"),
        ([1], "cannot hold a list"),
        (dt.date(1899, 1, 1), "too early"),
    ],
)
def test_what_no_cell_can_hold_is_refused(value: Any, words: str) -> None:
    package = Package.open(books.simple({}))
    with pytest.raises(PackageError, match=f"Sheet!A1: .*{words}"):
        package.set_cell("Sheet", "A1", value)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1.5, None, "1.5"),
        (3.0, None, "3"),
        (True, "b", "1"),
        ("yes", "str", "yes"),
        (CellError.DIV0, "e", "#DIV/0!"),
        (None, None, "0"),
        (float("inf"), "e", "#NUM!"),
    ],
)
def test_results_are_written_beside_their_formula(value: Any, kind: str, text: str) -> None:
    package = Package.open(books.simple({"A1": "=X1"}))
    sheet = package.sheet("Sheet")
    sheet.set_cached(1, 1, value)
    element = sheet.row_cells(1)[1]
    assert element.get("t") == kind
    assert [child.tag.rpartition("}")[2] for child in element] == ["f", "v"]
    assert element[1].text == text


def test_the_same_result_written_otherwise_is_no_change() -> None:
    data = books.with_rows('<row r="1"><c r="A1"><f>X1</f><v>0.10000000000000001</v></c></row>')
    package = Package.open(data)
    package.sheet("Sheet").set_cached(1, 1, 0.1)
    assert package.to_bytes() == data


def test_full_calculation_on_load_changes_only_when_told() -> None:
    data = books.simple({"A1": 1})
    package = Package.open(data)
    assert package.full_calc_on_load
    package.full_calc_on_load = True
    assert package.to_bytes() == data
    package.full_calc_on_load = False
    after = package.to_bytes()
    assert books.changed_parts(data, after) == {"xl/workbook.xml"}
    assert not Package.open(after).full_calc_on_load


def test_a_cell_below_an_array_formula_is_an_input() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = ArrayFormula("A1:A3", "=B1:B3")
    package = Package.open(books.to_bytes(book))
    with pytest.raises(PackageError, match="holds a formula"):
        package.set_cell("Sheet", "A1", 1)
    package.set_cell("Sheet", "A4", 1)
    assert package.value("Sheet", "A4") == 1
