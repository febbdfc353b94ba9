"""Exits: taking profit in parts, the two-tier stop, the trailing stop."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.cells import CellProblem
from udfs.catalogue.evaluation import Result, TableAnswer, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Entries,
    FeeRate,
    FractionAbove0,
    Fractions,
    Headers,
    Leverage,
    LeverageFrom0,
    LotSize,
    Move,
    PositiveMoney,
    Price,
    Quantity,
    Rate,
    Side,
    Trail,
    TrailDistance,
    Triggers,
    Weights,
)
from udfs.errors import CellError
from udfs.formulas.checks import stop_side
from udfs.maths import contract
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.contract import Model
from udfs.maths.sizing import whole_lots

_ROUNDING = 1e-9  # 0.1 + 0.2 + 0.7 is a whole position
_SAME = 1e-12  # prices closer than this (relative) are the same


@formula(
    "Exits",
    columns=(
        "Tranche",
        "Trigger",
        "Price",
        "Close fraction",
        "Close quantity",
        "Realised P&L",
        "Remaining quantity",
        "Cumulative P&L",
        "Liquidation price after",
    ),
)
def scale_out(
    side: Side, entry: Price, quantity: Quantity, leverage: Leverage, triggers: Triggers = (0.5, 1),
    fractions: Fractions = (0.25, 0.25), basis: Literal["margin", "price"] = "margin",
    of: Literal["original", "remaining"] = "original", fee_rate: FeeRate = 0, trail: Trail = 0,
    maintenance_rate: Rate = 0, headers: Headers = False,
    margin_after: Literal["stays", "pro_rata", "with_profit"] = "stays",
    exit_fee_rate: FeeRate = same_as("fee_rate"), model: Model = "mark",
) -> TableAnswer:  # fmt: skip
    """Scale-out schedule: which part to close at which price, and what it banks.

    Parameters
    ----------
    triggers
        Returns at which a part is closed, rising fractions: {0.5,1} = up 50%, up 100%.
    fractions
        Part to close at each trigger, as fractions: {0.25,0.25}.
    basis
        What the trigger is a return on: "margin" (at 10 times, up 50% is a 5% move) or "price".
    of
        What the fraction is of: "original" position or "remaining" position.
    fee_rate
        Trading fee of the entry (paid pro rata), a fraction of the notional; minus = a rebate.
    trail
        Distance of the runner's trailing stop, a fraction of the best price.
    margin_after
        What becomes of the margin of a part that is closed: it "stays" posted, is released
        "pro_rata" (Bybit), or stays "with_profit", the realised P&L joining it (Bitunix).
    exit_fee_rate
        Trading fee of each exit, a fraction of the notional; left out, as at the entry.

    Returns
    -------
    One row a tranche and one for the runner, in account currency and units. The runner's row
    shows the trailing stop's first price and the result if it is hit there.

    Notes
    -----
    price = entry*(1 + side*trigger/leverage) on margin, entry*(1 + side*trigger) on price; on the
    margin of an inverse contract entry/(1 - side*trigger/leverage). Where the margin stays, the
    liquidation price moves away with every part that is closed.

    Errors
    ------
    #NUM! where triggers do not rise, where the fractions of the original sum to more than 1, or a
    trigger needs a price that does not exist. #VALUE! where there are not as many fractions as
    triggers.

    References
    ----------
    Own derivation; WealthSystem scale-out tests.

    Examples
    --------
    >>> [row[2] for row in scale_out("long", 100, 50, 10)]
    [105.0, 110.0, 110.0]
    >>> [row[4] for row in scale_out("long", 100, 50, 10)]
    [12.5, 12.5, 25.0]
    """
    if len(triggers) != len(fractions):
        raise CellProblem(
            CellError.VALUE,
            f"there are {len(triggers)} triggers and {len(fractions)} fractions:"
            " give one fraction for each trigger",
        )
    if (np.diff(triggers) <= 0).any():
        at = int(np.flatnonzero(np.diff(triggers) <= 0)[0])
        raise CellProblem(
            CellError.NUM,
            f"triggers do not rise: {triggers[at + 1]:.10g} follows {triggers[at]:.10g}: type them"
            f" in the order in which they are reached; did you mean {triggers[at]:.10g}%?",
        )
    if of == "original" and fractions.sum() > 1 + _ROUNDING:
        raise CellProblem(
            CellError.NUM,
            f"the fractions sum to {fractions.sum():.10g}: no more than 1 can be closed",
        )
    prices = _trigger_prices(side, entry, triggers, leverage, basis, model)
    margin = quantity * contract.unit_value(entry, model) / leverage
    rows: list[list[Any]] = []
    left, banked = quantity, entry * 0.0

    def close(
        name: object, trigger: Numeric, price: Numeric, fraction: Numeric, part: Numeric
    ) -> None:
        nonlocal left, banked
        profit = part * contract.net_gain(side, entry, price, fee_rate, exit_fee_rate, model)
        left, banked = left - part, banked + profit
        if left <= quantity * _ROUNDING:
            left = 0.0
        behind = {
            "stays": margin,
            "pro_rata": margin * left / quantity,
            "with_profit": margin + banked,
        }[margin_after]
        after = _liquidation_after(side, entry, left, behind, maintenance_rate, model)
        rows.append([name, trigger, price, fraction, part, profit, left, banked, after])

    for number, (trigger, price, fraction) in enumerate(
        zip(triggers, prices, fractions, strict=True), 1
    ):
        part = fraction * (quantity if of == "original" else left)
        close(number, trigger, price, fraction, min(part, left))
    stop = prices[-1] * (1.0 - side * trail)
    runner = left / quantity if of == "original" else 1.0
    moved = contract.gain(side, entry, stop, model) / contract.unit_value(entry, model) * leverage
    if basis == "price":
        moved = side * (stop - entry) / entry
    close("Runner", moved, stop, runner, left)
    return TableAnswer(rows)


def _trigger_prices(
    side: Numeric, entry: Numeric, triggers: Floats, leverage: Numeric, basis: str, model: Model
) -> Floats:
    """Where each trigger is reached; the CellProblem of one that never is."""
    if basis == "price":
        prices = entry + side * entry * triggers
    elif contract.is_inverse(model):
        prices = entry / (1.0 - side * triggers / leverage)
    else:
        prices = entry + side * entry * triggers / leverage
    missing = ~((prices > 0) & np.isfinite(prices))
    if missing.any():
        raise CellProblem(
            CellError.NUM,
            f"trigger {triggers[missing][0]:.10g} needs a price of 0 or less, or none at all:"
            + (
                " a coin-margined long cannot gain more than its value in coin"
                if contract.is_inverse(model)
                else " a short cannot gain more than its notional"
            ),
        )
    return np.asarray(prices)


def _liquidation_after(
    side: Numeric, entry: Numeric, left: Numeric, margin: Numeric, maintenance_rate: Numeric,
    model: Model,
) -> Any:  # fmt: skip
    """Liquidation price of what is left with that margin behind it; #N/A of nothing, #NUM! where
    it would be liquidated at its entry."""
    if left == 0:
        return CellError.NA
    fixed, rate = contract.requirement(entry, maintenance_rate, 0.0, model)
    spare = margin / left - fixed
    if spare <= rate * contract.unit_value(entry, model):
        return CellError.NUM
    price = contract.liquidation_price(side, entry, spare, rate, model)
    return price if price >= 0 else CellError.NA


@formula(
    "Exits",
    columns=(
        "Tier",
        "Price",
        "Close quantity",
        "Loss at tier",
        "Cumulative loss",
        "Remaining quantity",
    ),
)
def stop_ladder(
    side: Side, entry: Price, stop: Price, quantity: Quantity, soft_at: FractionAbove0 = 0.3,
    soft_close: FractionAbove0 = 0.5, hard: Literal["price", "loss"] = "price",
    fee_rate: FeeRate = 0, leverage: LeverageFrom0 = 0, maintenance_rate: Rate = 0,
    headers: Headers = False, exit_fee_rate: FeeRate = same_as("fee_rate"), model: Model = "mark",
) -> TableAnswer:  # fmt: skip
    """Two-tier stop: a soft stop that closes a part, a hard stop that closes the rest.

    Parameters
    ----------
    stop
        Stop price of the plan: below the entry for a long, above it for a short.
    soft_at
        Where the soft stop sits: the share of the planned maximum loss that the whole position
        has lost there, 30% or 0.3.
    soft_close
        Part of the position that the soft stop closes: 50% or 0.5.
    hard
        "price" = the hard stop stays at the stop, so less than the planned maximum is lost;
        "loss" = it moves out to where the planned maximum is lost.
    fee_rate
        Trading fee of the entry (paid pro rata), a fraction of the notional; minus = a rebate. Fees
        come on top of the loss that sets the prices.
    leverage
        Entry notional over margin posted; given, a tier beyond the liquidation is refused. 0 =
        no such check.
    exit_fee_rate
        Trading fee of each exit, a fraction of the notional; left out, as at the entry.

    Returns
    -------
    Two rows, Soft and Hard, in account currency and units; a loss is positive.

    Notes
    -----
    soft = entry - side*soft_at*d with d = |entry - stop|; hard = stop, or
    entry - side*d*(1 - soft_close*soft_at)/(1 - soft_close). Inverse: the same of 1/price.

    Errors
    ------
    #NUM! where the stop is on the wrong side; in a tier's row where it lies beyond the
    liquidation price of the whole position.

    References
    ----------
    Own derivation.

    Examples
    --------
    >>> [[tier, price, round(lost)] for tier, price, _, _, lost, _ in
    ...  stop_ladder("long", 100, 96, 50)]
    [['Soft', 98.8, 30], ['Hard', 96.0, 130]]
    """
    wrong, error, message = stop_side(side, entry, stop)
    if wrong:
        word = "long" if side > 0 else "short"
        raise CellProblem(
            error, message.format(stop=f"{stop:.10g}", entry=f"{entry:.10g}", side=word)
        )
    soft_quantity = soft_close * quantity
    hard_quantity = quantity - soft_quantity
    soft_price = contract.price_losing(soft_at, side, entry, stop, model)
    hard_price: Numeric = stop
    if hard == "loss":  # infinite, and so #NUM!, where the soft stop closes everything
        all_of_it = (1.0 - soft_close * soft_at) / (1.0 - soft_close)
        hard_price = contract.price_losing(all_of_it, side, entry, stop, model)
    liquidation = None
    if leverage > 0:
        fixed, rate = contract.requirement(entry, maintenance_rate, 0.0, model)
        spare = contract.unit_value(entry, model) / leverage - fixed
        liquidation = contract.liquidation_price(side, entry, spare, rate, model)
    rows: list[list[Any]] = []
    notes: list[str] = []
    lost, left = entry * 0.0, quantity
    for name, price, part in (
        ("Soft", soft_price, soft_quantity),
        ("Hard", hard_price, hard_quantity),
    ):
        reachable = liquidation is None or side * (price - liquidation) > 0
        if not (reachable and 0 < price < np.inf):
            rows.append([name, *[CellError.NUM] * 5])
            notes.append(_unreachable(name, price, liquidation))
            continue
        loss = -part * contract.net_gain(side, entry, price, fee_rate, exit_fee_rate, model)
        lost, left = lost + loss, left - part
        rows.append([name, price, part, loss, lost, left])
    return TableAnswer(rows, note="; ".join(notes))


def _unreachable(name: str, price: Numeric, liquidation: Numeric | None) -> str:
    """Why a tier of the ladder cannot be used."""
    if not 0 < price < np.inf:
        return (
            f"{name}: no price above 0 loses the planned maximum with what the soft stop leaves:"
            ' lower soft_close, or type "price" for hard'
        )
    return (
        f"{name}: at {price:.10g} the position is liquidated already, at {liquidation:.10g}:"
        " lower the leverage or move the stop closer to the entry"
    )


@formula("Exits")
def trailing_stop(
    side: Side, entry: Price, best_price: Price, trail: TrailDistance, activate_at: Move = 0,
    trail_by: Literal["share", "amount"] = "share",
) -> Result:  # fmt: skip
    """Trailing stop price: follows the best price at a distance, never loosens.

    Parameters
    ----------
    best_price
        Best price since the entry: the highest for a long, the lowest for a short. The entry
        counts where it is better.
    trail
        Distance to the best price: a fraction of it, 3% or 0.03; with "amount" money a unit.
    activate_at
        Move in favour from which the stop is on, a fraction of the entry; 0 = from the start.
    trail_by
        What trail is: a "share" of the best price, or an "amount" in account currency per unit.

    Returns
    -------
    The price, in account currency per unit.

    Notes
    -----
    best*(1 - side*trail), or best - side*trail, with best the better of entry and best_price, once
    best is at entry*(1 + side*activate_at) or beyond.

    Errors
    ------
    #N/A until the best price has moved far enough. #NUM! where the trail reaches a price of 0.

    References
    ----------
    WealthSystem trailing stop tests; exchanges' callback rate and callback amount.

    Examples
    --------
    >>> round(trailing_stop("long", 100, 115, 0.03), 2)
    111.55
    >>> trailing_stop("long", 100, 104, 0.1, 0.05)
    <#N/A>
    >>> trailing_stop("long", 170, 172, 2, 0, "amount")
    170.0
    """
    best = np.where(side > 0, np.maximum(entry, best_price), np.minimum(entry, best_price))
    activation = entry * (1.0 + side * activate_at)
    waits = side * (best - activation) < -_SAME * activation
    distance = trail if trail_by == "amount" else best * trail
    stop = best - side * distance
    return invalid_where(
        stop,
        (
            (trail >= 1) if trail_by == "share" else (stop <= 0),
            CellError.NUM,
            "trail {trail} must be below 1, a fraction of the price; did you mean {trail}%?"
            ' For money a unit type "amount" for trail_by'
            if trail_by == "share"
            else "trail {trail} reaches below a price of 0: type a smaller amount",
        ),
        (
            waits,
            CellError.NA,
            "best_price {best_price} has not moved by {activate_at} of entry {entry} in favour: the"
            " trailing stop is not on yet",
        ),
    )


@formula(
    "Exits",
    columns=(
        "Rung",
        "Price",
        "Quantity",
        "Filled quantity",
        "Average entry",
        "Margin",
        "Loss at the stop",
        "Liquidation price",
    ),
)
def scale_in(
    side: Side, entries: Entries, stop: Price, budget: PositiveMoney, weights: Weights = (1,),
    leverage: Leverage = 1, maintenance_rate: Rate = 0, fee_rate: FeeRate = 0,
    exit_fee_rate: FeeRate = same_as("fee_rate"), lot_size: LotSize = 0, model: Model = "mark",
    headers: Headers = False,
) -> TableAnswer:  # fmt: skip
    """Scale-in schedule: how much to buy at each rung, so that all of it stopped loses the budget.

    Parameters
    ----------
    entries
        Prices of the rungs, in account currency per unit, in the order of the orders.
    stop
        Stop price of the whole: below every rung for a long, above for a short.
    budget
        What all rungs filled and stopped may lose, fees in it, in account currency.
    weights
        Sizes of the rungs beside each other: {1,2,3} = the third is three times the first. One
        number: all alike.
    fee_rate
        Trading fee of the entries, a fraction of the notional; minus = a rebate.
    exit_fee_rate
        Trading fee at the stop, a fraction of the notional; left out, as at the entries.
    lot_size
        Smallest step of the quantity, in units; each rung is rounded down. 0 = no step.

    Returns
    -------
    One row a rung, in units and account currency: what this rung adds, then the position with all
    rungs so far filled: its quantity, average entry, margin, loss at the stop and liquidation
    price.

    Notes
    -----
    quantity_i = weight_i*budget / sum over j of weight_j*(|entry_j - stop| + fee_rate*entry_j +
    exit_fee_rate*stop). Inverse: values 1/price for prices; the average entry is then harmonic.

    Errors
    ------
    #NUM! where a rung lies beyond the stop; in the last column where the position would be
    liquidated at its average entry. #VALUE! where there are not as many weights as rungs.

    References
    ----------
    Own derivation.

    Examples
    --------
    >>> rows = scale_in("long", [100, 98], 95, 160)
    >>> [[rung, price, quantity, filled, lost] for rung, price, quantity, filled, _, _, lost, _ in
    ...  rows]
    [[1.0, 100.0, 20.0, 20.0, 100.0], [2.0, 98.0, 20.0, 40.0, 160.0]]
    """
    if len(weights) not in (1, len(entries)):
        raise CellProblem(
            CellError.VALUE,
            f"there are {len(entries)} entries and {len(weights)} weights:"
            " give one weight for each rung, or one number",
        )
    beyond = side * (entries - stop) <= 0
    if beyond.any():
        word = "below" if side > 0 else "above"
        raise CellProblem(
            CellError.NUM,
            f"entry {entries[beyond][0]:.10g} lies beyond stop {stop:.10g}: the stop must lie"
            f" {word} every rung",
        )
    weights = np.broadcast_to(weights, entries.shape)
    lost_each = -contract.net_gain(side, entries, stop, fee_rate, exit_fee_rate, model)
    weighed = float(weights @ lost_each)
    if weighed <= 0:
        raise CellProblem(
            CellError.NUM,
            "the rungs lose nothing at the stop: no size follows from it; give a weight above 0,"
            " and check the fees' signs",
        )
    quantities = np.asarray(whole_lots(weights * budget / weighed, lot_size))
    filled = np.cumsum(quantities)
    values = np.cumsum(quantities * contract.unit_value(entries, model))
    lost = np.cumsum(quantities * lost_each)
    rows: list[list[Any]] = []
    for at, price in enumerate(entries):
        if filled[at] == 0:
            rows.append([at + 1, price, quantities[at], 0.0, CellError.NA, 0.0, 0.0, CellError.NA])
            continue
        average = contract.price_of(values[at] / filled[at], model)
        margin = values[at] / leverage
        liquidation = _liquidation_after(side, average, filled[at], margin, maintenance_rate, model)
        rows.append(
            [at + 1, price, quantities[at], filled[at], average, margin, lost[at], liquidation]
        )
    return TableAnswer(rows)
