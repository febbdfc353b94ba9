"""Choices: of a row only the part that it asks for is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addin.embedded.columns.cells import (
    BLANK,
    ERROR,
    TEXT,
    Cells,
    Flags,
    Floats,
    Unknown,
    first_error,
    numbers,
    one,
    truths,
)
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows, put_together
from udfs.errors import CellError


def _chosen(
    formula: Formula, cells: Cells, at: Rows, pick: Callable[[Floats], list[tuple[Any, Any]]]
) -> Cells:
    """Each row by the argument that its first one picks; only that one is computed."""
    if cells.shape[1] != 1:
        raise Unknown("a choice over a range")
    value, error = numbers(cells)
    value = np.broadcast_to(value, (len(at), 1))[:, 0]
    wrong = np.zeros(len(at), bool)
    parts: list[tuple[Rows, Cells]] = []
    if error is not None:
        codes = np.broadcast_to(error, (len(at), 1))
        wrong = ~np.isnan(codes[:, 0])
        where = np.flatnonzero(wrong)
        if where.size:
            kind = np.full((len(where), 1), ERROR, np.uint8)
            parts.append((where, Cells(kind, codes[where])))
    for taken, node in pick(value):
        where = np.flatnonzero(taken & ~wrong)
        if where.size:
            result = node if isinstance(node, Cells) else formula.eval(node, at[where])
            if where.size == len(at):
                return result
            parts.append((where, result))
    return put_together(len(at), parts)


def _if(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    otherwise = nodes[2] if len(nodes) > 2 else one(False)
    if len(nodes) < 2:
        raise Unknown("IF without a result")
    told = formula.eval(nodes[0], at)
    if (told.kind == TEXT).any():
        raise Unknown("text as a condition")
    return _chosen(
        formula, told, at, lambda value: [(value != 0, nodes[1]), (value == 0, otherwise)]
    )


def _choose(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    def pick(value: Floats) -> list[tuple[Any, Any]]:
        which = np.trunc(value)
        parts: list[tuple[Any, Any]] = [
            (which == number, node) for number, node in enumerate(nodes[1:], 1)
        ]
        return [*parts, ((which < 1) | (which >= len(nodes)), one(CellError.VALUE))]

    return _chosen(formula, formula.eval(nodes[0], at), at, pick)


def _iferror(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    tried = formula.eval(nodes[0], at).over(len(at))
    wrong = np.flatnonzero((tried.kind == ERROR)[:, 0])
    if not wrong.size:
        return tried
    right = np.flatnonzero((tried.kind != ERROR)[:, 0])
    instead = formula.eval(nodes[1], at[wrong])
    return put_together(len(at), [(right, tried.rows(right)), (wrong, instead)])


def _logic(way: Callable[[Flags, Flags], Flags]) -> Function:
    """AND and OR of single cells and results."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        told, wrong = None, None
        for node in nodes:
            cells = formula.eval(node, at)
            if cells.shape[1] != 1 or ((cells.kind == TEXT) | (cells.kind == BLANK)).any():
                raise Unknown("AND or OR of a range, a blank or text")
            value, error = numbers(cells)
            told = value != 0 if told is None else way(told, value != 0)
            wrong = first_error(wrong, error)
        if told is None:
            raise Unknown("no condition")
        return truths(told, wrong)

    return run


def _na(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return one(CellError.NA)


BRANCHES: dict[str, Function] = {
    "AND": _logic(lambda left, right: left & right),
    "CHOOSE": _choose,
    "IF": _if,
    "IFERROR": _iferror,
    "NA": _na,
    "OR": _logic(lambda left, right: left | right),
}
