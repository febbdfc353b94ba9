"""One program at a time changes a workbook: a small file beside it says who does.

    with locked(path):
        ...  # read, change, save

The file is made in one step that only one of two programs can take. One that its program left
behind when it was killed is recognised and taken away.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from addin.package.errors import PackageError

# A lock of another computer, or one that cannot be read, counts as left behind after this long.
STALE_SECONDS = 900.0


def lock_path(path: Path) -> Path:
    """Where the lock of a workbook is: ``.plan.xlsx.isomargin-lock`` beside ``plan.xlsx``."""
    path = Path(os.path.realpath(path))
    return path.with_name(f".{path.name}.isomargin-lock")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs of this package away from a workbook; PackageError if one is at it."""
    lock = lock_path(path)
    token = uuid.uuid4().hex
    if not _make(lock, token):
        _clear_stale(lock, path)
        if not _make(lock, token):
            raise _busy(path, lock)
    try:
        yield
    finally:
        # Not another's lock, should this one have been taken for a stale one.
        if _read(lock).get("token") == token:
            with contextlib.suppress(OSError):
                lock.unlink()


def _make(lock: Path, token: str) -> bool:
    """Make the lock file; False where there is one."""
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time(), "token": token}
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise PackageError(f"there is no folder {lock.parent}: check the name.") from None
    except OSError as error:
        raise PackageError(
            f"{lock.parent} cannot be written to: {error.strerror or error}."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(who, file)
    return True


def _read(lock: Path) -> dict[str, Any]:
    try:
        content = json.loads(lock.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _clear_stale(lock: Path, path: Path) -> None:
    """Take a left-behind lock away; PackageError where its program is still at work."""
    who = _read(lock)
    if not _is_stale(lock, who):
        raise _busy(path, lock, who)
    aside = lock.with_name(f"{lock.name}.{uuid.uuid4().hex}")
    with contextlib.suppress(FileNotFoundError):
        lock.rename(aside)
        # Two programs may have found it stale: the slower one has moved the faster one's new lock.
        if _read(aside).get("token") != who.get("token"):
            with contextlib.suppress(OSError):
                os.link(aside, lock)
            aside.unlink()
            raise _busy(path, lock)
        aside.unlink()


def _is_stale(lock: Path, who: dict[str, Any]) -> bool:
    pid = who.get("pid")
    if who.get("host") == socket.gethostname() and isinstance(pid, int):
        return not _is_running(pid)
    try:
        return time.time() - lock.stat().st_mtime > STALE_SECONDS
    except FileNotFoundError:
        return True


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill would end the program there
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, pid)  # may be asked about, nothing more
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's program, but there
        return True
    return True


def _busy(path: Path, lock: Path, who: dict[str, Any] | None = None) -> PackageError:
    pid = (who or _read(lock)).get("pid")
    by = f" (process {pid})" if pid else ""
    return PackageError(
        f"{path.name} is being changed by another isomargin{by}: wait until it is done"
        f" (if there is none, delete {lock.name})."
    )
