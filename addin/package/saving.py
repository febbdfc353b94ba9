"""Putting a workbook on the disk: all of it or nothing, the old one kept if asked."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from addin.package.errors import PackageError


def backup_path(path: Path) -> Path:
    """Where the previous version of a file goes: ``plan.bak.xlsx`` beside ``plan.xlsx``."""
    return path.with_name(f"{path.stem}.bak{path.suffix}")


KEPT = 9  # previous versions that stay beside a file, where it does not say itself
MOST_KEPT = 99


def numbered_backup(path: Path, number: int) -> Path:
    """Where an older version goes: ``plan.bak.xlsx`` is the last, ``plan.bak2.xlsx`` before it."""
    mark = "" if number == 1 else str(number)
    return path.with_name(f"{path.stem}.bak{mark}{path.suffix}")


def _make_room(path: Path, content: bytes, keep: int) -> bool:
    """Move older versions on by one; False where the last one holds these very bytes already."""
    last = backup_path(path)
    if not last.is_file():
        return True
    if last.read_bytes() == content:
        return False
    first_free = next(
        (n for n in range(1, keep + 1) if not numbered_backup(path, n).exists()), keep
    )
    for number in range(first_free, 1, -1):
        os.replace(numbered_backup(path, number - 1), numbered_backup(path, number))  # noqa: PTH105
    return True


def save_bytes(
    content: bytes | Iterable[bytes],
    path: Path,
    *,
    backup: bool = False,
    keep: int | None = None,
) -> None:
    """Write a file through a temporary one beside it, so that no half file is ever seen.

    The content may come in pieces.

    With `backup` the file that was there is kept, and so are the versions kept before it, `keep`
    in all. Older ones that are there already stay.
    """
    # Through a link to the file itself, or the link would be replaced.
    path = Path(os.path.realpath(path))
    try:
        _refuse(path)
        try:
            mode = path.stat().st_mode & 0o777
        except FileNotFoundError:
            mode = None
        with _replacing(path, mode) as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            # Only now: content that comes in pieces may turn out not to be there.
            if backup and mode is not None:
                previous = path.read_bytes()
                if _make_room(path, previous, KEPT if keep is None else keep):
                    with _replacing(backup_path(path), mode) as kept:
                        kept.write(previous)
    except PermissionError as error:
        raise PackageError(
            f"{path} cannot be written: close it in the spreadsheet program,"
            " or check that you may write to the folder."
        ) from error
    except OSError as error:
        raise PackageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _refuse(path: Path) -> None:
    if not path.parent.is_dir():
        raise PackageError(f"there is no folder {path.parent}: make it first.")
    if path.is_dir():
        raise PackageError(f"{path} is a folder: give a file name.")
    if path.exists() and not path.is_file():
        # Replaced, a device or pipe would be gone for everybody who uses it.
        raise PackageError(f"{path} is no ordinary file: give another name.")
    if path.exists() and not path.stat().st_mode & 0o222:
        raise PackageError(
            f"{path} is marked as read-only: allow writing to it, or give another name with -o."
        )
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if path.exists() and lock.exists():
            raise PackageError(
                f"{path.name} is open in a spreadsheet program: close it first"
                f" (if it is not open, delete {lock.name})."
            )


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which takes its name when all of it is there."""
    path = Path(os.path.realpath(path))
    _refuse(path)
    with _replacing(path, path.stat().st_mode & 0o777 if path.exists() else None) as file:
        yield file


@contextlib.contextmanager
def _replacing(path: Path, mode: int | None) -> Iterator[BinaryIO]:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_default_mode() if mode is None else mode)
        os.replace(temporary, path)  # noqa: PTH105 - said as what it is
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    _sync_folder(path.parent)


def _default_mode() -> int:
    """What a new file gets: mkstemp's own mode would hide it from others."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
