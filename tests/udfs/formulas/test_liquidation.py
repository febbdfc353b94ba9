"""Liquidation formulas with every argument at work, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from udfs import CellError, catalogue

price, tiered, max_leverage, margin_for, days, outcome = (
    catalogue[f"ISO_{name}"]
    for name in (
        "LIQUIDATION_PRICE", "LIQUIDATION_PRICE_TIERED", "MAX_LEVERAGE",
        "MARGIN_FOR_LIQUIDATION", "DAYS_TO_LIQUIDATION", "LIQUIDATION_OUTCOME",
    )
)  # fmt: skip

NUM, NA = CellError.NUM, CellError.NA


# --- liquidation price ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "model", "expected"),
    [
        # Margin 500 + 60 - 20 = 540 and 10 off the requirement: 550 + s*50*(P - 100) = ...
        ("long", "mark", (5000 - 550) / (50 - 0.75)),  # ... = 0.015*50*P
        ("short", "mark", (5000 + 550) / (50 + 0.75)),
        ("long", "entry", (5000 - 550 + 25) / (50 - 0.5)),  # ... = 0.005*5000 + 0.01*50*P
        ("short", "entry", (5000 + 550 - 25) / (50 + 0.5)),
    ],
)
def test_every_amount_counts(side: str, model: str, expected: float) -> None:
    answer = price(side, 100, 10, 0.005, 0.01, 50, 60, 20, 10, model)
    assert answer == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        # 2 coins of value, 0.2 + 0.1 - 0.05 of margin, 0.01 off the requirement of 0.01:
        # 0.25 + s*(2 - 100000/P) = 0.001*100000/P
        ("long", 100_000 * 1.001 / 2.25),
        ("short", 100_000 * 0.999 / 1.75),
    ],
)
def test_every_amount_counts_in_coin(side: str, expected: float) -> None:
    answer = price(side, 50_000, 10, 0.005, 0.001, 100_000, 0.1, 0.05, 0.01, "inverse")
    assert answer == pytest.approx(expected, rel=1e-12)


def test_models_by_row() -> None:
    models = [["mark"], ["entry"], ["inverse"]]
    assert price("long", 100, 10, 0.01, 0, 1, 0, 0, 0, models) == [
        [pytest.approx(90 / 0.99)],
        [pytest.approx(91)],
        [pytest.approx(1 / 0.0109)],
    ]
    assert price("long", 100, 100, 0.01, 0, 1, 0, 0, 0, models) == [[NUM]] * 3
    # An amount of 0.01 is little money beside a notional of 100, but as many coins as the value.
    assert price("long", 100, 100, 0.0105, 0, 1, 0.01, 0, 0, models) == [
        [NUM],
        [NUM],
        [pytest.approx(1 / 0.019995)],
    ]
    # In coin a short's margin can outgrow any loss; in quote currency it cannot.
    shorts = price("short", 100, 0.5, 0, 0, 1, 0, 0, 0, models)
    assert shorts == [[pytest.approx(300)], [pytest.approx(300)], [NA]]
    assert price("short", 100, 1, 0, 0, 1, 0, 0, 0, "inverse") is NA
    assert price("short", 0.5, 0.5, 0, 0, 1, 0, 0, 0, "inverse") is NA
    assert price("long", 0.5, 10, 0, 0, 1, 0, 0, 0, "inverse") == pytest.approx(1 / 2.2)


def test_maintenance_and_fee_stay_below_the_whole_notional() -> None:
    assert price("long", 100, 0.5, 0.5, 0.5) is NUM
    assert price("short", 100, 0.5, 0.6, 0.5) is NUM
    assert "did you mean 0.5% and 0.6%?" in price.explain("long", 100, 0.5, 0.5, 0.6)
    # Beside it, half the notional: 200/3 + P - 100 = P/2.
    assert price("long", 100, [[0.5], [1.5]], [[0.5], [0]], 0.5) == [
        [NUM],
        [pytest.approx(200 / 3)],
    ]


def test_down_to_the_requirement_at_the_entry_is_liquidated_there() -> None:
    assert price("long", 100, 200, 0.005) is NUM
    assert price("long", 100, 100, 0.005) == pytest.approx(99 / 0.995)
    assert price("long", 100, 10, 0, 0, 50, 0, 500) is NUM
    assert price("long", 100, 10, 0, 0, 50, 0, 499) == pytest.approx(99.98)
    assert price("long", 100, 10, 0, 0.1, 1, 0, 0, 0, "inverse") is NUM
    assert price("long", 100, 10, 0, 0.2, 1, 0, 0, 0, "inverse") is NUM
    assert price("long", 100, 10, 0, 0.09, 1, 0, 0, 0, "inverse") == pytest.approx(109 / 1.1)


# --- tiers ------------------------------------------------------------------------------------

TIERS = [[0, 0.01], [80_000, 0.02]]  # the second tier's deduction: 80000*0.01 = 800


@pytest.mark.parametrize(
    ("side", "tiers", "expected"),
    [
        # Margin 10000 + 2000 - 500. Long: 11500 + 800 + 1000*(P - 100) = 0.025*1000*P
        ("long", TIERS, 87_700 / 975),
        ("short", TIERS, 112_300 / 1025),
        # The liquidation lies in the first tier, though the entry lies in the second.
        ("long", [[0, 0.01], [95_000, 0.02]], 88_500 / 985),
        # Just above the second tier's floor, where the fee decides.
        ("long", [[0, 0.01], [89_600, 0.02]], (88_500 - 896) / 975),
        # The entry in the first tier, the liquidation in the second.
        ("short", [[0, 0.01], [105_000, 0.02]], (100_000 + 11_500 + 1050) / 1025),
        # Three tiers, deductions 600 and 600 + 850.
        ("long", [[0, 0.01], [60_000, 0.02], [85_000, 0.03]], (88_500 - 1450) / 965),
    ],
)
def test_the_tier_at_the_liquidation_price_counts(
    side: str, tiers: list[list[float]], expected: float
) -> None:
    answer = tiered(side, 100, 10, 1000, tiers, 0.005, 2000, 500)
    assert answer == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("quantity", "fee", "least"),
    [
        (1000, 0, 8500),  # 5% of the first 50000, 12% of the rest
        (1000, 0.01, 9500),
        (400, 0.01, 2400),  # all in the first tier
    ],
)
def test_a_margin_that_the_tiers_at_the_entry_take_is_no_position(
    quantity: float, fee: float, least: float
) -> None:
    tiers = [[0, 0.05], [50_000, 0.12]]
    notional = 100 * quantity
    assert tiered("long", 100, notional / (least - 1), quantity, tiers, fee) is NUM
    assert isinstance(tiered("long", 100, notional / (least + 1), quantity, tiers, fee), float)
    assert tiered("short", 100, notional / (least - 1), quantity, tiers, fee) is NUM
    # Down to the requirement to the cent is liquidated, too.
    assert tiered("long", 100, 10, 1000, [[0, 0.1]]) is NUM
    # Money added and carry paid count beside the margin.
    thin = notional / (least - 1)
    assert isinstance(tiered("long", 100, thin, quantity, tiers, fee, 2), float)
    assert tiered("long", 100, thin, quantity, tiers, fee, 2, 2) is NUM


@pytest.mark.parametrize(
    "floors", [(1, 2, 3), (0, 50, 50), (0, 50, 40), (0, 0, 50)], ids=str
)  # fmt: skip
def test_floors_that_do_not_rise_from_zero_are_refused(floors: tuple[float, ...]) -> None:
    tiers = [[floor, 0.01] for floor in floors]
    assert tiered("long", 100, 10, 1, tiers) is NUM
    assert "must start at 0 and rise" in tiered.explain("long", 100, 10, 1, tiers)


@pytest.mark.parametrize("tiers", [[[0], [50]], [[0, 0.01, 1], [50, 0.02, 1]]])
def test_tiers_of_another_shape_are_refused(tiers: list[list[float]]) -> None:
    assert tiered("long", 100, 10, 1, tiers) is CellError.VALUE
    words = tiered.explain("long", 100, 10, 1, tiers)
    assert words.startswith(f"tiers has {len(tiers[0])} columns: it needs 2 columns")


# --- leverage, margin, days -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "stop", "expected"),
    [
        # The stop moved away by 2% of the entry, 0.94 or 1.06 of it; 1.5% required there.
        ("long", 96, 1 / (0.06 + 0.015 * 0.94)),
        ("short", 104, 1 / (0.06 + 0.015 * 1.06)),
    ],
)
def test_max_leverage_counts_rate_fee_and_buffer(side: str, stop: float, expected: float) -> None:
    answer = max_leverage(side, 100, stop, 0.005, 0.01, 0.02)
    assert answer == pytest.approx(expected, rel=1e-12)
    reached = price(side, 100, answer, 0.005, 0.01)
    assert reached == pytest.approx(94 if side == "long" else 106)


def test_a_buffer_larger_than_the_price_asks_for_the_whole_notional() -> None:
    assert max_leverage("long", 100, 1, 0.005, 0, 0.5) == 1.0


@pytest.mark.parametrize(("side", "stop"), [("long", 100), ("long", 101), ("short", 100)])
def test_a_stop_that_is_none_allows_no_leverage(side: str, stop: float) -> None:
    assert max_leverage(side, 100, stop) is NUM
    assert f"stop {stop} is on the wrong side of entry 100 for a {side}" in (
        max_leverage.explain(side, 100, stop)
    )


def test_margin_counts_rate_fee_and_carry() -> None:
    assert margin_for("long", 100, 50, 90, 0.005, 0.01, 7) == pytest.approx(500 + 67.5 + 7)
    assert margin_for("short", 100, 50, 110, 0.005, 0.01, 7) == pytest.approx(500 + 82.5 + 7)


def test_no_margin_liquidates_at_the_entry_or_beyond() -> None:
    assert margin_for("long", 100, 50, 100) is NUM
    assert margin_for("long", 100, 50, 101) is NUM
    # A cent below the entry takes a cent a unit: less than 1, and a margin.
    assert margin_for("long", 100, 50, 99.99) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("side", "rate", "spare"),
    [
        # Margin 10, the price has moved by 2, and 1.5% of 98 are required.
        ("long", 0.0001, 10 - 2 - 1.47),
        ("short", -0.0001, 10 + 2 - 1.47),
    ],
)
def test_days_count_the_move_so_far_and_interest(side: str, rate: float, spare: float) -> None:
    # A day costs 0.01% of 98 every eight hours and 3.65% a year on the 90 borrowed.
    answer = days(side, 100, 10, 98, rate, 8, 0.0365, 0.005, 0.01)
    assert answer == pytest.approx(spare / (0.0294 + 0.009), rel=1e-12)


def test_more_margin_than_notional_borrows_nothing() -> None:
    answer = days("long", 100, 0.5, 100, 0.0001, 8, 0.0365)
    assert answer == pytest.approx(200 / 0.03, rel=1e-12)


def test_days_are_none_once_down_to_the_requirement_whatever_carry_does() -> None:
    assert days("long", 100, 10, 90, 0.0001) == 0.0
    assert days("long", 100, 10, 80, 0.0001) == 0.0
    assert days("long", 100, 10, 80, -0.0001) == 0.0
    assert days("long", 100, 10, 80, 0) == 0.0
    assert days("long", 100, 10, 90, -0.0001) == 0.0
    assert days("long", 100, 10, 89.5, 0.0001) == 0.0
    assert days("long", 100, 10, 95, 0) is NA
    assert days("long", 100, 10, 95, -0.0001) is NA
    assert days("long", 100, 10, 90.5, 0.0001) == pytest.approx(0.5 / 0.02715)


# --- outcome ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "trigger", "fill"), [("long", 92, 92 * 0.99), ("short", 108, 108 * 1.01)]
)
def test_an_outcome_worked_by_hand(side: str, trigger: float, fill: float) -> None:
    rows: dict[str, Any] = dict(outcome(side, 100, 50, 500, trigger, 0.005, 0.01))
    slipped = 50 * trigger * 0.01
    penalty = 0.005 * 50 * fill
    back = 100 - slipped - penalty
    assert rows["Equity at trigger"] == pytest.approx(100)
    assert rows["Slippage loss"] == pytest.approx(slipped)
    assert rows["Penalty charged"] == pytest.approx(penalty)
    assert rows["Returned to trader"] == pytest.approx(back)
    assert rows["Insurance fund pays"] == 0.0
    assert rows["Loss of margin"] == pytest.approx((500 - back) / 500)


def test_what_the_collateral_cannot_cover_is_the_funds() -> None:
    rows: dict[str, Any] = dict(outcome("long", 100, 50, 500, 88, 0.005))
    assert rows["Penalty charged"] == 0.0
    assert rows["Returned to trader"] == 0.0
    assert rows["Insurance fund pays"] == pytest.approx(100)
    assert rows["Loss of margin"] == 1.0


def test_a_slippage_of_the_whole_price_is_refused() -> None:
    for slippage in (1, 1.01, 5):
        assert outcome("long", 100, 50, 500, 90, 0, slippage) is NUM
    assert "did you mean 5%?" in outcome.explain("long", 100, 50, 500, 90, 0, 5)
    assert outcome("long", 100, 50, 500, 90, 0, 0.5)[1] == ["Slippage loss", 2250.0]


def test_margin_beyond_the_notional_is_never_liquidated() -> None:
    # Margin 100 and 50 more for one unit at 100: by the equation at -50, so at no price.
    assert catalogue["ISO_LIQUIDATION_PRICE"]("long", 100, 1, 0, 0, 1, 50) == 0


def test_the_deduction_of_the_panel_counts_as_equity() -> None:
    price = catalogue["ISO_LIQUIDATION_PRICE_NOW"]
    # (2500 - (2000 + 50)/10) / 0.98
    assert price("long", 10, 2500, 2000, 0.02, 0, 50) == pytest.approx(2295 / 0.98)
    # (2500 + (2000 + 50)/10) / 1.02
    assert price("short", 10, 2500, 2000, 0.02, 0, 50) == pytest.approx(2705 / 1.02)


def test_the_trigger_fee_counts_at_the_entry_too() -> None:
    # 1% of 100000 and a fee of 0.5%: 1500 are required at the entry, of a margin of 1400 or 1600.
    one_tier = [[0, 0.01]]
    fee_on_entry = {"liquidation_fee": 0.005, "model": "entry"}
    assert tiered("long", 100, 100_000 / 1400, 1000, one_tier, **fee_on_entry) is NUM
    assert isinstance(tiered("long", 100, 100_000 / 1600, 1000, one_tier, **fee_on_entry), float)


def test_tiers_that_fall_are_told_by_the_first_pair_of_rows() -> None:
    falling = [[0, 0.01], [1000, 0.03], [2000, 0.02], [3000, 0.005]]
    assert "falls from 0.03 in row 2 to 0.02 in row 3:" in tiered.explain(
        "long", 100, 10, 1000, falling
    )
    level = [[0, 0.01], [1000, 0.01]]
    assert tiered("long", 100, 10, 1000, level) == tiered("long", 100, 10, 1000, level[:1])


def test_what_is_wrong_with_tiers_names_the_rate_and_the_price() -> None:
    high = [[0, 0.4], [1000, 0.7]]
    assert "highest maintenance rate 0.7 and" in tiered.explain("long", 100, 1, 1000, high, 0.4)
    thin = ("long", 100, 100, 1000, [[0, 0.02]])
    assert "at its own entry 100" in tiered.explain(*thin)
    assert tiered.explain(*thin, mark=99.9).startswith("at the mark 99.9 the position is")


def test_a_penalty_on_what_remains_takes_its_share_of_little() -> None:
    # 10 of margin less 9.5 lost: 12% of 0.5.
    rows = outcome("long", 100, 1, 10, 90.5, 0.12, penalty_on="remaining")
    assert rows[2] == ["Penalty charged", pytest.approx(0.06)]
