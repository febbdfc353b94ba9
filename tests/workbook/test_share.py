"""``isomargin share``: the copy shows the same values, and needs nothing of ours."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from addin.embedded import open_book
from addin.package import Package
from addin.package.freeze import mentions
from addin.package.markup import escaped
from workbook import bundled
from workbook.share import is_ours, share

NOW = dt.datetime(2026, 11, 28, 21, 40, tzinfo=dt.UTC)
SAID = "as computed at 2026-11-28 21:40 UTC"


@pytest.fixture(scope="module")
def example() -> bytes:
    return share(bundled.worked_example(), NOW).content


def own_book() -> bytes:
    """A person's own workbook: every place in which a formula can stand."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Mine"
    # Entry 100, stop 96, 10,000 at 2%: 200 / 4 = 50 units; 10x without maintenance: 90.
    sheet.append(["Entry", "Stop", "Units", "Notional", "Liquidation"])
    for row, (entry, stop) in enumerate([(100, 96), (200, 195)], 2):
        sheet.append([entry, stop])
        sheet[f"C{row}"] = f"=ISO_POSITION_SIZE(10000,2%,A{row},B{row})"
        sheet[f"D{row}"] = f"=A{row}*C{row}"
        sheet[f"E{row}"] = f'=IF(A{row}>0,iso_liquidation_price("long",A{row},10),"")'
    sheet.add_table(Table(displayName="Ideas", ref="A1:E3"))
    sheet["G2"] = ArrayFormula("G2:G3", "=ISO_EQUITY_CURVE(1000,{50;-20})")
    sheet["H2"] = "=MAX(G2:G3)"
    sheet["I2"] = "=Far*2"
    sheet["J2"] = '="ISO_KELLY(1,2) is only text here"'
    sheet["K2"] = '=ISO_LIQUIDATION_PRICE("long",-1,10)'
    book.defined_names["Far"] = DefinedName(
        "Far", attr_text='ISO_LIQUIDATION_PRICE("long",Mine!$A$2,10)'
    )
    book.defined_names["Plain"] = DefinedName("Plain", attr_text="Mine!$A$2")
    fill = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add(
        "A2:A3", FormulaRule(formula=['ISO_LIQUIDATION_PRICE("long",A2,10)<90'], fill=fill)
    )
    sheet.conditional_formatting.add("A2:A3", FormulaRule(formula=["A2>150"], fill=fill))
    for where, rule in (("A2:A9", "=ISO_KELLY(0.6,1)>A2"), ("B2:B9", "=B2<A2")):
        validation = DataValidation(type="custom", formula1=rule)
        validation.add(where)
        sheet.add_data_validation(validation)
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=7, min_row=2, max_row=3))
    sheet.add_chart(chart, "L2")
    book.create_sheet("Empty")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xml(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
            if name.endswith(".xml")
        }


def formulas(content: bytes) -> list[str]:
    """Every formula, wherever one can stand."""
    found = []
    for text in xml(content).values():
        tags = "f|formula|formula1|formula2|xm:f|c:f|calculatedColumnFormula|definedName"
        found += re.findall(rf"<(?:{tags})(?:\s[^>]*)?>([^<]*)<", text)
    return found


def values(content: bytes) -> dict[str, dict[str, object]]:
    package = Package.open(content)
    return {name: package.values(name) for name in package.sheets}


def test_every_sheet_of_the_example_shows_what_it_showed(example: bytes) -> None:
    before, after = values(bundled.worked_example()), values(example)
    assert before.keys() == after.keys()
    told = 0
    for sheet, cells in before.items():
        for address, value in cells.items():
            now = after[sheet].get(address)
            if now == SAID:
                told += 1
            elif isinstance(value, float):
                assert now == pytest.approx(value, rel=1e-9, abs=1e-12), f"{sheet}!{address}"
            else:
                assert now == value, f"{sheet}!{address}"
    assert told >= len(before)


def test_no_formula_calls_ours_and_the_others_are_all_there(example: bytes) -> None:
    was = formulas(bundled.worked_example())
    kept = [text for text in was if "ISO_" not in text]
    assert len(was) - len(kept) >= 50
    banner = Package.open(bundled.worked_example())
    sheet, area = banner.place("Version_banner")
    kept.remove(escaped(banner.formulas(sheet)[str(area)].text))  # says when, now
    assert formulas(example) == kept


def test_every_sheet_says_when(example: bytes) -> None:
    for sheet, cells in values(example).items():
        top = [
            value
            for address, value in cells.items()
            if re.fullmatch(r"[A-Z]+[12]", address) and value == SAID
        ]
        assert top, sheet


def test_tables_charts_and_pictures_are_those_of_the_workbook(example: bytes) -> None:
    before, after = Package.open(bundled.worked_example()), Package.open(example)
    assert set(before.tables) == set(after.tables)
    assert set(before.names) == set(after.names)
    assert set(before.part_names) == set(after.part_names)
    for part in before.part_names:
        if "chart" in part or "drawing" in part or part.endswith("styles.xml"):
            assert before.part(part) == after.part(part), part


def test_every_place_of_a_persons_own_workbook() -> None:
    shared = share(own_book(), NOW)
    assert "ISO_" not in " ".join(
        text for text in formulas(shared.content) if "only text" not in text
    )
    sheet = load_workbook(io.BytesIO(shared.content), data_only=True)["Mine"]
    assert [sheet[f"C{row}"].value for row in (2, 3)] == [50, 40]
    assert [sheet[f"E{row}"].value for row in (2, 3)] == [90, 180]
    assert [sheet[f"G{row}"].value for row in (2, 3)] == [1050, 1030]
    assert sheet["I2"].value == 180  # 90 * 2: through a name
    assert sheet["K2"].value == "#NUM!"
    live = load_workbook(io.BytesIO(shared.content))["Mine"]
    assert live["D2"].value == "=A2*C2"
    assert live["H2"].value == "=MAX(G2:G3)"
    assert live["J2"].value == '="ISO_KELLY(1,2) is only text here"'
    assert [rule.formula for block in live.conditional_formatting for rule in block.rules] == [
        ["A2>150"]
    ]
    assert [str(one.sqref) for one in live.data_validations.dataValidation] == ["B2:B9"]
    assert set(load_workbook(io.BytesIO(shared.content)).defined_names) == {"Plain"}
    assert shared.frozen == 7
    assert shared.alive == 4
    # Beside the table's headers and the empty sheet's first cell.
    assert SAID in sheet["G1"].value
    other = load_workbook(io.BytesIO(shared.content))["Empty"]
    assert SAID in other["A1"].value


def test_a_call_is_found_through_names_and_prefixes() -> None:
    names = [("Far", "Further+1"), ("Further", "iso_kelly(0.6,1)"), ("Near", "Mine!$A$2")]
    calls = mentions(is_ours, names)
    for formula in (
        "2*FAR",
        "SUM(further)",
        "_xll.ISO_KELLY(0.6,1)",
        "isomargin.xlam!ISO_VERSION()",
    ):
        assert calls(formula), formula
    for formula in (
        "Near+1",
        'IF(A1="ISO_KELLY(1,2)",1,2)',
        "ISO.CEILING(2.5)",
        "Further_off",
        "'Far'!A1",
    ):
        assert not calls(formula), formula


def test_what_still_computes_computes_in_the_copy() -> None:
    book = open_book(share(own_book(), NOW).content, {})
    book.set("Mine", "A2", 110.0)
    book.recalculate()
    assert book.formula_values()["Mine", "D2"] == 110 * 50


def test_a_macro_workbook_becomes_a_plain_one(isomargin, tmp_path, fresh_vba) -> None:
    source, out = tmp_path / "plan.xlsm", tmp_path / "copy.xlsx"
    assert isomargin("new", "--example", source).code == 0
    before = source.read_bytes()
    run = isomargin("share", source, "-o", out)
    assert run.code == 0, run.err
    assert source.read_bytes() == before
    package = Package.open(out)
    assert not package.has_macros
    assert not [name for name in package.part_names if "vba" in name.casefold()]
    assert "vbaProject" not in package.part("[Content_Types].xml").decode()
    assert not [name for name in package.part_names if "customUI" in name]
    assert b"customUI" not in package.part("_rels/.rels")
    assert "formulas of isomargin are values now" in run.out


def test_a_workbook_without_our_formulas_only_says_when(tmp_path) -> None:
    book = Workbook()
    book.active["B2"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    shared = share(buffer.getvalue(), NOW)
    assert (shared.frozen, shared.alive) == (0, 1)
    assert values(shared.content)["Sheet"] == {"A1": values(shared.content)["Sheet"]["A1"], "B2": 2}


def test_names_that_make_no_copy_are_refused(refused, tmp_path) -> None:
    book = tmp_path / "plan.xlsx"
    book.write_bytes(bundled.template())
    assert "the workbook itself" in refused("share", book, "-o", book)
    assert ".xlsx or .pdf" in refused("share", book, "-o", tmp_path / "copy.xlsm")
    assert ".xlsx or .pdf" in refused("share", book, "-o", tmp_path / "copy")
    assert "no file" in refused("share", tmp_path / "none.xlsx", "-o", tmp_path / "copy.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]


def test_libreoffice_without_the_extension_shows_every_value(
    libreoffice, example: bytes, tmp_path
) -> None:
    """A profile of its own, so nothing of ours is there; saved by it, all is as in the copy."""
    import subprocess

    source = tmp_path / "copy.xlsx"
    source.write_bytes(example)
    command = [libreoffice.office.soffice, f"-env:UserInstallation={(tmp_path / 'p').as_uri()}"]
    command += ["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    out = tmp_path / "out" / "copy.xlsx"
    for _ in range(2):  # with a new profile the first start may end in "restart me"
        subprocess.run([*command, str(out.parent), str(source)], check=False, timeout=300)
        if out.exists():
            break
    there = values(out.read_bytes())
    for sheet, cells in values(example).items():
        for address, value in cells.items():
            if value == "" or value is None:
                continue
            now = there[sheet].get(address)
            if isinstance(value, float):
                assert now == pytest.approx(value, rel=1e-9, abs=1e-12), f"{sheet}!{address}"
            else:
                assert str(now) == str(value), f"{sheet}!{address}"


def test_the_pages_as_a_pdf(isomargin, libreoffice, tmp_path) -> None:
    book, out = tmp_path / "plan.xlsx", tmp_path / "plan.pdf"
    book.write_bytes(bundled.worked_example())
    run = isomargin("share", book, "-o", out)
    assert run.code == 0, run.err
    assert out.read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.pdf", "plan.xlsx"]
