"""The workbook as the engine gets it: values, formulas and names, nothing else.

Built anew rather than stripped, so that nothing in a user's file (styles, icon sets, spilled
values, cached results) can trip the engine; and without number formats every date is the serial
number that formulas count with.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from addin.embedded.rewrite import ROW, Rewriter, fitted
from addin.package import Package
from addin.package.addresses import stored_cell
from addin.package.sheet import Sheet
from addin.package.values import Value, cached
from addin.package.xml import MAIN, MAIN_NS, OFFICE_RELATIONS_NS, RELATIONS_NS, TYPES_NS

_C = f"{MAIN}c"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


# Told of every plain formula: sheet, row, column, and the text that the engine gets, with ROW
# where the row's number goes.
Seen: TypeAlias = Callable[[str, int, int, str], None]


def engine_copy(package: Package, rewriter: Rewriter, seen: Seen) -> bytes:
    """The bytes of a workbook that computes like `package` in the engine."""
    bodies = [_sheet_rows(package.sheet(name), rewriter, seen) for name in package.sheets]
    return minimal_workbook(package.sheets, bodies, _names(package, rewriter))


def minimal_workbook(sheets: list[str], bodies: list[str], names: str = "") -> bytes:
    """A workbook file of nothing but sheets with these row elements, and names."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET_TYPE}"/>'
        for n in numbers
    )
    types = (
        f'<Types xmlns="{TYPES_NS}">'
        f'<Default Extension="rels" ContentType="{_RELATIONS_TYPE}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/>{overrides}</Types>'
    )
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    workbook = (
        f'<workbook xmlns="{MAIN_NS}" xmlns:r="{OFFICE_RELATIONS_NS}"><sheets>{tabs}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>"
    )
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        ),
    }
    for n, body in zip(numbers, bodies, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{MAIN_NS}"><sheetData>{body}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, _DECLARATION + content)
    return out.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE_RELATIONS_NS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS_NS}">{links}</Relationships>'


def _sheet_rows(sheet: Sheet, rewriter: Rewriter, seen: Seen) -> str:
    formulas = sheet.formulas
    filled = array_children(sheet)
    pieces: list[str] = []
    elements: dict[str, str] = {}  # one for all cells of a table's column
    for row, element in sheet.rows.items():
        number = str(row)
        cells = []
        for child in element.iterchildren(_C):
            if not len(child):
                continue
            address = child.get("r")
            at = stored_cell(address)
            if at in formulas:
                text = _formula_by_row(sheet, *at, rewriter)
                written = elements.get(text)
                if written is None:
                    written = elements[text] = f"<f>{escape(text)}</f></c>"
                cells.append(f'<c r="{address}">{written.replace(ROW, number)}')
                if formulas[at].array is None:
                    seen(sheet.name, *at, text)
            elif at not in filled:
                cells.append(value_cell(address, sheet.element_value(child)))
        if cells:
            pieces.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(pieces)


def engine_formula(sheet: Sheet, row: int, column: int, rewriter: Rewriter) -> str:
    """A cell's formula as the engine gets it, without ``=``."""
    return _formula_by_row(sheet, row, column, rewriter).replace(ROW, str(row))


def _formula_by_row(sheet: Sheet, row: int, column: int, rewriter: Rewriter) -> str:
    """The same with ROW where its row's number goes."""
    formula = sheet.formulas[row, column]
    array = formula.array is not None
    if formula.array is None or formula.dynamic:
        return rewriter.by_row(formula.text, sheet.name, row, column, array=array)
    text = rewriter.by_row(formula.text, sheet.name, row, column, shape=formula.array)
    return fitted(text, formula.array)


def array_children(sheet: Sheet) -> set[tuple[int, int]]:
    """The cells that array formulas fill, but for the formulas' own: results, not inputs."""
    return {
        (row, column)
        for (top, left), formula in sheet.formulas.items()
        if formula.array is not None
        for row in range(formula.array.top, formula.array.bottom + 1)
        for column in range(formula.array.left, formula.array.right + 1)
        if (row, column) != (top, left)
    }


def value_cell(address: str, value: Value) -> str:
    """A cell element with a plain value."""
    if value is None:
        return ""
    if isinstance(value, str):
        # As t="str": text that starts with "=" stays text. The engine knows no _xHHHH_ escapes,
        # so control characters, which XML cannot hold, are the one thing it does not get.
        text = escape(_CONTROL.sub("\ufffd", value), {"\r": "&#13;"})
        return f'<c r="{address}" t="str"><v>{text}</v></c>'
    kind, text = cached(value)
    return f'<c r="{address}"' + (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"


def _names(package: Package, rewriter: Rewriter) -> str:
    pieces = []
    for name in package.all_names:
        if name.name.startswith("_xlnm.") or "#REF!" in name.text or not name.text:
            continue
        text = rewriter.rewrite(name.text, "", 0, 0, array=True)
        local = ""
        if name.sheet is not None:
            if name.sheet not in package.sheets:
                continue
            local = f' localSheetId="{package.sheets.index(name.sheet)}"'
        pieces.append(
            f"<definedName name={quoteattr(name.name)}{local}>{escape(text)}</definedName>"
        )
    return "".join(pieces)
