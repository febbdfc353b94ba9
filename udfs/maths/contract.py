"""A margined position: its equity, what the venue requires, and the price where the two meet.

One line serves every contract. What one unit is worth at the price P is v(P): P itself in a
linear contract; 1/P, in coin, in an inverse one, whose holder gains as v falls. Per unit,

    equity(P) = equity(P0) + d*(v(P) - v(P0))      d = side, or -side in an inverse contract
    required(P) = fixed + rate*v(P)

so the liquidation is at the v where the two are equal.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from udfs.maths.arrays import Numeric

# What a unit is worth, and on what the maintenance is counted.
Model: TypeAlias = Literal["mark", "entry", "inverse", "inverse_mark"]


def is_inverse(model: Model) -> bool:
    """Whether the contract is coin-margined: contracts of one unit of quote currency."""
    return model in ("inverse", "inverse_mark")


def unit_value(price: Numeric, model: Model) -> Numeric:
    """What one unit (one contract) is worth: in account currency, or in coin."""
    return 1.0 / price if is_inverse(model) else price


def price_of(value: Numeric, model: Model) -> Numeric:
    """The price at which one unit is worth that much."""
    return unit_value(value, model)  # 1/x undoes itself


def direction(side: Numeric, model: Model) -> Numeric:
    """1 where the position gains as its unit value rises, -1 where it gains as that falls."""
    return -side if is_inverse(model) else side


def gain(side: Numeric, entry: Numeric, price: Numeric, model: Model) -> Numeric:
    """Profit of one unit between two prices."""
    return side * (1.0 / entry - 1.0 / price) if is_inverse(model) else side * (price - entry)


def net_gain(
    side: Numeric, entry: Numeric, price: Numeric, fee_rate: Numeric, exit_fee_rate: Numeric,
    model: Model,
) -> Numeric:  # fmt: skip
    """Result of closing one unit, with its entry fee and its exit fee taken off."""
    entry_fee = fee_rate * unit_value(entry, model)
    exit_fee = exit_fee_rate * unit_value(price, model)
    return gain(side, entry, price, model) - entry_fee - exit_fee


def price_losing(
    share: Numeric, side: Numeric, entry: Numeric, stop: Numeric, model: Model
) -> Numeric:
    """The price at which that share of a unit's loss at the stop is lost."""
    at_entry, at_stop = unit_value(entry, model), unit_value(stop, model)
    return price_of(at_entry + share * (at_stop - at_entry), model)


def requirement(
    entry: Numeric, maintenance_rate: Numeric, liquidation_fee: Numeric, model: Model
) -> tuple[Numeric, Numeric]:
    """What a venue requires of one unit: the fixed part, and the rate on its value at the price.

    "mark" and "inverse_mark" count maintenance on the value at the price, the others on the
    value at the entry.
    """
    if model in ("mark", "inverse_mark"):
        return 0.0, total(maintenance_rate, liquidation_fee)
    return maintenance_rate * unit_value(entry, model), liquidation_fee


def liquidation_value(
    side: Numeric, at: Numeric, spare: Numeric, rate: Numeric, model: Model
) -> Numeric:
    """The unit value at which the position is liquidated.

    ``spare`` is the equity of one unit at the price ``at``, less the fixed part of what is
    required; ``rate`` counts on the value and is below 1.
    """
    rising = direction(side, model)
    return (spare - rising * unit_value(at, model)) / (rate - rising)


def liquidation_price(
    side: Numeric, at: Numeric, spare: Numeric, rate: Numeric, model: Model
) -> Numeric:
    """The price at which the position is liquidated, 0 for a linear long that never is.

    Not above 0, or infinite, for an inverse short that never is.
    """
    value = liquidation_value(side, at, spare, rate, model)
    # Only a linear long can be out of reach of every price: by a price below zero.
    return 1.0 / value if is_inverse(model) else np.maximum(value, 0.0)


def breakeven_price(
    side: Numeric, entry: Numeric, entry_fee: Numeric, exit_fee: Numeric, carry: Numeric,
    model: Model,
) -> Numeric:  # fmt: skip
    """The exit price at which one unit nets zero after fee rates and an amount of carry."""
    rising = direction(side, model)
    value = ((rising + entry_fee) * unit_value(entry, model) + carry) / (rising - exit_fee)
    return price_of(value, model)


def total(a: Numeric, b: Numeric) -> Numeric:
    """The sum, without a pass over a block where one of the two is 0."""
    if is_zero(b):
        return a
    return b if is_zero(a) else a + b


def is_zero(value: Numeric) -> bool:
    """Whether a value is one number, and 0: then a pass over a block can be saved."""
    return isinstance(value, float) and value == 0.0
