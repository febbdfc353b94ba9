"""Builds the template workbook, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import Workbook

from udfs import catalogue
from udfs.version import __version__
from workbook.template import frame, styles
from workbook.template.fields import TABLES
from workbook.template.finish import finish
from workbook.template.rules import check_rules
from workbook.template.sheets import (
    checks,
    exits,
    journal,
    journal_curve,
    markets,
    now,
    plan,
    reference,
    risk,
    settings,
    start,
    trade,
)
from workbook.template.sheets.context import Context

# A sheet's name, what lays it out, and the colour of its tab. Reading order.
SHEETS = (
    ("Start", start.build, styles.NAVY),
    ("Settings", settings.build, styles.STEEL),
    ("Markets", markets.build, styles.STEEL),
    ("Plan", plan.build, "C58A00"),
    ("Trade", trade.build, styles.STEEL),
    ("Risk", risk.build, styles.STEEL),
    ("Now", now.build, "C58A00"),
    ("Journal", journal.build, "C58A00"),
    ("Exits", exits.build, "C58A00"),
    ("Curve", journal_curve.build, styles.STEEL),
    ("Fills", exits.build_fills, styles.RULE),
    ("Reference", reference.build, styles.RULE),
    ("Checks", checks.build, styles.GREEN),
)
# Excel recomputes a file whole when an older Excel wrote it; this says "a current one", so
# that the computed values stay where the add-in is not installed.
CALCULATION = 191029
BUILT = dt.datetime(*start.BUILD_DATE)


def build_template() -> bytes:
    """The empty template as .xlsx bytes, without computed values."""
    book = Workbook()
    styles.set_default_font(book)
    book.remove(book.active)
    context = Context(book, catalogue, __version__)
    for title, _, colour in SHEETS:
        sheet = book.create_sheet(title)
        sheet.sheet_properties.codeName = f"{title}Sheet"
        sheet.sheet_properties.tabColor = colour
    for title, lay_out, _ in SHEETS:
        lay_out(book[title], context)
    check_rules(book)
    book.code_name = "ThisWorkbook"
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet.title == SHEETS[0][0]
    book.calculation.fullCalcOnLoad = False
    book.calculation.calcId = CALCULATION
    book.properties.creator = "isomargin"
    book.properties.title = "isomargin: isolated-margin plan and journal"
    book.properties.description = "Educational, not advice."
    book.properties.created = book.properties.modified = BUILT
    buffer = io.BytesIO()
    book.save(buffer)
    return finish(buffer.getvalue(), column_formulas(), context.alt_texts)


def column_formulas() -> dict[str, dict[str, str]]:
    """Table name to header to the column's formula, for rows that are added later."""
    return {
        table.name: {
            column.header: frame.formula_of(table, column)
            for column in table.columns
            if not column.is_input
        }
        for table in TABLES.values()
    }
