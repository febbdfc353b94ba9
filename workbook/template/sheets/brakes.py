"""Brakes: what was lost lately against what may be lost, and what that does to the next trade.

Of closed trades alone. Nothing is added from day to day: all of it follows from the Journal and
from the moment on Settings.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

SINCE_TODAY = 'Journal[Done],">="&INT(As_of)'
SINCE_WEEK = 'Journal[Done],">="&INT(As_of)+1-Week_days'
MONEY = "=Currency"


def _lost(column: str, since: str) -> str:
    return f"MAX(0,-SUMIFS(Journal[{column}],{since}))"


def _says(words: str, value: str, limit: str, more: str = "") -> str:
    """A sentence once the limit is reached, else nothing."""
    return f"REPT({words},N({value}>={limit}*(1-Tolerance)){more})"


# Name, label, unit, format, formula, what it means.
LINES = (
    ("Equity_booked", "Starting equity and results", MONEY, "money",
     'IF(N(Starting_equity)=0,"not typed",Starting_equity+SUMIF(Journal[Net],">0")'
     '+SUMIF(Journal[Net],"<0"))', "what the account should be worth, by the Journal"),
    ("Equity_now", "Equity that sizes are made of", MONEY, "money",
     "IF(N(Equity_booked)>0,Equity_booked,Account_equity)",
     "the line above, or the typed equity where no starting equity is typed"),
    ("Lost_today", "Lost today", MONEY, "money", _lost("Net", SINCE_TODAY),
     "trades closed on the day of As of, UTC; 0 where they won"),
    ("R_today", "Lost today, in R", "x risk", "ratio", _lost("R", SINCE_TODAY),
     "the same trades by what each risked"),
    ("Day_limit", "May be lost in a day", MONEY, "money", "Equity_now*Loss_limit_day",
     "equity x the limit above"),
    ("Lost_week", "Lost in seven days", MONEY, "money", _lost("Net", SINCE_WEEK),
     "today and the six days before"),
    ("R_week", "Lost in seven days, in R", "x risk", "ratio", _lost("R", SINCE_WEEK),
     "the same trades by what each risked"),
    ("Week_limit", "May be lost in seven days", MONEY, "money", "Equity_now*Loss_limit_week",
     "equity x the limit above"),
    ("Losing_run", "Losses in a row", "trades", "whole",
     "Curve_count-SUMPRODUCT(MAX(ISNUMBER(Curve_nets)*(Curve_nets>=0)*Curve_points))",
     "closed trades since the last that did not lose"),
    ("Drawdown_now", "Below the highest equity", "% of peak", "percent1",
     'IF(ISNUMBER(Curve_fall),Curve_fall,"not known")', "the last point of the Curve"),
    ("Risk_factor", "Part of the risk that is taken", "% of risk", "percent",
     "IF(N(Drawdown_now)>=Drawdown_limit*(1-Tolerance),Drawdown_factor,1)",
     "less than 100% while the drawdown is at its limit or beyond"),
    ("Risk_used", "Risk per trade that is used", "% of account", "percent1",
     "Risk_per_trade*Risk_factor", "what Plan sizes by"),
    ("Brake_today", "Brake of the day", "word", "text", _says(
        '"lost "&ROUND(Lost_today,0)&" today ("&ROUND(R_today,1)&" R), limit "'
        '&ROUND(Day_limit,0)&". "', "Lost_today", "Day_limit"), "gone tomorrow"),
    ("Brake_week", "Brake of seven days", "word", "text", _says(
        '"lost "&ROUND(Lost_week,0)&" in a week ("&ROUND(R_week,1)&" R), limit "'
        '&ROUND(Week_limit,0)&". "', "Lost_week", "Week_limit"),
     "gone once the losses are a week old"),
    ("Brake_run", "Brake of the losing run", "word", "text", _says(
        'Losing_run&" losses in a row, limit "&Losing_run_limit&". "',
        "Losing_run", "Losing_run_limit", "*(MAX(Journal[Done])+Run_pause>As_of)"),
     "gone after the pause"),
    ("Brake_on", "A brake holds", "1 = yes", "flag",
     'N(LEN(Brake_today&Brake_week&Brake_run)>0)', "rows of Plan that are not open have to wait"),
    ("Brake_words", "What such a row says", "word", "text",
     'REPT("no new trade today: "&Brake_today&Brake_week&Brake_run,Brake_on)', ""),
)


def lines(sheet: Worksheet, context: Context, row: int, columns: tuple[int, int, int, int]) -> int:
    """Lay the block out from a row; the row below it comes back."""
    label, value, unit, note = columns
    frame.heading(sheet, row, label, "Brakes: where you stand")
    apply_style(sheet.cell(row, note, "What it is"), "Note indented")
    for name, text, kind, fmt, formula, meaning in LINES:
        row += 1
        apply_style(sheet.cell(row, label, text), "Body")
        role = "Result left" if fmt == "text" else "Result"
        apply_style(sheet.cell(row, value), role, fmt).value = f"={formula}"
        if fmt != "text":
            apply_style(sheet.cell(row, unit, kind), "Note indented")
            apply_style(sheet.cell(row, note, meaning), "Note indented")
        context.name_cell(name, sheet, row, value)
        sheet.row_dimensions[row].height = 19
    first = row - len(LINES) + 1
    at = {name: first + offset for offset, (name, *_) in enumerate(LINES)}
    for one, limit in (("Lost_today", "Day_limit"), ("Lost_week", "Week_limit")):
        where = sheet.cell(at[one], value).coordinate
        frame.highlight(sheet, where, f"AND({one}>0,{one}>={limit})", "bad")
    where = sheet.cell(at["Risk_factor"], value).coordinate
    frame.highlight(sheet, where, "Risk_factor<1", "warn")
    for name in ("Brake_today", "Brake_week", "Brake_run", "Brake_words"):
        where = sheet.cell(at[name], value).coordinate
        frame.highlight(sheet, where, f'{name}<>""', "bad")
    return row + 1
