"""The gambler's ruin equation."""

from __future__ import annotations

import numpy as np

from udfs.maths.arrays import Floats, Numeric


def log_root(win_rate: Numeric, payoff: Numeric) -> Numeric:
    """The logarithm of the ruin equation's root below 1; 0 (certain ruin) without an edge.

    The equation is convex, so Newton's steps from below the root reach it without passing it.
    A root near 1 (a small edge) is looked for as its distance to 1, or its digits would be lost.
    """
    p, b = np.broadcast_arrays(np.float64(win_rate), np.float64(payoff))
    edge = p * b > 1.0 - p
    low = edge & (p * 0.5 ** (b + 1.0) + 0.5 - p < 0.0)  # the root is below one half
    high = edge & ~low
    root = np.zeros(p.shape)
    root[low] = np.log(_root(p[low], b[low]))
    root[high] = np.log1p(-_root_below_one(p[high], b[high]))
    return root


# Newton doubles the digits at every step; a vanishing edge costs one step for every halving of
# the distance to 1, and there are 53 of them in a number.
_STEPS = 80


def _root(p: Floats, b: Floats) -> Floats:
    """z in [0, 1/2) with p z^(b+1) - z + 1 - p = 0."""
    z = np.zeros(p.shape)
    for _ in range(_STEPS):
        power = p * z**b
        step = (power * z - z + (1.0 - p)) / (1.0 - (b + 1.0) * power)
        z = z + step
        if not (step > 1e-16 * z).any():
            break
    return z


def _root_below_one(p: Floats, b: Floats) -> Floats:
    """w in (0, 1/2] with z = 1 - w the root."""
    w = np.full(p.shape, 0.5)
    for _ in range(_STEPS):
        log = np.log1p(-w)
        value = w + p * np.expm1((b + 1.0) * log)
        step = value / (1.0 - p * (b + 1.0) * np.exp(b * log))
        w = np.where(step > 0.0, w - step, w)
        if not (step > 1e-16 * w).any():
            break
    return w
