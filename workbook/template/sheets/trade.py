"""Trade: one row of the plan in detail; what to do at which price."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets import (
    trade_charts,
    trade_distances,
    trade_scale_in,
    trade_what_if,
    trade_workings,
)
from workbook.template.sheets.context import Context
from workbook.template.sheets.trade_layout import (
    CARDS,
    CHANCES,
    CHART,
    CHOICE,
    COMPARED,
    DRIFT,
    DRIFT_POINTS,
    EMPTY,
    LAST,
    LEFT,
    LEVERAGES,
    LINKS,
    LIQUIDATED,
    POINTS,
    RIGHT,
    SCALE_IN,
    SCALE_OUT,
    STOPS,
    STRIP,
    TERMS,
    VENUE_ROWS,
    VENUES,
)
from workbook.template.styles import apply_style

# Name, label, unit, format, what it is in the Plan or Venues table.
STRIP_CELLS = (
    ("Trade_entry", "Entry", "price", "price", "Entry"),
    ("Trade_stop", "Stop", "price", "price", "Stop"),
    ("Trade_units", "Size", "units", "quantity", "Units"),
    ("Trade_leverage", "Leverage", "x", "times", "Lev"),
    ("Trade_margin", "Margin", "money", "money", "Margin"),
    ("Trade_liquidation", "Liq. price", "price", "price", "Liq price"),
    ("Trade_break_even", "Break-even", "price", "price", "Break-even"),
    ("Trade_days", "Days", "days", "days", "Days"),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Trade", "One row of the plan in detail. Choose it in the yellow cell.", LAST,
        (8, 10), marked=True,
    )
    frame.widths(sheet, {2: 26, **dict.fromkeys(range(3, 11), 14.5), 11: 3})
    frame.widths(sheet, dict.fromkeys(range(12, LAST + 1), 10.5))
    _choice(sheet, context)
    frame.cards(sheet, CARDS, _cards())
    _strip(sheet, context)
    trade_workings.build(sheet, context)
    _stops(sheet)
    _scale_out(sheet)
    _liquidated(sheet)
    _venues(sheet)
    _days_and_leverage(sheet, context)
    trade_what_if.build(sheet)
    trade_scale_in.build(sheet, context)
    trade_distances.build(sheet)
    frame.loose_prices(sheet, range(CARDS, LINKS), range(CHART, LAST + 1))
    for row in range(CARDS + 4, LINKS):
        sheet.row_dimensions[row].height = 20
    for row in (5, 9, 13, 19, 26, VENUES - 1, DRIFT - 1, SCALE_IN - 1):
        sheet.row_dimensions[row].height = 12
    trade_charts.build(sheet, context)
    for row in (VENUES, SCALE_IN):
        sheet.row_breaks.append(Break(id=row - 1))
    frame.view(sheet, f"C{CHOICE}", "A6")
    frame.print_setup(sheet, LAST, LINKS - 2, context.version)
    frame.protect(sheet)


def _choice(sheet: Worksheet, context: Context) -> None:
    table = TABLES["Plan"]
    apply_style(sheet.cell(CHOICE, LEFT, "Row of the plan"), "Choice label")
    cell = apply_style(sheet.cell(CHOICE, 3, 1), "Input large", "whole")
    sheet.row_dimensions[CHOICE].height = 24
    context.name_cell("Trade_row", sheet, CHOICE, 3)
    rule = DataValidation(
        type="whole", operator="between", formula1="1", formula2="ROWS(Plan_numbers)",
        allow_blank=False, showErrorMessage=True, showInputMessage=True,
        errorStyle="stop", promptTitle="Row of the plan", errorTitle="No such row",
        prompt="Number of the row on Plan, counted from the top. Example: 1. Unit: row.",
        error="Type the number of a row of the plan, counted from the top, e.g. 1.",
    )
    rule.add(cell.coordinate)
    sheet.add_data_validation(rule)
    number = letter(table.index("No"))
    context.name(
        "Plan_numbers", _sheet(context, "Plan"),
        f"${number}${table.first_row}:${number}${table.last_row}",
    )
    apply_style(sheet.cell(CHOICE, 4), "Choice label").value = (
        '=IF(Trade_symbol="",IF(Trade_says="","This row of the plan is empty: choose another",'
        'Trade_says),Trade_symbol&" "&Trade_side&" on "&Trade_venue)'
    )
    apply_style(sheet.cell(CHOICE, CHART), "Note").value = "=Trade_view_words"
    frame.link(sheet, CHOICE, RIGHT - 1, "Scaling in, what if", f"'Trade'!B{SCALE_IN}")
    where = f"{letter(CHART)}{CHOICE}:{letter(LAST)}{CHOICE}"
    frame.highlight(
        sheet, where, "AND(ISNUMBER(Trade_in_view),N(Trade_in_view)<N(Trade_by_stop))", "warn"
    )


def _sheet(context: Context, title: str) -> Worksheet:
    found = context.book[title]
    assert isinstance(found, Worksheet)
    return found


def _cards() -> tuple[Card, ...]:
    return (
        Card(2, 3, "Does the stop come before liquidation?", "=Trade_stop_first",
             "=" + EMPTY.format('"liquidation is "&ROUND(Trade_gap,1)&"x as far as the stop"'),
             good='LEFT(Trade_stop_first,LEN("yes"))="yes"',
             warn='LEFT(Trade_stop_first,LEN("tight"))="tight"',
             bad='LEFT(Trade_stop_first,LEN("NO"))="NO"'),
        Card(4, 5, '="Loss if stopped, "&Currency', "=Trade_risk",
             "=" + EMPTY.format('ROUND(Trade_risk/Equity_now*Per_cent,1)'
                                '&"% of the account"'), "money"),
        Card(6, 7, '="Loss if liquidated, "&Currency', "=" + EMPTY.format("Trade_lost"),
             "=" + EMPTY.format('ROUND(Trade_lost/(Equity_now*Risk_used),1)'
                                '&"x the budget of a trade"'), "money",
             warn="N(Trade_lost)>Equity_now*Risk_used"),
        Card(8, 10, '="Carry over the plan, "&Currency', "=Trade_carry",
             "=" + EMPTY.format('Trade_days&" days; break-even at "&Trade_break_even_label'),
             "cents"),
        # The first sentence: all of them stand on Plan.
        Card(12, LAST, "What to do", '=LEFT(Trade_verdict,FIND(". ",Trade_verdict&". "))',
             "=" + EMPTY.format('"soft stop "&Trade_soft_label&", hard stop "&Trade_stop_label'
                                '&", first target "&Trade_target_label'),
             good="Trade_go=1", bad='AND(Trade_symbol<>"",Trade_go<>1)'),
    )


def _strip(sheet: Worksheet, context: Context) -> None:
    heads = [("", "", "left")]
    heads += [(label, unit, "right") for _, label, unit, _, _ in STRIP_CELLS]
    frame.column_heads(sheet, STRIP - 1, LEFT, heads)
    apply_style(sheet.cell(STRIP, LEFT, "The plan"), "Header left")
    apply_style(sheet.cell(STRIP + 1, LEFT), "Result left").value = '=Trade_symbol&" "&Trade_side'
    for column, (name, _, _, fmt, source) in enumerate(STRIP_CELLS, start=LEFT + 1):
        cell = apply_style(sheet.cell(STRIP + 1, column), "Result strong", fmt)
        cell.value = "=" + EMPTY.format(f"INDEX(Plan[{source}],Trade_row)")
        context.name_cell(name, sheet, STRIP + 1, column)


def _stops(sheet: Worksheet) -> None:
    heading = frame.heading(sheet, STOPS, LEFT, "If it goes against you: two stops")
    heading.value = (
        '="If it goes against you: two stops"&IF(N(Trade_gap)<1,IF(Trade_symbol="","",": '
        'LIQUIDATED FIRST, at "&Trade_liquidation_label),"")'
    )
    frame.column_heads(
        sheet, STOPS + 1, LEFT,
        (("Tier", "", "left"), ("Price", "price", "right"), ("Close", "units", "right"),
         ("Loss here", "money", "right"), ("Loss so far", "money", "right"),
         ("Left", "units", "right"), ("Touched", "% in a day", "right"),
         ("Touched", '="% in "&Trade_days&" days"', "right")),
    )
    for row in range(2):
        for column, after in ((8, 0), (9, 2)):
            cell = apply_style(sheet.cell(STOPS + 3 + row, column), "Result", "percent1")
            cell.value = f"=I{CHANCES + 2 + len(LEVERAGES) + after + row}"
    frame.array(
        sheet, STOPS + 3, LEFT, 2, 6,
        "=" + EMPTY.format(
            "ISO_STOP_LADDER(Trade_side,Trade_entry,Trade_stop,Trade_units,Soft_at,"
            "Trade_soft_close,Hard_mode,Trade_fee,Ladder_x,Trade_maint)"
        ),
        ("text", "price", "quantity", "cents", "cents", "quantity"), strong=(1,),
    )


def _scale_out(sheet: Worksheet) -> None:
    frame.block(
        sheet, SCALE_OUT, LEFT, "If it goes your way: take profit in slices",
        (("Slice", "", "left"), ("Return", '="on "&Exit_basis', "right"),
         ("Price", "price", "right"), ("Close", "% of position", "right"),
         ("Close", "units", "right"), ("Profit", "money", "right"), ("Left", "units", "right"),
         ("Profit so far", "money", "right"), ("Liq. after", "price", "right")),
    )
    top = SCALE_OUT + 3
    # The add-in's table has a ninth column; the liquidation price after each slice stands here
    # as Excel's own, because of a runner that is closed there is none.
    frame.array(
        sheet, top, LEFT, 3, 8,
        "=" + EMPTY.format(
            "ISO_SCALE_OUT(Trade_side,Trade_entry,Trade_units,Trade_leverage,Goals,"
            'Slices,Exit_basis,"original",Trade_fee,Trail,Trade_maint)'
        ),
        ("text", "percent", "price", "percent", "quantity", "cents", "quantity", "cents"),
        strong=(2,),
    )
    for row in range(top, top + 3):
        apply_style(sheet.cell(row, 10), "Result", "price").value = "=" + EMPTY.format(
            f'IF(H{row}=0,"closed",MAX(0,Trade_liquidation+Trade_sign*Trade_slope*Trade_margin'
            f"*(1/Trade_units-1/H{row})))"
        )


def _liquidated(sheet: Worksheet) -> None:
    frame.block(
        sheet, LIQUIDATED, LEFT, "If no stop works: where the margin goes",
        (("Step", "", "left"), ("Amount", "money", "right")),
    )
    first = LIQUIDATED + 3
    # Rows of the block, as the add-in gives them from the third on.
    equity, slippage, penalty = first + 2, first + 3, first + 4
    frame.array(
        sheet, equity, LEFT, 6, 2,
        "=" + EMPTY.format(
            "ISO_LIQUIDATION_OUTCOME(Trade_side,Trade_entry,Trade_units,Trade_margin,"
            "Trade_liquidation,Trade_penalty,Trade_slippage,Trade_remainder)"
        ),
        ("text", "cents"),
    )
    apply_style(sheet.cell(first + 7, 3), "Result", "percent1")
    rows = (
        (first, "Margin posted", "Trade_margin", "cents"),
        (first + 1, "Lost until the trigger", f"Trade_margin-C{equity}", "cents"),
        (first + 8, "Penalty claimed", "Trade_notional_at_liquidation*Trade_penalty", "cents"),
        (first + 9, "of it never collected", f"C{first + 8}-C{penalty}", "cents"),
        (first + 10, "Claim, % of the position", "Trade_penalty", "percent1"),
        (first + 11, "Most there is to take", "IF(Trade_liquidation=0,0,"
         f"MAX(0,C{equity}-C{slippage})/Trade_notional_at_liquidation)", "percent1"),
    )
    for row, label, formula, fmt in rows:
        apply_style(sheet.cell(row, LEFT, label), "Result left")
        apply_style(sheet.cell(row, 3), "Result", fmt).value = "=" + EMPTY.format(formula)


def _venues(sheet: Worksheet) -> None:
    frame.block(
        sheet, VENUES, LEFT, "The same trade elsewhere",
        (("Venue", "", "left"), ("Leverage", "x allowed", "right"),
         ("Liq. price", "price", "right"), ("Fees", "with spread", "right"),
         ("Carry", "money", "right"), ("Break-even", "with spread", "right"),
         ("If liquidated", "money", "right"), ("Liquidation", "x the stop", "right"),
         ("Terms as of", "UTC", "left")),
    )
    formats = ("text", "times", "price", "cents", "cents", "price", "cents", "times", "date")
    first, last = VENUES + 3, VENUES + 2 + VENUE_ROWS
    for row in range(first, last + 1):
        known = COMPARED + row - first
        leverage, _, price, _, lost, each_way, carry, break_even = (
            f"{letter(CHART + offset)}{known}" for offset in range(8)
        )
        dated = f"INDEX(Venues[As of],$K{known})"
        cells = (
            f"{letter(TERMS + 2)}{known}",
            leverage,
            price,
            f"(1+1)*{each_way}*Trade_notional",
            carry,
            break_even,
            lost,
            f"Trade_sign*(Trade_entry-D{row})/ABS(Trade_entry-Trade_stop)",
            f'IF({dated}="","no date",{dated})',
        )
        for offset, (formula, fmt) in enumerate(zip(cells, formats, strict=True)):
            text = fmt in ("text", "date")
            role = "Result left" if text else "Result strong" if offset == 5 else "Result"
            cell = apply_style(sheet.cell(row, LEFT + offset), role, fmt)
            cell.value = f'=IF($K{known}="","",{formula})'
    where = f"B{first}:J{last}"
    frame.highlight(sheet, where, f'AND($B{first}<>"",$B{first}=Trade_venue)', "good")
    gap, dated = f"I{first}", f"J{first}"
    frame.highlight(sheet, f"I{first}:I{last}", f"AND(ISNUMBER({gap}),{gap}<Gap_multiple)", "bad")
    frame.highlight(
        sheet, f"J{first}:J{last}",
        f'AND({dated}<>"",OR(ISTEXT({dated}),As_of-N({dated})>Stale_days))', "warn",
    )


def _days_and_leverage(sheet: Worksheet, context: Context) -> None:
    frame.heading(sheet, DRIFT, LEFT, "What carry does to it, day by day")
    frame.heading(sheet, DRIFT, 8, "Chance of liquidation by leverage")
    frame.column_heads(
        sheet, DRIFT + 1, LEFT,
        (("Day", "days", "right"), ("Carry so far", "money", "right"),
         ("Liq. price", "price", "right"), ("Liquidation", "% from entry", "right"),
         ("Stop", "% from entry", "right")),
    )
    first, last = DRIFT + 3, DRIFT + 2 + DRIFT_POINTS
    for row in range(first, last + 1):
        # Beside the days of the what-if, among the workings.
        at = [letter(CHART + 2 + point) for point in (row - first, last - first)]
        share = f"${at[0]}${POINTS + 2}/${at[1]}${POINTS + 2}"
        apply_style(sheet[f"{at[0]}{POINTS + 2}"], "Working", "whole").value = row - first
        cells = (
            (f"Trade_days*{share}", "times"),
            (f"Trade_carry*{share}", "cents"),
            (f"Trade_liquidation+Trade_sign*Trade_slope*(Trade_entry*Trade_fee+Trade_unit_carry"
             f"*{share})", "price"),
            (f"D{row}/Trade_entry-1", "percent1"),
            ("Trade_stop/Trade_entry-1", "percent1"),
        )
        for column, (formula, fmt) in enumerate(cells, start=LEFT):
            apply_style(sheet.cell(row, column), "Result", fmt).value = "=" + EMPTY.format(formula)
    frame.column_heads(
        sheet, DRIFT + 1, 8,
        (("Leverage", "x", "right"), ("Liq. price", "price", "right"),
         ("Chance", '="in "&Trade_days&" days"', "right")),
    )
    for offset, leverage in enumerate(LEVERAGES):
        row = first + offset
        apply_style(sheet.cell(row, 8, leverage), "Result", "times")
        # Never beyond the entry: there it would be liquidated at once, which is certain.
        apply_style(sheet.cell(row, 9), "Result", "price").value = "=" + EMPTY.format(
            "Trade_entry-Trade_sign*MAX(0,Trade_sign*(Trade_entry-Trade_liquidation)"
            f"-Trade_slope*Trade_entry*(1/Trade_leverage-1/H{row}))"
        )
        chance = apply_style(sheet.cell(row, 10), "Result strong", "percent1")
        chance.value = f"=I{CHANCES + 2 + offset}"
    context.name("Chance_leverages", sheet, f"$H${first}:$H${first + len(LEVERAGES) - 1}")
