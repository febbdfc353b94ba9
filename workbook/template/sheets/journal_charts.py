"""Equity curve and histogram of results, and the cells they are drawn from.

The curve is drawn from a fixed number of points spread over the trades so far, so that it
needs no blank points and follows the table as it grows.
"""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.sheets import charts
from workbook.template.sheets.context import Context
from workbook.template.spec import Table
from workbook.template.styles import dress

POINTS = 41
EDGES = (-2, -1, 0, 1, 2, 3)


def build(sheet: Worksheet, context: Context, table: Table, column: int) -> None:
    """Draw both charts above the table; their cells stand to the right of it."""
    top = table.top
    _equity(sheet, context, top, column)
    _histogram(sheet, context, top, column + 4)


def _equity(sheet: Worksheet, context: Context, top: int, column: int) -> None:
    for offset in range(7):
        dress(sheet.cell(top, column + offset), "Band other")
    sheet.cell(top, column).value = "FOR THE CHARTS"
    frame.column_heads(
        sheet, top + 1, column,
        (("Point", "number", "right"), ("Trade", "number", "right"),
         ("Equity", "money", "right")),
    )  # fmt: skip
    frame.widths(sheet, {column - 1: 3, column: 9, column + 1: 9, column + 2: 12, column + 3: 3})
    first, last = top + 3, top + 2 + POINTS
    point, x = letter(column), letter(column + 1)
    for row in range(first, last + 1):
        dress(sheet.cell(row, column, row - first), "Working", "whole")
        dress(
            sheet.cell(row, column + 1), "Working", "whole"
        ).value = f"=ROUND(Journal_rows*{point}{row}/{point}${last},0)"
        dress(
            sheet.cell(row, column + 2), "Working", "money"
        ).value = f'=Journal_start+SUMIFS(Journal[Net],Journal[No],"<="&{x}{row})'
    context.name_cell("Equity_end", sheet, last, column + 2)
    chart = charts.scatter()
    charts.line(
        chart, sheet, (column + 1, first, column + 1, last), (column + 2, first, column + 2, last),
        styles.SLATE, width=2.5,
    )  # fmt: skip
    charts.finish(
        chart, "Equity after each trade", "Trade, number", "Equity, account currency", "0", "#,##0"
    )
    chart.x_axis.scaling.min = 0
    charts.place(sheet, chart, (2, 8), (8, 22))
    context.alt(
        sheet,
        "Equity: running equity in account currency after each trade of the journal, starting "
        "from the equity before the first one.",
    )


def _histogram(sheet: Worksheet, context: Context, top: int, column: int) -> None:
    frame.column_heads(
        sheet, top + 1, column,
        (("From", "R", "right"), ("Results", "R", "left"), ("Trades", "count", "right")),
    )  # fmt: skip
    frame.widths(sheet, {column: 9, column + 1: 12, column + 2: 9})
    first = top + 3
    last = first + len(EDGES)
    edge = letter(column)
    for offset in range(len(EDGES) + 1):
        row = first + offset
        if offset:
            dress(sheet.cell(row, column, EDGES[offset - 1]), "Working", "whole")
        text = f'={edge}{row}&" to "&{edge}{row + 1}'
        count = f'=COUNTIFS(Journal[R],">="&{edge}{row},Journal[R],"<"&{edge}{row + 1})'
        if offset == 0:
            text, count = f'="below "&{edge}{row + 1}', f'=COUNTIF(Journal[R],"<"&{edge}{row + 1})'
        elif row == last:
            text, count = f'={edge}{row}&" or more"', f'=COUNTIF(Journal[R],">="&{edge}{row})'
        dress(sheet.cell(row, column + 1), "Working left").value = text
        dress(sheet.cell(row, column + 2), "Working", "whole").value = count
    chart = BarChart()
    chart.type = "col"
    chart.style = 2
    chart.gapWidth = 40
    series = Series(Reference(sheet, min_col=column + 2, min_row=first, max_row=last))
    series.graphicalProperties = GraphicalProperties(solidFill=styles.STEEL)
    series.invertIfNegative = False
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False,
    )  # fmt: skip
    chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=column + 1, min_row=first, max_row=last))
    charts.finish(chart, "How trades end, in R", "Result, R", "Trades, count", "General", "0")
    chart.y_axis.majorUnit = 1
    charts.place(sheet, chart, (9, 8), (16, 22))
    context.alt(
        sheet,
        "Results in R: how many closed trades ended in each band of R, from below -2 to 3 and "
        "more.",
    )
