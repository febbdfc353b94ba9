"""Workbooks that others made: what their Excel shows is what comes out, or it is kept and named.

Every expected value was worked out by hand from Excel's rules; nothing here is read from a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addin.embedded import EmbeddedBook, open_book

from . import books
from .stubs import STUBS


def computed(rows: str, **options: Any) -> EmbeddedBook:
    return open_book(books.foreign({"Data": rows}, **options), STUBS)


def values(book: EmbeddedBook, sheet: str, *cells: str) -> list[Any]:
    return [book.value(sheet, cell) for cell in cells]


def cells(given: Mapping[str, str | float]) -> str:
    """Rows of numbers and, where the text starts with =, formulas without a cached value."""
    rows: dict[int, list[str]] = {}
    for address, value in given.items():
        row = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        text = str(value)
        if text.startswith("="):
            escaped = text[1:].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            content = f'<c r="{address}"><f>{escaped}</f></c>'
        elif isinstance(value, str):
            content = f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'
        else:
            content = f'<c r="{address}"><v>{text}</v></c>'
        rows.setdefault(row, []).append(content)
    return "".join(f'<row r="{row}">{"".join(line)}</row>' for row, line in sorted(rows.items()))


# Formulas that Excel stores once for many cells


def test_a_shared_sum_of_whole_columns_moves_with_its_cell() -> None:
    book = computed(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>10</v></c><c r="C1"><v>100</v></c>'
        '<c r="E1"><f t="shared" ref="E1:G1" si="0">SUM(A:A)</f></c>'
        '<c r="F1"><f t="shared" si="0"/></c><c r="G1"><f t="shared" si="0"/></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>20</v></c><c r="C2"><v>200</v></c></row>'
    )
    assert values(book, "Data", "E1", "F1", "G1") == [3, 30, 300]


def test_a_shared_count_of_whole_rows_moves_with_its_cell() -> None:
    book = computed(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row>'
        '<row r="4"><c r="D4"><f t="shared" ref="D4:D5" si="3">COUNT(1:1)*10+COUNT($1:1)</f></c>'
        "</row>"
        '<row r="5"><c r="D5"><f t="shared" si="3"/></c></row>'
    )
    # Row 1 has two numbers, row 2 one: 20 + 2, and 10 + 3.
    assert values(book, "Data", "D4", "D5") == [22, 13]


# Dates that count from 1904


def test_a_book_of_1904_is_computed_with_its_own_dates() -> None:
    # 1 January 2024 is day 45292 from 1900, and 1,462 fewer from 1904.
    formulas = {"A1": 43830.0, "B1": "=YEAR(A1)", "B2": "=DATE(2024,1,1)-A1", "B3": "=MONTH(A1+31)"}
    book = computed(cells(formulas), date1904=True)
    assert values(book, "Data", "B1", "B2", "B3") == [2024, 0, 2]
    assert values(computed(cells(formulas)), "Data", "B1", "B2") == [2019, 1462]


def test_a_book_of_1904_shows_its_days_as_text_and_weekdays() -> None:
    # Day 1000 from 1 January 1904 is 27 September 1906, a Thursday.
    formulas = {
        "A1": 1000.0,
        "B1": '=TEXT(A1,"yyyy-mm-dd")',
        "B2": "=WEEKDAY(A1)",
        "B3": "=DAY(A1)",
    }
    book = computed(cells(formulas), date1904=True)
    assert values(book, "Data", "B1", "B2", "B3") == ["1906-09-27", 5, 27]


# Cells that hold a date written out


def test_a_time_alone_is_a_part_of_a_day() -> None:
    rows = (
        '<row r="1"><c r="A1" t="d"><v>18:00:00</v></c><c r="B1" t="d"><v>06:30</v></c>'
        '<c r="C1" t="d"><v>2024-01-01</v></c><c r="D1"><f>A1+C1</f></c></row>'
    )
    assert values(computed(rows), "Data", "A1", "B1", "C1", "D1") == [
        0.75, 6.5 / 24, 45292, 45292.75,
    ]  # fmt: skip
    assert values(computed(rows, date1904=True), "Data", "A1", "C1") == [0.75, 43830]


def test_a_day_before_march_1900_is_counted_as_excel_counts_it() -> None:
    rows = (
        '<row r="1"><c r="A1" t="d"><v>1900-01-01T12:00:00</v></c>'
        '<c r="B1" t="d"><v>1900-02-28</v></c><c r="C1" t="d"><v>1900-03-01</v></c></row>'
    )
    assert values(computed(rows), "Data", "A1", "B1", "C1") == [1.5, 59, 61]
