"""A hostile file given to a command in a process of its own, with its memory bounded."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# What the process may take at most: beyond it Python has MemoryError, native code ends.
MEMORY = 3 * 2**30
SECONDS = 300


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int  # minus the signal, if one ended it
    out: str
    err: str
    seconds: float
    peak: int  # bytes

    @property
    def outcome(self) -> str:
        if self.code == 2 and self.err.count("\n") == 1 and "should not happen" not in self.err:
            return "refused"
        return "handled" if self.code in (0, 1) and "Traceback" not in self.err else "FAILED"


def run_apart(arguments: list[str], folder: Path) -> Ended:
    """Run the command line in that folder; time and peak memory are the child's own."""
    out, err = folder / ".out", folder / ".err"
    start = time.perf_counter()
    with out.open("wb") as to_out, err.open("wb") as to_err:
        child = subprocess.Popen(
            [sys.executable, "-m", "workbook.cli", *arguments],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=to_out, stderr=to_err,
            preexec_fn=_bounded(MEMORY),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
    for path in (out, err):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    return Ended(child.returncode, *texts, seconds, used.ru_maxrss * 1024)


def _bounded(memory: int) -> Callable[[], None]:
    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return bound
