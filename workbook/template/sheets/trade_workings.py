"""Workings of the Trade sheet: links to the plan, chances, venues as computed, waterfall."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.sheets.context import Context
from workbook.template.sheets.trade_layout import (
    CHANCES,
    CHART,
    COMPARED,
    DRIFT,
    EMPTY,
    LEFT,
    LEVERAGES,
    LINKS,
    LIQUIDATED,
    VENUE_ROWS,
    WATERFALL,
)
from workbook.template.styles import apply_style

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


def build(sheet: Worksheet, context: Context) -> None:
    """Lay them out below what is printed."""
    _links(sheet, context)
    _chances(sheet)
    _compared(sheet, context)
    _waterfall(sheet)


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
         EMPTY.format("INDEX(Plan[Slope],Trade_row)")),
        ("Trade_notional_at_liquidation", "Notional when liquidated", "money", "cents",
         EMPTY.format("Trade_units*Trade_liquidation*(1-Trade_sign*Trade_slippage)")),
        ("Trade_payments", "Funding payments a day", "count", "times",
         EMPTY.format("Hours_per_day/Trade_hours")),
        ("Trade_unit_loss", "Loss of one unit at the stop", "price", "price", EMPTY.format(
            "ABS(Trade_entry-Trade_stop)+Trade_slippage*Trade_stop"
            "+Trade_fee*(Trade_entry+Trade_stop)")),
        ("Trade_exact_size", "Size before rounding", "units", "quantity", EMPTY.format(
            "MIN(Account_equity*Risk_per_trade/Trade_unit_loss,Account_equity*Trade_leverage"
            "/Trade_entry)")),
        ("Trade_lost", "Loss if liquidated", "money", "cents",
         EMPTY.format(f"Trade_margin-$C${LIQUIDATED + 8}")),
        ("Trade_break_even_label", "Break-even, label", "word", "text",
         EMPTY.format("ROUND(Trade_break_even,Trade_decimals)")),
        ("Trade_soft_label", "Soft stop, label", "word", "text",
         EMPTY.format("ROUND(Trade_soft,Trade_decimals)")),
        ("Trade_stop_label", "Hard stop, label", "word", "text",
         EMPTY.format("ROUND(Trade_stop,Trade_decimals)")),
        ("Trade_target_label", "First target, label", "word", "text",
         EMPTY.format("ROUND(Trade_target_1,Trade_decimals)")),
    ]
    for name, label, unit, fmt, formula in links:
        apply_style(sheet.cell(row, LEFT, label), "Working left")
        cell = sheet.cell(row, 3)
        apply_style(cell, "Working left" if fmt == "text" else "Working", fmt)
        cell.value = f"={formula}"
        apply_style(sheet.cell(row, 4, frame.UNITS.get(unit, unit) or None), "Note")
        context.name_cell(name, sheet, row, 3)
        row += 1


def _chances(sheet: Worksheet) -> None:
    """All chances of touching a price in one call: by leverage, then of the stops."""
    frame.column_heads(
        sheet, CHANCES, 6,
        (("Touched", "", "left"), ("Barrier", "price", "right"), ("Days", "days", "right"),
         ("Chance", "%", "right")),
    )
    first, drift = CHANCES + 2, DRIFT + 3
    rows = [
        (f'="at "&H{drift + offset}&"x"', f"I{drift + offset}", "Trade_days")
        for offset in range(len(LEVERAGES))
    ]
    stops = (("Soft stop", "Trade_soft"), ("Hard stop", "Trade_stop"))
    rows += [(name, price, days) for days in ("1", "Trade_days") for name, price in stops]
    for row, (label, price, days) in enumerate(rows, start=first):
        apply_style(sheet.cell(row, 6, label), "Working left")
        for column, formula, fmt in ((7, price, "price"), (8, days, "days")):
            apply_style(sheet.cell(row, column), "Working", fmt).value = "=" + EMPTY.format(formula)
    last = first + len(rows) - 1
    frame.array(
        sheet, first, 9, len(rows), 1,
        "=" + EMPTY.format(
            f"ISO_TOUCH_PROBABILITY(Trade_entry,G{first}:G{last},Trade_volatility,H{first}:H{last})"
        ),
        ("percent1",),
    )


def _compared(sheet: Worksheet, context: Context) -> None:
    first, rows = COMPARED, VENUE_ROWS
    apply_style(sheet.cell(first - 1, CHART, "Venues, as computed"), "Note")
    apply_style(sheet.cell(first - 1, CHART - 1, "No"), "Note")
    for row in range(first, first + rows):
        number = f"ROWS(K${first - 1}:K{row - 1})"  # counts without looking at itself
        apply_style(
            sheet.cell(row, CHART - 1), "Working", "whole"
        ).value = f'=IF(OR(Trade_symbol="",{number}>Venues_known),"",{number})'
    # The answer has a row a venue; its range has more, and those are blank.
    formats = ("text", "times", "price", "cents", "cents", "price", "cents")
    frame.array(
        sheet, first, CHART, rows, len(formats),
        f'=IF(K{first}:K{first + rows - 1}="","",ISO_VENUE_COMPARISON(Trade_side,Trade_entry,'
        "Trade_units,Trade_leverage,Trade_days,Venues[[Name]:[Borrow rate]]))",
        formats,
    )
    _own_terms(sheet, context)


def _own_terms(sheet: Worksheet, context: Context) -> None:
    """Where the plan and the add-in's comparison differ, in the order of the venues' table.

    The comparison counts maintenance on the price now and hands back what is left, as most venues
    do. Where one counts it on the entry, or keeps what is left, Excel's own arithmetic says what
    the plan says.
    """
    first, last, left = COMPARED, COMPARED + VENUE_ROWS - 1, CHART + 7
    for offset, head in enumerate(("Row", "Margin", "Liq. price", "Lost", "Lost in all")):
        apply_style(sheet.cell(first - 1, left + offset, head), "Note")
    for row in range(first, last + 1):
        number = f"ROWS(S${first - 1}:S{row - 1})"
        term = f"INDEX(Venues[{{}}],S{row})"
        cells = (
            (f'IF(INDEX(Venues[Name],{number})="","",{number})', "whole"),
            (f'IF(S{row}="","",Trade_notional/MIN(Trade_leverage,{term.format("Max leverage")}))',
             "cents"),
            (f'IF(S{row}="","",IF({term.format("Model")}="mark","",Trade_entry*(1-Trade_sign*'
             f'(T{row}/Trade_notional-{term.format("Maintenance rate")}))))', "price"),
            (f'IF(U{row}="","",MIN(T{row},Trade_units*(Trade_sign*(Trade_entry-U{row})'
             f'+U{row}*{term.format("Liquidation penalty")})))', "cents"),
            (f'IF(S{row}="","",IF({term.format("Remainder")}="seized",T{row},V{row}))', "cents"),
        )
        for column, (formula, fmt) in enumerate(cells, start=left):
            cell = apply_style(sheet.cell(row, column), "Working", fmt)
            cell.value = "=" + (EMPTY.format(formula) if column == left else formula)
    context.name("Own_prices", sheet, f"$U${first}:$U${last}")
    context.name("Own_losses", sheet, f"$W${first}:$W${last}")


def _waterfall(sheet: Worksheet) -> None:
    """The bars of the waterfall: where each begins, and how high it is."""
    top = WATERFALL
    frame.column_heads(
        sheet, top, 6,
        (("Bar", "", "left"), ("From", "money", "right"), ("Height", "money", "right")),
    )
    first = LIQUIDATED + 3
    equity, slippage, penalty, back, fund = (f"C{first + offset}" for offset in range(2, 7))
    bars = (
        ("Posted", "0", f"C{first}"),
        ("Lost", f"MAX(0,{equity})", f"C{first + 1}"),
        ("Slippage", f"MAX(0,{equity}-{slippage})", f"MIN(MAX(0,{equity}),{slippage})"),
        ("Penalty", f"MAX(0,{equity}-{slippage}-{penalty})", penalty),
        ("Returned", "0", back),
        ("Fund pays", "0", fund),
    )
    for row, (label, start, height) in enumerate(bars, start=top + 2):
        apply_style(sheet.cell(row, 6), "Working left").value = "=" + EMPTY.format(
            f'"{label} "&ROUND(H{row},0)'
        )
        for column, formula in ((7, start), (8, height)):
            cell = apply_style(sheet.cell(row, column), "Working", "cents")
            cell.value = "=" + EMPTY.format(formula)
