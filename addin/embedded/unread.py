"""Columns of plain rows that no formula reads: the engine need not hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from addin.package import Package
from addin.package.sheet import Sheet

# What may read any cell, wherever its text points.
_ANYWHERE = re.compile(r"\b(INDIRECT|OFFSET)\s*\(", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\$?\b[A-Z]{1,3}\$?\d|\$?\b[A-Z]{1,3}:\$?[A-Z]{1,3}\b|\$?\d+:\$?\d", re.IGNORECASE
)
_ONE_COLUMN = re.compile(r"\[([^\[\]#@']+)\]")


def unread_columns(package: Package) -> dict[str, frozenset[int]]:
    """By sheet, the columns of its long block of plain rows that nothing reads."""
    long = [
        tab
        for tab in map(package.sheet, package.sheets)
        if tab.grown is not None and not tab.grown.formulas
    ]
    if not long:
        return {}
    texts = set(_texts(package))
    if any(_ANYWHERE.search(text) for text in texts):
        return {}
    found = {}
    for tab in long:
        read = _read_on(package, tab, texts)
        if read is not None and tab.grown is not None:
            found[tab.name] = frozenset(tab.grown.columns) - read
    return found


def _texts(package: Package) -> Iterable[str]:
    for tab in map(package.sheet, package.sheets):
        yield from {formula.text for formula in tab.element_formulas.values()}
        if tab.grown is not None:
            for column in tab.grown.columns.values():
                if column.formula is not None:
                    yield column.formula.text
    for name in package.all_names:
        if not name.name.startswith("_xlnm."):  # what is printed, and the like
            yield name.text


def _read_on(package: Package, tab: Sheet, texts: Iterable[str]) -> set[int] | None:
    """The columns that formulas read on a sheet; None where that may be any."""
    own = {formula.text for formula in tab.element_formulas.values()}
    if any(_ADDRESS.search(text) for text in own):
        return None
    sheet = re.compile(rf"(?<!\w){re.escape(tab.name)}'?!", re.IGNORECASE)
    tables = [table for table in package.tables.values() if table.sheet == tab.name]
    names = [
        (table, re.compile(rf"(?<![\w.]){re.escape(table.name)}(?![\w.])", re.IGNORECASE))
        for table in tables
    ]
    read: set[int] = set()
    for text in texts:
        if sheet.search(text):
            return None
        for table, name in names:
            for place in name.finditer(text):
                column = _ONE_COLUMN.match(text, place.end())
                at = None if column is None else table.column(column[1])
                if at is None:
                    return None
                read.add(at)
    return read
