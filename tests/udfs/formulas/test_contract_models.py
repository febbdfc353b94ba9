"""Linear and coin-margined contracts, open positions and tiers, beside another way to the number.

The other way knows no closed form: it writes down what a position is worth and what the venue
requires at a price, and looks for the price by bisection, or puts the answer back and looks
whether the equation holds.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from udfs import CellError, catalogue

MODELS = ("mark", "entry", "inverse", "inverse_mark")
NUM, NA = CellError.NUM, CellError.NA
price_of = catalogue["ISO_LIQUIDATION_PRICE"]
now = catalogue["ISO_LIQUIDATION_PRICE_NOW"]
tiered = catalogue["ISO_LIQUIDATION_PRICE_TIERED"]


def sign(side: str) -> int:
    return 1 if side == "long" else -1


def worth(price: float, model: str) -> float:
    return 1 / price if "inverse" in model else price


def profit(side: str, quantity: float, entry: float, price: float, model: str) -> float:
    if "inverse" in model:
        return sign(side) * quantity * (1 / entry - 1 / price)
    return sign(side) * quantity * (price - entry)


def required(
    quantity: float, entry: float, price: float, rate: float, fee: float, model: str
) -> float:
    at = price if model in ("mark", "inverse_mark") else entry
    return rate * quantity * worth(at, model) + fee * quantity * worth(price, model)


def positions(count: int, seed: int) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng(seed)
    for at in range(count):
        entry = float(np.exp(random.uniform(-3, 10)))
        model = MODELS[at % 4]
        quantity = float(np.exp(random.uniform(-3, 3))) * (entry if "inverse" in model else 1)
        leverage = float(random.uniform(1.5, 60))
        yield {
            "side": str(random.choice(["long", "short"])),
            "entry": entry,
            "quantity": quantity,
            "leverage": leverage,
            "margin": quantity * worth(entry, model) / leverage,
            "rate": float(random.uniform(0, 0.8)) / leverage,
            "fee": float(random.uniform(0, 0.1)) / leverage,
            "model": model,
            "u": float(random.uniform()),
        }


def reached(spare: Any, mark: float, side: str, jumps: Any = ()) -> float | None:
    """The first price from the mark on, the losing way, at which nothing is spare. A requirement
    that jumps is looked at just before and after, too."""
    step = 1.02 if side == "short" else 1 / 1.02
    prices = [mark * step**at for at in range(1, 2000)]
    prices += [jump * (1 + tiny) for jump in jumps for tiny in (-1e-12, 1e-12)]
    beyond = [price for price in prices if sign(side) * (mark - price) > 0]
    before = mark
    for after in sorted(beyond, reverse=side == "long"):
        if spare(after) <= 0:
            return float(brentq(spare, before, after, xtol=1e-300, rtol=8.9e-16, maxiter=500))
        before = after
    return None


def test_the_price_is_where_the_equity_is_down_to_the_requirement() -> None:
    compared = 0
    for p in positions(400, 1):
        extra = p["margin"] * (p["u"] - 0.3)

        def spare(price: float, p: dict[str, Any] = p, extra: float = extra) -> float:
            equity = (
                p["margin"]
                + extra
                + profit(p["side"], p["quantity"], p["entry"], price, p["model"])
            )
            return equity - required(
                p["quantity"], p["entry"], price, p["rate"], p["fee"], p["model"]
            )

        found = price_of(
            p["side"], p["entry"], p["leverage"], p["rate"], p["fee"], p["quantity"], extra, 0, 0,
            p["model"],
        )  # fmt: skip
        if spare(p["entry"]) <= 0:
            assert found is NUM
            continue
        expected = reached(spare, p["entry"], p["side"])
        if expected is None:
            assert found is NA or found == 0
            continue
        assert found == pytest.approx(expected, rel=1e-10)
        compared += 1
        # As the venue's panel shows it, from any price in between, it is the same price.
        mark = expected + (p["entry"] - expected) * (0.2 + 0.7 * p["u"])
        equity = (
            p["margin"] + extra + profit(p["side"], p["quantity"], p["entry"], mark, p["model"])
        )
        if equity <= 0:
            continue
        panel = now(
            p["side"], p["quantity"], mark, equity, p["rate"], p["fee"], 0, p["model"], p["entry"]
        )
        assert panel == pytest.approx(expected, rel=1e-10)
    assert compared > 200


def test_a_position_in_profit_has_its_price_once_the_mark_is_given() -> None:
    compared = 0
    for p in positions(400, 2):
        mark = p["entry"] * (1 + sign(p["side"]) * (0.2 + 0.5 * p["u"]))
        carry = p["margin"] * (1 + 0.3 * p["u"])

        def spare(price: float, p: dict[str, Any] = p, carry: float = carry) -> float:
            equity = (
                p["margin"]
                - carry
                + profit(p["side"], p["quantity"], p["entry"], price, p["model"])
            )
            return equity - required(
                p["quantity"], p["entry"], price, p["rate"], p["fee"], p["model"]
            )

        arguments = (
            p["side"], p["entry"], p["leverage"], p["rate"], p["fee"], p["quantity"], 0, carry, 0,
            p["model"],
        )  # fmt: skip
        assert price_of(*arguments) is NUM
        assert "mark" in price_of.explain(*arguments)
        found = price_of(*arguments, mark)
        if spare(mark) <= 0:
            assert found is NUM
            assert "liquidated already" in price_of.explain(*arguments, mark)
            continue
        assert found == pytest.approx(reached(spare, mark, p["side"]), rel=1e-10)
        compared += 1
    assert compared > 200


@pytest.mark.parametrize("tiering", ["marginal", "whole"])
def test_tiers_are_followed_from_the_mark_on(tiering: str) -> None:
    random = np.random.default_rng(5)
    compared = 0
    for p in positions(300, 3):
        value = p["quantity"] * worth(p["entry"], p["model"])
        floors = [0.0, *sorted(value * random.uniform(0.3, 1.9, 3))]
        rates = sorted(random.uniform(0, 0.8, 4) / p["leverage"])
        deductions = [0.0]
        for at in range(1, 4):
            deductions.append(deductions[-1] + floors[at] * (rates[at] - rates[at - 1]))

        def of_tier(
            notional: float, floors: Any = floors, rates: Any = rates, deductions: Any = deductions
        ) -> float:
            tier = max(at for at, floor in enumerate(floors) if notional >= floor)
            less = deductions[tier] if tiering == "marginal" else 0.0
            return rates[tier] * notional - less

        def spare(price: float, p: dict[str, Any] = p, of_tier: Any = of_tier) -> float:
            at = price if p["model"] in ("mark", "inverse_mark") else p["entry"]
            equity = p["margin"] + profit(p["side"], p["quantity"], p["entry"], price, p["model"])
            fee = p["fee"] * p["quantity"] * worth(price, p["model"])
            return equity - fee - of_tier(p["quantity"] * worth(at, p["model"]))

        found = tiered(
            p["side"], p["entry"], p["leverage"], p["quantity"],
            [list(row) for row in zip(floors, map(float, rates), strict=True)], p["fee"], 0, 0,
            p["model"], tiering,
        )  # fmt: skip
        if spare(p["entry"]) <= 0:
            assert found is NUM
            continue
        jumps = []
        if p["model"] in ("mark", "inverse_mark"):
            jumps = [worth(floor / p["quantity"], p["model"]) for floor in floors[1:]]
        expected = reached(spare, p["entry"], p["side"], jumps)
        if expected is None:
            assert found is NA or found == 0
            continue
        assert found == pytest.approx(expected, rel=1e-10)
        compared += 1
    assert compared > 200


def test_tiers_that_are_no_tiers_are_refused_in_words() -> None:
    falling = [[0, 0.02], [80000, 0.01]]
    assert tiered("long", 100, 10, 1000, falling) is NUM
    assert "did you mean 0.02%?" in tiered.explain("long", 100, 10, 1000, falling)
    high = [[0, 0.5], [1, 0.7]]
    assert tiered("long", 100, 1, 1000, high, 0.4) is NUM
    assert "did you mean 0.7%?" in tiered.explain("long", 100, 1, 1000, high, 0.4)
    tiers = [[0, 0.01], [80000, 0.02]]
    both = tiered("long", 100, 10, [[1000], [900]], tiers, 0, 0, 0, [["mark"], ["entry"]])
    # 90,000 at the entry: 1,800 less the deduction of 800 are required.
    assert both[1][0] == pytest.approx(100 - 10 + 1000 / 900)


def test_leverage_and_margin_put_back_give_the_price_asked_for() -> None:
    for p in positions(300, 4):
        target = p["entry"] * (1 - sign(p["side"]) * (0.02 + 0.4 * p["u"]))
        leverage = catalogue["ISO_MAX_LEVERAGE"](
            p["side"], p["entry"], target, p["rate"], p["fee"], 0, p["model"]
        )
        back = price_of(
            p["side"], p["entry"], leverage, p["rate"], p["fee"], p["quantity"], 0, 0, 0, p["model"]
        )
        assert back == pytest.approx(target, rel=1e-10)
        margin = catalogue["ISO_MARGIN_FOR_LIQUIDATION"](
            p["side"], p["entry"], p["quantity"], target, p["rate"], p["fee"], 0, p["model"]
        )
        assert margin * leverage == pytest.approx(
            p["quantity"] * worth(p["entry"], p["model"]), rel=1e-10
        )


def test_days_of_carry_use_up_what_is_spare() -> None:
    for p in positions(300, 6):
        mark = p["entry"] * (1 + 0.2 * sign(p["side"]) * p["u"])
        funding = 0.0003 * sign(p["side"])
        days = catalogue["ISO_DAYS_TO_LIQUIDATION"](
            p["side"], p["entry"], p["leverage"], mark, funding, 8, 0.1, p["rate"], p["fee"],
            p["model"],
        )  # fmt: skip
        value, borrowed = p["quantity"] * worth(mark, p["model"]), p["margin"] * (p["leverage"] - 1)
        paid = days * (3 * 0.0003 * value + borrowed * 0.1 / 365)
        equity = p["margin"] + profit(p["side"], p["quantity"], p["entry"], mark, p["model"])
        left = equity - required(p["quantity"], p["entry"], mark, p["rate"], p["fee"], p["model"])
        assert paid == pytest.approx(left, rel=1e-10)


def test_the_size_stopped_out_loses_the_budget() -> None:
    for p in positions(300, 7):
        model, entry = p["model"], p["entry"]
        stop = entry * (1 - sign(p["side"]) * (0.01 + 0.2 * p["u"]))
        slip, fee, exit_fee, carry = 0.001, 0.0002, 0.0006, 0.002 * p["u"]
        size = catalogue["ISO_POSITION_SIZE"](
            1000, 0.02, entry, stop, fee, slip, 0, 0, exit_fee, carry, 0, model
        )
        fill = stop * (1 - sign(p["side"]) * slip)
        lost = -profit(p["side"], size, entry, fill, model)
        lost += size * (worth(entry, model) * (fee + carry) + worth(stop, model) * exit_fee)
        assert lost == pytest.approx(20, rel=1e-10)
        even = catalogue["ISO_BREAKEVEN_PRICE"](p["side"], entry, size, fee, 3, exit_fee, model)
        net = profit(p["side"], size, entry, even, model) - 3
        net -= size * (fee * worth(entry, model) + exit_fee * worth(even, model))
        assert abs(net) < 1e-9
        r = catalogue["ISO_R_MULTIPLE"](p["side"], entry, stop, even, size, 0.5, model)
        risk = -profit(p["side"], size, entry, stop, model)
        gained = profit(p["side"], size, entry, even, model) - 0.5
        assert r * risk == pytest.approx(gained, rel=1e-10)


def test_a_size_of_0_says_why() -> None:
    size = catalogue["ISO_POSITION_SIZE"]
    assert size(100, 0.001, 100, 90, 0, 0, 0.001, 0, 0, 0, 5) == 0
    assert "min_notional 5" in size.explain(100, 0.001, 100, 90, 0, 0, 0.001, 0, 0, 0, 5)
    assert "one lot of 1" in size.explain(100, 0.001, 100, 90, 0, 0, 1)
    assert size(100, 0.001, 100, 99.99, -0.01) is NUM
    assert "check the signs" in size.explain(100, 0.001, 100, 99.99, -0.01)


def test_scaling_in_loses_the_budget_at_the_stop() -> None:
    random = np.random.default_rng(8)
    for p in positions(250, 8):
        model, side, entry = p["model"], p["side"], p["entry"]
        rungs = entry * (1 - sign(side) * np.sort(random.uniform(0, 0.1, 4)))
        stop = entry * (1 - sign(side) * 0.15)
        weights = random.uniform(0.5, 3, 4)
        rows = catalogue["ISO_SCALE_IN"](
            side, rungs, stop, 500, weights, p["leverage"], p["rate"], 0.0002, 0.0006, 0, model
        )
        sizes = np.array([row[2] for row in rows])
        np.testing.assert_allclose(sizes / weights, sizes[0] / weights[0], rtol=1e-10)
        lost = sum(
            -profit(side, size, rung, stop, model)
            + size * (0.0002 * worth(rung, model) + 0.0006 * worth(stop, model))
            for size, rung in zip(sizes, rungs, strict=True)
        )
        assert lost == pytest.approx(500, rel=1e-10)
        assert rows[-1][6] == pytest.approx(500, rel=1e-10)
        assert rows[-1][3] == pytest.approx(sizes.sum(), rel=1e-12)
        # One position at the average entry wins what the parts win.
        parts = sum(
            profit(side, s, r, entry * 1.3, model) for s, r in zip(sizes, rungs, strict=True)
        )
        whole = profit(side, rows[-1][3], rows[-1][4], entry * 1.3, model)
        assert whole == pytest.approx(parts, rel=1e-9)
        value = sum(s * worth(r, model) for s, r in zip(sizes, rungs, strict=True))
        assert rows[-1][5] * p["leverage"] == pytest.approx(value, rel=1e-10)
        single = price_of(side, rows[-1][4], p["leverage"], p["rate"], 0, 1, 0, 0, 0, model)
        assert rows[-1][7] == (single if single is NUM else pytest.approx(single, rel=1e-10))
    assert "beyond stop 96" in catalogue["ISO_SCALE_IN"].explain("long", [[100, 95]], 96, 100)
    assert catalogue["ISO_SCALE_IN"]("long", [[100, 95]], 96, 100) is NUM


def test_the_room_for_risk_used_up_is_the_budget() -> None:
    random = np.random.default_rng(9)
    room_of, risk_of = catalogue["ISO_RISK_ROOM"], catalogue["ISO_PORTFOLIO_RISK"]
    full = 0
    for _ in range(250):
        count = int(random.integers(1, 6))
        factors = random.normal(size=(count + 1, 4))
        square = np.corrcoef(factors)
        held = random.uniform(-300, 300, count)
        budget = float(random.uniform(50, 900))
        room = room_of(held, square, budget)
        if room == 0:
            full += 1
            more = risk_of(np.append(held, 1e-6), square)
            assert more >= budget - 1e-6 or risk_of(held, square[:-1, :-1]) >= budget
            continue
        assert risk_of(np.append(held, room), square) == pytest.approx(budget, rel=1e-10)
    assert 0 < full < 200
    assert room_of([[200, 200]], 0.8, [[600], [100]])[1] == [0.0]
    assert "no room" in room_of.explain([[200, 200]], 0.8, 100)


def test_funding_stamps_are_those_of_a_calendar() -> None:
    random = np.random.default_rng(10)
    start = dt.datetime(1899, 12, 30)
    stamps_of = catalogue["ISO_FUNDING_STAMPS"]
    for _ in range(300):
        opened = dt.datetime(2026, 1, 1) + dt.timedelta(seconds=int(random.integers(0, 10**6)))
        closed = opened + dt.timedelta(seconds=int(random.integers(0, 10**6)))
        hours, offset = int(random.choice([1, 2, 4, 8])), int(random.integers(0, 2))
        if random.random() < 0.3:  # at the very stamp
            opened = opened.replace(minute=0, second=0)
            closed = closed.replace(minute=0, second=0)
        if closed < opened:
            continue
        stamp = dt.datetime(2025, 12, 31) + dt.timedelta(hours=offset)
        expected = 0
        while stamp <= closed:
            expected += stamp > opened
            stamp += dt.timedelta(hours=hours)
        serials = [(moment - start) / dt.timedelta(days=1) for moment in (opened, closed)]
        assert stamps_of(*serials, hours, offset) == expected
    assert stamps_of(46001, 46000) is NUM


@pytest.mark.parametrize(
    ("penalty_on", "minimum", "penalty"),
    [
        # 50 from 100, margin 500, filled at 92*0.99: the equity is 500 + 50*(91.08 - 100) = 54.
        ("notional", 0, 0.005 * 50 * 91.08),
        ("margin", 0, 2.5),
        ("remaining", 0, 0.27),
        ("remaining", 10, 10),
        ("margin", 100, 54),
    ],
)
def test_a_penalty_counts_on_its_base(penalty_on: str, minimum: float, penalty: float) -> None:
    outcome = catalogue["ISO_LIQUIDATION_OUTCOME"]
    rows = dict(outcome("long", 100, 50, 500, 92, 0.005, 0.01, "trader", None, penalty_on, minimum))
    assert rows["Penalty charged"] == pytest.approx(penalty)
    assert rows["Returned to trader"] == pytest.approx(54 - penalty)


def test_a_coin_margined_liquidation_loses_coin() -> None:
    # 10,000 contracts from 40,000 with 0.02 coin: at 37,500 they have lost 10,000/37,500 - 1/4.
    rows = dict(
        catalogue["ISO_LIQUIDATION_OUTCOME"](
            "long", 40000, 10000, 0.02, 37500, 0, 0, "trader", None, None, None, "inverse"
        )
    )
    assert rows["Equity at trigger"] == pytest.approx(0.02 - (10000 / 37500 - 0.25))


def test_cross_margin_and_stress_know_the_models() -> None:
    cross = catalogue["ISO_CROSS_MARGIN"]
    assert cross("long", 1000, 20, 400, 1000, 9600, 0.01, None, "entry")[1][1] == pytest.approx(510)
    short = cross("short", 100, 100, 2, 100, 0, 0, None, "inverse")
    assert short[0][1:3] == [NA, 1.0]
    for p in positions(200, 11):
        shock = -sign(p["side"]) * 0.5 * p["u"]
        pnl, equity, dead, loss = catalogue["ISO_STRESS"](
            p["side"], p["entry"], p["quantity"], p["margin"], p["entry"], shock, p["rate"], None,
            p["model"],
        )[0]  # fmt: skip
        shocked = p["entry"] * (1 + shock)
        assert pnl == pytest.approx(
            profit(p["side"], p["quantity"], p["entry"], shocked, p["model"]), rel=1e-10, abs=1e-12
        )
        need = required(p["quantity"], p["entry"], shocked, p["rate"], 0, p["model"])
        assert dead == (equity <= need)
        assert loss == pytest.approx(p["margin"] if dead else max(-pnl, 0))


@pytest.mark.parametrize("model", ["mark", "inverse"])
@pytest.mark.parametrize("side", ["long", "short"])
def test_scaling_out_and_the_ladder_know_the_models(side: str, model: str) -> None:
    rows = catalogue["ISO_SCALE_OUT"](
        side, 100, 50, 10, [[0.5, 1]], [[0.25, 0.25]], "margin", "original", 0.001, 0, 0.005, None,
        "with_profit", -0.0002, model,
    )  # fmt: skip
    margin, left = 50 * worth(100, model) / 10, 50.0
    for (_, trigger, price, _, part, gained, *_, after), share in zip(
        rows[:2], (0.5, 1.0), strict=True
    ):
        won = profit(side, 50, 100, price, model)
        assert won == pytest.approx(share * 5 * worth(100, model) * 10 / 10)
        assert trigger == share
        fees = part * (0.001 * worth(100, model) - 0.0002 * worth(price, model))
        assert gained == pytest.approx(profit(side, part, 100, price, model) - fees)
        margin, left = margin + gained, left - part
        leverage = left * worth(100, model) / margin
        assert after == pytest.approx(price_of(side, 100, leverage, 0.005, 0, 1, 0, 0, 0, model))
    stop = 96 if side == "long" else 104
    soft, hard = catalogue["ISO_STOP_LADDER"](side, 100, stop, 50, 0.3, 0.5, "loss", model=model)
    planned = -profit(side, 50, 100, stop, model)
    assert -profit(side, 50, 100, soft[1], model) == pytest.approx(0.3 * planned)
    assert hard[4] == pytest.approx(planned)


def test_where_margin_is_released_the_price_stays() -> None:
    out = catalogue["ISO_SCALE_OUT"]
    arguments = ("long", 10000, 1, 20, [[0.5, 1]], [[0.25, 0.25]], "margin", "original", 0, 0, 0)
    released = out(*arguments, None, "pro_rata")
    assert [row[8] for row in released[:2]] == [pytest.approx(9500)] * 2
    assert "did you mean" in out.explain("long", 100, 50, 10, [[1, 0.5]], [[0.25, 0.5]])


def test_perps_v2_judges_an_open_position_at_its_mark() -> None:
    v2 = catalogue["ISO_LIQUIDATION_PRICE_PERPS_V2"]
    arguments = ["long", 100, 50, 500, 0, 0.0035, 0.0025, 1, 1000, 2, 1, 600]
    assert v2(*arguments) is NUM
    assert "mark" in v2.explain(*arguments)
    found = v2(*arguments, 150)
    # -100 + 50*(P - 100) = 0.0025*50*P + 0.0035*50*P + 2
    assert found == pytest.approx(5102 / 49.7)
    assert v2(*arguments, 101) is NUM


def test_a_mark_that_is_left_out_is_the_entry_row_by_row() -> None:
    found = price_of("long", 100, 10, 0.005, 0, 1, 0, 12, 0, "mark", [[150], [None], [100]])
    assert found == [[pytest.approx(102.0 / 0.995)], [NUM], [NUM]]
    mixed = price_of("long", 100, 10, 0.005, 0, 1, 0, 0, 0, [["mark"], ["book"], ["inverse"]])
    assert mixed[1] == [CellError.VALUE]
    assert math.isclose(mixed[2][0], 1 / (1.095 / 100))


@pytest.mark.parametrize("mark", [97, 100, 104])
def test_within_one_tier_the_mark_does_not_move_the_price(mark: float) -> None:
    """10000 of margin on 1000 units; 2% above a notional of 80000, less 80000*(2% - 1%) = 800.

    Long: 10000 + 1000*(p - 100) = 20p - 800, so p = 89200/980. Short: 110800/1020.
    """
    tiers = [[0, 0.01], [80_000, 0.02]]
    for side, expected in (("long", 89_200 / 980), ("short", 110_800 / 1_020)):
        found = tiered(side, 100, 10, 1000, tiers, 0, 0, 0, "mark", "marginal", mark)
        assert found == pytest.approx(expected)


def test_a_rate_and_a_fee_of_1_together_are_refused() -> None:
    words = tiered.explain("long", 100, 1, 1000, [[0, 0.5]], 0.5)
    assert "maintenance rate 0.5 and liquidation_fee 0.5 must stay below 1 together" in words
