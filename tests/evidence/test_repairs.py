"""Nothing in our files that Excel would repair; each check sees its fault when planted."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule, IconSetRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from tests.evidence.made import KINDS, OLD_BOOK
from tests.evidence.repairs import CHECKS, repairs


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_our_files_would_be_repaired(made: dict[str, bytes], kind: str) -> None:
    assert repairs(made[kind]) == []


# A sound workbook that has a bit of everything, and one fault at a time planted into it.


@pytest.fixture(scope="module")
def sound() -> dict[str, str | bytes]:
    book = openpyxl.Workbook()
    plan = book.active
    plan.title = "Plan & more"
    for row in (["Idea", "Risk", "Twice"], ["ETH", 1, "=B2*2"], ["OP", 2, "=B3*2"]):
        plan.append(row)
    plan.add_table(Table(displayName="Plan", ref="A1:C3"))
    plan["A1"].font = Font(bold=True, color="FF112233")
    plan["B2"].number_format = '0.00" x"'
    plan["E1"] = ArrayFormula("E1:E3", "=B1:B3")
    plan["F1"] = "=SUM(Plan[Risk])"
    plan["G1"], plan["G2"] = True, "=1/0"
    plan.merge_cells("H1:I2")
    plan.conditional_formatting.add("B2:B3", FormulaRule(["B2>1"], font=Font(bold=True)))
    plan.conditional_formatting.add("C2:C3", IconSetRule("3TrafficLights1", "num", [0, 1, 2]))
    typed = DataValidation("list", formula1='"a,b"', promptTitle="Kind", prompt="a or b")
    typed.add("A2:A3")
    between = DataValidation("decimal", formula1="0", formula2="1", operator="between")
    between.add("B2:B3")
    plan.data_validations.dataValidation += [typed, between]
    plan.freeze_panes = "A2"
    plan.sheet_view.tabSelected = True
    plan["J1"].hyperlink = "#Journal!A1"
    plan.column_dimensions["A"].width = 20
    plan.oddHeader.center.text = "isomargin"
    plan.page_setup.scale = 80
    chart = BarChart()
    chart.add_data(Reference(plan, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    plan.add_chart(chart, "L2")
    book.create_sheet("Journal")["A1"] = "text"
    book.defined_names["Account"] = DefinedName("Account", attr_text="Journal!$A$1")
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts: dict[str, str | bytes] = {
            name: archive.read(name).decode() for name in archive.namelist()
        }
    # The column's own formula, which openpyxl does not write.
    table = parts["xl/tables/table1.xml"]
    assert isinstance(table, str)
    parts["xl/tables/table1.xml"] = re.sub(
        r'(<tableColumn id="3" name="Twice") ?/>',
        r"\1><calculatedColumnFormula>B2*2</calculatedColumnFormula></tableColumn>",
        table,
    )
    # As a filled column has it: the same words in every row, here with a fixed row.
    parts["xl/tables/table1.xml"] = str(parts["xl/tables/table1.xml"]).replace(">B2*2<", ">1+1<")
    sheet = str(parts["xl/worksheets/sheet1.xml"])
    parts["xl/worksheets/sheet1.xml"] = re.sub("<f>B[23][*]2</f>", "<f>1+1</f>", sheet)
    return parts


def packed(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_the_sound_workbook_is_sound(sound: dict[str, str | bytes]) -> None:
    assert repairs(packed(sound)) == []


SHEET, TABLE, BOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"
STYLES, DRAWING, CHART = "xl/styles.xml", "xl/drawings/drawing1.xml", "xl/charts/chart1.xml"
SECOND = "xl/worksheets/sheet2.xml"
TYPES = "[Content_Types].xml"
LONG = "x" * 300

# Check, part, what to replace (a pattern), with what, and what is then said.
PLANTS = [
    ("text", SHEET, ">OP<", ">_xD83D_<", "half a character"),
    ("content types", TYPES, r'<Override[^>]*PartName="/xl/styles.xml"[^>]*/>', "", "plain XML"),
    ("content types", TYPES, "/xl/styles.xml", "/xl/gone.xml", "is not there"),
    ("content types", TYPES, r"(<Override[^>]*styles[^>]*/>)", r"\1\1", "told 2 times"),
    ("relationships", "xl/_rels/workbook.xml.rels", "styles.xml", "gone.xml", "is not there"),
    ("relationships", "xl/worksheets/_rels/sheet1.xml.rels", 'Id="rId[23]"', 'Id="rId1"', "twice"),
    ("references to relationships", SHEET, r'(<tablePart [^>]*id=")rId\d+', r"\1rId99", "rId99"),
    ("sheet names", BOOK, 'name="Journal"', 'name="Jour:nal"', "'Jour:nal'"),
    ("sheet names", BOOK, 'name="Journal"', f'name="{"J" * 32}"', "JJJ"),
    ("sheet names", BOOK, 'name="Journal"', 'name="plan &amp; MORE"', "twice"),
    ("sheet names", BOOK, 'name="Journal"', 'name="History"', "Excel's own"),
    ("sheets shown", BOOK, 'sheetId="2"', 'sheetId="1"', "1 twice"),
    ("sheets shown", BOOK, 'activeTab="0"', 'activeTab="7"', "no visible sheet"),
    ("sheets shown", BOOK, 'state="visible"', 'state="hidden"', "activeTab 0"),
    ("sheets shown", SECOND, "<sheetView ", '<sheetView tabSelected="1" ', "all"),
    ("defined names", BOOK, 'name="Account"', 'name="ACC1"', "is no name"),
    ("defined names", BOOK, 'name="Account"', 'name="R1C1"', "is no name"),
    ("defined names", BOOK, 'name="Account"', 'name="plan"', "is a table too"),
    ("defined names", BOOK, r"(<definedName .*?</definedName>)", r"\1\1", "Account twice"),
    ("defined names", BOOK, ">Journal!", ">#REF!", "#REF!"),
    ("defined names", BOOK, ">Journal!", ">Gone!", "no sheet 'Gone'"),
    ("styles", STYLES, 'fontId="1"', 'fontId="9"', "font"),
    ("styles", STYLES, r'<cellXfs count="\d+"', '<cellXfs count="99"', "99 told"),
    ("styles", STYLES, 'numFmtId="164" fontId', 'numFmtId="190" fontId', "190 is not there"),
    ("fonts, colours, number formats", STYLES, r'<sz val="11"', '<sz val="500"', "500 points"),
    ("fonts, colours, number formats", STYLES, "FF112233", "112233", "112233"),
    ("fonts, colours, number formats", STYLES, '0.00&quot; x&quot;', "0.00&quot; x", "0.00"),
    ("formulas", SHEET, r"<f>SUM\(Plan\[Risk\]\)", "<f>=SUM(Plan[Risk])", "starts with ="),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "SUM(Plan[@Risk])", "[@ is what Excel shows"),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "TEXTJOIN(1,2,3)", "without _xlfn."),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "SUM(Plan[Gone])", "no column 'Gone'"),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "SUM(Gone[Risk])", "no table Gone"),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "SUM(1", "not closed"),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "(" * 70 + "1" + ")" * 70, "70 levels"),
    ("formulas", SHEET, r"SUM\(Plan\[Risk\]\)", "+".join(["1"] * 5000), "9999 characters"),
    ("array formulas", SHEET, 'ref="E1:E3"', 'ref="E1:E9999999"', "outside the sheet"),
    ("array formulas", SHEET, 'ref="E1:E3"', 'ref="E1:H1"', "in merged cells"),
    ("array formulas", SHEET, 'ref="E1:E3"', 'ref="D1:E3"', "does not start with its cell"),
    ("array formulas", SHEET, "<f>1[+]1</f>", '<f t="array" ref="C2:C3">1+1</f>', "in a table"),
    ("order of a sheet's elements", SHEET,
     r"(<mergeCells.*?</mergeCells>)(.*?</conditionalFormatting>)", r"\2\1", "mergeCells"),
    ("cells", SHEET, 'r="B2"', 'r="A2"', "out of order"),
    ("cells", SHEET, '<row r="2"', '<row r="1"', "row 1 after row 1"),
    ("cells", SHEET, 's="1"', 's="99"', "format 99 is not there"),
    ("cells", SHEET, 't="b"><v>1<', 't="b"><v>7<', "truth value 7"),
    ("cells", SHEET, 't="n"><v>1<', 't="n"><v>one<', "the number one"),
    ("cells", SHEET, r"<c r=\"A3\".*?</c>", '<c r="A3" t="inlineStr"/>', "a text without text"),
    ("cells", SHEET, '<row r="3"', '<row r="3" ht="500"', "500 high"),
    ("merged cells", SHEET, "H1:I2", "B1:B2", "in the table"),
    ("merged cells", SHEET, '(<mergeCell ref="H1:I2" ?/>)', r'\1<mergeCell ref="I2:J2"/>', "over"),
    ("columns", SHEET, r"(<col [^>]*/>)", r"\1\1", "after 1"),
    ("columns", SHEET, r'(<col [^>]*)width="20"', r'\1width="400"', "400"),
    ("tables", TABLE, 'displayName="Plan"', 'displayName="AB12"', "is no name"),
    ("tables", TABLE, 'name="Risk"', 'name="Danger"', "is not its name as text"),
    ("tables", TABLE, 'name="Risk"', 'name="idea"', "twice"),
    ("tables", TABLE, '(<table [^>]*)ref="A1:C3"', r'\1ref="A1:C1"', "no row of data"),
    ("tables", TABLE, '(<autoFilter [^>]*)ref="A1:C3"', r'\1ref="A1:C9"', "filter A1:C9"),
    ("tables", TABLE, '(<table [^>]*)ref="A1:C3"', r'\1ref="A1:D3"', "3 columns"),
    ("filters of a sheet", SHEET, "<mergeCells", '<autoFilter ref="A1:C3"/><mergeCells', "Plan"),
    ("calculated columns", SHEET, "<f>1[+]1</f>", "<f>1+2</f>", "Plan[Twice], row 2"),
    ("data validations", SHEET, "<formula1>0<", "<formula1>=0<", "starts with ="),
    ("data validations", SHEET, "<formula1>0<", "<formula1>SUM(Plan[Risk])<", "columns by name"),
    ("data validations", SHEET, '"a,b"', f'"{LONG}"', "a list of 300 characters"),
    ("data validations", SHEET, 'promptTitle="Kind"', f'promptTitle="{LONG}"', "Title of 300"),
    ("data validations", SHEET, "<formula2>1</formula2>", "", "no second formula"),
    ("data validations", SHEET, 'sqref="A2:A3"', 'sqref="A2:B3"', "overlaps another"),
    ("conditional formats", SHEET, "B2&gt;1", "SUM(Plan[Risk])&gt;1", "columns by name"),
    ("conditional formats", SHEET, "B2&gt;1", "COUNTIF(plan[risk],&quot;a&quot;)&gt;1", "by name"),
    ("conditional formats", SHEET, "B2&gt;1", "=B2&gt;1", "starts with ="),
    ("conditional formats", SHEET, "B2&gt;1", "OR(B2={1,2})", "a constant array"),
    ("conditional formats", SHEET, 'dxfId="0"', 'dxfId="5"', "format 5 is not there"),
    ("conditional formats", SHEET, 'priority="1"', 'priority="0"', "priority 0"),
    ("conditional formats", SHEET, '<cfvo type="num" val="0" ?/>', "", "3 icons, other steps"),
    ("hyperlinks", SHEET, r'location="[^"]*"|(<hyperlink [^>]*)r:id="[^"]*"',
     r'\1location="Gone!A1"', "no sheet 'Gone'"),
    ("printing", SHEET, 'scale="80"', 'scale="800"', "scale 800"),
    ("printing", SHEET, "isomargin", LONG, "a header of"),
    ("views", SHEET, 'activePane="bottomLeft"', 'activePane="topRight"', "topRight of panes"),
    ("views", SHEET, "<sheetView ", '<sheetView zoomScale="900" ', "zoom 900"),
    ("drawings and charts", CHART, "'Plan &amp; more'!", "'Gone'!", "no sheet 'Gone'"),
    ("drawings and charts", CHART, r'(<c?:?crossAx val=")\d+', r"\g<1>777", "crosses none"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "part", "old", "new", "words"),
    PLANTS,
    ids=[f"{p[0]}-{at}" for at, p in enumerate(PLANTS)],
)
def test_a_planted_fault_is_seen(
    sound: dict[str, str | bytes], name: str, part: str, old: str, new: str, words: str
) -> None:
    before = str(sound[part])
    after = re.sub(old, new, before, count=1, flags=re.DOTALL)
    assert after != before, before
    found = repairs(packed({**sound, part: after}))
    assert any(one.startswith(f"{name}: ") and words in one for one in found), found


def test_a_second_entry_of_one_name_is_seen(sound: dict[str, str | bytes]) -> None:
    buffer = io.BytesIO(packed(sound))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(BOOK, str(sound[BOOK]))
    assert any(
        one.startswith("archive: ") and "2 times" in one for one in repairs(buffer.getvalue())
    )


def test_a_name_with_a_backslash_is_seen(sound: dict[str, str | bytes]) -> None:
    data = packed({**sound, "xl\\odd.bin": b""})
    assert any(one.startswith("archive: ") and "odd.bin" in one for one in repairs(data))


def test_broken_xml_is_seen(sound: dict[str, str | bytes]) -> None:
    assert "XML: xl/styles.xml" in repairs(packed({**sound, STYLES: "<styleSheet>"}))[0]


def test_an_order_of_calculation_that_names_no_formula_is_seen(
    sound: dict[str, str | bytes],
) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    rels = "xl/_rels/workbook.xml.rels"
    link = f'<Relationship Id="rId90" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    override = (
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.calcChain+xml"/></Types>'
    )
    parts = {
        **sound,
        "xl/calcChain.xml": f'<calcChain xmlns="{main}"><c r="A2" i="1"/></calcChain>',
        rels: str(sound[rels]).replace("</Relationships>", link),
        TYPES: str(sound[TYPES]).replace("</Types>", override),
    }
    assert repairs(packed(parts)) == ["order of calculation: A2 on sheet 1 has no formula"]


def test_every_check_has_a_fault_of_its_own() -> None:
    planted = Counter(plant[0] for plant in PLANTS)
    assert set(CHECKS) - set(planted) == {"archive", "order of calculation"}


# What was in every workbook of version 0.1.0, and how often.
OF_THE_FIRST_VERSION = {
    "conditional formats": (6, "a table's columns by name"),
    "data validations": (2, "starts with ="),
    "cells": (27, "a text without text"),
}


def test_the_faults_of_the_first_version_are_seen_in_a_workbook_of_it() -> None:
    found = [words.partition(": ") for words in repairs(OLD_BOOK.read_bytes())]
    assert Counter(check for check, _, _ in found) == {
        check: count for check, (count, _) in OF_THE_FIRST_VERSION.items()
    }
    for check, _, words in found:
        assert OF_THE_FIRST_VERSION[check][1] in words
