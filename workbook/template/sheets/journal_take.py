"""Taking a trade by hand: the chosen plan row in the Journal's own columns, to copy as values."""

from __future__ import annotations

import re

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style
from workbook.template.tables.journal import PLANNED, PRICE_MARK, SIZE_MARK, SUM_NOW, WORDS_NOW

ROW = 48
WORDS = frozenset({"Symbol", "Side", "Venue", "Reason"})


def build(sheet: Worksheet, context: Context) -> None:
    """Lay out the row above the table, each cell over its column."""
    table = TABLES["Journal"]
    frame.heading(sheet, ROW - 2, 2, "Take it by hand")
    apply_style(
        sheet.cell(
            ROW - 1, 2,
            "Press Take in the row of Plan, or isomargin journal take. By hand: this is the row "
            "chosen on Trade as the Journal takes it; copy it up to Risk, paste values into the "
            "first blank row below; then the rest, from Target 1 to Sealed words, too.",
        ),
        "Note",
    )
    sheet.row_dimensions[ROW].height = 21
    wanted = '=IF(Trade_symbol="","",{})'
    for column in table.columns:
        text = _formula(column.header)
        if not text:
            continue
        cell = sheet.cell(ROW, table.index(column.header))
        fmt = frame.format_of(column)
        left = frame.role_of(column).endswith("left")
        apply_style(cell, "Result left" if left else "Result", fmt).value = wanted.format(text)
    apply_style(
        sheet.cell(
            ROW - 1, table.index("Target 1"),
            "The rest of that row, with its seal: from then on Checks tells when the plan is "
            "changed.",
        ),
        "Note",
    )


def _formula(header: str) -> str:
    if header in PLANNED:
        link = f"INDEX(Plan[{PLANNED[header]}],Trade_row)"
        return f'{link}&""' if header in WORDS else link
    return {
        "Trade": "MAX(Journal[Trade])+1",
        "Opened": "As_of",
        "Made by": '"isomargin "&Made_for&", template "&Template_version',
        "Sealed sum": _here(SUM_NOW),
        "Sealed words": _here(WORDS_NOW),
        "Price mark": _here(PRICE_MARK),
        "Size mark": _here(SIZE_MARK),
    }.get(header, "")


def _here(formula: str) -> str:
    """A formula of the table as it reads in this row, where a table's own names do not reach."""
    table = TABLES["Journal"]
    names = re.compile(r"\[@\[([^\[\]]+)\]\]|\[@([^\[\]]+)\]")
    return names.sub(lambda found: f"{letter(table.index(found[1] or found[2]))}{ROW}", formula)
