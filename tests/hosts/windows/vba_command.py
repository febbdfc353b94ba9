"""The command line with which the VBA of a workbook starts Python, made by that VBA itself."""

from __future__ import annotations

from typing import Any

from addin.excel.project import third_party_modules


def command_line(workbook: str, interpreter: str) -> str:
    """What xlwings' ``XLPyCommand`` gives in a workbook of that full name.

    `interpreter` is the path in the person's settings.
    """
    from pyopenvba.interpreter import HostBridge, Interpreter, VBAObject, member
    from pyopenvba.interpreter._runtime import UNRESOLVED

    class Workbook(VBAObject):
        vba_type_name = "Workbook"

        @member
        def FullName(self) -> str:  # noqa: N802 - Excel's name
            return workbook

    class Host(HostBridge):
        def global_object(self, name: str) -> object:
            return Workbook() if name.lower() == "thisworkbook" else UNRESOLVED

        def has_global_member(self, name: str) -> bool:
            return name.lower() == "getconfig"

        def call_global(self, name: str, args: list[Any], named: dict[str, Any]) -> object:
            settings = {"INTERPRETER_WIN": interpreter, "ADD_WORKBOOK_TO_PYTHONPATH": "false"}
            return settings.get(str(args[0]), args[1] if len(args) > 1 else "")

    module = third_party_modules()["xlwings"]
    start = module.index("Function XLPyCommand()")
    function = module[start : module.index("End Function", start)] + "End Function\r\n"
    vba = Interpreter(Host())
    vba.add_module('#Const App = "Microsoft Excel"\r\n' + function, name="xlwings")
    return str(vba.run("XLPyCommand", []))
