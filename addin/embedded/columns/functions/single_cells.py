"""Functions of numbers and kinds, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addin.embedded.cell_functions import (
    ADDED,
    COMPARED,
    LESS,
    PREFIX,
    ROUNDING,
    ZERO,
    fifteen_digits,
)
from addin.embedded.columns.cells import (
    BLANK,
    ERROR,
    NUMBER,
    TEXT,
    TRUTH,
    Cells,
    Floats,
    Unknown,
    computed,
    numbers,
    one,
    truths,
)
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows
from addin.embedded.columns.operators import binary
from udfs.maths.normal import ndtr


def _of_numbers(function: Callable[..., Any]) -> Function:
    """A function that NumPy has."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        found = [numbers(formula.eval(node, at)) for node in nodes]
        return computed(function(*(n.value for n in found)), *(n.error for n in found))

    return run


def _positive(function: Callable[[Floats], Any]) -> Callable[[Floats], Any]:
    return lambda value: np.where(value > 0, function(np.where(value > 0, value, 1.0)), np.nan)


def _normal(value: Floats) -> Any:
    return ndtr(value)


def _floor(value: Floats, step: Floats) -> Any:
    if ((step == 0) | ((value > 0) & (step < 0))).any():
        raise Unknown("FLOOR to nothing or to a negative number")
    quotient = value / step
    near = np.rint(quotient)
    close = np.abs(quotient - near) <= 1e-15 * np.maximum(np.abs(near), 1.0)
    return np.where(close, near, np.floor(quotient)) * step


def _n(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells = formula.eval(nodes[0], at)
    kind = np.where(cells.kind == ERROR, ERROR, NUMBER).astype(np.uint8)
    return Cells(kind, np.where((cells.kind == TEXT) | (cells.kind == BLANK), 0.0, cells.number))


def _is(*kinds: int) -> Function:
    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        return truths(np.isin(formula.eval(nodes[0], at).kind, kinds))

    return run


def _value(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells = formula.eval(nodes[0], at)
    if ((cells.kind == TRUTH) | (cells.kind == BLANK)).any():
        raise Unknown("VALUE of a truth value or a blank")
    found = numbers(cells)
    return computed(found.value, found.error)


def _compared(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    """What is compared, in fifteen digits."""
    cells = formula.eval(nodes[0], at)
    long = (cells.kind == NUMBER) & (cells.number != np.rint(cells.number))
    if not long.any():
        return cells
    number = cells.number.copy()
    number[long] = [fifteen_digits(value) for value in number[long].tolist()]
    return cells._replace(number=number)


def _last_sum(sign: str) -> Function:
    """The last sum of a formula: what is only an error of rounding is zero."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        left, right = (formula.eval(node, at) for node in nodes)
        total = binary(sign, left, right)
        value, _ = numbers(left)
        small = np.abs(total.number) < ROUNDING * np.spacing(np.abs(value))
        return total._replace(number=np.where((total.kind == NUMBER) & small, 0.0, total.number))

    return run


def _sum_or_zero(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    total, *ends = (formula.eval(node, at) for node in nodes)
    largest, smallest = (numbers(cells)[0] for cells in ends)
    size = np.maximum(np.maximum(largest, -smallest), 0.0)
    small = np.abs(total.number) < ROUNDING * np.spacing(size)
    return total._replace(number=np.where((total.kind == NUMBER) & small, 0.0, total.number))


def _pi(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return one(float(np.pi))


_KINDS = {"ISBLANK": (BLANK,), "ISERROR": (ERROR,), "ISNUMBER": (NUMBER,), "ISTEXT": (TEXT,)}

SINGLE_CELLS: dict[str, Function] = {
    "ABS": _of_numbers(np.abs),
    "EXP": _of_numbers(np.exp),
    "INT": _of_numbers(np.floor),
    **{name: _is(*kinds) for name, kinds in _KINDS.items()},
    "LN": _of_numbers(_positive(np.log)),
    "LOG10": _of_numbers(_positive(np.log10)),
    "N": _n,
    "NORMSDIST": _of_numbers(_normal),
    "PI": _pi,
    "SQRT": _of_numbers(lambda value: np.sqrt(np.where(value < 0, np.nan, value))),
    "VALUE": _value,
    COMPARED: _compared,
    ADDED: _last_sum("+"),
    LESS: _last_sum("-"),
    ZERO: _sum_or_zero,
    f"{PREFIX}FLOOR": _of_numbers(_floor),
    **{PREFIX + name: _is(*kinds) for name, kinds in _KINDS.items()},
}
