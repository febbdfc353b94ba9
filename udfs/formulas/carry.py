"""Carry: what holding a position costs, in funding and in interest on what is borrowed."""

from __future__ import annotations

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.evaluation import Outcome, is_zero, unless
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Amount,
    Count,
    Days,
    FundingRate,
    Hours,
    Money,
    Price,
    Quantity,
    Rate,
    Side,
    YearlyRate,
)
from udfs.errors import CellError
from udfs.maths.arrays import Numeric

HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.0  # crypto trades every day


def carry_per_day(
    side: Numeric,
    notional: Numeric,
    funding_rate: Numeric,
    funding_hours: Numeric,
    borrow_rate: Numeric,
    borrowed: Numeric,
) -> Numeric:
    """Funding and simple interest of one day; negative when received."""
    funding = side * notional * funding_rate * (HOURS_PER_DAY / funding_hours)
    return funding if is_zero(borrow_rate) else funding + borrowed * borrow_rate / DAYS_PER_YEAR


@formula("Carry")
def carry_cost(
    side: Side,
    notional: Money,
    days: Days,
    funding_rate: FundingRate,
    funding_hours: Hours = 8,
    borrow_rate: YearlyRate = 0,
    borrowed: Count = same_as("notional"),
    compounds_per_year: Count = 0,
) -> Numeric:
    """What holding the position costs: funding and interest over the days.

    Positive is paid, negative is received. Longs pay a positive funding rate, shorts receive it.

    Parameters
    ----------
    side
        "long" or "short".
    notional
        Position value, in account currency.
    days
        Days held.
    funding_rate
        Funding per interval, a fraction of the notional; positive: longs pay.
    funding_hours
        Length of the funding interval, in hours.
    borrow_rate
        Interest per year on what is borrowed, a fraction.
    borrowed
        Amount borrowed, in account currency; left out, the whole notional.
    compounds_per_year
        How often interest is added in a year; 0 = simple interest.

    Returns
    -------
    The cost, in account currency.

    Notes
    -----
    funding = side*notional*funding_rate*24*days/funding_hours, pro rata in time; interest =
    borrowed*borrow_rate*days/365, or borrowed*((1 + borrow_rate/n)^(n*days/365) - 1).

    References
    ----------
    freqtrade funding fee tests; Aave and Kraken interest; a year of 365 days.

    Examples
    --------
    >>> round(carry_cost("long", 5000, 7, 0.0001), 9)
    10.5
    >>> round(carry_cost("short", 5000, 7, 0.0001), 9)
    -10.5
    """
    funding = carry_per_day(side, notional, funding_rate, funding_hours, 0.0, 0.0) * days
    if is_zero(borrow_rate):
        return funding
    simple = borrowed * borrow_rate * (days / DAYS_PER_YEAR)
    if is_zero(compounds_per_year):
        return funding + simple
    periods = np.where(compounds_per_year == 0, 1.0, compounds_per_year)
    # log1p and expm1 keep the small growth of one second's interest exact.
    growth = np.expm1(periods * (days / DAYS_PER_YEAR) * np.log1p(borrow_rate / periods))
    return funding + np.where(compounds_per_year == 0, simple, borrowed * growth)


@formula("Carry")
def breakeven_price(
    side: Side, entry: Price, quantity: Quantity, fee_rate: Rate = 0, carry: Amount = 0
) -> Outcome:
    """Exit price at which the trade nets zero after both fees and the carry.

    Venues' screens usually count only what has been paid already; this counts the exit too.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    quantity
        Position size in units of the asset.
    fee_rate
        Trading fee, a fraction of the notional, paid at the entry and at the exit.
    carry
        Funding and interest over the whole holding, in account currency; negative when received.

    Returns
    -------
    The price, in account currency per unit.

    Notes
    -----
    long: (entry*(1 + fee_rate) + carry/quantity) / (1 - fee_rate);
    short: (entry*(1 - fee_rate) - carry/quantity) / (1 + fee_rate).

    Errors
    ------
    #N/A where no price brings the costs back, or every price does.

    References
    ----------
    Own derivation.

    Examples
    --------
    >>> round(breakeven_price("long", 100, 50, 0.0006), 3)
    100.12
    """
    price = (entry * (1.0 + side * fee_rate) + side * carry / quantity) / (1.0 - side * fee_rate)
    return unless(
        price,
        (price <= 0, CellError.NA, "with this carry no price above 0 is the break-even"),
    )
