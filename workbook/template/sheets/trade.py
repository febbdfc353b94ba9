"""Trade: one row of the plan in detail; what to do at which price."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.frame import Card
from workbook.template.sheets import trade_charts
from workbook.template.sheets.context import Context
from workbook.template.styles import dress

LEFT, RIGHT, CHART = 2, 10, 12
LAST = 20
CHOICE = 4
CARDS = 6
STRIP = 11
STOPS = 14
SCALE_OUT = 20
LIQUIDATED = 27
VENUES = 39
DRIFT = 51
LINKS = 67
COMPARED = LINKS + 18
VENUE_ROWS = 8

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
LINK_CELLS = (
    ("Trade_symbol", "Symbol", "word", "text", "Symbol"),
    ("Trade_side", "Side", "word", "text", "Side"),
    ("Trade_venue", "Venue", "word", "text", "Venue"),
    ("Trade_sign", "Sign", "+1 long", "whole", "Sign"),
    ("Trade_volatility", "Volatility", "% per day", "percent1", "Vol"),
    ("Trade_maint", "Maintenance rate", "% of notional", "rate", "Maint"),
    ("Trade_model", "Model", "word", "text", "Model"),
    ("Trade_fee", "Fee rate", "% each way", "rate", "Fee"),
    ("Trade_slippage", "Slippage", "% of price", "rate", "Slippage"),
    ("Trade_rate", "Funding rate", "% per interval", "rate", "Rate"),
    ("Trade_hours", "Funding hours", "hours", "days", "Hours"),
    ("Trade_borrow", "Borrow rate", "% per year", "rate", "Borrow"),
    ("Trade_chance", "Chance of liquidation", "% in the days", "percent1", "Chance"),
    ("Trade_unit_carry", "Carry for one unit", "price", "price", "Unit carry"),
    ("Trade_carry", "Carry", "money", "cents", "Carry"),
    ("Trade_notional", "Notional", "money", "money", "Notional"),
    ("Trade_risk", "Risk at the stop", "money", "cents", "Risk"),
    ("Trade_gap", "Gap", "x stop distance", "times", "Gap"),
    ("Trade_stop_first", "Stop first", "word", "text", "Stop first"),
    ("Trade_verdict", "What to do", "word", "text", "What to do"),
    ("Trade_go", "Go", "1 = yes", "flag", "Go"),
    ("Trade_soft", "Soft stop", "price", "price", "Soft stop"),
    ("Trade_target_1", "Target 1", "price", "price", "Target 1"),
    ("Trade_target_2", "Target 2", "price", "price", "Target 2"),
)

EMPTY = 'IF(Trade_symbol="","",{})'
LEVERAGES = (2, 3, 5, 8, 10, 15, 20, 25, 35, 50)
DRIFT_POINTS = 8


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Trade", "One row of the plan in detail. Choose it in the yellow cell.", LAST,
        (8, 10), marked=True,
    )  # fmt: skip
    frame.widths(sheet, {2: 26, **dict.fromkeys(range(3, 11), 13), 11: 3})
    frame.widths(sheet, dict.fromkeys(range(12, LAST + 1), 9.5))
    _choice(sheet, context)
    frame.cards(sheet, CARDS, _cards())
    _strip(sheet, context)
    _links(sheet, context)
    _stops(sheet)
    _scale_out(sheet)
    _liquidated(sheet)
    _venues(sheet)
    _days_and_leverage(sheet, context)
    for row in range(CARDS + 4, LINKS):
        sheet.row_dimensions[row].height = 20
    for row in (5, 9, 13, 19, 26, 38, 50):
        sheet.row_dimensions[row].height = 12
    trade_charts.build(sheet, context, DRIFT, DRIFT_POINTS, len(LEVERAGES), LINKS, CHART)
    sheet.row_breaks.append(Break(id=VENUES - 2))
    frame.view(sheet, f"C{CHOICE}", "A6")
    frame.print_setup(sheet, LAST, DRIFT + 3 + len(LEVERAGES), context.version)
    frame.protect(sheet)


def _choice(sheet: Worksheet, context: Context) -> None:
    table = TABLES["Plan"]
    dress(sheet.cell(CHOICE, LEFT, "Row of the plan"), "Choice label")
    cell = dress(sheet.cell(CHOICE, 3, 1), "Input large", "whole")
    sheet.row_dimensions[CHOICE].height = 24
    context.name_cell("Trade_row", sheet, CHOICE, 3)
    rule = DataValidation(
        type="whole", operator="between", formula1="1", formula2="ROWS(Plan_numbers)",
        allow_blank=False, showErrorMessage=True, showInputMessage=True,
        errorStyle="stop", promptTitle="Row of the plan", errorTitle="No such row",
        prompt="Number of the row on Plan, counted from the top. Example: 1. Unit: row.",
        error="Type the number of a row of the plan, counted from the top, e.g. 1.",
    )  # fmt: skip
    rule.add(cell.coordinate)
    sheet.add_data_validation(rule)
    number = letter(table.index("No"))
    context.name(
        "Plan_numbers", _sheet(context, "Plan"),
        f"${number}${table.first_row}:${number}${table.last_row}",
    )  # fmt: skip
    dress(sheet.cell(CHOICE, 4), "Choice label").value = (
        '=IF(Trade_symbol="","This row of the plan is empty: choose another",'
        'Trade_symbol&" "&Trade_side&" on "&Trade_venue)'
    )


def _sheet(context: Context, title: str) -> Worksheet:
    found = context.book[title]
    assert isinstance(found, Worksheet)
    return found


def _cards() -> tuple[Card, ...]:
    empty = 'IF(Trade_symbol="","",{})'
    return (
        Card(2, 3, "Does the stop come before liquidation?", "=Trade_stop_first",
             "=" + empty.format('"liquidation is "&ROUND(Trade_gap,1)&"x as far as the stop"'),
             good='LEFT(Trade_stop_first,LEN("yes"))="yes"',
             look='LEFT(Trade_stop_first,LEN("tight"))="tight"',
             bad='LEFT(Trade_stop_first,LEN("NO"))="NO"'),
        Card(4, 5, '="Loss if stopped, "&Currency', "=Trade_risk",
             "=" + empty.format('ROUND(Trade_risk/Account_equity*Per_cent,1)'
                                '&"% of the account"'), "money"),
        Card(6, 7, '="Loss if liquidated, "&Currency', "=" + empty.format("Trade_lost"),
             "=" + empty.format('ROUND(Trade_lost/(Account_equity*Risk_per_trade),1)'
                                '&"x the budget of a trade"'), "money",
             look="Trade_lost>Account_equity*Risk_per_trade"),
        Card(8, 10, '="Carry over the plan, "&Currency', "=Trade_carry",
             "=" + empty.format('Trade_days&" days; break-even at "&Trade_break_even_label'),
             "cents"),
        Card(12, LAST, "What to do", "=Trade_verdict",
             "=" + empty.format('"soft stop "&Trade_soft_label&", hard stop "&Trade_stop_label'
                                '&", first target "&Trade_target_label'),
             good="Trade_go=1", bad='AND(Trade_symbol<>"",Trade_go<>1)'),
    )  # fmt: skip


def _strip(sheet: Worksheet, context: Context) -> None:
    heads = [("", "", "left")]
    heads += [(label, unit, "right") for _, label, unit, _, _ in STRIP_CELLS]
    frame.column_heads(sheet, STRIP - 1, LEFT, heads)
    dress(sheet.cell(STRIP, LEFT, "The plan"), "Header left")
    dress(sheet.cell(STRIP + 1, LEFT), "Result left").value = '=Trade_symbol&" "&Trade_side'
    for column, (name, _, _, fmt, source) in enumerate(STRIP_CELLS, start=LEFT + 1):
        cell = dress(sheet.cell(STRIP + 1, column), "Result strong", fmt)
        cell.value = "=" + EMPTY.format(f"INDEX(Plan[{source}],Trade_row)")
        context.name_cell(name, sheet, STRIP + 1, column)


def _links(sheet: Worksheet, context: Context) -> None:
    frame.heading(sheet, LINKS, LEFT, "Links and workings")
    row = LINKS + 1
    links = [
        (name, label, unit, fmt, EMPTY.format(f"INDEX(Plan[{source}],Trade_row)"))
        for name, label, unit, fmt, source in LINK_CELLS
    ]
    links[0] = ("Trade_symbol", "Symbol", "word", "text", 'INDEX(Plan[Symbol],Trade_row)&""')
    venue = "INDEX(Venues[{}],INDEX(Plan[Venue row],Trade_row))"
    links += [
        ("Trade_penalty", "Liquidation penalty", "% of notional", "rate",
         EMPTY.format(venue.format("Liquidation penalty"))),
        ("Trade_lot", "Lot", "units", "quantity", EMPTY.format("N(INDEX(Plan[Lot],Trade_row))")),
        ("Trade_remainder", "Remainder", "word", "text", EMPTY.format(venue.format("Remainder"))),
        ("Trade_decimals", "Decimals of price labels", "digits", "whole",
         EMPTY.format("Price_digits-INT(LOG10(Trade_entry))")),
        ("Trade_slope", "Price move for 1 of cost", "x", "times",
         EMPTY.format('IF(Trade_model="entry",1,1/(1-Trade_sign*Trade_maint))')),
        ("Trade_notional_at_liquidation", "Notional when liquidated", "money", "cents",
         EMPTY.format("Trade_units*Trade_liquidation*(1-Trade_sign*Trade_slippage)")),
        ("Trade_payments", "Funding payments a day", "count", "times",
         EMPTY.format("Hours_per_day/Trade_hours")),
        ("Trade_unit_loss", "Loss of one unit at the stop", "price", "price", EMPTY.format(
            "ABS(Trade_entry-Trade_stop)+Trade_slippage*Trade_stop"
            "+Trade_fee*(Trade_entry+Trade_stop)")),
        ("Trade_lost", "Loss if liquidated", "money", "cents",
         EMPTY.format(f"Trade_margin-$C${LIQUIDATED + 6}")),
        ("Trade_break_even_label", "Break-even, label", "word", "text",
         EMPTY.format("ROUND(Trade_break_even,Trade_decimals)")),
        ("Trade_soft_label", "Soft stop, label", "word", "text",
         EMPTY.format("ROUND(Trade_soft,Trade_decimals)")),
        ("Trade_stop_label", "Hard stop, label", "word", "text",
         EMPTY.format("ROUND(Trade_stop,Trade_decimals)")),
        ("Trade_target_label", "First target, label", "word", "text",
         EMPTY.format("ROUND(Trade_target_1,Trade_decimals)")),
    ]  # fmt: skip
    for name, label, unit, fmt, formula in links:
        dress(sheet.cell(row, LEFT, label), "Working left")
        cell = sheet.cell(row, 3)
        dress(cell, "Working left" if fmt == "text" else "Working", fmt)
        cell.value = f"={formula}"
        dress(sheet.cell(row, 4, frame.UNITS.get(unit, unit)), "Note")
        context.name_cell(name, sheet, row, 3)
        row += 1


def _stops(sheet: Worksheet) -> None:
    frame.heading(sheet, STOPS, LEFT, "If it goes against you: two stops")
    frame.column_heads(
        sheet, STOPS + 1, LEFT,
        (("Tier", "", "left"), ("Price", "price", "right"), ("Close", "units", "right"),
         ("Loss here", "money", "right"), ("Loss so far", "money", "right"),
         ("Left", "units", "right")),
    )  # fmt: skip
    frame.array(
        sheet, STOPS + 3, LEFT, 2, 6,
        "=" + EMPTY.format(
            "ISO_STOP_LADDER(Trade_side,Trade_entry,Trade_stop,Trade_units,Soft_at,Soft_close,"
            "Hard_mode,Trade_fee,Trade_leverage,Trade_maint)"
        ),
        ("text", "price", "quantity", "cents", "cents", "quantity"), strong=(1,),
    )  # fmt: skip


def _scale_out(sheet: Worksheet) -> None:
    frame.heading(sheet, SCALE_OUT, LEFT, "If it goes your way: take profit in slices")
    frame.column_heads(
        sheet, SCALE_OUT + 1, LEFT,
        (("Slice", "", "left"), ("Return", '="on "&Exit_basis', "right"),
         ("Price", "price", "right"), ("Close", "% of position", "right"),
         ("Close", "units", "right"), ("Profit", "money", "right"), ("Left", "units", "right"),
         ("Profit so far", "money", "right"), ("Liq. after", "price", "right")),
    )  # fmt: skip
    frame.array(
        sheet, SCALE_OUT + 3, LEFT, 3, 9,
        "=" + EMPTY.format(
            "ISO_SCALE_OUT(Trade_side,Trade_entry,Trade_units,Trade_leverage,Triggers,"
            'Fractions,Exit_basis,"original",Trade_fee,Trail,Trade_maint)'
        ),
        ("text", "percent", "price", "percent", "quantity", "cents", "quantity", "cents", "price"),
        strong=(2,),
    )  # fmt: skip
    top = SCALE_OUT + 3
    # Where nothing is left there is no liquidation price: the error stands, but quietly.
    frame.faint(sheet, f"J{top}:J{top + 2}", f"ISNA(J{top})")


def _liquidated(sheet: Worksheet) -> None:
    frame.heading(sheet, LIQUIDATED, LEFT, "If no stop works: what a liquidation leaves")
    frame.column_heads(
        sheet, LIQUIDATED + 1, LEFT, (("Step", "", "left"), ("Amount", "money", "right"))
    )
    first = LIQUIDATED + 3
    frame.array(
        sheet, first, LEFT, 6, 2,
        "=" + EMPTY.format(
            "ISO_LIQUIDATION_OUTCOME(Trade_side,Trade_entry,Trade_units,Trade_margin,"
            "Trade_liquidation,Trade_penalty,Trade_slippage,Trade_remainder)"
        ),
        ("text", "cents"),
    )  # fmt: skip
    dress(sheet.cell(first + 5, 3), "Result", "percent1")
    rows = (
        ("Penalty claimed", "Trade_notional_at_liquidation*Trade_penalty",
         "=" + EMPTY.format(
             '"the venue asks "&ROUND(Trade_penalty*Per_cent,1)&"% of the position"')),
        ("Claimed, never collected", f"C{first + 6}-C{first + 2}",
         "isolated margin cannot lose more than was posted"),
    )  # fmt: skip
    for offset, (label, formula, note) in enumerate(rows, start=6):
        dress(sheet.cell(first + offset, LEFT, label), "Result left")
        dress(sheet.cell(first + offset, 3), "Result", "cents").value = "=" + EMPTY.format(formula)
        dress(sheet.cell(first + offset, 4, note), "Note indented")


def _venues(sheet: Worksheet) -> None:
    frame.heading(sheet, VENUES, LEFT, "The same trade elsewhere")
    frame.column_heads(
        sheet, VENUES + 1, LEFT,
        (("Venue", "", "left"), ("Leverage", "x allowed", "right"),
         ("Liq. price", "price", "right"), ("Fees", "money", "right"),
         ("Carry", "money", "right"), ("Break-even", "price", "right"),
         ("If liquidated", "money", "right")),
    )  # fmt: skip
    formats = ("text", "times", "price", "cents", "cents", "price", "cents")
    # The answer has a row a venue, its range a fixed number of rows: what is over is #N/A. It
    # stands with the workings, and the table here takes the rows that there are.
    dress(sheet.cell(COMPARED - 1, CHART, "Venues, as computed; #N/A: no more venues"), "Note")
    frame.array(
        sheet, COMPARED, CHART, VENUE_ROWS, len(formats),
        "=" + EMPTY.format(
            "ISO_VENUE_COMPARISON(Trade_side,Trade_entry,Trade_units,Trade_leverage,Trade_days,"
            "Venues[[Name]:[Borrow rate]])"
        ),
        formats,
    )  # fmt: skip
    last = f"{letter(CHART + len(formats) - 1)}{COMPARED + VENUE_ROWS - 1}"
    frame.faint(sheet, f"{letter(CHART)}{COMPARED}:{last}", f"ISNA({letter(CHART)}{COMPARED})")
    first = VENUES + 3
    for row in range(VENUE_ROWS):
        for offset, fmt in enumerate(formats):
            role = {0: "Result left", 5: "Result strong"}.get(offset, "Result")
            cell = dress(sheet.cell(first + row, LEFT + offset), role, fmt)
            count = f"ROWS(B${first - 1}:B{first + row - 1})"  # counts without looking at itself
            cell.value = "=" + EMPTY.format(
                f'IF({count}>Venues_known,"",{letter(CHART + offset)}{COMPARED + row})'
            )


def _days_and_leverage(sheet: Worksheet, context: Context) -> None:
    frame.heading(sheet, DRIFT, LEFT, "What carry does to it, day by day")
    frame.heading(sheet, DRIFT, 8, "Chance of liquidation by leverage")
    frame.column_heads(
        sheet, DRIFT + 1, LEFT,
        (("Day", "days", "right"), ("Carry so far", "money", "right"),
         ("Liq. price", "price", "right"), ("Liquidation", "% from entry", "right"),
         ("Stop", "% from entry", "right"), ("Point", "number", "right")),
    )  # fmt: skip
    first, last = DRIFT + 3, DRIFT + 2 + DRIFT_POINTS
    for row in range(first, last + 1):
        share = f"G{row}/G${last}"
        dress(sheet.cell(row, 7, row - first), "Working", "whole")
        cells = (
            (f"Trade_days*{share}", "times"),
            (f"Trade_carry*{share}", "cents"),
            (f"Trade_liquidation+Trade_sign*Trade_slope*(Trade_entry*Trade_fee+Trade_unit_carry"
             f"*{share})", "price"),
            (f"D{row}/Trade_entry-1", "percent1"),
            ("Trade_stop/Trade_entry-1", "percent1"),
        )  # fmt: skip
        for column, (formula, fmt) in enumerate(cells, start=LEFT):
            dress(sheet.cell(row, column), "Result", fmt).value = "=" + EMPTY.format(formula)
    frame.column_heads(
        sheet, DRIFT + 1, 8,
        (("Leverage", "x", "right"), ("Liq. price", "price", "right"),
         ("Chance", '="in "&Trade_days&" days"', "right")),
    )  # fmt: skip
    count = len(LEVERAGES)
    for row, leverage in enumerate(LEVERAGES, start=first):
        dress(sheet.cell(row, 8, leverage), "Result", "times")
    levels = f"H{first}:H{first + count - 1}"
    prices = f"I{first}:I{first + count - 1}"
    frame.array(
        sheet, first, 9, count, 1,
        "=" + EMPTY.format(f"ISO_LIQUIDATION_PRICE(Trade_side,Trade_entry,{levels},"
                           "Trade_maint,0,1,0,0,0,Trade_model)"),
        ("price",),
    )  # fmt: skip
    frame.array(
        sheet, first, 10, count, 1,
        "=" + EMPTY.format(
            f"ISO_TOUCH_PROBABILITY(Trade_entry,{prices},Trade_volatility,Trade_days)"
        ),
        ("percent1",), strong=(0,),
    )  # fmt: skip
    context.name("Chance_leverages", sheet, f"$H${first}:$H${first + count - 1}")
