"""The Windows Python as a test uses it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.excel import XLWINGS_VERSION
from addin.excel.conversion import ERROR_NUMBERS
from tests.hosts.windows import environment
from udfs import OMITTED, CellError

INSIDE = "tests.hosts.windows.inside"


@dataclass
class Windows:
    """A Windows Python under wine."""

    folder: Path
    python: Path

    @property
    def python_there(self) -> str:
        """The interpreter's path as Windows names it."""
        return environment.windows_path(self.python)

    def run(self, *arguments: str, timeout: float = 150) -> subprocess.CompletedProcess[bytes]:
        """Run the Windows Python; what it wrote is in the result."""
        process = subprocess.Popen(
            ["wine", str(self.python), "-X", "utf8", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment.environment(self.folder),
        )
        try:
            out, err = _written(process, timeout)
        finally:
            for stream in (process.stdout, process.stderr):
                assert stream
                stream.close()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def close(self) -> None:
        """End what still runs there."""
        subprocess.run(
            ["wineserver", "-k"],
            env=environment.environment(self.folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )

    def isomargin(
        self, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the command line there."""
        # Wine makes a person's folders of its own, whatever it is told before it starts.
        start = (
            f"import os; os.environ.update({dict(variables or {})!r});"
            "from workbook.cli import main; main()"
        )
        return self.run("-c", start, *arguments)

    def ask(self, commands: Mapping[str, str], steps: Sequence[Any], scratch: Path) -> list[Any]:
        """Run a job of `inside/ask.py`: its answers, one a step."""
        job, answers = scratch / "job.json", scratch / "answers.json"
        told = {"xlwings": XLWINGS_VERSION, "commands": commands, "steps": steps}
        job.write_text(json.dumps(told), "utf-8")
        answers.unlink(missing_ok=True)
        there = environment.windows_path
        done = self.run("-m", f"{INSIDE}.ask", there(job), there(answers), timeout=1200)
        assert answers.exists(), done.stderr.decode(errors="replace")[-3000:]
        found: list[Any] = json.loads(answers.read_text("utf-8"))
        return found


def _written(process: subprocess.Popen[bytes], timeout: float) -> tuple[bytes, bytes]:
    """What a program writes until it ends; servers that outlive it keep the pipes open."""
    streams = {process.stdout: bytearray(), process.stderr: bytearray()}
    until = time.monotonic() + timeout
    for stream in streams:
        assert stream
        os.set_blocking(stream.fileno(), False)
    ended = False
    while not ended:
        ended = process.poll() is not None
        if time.monotonic() > until:
            process.kill()
            process.wait()
        ready, _, _ = select.select(list(streams), [], [], 0 if ended else 0.1)
        for stream in ready:
            part = stream.read()
            if part:
                streams[stream] += part
            elif not ended:
                time.sleep(0.02)  # closed, and the program still at work
    return bytes(streams[process.stdout]), bytes(streams[process.stderr])


def sent(value: Any) -> Any:
    """A neutral value as a job writes it."""
    if isinstance(value, list):
        return [[sent(cell) for cell in row] for row in value]
    if value is OMITTED:
        return {"missing": True}
    if isinstance(value, CellError):
        return {"cverr": ERROR_NUMBERS[value]}
    return value
