"""Liquidation: at which leverage or margin, after how many days, and what is left."""

from __future__ import annotations

from typing import Literal

import numpy as np

from udfs.catalogue.evaluation import Result, TableAnswer, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Barrier,
    Buffer,
    FundingRate,
    Headers,
    Hours,
    Leverage,
    MoneyFrom0,
    PositiveMoney,
    Price,
    Quantity,
    Rate,
    Side,
    SignedMoney,
    Slippage,
    YearlyRate,
)
from udfs.errors import CellError
from udfs.formulas.checks import rates_below_one, stop_side
from udfs.maths import contract
from udfs.maths.arrays import Numeric
from udfs.maths.carry import carry_per_day
from udfs.maths.contract import Model, total


@formula("Liquidation")
def max_leverage(
    side: Side, entry: Price, stop: Price, maintenance_rate: Rate = 0, liquidation_fee: Rate = 0,
    buffer: Buffer = 0, model: Model = "mark",
) -> Result:  # fmt: skip
    """Highest leverage whose liquidation still comes after the stop.

    Leverage only sets the margin. This is how far it can go before the venue closes the trade
    where you meant to do so yourself.

    Parameters
    ----------
    stop
        Stop price: below the entry for a long, above it for a short.
    buffer
        Room to keep between the stop and the liquidation, a fraction of the entry price: 2% or
        0.02.

    Returns
    -------
    The leverage, times margin.

    Notes
    -----
    leverage = 1 / (side*(1 - T/entry) + (maintenance_rate + liquidation_fee)*T/entry) with
    T = stop - side*buffer*entry, not below 0 ("mark"). In general the entry value of a unit over
    what it must have posted: required(T) less its profit at T.

    Errors
    ------
    #NUM! where the stop is on the wrong side of the entry.

    References
    ----------
    Own derivation: the liquidation price set to T.

    Examples
    --------
    >>> round(max_leverage("long", 100, 96, 0.005), 2)
    22.32
    """
    target = np.maximum(stop - side * buffer * entry, 0.0)
    posted = _margin_of_one(side, entry, target, maintenance_rate, liquidation_fee, model)
    return invalid_where(
        contract.unit_value(entry, model) / posted,
        stop_side(side, entry, stop),
        rates_below_one(maintenance_rate, liquidation_fee),
    )


def _margin_of_one(
    side: Numeric, entry: Numeric, price: Numeric, maintenance_rate: Numeric,
    liquidation_fee: Numeric, model: Model,
) -> Numeric:  # fmt: skip
    """Margin behind one unit that puts its liquidation at the price."""
    fixed, rate = contract.requirement(entry, maintenance_rate, liquidation_fee, model)
    required = total(rate * contract.unit_value(price, model), fixed)
    return required - contract.gain(side, entry, price, model)


@formula("Liquidation")
def margin_for_liquidation(
    side: Side, entry: Price, quantity: Quantity, liquidation_price: Barrier,
    maintenance_rate: Rate = 0, liquidation_fee: Rate = 0, accrued_carry: SignedMoney = 0,
    model: Model = "mark",
) -> Result:  # fmt: skip
    """Margin that puts the liquidation price where you want it.

    What to post, or add, instead of moving a trade in trouble to cross margin.

    Parameters
    ----------
    liquidation_price
        The liquidation price wanted, in account currency per unit; 0 = never, for a long.

    Returns
    -------
    The margin in all, in account currency; take off what is posted already.

    Notes
    -----
    margin = side*quantity*(entry - P) + (maintenance_rate + liquidation_fee)*quantity*P +
    accrued_carry ("mark"); in the other models required(P) less the profit at P, as there.

    Errors
    ------
    #NUM! where no margin above 0 does, as for a long with a price above its entry. (A price a
    little beyond the entry is possible: a position in profit can be left with less than its
    maintenance at the entry.)

    References
    ----------
    Own derivation: the liquidation price solved for the margin.

    Examples
    --------
    >>> margin_for_liquidation("long", 100, 50, 90)
    500.0
    """
    one = _margin_of_one(side, entry, liquidation_price, maintenance_rate, liquidation_fee, model)
    margin = quantity * one + accrued_carry
    return invalid_where(
        margin,
        rates_below_one(maintenance_rate, liquidation_fee),
        (
            margin <= 0,
            CellError.NUM,
            "no margin puts the liquidation of a {side} from {entry} at {liquidation_price}: a long"
            " is liquidated below its entry, a short above",
        ),
    )


@formula("Liquidation")
def days_to_liquidation(
    side: Side, entry: Price, leverage: Leverage, mark: Price, funding_rate: FundingRate,
    funding_hours: Hours = 8, borrow_rate: YearlyRate = 0, maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0, model: Model = "mark",
) -> Result:  # fmt: skip
    """Days until carry alone liquidates the position, if the price stands still.

    Parameters
    ----------
    mark
        Today's price, in account currency per unit.

    Returns
    -------
    Days; 0 where the position is already down to the requirement.

    Notes
    -----
    (equity - requirement) / carry a day, all per unit. Funding is on the notional at the mark;
    borrowed is the entry notional less the margin.

    Errors
    ------
    #N/A where carry costs nothing.

    References
    ----------
    Own derivation.

    Examples
    --------
    >>> round(days_to_liquidation("long", 100, 10, 100, 0.0001, 8, 0, 0.005))
    317
    """
    value = contract.unit_value(entry, model)
    value_now = contract.unit_value(mark, model)
    margin = value / leverage
    fixed, rate = contract.requirement(entry, maintenance_rate, liquidation_fee, model)
    equity = margin + contract.gain(side, entry, mark, model)
    spare = equity - total(rate * value_now, fixed)
    daily = carry_per_day(
        side, value_now, funding_rate, funding_hours, borrow_rate, np.maximum(value - margin, 0.0)
    )
    there = spare <= 0
    return invalid_where(
        np.where(there, 0.0, spare / daily),
        rates_below_one(maintenance_rate, liquidation_fee),
        (
            ~there & (daily <= 0),
            CellError.NA,
            "carry costs this position nothing, so it never liquidates it",
        ),
    )


@formula("Liquidation", columns=("Step", "Amount"))
def liquidation_outcome(
    side: Side, entry: Price, quantity: Quantity, margin: PositiveMoney, trigger_price: Barrier,
    penalty_rate: Rate = 0, slippage: Slippage = 0,
    remainder: Literal["trader", "seized"] = "trader", headers: Headers = False,
    penalty_on: Literal["notional", "margin", "remaining"] = "notional",
    minimum_penalty: MoneyFrom0 = 0, model: Model = "mark",
) -> TableAnswer:  # fmt: skip
    """What a liquidation costs, step by step: collateral first, then the insurance fund.

    Parameters
    ----------
    trigger_price
        Price at which the liquidation starts, in account currency per unit.
    penalty_rate
        Liquidation penalty, a fraction of what penalty_on names.
    slippage
        How much worse than the trigger the position is closed, a fraction of the price.
    remainder
        What is left over: "trader" = it comes back (dYdX, GMX, Orderly), "seized" = it does not
        (Synthetix V2, exchanges that close at the bankruptcy price).
    penalty_on
        What the penalty is a fraction of: "notional" at the fill, "margin" posted, "remaining"
        equity at the fill.
    minimum_penalty
        Least penalty, in account currency.
    model
        "mark" and "entry" = linear; "inverse" and "inverse_mark" = coin-margined, with quantity in
        contracts of one unit of quote currency and money in coin.

    Returns
    -------
    Six rows in account currency, the last a fraction of the margin: Equity at trigger, Slippage
    loss, Penalty charged, Returned to trader, Insurance fund pays, Loss of margin.

    Notes
    -----
    fill = trigger_price*(1 - side*slippage). The trading loss is paid first; the penalty takes at
    most what the collateral still holds; what the collateral cannot cover of the trading loss is
    what the insurance fund pays.

    References
    ----------
    dYdX v4 contract loss mechanism; JOJO, GMX and Bluefin liquidation tests.

    Examples
    --------
    >>> liquidation_outcome("long", 100, 50, 500, 90.5, 0.12)[2]
    ['Penalty charged', 25.0]
    """
    fill = trigger_price * (1.0 - side * slippage)
    equity = margin + quantity * contract.gain(side, entry, trigger_price, model)
    slipped = quantity * contract.gain(-side, trigger_price, fill, model)
    left = equity - slipped
    base = {
        "notional": quantity * contract.unit_value(fill, model),
        "margin": margin,
        "remaining": max(left, 0.0),
    }[penalty_on]
    penalty = min(max(left, 0.0), max(penalty_rate * base, minimum_penalty))
    returned = max(left - penalty, 0.0) if remainder == "trader" else 0.0
    return TableAnswer(
        [
            ("Equity at trigger", equity),
            ("Slippage loss", slipped),
            ("Penalty charged", penalty),
            ("Returned to trader", returned),
            ("Insurance fund pays", max(-left, 0.0)),
            ("Loss of margin", (margin - returned) / margin),
        ]
    )
