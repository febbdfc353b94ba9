"""Reading a file no further than it may be long, whatever its size is said to be."""

from __future__ import annotations

import errno
import os
from pathlib import Path


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
