"""Position size: start from what may be lost, work back to the quantity."""

from __future__ import annotations

import numpy as np

from udfs.catalogue.evaluation import Outcome, is_zero, unless
from udfs.catalogue.formula import formula
from udfs.catalogue.units import Count, Money, Price, Rate, Share, Slippage, Volatility
from udfs.errors import CellError
from udfs.maths.arrays import Numeric

# A quantity this close to a whole lot (relative to the number of lots) is that lot: 0.3/0.1 is
# 2.9999999999999996 in floating point, and a lot must not be lost to that.
LOT_TOLERANCE = 1e-9


def whole_lots(quantity: Numeric, lot_size: Numeric) -> Numeric:
    """The quantity rounded down to whole lots, where a lot size is given."""
    if is_zero(lot_size):
        return quantity
    lots = quantity / np.where(lot_size > 0, lot_size, 1.0)
    nearest = np.round(lots)
    close = np.abs(lots - nearest) <= LOT_TOLERANCE * np.maximum(nearest, 1.0)
    whole = np.where(close, nearest, np.floor(lots))
    return np.where(lot_size > 0, whole * lot_size, quantity)


def capped(quantity: Numeric, account: Numeric, entry: Numeric, max_leverage: Numeric) -> Numeric:
    """The quantity, at most as large as the account times max_leverage buys."""
    if is_zero(max_leverage):
        return quantity
    most = np.where(max_leverage > 0, account * max_leverage / entry, np.inf)
    return np.minimum(quantity, most)


@formula("Size")
def position_size(
    account: Money,
    risk: Share,
    entry: Price,
    stop: Price,
    fee_rate: Rate = 0,
    slippage: Slippage = 0,
    lot_size: Count = 0,
    max_leverage: Count = 0,
) -> Outcome:
    """Quantity that loses the risked share of the account if the stop is hit, and no more.

    Fees and slippage are part of the loss, so they make the position smaller.

    Parameters
    ----------
    account
        Account equity, in account currency.
    risk
        Share of the account to lose at the stop: 2% or 0.02.
    entry
        Entry price, in account currency per unit.
    stop
        Stop price; below the entry for a long, above it for a short.
    fee_rate
        Trading fee, a fraction of the notional, paid at the entry and at the stop.
    slippage
        How much worse than the stop the exit is filled, a fraction of the stop price.
    lot_size
        Smallest step of the quantity, in units; the result is rounded down. 0 = no step.
    max_leverage
        Cap: the notional is at most the account times this. 0 = no cap.

    Returns
    -------
    The quantity, in units of the asset; 0 where the risk does not pay for one lot.

    Notes
    -----
    quantity = account*risk / (|entry - stop| + slippage*stop + fee_rate*(entry + stop)), then
    the cap, then rounded down to the lot size.

    Errors
    ------
    #NUM! where entry and stop are the same and nothing else could be lost.

    References
    ----------
    Fixed fractional sizing; jesse and other open-source sizing tests.

    Examples
    --------
    >>> position_size(10000, 0.02, 100, 96)
    50.0
    """
    loss_per_unit = np.abs(entry - stop)
    if not is_zero(slippage):
        loss_per_unit = loss_per_unit + slippage * stop
    if not is_zero(fee_rate):
        loss_per_unit = loss_per_unit + fee_rate * (entry + stop)
    quantity = capped(account * risk / loss_per_unit, account, entry, max_leverage)
    return unless(
        whole_lots(quantity, lot_size),
        (
            loss_per_unit <= 0,
            CellError.NUM,
            "stop {stop} equals entry {entry}: nothing is lost there, so no size follows from it;"
            " type the price at which the idea is wrong",
        ),
    )


@formula("Size")
def position_size_vol(
    account: Money,
    risk: Share,
    entry: Price,
    volatility: Volatility,
    multiple: Count = 1,
    fee_rate: Rate = 0,
    lot_size: Count = 0,
    max_leverage: Count = 0,
) -> Outcome:
    """Quantity for which an ordinary bad day costs the risked share of the account.

    Beside the size by the stop: where this one is smaller, the stop sits inside the noise or the
    position is large for such a market.

    Parameters
    ----------
    account
        Account equity, in account currency.
    risk
        Share of the account that the move may cost: 2% or 0.02.
    entry
        Entry price, in account currency per unit.
    volatility
        Standard deviation of one day's return: 5% or 0.05.
    multiple
        How many of them the move is.
    fee_rate
        Trading fee, a fraction of the notional, paid at the entry and at the exit.
    lot_size
        Smallest step of the quantity, in units; the result is rounded down. 0 = no step.
    max_leverage
        Cap: the notional is at most the account times this. 0 = no cap.

    Returns
    -------
    The quantity, in units of the asset.

    Notes
    -----
    quantity = account*risk / (entry*(multiple*volatility + 2*fee_rate)), then the cap, then
    rounded down to the lot size.

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
    loss_per_unit = entry * (multiple * volatility + 2.0 * fee_rate)
    quantity = capped(account * risk / loss_per_unit, account, entry, max_leverage)
    return unless(
        whole_lots(quantity, lot_size),
        (
            loss_per_unit <= 0,
            CellError.NUM,
            "a volatility of {volatility} times {multiple} is no move to size by:"
            " type one day's deviation, like 5%",
        ),
    )
