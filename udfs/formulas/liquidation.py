"""Liquidation: at which price, at which leverage, after how many days, and what is left.

One idea runs through all of it. A position's equity is what was posted plus what the price has
done; it is liquidated when the equity is down to what the venue requires.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.cells import CellProblem
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
    Tiers,
    YearlyRate,
)
from udfs.errors import CellError
from udfs.formulas.checks import rates_below_one, stop_side
from udfs.maths import contract
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.carry import carry_per_day
from udfs.maths.contract import Model, total

_AT_ENTRY = (
    "a position of {leverage} times margin would be liquidated at its own entry {entry}:"
    " lower the leverage or add margin; if it is open and in profit, give today's price as mark"
)
_AT_MARK = "at the mark {mark} the position is liquidated already: add margin"
_NEVER = "no price liquidates this position: its margin in coin outgrows any loss"


@formula("Liquidation")
def liquidation_price(
    side: Side,
    entry: Price,
    leverage: Leverage,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    quantity: Quantity = 1,
    extra_margin: SignedMoney = 0,
    accrued_carry: SignedMoney = 0,
    maintenance_amount: SignedMoney = 0,
    model: Model = "mark",
    mark: Price = same_as("entry"),
) -> Result:
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
    side: Side,
    quantity: Quantity,
    mark: Price,
    equity: PositiveMoney,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    maintenance_amount: SignedMoney = 0,
    model: Model = "mark",
    entry: Price = same_as("mark"),
) -> Result:
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
    side: Side,
    entry: Price,
    leverage: Leverage,
    quantity: Quantity,
    tiers: Tiers,
    liquidation_fee: Rate = 0,
    extra_margin: SignedMoney = 0,
    accrued_carry: SignedMoney = 0,
    model: Model = "mark",
    tiering: Literal["marginal", "whole"] = "marginal",
    mark: Price = same_as("entry"),
) -> Result:
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


@formula("Liquidation")
def max_leverage(
    side: Side,
    entry: Price,
    stop: Price,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    buffer: Buffer = 0,
    model: Model = "mark",
) -> Result:
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
    side: Side,
    entry: Price,
    quantity: Quantity,
    liquidation_price: Barrier,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    accrued_carry: SignedMoney = 0,
    model: Model = "mark",
) -> Result:
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
    side: Side,
    entry: Price,
    leverage: Leverage,
    mark: Price,
    funding_rate: FundingRate,
    funding_hours: Hours = 8,
    borrow_rate: YearlyRate = 0,
    maintenance_rate: Rate = 0,
    liquidation_fee: Rate = 0,
    model: Model = "mark",
) -> Result:
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
    side: Side,
    entry: Price,
    quantity: Quantity,
    margin: PositiveMoney,
    trigger_price: Barrier,
    penalty_rate: Rate = 0,
    slippage: Slippage = 0,
    remainder: Literal["trader", "seized"] = "trader",
    headers: Headers = False,
    penalty_on: Literal["notional", "margin", "remaining"] = "notional",
    minimum_penalty: MoneyFrom0 = 0,
    model: Model = "mark",
) -> TableAnswer:
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
