"""The normal distribution, its inverse, and the scaled complementary error function.

NumPy has none of the three. The coefficients are those published by W. J. Cody, Rational Chebyshev
approximations for the error function, Mathematics of Computation 23 (1969) 631-637, and by M. J.
Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37
(1988) 477-484. Their own error is below 1e-16, relative, so what is left is rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from udfs.maths.arrays import Floats, Numeric

_ROOT_HALF = 0.7071067811865476
_ROOT_PI_INVERSE = 0.5641895835477563
# Of so few numbers a ratio is quicker one by one than by NumPy, and a cell mostly asks for one.
_FEW = 16

# Powers from the highest, numerator and denominator. erf(x)/x of x^2, for |x| up to 0.46875.
_SMALL = 0.46875
_ERF = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
# exp(x^2)*erfc(x) of x, from there to 4.
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3,
     2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3,
     1.23033935480374942e3),
)  # fmt: skip
# The same, beyond 4: how far x*exp(x^2)*erfc(x) is from its limit, over 1/x^2, of 1/x^2.
_LARGE = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip
# Deviations over p - 1/2, of 0.425^2 - (p - 1/2)^2: the middle of the distribution.
_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0),
)  # fmt: skip
# Deviations of sqrt(-ln p) - 1.6, and of sqrt(-ln p) - 5 where that is more.
_TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def ndtr(x: Numeric) -> Any:
    """The standard normal distribution function."""
    x = np.asarray(x, dtype=np.float64)
    size = np.abs(x)
    scaled = size * _ROOT_HALF
    tail = 0.5 * _bell(size) * _erfcx_of_positive(scaled)
    below = np.where(x < 0, tail, 1.0 - tail)
    near = scaled <= _SMALL
    if near.any():
        within = np.where(near, x * _ROOT_HALF, 0.0)
        below = np.where(near, 0.5 + 0.5 * within * _ratio(_ERF, within * within), below)
    return below


def erfcx(x: Numeric) -> Any:
    """exp(x^2)*erfc(x)."""
    x = np.asarray(x, dtype=np.float64)
    found = _erfcx_of_positive(np.abs(x))
    negative = x < 0
    if not negative.any():
        return found
    return np.where(negative, 2.0 * np.exp(np.where(negative, x, 0.0) ** 2) - found, found)


def ndtri(p: Numeric) -> Any:
    """The deviation below which a share p of the standard normal distribution lies."""
    p = np.asarray(p, dtype=np.float64)
    from_middle = p - 0.5
    central = np.abs(from_middle) <= 0.425
    found = from_middle * _ratio(_CENTRE, np.where(central, 0.180625 - from_middle**2, 0.0))
    outside = ~central
    if outside.any():
        found = np.array(found)
        found[outside] = _deviation_in_tail(p[outside])
    return found


def _deviation_in_tail(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):  # the ends are infinitely far out
        root = np.sqrt(-np.log(np.minimum(p, 1.0 - p)))
    far = root > 5.0
    finite = np.minimum(root, 40.0)
    size = np.where(far, _ratio(_FAR_TAIL, finite - 5.0), _ratio(_TAIL, finite - 1.6))
    size = np.where(np.isinf(root), np.inf, size)
    return np.where(p < 0.5, -size, size)


def _erfcx_of_positive(x: Floats) -> Floats:
    found = np.empty(x.shape)
    small, large = x <= _SMALL, x > 4.0
    middle = ~(small | large)  # NaN is in it, and stays
    part = x[middle]
    found[middle] = _ratio(_MIDDLE, part)
    if small.any():
        part = x[small]
        square = part * part
        found[small] = np.exp(square) * (1.0 - part * _ratio(_ERF, square))
    if large.any():
        part = x[large]
        inverse = (1.0 / part) ** 2
        found[large] = (_ROOT_PI_INVERSE - inverse * _ratio(_LARGE, inverse)) / part
    return found


def _bell(x: Floats) -> Floats:
    """exp(-x^2/2), with the rounding of x^2 taken out of the exponent."""
    x = np.minimum(x, 40.0)  # beyond, it is 0 in floating point
    coarse = np.trunc(x * 16.0) / 16.0
    return np.exp(-coarse * coarse / 2.0) * np.exp(-(x - coarse) * (x + coarse) / 2.0)


def _ratio(terms: tuple[Sequence[float], Sequence[float]], x: Floats) -> Floats:
    above, below = terms
    if x.size <= _FEW:
        found = [_ratio_of_one(above, below, one) for one in x.ravel().tolist()]
        return np.array(found).reshape(x.shape)
    numerator, denominator = np.full_like(x, above[0]), np.full_like(x, below[0])
    for up, down in zip(above[1:], below[1:], strict=True):
        numerator = numerator * x + up
        denominator = denominator * x + down
    return np.asarray(numerator / denominator)


def _ratio_of_one(above: Sequence[float], below: Sequence[float], x: float) -> float:
    """The same to the last digit."""
    numerator, denominator = above[0], below[0]
    for up, down in zip(above[1:], below[1:], strict=True):
        numerator = numerator * x + up
        denominator = denominator * x + down
    return numerator / denominator if denominator else math.nan
