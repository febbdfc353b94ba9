"""A LibreOffice without a window, driven from Python: computes workbooks, prints them.

    with LibreOffice() as office:
        office.open(book_bytes)
        office.set("Plan", "C12", 101.5)
        office.recalculate()
        office.values("Plan")["H12"]

It has a profile of its own, so that it never meets a LibreOffice that somebody works in; it ends
with the ``with`` block, or with this process, whatever happens; and it leaves no file behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from addin.computer import Computer, clean_environment
from addin.engine import Address
from addin.libreoffice.build import NOTHING, More, unpack
from addin.libreoffice.host import (
    HostError,
    HostMissing,
    Tools,
    find_tools,
)
from addin.libreoffice.link.conversion import CODES
from addin.libreoffice.link.settings import VARIABLE
from addin.libreoffice.paths import this_python
from addin.libreoffice.worker import remove
from addin.package import Package
from addin.package.addresses import a1
from addin.package.values import Value
from udfs.errors import CellError

__all__ = ["HostError", "HostMissing", "LibreOffice", "calculate", "recalculate"]

START_SECONDS = 60.0
REQUEST_SECONDS = 120.0
_GRACE_SECONDS = 12.0  # for LibreOffice to end by itself

_WORKER = Path(__file__).with_name("worker.py")

# LibreOffice's error numbers; the rest (Err:504, Err:522 ...) show as #VALUE! in an .xlsx file.
CELL_ERRORS = {code: CellError(text) for text, code in CODES.items()}


class LibreOffice:
    """One LibreOffice and the workbook that is open in it. Raises HostError and HostMissing."""

    def __init__(
        self,
        tools: Tools | None = None,
        *,
        add_in: bool = True,
        mode: str = "auto",
        more: More = NOTHING,
        start_seconds: float = START_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._tools = tools or find_tools(Computer())
        self._add_in = add_in
        self._more = more
        self._mode = mode  # where the formulas run, see link.settings
        self._start_seconds = start_seconds
        self._request_seconds = request_seconds
        self._folder: Path | None = None
        self._process: subprocess.Popen[str] | None = None
        self._replies: queue.Queue[str] = queue.Queue()
        self._sheets: list[str] = []

    def __enter__(self) -> LibreOffice:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start LibreOffice; `stop` must follow."""
        self._folder = Path(tempfile.mkdtemp(prefix="isomargin-"))
        try:
            (self._folder / "extensions").mkdir()
            settings = self._folder / "settings.json"
            if self._add_in:
                unpack(self._folder / "extensions" / "isomargin", self._more)
                settings.write_text(this_python(self._mode).to_json(), encoding="utf-8")
            self._launch(settings)
            self._reply(self._start_seconds + 5, "start")
        except BaseException:
            self.stop()
            raise

    def stop(self, *, at_once: bool = False) -> None:
        """End LibreOffice and delete its files; does nothing where there are none."""
        process, self._process = self._process, None
        if process is not None:
            _end(process, 0 if at_once else _GRACE_SECONDS)
        if self._folder is not None:
            remove(str(self._folder))
            self._folder = None

    # Workbooks

    @property
    def sheets(self) -> list[str]:
        """The open workbook's sheets."""
        return list(self._sheets)

    def open(self, book: bytes | str | Path, suffix: str = ".xlsx") -> None:
        """Open a workbook; a file is copied first, so that it is never touched or locked."""
        if self._folder is None:
            raise HostError("LibreOffice does not run: start it first")
        if not isinstance(book, bytes):
            suffix = Path(book).suffix or suffix
            book = Path(book).read_bytes()
        copy = self._folder / f"book{suffix}"
        self._ask("close")
        copy.write_bytes(book)
        self._sheets = self._ask("open", path=str(copy))

    def set(self, sheet: str, address: str, value: Value) -> None:
        """Put a value into a cell; None empties it. Text never becomes a formula."""
        self.set_many(sheet, [(address, value)])

    def set_many(self, sheet: str, cells: Iterable[tuple[str, Value]]) -> None:
        """Put values into cells of one sheet."""
        self._ask("set", sheet=sheet, cells=list(cells))

    def recalculate(self, times: int = 1) -> float:
        """Compute every formula anew; the seconds that LibreOffice took for it."""
        return float(self._ask("recalculate", times=times))

    def values(self, sheet: str) -> dict[str, Value]:
        """What each cell of a sheet shows, blank cells left out."""
        return _values(self._ask("values", sheet=sheet))

    def all_values(self) -> dict[Address, Value]:
        """What each cell of the workbook shows, blank cells left out."""
        return {
            (sheet, address): value
            for sheet in self._sheets
            for address, value in self.values(sheet).items()
        }

    def save_as(self, path: str | Path) -> None:
        """Save a copy as LibreOffice writes it: .xlsx or .xlsm by the name."""
        path = Path(path)
        if path.suffix.lower() not in (".xlsx", ".xlsm"):
            raise HostError(f"{path.name}: give a name that ends in .xlsx or .xlsm")
        self._ask("save", path=str(path.resolve()))

    def pdf(self, path: str | Path, sheet: str | None = None) -> None:
        """Print the workbook to a PDF file, or one sheet of it."""
        self._ask("pdf", path=str(Path(path).resolve()), sheet=sheet)

    def functions(self, prefix: str = "ISO_") -> list[dict[str, Any]]:
        """What the function wizard shows for the functions whose names start so."""
        found: list[dict[str, Any]] = self._ask("functions", prefix=prefix)
        return found

    # The worker

    def _launch(self, settings: Path) -> None:
        environment = clean_environment()
        environment[VARIABLE] = str(settings)
        command = [
            self._tools.python,
            str(_WORKER),
            self._tools.office.soffice,
            str(self._folder),
            str(self._start_seconds),
        ]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="utf-8",
                # A group of its own, to end it with all that it has started; and Ctrl-C reaches
                # us first, who end it in order.
                start_new_session=True,
            )
        except OSError as problem:
            raise HostMissing(f"{self._tools.python} cannot be run: {problem}") from problem
        self._replies = queue.Queue()
        threading.Thread(target=_read, args=(self._process, self._replies), daemon=True).start()

    def _ask(self, do: str, **arguments: Any) -> Any:
        process = self._process
        if process is None or process.stdin is None:
            raise HostError("LibreOffice does not run: start it first")
        try:
            process.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
            process.stdin.flush()
        except OSError as problem:
            self.stop()
            raise HostError("LibreOffice ended unexpectedly: try again") from problem
        return self._reply(self._request_seconds, do)

    def _reply(self, seconds: float, what: str) -> Any:
        try:
            line = self._replies.get(timeout=seconds)
        except queue.Empty:
            self.stop(at_once=True)
            raise HostError(
                f"LibreOffice did not answer within {seconds:g} seconds ({what}): try again,"
                " or with a smaller workbook"
            ) from None
        if not line:
            self.stop()
            raise HostError(f"LibreOffice ended unexpectedly ({what}): try again")
        message = json.loads(line)
        if "trouble" in message:
            raise HostError(message["trouble"])
        return message["result"]


def calculate(book: bytes, tools: Tools | None = None) -> bytes:
    """A workbook file with every formula's value as LibreOffice computes it.

    Only the formulas' stored values change; everything else in the file stays byte for byte.
    """
    package = Package(book)
    values = recalculate(book, tools, suffix=".xlsm" if package.has_macros else ".xlsx")
    for name in package.sheets:
        tab = package.sheet(name)
        for (row, column), formula in list(tab.formulas.items()):
            block = formula.array
            cells = (
                [(row, column)]
                if block is None
                else [
                    (r, c)
                    for r in range(block.top, block.bottom + 1)
                    for c in range(block.left, block.right + 1)
                ]
            )
            for r, c in cells:
                # A formula's cell without a value shows an empty text.
                tab.set_cached(r, c, values.get((name, a1(r, c)), ""))
    return package.to_bytes()


def recalculate(
    book: bytes, tools: Tools | None = None, *, suffix: str = ".xlsx"
) -> dict[Address, Value]:
    """What each cell of a workbook shows once LibreOffice has computed all of it."""
    with LibreOffice(tools) as office:
        office.open(book, suffix)
        office.recalculate()
        return office.all_values()


def _values(found: dict[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    rows = found["rows"]
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell not in ("", None):
                values[a1(row, column)] = cell
    for top, left, bottom, right in found["logical"]:
        for row in range(top + 1, bottom + 2):
            for column in range(left + 1, right + 2):
                value = values.get(a1(row, column))
                if value in (0.0, 1.0):
                    values[a1(row, column)] = value == 1.0
    for row, column, code in found["errors"]:
        if code:
            values[a1(row + 1, column + 1)] = CELL_ERRORS.get(code, CellError.VALUE)
    return values


def _read(process: subprocess.Popen[str], replies: queue.Queue[str]) -> None:
    """Hand on the worker's replies; an empty one is the end."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            replies.put(line)
    replies.put("")


def _end(process: subprocess.Popen[str], seconds: float) -> None:
    """End the worker in order, or, where it does not, with all that it has started."""
    try:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(seconds)
    except (OSError, subprocess.TimeoutExpired):
        pass
    finally:
        # The worker may be gone and LibreOffice not: the group is ended in any case.
        _kill(process)
        process.wait()


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
