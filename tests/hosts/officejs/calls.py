"""Calls as Excel makes them, and what it shows of the answers."""

from __future__ import annotations

import math
from typing import Any

from tests.hosts.officejs.served import Page
from tests.hosts.parity_inputs import Case
from udfs import OMITTED, CellError, catalogue

# Excel takes no such error from an add-in's formula.
_SHOWN = {CellError.REF: CellError.VALUE, CellError.NAME: CellError.VALUE}


def call(name: str, *arguments: Any) -> list[Any]:
    """A call as it reaches the runtime: every argument a matrix, left out ones null."""
    given = [_argument(value) for value in arguments]
    if catalogue[name].variadic:
        # The repeating argument comes as one list of matrices.
        return [name, *given[:1], given[1:]] if given else [name]
    return [name, *given]


def _argument(value: Any) -> Any:
    if value is OMITTED:
        return None
    rows = value if isinstance(value, list) else [[value]]
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> Any:
    if value is None or value is OMITTED:
        return ""  # a blank cell
    if isinstance(value, CellError):
        return {"type": "CustomFunctionError", "code": value.value}
    return value


def invoke(page: Page, calls: list[list[Any]]) -> list[Any]:
    """What the cells show: answers and errors, without the words."""
    return [shown(result) for result in ask(page, calls)]


def ask(page: Page, calls: list[list[Any]]) -> list[Any]:
    """Results as the runtime hands them to Excel."""
    found: list[Any] = page.run("(calls) => host.invoke(calls)", calls)
    return found


def shown(result: Any) -> Any:
    if "error" in result:
        return CellError(result["error"])
    value = result["value"]
    if not isinstance(value, list):
        return _back(value)
    rows = [[_back(cell) for cell in row] for row in value]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _back(cell: Any) -> Any:
    if isinstance(cell, dict):
        return CellError(cell["code"])
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    return cell


def expected(value: Any) -> Any:
    """A formula's own answer as this host can show it."""
    if isinstance(value, list):
        rows = [[_expected_cell(cell) for cell in row] for row in value]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows
    return _expected_cell(value)


def _expected_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, CellError):
        return _SHOWN.get(value, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return float(value) if math.isfinite(value) else CellError.NUM


def reaches(case: Case) -> tuple[Any, ...]:
    """A case's arguments as they reach the formula: a blank cell is empty text."""
    return tuple(
        [[("" if cell is None else cell) for cell in row] for row in value]
        if isinstance(value, list)
        else ("" if value is None else value)
        for value in case.arguments
    )
