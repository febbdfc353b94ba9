"""What editors and type checkers see of `isomargin`: ``__init__.pyi``, made from the catalogue."""

from __future__ import annotations

import textwrap

from addin.package import PackageError
from udfs import Formula, catalogue
from udfs.catalogue.cell_types import Boolean, Choice
from udfs.catalogue.parameter import Parameter
from udfs.catalogue.range_types import MatrixType, NamedColumns, NamedRows, SquareMatrix

STUB = "isomargin/__init__.pyi"
_LINE = 100
_KEPT = "\0"
# Above this line the stub is written by hand; all below it is made.
_MADE = "# The formulas, made by isomargin build --all\n"


def text(now: str) -> str:
    """The stub as it is to be, from the one there is."""
    head, made, _ = now.partition(_MADE)
    if not made:
        raise PackageError(f"{STUB} has no line  {_MADE.strip()}  to write the formulas below")
    parts = [_declared(one) for one in catalogue.values() if one.category != "Service"]
    return head + made + "".join(parts)


def _declared(formula: Formula) -> str:
    if formula.columns:
        return f"\n{_function(formula, single=False, answer='Rows')}"
    if formula.follows or not _along(formula):
        answer = "Array" if formula.follows else "float"
        return f"\n{_function(formula, single=False, answer=answer)}"
    one = _function(formula, single=True, answer="float")
    # A number is an ArrayLike, too: the first declaration that fits is the one that counts.
    one = one.replace("(\n", "(  # type: ignore[overload-overlap, unused-ignore]\n", 1)
    many = _function(formula, single=False, answer="Array")
    return f"\n@overload\n{one}@overload\n{many}"


def _along(formula: Formula) -> list[Parameter]:
    return [p for p in formula.parameters if not p.kind.takes_range]


def _function(formula: Formula, *, single: bool, answer: str) -> str:
    arguments = (
        f"{p.name}: {_hint(p, single)}{'' if p.required else ' | None = ...'},"
        for p in formula.arguments
    )
    # Lines are broken between arguments, never inside of one.
    whole = " ".join(argument.replace(" ", _KEPT) for argument in arguments)
    lines = textwrap.wrap(whole, _LINE - 4, break_long_words=False, break_on_hyphens=False)
    listed = "".join(f"    {line}\n" for line in lines).replace(_KEPT, " ")
    return f"def {formula.function}(\n{listed}) -> {answer}: ...\n"


def _hint(parameter: Parameter, single: bool) -> str:
    kind = parameter.kind
    if isinstance(kind, Boolean):
        return "bool"
    if isinstance(kind, Choice):
        one = "Side" if kind.is_numeric else f"Literal[{', '.join(map(repr, kind.words))}]"
        one = one.replace("'", '"')
        return one if single else f"{one} | Words"
    if isinstance(kind, (NamedColumns, MatrixType, NamedRows)):
        return "Table"
    if isinstance(kind, SquareMatrix):
        return "Number | Table"
    if kind.takes_range:
        return (
            "Numbers | Words" if isinstance(getattr(kind, "element", None), Choice) else "Numbers"
        )
    return "Number" if single else "Numbers"
