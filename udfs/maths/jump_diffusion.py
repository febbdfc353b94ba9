"""First passage of a Brownian motion with double-exponential jumps.

Kou and Wang (2003), First passage times of a jump diffusion process, give the Laplace transform in
closed form. It is inverted along a parabola in the complex plane through the saddle point of the
inversion integral (Weideman and Trefethen 2007), where the integrand falls off as a normal density
does: some thirty nodes give nearly all digits, of far barriers' tiny probabilities, too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from udfs.maths.arrays import Floats

Complexes = npt.NDArray[np.complex128]

_NODES = 48
# Where along the real axis the saddle is looked for, times the horizon. Below 3 the pole at 0
# comes too close; the factor between two candidates costs at most a digit.
_CANDIDATES = np.geomspace(3.0, 700.0, 28)
_FAR = 1e6
_DIGITS = 40.0  # natural logarithm of what may be cut off: 1e-17 of the integrand


def hit_probability(
    barrier: Floats, drift: Floats, deviation: Floats, jumps: Floats, up: Floats,
    rate_up: Floats, rate_down: Floats,
) -> Floats:  # fmt: skip
    """Chance to reach a barrier above 0 within a horizon of 1; arrays of one dimension.

    ``drift`` and ``deviation`` are the continuous part's, ``jumps`` how many there are on average;
    a jump goes up with chance ``up`` by an exponential amount with ``rate_up``, else down with
    ``rate_down``. NaN where the numbers lie so far apart that the transform cannot be told.
    """
    # In units of the deviation; what lies beyond the limits is certain or impossible anyway.
    scaled = (
        np.minimum(barrier / deviation, _FAR),
        np.clip(drift / deviation, -_FAR, _FAR),
        np.ones_like(deviation),
        np.minimum(jumps, _FAR),
        up,
        np.minimum(rate_up * deviation, _FAR),
        np.minimum(rate_down * deviation, _FAR),
    )
    law = [part[:, None] for part in scaled]
    candidates = np.broadcast_to(_CANDIDATES, (len(barrier), len(_CANDIDATES)))
    level = candidates + _log_transform(candidates.astype(complex), *law).real
    level = np.where(np.isnan(level), np.inf, level)
    saddle = candidates[np.arange(len(barrier)), level.argmin(axis=1)]
    lowest = level.min(axis=1)
    # a(u) = saddle*(1 + iu)^2: exp(a) falls off as exp(-saddle*u^2), and the transform's singular
    # points, all at or below 0, are one unit of u away.
    step = np.sqrt(_DIGITS / saddle) / _NODES
    u = step[:, None] * (np.arange(_NODES) + 0.5)
    turn = 1.0 + 1j * u
    contour = saddle[:, None] * turn**2
    exponent = contour + _log_transform(contour, *law) - lowest[:, None]
    integrand = np.exp(exponent) * turn
    mean = (integrand.real.sum(axis=1) * step) * 2.0 * saddle / np.pi
    found: Floats = np.exp(lowest) * mean
    return np.clip(found, 0.0, 1.0)


def _log_transform(
    a: Complexes, barrier: Floats, drift: Floats, deviation: Floats, jumps: Floats, up: Floats,
    rate_up: Floats, rate_down: Floats,
) -> Complexes:  # fmt: skip
    """Logarithm of the Laplace transform of the chance, at each a."""
    first, second = _roots(a, drift, deviation, jumps, up, rate_up, rate_down)
    # The smaller root leads: beside it, neither term underflows.
    leading = (rate_up - first) * second
    trailing = (second - rate_up) * first * np.exp(-barrier * (second - first))
    inner = (leading + trailing) / (rate_up * (second - first) * a)
    with np.errstate(all="ignore"):
        return np.log(inner) - barrier * first


def _roots(
    a: Complexes, drift: Floats, deviation: Floats, jumps: Floats, up: Floats, rate_up: Floats,
    rate_down: Floats,
) -> tuple[Complexes, Complexes]:  # fmt: skip
    """The two roots with a positive real part of the jump diffusion's exponent G(x) = a."""
    half = deviation**2 / 2.0
    apart = rate_up - rate_down
    product = rate_up * rate_down
    # (half x^2 + drift x - jumps - a)(rate_up - x)(rate_down + x) + jumps*(up*rate_up*(rate_down
    # + x) + (1 - up)*rate_down*(rate_up - x)), by powers of x from the highest.
    free = -(jumps + a)
    coefficients = [
        -half + 0.0 * a,
        half * apart - drift + 0.0 * a,
        half * product + drift * apart - free,
        drift * product + free * apart + jumps * (up * rate_up - (1.0 - up) * rate_down),
        product * (free + jumps),
    ]
    matrix = np.zeros((*a.shape, 4, 4), dtype=complex)
    for column, coefficient in enumerate(coefficients[1:]):
        matrix[..., 0, column] = -coefficient / coefficients[0]
    matrix[..., [1, 2, 3], [0, 1, 2]] = 1.0
    unknown = ~np.isfinite(matrix).all(axis=(-2, -1))
    matrix[unknown] = 0.0
    roots = np.asarray(np.linalg.eigvals(matrix), dtype=np.complex128)
    order = np.argsort(roots.real, axis=-1)
    roots = np.take_along_axis(roots, order, axis=-1)
    roots[unknown] = np.nan
    return roots[..., 2], roots[..., 3]
