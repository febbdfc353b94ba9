"""Chance: how likely a price is touched within the days planned.

The price is a geometric Brownian motion. Real markets jump and have fat tails, so for far
barriers these probabilities are a lower bound.
"""

from __future__ import annotations

import numpy as np

from udfs.barriers import is_still, reaches, reaches_first, standard
from udfs.errors import CellError
from udfs.grid import Outcome, unless
from udfs.kinds import Numeric
from udfs.registry import formula
from udfs.vocabulary import Barrier, Count, Days, Drift, Price, Volatility

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
    distance = np.log(barrier / price)  # minus infinity for a barrier at 0
    direction = np.sign(distance)
    shift = np.where(looks_per_day > 0, _LOOK_SHIFT * volatility / np.sqrt(looks_per_day), 0.0)
    way = standard(np.abs(distance) + shift, direction, volatility, days, drift)
    # Without volatility the path is known: it drifts there or it does not.
    certain = direction * drift * days >= np.abs(distance)
    chance = np.where(is_still(way.spread), certain, reaches(way.target, way.drift))
    chance = np.where(np.isinf(distance), 0.0, chance)
    return np.where(distance == 0, 1.0, chance)


@formula("Chance")
def target_first_probability(
    price: Price,
    target: Barrier,
    stop: Barrier,
    volatility: Volatility,
    days: Days,
    drift: Drift = 0,
) -> Outcome:
    """Probability that the target is touched before the stop, within the days.

    Swap target and stop for the chance of being stopped first; what the two leave of 1 is the
    chance that neither is touched in time.

    Parameters
    ----------
    price
        Price now, in account currency per unit.
    target
        Price of the target: above the price for a long, below it for a short; 0 = never touched.
    stop
        Price of the stop, or of the liquidation, on the other side; 0 = never touched.
    volatility
        Standard deviation of one day's log return: 5% or 0.05.
    days
        Days ahead.
    drift
        Drift of the price per day, a fraction.

    Returns
    -------
    The probability, between 0 and 1: 1 where the price is at the target, 0 where it is at the
    stop.

    Notes
    -----
    mu = drift - volatility^2/2, a and l the logarithmic distances to target and stop, w = a + l.
    Without a limit on the days (1 - exp(-2*mu*l/volatility^2)) / (1 - exp(-2*mu*w/volatility^2)),
    or l/w where mu is 0. Within the days by reflections in both barriers, or where those
    converge slowly by the sine series; both are exact to 12 digits where they are used.

    Errors
    ------
    #NUM! where target and stop lie on the same side of the price.

    References
    ----------
    Cox and Miller, The Theory of Stochastic Processes, two absorbing barriers; Haug, The
    Complete Guide to Option Pricing Formulas, double barrier binary options.

    Examples
    --------
    >>> round(target_first_probability(100, 105, 96, 0.05, 365), 3)
    0.444
    >>> round(target_first_probability(100, 95, 104, 0.05, 365), 3)
    0.444
    """
    reach, room = np.log(target / price), np.log(stop / price)
    direction = np.sign(reach)
    way = standard(reach, direction, volatility, days, drift)
    back = standard(room, direction, volatility, days, drift)
    certain = direction * drift * days >= np.abs(reach)
    still = is_still(way.spread)
    chance = np.where(
        still,
        certain,
        # Still paths are kept out of the series, which would take their NaN for an answer.
        reaches_first(
            np.where(still, 1.0, way.target),
            np.where(still, 1.0, back.target),
            np.where(still, 0.0, way.drift),
        ),
    )
    chance = np.where(stop == price, 0.0, np.where(target == price, 1.0, chance))
    chance = np.where(target == 0, 0.0, chance)
    same_side = (target > price) & (stop > price) | (target < price) & (stop < price)
    return unless(
        chance,
        (
            (target == stop) | same_side & (target > 0) & (stop > 0),
            CellError.NUM,
            "target {target} and stop {stop} are not on either side of price {price}:"
            " a long's target lies above the price and its stop below, a short's the other way"
            " round",
        ),
    )
