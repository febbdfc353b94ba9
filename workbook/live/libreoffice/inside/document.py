"""An open Calc document as an action needs it: every method of `workbook.actions.live.LiveBook`.

Arguments and answers are what JSON carries: the action itself runs in another process. Rows and
columns count from 1. Standard library and UNO only, nothing newer than Python 3.9.
"""

# LibreOffice's objects have no types.

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import unquote

Uno = Any

NUMBER, DATE, TEXT, FORMULA = 1, 2, 4, 16  # com.sun.star.sheet.CellFlags
EVERYTHING = 1023
_EXPORTS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class ActionFailed(Exception):
    """What cannot be done, in words for the person."""


class Document:
    """One open document."""

    def __init__(self, model: Uno) -> None:
        self._model = model
        self._automatic = True
        self._unprotected: list[str] = []
        self._steps: tuple[str, ...] | None = None  # to undo, when an action began

    def is_open(self) -> bool:
        """Whether it has not been closed meanwhile."""
        try:
            return self._model.CurrentController is not None
        except Exception:  # the program's way to say that it is gone
            return False

    def need_writable(self) -> None:
        """Refuse a document that is only open to be read, as one that somebody else has open is."""
        if self._model.isReadonly():
            name = unquote(self._model.URL.rpartition("/")[2]) or "the document"
            raise ActionFailed(
                f"{name} is open for reading only: close it where else it is open, or"
                " save it under another name (File > Save As), then press the button again"
            )

    def tables(self) -> list[dict[str, Any]]:
        """The tables of the file are its database ranges."""
        ranges = self._model.DatabaseRanges
        found = []
        for name in ranges.ElementNames:
            one = ranges.getByName(name)
            area = one.DataArea
            sheet = self._model.Sheets.getByIndex(area.Sheet)
            titles = sheet.getCellRangeByPosition(
                area.StartColumn, area.StartRow, area.EndColumn, area.StartRow
            ).getDataArray()[0]
            totals = bool(getattr(one, "TotalsRow", False))
            found.append(
                {
                    "name": name,
                    "sheet": sheet.Name,
                    "top": area.StartRow + 1,
                    "left": area.StartColumn + 1,
                    "bottom": area.EndRow + 1 - totals,
                    "headers": [str(title) for title in titles],
                    "totals": totals,
                }
            )
        return found

    def named(self, name: str) -> list[Any] | None:
        """Sheet, row and column of a name's first cell."""
        names = self._model.NamedRanges
        if not names.hasByName(name):
            return None
        cells = names.getByName(name).getReferredCells()
        if cells is None:
            return None
        area = cells.RangeAddress
        return [cells.Spreadsheet.Name, area.StartRow + 1, area.StartColumn + 1]

    def selected(self) -> list[Any] | None:
        """The cell that the person has chosen; of several the first."""
        chosen = self._model.CurrentSelection
        if chosen is not None and hasattr(chosen, "RangeAddresses"):
            # A choice that reaches over rows which a filter hides is one of several pieces.
            chosen = chosen.getByIndex(0) if chosen.Count else None
        if chosen is None or not hasattr(chosen, "RangeAddress"):
            return None
        area = chosen.RangeAddress
        return [chosen.Spreadsheet.Name, area.StartRow + 1, area.StartColumn + 1]

    def read(self, sheet: str, top: int, left: int, bottom: int, right: int) -> dict[str, Any]:
        """What cells show, and where they show which error."""
        cells = self._cells(sheet, top, left, bottom, right)
        rows = cells.getDataArray()
        errors = [
            (row, column, cells.getCellByPosition(column, row).getError())
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value is None
        ]
        return {"rows": rows, "errors": errors}

    def formulas(
        self, sheet: str, top: int, left: int, bottom: int, right: int
    ) -> list[tuple[int, int]]:
        """Which of the cells hold formulas."""
        held = self._cells(sheet, top, left, bottom, right).queryContentCells(FORMULA)
        return [
            (row + 1, column + 1)
            for area in held.RangeAddresses
            for row in range(area.StartRow, area.EndRow + 1)
            for column in range(area.StartColumn, area.EndColumn + 1)
        ]

    def begin(self, title: str) -> None:
        """Nothing computes and nothing is drawn until `end`; all of it is one step to undo."""
        self.need_writable()
        manager = self._model.UndoManager
        if manager.isLocked():
            raise ActionFailed(
                "LibreOffice keeps no steps to undo at the moment, so that half an action could not"
                " be taken back: finish what is under way, then press the button again"
            )
        self._automatic = self._model.isAutomaticCalculationEnabled()
        self._unprotected = []
        steps = manager.getAllUndoActionTitles()
        manager.enterUndoContext(title)
        self._steps = tuple(steps)
        self._model.lockControllers()
        self._model.enableAutomaticCalculation(False)

    def write(self, sheet: str, row: int, column: int, values: list[Any]) -> None:
        """Values below each other; text stays text, whatever it starts with."""
        cells = self._cells(sheet, row, column, row + len(values) - 1, column)
        self._open(cells)
        for at, value in enumerate(values):
            cell = cells.getCellByPosition(0, at)
            if value is None:
                cell.clearContents(NUMBER | DATE | TEXT)
            elif isinstance(value, bool):
                cell.setFormula("=TRUE()" if value else "=FALSE()")
            elif isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)

    def grow(self, table: dict[str, Any], rows: int) -> None:
        """Rows put in before the last one, which all that reaches to it stretches for.

        The last row then stands at the end; it is copied to the new ones, and the inputs of all
        but the first of them are taken out.
        """
        last, left = table["bottom"], table["left"]
        right = left + len(table["headers"]) - 1
        new = self._cells(table["sheet"], last, left, last + rows - 1, right)
        self._open(new, whole=True)
        sheet = new.Spreadsheet
        sheet.insertCells(new.RangeAddress, _enum("com.sun.star.sheet.CellInsertMode", "DOWN"))
        model = self._cells(table["sheet"], last + rows, left, last + rows, right)
        for row in range(last, last + rows):
            target = self._cells(table["sheet"], row, left, row, left)
            sheet.copyRange(target.getCellByPosition(0, 0).CellAddress, model.RangeAddress)
        blank = self._cells(table["sheet"], last + 1, left, last + rows, right)
        blank.clearContents(NUMBER | DATE | TEXT)

    def put_formula(self, place: list[Any], formula: str, array: str) -> None:
        """A formula of a file is written in another grammar than this document's."""
        raise ActionFailed(
            "formulas are put back in the closed file: save, close, isomargin repair"
        )

    def end(self) -> None:
        """Protection, calculation and screen as they were."""
        for name in self._unprotected:
            self._model.Sheets.getByName(name).protect("")
        self._model.UndoManager.leaveUndoContext()
        self._release()

    def abandon(self) -> None:
        """The same, with all that was done since `begin` taken back; nothing if all is done."""
        if self._steps is None:
            return
        manager = self._model.UndoManager
        try:
            manager.leaveUndoContext()
            # An action that has changed nothing yet is no step: what would be taken back then is
            # what the person did before.
            if tuple(manager.getAllUndoActionTitles()) != self._steps:
                manager.undo()
                manager.clearRedo()
        finally:
            self._release()

    def undo(self) -> str:
        """Take the last action back, if nothing else was done since; what it was."""
        manager = self._model.UndoManager
        if not manager.isUndoPossible():
            raise ActionFailed("there is nothing to take back")
        title = str(manager.getCurrentUndoActionTitle())
        if not title.startswith("isomargin:"):
            raise ActionFailed(
                f"something else was done since ({title}): take that back first, with Edit > Undo"
            )
        manager.undo()
        return title

    def save_copy(self, path: str) -> None:
        """A copy of the document as a workbook file."""
        import uno  # type: ignore[import-not-found,unused-ignore]
        from com.sun.star.beans import (  # type: ignore[import-not-found,unused-ignore]
            PropertyValue,
        )

        kind = PropertyValue(Name="FilterName", Value=_EXPORTS[path[-5:].lower()])
        self._model.storeToURL(uno.systemPathToFileUrl(path), (kind,))

    def _cells(self, sheet: str, top: int, left: int, bottom: int, right: int) -> Uno:
        tab = self._model.Sheets.getByName(sheet)
        return tab.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)

    def _open(self, cells: Uno, *, whole: bool = False) -> None:
        """Take a sheet's protection off, without a password, where it is in the way."""
        sheet = cells.Spreadsheet
        if not sheet.isProtected() or not (whole or _locked(cells)):
            return
        with contextlib.suppress(Exception):
            sheet.unprotect("")
        if sheet.isProtected():
            raise ActionFailed(
                f"the sheet {sheet.Name} is protected with a password: take the protection off"
                " (Tools > Protect Sheet), then press the button again"
            )
        self._unprotected.append(sheet.Name)

    def _release(self) -> None:
        self._steps = None
        self._model.enableAutomaticCalculation(self._automatic)
        self._model.unlockControllers()


def _locked(cells: Uno) -> bool:
    protection = cells.CellProtection
    return protection is None or bool(protection.IsLocked)


def _enum(kind: str, name: str) -> Uno:
    import uno

    return uno.Enum(kind, name)
