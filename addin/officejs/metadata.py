"""functions.json: what Excel knows of each formula before any code has run."""

from __future__ import annotations

import json
from typing import Any

from udfs import Formula, catalogue

# Every argument may be a cell or a range, of any type: what it has to be, the formula says itself.
_ANY = {"type": "any", "dimensionality": "matrix"}
_MORE = "The same arguments as in that formula, in the same order."


def functions_json(base: str) -> str:
    """The metadata of all formulas, for a site at the address ``base``.

    >>> '"name": "ISO_POSITION_SIZE"' in functions_json("https://example.org")
    True
    """
    content = {
        # Errors in an argument reach the formula, which passes them on as everywhere else.
        "allowErrorForDataTypeAny": True,
        "functions": [_function(formula, base) for formula in catalogue.values()],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def names() -> list[list[object]]:
    """Each formula's name and whether its last argument repeats, for the page's code."""
    return [[name, formula.variadic] for name, formula in catalogue.items()]


def _function(formula: Formula, base: str) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    for argument in formula.arguments:
        described: dict[str, Any] = {"name": argument.name, "description": argument.help, **_ANY}
        if not argument.required:
            described["optional"] = True
        parameters.append(described)
    if formula.variadic:
        parameters.append({"name": "arguments", "description": _MORE, **_ANY, "repeating": True})
    return {
        "id": formula.name,
        "name": formula.name,
        "description": formula.summary,
        "helpUrl": f"{base}/formulas.html#{formula.name}",
        "parameters": parameters,
        "result": dict(_ANY),
    }
