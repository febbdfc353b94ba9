"""The catalogue: one decorated function with type hints and a docstring is one formula.

Everything that others need to know about a formula (its Excel name, arguments, help, defaults,
columns) is read off the function here. Hosts and documents follow from it.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args, get_type_hints

import numpy as np

from udfs.catalogue.cell_types import Flag, Number, SameAs, Word
from udfs.catalogue.cells import Argument, Cell, Problem, Rows, is_range, single_cell
from udfs.catalogue.docstrings import Docstring, parse
from udfs.catalogue.evaluation import (
    Codes,
    Table,
    compute_cell,
    compute_range,
    compute_running,
    element,
    first_error,
    to_array,
    to_rows,
)
from udfs.catalogue.parameter import Parameter
from udfs.catalogue.range_types import AnyKind, Series, Slots, Vector
from udfs.errors import CellError, IsomarginError
from udfs.maths.arrays import Floats

# Excel's function wizard cuts help here, and breaks where the names together get longer.
HELP_LIMIT = 255

# The reference's order: what a trader asks first comes first.
CATEGORIES = (
    "Liquidation", "Size", "Carry", "Exits", "Chance", "Portfolio", "Journal", "Service",
)  # fmt: skip

_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[RrCc]")


class CatalogueError(IsomarginError, TypeError):
    """A formula's declaration breaks a rule of the catalogue."""


class Formula:
    """A formula of the catalogue. Calling it computes; bad input gives an error value.

    Cells in, cells out: numbers, text, None, CellError, and lists of rows for ranges. From
    Python, arrays may be given instead of lists; then the result is an array of floats too, NaN
    where a cell would hold an error (`explain` says which and why).
    """

    def __init__(
        self,
        body: Callable[..., Any],
        category: str,
        parameters: tuple[Parameter, ...],
        docstring: Docstring,
        *,
        columns: tuple[str, ...] = (),
        follows: str = "",
        variadic: bool = False,
    ) -> None:
        self.name = f"ISO_{body.__name__.upper()}"
        self.category = category
        self.body = body
        self.parameters = parameters
        self.columns = columns  # of a table; empty for an elementwise formula
        self.follows = follows  # of a running result: the argument that it runs along
        self.docstring = docstring
        self.variadic = variadic
        self.same_as = tuple(p for p in parameters if isinstance(p.default, SameAs))
        self._by_name = {p.name: p for p in parameters}
        self._names = tuple(p.name for p in parameters)
        # The arguments that an elementwise formula works along.
        self._ranging = frozenset(p.name for p in parameters if not (columns or p.kind.whole))
        # Lets doctest, help() and editors see the function that was written.
        functools.update_wrapper(self, body)

    def __repr__(self) -> str:
        return f"<formula {self.name}>"

    @property
    def function(self) -> str:
        """The Python function's name."""
        return self.body.__name__

    @property
    def result(self) -> Literal["elementwise", "running", "table"]:
        """Whether the result has the shape of its inputs, of one of them, or of its own.

        A running result has a cell for each cell of one argument, from that cell and those
        before it.
        """
        if self.columns:
            return "table"
        return "running" if self.follows else "elementwise"

    @property
    def summary(self) -> str:
        """What it answers, in one line."""
        return self.docstring.summary

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The arguments in order, a table's ``headers`` last."""
        return (*self.parameters, _HEADERS) if self.columns else self.parameters

    @property
    def min_args(self) -> int:
        """How many arguments are required."""
        return sum(p.required for p in self.parameters)

    @property
    def max_args(self) -> int | None:
        """How many arguments may be given; None where there is no limit."""
        return None if self.variadic else len(self.arguments)

    @property
    def signature(self) -> str:
        """The formula as a person would type it, optional arguments in brackets."""
        parts = [p.name if p.required else f"[{p.name}={p.default_text}]" for p in self.arguments]
        return f"{self.name}({', '.join(parts + ['...'] * self.variadic)})"

    def parameter(self, name: str) -> Parameter:
        """The argument of that name."""
        return self._by_name[name]

    def __call__(self, *arguments: Argument, **named: Argument) -> Any:
        """The answer: a cell value, or rows; an error value where there is none."""
        try:
            if self.variadic:
                return self.body(*arguments) if arguments else CellError.NA
            return self._answer(*self._given(arguments, named))
        except Problem as problem:
            return problem.error

    def explain(self, *arguments: Argument, **named: Argument) -> str:
        """``ok``, or what is wrong with these arguments and what to type instead."""
        notes: list[str] = []
        try:
            given, headers, ranged = self._given(arguments, named)
            if not ranged:
                self._answer(given, headers, ranged, notes)
                return "; ".join(notes) or "ok"
            _, codes = self._over_range(given)
        except Problem as problem:
            return problem.words
        at = first_error(codes)
        if at is None:
            return "ok"
        row, column = at
        one = {
            p.name: given[p.name] if p.kind.whole else element(given[p.name], row, column)
            for p in self.parameters
            if p.name in given
        }
        return f"row {row + 1}, column {column + 1}: {self.explain(**one)}"

    def _given(
        self, arguments: tuple[Argument, ...], named: dict[str, Argument]
    ) -> tuple[dict[str, Any], Any, bool]:
        """What was given, by name, with 1x1 ranges as cells; the headers flag; and whether the
        formula works along a range."""
        names = (*self._names, "headers") if self.columns else self._names
        if len(arguments) > len(names):
            raise Problem(
                CellError.VALUE,
                f"{self.name} takes {len(names)} arguments, not {len(arguments)}: {self.signature}",
            )
        given: dict[str, Any] = dict(zip(names, arguments, strict=False))
        if named:
            given |= named
        ranged = False
        for name, value in given.items():
            if is_range(value):
                cell = given[name] = single_cell(value)
                ranged = ranged or (name in self._ranging and is_range(cell))
        return given, given.pop("headers", None), ranged

    def _over_range(self, given: dict[str, Any]) -> tuple[Floats, Codes | None]:
        return (compute_running if self.follows else compute_range)(self, given)

    def _answer(
        self, given: dict[str, Any], headers: Any, ranged: bool, notes: list[str] | None = None
    ) -> Any:
        if ranged:
            values, codes = self._over_range(given)
            arrays = [value for value in given.values() if isinstance(value, np.ndarray)]
            if not arrays:
                return to_rows(values, codes)
            flat = all(array.ndim == 1 for array in arrays) and len(values) == 1
            return to_array(
                values[0] if flat else values,
                None if codes is None else codes[0] if flat else codes,
            )
        answer = compute_cell(self, given, notes)
        if not isinstance(answer, Table):
            return answer
        rows: Rows = [[_plain(cell) for cell in row] for row in answer.rows]
        return [list(self.columns), *rows] if _HEADERS.take(headers) else rows


def _plain(cell: Any) -> Cell:
    """A table's cell as a plain Python value; a number that is none is #NUM!."""
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    if isinstance(cell, (int, float, np.generic)):
        try:
            number = float(cell)
        except OverflowError:  # an integer label with hundreds of digits
            return CellError.NUM
        return number + 0.0 if np.isfinite(number) else CellError.NUM
    return cell  # type: ignore[no-any-return]


_formulas: dict[str, Formula] = {}
catalogue: Mapping[str, Formula] = MappingProxyType(_formulas)

_HEADERS = Parameter(
    "headers", Flag(), False, False, "TRUE puts the columns' names in a row on top.", False
)


def formula(
    category: str, *, columns: tuple[str, ...] = (), follows: str = "", variadic: bool = False
) -> Callable[[Callable[..., Any]], Formula]:
    """Register a function as a formula of the catalogue.

    ``columns`` names the columns of a table-valued formula, which gets a last argument
    ``headers``; ``follows`` names the argument that a running result runs along. Raises
    CatalogueError where the declaration breaks a rule.
    """

    def register(body: Callable[..., Any]) -> Formula:
        docstring = parse(inspect.getdoc(body) or "")
        made = Formula(
            body,
            category,
            tuple(_parameters(body, docstring)),
            docstring,
            columns=columns,
            follows=follows,
            variadic=variadic,
        )
        _check(made)
        _formulas[made.name] = made
        _sort()
        return made

    return register


def _sort() -> None:
    """Keep the catalogue in the reference's order, whatever order modules import each other in."""
    ordered = sorted(_formulas.values(), key=lambda made: CATEGORIES.index(made.category))
    _formulas.clear()
    _formulas.update((made.name, made) for made in ordered)


def _parameters(body: Callable[..., Any], docstring: Docstring) -> list[Parameter]:
    hints = get_type_hints(body, include_extras=True)
    found = []
    for name, signature in inspect.signature(body).parameters.items():
        if signature.kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        kind = get_args(hints[name])[1]
        required = signature.default is inspect.Parameter.empty
        default = None if required else signature.default
        found.append(
            Parameter(
                name,
                kind,
                required,
                default,
                docstring.parameters.get(name, ""),
                None if required else _taken(kind, default, name),
            )
        )
    return found


def _taken(kind: AnyKind, default: Any, name: str) -> Any:
    """A default as the body takes it; a default outside its own domain is caught here."""
    if isinstance(default, SameAs):
        return None
    if isinstance(kind, (Number, Word)):
        return kind.scalar(default, name)
    return kind.take(default, name) if isinstance(kind, (Vector, Flag, Slots)) else default


def _check(made: Formula) -> None:
    """The rules that Excel's function wizard, VBA and LibreOffice set for every formula."""
    problems = []
    if made.category not in CATEGORIES:
        problems.append(f"has the unknown category {made.category}")
    if made.name in _formulas:
        problems.append("is declared twice")
    if not made.summary or not made.docstring.examples:
        problems.append("needs a summary line and a runnable example")
    if len(made.summary) > HELP_LIMIT:
        problems.append(f"has a summary longer than {HELP_LIMIT} characters")
    if sum(len(p.name) + 2 for p in made.arguments) > HELP_LIMIT - 1:
        problems.append("has argument names too long for the function wizard")
    if made.follows and not isinstance(made.parameter(made.follows).kind, Series):
        problems.append(f"runs along {made.follows}, which is no series")
    optional = False
    for p in made.arguments:
        if not p.help:
            problems.append(f"does not document {p.name}")
        if len(p.help) > HELP_LIMIT:
            problems.append(f"has help for {p.name} longer than {HELP_LIMIT} characters")
        if _CELL_LIKE.fullmatch(p.name):
            problems.append(f"has an argument {p.name} that reads as a cell")
        if p.required and optional:
            problems.append(f"has the required argument {p.name} after an optional one")
        optional = optional or not p.required
    if problems:
        raise CatalogueError(f"{made.name} " + "; ".join(problems))
