"""Counts and sums of what meets a criterion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addin.embedded.columns.cells import ERROR, NUMBER, Cells, Unknown, computed
from addin.embedded.columns.functions.criterion import Criterion, own_hits
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows
from addin.embedded.columns.functions.totals import in_order

_MOST_PAIRS = 30_000_000


def _countif(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells, wanted = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if cells.shape[0] > 1:  # cells of the row's own
        hits = own_hits(cells, wanted)
        return computed(hits.sum(1)[:, None].astype(float))
    looked_for = Criterion(cells, wanted)
    return computed([[float(len(looked_for.hits(row)))] for row in range(looked_for.count)])


def _several(
    formula: Formula, nodes: Sequence[Node], at: Rows, finish: Callable[[Any], float]
) -> Cells:
    pairs = [
        Criterion(formula.eval(nodes[n], at), formula.eval(nodes[n + 1], at))
        for n in range(0, len(nodes), 2)
    ]
    pairs.sort(key=lambda pair: not pair.is_narrow)
    count = max(pair.count for pair in pairs)
    if len(pairs) > 1 and count * 8 > _MOST_PAIRS:
        raise Unknown("too many criteria")
    out = np.zeros((count, 1))
    sums: dict[Any, float] = {}
    for row in range(count):
        key = tuple(pair.key(row) for pair in pairs)
        if key not in sums:
            hits = pairs[0].hits(row)
            for pair in pairs[1:]:
                hits = pair.among(row, hits)
            sums[key] = finish(hits)
        out[row, 0] = sums[key]
    return computed(out)


def _countifs(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    first = formula.eval(nodes[0], at)
    if first.shape[0] > 1:
        hits = own_hits(first, formula.eval(nodes[1], at))
        for n in range(2, len(nodes), 2):
            cells = formula.eval(nodes[n], at)
            if cells.shape != first.shape:
                raise Unknown("criteria over ranges of different kinds")
            hits = hits & own_hits(cells, formula.eval(nodes[n + 1], at))
        return computed(hits.sum(1)[:, None].astype(float))
    return _several(formula, nodes, at, lambda hits: float(len(hits)))


def _sumifs(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    summed = formula.eval(nodes[0], at)
    if summed.shape[0] != 1:
        raise Unknown("a sum over a range of the row's own")
    kind, number = summed.kind[0], summed.number[0]

    def finish(hits: Any) -> float:
        if (kind[hits] == ERROR).any():
            raise Unknown("an error among what is summed")
        counted = number[hits][kind[hits] == NUMBER]
        return float(np.add.accumulate(counted)[-1]) if len(counted) else 0.0

    return _several(formula, nodes[1:], at, finish)


def _sumif(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    own = formula.eval(nodes[0], at)
    if own.shape[0] > 1 and len(nodes) == 2:
        hits = own_hits(own, formula.eval(nodes[1], at)) & (own.kind == NUMBER)
        return computed(in_order(np.where(hits, own.number, 0.0), 1)[:, None])
    summed = nodes[2] if len(nodes) > 2 else nodes[0]
    sizes = formula.eval(summed, at).shape, formula.eval(nodes[0], at).shape
    if sizes[0] != sizes[1]:
        raise Unknown("SUMIF over ranges of different sizes")
    return _sumifs(formula, [summed, nodes[0], nodes[1]], at)


CONDITIONAL: dict[str, Function] = {
    "COUNTIF": _countif,
    "COUNTIFS": _countifs,
    "SUMIF": _sumif,
    "SUMIFS": _sumifs,
}
