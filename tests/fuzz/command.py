"""The command line on any files, in this process: what must hold however it ends.

Exit 0, 1 or 2 and no traceback. With exit 2 one line of words, and every file as it was. No lock
or half-written file stays behind, and files that a command only reads are never changed.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from addin.package import Package, PackageError
from workbook.cli import main

# What nobody foresaw comes out as it is, not as the command line's last-resort line.
os.environ["ISOMARGIN_TRACEBACK"] = "1"

LONGEST_LINE = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@functools.cache
def folder() -> Path:
    """Where this process has its files; removed at its end."""
    made = tempfile.TemporaryDirectory(prefix="isomargin-fuzz-")
    folder.keep = made  # type: ignore[attr-defined]
    return Path(made.name)


def isomargin(*arguments: str, standard_input: str = "") -> Outcome:
    """Run a command as a shell would, but here; whatever it raises comes out."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _stdin(standard_input):
        try:
            main(list(arguments))
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 1
    return Outcome(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _stdin(text: str) -> Iterator[None]:
    real, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = real


def in_words(outcome: Outcome, *, most_lines: int = 1) -> None:
    """However it ended, it was said in words."""
    assert outcome.code in (0, 1, 2), outcome
    assert "Traceback" not in outcome.err, outcome.err
    assert not _CONTROL.search(outcome.err), outcome
    if outcome.code == 2:
        lines = outcome.err.splitlines()
        assert 1 <= len(lines) <= most_lines, outcome.err
        assert lines[-1].startswith("isomargin"), outcome.err
        assert len(lines[-1]) <= LONGEST_LINE, len(lines[-1])


def check_command(
    arguments: list[str], files: Mapping[str, bytes], *, writes: str = "", most_lines: int = 1
) -> Outcome:
    """Run a command in a folder with these files and assert all that must hold of it.

    ``writes`` is the one file that it may write; its backup may appear beside it.
    """
    place = folder()
    for left in place.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    for name, content in files.items():
        (place / name).write_bytes(content)
    before = Path.cwd()
    os.chdir(place)
    try:
        outcome = isomargin(*arguments)
    finally:
        os.chdir(before)
    in_words(outcome, most_lines=most_lines)
    assert not _CONTROL.search(outcome.out), outcome
    there = {path.name: path.read_bytes() for path in place.iterdir()}
    if outcome.code == 2:
        assert there == files, sorted(there)
        return outcome
    stem, dot, suffix = writes.rpartition(".")
    may_change = {writes, f"{stem}.bak{dot}{suffix}"}
    for name in there.keys() | files.keys():
        if name not in may_change:
            assert there.get(name) == files.get(name), name
    if writes in files and there[writes] != files[writes]:
        assert there[f"{stem}.bak{dot}{suffix}"] == files[writes]
    if writes.endswith((".xlsx", ".xlsm")) and there.get(writes) != files.get(writes):
        # What was written can be read, cell by cell, if what was there before could be.
        before_it = files.get(writes, b"")
        if not before_it.startswith(b"PK") or _fault(before_it) is None:
            assert _fault(there[writes]) is None, _fault(there[writes])
    return outcome


def _fault(book: bytes) -> str | None:
    try:
        package = Package.open(book)
        for sheet in package.sheets:
            package.values(sheet)
    except PackageError as error:
        return str(error)
    return None
