"""Workbook files as the commands write them: .xlsx, or .xlsm with the Excel host's macros."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from addin.package import Package, PackageError
from addin.package.lock import locked
from addin.package.saving import save_bytes

if TYPE_CHECKING:
    from addin.embedded import EmbeddedBook

SUFFIXES = (".xlsx", ".xlsm")


def check_name(path: Path) -> None:
    """Refuse a name that no spreadsheet program would take for a workbook."""
    if path.suffix.lower() not in SUFFIXES:
        raise PackageError(f"{path} is no workbook's name: end it in .xlsx (or .xlsm for Excel)")


def in_form_of(old: Path, content: bytes, target: Path) -> bytes:
    """A workbook made anew, its formulas named for Office.js where those of the old one are."""
    from addin.officejs.book import web_workbook

    return web_workbook(content) if _stays_web(old, target) else content


def _stays_web(old: Path, target: Path) -> bool:
    from addin.officejs.book import is_web_workbook

    if target.suffix.lower() != ".xlsx" or not old.is_file():
        return False
    try:
        return is_web_workbook(old.read_bytes())
    except (PackageError, OSError):
        return False  # no workbook stood there


def save(content: bytes, path: Path, *, backup: bool) -> None:
    """Write the bytes of an .xlsx workbook; for an .xlsm, with the formulas' macros in it."""
    check_name(path)
    package = Package.open(content)
    keep = package.backups_kept() if backup else None
    if path.suffix.lower() == ".xlsm" and not package.has_macros:
        from addin.excel.prebuilt import to_macro_workbook

        content = to_macro_workbook(content)
    with locked(path):
        save_bytes(content, path, backup=backup, keep=keep)


def save_book(book: EmbeddedBook, path: Path) -> None:
    """Write a computed workbook, the old file kept; what it is written to is never held whole."""
    check_name(path)
    if path.suffix.lower() == ".xlsm" or _stays_web(path, path):
        save(in_form_of(path, book.to_bytes(), path), path, backup=True)
        return
    with locked(path):
        book.save(path, backup=True)
