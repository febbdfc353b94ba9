"""Chance: how likely a price is touched within the days planned.

The price is a geometric Brownian motion. Real markets jump and have fat tails, so for far
barriers these probabilities are a lower bound.
"""

from __future__ import annotations

import numpy as np

from udfs.kinds import Barrier, Count, Days, Drift, Numeric, Price, Volatility
from udfs.registry import formula

# Broadie, Glasserman and Kou: -zeta(1/2)/sqrt(2*pi).
_LOOK_SHIFT = 0.5825971579390107


@formula("Chance")
def touch_probability(
    price: Price,
    barrier: Barrier,
    volatility: Volatility,
    days: Days,
    drift: Drift = 0,
    looks_per_day: Count = 0,
) -> Numeric:
    """Probability that the price touches a barrier within the days.

    With the liquidation price as the barrier: the chance of being liquidated. It is about twice
    the chance of ending beyond it.

    Parameters
    ----------
    price
        Price now, in account currency per unit.
    barrier
        Price to touch, above or below; 0 is never touched.
    volatility
        Standard deviation of one day's log return: 5% or 0.05.
    days
        Days ahead.
    drift
        Drift of the price per day, a fraction.
    looks_per_day
        How often somebody looks; 0 = all the time, as an exchange does.

    Returns
    -------
    The probability, between 0 and 1.

    Notes
    -----
    mu = drift - volatility^2/2, b = ln(barrier/price), s = volatility*sqrt(days), down:
    Phi((b - mu*days)/s) + exp(2*mu*b/volatility^2)*Phi((b + mu*days)/s); up: the signs in Phi
    change. With looks, the barrier moves away by the factor
    exp(0.5826*volatility/sqrt(looks_per_day)).

    References
    ----------
    Haug, The Complete Guide to Option Pricing Formulas, one-touch options; Broadie, Glasserman
    and Kou (1997), A continuity correction for discrete barrier options.

    Examples
    --------
    >>> round(touch_probability(100, 98, 0.05, 1), 3)
    0.693
    >>> round(touch_probability(100, 90, 0.05, 1), 3)
    0.037
    """
    return touch(price, barrier, volatility, days, drift, looks_per_day)


def touch(
    price: Numeric,
    barrier: Numeric,
    volatility: Numeric,
    days: Numeric,
    drift: Numeric = 0.0,
    looks_per_day: Numeric = 0.0,
) -> Numeric:
    """The arithmetic of `touch_probability`, for other formulas."""
    from scipy.special import log_ndtr  # slow to import, so only where a probability is asked for

    distance = np.log(barrier / price)  # minus infinity for a barrier at 0
    down = np.sign(distance)
    shift = np.where(looks_per_day > 0, _LOOK_SHIFT * volatility / np.sqrt(looks_per_day), 0.0)
    b = distance + down * shift
    mu = drift - volatility**2 / 2.0
    spread = volatility * np.sqrt(days)
    # Measured towards the barrier, both directions are one formula. The second term is an
    # enormous factor times a tiny probability where volatility is small, hence the logarithms.
    direct = log_ndtr((down * mu * days - np.abs(b)) / spread)
    reflected = 2.0 * mu * b / volatility**2 + log_ndtr((-down * mu * days - np.abs(b)) / spread)
    random = np.exp(direct) + np.exp(reflected)
    # Without volatility the path is known: it drifts there or it does not.
    certain = down * (drift * days - distance) >= 0
    chance = np.where(spread > 0, random, np.where(certain, 1.0, 0.0))
    chance = np.where(np.isinf(distance), 0.0, np.clip(chance, 0.0, 1.0))
    return np.where(distance == 0, 1.0, chance)
