"""The driver's worker, with an open document as the extension has it: runs in LibreOffice's Python.

Standard library and uno only.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from addin.libreoffice import worker
from tests.workbook.live import office_layout
from workbook.live.libreoffice.inside import pressing
from workbook.live.libreoffice.inside.document import ActionFailed, Document
from workbook.live.libreoffice.inside.greying import can_press


class Failing(Document):
    """A document that refuses a change, or is closed at one: the first, the second, the n-th."""

    left: int | None = None
    closes = False

    def write(self, sheet: str, row: int, column: int, values: list[Any]) -> None:
        """Cell by cell."""
        for at, value in enumerate(values):
            self._another()
            super().write(sheet, row + at, column, [value])

    def grow(self, table: dict[str, Any], rows: int) -> None:
        """Refused when the rows are there already."""
        super().grow(table, rows)
        self._another()

    def _another(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left >= 0:
            return
        if self.closes:
            self._model.close(True)
            return
        raise RuntimeError("this row is refused")


opened: list[Failing] = []  # the document that is open, once it was asked something


def asked(self: Any) -> Failing:
    """The document that is open."""
    if self.document is not None and (not opened or opened[0]._model != self.document):
        opened[:] = [Failing(self.document)]
    return opened[0]


def live(self: Any, name: str, arguments: list[Any]) -> Any:
    """Ask the document something, as the program beside does."""
    if name == "undo":  # not to be asked from outside
        try:
            return self.asked().undo()
        except ActionFailed as trouble:
            raise worker.DocumentError(str(trouble)) from None
    answer = pressing.answered(self.asked(), name, arguments)
    if "trouble" in answer:
        raise worker.DocumentError(answer["trouble"])
    return answer["value"]


def fail_after(self: Any, changes: int | None, closes: bool = False) -> None:
    """Refuse what comes after so many changes, or close the document there; None: nothing."""
    document = self.asked()
    document.left, document.closes = changes, closes


def die_after(self: Any, questions: list[list[Any]]) -> str:
    """The program beside asks these questions and is gone; what the person is told."""
    left = list(questions)

    def call(do: str, given: list[Any]) -> dict[str, Any]:
        if not left:
            raise OSError("the process ended")
        return {"ask": left.pop(0)}

    try:
        pressing.converse(call, self.asked(), "commit", [])
    except ActionFailed as trouble:
        return str(trouble)
    return ""


def open_to_read(self: Any, path: str) -> None:
    """Open a workbook as LibreOffice does where somebody else has it open."""
    self.close()
    how = worker.properties(Hidden=True, ReadOnly=True)
    self.document = self.desktop.loadComponentFromURL(worker.url(path), "_blank", 0, how)


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


def can(self: Any) -> list[str]:
    """The buttons that are not grey."""
    every = ("take", "close", "review", "import", "share", "undo")
    return [button for button in every if can_press(self.document, button)]


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


def digest(self: Any) -> str:
    """The same in short, to see whether anything has changed."""
    return hashlib.sha256(repr(everything(self)).encode()).hexdigest()


def state(self: Any) -> list[bool]:
    """Whether it computes by itself, and whether it is being held."""
    return [self.document.isAutomaticCalculationEnabled(), self.document.hasControllersLocked()]


def open_nothing(self: Any) -> None:
    """A new document, no workbook of isomargin."""
    self.close()
    how = worker.properties(Hidden=True)
    self.document = self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, how)


OWN = (
    *(
        asked,
        live,
        fail_after,
        die_after,
        open_to_read,
        open_nothing,
        choose,
        choose_rows,
        can,
        hide,
        protect,
    ),
    *(is_protected, steps, undo, everything, digest, state),
)
for request in (*OWN, *office_layout.REQUESTS):
    setattr(worker.Worker, request.__name__, request)
    worker.REQUESTS.add(request.__name__)

if __name__ == "__main__":
    worker.main()
