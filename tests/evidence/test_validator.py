"""Microsoft's own validator: no error in what we make, none added to what others made."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from tests.evidence import validator
from tests.evidence.made import KINDS, OLD_BOOK, run
from tests.evidence.repairs import repairs
from tests.hosts.excel.conftest import need


@pytest.fixture(scope="session", autouse=True)
def _validator_is_there() -> None:
    need(validator.program(), "Microsoft's validator is not there: type  bash .ci/evidence")


@pytest.mark.parametrize("kind", KINDS)
def test_the_sdk_finds_no_error_in_our_files(
    made: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    suffix = {"add-in": ".xlam"}.get(kind, ".xlsm" if "macros" in kind else ".xlsx")
    path = tmp_path / f"made{suffix}"
    path.write_bytes(made[kind])
    assert validator.errors(path) == {}


def test_the_sdk_sees_what_was_amiss_in_the_first_version() -> None:
    """Bold after the font's name and colour after its size: 19 fonts of a workbook of 0.1.0."""
    found = validator.errors(OLD_BOOK)
    assert sum(found.values()) == 19
    assert all("/xl/styles.xml" in words for words in found)


# It sees what the schemas can see.

_FAULTS = {
    "an element out of order": (b"<sheetData", b"<mergeCells/><sheetData"),
    "an attribute of another kind": (b'<sheetView ', b'<sheetView zoomScale="large" '),
    "an unknown attribute": (b"<sheetData>", b'<sheetData odd="1">'),
}  # fmt: skip


@pytest.mark.parametrize("fault", _FAULTS)
def test_the_sdk_sees_a_planted_fault(tmp_path: Path, fault: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    old, new = _FAULTS[fault]
    path = tmp_path / "planted.xlsx"
    with zipfile.ZipFile(buffer) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new) if "sheet1" in name else content)
    assert sum(validator.errors(path).values()) > 0


# Files of other programs, before and after our computing them.


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["day", "price", "twice"])
    for at in range(1, 8):
        sheet.append([dt.date(2026, 1, at), 100 + at, f"=B{at + 1}*2"])
    sheet.add_table(Table(displayName="Prices", ref="A1:C8"))
    sheet["E1"] = ArrayFormula("E1:E3", "=B2:B4*2")
    sheet["F1"] = '=ISO_LIQUIDATION_PRICE("long",B2,10)'
    sheet["F2"] = '="a"&B2'
    sheet["G1"].comment = Comment("why", "somebody")
    sheet["A1"].font = Font(bold=True, color="FF0000FF")
    sheet.merge_cells("H1:I1")
    scale = ColorScaleRule("min", None, "FFFFFF", "max", None, "FF0000")
    sheet.conditional_formatting.add("B2:B8", scale)
    sheet.conditional_formatting.add("C2:C8", FormulaRule(["C2>210"], font=Font(bold=True)))
    typed = DataValidation("whole", operator="greaterThan", formula1="0")
    typed.add("B2:B8")
    sheet.add_data_validation(typed)
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=8), titles_from_data=True)
    sheet.add_chart(chart, "K2")
    book.save(path)


def by_xlsxwriter(path: Path) -> None:
    if importlib.util.find_spec("xlsxwriter") is None:
        need(None, "type  pip install xlsxwriter")
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Prices & more")
    money = book.add_format({"num_format": "#,##0.00", "bold": True})
    rows = [["ETH", 3000, 2], ["OP", 2, 100]]
    columns = [
        {"header": "Coin"},
        {"header": "Price", "format": money},
        {"header": "Units"},
        {"header": "Worth", "formula": "=[@Price]*[@Units]"},
    ]
    sheet.add_table("A1:D3", {"data": rows, "columns": columns, "name": "Held"})
    sheet.write_dynamic_array_formula("F1", "=SEQUENCE(3)")
    sheet.write_formula("G1", "=SUM(Held[Worth])")
    sheet.write_formula("G2", '=IFERROR(1/0,"none")')
    sheet.write_boolean("H1", True)
    sheet.insert_textbox("J2", "a text box")
    sheet.write_comment("G1", "why")
    sheet.add_sparkline("I1", {"range": "'Prices & more'!B2:C2"})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "='Prices & more'!$B$2:$B$3"})
    sheet.insert_chart("J8", chart)
    book.define_name("Total", "='Prices & more'!$G$1")
    book.close()


def by_libreoffice(path: Path) -> None:
    office = shutil.which("soffice")
    need(office, "install LibreOffice Calc 25.2 or newer")
    assert office
    source = path.with_name("source.xlsx")
    by_openpyxl(source)
    folder = path.with_name("converted")
    profile = f"-env:UserInstallation={path.with_name('profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder)]
    for _ in range(2):  # with a new profile the first start may end in "restart me"
        subprocess.run([*command, str(source)], check=False, capture_output=True, timeout=180)
        if (folder / "source.xlsx").exists():
            break
    shutil.copy(folder / "source.xlsx", path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "openpyxl": by_openpyxl,
    "XlsxWriter": by_xlsxwriter,
    "LibreOffice": by_libreoffice,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_computing_a_file_of_others_adds_no_error(tmp_path: Path, writer: str) -> None:
    before, after = tmp_path / "theirs.xlsx", tmp_path / "computed.xlsx"
    WRITERS[writer](before)
    run("calc", str(before), "-o", str(after))
    assert after.read_bytes() != before.read_bytes(), "values were written"
    assert validator.errors(after) - validator.errors(before) == {}
    was = repairs(before.read_bytes())
    assert [words for words in repairs(after.read_bytes()) if words not in was] == []
