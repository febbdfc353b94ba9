"""Below the table of Now, which has a fixed number of rows: a change before it is made, sums."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES, by_key
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style
from workbook.template.tables.now import ASKS, STEPS

ROWS = 19  # of the block that people see
KEYS = ("change_trade", "change_units", "change_price", "change_margin")
LEFT, VALUE, THEN = 2, 4, 6  # labels, inputs and what is now, what is then

# Name, label, format, formula: what the chosen position is, and what it becomes.
_CHOSEN = "INDEX(Now[{}],Change_row)"
SINGLE = (
    ("Change_row", "Row of the chosen trade", "whole",
     "IF(COUNTIF(Now[Trade],Change_trade)=0,0,MATCH(Change_trade,Now[Trade],0))"),
    ("Change_live", "It can be judged", "flag",
     "IF(Change_row=0,0,N(INDEX(Now[Live],Change_row))*Change_good)"),
    ("Change_good", "What is typed are numbers", "flag",
     'N(COUNT(Change_inputs)=COUNTA(Change_inputs))*N((Change_price="")+(N(Change_price)>0)>0)'),
    ("Change_asks", "What it needs first", "whole",
     'IF(Change_trade="",1,1+(1-Change_live)*(1+(Change_row>0)*(1+(1-Change_good))))'),
    ("Change_words", "In words", "text",
     'CHOOSE(Change_asks,Change_hint,"No such trade above: type its number.",Change_row_words,'
     '"Type numbers: a price above 0, units and margin with + or -.")'),
    ("Change_hint", "What it is for", "text",
     '"Add (+), reduce (-), flip (more - than is open), or add margin. Nothing is written."'),
    ("Change_row_words", "Its row first", "text",
     'IF(Change_row=0,"","Complete its row first: "&INDEX(Now[What to do],Change_row))'),
    ("Change_sign", "+1 long", "whole", "IF(Change_live=0,0,INDEX(Now[Sign],Change_row))"),
    ("Change_open", "Units open", "quantity",
     "IF(Change_live=0,0,INDEX(Now[Open],Change_row))"),
    ("Change_entry", "Average entry", "price",
     "IF(Change_live=0,0,INDEX(Now[Entry],Change_row))"),
    ("Change_posted", "Margin", "cents", "IF(Change_live=0,0,INDEX(Now[Margin],Change_row))"),
    ("Change_at", "Price of the change", "price",
     'IF(Change_live=0,0,IF(Change_price="",INDEX(Now[Mark],Change_row),Change_price))'),
    ("Change_left", "Units then, on the side of today", "quantity", "Change_open+N(Change_units)"),
    ("Then_units", "Units then", "quantity", "ABS(Change_left)"),
    ("Then_side", "Side then", "text",
     'IF(Change_sign*Change_left=0,"none",IF(Change_sign*Change_left>0,"long","short"))'),
    ("Then_kind", "1 add, 0 reduce, -1 flip", "whole",
     "SIGN(N(Change_units))*(N(Change_units)>0)-(Change_left<0)"),
    ("Then_entry", "Average entry then", "price",
     "IF(Then_kind=0,Change_entry,IF(Then_kind<0,Change_at,(Change_open*Change_entry"
     "+Change_units*Change_at)/Change_left))"),
    ("Change_leverage", "Leverage that new units are opened with", "times",
     "IF(Change_posted<=0,1,Change_open*Change_entry/Change_posted)"),
    ("Then_kept", "Share of the margin that a reduction leaves", "percent1",
     'IF(Change_live=0,0,IF((Change_rule="stays")+(Change_rule="with_profit")+(Then_kind<>0)>0,1,'
     "Change_left/Change_open))"),
    ("Change_rule", "What a partial close does to the margin", "text",
     'IF(Change_live=0,"",INDEX(Now[After],Change_row))'),
    ("Then_margin", "Margin then", "cents",
     "IF(Then_kind<0,Then_units*Change_at/Change_leverage,Change_posted*Then_kept+MAX(0,"
     "N(Change_units))*Change_at/Change_leverage)+N(Change_margin)"),
    ("Then_known", "It is still a position", "flag", "N(Change_live*Then_units>0)"),
    ("Then_liquidation", "Liquidation price then", "price",
     'IF(Then_safe=0,Then_none,ISO_LIQUIDATION_PRICE(Then_side,Then_entry,1,'
     "Change_maint,Change_trigger,Then_units,Then_extra,0,Change_cut,Change_model,Change_mark))"),
    ("Then_none", "Without a liquidation price", "text",
     'IF(Then_known=0,"none","at once")'),
    ("Then_safe", "It has a liquidation price", "flag", "Then_known*(1-Then_gone)"),
    ("Then_sign", "+1 long then", "whole", "SIGN(Change_sign*Change_left)"),
    ("Then_gone", "Liquidated at once", "flag",
     "N(Then_margin+Then_sign*Then_units*(Change_mark-Then_entry)<=Then_units*Then_asked"
     "-Change_cut)"),
    ("Then_asked", "What the venue asks for, a unit", "price",
     'Change_maint*IF(Change_model="entry",Then_entry,Change_mark)+Change_trigger*Change_mark'),
    ("Then_stopped", "Its stop is on the right side", "flag",
     "N(Then_sign*(Change_mark-Change_stop)>0)*N(Change_stop>0)"),
    ("Then_lost", "Lost at the stop then", "cents",
     "MAX(0,Then_units*(Then_sign*(Then_entry-Change_stop)+Change_fee*(Then_entry+Change_stop)))"),
    ("Change_fee", "Fee of an exit", "rate", "IF(Change_live=0,0,INDEX(Now[Fee],Change_row))"),
    ("Then_wanted", "Where liquidation should be then", "price",
     "MAX(Smallest_unit,Then_entry-Then_sign*Gap_multiple*ABS(Then_entry-Change_stop))"),
    ("Then_needed", "Margin for that", "cents",
     'Then_units*(Change_maint*IF(Change_model="entry",Then_entry,Then_wanted)'
     "+Change_trigger*Then_wanted-Then_sign*(Then_wanted-Then_entry))-Change_cut"),
    ("Then_extra", "Margin beyond the notional", "cents", "Then_margin-Then_units*Then_entry"),
    ("Change_maint", "Maintenance rate", "rate",
     "IF(Change_live=0,0,INDEX(Now[Maint],Change_row))"),
    ("Change_trigger", "Fee in the trigger", "rate",
     "IF(Change_live=0,0,INDEX(Now[Trigger],Change_row))"),
    ("Change_cut", "Deduction", "cents", "IF(Change_live=0,0,INDEX(Now[Deduction],Change_row))"),
    ("Change_model", "Model", "text", 'IF(Change_live=0,"",INDEX(Now[Model],Change_row))'),
    ("Change_mark", "Mark", "price", "IF(Change_live=0,0,INDEX(Now[Mark],Change_row))"),
    ("Change_stop", "Stop", "price", "IF(Change_live=0,0,INDEX(Now[Stop],Change_row))"),
    ("Cross_margin", "Margin that brings the liquidation price of cross", "cents",
     "IF(Change_live=0,0,Change_open*(Change_maint*Cross_counted+Change_trigger*N(Cross_price)"
     "-Change_sign*(N(Cross_price)-Change_entry))-Change_cut)"),
    ("Cross_counted", "Price that maintenance is counted on there", "price",
     'IF(Change_model="entry",Change_entry,N(Cross_price))'),
    ("Cross_words", "Cross, in words", "text",
     'IF(Change_live=0,"choose a trade","Cross risks the account to save one trade; the first row '
     'is what going back gives.")'),
    ("Cross_instead", "What would do instead", "text",
     'IF(Change_live=0,"","Isolated instead: add "&ROUNDUP(INDEX(Now[Margin to add],Change_row),0)'
     '&" for the gap you want; "&Cross_same)'),
    ("Cross_same", "in words", "text",
     'IF(Change_live=0,"",ROUNDUP(MAX(0,Cross_margin-Change_posted),0)&" more would move '
     'liquidation as far as cross does.")'),
    ("Change_others", "Equity of the rest of the account", "cents",
     "MAX(0,Equity_now-Change_posted)"),
)

# What people see: label, format, now, then.
SHOWN = (
    ("Side", "text", 'INDEX(Now[Side],Change_row)', "Then_side"),
    ("Units", "quantity", "Change_open", "Then_units"),
    ("Average entry", "price", "Change_entry", "Then_entry"),
    ("Margin", "cents", "Change_posted", "Then_margin"),
    ("Liquidation price", "price", "INDEX(Now[Liq now],Change_row)", "Then_liquidation"),
    ("Distance from the price", "percent1", "INDEX(Now[Distance],Change_row)",
     'IF(ISNUMBER(Then_liquidation),ABS(Change_mark-Then_liquidation)/Change_mark,"")'),
    ("Lost at the stop", "cents",
     'IF(Change_stop=0,"no stop",ABS(INDEX(Now[Stop risk],Change_row)))',
     'CHOOSE(1+Then_known*(1+Then_stopped),0,"set a stop",Then_lost)'),
    ("Margin you want", "cents",
     'IF(Change_stop=0,"no stop",MAX(0,INDEX(Now[Needed],Change_row)))',
     'IF((Then_kind<0)+(Then_known=0)+(Change_stop=0)>0,"",MAX(0,Then_needed))'),
)


def build(sheet: Worksheet, context: Context, top: int) -> None:
    """Lay out what is seen from `top` on, the sums and workings below it."""
    frame.heading(sheet, top, LEFT, "Before you change a position")
    apply_style(sheet.cell(top + 1, LEFT), "Note").value = "=Change_words"
    for offset, key in enumerate(KEYS, start=2):
        field = by_key("review", key)
        frame.asked(sheet, context, field, top + offset, (LEFT, VALUE, VALUE + 1))
    typed = f"${letter(VALUE)}${top + 3}:${letter(VALUE)}${top + 1 + len(KEYS)}"
    context.name("Change_inputs", sheet, typed)
    frame.highlight(
        sheet, f"{letter(LEFT)}{top + 1}:{letter(THEN)}{top + 1}", "Change_asks>1", "warn"
    )
    frame.column_heads(
        sheet, top + 6, LEFT,
        (("Position", "", "left"), ("", "", "left"), ("Now", "", "right"), ("", "", "left"),
         ("Then", "", "right")),
    )
    for offset, (label, fmt, now, then) in enumerate(SHOWN, start=top + 8):
        for column in (LEFT, LEFT + 1):
            apply_style(sheet.cell(offset, column), "Result left")
        sheet.cell(offset, LEFT).value = label
        apply_style(sheet.cell(offset, LEFT + 3), "Result left")
        for column, formula in ((VALUE, now), (THEN, then)):
            cell = apply_style(sheet.cell(offset, column), "Result strong", fmt)
            cell.value = f'=IF(Change_live=0,"",{formula})'
    _cross(sheet, context, top + 2)
    frame.loose_prices(sheet, range(top, top + ROWS))
    _sums(sheet, context, top + ROWS + 4)


def _cross(sheet: Worksheet, context: Context, top: int) -> None:
    """The same position on its own margin, and backed by the account: what the article warns of."""
    left = TABLES["Now"].index("What to do")
    frame.heading(sheet, top - 1, left, "Isolated, made cross, and back")
    for offset, text in enumerate(("Margin mode", "Liquidation", "Distance", "At risk")):
        role = "Header" if offset else "Header left"
        apply_style(sheet.cell(top, left + offset, text), role)
    frame.array(
        sheet, top + 1, left, 2, 4,
        '=IF(Change_live=0,"",ISO_CROSS_MARGIN(Change_side,Change_entry,Change_open,Change_posted,'
        "Change_mark,Change_others,Change_maint,FALSE,Change_model))",
        ("text", "price", "percent1", "cents"),
    )
    context.name_cell("Cross_price", sheet, top + 2, left + 1)
    for row, formula in ((top + 3, "=Cross_words"), (top + 4, "=Cross_instead")):
        apply_style(sheet.cell(row, left), "Note").value = formula


def _sums(sheet: Worksheet, context: Context, top: int) -> None:
    table = TABLES["Now"]
    frame.heading(sheet, top, LEFT, "Workings")
    row = top + 1
    for name, label, fmt, formula in (
        *SINGLE,
        ("Change_side", "Side", "text", 'IF(Change_live=0,"",INDEX(Now[Side],Change_row))'),
        ("Now_rows", "Rows of Now", "whole", "COUNT(Now[Trade])"),
        ("Now_live", "of them judged", "whole", "SUM(Now[Live])"),
        ("Now_asking", "of them to complete", "whole", "Now_rows-Now_live"),
        ("Now_held", "of them to hold", "whole", "COUNTIF(Now[Urgency],COLUMNS(Now_flags))"),
        ("Now_urgent", "of them to act on", "whole", "Now_live-Now_held"),
        ("Now_listed", "Open trades of the Journal that are here", "whole",
         'COUNTIF(Now[State],"open")'),
        ("Now_missing", "Open trades that are not here", "whole", "Journal_open-Now_listed"),
        ("Now_missing_words", "in words", "text",
         'IF(Now_missing>0,Now_missing&" open in the Journal not here"&Now_full_words,'
         '"take a trade: it comes here")'),
        ("Now_full_words", "No room, in words", "text",
         'IF(Now_rows<ROWS(Now[Trade]),"",": there is room for "&ROWS(Now[Trade]))'),
        ("Now_none_words", "No row, in words", "text",
         'IF(Now_missing>0,Now_missing&" to add","no open trade")'),
        ("Now_first", "Row to look at first", "whole",
         "IF(Now_rows=0,0,MATCH(Now_least_urgency,Now[Urgency],0))"),
        ("Now_unclear", "Rows to complete beside those, in words", "text",
         'IF(Now_asking>0,", "&Now_asking&" unclear","")'),
        # Rows that are not judged count as 0: they come first only where nothing else is to do.
        ("Now_least_urgency", "The most urgent, or 0", "whole",
         'IF(Now_urgent>0,SMALL(Now[Urgency],1+COUNTIF(Now[Urgency],0)),MIN(Now[Urgency]))'),
        ("Now_first_words", "What it says", "text",
         'IF(Now_first=0,"",INDEX(Now[Trade],Now_first)&" "&INDEX(Now[Symbol],Now_first)&": "'
         '&INDEX(Now[What to do],Now_first))'),
        ("Now_budget", "Budget of the correlated risk", "cents",
         "Equity_now*Max_correlated_risk"),
        ("Now_open_risk", "Risk still open, with correlation", "cents",
         'IF(Now_live=0,"",ISO_PORTFOLIO_RISK(Now[Stop risk],Default_correlation))'),
        ("Now_room", "What the next may risk", "cents",
         "IF(Now_live=0,Now_budget,ISO_RISK_ROOM(Now[Stop risk],Default_correlation,Now_budget))"),
        ("Now_any", "Any liquidated", "percent1", 'IF(Now_live=0,"",INDEX(Now_least,1+1))'),
        ("Now_all", "All liquidated", "percent1", 'IF(Now_live=0,"",INDEX(Now_least,1+Now_live))'),
    ):
        frame.working(sheet, context, row, (LEFT, VALUE), name, label, fmt, formula)
        row += 1
    _joint(sheet, context, top + 1)
    _words(sheet, context, top + 1)
    flags = f"${letter(table.index(STEPS[0].header))}${table.header_row}"
    context.name(
        "Now_flags", sheet, f"{flags}:${letter(table.index(STEPS[-1].header))}${table.header_row}"
    )


def _joint(sheet: Worksheet, context: Context, top: int) -> None:
    table = TABLES["Now"]
    left, rows = table.index("What to do") + 2, table.rows + 1
    for offset in range(rows):
        apply_style(sheet.cell(top + offset, left, offset), "Working left", "whole")
    shown = f"{letter(left)}{top}:{letter(left)}{top + rows - 1}"
    frame.array(
        sheet, top, left + 1, rows, 4,
        f'=IF(({shown}<=Now_live)*Now_live>0,ISO_JOINT_LIQUIDATION(Now[Side counted],'
        'Now[Mark counted],Now[Liq counted],Now[Vol],Default_correlation,Risk_days),"")',
        ("whole", "percent1", "percent1", "percent1"),
    )
    least = letter(left + 3)
    context.name("Now_least", sheet, f"${least}${top}:${least}${top + rows - 1}")


def _words(sheet: Worksheet, context: Context, top: int) -> None:
    """The texts that a row of the table picks from."""
    left = TABLES["Now"].index("What to do")
    row = top
    for name, texts in (("Now_steps", [step.words for step in STEPS]), ("Now_asks", list(ASKS))):
        start = row
        for text in texts:
            apply_style(sheet.cell(row, left, text), "Working left")
            row += 1
        context.name(name, sheet, f"${letter(left)}${start}:${letter(left)}${row - 1}")
        row += 1
