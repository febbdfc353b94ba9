"""Markets: volatility, correlation and beta out of candles."""

from __future__ import annotations

from typing import Literal

import numpy as np

from udfs.catalogue.cells import CellProblem
from udfs.catalogue.evaluation import TableAnswer
from udfs.catalogue.formula import formula
from udfs.catalogue.units import Closes, HalfLife, Headers, Hours, PricesOfSymbols, Shrink
from udfs.errors import CellError
from udfs.maths import return_statistics as statistics
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.carry import HOURS_PER_DAY

_ROUNDING = 1e-12


@formula("Markets", each=True)
def volatility(
    closes: Closes, opens: Closes = None, highs: Closes = None, lows: Closes = None,
    method: Literal[
        "ewma", "close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"
    ] = "ewma",
    half_life: HalfLife = 20, interval_hours: Hours = 24,
) -> Numeric:  # fmt: skip
    """Volatility of a market from its candles: the standard deviation of one day.

    Parameters
    ----------
    closes
        Closing prices, the oldest first, a row or a column.
    opens
        Opening prices of the same candles; for "garman_klass", "rogers_satchell", "yang_zhang".
    highs
        Highest prices of the same candles; for all methods but "ewma" and "close".
    lows
        Lowest prices of the same candles; for all methods but "ewma" and "close".
    method
        "ewma" = what happened lately counts most, "close" = all rows alike; from the candles'
        range "parkinson", "garman_klass", "rogers_satchell", and with the gaps between candles
        "yang_zhang".
    interval_hours
        Length of a candle, in hours.

    Returns
    -------
    The standard deviation of one day's log return, a fraction: 0.05 is 5%.

    Notes
    -----
    Square root of the mean of: squared log returns r ("close"; "ewma" with weights
    2^(-age/half_life)); ln(H/L)^2/(4 ln 2) (Parkinson); ln(H/L)^2/2 - (2 ln 2 - 1)*ln(C/O)^2
    (Garman-Klass); ln(H/C)*ln(H/O) + ln(L/C)*ln(L/O) (Rogers-Satchell); gap^2 + k*move^2 + (1 -
    k)*Rogers-Satchell, k = 0.34/(1.34 + (n + 1)/(n - 1)) (Yang-Zhang); times
    sqrt(24/interval_hours). Returns are taken as having zero mean. A blank row is left out with
    the returns to both its neighbours.

    Errors
    ------
    #N/A where there are fewer than 2 returns (or candles), or a column is missing that the method
    needs. #NUM! where a high lies below its own candle's prices, or a low above. #VALUE! where
    the columns are not equally long.

    References
    ----------
    Parkinson (1980); Garman and Klass (1980); Rogers and Satchell (1991); Yang and Zhang (2000).

    Examples
    --------
    >>> round(volatility([[100], [105], [100], [105]], None, None, None, "close"), 6)
    0.04879
    """
    candles = _candles(closes, opens, highs, lows, method)
    if method in ("ewma", "close"):
        each_row = statistics.log_returns(closes) ** 2
    elif method == "parkinson":
        each_row = statistics.parkinson(candles["highs"], candles["lows"])
    else:
        estimate = {
            "garman_klass": statistics.garman_klass,
            "rogers_satchell": statistics.rogers_satchell,
            "yang_zhang": statistics.yang_zhang,
        }[method]
        each_row = estimate(candles["opens"], candles["highs"], candles["lows"], closes)
    if np.count_nonzero(~np.isnan(each_row)) < 2:
        raise CellProblem(
            CellError.NA, "there are fewer than 2 returns: give more rows, the oldest first"
        )
    weights = statistics.weights(len(each_row), float(half_life) if method == "ewma" else None)
    variance = max(statistics.mean_known(each_row, weights), 0.0)  # rounding of flat candles
    return float(np.sqrt(variance * HOURS_PER_DAY / interval_hours))


def _candles(
    closes: Floats, opens: Floats | None, highs: Floats | None, lows: Floats | None, method: str
) -> dict[str, Floats]:
    """The columns that a method needs, checked against each other."""
    needed: dict[str, Floats | None] = {}
    if method not in ("ewma", "close"):
        needed = {"highs": highs, "lows": lows}
        if method != "parkinson":
            needed["opens"] = opens
    candles: dict[str, Floats] = {}
    for name, column in needed.items():
        if column is None:
            raise CellProblem(CellError.NA, f'{name} is blank: "{method}" needs that column')
        if len(column) != len(closes):
            raise CellProblem(
                CellError.VALUE,
                f"there are {len(closes)} closes and {len(column)} {name}:"
                " give the same rows of each column",
            )
        candles[name] = column
    if candles:
        _check_range(candles | ({} if method == "parkinson" else {"closes": closes}))
    return candles


def _check_range(candles: dict[str, Floats]) -> None:
    """No price of a candle lies above its high or below its low."""
    high, low = candles["highs"], candles["lows"]
    for name, column in candles.items():
        above, below = column > high * (1.0 + _ROUNDING), column < low * (1.0 - _ROUNDING)
        wrong = np.flatnonzero(above | below)
        if wrong.size:
            at = int(wrong[0])
            raise CellProblem(
                CellError.NUM,
                f"row {at + 1}: the price {column[at]:.10g} of {name} lies outside the candle, from"
                f" low {low[at]:.10g} to high {high[at]:.10g}; are columns swapped?",
            )


@formula("Markets", columns=("Symbol 1", "Symbol 2", "..."))
def correlation(
    prices: PricesOfSymbols,
    method: Literal["ewma", "close"] = "ewma",
    half_life: HalfLife = 60,
    shrink: Shrink = 0,
    headers: Headers = False,
) -> TableAnswer:
    """Correlations of the symbols' returns: the square that the Portfolio formulas take.

    Parameters
    ----------
    prices
        Closing prices, one column a symbol, the oldest row first.
    shrink
        How far the correlations are drawn towards their mean, a fraction: 0 = not at all; more
        where there are few rows.

    Returns
    -------
    One row and one column a symbol, with 1 on the diagonal.

    Notes
    -----
    sum w*r_i*r_j / sqrt(sum w*r_i^2 * sum w*r_j^2) of log returns r with weights w, over the rows
    in which both symbols have a return; returns are taken as having zero mean. Then (1 -
    shrink)*correlation + shrink*mean correlation.

    Errors
    ------
    #N/A in the cells of two symbols with fewer than 2 returns in common, or of one that never
    moves. #VALUE! for one column.

    References
    ----------
    RiskMetrics (1996), exponentially weighted; Ledoit and Wolf (2003) for the idea of shrinking.

    Examples
    --------
    >>> correlation([[100, 50], [110, 55], [99, 50], [105, 52]], "close")[0][0]
    1.0
    """
    symbols = prices.shape[1]
    if symbols < 2:
        raise CellProblem(
            CellError.VALUE, "prices has one column: give one column a symbol, two at least"
        )
    returns = statistics.log_returns(prices)
    weights = statistics.weights(len(returns), float(half_life) if method == "ewma" else None)
    found = statistics.shrunk(statistics.correlations(returns, weights), float(shrink))
    return TableAnswer(
        [[CellError.NA if np.isnan(cell) else cell for cell in row] for row in found],
        columns=[f"Symbol {at}" for at in range(1, symbols + 1)],
    )


@formula("Markets", columns=("Beta of symbol 1", "Beta of symbol 2", "..."))
def beta(
    prices: PricesOfSymbols,
    market: Closes,
    method: Literal["ewma", "close"] = "ewma",
    half_life: HalfLife = 60,
) -> TableAnswer:
    """Beta of each symbol: how far it moves when the market moves by one per cent.

    Parameters
    ----------
    prices
        Closing prices, one column a symbol, the oldest row first.
    market
        Closing prices of the market (or of bitcoin) in the same rows.

    Returns
    -------
    One row, a beta for each column of prices.

    Notes
    -----
    sum w*r*m / sum w*m^2 of the log returns r and m of symbol and market, over the rows in which
    both have one; returns are taken as having zero mean.

    Errors
    ------
    #N/A in the cell of a symbol with fewer than 2 returns beside the market's. #VALUE! where prices
    and market do not have as many rows.

    References
    ----------
    Sharpe (1964), Capital asset prices.

    Examples
    --------
    >>> [round(each, 6) for each in beta([[100], [121], [100]], [[10], [11], [10]])[0]]
    [2.0]
    """
    if len(prices) != len(market):
        raise CellProblem(
            CellError.VALUE,
            f"prices has {len(prices)} rows and market {len(market)}: give the same rows of both",
        )
    returns, of_market = statistics.log_returns(prices), statistics.log_returns(market)
    weights = statistics.weights(len(returns), float(half_life) if method == "ewma" else None)
    found = statistics.betas(returns, of_market, weights)
    return TableAnswer([[CellError.NA if np.isnan(each) else each for each in found]])
