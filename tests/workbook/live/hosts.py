"""The same workbook closed, open in LibreOffice, and open in a stand-in for Excel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from addin.libreoffice.driver import LibreOffice
from addin.libreoffice.host import HostError
from addin.package import Package
from workbook.actions import ActionError, Snapshot
from workbook.actions.live import CellPosition, LiveTable, snapshot
from workbook.actions.package import apply
from workbook.actions.package import snapshot as snapshot_of_file
from workbook.live.buttons import BUTTONS, Seen
from workbook.live.libreoffice.remote import RemoteBook
from workbook.live.press import Press

AT = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
Answers = Mapping[str, str]


class ClosedFile:
    """The file itself, as the command line changes it."""

    def open(self, content: bytes) -> None:
        self.package = Package.open(content)
        self._chosen: CellPosition | None = None

    def tables(self) -> list[LiveTable]:
        return [
            LiveTable(t.name, t.sheet, t.area.top, t.area.left, t.last_row, t.columns)
            for t in self.package.tables.values()
        ]

    def choose(self, place: CellPosition) -> None:
        self._chosen = place

    def press(self, button: str, answers: Answers) -> tuple[str, ...]:
        one = BUTTONS[button]
        seen = Seen(self, self.snapshot(one.tables, one.names), self._chosen, AT)  # type: ignore[arg-type]
        one.fields(seen)
        changes = one.changes(seen, answers)
        apply(self.package, changes)
        return (*changes.words, *changes.warnings)

    def save_copy(self, path: str) -> None:
        self.package.save(path)

    def snapshot(self, tables: Any, names: Any = ()) -> Snapshot:
        return snapshot_of_file(self.package, tables, names)


class _Live:
    """What is pressed in an open workbook, whichever program it is."""

    book: Any

    def press(self, button: str, answers: Answers) -> tuple[str, ...]:
        press = Press(button, self.book, AT)
        press.form()
        changes = press.preview(answers)
        press.commit()
        return (*changes.words, *changes.warnings)

    def snapshot(self, tables: Any, names: Any = ()) -> Snapshot:
        return snapshot(self.book, tables, names)

    def tables(self) -> list[LiveTable]:
        found: list[LiveTable] = self.book.tables()
        return found

    def row_of(self, table: str, header: str, value: object) -> int:
        """The data row of a table in which a value stands, from 1."""
        return self.snapshot([table]).table(table).column(header).index(value) + 1  # type: ignore[arg-type]


class InExcel(_Live):
    """Excel's own objects through xlwings, played by `tests.hosts.excel.open_workbook`."""

    def open(self, content: bytes, name: str = "C:\\Plans\\my.xlsm") -> None:
        import xlwings

        from tests.hosts.excel.open_workbook import App, Workbook
        from workbook.live.excel import book

        book._history.clear()
        self.app = App()
        self.workbook = Workbook(content, self.app, name)
        self.app.ActiveCell = self.workbook.sheet("Plan").Cells(1, 1)
        self.book = book.ExcelBook(
            xlwings.Book(impl=xlwings._xlwindows.Book(xl=self.workbook))  # type: ignore[attr-defined]
        )

    def choose(self, place: CellPosition) -> None:
        self.app.ActiveCell = self.workbook.sheet(place.sheet).Cells(place.row, place.column)

    def hide(self, sheet: str, row: int) -> None:
        self.workbook.sheet(sheet).hidden.add(row)

    def protect(self, sheet: str, password: str) -> None:
        tab = self.workbook.sheet(sheet)
        tab.ProtectContents, tab.password = True, password or None

    def everything(self) -> object:
        return self.workbook.cells(), [(t.name, t.bottom) for t in self.book.tables()], {
            name.Name: name.RefersTo for name in self.workbook.Names
        }  # fmt: skip


class InLibreOffice(_Live):
    """A document that is open in LibreOffice without a window."""

    def __init__(self, office: LibreOffice) -> None:
        self.office = office
        self.book = RemoteBook(self._ask)

    def _ask(self, name: str, arguments: Any) -> Any:
        try:
            return self.office._ask("live", name=name, arguments=list(arguments))
        except HostError as error:
            raise ActionError(str(error)) from None

    def ask(self, do: str, **arguments: Any) -> Any:
        return self.office._ask(do, **arguments)

    def open(self, content: bytes) -> None:
        self.office.open(content)
        self.office.recalculate()

    def choose(self, place: CellPosition) -> None:
        self.ask("choose", sheet=place.sheet, row=place.row, column=place.column)

    def hide(self, sheet: str, row: int) -> None:
        self.ask("hide", sheet=sheet, row=row)

    def protect(self, sheet: str, password: str) -> None:
        self.ask("protect", sheet=sheet, password=password)

    def everything(self) -> object:
        tables = [[one.name, one.bottom] for one in self.book.tables()]
        return self.ask("everything"), tables
