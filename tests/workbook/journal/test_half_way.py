"""A command that fails half way: one line, exit 2, and the file and its folder as they were."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package, PackageError
from addin.package.lock import lock_path
from addin.package.sheet import Sheet
from tests.workbook.journal.imports.samples import FOLDER

COMMANDS: dict[str, tuple[str, ...]] = {
    "take": ("journal", "take", "{book}", "2"),
    "close": ("journal", "close", "{book}", "1", "--exit", "100"),
    "review": ("review", "{book}", "--price", "ETH=103"),
    "import": ("journal", "import", "{book}", str(FOLDER / "hyperliquid.csv")),
}


def arguments(name: str, book: Path) -> list[str]:
    return [part.format(book=book) for part in COMMANDS[name]]


def in_folder(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in book.parent.iterdir()}


def breaks_at(number: int, real: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """A function whose n-th call, from 0, fails."""
    left = [number]

    def call(*given: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise error
        return real(*given, **more)

    return call


@pytest.mark.parametrize("number", [0, 1, 4])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_refused_cell(
    taken: Path,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: int,
) -> None:
    """What was set before it stays in memory, and goes with it."""
    before = in_folder(taken)
    trouble = PackageError("Journal!B52 is refused.")
    monkeypatch.setattr(Sheet, "set_input", breaks_at(number, Sheet.set_input, trouble))
    assert refused(*arguments(name, taken)).endswith("Journal!B52 is refused.\n")
    assert in_folder(taken) == before


@pytest.mark.parametrize(
    ("module", "step", "number", "code", "told"),
    [
        (tempfile, "mkstemp", 0, errno.EACCES, "my.xlsx cannot be written: close it"),
        (tempfile, "mkstemp", 1, errno.EROFS, "my.xlsx cannot be written: Read-only file system"),
        (os, "fsync", 0, errno.ENOSPC, "my.xlsx cannot be written: No space left on device"),
        (os, "fsync", 2, errno.EIO, "my.xlsx cannot be written: Input/output error"),
        (os, "replace", 0, errno.EACCES, "my.xlsx cannot be written: close it"),
        (os, "replace", 1, errno.EACCES, "my.xlsx cannot be written: close it"),
    ],
)
def test_a_disk_that_refuses(
    taken: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch,
    module: Any, step: str, number: int, code: int, told: str,
) -> None:  # fmt: skip
    """The backup is written first: where the second step fails, it is there, and the same."""
    before = taken.read_bytes()
    trouble = OSError(code, os.strerror(code))
    monkeypatch.setattr(module, step, breaks_at(number, getattr(module, step), trouble))
    assert told in refused(*arguments("review", taken))
    now = in_folder(taken)
    assert set(now) <= {"my.xlsx", "my.bak.xlsx"}
    assert set(now.values()) == {before}


def made_read_only(book: Path) -> None:
    book.chmod(0o444)


def opened_in_libreoffice(book: Path) -> None:
    book.with_name(f".~lock.{book.name}#").write_text(",me,here,29.11.2026 10:00,;")


def opened_in_excel(book: Path) -> None:
    book.with_name(f"~${book.name}").write_bytes(b"\x02me")


@pytest.mark.parametrize(
    ("name", "already"), [("take", True), *((name, False) for name in COMMANDS)]
)
@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        (made_read_only, "my.xlsx is marked as read-only: allow writing to it"),
        (opened_in_libreoffice, "my.xlsx is open in a spreadsheet program: close it first"),
        (opened_in_excel, "my.xlsx is open in a spreadsheet program: close it first"),
    ],
)
def test_a_locked_file(
    taken: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, name: str,
    meanwhile: Callable[[Path], None], told: str, already: bool,
) -> None:  # fmt: skip
    """Locked before the command, or after it has read the file and before it writes."""
    before = taken.read_bytes()
    if already:
        meanwhile(taken)
    else:
        real = Package.open

        def opened(*given: Any) -> Package:
            package = real(*given)
            meanwhile(taken)
            return package

        monkeypatch.setattr(Package, "open", opened)
    assert told in refused(*arguments(name, taken))
    assert taken.read_bytes() == before
    assert not lock_path(taken).exists()
    assert not list(taken.parent.glob("*.bak*"))
    assert not list(taken.parent.glob(".*.tmp"))


HOLDING = """
import sys
from pathlib import Path
from addin.package.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_that_another_process_is_at(taken: Path, refused: Callable[..., str]) -> None:
    before = in_folder(taken)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(taken)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        for name in COMMANDS:
            said = refused(*arguments(name, taken))
            assert f"being changed by another isomargin (process {other.pid}): wait" in said
            assert lock_path(taken).exists()
        other.communicate()
    assert in_folder(taken) == before
