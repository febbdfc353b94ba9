"""Reading a file no further than it may be long, whatever its size is said to be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from addin.package.limits import to_read_it
from udfs.errors import IsomarginError


def read_bounded(path: Path, most: int) -> bytes | None:
    """The file's bytes; None where there are more than so many. OSError as reading gives it.

    A pipe or a device has no size to ask for beforehand.
    """
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except PermissionError:
        if path.is_dir():  # Windows says of a folder that it may not be opened
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path)) from None
        raise
    return None if len(content) > most else content


def read_named(path: Path, most: int, raises: type[IsomarginError], file: str) -> bytes:
    """The same for a file that a person named, with words for whatever is in the way.

    ``file`` is what to give instead of a folder, like "a workbook file".
    """
    try:
        content = read_bounded(path, most)
    except FileNotFoundError:
        raise raises(f"there is no file {path}: check the name.") from None
    except IsADirectoryError:
        raise raises(f"{path} is a folder: give {file}.") from None
    except OSError as error:
        raise raises(f"{path} cannot be read: {error.strerror or error}.") from error
    if content is None:
        raise raises(
            f"{path} is too large: at most {most / 2**20:.0f} MiB are read: {to_read_it()}."
        )
    return content
