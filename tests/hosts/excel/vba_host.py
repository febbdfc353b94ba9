"""Runs the VBA of the built files: pyOpenVBA's interpreter, with Python behind ``XLPy``.

What VBA hands to ``CallUDF`` becomes what COM would make of it, and goes through xlwings' own
server; the answer comes back as VBA would see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import (
    EMPTY,
    MISSING,
    NOTHING,
    HostBridge,
    Interpreter,
    VBAArray,
    VBAErrorValue,
    VBAInt,
    VBAObject,
    member,
    method,
    setter,
)
from pyopenvba.interpreter._runtime import UNRESOLVED

from tests.hosts.excel import com
from tests.hosts.excel.open_workbook import MANUAL, App

# From Microsoft's documentation of XlCVError.
EXCEL_CONSTANTS = {
    "xlerrnull": 2000,
    "xlerrdiv0": 2007,
    "xlerrvalue": 2015,
    "xlerrref": 2023,
    "xlerrname": 2029,
    "xlerrnum": 2036,
    "xlerrna": 2042,
    "xldialogfunctionwizard": 450,
    "xlcalculationmanual": MANUAL,
}
ERROR_BASE = 0x800A07D0 - 2**32 - 2000


class Areas(VBAObject):
    vba_type_name = "Areas"

    def __init__(self, count: int) -> None:
        self._count = count

    @member
    def Count(self) -> VBAInt:  # noqa: N802 - Excel's name
        return VBAInt(self._count, "Long")


SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384


class Worksheet(VBAObject):
    """A sheet, as far as the add-in asks how much of it is in use."""

    vba_type_name = "Worksheet"

    def __init__(self, used: ExcelRange | None = None) -> None:
        self._used = used

    @member
    def Rows(self) -> Areas:  # noqa: N802
        return Areas(SHEET_ROWS)

    @member
    def Columns(self) -> Areas:  # noqa: N802
        return Areas(SHEET_COLUMNS)

    @member
    def UsedRange(self) -> ExcelRange:  # noqa: N802
        assert self._used is not None, "only an open range has to know what is in use"
        return self._used


class ExcelRange(VBAObject):
    """A Range, as far as the add-in looks at one."""

    vba_type_name = "Range"

    def __init__(
        self,
        value: Any,
        areas: int = 1,
        size: tuple[int, int] = (1, 1),
        corner: tuple[int, int] = (1, 1),
        sheet: Worksheet | None = None,
    ) -> None:
        self._value = value
        self._areas = areas
        self._size = size
        self._corner = corner
        self._sheet = sheet or Worksheet()

    @member
    def Areas(self) -> Areas:  # noqa: N802
        return Areas(self._areas)

    @member
    def Row(self) -> VBAInt:  # noqa: N802
        return VBAInt(self._corner[0], "Long")

    @member
    def Column(self) -> VBAInt:  # noqa: N802
        return VBAInt(self._corner[1], "Long")

    @member
    def Rows(self) -> Areas:  # noqa: N802
        return Areas(self._size[0])

    @member
    def Columns(self) -> Areas:  # noqa: N802
        return Areas(self._size[1])

    @member
    def Worksheet(self) -> Worksheet:  # noqa: N802
        return self._sheet

    @method
    def Resize(self, RowSize: Any, ColumnSize: Any) -> ExcelRange:  # noqa: N802, N803
        """The cells from the same corner on, of `_value` as a function of row and column."""
        rows, columns = int(RowSize), int(ColumnSize)
        top, left = self._corner
        return range_of(
            [[self._value(top + r, left + c) for c in range(columns)] for r in range(rows)]
        )

    @member
    def Value2(self) -> Any:  # noqa: N802
        assert not callable(self._value), "a million cells are not to be read"
        return self._value

    @member(default=True)
    def Value(self) -> Any:  # noqa: N802
        raise AssertionError("Value gives dates and currencies: Value2 is to be read")


class Chart(VBAObject):
    """Some object that is no Range."""

    vba_type_name = "Chart"


class PythonServer(VBAObject):
    """What XLPy() gives: the COM object in the other process."""

    vba_type_name = "Object"
    dies_at = "never"  # the first argument of the call in which it ends

    def __init__(self, server: Any) -> None:
        self._server = server
        self.alive = True
        self.executed: list[str] = []
        self.asked: list[tuple[Any, ...]] = []

    def _check(self) -> None:
        if not self.alive:
            raise VBARuntimeError(462, "The remote server machine does not exist")

    @method
    def Exec(self, statement: str) -> None:  # noqa: N802
        self._check()
        self.executed.append(str(statement))

    @method
    def CallUDF(self, module: str, formula: str, arguments: Any, book: Any = None) -> Any:  # noqa: N802
        given = to_com(arguments)
        if given and given[0] == self.dies_at:
            self.alive = False
        self._check()
        self.asked.append((str(module), str(formula), given))
        opened = (book.opened,) if isinstance(book, ActiveWorkbook) else ()
        try:
            return to_vba(self._server.CallUDF(str(module), str(formula), given, *opened))
        except Exception as error:  # as pywin32 reports it
            raise VBARuntimeError(440, f"Unexpected Python Error: {error}") from error


class ThisWorkbook(VBAObject):
    vba_type_name = "Workbook"

    def __init__(self, name: str) -> None:
        self._name = name
        self.is_addin = name.endswith(".xlam")
        self.shown: list[bool] = []
        self.saved = True

    @member
    def Name(self) -> str:  # noqa: N802
        return self._name

    @member
    def Saved(self) -> bool:  # noqa: N802
        return self.saved

    @setter("Saved")
    def _set_saved(self, value: bool) -> None:
        self.saved = value

    @member
    def IsAddin(self) -> bool:  # noqa: N802
        return self.is_addin

    @setter("IsAddin")
    def _set_is_addin(self, value: bool) -> None:
        self.is_addin = value
        self.shown.append(value)
        self.saved = False


class ActiveWorkbook(VBAObject):
    """What the person works in."""

    vba_type_name = "Workbook"

    def __init__(self) -> None:
        self.activated = 0
        self.opened: Any = None  # the workbook as Python sees it through COM

    @method
    def Names(self, Item: str) -> Any:  # noqa: N802, N803
        if self.opened is None:
            raise VBARuntimeError(1004, "Application-defined or object-defined error")
        self.opened.Names(str(Item))
        return self

    @method
    def Activate(self) -> None:  # noqa: N802
        self.activated += 1


class Dialog(VBAObject):
    vba_type_name = "Dialog"

    def __init__(self, shown: list[str], name: str) -> None:
        self._shown, self._name = shown, name

    @method
    def Show(self) -> None:  # noqa: N802
        self._shown.append(self._name)


class Application(VBAObject):
    vba_type_name = "Application"

    def __init__(self, workbook: ThisWorkbook) -> None:
        self.described: list[dict[str, Any]] = []
        self._workbook = workbook
        self.excel = App()
        # What the person types, picks or gives up (False), dialog by dialog.
        self.answers: list[Any] = []
        self.asked: list[str] = []
        self.asked_for_describing = 0
        self.dialogs: list[str] = []

    @member
    def ScreenUpdating(self) -> bool:  # noqa: N802
        return self.excel.ScreenUpdating

    @setter("ScreenUpdating")
    def _set_updating(self, value: bool) -> None:
        self.excel.ScreenUpdating = bool(value)

    @member
    def EnableEvents(self) -> bool:  # noqa: N802
        return self.excel.EnableEvents

    @setter("EnableEvents")
    def _set_events(self, value: bool) -> None:
        self.excel.EnableEvents = bool(value)

    @member
    def Calculation(self) -> VBAInt:  # noqa: N802
        return VBAInt(self.excel.Calculation, "Long")

    @setter("Calculation")
    def _set_calculation(self, value: Any) -> None:
        self.excel.Calculation = int(value)

    def _answer(self, prompt: Any) -> Any:
        self.asked.append(str(prompt))
        return self.answers.pop(0)

    @method
    def InputBox(self, Prompt: Any, Title: Any, Default: Any, *rest: Any) -> Any:  # noqa: N802, N803
        answer = self._answer(Prompt)
        return str(Default) if answer is None else answer

    @method
    def GetOpenFilename(self, FileFilter: Any, Index: Any, Title: Any, *rest: Any) -> Any:  # noqa: N802, N803
        found = self._answer(Title)
        return to_vba(found) if isinstance(found, list) else found

    @method
    def GetSaveAsFilename(self, Name: Any, FileFilter: Any, Index: Any, Title: Any) -> Any:  # noqa: N802, N803
        return self._answer(Title)

    @method
    def Dialogs(self, Index: Any) -> Dialog:  # noqa: N802, N803
        return Dialog(self.dialogs, str(Index))

    @method
    def MacroOptions(  # noqa: N802
        self,
        Macro: Any = MISSING,  # noqa: N803
        Description: Any = MISSING,  # noqa: N803
        Category: Any = MISSING,  # noqa: N803
        ArgumentDescriptions: Any = MISSING,  # noqa: N803
    ) -> None:
        self.asked_for_describing += 1
        if self._workbook.is_addin:
            raise VBARuntimeError(1004, "Cannot edit a macro on a hidden workbook.")
        texts = ArgumentDescriptions
        self.described.append(
            {
                "macro": str(Macro),
                "summary": str(Description),
                "category": str(Category),
                "help": [] if texts is MISSING else [str(text) for text in texts.items],
            }
        )


class Workbooks(VBAObject):
    vba_type_name = "Workbooks"

    def __init__(self) -> None:
        self.added: list[str] = []
        self.refuses = False

    @method
    def Add(self, Template: str) -> None:  # noqa: N802, N803
        if self.refuses:
            raise VBARuntimeError(1004, "Sorry, we couldn't find the file.")
        self.added.append(str(Template))


class Control(VBAObject):
    """The button that was pressed."""

    vba_type_name = "IRibbonControl"

    def __init__(self, tag: str = "") -> None:
        self._tag = tag

    @member
    def Tag(self) -> str:  # noqa: N802
        return self._tag


class ActiveCell(VBAObject):
    """The chosen cell and its table."""

    vba_type_name = "Range"

    def __init__(self, excel: App) -> None:
        self._excel = excel

    @member
    def ListObject(self) -> Any:  # noqa: N802
        table = self._excel.ActiveCell.ListObject
        return NOTHING if table is None else Table(table)

    @member
    def Row(self) -> VBAInt:  # noqa: N802
        return VBAInt(self._excel.ActiveCell.Row, "Long")


class Table(VBAObject):
    """A ListObject."""

    vba_type_name = "ListObject"

    def __init__(self, table: Any) -> None:
        self._table = table

    @member
    def Name(self) -> str:  # noqa: N802
        return str(self._table.Name)

    @member
    def HeaderRowRange(self) -> ExcelRange:  # noqa: N802
        return ExcelRange(None, corner=(self._table.block.top, self._table.block.left))


class ExcelHost(HostBridge):
    """Excel as the VBA sees it. `start` is asked for Python whenever the VBA wants it."""

    def __init__(self, server: Any, name: str = "Bob's plan.xlsm") -> None:
        self._server = server
        self.installed = True
        self.started: list[PythonServer] = []
        self.settings: dict[str, str] = {}
        self.workbooks = Workbooks()
        self.workbook = ThisWorkbook(name)
        self.active = ActiveWorkbook()
        self.application = Application(self.workbook)
        self.cell = ActiveCell(self.application.excel)

    def global_object(self, name: str) -> object:
        known = {
            "application": self.application,
            "thisworkbook": self.workbook,
            "workbooks": self.workbooks,
            "activeworkbook": self.active,
            "activecell": self.cell,
        }
        return known.get(name.lower(), UNRESOLVED)

    def constant(self, name: str) -> object:
        found = EXCEL_CONSTANTS.get(name.lower())
        return UNRESOLVED if found is None else VBAInt(found, "Long")

    def has_global_member(self, name: str) -> bool:
        return name.lower() in ("xlpy", "getconfig")

    def call_global(self, name: str, args: list[object], named: dict[str, object]) -> object:
        if name.lower() == "getconfig":
            return self.settings.get(str(args[0]), str(args[1]))
        if not self.installed:
            raise VBARuntimeError(1000, "Could not load xlwings64.dll")
        self.started.append(PythonServer(self._server))
        return self.started[-1]


def interpreter(host: ExcelHost, modules: Mapping[str, str]) -> Interpreter:
    """An interpreter with standard modules loaded."""
    vba = Interpreter(host)
    for name, source in modules.items():
        # What stands in the file and is never shown in the editor does nothing when it runs.
        vba.add_module(re.sub(r"(?m)^Attribute \w+\.VB_.*\r?\n", "", source), name=name)
    return vba


def to_com(value: Any) -> Any:
    """A VBA value as COM passes it to Python."""
    if isinstance(value, VBAArray):
        if value.dimensions == 1:
            return tuple(to_com(item) for item in value.items)
        (top, bottom), (left, right) = value.bounds
        return tuple(
            tuple(to_com(value.get([row, column])) for column in range(left, right + 1))
            for row in range(top, bottom + 1)
        )
    if value is MISSING:
        return com.MISSING
    if value is EMPTY:
        return None
    if isinstance(value, VBAErrorValue):
        return ERROR_BASE + value.number
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    raise AssertionError(f"{value!r} would not reach Python as a plain value")


def to_vba(value: Any) -> Any:
    """Python's answer as VBA sees it."""
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], list):
        bounds = [(0, len(value) - 1), (0, len(value[0]) - 1)]
        array = VBAArray(bounds)
        for row, cells in enumerate(value):
            for column, cell in enumerate(cells):
                array.set([row, column], cell)
        return array
    return VBAArray([(0, len(value) - 1)], items=list(value))


def range_of(rows: list[list[Any]]) -> ExcelRange:
    """A Range that holds these neutral values."""
    size = (len(rows), len(rows[0]))
    if size == (1, 1):
        return ExcelRange(to_cell(rows[0][0]))
    array = VBAArray([(1, len(rows)), (1, len(rows[0]))])
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            array.set([row, column], to_cell(cell))
    return ExcelRange(array, size=size)


def to_cell(value: Any) -> Any:
    """A neutral cell value as VBA has it."""
    if value is None:
        return EMPTY
    if value in com.ERRORS:
        return VBAErrorValue(com.ERRORS[value] - ERROR_BASE)
    return value


def plain(result: Any) -> list[list[Any]]:
    """What a function gave, as rows; errors as VBAErrorValue."""
    if not isinstance(result, VBAArray):
        return [[_plain(result)]]
    if result.dimensions == 1:
        return [[_plain(item) for item in result.items]]
    (top, bottom), (left, right) = result.bounds
    return [
        [_plain(result.get([row, column])) for column in range(left, right + 1)]
        for row in range(top, bottom + 1)
    ]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
