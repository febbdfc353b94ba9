"""Plan: the sheet a trade is decided on."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets.context import Context
from workbook.template.tables.plan import FAULTS, INPUT_FAULTS

LAST_PRINTED = "Chance"
SPACE = 1000  # rows below the table in which somebody may have typed

CARDS = (
    Card(
        2, 5, "What to do next",
        '=IF(Plan_rows=0,"type an idea",IF(Plan_attention=0,"all rows go",'
        'Plan_attention&" to fix"))',
        '=IF(Plan_rows=0,"first yellow row",IF(Plan_attention=0,"stops set? reviewed?",'
        '"row "&Plan_first&", "&INDEX(Plan[Symbol],Plan_first)&": see What to do"))',
        good="AND(Plan_rows>0,Plan_attention=0)", bad="Plan_attention>0",
    ),
    Card(
        6, 8, "Stop before liquidation", '=Plan_safe&" of "&Plan_rows',
        '="at least "&Gap_multiple&"x the stop distance"',
        good="AND(Plan_rows>0,Plan_safe=Plan_rows)", bad="Plan_safe<Plan_rows",
    ),
    Card(
        9, 11, '="Carry a day, "&Currency',
        '=SUMIF(Plan[Day carry],">0")+SUMIF(Plan[Day carry],"<0")',
        '=ROUND(SUMIF(Plan[Carry],">0")+SUMIF(Plan[Carry],"<0"),0)&" over the plan"', "cents",
    ),
    Card(
        12, 15, "Open positions", '=Plan_open&" of "&Max_positions',
        '=Plan_rows-Plan_open&" idea(s)"', bad="Plan_open>Max_positions",
    ),
    Card(
        16, 18, '="Risk at the stops, "&Currency', "=Plan_risk",
        '="budget "&ROUND(Equity_now*Max_total_risk,0)&", "&ROUND(Equity_now*Risk_used'
        ',0)&" each"', "money", bad="Plan_risk>Total_budget",
    ),
    Card(
        19, 19, '="Risk with correlation, "&Currency', "=Risk_correlated",
        '=IF(Risk_count=0,"","of "&FIXED(Risk_sum,0)&"; in bets: "&Risk_bets_label)', "money",
        warn="N(Risk_correlated)>Equity_now*Max_correlated_risk",
    ),
    Card(
        20, 23, '="Margin posted, "&Currency', "=Plan_margin",
        '="of an account of "&FIXED(Equity_now,0)', "money", bad="Plan_margin>Equity_now",
    ),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    table = TABLES["Plan"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Plan", "One row a trade idea. Type in the yellow cells; the rest is computed.",
        right, (12, 16), marked=True,
    )
    frame.cards(sheet, 4, CARDS)
    sheet.row_dimensions[7].height = 10
    frame.excel_table(sheet, table)
    for row in range(table.first_row, table.last_row + 1):
        sheet.row_dimensions[row].height = 33  # two lines of What to do
    first, last = table.first_row, table.last_row
    _tones(sheet, first, last)
    inputs = [table.index(column.header) for column in table.inputs]
    context.name("Plan_inputs", sheet, f"${letter(inputs[0])}${first}:${letter(inputs[-1])}${last}")
    days = letter(table.index("Days"))
    context.name("Plan_space", sheet, f"${letter(table.left)}${first}:${days}${last + SPACE}")
    frame.view(sheet, f"B{first}", f"C{first}")
    frame.print_setup(
        sheet, table.index(LAST_PRINTED), last, context.version, f"1:{table.header_row}"
    )


def _tones(sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Plan"]

    def where(header: str) -> str:
        column = letter(table.index(header))
        return f"{column}{first}:{column}{last}"

    def at(header: str) -> str:
        return f"${letter(table.index(header))}{first}"

    for start, name in (("yes", "good"), ("tight", "warn"), ("NO", "bad")):
        frame.highlight(
            sheet, where("Stop first"), f'LEFT({at("Stop first")},LEN("{start}"))="{start}"', name
        )
    frame.highlight(
        sheet, where("What to do"), f'AND({at("Go")}=1,{at("Notes")}<>"")', "warn"
    )
    frame.highlight(sheet, where("What to do"), f"{at('Go')}=1", "good")
    soft = "&".join(at(header) for header in ("Carry too high", "Reward too low"))
    grave = "&".join(at(fault.header) for fault in FAULTS[:-2])
    frame.highlight(
        sheet, where("What to do"), f'AND({at("Valid")}=1,{grave}="",{soft}<>"")', "warn"
    )
    frame.highlight(sheet, where("What to do"), f"ISNUMBER({at('No')})", "bad")
    faults = (*INPUT_FAULTS, *FAULTS)
    first_fault, last_fault = (letter(table.index(faults[at_].header)) for at_ in (0, -1))
    frame.highlight(
        sheet, f"{first_fault}{first}:{last_fault}{last}", f'{first_fault}{first}<>""', "bad"
    )
    frame.highlight(sheet, where("Go"), f"{at('Go')}=1", "good")
    frame.table_digits(sheet, table)
