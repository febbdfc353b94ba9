"""Position size: start from what may be lost, work back to the quantity."""

from __future__ import annotations

from typing import Any

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.evaluation import Result, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    AccountLeverage,
    CarryRate,
    Deviations,
    FeeRate,
    LotSize,
    MoneyFrom0,
    PositiveMoney,
    Price,
    RiskFraction,
    Slippage,
    Volatility,
)
from udfs.errors import CellError
from udfs.maths import contract
from udfs.maths.arrays import Numeric
from udfs.maths.contract import Model, is_zero
from udfs.maths.sizing import capped, whole_lots


@formula("Size")
def position_size(
    account: PositiveMoney, risk: RiskFraction, entry: Price, stop: Price, fee_rate: FeeRate = 0,
    slippage: Slippage = 0, lot_size: LotSize = 0, max_leverage: AccountLeverage = 0,
    exit_fee_rate: FeeRate = same_as("fee_rate"), carry: CarryRate = 0,
    min_notional: MoneyFrom0 = 0, model: Model = "mark",
) -> Result:  # fmt: skip
    """Quantity that loses the risked share of the account if the stop is hit, and no more.

    Fees and slippage are part of the loss, so they make the position smaller.

    Parameters
    ----------
    risk
        Share of the account to lose at the stop: 2% or 0.02.
    stop
        Stop price; below the entry for a long, above it for a short.
    slippage
        How much worse than the stop the exit is filled, a fraction of the stop price.
    max_leverage
        Cap: the notional is at most the account times this. 0 = no cap.
    exit_fee_rate
        Trading fee at the stop, a fraction of the notional; left out, as at the entry.
    carry
        What the planned holding costs (funding and interest), a fraction of the entry notional;
        minus = received.
    min_notional
        Smallest order of the venue, in account currency: below it the size is 0. 0 = none.
    model
        "mark" and "entry" = linear; "inverse" and "inverse_mark" = coin-margined: the account is
        in coin, the quantity in contracts of one unit of quote currency.

    Returns
    -------
    The quantity, in units of the asset; 0 where the risk does not pay for one lot or for the
    smallest order.

    Notes
    -----
    quantity = account*risk / (|entry - stop| + slippage*stop + fee_rate*entry + exit_fee_rate*stop
    + carry*entry), then the cap, then rounded down to the lot size. In an inverse contract the
    loss of a contract is |1/entry - 1/fill| + fee_rate/entry + exit_fee_rate/stop + carry/entry.

    Errors
    ------
    #NUM! where nothing would be lost at the stop, so that no size follows from it.

    References
    ----------
    Fixed fractional sizing; jesse and other open-source sizing tests.

    Examples
    --------
    >>> position_size(10000, 0.02, 100, 96)
    50.0
    """
    value, value_at_stop = contract.unit_value(entry, model), contract.unit_value(stop, model)
    loss = np.abs(value - value_at_stop)
    if not is_zero(slippage):
        loss = loss + _slipped(entry, stop, slippage, model)
    if exit_fee_rate is not fee_rate:
        loss = loss + fee_rate * value + exit_fee_rate * value_at_stop
    elif not is_zero(fee_rate):
        loss = loss + fee_rate * (value + value_at_stop)
    if not is_zero(carry):
        loss = loss + carry * value
    wanted = capped(account * risk / loss, account, value, max_leverage)
    quantity = whole_lots(wanted, lot_size)
    sized = quantity
    if not is_zero(min_notional):
        sized = np.where(quantity * value < min_notional, 0.0, quantity)
    nothing = loss <= 0
    if np.any(nothing):
        return _nothing_lost(sized, nothing, entry, stop)
    return (
        Result(sized)
        .noting(
            np.ndim(sized) == 0 and sized < quantity,
            "the size is 0: what the risk pays for is worth less than min_notional {min_notional},"
            " the smallest order; risk more, or move the stop closer",
        )
        .noting(
            np.ndim(sized) == 0 and quantity == 0,
            "the size is 0: the risk does not pay for one lot of {lot_size}",
        )
    )


def _nothing_lost(sized: Numeric, nothing: Any, entry: Numeric, stop: Numeric) -> Result:
    """The sizes, without those that no loss at the stop gives."""
    return invalid_where(
        sized,
        (
            nothing & (entry == stop),
            CellError.NUM,
            "stop {stop} equals entry {entry}: nothing is lost there, so no size follows from it;"
            " type the price at which the idea is wrong",
        ),
        (
            nothing,
            CellError.NUM,
            "what is received (fee_rate {fee_rate}, exit_fee_rate {exit_fee_rate}, carry {carry})"
            " outweighs the loss at stop {stop}: no size follows from it; check the signs",
        ),
    )


def _slipped(entry: Numeric, stop: Numeric, slippage: Numeric, model: Model) -> Numeric:
    """What the worse fill at the stop costs one unit."""
    if not contract.is_inverse(model):
        return slippage * stop
    fill = stop * (1.0 - np.sign(entry - stop) * slippage)
    return np.abs(1.0 / stop - 1.0 / fill)


@formula("Size")
def position_size_vol(
    account: PositiveMoney, risk: RiskFraction, entry: Price, volatility: Volatility,
    multiple: Deviations = 1, fee_rate: FeeRate = 0, lot_size: LotSize = 0,
    max_leverage: AccountLeverage = 0, exit_fee_rate: FeeRate = same_as("fee_rate"),
    model: Model = "mark",
) -> Result:  # fmt: skip
    """Quantity for which an ordinary bad day costs the risked share of the account.

    Beside the size by the stop: where this one is smaller, the stop sits inside the noise or the
    position is large for such a market.

    Parameters
    ----------
    risk
        Share of the account that the move may cost: 2% or 0.02.
    volatility
        Standard deviation of one day's return: 5% or 0.05.
    multiple
        How many of them the move is.
    max_leverage
        Cap: the notional is at most the account times this. 0 = no cap.
    model
        "mark" and "entry" = linear; "inverse" and "inverse_mark" = coin-margined: the account is
        in coin, the quantity in contracts of one unit of quote currency.

    Returns
    -------
    The quantity, in units of the asset.

    Notes
    -----
    quantity = account*risk / (entry*(multiple*volatility + fee_rate + exit_fee_rate)), then the
    cap, then rounded down to the lot size. In an inverse contract with 1/entry for entry.

    Errors
    ------
    #NUM! where volatility, multiple and fees leave nothing to lose.

    References
    ----------
    Volatility targeting; own statement of fees.

    Examples
    --------
    >>> position_size_vol(10000, 0.02, 100, 0.05)
    40.0
    """
    value = contract.unit_value(entry, model)
    loss = value * (multiple * volatility + (fee_rate + exit_fee_rate))
    quantity = capped(account * risk / loss, account, value, max_leverage)
    return invalid_where(
        whole_lots(quantity, lot_size),
        (
            loss <= 0,
            CellError.NUM,
            "a volatility of {volatility} times {multiple} is no move to size by:"
            " type one day's deviation, like 5%",
        ),
    )
