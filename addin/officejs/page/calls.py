"""A formula's call with its text as a spreadsheet has it, so that every number can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from udfs import OMITTED, CellError, catalogue


@dataclass(frozen=True)
class Call:
    """An answer, the formula that gave it, and words where there is none."""

    formula: str
    value: Any
    words: str = ""

    @property
    def number(self) -> float | None:
        """The answer where it is one number."""
        return float(self.value) if isinstance(self.value, (int, float)) else None

    def as_data(self) -> dict[str, Any]:
        """For the page: an error is no value, with its words."""
        return {"formula": self.formula, "value": _plain(self.value), "words": self.words}


def ask(name: str, *arguments: Any) -> Call:
    """Compute a formula of the catalogue."""
    formula = catalogue[name]
    value = formula(*arguments)
    words = formula.explain(*arguments) if isinstance(value, CellError) else ""
    return Call(f"={name}({','.join(map(typed, arguments))})", value, words)


def typed(value: Any) -> str:
    """An argument as a person types it.

    >>> typed([[0.0, 0.004], [50000.0, 0.005]]), typed("long"), typed(10.0)
    ('{0,0.004;50000,0.005}', '"long"', '10')
    """
    if value is OMITTED or value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "{" + ";".join(",".join(map(typed, row)) for row in value) + "}"
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [[_plain(cell) for cell in row] for row in value]
    return None if isinstance(value, CellError) else value
