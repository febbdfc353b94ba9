"""Venues: the same trade side by side, under each venue's terms."""

from __future__ import annotations

from typing import Any

import numpy as np

from udfs.catalogue.cells import Cell, CellProblem, is_blank
from udfs.catalogue.evaluation import TableAnswer
from udfs.catalogue.formula import formula
from udfs.catalogue.positions import worst
from udfs.catalogue.units import Days, Headers, Leverage, Price, Quantity, Side, Venues
from udfs.errors import CellError
from udfs.maths import contract
from udfs.maths.arrays import Numeric
from udfs.maths.carry import carry_per_day

_COLUMNS = (
    "Venue",
    "Leverage allowed",
    "Liquidation price",
    "Entry and exit fees",
    "Carry",
    "Break-even price",
    "Lost if liquidated",
)


@formula("Portfolio", columns=_COLUMNS)
def venue_comparison(
    side: Side, entry: Price, quantity: Quantity, leverage: Leverage, days: Days, venues: Venues,
    headers: Headers = False,
) -> TableAnswer:  # fmt: skip
    """The same trade at each venue: liquidation price, costs, break-even, loss if liquidated.

    Parameters
    ----------
    leverage
        Entry notional over margin that you want, like 10; a venue may allow less.
    days
        Days held.
    venues
        Nine columns: Name, Max leverage, Maintenance rate, Liquidation penalty, Fee rate, Spread,
        Funding rate, Funding hours, Borrow rate. Blank hours are 8, a blank borrow rate is 0;
        blank rows are left out.

    Returns
    -------
    One row a venue, in account currency. The loss if liquidated is of the margin posted there,
    before fees and carry.

    Notes
    -----
    The margin is the entry notional over the leverage allowed; "mark" liquidation model. Entry
    and exit fees = notional*(2*fee_rate + spread): half the spread is paid each way. Carry as in
    ISO_CARRY_COST, borrowed = notional less margin. The break-even counts fees, spread and carry.
    Lost if liquidated as in ISO_LIQUIDATION_OUTCOME at the liquidation price, without slippage,
    what is left going back to the trader: at most the margin.

    Errors
    ------
    A bad cell gives its error in its venue's row alone. #NUM! for liquidation price and loss
    where the venue would liquidate the position at its entry.

    References
    ----------
    Own arrangement of the formulas named above.

    Examples
    --------
    >>> rows = venue_comparison("long", 100, 50, 10, 7,
    ...     [["A", 50, 0.005, 0.01, 0.0006, 0.0002, 0.0001, 8, 0],
    ...      ["B", 5, 0.01, 0.02, 0.0004, 0.0004, 0.0002, 1, 0]])
    >>> [[row[0], row[1], round(row[2], 2), round(row[3], 2)] for row in rows]
    [['A', 10.0, 90.45, 7.0], ['B', 5.0, 80.81, 6.0]]
    """
    rows: list[list[Any]] = []
    problems: list[CellProblem] = []
    for label, terms in venues:
        bad = [term for term in terms if isinstance(term, CellProblem)]
        if isinstance(label, CellError):
            bad = [CellProblem(label, f"Name holds the error {label}: fix that cell first")]
        if bad:
            problems.append(worst(bad))
            rows.append([_shown(label), *[problems[-1].error] * 6])
        else:
            rows.append([_shown(label), *_terms(side, entry, quantity, leverage, days, *terms)])
    note = worst(problems).message if problems else _too_much(rows, entry)
    return TableAnswer(rows, note=note)


def _terms(
    side: Numeric, entry: Numeric, quantity: Numeric, leverage: Numeric, days: Numeric,
    max_leverage: Numeric, maintenance_rate: Numeric, penalty: Numeric, fee_rate: Numeric,
    spread: Numeric, funding_rate: Numeric, funding_hours: Numeric, borrow_rate: Numeric,
) -> list[Any]:  # fmt: skip
    """One venue's row, without its name."""
    allowed = np.minimum(leverage, max_leverage)
    notional = quantity * entry
    margin = notional / allowed
    rate = fee_rate + spread / 2.0
    borrowed = np.maximum(notional - margin, 0.0)
    carry = days * carry_per_day(side, notional, funding_rate, funding_hours, borrow_rate, borrowed)
    breakeven = contract.breakeven_price(side, entry, rate, rate, carry / quantity, "mark")
    liquidation: Any = CellError.NUM
    lost: Any = CellError.NUM
    if entry / allowed > maintenance_rate * entry:
        liquidation = contract.liquidation_price(
            side, entry, entry / allowed, maintenance_rate, "mark"
        )
        left = max(margin + side * quantity * (liquidation - entry), 0.0)
        lost = margin - max(left - penalty * quantity * liquidation, 0.0)
    return [
        allowed,
        liquidation,
        2.0 * rate * notional,
        carry,
        breakeven if 0 < breakeven < np.inf else CellError.NA,
        lost,
    ]


def _shown(label: Cell) -> Cell:
    """A venue's name in the table; a missing one is an error of that cell alone."""
    return CellError.NA if is_blank(label) else label


def _too_much(rows: list[list[Any]], entry: Numeric) -> str:
    """Words for the first venue that would liquidate the position at once."""
    for label, allowed, liquidation, *_ in rows:
        if isinstance(liquidation, CellError):
            return (
                f"{label} would liquidate a position of {allowed:.10g} times margin at its own"
                f" entry {entry:.10g}: its maintenance rate takes the whole margin"
            )
    return ""
