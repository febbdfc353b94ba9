"""Portfolio: risk of several positions together, stress, and what cross margin would change."""

from __future__ import annotations

from typing import Any

import numpy as np

from udfs.catalogue.cells import CellProblem
from udfs.catalogue.correlation_matrix import read
from udfs.catalogue.evaluation import Result, TableAnswer
from udfs.catalogue.formula import formula
from udfs.catalogue.positions import align_positions, numbers, worst
from udfs.catalogue.range_types import PositionColumn
from udfs.catalogue.units import (
    Correlation,
    EachMargin,
    EachModel,
    EachPrice,
    EachQuantity,
    EachRate,
    EachRisk,
    EachShock,
    EachSide,
    Headers,
    PositiveMoney,
    Price,
    Quantity,
    Rate,
    Side,
    SignedMoney,
)
from udfs.errors import CellError
from udfs.maths import contract
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.contract import Model

# Risk left over by a hedge below this share of the whole is rounding: there is no bet left.
_NOTHING = 1e-12


def _combined(risks: PositionColumn, correlation: list[list[Any]]) -> tuple[Floats, float, str]:
    """The risks that are there, the square of their combined risk, and a note."""
    positions = align_positions([risks])
    (each,) = numbers(positions)
    matrix = read(correlation, positions.at, positions.slots)
    return each, max(float(each @ matrix.values @ each), 0.0), matrix.note


@formula("Portfolio")
def portfolio_risk(risks: EachRisk, correlation: Correlation) -> Result:
    """Risk of all positions together, with the correlation between them.

    At most the sum of the risks (all prices move as one), and less where they do not, or where
    longs and shorts offset each other.

    Returns
    -------
    The combined risk, in the risks' unit.

    Notes
    -----
    sqrt(r'Cr). A matrix that no prices can have (not positive semi-definite) is replaced by the
    nearest that they can; ISO_EXPLAIN says so.

    Errors
    ------
    #NUM! where the correlation is not square, not symmetric, its diagonal is not 1, or a number
    lies beyond -1 to 1. #VALUE! where it has not one row a position.

    References
    ----------
    Markowitz (1952), Portfolio Selection; Higham (2002), Computing the nearest correlation matrix.

    Examples
    --------
    >>> round(portfolio_risk([[2, 2, 2]], 0.8), 4)
    5.5857
    >>> round(portfolio_risk([[2, -2]], [[1, 0.8], [0.8, 1]]), 4)
    1.2649
    """
    _, square, note = _combined(risks, correlation)
    return Result(np.sqrt(square)).noting(bool(note), note)


@formula("Portfolio")
def effective_bets(risks: EachRisk, correlation: Correlation) -> Result:
    """How many independent bets the positions really are.

    Three longs that move almost as one are hardly more than one bet.

    Returns
    -------
    The number of bets; above the number of positions where they hedge each other.

    Notes
    -----
    (sum |r|)^2 / r'Cr, the square of the diversification ratio.

    Errors
    ------
    #N/A where no risk is left: the positions cancel out. Else as ISO_PORTFOLIO_RISK.

    References
    ----------
    Choueifaty and Coignard (2008), Toward maximum diversification.

    Examples
    --------
    >>> round(effective_bets([[2, 2, 2]], 0.8), 4)
    1.1538
    """
    each, square, note = _combined(risks, correlation)
    whole = np.abs(each).sum() ** 2
    if square <= _NOTHING * whole:
        raise CellProblem(
            CellError.NA, "no risk is left: the risks are 0, or they cancel out, so there is no bet"
        )
    return Result(whole / square).noting(bool(note), note)


@formula("Portfolio")
def risk_room(risks: EachRisk, correlation: Correlation, budget: PositiveMoney) -> Result:
    """The most that the next position may risk, so that all together stay within the budget.

    Parameters
    ----------
    risks
        Cash at risk of each position held, one row or column: plus for a long, minus for a short.
    correlation
        Correlations of the prices' returns: a square with one row and column more than there are
        risks, the last being the next position's; or one number for every pair.
    budget
        Most combined risk, in the risks' unit.

    Returns
    -------
    The cash risk of a long; 0 where nothing is left.

    Notes
    -----
    r = -c + sqrt(c^2 - V + budget^2), with V the squared combined risk of those held and c = sum
    of correlation_i*risk_i with the next position.

    Errors
    ------
    As ISO_PORTFOLIO_RISK.

    References
    ----------
    Own derivation: ISO_PORTFOLIO_RISK set to the budget and solved for the last risk.

    Examples
    --------
    >>> round(risk_room([[100, 100]], 0.5, 250), 4)
    106.1553
    """
    positions = align_positions([risks])
    (held,) = numbers(positions)
    matrix = read(correlation, [*positions.at, positions.slots], positions.slots + 1)
    with_next = np.float64(matrix.values[-1, :-1] @ held)
    together = np.maximum(held @ matrix.values[:-1, :-1] @ held, 0.0)
    inside = with_next**2 - together + budget**2
    room = np.maximum(np.sqrt(np.maximum(inside, 0.0)) - with_next, 0.0)
    room = np.where(inside < 0, 0.0, room)
    return (
        Result(room)
        .noting(bool(matrix.note), matrix.note)
        .noting(
            room == 0, f"no room: the positions held risk {np.sqrt(together):.10g} together already"
        )
    )


@formula(
    "Portfolio", columns=("P&L under the shock", "Equity", "Liquidated", "Loss capped at margin")
)
def stress(
    sides: EachSide, entries: EachPrice, quantities: EachQuantity, margins: EachMargin,
    prices: EachPrice, shocks: EachShock, maintenance_rates: EachRate = 0, headers: Headers = False,
    models: EachModel = "mark",
) -> TableAnswer:  # fmt: skip
    """What a jump of the prices does to isolated positions: one row each, then the total.

    Parameters
    ----------
    entries
        Entry prices, in account currency per unit.
    quantities
        Position sizes in units of the asset.
    margins
        Margins posted, in account currency.
    shocks
        Moves of the prices, fractions: -10% or -0.1 is a fall. One number, or one a position.
    maintenance_rates
        Maintenance margin rates, fractions of the notional. One number, or one a position.
    models
        What maintenance is counted on: "mark", "entry", "inverse" or "inverse_mark", as in
        ISO_LIQUIDATION_PRICE. One word, or one a position.

    Returns
    -------
    P&L since the entry, in account currency; equity; TRUE where the position is liquidated; its
    loss, which is the whole margin where it is. The total's third cell is TRUE where any is.

    Notes
    -----
    At price*(1 + shock): P&L = side*quantity*(price - entry), equity = margin + P&L, liquidated
    where equity <= maintenance_rate*quantity*price ("mark"; the other models as in
    ISO_LIQUIDATION_PRICE, inverse ones with money in coin). Loss capped at margin = min(margin,
    loss), the whole margin where liquidated, 0 where there is a gain.

    Errors
    ------
    A bad cell gives its error in its own row and in the total.

    References
    ----------
    Synthetix V3 perps-market liquidation tests.

    Examples
    --------
    >>> stress([["long"], ["short"]], [[100], [20]], [[50], [100]], [[500], [400]],
    ...        [[100], [20]], -0.25)
    [[-1250.0, -750.0, True, 500.0], [500.0, 900.0, False, 0.0], [-750.0, 150.0, True, 500.0]]
    """
    positions = align_positions(
        [sides, entries, quantities, margins, prices],
        [(shocks, None), (maintenance_rates, 0.0), (models, "mark")],
    )
    rows: list[list[Any]] = []
    problems: list[CellProblem] = []
    for cells in zip(*positions.columns, strict=True):
        bad = [cell for cell in cells if isinstance(cell, CellProblem)]
        if bad:
            problems.append(worst(bad))
            rows.append([problems[-1].error] * 4)
        else:
            rows.append(_stressed(*cells))
    if problems:
        problem = worst(problems)
        return TableAnswer([*rows, [problem.error] * 4], note=problem.message)
    pnl, equity, dead, loss = (list(column) for column in zip(*rows, strict=True))
    return TableAnswer([*rows, [sum(pnl), sum(equity), any(dead), sum(loss)]])


def _stressed(
    side: float, entry: float, quantity: float, margin: float, price: float, shock: float,
    maintenance_rate: float, model: Model,
) -> list[Any]:  # fmt: skip
    shocked = price * (1.0 + shock)
    pnl = quantity * contract.gain(side, entry, shocked, model)
    equity = margin + pnl
    fixed, rate = contract.requirement(entry, maintenance_rate, 0.0, model)
    dead = bool(equity <= quantity * (fixed + rate * contract.unit_value(shocked, model)))
    return [pnl, equity, dead, margin if dead else max(-pnl, 0.0)]


@formula("Portfolio", columns=("Mode", "Liquidation price", "Distance", "Capital at risk"))
def cross_margin(
    side: Side, entry: Price, quantity: Quantity, margin: PositiveMoney, mark: Price,
    other_equity: SignedMoney, maintenance_rate: Rate = 0, headers: Headers = False,
    model: Model = "mark",
) -> TableAnswer:  # fmt: skip
    """The same position on its own margin, and backed by the rest of the account.

    Cross margin moves the liquidation away and puts everything else at risk. With losing
    neighbours it can even move it closer.

    Parameters
    ----------
    margin
        Margin posted to the position, in account currency.
    mark
        Price now, in account currency per unit.
    other_equity
        The rest of the account: cash and the other positions' equity less what they require;
        negative where they lose more than there is.

    Returns
    -------
    Two rows, Isolated and Cross: price in account currency per unit, its distance from the mark
    as a fraction of the mark, and all that a liquidation can take, in account currency.

    Notes
    -----
    ISO_LIQUIDATION_PRICE at the mark, with margin or margin + other_equity behind the
    position. Distance = side*(mark - price)/mark: 100% where no price liquidates it.

    Errors
    ------
    #NUM! for price and distance in the row in which the position is liquidated at the mark
    already.

    References
    ----------
    freqtrade cross liquidation tests; MoonXBT's pair of examples; dYdX v4 documentation.

    Examples
    --------
    >>> [[mode, round(price), capital] for mode, price, _, capital in
    ...  cross_margin("long", 20000, 1, 200, 20000, 2000, 0.005)]
    [['Isolated', 19899, 200.0], ['Cross', 17889, 2200.0]]
    """
    rows: list[list[Any]] = []
    notes: list[str] = []
    for mode, capital in (("Isolated", margin), ("Cross", margin + other_equity)):
        price, distance = _supported(side, entry, quantity, capital, mark, maintenance_rate, model)
        if isinstance(price, CellError):
            notes.append(
                f"{mode}: at the mark {mark:.10g} the position is liquidated already with"
                f" {capital:.10g} behind it"
            )
        rows.append([mode, price, distance, max(capital, 0.0)])
    return TableAnswer(rows, note="; ".join(notes))


def _supported(
    side: Numeric, entry: Numeric, quantity: Numeric, capital: Numeric, mark: Numeric,
    maintenance_rate: Numeric, model: Model,
) -> tuple[Any, Any]:  # fmt: skip
    """Liquidation price and distance with that much behind the position."""
    fixed, rate = contract.requirement(entry, maintenance_rate, 0.0, model)
    spare = capital / quantity - fixed
    if spare + contract.gain(side, entry, mark, model) <= rate * contract.unit_value(mark, model):
        return CellError.NUM, CellError.NUM
    price = contract.liquidation_price(side, entry, spare, rate, model)
    if not 0 <= price < np.inf:  # a coin-margined short that no price liquidates
        return CellError.NA, 1.0
    return price, side * (mark - price) / mark
