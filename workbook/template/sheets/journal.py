"""Journal: what was expected beside what happened, and what it adds up to."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets import journal_charts
from workbook.template.sheets.context import Context

CARDS = (
    Card(
        2, 3, "Review due", '=IF(Journal_open=0,"none open",INDEX(Journal[Symbol],'
        'MATCH(MIN(Journal[Review due]),Journal[Review due],0)))',
        '=IF(Journal_open=0,"",IF(Journal_overdue>0,"overdue: look at it now",'
        '"in time, "&Reviews_per_day&" a day"))',
        look="Journal_overdue>0",
    ),
    Card(
        5, 6, "Expectancy, R a trade", '=IF(Journal_closed=0,"",AVERAGE(Journal[R]))',
        "after fees and carry", "r", good='AND(ISNUMBER($E$5),$E$5>0)',
        bad='AND(ISNUMBER($E$5),$E$5<0)',
    ),
    Card(
        7, 8, "Trades closed", "=Journal_closed",
        '=COUNTIF(Journal[R],">0")&" won, "&COUNTIF(Journal[R],"<0")&" lost"',
    ),
    Card(
        9, 10, "Win rate", '=IF(Journal_closed=0,"",COUNTIF(Journal[R],">0")/Journal_closed)',
        "of closed trades", "percent1",
    ),
    Card(
        11, 12, "Profit factor",
        '=IF(COUNTIF(Journal[Net],"<0")=0,"",SUMIF(Journal[Net],">0")/-SUMIF(Journal[Net],"<0"))',
        "won over lost", "ratio",
    ),
    Card(
        13, 13, '="Carry paid, "&Currency', "=SUM(Journal[Carry])",
        '="planned "&ROUND(SUMIF(Journal[Closed],">0",Journal[Plan carry]),0)', "cents",
    ),
    Card(
        14, 16, "Cost of broken rules, R", '=SUMIFS(Journal[R],Journal[Rules kept],"no")',
        '=COUNTIF(Journal[Rules kept],"no")&" trade(s) against the plan"', "r",
        look='COUNTIF(Journal[Rules kept],"no")>0',
    ),
)  # fmt: skip


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    table = TABLES["Journal"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Journal", "What you expected, what happened, and why. A new trade goes into the "
        "first blank row.", right, (10, 13), marked=True,
    )  # fmt: skip
    frame.cards(sheet, 4, CARDS)
    frame.excel_table(sheet, table)
    first, last = table.first_row, table.last_row
    _tones(sheet, first, last)
    _names(context, sheet, first, last)
    journal_charts.build(sheet, context, table, right + 2)
    frame.view(sheet, f"B{first}", "D4")
    frame.print_setup(sheet, table.index("Note"), last, context.version)


def _tones(sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Journal"]
    left, right = letter(table.index("Net")), letter(table.index("R"))
    where = f"{left}{first}:{right}{last}"
    frame.tone(sheet, where, f"AND(ISNUMBER({left}{first}),{left}{first}>0)", "good")
    frame.tone(sheet, where, f"AND(ISNUMBER({left}{first}),{left}{first}<0)", "bad")
    frame.tone(sheet, where, f'{left}{first}="open"', "look")
    rules = letter(table.index("Rules kept"))
    frame.tone(sheet, f"{rules}{first}:{rules}{last}", f'${rules}{first}="no"', "look")


def _names(context: Context, sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Journal"]
    parts = []
    for start, end in (("Opened", "Reviewed"), ("Rules kept", "Note")):
        parts.append(
            f"'{sheet.title}'!${letter(table.index(start))}${first}"
            f":${letter(table.index(end))}${last}"
        )
    context.name("Journal_inputs", sheet, ",".join(parts).removeprefix(f"'{sheet.title}'!"))
