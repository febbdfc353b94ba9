"""Buttons pressed over xlwings' COM server, Excel's objects played: ``presses.py JOB ANSWERS``.

The VBA runs in an interpreter. What it hands to Python goes through xlwings' DLL and COM to a
Python of its own, as in Excel, and that one asks for cells and writes them through COM.

The job, in JSON: ``command`` as the VBA would start it, statements that come ``first``, ``modules``
of VBA, and ``scenes``: each with a ``book`` (a file), ``presses`` (button, row of Plan that is
chosen, what is answered), ``fails_after``, the number of changes after which Excel refuses, and
whether Excel ``computes`` what is entered. The answer holds for each press what was ``said``, the
``cells`` of the tables, the first ``state`` of the workbook that was like this (0 is how it was
opened), Excel's ``log`` and what Python was ``asked``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pythoncom

from tests.hosts.windows.inside.com_objects import shown
from tests.hosts.windows.inside.python_server import PythonServer, load_dll, stop
from tests.workbook.live.hosts import InExcel
from tests.workbook.live.ribbon import Ribbon
from udfs.errors import CellError

_LIBRARY = (
    "from tests.hosts.windows.inside.com_objects import excel_type_library; excel_type_library()"
)
TABLES = ("Plan", "Journal", "Exits", "Fills", "Now", "Markets", "Candles")


class OverCom:
    """`CallUDF` of the object that XLPy() gives."""

    def __init__(self, server: PythonServer) -> None:
        self._server = pythoncom.ObjectFromAddress(server.address, pythoncom.IID_IDispatch)
        self._number = self._server.GetIDsOfNames(0, "CallUDF")

    def CallUDF(self, module: str, name: str, given: tuple[Any, ...], *book: Any) -> Any:  # noqa: N802
        """As IsomarginPress calls it, with the open workbook."""
        return self._server.Invoke(
            self._number, 0, pythoncom.DISPATCH_METHOD, True, module, name, given,
            *(shown(one) for one in book),
        )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, CellError) else value


def tables(excel: InExcel) -> dict[str, Any]:
    """The inputs of the tables, by row and header."""
    seen = excel.snapshot(TABLES)
    return {
        name: [
            {
                header: _plain(cell)
                for header, cell in record.items()
                if header not in table.computed and cell not in (None, "")
            }
            for record in table.records()
        ]
        for name, table in seen.tables.items()
    }


def play(ribbon: Ribbon, server: OverCom, scene: dict[str, Any], name: str) -> dict[str, Any]:
    """One scene in an Excel of its own."""
    excel, pressed = ribbon.excel, []
    ribbon.open(Path(scene["book"]).read_bytes(), rf"C:\Plans\{name}.xlsm")
    states, computed = [excel.everything()], []
    if scene.get("computes"):
        excel.app.computes = lambda formula: computed.append(
            server.CallUDF("addin.excel.udf_module", "ISO_VERSION", ())
        )
    for button, row, answers in scene["presses"]:
        ribbon.choose(row)
        asked = len(_asked(ribbon))
        noted = len(excel.app.log)
        excel.app.fails_after = scene.get("fails_after")
        said = ribbon.press(button, *answers)
        excel.app.fails_after = None
        states.append(excel.everything())
        pressed.append(
            {
                "said": said,
                "state": states.index(states[-1]),
                "cells": tables(excel),
                "log": [[str(part) for part in entry] for entry in excel.app.log[noted:]],
                "asked": [
                    [called, *given[:1]]
                    for _, called, given in ribbon.host.started[0].asked[asked:]
                ],
            }
        )
    return {"pressed": pressed, "computed": computed}


def _asked(ribbon: Ribbon) -> list[tuple[Any, ...]]:
    """All that the VBA has asked of Python."""
    return [one for server in ribbon.host.started for one in server.asked]


def main(job_file: str, answers_file: str) -> None:
    """Play a job's scenes and write what came of them."""
    job = json.loads(Path(job_file).read_text("utf-8"))
    dll = load_dll(Path(sys.executable), job["xlwings"])
    server = PythonServer(dll, job["command"])
    try:
        for statement in (*job["first"], _LIBRARY):
            server.call("Exec", statement)
        first = Path(job["scenes"][0]["book"]).read_bytes()
        over = OverCom(server)
        ribbon = Ribbon(InExcel(), over, job["modules"], first)
        answers = []
        for at, scene in enumerate(job["scenes"]):
            # Who waits for the answers sees from this that there is progress.
            print(f"scene {at}: {scene['presses']}"[:200], file=sys.stderr, flush=True)
            answers.append(play(ribbon, over, scene, f"scene {at}"))
        Path(answers_file).write_text(json.dumps(answers), "utf-8")
    finally:
        stop(dll, job["command"])


if __name__ == "__main__":
    main(*sys.argv[1:])
