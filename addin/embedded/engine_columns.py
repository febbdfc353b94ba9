"""Formulas of a sheet's long rows that the engine computes: filled down as text, not as elements.

Such as a balance, which names the row above. A column goes to the engine so if its formula names
nothing but single cells, calls functions and computes with them: then rewriting it looks at no
row's number, and what its first row becomes is the same in all others but for the rows it names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from addin.embedded.columns.runs import Run, columns_left, find_runs
from addin.embedded.rewrite import Rewriter
from addin.engine import Formulas
from addin.package import Package
from addin.package import formula_text as ft
from addin.package.filled_down import FilledDown
from addin.package.markup import unescaped
from addin.package.sheet import Sheet

_SINGLE_CELLS = {
    ft.CELL, ft.SHEET, ft.FUNCTION, ft.OPEN, ft.CLOSE, ft.COMMA, ft.SPACE, ft.NUMBER, ft.STRING,
    ft.OPERATOR,
}  # fmt: skip


def runs_of(
    package: Package,
    rewriter: Rewriter,
    formulas: Formulas,
    may_be_array: Callable[[str], bool],
    from_rows: int | None,
    keep: Collection[tuple[str, int, int]],
) -> list[Run]:
    """The runs of a workbook, as `find_runs`; long rows with other formulas become elements.

    But for columns that can be filled down in the engine and have no cell to `keep`.
    """
    runs = find_runs(package, rewriter, formulas, from_rows, keep)
    kept_in = {(sheet, column) for sheet, _, column in keep}
    made = False
    for tab in map(package.sheet, package.sheets):
        if any(
            (tab.name, number) in kept_in
            or engine_column(tab, number, rewriter, may_be_array) is None
            for number in columns_left(tab, runs)
        ):
            tab.make_elements()
            made = True
    return find_runs(package, rewriter, formulas, from_rows, keep) if made else runs


def engine_column(
    tab: Sheet, number: int, rewriter: Rewriter, may_be_array: Callable[[str], bool]
) -> FilledDown | None:
    """A column's formula as the engine gets it, to be filled down; None where that is not sure."""
    grown = tab.grown
    if grown is None or grown.columns[number].array:
        return None
    texts = []
    for row in (grown.first, grown.last):
        formula = grown.formula(row, number)
        if formula is None or not _names_single_cells(formula.text):
            return None
        at = (tab.name, row, number)
        texts.append(rewriter.rewrite(formula.text, *at))
        if rewriter.open_text(formula.text, *at) is None or rewriter.why_not(formula.text, *at):
            return None
    down = FilledDown(texts[0], grown.first)
    is_same = unescaped(down.texts([grown.last])[0]) == texts[1]
    return down if is_same and not may_be_array(texts[0]) else None


def _names_single_cells(text: str) -> bool:
    return all(kind in _SINGLE_CELLS and piece not in ":#@" for kind, piece in ft.tokens(text))
