"""The normal distribution beside SciPy's, and beside forty digits."""

import math

import mpmath
import numpy as np
import pytest
from scipy import special

from udfs.maths import normal
from udfs.maths.normal import erfcx, ndtr, ndtri

RANDOM = np.random.default_rng(20)
MIDDLE = np.concatenate([RANDOM.uniform(-3, 8, 50_000), RANDOM.uniform(-1, 1, 20_000)])
TAIL = RANDOM.uniform(-37.5, -2, 20_000)
SHARES = np.concatenate(
    [RANDOM.uniform(0, 1, 50_000), 10.0 ** -RANDOM.uniform(0, 300, 20_000), [0.075, 0.925, 0.5]]
)
POSITIVE = np.concatenate([RANDOM.uniform(0, 30, 50_000), 10.0 ** RANDOM.uniform(0, 300, 1000)])


@pytest.mark.parametrize(
    ("ours", "theirs", "points", "tolerance"),
    [
        (ndtr, special.ndtr, MIDDLE[MIDDLE > -2], 2e-15),
        (ndtr, special.ndtr, TAIL, 3e-13),  # what SciPy itself is off there, see below
        (ndtri, special.ndtri, SHARES, 2e-15),
        (erfcx, special.erfcx, POSITIVE, 2e-15),
        (erfcx, special.erfcx, RANDOM.uniform(-5, 0, 10_000), 4e-15),
    ],
)
def test_scipy_says_the_same(ours, theirs, points, tolerance):
    np.testing.assert_allclose(ours(points), theirs(points), rtol=tolerance, atol=0)


def test_forty_digits_say_the_same_also_in_the_far_tail():
    with mpmath.workdps(40):
        for x in RANDOM.uniform(-37, 8, 400):
            assert abs(float(ndtr(x) / mpmath.ncdf(mpmath.mpf(float(x))) - 1)) < 2e-15
        for x in RANDOM.uniform(0, 25, 400):
            exactly = mpmath.exp(mpmath.mpf(float(x)) ** 2) * mpmath.erfc(mpmath.mpf(float(x)))
            assert abs(float(erfcx(x) / exactly - 1)) < 2e-15


def test_the_borders_of_the_approximations_are_no_steps():
    for border in (0.46875, 4.0):
        around = np.array([math.nextafter(border, to) for to in (0.0, 9.0)])
        np.testing.assert_allclose(erfcx(around), special.erfcx(around), rtol=2e-15)
    for border in (0.075, 0.925, math.exp(-25.0)):
        around = np.array([math.nextafter(border, to) for to in (0.0, 1.0)])
        np.testing.assert_allclose(ndtri(around), special.ndtri(around), rtol=2e-15)


def test_ends_and_what_is_no_number():
    assert ndtr(np.array([-np.inf, np.inf, 0.0])).tolist() == [0.0, 1.0, 0.5]
    assert ndtr(np.array([-1e300, 1e300])).tolist() == [0.0, 1.0]
    assert ndtri(np.array([0.0, 1.0, 0.5])).tolist() == [-np.inf, np.inf, 0.0]
    assert erfcx(np.array([0.0, np.inf])).tolist() == [1.0, 0.0]
    assert np.isnan([ndtr(np.nan), erfcx(np.nan), ndtri(np.nan)]).all()
    assert np.shape(ndtr(0.3)) == ()
    assert ndtr(np.zeros((2, 3, 4))).shape == (2, 3, 4)


@pytest.mark.parametrize("terms", ["_ERF", "_MIDDLE", "_LARGE", "_CENTRE", "_TAIL", "_FAR_TAIL"])
def test_few_numbers_are_computed_to_the_last_digit_as_many(terms):
    terms, many = getattr(normal, terms), RANDOM.uniform(0, 4, 500)
    for count in (1, 5, normal._FEW, normal._FEW + 1):
        few = normal._ratio(terms, many[:count])
        np.testing.assert_array_equal(few, normal._ratio(terms, many)[:count])
    assert normal._ratio(terms, many[:6].reshape(2, 3)).shape == (2, 3)
    assert np.isnan(normal._ratio(terms, np.array([np.nan]))).all()
    assert normal._ratio(terms, np.empty(0)).shape == (0,)
