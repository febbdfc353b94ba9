"""The nearest correlation matrix to one that no prices could have."""

from __future__ import annotations

import numpy as np

from udfs.maths.arrays import Floats

_CONVERGED = 1e-12
_MOST_STEPS = 5000


def nearest(values: Floats) -> Floats:
    """The nearest correlation matrix in the Frobenius norm.

    Higham (2002), Computing the nearest correlation matrix: projections in turn on the positive
    semi-definite matrices and on those with a unit diagonal, with Dykstra's correction. Clipping
    the negative eigenvalues and rescaling once, as is often done, gives another, farther matrix.

    >>> nearest(np.array([[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]])).round(4)
    array([[1.    , 0.8946, 0.6966],
           [0.8946, 1.    , 0.3025],
           [0.6966, 0.3025, 1.    ]])
    """
    unit = np.array(values, dtype=np.float64)
    correction = np.zeros_like(unit)
    for _ in range(_MOST_STEPS):
        before = unit
        shifted = unit - correction
        eigenvalues, vectors = np.linalg.eigh(shifted)
        definite = (vectors * np.maximum(eigenvalues, 0.0)) @ vectors.T
        correction = definite - shifted
        unit = definite.copy()
        np.fill_diagonal(unit, 1.0)
        # Both sequences tend to the same matrix; the gap between them is what is left to go.
        if max(np.abs(unit - before).max(), np.abs(unit - definite).max()) < _CONVERGED:
            break
    return np.clip(unit, -1.0, 1.0)
