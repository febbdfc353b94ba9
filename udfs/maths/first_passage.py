"""Barriers: exact chances that a Brownian motion hit_probability one barrier, or one of two first.

Everything here is measured in units of the horizon: distances over volatility*sqrt(days), drift
the same, so that time runs from 0 to 1. Distances are positive, a drift is positive towards the
target.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from udfs.maths.arrays import Floats, Numeric
from udfs.maths.normal import erfcx, ndtr

# Below this spread nothing moves but the drift; above it no square here overflows.
_STILL = 1e-140
_FAR = 1e150

# The corridor's width where the two series below are both exact to 1e-13 with few terms: images
# converge for wide corridors (short horizons), waves for narrow ones (long horizons).
_WIDE = 3.0
_WAVES = 9

_ROOT_2 = float(np.sqrt(2.0))


def log_ratio(price: Numeric, other: Numeric) -> Any:
    """ln(price/other), with all digits where the two are nearly equal."""
    apart = price - other
    near = np.abs(apart) < 0.5 * other
    return np.where(near, np.log1p(np.where(near, apart / other, 0.0)), np.log(price / other))


class Standardized(NamedTuple):
    """A price's way to a barrier, in units of the horizon."""

    spread: Numeric  # standard deviation of the log return over the horizon
    target: Numeric
    drift: Numeric


def standardized(
    distance: Numeric, direction: Numeric, volatility: Numeric, days: Numeric, drift: Numeric
) -> Standardized:
    """Units of the horizon for a logarithmic distance; the drift is the price's, per day."""
    root = np.sqrt(days)
    spread = np.minimum(volatility * root, _FAR)
    # Not (drift - volatility^2/2)*days/spread: the square would overflow, and lose digits.
    towards = direction * (drift * root / volatility - spread / 2.0)
    return Standardized(
        spread, np.minimum(np.abs(distance) / spread, _FAR), np.clip(towards, -_FAR, _FAR)
    )


def is_deterministic(spread: Numeric) -> Any:
    """Whether the path is known beforehand: no volatility or no time."""
    return spread < _STILL


def hit_probability(target: Numeric, drift: Numeric) -> Any:
    """Chance to reach the target within the horizon."""
    gap = target - drift
    came_back = _scaled_normal(2.0 * drift * target, target + drift, np.exp(-(gap**2) / 2.0))
    return np.minimum(ndtr(-gap) + came_back, 1.0)


def hit_first_probability(target: Numeric, stop: Numeric, drift: Numeric) -> Floats:
    """Chance to reach the target within the horizon, and before the stop on the other side."""
    target, stop, drift = np.broadcast_arrays(target, stop, drift)
    wide = target + stop >= _WIDE
    chance = np.empty(wide.shape)
    chance[wide] = _by_images(target[wide], stop[wide], drift[wide])
    narrow = ~wide
    chance[narrow] = _by_eigenfunctions(target[narrow], stop[narrow], drift[narrow])
    return np.clip(chance, 0.0, 1.0)


def _image(distance: Numeric, target: Numeric, drift: Numeric) -> Any:
    """Integral over the horizon of the first-passage density at ``distance``, weighed for a
    drift towards ``target``: for the two equal, the chance to reach the target.

    exp(drift*(target - b))*Phi(drift - b) + exp(drift*(target + b))*Phi(-drift - b), b the
    distance.
    """
    shared = np.exp(
        -((drift - target) ** 2) / 2.0 - (distance - target) * (distance + target) / 2.0
    )
    return _scaled_normal(drift * (target - distance), distance - drift, shared) + _scaled_normal(
        drift * (target + distance), distance + drift, shared
    )


def _scaled_normal(exponent: Numeric, deviations: Numeric, shared: Numeric) -> Any:
    """exp(exponent)*Phi(-deviations), where ``shared`` is exp(exponent - deviations^2/2).

    An enormous factor may meet a tiny Phi: beyond the middle the two share one exponent.
    """
    far = 0.5 * shared * erfcx(np.maximum(deviations, 0.0) / _ROOT_2)
    near = deviations < 0
    if not np.any(near):
        return far
    # Here the exponent cannot be positive.
    return np.where(near, np.exp(np.minimum(exponent, 0.0)) * ndtr(-deviations), far)


def _by_images(target: Floats, stop: Floats, drift: Floats) -> Any:
    """Reflections in both barriers, one after another; a wide corridor needs three of them."""
    width = target + stop
    return (
        hit_probability(target, drift)
        - _image(width + stop, target, drift)
        + _image(2.0 * width + target, target, drift)
    )


def _by_eigenfunctions(target: Floats, stop: Floats, drift: Floats) -> Any:
    """The chance for all time, less what happens after the horizon as a sum of decaying waves."""
    width = target + stop
    pull = 2.0 * np.abs(drift)
    # Both signs of the drift with exponents that only fall.
    pulled = pull * width > 0
    ever = np.where(drift < 0, np.exp(-pull * target), 1.0) * np.where(
        pulled,
        np.expm1(-pull * stop) / np.where(pulled, np.expm1(-pull * width), 1.0),
        stop / width,
    )
    weight = np.exp(drift * (target - drift / 2.0))
    later = np.zeros(width.shape)
    for n in range(1, _WAVES + 1):
        rate = n * np.pi / width
        decay = np.exp(-(rate**2) / 2.0)
        # pi*n/width^2 over (drift^2 + rate^2)/2, without dividing by a tiny width twice
        size = 2.0 * n * np.pi / ((drift * width) ** 2 + (n * np.pi) ** 2)
        later += size * np.sin(n * np.pi * target / width) * decay
    return ever - weight * later
