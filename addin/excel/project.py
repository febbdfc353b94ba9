"""VBA projects as the file that Excel keeps them in, vbaProject.bin.

pyOpenVBA writes the container; the modules are xlwings' standalone module, the Dictionary class
it needs, and our own. Needed for building only, not for using what was built.
"""

from __future__ import annotations

import importlib
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from addin.excel import PROJECT, XLWINGS_VERSION, container
from addin.excel.generator import BuildError, check_xlwings
from addin.package.parts import minimal_workbook

PYOPENVBA_VERSION = "6.5.0"
XLWINGS_MODULE = "xlwings"
DICTIONARY = "Dictionary"

# The changes to xlwings' module; NOTICES.md tells of them.
_PROJECT_NAME = 'Public Const PROJECT_NAME As String = "xlwings"'
_OWN_PROJECT_NAME = (
    f'Public Const PROJECT_NAME As String = "{PROJECT}" \'isomargin: settings of our own'
)
_FIRST_LINE = '#Const App = "Microsoft Excel" \'Adjust when using outside of Excel'
_HIDDEN = "Option Private Module 'isomargin: keeps these functions out of Excel's list"
# Settings decide which program is started. They come from the person's own folder alone: never
# from a sheet of a workbook or from a file that lies beside one, as in a folder of downloads.
_LAYERS = {
    f'    If source = "" Or source = "{layer}" Then': f'    If source = "{layer}" Then'
    f" 'isomargin: not unless asked for"
    for layer in ("sheet", "directory")
}

# What a writer puts for the numbers that only Office itself knows ([MS-OVBA] 2.3.4.2.3).
_NO_COOKIE = 0xFFFF


def third_party_modules() -> dict[str, str]:
    """xlwings' standalone module, changed in four lines, and the Dictionary class as it is."""
    check_xlwings()
    excel_file = _pyopenvba().ExcelFile
    with resources.as_file(resources.files("xlwings") / "quickstart_standalone.xlsm") as path:
        book = excel_file(path)
        try:
            project = book.vba_project()
            module = project.get_module(XLWINGS_MODULE).source
            dictionary = project.get_module(DICTIONARY).source
        finally:
            book.close()
    return {XLWINGS_MODULE: _own_settings(_lines(module)), DICTIONARY: _lines(dictionary)}


def _lines(source: str) -> str:
    """A source with one kind of line end: xlwings' file mixes two."""
    return re.sub(r"\r\n|\r|\n", "\r\n", source)


def _own_settings(source: str) -> str:
    changes = {
        _PROJECT_NAME: _OWN_PROJECT_NAME,
        _FIRST_LINE: f"{_FIRST_LINE}\r\n{_HIDDEN}",
        **_LAYERS,
    }
    for line in (*changes, f"'Version: {XLWINGS_VERSION}"):
        if source.count(line) != 1:
            raise BuildError(f"xlwings' VBA module lacks its line {line!r}: adapt project.py to it")
    for line, own in changes.items():
        source = source.replace(line, own)
    return source


def build_project(
    workbook: str, sheets: Sequence[str], modules: Mapping[str, str], workbook_code: str
) -> bytes:
    """The vbaProject.bin with a document module for the workbook and each sheet, by code name.

    `modules` are full sources by name; a class is told by its ``VB_Base``.
    """
    pyopenvba = _pyopenvba()
    kinds = importlib.import_module("pyopenvba.vba").VBAModuleKind
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.xlsm"
        path.write_bytes(_empty_workbook(workbook, sheets))
        book = pyopenvba.ExcelFile(path)
        try:
            project = book.add_vba_project()
            project.get_module(workbook).body = workbook_code
            for module in project.modules:
                module.dirty = True  # written anew from its source, without compiled code
            for name, source in modules.items():
                is_class = "\r\nAttribute VB_Base = " in source[:400]
                project.add_module(name, source, kind=kinds.other if is_class else kinds.standard)
            project.project_cookie = _NO_COOKIE
            for module in project.modules:
                module.cookie = _NO_COOKIE
            book.save()
        finally:
            book.close()
        with zipfile.ZipFile(path) as saved:
            return container.finished(saved.read("xl/vbaProject.bin"))


def _pyopenvba() -> Any:
    try:
        pyopenvba = importlib.import_module("pyopenvba")
    except ImportError:
        raise BuildError(
            f"pyOpenVBA {PYOPENVBA_VERSION} is needed to build the Excel files and is not"
            ' installed: type  pip install "isomargin[build]"'
        ) from None
    if pyopenvba.__version__ != PYOPENVBA_VERSION:
        raise BuildError(
            f"pyOpenVBA {pyopenvba.__version__} is installed, but the build is checked with"
            f" {PYOPENVBA_VERSION}: type  pip install pyOpenVBA=={PYOPENVBA_VERSION}"
        )
    return pyopenvba


def _empty_workbook(workbook: str, sheets: Sequence[str]) -> bytes:
    """The least of a workbook that has these code names, for a project to be made to fit."""
    for name in (workbook, *sheets):
        if not re.fullmatch(r"[A-Za-z]\w{0,30}", name, re.ASCII):
            raise BuildError(
                f"{name!r} is no code name that VBA takes: at most 31 letters and digits"
            )
    return minimal_workbook(sheets, [""] * len(sheets), code_names=(workbook, sheets))
