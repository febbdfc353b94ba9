"""Reading a file no further than it may be long, whatever its size is said to be."""

from __future__ import annotations

from pathlib import Path


def read_bounded(path: Path, most: int) -> bytes | None:
    """The file's bytes; None where there are more than so many. OSError as reading gives it.

    A pipe or a device has no size to ask for beforehand.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    return None if len(content) > most else content
