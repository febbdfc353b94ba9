"""Exits: every argument at work, by hand; what is said of a tier that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from udfs import CellError, catalogue

scale_out = catalogue["ISO_SCALE_OUT"]
stop_ladder = catalogue["ISO_STOP_LADDER"]
trailing = catalogue["ISO_TRAILING_STOP"]
scale_in = catalogue["ISO_SCALE_IN"]

NUM, NA, VALUE = CellError.NUM, CellError.NA, CellError.VALUE


def near(*cells: Any) -> list[Any]:
    return [pytest.approx(cell) if isinstance(cell, float) else cell for cell in cells]


# --- scale-out --------------------------------------------------------------------------------


def test_tranches_and_runner_with_fees_and_a_trail() -> None:
    rows = scale_out(
        "long", 100, 50, 10, [[0.5, 1]], [[0.25, 0.25]], "margin", "original", 0.001, 0.02, 0.005
    )
    first, second, runner = 12.5 * (5 - 0.205), 12.5 * (10 - 0.21), 25 * (7.8 - 0.2078)
    assert rows == [
        near(1.0, 0.5, 105.0, 0.25, 12.5, first, 37.5, first, 3250 / (37.5 * 0.995)),
        near(2.0, 1.0, 110.0, 0.25, 12.5, second, 25.0, first + second, 2000 / (25 * 0.995)),
        near("Runner", 0.78, 107.8, 0.5, 25.0, runner, 0.0, first + second + runner, NA),
    ]


def test_a_short_by_price_and_parts_of_what_remains() -> None:
    rows = scale_out(
        "short", 100, 50, 10, [[0.05, 0.1]], [[0.5, 0.5]], "price", "remaining", 0, 0.02
    )
    assert rows == [
        near(1.0, 0.05, 95.0, 0.5, 25.0, 125.0, 25.0, 125.0, 120.0),
        near(2.0, 0.1, 90.0, 0.5, 12.5, 125.0, 12.5, 250.0, 140.0),
        near("Runner", 0.082, 91.8, 1.0, 12.5, 102.5, 0.0, 352.5, NA),
    ]


def test_fractions_that_are_the_whole_but_for_rounding_leave_nothing() -> None:
    rows = scale_out("long", 100, 0.3, 10, [[0.5, 1, 2]], [[0.1, 0.2, 0.7]])
    assert rows[2][6] == 0.0
    assert rows[2][8] is NA
    assert rows[3][4:7] == [0.0, 0.0, 0.0]


def test_more_than_the_whole_cannot_be_closed_but_of_what_remains_it_can() -> None:
    arguments = ("long", 100, 50, 10, [[0.5, 1]], [[0.6, 0.6]], "margin")
    assert scale_out(*arguments) is NUM
    assert "the fractions sum to 1.2" in scale_out.explain(*arguments)
    assert [row[4] for row in scale_out(*arguments, "remaining")] == near(30.0, 12.0, 8.0)


@pytest.mark.parametrize(("triggers", "fractions"), [(3, 2), (2, 3)])
def test_each_trigger_needs_its_fraction(triggers: int, fractions: int) -> None:
    arguments = ("long", 100, 50, 10, [[0.5] * triggers], [[0.25] * fractions])
    assert scale_out(*arguments) is VALUE
    assert f"{triggers} triggers and {fractions} fractions" in scale_out.explain(*arguments)


def test_a_bad_trigger_is_named_by_its_place() -> None:
    for triggers, words in (
        ([-0.5, 1.0], "triggers 1 is -0.5"),
        ([0.5, 1.0, -2.0], "triggers 3 is -2"),
        ([0.5, "x"], "triggers 2 is"),
        ([0.5, None, 1.0], "triggers 2 is blank"),
    ):
        arguments = ("long", 100, 50, 10, [triggers], [[0.25] * len(triggers)])
        assert isinstance(scale_out(*arguments), CellError)
        assert scale_out.explain(*arguments).startswith(words)


def test_an_error_among_the_triggers_wins_over_what_is_wrong_before_it() -> None:
    for triggers in (["x", CellError.REF], [-1.0, CellError.REF], [None, CellError.REF]):
        assert scale_out("long", 100, 50, 10, [triggers], [[0.25, 0.25]]) is CellError.REF


def test_blank_cells_at_the_end_of_a_range_do_not_count() -> None:
    plain = scale_out("long", 100, 50, 10, [[0.5, 1.0]], [[0.25, 0.25]])
    assert scale_out("long", 100, 50, 10, [[0.5, 1.0, None]], [[0.25, 0.25, "", None]]) == plain
    assert scale_out("long", 100, 50, 10, [[0.5], [1.0], [""]], [[0.25], [0.25], [""]]) == plain


def test_a_short_cannot_gain_more_than_its_notional() -> None:
    def by_price(*triggers: float) -> tuple[Any, ...]:
        return ("short", 100, 50, 10, [list(triggers)], [[0.1] * len(triggers)], "price")

    assert scale_out(*by_price(0.5, 1.0)) is NUM
    assert scale_out(*by_price(0.5, 1.2)) is NUM
    assert "trigger 1 needs" in scale_out.explain(*by_price(0.5, 1.0, 1.5))
    assert "trigger 1.2 needs" in scale_out.explain(*by_price(0.5, 0.7, 1.2, 1.5))
    assert "trigger 1.2 needs" in scale_out.explain(*by_price(0.995, 1.2))
    assert scale_out(*by_price(0.5, 0.995))[1][2] == pytest.approx(0.5)


# --- two-tier stop ----------------------------------------------------------------------------


def test_fees_come_on_top_of_both_tiers() -> None:
    soft, hard = 25 * (1.2 + 0.1988), 25 * (4 + 0.196)
    assert stop_ladder("long", 100, 96, 50, 0.3, 0.5, "price", 0.001) == [
        near("Soft", 98.8, 25.0, soft, soft, 25.0),
        near("Hard", 96.0, 25.0, hard, soft + hard, 0.0),
    ]
    soft, hard = 30 * (0.8 + 0.2008), 20 * (4 + 0.204)
    assert stop_ladder("short", 100, 104, 50, 0.2, 0.6, "price", 0.001) == [
        near("Soft", 100.8, 30.0, soft, soft, 20.0),
        near("Hard", 104.0, 20.0, hard, soft + hard, 0.0),
    ]


def tiers(*arguments: Any) -> list[Any]:
    """Price or error of each tier; a row in error is in error throughout."""
    rows = stop_ladder(*arguments)
    for row in rows:
        assert len(row) == 6
        if row[1] is NUM:
            assert row[1:] == [NUM] * 5
    return [row[1] for row in rows]


@pytest.mark.parametrize(
    ("side", "stop", "leverage", "expected"),
    [
        # Liquidated at (100 - 100/leverage)/0.995, or (100 + 100/leverage)/1.005.
        ("long", 96, 20, [98.8, 96.0]),  # 95.48, half a unit beyond the hard stop
        ("long", 96, 24, [98.8, NUM]),  # 96.32, a third of a unit before it
        ("long", 96, 30, [98.8, NUM]),
        ("long", 96, 100, [NUM, NUM]),  # 99.50
        ("short", 104, 20, [101.2, 104.0]),  # 104.48
        ("short", 104, 24, [101.2, NUM]),
        ("short", 104, 100, [NUM, NUM]),
        ("short", 400, 0.5, [190.0, NUM]),  # 298.5
    ],
)
def test_a_tier_beyond_the_liquidation_is_refused(
    side: str, stop: float, leverage: float, expected: list[Any]
) -> None:
    answer = tiers(side, 100, stop, 50, 0.3, 0.5, "price", 0, leverage, 0.005)
    assert answer == near(*expected)


def test_a_stop_right_at_the_liquidation_comes_too_late() -> None:
    assert tiers("long", 100, 96, 50, 0.3, 0.5, "price", 0, 25) == near(98.8, NUM)
    assert tiers("short", 100, 104, 50, 0.3, 0.5, "price", 0, 25) == near(101.2, NUM)


def test_a_refused_soft_tier_closes_nothing_before_the_hard_one() -> None:
    # Moved out to lose what was planned, a hard stop may lie beyond every price.
    assert tiers("long", 100, 50, 50, 0.3, 0.9, "loss") == near(85.0, NUM)
    assert tiers("long", 100, 20, 50, 0.75, 0.5, "loss") == near(40.0, NUM)  # exactly 0
    assert tiers("long", 100, 20, 50, 0.8, 0.5, "loss") == near(36.0, 4.0)
    assert tiers("long", 1, 0.2, 50, 0.8, 0.5, "loss") == near(0.36, 0.04)


def test_a_soft_stop_that_closes_everything_leaves_no_hard_one() -> None:
    assert tiers("long", 100, 96, 50, 0.3, 1, "loss") == near(98.8, NUM)
    assert tiers("short", 100, 104, 50, 0.3, 1, "loss") == near(101.2, NUM)


@pytest.mark.parametrize(("side", "stop"), [("long", 101), ("long", 100), ("short", 99)])
def test_a_ladder_on_the_wrong_side_says_which(side: str, stop: float) -> None:
    assert stop_ladder(side, 100, stop, 50) is NUM
    words = stop_ladder.explain(side, 100, stop, 50)
    assert f"stop {stop} is on the wrong side of entry 100 for a {side}" in words


# --- trailing stop ----------------------------------------------------------------------------


def test_a_trailing_stop_is_on_from_the_start_or_beyond_its_activation() -> None:
    assert trailing("long", 100, 100, 0.03) == 97.0
    assert trailing("short", 100, 100, 0.03) == pytest.approx(103)
    assert trailing("long", 100, 95, 0.03) == 97.0  # the entry is the best price
    assert trailing("short", 100, 90.1, 0.03, 0.1) is NA
    assert trailing("short", 100, 90, 0.03, 0.1) == pytest.approx(92.7)
    assert trailing("short", 100, 89, 0.03, 0.1) == pytest.approx(91.67)
    assert trailing("long", 100, 150.5, 0.03, 0.5) == pytest.approx(145.985)


# --- in words ---------------------------------------------------------------------------------


def test_a_tier_beyond_the_liquidation_says_where_that_is() -> None:
    arguments = ("long", 100, 96, 50, None, None, "loss", None, 15, 0.005)
    soft, hard = stop_ladder(*arguments)
    assert soft[:2] == ["Soft", 98.8]
    assert hard == ["Hard", *[NUM] * 5]
    words = stop_ladder.explain(*arguments)
    assert words.startswith("Hard: at 93.2 the position is liquidated already, at 93.8")
    assert "Soft" not in words


def test_a_price_below_one_is_a_price_too() -> None:
    words = stop_ladder.explain("long", 1, 0.96, 50, leverage=50)
    assert words.startswith("Hard: at 0.96 the position is liquidated already, at 0.98")


def test_two_tiers_beyond_the_liquidation_are_both_named() -> None:
    words = stop_ladder.explain("short", 100, 110, 50, leverage=60)
    assert words.count("liquidated already") == 2


@pytest.mark.parametrize("soft_close", [1, 0.99])
def test_a_hard_stop_that_no_price_reaches_says_what_to_change(soft_close: float) -> None:
    arguments = ("long", 100, 96, 50, 0.3, soft_close, "loss")
    assert stop_ladder(*arguments)[1] == ["Hard", *[NUM] * 5]
    assert "lower soft_close" in stop_ladder.explain(*arguments)


def test_a_ladder_without_an_error_is_ok() -> None:
    assert stop_ladder.explain("long", 100, 96, 50, leverage=10) == "ok"


@pytest.mark.parametrize("argument", ["soft_at", "soft_close"])
def test_a_part_of_the_ladder_typed_as_30_is_explained_by_its_own_size(argument: str) -> None:
    assert "type 30% or 0.3, not 30" in stop_ladder.explain("long", 100, 96, 50, **{argument: 30})


def test_a_trailing_stop_waits_for_its_activation_price_and_says_so() -> None:
    words = catalogue["ISO_TRAILING_STOP"].explain("long", 100, 104.9, 0.1, 0.05)
    assert "has not moved by 0.05" in words
    # To 1e-12: 170*1.1 is 187.00000000000003 in floating point.
    assert trailing("long", 170, 187, 0.02, 0.1) == pytest.approx(183.26)


def test_a_runner_without_a_trail_has_the_last_trigger_to_the_last_digit() -> None:
    rows = catalogue["ISO_SCALE_OUT"]("long", 100, 50, 10)
    assert [row[1] for row in rows] == [0.5, 1.0, 1.0]


def test_an_unknown_name_is_repeated_as_it_was_typed() -> None:
    words = catalogue["ISO_EXPLAIN"]("ISO_SIZE", 1)
    assert words.startswith('there is no formula called "ISO_SIZE":')


def test_a_first_rung_below_one_lot_buys_nothing_and_the_second_stands_alone() -> None:
    # 10 and 8 are lost a unit, weighed 1*10 + 9*8 = 82: sizes 100/82 = 1.2 and 900/82 = 10.98,
    # in lots of 5 none and 10, which lose 80.
    ladder = catalogue["ISO_SCALE_IN"]
    first, second = ladder("long", [[100], [98]], 90, 100, [[1], [9]], lot_size=5)
    assert first == [1.0, 100.0, 0.0, 0.0, CellError.NA, 0.0, 0.0, CellError.NA]
    assert second[:7] == [2.0, 98.0, 10.0, 10.0, 98.0, 980.0, 80.0]


def test_the_first_of_several_rungs_beyond_the_stop_is_named() -> None:
    explain = catalogue["ISO_SCALE_IN"].explain
    assert "entry 95 lies beyond stop 96" in explain("long", [[100], [95], [94]], 96, 1000)
    assert "must lie above every rung" in explain("short", [[100], [105]], 104, 1000)


def test_the_first_of_several_triggers_that_fall_is_named() -> None:
    words = scale_out.explain("long", 100, 50, 10, [[0.5], [0.3], [0.2]], [[0.3], [0.3], [0.3]])
    assert "0.3 follows 0.5" in words


def test_a_trail_in_money_down_to_a_price_of_0_is_refused_in_its_own_words() -> None:
    # 100 below the best price of 100 is 0, 99.5 is 0.5.
    assert trailing("long", 100, 100, 99.5, 0, "amount") == 0.5
    assert trailing("long", 100, 100, 100, 0, "amount") is CellError.NUM
    assert "below a price of 0" in trailing.explain("long", 100, 100, 100, 0, "amount")
    assert "a fraction of the price" in trailing.explain("long", 100, 100, 1)


def test_the_margin_that_shrinks_with_the_position_leaves_the_liquidation_price() -> None:
    # Ten a unit before and after half of it is closed: 100 - 10 = 90.
    rows = scale_out("long", 100, 50, 10, [[0.5]], [[0.5]], margin_after="pro_rata")
    assert rows[0][-1] == pytest.approx(90)


def test_what_lies_on_the_edge_is_refused_as_what_lies_beyond() -> None:
    assert scale_out("long", 100, 50, 10, [[0.5], [0.5]], [[0.3], [0.3]]) is CellError.NUM
    assert catalogue["ISO_SCALE_IN"]("long", [[100], [96]], 96, 1000) is CellError.NUM
    assert trailing("long", 100, 100, 2) is CellError.NUM
    assert trailing("long", 100, 100, 150, 0, "amount") is CellError.NUM


def test_rungs_without_a_lot_are_not_rounded() -> None:
    # 5 + 3 are lost a unit of each rung: 100/8 = 12.5.
    rows = catalogue["ISO_SCALE_IN"]("long", [[100], [98]], 95, 100)
    assert [row[2] for row in rows] == [12.5, 12.5]


def test_the_pair_of_triggers_that_falls_is_named_behind_ones_that_rise() -> None:
    said = scale_out.explain("long", 100, 50, 10, [[0.5, 1, 0.7]], [[0.1, 0.1, 0.1]])
    assert "0.7 follows 1:" in said


@pytest.mark.parametrize(
    ("side", "model", "words"),
    [("long", "inverse", "a coin-margined long cannot"), ("short", "mark", "a short cannot gain")],
)
def test_what_cannot_be_gained_is_told_for_the_contract(side: str, model: str, words: str) -> None:
    assert words in scale_out.explain(side, 100, 50, 1, [[1.5]], [[0.5]], model=model)


def test_the_ladder_counts_maintenance_where_the_venue_does() -> None:
    # On the mark liquidated at 90/0.99 = 90.909, on the entry at 90 + 1 = 91.
    arguments = ("long", 100, 90.95, 50, 0.3, 0.5, "price", 0, 10, 0.01, False, 0)
    assert stop_ladder(*arguments, "mark")[1] == near("Hard", 90.95, 25.0, 226.25, 294.125, 0.0)
    assert stop_ladder(*arguments, "entry")[1] == ["Hard", *[NUM] * 5]


@pytest.mark.parametrize(
    ("weights", "fee"),
    [
        # At the stop a unit loses 1: of nothing bought, nothing.
        ([[0, 0]], 0.0),
        # A rebate of 0.75% of 100 and of 99: 1 - 1.4925; one of 2%: 1 - 3.98.
        (1, -0.0075),
        (1, -0.02),
    ],
)
def test_rungs_that_lose_nothing_have_no_size(weights: object, fee: float) -> None:
    arguments = ("long", [[100, 100]], 99, 100, weights, 1, 0, fee)
    assert scale_in(*arguments) is NUM
    assert "the rungs lose nothing at the stop" in scale_in.explain(*arguments)


def test_a_rebate_smaller_than_the_loss_buys_more() -> None:
    # 1 - 0.25% of 100 and of 99: 0.5025 a unit, so 100 buys 199.
    assert scale_in("long", [[100]], 99, 100, 1, 1, 0, -0.0025)[0][2] == pytest.approx(100 / 0.5025)


@pytest.mark.parametrize(("side", "where"), [("long", "below"), ("short", "above")])
def test_a_rung_beyond_the_stop_says_where_the_stop_belongs(side: str, where: str) -> None:
    said = scale_in.explain(side, [[100, 98]], 99, 100)
    assert f"the stop must lie {where} every rung" in said


def test_the_rungs_liquidation_price_at_its_edges() -> None:
    # Margin of 1 a unit: a requirement of 1 or 2 at the entry is not met, one of 0.5 is.
    last = [scale_in("long", [[100]], 90, 20, 1, 100, rate)[0][-1] for rate in (0.01, 0.02)]
    assert last == [NUM, NUM]
    assert scale_in("long", [[100]], 90, 20, 1, 100, 0.005)[0][-1] == pytest.approx(99 / 0.995)
    # All of it paid for: liquidated at nothing; coins behind a short of their own worth: never.
    assert scale_in("long", [[100]], 90, 20)[0][-1] == 0.0
    assert scale_in("short", [[100]], 110, 1, model="inverse")[0][-1] is NA


def test_coins_left_behind_half_a_short_keep_it_from_every_price() -> None:
    # 500 coins for 50 contracts, then for 25: equity never falls to nothing, whatever the price.
    rows = scale_out("short", 0.1, 50, 1, [[0.05]], [[0.5]], model="inverse")
    assert rows[0][-1] is NA
