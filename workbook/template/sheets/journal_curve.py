"""Curve: the last trades in the order they closed, and what the add-in makes of them.

The Journal may be sorted as one likes; a running equity, a drawdown and a streak need the order of
closing, so it is laid out here once. Array formulas have a fixed range: the last `TRADES` trades.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from udfs.maths.journal_statistics import STATISTICS
from workbook.template import frame
from workbook.template.frame import Card
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

TRADES = 500
PRINTED = 40  # the first page; nobody wants the workings on paper
TOP = 8  # units, then headers, then the point before the first trade
START = TOP + 2
FIRST = START + 1
LAST = FIRST + TRADES - 1
SETUPS = 6
PAD_FIRST = LAST + 1
PAD_LAST = LAST + SETUPS
# Below any result: rows of a group that does not exist come last and are shown blank.
PAD_RESULT = -1e5
RIGHT = 25

COLUMNS = (
    ("Point", "number", "right", 9, "whole"),
    ("Trade", "of all closed", "right", 11, "whole"),
    ("Row", "in Journal", "right", 10, "whole"),
    ("Closed", "UTC", "left", 18, "moment"),
    ("Symbol", "word", "left", 12, "text"),
    ("Setup", "word", "left", 16, "text"),
    ("Net", "money", "right", 12, "signed"),
    ("R", "x risk", "right", 10, "r"),
    ("Equity", "money", "right", 13, "money"),
    ("Drawdown", "% of peak", "right", 11, "percent1"),
    ("At", "trades so far", "right", 10, "whole"),
)

# When a statistic exists; the add-in gives #N/A for one that does not.
WON, LOST = 'COUNTIF(Curve_results,">0")', 'COUNTIF(Curve_results,"<0")'
ALL = "COUNT(Curve_results)"
EXISTS = {
    "Win rate": f"{ALL}>0",
    "Average win": f"{WON}>0",
    "Average loss": f"{LOST}>0",
    "Payoff ratio": f"{WON}*{LOST}>0",
    "Expectancy": f"{ALL}>0",
    "Profit factor": f"{LOST}>0",
    "Standard deviation": f"{ALL}>1",
    "SQN": "MAX(Curve_results)>MIN(Curve_results)",
    "Kelly fraction": f"{WON}*{LOST}>0",
}


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Curve", f"The last {TRADES} closed trades in the order they closed: what the "
        "Journal's charts and statistics are made of.", RIGHT, (10, 13), marked=True,
    )
    frame.widths(sheet, {2 + at: column[3] for at, column in enumerate(COLUMNS)})
    frame.widths(sheet, {13: 3, 14: 26, 15: 9, 16: 12, 17: 16, 18: 9, 19: 11, 20: 14, 21: 14})
    frame.widths(sheet, {22: 3})
    _counts(sheet, context)
    frame.column_heads(sheet, TOP, 2, [column[:3] for column in COLUMNS])
    _trades(sheet, context)
    _statistics(sheet, context)
    _setups(sheet, context)
    frame.view(sheet, f"B{START}", f"C{START}")
    frame.print_setup(sheet, RIGHT, FIRST + PRINTED - 1, context.version, f"1:{START - 1}")
    frame.protect(sheet)


def _counts(sheet: Worksheet, context: Context) -> None:
    frame.cards(
        sheet, 4,
        (
            Card(2, 3, "Trades here", "=MIN(COUNT(Journal[Net]),MAX(Curve_points))",
                 '=IF(Curve_skip>0,Curve_skip&" older ones left out","all that are closed")',
                 "whole"),
            Card(4, 5, "Older ones", "=COUNT(Journal[Net])-Curve_count", "left out here", "whole"),
            Card(6, 7, '="Results here, "&Currency', "=SUM(Curve_nets)", "after all costs",
                 "signed"),
            Card(8, 10, '="Equity before them, "&Currency',
                 "=IF(Equity_now>Curve_total,Equity_now-Curve_total,Equity_now)",
                 '=IF(Equity_now>Curve_total,"equity now less the results",'
                 '"not known: more was won than there is")', "money"),
        ),
    )
    for name, column in (
        ("Curve_count", 2), ("Curve_skip", 4), ("Curve_total", 6), ("Curve_start", 8)
    ):
        context.name_cell(name, sheet, 5, column)
    sheet.row_dimensions[7].height = 10


def _trades(sheet: Worksheet, context: Context) -> None:
    for at, column in enumerate(COLUMNS):
        role = "Working left" if column[2] == "left" else "Working"
        for row in range(START, LAST + 1):
            apply_style(sheet.cell(row, 2 + at), role, column[4])
    sheet.cell(START, 2).value = 0
    sheet.cell(START, 10).value = "=Curve_start"
    sheet.cell(START, 11).value = 0
    sheet.cell(START, 12).value = 0
    for number, row in enumerate(range(FIRST, LAST + 1), start=1):
        result = f"INDEX(Journal[R],D{row})"
        for place, value in (
            (2, number),
            (3, f'=IF(B{row}<=Curve_count,B{row}+Curve_skip,"")'),
            (4, f'=IF(C{row}="","",MATCH(C{row},Journal[Order],0))'),
            (5, f'=IF(D{row}="","",INDEX(Journal[Closed],D{row}))'),
            (6, f'=IF(D{row}="","",INDEX(Journal[Symbol],D{row}))'),
            (7, f'=IF(D{row}="","",INDEX(Journal[Setup],D{row})&"")'),
            (8, f'=IF(D{row}="","",INDEX(Journal[Net],D{row}))'),
            (9, f'=IF(D{row}="","",IF(INDEX(Journal[Counted],D{row}),{result},""))'),
            (12, f"=MIN(B{row},Curve_count)"),
        ):
            sheet.cell(row, place).value = value
    for number, row in enumerate(range(PAD_FIRST, PAD_LAST + 1), start=1):
        apply_style(sheet.cell(row, 6, "no more setups"), "Working left")
        apply_style(sheet.cell(row, 7, f"none {number}"), "Working left")
        apply_style(sheet.cell(row, 9, PAD_RESULT), "Working", "tiny")
    for name, letters, last in (
        ("Curve_points", "B", LAST), ("Curve_nets", "H", LAST),
        ("Curve_results", "I", LAST), ("Curve_setups", "G", PAD_LAST),
        ("Curve_padded", "I", PAD_LAST),
    ):
        context.name(name, sheet, f"${letters}${FIRST}:${letters}${last}")
    frame.array(sheet, FIRST, 10, TRADES, 1, "=ISO_EQUITY_CURVE(Curve_start,Curve_nets)",
                ("money",))
    frame.array(sheet, FIRST, 11, TRADES, 1, "=ISO_DRAWDOWN(Curve_start,Curve_nets)",
                ("percent1",))
    # What stands in rows after the last trade is only there for the lines to end in one point.
    frame.mute(sheet, f"J{FIRST}:L{LAST}", f'$C{FIRST}=""')
    context.name_cell("Pad_result", sheet, PAD_FIRST, 9)
    context.name_cell("Equity_end", sheet, LAST, 10)
    context.name_cell("Curve_fall", sheet, LAST, 11)


def _statistics(sheet: Worksheet, context: Context) -> None:
    frame.column_heads(
        sheet, TOP, 14,
        (("Statistic", "in R", "left"), ("Exists", "1 = yes", "right"), ("Value", "R", "right")),
    )
    last = START + len(STATISTICS) - 1
    for row, name in enumerate(STATISTICS, start=START):
        apply_style(sheet.cell(row, 14, name), "Working left")
        apply_style(sheet.cell(row, 15), "Working", "flag").value = f"=N({EXISTS.get(name, '1')})"
    frame.array(
        sheet, START, 16, len(STATISTICS), 1,
        f'=IF($O${START}:$O${last}>0,INDEX(ISO_JOURNAL_STATS(Curve_results),0,COLUMNS('
        f'$N${START}:$O${START})),"none")', ("ratio",),
    )
    context.name("Statistics", sheet, f"$P${START}:$P${last}")


def _setups(sheet: Worksheet, context: Context) -> None:
    frame.column_heads(
        sheet, TOP, 17,
        (("Setup", "best first", "left"), ("Trades", "count", "right"),
         ("Win rate", "% of trades", "right"), ("Expectancy", "x risk", "right"),
         ("Total", "x risk", "right")),
    )
    frame.array(
        sheet, START, 17, SETUPS, 5, "=ISO_JOURNAL_BY(Curve_setups,Curve_padded)",
        ("text", "whole", "percent1", "ratio", "ratio"),
    )
    frame.hide_while(sheet, f"Q{START}:U{START + SETUPS - 1}", f"$U{START}<=Pad_result")
    context.name("By_setup", sheet, f"$Q${START}:$U${START + SETUPS - 1}")
