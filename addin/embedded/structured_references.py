"""Structured references: which rows and columns of a table ``Plan[[#Headers],[Side]]`` means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from addin.package.tables import PackageTable

_SPECIAL = re.compile(r"\[((?:'.|[^\[\]'])*)\]", re.DOTALL)
_ITEMS = {"#all", "#data", "#headers", "#totals", "#this row"}


def items_and_columns(spec: str) -> tuple[set[str], list[str]]:
    """What stands in the brackets: items such as ``#headers``, and column names unescaped."""
    if not spec:
        return set(), []
    if not spec.startswith("["):
        if spec.casefold() in _ITEMS:
            return {spec.casefold()}, []
        return set(), [_unescape(spec)]
    items, columns = set(), []
    for word in _SPECIAL.findall(spec):
        if word.strip().casefold() in _ITEMS:
            items.add(word.strip().casefold())
        else:
            columns.append(_unescape(word))
    return items, columns


def _unescape(name: str) -> str:
    return re.sub(r"'(.)", r"\1", name, flags=re.DOTALL)


def column_span(table: PackageTable, columns: list[str]) -> tuple[int, int] | None:
    """First and last sheet column; None where the table has no such column."""
    if not columns:
        return table.area.left, table.area.right
    first, last = table.column(columns[0]), table.column(columns[-1])
    if first is None or last is None:
        return None
    return min(first, last), max(first, last)


def row_span(table: PackageTable, items: set[str]) -> tuple[int, int] | None:
    """First and last sheet row; None where the table has none of that kind."""
    spans = []
    for item in items or {"#data"}:
        if item == "#all":
            spans.append((table.area.top, table.area.bottom))
        elif item == "#data":
            spans.append((table.first_row, table.last_row))
        elif item == "#headers" and table.header_rows:
            spans.append((table.area.top, table.area.top))
        elif item == "#totals" and table.totals_rows:
            spans.append((table.area.bottom, table.area.bottom))
        else:
            return None
    return min(top for top, _ in spans), max(bottom for _, bottom in spans)
