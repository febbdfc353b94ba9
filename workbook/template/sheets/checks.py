"""Checks: what must hold, what holds, and one line that every sheet repeats."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

LAST = 8
FIRST = 9
TWINS = "twins"  # where a check sends that is about the twins below
CELLS_OR_BUG = "fix wrong cells; if none, tell us"


@dataclass(frozen=True)
class Check:
    """A value that must be at most its limit; without data it says so and is never a pass."""

    what: str
    value: str
    limit: str
    otherwise: str
    help: str
    target: str
    format: str = "whole"


def _top(name: str) -> str:
    """Where a table's first row is."""
    table = TABLES[name]
    return f"{table.sheet}!{letter(table.left)}{table.first_row}"


PLANNED = 'IF(Plan_rows=0,"no data",{})'
# Of rows that are computed; where none is, there is nothing to say, and that is no pass.
COUNTED = 'IF(Plan_computed=0,IF(Plan_rows=0,"no data","no row is computed"),{})'
# Where a row could not be computed nothing can be said of all of them.
COMPUTED = 'IF(Plan_rows=0,"no data",IF(Plan_computed<Plan_rows,"a row is not computed",{}))'
TRADED = 'IF(Journal_rows=0,"no data",{})'
EXITED = 'IF(COUNT(Exits[Trade])=0,"no data",{})'


def _rows(header: str) -> str:
    """How many rows of the plan say something in that column."""
    return COUNTED.format(f'COUNTIF(Plan[{header}],"?*")')


def _flags(header: str) -> str:
    return COUNTED.format(f"COUNTIF(Plan[{header}],1)")


CHECKS = (
    Check("Add-in answers, and is of the template's version", "1-N(Addin_ready)", "0", "FAIL",
          "install or update the add-in", "Start!B4"),
    Check("Settings that are blank, text or out of range", 'COUNTIF(Settings_faults,"?*")', "0",
          "FAIL", "the grey column there says which", "Settings!E5"),
    Check("Risk per trade typed as 2%, not as 2", "Risk_per_trade", "Guard_risk", "FAIL",
          "type the % sign", "Settings!E5", "percent1"),
    Check("Slices of the scale-out together", "SUM(Fractions)", "1", "FAIL",
          "lower a slice", "Settings!E5", "percent1"),
    Check("Equity typed, against starting equity and results",
          'IF(ISNUMBER(Equity_booked),ABS(Equity_booked-Account_equity),"no data")',
          "Account_equity*Equity_drift", "WARN", "money in or out? type both anew",
          "Settings!E5", "cents"),
    Check("Brake: lost today as much as is allowed", TRADED.format("N(LEN(Brake_today)>0)"),
          "0", "FAIL", "no new trade today", "Settings!E5"),
    Check("Brake: lost in seven days as much as is allowed", TRADED.format("N(LEN(Brake_week)>0)"),
          "0", "FAIL", "no new trade today", "Settings!E5"),
    Check("Brake: as many losses in a row as are allowed", TRADED.format("N(LEN(Brake_run)>0)"),
          "0", "FAIL", "no new trade today", "Settings!E5"),
    Check("Brake: drawdown so large that less is risked", TRADED.format("Drawdown_now"),
          "Drawdown_limit*(1-Tolerance)", "WARN", "sizes are smaller: see Settings",
          "Settings!E5", "percent1"),
    Check("Risk sheet filled in: blank days or shock",
          "COUNTBLANK(Risk_days)+COUNTBLANK(Market_shock)", "0", "FAIL",
          "fill in the yellow cells", "Risk!D35"),
    Check("Plan rows that could not be computed", PLANNED.format("Plan_rows-Plan_computed"), "0",
          "FAIL", "What to do says which cell", _top("Plan")),
    Check("Cells typed below the plan's last row",
          "COUNTA(Plan_space)-COUNTA(Plan[[Symbol]:[Days]])", "0", "WARN",
          "move them up into the table", _top("Plan")),
    Check("Open positions", PLANNED.format("Plan_open"), "Max_positions", "FAIL",
          "close one before opening one", _top("Plan")),
    Check("Risk at the stop, largest row", COMPUTED.format("MAX(Plan[Risk])"),
          "Equity_now*Risk_used*(1+Tolerance)", "FAIL", "lower the size", _top("Plan"),
          "cents"),
    Check("Risk at the stops together", COMPUTED.format("Plan_risk"), "Total_budget", "FAIL",
          "take fewer trades at a time", _top("Plan"), "cents"),
    Check("Risk with correlation", COMPUTED.format("Risk_correlated"),
          "Equity_now*Max_correlated_risk", "WARN", "these are nearly one bet: take fewer",
          "Risk!B8", "cents"),
    Check("Margin posted", COMPUTED.format("Plan_margin"), "Equity_now", "FAIL",
          "lower sizes", _top("Plan"), "cents"),
    Check("Plan rows without a stop", PLANNED.format("COUNTIF(Plan[Stop no],0)"), "0", "FAIL",
          "set the stop at entry, not later", _top("Plan")),
    Check("Plan rows with the stop beyond liquidation",
          COUNTED.format('COUNTIF(Plan[Liq to stop],"<1")'), "0", "FAIL", "lower their leverage",
          _top("Plan")),
    Check("Plan rows with liquidation too near behind the stop",
          COUNTED.format("Plan_computed-Plan_safe"), "0", "FAIL", "lower their leverage",
          _top("Plan")),
    Check("Plan rows above your leverage without a reason", _rows("No reason"), "0", "FAIL",
          "type the reason", _top("Plan")),
    Check("Plan rows above the venue's leverage", _rows("Over cap"), "0", "FAIL", "lower leverage",
          _top("Plan")),
    Check("Plan rows whose carry is too high", _rows("Carry too high"), "0", "WARN",
          "plan fewer days", _top("Plan")),
    Check("Plan rows with too little reward", _rows("Reward too low"), "0", "WARN",
          "wait for a better entry", _top("Plan")),
    Check("Soft stop touched within a day, likeliest row",
          COMPUTED.format("MAX(Plan[Soft-stop noise])"), "Noise_limit", "WARN",
          "inside a day's normal moves", _top("Plan"), "percent1"),
    Check("Plan rows on a venue's default terms", _flags("Default"), "0", "WARN",
          "add the market, or isomargin refresh", _top("Markets")),
    Check("Plan rows on stale terms, or on terms without a date", _flags("Terms stale"), "0",
          "WARN", "read them again, type the date", _top("Markets")),
    Check("Plan rows on funding that is stale, or without a date",
          'IF(SUM(Plan[Real])=0,"no data",COUNTIF(Plan[Funding stale],1))', "0", "WARN",
          "isomargin refresh, or type the rate", _top("Markets")),
    Check("Open positions whose mark price is stale, or without a date",
          'IF(Plan_open*SUM(Plan[Real])=0,"no data",COUNTIF(Plan[Mark stale],1))', "0", "WARN",
          "isomargin refresh", _top("Markets")),
    Check("Plan rows on daily closes that are stale",
          'IF(COUNTIF(Plan[Vol from],"closes")=0,"no data",COUNTIF(Plan[Closes stale],1))', "0",
          "WARN", "isomargin refresh", _top("Candles")),
    Check("Open in Plan, but not in Journal, or the other way",
          'IF(Plan_open+Journal_open=0,"no data",ABS(Plan_open-Journal_open))', "0", "WARN",
          "log each trade when you take it", _top("Journal")),
    Check("Closed trades without exit, fees or carry", TRADED.format("SUM(Journal[Missing])"), "0",
          "WARN", "fill in what is blank, 0 where there was nothing to pay", _top("Journal")),
    Check("Trades closed before they were opened", TRADED.format(
        'SUMPRODUCT((Journal[Closed]<>"")*(Journal[Closed]<Journal[Opened]))'), "0", "FAIL",
          "fix the dates", _top("Journal")),
    Check("Trades dated after the as-of moment", TRADED.format(
        'COUNTIF(Journal[Opened],">"&As_of)+COUNTIF(Journal[Closed],">"&As_of)'), "0", "WARN",
          "set the as-of moment on Settings", _top("Journal")),
    Check("Results add up: equity at the end less start less net results", TRADED.format(
        "ABS(Equity_end-Curve_start-Curve_total)"), "Tolerance*Equity_now", "FAIL",
          "look at the result columns", _top("Journal"), "tiny"),
    Check("Open positions whose review is overdue", TRADED.format("Journal_overdue"), "0", "WARN",
          "look at them, then type the time", _top("Journal")),
    Check("Open trades that Now cannot judge: no price, an old one, no row",
          'IF(Journal_open+Now_rows=0,"no data",Now_asking+MAX(0,Now_missing))', "0", "WARN",
          "type it on Now, or isomargin review", _top("Now")),
    Check("Taken plans that were changed afterwards", TRADED.format("SUM(Journal[Changed])"), "0",
          "FAIL", "put back what was frozen", _top("Journal")),
    Check("Trades without a number of their own", TRADED.format(
        "Journal_rows-COUNTIF(Journal[Same number],1)"), "0", "WARN",
          "number them 1, 2, 3", _top("Journal")),
    Check("Numbers of trades that are gone from the journal", TRADED.format(
        "MAX(Journal[Trade])-COUNT(Journal[Trade])"), "0", "WARN", "history has a gap",
          _top("Journal")),
    Check("Trades whose exits are not what was held", TRADED.format("SUM(Journal[Off])"), "0",
          "FAIL", "fix Exits, or the closing time", _top("Exits")),
    Check("Exits of trades that the journal does not have",
          EXITED.format("COUNTIF(Exits[Row],0)"), "0", "FAIL",
          "type the trade's number", _top("Exits")),
    Check("Liquidation price: add-in against Excel's own arithmetic", "Twin_liquidation",
          "Tolerance", "FAIL", CELLS_OR_BUG, TWINS, "tiny"),
    Check("Size: add-in against Excel's own arithmetic", "Twin_size", "Tolerance", "FAIL",
          CELLS_OR_BUG, TWINS, "tiny"),
    Check("Carry: add-in against Excel's own arithmetic", "Twin_carry", "Tolerance", "FAIL",
          CELLS_OR_BUG, TWINS, "tiny"),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Checks", "Each value must be at most its limit. No data is never a pass.", LAST,
        (4, 6),
    )
    frame.widths(sheet, {2: 7, 3: 62, 4: 15, 5: 15, 6: 11, 7: 34, 8: 12})
    last = FIRST + len(CHECKS) - 1
    _summary(sheet, context, last)
    for column, (text, align) in enumerate(
        (("Id", "left"), ("Must hold", "left"), ("Value", "right"), ("Limit", "right"),
         ("Result", "centre"), ("If not", "left"), ("Go to", "left")), start=2,
    ):
        role = {"left": "Header left", "right": "Header", "centre": "Header centre"}[align]
        apply_style(sheet.cell(FIRST - 1, column, text), role)
    sheet.row_dimensions[FIRST - 1].height = 22
    for row, check in enumerate(CHECKS, start=FIRST):
        _check(sheet, row, check, row - FIRST + 1, twins=last + 2)
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
                 warn="Checks_warned>0"),
            Card(4, 4, "Fail", '=COUNTIF(Check_results,"FAIL")', "fix first", "whole"),
            Card(5, 5, "Warn", '=COUNTIF(Check_results,"WARN")', "look at these", "whole"),
            Card(6, 6, "All", '=ROWS(Check_results)-COUNTIF(Check_results,"no data")',
                 "that apply", "whole"),
        ),
    )
    for name, row, column in (
        ("Master_check", 5, 2),
        ("Warning_line", 6, 2),
        ("Checks_failed", 5, 4),
        ("Checks_warned", 5, 5),
        ("Checks_all", 5, 6),
    ):
        context.name_cell(name, sheet, row, column)


def _check(sheet: Worksheet, row: int, check: Check, number: int, *, twins: int) -> None:
    apply_style(sheet.cell(row, 2, f"C{number:02d}"), "Working left")
    apply_style(sheet.cell(row, 3, check.what), "Result left")
    apply_style(sheet.cell(row, 4), "Result", check.format).value = f"={check.value}"
    apply_style(sheet.cell(row, 5), "Result", check.format).value = f"={check.limit}"
    apply_style(sheet.cell(row, 6), "Result strong centre").value = (
        f'=IF(COUNTIF(D{row},"no data")>0,"no data",CHOOSE(1+ISNUMBER(D{row})*ISNUMBER(E{row})'
        f'*(1+(N(D{row})<=N(E{row}))),"WARN","{check.otherwise}","PASS"))'
    )
    apply_style(sheet.cell(row, 7, check.help), "Result left")
    target = f"Checks!B{twins}" if check.target == TWINS else check.target
    frame.link(sheet, row, 8, target.split("!")[0], target)
    sheet.row_dimensions[row].height = 20


def _tones(sheet: Worksheet, where: str, cell: str) -> None:
    for word, name in (("PASS", "good"), ("WARN", "warn"), ("FAIL", "bad")):
        frame.highlight(sheet, where, f'{cell}="{word}"', name)


def _twins(sheet: Worksheet, context: Context, row: int) -> int:
    frame.heading(sheet, row, 2, "Twins: the chosen trade, computed a second time by Excel itself")
    for column, text in enumerate(("", "What", "Excel", "Add-in", "Difference"), start=2):
        apply_style(sheet.cell(row + 1, column, text), "Header" if column > 3 else "Header left")
    twins = (
        ("Twin_liquidation", "Liquidation price", "price",
         "(Trade_entry*(1-Trade_sign/Trade_leverage"
         '+Trade_sign*Trade_maint*(Trade_model="entry"))'
         "-Trade_sign*Trade_relief)*Trade_slope", "Trade_liquidation"),
        ("Twin_size", "Size, units", "quantity",
         "IF(Trade_lot=0,Trade_exact_size,FLOOR(Trade_exact_size,Trade_lot))",
         "INDEX(Plan[By stop],Trade_row)"),
        ("Twin_carry", "Carry over the plan", "cents",
         "Trade_days*(Trade_sign*Trade_notional*Trade_rate*Trade_payments"
         "+(Trade_notional-Trade_margin)*Trade_borrow/Days_per_year)", "Trade_carry"),
    )
    empty = '=IF(Trade_symbol="","no data",{})'
    for number, (name, what, fmt, native, ours) in enumerate(twins, start=row + 2):
        apply_style(sheet.cell(number, 3, what), "Result left")
        apply_style(sheet.cell(number, 4), "Result", fmt).value = empty.format(native)
        apply_style(sheet.cell(number, 5), "Result", fmt).value = empty.format(ours)
        apply_style(sheet.cell(number, 6), "Result", "tiny").value = empty.format(
            f"ABS(D{number}-E{number})/MAX(1,ABS(D{number}))"
        )
        context.name_cell(name, sheet, number, 6)
    return _counts(sheet, context, row + 3 + len(twins))


COUNTS = (
    ("Plan_rows", "Rows of the plan", "COUNT(Plan[No])"),
    ("Plan_computed", "of them computed", "COUNT(Plan[Ready])"),
    (
        "Last_place",
        "Last row of the plan with a place",
        "IF(Plan_computed<=Max_positions,ROWS(Plan[No]),SMALL(Plan[Ready],Max_positions))",
    ),
    ("Plan_safe", "of them with the stop well before liquidation",
     'COUNTIF(Plan[Liq to stop],">="&Gap_multiple)'),
    ("Plan_attention", "of them not yet a go", "Plan_rows-COUNTIF(Plan[Go],1)"),
    ("Plan_first", "First row to fix", 'IF(Plan_attention=0,"none",MATCH(0,Plan[Go],0))'),
    ("No_place_words", "What a row without a place is told",
     'IF(Plan_open>=Max_positions,"Wait until a position closes: ","More ideas than places: ")'
     '&Max_positions&IF(Plan_open>=Max_positions," are open."," at a time.")'),
    ("Plan_open", "of them open", 'COUNTIF(Plan[Status],"open")'),
    ("Plan_risk", "Risk at their stops together", 'SUMIF(Plan[Risk],">0")'),
    ("Plan_margin", "Margin they post together", 'SUMIF(Plan[Margin],">0")'),
    ("Venues_known", "Venues on Markets", "COUNTA(Venues[Name])"),
    ("Journal_rows", "Trades in the journal", "COUNTA(Journal[Symbol])"),
    ("Journal_closed", "of them closed", "COUNT(Journal[Closed])"),
    ("Journal_open", "of them open", "Journal_rows-Journal_closed"),
    ("Journal_broken", "Trades that broke a rule", 'COUNTIF(Journal[Rules kept],"no")'),
    ("Exits_rows", "Exits", "COUNT(Exits[Trade])"),
    ("Exits_off", "Trades whose exits are not what was held", "SUM(Journal[Off])"),
    ("Journal_overdue", "of them due for a review", 'COUNTIF(Journal[Review due],"<"&As_of)'),
)


def _counts(sheet: Worksheet, context: Context, row: int) -> int:
    frame.heading(sheet, row, 2, "Counts that other sheets use")
    for number, (name, label, formula) in enumerate(COUNTS, start=row + 1):
        apply_style(sheet.cell(number, 3, label), "Result left")
        apply_style(sheet.cell(number, 4), "Result", "money").value = f"={formula}"
        context.name_cell(name, sheet, number, 4)
    return row + len(COUNTS)
