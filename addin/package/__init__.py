"""Workbook files: read, edited in place, everything untouched kept byte for byte."""

from addin.package.addresses import Area
from addin.package.errors import PackageError
from addin.package.limits import Limits
from addin.package.package import DefinedName, Package
from addin.package.rows import TableRows
from addin.package.sheet import CellFormula
from addin.package.tables import Table
from addin.package.values import Value

__all__ = [
    "Area",
    "CellFormula",
    "DefinedName",
    "Limits",
    "Package",
    "PackageError",
    "Table",
    "TableRows",
    "Value",
]
