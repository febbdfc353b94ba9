"""The page of wrong rows: what is typed, and what the workbook itself says to it.

``python docs/make/wrong_rows.py`` writes it anew; a test compares.
"""

from __future__ import annotations

from pathlib import Path

from addin.embedded import open_book
from udfs import catalogue
from workbook import bundled

PAGE = Path(__file__).parents[1] / "pages" / "recipes" / "wrong-rows.md"
GOOD: dict[str, object] = {
    "Symbol": "ETH", "Side": "long", "Venue": "Binance", "Entry": 3000, "Stop": 2900, "Days": 5,
}  # fmt: skip
# What the hand types instead into a row that is good otherwise; None leaves the cell blank.
WRONG: tuple[dict[str, object], ...] = (
    {"Symbol": None},
    {"Side": None},
    {"Side": "lnog"},
    {"Venue": None},
    {"Venue": "Binanse"},
    {"Entry": None},
    {"Entry": "3000,5"},
    {"Entry": -3000},
    {"Entry": 180, "Stop": None, "Symbol": "SOL"},
    {"Stop": 3100},
    {"Side": "short"},
    {"Days": None},
    {"Days": 40000},
    {"Leverage": "10x"},
    {"Leverage": 0.5},
    {"Volatility": 5},
    {"Funding": 0.01},
    {"Lot": -1},
    {"Lot": 1000},
    {"Own size": "all in"},
    {"Own margin": 500},
    {"Entry as": "limit"},
    {"Status": "closed"},
    {"Leverage": 90, "Reason": "news"},
    {"Side": "lnog", "Entry": None, "Leverage": "5x"},
)
_TOP = """# Wrong rows, and what the workbook says

What the Plan answers, word for word, when a row is typed wrong: the cell, what is in it, and what
to type instead; of several faults the most urgent first. The row is otherwise good: ETH, long,
Binance, 3000, stop 2900, 5 days, in row 11. A row whose cells are wrong shows no numbers, is in no
sum and in no chart; the other rows go on.

| typed | What to do says |
|---|---|
"""


def said(rows: tuple[dict[str, object], ...] = WRONG) -> list[str]:
    """What stands under What to do for each row, typed as a paste types: past the validation."""
    book = open_book(bundled.template(), catalogue)
    plan = book.package.table("Plan")
    headers = {header: None for row in (GOOD, *rows) for header in row}
    sentences = []
    for wrong in rows:
        for header, value in {**headers, **GOOD, **wrong}.items():
            book.set(plan.sheet, plan.cell(plan.first_row, header), value)
        book.recalculate()
        sentences.append(str(book.value(plan.sheet, plan.cell(plan.first_row, "What to do"))))
    return sentences


def page() -> str:
    """The whole page."""
    lines = [
        f"| {_typed(wrong)} | {sentence} |" for wrong, sentence in zip(WRONG, said(), strict=True)
    ]
    return _TOP + "\n".join(lines) + "\n"


def _typed(wrong: dict[str, object]) -> str:
    return ", ".join(
        f"{header}: {'(blank)' if value is None else f'`{value}`'}"
        for header, value in wrong.items()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
