"""Errors that the engine makes by itself, where the file has a good value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from addin.embedded.engine_copy import Place
from addin.engine import ErrorCell, Formulas
from addin.package import Area, Package
from addin.package.addresses import area, areas, cell
from addin.package.formula_text import (
    CELL,
    COLUMNS,
    EXTERNAL,
    NAME,
    ROWS,
    SHEET,
    STRUCTURED,
    tokens,
)
from udfs.errors import CellError

# Errors of what the engine has not, or reads otherwise; #N/A and #DIV/0! are answers.
_SUSPECT = frozenset((CellError.NAME, CellError.VALUE, CellError.REF, CellError.NULL))


def errors_of_the_engine(
    package: Package, formulas: Formulas, shown: Iterable[ErrorCell]
) -> Iterator[tuple[Place, str]]:
    """Of the errors that a workbook shows, those that the engine makes by itself, and in words.

    By itself: no cell that the formula reads has an error, and it calls none of our formulas,
    which have their reasons.
    """
    ours = tuple(f"{name.upper()}(" for name in formulas)
    errors = {(one.sheet, *cell(one.cell)): one.error for one in shown}
    for (sheet, row, column), error in errors.items():
        tab = package.sheet(sheet)
        formula = tab.formula(row, column)
        before = tab.value(row, column)
        if formula is None or before is None or isinstance(before, CellError):
            continue
        text = formula.text.upper()
        if error not in _SUSPECT or error.value in text or any(name in text for name in ours):
            continue
        if not _reads_an_error(package, formula.text, sheet, errors):
            yield (sheet, row, column), f"{error.value} by this engine"


def _reads_an_error(
    package: Package, text: str, sheet: str, errors: Mapping[Place, CellError]
) -> bool:
    """Whether a cell that a formula names holds an error, or cannot be told."""
    pieces = tokens(text)
    for at, (kind, piece) in enumerate(pieces):
        if kind == NAME and piece.upper() not in ("TRUE", "FALSE"):
            return bool(errors)
        if kind in (STRUCTURED, EXTERNAL):
            return True
        if kind not in (CELL, ROWS, COLUMNS):
            continue
        where = sheet
        start = at - 2 if at > 1 and pieces[at - 1].text == ":" else at
        if start and pieces[start - 1].kind == SHEET:
            named = pieces[start - 1].text.removesuffix("!").strip("'").replace("''", "'")
            where = next((s for s in package.sheets if s.casefold() == named.casefold()), "")
        block = area(piece.replace("$", "")) if kind == CELL else areas(piece)[0]
        if start != at:
            block = areas(f"{pieces[start].text}:{piece}")[0]
        if any(s == where and block.holds(r, c) for s, r, c in errors):
            return True
        if where and _holds_error(package, where, block):
            return True
    return False


def _holds_error(package: Package, sheet: str, block: Area) -> bool:
    tab = package.sheet(sheet)
    if tab.grown is not None and tab.grown.holds_error(block):
        return True
    return any(
        isinstance(tab.value(row, column), CellError)
        for row in tab.element_rows
        if block.top <= row <= block.bottom
        for column, _ in tab.filled_cells(row)
        if block.left <= column <= block.right and not tab.has_formula(row, column)
    )
