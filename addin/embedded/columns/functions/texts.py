"""Functions that give text, and what else is computed once for each combination of values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addin.embedded.cell_functions import AS_TEXT, ONE_CELL_TEXT, PREFIX, of_one_cell
from addin.embedded.columns.cells import (
    TRUTH,
    Cells,
    Floats,
    Unknown,
    as_texts,
    errors,
    first_error,
    numbers,
    of_column,
    of_texts,
)
from addin.embedded.columns.functions.formula import Formula, Function, Node, Rows, put_together
from udfs.errors import CellError


def _by_cell(name: str) -> Function:
    """One of our own functions of one cell, row by row; each combination of values once."""
    function = of_one_cell(name)

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        found = [formula.eval(node, at) for node in nodes]
        if any(cells.shape[1] != 1 for cells in found):
            raise Unknown(f"{name} over a range")
        count = max((cells.shape[0] for cells in found), default=1)
        # What is one for all rows is part of no key.
        fixed = [cells.values()[0] if cells.shape[0] == 1 else None for cells in found]
        varying = [n for n, cells in enumerate(found) if cells.shape[0] > 1]
        if len(varying) == 1:
            return _of_one_column(function, fixed, varying[0], found[varying[0]])
        columns = [cells.over(count).values() for cells in found]
        known: dict[Any, Any] = {}
        out = []
        for row in zip(*columns, strict=True):
            key = (*row, *map(type, row))  # 1 and TRUE are not one
            if key not in known:
                known[key] = _shown(function(*row))
            out.append(known[key])
        return of_column(out)

    return run


def _of_one_column(
    function: Callable[..., Any], fixed: list[Any], place: int, cells: Cells
) -> Cells:
    """A function of one column and of what is one for all rows."""

    def shown(value: Any) -> Any:
        fixed[place] = value
        return _shown(function(*fixed))

    values = cells.values()
    if (cells.kind == TRUTH).any():  # TRUE is no 1
        pairs = [(value, type(value)) for value in values]
        found = {pair: shown(pair[0]) for pair in dict.fromkeys(pairs)}
        return of_column([found[pair] for pair in pairs])
    known = {value: shown(value) for value in dict.fromkeys(values)}
    return of_column([known[value] for value in values])


def _shown(value: Any) -> Any:
    """What a function gave as a cell shows it."""
    if type(value) is int:
        return float(value)
    return CellError.NUM if type(value) is float and not math.isfinite(value) else value


def _rept(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    """REPT; a text that is repeated no times is not put together, if it holds no error."""
    if len(nodes) != 2:
        raise Unknown("REPT of other arguments")
    times = formula.eval(nodes[1], at).over(len(at))
    if times.shape[1] != 1:
        raise Unknown("REPT over a range")
    value, wrong = numbers(times)
    none = (value[:, 0] >= 0) & (value[:, 0] < 1)
    if wrong is not None:
        none &= np.isnan(wrong[:, 0])
    rows = np.flatnonzero(none)
    if not rows.size:
        return _repeated(formula, nodes, at)
    error = _errors_of_text(formula, nodes[0], at[rows])
    error = None if error is None else np.broadcast_to(error, (len(rows), 1))
    nothing = of_texts(np.full((len(rows), 1), "", object), error)
    if rows.size == len(at):
        return nothing
    rest = np.flatnonzero(~none)
    return put_together(len(at), [(rows, nothing), (rest, _repeated(formula, nodes, at[rest]))])


def _errors_of_text(formula: Formula, node: Node, at: Rows) -> Floats | None:
    """The errors of a text, without the text."""
    if node.node_type() == "BinaryOp" and node.get_operator() == "&":
        left, right = node.children()
        return first_error(_errors_of_text(formula, left, at), _errors_of_text(formula, right, at))
    if node.node_type() == "Function" and node.get_function_name().upper() == AS_TEXT:
        return _errors_of_text(formula, node.children()[0], at)
    cells = formula.eval(node, at)
    if cells.shape[1] != 1:
        raise Unknown("text of a range")
    return errors(cells)


def _as_text(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    text, wrong = as_texts(formula.eval(nodes[0], at))
    return of_texts(text, wrong)


_repeated = _by_cell("REPT")

TEXTS: dict[str, Function] = {
    "ENGINE_TEXT": _as_text,
    "ROUND": _by_cell("ROUND"),
    "ROUNDDOWN": _by_cell("ROUNDDOWN"),
    "ROUNDUP": _by_cell("ROUNDUP"),
    f"{PREFIX}INT": _by_cell("INT"),
    f"{PREFIX}VALUE": _by_cell("VALUE"),
    **{PREFIX + name: _by_cell(name) for name in sorted(ONE_CELL_TEXT)},
    f"{PREFIX}REPT": _rept,  # instead of one of those
}
