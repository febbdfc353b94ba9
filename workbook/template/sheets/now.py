"""Now: the open positions at today's price, one instruction a row, and what a change would do."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES, by_key
from workbook.template.frame import Card
from workbook.template.sheets import now_change
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

PRICES = 8  # the row above the table that says when its prices were read
LAST_PRINTED = "Days left"

CARDS = (
    Card(
        2, 6, "What to do next",
        '=CHOOSE(1+(Now_rows>0)*(1+(Now_urgent=0)*(1+(Now_asking=0))),Now_none_words,'
        'Now_urgent&" to act on"&Now_unclear,Now_asking&" to complete","hold all")',
        '=IF(Now_rows=0,Now_missing_words,IF(Now_missing>0,Now_missing_words,Now_first_words))',
        good="AND(Now_rows>0,Now_asking+Now_urgent+Now_missing=0)",
        bad="Now_urgent+Now_missing>0", warn="Now_asking>0",
    ),
    Card(
        7, 8, '="Result now, "&Currency', '=IF(Now_live=0,"",SUM(Now[Result]))',
        '=IF(Now_live=0,"",ROUND(SUM(Now[R now]),1)&" R")', "signed",
    ),
    Card(
        9, 9, '="Risk still open, "&Currency', '=IF(Now_live=0,"",Now_open_risk)',
        '=IF(Now_asking+Now_missing>0,"of the rows judged","with correlation, of "'
        '&ROUND(Now_budget,0))', "money",
        bad="N(Now_open_risk)>Now_budget",
    ),
    Card(
        10, 12, '="Any liquidated, in "&Risk_days&" days"', "=Now_any",
        '=IF(Now_live=0,"",IF(Now_live=1,"the only one","all "&Now_live&": "'
        '&ROUND(Now_all*Per_cent,1)&"%"))',
        "percent1",
    ),
    Card(
        13, 16, '="Next may risk, "&Currency', '=IF(Now_asking+Now_missing>0,"",Now_room)',
        '=IF(Now_asking+Now_missing>0,"complete the rows first","within the correlated budget")',
        "money",
        warn="AND(Now_rows>0,N(Now_room)=0)",
    ),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    table = TABLES["Now"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Now", "The open trades at today's price: type it, and read what to do.", right,
        (7, 9), marked=True,
    )
    frame.excel_table(sheet, table)
    _prices(sheet, context)
    first, last = table.first_row, table.last_row
    now_change.build(sheet, context, last + 3)
    frame.cards(sheet, 4, CARDS)
    for row in (7, PRICES + 1):
        sheet.row_dimensions[row].height = 10
    _tones(sheet, first, last)
    frame.view(sheet, f"E{first}", f"E{first}")
    frame.print_setup(
        sheet, table.index(LAST_PRINTED), last + now_change.ROWS, context.version,
        f"1:{table.header_row}",
    )


def _prices(sheet: Worksheet, context: Context) -> None:
    """When the prices of the table were read, beside the moment the book is read at."""
    field = by_key("review", "prices_at")
    apply_style(sheet.cell(PRICES, 2, field.label), "Body")
    frame.input_cell(sheet, context, field, PRICES, 6, "Input left")
    apply_style(sheet.cell(PRICES, 7, "As of, on Settings"), "Body indented")
    apply_style(sheet.cell(PRICES, 9), "Result left", "moment").value = "=As_of"
    apply_style(sheet.cell(PRICES, 10), "Note").value = (
        '="A price is old after "&ROUND(Mark_days*Hours_per_day,0)&" h. One command does it all: '
        'isomargin review"'
    )
    sheet.row_dimensions[PRICES].height = 22


def _tones(sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Now"]

    def at(header: str) -> str:
        return f"${letter(table.index(header))}{first}"

    def where(header: str) -> str:
        column = letter(table.index(header))
        return f"{column}{first}:{column}{last}"

    todo = where("What to do")
    frame.highlight(sheet, todo, f"AND(ISNUMBER({at('Live')}),{at('Live')}=0)", "warn")
    frame.highlight(sheet, todo, f"{at('Hold')}*({at('Urgency')}=COLUMNS(Now_flags))=1", "good")
    frame.highlight(sheet, todo, f"N({at('Urgency')})>0", "bad")
    for header in ("Result", "R now"):
        frame.highlight(sheet, where(header), f"AND(ISNUMBER({at(header)}),{at(header)}<0)", "bad")
        frame.highlight(sheet, where(header), f"AND(ISNUMBER({at(header)}),{at(header)}>0)", "good")
    frame.table_digits(sheet, table)
    flags = f"{letter(table.index('Gone'))}{first}:{letter(table.index('Carry too high'))}{last}"
    frame.highlight(sheet, flags, f"{letter(table.index('Gone'))}{first}=1", "bad")
