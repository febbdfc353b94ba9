"""A formula over a grid of its arguments: a block of points by one call, so of any length."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from addin.package.formula_text import CLOSE, COMMA, FUNCTION, OPEN, tokens
from udfs import CellError, Formula, catalogue
from udfs.errors import IsomarginError

BLOCK = 1_000_000
_MOST_STEPS = 10_000_000

Block: TypeAlias = dict[str, np.ndarray[Any, np.dtype[np.float64]]]


class GridError(IsomarginError):
    """What is asked for is no grid; the words say what to type instead."""


@dataclass(frozen=True)
class Axis:
    """An argument that runs from one value to another, both included."""

    name: str
    first: float
    last: float
    steps: int

    @property
    def values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The values in order."""
        return np.linspace(self.first, self.last, self.steps)


@dataclass(frozen=True)
class GridCall:
    """A formula, the arguments that stay, and those that run; the last one runs fastest."""

    formula: Formula
    fixed: Mapping[str, Any]
    axes: tuple[Axis, ...]

    @property
    def points(self) -> int:
        """How many there are."""
        return math.prod(axis.steps for axis in self.axes)

    @property
    def columns(self) -> list[str]:
        """The names of what runs, and of the result."""
        return [*(axis.name for axis in self.axes), self.formula.function]

    def blocks(self, size: int = BLOCK) -> Iterator[Block]:
        """The points in order with their result, a block at a time; NaN where it is an error."""
        shape = tuple(axis.steps for axis in self.axes)
        values = [axis.values for axis in self.axes]
        for start in range(0, self.points, size):
            at = np.unravel_index(np.arange(start, min(start + size, self.points)), shape)
            columns = {
                axis.name: along[where]
                for axis, along, where in zip(self.axes, values, at, strict=True)
            }
            answer = self.formula(**self.fixed, **columns)
            if isinstance(answer, CellError):
                answer = math.nan
            result = np.broadcast_to(np.asarray(answer, dtype=float), at[0].shape)
            yield {**columns, self.formula.function: result}

    def words(self, point: Mapping[str, float]) -> str:
        """Why a point has no result."""
        return self.formula.explain(**self.fixed, **point)


def axis(text: str) -> Axis:
    """An axis as typed: ``entry=90:110:21``.

    >>> axis("entry=90:110:21").values[:2].tolist(), axis("risk=1%:2%:3").values.tolist()
    ([90.0, 91.0], [0.01, 0.015, 0.02])
    """
    name, found, span = text.partition("=")
    parts = span.split(":")
    try:
        if not found or len(parts) != 3:
            raise ValueError
        first, last = (_number(part) for part in parts[:2])
        steps = int(parts[2])
    except ValueError:
        raise GridError(
            f"--over {text}: type name=from:to:steps, such as entry=90:110:21 (21 values)"
        ) from None
    if not 1 <= steps <= _MOST_STEPS:
        raise GridError(f"--over {text}: the steps are a whole number from 1 to {_MOST_STEPS:,}")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise GridError(f"--over {text}: from and to have to be numbers")
    return Axis(name.strip().lower(), first, last, steps)


def _number(text: str) -> float:
    text = text.strip()
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def parse(formula: str, over: tuple[str, ...]) -> GridCall:
    """The grid of a call whose arguments may be names of axes: ``ISO_KELLY(win_rate, 2)``."""
    axes = tuple(axis(text) for text in over)
    names = [one.name for one in axes]
    if not axes:
        raise GridError("nothing runs: add --over name=from:to:steps, such as entry=90:110:21")
    if len(set(names)) < len(names):
        raise GridError(f"--over has one name twice: {', '.join(names)}")
    called, arguments = _call(formula)
    typed: dict[str, str] = {}
    runs: dict[str, Axis] = {}  # by the name that it was given
    known = [parameter.name for parameter in called.parameters]
    if len(arguments) > len(known):
        raise GridError(f"{called.signature} takes no more than {len(known)} arguments")
    for parameter, text in zip(known, arguments, strict=False):
        name = text.strip().lower()
        if name in runs:
            raise GridError(
                f"{name} stands for {runs[name].name} and for {parameter}: give each a name and an"
                " --over of its own"
            )
        if name in names:
            runs[name] = replace(axes[names.index(name)], name=parameter)
        elif text.strip():
            typed[parameter] = text
    taken = {*typed, *(one.name for one in runs.values())}
    for one in axes:  # not among what was typed: by the argument's own name
        if one.name in runs:
            continue
        if one.name not in known or one.name in taken:
            raise GridError(
                f"{one.name} runs, but {called.signature} has no such argument left: write it where"
                " it stands in the formula"
            )
        runs[one.name] = one
        taken.add(one.name)
    fixed = {parameter: _value(parameter, text) for parameter, text in typed.items()}
    lacking = [p.name for p in called.parameters if p.required and p.name not in taken]
    if lacking:
        raise GridError(f"{called.signature}: {lacking[0]} is missing")
    return GridCall(called, fixed, tuple(runs[name] for name in names))


def _call(formula: str) -> tuple[Formula, list[str]]:
    """A call of one formula taken apart: which, and the text of each argument."""
    text = formula.strip().removeprefix("=").strip()
    if "(" not in text:
        text += "()"
    pieces = [(kind, piece) for kind, piece in tokens(text)]
    name = pieces[0][1][:-1].upper()
    called = catalogue.get(name) or catalogue.get(f"ISO_{name}")
    if pieces[0][0] != FUNCTION or called is None or not _is_one_call(pieces):
        near = difflib.get_close_matches(f"ISO_{name.removeprefix('ISO_')}", list(catalogue), 1)
        meant = f"; did you mean {near[0]}?" if near and called is None else ""
        raise GridError(
            f"{formula!r} is no call of one formula: type such as"
            f" 'ISO_LIQUIDATION_PRICE(\"long\",entry,leverage)'{meant}"
        )
    if called.result != "elementwise" or called.variadic:
        raise GridError(f"{called.name} gives no single number: a grid is of one number a point")
    arguments, depth = [""], 0
    for kind, piece in pieces[1:-1]:
        depth += {FUNCTION: 1, OPEN: 1, CLOSE: -1}.get(kind, 0)
        if kind == COMMA and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += piece
    return called, arguments


def _is_one_call(pieces: Sequence[tuple[str, str]]) -> bool:
    """Whether the bracket that the name opens closes at the end, and not before."""
    depth = 0
    for at, (kind, _) in enumerate(pieces):
        depth += {FUNCTION: 1, OPEN: 1, CLOSE: -1}.get(kind, 0)
        if depth == 0:
            return at == len(pieces) - 1
    return False


def _value(parameter: str, text: str) -> Any:
    from addin.embedded import Evaluator

    value = Evaluator(catalogue).evaluate(f"={text}")
    if isinstance(value, CellError):
        raise GridError(
            f"{parameter} is {text.strip()}, which is {value}: type a value, or the name of what"
            " runs over a range (--over)"
        )
    return value
