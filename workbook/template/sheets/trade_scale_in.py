"""Scaling in: up to four rungs with one stop and one budget; the price ladder draws them.

The first rung is the entry of the plan. A rung without a price has no weight, so that the add-in
always answers for all four; what cannot be a rung is said in words and the table stays blank.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import by_key
from workbook.template.sheets.context import Context
from workbook.template.sheets.trade_layout import CHART, EMPTY, LEFT, RIGHT, RUNGS, SCALE_IN
from workbook.template.styles import apply_style

COUNT = 4
PRICES, WEIGHTS = SCALE_IN + 3, SCALE_IN + 4
FIRST = SCALE_IN + 8
# The workings, a row a rung: what is asked for, whether it is shown, and what is wrong with it.
WORK, WORK_FIRST = CHART + 2, RUNGS + 2
WORDS = ("No price", "Beyond", "No weight", "Too small")
HEADS = ("Rung", "Shown", "Price", "Weight", "Good", "Loss of one", "Order", *WORDS)
SHOWN = WORK + 1
HINT = "Type a price for rung 2, 3 or 4: the size is spread over them, the loss stays the same."


def shown_cell(number: int) -> str:
    """The cell that holds the number of a rung, blank where there is none."""
    return f"${letter(SHOWN)}${WORK_FIRST + number - 1}"


def build(sheet: Worksheet, context: Context) -> None:
    """Lay out the inputs, the table and, among the workings, what they are made of."""
    frame.heading(sheet, SCALE_IN, LEFT, "Scaling in: up to four rungs, one stop, one budget")
    apply_style(sheet.cell(SCALE_IN + 1, LEFT), "Note").value = "=Scale_words"
    where = f"{letter(LEFT)}{SCALE_IN + 1}:{letter(RIGHT)}{SCALE_IN + 1}"
    frame.highlight(sheet, where, 'Scale_fault<>""', "bad")
    frame.highlight(sheet, where, 'Scale_warning<>""', "warn")
    _inputs(sheet, context)
    _table(sheet)
    _workings(sheet, context)


def _inputs(sheet: Worksheet, context: Context) -> None:
    heads = ("You type", "The entry", *(f"Rung {number}" for number in range(2, COUNT + 1)))
    for offset, text in enumerate(heads):
        role = "Header" if offset else "Header left"
        apply_style(sheet.cell(PRICES - 1, LEFT + offset, text), role)
    apply_style(sheet.cell(PRICES, LEFT, "Price"), "Result left")
    apply_style(sheet.cell(WEIGHTS, LEFT, "Weight, blank: 1"), "Result left")
    apply_style(sheet.cell(PRICES, LEFT + 1), "Result", "price").value = "=" + EMPTY.format(
        "Trade_entry"
    )
    for number in range(1, COUNT + 1):
        if number > 1:
            price = by_key("scale_in", f"price_{number}")
            frame.input_cell(sheet, context, price, PRICES, LEFT + number)
        weight = by_key("scale_in", f"weight_{number}")
        frame.input_cell(sheet, context, weight, WEIGHTS, LEFT + number)


def _table(sheet: Worksheet) -> None:
    frame.column_heads(
        sheet, FIRST - 2, LEFT,
        (("Rung", "", "left"), ("Price", "price", "right"), ("Order", "units", "right"),
         ("Filled", "units so far", "right"), ("Average", "price", "right"),
         ("Margin", "money", "right"), ("If stopped", '="loss, "&Currency', "right"),
         ("Liq. price", "price", "right"), ("Liquidation", "x the stop", "right")),
    )
    last = FIRST + COUNT - 1
    # The add-in's table has an eighth column; the liquidation price after each rung stands here as
    # Excel's own, because the plan's has fees in the trigger and the deduction of its tier.
    frame.array(
        sheet, FIRST, LEFT, COUNT, 7,
        '=IF(Rungs_shown="","",ISO_SCALE_IN(Trade_side,Rung_prices,Trade_stop,Scale_budget,'
        "Rung_weights,Trade_leverage,Trade_maint,Trade_fee,Scale_fee,Trade_lot))",
        ("whole", "price", "quantity", "quantity", "price", "cents", "cents"), strong=(1, 2),
    )
    for row in range(FIRST, last + 1):
        filled, average, margin, price = (f"{at}{row}" for at in "EFGI")
        cells = (
            (9, f"MAX(0,({average}-Trade_sign*(({margin}+Scale_relief)/{filled}"
                f"-Scale_rate*{average}))*Trade_slope)", "price"),
            (10, f"Trade_sign*({average}-{price})/ABS({average}-Trade_stop)", "times"),
        )
        for column, formula, fmt in cells:
            cell = apply_style(sheet.cell(row, column), "Result", fmt)
            cell.value = f'=IF({shown_cell(row - FIRST + 1)}="","",{formula})'
        apply_style(sheet.cell(row, LEFT), "Result left", "whole")
    gap = f"J{FIRST}"
    where = f"J{FIRST}:J{last}"
    frame.highlight(sheet, where, f"AND(ISNUMBER({gap}),{gap}<1)", "bad")
    frame.highlight(sheet, where, f"AND(ISNUMBER({gap}),{gap}<Gap_multiple)", "warn")


# Where the workings stand that others ask for.
NO, SHOWN_AT, PRICE, WEIGHT, GOOD, LOSS, UNITS = (letter(WORK + at) for at in range(7))


def _area(column: str) -> str:
    return f"${column}${WORK_FIRST}:${column}${WORK_FIRST + COUNT - 1}"


def _rung(number: int, row: int) -> tuple[tuple[str, str], ...]:
    """Formula and format of each working of a rung, from the second on."""
    typed = "Trade_entry" if number == 1 else f"Rung_price_{number}"
    wanted, at, share = f"Rung_weight_{number}", f"N({PRICE}{row})", f"{WEIGHT}{row}"
    right = f'COUNTIF({share},">0")'
    return (
        (f'IF((Scale_ready=0)+({share}=0)>0,"",{NO}{row})', "whole"),
        # A rung that is left out stands at the entry, with no weight.
        (EMPTY.format(f'IF({typed}="",Trade_entry,{typed})'), "price"),
        (f'IF({typed}="",0,IF({wanted}="",1,{wanted}))', "times"),
        (EMPTY.format(f"N({at}>0)*N(Trade_sign*({at}-Trade_stop)>0)"), "flag"),
        (EMPTY.format(f"ABS({at}-Trade_stop)+Trade_fee*({at}+Trade_stop)"
                      "+Trade_slippage*Trade_stop"), "price"),
        (EMPTY.format(f"Scale_budget*N({share})/MAX(Smallest_unit,SUMPRODUCT("
                      f"{_area(WEIGHT)},{_area(LOSS)}))"), "quantity"),
        (EMPTY.format(f'REPT("Rung {number}: type a price above 0. ",N({at}<=0))'), "text"),
        (EMPTY.format(f'REPT("Rung {number} at "&{at}&" lies beyond the stop at "&Trade_stop&'
                      f'". ",N({at}>0)*(1-{GOOD}{row}))'), "text"),
        (EMPTY.format(f'REPT("Weight {number}: type a number above 0. ",'
                      f'N({typed}<>"")*({right}=0))'), "text"),
        (EMPTY.format(f'REPT("Rung {number} is smaller than the lot of "&Trade_lot&": fewer '
                      f'rungs, or more weight. ",{right}*({UNITS}{row}<Trade_lot))'), "text"),
    )


def _workings(sheet: Worksheet, context: Context) -> None:
    frame.column_heads(
        sheet, RUNGS, WORK,
        [(head, "", "left" if head in WORDS else "right") for head in HEADS],
    )
    for number in range(1, COUNT + 1):
        row = WORK_FIRST + number - 1
        apply_style(sheet.cell(row, WORK, number), "Working", "whole")
        for column, (formula, fmt) in enumerate(_rung(number, row), start=WORK + 1):
            role = "Working left" if fmt == "text" else "Working"
            apply_style(sheet.cell(row, column), role, fmt).value = f"={formula}"
    context.name("Rungs_shown", sheet, _area(SHOWN_AT))
    context.name("Rung_prices", sheet, _area(PRICE))
    context.name("Rung_weights", sheet, _area(WEIGHT))
    _names(sheet, context)


def _names(sheet: Worksheet, context: Context) -> None:
    """What others know of the rungs, and the words about them."""
    last = WORK_FIRST + COUNT - 1
    faults = "&".join(
        f"{letter(WORK + offset)}{row}"
        for row in range(WORK_FIRST, last + 1) for offset, head in enumerate(HEADS) if head in WORDS
    )
    deepest = FIRST + COUNT - 1
    for name, held_in in (
        ("Rung_filled", "E"), ("Rung_averages", "F"), ("Rung_margins", "G"), ("Rung_losses", "H"),
        ("Rung_gaps", "J"),
    ):
        context.name(name, sheet, f"${held_in}${FIRST}:${held_in}${deepest}")
    singles = (
        ("Scale_on", "flag", 'N(Trade_symbol<>"")*N(COUNTA(Rungs_typed)>0)'),
        ("Scale_fault", "text", f'IF(Scale_on=0,"",TRIM({faults}))'),
        ("Scale_ready", "flag", 'Scale_on*N(Scale_fault="")'),
        ("Scale_warning", "text",
         'IF(Scale_ready=0,"",REPT(" The margin is more than the account.",'
         "N(MAX(Rung_margins)>Equity_now))&Scale_near)"),
        ("Scale_near", "text",
         'IF(Scale_ready=0,"",REPT(" Liquidation is too near to the stop.",'
         "N(MIN(Rung_gaps)<Gap_multiple)))"),
        ("Scale_budget", "cents", EMPTY.format("Equity_now*Risk_used")),
        ("Scale_fee", "rate", EMPTY.format("Trade_fee+Trade_slippage")),
        ("Scale_relief", "cents", EMPTY.format("Trade_relief*Trade_units")),
        ("Scale_rate", "rate", EMPTY.format('(Trade_model="entry")*Trade_maint')),
        ("Scale_units", "quantity", 'IF(Scale_ready=0,"",MAX(Rung_filled))'),
        ("Scale_average", "price",
         'IF(Scale_ready=0,"",INDEX(Rung_averages,MAX(Rungs_shown)))'),
        ("Scale_loss", "cents", 'IF(Scale_ready=0,"",MAX(Rung_losses))'),
        ("Scale_sum", "text",
         'IF(Scale_ready=0,"","All filled: "&ROUND(Scale_units,Price_digits)&" units at "'
         '&ROUND(Scale_average,Trade_decimals)&", "&Scale_lost&Scale_warning)'),
        ("Scale_lost", "text",
         'IF(Scale_ready=0,"",ROUND(Scale_loss,1+1)&" lost at the stop, of "'
         '&ROUND(Scale_budget,1+1)&" allowed.")'),
        ("Scale_words", "text",
         f'IF(Scale_on=0,"{HINT}",IF(Scale_fault="",Scale_sum,Scale_fault))'),
    )
    context.name(
        "Rungs_typed", sheet,
        f"${letter(LEFT + 2)}${PRICES}:${letter(LEFT + COUNT)}${PRICES}",
    )
    for row, (name, fmt, formula) in enumerate(singles, start=last + 2):
        label = name.replace("_", " ")
        frame.working(sheet, context, row, (WORK, WORK + 2), name, label, fmt, formula)
