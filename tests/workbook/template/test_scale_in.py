"""Trade: scaling in over up to four rungs with one stop and one budget, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.rows import VENUE
from tests.workbook.template.test_brakes import named
from tests.workbook.template.test_size_in_view import SHORT, filled
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs
from workbook.template.sheets.trade_charts import LEVELS, RUNGS
from workbook.template.sheets.trade_layout import LINKS
from workbook.template.sheets.trade_scale_in import COUNT, FIRST

# Price, order, filled, average, margin, lost at the stop, liquidation price, times the stop.
COLUMNS = range(3, 11)


def rungs(book: EmbeddedBook) -> list[list[object]]:
    found = [[book.value("Trade", a1(FIRST + at, column)) for column in COLUMNS]
             for at in range(COUNT)]  # fmt: skip
    return [row for row in found if row[0] != ""]


def test_three_rungs_alike_lose_the_budget_together(data: bytes) -> None:
    # 2% of 10,000 are 200. At 4, 3 and 2 a unit from the stop: 200 / 9 units each, no fees here.
    book = filled(data, IDEA, Rung_price_2=99, Rung_price_3=98)
    each = 200 / 9
    table = rungs(book)
    assert [row[0] for row in table] == [100, 99, 98]
    assert [row[1] for row in table] == pytest.approx([each] * 3)
    assert [row[2] for row in table] == pytest.approx([each, 2 * each, 3 * each])
    assert [row[3] for row in table] == pytest.approx([100, 99.5, 99])
    assert [row[4] for row in table] == pytest.approx([10 * each, 19.9 * each, 29.7 * each])
    assert [row[5] for row in table] == pytest.approx([4 * each, 7 * each, 200])
    # At 10x with 0.5% of maintenance on the price then: 0.9 of the average over 0.995.
    assert [row[6] for row in table] == pytest.approx([90 / 0.995, 89.55 / 0.995, 89.1 / 0.995])
    assert table[2][7] == pytest.approx((99 - 89.1 / 0.995) / (99 - 96))
    assert named(book, "Scale_words") == (
        "All filled: 66.6667 units at 99, 200 lost at the stop, of 200 allowed."
    )
    assert book.errors() == []


def test_weights_fees_slippage_lots_and_a_rung_left_out(data: bytes) -> None:
    """Rung 3 is not there; rung 4 is twice rung 2 and four times the entry."""
    settings: dict[str, Any] = {
        "Rung_price_2": 99, "Rung_price_4": 97, "Rung_weight_1": 0.5, "Rung_weight_4": 2,
    }  # fmt: skip
    package = Package.open(data)
    venue = {**VENUE, "Taker fee": 0.0005, "Spread": 0.001}
    write_inputs(package, Inputs(settings, {"Venues": [venue], "Plan": [{**IDEA, "Lot": 0.1}]}))
    book = open_book(package, catalogue)
    # One unit loses its way to the stop, 0.05% at both ends and 0.1% of the stop.
    losses = [price - 96 + 0.0005 * (price + 96) + 0.096 for price in (100, 99, 97)]
    weighed = 0.5 * losses[0] + losses[1] + 2 * losses[2]
    orders = [int(weight * 200 / weighed * 10) / 10 for weight in (0.5, 1, 2)]
    table = rungs(book)
    assert [row[0] for row in table] == [100, 99, 97]
    assert [row[1] for row in table] == pytest.approx(orders)
    lost = sum(order * loss for order, loss in zip(orders, losses, strict=True))
    assert table[-1][5] == pytest.approx(lost)
    assert 195 < lost <= 200
    fee = 0.0005
    given = catalogue["ISO_SCALE_IN"](
        "long", [[100, 99, 97]], 96, 200, [[0.5, 1, 2]], 10, 0.005, fee, fee + 0.001, 0.1
    )
    assert table[-1][:7] == pytest.approx(given[-1][1:])


def test_one_rung_more_or_less_never_costs_more_than_the_plan(data: bytes) -> None:
    """A single order of the plan's loses as much: the budget is one trade's."""
    book = filled(data, IDEA, Rung_price_2=100)
    assert sum(float(str(row[1])) for row in rungs(book)) == pytest.approx(50)
    assert named(book, "Trade_by_stop") == pytest.approx(50)


def test_a_short_is_scaled_in_upwards(data: bytes) -> None:
    book = filled(data, SHORT, Rung_price_2=102)
    # Stop 104: 4 and 2 a unit, 200 / 6 each; average 101, liquidation 1.1 x 101 over 1.005.
    table = rungs(book)
    assert [row[1] for row in table] == pytest.approx([200 / 6] * 2)
    assert table[1][6] == pytest.approx(1.1 * 101 / 1.005)
    assert table[1][7] == pytest.approx((1.1 * 101 / 1.005 - 101) / 3)


def test_the_ladder_draws_the_rungs_that_there_are(data: bytes) -> None:
    first = LINKS + 2 + len(LEVELS)

    def drawn(book: EmbeddedBook) -> list[tuple[object, ...]]:
        rows = range(first, first + len(RUNGS))
        return [tuple(book.value("Trade", f"{c}{row}") for c in "GIJL") for row in rows]

    book = filled(data, IDEA, Rung_price_2=99, Rung_price_4=97)
    two, three, four = drawn(book)
    assert two == (pytest.approx(-0.01), 0, pytest.approx(0.06), "R2 99")
    assert four == (pytest.approx(-0.03), 0, pytest.approx(0.06), "R4 97")
    # Without a price: a line without length, on the entry.
    assert three == (0, RUNGS[1][0], RUNGS[1][0], " ")
    assert all(row[1] == row[2] for row in drawn(filled(data, IDEA)))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"Rung_price_3": 95}, "Rung 3 at 95 lies beyond the stop at 96."),
        ({"Rung_price_3": 96}, "Rung 3 at 96 lies beyond the stop at 96."),
        ({"Rung_price_2": "98,5"}, "Rung 2: type a price above 0."),
        ({"Rung_price_2": 0}, "Rung 2: type a price above 0."),
        ({"Rung_price_2": -98}, "Rung 2: type a price above 0."),
        ({"Rung_price_2": 98, "Rung_weight_2": "two"}, "Weight 2: type a number above 0."),
        ({"Rung_price_2": 98, "Rung_weight_1": 0}, "Weight 1: type a number above 0."),
        ({"Rung_price_2": 98, "Rung_weight_2": -1}, "Weight 2: type a number above 0."),
        ({"Rung_price_2": 98, "Rung_weight_2": 0.01},
         "Rung 2 is smaller than the lot of 1: fewer rungs, or more weight."),
    ],
)  # fmt: skip
def test_what_cannot_be_a_rung_is_said_and_nothing_computed(
    data: bytes, settings: dict[str, Any], says: str
) -> None:
    book = filled(data, {**IDEA, "Lot": 1}, **settings)
    assert named(book, "Scale_words") == says
    assert rungs(book) == []
    assert book.errors() == []


def test_a_margin_beyond_the_account_and_a_near_liquidation_are_warned_of(data: bytes) -> None:
    # 0.2 away: 200 / 0.3 units, some 66,600 of notional at 10x are 6,660; at 2x 33,000.
    near = {**IDEA, "Stop": 99.8, "Leverage": 2}
    book = filled(data, near, Rung_price_2=99.9)
    assert str(named(book, "Scale_words")).endswith("The margin is more than the account.")
    tight = {**IDEA, "Leverage": 20}
    book = filled(data, tight, Rung_price_2=99.5)
    assert str(named(book, "Scale_words")).endswith("Liquidation is too near to the stop.")


def test_without_rungs_or_without_a_trade_there_is_only_a_hint(data: bytes) -> None:
    for book in (filled(data, IDEA), filled(data, Rung_price_2=98)):
        assert str(named(book, "Scale_words")).startswith("Type a price for rung 2")
        assert rungs(book) == []
        assert book.errors() == []
