"""Runs LibreOffice and does what the driver asks; started by ``driver``, never by hand.

This file runs in a Python that has LibreOffice's ``uno`` module, which is hardly ever the one that
has our packages: standard library and uno only, nothing newer than Python 3.9. Requests come in as
lines of JSON, replies go out the same way. When the input ends, so does LibreOffice: nothing is
left behind, whatever becomes of the program that started us.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

STARTS_ANEW = (79, 81)  # LibreOffice's exit codes for "extensions changed, start me again"
LOGICAL = 1024  # com.sun.star.util.NumberFormat.LOGICAL
FORMATS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}
FUNCTIONS = "com.sun.star.sheet.FunctionDescriptions"
ADD_IN = "org.isomargin.calc.AddIn"
SETTLING_SECONDS = 3.0  # after its start
GRACE_SECONDS = 10.0  # for LibreOffice to end by itself

Uno = Any  # LibreOffice's objects have no types here


class DocumentError(Exception):
    """What went wrong, in words for a person."""


class Worker:
    """One LibreOffice and the workbook that is open in it."""

    def __init__(self, soffice: str, folder: str) -> None:
        self.folder = folder
        self.ready_at = 0.0
        self.in_order = True  # whether LibreOffice ended by itself
        self.add_in = Path(folder, "extensions", "isomargin").exists()
        self.document: Uno = None
        self.process: Any = None
        self.context: Uno = None
        self.desktop: Uno = None
        self.pipe = Path(folder).name
        self.command = [
            soffice,
            "--headless",
            "--invisible",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nofirststartwizard",
            "-env:UserInstallation=" + url(f"{folder}/profile"),
            "-env:BUNDLED_EXTENSIONS=" + url(f"{folder}/extensions"),
            f"--accept=pipe,name={self.pipe};urp;",
        ]

    def start(self) -> None:
        """Start LibreOffice's process; its chatter goes nowhere, its files into our folder."""
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, "TMPDIR": self.folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start_up(self, seconds: float) -> None:
        """Start LibreOffice, and once more if it came up without the add-in."""
        self.connect(seconds)
        if not self.add_in or self.knows(ADD_IN):
            return
        self.end()
        shutil.rmtree(f"{self.folder}/profile", ignore_errors=True)
        self.connect(seconds)
        if not self.knows(ADD_IN):
            raise DocumentError("LibreOffice does not load the formulas' add-in")

    def connect(self, seconds: float) -> None:
        """Start LibreOffice's process and wait until it listens."""
        import uno  # type: ignore[import-not-found]
        from com.sun.star.connection import (  # type: ignore[import-not-found]
            NoConnectException,
        )

        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        address = f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext"
        starts = 1
        self.start()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            refuse_others(self.folder)
            try:
                self.context = resolver.resolve(address)
                self.desktop = self.service("com.sun.star.frame.Desktop")
                self.ready_at = time.monotonic() + SETTLING_SECONDS
                return
            except NoConnectException:
                code = self.process.poll()
                if code in STARTS_ANEW and starts < 4:
                    starts += 1
                    self.start()
                elif code is not None:
                    raise DocumentError(f"LibreOffice ended at once (exit code {code})") from None
                time.sleep(0.02)
        raise DocumentError(f"LibreOffice did not start within {seconds:g} seconds")

    def service(self, name: str) -> Uno:
        """A service of LibreOffice."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def knows(self, name: str) -> bool:
        """Whether LibreOffice has a service, without starting it."""
        return bool(self.context.ServiceManager.createContentEnumeration(name).hasMoreElements())

    def end(self) -> None:
        """Close the workbook and end LibreOffice's process."""
        desktop, self.desktop = self.desktop, None
        if desktop is not None:
            try:
                self.close()
                desktop.terminate()
                self.process.wait(GRACE_SECONDS)
            except Exception:  # the connection may end before the answer does
                pass
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            # What was started may be a script only, and LibreOffice itself still there.
            self.in_order = False

    def stop(self) -> None:
        """End LibreOffice and delete what it left on the disk."""
        self.end()
        remove(self.folder)
        if not self.in_order:
            end_group()

    # Requests

    def open(self, path: str) -> list[str]:
        """Open a workbook, with macros off and links not followed; the names of its sheets."""
        self.close()
        settings = properties(Hidden=True, MacroExecutionMode=0, UpdateDocMode=0)
        # Just after its start LibreOffice may answer with nothing: it is not ready yet.
        while True:
            self.document = self.desktop.loadComponentFromURL(url(path), "_blank", 0, settings)
            if self.document is not None or time.monotonic() > self.ready_at:
                break
            time.sleep(0.05)
        if self.document is None or not hasattr(self.document, "Sheets"):
            raise DocumentError("LibreOffice cannot read this file as a workbook")
        return list(self.document.Sheets.ElementNames)

    def close(self) -> None:
        """Close the workbook without saving it."""
        document, self.document = self.document, None
        if document is not None:
            document.close(True)

    def sheet(self, name: str) -> Uno:
        """A sheet by name."""
        if self.document is None:
            raise DocumentError("no workbook is open")
        sheets = self.document.Sheets
        if not sheets.hasByName(name):
            raise DocumentError(
                f"there is no sheet {name!r}: there are {', '.join(sheets.ElementNames)}"
            )
        return sheets.getByName(name)

    def used(self, tab: Uno) -> Uno:
        """A sheet's cells from the first to the last one in use."""
        cursor = tab.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        return tab.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)

    def set(self, sheet: str, cells: list[tuple[str, Any]]) -> None:
        """Put values into cells; text never becomes a formula."""
        tab = self.sheet(sheet)
        for address, value in cells:
            cell = tab.getCellRangeByName(address)
            if value is None:
                cell.setFormula("")
            elif isinstance(value, bool):
                cell.setFormula("=TRUE()" if value else "=FALSE()")
            elif isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)

    def recalculate(self, times: int = 1) -> float:
        """Compute every formula anew; the seconds that it took."""
        begin = time.perf_counter()
        for _ in range(times):
            self.document.calculateAll()
        return time.perf_counter() - begin

    def values(self, sheet: str) -> dict[str, Any]:
        """What a sheet shows: rows of numbers and texts; errors, and where truth values stand."""
        tab = self.sheet(sheet)
        used = self.used(tab)
        rows = used.getDataArray()
        errors = [
            (row, column, tab.getCellByPosition(column, row).getError())
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
            if cell is None
        ]
        logical = []
        formats = self.document.NumberFormats
        groups = used.getUniqueCellFormatRanges()
        for index in range(groups.Count):
            group = groups.getByIndex(index)
            if formats.getByKey(group.NumberFormat).Type & LOGICAL:
                logical += [
                    (area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)
                    for area in group.RangeAddresses
                ]
        return {"rows": rows, "errors": errors, "logical": logical}

    def save(self, path: str) -> None:
        """Save a copy, as the kind of file that its name says."""
        filter_name = FORMATS[Path(path).suffix.lower()]
        self.document.storeToURL(url(path), properties(FilterName=filter_name))

    def pdf(self, path: str, sheet: str | None = None) -> None:
        """Print to a PDF file: all sheets, or one."""
        sheets = self.document.Sheets
        areas = {name: sheets.getByName(name).getPrintAreas() for name in sheets.ElementNames}
        if sheet is not None:
            self.print_only(sheet)
        self.document.storeToURL(url(path), properties(FilterName="calc_pdf_Export"))
        for name, area in areas.items():
            sheets.getByName(name).setPrintAreas(area)

    def print_only(self, sheet: str) -> None:
        """Take the other sheets' print areas away: once one has an area, only those are printed."""
        wanted = self.sheet(sheet)
        if not wanted.getPrintAreas():
            wanted.setPrintAreas((self.used(wanted).RangeAddress,))
        for name in self.document.Sheets.ElementNames:
            if name != sheet:
                self.document.Sheets.getByName(name).setPrintAreas(())

    def functions(self, prefix: str) -> list[dict[str, Any]]:
        """What the function wizard knows about the functions whose names start so."""
        found = []
        known = self.service(FUNCTIONS)
        for index in range(known.Count):
            entry = {item.Name: item.Value for item in known.getByIndex(index)}
            if entry["Name"].startswith(prefix):
                arguments = [
                    {"name": a.Name, "help": a.Description, "optional": a.IsOptional}
                    for a in entry["Arguments"] or ()
                ]
                found.append(
                    {
                        "name": entry["Name"],
                        "help": entry["Description"],
                        "category": entry["Category"],
                        "arguments": arguments,
                    }
                )
        return found


def sockets(folder: str) -> list[Path]:
    """Where LibreOffice's pipes may stand: sockets with a name, among all temporary files.

    One is ours, the other one is for a second LibreOffice with the same profile.
    """
    if sys.platform == "win32":
        return []
    profile = Path(folder, "profile").as_uri().encode("utf-16le")
    digest = hashlib.md5(profile, usedforsecurity=False).digest()
    names = (Path(folder).name, "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest))
    return [
        Path(place, f"OSL_PIPE_{os.getuid()}_{name}")
        for place in ("/tmp", "/var/tmp")
        for name in names
    ]


def refuse_others(folder: str) -> None:
    """Refuse a pipe of our name that somebody else has made, to pass for LibreOffice."""
    for socket in sockets(folder):
        try:
            owner = socket.lstat().st_uid
        except OSError:
            continue
        if owner != os.getuid():
            raise DocumentError(f"another user stands in the way: {socket} is not this user's")


def remove(folder: str) -> None:
    """Delete all that LibreOffice left on the disk: its pipes too, where it was killed."""
    shutil.rmtree(folder, ignore_errors=True)
    for socket in sockets(folder):
        with contextlib.suppress(OSError):
            socket.unlink()


REQUESTS = {"open", "close", "set", "recalculate", "values", "save", "pdf", "functions"}


def url(path: str) -> str:
    """A file's address as LibreOffice takes it."""
    import uno

    return str(uno.systemPathToFileUrl(str(Path(path).resolve())))


def properties(**named: Any) -> tuple[Uno, ...]:
    """Named values as LibreOffice takes them."""
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

    return tuple(PropertyValue(Name=name, Value=value) for name, value in named.items())


def handle(worker: Worker, line: str) -> dict[str, Any]:
    """One request's reply."""
    request = json.loads(line)
    if request["do"] not in REQUESTS:
        return {"trouble": "unknown request"}
    try:
        return {"result": getattr(worker, request["do"])(**request["with"])}
    except DocumentError as trouble:
        return {"trouble": str(trouble)}
    except Exception as problem:
        return {"trouble": f"LibreOffice refused: {str(problem) or type(problem).__name__}"}


def end_group() -> None:
    """End this process and all that it started, if they are a group of their own."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


def read_requests(requests: queue.Queue[str | None], worker: Worker) -> None:
    """Hand on the requests; if LibreOffice is still busy long after their end, end it all."""
    for line in sys.stdin:
        requests.put(line)
    requests.put(None)
    time.sleep(2 * GRACE_SECONDS)
    remove(worker.folder)
    end_group()
    if worker.process is not None:
        worker.process.kill()
    os._exit(1)


def reply(message: dict[str, Any]) -> None:
    """Send one reply."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Serve the driver until its requests end."""
    soffice, folder, seconds = sys.argv[1:4]
    os.umask(0o077)  # LibreOffice's pipes and files are for this user alone
    worker = Worker(soffice, folder)
    requests: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=read_requests, args=(requests, worker), daemon=True).start()
    try:
        worker.start_up(float(seconds))
        reply({"result": "ready"})
        while True:
            line = requests.get()
            if line is None:
                break
            reply(handle(worker, line))
    except DocumentError as trouble:
        reply({"trouble": str(trouble)})
    except BrokenPipeError:  # nobody listens any more
        pass
    finally:
        worker.stop()


if __name__ == "__main__":
    main()
