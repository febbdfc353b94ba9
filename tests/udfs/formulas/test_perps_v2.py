"""The liquidation price of Synthetix Perps V2."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.udfs.oracles import liquidation as oracles
from udfs import CellError, catalogue

price_of = catalogue["ISO_LIQUIDATION_PRICE_PERPS_V2"]

# sETH on Optimism: buffer 0.75%, premium multiplier 1.5625.
SETH = (1_000_000, 0.0035, 0.0075, 1, 1000, 2, 1.5625)


def left_over(side: float, price: float, arguments: tuple[float, ...]) -> float:
    """Margin left above the requirement at a price, as the contract counts it."""
    entry, quantity, margin, scale, fee_ratio, buffer, low, high, keeper, multiplier, carry = (
        arguments
    )
    notional = quantity * price
    premium = quantity / scale * notional * multiplier if scale > 0 else 0.0
    fee = max(min(notional * fee_ratio, high), low)
    return (
        margin - carry + side * quantity * (price - entry) - premium
        - (notional * buffer + fee + keeper)
    )  # fmt: skip


def test_ten_times_on_seth_is_nine_percent_away_not_ten() -> None:
    assert price_of("long", 100, 50, 500, *SETH) == pytest.approx(91.049, abs=0.001)


def test_the_chain_s_view_at_today_s_price_is_only_close() -> None:
    # The protocol's own test: it prints 228.875 from the price of the day.
    exact = price_of("long", 250.05, 40, 969.994, 100000, None, None, 100, None, 0)
    arguments = (250.05, 40.0, 969.994, 100000.0, 0.0035, 0.0025, 100.0, 1000.0, 0.0, 1.0, 0.0)
    assert left_over(1, exact, arguments) == pytest.approx(0, abs=1e-9)
    assert exact == pytest.approx(228.875, abs=0.1)
    assert abs(exact - 228.875) > 1e-3


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(("quantity", "fee"), [(0.5, "floor"), (50, "between"), (50_000, "cap")])
def test_each_stretch_of_the_fee_is_solved(side: str, quantity: float, fee: str) -> None:
    margin = quantity * 10
    price = price_of(side, 100, quantity, margin)
    raw = 0.0035 * quantity * price
    stretch = "floor" if raw < 1 else "cap" if raw > 1000 else "between"
    assert stretch == fee
    assert price == pytest.approx(oracles.liquidation_price_perps_v2(side, 100, quantity, margin))


def test_carry_moves_the_price_closer_and_the_premium_too() -> None:
    plain = price_of("long", 100, 50, 500)
    assert price_of("long", 100, 50, 500, None, None, None, None, None, None, None, 50) > plain
    assert price_of("long", 100, 50, 500, 10000) > plain
    assert price_of("short", 100, 50, 500, 10000) < price_of("short", 100, 50, 500)


def test_a_long_with_margin_for_everything_is_never_liquidated() -> None:
    assert price_of("long", 100, 1, 200) == 0.0


def test_liquidated_at_the_entry_is_no_price() -> None:
    assert price_of("long", 100, 50, 32) is CellError.NUM
    assert price_of("long", 100, 50, 33) < 100
    assert "at its own entry 100" in price_of.explain("long", 100, 50, 32)


def test_carry_counts_in_what_is_left_at_the_entry() -> None:
    # 12.5 of buffer, 17.5 of fee, 2 for the keeper.
    def with_carry(margin: float, carry: float) -> object:
        return price_of("long", 100, 50, margin, 0, 0.0035, 0.0025, 1, 1000, 2, 1, carry)

    assert with_carry(40, 10) is CellError.NUM
    assert with_carry(32, 0) is CellError.NUM
    assert isinstance(with_carry(45, 10), float)
    assert isinstance(with_carry(30, -10), float)


def test_a_market_of_one_unit_has_a_premium_too() -> None:
    # A tenth of the market: 10% of the notional, 5 - 10 - 2 - 1 + 0.1*P = 0.1025*0.1*P.
    assert price_of("long", 100, 0.1, 5, 1) == pytest.approx(8 / (0.1 * (1 - 0.1025)))
    assert price_of("long", 100, 0.1, 6, 0.5) == pytest.approx(7 / (0.1 * (1 - 0.2025)))


def test_a_premium_of_the_whole_notional_is_refused_in_words() -> None:
    arguments = ("long", 100, 50, 50_000, 50, 0.0035, 0)
    assert price_of(*arguments) is CellError.NUM
    assert "too large for skew_scale 50" in price_of.explain(*arguments)


def test_a_position_larger_than_the_market_is_refused() -> None:
    assert price_of("long", 100, 50, 50_000, 40) is CellError.NUM
    assert "skew_scale 40" in price_of.explain("long", 100, 50, 50_000, 40)
    assert isinstance(price_of("short", 100, 50, 50_000, 40), float)


def test_a_floor_above_the_cap_is_the_fee() -> None:
    flat = price_of("long", 100, 50, 500, 0, 0.0035, 0.0025, 30, 10)
    assert flat == pytest.approx((50 * 100 - 500 + 30 + 2) / (50 * (1 - 0.0025)))


def test_ranges_keep_errors_in_their_element() -> None:
    rows = price_of([["long"], ["short"], ["lng"]], 100, 50, [[500, 32]])
    assert rows[0][0] == price_of("long", 100, 50, 500)
    assert rows[1][1] is CellError.NUM
    assert rows[2] == [CellError.VALUE] * 2


@given(
    st.sampled_from([1, -1]), st.floats(0.01, 1e5), st.floats(1e-3, 1e5), st.floats(0.005, 1.5),
    st.sampled_from([0.0, 1e4, 1e6, 1e9]), st.floats(0, 0.2), st.floats(0, 0.1),
    st.floats(0, 50), st.floats(0, 5000), st.floats(0, 10), st.floats(0, 3),
    st.floats(-0.1, 0.1),
)  # fmt: skip
def test_nothing_is_left_over_at_the_liquidation_price(
    side: int, entry: float, quantity: float, initial: float, scale: float, fee_ratio: float,
    buffer: float, low: float, high: float, keeper: float, multiplier: float, carry: float,
) -> None:  # fmt: skip
    notional = entry * quantity
    arguments = (
        entry, quantity, initial * notional, scale, fee_ratio, buffer, low, high, keeper,
        multiplier, carry * notional,
    )  # fmt: skip
    answer = price_of(side, *arguments)
    if left_over(side, entry, arguments) <= 0:
        assert answer is CellError.NUM
        return
    premium = quantity / scale * multiplier if scale else 0.0
    assume(buffer + premium + fee_ratio < 0.95)
    assert isinstance(answer, float)
    if answer == 0.0:
        assert side == 1
        assert left_over(side, 0.0, arguments) >= -1e-9 * notional
        return
    assert side * (entry - answer) > 0
    assert left_over(side, answer, arguments) == pytest.approx(
        0, abs=1e-9 * (notional + low + high)
    )


@pytest.mark.parametrize("entry", [10.0, 100.0, 1000.0])
def test_an_absurd_fee_rate_is_still_solved_downwards(entry: float) -> None:
    # Between floor and cap the fee grows faster than a long's equity falls.
    arguments = (entry, 10.0, 0.6 * entry * 10, 0.0, 0.9, 0.3, 1.0, 2000.0, 0.0, 1.0, 0.0)
    answer = price_of("long", *arguments)
    if left_over(1, entry, arguments) <= 0:
        assert answer is CellError.NUM
        return
    grid = np.linspace(entry, 0, 200_001)
    first = next((p for p in grid if left_over(1, float(p), arguments) <= 0), 0.0)
    assert answer == pytest.approx(first, abs=entry / 100_000)


@pytest.mark.parametrize(
    ("entry", "margin", "fee_ratio", "expected"),
    [
        # One unit, a buffer of 0.3, a fee between 50 and 95. On the fee's cap the price is where
        # margin + P - entry = 0.3*P + 95, on its floor where it is 0.3*P + 50.
        (100, 120.5, 0.9, (50 + 100 - 120.5) / 0.7),  # never on the cap, which starts at 105.6
        (200, 222, 0.9, (50 + 200 - 222) / 0.7),  # through the cap, and saved below it
        (200, 215, 0.9, (95 + 200 - 215) / 0.7),  # liquidated on the cap
        (200, 190, 0.7, (95 + 200 - 190) / 0.7),  # between, fee and buffer are all of the price
    ],
)
def test_an_absurd_fee_rate_worked_by_hand(
    entry: float, margin: float, fee_ratio: float, expected: float
) -> None:
    answer = price_of("long", entry, 1, margin, 0, fee_ratio, 0.3, 50, 95, 0)
    assert answer == pytest.approx(expected, rel=1e-12)
