"""Service: why a formula gives an error, and which version computes."""

from __future__ import annotations

from typing import Any

from udfs.catalogue.cells import show
from udfs.catalogue.formula import catalogue, formula
from udfs.catalogue.units import FormulaName
from udfs.errors import CellError
from udfs.version import __version__


@formula("Service", variadic=True)
def explain(name: FormulaName, *arguments: Any) -> str | CellError:
    """Says in words which argument of a formula is wrong, and what to type instead.

    Parameters
    ----------
    name
        The formula's name as text, like "ISO_POSITION_SIZE", followed by the same arguments as
        in the formula itself.

    Returns
    -------
    "ok", or a sentence that names the argument, its value and the remedy.

    Examples
    --------
    >>> explain("ISO_POSITION_SIZE", 10000, 2, 100, 96)
    'risk is 2: it must be greater than 0 and at most 1; did you mean 2%? type 2% or 0.02, not 2'
    >>> explain("ISO_POSITION_SIZE", 10000, 0.02, 100, 96)
    'ok'
    """
    if isinstance(name, CellError):
        return name
    wanted = name.strip().upper() if isinstance(name, str) else show(name)
    asked = catalogue.get(wanted) or catalogue.get(f"ISO_{wanted}")
    if asked is None or asked.variadic:
        return (
            f"there is no formula called {show(name).removeprefix('the text ')}:"
            ' type its name as text, like "ISO_POSITION_SIZE"'
        )
    return asked.explain(*arguments)


@formula("Service")
def version() -> str:
    """Version of the package that computes: is the add-in there, and does it match the workbook?

    Returns
    -------
    The version as text.

    Examples
    --------
    >>> version().count(".")
    2
    """
    return __version__
