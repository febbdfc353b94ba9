"""The catalogue: one decorated function with type hints and a docstring is one formula.

Everything that others need to know about a formula (its Excel name, arguments, help, defaults,
columns) is read off the function here. Hosts and documents follow from it.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from udfs.catalogue.arguments import HELP
from udfs.catalogue.cell_types import Boolean, Choice, Number, SameAs
from udfs.catalogue.cells import Argument, Cell, CellProblem, Rows, is_range, single_cell
from udfs.catalogue.docstrings import Docstring, parse
from udfs.catalogue.evaluation import (
    Codes,
    TableAnswer,
    compute_cell,
    compute_each,
    compute_range,
    compute_running,
    element,
    first_error,
    from_rows,
    to_array,
    to_rows,
)
from udfs.catalogue.parameter import ZERO_IS_BLANK, Parameter
from udfs.catalogue.range_types import AnyType, Numbers, PerPosition, Series
from udfs.errors import CellError, IsomarginError
from udfs.maths.arrays import Floats

# Excel's function wizard cuts help here, and breaks where the names together get longer.
HELP_LIMIT = 255

# The reference's order: what a trader asks first comes first.
CATEGORIES = (
    "Liquidation", "Size", "Carry", "Exits", "Probability", "Portfolio", "Markets", "Journal",
    "Service",
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
        answers_text: bool = False,
        each: bool = False,
    ) -> None:
        self.name = f"ISO_{body.__name__.upper()}"
        self.category = category
        self.body = body
        self.arguments = parameters  # as a person types them, a table's ``headers`` among them
        self.parameters = tuple(p for p in parameters if p.name != _HEADERS)  # the body's
        self.columns = columns  # of a table; empty for an elementwise formula
        self.follows = follows  # of a running result: the argument that it runs along
        self.docstring = docstring
        self.variadic = variadic
        self.answers_text = answers_text
        self.each = each
        self.same_as = tuple(p for p in parameters if isinstance(p.default, SameAs))
        self.words = tuple(
            p for p in parameters if isinstance(p.kind, Choice) and not p.kind.is_numeric
        )
        self._by_name = {p.name: p for p in parameters}
        self._names = tuple(p.name for p in parameters)
        # The arguments that an elementwise formula works along.
        self._ranging = frozenset(p.name for p in parameters if not (columns or p.kind.takes_range))
        # Lets doctest, help() and editors see the function that was written.
        functools.update_wrapper(self, body)

    def __repr__(self) -> str:
        return f"<formula {self.name}>"

    @property
    def function(self) -> str:
        """The Python function's name."""
        return self.body.__name__

    @property
    def result(self) -> Literal["elementwise", "running", "table", "text"]:
        """Whether the result has the shape of its inputs, of one of them, its own, or is text.

        A running result has a cell for each cell of one argument, from that cell and those
        before it.
        """
        if self.columns:
            return "table"
        if self.answers_text:
            return "text"
        return "running" if self.follows else "elementwise"

    @property
    def summary(self) -> str:
        """What it answers, in one line."""
        return self.docstring.summary

    @property
    def shapes(self) -> str:
        """What shapes the arguments may have and the result has, in a sentence; derived."""
        if self.result == "running":
            return f"The result has the shape of {self.follows}."
        if self.columns:
            return f"The result is a table of {len(self.columns)} columns."
        ranging = [p.name for p in self.parameters if p.name in self._ranging]
        if not ranging:
            return "The result is one cell."
        every = "Each argument" if len(ranging) == len(self.parameters) else ", ".join(ranging)
        return f"{every}: a cell or a range; the result has their broadcast shape."

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
        parts = [
            p.name if p.required else f"[{'='.join(filter(None, (p.name, p.default_text)))}]"
            for p in self.arguments
        ]
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
        except CellProblem as problem:
            return problem.error

    def explain(self, *arguments: Argument, **named: Argument) -> str:
        """``ok``, or what is wrong with these arguments and what to type instead."""
        notes: list[str] = []
        try:
            given, headers, ranged = self._given(arguments, named)
            if not ranged:
                self._answer(given, headers, ranged, notes)
                return "; ".join(notes) or "ok"
            _, codes = self.over_range(given)
        except CellProblem as problem:
            return problem.message
        at = first_error(codes)
        if at is None:
            return "ok"
        row, column = at
        one = {
            p.name: given[p.name] if p.kind.takes_range else element(given[p.name], row, column)
            for p in self.parameters
            if p.name in given
        }
        return f"row {row + 1}, column {column + 1}: {self.explain(**one)}"

    def bound(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        """What was given, by name; the CellProblem of a name that is wrong or given twice."""
        names = self._names
        if len(arguments) > len(names):
            raise CellProblem(
                CellError.VALUE,
                f"{self.name} takes {len(names)} arguments, not {len(arguments)}: {self.signature}",
            )
        given: dict[str, Any] = dict(zip(names, arguments, strict=False))
        if named:
            self._refuse_names(given, named)
            given |= named
        return given

    def _given(
        self, arguments: tuple[Argument, ...], named: dict[str, Argument]
    ) -> tuple[dict[str, Any], Any, bool]:
        """What was given, by name, with 1x1 ranges as cells; the headers flag; and whether the
        formula works along a range."""
        given = self.bound(arguments, named)
        ranged = False
        for name, value in given.items():
            if is_range(value):
                cell = given[name] = single_cell(value)
                ranged = ranged or (name in self._ranging and is_range(cell))
        return given, given.pop(_HEADERS, None), ranged

    def _refuse_names(self, given: dict[str, Any], named: dict[str, Argument]) -> None:
        """A keyword that is no argument's name, or that gives an argument twice."""
        for name in named:
            if name not in self._by_name:
                import difflib  # only for a slip: it is not needed at every start

                close = difflib.get_close_matches(name, self._names, 1)
                meant = f"did you mean {close[0]}? " if close else ""
                raise CellProblem(
                    CellError.VALUE, f"{self.name} has no argument {name}; {meant}{self.signature}"
                )
            if name in given:
                raise CellProblem(
                    CellError.VALUE, f"{name} is given twice, once in its place and once by name"
                )

    def answer(self, given: dict[str, Any]) -> Any:
        """The answer to what was given by name: a cell value or rows, or the CellProblem."""
        return self._answer(*self._given((), given))

    def over_range(self, given: dict[str, Any]) -> tuple[Floats, Codes | None]:
        """The answers along the ranges given by name, with an error code an element."""
        if self.each:
            return from_rows(compute_each(self, given))
        return (compute_running if self.follows else compute_range)(self, given)

    def _answer(
        self, given: dict[str, Any], headers: Any, ranged: bool, notes: list[str] | None = None
    ) -> Any:
        if ranged and self.answers_text:
            return compute_each(self, given)
        if ranged:
            values, codes = self.over_range(given)
            arrays = [value for value in given.values() if isinstance(value, np.ndarray)]
            if not arrays:
                return to_rows(values, codes)
            flat = all(array.ndim == 1 for array in arrays) and len(values) == 1
            return to_array(
                values[0] if flat else values,
                None if codes is None else codes[0] if flat else codes,
            )
        answer = compute_cell(self, given, notes)
        if not isinstance(answer, TableAnswer):
            return answer
        rows: Rows = [[_plain(cell) for cell in row] for row in answer.rows]
        with_headers = _HEADERS in self._by_name and self._by_name[_HEADERS].parse(headers)
        return [list(answer.columns or self.columns), *rows] if with_headers else rows


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

# The argument that puts a table's column names on top. It stands in the function's signature as
# any other, for its place; the body never gets it.
_HEADERS = "headers"


def formula(
    category: str,
    *,
    columns: tuple[str, ...] = (),
    follows: str = "",
    variadic: bool = False,
    each: bool = False,
) -> Callable[[Callable[..., Any]], Formula]:
    """Register a function as a formula of the catalogue.

    ``columns`` names the columns of a table-valued formula, which may have an argument ``headers``
    in its signature; ``follows`` names the argument that a running result runs along; ``each`` says
    that the body takes single numbers, so that over a range it is called for each cell. Raises
    CatalogueError where the declaration breaks a rule.
    """

    def register(body: Callable[..., Any]) -> Formula:
        docstring = parse(inspect.getdoc(body) or "")
        hints = _hints(body)
        made = Formula(
            body,
            category,
            tuple(_parameters(body, hints, docstring)),
            docstring,
            columns=columns,
            follows=follows,
            variadic=variadic,
            answers_text=_is_text(hints.get("return")),
            each=each,
        )
        _check(made)
        _formulas[made.name] = made
        _sort()
        return made

    return register


def _hints(body: Callable[..., Any]) -> Mapping[str, Any]:
    """What a function's annotations stand for.

    Most are the name of a type in its module; where all are, nothing has to be compiled.
    """
    names = body.__globals__
    written: dict[str, Any] = body.__annotations__
    if all(isinstance(text, str) and text in names for text in written.values()):
        return {name: names[text] for name, text in written.items()}
    return get_type_hints(body, include_extras=True)


def _sort() -> None:
    """Keep the catalogue in the reference's order, whatever order modules import each other in."""
    ordered = sorted(_formulas.values(), key=lambda made: CATEGORIES.index(made.category))
    _formulas.clear()
    _formulas.update((made.name, made) for made in ordered)


def _parameters(
    body: Callable[..., Any], hints: Mapping[str, Any], docstring: Docstring
) -> list[Parameter]:
    found = []
    for name, signature in inspect.signature(body).parameters.items():
        if signature.kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        called = f"ISO_{body.__name__.upper()}: the argument {name}"
        kind, zero_is_blank = _declared(hints.get(name), name, called)
        required = signature.default is inspect.Parameter.empty
        default = None if required else signature.default
        found.append(
            Parameter(
                name,
                kind,
                required,
                default,
                docstring.parameters.get(name, HELP.get(name, "")),
                None if required else _parsed(kind, default, name, called),
                zero_is_blank,
            )
        )
    return found


def _declared(hint: Any, name: str, called: str) -> tuple[AnyType, bool]:
    """An argument's type as its annotation has it; CatalogueError where there is none."""
    if get_origin(hint) is Literal:
        return Choice(name.replace("_", " "), get_args(hint)), False
    extras = getattr(hint, "__metadata__", ())
    kind = next((extra for extra in extras if isinstance(extra, AnyType)), None)
    if kind is None:
        raise CatalogueError(
            f"{called} has no type of the catalogue: annotate it with one of"
            " udfs/catalogue/units.py, or with Literal[...] for a choice of words"
        )
    return kind, ZERO_IS_BLANK in extras


def _parsed(kind: AnyType, default: Any, name: str, called: str) -> Any:
    """A default as the body takes it; a default outside its own domain is caught here."""
    if default is None or isinstance(default, SameAs):
        return None
    try:
        if isinstance(kind, (Number, Choice)):
            return kind.parse_cell(default, name)
        if isinstance(kind, (Numbers, Boolean, PerPosition)):
            return kind.parse(default, name)
    except CellProblem as problem:
        raise CatalogueError(f"{called} has a default it refuses: {problem.message}") from None
    return default


def _is_text(hint: Any) -> bool:
    """Whether a function returns text, perhaps or else an error."""
    return hint is str or (get_origin(hint) in (Union, UnionType) and str in get_args(hint))


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
    if not made.columns and _HEADERS in (p.name for p in made.arguments):
        problems.append("has the argument headers, and is no table")
    for p in made.same_as:
        if p.default.argument not in (other.name for other in made.parameters):
            problems.append(f"has a default for {p.name} that is no argument: {p.default.argument}")
    if made.follows and made.follows not in (p.name for p in made.parameters):
        problems.append(f"runs along {made.follows}, which is no argument")
    elif made.follows and not isinstance(made.parameter(made.follows).kind, Series):
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
