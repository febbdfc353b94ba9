"""The books of `cases`, written by libraries that write workbooks for other people."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import polars
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from tests.foreign.cases import Book

SHEET = "Data"


def by_openpyxl(book: Book) -> bytes:
    made = openpyxl.Workbook()
    if book.date1904:
        made.epoch = CALENDAR_MAC_1904
    sheet = made.active
    sheet.title = SHEET
    for cell, value in book.cells.items():
        sheet[cell] = value
    for cell, (formula, _) in book.formulas.items():
        sheet[cell] = ArrayFormula(cell, formula) if cell in book.arrays else formula
    for name, text in book.names.items():
        made.defined_names[name] = DefinedName(name, attr_text=text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def by_xlsxwriter(book: Book) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"date_1904": book.date1904, "strings_to_numbers": False})
    sheet = made.add_worksheet(SHEET)
    for cell, value in book.cells.items():
        _write(sheet, cell, value)
    _formulas(made, sheet, book)
    made.close()
    return out.getvalue()


def by_polars(book: Book) -> bytes:
    """A data frame, as polars writes one, and formulas beside it."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"date_1904": book.date1904})
    sheet = made.add_worksheet(SHEET)
    frame = polars.DataFrame({c: [book.cells[f"{c}{row}"] for row in range(1, 7)] for c in "AB"})
    frame.write_excel(made, SHEET, include_header=False)
    for cell, value in book.cells.items():
        if cell[0] not in "AB":
            _write(sheet, cell, value)
    _formulas(made, sheet, book)
    made.close()
    return out.getvalue()


def _write(sheet: Any, cell: str, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(cell, value)
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(cell, value)
    elif isinstance(value, str):
        sheet.write_string(cell, value)
    else:
        sheet.write_number(cell, value)


def _formulas(made: Any, sheet: Any, book: Book) -> None:
    for cell, (formula, _) in book.formulas.items():
        if cell in book.arrays:
            sheet.write_array_formula(f"{cell}:{cell}", f"{{{formula}}}", None, "")
        else:
            sheet.write_formula(cell, formula, None, "")
    for name, text in book.names.items():
        made.define_name(name, f"={text}")
