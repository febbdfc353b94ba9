"""Places: where a value stands in a range, what stands there, and a range's own size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addin.embedded.columns.cells import (
    BLANK,
    ERROR,
    NUMBER,
    TEXT,
    Cells,
    Floats,
    Unknown,
    code,
    computed,
    errors,
    folded,
    numbers,
    one,
)
from addin.embedded.columns.functions.criterion import alike
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows
from addin.embedded.range_functions import PREFIX as RANGE_PREFIX
from addin.package.addresses import LAST_ROW
from udfs.errors import CellError


def _columns(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    reference = _reference(nodes[0])
    if not hasattr(reference, "start"):
        raise Unknown("COLUMNS of no range")
    return one(float(abs(reference.end.col - reference.start.col) + 1))


def _rows(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    reference = _reference(nodes[0])
    if not hasattr(reference, "start") or LAST_ROW in (reference.start.row, reference.end.row):
        raise Unknown("ROWS of no fixed range")
    return one(float(abs(reference.end.row - reference.start.row) + 1))


def _row(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if not nodes:
        return computed((at + formula.first_row).astype(float)[:, None])
    reference = _reference(nodes[0])
    row = getattr(reference, "row", None)
    if row is None or row >= LAST_ROW:
        raise Unknown("ROW of no fixed cell")
    return one(float(row))


def _reference(node: Node) -> Any:
    """The cell or the range that an argument names; None where it is something else."""
    return node.get_reference() if node.node_type() == "Reference" else None


def _match(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) < 3:
        raise Unknown("MATCH in a sorted range")
    way = formula.eval(nodes[2], at)
    if way.shape != (1, 1) or not way.all_numbers or way.number[0, 0] != 0:
        raise Unknown("MATCH in a sorted range")
    wanted, cells = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if wanted.shape[1] != 1 or (wanted.kind == BLANK).any():
        raise Unknown("MATCH of a range or a blank")
    if cells.shape[0] > 1:
        if wanted.shape[0] != 1 or not wanted.all_numbers:
            raise Unknown("MATCH in the row's own cells")
        hits = (cells.kind == NUMBER) & (cells.number == wanted.number)
        places = np.where(hits.any(1), hits.argmax(1) + 1.0, np.nan)
    else:
        places = _places(wanted, cells)
    none = np.where(np.isnan(places), code(CellError.NA), np.nan)[:, None]
    return computed(np.nan_to_num(places)[:, None], errors(wanted), none)


def _places(wanted: Cells, cells: Cells) -> Floats:
    """Where each row's value stands first in a range; NaN where it does not."""
    texts = folded(cells)[0]
    first: dict[tuple[int, Any], int] = {}
    there = zip(cells.kind[0].tolist(), cells.number[0].tolist(), strict=True)
    for at, (kind, number) in enumerate(there):
        first.setdefault((kind, texts[at] if kind == TEXT else number), at + 1)
    asked = folded(wanted)[:, 0]
    out = np.full(wanted.shape[0], np.nan)
    patterns: dict[str, float] = {}
    special = {text for text in set(asked.tolist()) if any(sign in text for sign in "*?~")}
    rows = zip(wanted.kind[:, 0].tolist(), wanted.number[:, 0].tolist(), strict=True)
    for at, (kind, number) in enumerate(rows):
        if kind == TEXT and asked[at] in special:
            if asked[at] not in patterns:
                hits = np.flatnonzero((cells.kind[0] == TEXT) & alike(texts, asked[at]))
                patterns[asked[at]] = hits[0] + 1.0 if hits.size else np.nan
            out[at] = patterns[asked[at]]
        elif kind != ERROR:
            out[at] = first.get((kind, asked[at] if kind == TEXT else number), np.nan)
    return out


def _index(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) != 2:
        raise Unknown("INDEX with a row and a column")
    cells = formula.eval(nodes[0], at)
    value, error = numbers(formula.eval(nodes[1], at))
    if cells.shape[0] != 1 or value.shape[1] != 1:
        raise Unknown("INDEX of the row's own cells")
    place = np.trunc(value)[:, 0]
    inside = (place >= 1) & (place <= cells.shape[1])
    wrong = None if error is None else ~np.isnan(error[:, 0])
    if ((place < 1) & (True if wrong is None else ~wrong)).any():
        raise Unknown("INDEX of a whole range")
    taken = np.where(inside, place, 1).astype(np.intp) - 1
    kind, number = cells.kind[0][taken][:, None].copy(), cells.number[0][taken][:, None].copy()
    text = None if cells.text is None else cells.text[0][taken][:, None]
    kind[~inside], number[~inside] = ERROR, code(CellError.REF)
    if error is not None and wrong is not None:
        kind[wrong], number[wrong] = ERROR, error[wrong]
    return Cells(kind, number, text)


def _rank(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    wanted, cells = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    way = formula.eval(nodes[2], at) if len(nodes) > 2 else one(0.0)
    if cells.shape[0] != 1 or way.shape != (1, 1) or not way.all_numbers:
        raise Unknown("RANK in the row's own cells")
    if not wanted.all_numbers or (cells.kind == ERROR).any():
        raise Unknown("RANK of what is no number")
    values = np.sort(cells.number[0][cells.kind[0] == NUMBER])
    asked = wanted.number[:, 0]
    left, right = np.searchsorted(values, asked, "left"), np.searchsorted(values, asked, "right")
    place = left + 1.0 if way.number[0, 0] else len(values) - right + 1.0
    none = np.where(left == right, code(CellError.NA), np.nan)[:, None]
    return computed(place[:, None], none)


def _small(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells, which = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if cells.shape[0] != 1 or (cells.kind == ERROR).any():
        raise Unknown("SMALL of the row's own cells or of errors")
    place = which.number
    if which.shape[1] != 1 or not which.all_numbers or (place != np.floor(place)).any():
        raise Unknown("SMALL at no whole number")
    values = np.sort(cells.number[cells.kind == NUMBER])
    inside = (place >= 1) & (place <= values.size)
    found = np.full(place.shape, np.nan)  # which shows as #NUM!
    found[inside] = values[place[inside].astype(np.intp) - 1]
    return computed(found)


LOOKUPS: dict[str, Function] = {
    "COLUMNS": _columns,
    "INDEX": _index,
    "MATCH": _match,
    "RANK": _rank,
    "ROW": _row,
    "ROWS": _rows,
    "SMALL": _small,
    f"{RANGE_PREFIX}SMALL": _small,
}
