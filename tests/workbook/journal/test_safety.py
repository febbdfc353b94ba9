"""Killed at any point, the file is the old one or the new one; two programs do no harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from addin.package import Package
from addin.package.lock import lock_path, locked
from addin.package.saving import backup_path

from .conftest import View

# Takes the trade once, then saves it again and again, each time in a copy of this program that
# ends itself before the n-th of the steps that touch the disk.
KILLED = """
import datetime, os, signal, sys, tempfile
from pathlib import Path
from addin.embedded import open_book
from addin.package import Package
from addin.package.lock import locked
from udfs import catalogue
from workbook.actions.package import apply, snapshot
from workbook.journal.open_trade import NAMES, TABLES, find_planned, take

folder, planned = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
package = Package.open(planned)
seen = snapshot(package, TABLES, NAMES, open_book(package, catalogue).formula_values())
apply(package, take(seen, find_planned(seen, "1"), datetime.datetime(2026, 11, 20, 9, 30)))
computed = open_book(package, catalogue)
computed.to_bytes()

left = 0
def step(real):
    def stepped(*arguments, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)
    return stepped
for module, name in ((os, "replace"), (os, "fsync"), (os, "fdopen"), (tempfile, "mkstemp"),
                     (os, "open"), (os, "write"), (Path, "chmod"), (Path, "unlink")):
    setattr(module, name, step(getattr(module, name)))

for left in range(60):
    book = folder / f"{left:02}.xlsx"
    if os.fork() == 0:
        with locked(book):
            package.save(book, backup=True)
        os._exit(0)
    _, state = os.wait()
    print(os.waitstatus_to_exitcode(state), flush=True)
    if state == 0:
        break
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals as on Unix")
def test_killed_at_any_step_the_file_is_the_old_or_the_new_one(
    planned: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "planned.bin"
    source.write_bytes(planned)
    for number in range(60):
        (tmp_path / f"{number:02}.xlsx").write_bytes(planned)
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(source)]
    done = subprocess.run(command, timeout=120, check=True, capture_output=True, text=True)
    codes = [int(code) for code in done.stdout.split()]
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert codes[-1] == 0
    ends = []
    for number in range(len(codes)):
        book = tmp_path / f"{number:02}.xlsx"
        backup = backup_path(book)
        assert not backup.exists() or backup.read_bytes() == planned, "never half a backup"
        with locked(book):
            pass
        assert not lock_path(book).exists(), "what the killed one left is in nobody's way"
        if book.read_bytes() == planned:
            ends.append("old")
            continue
        ends.append("new")
        assert View(book, stored=True).column("Journal", "Trade") == [1]
        assert View(book, stored=True).column("Plan", "Status") == ["open"]
        assert backup.read_bytes() == planned
    assert ends == sorted(ends, reverse=True), "old up to one step, then new"
    assert ends.count("old") > 8, "there are that many steps to be killed at"
    assert ends.count("new") > 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals as on Unix")
def test_killed_at_any_moment_the_next_command_works(planned: bytes, tmp_path: Path) -> None:
    book = tmp_path / "my.xlsx"
    book.write_bytes(planned)
    command = [sys.executable, "-m", "workbook.cli", "journal", "review", str(book), "--at"]
    for number in range(8):
        running = subprocess.Popen([*command, f"2026-11-21 1{number}:00", "-q"])
        time.sleep(0.15 + number * 0.12)
        running.kill()
        running.wait()
        assert Package.open(book).table("Journal").columns[0] == "Trade"
    done = subprocess.run(
        [*command, "2026-11-22 10:00"], capture_output=True, text=True, check=True
    )
    assert "nothing to review" in done.stdout
    assert not lock_path(book).exists()


def test_the_second_command_on_a_workbook_is_told(taken: Path, refused, isomargin) -> None:
    before = taken.read_bytes()
    with locked(taken):
        line = refused("journal", "close", taken, "1", "--exit", "100")
        assert "another isomargin" in refused("calc", taken)
    assert f"being changed by another isomargin (process {os.getpid()})" in line
    assert taken.read_bytes() == before
    result = isomargin("journal", "close", taken, "1", "--exit", "100", "--at", "2026-11-21 10:00")
    assert result.code == 0


def test_a_book_that_a_spreadsheet_program_has_open_is_left_alone(taken: Path, refused) -> None:
    taken.with_name(f".~lock.{taken.name}#").write_text("")
    assert "open in a spreadsheet program" in refused("journal", "review", taken)
    assert not lock_path(taken).exists()


def test_each_change_keeps_the_version_before_it(taken: Path, isomargin) -> None:
    before = taken.read_bytes()
    isomargin("journal", "review", taken, "--at", "2026-11-20 20:00")
    assert backup_path(taken).read_bytes() == before


def test_a_workbook_of_somebody_else_is_refused(tmp_path: Path, refused) -> None:
    import openpyxl

    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    assert "has no table Plan" in refused("journal", "take", other, "1")
    assert "no file" in refused("journal", "take", tmp_path / "none.xlsx", "1")
