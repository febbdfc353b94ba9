"""Workings of the Risk sheet: correlations as used, the joint table, cross margin, moves."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.portfolio import PLACES, pair_name
from workbook.template.sheets.context import Context
from workbook.template.sheets.risk_layout import (
    BARS,
    CHART,
    COUNTED,
    FIRST,
    LEFT,
    MATRIX_LEFT,
    MOVES,
    POINTS,
    PULLS,
    RIGHT,
    STRESS_FIRST,
    STRESS_LAST,
    SYMBOL,
    USED,
    WORK,
    column,
)
from workbook.template.styles import apply_style

STEP = 0.25  # of the shock, between two points of the chart
NUMBERS = CHART + 4  # column of the single numbers
FROM_CLOSES = NUMBERS + 6  # first column of the correlations that the daily closes give

# Name, label, format, formula; each stands in a cell of its own beside the workings.
SINGLE = (
    ("Risk_count", "Positions here", "whole", "COUNT(Risk_rows)"),
    ("Risk_sum", "All stops hit", "cents", 'SUMIF(Risk_each,">0")-SUMIF(Risk_each,"<0")'),
    ("Risk_alone", "If they were independent", "cents", "SQRT(SUMPRODUCT(Risk_each,Risk_each))"),
    ("Risk_correlated", "With correlation", "cents",
     'IF(Risk_count=0,"",ISO_PORTFOLIO_RISK(Risk_each,Risk_matrix))'),
    ("Risk_margin", "All margins lost", "cents", "SUM(Risk_margins)"),
    # Prices cannot move against each other in every pair: then the add-in takes the nearest
    # correlations that are possible, and its answer is not that of those typed.
    ("Risk_typed", "With correlations as typed", "cents",
     "SQRT(MAX(0,SUMPRODUCT(Risk_pulls,Risk_each)))"),
    ("Risk_repaired", "Correlations not possible", "flag",
     'IF(Risk_count=0,"",N(ABS(Risk_typed-Risk_correlated)>Tolerance*Risk_sum))'),
    ("Matrix_words", "Correlations, in words", "text",
     'IF(N(Risk_repaired)=1,Contrary_words,"1 as one, -1 against each other. Blank: of the daily '
     'closes, else "&Default_correlation&" (grey)"&Place_words)'),
    ("Contrary_words", "Contradiction", "text",
     '"These correlations contradict each other: no prices move like that. The nearest that are'
     ' possible are used; look at them again."'),
    ("Place_words", "Places", "text",
     '". Look at them again when you sort the plan: they belong to the place."'),
    ("Risk_bets", "Independent bets", "ratio", 'IF(Risk_count=0,"",IF(Risk_correlated=0,"none",'
     "(Risk_sum/Risk_correlated)*(Risk_sum/Risk_correlated)))"),
    ("Risk_bets_label", "Bets, label", "text",
     'IF(ISNUMBER(Risk_bets),IF(Risk_bets>Risk_count+Tolerance,"hedged",ROUND(Risk_bets,1)),'
     "Risk_bets)"),
    ("Risk_any", "Any liquidated", "percent1", 'IF(Risk_count=0,"",F{one})'),
    ("Risk_any_alone", "Any, independent", "percent1",
     'IF(Risk_count=0,"",G{one})'),
    ("Risk_all", "All liquidated", "percent1",
     'IF(Risk_count=0,"",INDEX(Joint_least,1+Risk_count))'),
    ("Risk_all_alone", "All, independent", "percent1",
     'IF(Risk_count=0,"",INDEX(Joint_alone,1+Risk_count))'),
    ("Joint_words", "In words", "text", "IF(Risk_count=0,\"\",Any_words&\"; \"&All_words)"),
    ("Any_words", "Any, in words", "text", 'IF(Risk_count=0,"","At least one: "&'
     'ROUND(Risk_any*Per_cent,0)&"%, "&ROUND(Risk_any_alone*Per_cent,0)&"% if independent")'),
    ("All_words", "All, in words", "text", 'IF(Risk_count=0,"","all "&Risk_count&": "&'
     'ROUND(Risk_all*Per_cent,0)&"%, "&ROUND(Risk_all_alone*Per_cent,0)&"% if independent")'),
    ("Joint_meaning", "What it means", "text",
     'IF(Risk_count<=1,"",IF(Risk_all>Risk_all_alone,Together_words,Apart_words))'),
    ("Together_words", "Moving together", "text",
     '"Correlation does not raise the chance that any is liquidated; it raises the chance that'
     ' all are."'),
    ("Apart_words", "Offsetting", "text",
     '"These positions offset each other: all at once is less likely than if they were'
     ' independent."'),
    ("Shock_label", "Shock, label", "text", 'ROUND(Market_shock*Per_cent,1)&"%"'),
    ("Cross_notional", "Signed notional x beta", "cents", "SUM({signed})"),
    ("Cross_now", "Maintenance at the entries", "cents", "SUM({needed})"),
    ("Cross_slope", "Maintenance x beta", "cents", "SUM({sloped})"),
    ("Cross_required", "Maintenance after the shock", "cents",
     "Cross_now+Cross_slope*Market_shock"),
    ("Cross_move", "Market move that ends cross", "percent1",
     'IF(Cross_notional=Cross_slope,"never",-(Equity_now-Cross_now)'
     "/(Cross_notional-Cross_slope))"),
    ("Cross_gone_at", "Market move, if it can be", "percent1",
     'IF(N(Cross_move)<-1,"never",Cross_move)'),
    ("Account_words", "Account, in words", "text",
     'IF(Risk_count=0,"",IF(Left_isolated<Left_cross,Cross_words,Isolated_words))'),
    ("Isolated_words", "Isolated keeps more", "text",
     'IF(Risk_count=0,"","Isolated keeps "&FIXED(Left_isolated-Left_cross,0)&" more than cross; '
     'at most "&FIXED(Risk_margin,0)&" can go")'),
    ("Cross_words", "Cross keeps more", "text",
     'IF(Risk_count=0,"","Cross keeps "&FIXED(Left_cross-Left_isolated,0)&" more, with the whole '
     'account behind it")'),
)


def pair_cell(one: int, other: int) -> str:
    """Where the correlation of two places stands that the daily closes give."""
    return f"${letter(FROM_CLOSES + other)}${USED + one}"


def build(sheet: Worksheet, context: Context) -> None:
    """Lay them out below what is printed."""
    frame.heading(sheet, WORK, LEFT, "Workings")
    _single(sheet, context)
    _used(sheet, context)
    apply_style(sheet.cell(USED - 1, FROM_CLOSES, "Correlations of the daily closes"), "Note")
    _counted(sheet, context)
    _pulls(sheet)
    _moves(sheet)


def _single(sheet: Worksheet, context: Context) -> None:
    last = PULLS + PLACES - 1
    places = {"signed": f"D{PULLS}:D{last}", "needed": f"E{PULLS}:E{last}",
              "sloped": f"F{PULLS}:F{last}", "one": str(COUNTED + 1)}
    for row, (name, label, fmt, formula) in enumerate(SINGLE, start=BARS):
        given = formula.format(**places) if "{" in formula else formula
        frame.working(sheet, context, row, (CHART, NUMBERS), name, label, fmt, given)


def _used(sheet: Worksheet, context: Context) -> None:
    apply_style(sheet.cell(USED - 1, LEFT, "Correlations as typed"), "Note")
    apply_style(sheet.cell(USED - 1, RIGHT, "x risk"), "Note right")
    for one in range(PLACES):
        row = USED + one
        apply_style(sheet.cell(row, SYMBOL), "Working left").value = f"=C{FIRST + one}"
        asset = f"INDEX(Plan[Asset],$E{FIRST + one})"
        apply_style(sheet.cell(row, LEFT), "Working left", "whole").value = (
            f'=IF(C{FIRST + one}="","",IF(ISNUMBER(MATCH({asset},Closes_known,0)),'
            f"MATCH({asset},Closes_known,0),0))"
        )
        pairs = column(MATRIX_LEFT + one, USED, USED + PLACES - 1)
        pull = apply_style(sheet.cell(row, RIGHT), "Working", "cents")
        pull.value = f"=SUMPRODUCT({pairs},Risk_each)"
        for other in range(PLACES):
            cell = apply_style(sheet.cell(row, MATRIX_LEFT + other), "Working", "ratio")
            here, there = f"C${FIRST + one}", f"C${FIRST + other}"
            if one == other:
                cell.value = f'=IF(${here}="","",1)'
            elif one < other:
                typed = pair_name(one + 1, other + 1)
                closes = pair_cell(one, other)
                # The same symbol twice moves as one.
                cell.value = (
                    f'=IF(${there}="","",IF({typed}<>"",{typed},CHOOSE(1+ISNUMBER({closes}),'
                    f"MAX(Default_correlation,N(${here}=${there})),{closes})))"
                )
                rows = f"$B{row},$B{USED + other}"
                known = apply_style(sheet[closes.replace("$", "")], "Working", "ratio")
                known.value = (
                    f'=IF(${there}="","",IF(PRODUCT({rows})=0,"",INDEX(Closes_correlations,{rows})))'
                )
            else:
                cell.value = f"={letter(MATRIX_LEFT + one)}{USED + other}"
    context.name("Risk_pulls", sheet, column(RIGHT, USED, USED + PLACES - 1))


def _counted(sheet: Worksheet, context: Context) -> None:
    first, last = COUNTED, COUNTED + PLACES
    apply_style(sheet.cell(first - 1, LEFT, "Liquidated together"), "Note")
    for offset in range(PLACES + 1):
        apply_style(sheet.cell(first + offset, LEFT, offset), "Working left", "whole")
        apply_style(
            sheet.cell(first + offset, SYMBOL), "Working left", "whole"
        ).value = f'=IF((Risk_count=0)+(B{first + offset}>Risk_count)>0,"",B{first + offset})'
    frame.array(
        sheet, first, MATRIX_LEFT, PLACES + 1, 4,
        f'=IF(C{first}:C{last}<>"",ISO_JOINT_LIQUIDATION(Risk_sides,Risk_entries,'
        'Risk_liquidations,Risk_volatilities,Risk_matrix,Risk_days),"")',
        ("whole", "percent1", "percent1", "percent1"),
    )
    context.name("Joint_least", sheet, f"$F${first}:$F${last}")
    context.name("Joint_alone", sheet, f"$G${first}:$G${last}")


def _pulls(sheet: Worksheet) -> None:
    """What each place adds to a cross account, for each unit that the market moves."""
    frame.column_heads(
        sheet, PULLS - 2, LEFT,
        (("Place", "", "left"), ("Sign", "+1 long", "right"), ("Signed", "money", "right"),
         ("Maint.", "money", "right"), ("x beta", "money", "right"), ("Beta", "x", "right"),
         ("P&L", "money", "right"), ("Equity", "money", "right"), ("Liquidated", "", "left"),
         ("Lost", "money", "right")),
    )
    for place in range(PLACES):
        row, at, typed = PULLS + place, FIRST + place, f"D{STRESS_FIRST + place}"
        apply_style(sheet.cell(row, LEFT, place + 1), "Working left", "whole")
        cells = (
            (f"INDEX(Plan[Sign],$E{at})", "whole"),
            (f"C{row}*F{at}*G{at}*G{row}", "cents"),
            (f"F{at}*G{at}*K{at}", "cents"),
            (f"E{row}*G{row}", "cents"),
            (f'IF({typed}="",1,{typed})', "ratio"),
        )
        for number, (formula, fmt) in enumerate(cells, start=SYMBOL):
            cell = apply_style(sheet.cell(row, number), "Working", fmt)
            cell.value = f'=IF($C{at}="","",{formula})'
    shocks = f"E{STRESS_FIRST}:E{STRESS_LAST}"
    frame.array(
        sheet, PULLS, 8, PLACES, 4,
        f'=IF({shocks}<>"",ISO_STRESS(Risk_sides,Risk_entries,Risk_units,Risk_margins,'
        f'Risk_entries,{shocks},Risk_maintenance),"")',
        ("cents", "cents", "text", "cents"),
    )


def _moves(sheet: Worksheet) -> None:
    """The account over moves of the market, up to five times the shock."""
    frame.column_heads(
        sheet, MOVES - 2, LEFT,
        (("Times", "x shock", "right"), ("Market", "%", "right"),
         *((f"Place {place + 1}", "money", "right") for place in range(PLACES)),
         ("Isolated", "left", "right"), ("Cross", "left", "right")),
    )
    for point in range(POINTS):
        row = MOVES + point
        apply_style(sheet.cell(row, LEFT, point * STEP), "Working", "ratio")
        apply_style(
            sheet.cell(row, SYMBOL), "Working", "percent1"
        ).value = f"=MAX(-1,B{row}*Market_shock)"
        for place in range(PLACES):
            at, pull = FIRST + place, PULLS + place
            # Gain or loss on its own margin: all of that where the price is beyond liquidation.
            apply_style(sheet.cell(row, MATRIX_LEFT + place), "Working", "cents").value = (
                f'=IF($C${at}="",0,IF($C${pull}*($C{row}*$G${pull}-$I${at}/$F${at}+1)<=0,-$H${at},'
                f"MAX(-$H${at},$D${pull}*$C{row})))"
            )
        left, right = letter(MATRIX_LEFT), letter(MATRIX_LEFT + PLACES - 1)
        isolated, cross = MATRIX_LEFT + PLACES, MATRIX_LEFT + PLACES + 1
        apply_style(
            sheet.cell(row, isolated), "Working", "cents"
        ).value = f"=Equity_now+SUM({left}{row}:{right}{row})"
        apply_style(sheet.cell(row, cross), "Working", "cents").value = (
            f"=IF(Equity_now+Cross_notional*$C{row}<=Cross_now+Cross_slope*$C{row},0,"
            f"Equity_now+Cross_notional*$C{row})"
        )
