"""The workbook as the engine gets it: values, formulas and names, nothing else.

Built anew rather than stripped, so that nothing in a user's file (styles, icon sets, spilled
values, cached results) can trip the engine; and without number formats every date is the serial
number that formulas count with.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from addin.embedded.rewrite import ROW, Rewriter, fitted, kept, part_of
from addin.package import Package
from addin.package.addresses import Area, a1, column_letters
from addin.package.sheet import CellFormula, Sheet
from addin.package.values import Value, cached
from addin.package.xml import MAIN_NS, OFFICE_RELATIONS_NS, RELATIONS_NS, TYPES_NS

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
    numbers = itertools.count()
    bodies = [_sheet_rows(package.sheet(name), rewriter, seen, numbers) for name in package.sheets]
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


def _sheet_rows(sheet: Sheet, rewriter: Rewriter, seen: Seen, numbers: Iterator[int]) -> str:
    pieces: list[str] = []
    arrays = _array_cells(sheet, rewriter, numbers)
    inside = {(row, column) for row, cells in arrays.items() for column in cells}
    formulas = sheet.formulas
    elements: dict[str, str] = {}  # one for all cells of a table's column
    for row in sorted({*sheet.rows, *arrays}):
        number = str(row)
        cells: list[tuple[int, str]] = []
        for column, child in sheet.filled_cells(row):
            at = (row, column)
            if at in inside:
                continue
            head = f'<c r="{column_letters(column)}{number}"'
            formula = formulas.get(at)
            if formula is None:
                cells.append((column, head + _value(sheet.element_value(child))))
                continue
            text = _formula_by_row(formula, sheet, row, column, rewriter)
            written = elements.get(text)
            if written is None:
                written = elements[text] = f"><f>{escape(text)}</f></c>"
            cells.append((column, head + written.replace(ROW, number)))
            if formula.array is None:
                seen(sheet.name, row, column, text)
        if row in arrays:
            cells = sorted([*cells, *arrays[row].items()])
        if cells:
            pieces.append(f'<row r="{number}">{"".join([text for _, text in cells])}</row>')
    return "".join(pieces)


def engine_formula(sheet: Sheet, row: int, column: int, rewriter: Rewriter) -> str:
    """A cell's formula as the engine gets it, without ``=``."""
    formula = sheet.formulas[row, column]
    return _formula_by_row(formula, sheet, row, column, rewriter).replace(ROW, str(row))


def _formula_by_row(
    formula: CellFormula, sheet: Sheet, row: int, column: int, rewriter: Rewriter
) -> str:
    """The same with ROW where its row's number goes."""
    array = formula.array is not None
    return rewriter.by_row(formula.text, sheet.name, row, column, array=array)


def _array_cells(
    sheet: Sheet, rewriter: Rewriter, numbers: Iterator[int]
) -> dict[int, dict[int, str]]:
    """The cells that array formulas fill, by row and column.

    In the engine's copy nothing of a fixed array spills: its first cell computes and keeps all of
    it, every other cell takes its part. The engine then knows of each cell what it depends on. Its
    own spilled cells it updates too late: what depends on one of them and on what was changed is
    computed before them, and stays wrong.
    """
    filled: dict[int, dict[int, str]] = defaultdict(dict)
    for (top, left), formula in sheet.formulas.items():
        block = formula.array
        if block is None:
            continue
        if formula.dynamic:  # the engine spills it; what the file keeps of it are results
            for row, column in _cells(block):
                if (row, column) != (top, left):
                    filled[row][column] = ""
            continue
        text = rewriter.rewrite(formula.text, sheet.name, top, left, shape=block)
        if block.rows == block.columns == 1:
            filled[top][left] = _formula(top, left, fitted(text, block))
            continue
        number = next(numbers)
        filled[top][left] = _formula(top, left, kept(number, block, text))
        for row, column in _cells(block):
            if (row, column) != (top, left):
                part = part_of(number, row - top, column - left, a1(top, left))
                filled[row][column] = _formula(row, column, part)
    return filled


def _cells(block: Area) -> Iterator[tuple[int, int]]:
    rows = range(block.top, block.bottom + 1)
    return itertools.product(rows, range(block.left, block.right + 1))


def _formula(row: int, column: int, text: str) -> str:
    return f'<c r="{a1(row, column)}"><f>{escape(text)}</f></c>'


def _value(value: Value) -> str:
    """A cell element with a plain value, from behind its address on."""
    if value is None:
        return "/>"
    if isinstance(value, str):
        # As t="str": text that starts with "=" stays text. The engine knows no _xHHHH_ escapes,
        # so control characters, which XML cannot hold, are the one thing it does not get.
        text = escape(_CONTROL.sub("\ufffd", value), {"\r": "&#13;"})
        return f' t="str"><v>{text}</v></c>'
    kind, text = cached(value)
    return (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"


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
