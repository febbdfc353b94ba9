"""One program at a time changes a workbook: a small file beside it says who does.

    with locked(path):
        ...  # read, change, save

filelock makes the file in one step that only one of two programs can take, and takes away one that
its program left behind on this computer, also one whose program was killed before it wrote its name
there. That of another computer stays until a person deletes it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from addin.package.errors import PackageError

WATCHED = 4.0
"""Seconds that a lock without a name is watched: filelock takes it away after two of them."""


def lock_path(path: Path) -> Path:
    """Where the lock of a workbook is: ``.plan.xlsx.isomargin-lock`` beside ``plan.xlsx``."""
    path = Path(os.path.realpath(path))
    return path.with_name(f".{path.name}.isomargin-lock")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs of this package away from a workbook; PackageError if one is at it."""
    from filelock import SoftFileLock, Timeout  # only who changes a workbook waits for the import

    file = lock_path(path)
    if not file.parent.is_dir():
        raise PackageError(f"there is no folder {file.parent}: check the name.")
    lock = SoftFileLock(file, timeout=0, mode=0o644)
    try:
        try:
            lock.acquire()
        except Timeout:
            if lock.pid is not None:
                raise
            _mark_nameless(file)
            lock.acquire(timeout=WATCHED)
    except Timeout:
        raise _busy(path, file, lock.pid) from None
    except OSError as error:
        raise PackageError(
            f"{file.parent} cannot be written to: {error.strerror or error}."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _mark_nameless(file: Path) -> None:
    """Make a lock without a name one that filelock may take away: an empty one it always leaves.

    Old versions of filelock held empty locks, so it cannot know; ours always has a name, an instant
    after it was made. The empty line harms no name that is written meanwhile, before or after it.
    """
    with contextlib.suppress(OSError):
        opened = os.open(file, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(opened, b"\n")
        finally:
            os.close(opened)


def _busy(path: Path, file: Path, pid: int | None) -> PackageError:
    by = f" (process {pid})" if pid else ""
    return PackageError(
        f"{path.name} is being changed by another isomargin{by}: wait until it is done"
        f" (if there is none, delete {file.name})."
    )
