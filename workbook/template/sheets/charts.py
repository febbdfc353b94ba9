"""Charts with the book's look: no legend, quiet grid, axis titles, type of 11 points."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import styles

POINTS = 100  # DrawingML counts in hundredths of a point
EMU = 12700


def _type(size: float, colour: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=int(size * POINTS), b=bold, solidFill=colour, latin=Font(typeface=styles.FONT)
    )


def _rich(size: float, colour: str, *, bold: bool = False) -> RichText:
    properties = ParagraphProperties(defRPr=_type(size, colour, bold=bold))
    return RichText(
        bodyPr=RichTextProperties(), p=[Paragraph(pPr=properties, endParaRPr=_type(size, colour))]
    )


def title(text: str, size: float = 11, *, bold: bool = False, colour: str = styles.MUTED) -> Title:
    """A chart's or an axis's title."""
    run = RegularTextRun(t=text, rPr=_type(size, colour, bold=bold))
    properties = ParagraphProperties(defRPr=_type(size, colour, bold=bold))
    made = Title(overlay=False)
    made.tx = Text(rich=RichText(p=[Paragraph(pPr=properties, r=[run])]))
    return made


def finish(chart: ScatterChart | BarChart, name: str, x: str, y: str, x_format: str,
           y_format: str) -> None:
    """Titles, axes and grid of a chart."""
    chart.title = title(name, 12, bold=True, colour=styles.NAVY)
    chart.legend = None
    for axis, text, number_format in ((chart.x_axis, x, x_format), (chart.y_axis, y, y_format)):
        axis.delete = False
        axis.title = title(text) if text else None
        axis.number_format = number_format
        axis.numFmt.sourceLinked = False
        axis.majorTickMark = "none"
        axis.minorTickMark = "none"
        axis.txPr = _rich(11, styles.MUTED)
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=styles.RULE, w=EMU))
    chart.x_axis.majorGridlines = None
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.tickLblPos = "low"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=styles.HAIR, w=EMU * 3 // 4)
    )
    chart.graphical_properties = GraphicalProperties(
        solidFill=styles.WHITE, ln=LineProperties(solidFill=styles.HAIR, w=EMU)
    )
    chart.roundedCorners = False


def scatter() -> ScatterChart:
    """An empty scatter chart."""
    chart = ScatterChart()
    chart.style = 2
    chart.scatterStyle = "lineMarker"
    return chart


def line(
    chart: ScatterChart,
    sheet: Worksheet,
    x: tuple[int, int, int, int],
    y: tuple[int, int, int, int],
    colour: str,
    *,
    name: str = "",
    width: float = 2,
    dash: str = "solid",
    marker: str = "none",
    label_at: int | None = None,
    label_side: str = "r",
) -> None:
    """One line; x and y are (first column, first row, last column, last row).

    `name` is the cell that holds the label, shown at the point number `label_at`.
    """
    series = Series(
        Reference(sheet, min_col=y[0], min_row=y[1], max_col=y[2], max_row=y[3]),
        Reference(sheet, min_col=x[0], min_row=x[1], max_col=x[2], max_row=x[3]),
    )
    if name:
        column = "".join(filter(str.isalpha, name))
        row = "".join(filter(str.isdigit, name))
        series.tx = SeriesLabel(strRef=StrRef(f"'{sheet.title}'!${column}${row}"))
    series.marker.symbol = marker
    if marker != "none":
        series.marker.size = 9
        series.marker.graphicalProperties = GraphicalProperties(
            solidFill=colour, ln=LineProperties(solidFill=styles.WHITE, w=EMU)
        )
    series.smooth = False
    series.graphicalProperties = GraphicalProperties(
        ln=LineProperties(solidFill=colour, w=int(width * EMU), prstDash=dash)
    )
    if label_at is not None:
        series.dLbls = _label(label_at, label_side, colour)
    chart.series.append(series)


def _label(at: int, side: str, colour: str) -> DataLabelList:
    shown = DataLabel(
        idx=at, dLblPos=side, showSerName=True, showVal=False, showCatName=False,
        showLegendKey=False, showPercent=False, showBubbleSize=False,
        txPr=_rich(11, colour, bold=True),
    )
    return DataLabelList(
        dLbl=[shown], showSerName=False, showVal=False, showCatName=False, showLegendKey=False,
        showPercent=False, showBubbleSize=False,
    )


def bars(*, overlap: bool = False) -> BarChart:
    """An empty column chart; with `overlap` the series stand on each other."""
    chart = BarChart()
    chart.type = "col"
    chart.style = 2
    chart.gapWidth = 40
    if overlap:
        chart.grouping = "stacked"
        chart.overlap = 100
    return chart


def bar(
    chart: BarChart,
    sheet: Worksheet,
    y: tuple[int, int, int, int],
    colour: str,
    *,
    labels: bool = False,
    points: Sequence[str] = (),
) -> None:
    """One series of columns; without a colour it is only what others stand on.

    With `labels` the values stand at the columns, in their cells' format; `points` are colours
    of single columns.
    """
    series = Series(Reference(sheet, min_col=y[0], min_row=y[1], max_col=y[2], max_row=y[3]))
    series.graphicalProperties = (
        GraphicalProperties(solidFill=colour) if colour else GraphicalProperties(noFill=True)
    )
    if not colour:
        series.graphicalProperties.line.noFill = True
    series.invertIfNegative = False
    for number, fill in enumerate(points):
        series.dPt.append(
            DataPoint(idx=number, invertIfNegative=False, spPr=GraphicalProperties(solidFill=fill))
        )
    if labels:
        series.dLbls = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, txPr=_rich(11, styles.INK),
        )
    chart.series.append(series)


def plot_area(chart: ScatterChart | BarChart, x: float, y: float, w: float, h: float) -> None:
    """Place the plot inside the chart, in fractions, to leave room for labels."""
    chart.plot_area.layout = chart.layout = Layout(
        manualLayout=ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=x, y=y, w=w, h=h
        )
    )


def place(
    sheet: Worksheet, chart: ScatterChart | BarChart, first: tuple[int, int], last: tuple[int, int]
) -> None:
    """Lay the chart over the cells from `first` to `last`, (column, row) each, both included."""
    chart.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=first[0] - 1, row=first[1] - 1),
        to=AnchorMarker(col=last[0], row=last[1]),
    )
    sheet.add_chart(chart)
