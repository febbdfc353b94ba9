"""What editors and type checkers see of `isomargin`: ``__init__.pyi``, made from the catalogue."""

from __future__ import annotations

from udfs import Formula, catalogue
from udfs.catalogue.cell_types import Boolean, Choice
from udfs.catalogue.parameter import Parameter
from udfs.catalogue.range_types import MatrixType, NamedColumns, NamedRows, SquareMatrix

_HEAD = '''"""isomargin for scripts and notebooks. Made by ``isomargin build --all``."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from isomargin.calling import FormulaError as FormulaError
from udfs import IsomarginError as IsomarginError
from udfs import __version__ as __version__

class Column(Protocol):
    def to_numpy(self) -> Any: ...

Number: TypeAlias = float | Decimal
Numbers: TypeAlias = Number | Sequence[float | Decimal | None] | npt.ArrayLike | Column
Words: TypeAlias = list[str] | tuple[str, ...] | npt.NDArray[Any] | Column
Side: TypeAlias = Literal["long", "short", "buy", "sell", 1, -1] | str
Table: TypeAlias = Sequence[Sequence[Any]] | npt.ArrayLike | Column
Rows: TypeAlias = list[list[Any]]
Array: TypeAlias = npt.NDArray[np.float64]

def explain(formula: Callable[..., Any] | str, *arguments: Any, **named: Any) -> str: ...
'''


def text() -> str:
    """The stub."""
    parts = [_declared(one) for one in catalogue.values() if one.category != "Service"]
    return _HEAD + "".join(parts)


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
    lines = [
        f"    {p.name}: {_hint(p, single)}{'' if p.required else ' | None = ...'},\n"
        for p in formula.arguments
    ]
    return f"def {formula.function}(\n{''.join(lines)}) -> {answer}: ...\n"


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
