"""Exits: a trade that is left in parts, one row a part. Fills: what imports remember."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets.context import Context

CARDS = (
    Card(
        2, 3, "Exits so far", "=COUNT(Exits[Trade])",
        '="of "&COUNTIF(Journal[Exited],">0")&" trade(s)"', "whole",
    ),
    Card(
        4, 6, '="Result of the exits, "&Currency', "=SUM(Exits[Result])",
        "after their own fees and carry", "signed",
    ),
    Card(
        7, 9, "Adds up with the Journal", '=IF(SUM(Journal[Off])=0,"yes","no")',
        '=IF(SUM(Journal[Off])=0,"units out are at most units held",'
        '"trade "&INDEX(Journal[Trade],MATCH(1,Journal[Off],0))&": more or less out than held")',
        good="AND(Exits_rows>0,Exits_off=0)", bad="Exits_off>0",
    ),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    table = TABLES["Exits"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Exits", "One row for each part of a trade that you close. A single exit may stand "
        "in the Journal instead.", right, (9, 11), marked=True,
    )
    frame.cards(sheet, 4, CARDS)
    sheet.row_dimensions[7].height = 10
    frame.excel_table(sheet, table)
    first, last = table.first_row, table.last_row
    result, symbol = letter(table.index("Result")), letter(table.index("Symbol"))
    for test, name in (("<0", "bad"), (">0", "good")):
        frame.highlight(
            sheet, f"{result}{first}:{result}{last}",
            f"AND(ISNUMBER({result}{first}),{result}{first}{test})", name,
        )
    frame.highlight(
        sheet, f"{symbol}{first}:{symbol}{last}", f'{symbol}{first}="no such trade"', "bad"
    )
    inputs = [table.index(column.header) for column in table.inputs]
    context.name(
        "Exits_inputs", sheet, f"${letter(inputs[0])}${first}:${letter(inputs[-1])}${last}"
    )
    frame.view(sheet, f"B{first}", f"C{first}")
    frame.print_setup(sheet, table.index("Result"), last, context.version, f"1:{table.header_row}")


def build_fills(sheet: Worksheet, context: Context) -> None:
    """Lay out the memory of imports."""
    table = TABLES["Fills"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Fills", "What isomargin journal import has read, so that nothing is counted twice. "
        "Nothing to type here.", right, (9, 10),
    )
    frame.cards(
        sheet, 4,
        (Card(2, 3, "Fills and payments", "=COUNTA(Fills[Id])", "imported so far", "whole"),),
    )
    sheet.row_dimensions[7].height = 10
    frame.excel_table(sheet, table)
    frame.view(sheet, f"B{table.first_row}", f"C{table.first_row}")
    frame.print_setup(sheet, right, table.last_row, context.version, f"1:{table.header_row}")
    frame.protect(sheet)
