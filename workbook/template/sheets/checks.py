"""Checks: what must hold, what holds, and one line that every sheet repeats."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.frame import Card
from workbook.template.sheets.context import Context
from workbook.template.styles import dress

LAST = 8
FIRST = 9


@dataclass(frozen=True)
class Check:
    """A value that must be at most its limit; without data it is a warning, never a pass."""

    what: str
    value: str
    limit: str
    otherwise: str
    help: str
    target: str
    format: str = "whole"


PLANNED = 'IF(Plan_rows=0,"no data",{})'
TRADED = 'IF(Journal_rows=0,"no data",{})'
CHECKS = (
    Check("Add-in answers, and is of the template's version", "1-N(Addin_ready)", "0", "FAIL",
          "install or update the add-in", "Start!B4"),
    Check("Settings filled in: blank cells", "COUNTBLANK(Settings_values)", "0", "FAIL",
          "fill in the yellow cells", "Settings!E5"),
    Check("Risk per trade typed as 2%, not as 2", "Risk_per_trade", "Guard_risk", "FAIL",
          "type the % sign", "Settings!E5", "percent1"),
    Check("Slices of the scale-out together", "SUM(Fractions)", "1", "FAIL",
          "lower a slice", "Settings!E5", "percent1"),
    Check("Plan rows that could not be computed", PLANNED.format("Plan_rows-COUNT(Plan[Go])"), "0",
          "FAIL", "fill in what is missing", "Plan!B11"),
    Check("Plan rows with the stop too near liquidation, or beyond",
          PLANNED.format("Plan_rows-Plan_safe"), "0", "FAIL", "lower their leverage", "Plan!B11"),
    Check("Risk at the stop, largest row", PLANNED.format("MAX(Plan[Risk])"),
          "Account_equity*Risk_per_trade*(1+Tolerance)", "FAIL", "lower the size", "Plan!B11",
          "cents"),
    Check("Risk at the stops together", PLANNED.format("SUM(Plan[Risk])"), "Total_budget", "FAIL",
          "take fewer trades at a time", "Plan!B11", "cents"),
    Check("Open positions", 'COUNTIF(Plan[Status],"open")', "Max_positions", "FAIL",
          "close one before opening one", "Plan!B11"),
    Check("Margin posted", PLANNED.format("SUM(Plan[Margin])"), "Account_equity", "FAIL",
          "lower sizes", "Plan!B11", "cents"),
    Check("Plan rows above your leverage without a reason", PLANNED.format("SUM(Plan[No reason])"),
          "0", "FAIL", "type the reason", "Plan!B11"),
    Check("Plan rows above the venue's leverage", PLANNED.format("SUM(Plan[Over cap])"), "0",
          "FAIL", "lower leverage", "Plan!B11"),
    Check("Plan rows with dear carry", PLANNED.format("SUM(Plan[Dear])"), "0", "WARN",
          "plan fewer days", "Plan!B11"),
    Check("Plan rows with too little reward", PLANNED.format("SUM(Plan[Thin])"), "0", "WARN",
          "wait for a better entry", "Plan!B11"),
    Check("Open in Plan, but not in Journal, or the other way",
          'ABS(COUNTIF(Plan[Status],"open")-Journal_open)', "0", "WARN",
          "log each trade when you take it", "Journal!B27"),
    Check("Closed trades without exit, fees or carry", TRADED.format("SUM(Journal[Missing])"), "0",
          "FAIL", "fill in the exit", "Journal!B27"),
    Check("Trades closed before they were opened", TRADED.format(
        'SUMPRODUCT((Journal[Closed]<>"")*(Journal[Closed]<Journal[Opened]))'), "0", "FAIL",
          "mend the dates", "Journal!B27"),
    Check("Trades dated after the as-of moment", TRADED.format(
        'COUNTIF(Journal[Opened],">"&As_of)+COUNTIF(Journal[Closed],">"&As_of)'), "0", "WARN",
          "set the as-of moment on Settings", "Journal!B27"),
    Check("Results add up: equity at the end less start less net results", TRADED.format(
        "ABS(Equity_end-Journal_start-SUM(Journal[Net]))"), "Tolerance*Account_equity", "FAIL",
          "look at the result columns", "Journal!B27", "tiny"),
    Check("Open positions whose review is overdue", TRADED.format("Journal_overdue"), "0", "WARN",
          "look at them, then type the time", "Journal!B27"),
    Check("Liquidation price: add-in against Excel's own arithmetic", "Twin_liquidation",
          "Tolerance", "FAIL", "tell us: this is a bug", "Checks!B33", "tiny"),
    Check("Size: add-in against Excel's own arithmetic", "Twin_size", "Tolerance", "FAIL",
          "tell us: this is a bug", "Checks!B33", "tiny"),
    Check("Carry: add-in against Excel's own arithmetic", "Twin_carry", "Tolerance", "FAIL",
          "tell us: this is a bug", "Checks!B33", "tiny"),
)  # fmt: skip


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Checks", "Each value must be at most its limit. No data is never a pass.", LAST,
        (4, 6),
    )  # fmt: skip
    frame.widths(sheet, {2: 7, 3: 62, 4: 15, 5: 15, 6: 11, 7: 34, 8: 12})
    last = FIRST + len(CHECKS) - 1
    _summary(sheet, context, last)
    for column, (text, align) in enumerate(
        (("Id", "left"), ("Must hold", "left"), ("Value", "right"), ("Limit", "right"),
         ("Result", "centre"), ("If not", "left"), ("Go to", "left")), start=2,
    ):  # fmt: skip
        role = {"left": "Header left", "right": "Header", "centre": "Header centre"}[align]
        dress(sheet.cell(FIRST - 1, column, text), role)
    sheet.row_dimensions[FIRST - 1].height = 22
    for row, check in enumerate(CHECKS, start=FIRST):
        _check(sheet, row, check, row - FIRST + 1)
    _tones(sheet, f"F{FIRST}:F{last}", f"F{FIRST}")
    end = _twins(sheet, context, last + 2)
    frame.view(sheet, f"B{FIRST}", f"A{FIRST}")
    frame.print_setup(sheet, LAST, end, context.version)
    frame.protect(sheet)


def _summary(sheet: Worksheet, context: Context, last: int) -> None:
    context.name("Check_results", sheet, f"$F${FIRST}:$F${last}")
    frame.cards(
        sheet, 4,
        (
            Card(2, 3, "Where you stand",
                 '=IF(Checks_failed>0,Checks_failed&" of "&Checks_all&" checks FAIL",Warning_line)',
                 '=IF(Plan_rows+Journal_rows=0,"nothing planned yet",IF(Checks_warned>0,'
                 'Checks_warned&" of "&Checks_all&" checks WARN",'
                 '"All "&Checks_all&" checks pass"))',
                 bad="Checks_failed>0", good="Checks_failed+Checks_warned=0",
                 look="Checks_warned>0"),
            Card(4, 4, "Fail", '=COUNTIF(Check_results,"FAIL")', "mend first", "whole"),
            Card(5, 5, "Warn", '=COUNTIF(Check_results,"WARN")', "look at these", "whole"),
            Card(6, 6, "All", "=ROWS(Check_results)", "checks", "whole"),
        ),
    )  # fmt: skip
    for name, row, column in (
        ("Master_check", 5, 2),
        ("Warning_line", 6, 2),
        ("Checks_failed", 5, 4),
        ("Checks_warned", 5, 5),
        ("Checks_all", 5, 6),
    ):
        context.name_cell(name, sheet, row, column)


def _check(sheet: Worksheet, row: int, check: Check, number: int) -> None:
    dress(sheet.cell(row, 2, f"C{number:02d}"), "Working left")
    dress(sheet.cell(row, 3, check.what), "Result left")
    dress(sheet.cell(row, 4), "Result", check.format).value = f"={check.value}"
    dress(sheet.cell(row, 5), "Result", check.format).value = f"={check.limit}"
    dress(sheet.cell(row, 6), "Result strong centre").value = (
        f'=IF(ISNUMBER(D{row})*ISNUMBER(E{row}),IF(D{row}<=E{row},"PASS","{check.otherwise}"),'
        '"WARN")'
    )
    dress(sheet.cell(row, 7, check.help), "Result left")
    frame.link(sheet, row, 8, check.target.split("!")[0], check.target)
    sheet.row_dimensions[row].height = 20


def _tones(sheet: Worksheet, where: str, cell: str) -> None:
    for word, name in (("PASS", "good"), ("WARN", "look"), ("FAIL", "bad")):
        frame.tone(sheet, where, f'{cell}="{word}"', name)


def _twins(sheet: Worksheet, context: Context, row: int) -> int:
    frame.heading(sheet, row, 2, "Twins: the chosen trade, computed a second time by Excel itself")
    for column, text in enumerate(("", "What", "Excel", "Add-in", "Difference"), start=2):
        dress(sheet.cell(row + 1, column, text), "Header" if column > 3 else "Header left")
    twins = (
        ("Twin_liquidation", "Liquidation price", "price",
         "Trade_entry*((1-Trade_sign/Trade_leverage)*Trade_slope"
         '+Trade_sign*Trade_maint*(Trade_model="entry"))', "Trade_liquidation"),
        ("Twin_size", "Size, units", "quantity",
         "FLOOR(MIN(Account_equity*Risk_per_trade/Trade_unit_loss,Account_equity*Trade_leverage"
         "/Trade_entry),MAX(Trade_lot,Smallest_unit))", "INDEX(Plan[By stop],Trade_row)"),
        ("Twin_carry", "Carry over the plan", "cents",
         "Trade_days*(Trade_sign*Trade_notional*Trade_rate*Trade_payments"
         "+(Trade_notional-Trade_margin)*Trade_borrow/Days_per_year)", "Trade_carry"),
    )  # fmt: skip
    empty = '=IF(Trade_symbol="","no data",{})'
    for number, (name, what, fmt, native, ours) in enumerate(twins, start=row + 2):
        dress(sheet.cell(number, 3, what), "Result left")
        dress(sheet.cell(number, 4), "Result", fmt).value = empty.format(native)
        dress(sheet.cell(number, 5), "Result", fmt).value = empty.format(ours)
        dress(sheet.cell(number, 6), "Result", "tiny").value = empty.format(
            f"ABS(D{number}-E{number})/MAX(1,ABS(D{number}))"
        )
        context.name_cell(name, sheet, number, 6)
    return _counts(sheet, context, row + 3 + len(twins))


COUNTS = (
    ("Plan_rows", "Rows of the plan", "COUNTA(Plan[Symbol])"),
    ("Plan_safe", "of them with the stop well before liquidation", "COUNTIF(Plan[Too close],0)"),
    ("Plan_attention", "of them not yet a go", "Plan_rows-COUNTIF(Plan[Go],1)"),
    ("Plan_first", "First row to mend", 'IF(Plan_attention=0,"none",MATCH(0,Plan[Go],0))'),
    ("Venues_known", "Venues on Settings", "COUNTA(Venues[Name])"),
    ("Journal_rows", "Trades in the journal", "COUNTA(Journal[Symbol])"),
    ("Journal_closed", "of them closed", "COUNT(Journal[Closed])"),
    ("Journal_open", "of them open", "Journal_rows-Journal_closed"),
    ("Journal_overdue", "of them due for a review", 'COUNTIF(Journal[Review due],"<"&As_of)'),
    ("Journal_start", "Equity before the first trade", "Account_equity-SUM(Journal[Net])"),
)


def _counts(sheet: Worksheet, context: Context, row: int) -> int:
    frame.heading(sheet, row, 2, "Counts that other sheets use")
    for number, (name, label, formula) in enumerate(COUNTS, start=row + 1):
        dress(sheet.cell(number, 3, label), "Result left")
        dress(sheet.cell(number, 4), "Result", "money").value = f"={formula}"
        context.name_cell(name, sheet, number, 4)
    return row + len(COUNTS)
