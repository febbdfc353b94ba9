"""Which formulas may come out as arrays, told by their texts."""

from __future__ import annotations

from collections.abc import Callable

from addin.embedded import function_kinds as kinds
from addin.embedded.rewrite import words
from addin.engine import Formulas
from addin.package import Package
from addin.package.formula_text import (
    BRACE_CLOSE,
    BRACE_OPEN,
    CLOSE,
    COLUMNS,
    FUNCTION,
    OPEN,
    ROWS,
    tokens,
)

# Native functions that make arrays out of single cells.
_NATIVE_ARRAYS = (
    "ANCHORARRAY",
    "EXPAND",
    "HSTACK",
    "INDIRECT",
    "MUNIT",
    "OFFSET",
    "RANDARRAY",
    "SEQUENCE",
    "TEXTSPLIT",
    "VSTACK",
    "WRAPCOLS",
    "WRAPROWS",
)


def array_test(package: Package, formulas: Formulas) -> Callable[[str], bool]:
    """What tells by a formula's text whether its result may be an array."""
    sources = _array_sources(package, table_functions(formulas))

    def may_be_array(text: str) -> bool:
        plain = ":" not in text and "{" not in text and sources.isdisjoint(words(text))
        return not plain and _is_array_outside_of_sums(text, sources)

    return may_be_array


def table_functions(formulas: Formulas) -> list[str]:
    """Names of our formulas that return tables."""
    return [name for name, formula in formulas.items() if _returns_table(formula)]


def _is_array_outside_of_sums(text: str, sources: frozenset[str]) -> bool:
    """Whether a range or an array stands where no function makes one value of it."""
    inside: list[bool] = []  # of each open bracket: whether such a function is around it
    for kind, piece in tokens(text):
        if kind in (FUNCTION, OPEN, BRACE_OPEN):
            if kind == BRACE_OPEN and not any(inside):
                return True
            name = kinds.plain_name(piece)
            if kind == FUNCTION and name.casefold() in sources and not any(inside[-1:]):
                return True
            inside.append(any(inside[-1:]) or name in kinds.ONE_VALUE)
        elif kind in (CLOSE, BRACE_CLOSE):
            del inside[-1:]
        elif not any(inside[-1:]):
            is_range = piece == ":" or kind in (ROWS, COLUMNS)
            if is_range or piece.casefold() in sources:
                return True
    return False


def _array_sources(package: Package, tables: list[str]) -> frozenset[str]:
    """The words that a formula without a range has in it if its result may be an array."""
    names = [
        name.name
        for name in package.all_names
        if name.target is None or name.target[1].rows > 1 or name.target[1].columns > 1
    ]
    return frozenset(word.casefold() for word in (*names, *tables, *_NATIVE_ARRAYS))


def _returns_table(formula: object) -> bool:
    return getattr(formula, "result", "table") == "table"
