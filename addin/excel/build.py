"""Builds the Excel files: the macro workbook and the add-in, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

from addin.excel import ADDIN_FILE, WORKBOOK_FILE, addin_book, prebuilt, vba
from addin.excel.generator import BuildError, check_xlwings
from addin.excel.macro_book import CodeNames, code_names, to_macro_workbook
from addin.excel.project import build_project, third_party_modules
from addin.package.saving import save_bytes

__all__ = ["BuildError", "build_excel", "prebuilt_files", "vba_projects"]


def vba_projects(names: CodeNames) -> tuple[bytes, bytes]:
    """The VBA projects of a macro workbook with those code names, and of the add-in."""
    check_xlwings()
    modules = {**third_party_modules(), **vba.modules()}
    workbook = build_project(names.workbook, names.sheets, modules, vba.workbook_code())
    addin = build_project(*addin_book.CODE_NAMES, modules, vba.workbook_code())
    return workbook, addin


def build_excel(template: bytes, out_dir: str | Path) -> list[Path]:
    """Write isomargin.xlsm (the template with its VBA) and isomargin.xlam into a folder.

    Raises BuildError where xlwings is not the version that the VBA is made for.
    """
    names = code_names(template)
    workbook, addin = vba_projects(names)
    files = {
        WORKBOOK_FILE: to_macro_workbook(template, workbook, names),
        ADDIN_FILE: addin_book.addin_workbook(addin),
    }
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        save_bytes(content, folder / name)
    return [folder / name for name in files]


def prebuilt_files(template: bytes) -> dict[str, bytes]:
    """The ready-made VBA for the sheets of a template, by file name in ``built/``."""
    names = code_names(template)
    workbook, addin = vba_projects(names)
    return {
        prebuilt.WORKBOOK_PROJECT: workbook,
        prebuilt.ADDIN_PROJECT: addin,
        prebuilt.NOTE: prebuilt.note(names).encode(),
    }
