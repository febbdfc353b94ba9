"""The tab of the add-in over an open workbook: its VBA in an interpreter, Python behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.workbook.live.hosts import InExcel
from workbook.actions.live import CellPosition


class Ribbon:
    """The tab of the add-in over one open workbook."""

    def __init__(
        self, excel: InExcel, server: Any, modules: Mapping[str, str], content: bytes
    ) -> None:
        from tests.hosts.excel import vba_host

        self.excel = excel
        self.host = vba_host.ExcelHost(server, "isomargin.xlam")
        self.vba = vba_host.interpreter(self.host, modules)
        self._control = vba_host.Control
        self.open(content)

    def open(self, content: bytes, name: str = "C:\\Plans\\my.xlsm") -> None:
        """Another workbook, in a new Excel."""
        self.excel.open(content, name)
        self.host.active.opened = self.excel.workbook
        self.host.application.excel = self.excel.app
        self.host.cell._excel = self.excel.app

    def press(self, button: str, *answers: Any) -> str:
        """Press a button, answer what is asked; what the message boxes said."""
        before = len(self.vba.dialogs)
        self.host.application.answers = list(answers)
        self.vba.run("IsomarginAct", [self._control(button)])
        said = "\n".join(str(dialog[1]) for dialog in self.vba.dialogs[before:])
        assert self.host.application.answers == [], f"not everything was asked: {said}"
        return said

    def can(self, button: str) -> bool:
        return bool(self.vba.run("CanPress", [button]))

    def choose(self, row: int, sheet: str = "Plan") -> None:
        table = next(one for one in self.excel.tables() if one.name == sheet)
        self.excel.choose(CellPosition(sheet, table.top + row, table.left))
