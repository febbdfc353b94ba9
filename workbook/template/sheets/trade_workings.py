"""Workings of the Trade sheet: links to the plan, chances, venues as computed, waterfall."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
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
    TERMS,
    VENUE_ROWS,
    WATERFALL,
)
from workbook.template.styles import apply_style

LINK_CELLS = (
    ("Trade_side", "Side", "word", "text", "Direction"),
    ("Trade_venue", "Venue", "word", "text", "Venue"),
    ("Trade_sign", "Sign", "+1 long", "whole", "Sign"),
    ("Trade_volatility", "Volatility", "% per day", "percent1", "Vol"),
    ("Trade_maint", "Maintenance rate", "% of notional", "rate", "Maint"),
    ("Trade_model", "Model", "word", "text", "Model"),
    ("Trade_asset", "Asset", "word", "text", "Asset"),
    ("Trade_fee", "Fee rate", "% each way", "rate", "Fee"),
    ("Trade_fee_in", "Fee at the entry", "% of notional", "rate", "Fee in"),
    ("Trade_trigger", "Fee in the trigger", "% of notional", "rate", "Trigger"),
    ("Trade_relief", "Deduction of the tier", "price", "price", "Relief"),
    ("Trade_penalty", "Liquidation penalty", "% of notional", "rate", "Penalty"),
    ("Trade_lot", "Lot", "units", "quantity", "Lot used"),
    ("Trade_slippage", "Slippage", "% of price", "rate", "Slippage"),
    ("Trade_rate", "Funding rate", "% per interval", "rate", "Rate"),
    ("Trade_hours", "Funding hours", "hours", "days", "Hours"),
    ("Trade_borrow", "Borrow rate", "% per year", "rate", "Borrow"),
    ("Trade_chance", "Chance of liquidation", "% in the days", "percent1", "Chance"),
    ("Trade_unit_carry", "Carry for one unit", "price", "price", "Unit carry"),
    ("Trade_carry", "Carry", "money", "cents", "Carry"),
    ("Trade_notional", "Notional", "money", "money", "Notional"),
    ("Trade_risk", "Risk at the stop", "money", "cents", "Risk"),
    ("Trade_gap", "Liquidation to stop", "x stop distance", "times", "Liq to stop"),
    ("Trade_stop_first", "Stop first", "word", "text", "Stop first"),
    ("Trade_verdict", "What to do", "word", "text", "What to do"),
    ("Trade_go", "Go", "1 = yes", "flag", "Go"),
    ("Trade_soft", "Soft stop", "price", "price", "Soft stop"),
    ("Trade_target_1", "Target 1", "price", "price", "Target 1"),
    ("Trade_target_2", "Target 2", "price", "price", "Target 2"),
    ("Trade_stretch", "Targets, beside the triggers", "x trigger", "ratio", "Stretch"),
)


VENUE = "INDEX(Venues[{}],INDEX(Plan[Venue row],Trade_row))"
# Name, label, unit, format, formula.
LINKS_AND_WORKINGS = (
    # A row that is not computed, or too small for a lot, is as good as none.
    ("Trade_symbol", "Symbol", "word", "text",
     'IF(INDEX(Plan[Ready],Trade_row)="","",INDEX(Plan[Symbol],Trade_row)&"")'),
    *((name, label, unit, fmt, f"INDEX(Plan[{source}],Trade_row)")
      for name, label, unit, fmt, source in LINK_CELLS),
    ("Trade_says", "What the row says", "word", "text", 'INDEX(Plan[What to do],Trade_row)&""'),
    *((name, label, "% of position", "percent1",
       f"IF(Trade_lot=0,{setting},FLOOR({setting}*Trade_units+Smallest_unit*Trade_lot,"
       "Trade_lot)/Trade_units)")
      for name, label, setting in (
          ("Trade_soft_close", "Soft stop closes, in whole lots", "Soft_close"),
          ("Trade_fraction_1", "First slice, in whole lots", "Fraction_1"),
          ("Trade_fraction_2", "Second slice, in whole lots", "Fraction_2"))),
    # A short's price can fall by no more than all of it.
    *((f"Trade_goal_{number}", f"Trigger {number}, if it can be", "return", "percent1",
       f"IF(Trade_sign>0,Trigger_{number}*Trade_stretch,MIN(Trigger_{number}"
       "*Trade_stretch,INDEX(Plan[Per move],Trade_row)*(1-Tolerance)))")
      for number in (1, 2)),
    ("Ladder_x", "Leverage the stops are held against", "x", "times",
     "IF(Trade_gap<1,0,Trade_leverage)"),
    ("Trade_remainder", "Remainder", "word", "text", VENUE.format("Remainder")),
    ("Trade_decimals", "Decimals of price labels", "digits", "whole",
     "Price_digits-INT(LOG10(Trade_entry))"),
    ("Trade_slope", "Price move for 1 of cost", "x", "times",
     "INDEX(Plan[Slope],Trade_row)"),
    ("Trade_notional_at_liquidation", "Notional when liquidated", "money", "cents",
     "Trade_units*Trade_liquidation*(1-Trade_sign*Trade_slippage)"),
    ("Trade_payments", "Funding payments a day", "count", "times",
     "Hours_per_day/Trade_hours"),
    ("Trade_unit_loss", "Loss of one unit at the stop", "price", "price",
     "ABS(Trade_entry-Trade_stop)+Trade_slippage*Trade_stop"
     "+Trade_fee*(Trade_entry+Trade_stop)"),
    ("Trade_exact_size", "Size before rounding", "units", "quantity",
     "MIN(Equity_now*Risk_used/Trade_unit_loss,Equity_now*Trade_leverage"
     "/Trade_entry)"),
    ("Trade_lost", "Loss if liquidated", "money", "cents",
     f"Trade_margin-$C${LIQUIDATED + 8}"),
    # The largest size at which all rows together, with correlation, risk no more than allowed:
    # ISO_RISK_ROOM in Excel's own arithmetic, of what the Risk sheet already knows.
    ("Trade_place", "Its place on Risk", "place", "whole",
     "IF(COUNTIF(Risk_rows,Trade_row)=0,0,MATCH(Trade_row,Risk_rows,0))"),
    ("Trade_pull", "What the others do to its risk", "money", "cents",
     'IF(Trade_place=0,"",Trade_sign*INDEX(Risk_pulls,Trade_place)-Trade_risk)'),
    ("Trade_others", "Risk of the others, squared", "money", "cents",
     'IF(Trade_place=0,"",Risk_typed*Risk_typed-(Trade_pull+Trade_pull+Trade_risk)'
     "*Trade_risk)"),
    ("Trade_spare", "Left of the correlated risk, squared", "money", "cents",
     'IF(Trade_place=0,"",Trade_pull*Trade_pull-Trade_others'
     "+Equity_now*Max_correlated_risk*Equity_now*Max_correlated_risk)"),
    ("Trade_room", "It may risk, with the others in view", "money", "cents",
     'IF(Trade_place*N(Risk_repaired=0)=0,"not known",'
     "MAX(0,SQRT(MAX(0,Trade_spare))-Trade_pull)*(Trade_spare>=0))"),
    ("Trade_in_view", "Size with the others in view", "units", "quantity",
     'IF(ISNUMBER(Trade_room),FLOOR(Trade_room*Trade_units/Trade_risk,'
     'MAX(Trade_lot,Smallest_unit)),"not known")'),
    ("Trade_by_stop", "Size by the stop", "units", "quantity",
     "INDEX(Plan[By stop],Trade_row)"),
    ("Trade_view_words", "Which size binds", "word", "text",
     'IF(ISNUMBER(Trade_in_view),"Size by the stop "&ROUND(Trade_by_stop,Price_digits)&'
     '", with the others in view "&ROUND(Trade_in_view,Price_digits)&Trade_binds,"")'),
    ("Trade_binds", "Which size binds, in words", "word", "text",
     'IF(N(Trade_in_view)<N(Trade_by_stop),": the others bind",": the stop binds")'),
    ("Trade_break_even_label", "Break-even, label", "word", "text",
     "ROUND(Trade_break_even,Trade_decimals)"),
    ("Trade_liquidation_label", "Liquidation, label", "word", "text",
     "ROUND(Trade_liquidation,Trade_decimals)"),
    ("Trade_soft_label", "Soft stop, label", "word", "text",
     "ROUND(Trade_soft,Trade_decimals)"),
    ("Trade_stop_label", "Hard stop, label", "word", "text",
     "ROUND(Trade_stop,Trade_decimals)"),
    ("Trade_target_label", "First target, label", "word", "text",
     "ROUND(Trade_target_1,Trade_decimals)"),
)
# Those that say something where the row of the plan is blank, too.
IN_A_BLANK_ROW = ("Trade_symbol", "Trade_says", "Trade_view_words")

# Names of two cells one below the other, by the name of the first.
PAIRS = {"Trade_fraction_1": "Slices", "Trade_goal_1": "Goals"}


def build(sheet: Worksheet, context: Context) -> None:
    """Lay them out below what is printed."""
    _links(sheet, context)
    _chances(sheet)
    _compared(sheet, context)
    _waterfall(sheet)


def _links(sheet: Worksheet, context: Context) -> None:
    frame.heading(sheet, LINKS, LEFT, "Links and workings")
    for row, (name, label, unit, fmt, formula) in enumerate(LINKS_AND_WORKINGS, start=LINKS + 1):
        shown = formula if name in IN_A_BLANK_ROW else EMPTY.format(formula)
        frame.working(sheet, context, row, (LEFT, 3), name, label, fmt, shown)
        apply_style(sheet.cell(row, 4, frame.UNITS.get(unit, unit) or None), "Note")
        if name in PAIRS:
            context.name(PAIRS[name], sheet, f"$C${row}:$C${row + 1}")


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
    """The venues by number, what each asks for, and what follows from that."""
    apply_style(sheet.cell(COMPARED - 1, CHART - 1, "No"), "Note")
    for row in range(COMPARED, COMPARED + VENUE_ROWS):
        number = f"ROWS(K${COMPARED - 1}:K{row - 1})"  # counts without looking at itself
        apply_style(
            sheet.cell(row, CHART - 1), "Working", "whole"
        ).value = f'=IF(OR(Trade_symbol="",{number}>Venues_known),"",{number})'
    _terms(sheet)
    _at_venues(sheet)


def _terms(sheet: Worksheet) -> None:
    """What each venue asks for in the trade's market, or by default where that is unknown."""
    for offset, head in enumerate(("Key", "Market", "Name", "Max leverage", "Maintenance",
                                   "Penalty", "Taker fee", "Spread", "Funding", "Hours", "Borrow",
                                   "Tier", "Trigger", "Deduction", "Model", "Tested", "Tier no")):
        apply_style(sheet.cell(COMPARED - 1, TERMS + offset, head), "Note")
    names = [letter(TERMS + offset) for offset in range(17)]
    key, market, name, most, _, _, _, _, _, _, _, tier, _, _, model, tested, count = names
    for row in range(COMPARED, COMPARED + VENUE_ROWS):
        at = {column: f"${column}{row}" for column in names}
        number = f"$K{row}"

        def term(of_market: str, of_venue: str, at: dict[str, str] = at, no: str = number) -> str:
            return (f"IF({at[market]}=0,INDEX(Venues[{of_venue}],{no}),"
                    f"INDEX(Markets[{of_market}],{at[market]}))")

        mine = f'Tiers[Key],{at[key]},Tiers[{{}} from],"<="&{at[tested]}'
        cells = (
            (f'UPPER({at[name]})&" "&Trade_asset', "text"),
            (f"IF(COUNTIF(Markets[Key],{at[key]})=0,0,MATCH({at[key]},Markets[Key],0))", "whole"),
            (f"INDEX(Venues[Name],{number})", "text"),
            (term("Max leverage", "Max leverage"), "times"),
            (f"IF({at[tier]}=0,{term('Maintenance rate', 'Maintenance rate')},"
             f"INDEX(Tiers[Rate],{at[tier]}))".replace(
                 f"IF({at[market]}=0,", f"CHOOSE(1+({at[market]}>0),"), "rate"),
            (term("Penalty used", "Liquidation penalty"), "rate"),
            (term("Taker used", "Taker fee"), "rate"),
            (f"INDEX(Venues[Spread],{number})", "rate"),
            (term("Rate used", "Funding rate"), "rate"),
            (term("Hours used", "Funding hours"), "days"),
            (f"INDEX(Venues[Borrow rate],{number})", "rate"),
            (f'IF({at[count]}=0,0,MATCH({at[key]}&" "&{at[count]},Tiers[Id],0))', "whole"),
            (f"N({term('Trigger used', 'Trigger fee')})", "rate"),
            (f"IF({at[tier]}=0,0,INDEX(Tiers[Deduction],{at[tier]}))", "cents"),
            (f"INDEX(Venues[Model],{number})", "text"),
            (f'Trade_notional*IF({at[model]}="entry",1,1-Trade_sign/MIN(Trade_leverage,'
             f"{at[most]}))", "cents"),
            (f"IF(Trade_sign>0,COUNTIFS({mine.format('Long')}),COUNTIFS({mine.format('Short')}))",
             "whole"),
        )
        for column, (formula, fmt) in enumerate(cells, start=TERMS):
            role = "Working left" if fmt == "text" else "Working"
            cell = apply_style(sheet.cell(row, column), role, fmt)
            cell.value = f'=IF({number}="","",{formula})'


def _at_venues(sheet: Worksheet) -> None:
    """The trade under each venue's terms, in Excel's own arithmetic.

    ISO_VENUE_COMPARISON counts maintenance on the price now, with one rate, and hands back what is
    left. Here are fees in the trigger, deductions of the tier, maintenance on the entry and margin
    that is seized, too: the same as on Plan.
    """
    heads = ("Leverage", "Margin", "Liq. price", "Lost", "Lost in all", "Fee each way", "Carry",
             "Break-even", "Entry rate", "Slope")
    for offset, head in enumerate(heads):
        apply_style(sheet.cell(COMPARED - 1, CHART + offset, head), "Note")
    own = [letter(CHART + offset) for offset in range(len(heads))]
    given = [letter(TERMS + offset) for offset in (3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14)]
    for row in range(COMPARED, COMPARED + VENUE_ROWS):
        (leverage, margin, price, lost, _, each_way, carry, _, on_entry,
         slope) = (f"{at}{row}" for at in own)
        (most, rate, penalty, fee, spread, funding, hours, borrow, trigger, deduction,
         model) = (f"{at}{row}" for at in given)
        cells = (
            (f"MIN(Trade_leverage,{most})", "times"),
            (f"Trade_notional/{leverage}", "cents"),
            # Where the margin is below what is asked for it is liquidated at the entry.
            (f"IF({margin}+{deduction}<=Trade_notional*({rate}+{trigger}),Trade_entry,"
             f"MAX(0,(Trade_entry-Trade_sign*(({margin}+{deduction})/Trade_units-{on_entry}"
             f"*Trade_entry))*{slope}))", "price"),
            (f"MIN({margin},Trade_units*(Trade_sign*(Trade_entry-{price})+{price}*{penalty}))",
             "cents"),
            (f'IF(INDEX(Venues[Remainder],$K{row})="seized",{margin},{lost})', "cents"),
            (f"{fee}+{spread}/(1+1)", "rate"),
            (f"Trade_days*(Trade_sign*Trade_notional*{funding}*Hours_per_day/{hours}"
             f"+MAX(0,Trade_notional-{margin})*{borrow}/Days_per_year)", "cents"),
            (f"(Trade_entry*(1+Trade_sign*{each_way})+Trade_sign*{carry}/Trade_units)"
             f"/(1-Trade_sign*{each_way})", "price"),
            (f'({model}="entry")*{rate}', "rate"),
            (f"1/(1-Trade_sign*({trigger}+{rate}-{on_entry}))", "ratio"),
        )
        for column, (formula, fmt) in enumerate(cells, start=CHART):
            cell = apply_style(sheet.cell(row, column), "Working", fmt)
            cell.value = f'=IF($K{row}="","",{formula})'


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
