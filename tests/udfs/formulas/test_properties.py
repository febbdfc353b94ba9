"""What must hold whatever the numbers are."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from udfs import CellError, catalogue

F = {name.removeprefix("ISO_").lower(): formula for name, formula in catalogue.items()}

prices = st.floats(1e-3, 1e6)
leverages = st.floats(1.01, 125)
quantities = st.floats(1e-3, 1e6)
maintenance = st.floats(0, 0.05)
sides = st.sampled_from(["long", "short"])
SIGN = {"long": 1, "short": -1}


def close(a, b, tolerance=1e-9):
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def is_number(value):
    return isinstance(value, float)


@given(
    side=sides, entry=prices, leverage=leverages, rate=maintenance, fee=st.floats(0, 0.01),
    quantity=quantities, extra=st.floats(0, 0.05), carry=st.floats(-0.02, 0.02),
    model=st.sampled_from(["mark", "entry"]),
)  # fmt: skip
def test_at_the_liquidation_price_equity_equals_the_requirement(
    side, entry, leverage, rate, fee, quantity, extra, carry, model
):
    notional = quantity * entry
    extra, carry = extra * notional, carry * notional
    price = F["liquidation_price"](
        side, entry, leverage, rate, fee, quantity, extra, carry, 0, model
    )
    assume(is_number(price) and price > 0)
    equity = notional / leverage + extra - carry + SIGN[side] * quantity * (price - entry)
    maintained = rate * quantity * (price if model == "mark" else entry)
    assert close(equity / notional, (maintained + fee * quantity * price) / notional, 1e-8)


@given(entry=prices, leverage=leverages)
def test_without_maintenance_long_and_short_mirror_each_other(entry, leverage):
    below = entry - F["liquidation_price"]("long", entry, leverage)
    above = F["liquidation_price"]("short", entry, leverage) - entry
    assert close(below / entry, above / entry)
    assert close(below / entry, 1 / leverage)


@given(entry=prices, leverage=leverages, rate=maintenance)
def test_inverse_contracts_mirror_on_the_reciprocal_price(entry, leverage, rate):
    """In coin, a long loses on 1/price what a short of the same size gains."""
    long = F["liquidation_price"]("long", entry, leverage, rate, 0, 1, 0, 0, 0, "inverse")
    short = F["liquidation_price"]("short", entry, leverage, rate, 0, 1, 0, 0, 0, "inverse")
    assume(is_number(long) and is_number(short))
    assert close(entry / long - 1, 1 - entry / short, 1e-8)


@given(side=sides, entry=prices, leverage=leverages, rate=maintenance, factor=st.floats(0.01, 100))
def test_prices_scale(side, entry, leverage, rate, factor):
    one = F["liquidation_price"](side, entry, leverage, rate)
    assume(is_number(one))
    many = F["liquidation_price"](side, entry * factor, leverage, rate)
    assert close(many / (entry * factor), one / entry)


@given(side=sides, entry=prices, leverage=leverages, rate=maintenance, more=st.floats(1.01, 3))
def test_more_leverage_or_maintenance_brings_liquidation_closer(side, entry, leverage, rate, more):
    distances = [
        SIGN[side] * (entry - price)
        for price in (
            F["liquidation_price"](side, entry, leverage, rate),
            F["liquidation_price"](side, entry, leverage * more, rate),
            F["liquidation_price"](side, entry, leverage, rate * more),
        )
        if is_number(price)
    ]
    assume(len(distances) == 3)
    assert distances[1] < distances[0]
    assert distances[2] <= distances[0] * (1 + 1e-12)


@given(side=sides, entry=prices, leverage=leverages, rate=maintenance, carry=st.floats(1e-4, 0.01))
def test_carry_paid_brings_liquidation_closer_and_margin_added_takes_it_back(
    side, entry, leverage, rate, carry
):
    paid = carry * entry
    before = F["liquidation_price"](side, entry, leverage, rate)
    after = F["liquidation_price"](side, entry, leverage, rate, 0, 1, 0, paid)
    assume(is_number(before) and is_number(after) and before > 0)
    assert SIGN[side] * (after - before) > 0
    restored = F["liquidation_price"](side, entry, leverage, rate, 0, 1, paid, paid)
    assert close(restored / entry, before / entry)


@given(side=sides, entry=prices, leverage=leverages, rate=maintenance, quantity=quantities)
def test_margin_for_liquidation_undoes_liquidation_price(side, entry, leverage, rate, quantity):
    price = F["liquidation_price"](side, entry, leverage, rate, 0, quantity)
    assume(is_number(price) and price > 0)
    margin = F["margin_for_liquidation"](side, entry, quantity, price, rate)
    assert close(margin, quantity * entry / leverage, 1e-8)


@given(side=sides, entry=prices, gap=st.floats(0.005, 0.5), rate=maintenance,
       buffer=st.floats(0, 0.1))  # fmt: skip
def test_max_leverage_liquidates_exactly_at_the_stop_plus_buffer(side, entry, gap, rate, buffer):
    stop = entry * (1 - SIGN[side] * gap)
    leverage = F["max_leverage"](side, entry, stop, rate, 0, buffer)
    assert is_number(leverage)
    price = F["liquidation_price"](side, entry, leverage, rate)
    assert close(price / entry, stop / entry - SIGN[side] * buffer, 1e-8)


@given(side=sides, entry=prices, leverage=leverages, quantity=quantities,
       rate=st.floats(0.001, 0.02), step=st.floats(1, 3))  # fmt: skip
def test_tiers_with_one_rate_are_the_plain_price_and_higher_tiers_only_bring_it_closer(
    side, entry, leverage, quantity, rate, step
):
    plain = F["liquidation_price"](side, entry, leverage, rate)
    assume(is_number(plain))
    floor = quantity * entry / 2
    same = F["liquidation_price_tiered"](
        side, entry, leverage, quantity, [[0.0, rate], [floor, rate]]
    )
    assert close(same / entry, plain / entry, 1e-8)
    stepped = F["liquidation_price_tiered"](
        side, entry, leverage, quantity, [[0.0, rate], [floor, rate * step]]
    )
    if is_number(stepped):
        assert SIGN[side] * (stepped - plain) >= -1e-9 * entry


@given(side=sides, entry=prices, leverage=leverages, quantity=quantities,
       rates=st.lists(st.floats(0.001, 0.03), min_size=2, max_size=6, unique=True),
       size=st.floats(0.05, 20))  # fmt: skip
def test_tiered_equity_equals_the_tiered_requirement(side, entry, leverage, quantity, rates, size):
    rates = sorted(rates)
    floors = [0.0] + [quantity * entry * size * n / len(rates) for n in range(1, len(rates))]
    price = F["liquidation_price_tiered"](
        side, entry, leverage, quantity, [list(tier) for tier in zip(floors, rates, strict=True)]
    )
    assume(is_number(price) and price > 0)
    notional = quantity * price
    # Margin bracket by bracket, as tax is: the other way to say what the deductions say.
    required = sum(
        rate * (min(notional, upper) - floor)
        for rate, floor, upper in zip(rates, floors, [*floors[1:], math.inf], strict=True)
        if notional > floor
    )
    equity = quantity * entry / leverage + SIGN[side] * quantity * (price - entry)
    assert close(equity / (quantity * entry), required / (quantity * entry), 1e-8)


@given(account=st.floats(100, 1e7), risk=st.floats(0.001, 0.5), entry=prices,
       gap=st.floats(0.001, 0.9), fee=st.floats(0, 0.01), slip=st.floats(0, 0.05),
       lot=st.floats(1e-6, 10))  # fmt: skip
def test_position_size_never_loses_more_than_the_risk(account, risk, entry, gap, fee, slip, lot):
    stop = entry * (1 - gap)
    quantity = F["position_size"](account, risk, entry, stop, fee, slip, lot)
    loss = quantity * (entry - stop + slip * stop + fee * (entry + stop))
    one_lot = lot * (entry - stop + slip * stop + fee * (entry + stop))
    assert loss <= account * risk * (1 + 1e-8)
    assert loss > account * risk * (1 - 1e-9) - one_lot * (1 + 1e-8)
    assert close(quantity / lot, round(quantity / lot), 1e-6)


@given(side=sides, entry=prices, quantity=quantities, fee=st.floats(0, 0.01),
       carry=st.floats(-0.01, 0.05))  # fmt: skip
def test_at_the_break_even_price_the_trade_nets_zero(side, entry, quantity, fee, carry):
    cost = carry * quantity * entry
    price = F["breakeven_price"](side, entry, quantity, fee, cost)
    assume(is_number(price))
    net = SIGN[side] * (price - entry) - fee * (entry + price) - cost / quantity
    assert close(net / entry, 0, 1e-9)


@given(side=sides, notional=st.floats(1, 1e7), days=st.floats(0, 365),
       rate=st.floats(-0.01, 0.01), parts=st.integers(2, 9))  # fmt: skip
def test_funding_is_proportional_in_time_and_mirrors(side, notional, days, rate, parts):
    whole = F["carry_cost"](side, notional, days, rate)
    part = F["carry_cost"](side, notional, days / parts, rate)
    other = F["carry_cost"]({"long": "short", "short": "long"}[side], notional, days, rate)
    assert close(part * parts, whole, 1e-9)
    assert close(other, -whole)


@given(days=st.floats(0, 3650), rate=st.floats(1e-9, 2), often=st.floats(1, 1e6))
def test_compounding_costs_more_than_simple_interest_after_one_period(days, rate, often):
    simple = F["carry_cost"]("long", 1.0, days, 0, 8, rate)
    compound = F["carry_cost"]("long", 1.0, days, 0, 8, rate, 1.0, often)
    if days * often >= 365:
        assert compound >= simple * (1 - 1e-9)
    continuous = math.expm1(rate * days / 365)
    assert compound <= continuous * (1 + 1e-9)


@given(side=sides, entry=prices, leverage=st.floats(2, 50), rate=st.floats(1e-5, 0.001))
def test_after_the_days_to_liquidation_carry_has_brought_liquidation_to_the_mark(
    side, entry, leverage, rate
):
    rate *= SIGN[side]  # so that this side pays
    days = F["days_to_liquidation"](side, entry, leverage, entry, rate, 8, 0, 0.005)
    assert is_number(days)
    paid = F["carry_cost"](side, entry, days, rate)
    margin = entry / leverage - paid
    assert close(margin / entry, 0.005, 1e-9)


@given(side=sides, entry=prices, quantity=quantities, leverage=leverages,
       loss=st.floats(0, 1.5), penalty=st.floats(0, 0.2), slip=st.floats(0, 0.1),
       remainder=st.sampled_from(["trader", "seized"]))  # fmt: skip
def test_liquidation_loses_at_most_the_margin_and_the_fund_pays_the_rest(
    side, entry, quantity, leverage, loss, penalty, slip, remainder
):
    margin = quantity * entry / leverage
    trigger = entry * (1 - SIGN[side] * loss / leverage)
    assume(trigger > 0)
    rows = dict(
        F["liquidation_outcome"](side, entry, quantity, margin, trigger, penalty, slip, remainder)
    )
    assert rows["Returned to trader"] >= 0
    assert rows["Loss of margin"] <= 1 + 1e-12
    trading_loss = margin - rows["Equity at trigger"] + rows["Slippage loss"]
    # What is lost is what others get: the market, the penalty, and what is seized.
    if remainder == "trader":
        assert close(
            (margin + rows["Insurance fund pays"]) / margin,
            (trading_loss + rows["Penalty charged"] + rows["Returned to trader"]) / margin,
            1e-8,
        )
    assert rows["Penalty charged"] <= max(margin - trading_loss, 0) + 1e-9 * margin


@given(side=sides, entry=prices, quantity=quantities, leverage=st.floats(2, 50),
       triggers=st.lists(st.floats(0.05, 1.9), min_size=1, max_size=5),
       of=st.sampled_from(["original", "remaining"]), fee=st.floats(0, 0.005))  # fmt: skip
def test_scale_out_closes_the_whole_position_once(
    side, entry, quantity, leverage, triggers, of, fee
):
    triggers = sorted(set(triggers))
    fractions = [1 / (len(triggers) + 1)] * len(triggers)
    rows = F["scale_out"](
        side, entry, quantity, leverage, [triggers], [fractions], "margin", of, fee
    )
    assert len(rows) == len(triggers) + 1
    assert close(sum(row[4] for row in rows) / quantity, 1)
    assert rows[-1][6] == 0
    assert rows[-1][8] is CellError.NA
    assert close(sum(row[5] for row in rows), rows[-1][7], 1e-6)
    levels = [row[8] for row in rows[:-1]]
    away = [SIGN[side] * (a - b) for a, b in itertools.pairwise(levels)]
    assert all(step >= -1e-9 * entry for step in away)


@given(side=sides, entry=prices, gap=st.floats(0.01, 0.5), quantity=quantities,
       soft=st.floats(0.05, 0.95), part=st.floats(0.05, 0.95))  # fmt: skip
def test_the_two_tier_stop_loses_no_more_than_planned(side, entry, gap, quantity, soft, part):
    stop = entry * (1 - SIGN[side] * gap)
    planned = quantity * abs(entry - stop)
    kept = F["stop_ladder"](side, entry, stop, quantity, soft, part)
    assert close(kept[-1][4] / planned, soft * part + 1 - part, 1e-8)
    moved = F["stop_ladder"](side, entry, stop, quantity, soft, part, "loss")
    if is_number(moved[-1][4]):
        assert close(moved[-1][4] / planned, 1, 1e-8)
    assert close(kept[0][2] + kept[1][2], quantity)


@settings(max_examples=300)
@given(price=prices, far=st.floats(0.3, 3), volatility=st.floats(0.001, 0.5),
       days=st.floats(0, 365), drift=st.floats(-0.02, 0.02))  # fmt: skip
def test_touch_probability_is_one_and_grows_with_time_and_nearness(
    price, far, volatility, days, drift
):
    assume(abs(far - 1) > 1e-3)
    touch = F["touch_probability"]
    chance = touch(price, price * far, volatility, days, drift)
    assert 0 <= chance <= 1
    assert touch(price, price * far, volatility, days * 1.5, drift) >= chance - 1e-9
    nearer = price * (1 + (far - 1) / 2)
    assert touch(price, nearer, volatility, days, drift) >= chance - 1e-9
    assert touch(price, price * far, volatility, days, drift, 2) <= chance + 1e-9


@pytest.mark.parametrize("volatility", [1e-6, 1e-4])
def test_touch_probability_without_noise_is_where_the_drift_leads(volatility):
    touch = F["touch_probability"]
    assert touch(100, 101, volatility, 10, 0.01) == pytest.approx(1)
    assert touch(100, 101, volatility, 10, -0.01) == pytest.approx(0)
    assert touch(100, 101, 0, 10, 0.01) == 1
    assert touch(100, 101, 0, 0.5, 0.01) == 0
    assert touch(100, 100, 0, 0) == 1
    assert touch(100, 0, 2.5, 365) == 0


def test_touch_probability_agrees_with_a_simulation():
    """200,000 Brownian paths with the bridge between steps, an independent way to the number."""
    rng = np.random.default_rng(7)
    paths, steps, days, volatility, drift = 200_000, 20, 7.0, 0.05, 0.002
    dt = days / steps
    level, alive = np.zeros(paths), np.ones(paths)
    barrier = math.log(90.452 / 100)
    for _ in range(steps):
        step = (drift - volatility**2 / 2) * dt + volatility * math.sqrt(dt) * rng.normal(
            size=paths
        )
        crossed = np.exp(-2 * (level - barrier) * (level + step - barrier) / (volatility**2 * dt))
        alive *= np.where(level + step <= barrier, 0, 1 - np.minimum(crossed, 1))
        level += step
    simulated = 1 - alive.mean()
    assert F["touch_probability"](100, 90.452, 0.05, 7, 0.002) == pytest.approx(simulated, abs=4e-3)
