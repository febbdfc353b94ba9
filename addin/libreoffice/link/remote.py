"""Calls to the formulas in a process beside LibreOffice.

The process is started here and ends with LibreOffice. It listens on this computer's loopback
address only, on a port that it chooses and tells us through its output; it answers to nobody who
does not show the token that we gave it through its input.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any

START_SECONDS = 20.0
CALL_SECONDS = 60.0
# A process that did not start is not asked again for so long: a sheet has hundreds of cells.
PAUSE_SECONDS = 30.0
# Answers are at most one sheet column of a million numbers, about 20 bytes each.
LARGEST_MESSAGE = 64 * 1024 * 1024


class Unreachable(Exception):
    """The process cannot be started or does not answer; the words say why."""


class Remote:
    """The formulas in another Python process."""

    def __init__(
        self,
        python: str,
        paths: list[str],
        start_seconds: float = START_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._python = python
        self._paths = paths
        self._start_seconds = start_seconds
        self._call_seconds = call_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
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
        if self._socket is None or self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        assert self._socket is not None
        self._socket.sendall(struct.pack(">I", len(message)) + message)
        (length,) = struct.unpack(">I", self._receive(4))
        if length > LARGEST_MESSAGE:
            raise ValueError("the answer is too large")
        return json.loads(self._receive(length))

    def _receive(self, count: int) -> bytes:
        assert self._socket is not None
        parts = []
        while count:
            part = self._socket.recv(min(count, 1 << 20))
            if not part:
                raise OSError("the connection was closed")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _start(self) -> None:
        token = secrets.token_hex(32)
        # Isolated (-I): LibreOffice's PYTHONHOME and PYTHONPATH would send another Python astray,
        # and what lies in the current folder is none of our code. The folders come as arguments.
        start = (
            "import sys; sys.path[:0] = sys.argv[1:];"
            "from addin.libreoffice.backend import main; main()"
        )
        options = {"creationflags": 0x08000000} if sys.platform == "win32" else {}  # no window
        process = subprocess.Popen(
            [self._python, "-I", "-c", start, *self._paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **options,  # type: ignore[call-overload]
        )
        self._process = process
        assert process.stdin is not None
        process.stdin.write(token.encode() + b"\n")
        process.stdin.flush()
        port = self._port(process)
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=self._start_seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(self._call_seconds)
        self._socket.sendall(token.encode())

    def _port(self, process: subprocess.Popen[bytes]) -> int:
        """The port that the process says it listens on."""
        # Reading a pipe has no time limit of its own; ending the process ends the reading.
        watch = threading.Timer(self._start_seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline(100)
        finally:
            watch.cancel()
        if not line.strip().isdigit():
            raise OSError(f"{self._python} did not start the formulas")
        return int(line)

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
