"""The same trade at several venues."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udfs import CellError, catalogue

compare = catalogue["ISO_VENUE_COMPARISON"]

A = ["A", 50, 0.005, 0.01, 0.0006, 0.0002, 0.0001, 8, 0]
B = ["B", 5, 0.01, 0.02, 0.0004, 0.0004, 0.0002, 1, 0.08]
TRADE = ("long", 100, 50, 10, 7)


def by_name(*arguments: Any) -> dict[str, dict[str, Any]]:
    heads, *rows = compare(*arguments, True)
    return {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in rows}


def test_columns_are_named_and_venues_keep_their_order() -> None:
    rows = compare(*TRADE, [B, A], True)
    assert rows[0] == [
        "Venue", "Leverage allowed", "Liquidation price", "Entry and exit fees", "Carry",
        "Break-even price", "Lost if liquidated",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["B", "A"]


def test_a_venue_worked_by_hand() -> None:
    row = by_name(*TRADE, [A])["A"]
    assert row["Leverage allowed"] == 10
    assert row["Liquidation price"] == pytest.approx(90 / 0.995)
    assert row["Entry and exit fees"] == pytest.approx(5000 * (2 * 0.0006 + 0.0002))
    assert row["Carry"] == pytest.approx(5000 * 0.0001 * 21)
    assert row["Break-even price"] == pytest.approx((100 * 1.0007 + 10.5 / 50) / 0.9993)
    # 22.6 of equity are left at the trigger; the penalty of 45 takes all of it.
    assert row["Lost if liquidated"] == pytest.approx(500)


def test_a_lower_limit_means_more_margin_and_less_borrowed() -> None:
    row = by_name(*TRADE, [B])["B"]
    assert row["Leverage allowed"] == 5
    assert row["Liquidation price"] == pytest.approx(80 / 0.99)
    assert row["Carry"] == pytest.approx(5000 * 0.0002 * 24 * 7 + 4000 * 0.08 * 7 / 365)


def test_costs_agree_with_the_formulas_on_their_own() -> None:
    for side in ("long", "short"):
        row = by_name(side, 100, 50, 10, 7, [B])["B"]
        assert row["Carry"] == pytest.approx(
            catalogue["ISO_CARRY_COST"](side, 5000, 7, 0.0002, 1, 0.08, 4000)
        )
        assert row["Break-even price"] == pytest.approx(
            catalogue["ISO_BREAKEVEN_PRICE"](side, 100, 50, 0.0006, row["Carry"])
        )
        price = catalogue["ISO_LIQUIDATION_PRICE"](side, 100, 5, 0.01)
        assert row["Liquidation price"] == pytest.approx(price)
        outcome = catalogue["ISO_LIQUIDATION_OUTCOME"](side, 100, 50, 1000, price, 0.02)
        assert row["Lost if liquidated"] == pytest.approx(1000 - outcome[3][1])


def test_what_the_penalty_leaves_comes_back() -> None:
    kind = ["C", 10, 0.03, 0.01, 0, 0, 0, 8, 0]
    row = by_name(*TRADE, [kind])["C"]
    price = 90 / 0.97
    left = 500 + 50 * (price - 100) - 0.01 * 50 * price
    assert row["Lost if liquidated"] == pytest.approx(500 - left)


def test_a_bad_venue_spoils_its_own_row() -> None:
    bad = ["Bad", -1, 0.005, 0.01, 0.0006, 0.0002, 0.0001, 8, 0]
    rows = compare(*TRADE, [A, bad, B])
    assert rows[1] == ["Bad", *[CellError.NUM] * 6]
    assert rows[0] == compare(*TRADE, [A])[0]
    assert rows[2] == compare(*TRADE, [B])[0]
    words = compare.explain(*TRADE, [A, bad, B])
    assert "Max leverage of Bad is -1" in words
    assert compare.explain(*TRADE, [A, B]) == "ok"


@pytest.mark.parametrize(
    ("at", "cell", "error"),
    [
        (1, None, CellError.NA),
        (2, "", CellError.NA),
        (3, "x", CellError.VALUE),
        (4, 1, CellError.NUM),
        (5, -0.1, CellError.NUM),
        (6, CellError.DIV0, CellError.DIV0),
        (7, 0, CellError.NUM),
        (8, -0.01, CellError.NUM),
    ],
)
def test_errors_by_column(at: int, cell: Any, error: CellError) -> None:
    bad = [*A[:at], cell, *A[at + 1 :]]
    assert compare(*TRADE, [bad])[0] == ["A", *[error] * 6]


@pytest.mark.parametrize(
    ("venues", "words"),
    [
        ([["", -1, *A[2:]]], "Max leverage of row 1 is -1"),
        ([A, [None, -1, *A[2:]]], "Max leverage of row 2 is -1"),
        ([["A", None, *A[2:]]], "Max leverage of A is blank"),
        ([["A", -1, *A[2:8], None]], "Max leverage of A is -1"),
        ([["0123456789" * 5, -1, *A[2:]]], f"Max leverage of {'0123456789' * 4} is -1"),
        ([[*A, 1]], "venues has 10 columns"),
        ([A[:8]], "venues has 8 columns"),
    ],
)
def test_the_bad_cell_is_named_by_column_and_venue(venues: list[Any], words: str) -> None:
    assert words in compare.explain(*TRADE, venues)


def test_two_bad_venues_show_each_its_own_error() -> None:
    rows = compare(*TRADE, [[*A[:1], -1, *A[2:]], [*A[:1], "x", *A[2:]]])
    assert [row[1] for row in rows] == [CellError.NUM, CellError.VALUE]


def test_less_leverage_than_one_borrows_nothing() -> None:
    row = by_name("long", 100, 50, 0.5, 7, [B])["B"]
    assert row["Carry"] == pytest.approx(5000 * 0.0002 * 24 * 7, rel=1e-12)


def test_blank_hours_are_eight_and_a_blank_borrow_rate_is_none() -> None:
    assert compare(*TRADE, [[*A[:7], None, None]]) == compare(*TRADE, [A])


def test_blank_rows_are_left_out() -> None:
    assert compare(*TRADE, [A, [None] * 9, B, [""] * 9]) == compare(*TRADE, [A, B])
    assert compare(*TRADE, [[None] * 9]) is CellError.NA


def test_a_venue_without_a_name_says_so_in_its_first_cell_alone() -> None:
    row = compare(*TRADE, [["", *A[1:]]])[0]
    assert row[0] is CellError.NA
    assert row[1:] == compare(*TRADE, [A])[0][1:]
    assert compare(*TRADE, [[CellError.REF, *A[1:]]])[0] == [CellError.REF] * 7


def test_liquidated_at_the_entry_still_shows_what_it_costs() -> None:
    tight = ["T", 50, 0.1, 0.01, 0.0006, 0.0002, 0.0001, 8, 0]
    row = by_name(*TRADE, [tight])["T"]
    assert row["Liquidation price"] is CellError.NUM
    assert row["Lost if liquidated"] is CellError.NUM
    assert row["Entry and exit fees"] == pytest.approx(7)
    assert "T would liquidate" in compare.explain(*TRADE, [tight])


def test_a_table_of_another_shape_is_refused() -> None:
    assert compare(*TRADE, [A[:8]]) is CellError.VALUE
    assert "9 columns: Name, Max leverage" in compare.explain(*TRADE, [A[:8]])
    assert compare("long", 100, 50, 10, [[7], [8]], [A]) is CellError.VALUE


@given(
    st.sampled_from(["long", "short"]), st.floats(0.1, 1e5), st.floats(0.001, 1e4),
    st.floats(0.5, 100), st.floats(0, 400), st.floats(1, 100), st.floats(0, 0.05),
    st.floats(0, 0.2),
)  # fmt: skip
def test_never_more_than_the_margin_is_lost(
    side: str, entry: float, quantity: float, leverage: float, days: float, limit: float,
    rate: float, penalty: float,
) -> None:  # fmt: skip
    venue = ["V", limit, rate, penalty, 0.0006, 0.0002, 0.0001, 8, 0.05]
    row = by_name(side, entry, quantity, leverage, days, [venue])["V"]
    allowed = row["Leverage allowed"]
    assert allowed == min(leverage, limit)
    if not isinstance(row["Lost if liquidated"], CellError):
        margin = entry * quantity / allowed
        assert 0 <= row["Lost if liquidated"] <= margin * (1 + 1e-9)
