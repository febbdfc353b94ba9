"""Slow, plain re-derivations of the formulas, to hold the real ones against.

Each oracle has the name of its formula, takes plain numbers in the order of the formula's
arguments, and returns a number, rows, or the text of a spreadsheet error. Loops and ifs only:
nothing here shares code with the formulas it checks, and nothing here tries to be fast.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tests.udfs.oracles import exits, journal, liquidation, portfolio, probability, sizing
from tests.udfs.oracles.cells import Rows

ORACLES: dict[str, Callable[..., Any]] = {
    f"ISO_{name.upper()}": oracle
    for module in (liquidation, sizing, exits, probability, portfolio, journal)
    for name, oracle in inspect.getmembers(module, inspect.isfunction)
    if oracle.__annotations__["return"] in ("Cell", "Rows")
}

# Formulas whose arguments may all be ranges, taken cell by cell.
ELEMENTWISE = {
    name
    for name, oracle in ORACLES.items()
    if oracle.__annotations__["return"] == "Cell"
    and set(oracle.__annotations__.values()) <= {"Cell", "float", "float | None", "str", "Side"}
}


def evaluate(name: str, arguments: Sequence[Any]) -> Any:
    """Call an oracle as a formula is called: blanks are defaults, columns go row by row."""
    oracle = ORACLES[name]
    names = oracle.__code__.co_varnames[: oracle.__code__.co_argcount]

    def call(values: Sequence[Any]) -> Any:
        given = {k: v for k, v in zip(names, values, strict=False) if v is not None}
        assert len(values) <= len(names), f"{name} takes at most {len(names)} arguments"
        return oracle(**given)

    if name not in ELEMENTWISE or not any(isinstance(a, list) for a in arguments):
        return call(arguments)
    height = max(len(a) for a in arguments if isinstance(a, list))
    rows: Rows = []
    for i in range(height):
        rows.append([call([a[i][0] if isinstance(a, list) else a for a in arguments])])
    return rows
