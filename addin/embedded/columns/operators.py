"""The operators of formulas over many cells at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from addin.embedded.columns.cells import (
    BLANK,
    NUMBER,
    TEXT,
    Cells,
    Unknown,
    as_texts,
    code,
    computed,
    errors,
    folded,
    numbers,
    of_texts,
    truths,
)
from udfs.errors import CellError

COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))


def unary(operator: str, cells: Cells) -> Cells:
    """A sign or a percent sign."""
    value, error = numbers(cells)
    match operator:
        case "-":
            return computed(-value, error)
        case "%":
            return computed(value / 100, error)
        case "+":
            return cells
    raise Unknown(f"the operator {operator}")


def binary(operator: str, left: Cells, right: Cells) -> Cells:
    """An operator between two operands."""
    if operator in COMPARISONS:
        return compared(operator, left, right)
    if operator == "&":
        first, wrong = as_texts(left)
        second, too = as_texts(right)
        joined: Any = first + second
        return of_texts(joined, wrong, too)
    (a, wrong), (b, too) = numbers(left), numbers(right)
    match operator:
        case "+":
            return computed(a + b, wrong, too)
        case "-":
            return computed(a - b, wrong, too)
        case "*":
            return computed(a * b, wrong, too)
        case "/":
            zero = np.broadcast_to(b == 0, np.broadcast_shapes(a.shape, b.shape))
            divided = np.where(zero, 0.0, a / np.where(b == 0, 1.0, b))
            return computed(divided, wrong, too, np.where(zero, code(CellError.DIV0), np.nan))
        case "^":
            if ((a == 0) & (b <= 0)).any() or (a < 0).any():
                raise Unknown("a power of nothing or of a negative number")
            return computed(a**b, wrong, too)
    raise Unknown(f"the operator {operator}")


def _is_empty_text(cells: Cells) -> bool:
    """Whether it is nothing but a "", which most formulas ask for first."""
    return (
        cells.shape == (1, 1)
        and cells.kind[0, 0] == TEXT
        and cells.text is not None
        and cells.text[0, 0] == ""
    )


def compared(operator: str, left: Cells, right: Cells) -> Cells:
    """A comparison: numbers before text before truth values, text without its case."""
    a, b = left.number, right.number
    if left.all_numbers and right.all_numbers:
        equal, less = a == b, a < b
    else:
        shape = np.broadcast_shapes(left.shape, right.shape)
        kinds = np.broadcast_to(left.kind, shape), np.broadcast_to(right.kind, shape)
        # A blank is 0, "" or FALSE, as the other side is.
        blanks = kinds[0] == BLANK, kinds[1] == BLANK
        first = np.where(blanks[0], np.where(blanks[1], NUMBER, kinds[1]), kinds[0])
        second = np.where(blanks[1], np.where(blanks[0], NUMBER, kinds[0]), kinds[1])
        same = first == second
        equal, less = same & (a == b), np.where(same, a < b, first < second)
        both = same & (first == TEXT)
        if operator in ("=", "<>") and (_is_empty_text(left) or _is_empty_text(right)):
            cells = right if _is_empty_text(left) else left
            if cells.text is not None:
                equal = np.where(both, np.broadcast_to(cells.text == "", shape), equal)
            equal = equal.astype(bool)
        elif both.any():
            words = np.broadcast_to(folded(left), shape), np.broadcast_to(folded(right), shape)
            equal = np.where(both, words[0] == words[1], equal).astype(bool)
            if operator not in ("=", "<>"):
                less = np.where(both, words[0] < words[1], less).astype(bool)
    told = {
        "=": equal,
        "<>": ~equal,
        "<": less,
        "<=": less | equal,
        ">": ~(less | equal),
        ">=": ~less,
    }[operator]
    return truths(told, errors(left), errors(right))
