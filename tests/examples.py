"""The calls in a formula's own examples."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from udfs import catalogue
from udfs.catalogue.cells import OMITTED


def calls(name: str) -> Iterator[list[Any]]:
    """The arguments of each call that is made of plain values, as Python has them."""
    formula = catalogue[name]
    code = "\n".join(
        line.strip()[4:]
        for line in formula.docstring.examples.splitlines()
        if line.strip().startswith((">>> ", "... "))
    )
    names = [argument.name for argument in formula.arguments]
    found = False
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id != formula.function:
            continue
        try:
            given = [ast.literal_eval(value) for value in node.args]
            named = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
        except ValueError:
            continue
        last = max([len(given), *(names.index(word) + 1 for word in named if word)])
        found = True
        yield [*given, *(named.get(word, OMITTED) for word in names[len(given) : last])]
    assert found, f"{name} has no example that could be read"
