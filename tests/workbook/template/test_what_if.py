"""Trade: the result by price and day, by hand."""

from __future__ import annotations

import pytest

from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.test_size_in_view import filled
from workbook.template.sheets.trade_what_if import FIRST


def test_results_by_price_and_day(data: bytes) -> None:
    book = filled(data, {**IDEA, "Days": 9})
    table = [[book.value("Trade", f"{c}{FIRST + at}") for c in "MNOPQ"] for at in range(6)]
    # 50 units of 100 at 0.01% three times a day cost 1.50 a day; no fees at this venue.
    assert table[1] == pytest.approx([96, -200, -204.5, -209, -213.5])
    assert table[2] == pytest.approx([98.8, -60, -64.5, -69, -73.5])
    assert table[3] == pytest.approx([100, 0, -4.5, -9, -13.5])
    assert table[4] == pytest.approx([105, 250, 245.5, 241, 236.5])
    assert table[5] == pytest.approx([110, 500, 495.5, 491, 486.5])
    # Liquidated the margin is lost: 500 of 5,000 at 10x.
    lost = book.value("Trade", f"N{FIRST}")
    assert table[0][1:] == [lost] * 4
    assert lost == pytest.approx(-500)


def test_a_blank_row_has_no_results(data: bytes) -> None:
    book = filled(data)
    assert {book.value("Trade", f"{c}{FIRST}") for c in "MNOPQ"} == {""}
    assert book.errors() == []
