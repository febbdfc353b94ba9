"""Exports in JSON as lines of cells: a list of objects is a table, whatever it is wrapped in.

freqtrade writes its backtests so, and programs answer so, Hyperliquid's for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workbook.journal.imports.parsing import BadCell

_DEEPEST = 6  # levels of wrapping
_TRADES = "trades"  # what the list is called, where there are several


def looks_like_json(text: str) -> bool:
    """Whether a file is meant as JSON."""
    return text.lstrip()[:1] in ("{", "[")


def json_lines(text: str) -> list[list[str]]:
    """The header and the rows of the one table in a JSON text; none if its list is empty."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise BadCell(f"this is no JSON text ({error}): export the file again") from None
    rows = _rows(found)
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [header, *([row.get(name, "") for name in header] for row in rows)] if header else []


def _no_number(word: str) -> str:
    return ""  # NaN or Infinity: freqtrade writes them where there is nothing to say


def _rows(found: Any) -> list[dict[str, str]]:
    tables = [found] if isinstance(found, list) else list(_called(found, _TRADES, _DEEPEST))
    if not tables:
        tables = sorted(_lists(found, _DEEPEST), key=len)[-1:]
    if len(tables) > 1:
        raise BadCell(
            f"the file has the trades of {len(tables)} strategies: export one of them alone"
        )
    table = tables[0] if tables else []
    if any(not isinstance(one, dict) for one in table):
        raise BadCell("this JSON is no list of trades: export a CSV file")
    return [_flat(one) for one in table]


def _called(found: Any, name: str, deep: int) -> Iterator[list[Any]]:
    if not isinstance(found, dict) or not deep:
        return
    for key, value in found.items():
        if key == name and isinstance(value, list):
            yield value
        else:
            yield from _called(value, name, deep - 1)


def _lists(found: Any, deep: int) -> Iterator[list[Any]]:
    if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
        yield found
    elif isinstance(found, dict) and deep:
        for value in found.values():
            yield from _lists(value, deep - 1)


def _flat(row: dict[str, Any]) -> dict[str, str]:
    """One object's cells; an object within it counts as its own fields, a list as nothing."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells.update({key: _cell(inner) for key, inner in value.items()})
        else:
            cells[name] = _cell(value)
    return cells


def _cell(value: Any) -> str:
    if value is None or isinstance(value, (list, dict)):
        return ""
    return str(value)
