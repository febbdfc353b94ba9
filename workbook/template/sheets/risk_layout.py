"""Where the blocks of the Risk sheet stand."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter

from workbook.template.portfolio import PLACES

LEFT, SYMBOL, MATRIX_LEFT, RIGHT, CHART = 2, 3, 4, 12, 14
LAST = 21
CARDS = 4
POSITIONS = 8
MATRIX = 21
JOINT = 34
STRESS = 50
ACCOUNT = 64
WORK = 71

FIRST = POSITIONS + 3  # first position
LAST_ROW = FIRST + PLACES - 1
MATRIX_FIRST = MATRIX + 3
JOINT_FIRST = JOINT + 4
STRESS_FIRST = STRESS + 4
STRESS_LAST = STRESS_FIRST + PLACES - 1

# Workings, from the top: correlations used, the joint table, one row a place, the market's moves.
USED = WORK + 2
COUNTED = USED + PLACES + 3
PULLS = COUNTED + PLACES + 4
MOVES = PULLS + PLACES + 4
BARS = WORK + 2
POINTS = 21


def column(number: int, first: int, last: int) -> str:
    """Absolute reference to a column's cells."""
    return f"${letter(number)}${first}:${letter(number)}${last}"
