"""Liquidation: at which price, at which leverage, after how many days, and what is left.

One idea runs through all of it. A position's equity is what was posted plus what the price has
done; it is liquidated when the equity is down to what the venue requires.
"""

from __future__ import annotations

import functools
from enum import IntEnum
from typing import Annotated, Any

import numpy as np

from udfs.catalogue.cell_types import Word
from udfs.catalogue.cells import Problem
from udfs.catalogue.evaluation import Outcome, Table, is_zero, plus, unless
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Amount,
    Barrier,
    FundingRate,
    Hours,
    Leverage,
    Money,
    Price,
    Quantity,
    Rate,
    Side,
    Slippage,
    Tiers,
    YearlyRate,
)
from udfs.errors import CellError
from udfs.formulas.carry import carry_per_day
from udfs.maths.arrays import Numeric


class Models(IntEnum):
    """What the maintenance requirement is counted on."""

    MARK = 0
    ENTRY = 1
    INVERSE = 2


class Remainders(IntEnum):
    """Who keeps what a liquidation leaves over."""

    TRADER = 0
    SEIZED = 1


Model = Annotated[Any, Word("liquidation model", Models)]
Remainder = Annotated[Any, Word("remainder", Remainders)]

_AT_ENTRY = (
    "a position of {leverage} times margin would be liquidated at its own entry {entry}:"
    " lower the leverage or add margin"
)


@formula("Liquidation")
def liquidation_price(
    side: Side,
    entry: Price,
    leverage: Leverage,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    quantity: Quantity = 1,
    extra_margin: Amount = 0,
    accrued_carry: Amount = 0,
    maintenance_amount: Amount = 0,
    model: Model = "mark",
) -> Outcome:
    """Price at which an isolated position is liquidated.

    The first number to know about a leveraged trade: your stop must come before it. Extra margin
    moves it away, carry paid moves it closer.

    Parameters
    ----------
    side
        "long" or "short" (also "buy"/"sell", "l"/"s", 1/-1).
    entry
        Entry price, in account currency per unit.
    leverage
        Entry notional over margin posted, like 10.
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
    accrued_carry
        Funding and borrowing paid so far, in account currency; negative when received.
    maintenance_amount
        The tier's deduction ("maintenance amount"), in account currency. Negative: a flat amount
        on top of the requirement, such as a keeper's fee.
    model
        What maintenance is counted on: "mark" = the notional at the liquidation price (most
        venues), "entry" = the entry notional (Bybit), "inverse" = coin-margined, entry value.

    Returns
    -------
    The price, in account currency per unit. 0 for a long that no price can liquidate.

    Notes
    -----
    Equity(P) = quantity*entry/leverage + extra_margin - accrued_carry + side*quantity*(P - entry)

    required(P) = (maintenance_rate + liquidation_fee)*quantity*P - maintenance_amount ("mark");
    "entry" counts maintenance_rate on quantity*entry. The result is P where the two are equal.

    "inverse": equity and amounts are in coin, Equity(P) = value/leverage + side*quantity*(1/entry
    - 1/P) with value = quantity/entry; #N/A where a short has no such price.

    Errors
    ------
    #NUM! where the position would be liquidated at its own entry.

    References
    ----------
    Binance USDT-M liquidation formula (mark); Bybit USDT contracts, isolated (entry); MCS and
    Bybit inverse contracts (inverse).

    Examples
    --------
    >>> liquidation_price("long", 100, 10)
    90.0
    >>> round(liquidation_price("short", 2000, 10, 0.01), 4)
    2178.2178
    >>> liquidation_price("long", 100, [[10, 50, 0]])
    [[90.0, 98.0, <#NUM!>]]
    """
    if np.ndim(model) == 0:  # the usual case: one model for all elements
        return _BY_MODEL[int(model)](
            side, entry, leverage, maintenance_rate, liquidation_fee, quantity,
            extra_margin, accrued_carry, maintenance_amount,
        )  # fmt: skip
    each = [
        solve(
            side, entry, leverage, maintenance_rate, liquidation_fee, quantity,
            extra_margin, accrued_carry, maintenance_amount,
        )
        for solve in _BY_MODEL
    ]  # fmt: skip
    return unless(
        np.select([model == choice for choice in Models], [one.values for one in each], np.nan),
        *(
            ((model == choice) & fault.where, fault.error, fault.words)
            for choice, one in zip(Models, each, strict=True)
            for fault in one.faults
        ),
    )


def _linear(side: Numeric, entry: Numeric, spare: Numeric, slope: Numeric) -> tuple[Numeric, Any]:
    """Price where spare + side*(P - entry) = slope*P, and whether it is reached at the entry.

    All per unit of the position; spare is the margin less what is required whatever the price.
    """
    price = (spare - side * entry) / (slope - side)
    # Only a long can be out of reach of every price: by a price below zero, or by none at all
    # where the requirement falls as fast as the equity.
    price = np.maximum(price, 0.0)
    if np.any(slope == 1.0):
        price = np.where(slope == side, 0.0, price)
    return price, spare <= slope * entry


def _spare(entry: Numeric, leverage: Numeric, quantity: Numeric, *amounts: Numeric) -> Numeric:
    """Margin per unit, with amounts of money for the whole position added."""
    money = functools.reduce(plus, amounts)
    return entry / leverage if is_zero(money) else entry / leverage + money / quantity


def mark_price(side: Numeric, entry: Numeric, leverage: Numeric, requirement: Numeric) -> Numeric:
    """The "mark" liquidation price with nothing but a requirement rate, for other formulas."""
    return _linear(side, entry, entry / leverage, requirement)[0]


def _mark(
    side: Numeric, entry: Numeric, leverage: Numeric, maintenance_rate: Numeric,
    liquidation_fee: Numeric, quantity: Numeric, extra_margin: Numeric, accrued_carry: Numeric,
    maintenance_amount: Numeric,
) -> Outcome:  # fmt: skip
    spare = _spare(entry, leverage, quantity, extra_margin, -accrued_carry, maintenance_amount)
    price, at_entry = _linear(side, entry, spare, plus(maintenance_rate, liquidation_fee))
    return unless(price, (at_entry, CellError.NUM, _AT_ENTRY))


def _entry(
    side: Numeric, entry: Numeric, leverage: Numeric, maintenance_rate: Numeric,
    liquidation_fee: Numeric, quantity: Numeric, extra_margin: Numeric, accrued_carry: Numeric,
    maintenance_amount: Numeric,
) -> Outcome:  # fmt: skip
    spare = _spare(entry, leverage, quantity, extra_margin, -accrued_carry, maintenance_amount)
    price, at_entry = _linear(side, entry, spare - maintenance_rate * entry, liquidation_fee)
    return unless(price, (at_entry, CellError.NUM, _AT_ENTRY))


def _inverse(
    side: Numeric, entry: Numeric, leverage: Numeric, maintenance_rate: Numeric,
    liquidation_fee: Numeric, quantity: Numeric, extra_margin: Numeric, accrued_carry: Numeric,
    maintenance_amount: Numeric,
) -> Outcome:  # fmt: skip
    value = quantity / entry
    margin = value / leverage + (extra_margin - accrued_carry)
    spare = margin + maintenance_amount - maintenance_rate * value
    price = quantity * (side + liquidation_fee) / (spare + side * value)
    return unless(
        price,
        (spare <= liquidation_fee * value, CellError.NUM, _AT_ENTRY),
        (
            ~((price > 0) & np.isfinite(price)),
            CellError.NA,
            "no price liquidates this position: its margin in coin outgrows any loss",
        ),
    )


_BY_MODEL = (_mark, _entry, _inverse)


@formula("Liquidation")
def liquidation_price_tiered(
    side: Side,
    entry: Price,
    leverage: Leverage,
    quantity: Quantity,
    tiers: Tiers,
    liquidation_fee: Rate = 0,
    extra_margin: Amount = 0,
    accrued_carry: Amount = 0,
) -> Outcome:
    """Liquidation price where the maintenance rate depends on the position's notional.

    Large positions need more margin. The tier that counts is the one at the liquidation price,
    not the one at the entry.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    leverage
        Entry notional over margin posted, like 10.
    quantity
        Position size in units of the asset.
    tiers
        Two columns: notional floor in account currency, maintenance rate as a fraction. Floors
        rise from 0. The deductions follow from them.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional there.
    extra_margin
        Margin added after the entry, in account currency.
    accrued_carry
        Funding and borrowing paid so far, in account currency; negative when received.

    Returns
    -------
    The price, in account currency per unit.

    Notes
    -----
    The requirement is continuous: amount_1 = 0, amount_n = amount_(n-1) + floor_n*(rate_n -
    rate_(n-1)), so exactly one tier agrees with the notional at its own liquidation price.

    Errors
    ------
    #NUM! where floors do not rise from 0, or the position would be liquidated at its entry.

    References
    ----------
    Binance, "Leverage and margin of USDT-M futures": maintenance amount.

    Examples
    --------
    >>> round(liquidation_price_tiered("long", 100, 10, 1000, [[0, 0.01], [80000, 0.02]]), 2)
    91.02
    """
    floors, rates = tiers[:, 0], tiers[:, 1]
    if floors[0] != 0 or (np.diff(floors) <= 0).any():
        raise Problem(
            CellError.NUM, "tiers: the notional floors must start at 0 and rise from row to row"
        )
    amounts = np.concatenate([[0.0], np.cumsum(floors[1:] * np.diff(rates))])
    margin = quantity * entry / leverage + (extra_margin - accrued_carry)

    def solved(tier: int) -> tuple[Numeric, Any]:
        spare = (margin + amounts[tier]) / quantity
        return _linear(side, entry, spare, rates[tier] + liquidation_fee)

    price, _ = solved(0)
    required = (rates[0] + liquidation_fee) * quantity * entry
    for tier in range(1, len(floors)):
        # The equity less the requirement moves one way only as the price rises, so its sign at
        # the tier's floor tells whether the liquidation price lies above that floor.
        at_floor = margin + side * (floors[tier] - quantity * entry)
        spare = at_floor - (rates[tier] + liquidation_fee) * floors[tier] + amounts[tier]
        price = np.where(side * spare <= 0, solved(tier)[0], price)
        required = np.where(
            quantity * entry >= floors[tier],
            (rates[tier] + liquidation_fee) * quantity * entry - amounts[tier],
            required,
        )
    return unless(price, (margin <= required, CellError.NUM, _AT_ENTRY))


@formula("Liquidation")
def max_leverage(
    side: Side,
    entry: Price,
    stop: Price,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    buffer: Slippage = 0,
) -> Outcome:
    """Highest leverage whose liquidation still comes after the stop.

    Leverage only sets the margin. This is how far it can go before the venue closes the trade
    where you meant to do so yourself.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    stop
        Stop price: below the entry for a long, above it for a short.
    maintenance_rate
        Maintenance margin rate, a fraction of the notional.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional.
    buffer
        Room to keep between the stop and the liquidation, a fraction of the entry price: 2% or
        0.02.

    Returns
    -------
    The leverage, times margin.

    Notes
    -----
    leverage = 1 / (side*(1 - T/entry) + (maintenance_rate + liquidation_fee)*T/entry) with
    T = stop - side*buffer*entry, not below 0 ("mark" model).

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
    target = np.maximum(stop / entry - side * buffer, 0.0)
    leverage = 1.0 / (side * (1.0 - target) + (maintenance_rate + liquidation_fee) * target)
    return unless(leverage, wrong_side(side, entry, stop))


def wrong_side(side: Numeric, entry: Numeric, stop: Numeric) -> tuple[Any, CellError, str]:
    """The fault of a stop that is no stop."""
    return (
        side * (entry - stop) <= 0,
        CellError.NUM,
        "stop {stop} is on the wrong side of entry {entry} for a {side}:"
        " a long's stop lies below its entry, a short's above",
    )


@formula("Liquidation")
def margin_for_liquidation(
    side: Side,
    entry: Price,
    quantity: Quantity,
    liquidation_price: Barrier,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    accrued_carry: Amount = 0,
) -> Outcome:
    """Margin that puts the liquidation price where you want it.

    What to post, or add, instead of moving a trade in trouble to cross margin.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    quantity
        Position size in units of the asset.
    liquidation_price
        The liquidation price wanted, in account currency per unit; 0 = never, for a long.
    maintenance_rate
        Maintenance margin rate, a fraction of the notional.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional.
    accrued_carry
        Funding and borrowing paid so far, in account currency; negative when received.

    Returns
    -------
    The margin in all, in account currency; take off what is posted already.

    Notes
    -----
    margin = side*quantity*(entry - P) + (maintenance_rate + liquidation_fee)*quantity*P +
    accrued_carry ("mark" model).

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
    required = (maintenance_rate + liquidation_fee) * quantity * liquidation_price
    margin = side * quantity * (entry - liquidation_price) + required + accrued_carry
    return unless(
        margin,
        (
            margin <= 0,
            CellError.NUM,
            "no margin puts the liquidation of a {side} from {entry} at {liquidation_price}: a long"
            " is liquidated below its entry, a short above",
        ),
    )


@formula("Liquidation")
def days_to_liquidation(
    side: Side,
    entry: Price,
    leverage: Leverage,
    mark: Price,
    funding_rate: FundingRate,
    funding_hours: Hours = 8,
    borrow_rate: YearlyRate = 0,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
) -> Outcome:
    """Days until carry alone liquidates the position, if the price stands still.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    leverage
        Entry notional over margin posted, like 10.
    mark
        Today's price, in account currency per unit.
    funding_rate
        Funding per interval, a fraction of the notional; positive: longs pay.
    funding_hours
        Length of the funding interval, in hours.
    borrow_rate
        Interest per year on what is borrowed, a fraction.
    maintenance_rate
        Maintenance margin rate, a fraction of the notional.
    liquidation_fee
        Fee rate that the venue counts in the trigger, a fraction of the notional.

    Returns
    -------
    Days; 0 where the position is already down to the requirement.

    Notes
    -----
    (equity - requirement) / carry a day, all per unit. Carry is on the entry notional; borrowed
    is the entry notional less the margin.

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
    margin = entry / leverage
    spare = margin + side * (mark - entry) - (maintenance_rate + liquidation_fee) * mark
    daily = carry_per_day(
        side, entry, funding_rate, funding_hours, borrow_rate, np.maximum(entry - margin, 0.0)
    )
    there = spare <= 0
    return unless(
        np.where(there, 0.0, spare / daily),
        (
            ~there & (daily <= 0),
            CellError.NA,
            "carry costs this position nothing, so it never liquidates it",
        ),
    )


@formula("Liquidation", columns=("Step", "Amount"))
def liquidation_outcome(
    side: Side,
    entry: Price,
    quantity: Quantity,
    margin: Money,
    trigger_price: Barrier,
    penalty_rate: Rate = 0,
    slippage: Slippage = 0,
    remainder: Remainder = "trader",
) -> Table:
    """What a liquidation costs, step by step: collateral first, then the insurance fund.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    quantity
        Position size in units of the asset.
    margin
        Margin posted, in account currency.
    trigger_price
        Price at which the liquidation starts, in account currency per unit.
    penalty_rate
        Liquidation penalty, a fraction of the notional at the fill.
    slippage
        How much worse than the trigger the position is closed, a fraction of the price.
    remainder
        What is left over: "trader" = it comes back (dYdX, GMX, Orderly), "seized" = it does not
        (Synthetix V2, exchanges that close at the bankruptcy price).

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
    if fill < 0:
        raise Problem(
            CellError.NUM,
            "slippage takes the fill below a price of 0: type a fraction, like 0.1% or 0.001",
        )
    equity = margin + side * quantity * (trigger_price - entry)
    slipped = quantity * trigger_price * slippage
    left = equity - slipped
    penalty = min(max(left, 0.0), penalty_rate * quantity * fill)
    returned = max(left - penalty, 0.0) if remainder == Remainders.TRADER else 0.0
    return Table(
        [
            ("Equity at trigger", equity),
            ("Slippage loss", slipped),
            ("Penalty charged", penalty),
            ("Returned to trader", returned),
            ("Insurance fund pays", max(-left, 0.0)),
            ("Loss of margin", (margin - returned) / margin),
        ]
    )
