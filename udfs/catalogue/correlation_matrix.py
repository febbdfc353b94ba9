"""Correlation matrices out of cells: read, checked, and repaired where they are impossible."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from udfs.catalogue.cells import CellProblem, show
from udfs.errors import CellError
from udfs.maths.arrays import Floats
from udfs.maths.nearest_correlation import nearest

# A spreadsheet's CORREL leaves rounding in the last digits.
_ROUNDING = 1e-8
# An eigenvalue above this is a singular matrix's zero, not a contradiction.
_NEGATIVE = -1e-10


class Matrix(NamedTuple):
    """A correlation matrix, and what was done to make it one."""

    values: Floats
    note: str


def read(cells: list[list[Any]], at: list[int], slots: int) -> Matrix:
    """The correlations of the positions ``at``, out of ranges of ``slots`` cells.

    One number serves for every pair. Raises the CellProblem where it is no correlation matrix.
    """
    wanted = len(at)
    if len(cells) == 1 and len(cells[0]) == 1:
        rho = _within(_number(cells[0][0], 1, 1), "correlation")
        values = np.full((wanted, wanted), rho)
        np.fill_diagonal(values, 1.0)
        return _possible(values)
    high, wide = len(cells), len(cells[0])
    if high != wide:
        raise CellProblem(
            CellError.NUM,
            f"correlation has {high} rows and {wide} columns: give as many rows as columns",
        )
    if high == slots:
        rows = at
    elif high == wanted:
        rows = list(range(wanted))
    else:
        raise CellProblem(
            CellError.VALUE,
            f"correlation is {high}x{high} for {wanted} positions:"
            " give one row and one column a position, in the positions' order",
        )
    values = np.array([[_number(cells[i][j], i + 1, j + 1) for j in rows] for i in rows])
    return _possible(_checked(values, rows))


def _number(cell: Any, row: int, column: int) -> float:
    if isinstance(cell, CellProblem):
        raise cell
    if cell is None:
        raise CellProblem(
            CellError.NA,
            f"correlation, row {row}, column {column}, is blank: type a number from -1 to 1",
        )
    return float(cell)


def _within(value: float, name: str) -> float:
    if abs(value) > 1.0 + _ROUNDING:
        raise CellProblem(
            CellError.NUM, f"{name} is {show(value)}: a correlation lies between -1 and 1, like 0.8"
        )
    return min(max(value, -1.0), 1.0)


def _checked(values: Floats, rows: list[int]) -> Floats:
    """The matrix with rounding taken out; the CellProblem where it is more than rounding."""
    for i, row in enumerate(rows):
        if abs(values[i, i] - 1.0) > _ROUNDING:
            raise CellProblem(
                CellError.NUM,
                f"correlation, row {row + 1}, column {row + 1}, is {show(float(values[i, i]))}:"
                " the diagonal must be 1",
            )
        for j, column in enumerate(rows):
            name = f"correlation, row {row + 1}, column {column + 1},"
            values[i, j] = _within(float(values[i, j]), name)
            if j < i and abs(values[i, j] - values[j, i]) > _ROUNDING:
                raise CellProblem(
                    CellError.NUM,
                    f"{name} is {show(float(values[i, j]))} but row {column + 1}, column {row + 1}"
                    f" is {show(float(values[j, i]))}: both must be the same",
                )
    values = (values + values.T) / 2.0
    np.fill_diagonal(values, 1.0)
    return values


def _possible(values: Floats) -> Matrix:
    """The matrix, or the nearest one that prices can have, with a note that says so."""
    least = float(np.linalg.eigvalsh(values)[0])
    if least >= _NEGATIVE:
        return Matrix(values, "")
    repaired = nearest(values)
    moved = float(np.abs(repaired - values).max())
    return Matrix(
        repaired,
        "these correlations contradict each other (no prices can move like that: the matrix is not"
        " positive semi-definite), so the nearest matrix that is possible was used (Higham);"
        f" it moves a correlation by up to {moved:.2g}",
    )
