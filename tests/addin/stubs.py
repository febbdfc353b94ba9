"""Formulas with known answers, in the catalogue's shape, for tests of what carries them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from udfs import OMITTED, CellError


class Stub:
    """A formula that is one plain function."""

    def __init__(self, name: str, function: Callable[..., Any], result: str) -> None:
        self.name = name
        self.result = result
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)


def describe(*arguments: Any) -> str:
    """The arguments as the formula got them, spelled out."""
    return "|".join(_spell(argument) for argument in arguments)


def _spell(argument: Any) -> str:
    if argument is OMITTED:
        return "omitted"
    if argument is None:
        return "blank"
    if isinstance(argument, list):
        return "[" + "; ".join(" ".join(map(_spell, row)) for row in argument) + "]"
    return f"{type(argument).__name__} {argument}"


def _fails(*_: Any) -> Any:
    raise RuntimeError("a fault in a formula")


_TABLE = [[1.0, "x", True], [None, CellError.NA, 2.0]]

STUBS = {
    name: Stub(name, function, result)
    for name, function, result in (
        ("ISO_DESCRIBE", describe, "elementwise"),
        ("ISO_DOUBLE", lambda x: x * 2 if isinstance(x, float) else CellError.VALUE, "elementwise"),
        ("ISO_SAME", lambda x: x, "elementwise"),
        ("ISO_TABLE", lambda: _TABLE, "table"),
        ("ISO_FAILS", _fails, "elementwise"),
        ("ISO_NAN", lambda: float("nan"), "elementwise"),
    )
}
