"""The driver's worker, with an open document as the extension has it: runs in LibreOffice's Python.

Standard library and uno only.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from addin.libreoffice import worker
from tests.workbook.live import office_layout
from workbook.live.libreoffice.inside.document import ActionFailed, Document

opened: dict[int, Document] = {}


def live(self: Any, name: str, arguments: list[Any]) -> Any:
    """Ask the document something, as the program beside does."""
    document = opened.setdefault(id(self.document), Document(self.document))
    try:
        return getattr(document, name)(*arguments)
    except ActionFailed as trouble:
        raise worker.DocumentError(str(trouble)) from None


def choose(self: Any, sheet: str, row: int, column: int) -> None:
    """Click into a cell."""
    self.choose_rows(sheet, row, row, column, column)


def choose_rows(
    self: Any, sheet: str, first: int, last: int, left: int = 1, right: int = 16384
) -> None:
    """Choose whole rows, or the cells in some of their columns."""
    controller = self.document.CurrentController
    tab = self.sheet(sheet)
    controller.setActiveSheet(tab)
    controller.select(tab.getCellRangeByPosition(left - 1, first - 1, right - 1, last - 1))


def hide(self: Any, sheet: str, row: int) -> None:
    """Hide a row as a filter does."""
    self.sheet(sheet).Rows.getByIndex(row - 1).IsFiltered = True


def protect(self: Any, sheet: str, password: str) -> None:
    """Protect a sheet."""
    self.sheet(sheet).protect(password)


def is_protected(self: Any, sheet: str) -> bool:
    """Whether a sheet is."""
    return bool(self.sheet(sheet).isProtected())


def steps(self: Any) -> list[str]:
    """The steps that the document's own undo would take back."""
    return list(self.document.UndoManager.getAllUndoActionTitles())


def undo(self: Any) -> None:
    """Ctrl+Z."""
    self.document.UndoManager.undo()


def everything(self: Any) -> dict[str, Any]:
    """What is typed into every cell of every sheet."""
    return {
        name: self.used(self.sheet(name)).getFormulaArray()
        for name in self.document.Sheets.ElementNames
    }


def state(self: Any) -> list[bool]:
    """Whether it computes by itself, and whether it is being held."""
    return [self.document.isAutomaticCalculationEnabled(), self.document.hasControllersLocked()]


OWN = (*(live, choose, choose_rows, hide, protect, is_protected, steps, undo, everything, state),)
for request in (*OWN, *office_layout.REQUESTS):
    setattr(worker.Worker, request.__name__, request)
    worker.REQUESTS.add(request.__name__)

if __name__ == "__main__":
    worker.main()
