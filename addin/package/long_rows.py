"""Long blocks of rows in a sheet's file, taken as columns instead of elements.

A hundred thousand rows of thirty cells are three gigabytes as elements, and fifty megabytes as
columns. That holds for rows that follow one another and look alike, down to the last row of the
sheet: in each column something typed, or one formula filled down. Any other sheet is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from addin.package.alike import Alike
from addin.package.grown import GrownRows
from addin.package.shared_formulas import Different

# Fewer rows than these are read as elements.
LEAST = 3000
MOST_CELLS = 20_000_000
_PIECE = 2**21  # bytes
_LONGEST = 2**26  # of one row
_START = b"<sheetData>"
_END_OF_ROW = b"</row>"
_END = b"</sheetData>"
_HEAD = 64  # rows that stay elements: a table's title, its first rows
_OTHER_SIGNS = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)


def has_long_rows(content: bytes) -> bool:
    """Whether a sheet's part may have such a block; a quick look."""
    return content.count(_END_OF_ROW) >= LEAST


def split_rows(
    content: bytes | Iterable[bytes], strings: Sequence[str], most_cells: int = MOST_CELLS
) -> tuple[bytes, GrownRows] | None:
    """A sheet's part without its long block of rows, and that block; None where it has none.

    A very long part may be given in pieces, which are not kept.
    """
    if isinstance(content, bytes):
        if not has_long_rows(content):
            return None
        content = [content[at : at + _PIECE] for at in range(0, len(content), _PIECE)]
    part = _Part(content)
    head = part.head()
    if head is None:
        return None
    alike = Alike(strings, most_cells, head)
    try:
        for piece in part.rows():
            alike.take(piece)
        if alike.count < LEAST - _HEAD:
            return None
        return head + part.rest(), alike.rows()
    except (Different, UnicodeDecodeError, ValueError, IndexError):
        return None


class _Part:
    """A part read from its beginning: the first rows, the others in pieces, and the rest."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""

    def _more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None or len(self._held) > _LONGEST:
            return False
        self._held += chunk
        return True

    def head(self) -> bytes | None:
        """What is in front of the block; None where there is none."""
        at = rows = 0
        while rows <= _HEAD:
            mark = _END_OF_ROW if rows else _START
            found = self._held.find(mark, at)
            if found < 0:
                if not self._more():
                    return None
                continue
            at = found + len(mark)
            rows += 1
        head, self._held = self._held[:at], self._held[at:]
        return None if _OTHER_SIGNS.match(head) else head

    def rows(self) -> Iterator[str]:
        """Some megabytes of whole rows at a time."""
        while True:
            end = self._held.rfind(_END_OF_ROW) + len(_END_OF_ROW)
            if end < len(_END_OF_ROW):
                end = 0
            piece, rest = self._held[:end], self._held[end:]
            self._held = rest
            if piece:
                yield piece.decode()
            if self._held.startswith(_END):
                return
            if len(self._held) >= len(_END) and not self._held.startswith(b"<row "):
                raise Different("something behind the rows")
            if not self._more():
                raise Different("no end of the rows")

    def rest(self) -> bytes:
        """What is behind the block."""
        return b"".join([self._held, *self._chunks])
