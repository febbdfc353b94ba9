"""Which buttons can work in a document at the moment; LibreOffice greys the others."""

from __future__ import annotations

from typing import Any

from .document import Document

Uno = Any

OURS = "Template_version"  # a name that every workbook of isomargin has
_READING = frozenset({"share"})  # what changes nothing in the document
_OF_A_TRADE = frozenset({"close", "review"})


def can_press(model: Uno, button: str) -> bool:
    """Whether a button has anything to work on, as far as a look at a few cells tells."""
    if not model.NamedRanges.hasByName(OURS):
        return False
    if button in _READING:
        return True
    if model.isReadonly():
        return False
    if button == "take":
        return _is_idea(model, Document(model).selected())
    return button not in _OF_A_TRADE or _number(model, "Journal_open") != 0


def _is_idea(model: Uno, chosen: list[Any] | None) -> bool:
    """Whether the chosen row of Plan holds an idea that is not taken yet."""
    ranges = model.DatabaseRanges
    if chosen is None or not ranges.hasByName("Plan"):
        return False
    sheet, row, _ = chosen
    plan = ranges.getByName("Plan").getReferredCells()
    area = plan.RangeAddress
    if plan.Spreadsheet.Name != sheet or not area.StartRow + 1 < row <= area.EndRow + 1:
        return False
    right = area.EndColumn - area.StartColumn
    at = row - 1 - area.StartRow
    titles, cells = (
        plan.getCellRangeByPosition(0, one, right, one).getDataArray()[0] for one in (0, at)
    )
    shown = dict(zip(titles, cells))  # noqa: B905 - LibreOffice's Python may be older than `strict`
    if not {"Symbol", "Status"} <= shown.keys():
        return True  # the press says what is missing
    return bool(str(shown["Symbol"] or "").strip()) and shown["Status"] != "open"


def _number(model: Uno, name: str) -> float | None:
    """What a named cell shows; None where there is no number."""
    names = model.NamedRanges
    cells = names.getByName(name).getReferredCells() if names.hasByName(name) else None
    if cells is None:
        return None
    value = cells.getCellByPosition(0, 0).getPropertyValue("FormulaResultType2")
    return float(cells.getCellByPosition(0, 0).getValue()) if value == 1 else None
