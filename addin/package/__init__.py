"""Workbook files: read, edited in place, everything untouched kept byte for byte."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from addin.package.addresses import Area
    from addin.package.cell_formula import CellFormula
    from addin.package.errors import PackageError
    from addin.package.limits import Limits
    from addin.package.package import DefinedName, Package
    from addin.package.rows import TableRows
    from addin.package.tables import PackageTable
    from addin.package.values import Value

__all__ = [
    "Area",
    "CellFormula",
    "DefinedName",
    "Limits",
    "Package",
    "PackageError",
    "PackageTable",
    "TableRows",
    "Value",
]

# Where each of them is. Whoever needs an address or an error does not wait for the XML library.
_MODULES = {
    "Area": "addresses",
    "CellFormula": "cell_formula",
    "DefinedName": "package",
    "Limits": "limits",
    "Package": "package",
    "PackageError": "errors",
    "PackageTable": "tables",
    "TableRows": "rows",
    "Value": "values",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return found
