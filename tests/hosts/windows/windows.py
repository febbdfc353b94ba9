"""The Windows Python as a test uses it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addin.excel import XLWINGS_VERSION
from addin.excel.conversion import ERROR_NUMBERS
from tests.hosts.windows import environment
from udfs import OMITTED, CellError

INSIDE = "tests.hosts.windows.inside"
# Importing these leaves compiled files behind, which a server started with -B does not.
_SERVER_NEEDS = "import xlwings.com_server, win32com.server.policy, addin.excel.udf_module"


class NotAnswered(AssertionError):
    """A program there was silent, or ran, for too long; with what it and its servers wrote."""


@dataclass
class Windows:
    """A Windows Python under wine, in a session of wine that lasts from `open` to `close`."""

    folder: Path
    python: Path
    _holding: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def python_there(self) -> str:
        """The interpreter's path as Windows names it."""
        return environment.windows_path(self.python)

    def open(self) -> None:
        """End what an earlier run may have left, start a session of its own and wait for it."""
        environment.end_session(self.folder)
        environment.use_clone(self.folder)
        holder = self._start("-m", f"{INSIDE}.hold", stdin=subprocess.PIPE)
        self._holding.append(holder)
        assert holder.stdout
        told = Listening(holder, limit=300, silence=300)
        while b"\n" not in told.out:
            told.listen()
        if told.out.strip() != b"ready":
            raise NotAnswered(told.words("wine's session did not start"))
        warmed = self.folder / "warmed.txt"
        if not warmed.exists() or warmed.read_text("utf-8") != str(environment.ROOT):
            self.run("-c", _SERVER_NEEDS)
            warmed.write_text(str(environment.ROOT), "utf-8")

    def close(self) -> None:
        """End what still runs there."""
        environment.end_session(self.folder)
        while self._holding:
            holder = self._holding.pop()
            holder.communicate(timeout=60)

    def _start(self, *arguments: str, stdin: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["wine", str(self.python), "-X", "utf8", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment.environment(self.folder),
        )

    def run(
        self, *arguments: str, timeout: float = 400, silence: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the Windows Python; what it wrote is in the result.

        Raises `NotAnswered` if it takes more than `timeout` seconds, or writes nothing for
        `silence` seconds.
        """
        process = self._start(*arguments, stdin=subprocess.DEVNULL)
        told = Listening(process, timeout, silence or timeout)
        try:
            while told.listen():
                pass
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                assert stream
                stream.close()
        return subprocess.CompletedProcess(
            process.args, process.returncode, bytes(told.out), bytes(told.err)
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

    def ask(
        self,
        commands: Mapping[str, str],
        steps: Sequence[Any],
        scratch: Path,
        *,
        silence: float = 200,
    ) -> list[Any]:
        """Run a job of `inside/ask.py`: its answers, one a step."""
        return self.do("ask", {"commands": commands, "steps": steps}, scratch, silence=silence)

    def do(
        self, script: str, job_told: Mapping[str, Any], scratch: Path, *, silence: float = 200
    ) -> list[Any]:
        """Run a job of one of the scripts in ``inside``: its answers.

        Raises `NotAnswered` when no step is done for `silence` seconds.
        """
        job, answers = scratch / "job.json", scratch / "answers.json"
        job.write_text(json.dumps({"xlwings": XLWINGS_VERSION, **job_told}), "utf-8")
        answers.unlink(missing_ok=True)
        there = environment.windows_path
        done = self.run(
            "-m", f"{INSIDE}.{script}", there(job), there(answers), timeout=1200, silence=silence
        )
        if not answers.exists():
            ended = f"{INSIDE}.{script} ended with {done.returncode} and no answers"
            raise NotAnswered(f"{ended}\n{_tail(done.stderr)}")
        found: list[Any] = json.loads(answers.read_text("utf-8"))
        return found


class Listening:
    """What a program writes until it ends; servers that outlive it keep the pipes open."""

    def __init__(self, process: subprocess.Popen[bytes], limit: float, silence: float) -> None:
        self.out, self.err = bytearray(), bytearray()
        self._process, self.limit, self.silence = process, limit, silence
        self._begun = self._heard = time.monotonic()
        self._streams = {process.stdout: self.out, process.stderr: self.err}
        for stream in self._streams:
            assert stream
            os.set_blocking(stream.fileno(), False)

    def listen(self) -> bool:
        """Take what has come for a moment; whether the program still runs."""
        ended = self._process.poll() is not None
        ready, _, _ = select.select(list(self._streams), [], [], 0 if ended else 0.1)
        for stream in ready:
            part = stream.read()
            if part:
                self._streams[stream] += part
                self._heard = time.monotonic()
            elif not ended:
                time.sleep(0.02)  # closed, and the program still at work
        now = time.monotonic()
        if not ended and now - self._begun > self.limit:
            raise NotAnswered(self.words(f"not done after {self.limit:.0f} s"))
        if not ended and now - self._heard > self.silence:
            raise NotAnswered(self.words(f"silent for {self.silence:.0f} s"))
        return not ended

    def words(self, what: str) -> str:
        """What is wrong, with the end of what the program and its servers wrote."""
        command = " ".join(map(str, self._process.args))[:300]  # type: ignore[arg-type]
        return f"{what}: {command}\n{_tail(self.out)}\n{_tail(self.err)}"


def _tail(written: bytes | bytearray) -> str:
    return bytes(written).decode(errors="replace")[-3000:]


def sent(value: Any) -> Any:
    """A neutral value as a job writes it."""
    if isinstance(value, list):
        return [[sent(cell) for cell in row] for row in value]
    if value is OMITTED:
        return {"missing": True}
    if isinstance(value, CellError):
        return {"cverr": ERROR_NUMBERS[value]}
    return value
