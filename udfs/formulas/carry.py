"""Carry: what holding a position costs, in funding and in interest on what is borrowed."""

from __future__ import annotations

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.evaluation import Result, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Days,
    FeeRate,
    FundingRate,
    Hours,
    Moment,
    MoneyFrom0,
    OffsetHours,
    PositiveMoney,
    Price,
    Quantity,
    Side,
    SignedMoney,
    TimesPerYear,
    YearlyRate,
)
from udfs.errors import CellError
from udfs.maths import contract
from udfs.maths.arrays import Numeric
from udfs.maths.carry import DAYS_PER_YEAR, carry_per_day
from udfs.maths.contract import Model, is_zero


@formula("Carry")
def carry_cost(
    side: Side, notional: PositiveMoney, days: Days, funding_rate: FundingRate,
    funding_hours: Hours = 8, borrow_rate: YearlyRate = 0,
    borrowed: MoneyFrom0 = same_as("notional"), compounds_per_year: TimesPerYear = 0,
) -> Numeric:  # fmt: skip
    """What holding the position costs: funding and interest over the days.

    Positive is paid, negative is received. Longs pay a positive funding rate, shorts receive it.

    Parameters
    ----------
    notional
        Position value, in account currency.
    days
        Days held.
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
    side: Side, entry: Price, quantity: Quantity, fee_rate: FeeRate = 0, carry: SignedMoney = 0,
    exit_fee_rate: FeeRate = same_as("fee_rate"), model: Model = "mark",
) -> Result:  # fmt: skip
    """Exit price at which the trade nets zero after both fees and the carry.

    Venues' screens usually count only what has been paid already; this counts the exit too.

    Parameters
    ----------
    carry
        Funding and interest over the whole holding, in account currency; negative when received.
    model
        "mark" and "entry" = linear; "inverse" and "inverse_mark" = coin-margined, with quantity in
        contracts of one unit of quote currency and carry in coin.

    Returns
    -------
    The price, in account currency per unit.

    Notes
    -----
    long: (entry*(1 + fee_rate) + carry/quantity) / (1 - exit_fee_rate);
    short: (entry*(1 - fee_rate) - carry/quantity) / (1 + exit_fee_rate). Inverse, for 1/price:
    (side - fee_rate)/entry - carry/quantity, over side + exit_fee_rate.

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
    >>> round(breakeven_price("long", 100, 1, -0.00025), 5)
    99.95001
    """
    each = carry if is_zero(carry) else carry / quantity
    price = contract.breakeven_price(side, entry, fee_rate, exit_fee_rate, each, model)
    return invalid_where(
        price,
        (
            ~((price > 0) & np.isfinite(price)),
            CellError.NA,
            "with this carry no price above 0 is the break-even",
        ),
    )


@formula("Carry")
def funding_stamps(
    opened: Moment, closed: Moment, funding_hours: Hours = 8, offset_hours: OffsetHours = 0
) -> Result:
    """How many funding times a holding meets: only who holds at the stamp pays.

    Parameters
    ----------
    opened
        Date and time of the entry, in UTC.
    closed
        Date and time of the exit, in UTC.
    offset_hours
        Hours after midnight UTC of the first funding time of a day.

    Returns
    -------
    The number of funding times after opened, and up to closed.

    Notes
    -----
    Stamps lie every funding_hours from midnight UTC + offset_hours; counted are those in (opened,
    closed]. Dates and times are serial numbers, whole to a thousandth of a second.

    Errors
    ------
    #NUM! where closed lies before opened.

    References
    ----------
    freqtrade: who opens at the very stamp does not pay it.

    Examples
    --------
    From 07:12 to 16:48 there are two, at 08:00 and 16:00:

    >>> funding_stamps(46000.3, 46000.7)
    2.0
    """
    stamps = [
        np.floor(_intervals(moment, funding_hours, offset_hours)) for moment in (opened, closed)
    ]
    return invalid_where(
        stamps[1] - stamps[0],
        (
            closed < opened,
            CellError.NUM,
            "closed {closed} lies before opened {opened}: give the exit after the entry",
        ),
    )


_MILLISECONDS = 86_400_000.0  # a day


def _intervals(moment: Numeric, hours: Numeric, offset: Numeric) -> Numeric:
    """Funding intervals since the first stamp of all; a serial number's rounding is taken out."""
    return (np.rint(moment * _MILLISECONDS) - offset * 3_600_000.0) / (hours * 3_600_000.0)
