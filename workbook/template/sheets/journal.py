"""Journal: what was expected beside what happened, and what it adds up to."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets import journal_charts, journal_statistics, journal_take
from workbook.template.sheets.context import Context

CARDS = (
    Card(
        2, 3, "Review due", '=IF(Journal_open=0,"none open",INDEX(Journal[Symbol],'
        'MATCH(MIN(Journal[Review due]),Journal[Review due],0)))',
        '=IF(Journal_open=0,"",IF(Journal_overdue>0,Journal_overdue&" overdue: look now",'
        '"in time, "&Reviews_per_day&" a day"))',
        warn="Journal_overdue>0",
    ),
    Card(
        4, 5, "Expectancy, R a trade", '=IF(COUNT(Journal[R])=0,"",AVERAGE(Journal[R]))',
        "after fees and carry", "r", good="AND(ISNUMBER($D$5),$D$5>0)",
        bad="AND(ISNUMBER($D$5),$D$5<0)",
    ),
    Card(
        6, 7, "Trades closed", "=Journal_closed",
        '=COUNTIF(Journal[Net],">0")&" won, "&COUNTIF(Journal[Net],"<0")&" lost"',
    ),
    Card(
        8, 9, "Win rate",
        '=IF(COUNT(Journal[Net])=0,"",COUNTIF(Journal[Net],">0")/COUNT(Journal[Net]))',
        "of all closed, by money", "percent1",
    ),
    Card(
        10, 11, "Profit factor",
        '=IF(COUNTIF(Journal[Net],"<0")=0,"",SUMIF(Journal[Net],">0")/-SUMIF(Journal[Net],"<0"))',
        "won over lost, money", "ratio",
    ),
    Card(
        12, 13, '="Carry paid, "&Currency', "=FIXED(SUM(Journal[Carry paid]),0)",
        '="planned "&ROUND(SUMIFS(Journal[Plan carry],Journal[Done],">0"),0)',
    ),
    Card(
        14, 16, "Trades against the plan, R", '=SUMIFS(Journal[R],Journal[Rules kept],"no")',
        '=COUNTIF(Journal[Rules kept],"no")&" trade(s) broke a rule"', "r",
        warn="Journal_broken>0",
    ),
    Card(
        17, 18, "What it proves",
        '=IF(Journal_closed=0,"nothing yet",IF(Journal_closed<Enough_trades,"too few to tell",'
        '"enough to look at"))',
        '=IF(Journal_closed<Enough_trades,"in "&Journal_closed&" trade(s) luck explains most",'
        'Journal_closed&" trades")',
    ),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    table = TABLES["Journal"]
    right = table.left + len(table.columns) - 1
    frame.header(
        sheet, "Journal", "What you expected, what happened, and why. The trades stand below the "
        "statistics; a new one goes into the first blank row.", right, (12, 15), marked=True,
    )
    frame.cards(sheet, 4, CARDS)
    frame.excel_table(sheet, table)
    first, last = table.first_row, table.last_row
    _tones(sheet, first, last)
    _names(context, sheet, first, last)
    journal_charts.build(sheet, context)
    journal_statistics.build(sheet, context)
    journal_take.build(sheet, context)
    frame.view(sheet, f"B{first}", "E4")
    sheet.row_breaks.append(Break(id=journal_take.ROW - 3))
    frame.print_setup(sheet, table.index("R"), last, context.version)


def _tones(sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Journal"]

    def column(header: str) -> str:
        return str(letter(table.index(header)))

    for header in ("Net", "R"):
        at = column(header)
        where = f"{at}{first}:{at}{last}"
        frame.highlight(sheet, where, f"AND(ISNUMBER({at}{first}),{at}{first}>0)", "good")
        frame.highlight(sheet, where, f"AND(ISNUMBER({at}{first}),{at}{first}<0)", "bad")
        frame.highlight(sheet, where, f'OR({at}{first}="open",{at}{first}="no exit")', "warn")
    rules = column("Rules kept")
    frame.highlight(sheet, f"{rules}{first}:{rules}{last}", f'${rules}{first}="no"', "warn")
    for header in ("Off", "Changed"):
        at = column(header)
        frame.highlight(sheet, f"{at}{first}:{at}{last}", f"{at}{first}=1", "bad")


def _names(context: Context, sheet: Worksheet, first: int, last: int) -> None:
    table = TABLES["Journal"]
    runs: list[list[int]] = []
    for column in table.inputs:
        at = table.index(column.header)
        if runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    parts = [
        f"'{sheet.title}'!${letter(start)}${first}:${letter(end)}${last}" for start, end in runs
    ]
    context.name("Journal_inputs", sheet, ",".join(parts).removeprefix(f"'{sheet.title}'!"))
