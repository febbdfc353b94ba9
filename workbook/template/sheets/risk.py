"""Risk: what the positions of the plan are together, which isolated margin does not show."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.fields import by_key
from workbook.template.frame import Card
from workbook.template.portfolio import PLACES, pair_name
from workbook.template.sheets import risk_charts, risk_workings
from workbook.template.sheets.context import Context
from workbook.template.sheets.risk_layout import (
    ACCOUNT,
    CARDS,
    CHART,
    COUNTED,
    FIRST,
    JOINT,
    JOINT_FIRST,
    LAST,
    LAST_ROW,
    LEFT,
    MATRIX,
    MATRIX_FIRST,
    MATRIX_LEFT,
    POSITIONS,
    PULLS,
    RIGHT,
    STRESS,
    STRESS_FIRST,
    STRESS_LAST,
    SYMBOL,
    USED,
    column,
)
from workbook.template.styles import apply_style

ASKED = (LEFT, MATRIX_LEFT, MATRIX_LEFT + 1)
# Header, unit, format, defined name, what it is in the Plan table. From the fourth column on.
LINKED = (
    ("Side", "word", "text", "Risk_sides", "INDEX(Plan[Side],{row})"),
    ("Plan row", "row", "whole", "Risk_rows", ""),
    ("Entry", "price", "price", "Risk_entries", "INDEX(Plan[Entry],{row})"),
    ("Units", "units", "quantity", "Risk_units", "INDEX(Plan[Units],{row})"),
    ("Margin", "money", "money", "Risk_margins", "INDEX(Plan[Margin],{row})"),
    ("Liq. price", "price", "price", "Risk_liquidations", "INDEX(Plan[Liq price],{row})"),
    ("Volatility", "% per day", "percent1", "Risk_volatilities", "INDEX(Plan[Vol],{row})"),
    ("Maint.", "% notional", "rate", "Risk_maintenance", "INDEX(Plan[Maint],{row})"),
    ("Risk", '=Currency&", short -"', "signed", "Risk_each",
     "INDEX(Plan[Sign],{row})*INDEX(Plan[Risk],{row})"),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Risk", "What isolated margin hides: the positions of the plan together.", LAST,
        (7, 10), marked=True,
    )
    frame.widths(sheet, {LEFT: 7, SYMBOL: 12, **dict.fromkeys(range(MATRIX_LEFT, RIGHT + 1), 13.5)})
    frame.widths(sheet, {RIGHT + 1: 3, **dict.fromkeys(range(CHART, LAST + 1), 9.5)})
    frame.cards(sheet, CARDS, _cards())
    _names(sheet, context)
    for row in range(POSITIONS, ACCOUNT + 5):
        sheet.row_dimensions[row].height = 20
    _positions(sheet, context)
    _matrix(sheet, context)
    _joint(sheet, context)
    _stress(sheet, context)
    _account(sheet, context)
    risk_workings.build(sheet, context)
    risk_charts.build(sheet, context)
    for row in (7, MATRIX - 1, JOINT - 1, STRESS - 1):
        sheet.row_dimensions[row].height = 12
    sheet.row_breaks.append(Break(id=JOINT - 1))
    frame.view(sheet, f"{letter(MATRIX_LEFT + 1)}{MATRIX_FIRST}", "A4")
    frame.print_setup(sheet, LAST, ACCOUNT + 5, context.version)
    frame.protect(sheet)


def _cards() -> tuple[Card, ...]:
    empty = '=IF(Risk_count=0,"",{})'
    percent = 'ROUND({}*Per_cent,0)&"% if they were independent"'
    return (
        Card(2, 4, '="Risk with correlation, "&Currency', "=Risk_correlated",
             empty.format('"of "&FIXED(Risk_sum,0)&" if all stops are hit"'), "money",
             warn="N(Risk_correlated)>Equity_now*Max_correlated_risk"),
        Card(5, 6, "Independent bets", "=Risk_bets_label",
             empty.format('IF(Risk_bets_label="hedged","longs and shorts, ","in ")'
                          '&Risk_count&" position(s)"'), "ratio"),
        Card(7, 9, '="Any liquidated, in "&Risk_days&" days"', "=Risk_any",
             empty.format(percent.format("Risk_any_alone")), "percent1"),
        Card(10, 12, '="All liquidated, in "&Risk_days&" days"', "=Risk_all",
             empty.format(percent.format("Risk_all_alone")), "percent1"),
        Card(CHART, LAST, '="Left of the account if the market moves "&Shock_label',
             empty.format('"isolated "&FIXED(Left_isolated,0)&", cross "&FIXED(Left_cross,0)'),
             empty.format("Account_words")),
    )


def _names(sheet: Worksheet, context: Context) -> None:
    for number, (_, _, _, name, _) in enumerate(LINKED, start=MATRIX_LEFT):
        context.name(name, sheet, column(number, FIRST, LAST_ROW))
    context.name("Risk_symbols", sheet, column(SYMBOL, FIRST, LAST_ROW))
    right = letter(MATRIX_LEFT + PLACES - 1)
    context.name(
        "Risk_matrix", sheet, f"${letter(MATRIX_LEFT)}${USED}:${right}${USED + PLACES - 1}"
    )


def _positions(sheet: Worksheet, context: Context) -> None:
    frame.block(
        sheet, POSITIONS, LEFT, "Positions: the first rows of the plan that are complete",
        (("Place", "", "left"), ("Symbol", "", "left"),
         *((head, "" if unit == "word" else unit, "left" if unit == "word" else "right")
           for head, unit, _, _, _ in LINKED)),
    )
    plan_row = letter(MATRIX_LEFT + 1)
    for place in range(1, PLACES + 1):
        row = FIRST + place - 1
        at = f"${plan_row}{row}"
        apply_style(sheet.cell(row, LEFT, place), "Working left", "whole")
        cell = apply_style(sheet.cell(row, SYMBOL), "Result strong left")
        cell.value = f'=IF({at}="","",INDEX(Plan[Symbol],{at}))'
        for number, (_, _, fmt, _, source) in enumerate(LINKED, start=MATRIX_LEFT):
            role = "Result left" if fmt == "text" else "Result"
            cell = apply_style(sheet.cell(row, number), role, fmt)
            cell.value = f'=IF({at}="","",{source.format(row=at)})'
        sheet[
            f"{plan_row}{row}"
        ].value = (
            f'=IF({letter(LEFT)}{row}>COUNT(Plan[Ready]),"",SMALL(Plan[Ready],{letter(LEFT)}{row}))'
        )
    places: dict[str, list[str]] = {}
    for number, (_, _, fmt, _, _) in enumerate(LINKED, start=MATRIX_LEFT):
        at = letter(number)
        places.setdefault(fmt, []).append(f"{at}{FIRST}:{at}{FIRST + PLACES - 1}")
    frame.price_digits(sheet, places["price"])
    frame.large_numbers(sheet, [*places["quantity"], *places["money"]])
    note = apply_style(sheet.cell(LAST_ROW + 1, LEFT), "Note")
    note.value = (
        '=IF(Plan_rows=Risk_count,"",Plan_rows-Risk_count&" row(s) of the plan are not here: not '
        'complete, or beyond the last place")'
    )


def _matrix(sheet: Worksheet, context: Context) -> None:
    frame.heading(sheet, MATRIX, LEFT, "How their prices move together: type above the diagonal")
    apply_style(sheet.cell(MATRIX + 1, LEFT), "Note").value = "=Matrix_words"
    where = f"{letter(LEFT)}{MATRIX + 1}:{letter(RIGHT - 1)}{MATRIX + 1}"
    frame.highlight(sheet, where, "N(Risk_repaired)=1", "warn")
    apply_style(sheet.cell(MATRIX + 2, LEFT), "Header left")
    apply_style(sheet.cell(MATRIX + 2, SYMBOL), "Header left")
    for one in range(PLACES):
        row, number = MATRIX_FIRST + one, MATRIX_LEFT + one
        symbol = f"{letter(SYMBOL)}${FIRST + one}"
        apply_style(sheet.cell(row, LEFT, one + 1), "Working left", "whole")
        apply_style(sheet.cell(row, SYMBOL), "Result strong left").value = f"={symbol}"
        apply_style(sheet.cell(MATRIX + 2, number), "Header centre").value = f"=${symbol}"
        for other in range(PLACES):
            cell = sheet.cell(row, MATRIX_LEFT + other)
            if one < other:
                field = by_key("portfolio", f"correlation_{one + 1}_{other + 1}")
                frame.input_cell(
                    sheet, context, field, row, MATRIX_LEFT + other, "Input centre"
                )
            else:
                role = "Result strong centre" if one == other else "Result centre"
                apply_style(cell, role, "ratio")
                cell.value = f"={letter(MATRIX_LEFT + other)}{USED + one}"
                if other < one:  # grey where nobody typed it and no closes say it
                    typed = pair_name(other + 1, one + 1)
                    closes = risk_workings.pair_cell(other, one)
                    frame.mute(
                        sheet, cell.coordinate, f'AND({typed}="",ISNUMBER({closes})=FALSE)'
                    )
    right = letter(MATRIX_LEFT + PLACES - 1)
    where = f"{letter(MATRIX_LEFT)}{MATRIX_FIRST}:{right}{MATRIX_FIRST + PLACES - 1}"
    sheet.conditional_formatting.add(
        where,
        ColorScaleRule(
            start_type="num", start_value=-1, start_color=styles.COLD,
            mid_type="num", mid_value=0, mid_color=styles.WHITE,
            end_type="num", end_value=1, end_color=styles.HOT,
        ),
    )


def _asked_block(
    sheet: Worksheet, context: Context, top: int, title: str, asked: str,
    heads: Sequence[tuple[str, str, str]],
) -> None:
    """The head of a block that asks for one number."""
    frame.heading(sheet, top, LEFT, title)
    frame.asked(sheet, context, by_key("portfolio", asked), top + 1, ASKED, "Input centre")
    frame.column_heads(sheet, top + 2, LEFT, heads)


def _joint(sheet: Worksheet, context: Context) -> None:
    _asked_block(
        sheet, context, JOINT, "How many are liquidated, if no stop works", "days",
        (("", "", "left"), ("Liquidated", "", "left"), ("Exactly", "% chance", "right"),
         ("At least", "% chance", "right"), ("Independent", "% chance", "right"),
         ("Difference", "points", "right")),
    )
    for offset in range(PLACES + 1):
        row, source = JOINT_FIRST + offset, COUNTED + offset
        known = f"{letter(SYMBOL)}{source}"
        apply_style(sheet.cell(row, LEFT), "Result left")
        apply_style(
            sheet.cell(row, SYMBOL), "Result strong left"
        ).value = f'=IF({known}="","",{known}&" of "&Risk_count)'
        cells = (f"E{source}", f"F{source}", f"G{source}", f"(F{source}-G{source})*Per_cent")
        for number, formula in enumerate(cells, start=MATRIX_LEFT):
            fmt = "points" if "Per_cent" in formula else "percent1"
            role = "Result strong" if number == MATRIX_LEFT + 1 else "Result"
            apply_style(sheet.cell(row, number), role, fmt).value = f'=IF({known}="","",{formula})'
    last = JOINT_FIRST + PLACES
    for offset, formula in enumerate(("Joint_words", "Joint_meaning"), start=1):
        apply_style(sheet.cell(last + offset, LEFT), "Body").value = f"={formula}"


def _stress(sheet: Worksheet, context: Context) -> None:
    _asked_block(
        sheet, context, STRESS, "A jump of the whole market, before any stop is filled", "shock",
        (("Place", "", "left"), ("Symbol", "", "left"), ("Beta", "x market", "right"),
         ("Shock", "% of price", "right"), ("P&L", "money", "right"),
         ("Equity left", "money", "right"), ("Liquidated", "", "center"),
         ("Isolated", '="loss, "&Currency', "right"), ("Cross", '="loss, "&Currency', "right"),
         ("Gone at", "market", "right")),
    )
    top = STRESS_FIRST
    for place in range(1, PLACES + 1):
        row, source, work = top + place - 1, FIRST + place - 1, PULLS + place - 1
        beta = f"$G{work}"
        apply_style(sheet.cell(row, LEFT, place), "Working left", "whole")
        apply_style(sheet.cell(row, SYMBOL), "Result strong left").value = f"=C{source}"
        beta_field = by_key("portfolio", f"beta_{place}")
        frame.input_cell(sheet, context, beta_field, row, MATRIX_LEFT, "Input centre")
        cells = (
            (f"Market_shock*{beta}", "Result", "percent1"),
            (f"H{work}", "Result", "signed"),
            (f"MAX(0,I{work})", "Result", "cents"),
            (f'IF(J{work},"yes","no")', "Result centre", "text"),
            (f"K{work}", "Result strong", "cents"),
            (f"MAX(0,-H{work})", "Result", "cents"),
            (f'IF({beta}=0,"never",(I{source}/F{source}-1)/{beta})', "Result", "percent1"),
        )
        for number, (formula, role, fmt) in enumerate(cells, start=MATRIX_LEFT + 1):
            apply_style(sheet.cell(row, number), role, fmt).value = f'=IF($C{row}="","",{formula})'
    frame.highlight(sheet, f"H{top}:H{STRESS_LAST}", f'H{top}="yes"', "bad")
    total = STRESS_LAST + 1
    apply_style(sheet.cell(total, LEFT, "All"), "Result strong left")
    apply_style(sheet.cell(total, SYMBOL), "Result left")
    for number, formula, role, fmt in (
        (4, "", "Result", "text"),
        (5, "", "Result", "text"),
        (6, f"SUM(F{top}:F{STRESS_LAST})", "Result strong", "signed"),
        (7, f"SUM(G{top}:G{STRESS_LAST})", "Result strong", "cents"),
        (8, f'COUNTIF(H{top}:H{STRESS_LAST},"yes")&" of "&Risk_count', "Result strong centre",
         "text"),
        (9, f"SUM(I{top}:I{STRESS_LAST})", "Result strong", "cents"),
        (10, "Equity_now-Left_cross", "Result strong", "cents"),
        (11, "", "Result", "text"),
    ):
        cell = apply_style(sheet.cell(total, number), role, fmt)
        if formula:
            cell.value = f'=IF(Risk_count=0,"",{formula})'


def _account(sheet: Worksheet, context: Context) -> None:
    """The whole account after the shock, under isolated and under cross margin."""
    frame.column_heads(
        sheet, ACCOUNT, LEFT,
        (("", "", "left"), ("Account", "", "left"), ("Lost", "money", "right"),
         ("Left", "money", "right"), ("Gone at", "market", "right")),
    )
    top, last = STRESS_FIRST, STRESS_LAST
    rows = (
        ("Isolated", "Equity_now-Left_isolated",
         f'Equity_now-SUM(I{top}:I{last})+SUMIF(F{top}:F{last},">0")', '"never"',
         "Left_isolated"),
        ("Cross", "Equity_now-Left_cross",
         f"IF(Equity_now+SUM(F{top}:F{last})<=Cross_required,0,"
         f"Equity_now+SUM(F{top}:F{last}))", "Cross_gone_at", "Left_cross"),
    )
    for row, (label, lost, left, gone, name) in enumerate(rows, start=ACCOUNT + 2):
        apply_style(sheet.cell(row, LEFT, label), "Result strong left")
        apply_style(sheet.cell(row, SYMBOL), "Result left")
        for number, formula, fmt in ((4, lost, "cents"), (5, left, "cents"), (6, gone, "percent1")):
            apply_style(
                sheet.cell(row, number), "Result strong" if number == 5 else "Result", fmt
            ).value = f'=IF(Risk_count=0,"",{formula})'
        context.name_cell(name, sheet, row, 5)
    apply_style(sheet.cell(ACCOUNT + 4, LEFT), "Body").value = '=IF(Risk_count=0,"",Account_words)'
