"""One program at a time: the second is told, the lock of a killed one is taken away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from addin.package import PackageError
from addin.package.lock import lock_path, locked
from tests.turns import TURNS


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "my.xlsx"
    path.write_bytes(b"book")
    return path


def left_behind(book: Path, pid: int, host: str | None = None) -> Path:
    """The lock as a program that was killed leaves it: its number and its computer."""
    lock = lock_path(book)
    lock.write_text(f"{pid}\n{host or socket.gethostname()}\n", newline="\n")
    return lock


def ended_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_the_lock_is_gone_afterwards_whatever_happened(book: Path) -> None:
    with locked(book):
        assert lock_path(book).exists()
    assert not lock_path(book).exists()
    with pytest.raises(ZeroDivisionError), locked(book):
        raise ZeroDivisionError
    assert list(book.parent.iterdir()) == [book]


def test_the_second_is_told(book: Path) -> None:
    with locked(book):
        told = rf"another isomargin \(process {os.getpid()}\)"
        with pytest.raises(PackageError, match=told), locked(book):
            pass
        assert lock_path(book).exists(), "the refused one leaves the lock alone"


def test_a_link_to_the_book_is_the_book(book: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    if link.resolve() != book.resolve():
        pytest.skip("this system does not tell where a link leads")
    with locked(book), pytest.raises(PackageError), locked(link):
        pass


def test_the_lock_of_a_program_that_has_ended_is_taken_away(book: Path) -> None:
    left_behind(book, pid=ended_process())
    with locked(book):
        assert lock_path(book).read_text().splitlines()[0] == str(os.getpid())
    assert list(book.parent.iterdir()) == [book]


def test_the_lock_of_another_computer_counts_until_somebody_deletes_it(book: Path) -> None:
    """Whether a program of another computer has ended cannot be seen from here, however old."""
    lock = left_behind(book, ended_process(), "elsewhere")
    os.utime(lock, (1, 1))
    with pytest.raises(PackageError, match=rf"delete {lock.name}"), locked(book):
        pass
    lock.unlink()
    with locked(book):
        pass


def test_a_lock_without_a_name_is_taken_away(book: Path) -> None:
    """Its program was killed between making it and writing into it."""
    for left in ("", "\n"):  # the second: the next one was killed, too, while it watched
        lock_path(book).write_text(left)
        with locked(book):
            assert lock_path(book).read_text().split()[0] == str(os.getpid())
        assert list(book.parent.iterdir()) == [book]


@pytest.mark.parametrize("delay", [0.0, 0.5])
def test_a_name_that_is_written_while_the_lock_is_watched_counts(book: Path, delay: float) -> None:
    """The program that made the lock was only slow to write into it: before the watch, or in it."""
    lock = lock_path(book)
    name = f"{os.getpid()}\n{socket.gethostname()}\n".encode()
    with lock.open("wb", buffering=0) as slow:
        writing = threading.Timer(delay, slow.write, [name])
        writing.start()
        told = rf"another isomargin \(process {os.getpid()}\)"
        with pytest.raises(PackageError, match=told), locked(book):
            pass
        writing.join()
    assert lock.read_bytes().strip() == name.strip(), "the name is whole, the lock still there"


def test_of_four_that_find_a_lock_without_a_name_none_loses_a_change(book: Path) -> None:
    book.write_text("0")
    lock_path(book).write_text("")
    command = [sys.executable, "-c", TURNS, str(book), "5"]
    programs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [program.wait(timeout=60) for program in programs] == [0] * 4
    assert book.read_text() == "20"


def test_a_folder_that_cannot_be_written_to(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.SoftFileLock.acquire", refuse)
    with (
        pytest.raises(PackageError, match="cannot be written to: Permission"),
        locked(book),
    ):
        pass


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no folder"), locked(tmp_path / "no" / "my.xlsx"):
        pass


def test_of_four_programs_none_loses_a_change(book: Path) -> None:
    book.write_text("0")
    left_behind(book, pid=ended_process())
    command = [sys.executable, "-c", TURNS, str(book), "25"]
    programs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [program.wait(timeout=60) for program in programs] == [0] * 4
    assert book.read_text() == "100"
