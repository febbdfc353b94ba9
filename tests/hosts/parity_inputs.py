"""Inputs that every host has to agree on, made from the catalogue.

A formula's docstring holds examples that work. Every example is taken as it is, then with each
argument in turn replaced by everything that a person might have in a cell, then spread over rows
and columns. The same catalogue gives the same inputs, in the same order.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.examples import calls
from udfs import OMITTED, CellError, catalogue
from udfs.catalogue.cell_types import Choice, Number

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """One call of a formula, with arguments as the formulas take them."""

    formula: str
    arguments: Arguments
    about: str
    # Whether the arguments stand in the formula's text, and not in cells of their own.
    typed: bool = False

    def __str__(self) -> str:
        return f"{self.formula} {self.about}: {self.arguments!r}"


@dataclass(frozen=True)
class Raised:
    """A formula that raised, which none may; equal to no host's result."""

    words: str


def answer(formula: str, arguments: Arguments) -> Any:
    """What a formula itself answers."""
    try:
        return catalogue[formula](*arguments)
    except Exception as problem:
        return Raised(repr(problem))


@cache
def all_cases() -> tuple[Case, ...]:
    """Every input of every formula."""
    return tuple(case for name in catalogue for case in cases(name))


def cases(name: str) -> list[Case]:
    """The inputs of one formula."""
    formula = catalogue[name]
    made = _explained(name) if formula.max_args is None else _made(name)
    return list(
        {
            (case.typed, repr(case.arguments)): case
            for case in made
            if not _takes_long(formula, case.arguments)
        }.values()
    )


# An answer with so many paths is right or wrong for the same reasons as one with few.
_MOST = {"paths": 20_000}


def _takes_long(formula: Any, arguments: Arguments) -> bool:
    """Whether an argument asks for seconds of arithmetic."""
    for argument, value in zip(formula.arguments, arguments, strict=False):
        most = _MOST.get(argument.name)
        if most is None or not isinstance(argument.kind, Number):
            continue
        cells = [cell for row in value for cell in row] if isinstance(value, list) else [value]
        if any(isinstance(c, (int, float)) and most < c <= argument.kind.high for c in cells):
            return True
    return False


def _made(name: str) -> list[Case]:
    formula = catalogue[name]
    chance = random.Random(name)
    found = []
    for arguments in examples(name):
        if not any(map(_has_blanks, arguments)):
            found.append(Case(name, arguments, "example", typed=True))
        found.append(Case(name, arguments, "example"))
    base = examples(name)[0]
    found += [Case(name, given, about) for given, about in _replaced(formula, base, chance)]
    found += [Case(name, given, "varied") for given in _varied(formula, base, chance)]
    found += [Case(name, given, about) for given, about in _spread(formula, base, chance)]
    found += [Case(name, base[:count], f"only {count} given") for count in range(len(base))]
    return found


def examples(name: str) -> list[Arguments]:
    """The arguments in a formula's own examples."""
    return [tuple(_as_host_gives(value) for value in given) for given in calls(name)]


def _has_blanks(value: Any) -> bool:
    """Whether an argument is a range with blanks, which nobody can type."""
    return isinstance(value, list) and any(cell is None for row in value for cell in row)


def _as_host_gives(value: Any) -> Any:
    """A Python list as the range it would be in a sheet: a flat one is a column."""
    if isinstance(value, (list, tuple)):
        if value and not isinstance(value[0], (list, tuple)):
            return [[cell] for cell in value]
        return [list(row) for row in value]
    return value


# One argument replaced

_NUMBERS = (
    0, -1, 1, 2, 0.5, 1e-9, 0.1 + 0.2, 1e15, 9007199254740993.0, 1e300, 1.7e308, -1.7e308, 1e-300,
)  # fmt: skip
_WORDS = (
    "",
    " ",
    "text",
    "long",
    " SHORT ",
    "Sell",
    "=1+1",
    "#N/A",
    "5",
    "né 📈",
    "'quoted' & <b>",
)


def _replaced(formula: Any, base: Arguments, chance: random.Random) -> Iterator[tuple[Any, str]]:
    for at, argument in enumerate(formula.arguments):
        padded = base + (OMITTED,) * (at + 1 - len(base))
        for value in (*awkward(), *own(argument.kind, chance)):
            given = (*padded[:at], value, *padded[at + 1 :])
            yield given, f"{argument.name} replaced"


def awkward() -> list[Any]:
    """What may stand in any argument's place."""
    return [
        None,
        OMITTED,
        True,
        False,
        *_NUMBERS,
        *_WORDS,
        CellError.NA,
        CellError.NUM,
        CellError.VALUE,
        CellError.DIV0,
        CellError.REF,
        CellError.NAME,
        CellError.NULL,
        [[3.0]],
        [[None]],
        [[CellError.NA]],
        [[2.0], [4.0], [8.0]],
        [[2.0, 4.0, 8.0]],
        [[2.0, 4.0], [8.0, 16.0]],
        [[2.0], [None], ["text"], [-1.0], [True]],
        [[None], [None]],
        [["long"], ["SHORT"], ["neither"], [1.0], [-1.0]],
        [[0.1], [CellError.DIV0], [0.2]],
    ]


def own(kind: Any, chance: random.Random) -> list[Any]:
    """Values at and about the edges of what an argument's kind allows."""
    if isinstance(kind, Choice):
        words = [*kind.words, *kind.synonyms]
        return [*words, words[0].upper(), f" {words[-1].title()} ", *kind.numbers]
    if isinstance(kind, Number):
        edges = [edge for edge in (kind.low, kind.high) if math.isfinite(edge)]
        about = [math.nextafter(edge, to) for edge in edges for to in (-math.inf, math.inf)]
        return [*edges, *(value for value in about if abs(value) > 1e-300), ordinary(kind, chance)]
    return []


def ordinary(kind: Number, chance: random.Random) -> float:
    """A number inside the interval that is nothing special."""
    low = max(kind.low, 0.0) if kind.high > 0 else kind.low
    if math.isfinite(kind.high):
        return low + (kind.high - low) * chance.uniform(0.02, 0.4)
    return low + math.exp(chance.uniform(-2, 6))


# All arguments varied, and spread over ranges


def _jittered(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [[_jittered(cell, chance) for cell in row] for row in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return value * (1 + chance.uniform(-0.01, 0.01))


def _varied(formula: Any, base: Arguments, chance: random.Random) -> Iterator[Arguments]:
    for _ in range(20):
        yield tuple(_jittered(value, chance) for value in base)
    # Optional numbers filled in, to get through every branch of the arithmetic.
    for _ in range(20):
        given = list(base) + [OMITTED] * (len(formula.arguments) - len(base))
        for at, argument in enumerate(formula.arguments):
            if (
                isinstance(argument.kind, Number)
                and not argument.required
                and chance.random() < 0.5
            ):
                given[at] = ordinary(argument.kind, chance)
            elif isinstance(argument.kind, Choice) and chance.random() < 0.3:
                given[at] = chance.choice(argument.kind.words)
        while given and given[-1] is OMITTED:
            given.pop()
        yield tuple(given)


def _spread(formula: Any, base: Arguments, chance: random.Random) -> Iterator[tuple[Any, str]]:
    single = [at for at, value in enumerate(base) if not isinstance(value, list)]
    if formula.result != "elementwise" or not single:
        return

    def column(value: Any, count: int) -> Any:
        return [[_jittered(value, chance)] for _ in range(count)]

    def row(value: Any, count: int) -> Any:
        return [[_jittered(value, chance) for _ in range(count)]]

    def with_ranges(ranges: dict[int, Any]) -> Arguments:
        return tuple(ranges.get(at, value) for at, value in enumerate(base))

    for at in single:
        yield with_ranges({at: column(base[at], 3)}), "one column"
        yield with_ranges({at: row(base[at], 4)}), "one row"
        spoilt = column(base[at], 6)
        for place, bad in enumerate((None, "text", -1.0, 0.0, 1e308), 1):
            spoilt[place] = [bad]
        yield with_ranges({at: spoilt}), "a column with bad cells"
    yield with_ranges({at: column(base[at], 5) for at in single}), "all columns"
    yield with_ranges({at: row(base[at], 3) for at in single}), "all rows"
    yield with_ranges({at: [[base[at]]] for at in single}), "all ranges of one cell"
    if len(single) > 1:
        first, second = single[0], single[-1]
        yield (
            with_ranges({first: column(base[first], 3), second: row(base[second], 2)}),
            "a column against a row",
        )
        yield (
            with_ranges({first: column(base[first], 3), second: column(base[second], 2)}),
            "columns that do not fit together",
        )


# ISO_EXPLAIN takes another formula's name and arguments


def _explained(name: str) -> Iterator[Case]:
    yield Case(name, ("no such formula",), "an unknown name")
    yield Case(name, (name, 1), "itself")
    yield Case(name, (5.5,), "a number for a name")
    yield Case(name, ("position_size", 10000, 2, 100, 96), "a name without its prefix")
    for other in catalogue:
        if other != name and catalogue[other].max_args is not None:
            for case in cases(other)[::9]:
                given = (other, *case.arguments)
                yield Case(name, given, f"of {other}, {case.about}", typed=case.typed)


# Comparing


def same(left: Any, right: Any, relative: float = 1e-12) -> bool:
    """Whether two results agree: numbers to rounding, errors and texts to the letter."""
    if isinstance(left, list) or isinstance(right, list):
        if not (isinstance(left, list) and isinstance(right, list)) or len(left) != len(right):
            return False
        return all(
            len(mine) == len(theirs)
            and all(same(a, b, relative) for a, b in zip(mine, theirs, strict=True))
            for mine, theirs in zip(left, right, strict=True)
        )
    if isinstance(left, bool) or isinstance(right, bool):
        return type(left) is type(right) and left == right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=relative, abs_tol=0.0)
    return type(left) is type(right) and bool(left == right)
