"""Reference: what the verdicts mean, what errors mean, and every formula of the add-in."""

from __future__ import annotations

import math
from collections.abc import Sequence

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import article, frame
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style
from workbook.template.tables.now import STEPS
from workbook.template.tables.plan import FAULTS, INPUT_FAULTS

ERRORS = (
    ("#N/A", "A required input is blank, or there is no answer (never, none).",
     "Fill in what the row says is missing."),
    ("#NUM!", "A number outside its range: leverage 0, a stop on the wrong side, 2 for 2%.",
     "=ISO_EXPLAIN(\"name\", the same arguments) says which."),
    ("#VALUE!", "A word where a number belongs, an unknown word, or ranges of unlike shape.",
     "Look at the side, the model and the ranges."),
    ("#NAME?", "The add-in is not there.", "Install it; see Start."),
)
SIGNS = (
    "Money that you pay is positive in a cost or a loss; profit is positive when you gain.",
    "Rates are fractions: 2% or 0.02, never 2. Prices are account currency per unit.",
    "Funding: longs pay a positive rate, shorts receive it. Volatility is of one day.",
)
LAST = 5
FILL = 1.08  # characters of text that fit into a character of width
UNBROKEN = 0.9  # the same of a formula, which breaks anywhere


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Reference", "What the words, the errors and the formulas mean.", LAST, (4, 4)
    )
    frame.widths(sheet, {2: 34, 3: 58, 4: 62, 5: 14})
    row = 4
    frame.heading(sheet, row, 2, "Signs and units")
    for text in SIGNS:
        row += 1
        apply_style(sheet.cell(row, 2, text), "Body")
    row = _table(
        sheet, row + 2, "What a row of the plan tells you to do", "Verdicts",
        ("Column", "What it says, for example", "What it means"),
        [(fault.header, fault.example, fault.meaning) for fault in (*INPUT_FAULTS, *FAULTS)],
        note="All that hold are shown, the most urgent first. Rows whose cells are wrong are not "
        "computed and count nowhere.",
    )
    row = _table(
        sheet, row + 2, "What a row of Now tells you to do", "Steps",
        ("Column", "What to do", "What it means"),
        [(step.header, step.words, step.meaning) for step in STEPS],
        note="The most urgent first; the first that holds is shown.",
    )
    row = _table(
        sheet, row + 2, "What an error means", "Errors", ("Error", "Meaning", "What helps"), ERRORS,
    )
    row = _article(sheet, row + 2)
    row = _table(
        sheet, row + 2, "Every formula: type =ISO_ in a cell to see them", "Formulas",
        ("Formula", "What it answers", "Arguments", "Kind"),
        [
            (f.name, f.summary, _arguments(f.signature), f.category)
            for f in context.formulas.values()
        ],
    )
    frame.view(sheet, "B4", "A4")
    frame.print_setup(sheet, LAST, row, context.version)
    frame.protect(sheet)


def _article(sheet: Worksheet, row: int) -> int:
    """The article's claims with values computed when the template was built."""
    rows = [(claim.says, claim.so, f"={claim.formula}") for claim in article.CLAIMS]
    end = _table(
        sheet, row, article.TITLE, "Article", ("The article says", "What is so", "Formula"), rows,
        note=f"{article.SETTING} Values as computed when this template was built.", more="Value",
    )
    formats = {"percent": "percent1"}
    for at, (claim, value) in enumerate(
        zip(article.CLAIMS, article.values(), strict=True), start=end - len(rows) + 1
    ):
        kind = formats.get(claim.format, claim.format)
        apply_style(sheet.cell(at, 5, value), "Cell value", kind)
    apply_style(sheet.cell(end + 1, 2, article.UNCHECKED), "Note")
    return end + 1


def _arguments(signature: str) -> str:
    return signature.partition("(")[2].removesuffix(")") or "none"


def _table(
    sheet: Worksheet,
    row: int,
    title: str,
    name: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    note: str = "",
    more: str = "",
) -> int:
    frame.heading(sheet, row, 2, title)
    row += 1
    if note:
        apply_style(sheet.cell(row, 2, note), "Note")
        row += 1
    top = row
    for column, text in enumerate(heads, start=2):
        apply_style(sheet.cell(row, column, text), "Header left")
    if more:
        apply_style(sheet.cell(row, 2 + len(heads), more), "Header")
    for values in rows:
        row += 1
        longest = 0
        for column, text in enumerate(values, start=2):
            cell = apply_style(sheet.cell(row, column), "Cell wrapped")
            frame.write_input(cell, text)
            room = sheet.column_dimensions[letter(column)].width
            fill = FILL if " " in text else UNBROKEN
            longest = max(longest, math.ceil(len(text) / (room * fill)))
        sheet.row_dimensions[row].height = 5 + 15 * longest
    right = letter(1 + len(heads) + bool(more))
    sheet.add_table(ExcelTable(displayName=name, ref=f"B{top}:{right}{row}"))
    return row
