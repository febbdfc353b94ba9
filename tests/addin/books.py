"""Workbooks for tests, built with openpyxl and then taken apart."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, IconSetRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableStyleInfo

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def to_bytes(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reopened(data: bytes, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed_parts(before: bytes, after: bytes) -> set[str]:
    old, new = parts(before), parts(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def same_workbook(data: bytes, other: bytes) -> bool:
    """Whether two files are the same byte for byte, but for the last digits of numbers.

    In those, processors differ: the exponential of one is not that of another.
    """
    old, new = parts(data), parts(other)
    return list(old) == list(new) and all(
        old[name] == new[name] or _same_but_for_rounding(old[name], new[name]) for name in old
    )


def _same_but_for_rounding(old: bytes, new: bytes) -> bool:
    pieces = [re.split(rb"<v>([^<]*)</v>", content) for content in (old, new)]
    return len(pieces[0]) == len(pieces[1]) and all(
        left == right or (at % 2 == 1 and _close(left, right))
        for at, (left, right) in enumerate(zip(*pieces, strict=True))
    )


def _close(left: bytes, right: bytes) -> bool:
    try:
        return math.isclose(float(left), float(right), rel_tol=1e-9)
    except ValueError:
        return False


def with_parts(data: bytes, replaced: Mapping[str, bytes]) -> bytes:
    """The same file with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts(data), **replaced}.items():
            archive.writestr(name, content)
    return out.getvalue()


def simple(cells: Mapping[str, Any], sheet: str = "Sheet") -> bytes:
    """A workbook of one sheet with these cells."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for address, value in cells.items():
        book.active[address] = value
    return to_bytes(book)


def with_rows(rows: str, extra: Mapping[str, str] | None = None) -> bytes:
    """A workbook of one sheet with this XML for its rows, and text replaced in other parts."""
    data = simple({"A1": None})
    sheet = parts(data)["xl/worksheets/sheet1.xml"].decode()
    start, end = sheet.index("<sheetData"), sheet.index("</worksheet>")
    tail = sheet[sheet.index("<pageMargins") : end]
    body = f"{sheet[:start]}<sheetData>{rows}</sheetData>{tail}{sheet[end:]}"
    replaced = {"xl/worksheets/sheet1.xml": body.encode()}
    replaced |= {name: content.encode() for name, content in (extra or {}).items()}
    return with_parts(data, replaced)


def plan(rows: int = 5) -> bytes:
    """A planning sheet with all that may stand around a table, and a sheet that reads it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My Plan"
    sheet.append(["Side", "Entry", "Size [#]", "Answer", "Row sum"])
    last = rows + 1
    for row in range(2, last + 1):
        sheet.append(
            [
                "long",
                100.0 + row,
                2,
                "=ISO_DOUBLE(Plan[[#This Row],[Entry]])",
                f"=B{row}+C{row}+$B$2+SUM(B$2:B{row})",
            ]
        )
        for column in range(1, 6):
            sheet.cell(row, column).font = Font(bold=True)
        sheet.row_dimensions[row].height = 21
    table = Table(displayName="Plan", ref=f"A1:E{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2")
    sheet.add_table(table)
    sides = DataValidation(type="list", formula1='"long,short"', allow_blank=True)
    sides.add(f"A2:A{last}")
    sheet.add_data_validation(sides)
    fill = PatternFill("solid", bgColor="FFFF00")
    high = CellIsRule(operator="greaterThan", formula=["100"], fill=fill)
    sheet.conditional_formatting.add(f"B2:B{last} D2:D{last}", high)
    icons = IconSetRule("3TrafficLights1", "num", [0, 1, 2])
    sheet.conditional_formatting.add("G1:G3", icons)
    sheet["G1"] = "beside"
    sheet["A1"].comment = Comment("long or short", "isomargin")
    sheet.freeze_panes = "B2"

    out = book.create_sheet("Bob's results")
    out["A1"] = "=SUM(Plan[Entry])"
    out["A2"] = "=SUM(Entries)"
    out["A3"] = "=A1*2"
    out["C1"] = ArrayFormula("C1:F3", "=ISO_TABLE()")
    out["A5"] = "='My Plan'!B2"
    book.defined_names["Entries"] = DefinedName("Entries", attr_text=f"'My Plan'!$B$2:$B${last}")
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=last), titles_from_data=True)
    out.add_chart(chart, "H1")
    return to_bytes(book)


def wide_table(rows: int, columns: int = 35, inputs: int = 13) -> bytes:
    """A table of many columns: inputs left, formulas right."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Plan"
    sheet.append([f"c{column}" for column in range(columns)])
    for row in range(2, rows + 2):
        sheet.append(
            [float(row)] * inputs
            + [
                f"=ISO_DOUBLE(Wide[[#This Row],[c{column % inputs}]])"
                if column % 2
                else f"=A{row}+$B$2*{column}"
                for column in range(inputs, columns)
            ]
        )
    sheet.add_table(Table(displayName="Wide", ref=f"A1:{get_column_letter(columns)}{rows + 1}"))
    return to_bytes(book)


def without_results(sheet_part: bytes) -> bytes:
    """A sheet's XML with cached values, their types and array extents taken out."""
    root = etree.fromstring(sheet_part)
    for formula in root.iter(f"{MAIN}f"):
        cell = formula.getparent()
        for value in cell.findall(f"{MAIN}v"):
            cell.remove(value)
        cell.attrib.pop("t", None)
    return bytes(etree.tostring(root, method="c14n"))


def foreign(
    sheets: Mapping[str, str],
    names: str = "",
    *,
    date1904: bool = False,
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of sheets with this XML for their rows, and for its names; parts added."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title in sheets:
        book.create_sheet(title)
    data = to_bytes(book)
    found = parts(data)
    replaced = dict(extra or {})
    workbook = found["xl/workbook.xml"].decode()
    if date1904:
        workbook = workbook.replace("<workbookPr", '<workbookPr date1904="1"', 1)
    replaced["xl/workbook.xml"] = re.sub(
        r"<definedNames ?/>|<definedNames></definedNames>",
        lambda _: f"<definedNames>{names}</definedNames>",
        workbook,
    )
    assert names in replaced["xl/workbook.xml"]
    for number, rows in enumerate(sheets.values(), 1):
        body = rows if "<sheetData>" in rows else f"<sheetData>{rows}</sheetData>"
        replaced[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN[1:-1]}">{body}</worksheet>'
        )
    return with_parts(data, {name: content.encode() for name, content in replaced.items()})
