"""Size with every argument at work, worked by hand."""

from __future__ import annotations

import pytest

from udfs import CellError, catalogue
from udfs.formulas.sizing import whole_lots

size = catalogue["ISO_POSITION_SIZE"]
by_volatility = catalogue["ISO_POSITION_SIZE_VOL"]


def test_fees_are_counted_on_both_ways() -> None:
    assert by_volatility(10_000, 0.02, 100, 0.05, 1, 0.001) == pytest.approx(200 / 5.2)
    assert by_volatility(10_000, 0.02, 100, 0.05, 2, 0.001) == pytest.approx(200 / 10.2)
    assert size(10_000, 0.02, 100, 96, 0.001, 0.002) == pytest.approx(200 / (4 + 0.192 + 0.196))
    assert size(10_000, 0.02, 100, 104, 0.001, 0.002) == pytest.approx(200 / (4 + 0.208 + 0.204))


def test_the_cap_by_row() -> None:
    # A loss of 1 a unit: 200 units, of which an account of 10000 buys 100 without leverage.
    capped = size(10_000, 0.02, 100, 99, 0, 0, 0, [[0], [0.5], [1], [1.5], [3]])
    assert capped == [[200.0], [50.0], [100.0], [150.0], [200.0]]
    assert by_volatility(10_000, 0.02, 100, 0.01, 1, 0, 0, 1.5) == 150.0


def test_lots_by_row() -> None:
    assert size(10_000, 0.02, 100, 97, 0, 0, [[0], [0.5], [1], [100]]) == [
        [pytest.approx(200 / 3)],
        [66.5],
        [66.0],
        [0.0],
    ]


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (1 - 0.5e-9, 1.0),
        (1 - 1.5e-9, 0.0),
        # The tolerance is relative: among many lots a larger rounding error is one.
        (1e8 - 0.02, 1e8),
        (1e8 - 0.3, 1e8 - 1),
        (2.6, 2.0),
    ],
)
def test_a_hair_below_a_whole_lot_is_that_lot(quantity: float, expected: float) -> None:
    assert whole_lots(quantity, 1.0) == expected


def test_where_nothing_can_be_lost_the_words_say_so() -> None:
    assert size(10_000, 0.02, 100, 100) is CellError.NUM
    assert "stop 100 equals entry 100" in size.explain(10_000, 0.02, 100, 100)
    assert by_volatility(10_000, 0.02, 100, 0) is CellError.NUM
    assert "no move to size by" in by_volatility.explain(10_000, 0.02, 100, 0)
    # A stop closer than one unit, and fees alone, are something to lose.
    assert size(10_000, 0.02, 100, 99.5) == pytest.approx(400)
    assert size(10_000, 0.02, 100, 100, 0.001) == pytest.approx(1000)
    assert by_volatility(10_000, 0.02, 1, 0.05) == pytest.approx(4000)


def test_the_smallest_order_is_told_by_its_value_at_the_entry() -> None:
    # A loss of 4 a unit: 50 units of 100 each, worth 5000, which is no less than 5000.
    smallest = [[4_999], [5_000], [5_001]]
    assert size(10_000, 0.02, 100, 96, min_notional=smallest) == [[50.0], [50.0], [0.0]]
    # Without one, an order of 0.05 is an order: 0.002/4 units.
    assert size(0.1, 0.02, 100, 96) == pytest.approx(0.0005)


def test_a_size_is_explained_only_where_it_is_none() -> None:
    assert size.explain(10_000, 0.02, 100, 96, min_notional=5_000) == "ok"
    assert "smallest order" in size.explain(10_000, 0.02, 100, 96, min_notional=5_001)


def test_rebates_that_outweigh_the_move_give_no_size() -> None:
    # A move of 1 and 2*2 back in fees: nothing is lost, so no size follows.
    assert by_volatility(10_000, 0.02, 100, 0.01, 1, -0.02) is CellError.NUM
