"""The charts of the Trade sheet and the cells they are drawn from.

Levels are drawn as moves from the entry, because Excel's own axis then always holds the entry
and fits the levels, whatever the price; the label at each line says the price.
"""

from __future__ import annotations

from openpyxl.chart import Reference, ScatterChart
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.sheets import charts, trade_scale_in
from workbook.template.sheets.context import Context
from workbook.template.sheets.trade_layout import (
    CHART,
    DRIFT,
    DRIFT_POINTS,
    LEVERAGES,
    LINKS,
    LIQUIDATED,
    VENUE_ROWS,
    VENUES,
    WATERFALL,
)
from workbook.template.styles import apply_style

LEVELS = (
    ("Target 2", "Trade_target_2", styles.GREEN, 1.5, "solid"),
    ("Target 1", "Trade_target_1", styles.GREEN, 1.5, "dash"),
    ("Entry", "Trade_entry", styles.NAVY, 2.5, "solid"),
    ("Soft stop", "Trade_soft", styles.AMBER, 1.5, "dash"),
    ("Hard stop", "Trade_stop", styles.AMBER, 2.25, "solid"),
    ("Liquidation", "Trade_liquidation", styles.RED, 3, "solid"),
)
EMPTY = '=IF(Trade_symbol="","",{})'
LEFT, LABEL = 6, 12
SHORT = 0.62  # stops end earlier, so that their labels keep clear of the entry's
# Rungs of a scale-in are short and stand beside each other, so that their labels do, too; where
# there are any, the stops leave them room.
RUNGS = ((0, 0.06), (0.26, 0.32), (0, 0.06))
ROOM = 0.52


def build(sheet: Worksheet, context: Context) -> None:
    """Draw them all, with their cells among the workings."""
    _ladder(sheet, context, LINKS, CHART)
    first = DRIFT + 3
    _waterfall(sheet, context)
    _chance(sheet, context, first, len(LEVERAGES), LINKS, CHART)
    _drift(sheet, context, first, DRIFT_POINTS, LINKS, CHART)


def _waterfall(sheet: Worksheet, context: Context) -> None:
    first, last = WATERFALL + 2, WATERFALL + 7
    chart = charts.bars(overlap=True)
    charts.bar(chart, sheet, (7, first, 7, last), "")
    charts.bar(chart, sheet, (8, first, 8, last), styles.STEEL)
    chart.set_categories(Reference(sheet, min_col=6, min_row=first, max_row=last))
    charts.finish(
        chart, "Never more than was posted: the fund, or nobody, pays the rest", "Step",
        "Account currency", "General", "#,##0",
    )
    charts.plot_area(chart, 0.13, 0.15, 0.84, 0.62)
    charts.place(sheet, chart, (5, LIQUIDATED + 1), (10, LIQUIDATED + 14))
    context.alt(
        sheet,
        "Waterfall of a liquidation: margin posted, lost until the trigger, slippage, penalty "
        "collected, returned to the trader, and what the insurance fund pays.",
    )


def _ladder(sheet: Worksheet, context: Context, links: int, at: int) -> None:
    frame.column_heads(
        sheet, links, LEFT,
        (("Level", "", "left"), ("Move", "% from entry", "right"),
         ("Move", "% from entry", "right"), ("From", "of the width", "right"),
         ("To", "of the width", "right")),
    )
    frame.column_heads(sheet, links, LABEL, (("Label", "", "left"),))
    chart = charts.scatter()
    for row, (level, name, colour, width, dash) in enumerate(LEVELS, start=links + 2):
        _level(sheet, row, level, name, SHORT if "stop" in level else 1)
        if "stop" in level:
            apply_style(sheet.cell(row, LEFT + 5, ROOM), "Working", "ratio")
            sheet.cell(row, LEFT + 3).value = f"=N(Scale_ready)*K{row}"
        _line(sheet, chart, row, colour, width, dash)
    # Drawn where there are such rungs; else a line without length at the entry.
    first = links + 2 + len(LEVELS)
    for row, (number, (start, end)) in enumerate(enumerate(RUNGS, start=2), start=first):
        _level(
            sheet, row, f"R{number}", f"Rung_price_{number}", end,
            f"N({trade_scale_in.shown_cell(number)})>0", start,
        )
        _line(sheet, chart, row, styles.STEEL, 1.75, "solid")
    charts.finish(chart, "Price ladder", "", "Move from the entry, %", "0", "0%")
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = 0, 1
    chart.x_axis.delete = True
    charts.plot_area(chart, 0.13, 0.12, 0.62, 0.82)
    charts.place(sheet, chart, (at, 10), (at + 8, 25))
    context.alt(
        sheet,
        "Price ladder: entry, soft and hard stop, both targets and the liquidation price of the "
        "chosen trade, and the rungs of a scale-in, as lines at their distance from the entry in "
        "per cent.",
    )


def _level(
    sheet: Worksheet, row: int, level: str, price: str, end: float, there: str = "",
    start: float = 0,
) -> None:
    """The cells of one line: its level as a move from the entry, its ends, its label."""
    move, label = f"{price}/Trade_entry-1", f'F{row}&" "&ROUND({price},Trade_decimals)'
    if there:
        move, label = f"IF({there},{move},0)", f'IF({there},{label}," ")'
    apply_style(sheet.cell(row, LEFT, level), "Working left")
    for column, formula, fmt in (
        (LEFT + 1, move, "percent1"),
        (LEFT + 2, f"G{row}", "percent1"),
    ):
        apply_style(sheet.cell(row, column), "Working", fmt).value = EMPTY.format(formula)
    apply_style(sheet.cell(row, LEFT + 3, start), "Working", "ratio")
    apply_style(sheet.cell(row, LEFT + 4, end), "Working", "ratio")
    if there:
        apply_style(sheet.cell(row, LEFT + 5, end - start), "Working", "ratio")
        sheet.cell(row, LEFT + 4).value = f"=I{row}+N({there})*K{row}"
    apply_style(sheet.cell(row, LABEL), "Working left").value = EMPTY.format(label)


def _line(
    sheet: Worksheet, chart: ScatterChart, row: int, colour: str, width: float, dash: str
) -> None:
    charts.line(
        chart, sheet, (LEFT + 3, row, LEFT + 4, row), (LEFT + 1, row, LEFT + 2, row), colour,
        name=f"L{row}", width=width, dash=dash, label_at=1,
    )


def _chance(
    sheet: Worksheet, context: Context, first: int, count: int, links: int, at: int
) -> None:
    row = links + 13
    for column, (text, formula, fmt) in enumerate(
        (("Yours", "Trade_leverage", "times"),
         ("", "Trade_chance", "percent1")), start=LEFT + 1,
    ):
        if text:
            apply_style(sheet.cell(row, LEFT, text), "Working left")
        apply_style(sheet.cell(row, column), "Working", fmt).value = EMPTY.format(formula)
    apply_style(sheet.cell(row, LABEL), "Working left").value = EMPTY.format(
        f'ROUND(G{row},1)&"x: "&ROUND(H{row}*Per_cent,0)&"%"'
    )
    chart = charts.scatter()
    last = first + count - 1
    charts.line(chart, sheet, (8, first, 8, last), (10, first, 10, last), styles.RED, width=2.25)
    charts.line(
        chart, sheet, (7, row, 7, row), (8, row, 8, row), styles.NAVY, name=f"L{row}",
        marker="circle", label_at=0, label_side="t",
    )
    charts.finish(
        chart, "Chance of liquidation within the planned days, if no stop works",
        "Leverage, x", "Chance, %", "0", "0%",
    )
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.majorUnit = 0.25
    chart.x_axis.scaling.min = 0
    charts.plot_area(chart, 0.13, 0.15, 0.82, 0.6)
    charts.place(sheet, chart, (at, 27), (at + 8, LIQUIDATED + 14))
    context.alt(
        sheet,
        "Chance of liquidation: a line that rises with leverage from 2x to 50x, for the planned "
        "days and volatility; a dot marks the leverage of the chosen trade.",
    )


def _drift(sheet: Worksheet, context: Context, first: int, days: int, links: int, at: int) -> None:
    row = links + 15
    for offset, text in enumerate(("Liquidation", "Hard stop")):
        apply_style(sheet.cell(row + offset, LEFT, text), "Working left")
        apply_style(sheet.cell(row + offset, LABEL), "Working left").value = EMPTY.format(
            f"F{row + offset}"
        )
    chart = charts.scatter()
    last = first + days - 1
    for offset, (column, colour) in enumerate(((5, styles.RED), (6, styles.AMBER))):
        charts.line(
            chart, sheet, (2, first, 2, last), (column, first, column, last), colour,
            name=f"L{row + offset}", width=2.5, label_at=days - 1,
        )
    charts.finish(
        chart, "Where liquidation stands while carry is paid", "Day", "Distance from the entry, %",
        "0", "0%",
    )
    chart.x_axis.scaling.min = 0
    charts.plot_area(chart, 0.13, 0.15, 0.6, 0.6)
    charts.place(sheet, chart, (at, VENUES + 1), (at + 8, VENUES + VENUE_ROWS + 3))
    context.alt(
        sheet,
        "Liquidation and carry: distance of the liquidation price and of the hard stop from the "
        "entry, day by day over the plan.",
    )
