"""Whether a workbook was made from this version of the template."""

from __future__ import annotations

from pathlib import Path

from addin.package import Package, PackageError

# Raised when formulas, names or columns change in a way that an older workbook does not have.
TEMPLATE_VERSION = "2"
NAME = "Template_version"


def version_of(package: Package) -> str | None:
    """The template version a workbook carries; None where it is some other workbook."""
    if NAME not in package.names:
        return None
    return in_words(package.named(NAME))


def in_words(value: object) -> str:
    """A version as its cell holds it: a program may have made a number of it."""
    if value is None:
        return "?"
    return str(int(value)) if isinstance(value, float) else str(value)


def check_version(package: Package, path: Path) -> None:
    """Refuse a workbook of another template version; any other workbook may be computed."""
    found = version_of(package)
    if found is not None and found != TEMPLATE_VERSION:
        raise PackageError(
            f"{path} was made from template {found}, and this package computes template"
            f" {TEMPLATE_VERSION}: bring it up to date with  isomargin upgrade {path}  (the old one"
            " is kept), or install the version of isomargin that made it."
        )
