"""Trade: how many times as far as the stop liquidation is, by leverage and stop, by hand."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from addin.embedded import EmbeddedBook
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.test_brakes import named
from tests.workbook.template.test_size_in_view import SHORT, filled
from workbook.template.sheets.trade_distances import FIRST, HEAD, LEFT, STOPS
from workbook.template.sheets.trade_layout import LEVERAGES


def table(book: EmbeddedBook) -> list[list[float]]:
    return [
        [float(str(book.value("Trade", a1(FIRST + row, LEFT + at)))) for at in range(len(STOPS))]
        for row in range(len(LEVERAGES))
    ]


@pytest.mark.parametrize(("idea", "sign"), [(IDEA, 1), (SHORT, -1)])
def test_each_leverage_and_stop_is_as_far_as_by_hand(data: bytes, idea: dict, sign: int) -> None:
    book = filled(data, {**idea, "Days": 9})
    stops = [book.value("Trade", a1(HEAD, LEFT + at)) for at in range(len(STOPS))]
    assert stops == pytest.approx([100 - sign * 4 * times for times in STOPS])
    # A long pays 0.01% three times a day for nine days: 0.27 a unit, and the liquidation price
    # rises by 0.27 over 0.995. A short is paid, which is no help at the start.
    carry = 0.27 / 0.995 if sign > 0 else 0
    found = table(book)
    for row, leverage in zip(found, LEVERAGES, strict=True):
        price = (100 - sign * 100 / leverage) / (1 - sign * 0.005)
        expected = [(sign * (100 - price) - carry) / (4 * times) for times in STOPS]
        assert row == pytest.approx([max(0, value) for value in expected])
    # The plan's own leverage and stop say what the plan says.
    own = found[LEVERAGES.index(10)][STOPS.index(1)]
    assert own == pytest.approx(float(str(named(book, "Trade_gap"))))


def test_the_heat_turns_at_what_is_wanted(book: Workbook) -> None:
    where = f"{a1(FIRST, LEFT)}:{a1(FIRST + len(LEVERAGES) - 1, LEFT + len(STOPS) - 1)}"
    rules = [
        rule
        for area in book["Trade"].conditional_formatting
        if str(area.sqref) == where
        for rule in area.rules
    ]
    assert [rule.type for rule in rules] == ["colorScale"]
    low, middle, high = rules[0].colorScale.cfvo
    assert (low.type, low.val, middle.type, high.type) == ("num", 1, "formula", "num")
    assert book["Trade"][str(middle.val).replace("$", "")].value == "=Gap_multiple"


def test_a_blank_row_has_no_distances(data: bytes) -> None:
    book = filled(data)
    assert {book.value("Trade", a1(FIRST, LEFT + at)) for at in range(len(STOPS))} == {""}
    assert book.errors() == []
