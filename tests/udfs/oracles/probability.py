"""Probabilities."""

from __future__ import annotations

import math

from tests.udfs.oracles.cells import NUM, Cell

BGK_BETA = 0.5825971579390106  # -zeta(1/2) / sqrt(2 pi)


def normal_cdf(x: float) -> float:
    """Standard normal distribution function."""
    return math.erfc(-x / math.sqrt(2)) / 2


def touch_probability(
    price: float, barrier: float, volatility: float, days: float, drift: float = 0,
    looks_per_day: float = 0,
) -> Cell:  # fmt: skip
    """Reflection principle with drift; discrete looks move the barrier away."""
    if barrier == price:
        return 1.0
    if barrier == 0 or days == 0 or volatility == 0:
        return 0.0
    up = barrier > price
    if looks_per_day > 0:
        shift = BGK_BETA * volatility / math.sqrt(looks_per_day)
        barrier *= math.exp(shift if up else -shift)
    log_drift = drift - volatility**2 / 2
    b = math.log(barrier / price)
    spread = volatility * math.sqrt(days)
    tilt = 2 * log_drift * b / volatility**2
    if up:
        ended = normal_cdf((-b + log_drift * days) / spread)
        came_back = normal_cdf((-b - log_drift * days) / spread)
    else:
        ended = normal_cdf((b - log_drift * days) / spread)
        came_back = normal_cdf((b + log_drift * days) / spread)
    if came_back > 0:
        ended += math.exp(tilt + math.log(came_back))
    return ended


def target_first_probability(
    price: float, target: float, stop: float, volatility: float, days: float, drift: float = 0,
) -> Cell:  # fmt: skip
    """Chance of ever reaching the target first, less the part that takes longer than `days`."""
    if not min(target, stop) < price < max(target, stop):
        return NUM
    v = volatility**2
    log_drift = drift - v / 2
    reach = math.log(target / price)
    room = math.log(price / stop)
    if target < price:  # mirror it: a short's target lies below
        reach, room, log_drift = -reach, -room, -log_drift
    width = reach + room
    if abs(log_drift) < 1e-15:
        ever = room / width
    else:
        ever = math.expm1(-2 * log_drift * room / v) / math.expm1(-2 * log_drift * width / v)
    later = 0.0
    for n in range(1, 1_000_000):
        decay = log_drift**2 / (2 * v) + (n * math.pi / width) ** 2 * v / 2
        term = n * (-1) ** (n + 1) * math.sin(n * math.pi * room / width) / decay
        later += term * math.exp(-decay * days)
        if decay * days > 50:
            break
    later *= v * math.pi / width**2 * math.exp(log_drift * reach / v)
    return ever - later
