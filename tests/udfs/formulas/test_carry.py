"""Carry with every argument at work, worked by hand."""

from __future__ import annotations

import pytest

from udfs import CellError, catalogue

carry = catalogue["ISO_CARRY_COST"]
breakeven = catalogue["ISO_BREAKEVEN_PRICE"]


def test_compounding_once_a_year_is_no_simple_interest() -> None:
    # 10% on 1000 over two years: 200, or 210 with interest on the interest.
    assert carry("long", 5000, 730, 0, 8, 0.1, 1000, 0) == pytest.approx(200)
    assert carry("long", 5000, 730, 0, 8, 0.1, 1000, 1) == pytest.approx(210)


def test_simple_and_compound_interest_by_row() -> None:
    answer = carry("short", 5000, 730, 0.0001, 8, 0.1, 1000, [[0], [1], [2], [0.5]])
    funding = -5000 * 0.0001 * 3 * 730
    assert answer == [
        [pytest.approx(funding + 200)],
        [pytest.approx(funding + 210)],
        [pytest.approx(funding + 1000 * (1.05**4 - 1))],
        [pytest.approx(funding + 1000 * (1.2 - 1))],
    ]


def test_a_break_even_below_one_is_a_price_and_one_at_zero_is_none() -> None:
    assert breakeven("long", 0.5, 1) == 0.5
    assert breakeven("long", 100, 1, 0, -99.5) == pytest.approx(0.5)
    # Carry received that pays for the whole position: no price is low enough.
    assert breakeven("long", 100, 1, 0, -100) is CellError.NA
    assert breakeven("long", 100, 1, 0, -300) is CellError.NA
    assert breakeven("short", 100, 1, 0, 300) is CellError.NA
    assert "no price above 0" in breakeven.explain("long", 100, 1, 0, -300)


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("long", (100 * 1.001 + 10 / 50) / 0.999),
        ("short", (100 * 0.999 - 10 / 50) / 1.001),
    ],
)
def test_break_even_counts_both_fees_and_the_carry(side: str, expected: float) -> None:
    assert breakeven(side, 100, 50, 0.001, 10) == pytest.approx(expected, rel=1e-12)


def test_a_trade_closed_in_the_moment_it_was_opened_meets_no_stamp() -> None:
    stamps = catalogue["ISO_FUNDING_STAMPS"]
    # 46000.5 is noon: not on a stamp of eight hours. 46000 is midnight, the stamp itself.
    assert stamps(46000.5, 46000.5) == stamps(46000, 46000) == 0
    assert stamps(46000.5, 46000.25) is CellError.NUM


def test_a_stamp_is_met_to_the_millisecond() -> None:
    stamps = catalogue["ISO_FUNDING_STAMPS"]
    # Stamps at 1:00, 9:00 and 17:00; a millisecond before the first one is not it.
    one_o_clock, millisecond = 46000 + 1 / 24, 1 / 86_400_000
    assert stamps(46000, one_o_clock, 8, 1) == 1
    assert stamps(46000, one_o_clock - millisecond, 8, 1) == 0
