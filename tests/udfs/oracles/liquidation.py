"""Liquidation prices."""

from __future__ import annotations

import math

from tests.udfs.oracles.cells import DAYS_PER_YEAR, NA, NUM, Cell, Rows, Side, named, sign


def liquidation_price(
    side: Side, entry: float, leverage: float, maintenance_rate: float = 0,
    liquidation_fee: float = 0, quantity: float = 1, extra_margin: float = 0,
    accrued_carry: float = 0, maintenance_amount: float = 0, model: str = 'mark',
) -> Cell:  # fmt: skip
    """Price at which equity equals the requirement."""
    s = sign(side)
    if model == "inverse":
        # Contracts of one unit of quote money; margin and value are in coins.
        value = quantity / entry
        margin = value / leverage + extra_margin - accrued_carry
        if margin <= (maintenance_rate + liquidation_fee) * value - maintenance_amount:
            return NUM
        # margin + s*(V - V*x) = m*V + f*V*x - c, solved for x = entry/price
        x = (margin + s * value - maintenance_rate * value + maintenance_amount) / (
            value * (s + liquidation_fee)
        )
        if x <= 0:
            return NA  # a short that no price can liquidate
        return entry / x
    margin = quantity * entry / leverage + extra_margin - accrued_carry
    at_entry = (maintenance_rate + liquidation_fee) * quantity * entry - maintenance_amount
    if margin <= at_entry:
        return NUM
    if model == "mark":
        fixed = -maintenance_amount
        per_price = (maintenance_rate + liquidation_fee) * quantity
    else:
        fixed = maintenance_rate * quantity * entry - maintenance_amount
        per_price = liquidation_fee * quantity
    if s > 0 and per_price >= quantity:
        return 0.0  # as the price falls the requirement falls faster than the equity
    # margin + s*q*(P - E) = fixed + per_price*P
    price = (fixed - margin + s * quantity * entry) / (s * quantity - per_price)
    if s > 0:
        return max(price, 0.0)
    return price


def tier_amounts(tiers: list[list[float]]) -> list[float]:
    """The deduction of each tier that makes the requirement continuous at every floor."""
    amounts = [0.0]
    for i in range(1, len(tiers)):
        floor, rate = tiers[i]
        amounts.append(amounts[-1] + floor * (rate - tiers[i - 1][1]))
    return amounts


def liquidation_price_tiered(
    side: Side, entry: float, leverage: float, quantity: float, tiers: list[list[float]],
    liquidation_fee: float = 0, extra_margin: float = 0, accrued_carry: float = 0,
) -> Cell:  # fmt: skip
    """Try each tier; the right one holds its own answer."""
    amounts = tier_amounts(tiers)
    for i, (floor, rate) in enumerate(tiers):
        ceiling = tiers[i + 1][0] if i + 1 < len(tiers) else math.inf
        if floor <= quantity * entry <= ceiling:
            margin = quantity * entry / leverage + extra_margin - accrued_carry
            if margin <= (rate + liquidation_fee) * quantity * entry - amounts[i]:
                return NUM
    s = sign(side)
    margin = quantity * entry / leverage + extra_margin - accrued_carry
    for i, (floor, rate) in enumerate(tiers):
        ceiling = tiers[i + 1][0] if i + 1 < len(tiers) else math.inf
        price = (-amounts[i] - margin + s * quantity * entry) / (
            quantity * (s - rate - liquidation_fee)
        )
        if price > 0 and floor * (1 - 1e-12) <= quantity * price <= ceiling * (1 + 1e-12):
            return price
    return 0.0


def max_leverage(
    side: Side, entry: float, stop: float, maintenance_rate: float = 0, liquidation_fee: float = 0,
    buffer: float = 0,
) -> Cell:  # fmt: skip
    """Leverage whose liquidation price is exactly the stop moved away by the buffer."""
    s = sign(side)
    if s * (entry - stop) <= 0:
        return NUM
    limit = stop - s * buffer * entry
    rate = maintenance_rate + liquidation_fee
    # Per unit: margin + s*(limit - entry) = rate*limit
    margin = rate * limit - s * (limit - entry)
    return entry / margin


def margin_for_liquidation(
    side: Side, entry: float, quantity: float, liquidation_price: float,
    maintenance_rate: float = 0, liquidation_fee: float = 0, accrued_carry: float = 0,
) -> Cell:  # fmt: skip
    """Requirement at that price, plus what the position has lost on the way there."""
    required = (maintenance_rate + liquidation_fee) * quantity * liquidation_price
    lost = sign(side) * quantity * (entry - liquidation_price)
    return required + lost + accrued_carry


def liquidation_price_perps_v2(
    side: Side, entry: float, quantity: float, margin: float, skew_scale: float = 0,
    fee_ratio: float = 0.0035, buffer_ratio: float = 0.0025, min_fee: float = 1,
    max_fee: float = 1000, keeper_fee: float = 2, premium_multiplier: float = 1,
    accrued_carry: float = 0,
) -> Cell:  # fmt: skip
    """Bisection on what is left over above the liquidation margin."""
    s = sign(side)

    def spare(price: float) -> float:
        notional = quantity * price
        fee = max(min(notional * fee_ratio, max_fee), min_fee)
        premium = quantity / skew_scale * notional * premium_multiplier if skew_scale > 0 else 0
        equity = margin - accrued_carry + s * quantity * (price - entry)
        return equity - premium - (notional * buffer_ratio + fee + keeper_fee)

    if spare(entry) <= 0:
        return NUM
    if s > 0:
        if spare(0.0) > 0:
            return 0.0
        alive, dead = entry, 0.0
    else:
        alive, dead = entry, entry * 2
        while spare(dead) > 0:
            dead *= 2
    for _ in range(200):
        middle = (alive + dead) / 2
        if spare(middle) > 0:
            alive = middle
        else:
            dead = middle
    return (alive + dead) / 2


def days_to_liquidation(
    side: Side, entry: float, leverage: float, mark: float, funding_rate: float,
    funding_hours: float = 8, borrow_rate: float = 0, maintenance_rate: float = 0,
    liquidation_fee: float = 0,
) -> Cell:  # fmt: skip
    """Spare margin of one unit over what carry takes from it in a day."""
    s = sign(side)
    margin = entry / leverage
    spare = margin + s * (mark - entry) - (maintenance_rate + liquidation_fee) * mark
    if spare <= 0:
        return 0.0
    a_day = s * entry * funding_rate * 24 / funding_hours
    a_day += max(entry - margin, 0) * borrow_rate / DAYS_PER_YEAR
    if a_day <= 0:
        return NA
    return spare / a_day


def liquidation_outcome(
    side: Side, entry: float, quantity: float, margin: float, trigger_price: float,
    penalty_rate: float = 0, slippage: float = 0, remainder: str = 'trader', headers: bool = False,
) -> Rows:  # fmt: skip
    """Who gets what when the position is closed: the collateral pays first."""
    s = sign(side)
    fill = trigger_price * (1 - s * slippage)
    equity = margin + s * quantity * (trigger_price - entry)
    slipped = quantity * abs(trigger_price - fill)
    left = equity - slipped
    penalty = 0.0
    fund = 0.0
    if left > 0:
        penalty = min(penalty_rate * quantity * fill, left)
    else:
        fund = -left
    returned = 0.0
    if remainder == "trader" and left > penalty:
        returned = left - penalty
    rows: Rows = [named("Step | Amount")] if headers else []
    rows.append(["Equity at trigger", equity])
    rows.append(["Slippage loss", slipped])
    rows.append(["Penalty charged", penalty])
    rows.append(["Returned to trader", returned])
    rows.append(["Insurance fund pays", fund])
    rows.append(["Loss of margin", (margin - returned) / margin])
    return rows
