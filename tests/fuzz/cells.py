"""Whatever a cell may hold, as the formulas get it; and what may come back."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from udfs import OMITTED, CellError, Formula, catalogue

from .target import Target

AWKWARD = [
    None, "", " ", "x", "long", "short", "mark", "=1+1", True, False, OMITTED, *CellError,
    0, 1, -1, 0.5, 1e-320, 1e-300, 1e300, 1e308, -1e308, 10**400, math.nan, math.inf, -math.inf,
]  # fmt: skip
cells = st.one_of(
    st.sampled_from(AWKWARD),
    st.floats(),
    st.integers(-(10**6), 10**6),
    st.floats(0, 200),
    st.text(max_size=5),
)
ranges = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4)
)
arguments = st.one_of(cells, ranges)


def is_value(result: Any) -> bool:
    """Whether it is what a cell, or a block of cells, can show."""
    if isinstance(result, list):
        assert result
        assert all(isinstance(row, list) for row in result)
        assert len({len(row) for row in result}) == 1
        return all(is_cell(cell) for row in result for cell in row)
    return is_cell(result)


def is_cell(cell: Any) -> bool:
    if isinstance(cell, float):
        return math.isfinite(cell)
    return isinstance(cell, (CellError, str, bool))


def paths_kept_few(formula: Formula, given_arguments: Sequence[Any]) -> list[Any]:
    """A typed million of paths is allowed, but no test of odd inputs needs to wait for it."""
    names = [argument.name for argument in formula.arguments]
    if "paths" not in names:
        return list(given_arguments)
    at = names.index("paths")
    return [
        16 if i == at and isinstance(value, (int, float)) and value > 16 else value
        for i, value in enumerate(given_arguments)
        if i != at or not isinstance(value, list)
    ]


def answers(formula: Formula, given_arguments: Sequence[Any]) -> None:
    """A value or an error comes back, never an exception, and ISO_EXPLAIN has words for it."""
    given_arguments = paths_kept_few(formula, given_arguments)
    result = formula(*given_arguments)
    assert is_value(result), result
    words = formula.explain(*given_arguments)
    assert isinstance(words, str)
    assert words
    if not formula.variadic and isinstance(result, CellError):
        assert words != "ok"


def calls(formula: Formula) -> st.SearchStrategy[list[Any]]:
    """Any arguments: too few, all, one too many."""
    return st.lists(arguments, max_size=(formula.max_args or 6) + 1)


@st.composite
def _calls(draw: st.DrawFn) -> tuple[str, list[Any]]:
    name = draw(st.sampled_from(list(catalogue)))
    formula = catalogue[name]
    if draw(st.booleans()):
        return name, draw(calls(formula))
    # As many arguments as the formula wants: gets further than any number of them.
    most = formula.max_args or 6
    return name, draw(st.lists(arguments, min_size=most, max_size=most))


def _check(call: tuple[str, list[Any]]) -> None:
    name, given_arguments = call
    answers(catalogue[name], given_arguments)


# Hypothesis takes longer for an input than the formula does: from one number come a hundred calls.
_CALLS = 100


def _argument(source: random.Random) -> Any:
    def cell() -> Any:
        kind = source.randrange(8)
        if kind < 3:
            return source.choice(AWKWARD)
        if kind == 3:
            return source.uniform(0, 200)
        if kind == 4:
            return source.choice([-1, 1]) * 10 ** source.uniform(-320, 308)
        if kind == 5:
            return float(source.randrange(-5, 50))
        if kind == 6:
            return round(source.random(), 3)
        return "".join(map(chr, source.choices(range(1, 0x2000), k=source.randrange(6))))

    if source.random() < 0.7:
        return cell()
    width = source.randrange(1, 4)
    return [[cell() for _ in range(width)] for _ in range(source.randrange(1, 5))]


def _many(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(_CALLS):
        formula = source.choice(list(catalogue.values()))
        most = formula.max_args or 6
        count = most if source.random() < 0.6 else source.randrange(most + 2)
        answers(formula, [_argument(source) for _ in range(count)])


def _seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 2**64)


TARGETS = [
    Target("formulas", _calls, _check, examples=500),
    Target("formulas, a hundred calls", _seeds, _many, examples=20),
]
