"""Equity curve, drawdown and histogram of results.

The first two are drawn from the Curve sheet. Its rows after the last trade repeat the last point,
so the lines end where the trades do.
"""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.sheets import charts, journal_curve
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

TOP, BOTTOM = 8, 22
EDGES = (-2, -1, 0, 1, 2, 3)
COUNTS = (23, 10)  # where the histogram's cells stand on the Curve sheet: column and row


def build(sheet: Worksheet, context: Context) -> None:
    """Draw the charts above the table."""
    curve = context.book["Curve"]
    _line(
        sheet, context, curve, 10, (2, 7), "Equity after each trade", "Equity, account currency",
        "#,##0", "Equity: running equity in account currency after each of the last trades, in "
        "the order they closed, from the equity before the first of them.",
    )
    _line(
        sheet, context, curve, 11, (8, 12), "Drawdown: below the highest so far",
        "Drawdown, % of the peak", "0%", "Drawdown: how far the equity stands below its highest "
        "so far after each of the last trades, as a share of that peak.",
    )
    _histogram(sheet, context, curve)


def _line(
    sheet: Worksheet,
    context: Context,
    curve: Worksheet,
    column: int,
    columns: tuple[int, int],
    name: str,
    axis: str,
    number_format: str,
    alt: str,
) -> None:
    first, last = journal_curve.START, journal_curve.LAST
    chart = charts.scatter()
    colour = styles.SLATE if column == 10 else styles.RED
    charts.line(chart, curve, (12, first, 12, last), (column, first, column, last), colour,
                width=2.25)
    charts.finish(chart, name, "Trades closed so far, number", axis, "0", number_format)
    chart.x_axis.scaling.min = 0
    if column == 11:
        chart.y_axis.scaling.min = 0
    # Rows that a filter hides are trades all the same.
    chart.visible_cells_only = False
    charts.place(sheet, chart, (columns[0], TOP), (columns[1], BOTTOM))
    context.alt(sheet, alt)


def _histogram(sheet: Worksheet, context: Context, curve: Worksheet) -> None:
    column, first = COUNTS
    frame.column_heads(
        curve, first - 2, column,
        (("From", "R", "right"), ("Results", "R", "left"), ("Trades", "count", "right")),
    )
    frame.widths(curve, {column - 1: 3, column: 9, column + 1: 12, column + 2: 9})
    last = first + len(EDGES)
    edge = letter(column)
    for offset in range(len(EDGES) + 1):
        row = first + offset
        if offset:
            apply_style(curve.cell(row, column, EDGES[offset - 1]), "Working", "whole")
        text = f'={edge}{row}&" to "&{edge}{row + 1}'
        count = f'=COUNTIFS(Journal[R],">="&{edge}{row},Journal[R],"<"&{edge}{row + 1})'
        if offset == 0:
            text, count = f'="below "&{edge}{row + 1}', f'=COUNTIF(Journal[R],"<"&{edge}{row + 1})'
        elif row == last:
            text, count = f'={edge}{row}&" or more"', f'=COUNTIF(Journal[R],">="&{edge}{row})'
        apply_style(curve.cell(row, column + 1), "Working left").value = text
        apply_style(curve.cell(row, column + 2), "Working", "whole").value = count
    chart = BarChart()
    chart.type = "col"
    chart.style = 2
    chart.gapWidth = 40
    series = Series(Reference(curve, min_col=column + 2, min_row=first, max_row=last))
    series.graphicalProperties = GraphicalProperties(solidFill=styles.STEEL)
    series.invertIfNegative = False
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False,
    )
    chart.series.append(series)
    chart.set_categories(Reference(curve, min_col=column + 1, min_row=first, max_row=last))
    charts.finish(chart, "How trades end, in R", "Result, R", "Trades, count", "General", "0")
    chart.y_axis.scaling.min = 0
    charts.place(sheet, chart, (13, TOP), (18, BOTTOM))
    context.alt(
        sheet,
        "Results in R: how many closed trades ended in each band of R, from below -2 to 3 and "
        "more.",
    )
