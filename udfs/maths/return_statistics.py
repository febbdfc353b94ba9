"""Volatility, correlation and beta of returns, which are taken as having zero mean.

Over the days that matter here the mean is far smaller than what is known of it. Rows run from the
oldest to the newest; NaN is a row without a price, and its pairs with both neighbours are left out.
"""

from __future__ import annotations

import numpy as np

from udfs.maths.arrays import Floats

# What Brownian motion's squared range is on average, in variances: 4 ln 2.
_RANGE = 4.0 * np.log(2.0)
_CLOSE_IN_RANGE = 2.0 * np.log(2.0) - 1.0  # Garman and Klass


def log_returns(prices: Floats) -> Floats:
    """Each row's log return on the row before it, NaN where one of the two is missing."""
    return np.diff(np.log(prices), axis=0)


def weights(rows: int, half_life: float | None) -> Floats:
    """The rows' weights, oldest first: all alike, or halving every ``half_life`` rows back."""
    if half_life is None:
        return np.ones(rows)
    return np.exp2(-np.arange(rows - 1, -1, -1) / half_life)


def mean_known(values: Floats, each: Floats) -> float:
    """The weighted mean of what is there."""
    known = ~np.isnan(values)
    return float(each[known] @ values[known] / each[known].sum())


def parkinson(high: Floats, low: Floats) -> Floats:
    """Each row's variance by its range (Parkinson 1980)."""
    return np.asarray(np.log(high / low) ** 2 / _RANGE)


def garman_klass(opened: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Each row's variance by its range and its move (Garman and Klass 1980)."""
    spread, move = np.log(high / low), np.log(close / opened)
    return np.asarray(0.5 * spread**2 - _CLOSE_IN_RANGE * move**2)


def rogers_satchell(opened: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Each row's variance, whatever its drift (Rogers and Satchell 1991)."""
    up = np.log(high / close) * np.log(high / opened)
    down = np.log(low / close) * np.log(low / opened)
    return np.asarray(up + down)


def yang_zhang(opened: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Each row's variance with its gap to the close before it (Yang and Zhang 2000).

    The first row has no gap, and so no answer. The weight of the move within the row depends on
    how many rows there are.
    """
    inside = rogers_satchell(opened, high, low, close)[1:]
    gap = np.log(opened[1:] / close[:-1])
    move = np.log(close[1:] / opened[1:])
    rows = int(np.count_nonzero(~np.isnan(gap + inside)))
    if rows < 2:
        return np.full(len(gap), np.nan)
    share = 0.34 / (1.34 + (rows + 1) / (rows - 1))
    return gap**2 + share * move**2 + (1.0 - share) * inside


def correlations(returns: Floats, each: Floats) -> Floats:
    """Correlation of every two columns over the rows that both have; NaN where there are fewer
    than two, or where one of them never moves."""
    known = ~np.isnan(returns)
    filled = np.where(known, returns, 0.0)
    weighed = filled * each[:, None]
    products = weighed.T @ filled
    squares = (weighed * filled).T @ known.astype(np.float64)  # of i, where j is there too
    together = known.T.astype(np.float64) @ known
    with np.errstate(all="ignore"):
        found = products / np.sqrt(squares * squares.T)
    found = np.where((together >= 2) & np.isfinite(found), np.clip(found, -1.0, 1.0), np.nan)
    moves = np.isfinite(np.diagonal(found))
    found[moves, moves] = 1.0
    return np.asarray(found)


def shrunk(correlation: Floats, share: float) -> Floats:
    """Correlations drawn towards their mean; the diagonal stays."""
    off = ~np.eye(len(correlation), dtype=bool)
    known = off & ~np.isnan(correlation)
    if not known.any():
        return correlation
    towards = (1.0 - share) * correlation + share * correlation[known].mean()
    return np.where(off, towards, correlation)


def betas(returns: Floats, market: Floats, each: Floats) -> Floats:
    """What each column moves when the market moves by one, over the rows that both have; NaN where
    there are fewer than two, or the market never moves."""
    known = ~np.isnan(returns) & ~np.isnan(market)[:, None]
    own = np.where(known, returns, 0.0)
    of_market = np.where(known, np.nan_to_num(market)[:, None], 0.0)
    with np.errstate(all="ignore"):
        found = (each @ (own * of_market)) / (each @ of_market**2)
    return np.where((known.sum(axis=0) >= 2) & np.isfinite(found), found, np.nan)
