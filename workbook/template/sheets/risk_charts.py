"""The charts of the Risk sheet and the cells they are drawn from."""

from __future__ import annotations

from openpyxl.chart import Reference
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.portfolio import PLACES
from workbook.template.sheets import charts
from workbook.template.sheets.context import Context
from workbook.template.sheets.risk_layout import (
    ACCOUNT,
    CHART,
    COUNTED,
    JOINT,
    LAST,
    MATRIX,
    MATRIX_LEFT,
    MOVES,
    POINTS,
    POSITIONS,
    STRESS,
    SYMBOL,
    USED,
)
from workbook.template.styles import apply_style

CELLS = LAST + 2  # column of the bars' labels

TOGETHER = (
    ("Independent", "Risk_alone", styles.RULE),
    ("With correlation", "Risk_correlated", styles.AMBER),
    ("All stops hit", "Risk_sum", styles.SLATE),
    ("All margins lost", "Risk_margin", styles.RED),
)
CHANCES = (
    ("Any, correlated", "Risk_any", styles.AMBER),
    ("Any, independent", "Risk_any_alone", styles.RULE),
    ("All, correlated", "Risk_all", styles.RED),
    ("All, independent", "Risk_all_alone", styles.RULE),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Draw all three."""
    frame.widths(sheet, {CELLS - 1: 3, CELLS: 18, CELLS + 1: 12})
    _bars(
        sheet,
        USED,
        TOGETHER,
        "money",
        ("What the plan can lose", "Case", "Account currency", "#,##0"),
        (POSITIONS, MATRIX + 10),
    )
    context.alt(
        sheet,
        "What the plan can lose: the risk at the stops if the positions were independent, with "
        "their correlation, all stops together, and all margins.",
    )
    _bars(
        sheet,
        COUNTED,
        CHANCES,
        "percent1",
        ("Chance of liquidation", "Case", "Chance, %", "0%"),
        (JOINT + 1, STRESS - 2),
    )
    context.alt(
        sheet,
        "Chance that any position is liquidated and chance that all are, with their correlation "
        "and if they were independent.",
    )
    _moves(sheet, context)


def _bars(
    sheet: Worksheet,
    top: int,
    rows: tuple[tuple[str, str, str], ...],
    fmt: str,
    words: tuple[str, str, str, str],
    place: tuple[int, int],
) -> None:
    for row, (label, name, _) in enumerate(rows, start=top):
        apply_style(sheet.cell(row, CELLS, label), "Working left")
        apply_style(sheet.cell(row, CELLS + 1), "Working", fmt).value = f"={name}"
    last = top + len(rows) - 1
    title, across, unit, number_format = words
    chart = charts.bars()
    charts.bar(
        chart, sheet, (CELLS + 1, top, CELLS + 1, last), styles.STEEL, labels=True,
        points=[colour for _, _, colour in rows],
    )
    chart.set_categories(Reference(sheet, min_col=CELLS, min_row=top, max_row=last))
    charts.finish(chart, title, across, unit, "General", number_format)
    chart.y_axis.scaling.min = 0
    charts.plot_area(chart, 0.14, 0.15, 0.83, 0.62)
    charts.place(sheet, chart, (CHART, place[0]), (LAST, place[1]))


def _moves(sheet: Worksheet, context: Context) -> None:
    last = MOVES + POINTS - 1
    chart = charts.scatter()
    labels = ((MATRIX_LEFT + PLACES, "Isolated", styles.SLATE, "solid", "t"),
              (MATRIX_LEFT + PLACES + 1, "Cross", styles.RED, "dash", "b"))
    for row, (number, label, colour, dash, side) in enumerate(labels, start=MOVES):
        apply_style(sheet.cell(row, CELLS, label), "Working left")
        charts.line(
            chart, sheet, (SYMBOL, MOVES, SYMBOL, last), (number, MOVES, number, last), colour,
            name=f"{letter(CELLS)}{row}", width=2.5, dash=dash,
            label_at=POINTS - 1, label_side=side,
        )
    charts.finish(
        chart, "Left of the account as the market moves on", "Move of the market, %",
        "Account currency", "0%", "#,##0",
    )
    chart.y_axis.scaling.min = 0
    charts.plot_area(chart, 0.14, 0.13, 0.68, 0.66)
    charts.place(sheet, chart, (CHART, STRESS + 1), (LAST, ACCOUNT + 4))
    context.alt(
        sheet,
        "What is left of the account under isolated and under cross margin, as the market moves "
        "up to five times the shock.",
    )
