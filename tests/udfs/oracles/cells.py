"""What cells hold, and what all oracles share."""

from __future__ import annotations

from typing import Any

NUM = "#NUM!"
NA = "#N/A"
DAYS_PER_YEAR = 365

Cell = float | str | bool
Rows = list[list[Any]]
Side = str | float


def named(headers: str) -> list[Any]:
    """A row of headers, written with bars between."""
    return list(headers.split(" | "))


def sign(side: Side) -> int:
    """+1 for a long, -1 for a short."""
    if isinstance(side, str):
        return 1 if side.lower() in ("long", "buy", "l") else -1
    return 1 if side > 0 else -1


def flat(values: Any) -> list[Any]:
    """Every cell of a range, row by row, blanks left out."""
    if not isinstance(values, list):
        return [values]
    cells: list[Any] = []
    for value in values:
        for cell in flat(value):
            if cell is not None:
                cells.append(cell)
    return cells
