"""Arguments as a person types them into a formula."""

from __future__ import annotations

from typing import Any

from udfs import OMITTED, CellError


def as_typed(value: Any) -> str:
    """One argument's text; a flat list is a row."""
    if value is OMITTED or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, CellError):
        return value.value
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, list):
        return "{" + ";".join(",".join(map(as_typed, row)) for row in as_rows(value)) + "}"
    return repr(value)


def as_rows(value: list[Any]) -> list[list[Any]]:
    """A range's rows; a flat list is one."""
    return value if isinstance(value[0], list) else [value]
