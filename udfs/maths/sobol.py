"""Sobol points: evenly spread numbers, scrambled, where plain random ones would need many more.

Direction numbers of the first dimensions from S. Joe and F. Y. Kuo (2008), Constructing Sobol
sequences with better two-dimensional projections (published under a BSD licence). SciPy has
them too, in a module that takes longer to import than all of a sheet takes to compute.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from udfs.maths.arrays import Floats

_BITS = 32

# A dimension's primitive polynomial, its bits as one number, and its first direction numbers.
_JOE_KUO: tuple[tuple[int, tuple[int, ...]], ...] = (
    (1, ()), (3, (1,)), (7, (1, 3)), (11, (1, 3, 1)), (13, (1, 1, 1)), (19, (1, 1, 3, 3)),
    (25, (1, 3, 5, 13)), (37, (1, 1, 5, 5, 17)), (41, (1, 1, 5, 5, 5)), (47, (1, 1, 7, 11, 19)),
    (55, (1, 1, 5, 1, 1)), (59, (1, 1, 1, 3, 11)), (61, (1, 3, 5, 5, 31)),
    (67, (1, 3, 3, 9, 7, 49)), (91, (1, 1, 1, 15, 21, 21)), (97, (1, 3, 1, 13, 27, 49)),
    (103, (1, 1, 1, 15, 7, 5)), (109, (1, 3, 1, 15, 13, 25)), (115, (1, 1, 5, 5, 19, 61)),
    (131, (1, 3, 7, 11, 23, 15, 103)), (137, (1, 3, 7, 13, 13, 15, 69)),
    (143, (1, 1, 3, 13, 7, 35, 63)), (145, (1, 3, 5, 9, 1, 25, 53)),
    (157, (1, 3, 1, 13, 9, 35, 107)), (167, (1, 3, 1, 5, 27, 61, 31)),
    (171, (1, 1, 5, 11, 19, 41, 61)), (185, (1, 3, 5, 3, 3, 13, 69)),
    (191, (1, 1, 7, 13, 1, 19, 1)), (193, (1, 3, 7, 5, 13, 19, 59)),
    (203, (1, 1, 3, 9, 25, 29, 41)), (211, (1, 3, 5, 13, 23, 1, 55)),
    (213, (1, 3, 7, 3, 13, 59, 17)),
)  # fmt: skip

DIMENSIONS = len(_JOE_KUO)


@cache
def _directions() -> npt.NDArray[np.uint32]:
    """The direction numbers, shape (dimension, bit of the point's index)."""
    table = np.empty((DIMENSIONS, _BITS), dtype=np.uint32)
    for dimension, (polynomial, first) in enumerate(_JOE_KUO):
        degree = polynomial.bit_length() - 1
        numbers = list(first) or [1] * _BITS
        for at in range(len(numbers), _BITS):
            number = numbers[at - degree] ^ (numbers[at - degree] << degree)
            for back in range(1, degree):
                if polynomial >> (degree - back) & 1:
                    number ^= numbers[at - back] << back
            numbers.append(number)
        table[dimension] = [number << (_BITS - 1 - at) for at, number in enumerate(numbers)]
    return table


class Sobol:
    """A scrambled sequence: a random matrix and a random shift of the digits (Matousek, 1998)."""

    def __init__(self, dimensions: int, random: np.random.Generator) -> None:
        plain = _directions()[:dimensions]
        shifts = np.arange(_BITS - 1, -1, -1, dtype=np.uint32)
        digits = (plain[:, :, None] >> shifts) & np.uint32(1)
        mixing = np.tril(random.integers(0, 2, (dimensions, _BITS, _BITS), dtype=np.uint32), -1)
        mixing += np.eye(_BITS, dtype=np.uint32)
        mixed = np.einsum("dij,dcj->dci", mixing, digits) & np.uint32(1)
        self._columns: npt.NDArray[np.uint32] = (mixed << shifts).sum(axis=2, dtype=np.uint32)
        self._shift = random.integers(0, 2**_BITS, (dimensions, 1), dtype=np.uint32)

    def points(self, start: int, stop: int) -> Floats:
        """Points ``start`` to ``stop`` as shape (dimension, point), each strictly in (0, 1)."""
        index: npt.NDArray[Any] = np.arange(start, stop, dtype=np.int64)
        gray = index ^ (index >> 1)
        digits = np.broadcast_to(self._shift, (len(self._shift), stop - start)).copy()
        for bit in range(max(stop - 1, 1).bit_length()):
            one = (gray >> bit & 1).astype(np.uint32)
            digits ^= self._columns[:, bit, None] * one
        return (digits.astype(np.float64) + 0.5) / 2.0**_BITS
