"""What if: the chosen trade's result at the prices that matter, on days of the plan.

Excel's own arithmetic: carry until that day and both fees are in it, and where carry has brought
the liquidation price to the price, what liquidation takes.
"""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.sheets.trade_layout import CHART, EMPTY, POINTS, WHAT_IF
from workbook.template.styles import apply_style

DAYS = 4  # the first day, the last, and two between
FIRST = WHAT_IF + 3
PRICES = (
    ("Liq. price", "Trade_liquidation"),
    ("Hard stop", "Trade_stop"),
    ("Soft stop", "Trade_soft"),
    ("Entry", "Trade_entry"),
    ("Target 1", "Trade_target_1"),
    ("Target 2", "Trade_target_2"),
)


def build(sheet: Worksheet) -> None:
    """Lay the block out: a row a price, a column a day."""
    frame.heading(sheet, WHAT_IF, CHART, "What if: the result by price and day")
    points, near, days, left = POINTS + 1, WHAT_IF + 1, WHAT_IF + 2, CHART + 2
    right, price_at = letter(left + DAYS - 1), letter(CHART + 1)
    apply_style(sheet.cell(points, CHART, "Point"), "Working left")
    apply_style(sheet.cell(near, CHART, "Liq. then"), "Working left")
    apply_style(sheet.cell(near, CHART + 1), "Working left")
    apply_style(sheet.cell(days, CHART, "On day"), "Header left")
    apply_style(sheet.cell(days, CHART + 1), "Header")
    for offset in range(DAYS):
        at = letter(left + offset)
        apply_style(sheet.cell(points, left + offset, offset), "Working", "whole")
        apply_style(sheet.cell(near, left + offset), "Working", "price").value = "=" + EMPTY.format(
            "Trade_liquidation+Trade_sign*Trade_slope*(Trade_entry*Trade_fee_in"
            f"+Trade_unit_carry*{at}{points}/${right}{points})"
        )
        apply_style(sheet.cell(days, left + offset), "Header", "times").value = "=" + EMPTY.format(
            f"Trade_days*{at}{points}/${right}{points}"
        )
    for row, (label, price) in enumerate(PRICES, start=FIRST):
        apply_style(sheet.cell(row, CHART, label), "Result left")
        apply_style(sheet.cell(row, CHART + 1), "Result strong", "price").value = (
            "=" + EMPTY.format(price)
        )
        for offset in range(DAYS):
            share = f"{letter(left + offset)}${points}/${right}${points}"
            cell = apply_style(sheet.cell(row, left + offset), "Result", "signed")
            safe = f"Trade_sign*(${price_at}{row}-{letter(left + offset)}${near})"
            cell.value = _result(f"${price_at}{row}", share, safe)
    where = f"{letter(left)}{FIRST}:{right}{FIRST + len(PRICES) - 1}"
    first = f"{letter(left)}{FIRST}"
    frame.highlight(sheet, where, f"AND(ISNUMBER({first}),{first}<=-Trade_risk)", "bad")
    frame.highlight(sheet, where, f"AND(ISNUMBER({first}),{first}<0)", "warn")
    frame.highlight(sheet, where, f"AND(ISNUMBER({first}),{first}>0)", "good")


def _result(price: str, share: str, safe: str) -> str:
    held = f"Trade_units*(Trade_sign*({price}-Trade_entry)-Trade_unit_carry*{share}"
    held += f"-Trade_fee*(Trade_entry+{price}))"
    return f'=IF({price}="","",IF({safe}>0,{held},-Trade_lost))'
