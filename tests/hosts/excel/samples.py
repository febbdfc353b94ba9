"""Arguments to try every formula with: those of its example, made awkward one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.examples import calls
from udfs import OMITTED, CellError, Formula, catalogue

DATE = 45292.5  # noon of 1 January 2024

AWKWARD_CELLS: tuple[Any, ...] = (
    None,
    "",
    "abc",
    " LONG ",
    True,
    0.0,
    -1.0,
    1e308,
    -1e308,
    5e-324,
    DATE,
    *CellError,
)


def example(name: str) -> list[Any]:
    """The arguments of the first call in a formula's own example."""
    return [_floats(value) for value in next(calls(name))]


def _floats(value: Any) -> Any:
    """Numbers as a spreadsheet has them, and a flat list as a row."""
    if isinstance(value, list):
        rows = value if value and isinstance(value[0], list) else [value]
        return [[_floats(cell) for cell in row] for row in rows]
    return float(value) if type(value) is int else value


def variations(name: str) -> Iterator[list[Any]]:
    """The example itself, then with one argument at a time made awkward."""
    base = example(name)
    yield base
    formula = catalogue[name]
    for at, argument in enumerate(_padded(formula, base)):
        for value in (*AWKWARD_CELLS, *_ranges(argument)):
            yield _with(base, at, value)
        if at >= formula.min_args:
            yield _with(base, at, OMITTED)


def _padded(formula: Formula, base: list[Any]) -> list[Any]:
    return base + [OMITTED] * ((formula.max_args or len(base)) - len(base))


def _ranges(value: Any) -> Iterator[Any]:
    cell = value[0][0] if isinstance(value, list) else value
    cell = None if cell is OMITTED else cell
    yield [[cell]]
    yield [[cell], [cell], [None]]
    yield [[cell, cell]]
    yield [[cell, "abc"], [CellError.DIV0, None]]


def _with(base: list[Any], at: int, value: Any) -> list[Any]:
    changed = base + [OMITTED] * (at + 1 - len(base))
    changed[at] = value
    return changed
