"""Probability: how likely a price is touched within the days planned.

The price is a geometric Brownian motion. Real markets jump and have fat tails, so for far
barriers these probabilities are a lower bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from udfs.catalogue.cells import CellProblem
from udfs.catalogue.correlation_matrix import read
from udfs.catalogue.evaluation import Result, TableAnswer, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.positions import align_positions, numbers
from udfs.catalogue.units import (
    Barrier,
    Correlation,
    DaysAhead,
    Drift,
    EachBarrier,
    EachPrice,
    EachSide,
    EachVolatility,
    Headers,
    JumpShare,
    JumpsPerDay,
    Paths,
    Price,
    Seed,
    TimesPerDay,
    VolatilityAhead,
)
from udfs.errors import CellError
from udfs.maths import jump_diffusion
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.first_passage import (
    hit_first_probability,
    hit_probability,
    is_deterministic,
    log_ratio,
    standardized,
)
from udfs.maths.joint_simulation import at_least, chances, poisson_binomial

# Broadie, Glasserman and Kou: -zeta(1/2)/sqrt(2*pi).
_LOOK_SHIFT = 0.5825971579390107
# More positions are simulated for seconds, in one cell.
_MOST_POSITIONS = 32


@formula("Probability")
def touch_probability(
    price: Price, barrier: Barrier, volatility: VolatilityAhead, days: DaysAhead, drift: Drift = 0,
    looks_per_day: TimesPerDay = 0, jump_share: JumpShare = 0, jumps_per_day: JumpsPerDay = 0.2,
) -> Result:  # fmt: skip
    """Probability that the price touches a barrier within the days.

    With the liquidation price as the barrier: the chance of being liquidated. It is about twice
    the chance of ending beyond it.

    Parameters
    ----------
    price
        Price now, in account currency per unit.
    barrier
        Price to touch, above or below; 0 is never touched.
    drift
        Drift of the price per day, a fraction.
    looks_per_day
        How often somebody looks; 0 = all the time, as an exchange does.
    jump_share
        Share of the variance that comes in jumps: 50% or 0.5; the volatility stays the same. 0 = a
        price without jumps.
    jumps_per_day
        How many jumps a day there are on average; it matters only beside jump_share.

    Returns
    -------
    The probability, between 0 and 1.

    Notes
    -----
    mu = drift - volatility^2/2, b = ln(barrier/price), s = volatility*sqrt(days), down:
    Phi((b - mu*days)/s) + exp(2*mu*b/volatility^2)*Phi((b + mu*days)/s); up: the signs in Phi
    change. With looks, the barrier moves away by the factor
    exp(0.5826*volatility/sqrt(looks_per_day)). With jumps: double-exponential ones, up and down
    alike, of the mean size sqrt(jump_share*volatility^2/(2*jumps_per_day)), by the closed
    Laplace transform, inverted to 12 digits. Near barriers become less likely to be touched, far
    ones far more.

    Errors
    ------
    #NUM! where the jumps are so large that the price has no mean.

    References
    ----------
    Haug, The Complete Guide to Option Pricing Formulas, one-touch options; Broadie, Glasserman
    and Kou (1997), A continuity correction for discrete barrier options; Kou and Wang (2003),
    First passage times of a jump diffusion process.

    Examples
    --------
    >>> round(touch_probability(100, 98, 0.05, 1), 3)
    0.693
    >>> round(touch_probability(100, 90, 0.05, 1), 3)
    0.037
    >>> round(touch_probability(100, 90, 0.05, 1, 0, 0, 0.5), 3)
    0.027
    """
    distance = log_ratio(barrier, price)  # minus infinity for a barrier at 0
    direction = np.sign(distance)
    continuous = volatility * np.sqrt(1.0 - jump_share)  # standard deviation between the jumps
    shift = np.where(looks_per_day > 0, _LOOK_SHIFT * continuous / np.sqrt(looks_per_day), 0.0)
    away = np.abs(distance) + shift
    scaled = standardized(away, direction, volatility, days, drift)
    # Without volatility the path is known: it drifts there or it does not.
    certain = direction * drift * days >= np.abs(distance)
    still = is_deterministic(scaled.spread)
    chance = np.where(still, certain, hit_probability(scaled.target, scaled.drift))
    jumpy: Any = (jump_share > 0) & ~still & np.isfinite(distance) & (distance != 0)
    wild: Any = False
    if np.any(jumpy):
        size = volatility * np.sqrt(jump_share / (2.0 * jumps_per_day))
        wild = jumpy & (size >= 1.0)
        jumpy = jumpy & ~wild
        chance = _with_jumps(
            chance, jumpy, away, direction, continuous, days, drift, jumps_per_day, size
        )
    chance = np.where(np.isinf(distance), 0.0, chance)
    return invalid_where(
        np.where(distance == 0, 1.0, chance),
        (
            wild,
            CellError.NUM,
            "jumps of that size (volatility {volatility}, jump_share {jump_share}, jumps_per_day"
            " {jumps_per_day}) have no mean: raise jumps_per_day, or lower jump_share",
        ),
    )


def _with_jumps(
    chance: Floats, where: Any, away: Numeric, direction: Numeric, continuous: Numeric,
    days: Numeric, drift: Numeric, jumps_per_day: Numeric, size: Numeric,
) -> Floats:  # fmt: skip
    """The chances with those of jumping prices put in; the barrier is above after a mirroring."""
    # Each may be one number or a part of the block's shape.
    parts = (away, direction, continuous, days, drift, jumps_per_day, size)
    shape = np.broadcast_shapes(*map(np.shape, (chance, where, *parts)))
    where = np.broadcast_to(where, shape)
    picked = [np.broadcast_to(part, shape)[where] for part in parts]
    barrier, way, deviation, horizon, mean, jumps, jump = picked
    # The drift is the price's: what jumps and noise add to the mean is taken off.
    log_drift = mean - deviation**2 / 2.0 - jumps * jump**2 / (1.0 - jump**2)
    with_jumps = np.array(np.broadcast_to(chance, shape))
    found = jump_diffusion.hit_probability(
        barrier,
        way * log_drift * horizon,
        deviation * np.sqrt(horizon),
        jumps * horizon,
        np.full(barrier.shape, 0.5),
        1.0 / jump,
        1.0 / jump,
    )
    # Where jumps are too many or too small to be told from noise, noise is what they are.
    with_jumps[where] = np.where(np.isfinite(found), found, with_jumps[where])
    return with_jumps


@formula("Probability")
def target_first_probability(
    price: Price, target: Barrier, stop: Barrier, volatility: VolatilityAhead, days: DaysAhead,
    drift: Drift = 0,
) -> Result:  # fmt: skip
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
    reach, room = log_ratio(target, price), log_ratio(stop, price)
    direction = np.sign(reach)
    scaled = standardized(reach, direction, volatility, days, drift)
    back = standardized(room, direction, volatility, days, drift)
    certain = direction * drift * days >= np.abs(reach)
    still = is_deterministic(scaled.spread)
    chance = np.where(
        still,
        certain,
        # Still paths are kept out of the series, which would take their NaN for an answer.
        hit_first_probability(
            np.where(still, 1.0, scaled.target),
            np.where(still, 1.0, back.target),
            np.where(still, 0.0, scaled.drift),
        ),
    )
    chance = np.where(stop == price, 0.0, np.where(target == price, 1.0, chance))
    chance = np.where(target == 0, 0.0, chance)
    same_side = (target > price) & (stop > price) | (target < price) & (stop < price)
    return invalid_where(
        chance,
        (
            (target == stop) | same_side & (target > 0) & (stop > 0),
            CellError.NUM,
            "target {target} and stop {stop} are not on either side of price {price}:"
            " a long's target lies above the price and its stop below, a short's the other way"
            " round",
        ),
    )


@formula("Probability", columns=("Liquidated", "Exactly", "At least", "At least if independent"))
def joint_liquidation(
    sides: EachSide, prices: EachPrice, liquidation_prices: EachBarrier,
    volatilities: EachVolatility, correlation: Correlation, days: DaysAhead, paths: Paths = 20000,
    seed: Seed = 1, headers: Headers = False,
) -> TableAnswer:  # fmt: skip
    """How many of the positions are liquidated within the days, and how likely each number is.

    Correlation does not make the first liquidation likelier. It makes it likelier that all of
    them go together.

    Parameters
    ----------
    liquidation_prices
        Liquidation prices, in account currency per unit; 0 = never.
    volatilities
        Standard deviations of one day's log return: 5% or 0.05. One number, or one a position.
    correlation
        Correlations of the prices' returns: a square, one row and column a position, or one
        number for every pair. The sides count by themselves.
    paths
        How many paths are simulated: more are slower and closer.
    seed
        Which random numbers: the same seed gives the same answer; another one shows how far the
        simulation may be off.

    Returns
    -------
    One row for each number of positions, from 0 to all: the chance that exactly so many are
    liquidated, that at least so many are, and the latter if the prices were independent.

    Notes
    -----
    Geometric Brownian motions without a drift of the price, watched all the time: between the
    16 times simulated, hits follow the Brownian bridge. Each position's own chance is exact
    (ISO_TOUCH_PROBABILITY) and steadies the count; the last column needs no simulation. The
    standard error at 20000 paths, measured over seeds, is about 0.001 for At least and 0.002 for
    Exactly; it falls at least with the square root of the paths. A price beyond its
    liquidation price counts as liquidated. ISO_EXPLAIN says where a correlation matrix had to be
    repaired.

    Errors
    ------
    As ISO_PORTFOLIO_RISK for the correlation; #NUM! for more than 32 positions. An error in one
    cell is the whole answer's.

    References
    ----------
    Metzler (2010), On the first passage problem for correlated Brownian motion; Glasserman,
    Monte Carlo Methods in Financial Engineering, bridges, control variates, Sobol points.

    Examples
    --------
    >>> table = joint_liquidation([["long", "long", "long"]], 100, 90.45, 0.05, 0.8, 7)
    >>> [[k, round(least, 2), round(alone, 2)] for k, _, least, alone in table]
    [[0.0, 1.0, 1.0], [1.0, 0.63, 0.85], [2.0, 0.47, 0.46], [3.0, 0.31, 0.1]]
    """
    positions = align_positions([sides, prices, liquidation_prices], [(volatilities, None)])
    if len(positions.at) > _MOST_POSITIONS:
        raise CellProblem(
            CellError.NUM,
            f"there are {len(positions.at)} positions: at most {_MOST_POSITIONS} are simulated"
            " together; leave out those that are never liquidated, or put alike ones together",
        )
    side, price, barrier, volatility = numbers(positions)
    matrix = read(correlation, positions.at, positions.slots)
    distance = np.where(barrier > 0, side * log_ratio(price, np.where(barrier > 0, barrier, 1)), 0)
    # Towards the barrier is down for a long.
    scaled = standardized(distance, -side, volatility, days, 0.0)
    marginal = np.where(
        is_deterministic(scaled.spread), 0.0, hit_probability(scaled.target, scaled.drift)
    )
    marginal = np.where(barrier > 0, np.where(distance <= 0, 1.0, marginal), 0.0)
    signed = matrix.values * np.outer(side, side)
    exactly = chances(
        np.asarray(scaled.target), np.asarray(scaled.drift), marginal, signed, int(paths), int(seed)
    )
    least, independent = at_least(exactly), at_least(poisson_binomial(marginal))
    return TableAnswer(
        [list(row) for row in zip(range(len(exactly)), exactly, least, independent, strict=True)],
        note=matrix.note,
    )
