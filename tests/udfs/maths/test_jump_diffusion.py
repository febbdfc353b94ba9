"""First passage with jumps: beside thirty digits, a simulation, and the limit without jumps."""

import math

import mpmath
import numpy as np
import pytest

from udfs.maths import first_passage
from udfs.maths.jump_diffusion import hit_probability


def ours(*law):
    return hit_probability(*(np.array([float(part)]) for part in law))[0]


def roots_of(coefficients):
    """A polynomial's roots: by eigenvalues, then by Newton's steps with all digits."""
    slopes = [part * power for part, power in zip(coefficients, (4, 3, 2, 1), strict=False)]
    for root in np.roots([complex(part) for part in coefficients]):
        exactly = mpmath.mpmathify(complex(root))
        for _ in range(2):
            exactly -= horner(coefficients, exactly) / horner(slopes, exactly)
        yield exactly


def horner(coefficients, x):
    value = mpmath.mpf(0)
    for part in coefficients:
        value = value * x + part
    return value


def transform(a, barrier, drift, deviation, jumps, up, rate_up, rate_down):
    """Kou and Wang's Laplace transform with mpmath's roots."""
    half = deviation**2 / 2
    coefficients = [
        -half,
        half * (rate_up - rate_down) - drift,
        half * rate_up * rate_down + drift * (rate_up - rate_down) + jumps + a,
        drift * rate_up * rate_down
        - (jumps + a) * (rate_up - rate_down)
        + jumps * (up * rate_up - (1 - up) * rate_down),
        -a * rate_up * rate_down,
    ]
    second, first = sorted(roots_of(coefficients), key=lambda root: -mpmath.re(root))[:2]
    return (
        (rate_up - first) / rate_up * second / (second - first) * mpmath.exp(-barrier * first)
        + (second - rate_up) / rate_up * first / (second - first) * mpmath.exp(-barrier * second)
    ) / a


def exactly(*law):
    with mpmath.workdps(30):
        law = [mpmath.mpf(float(part)) for part in law]
        return float(
            mpmath.invertlaplace(lambda a: transform(a, *law), 1, method="talbot", degree=24)
        )


@pytest.mark.parametrize(
    ("drift", "published", "digits"),
    [(0.1, 0.255843, 0.2558430401), (-0.1, 0.061223, 0.0612227960)],
)
def test_the_example_of_kou_and_wang(drift, published, digits):
    law = (0.3, drift, 0.2, 3.0, 0.5, 50.0, 100 / 3)
    assert ours(*law) == pytest.approx(published, abs=3e-6)
    assert ours(*law) == pytest.approx(digits, abs=1e-10)
    assert ours(*law) == pytest.approx(exactly(*law), rel=1e-12)


def laws(count):
    random = np.random.default_rng(7)
    for _ in range(count):
        deviation = random.uniform(0.02, 1.0)
        yield (
            deviation * random.uniform(0.02, 5.0),
            deviation * random.uniform(-1.5, 1.5),
            deviation,
            random.uniform(0.02, 6.0),
            random.uniform(0.05, 0.95),
            random.uniform(1.0, 20.0) / deviation,
            random.uniform(1.0, 20.0) / deviation,
        )


def test_thirty_digits_say_the_same_for_near_and_far_barriers():
    worst = max(abs(ours(*law) / exactly(*law) - 1) for law in laws(200))
    assert worst < 1e-10


def test_without_jumps_it_is_the_brownian_motions():
    for drift in (-1.0, 0.0, 0.7):
        for barrier in (0.01, 0.5, 2.0, 6.0):
            brownian = first_passage.hit_probability(barrier, drift)
            assert ours(barrier, drift, 1.0, 1e-13, 0.5, 3.0, 3.0) == pytest.approx(
                float(brownian), rel=1e-9
            )


def test_a_simulation_of_our_own_agrees():
    """Jumps at their own times, the bridge exact between them."""
    random = np.random.default_rng(3)
    barrier, drift, deviation, jumps, rate = 1.2, -0.2, 0.7, 1.5, 2.5
    paths, alive, level, left = 100_000, np.ones(100_000), np.zeros(100_000), np.ones(100_000)
    while (left > 0).any():
        wait = np.minimum(random.exponential(1 / jumps, paths), left)
        jumped = wait < left
        after = level + drift * wait + deviation * np.sqrt(wait) * random.normal(size=paths)
        gaps = np.maximum(barrier - level, 0) * np.maximum(barrier - after, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            crossed = np.exp(-2 * gaps / (deviation**2 * wait))
        alive *= np.where(wait > 0, 1 - crossed, 1.0)
        sizes = random.exponential(1 / rate, paths) * random.choice([-1, 1], paths)
        level = after + np.where(jumped, sizes, 0.0)
        alive[level >= barrier] = 0.0
        left -= wait
    chance = 1 - alive.mean()
    error = 4 * math.sqrt(chance * (1 - chance) / paths)
    assert ours(barrier, drift, deviation, jumps, 0.5, rate, rate) == pytest.approx(
        chance, abs=error
    )
