"""Workbook files: read, edited in place, everything untouched kept byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from addin.lazily import lazily

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
__getattr__ = lazily(
    __name__,
    {
        "Area": "addin.package.addresses",
        "CellFormula": "addin.package.cell_formula",
        "DefinedName": "addin.package.package",
        "Limits": "addin.package.limits",
        "Package": "addin.package.package",
        "PackageError": "addin.package.errors",
        "PackageTable": "addin.package.tables",
        "TableRows": "addin.package.rows",
        "Value": "addin.package.values",
    },
)
