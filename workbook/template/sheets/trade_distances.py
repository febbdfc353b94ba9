"""How far liquidation is from the stop, for each leverage and stop: the heat shows what is tight.

Excel's own arithmetic: the liquidation price by leverage stands beside the chances on this sheet,
what carry and the entry's fee move it by comes from the plan, so the row of the plan's leverage and
the column of its stop say what the plan says.
"""

from __future__ import annotations

from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame, styles
from workbook.template.sheets.trade_layout import (
    CHART,
    DISTANCES,
    DRIFT,
    EMPTY,
    LEVERAGES,
    POINTS,
)
from workbook.template.styles import apply_style

# Stops, in the plan's own distance: the third is its own.
STOPS = (0.5, 0.75, 1, 1.5, 2, 3)
FARTHEST = 3  # from here on all is equally green
TIMES, SHARE, HEAD = DISTANCES + 2, DISTANCES + 3, DISTANCES + 4
FIRST = DISTANCES + 5
LEFT = CHART + 1  # of the stops; the leverages stand before them


def build(sheet: Worksheet) -> None:
    """Lay the block out: a row a leverage, a column a stop."""
    frame.heading(sheet, DISTANCES, CHART, "How many times as far as the stop liquidation is")
    apply_style(sheet.cell(DISTANCES + 1, CHART), "Note").value = (
        '="By leverage and stop. Below 1 liquidation comes first; you want "&Gap_multiple&"."'
    )
    for row, text in ((TIMES, "x yours"), (SHARE, "% away"), (HEAD, "Stop at")):
        role = "Header left" if row == HEAD else "Working left"
        apply_style(sheet.cell(row, CHART, text), role)
    for offset, times in enumerate(STOPS):
        column = letter(LEFT + offset)
        apply_style(sheet.cell(TIMES, LEFT + offset, times), "Working", "ratio")
        for row, formula, role, fmt in (
            (SHARE, f"{column}{TIMES}*ABS(Trade_stop/Trade_entry-1)", "Working", "percent1"),
            (HEAD, f"MAX(0,Trade_entry+{column}{TIMES}*(Trade_stop-Trade_entry))", "Header",
             "price"),
        ):
            cell = apply_style(sheet.cell(row, LEFT + offset), role, fmt)
            cell.value = "=" + EMPTY.format(formula)
    for offset in range(len(LEVERAGES)):
        row, source = FIRST + offset, DRIFT + 3 + offset
        cell = apply_style(sheet.cell(row, CHART), "Result left", "times")
        cell.value = f"=H{source}"
        for at in range(len(STOPS)):
            cell = apply_style(sheet.cell(row, LEFT + at), "Result", "times")
            cell.value = "=" + EMPTY.format(
                f"MAX(0,Trade_sign*(Trade_entry-$I{source})-Trade_slope*MAX(0,Trade_unit_carry"
                f"+Trade_entry*Trade_fee_in))/({letter(LEFT + at)}${TIMES}"
                "*ABS(Trade_entry-Trade_stop))"
            )
    last, right = FIRST + len(LEVERAGES) - 1, letter(LEFT + len(STOPS) - 1)
    lever, times = letter(CHART), letter(LEFT)
    frame.highlight(
        sheet, f"{lever}{FIRST}:{lever}{last}", f"{lever}{FIRST}=Trade_leverage", "good"
    )
    frame.highlight(sheet, f"{times}{HEAD}:{right}{HEAD}", f"{times}${TIMES}=1", "good")
    where = f"{letter(LEFT)}{FIRST}:{right}{last}"
    # A rule of the sheet may not name a setting: the cell beside the workings repeats it.
    wanted = f"${letter(LEFT)}${POINTS}"
    apply_style(sheet.cell(POINTS, CHART, "Wanted"), "Working left")
    apply_style(sheet.cell(POINTS, LEFT), "Working", "times").value = "=Gap_multiple"
    sheet.conditional_formatting.add(
        where,
        ColorScaleRule(
            start_type="num", start_value=1, start_color=styles.RED_FILL,
            mid_type="formula", mid_value=wanted, mid_color=styles.AMBER_FILL,
            end_type="num", end_value=FARTHEST, end_color=styles.GREEN_FILL,
        ),
    )
