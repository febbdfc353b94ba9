"""The module that xlwings calls: every formula of the catalogue as a user-defined function.

The functions are made from the catalogue, one each, under the formula's Excel name. Off Windows
xlwings' decorators do nothing, so the module can be imported anywhere that xlwings can.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import Any

from addin.excel import CATEGORY_PREFIX
from addin.excel.conversion import from_excel, to_excel
from udfs import OMITTED, CellError, Formula, catalogue

try:
    import xlwings
except ImportError as error:  # pragma: no cover - said in words instead
    raise ImportError(
        'the Excel formulas need xlwings: type  pip install "isomargin[excel]"'
    ) from error

_log = logging.getLogger(__name__)


def make_function(formula: Formula) -> Callable[..., Any]:
    """A plain function that takes a formula's arguments as Excel sends them and answers in rows."""

    def call(*arguments: Any) -> Any:
        try:
            return to_excel(formula(*[from_excel(argument) for argument in arguments]))
        except Exception:  # a cell shows an error value, never a traceback
            _log.exception("%s failed", formula.name)
            return to_excel(CellError.VALUE)

    call.__name__ = call.__qualname__ = formula.name
    call.__doc__ = formula.summary
    # xlwings reads the arguments off the signature.
    call.__signature__ = _signature(formula)  # type: ignore[attr-defined]
    return call


def _signature(formula: Formula) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(
            argument.name,
            kind,
            default=inspect.Parameter.empty if argument.required else OMITTED,
        )
        for argument in formula.arguments
    ]
    if formula.variadic:
        parameters.append(inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL))
    return inspect.Signature(parameters)


def decorate(function: Callable[..., Any], formula: Formula, xw: Any) -> Callable[..., Any]:
    """The function with xlwings' decorators, taken from `xw` (xlwings itself, or its UDF part).

    Values travel raw: xlwings' own reading would turn error cells into blanks.
    """
    function = xw.func(category=CATEGORY_PREFIX + formula.category)(function)
    for argument in formula.arguments:
        function = xw.arg(argument.name, convert="raw", doc=argument.help)(function)
    if formula.variadic:
        function = xw.arg(
            "*arguments", convert="raw", doc="The same arguments as in that formula, in order."
        )(function)
    return xw.ret(convert="raw")(function)  # type: ignore[no-any-return]


def functions(xw: Any) -> dict[str, Callable[..., Any]]:
    """All the functions by Excel name."""
    return {
        name: decorate(make_function(formula), formula, xw) for name, formula in catalogue.items()
    }


globals().update(functions(xlwings))
