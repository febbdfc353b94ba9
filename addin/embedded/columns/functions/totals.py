"""Sums, counts and extremes of each row's arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from addin.embedded.columns.cells import (
    BLANK,
    NUMBER,
    Cells,
    Flags,
    Floats,
    Unknown,
    computed,
    errors,
    first_error,
    in_rows,
    numbers,
)
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows
from addin.embedded.range_functions import PREFIX as RANGE_PREFIX


def _gathered(formula: Formula, nodes: Sequence[Node], at: Rows) -> tuple[Floats, Floats | None]:
    """All arguments side by side, NaN for what does not count, and the first error."""
    values, wrong = [], None
    for node in nodes:
        cells = formula.eval(node, at)
        if node.node_type() == "Reference" or cells.shape[1] > 1:
            # Of cells that are named, only numbers count.
            values.append(np.where(cells.kind == NUMBER, cells.number, np.nan))
            wrong = first_error(wrong, in_rows(errors(cells)))
        else:
            value, error = numbers(cells)
            values.append(value)
            wrong = first_error(wrong, error)
    count = max(value.shape[0] for value in values)
    return np.hstack([np.broadcast_to(v, (count, v.shape[1])) for v in values]), wrong


def _reduced(function: Callable[..., Any], empty: float) -> Function:
    """MIN, MAX and SUM; over nothing they are 0."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        values, wrong = _gathered(formula, nodes, at)
        there = ~np.isnan(values)
        found = function(np.where(there, values, empty), axis=1)
        return computed(np.where(there.any(1), found, 0.0)[:, None], wrong)

    return run


def in_order(values: Floats, axis: int) -> Any:
    """A sum from left to right, as the engine adds: its last digit depends on the order."""
    return np.add.accumulate(values, axis=axis)[:, -1]


def _sumproduct(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) != 1:
        raise Unknown("SUMPRODUCT of several ranges")
    cells = formula.eval(nodes[0], at)
    total = in_order(np.where(cells.kind == NUMBER, cells.number, 0.0), 1)
    return computed(total[:, None], in_rows(errors(cells)))


def _counta(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return _counted(formula.eval(node, at).kind != BLANK for node in nodes)


def _count(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if any(node.node_type() != "Reference" for node in nodes):
        raise Unknown("COUNT of what is no cell")
    return _counted(formula.eval(node, at).kind == NUMBER for node in nodes)


def _counted(hits: Iterable[Flags]) -> Cells:
    """How many cells of all arguments together, row by row."""
    first, *more = [flags.sum(1)[:, None] for flags in hits]
    return computed(sum(more, first).astype(float))


TOTALS: dict[str, Function] = {
    "COUNT": _count,
    "COUNTA": _counta,
    "MAX": _reduced(np.max, -np.inf),
    "MIN": _reduced(np.min, np.inf),
    "SUM": _reduced(in_order, 0.0),
    "SUMPRODUCT": _sumproduct,
    f"{RANGE_PREFIX}SUMPRODUCT": _sumproduct,
}
