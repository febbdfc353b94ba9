"""Between the page's JSON and the catalogue: one text of calls in, one text of answers out.

In: ``[[name, [argument, ...]], ...]``. An argument is null where it was left out, else rows of
cells. A cell is a number, text, true or false, null or "" for a blank, ``{"e": "#NUM!"}`` for an
error. Out: one answer for each call, a cell or rows of cells; an error is ``{"e": "#NUM!", "w":
words}``, with what ISO_EXPLAIN says of it. This module runs in the browser: it imports ``udfs`` and
nothing else that Pyodide would have to load.
"""

from __future__ import annotations

import json
import math
from typing import Any

from udfs import OMITTED, CellError, catalogue

_ERRORS = {error.value: error for error in CellError}
_LONGEST_TEXT = 32_767  # characters in a cell


def batch(text: str) -> str:
    """The answers to a text of calls, in their order. Never raises for what a call holds.

    >>> batch('[["ISO_LIQUIDATION_PRICE", [[["long"]], [[100]], [[10]]]]]')
    '[90.0]'
    >>> batch('[["ISO_POSITION_SIZE", [[[10000]], [[2]], [[100]], [[96]]]]]')
    '[{"e": "#NUM!", "w": "risk is 2: it must be ..."}]'
    """
    return json.dumps([answer(name, given) for name, given in json.loads(text)])


def answer(name: str, given: list[Any]) -> Any:
    """One call's answer, ready for JSON."""
    formula = catalogue.get(name)
    if formula is None:
        return _error(
            CellError.VALUE,
            f"this version of the add-in has no {name}: close Excel and open it again",
        )
    try:
        arguments = [_argument(value) for value in given]
        while arguments and arguments[-1] is OMITTED:
            arguments.pop()
        result = formula(*arguments)
        if isinstance(result, CellError):
            return _error(result, "" if formula.variadic else formula.explain(*arguments))
        sent = _sent(result)
        if isinstance(sent, list) and not formula.variadic:
            _say_why(sent, lambda: formula.explain(*arguments))
        return sent
    except Exception as problem:  # a cell shows an error, never a traceback
        return _error(CellError.VALUE, f"{type(problem).__name__}: {problem}")


def _argument(value: Any) -> Any:
    if value is None:
        return OMITTED
    if not isinstance(value, list):
        return _cell(value)
    if len(value) == 1 and len(value[0]) == 1:  # Excel hands a single cell over as a range
        return _cell(value[0][0])
    return [[_cell(cell) for cell in row] for row in value]


def _cell(value: Any) -> Any:
    kind = type(value)
    if kind is int:
        # One of hundreds of digits stays: the formula says that it is too large.
        return float(value) if -(10**300) < value < 10**300 else value
    if kind is dict:
        # Newer errors (#SPILL!, #CALC!) have no name in the catalogue.
        return _ERRORS.get(value.get("e"), CellError.VALUE)
    return value


def _error(error: CellError, words: str = "") -> dict[str, str]:
    return {"e": error.value, "w": words} if words else {"e": error.value}


def _sent(value: Any) -> Any:
    if isinstance(value, list):
        rows = value if value and isinstance(value[0], list) else [value]
        return [[_sent_cell(cell) for cell in row] for row in rows]
    return _sent_cell(value)


def _sent_cell(value: Any) -> Any:
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else _error(CellError.NUM)
    if kind is str:
        return value[:_LONGEST_TEXT]
    if kind is bool:
        return value
    if value is None:
        return ""
    return _error(value) if isinstance(value, CellError) else float(value)


def _say_why(rows: list[list[Any]], explain: Any) -> None:
    """Give the first error in a range its words: ISO_EXPLAIN speaks of that one."""
    for row in rows:
        for cell in row:
            if type(cell) is dict:
                cell["w"] = explain()
                return
