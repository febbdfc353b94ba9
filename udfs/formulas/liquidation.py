"""Liquidation: at which price.

One idea runs through all of it. A position's equity is what was posted plus what the price has
done; it is liquidated when the equity is down to what the venue requires.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.cells import CellProblem
from udfs.catalogue.evaluation import Result, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Leverage,
    PositiveMoney,
    Price,
    Quantity,
    Rate,
    Side,
    SignedMoney,
    Tiers,
)
from udfs.errors import CellError
from udfs.formulas.checks import rates_below_one
from udfs.maths import contract
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.contract import Model, total

_AT_ENTRY = (
    "a position of {leverage} times margin would be liquidated at its own entry {entry}:"
    " lower the leverage or add margin; if it is open and in profit, give today's price as mark"
)
_AT_MARK = "at the mark {mark} the position is liquidated already: add margin"
_NEVER = "no price liquidates this position: its margin in coin outgrows any loss"


@formula("Liquidation")
def liquidation_price(
    side: Side, entry: Price, leverage: Leverage, maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0, quantity: Quantity = 1, extra_margin: SignedMoney = 0,
    accrued_carry: SignedMoney = 0, maintenance_amount: SignedMoney = 0, model: Model = "mark",
    mark: Price = same_as("entry"),
) -> Result:  # fmt: skip
    """Price at which an isolated position is liquidated.

    The first number to know about a leveraged trade: your stop must come before it. Extra margin
    moves it away, carry paid moves it closer.

    Parameters
    ----------
    side
        "long" or "short" (also "buy"/"sell", "l"/"s", 1/-1).
    maintenance_rate
        Maintenance margin rate of the venue, a fraction of the notional: 0.5% or 0.005.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional at the
        liquidation price.
    quantity
        Position size in units of the asset; it matters only beside an amount of money below. In
        the "inverse" model: contracts of one unit of quote currency.
    extra_margin
        Margin added after the entry, in account currency.
    maintenance_amount
        The tier's deduction ("maintenance amount"), in account currency. Negative: a flat amount
        on top of the requirement, such as a keeper's fee.
    model
        What maintenance is counted on: "mark" = the notional at the liquidation price (most
        venues), "entry" = the entry notional; coin-margined: "inverse" = the entry value,
        "inverse_mark" = the value at the liquidation price.
    mark
        Price now, of a position that is open; left out, the entry. A position that is alive there
        has a liquidation price, whatever has become of its margin.

    Returns
    -------
    The price, in account currency per unit. 0 for a long that no price can liquidate.

    Notes
    -----
    Equity(P) = quantity*entry/leverage + extra_margin - accrued_carry + side*quantity*(P - entry)

    required(P) = (maintenance_rate + liquidation_fee)*quantity*P - maintenance_amount ("mark");
    "entry" counts maintenance_rate on quantity*entry. The result is P where the two are equal.

    "inverse": equity and amounts are in coin, Equity(P) = value/leverage + side*quantity*(1/entry
    - 1/P) with value = quantity/entry, liquidation_fee on quantity/P; "inverse_mark" counts
    maintenance_rate on quantity/P, too. #N/A where a short has no such price.

    Errors
    ------
    #NUM! where the position would be liquidated at its own entry, or is at the mark given; where
    maintenance_rate and liquidation_fee are 1 or more together.

    References
    ----------
    Binance USDT-M liquidation formula (mark); Bybit USDT contracts, isolated (entry); MCS and
    Bybit inverse contracts (inverse); KuCoin and Gate inverse contracts (inverse_mark).

    Examples
    --------
    >>> liquidation_price("long", 100, 10)
    90.0
    >>> round(liquidation_price("short", 2000, 10, 0.01), 4)
    2178.2178
    >>> liquidation_price("long", 100, [[10, 50, 0]])
    [[90.0, 98.0, <#NUM!>]]

    Twelve paid in carry eat a margin of ten, but at 150 the position lives:

    >>> round(liquidation_price("long", 100, 10, 0.005, 0, 1, 0, 12, 0, "mark", 150), 4)
    102.5126
    """
    fixed, rate = contract.requirement(entry, maintenance_rate, liquidation_fee, model)
    spare = contract.unit_value(entry, model) / leverage
    money = total(total(extra_margin, -accrued_carry), maintenance_amount)
    if not contract.is_zero(money):
        spare = spare + money / quantity
    spare = total(spare, -fixed)
    price = contract.liquidation_price(side, entry, spare, rate, model)
    alive = _alive(side, entry, spare, rate, mark, model)
    return invalid_where(
        price,
        rates_below_one(maintenance_rate, liquidation_fee),
        (~alive, CellError.NUM, _AT_ENTRY if mark is entry else _AT_MARK),
        *_reached(price, model),
    )


def _alive(
    side: Numeric, at: Numeric, spare: Numeric, rate: Numeric, mark: Numeric, model: Model
) -> Any:
    """Whether the equity exceeds what is required at the mark. ``spare`` is as at the price
    ``at``; a mark that was left out is the very same object."""
    now = spare if mark is at else spare + contract.gain(side, at, mark, model)
    return now > rate * contract.unit_value(mark, model)


def _reached(price: Numeric, model: Model) -> list[tuple[Any, CellError, str]]:
    """That a coin-margined position may have no price that liquidates it."""
    if not contract.is_inverse(model):
        return []
    return [(~((price > 0) & np.isfinite(price)), CellError.NA, _NEVER)]


@formula("Liquidation")
def liquidation_price_now(
    side: Side, quantity: Quantity, mark: Price, equity: PositiveMoney, maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0, maintenance_amount: SignedMoney = 0, model: Model = "mark",
    entry: Price = same_as("mark"),
) -> Result:  # fmt: skip
    """Liquidation price of an open position, from what the venue's position panel shows.

    Carry paid, margin added, parts closed: all of it is in the equity already.

    Parameters
    ----------
    quantity
        Position size in units of the asset. In the inverse models: contracts of one unit of quote
        currency.
    mark
        Price now, in account currency per unit.
    equity
        Isolated margin with the unrealised profit in it, in account currency; in coin in the
        inverse models.
    maintenance_rate
        Maintenance margin rate of the venue, a fraction of the notional: 0.5% or 0.005.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional there.
    maintenance_amount
        The tier's deduction ("maintenance amount"), in account currency.
    model
        What maintenance is counted on: "mark" = the notional at the liquidation price, "entry" =
        the entry notional; coin-margined: "inverse" = the entry value, "inverse_mark" = the value
        at the liquidation price.
    entry
        Entry price, in account currency per unit; only "entry" and "inverse" need it.

    Returns
    -------
    The price, in account currency per unit. 0 for a long that no price can liquidate.

    Notes
    -----
    equity + side*quantity*(P - mark) = required(P), with required(P) as in ISO_LIQUIDATION_PRICE;
    inverse: equity + side*quantity*(1/mark - 1/P).

    Errors
    ------
    #NUM! where the equity is down to the requirement already. #N/A where no price liquidates a
    coin-margined short.

    References
    ----------
    Own derivation: ISO_LIQUIDATION_PRICE, seen from the mark.

    Examples
    --------
    >>> round(liquidation_price_now("long", 1.5, 2500, 375, 0.02), 4)
    2295.9184
    """
    fixed, rate = contract.requirement(entry, maintenance_rate, liquidation_fee, model)
    spare = total((equity + maintenance_amount) / quantity, -fixed)
    price = contract.liquidation_price(side, mark, spare, rate, model)
    return invalid_where(
        price,
        rates_below_one(maintenance_rate, liquidation_fee),
        (
            ~_alive(side, mark, spare, rate, mark, model),
            CellError.NUM,
            "with an equity of {equity} the position is below its requirement at the mark {mark}"
            " already: it is being liquidated, or a number is not the panel's",
        ),
        *_reached(price, model),
    )


@formula("Liquidation")
def liquidation_price_tiered(
    side: Side, entry: Price, leverage: Leverage, quantity: Quantity, tiers: Tiers,
    liquidation_fee: Rate = 0, extra_margin: SignedMoney = 0, accrued_carry: SignedMoney = 0,
    model: Model = "mark", tiering: Literal["marginal", "whole"] = "marginal",
    mark: Price = same_as("entry"),
) -> Result:  # fmt: skip
    """Liquidation price where the maintenance rate depends on the position's notional.

    Large positions need more margin. Where maintenance is counted at the liquidation price, the
    tier that counts is the one there, not the one at the entry.

    Parameters
    ----------
    tiers
        Two columns: notional floor in account currency (in coin in the inverse models),
        maintenance rate as a fraction. Floors rise from 0, rates do not fall.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional there.
    extra_margin
        Margin added after the entry, in account currency.
    model
        What maintenance is counted on: "mark" = the notional at the liquidation price, "entry" =
        the entry notional; coin-margined: "inverse" = the entry value, "inverse_mark" = the value
        at the liquidation price. The tier follows the same notional.
    tiering
        "marginal" = each tier's rate on the part within it, by a deduction (Binance, OKX,
        Hyperliquid); "whole" = the tier's rate on the whole position (Bitunix).
    mark
        Price now, of a position that is open; left out, the entry.

    Returns
    -------
    The price, in account currency per unit. 0 for a long that no price can liquidate.

    Notes
    -----
    "marginal": required = rate_n*notional - amount_n with amount_1 = 0, amount_n = amount_(n-1) +
    floor_n*(rate_n - rate_(n-1)), so it is continuous; "whole": required = rate_n*notional, which
    jumps at a floor. The result is the first price, from the mark on, at which the equity is down
    to what is required there.

    Errors
    ------
    #NUM! where floors do not rise from 0, rates fall, the highest rate and the fee are 1 or more
    together, or the position would be liquidated at its entry (or is at the mark given).

    References
    ----------
    Binance, "Leverage and margin of USDT-M futures": maintenance amount; Bitunix: rate of the
    tier on the whole position.

    Examples
    --------
    >>> round(liquidation_price_tiered("long", 100, 10, 1000, [[0, 0.01], [80000, 0.02]]), 2)
    91.02
    >>> liquidation_price_tiered("long", 50000, 50, 1, [[0, 0.004], [25000, 0.005]], 0, 0, 0,
    ...     "entry", "whole")
    49250.0
    """
    floors, rates = tiers[:, 0], tiers[:, 1]
    _check_tiers(floors, rates)
    deductions = np.zeros(len(floors))
    if tiering == "marginal":
        deductions[1:] = np.cumsum(floors[1:] * np.diff(rates))
    value = quantity * contract.unit_value(entry, model)
    equity = value / leverage + (extra_margin - accrued_carry)
    now = equity + quantity * contract.gain(side, entry, mark, model)
    value_now = quantity * contract.unit_value(mark, model)
    if model in ("entry", "inverse"):
        tier = np.searchsorted(floors, value, side="right") - 1
        fixed = rates[tier] * value - deductions[tier]
        price = contract.liquidation_price(
            side, entry, (equity - fixed) / quantity, liquidation_fee, model
        )
        required = fixed + liquidation_fee * value_now
    else:
        tier = np.searchsorted(floors, value_now, side="right") - 1
        required = (rates[tier] + liquidation_fee) * value_now - deductions[tier]
        price = _first_tier_reached(
            side, mark, quantity, now, floors, rates, deductions, liquidation_fee, model
        )
    return invalid_where(
        price,
        (
            rates[-1] + liquidation_fee >= 1,
            CellError.NUM,
            f"the highest maintenance rate {rates[-1]:.10g} and liquidation_fee {{liquidation_fee}}"
            f" must stay below 1 together; did you mean {rates[-1]:.10g}%?",
        ),
        (now <= required, CellError.NUM, _AT_ENTRY if mark is entry else _AT_MARK),
        *_reached(price, model),
    )


def _check_tiers(floors: Floats, rates: Floats) -> None:
    """Floors rise from 0, rates do not fall."""
    if floors[0] != 0 or (np.diff(floors) <= 0).any():
        raise CellProblem(
            CellError.NUM, "tiers: the notional floors must start at 0 and rise from row to row"
        )
    falls = np.flatnonzero(np.diff(rates) < 0)
    if falls.size:
        row = int(falls[0]) + 1
        raise CellProblem(
            CellError.NUM,
            f"tiers: the maintenance rate falls from {rates[row - 1]:.10g} in row {row} to"
            f" {rates[row]:.10g} in row {row + 1}: a larger position never needs less;"
            f" did you mean {rates[row - 1]:.10g}%?",
        )


def _first_tier_reached(
    side: Numeric, mark: Numeric, quantity: Numeric, equity: Numeric, floors: Floats,
    rates: Floats, deductions: Floats, liquidation_fee: Numeric, model: Model,
) -> Numeric:  # fmt: skip
    """The first price from the mark on at which the equity is down to its own tier's requirement.

    Within a tier the position is liquidated on one side of the value that solves it: below, where
    the position loses as its value falls (a linear long), above where it loses as it rises.
    """
    now = quantity * contract.unit_value(mark, model)
    falling = (side < 0) if contract.is_inverse(model) else (side > 0)
    caps = [*floors[1:], np.inf]
    reached = np.where(falling, 0.0, np.inf)
    for floor, cap, rate, deduction in zip(floors, caps, rates, deductions, strict=True):
        solved = quantity * contract.liquidation_value(
            side, mark, (equity + deduction) / quantity, rate + liquidation_fee, model
        )
        down = np.where(
            (solved >= floor) & (floor <= now), np.minimum(np.minimum(solved, cap), now), 0.0
        )
        up = np.where(
            (solved < cap) & (cap > now), np.maximum(np.maximum(solved, floor), now), np.inf
        )
        reached = np.where(falling, np.maximum(reached, down), np.minimum(reached, up))
    return quantity / reached if contract.is_inverse(model) else reached / quantity
