"""Exits: taking profit in parts, the two-tier stop, the trailing stop."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

import numpy as np

from udfs.catalogue.cell_types import Word
from udfs.catalogue.cells import Problem
from udfs.catalogue.evaluation import Outcome, Table, unless
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Count,
    Fractions,
    Leverage,
    Portion,
    Price,
    Quantity,
    Rate,
    Side,
    Trail,
    Triggers,
)
from udfs.errors import CellError
from udfs.formulas.liquidation import liquidation_price, mark_price, wrong_side
from udfs.maths.arrays import Numeric


class Bases(IntEnum):
    """What a scale-out trigger is a return on."""

    MARGIN = 0
    PRICE = 1


class Wholes(IntEnum):
    """What a scale-out fraction is a fraction of."""

    ORIGINAL = 0
    REMAINING = 1


class HardStops(IntEnum):
    """What the hard stop keeps once the soft stop has closed a part."""

    PRICE = 0
    LOSS = 1


Basis = Annotated[Any, Word("basis", Bases)]
Of = Annotated[Any, Word("whole", Wholes)]
Hard = Annotated[Any, Word("hard stop", HardStops)]

_ROUNDING = 1e-9  # 0.1 + 0.2 + 0.7 is a whole position


def _profit(
    side: Numeric, entry: Numeric, price: Numeric, quantity: Numeric, fee_rate: Numeric
) -> Numeric:
    """Result of closing a quantity, its share of the entry fee and the exit fee taken off."""
    return quantity * (side * (price - entry) - fee_rate * (entry + price))


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
    side: Side,
    entry: Price,
    quantity: Quantity,
    leverage: Leverage,
    triggers: Triggers = (0.5, 1),
    fractions: Fractions = (0.25, 0.25),
    basis: Basis = "margin",
    of: Of = "original",
    fee_rate: Rate = 0,
    trail: Trail = 0,
    maintenance_rate: Rate = 0,
) -> Table:
    """Scale-out schedule: which part to close at which price, and what it banks.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    quantity
        Position size in units of the asset.
    leverage
        Entry notional over margin posted, like 10.
    triggers
        Returns at which a part is closed, as fractions: {0.5,1} = up 50%, up 100%.
    fractions
        Part to close at each trigger, as fractions: {0.25,0.25}.
    basis
        What the trigger is a return on: "margin" (at 10 times, up 50% is a 5% move) or "price".
    of
        What the fraction is of: "original" position or "remaining" position.
    fee_rate
        Trading fee, a fraction of the notional, paid at the entry (pro rata) and at each exit.
    trail
        Distance of the runner's trailing stop, a fraction of the best price.
    maintenance_rate
        Maintenance margin rate, a fraction of the notional.

    Returns
    -------
    One row a tranche and one for the runner, in account currency and units. The runner's row
    shows the trailing stop's first price and the result if it is hit there.

    Notes
    -----
    price = entry*(1 + side*trigger/leverage) on margin, entry*(1 + side*trigger) on price. The
    margin stays posted, so the liquidation price moves away with every part that is closed.

    Errors
    ------
    #NUM! where the fractions of the original sum to more than 1, or a short's trigger lies below
    a price of 0. #VALUE! where there are not as many fractions as triggers.

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
        raise Problem(
            CellError.VALUE,
            f"there are {len(triggers)} triggers and {len(fractions)} fractions:"
            " give one fraction for each trigger",
        )
    if of == Wholes.ORIGINAL and fractions.sum() > 1 + _ROUNDING:
        raise Problem(
            CellError.NUM,
            f"the fractions sum to {fractions.sum():.10g}: no more than 1 can be closed",
        )
    on_price = 1.0 if basis == Bases.PRICE else leverage
    prices = entry + side * entry * triggers / on_price
    if (prices <= 0).any():
        raise Problem(
            CellError.NUM,
            f"trigger {triggers[prices <= 0][0]:.10g} needs a price of 0 or less:"
            " a short cannot gain more than its notional",
        )
    margin = quantity * entry / leverage
    rows: list[list[Any]] = []
    left, banked = quantity, entry * 0.0

    def close(
        name: object, trigger: Numeric, price: Numeric, fraction: Numeric, part: Numeric
    ) -> None:
        nonlocal left, banked
        gain = _profit(side, entry, price, part, fee_rate)
        left, banked = left - part, banked + gain
        if left <= quantity * _ROUNDING:
            left = 0.0
        after = _liquidation_after(side, entry, left, margin, maintenance_rate)
        rows.append([name, trigger, price, fraction, part, gain, left, banked, after])

    for number, (trigger, price, fraction) in enumerate(
        zip(triggers, prices, fractions, strict=True), 1
    ):
        part = fraction * (quantity if of == Wholes.ORIGINAL else left)
        close(number, trigger, price, fraction, min(part, left))
    stop = prices[-1] * (1.0 - side * trail)
    runner = left / quantity if of == Wholes.ORIGINAL else 1.0
    close("Runner", side * (stop - entry) / entry * on_price, stop, runner, left)
    return Table(rows)


def _liquidation_after(
    side: Numeric, entry: Numeric, left: Numeric, margin: Numeric, maintenance_rate: Numeric
) -> Any:
    """Liquidation price of what is left with all of the margin behind it; #N/A of nothing."""
    if left == 0:
        return CellError.NA
    return liquidation_price(side, entry, left * entry / margin, maintenance_rate)


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
    side: Side,
    entry: Price,
    stop: Price,
    quantity: Quantity,
    soft_at: Portion = 0.3,
    soft_close: Portion = 0.5,
    hard: Hard = "price",
    fee_rate: Rate = 0,
    leverage: Count = 0,
    maintenance_rate: Rate = 0,
) -> Table:
    """Two-tier stop: a soft stop that closes a part, a hard stop that closes the rest.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    stop
        Stop price of the plan: below the entry for a long, above it for a short.
    quantity
        Position size in units of the asset.
    soft_at
        Where the soft stop sits: the share of the planned maximum loss that the whole position
        has lost there, 30% or 0.3.
    soft_close
        Part of the position that the soft stop closes: 50% or 0.5.
    hard
        "price" = the hard stop stays at the stop, so less than the planned maximum is lost;
        "loss" = it moves out to where the planned maximum is lost.
    fee_rate
        Trading fee, a fraction of the notional, paid at the entry (pro rata) and at the exit.
        Fees come on top of the loss that sets the prices.
    leverage
        Entry notional over margin posted; given, a tier beyond the liquidation is refused. 0 =
        no such check.
    maintenance_rate
        Maintenance margin rate, a fraction of the notional.

    Returns
    -------
    Two rows, Soft and Hard, in account currency and units; a loss is positive.

    Notes
    -----
    soft = entry - side*soft_at*d with d = |entry - stop|; hard = stop, or
    entry - side*d*(1 - soft_close*soft_at)/(1 - soft_close).

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
    fault, error, words = wrong_side(side, entry, stop)
    if fault:
        word = "long" if side > 0 else "short"
        raise Problem(error, words.format(stop=f"{stop:.10g}", entry=f"{entry:.10g}", side=word))
    distance = np.abs(entry - stop)
    soft_quantity = soft_close * quantity
    hard_quantity = quantity - soft_quantity
    soft_price = entry - side * soft_at * distance
    hard_price: Numeric = stop
    if hard == HardStops.LOSS:  # infinite, and so #NUM!, where the soft stop closes everything
        hard_price = entry - side * distance * (1.0 - soft_close * soft_at) / (1.0 - soft_close)
    liquidation = mark_price(side, entry, leverage, maintenance_rate) if leverage > 0 else None
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
        loss = -_profit(side, entry, price, part, fee_rate)
        lost, left = lost + loss, left - part
        rows.append([name, price, part, loss, lost, left])
    return Table(rows, note="; ".join(notes))


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
    side: Side, entry: Price, best_price: Price, trail: Trail, activate_at: Count = 0
) -> Outcome:
    """Trailing stop price: follows the best price at a distance, never loosens.

    Parameters
    ----------
    side
        "long" or "short".
    entry
        Entry price, in account currency per unit.
    best_price
        Best price since the entry: the highest for a long, the lowest for a short.
    trail
        Distance to the best price, a fraction of it: 3% or 0.03.
    activate_at
        Move in favour after which the stop is on, a fraction of the entry; 0 = from the start.

    Returns
    -------
    The price, in account currency per unit.

    Notes
    -----
    best_price*(1 - side*trail), once best_price is beyond entry*(1 + side*activate_at).

    Errors
    ------
    #N/A until the best price has moved far enough.

    References
    ----------
    WealthSystem trailing stop tests: the activation price itself does not activate.

    Examples
    --------
    >>> round(trailing_stop("long", 100, 115, 0.03), 2)
    111.55
    >>> trailing_stop("long", 100, 105, 0.1, 0.05)
    <#N/A>
    """
    waits = (activate_at > 0) & (side * (best_price - entry * (1.0 + side * activate_at)) <= 0)
    return unless(
        best_price * (1.0 - side * trail),
        (
            waits,
            CellError.NA,
            "best_price {best_price} has not moved by more than {activate_at} of entry {entry} in"
            " favour: the trailing stop is not on yet",
        ),
    )
