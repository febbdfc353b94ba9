"""Work as whole processes: processor seconds and peak memory of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.measure import OURS, Aim, Missing, Result, as_users

# A small process in between: a new one starts with the peak of memory of the one that starts it.
_LAUNCH = """
import json, os, sys, tempfile
with tempfile.TemporaryFile("w+b") as out, tempfile.TemporaryFile("w+b") as errors:
    child = os.fork()
    if not child:
        os.dup2(out.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        os.execvp(sys.argv[1], sys.argv[1:])
    _, status, taken = os.wait4(child, 0)
    text = []
    for file in (out, errors):
        file.seek(0)
        text.append(file.read().decode(errors="replace"))
    print(json.dumps({
        "code": os.waitstatus_to_exitcode(status), "output": text[0], "errors": text[1],
        "seconds": taken.ru_utime + taken.ru_stime, "peak": taken.ru_maxrss,
    }))
"""
NOTE = "processor seconds of whole processes"


BEFORE = "the version before"


class Work(NamedTuple):
    """A command, the file that it makes, and what else it may end with than 0."""

    command: Sequence[str]
    makes: Path | None = None  # taken away before: what stands there would be kept beside it
    may_end: tuple[int, ...] = (0,)


class Used(NamedTuple):
    """What a process and its own children have taken."""

    seconds: float  # user and system
    mebibytes: float  # the most that one of them has held
    output: str


def isomargin(python: str, *arguments: str, makes: Path | None = None) -> Work:
    """A command of ours, run by this Python; of a workbook that it makes a check may fail."""
    return Work(
        [python, "-m", "workbook.cli", *arguments], makes, (0,) if makes is None else (0, 1)
    )


def pythons() -> dict[str, str]:
    """The Pythons that have this version and, where there is one, the version before."""
    before = os.environ.get("ISOMARGIN_BEFORE")
    return {OURS: sys.executable, **({BEFORE: before} if before else {})}


def used(work: Work, folder: Path) -> Used:
    """Run it in a folder, which is not the project's: the version before would find this one."""
    if work.makes is not None:
        work.makes.unlink(missing_ok=True)
    if sys.platform == "win32":
        raise Missing("processor seconds of children are read where Python has os.wait4")
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, *work.command]
    done = subprocess.run(
        launch, cwd=folder, env=as_users(), capture_output=True, text=True, check=True
    )  # fmt: skip
    found = json.loads(done.stdout)
    command = " ".join(work.command)
    # Python ends with 1, too, where it cannot so much as start a command.
    if found["code"] not in work.may_end or "Traceback (most" in found["errors"]:
        raise AssertionError(f"{command} ends with {found['code']}: {found['errors']}")
    if work.makes is not None and not work.makes.exists():
        raise AssertionError(f"{command} made no {work.makes.name}: {found['errors']}")
    largest = found["peak"] / (2**20 if sys.platform == "darwin" else 1024)
    return Used(found["seconds"], largest, found["output"])


def side_by_side(
    name: str,
    works: Mapping[str, Work],
    folder: Path,
    turns: int,
    aims: tuple[Aim, ...] = (),
    note: str = NOTE,
) -> Result:
    """Each one's processor seconds, taken in turns; the most memory that each has held."""
    times: dict[str, list[float]] = {who: [] for who in works}
    peaks = dict.fromkeys(works, 0.0)
    for _ in range(turns):
        for who, work in works.items():
            taken = used(work, folder)
            times[who].append(taken.seconds)
            peaks[who] = max(peaks[who], taken.mebibytes)
    figures = {f"MiB, {who}": peak for who, peak in peaks.items()}
    present = tuple(aim for aim in aims if not aim.peer or aim.peer in works)
    return Result(name, times, present, note, figures)
