"""The ready-made VBA that the package brings along, so that using it needs no build tools.

``built/`` holds one VBA project for macro workbooks and one for the add-in, and a note of what
they were made from.
"""

from __future__ import annotations

import functools
import hashlib
import json
from importlib import resources

from addin.excel import XLWINGS_VERSION, vba
from addin.excel.addin_book import addin_workbook
from addin.excel.macro_book import CodeNames
from addin.excel.macro_book import to_macro_workbook as _to_macro_workbook
from addin.package import PackageError
from udfs import __version__, catalogue

WORKBOOK_PROJECT = "workbook.bin"
ADDIN_PROJECT = "addin.bin"
NOTE = "built.json"


class PrebuiltError(PackageError):
    """The package's ready-made VBA is missing or was made from other formulas."""


def fingerprint() -> str:
    """A number for everything that the VBA says: another one means that it has to be rebuilt."""
    told = [
        XLWINGS_VERSION,
        __version__,
        vba.descriptions(),
        *vba.static_modules().values(),
        vba.workbook_code(),
    ]
    told += [f"{formula.signature} {formula.min_args}" for formula in catalogue.values()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def note(code_names: CodeNames) -> str:
    """What ``built/`` was made from, as its note tells it."""
    content = {
        "version": __version__,
        "xlwings": XLWINGS_VERSION,
        "workbook": code_names.workbook,
        "sheets": list(code_names.sheets),
        "fingerprint": fingerprint(),
    }
    return json.dumps(content, indent=2) + "\n"


def template_code_names() -> CodeNames:
    """The code names that the ready-made project of the workbook has modules for."""
    content = _note()
    return CodeNames(content["workbook"], tuple(content["sheets"]))


def to_macro_workbook(data: bytes) -> bytes:
    """A filled-in template (.xlsx bytes) as .xlsm bytes, with the formulas in it.

    The sheets have to be the template's own; PackageError says so where they are not.
    """
    _check_fresh()
    return _to_macro_workbook(data, _read(WORKBOOK_PROJECT), template_code_names())


def addin_file() -> bytes:
    """The add-in, isomargin.xlam."""
    _check_fresh()
    return addin_workbook(_read(ADDIN_PROJECT))


def is_fresh() -> bool:
    """Whether the ready-made VBA fits the formulas as they are now."""
    return bool(_note()["fingerprint"] == fingerprint())


@functools.cache
def _check_fresh() -> None:
    if not is_fresh():
        raise PrebuiltError(
            "the ready-made VBA was made from other formulas than these:"
            " type  isomargin build --all  in the project's folder"
        )


def _note() -> dict[str, str]:
    content: dict[str, str] = json.loads(_read(NOTE))
    return content


def _read(name: str) -> bytes:
    try:
        return (resources.files("addin.excel") / "built" / name).read_bytes()
    except FileNotFoundError:
        raise PrebuiltError(
            f"the package lacks its part addin/excel/built/{name}: install isomargin anew,"
            " or type  isomargin build --all  in the project's folder"
        ) from None
