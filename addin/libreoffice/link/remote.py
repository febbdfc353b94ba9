"""Calls to the formulas in a process beside LibreOffice.

The process is started here and ends with LibreOffice. Calls and results go through its input and
output, pipes that this process alone holds the other ends of: no port, no file, nothing that
another program or another user of the computer could connect to.
"""

from __future__ import annotations

import contextlib
import json
import math
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

START_SECONDS = 20.0
CALL_SECONDS = 60.0
# A process that did not start is not asked again for so long: a sheet has hundreds of cells.
PAUSE_SECONDS = 30.0
# Answers are at most one sheet column of a million numbers, about 20 bytes each.
LARGEST_MESSAGE = 64 * 1024 * 1024

FORMULAS = "addin.libreoffice.backend"  # the module that serves them
_HELLO = "isomargin"  # what the process says first
_LOOK_SECONDS = 0.5


class Unreachable(Exception):
    """The process cannot be started or does not answer; the words say why."""


@dataclass
class Remote:
    """A program in another Python process: the formulas, unless another module is named."""

    python: str
    paths: list[str]
    program: str = FORMULAS
    start_seconds: float = START_SECONDS
    call_seconds: float = CALL_SECONDS

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._limit: _Limit | None = None
        self._lock = threading.Lock()
        self._failed = ""
        self._failed_at = 0.0

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """A formula's result, errors as ``{"error": "#NUM!"}``."""
        message = json.dumps([name, arguments]).encode()
        with self._lock:
            if self._failed and time.monotonic() - self._failed_at < PAUSE_SECONDS:
                raise Unreachable(self._failed)
            try:
                answer = self._ask(message)
            except (OSError, ValueError) as problem:
                self._end()
                self._failed, self._failed_at = str(problem), time.monotonic()
                raise Unreachable(self._failed) from problem
            self._failed = ""
            return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    @property
    def process_id(self) -> int | None:
        """The process, if one runs."""
        return self._process.pid if self._process is not None else None

    def _ask(self, message: bytes) -> Any:
        if len(message) > LARGEST_MESSAGE:
            raise ValueError("the ranges are too large to hand over")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        assert self._limit is not None
        with self._limit.seconds(self.call_seconds):
            self._send(message)
            return self._receive()

    def _send(self, message: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(struct.pack(">I", len(message)) + message)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        (length,) = struct.unpack(">I", self._read(4))
        if length > LARGEST_MESSAGE:
            raise ValueError("the answer is too large")
        return json.loads(self._read(length))

    def _read(self, count: int) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        content = self._process.stdout.read(count)
        if len(content) < count:
            raise OSError("the process ended")
        return content

    def _start(self) -> None:
        # Isolated (-I): LibreOffice's PYTHONHOME and PYTHONPATH would send another Python astray,
        # and what lies in the current folder is none of our code. The folders come as arguments.
        start = f"import sys; sys.path[:0] = sys.argv[1:];from {self.program} import main; main()"
        options = {"creationflags": 0x08000000} if sys.platform == "win32" else {}  # no window
        self._process = subprocess.Popen(
            [self.python, "-I", "-c", start, *self.paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **options,  # type: ignore[call-overload]
        )
        self._limit = _Limit(self._process)
        try:
            with self._limit.seconds(self.start_seconds):
                hello = self._receive()
        except (OSError, ValueError):
            hello = None
        if hello != _HELLO:
            raise OSError(f"{self.python} did not start the formulas")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class _Limit:
    """Ends a process that takes too long: that ends the wait for its pipes, which have no limit."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._until = math.inf
        self._passed = False
        threading.Thread(target=self._watch, daemon=True).start()

    @contextlib.contextmanager
    def seconds(self, seconds: float) -> Iterator[None]:
        """A block that may take so long; OSError if it was ended for taking longer."""
        self._until = time.monotonic() + seconds
        try:
            yield
        except (OSError, ValueError):
            if self._passed:
                raise OSError(f"no answer within {seconds:g} seconds") from None
            raise
        finally:
            self._until = math.inf

    def _watch(self) -> None:
        while self._process.poll() is None:
            if time.monotonic() > self._until:
                self._passed = True
                self._process.kill()
                return
            time.sleep(_LOOK_SECONDS)
