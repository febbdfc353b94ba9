"""xlwings' own generator of VBA wrappers, run without Excel.

The part of xlwings that writes them imports pywin32 at its top but uses none of it here. Where
pywin32 is missing, empty stand-ins take its place for the length of that one import.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import types
from collections.abc import Iterator
from typing import Any

from addin.excel import UDF_MODULE, XLWINGS_VERSION
from udfs.errors import IsomarginError

_PYWIN32 = ("pythoncom", "pywintypes", "win32com", "win32com.client")


class BuildError(IsomarginError):
    """The Excel files cannot be built as things are."""


def check_xlwings() -> None:
    """Refuse to build against another xlwings than the one the VBA is made for."""
    try:
        import xlwings
    except ImportError:
        raise BuildError(
            f"xlwings {XLWINGS_VERSION} is needed to build the Excel files and is not installed:"
            ' type  pip install "isomargin[excel,build]"'
        ) from None
    if xlwings.__version__ != XLWINGS_VERSION:
        raise BuildError(
            f"xlwings {xlwings.__version__} is installed, but the Excel files are made for"
            f" {XLWINGS_VERSION}, whose DLL their VBA names:"
            f" type  pip install xlwings=={XLWINGS_VERSION}"
        )


def generated_wrappers() -> str:
    """The VBA functions as xlwings writes them, one for every formula, in catalogue order."""
    check_xlwings()
    udfs = _xlwings_udfs()
    from addin.excel.udf_module import functions

    xw = types.SimpleNamespace(func=udfs.xlfunc, arg=udfs.xlarg, ret=udfs.xlret)
    book = types.SimpleNamespace(Name="isomargin.xlsm")
    written = []
    for name, function in functions(xw).items():
        text = io.StringIO()
        # The generator writes all functions of a module by name; one at a time keeps our order.
        udfs.generate_vba_wrapper(UDF_MODULE, types.SimpleNamespace(**{name: function}), text, book)
        written.append(text.getvalue())
    return "".join(written)


def _xlwings_udfs() -> Any:
    loaded = sys.modules.get("xlwings.udfs")
    if loaded is not None:
        return loaded
    with _pywin32_or_stand_ins():
        return importlib.import_module("xlwings.udfs")


@contextlib.contextmanager
def _pywin32_or_stand_ins() -> Iterator[None]:
    try:
        importlib.import_module("pythoncom")
    except ImportError:
        pass
    else:
        yield
        return
    for name in _PYWIN32:
        sys.modules[name] = _StandIn(name)
    try:
        yield
    finally:
        for name in (*_PYWIN32, "xlwings.udfs"):
            sys.modules.pop(name, None)
        # Nobody else shall take this half-working part for the real one.
        if hasattr(sys.modules["xlwings"], "udfs"):
            delattr(sys.modules["xlwings"], "udfs")


class _StandIn(types.ModuleType):
    """A module of which nothing is called: every name in it is None."""

    __path__: list[str] = []  # noqa: RUF012 - what makes the import system take it as a package

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
