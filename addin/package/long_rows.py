"""Long blocks of plain rows in a sheet's file, taken as columns instead of elements.

A hundred thousand rows of thirty cells are three gigabytes as elements, and fifty megabytes as
columns. That holds for rows that follow one another, look alike and compute nothing; any other
sheet is read whole, as always.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from addin.package.addresses import column_number
from addin.package.grown import GrownColumn, GrownRows
from addin.package.markup import unescaped
from addin.package.values import Value, error_from_text, unescape

# Fewer rows than these are read as elements.
LEAST = 3000
_PIECE = 2**21  # bytes
_END_OF_ROW = b"</row>"
_HEAD = 64  # rows that stay elements: a table's title, its first rows
_ROW = re.compile(r'<row r="(\d+)"([^>]*)>')
# A cell that holds something; blank ones are passed over, which takes half the time.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="([a-zA-Z]+)")?>'
    r'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>'
)
_BLANK = re.compile(r'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?/>')
_LOOKS = re.compile(r'\s(ht|customHeight|s|customFormat|thickBot|thickTop)="([^"]*)"')
# What Excel and LibreOffice write besides, and says nothing.
_NO_LOOKS = re.compile(
    r'\s(?:spans|x14ac:dyDescent)="[^"]*"|\s(?:hidden|collapsed|outlineLevel)="(?:0|false)"'
)


def has_long_rows(content: bytes) -> bool:
    """Whether a sheet's part seems to have such a block; a quick look."""
    return _block(content) is not None


def split_rows(content: bytes, strings: Sequence[str]) -> tuple[bytes, GrownRows] | None:
    """A sheet's part without its long block of rows, and that block; None where it has none."""
    block = _block(content)
    if block is None:
        return None
    start, end = block
    try:
        rows = _read(_pieces(content, start, end), strings)
    except (UnicodeDecodeError, ValueError, IndexError):
        return None
    return None if rows is None else (content[:start] + content[end:], rows)


def _block(content: bytes) -> tuple[int, int] | None:
    start = content.find(b"<sheetData>")
    end = content.rfind(b"</sheetData>")
    if start < 0 or end < 0 or content.count(_END_OF_ROW) < LEAST:
        return None
    body = start + len(b"<sheetData>")
    for _ in range(_HEAD):
        at = content.find(_END_OF_ROW, body, end)
        if at < 0:
            return None
        body = at + len(_END_OF_ROW)
    if any(content.find(mark, body, end) >= 0 for mark in (b"<f", b"<ext")):
        return None
    return body, end


def _pieces(content: bytes, start: int, end: int) -> Iterator[str]:
    """Some megabytes of whole rows at a time."""
    while start < end:
        at = content.find(_END_OF_ROW, min(start + _PIECE, end), end)
        stop = end if at < 0 else at + len(_END_OF_ROW)
        yield content[start:stop].decode()
        start = stop


def _read(pieces: Iterable[str], strings: Sequence[str]) -> GrownRows | None:
    first = last = 0
    looks = seen = ""
    columns: dict[str, list[Value]] = {}
    styles: dict[str, str] = {}
    plain = sys.intern
    count = 0
    for number, attributes, text in _rows(pieces):
        if count and number != last + 1:
            return None
        first = first or number
        last = number
        if attributes != seen:
            seen, kept = attributes, _looks_of(attributes)
            if kept is None or (count and kept != looks):
                return None
            looks = kept
        if not count:
            for letters, style in _BLANK.findall(text):
                columns[letters], styles[letters] = [], style
        cells = _CELL.findall(text)
        if len(cells) != text.count("</c>"):
            return None
        for letters, style, kind, value, inline in cells:
            values = columns.get(letters)
            if values is None:
                values = columns[letters] = []
                styles[letters] = style
            elif styles[letters] != style:
                return None
            missing = count - len(values)
            if missing > 0:
                values.extend([None] * missing)
            elif missing:
                return None  # two cells with one address
            if not kind or kind == "n":
                values.append(float(value) if value else None)
            elif kind == "inlineStr":
                values.append(plain(inline if "&" not in inline and "_x" not in inline
                                    else _text(inline)))  # fmt: skip
            else:
                values.append(_typed(kind, value, strings))
        count += 1
    if count < LEAST - _HEAD:
        return None
    for values in columns.values():
        values.extend([None] * (count - len(values)))
    return GrownRows(
        first, last, first - 1, looks,
        {
            column_number(letters): GrownColumn(styles[letters] or None, None, values)
            for letters, values in columns.items()
        },
    )  # fmt: skip


def _rows(pieces: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Each row's number, its attributes and its cells; anything else is a ValueError."""
    for piece in pieces:
        *rows, rest = piece.split("</row>")
        if rest:
            raise ValueError("something behind the rows")
        for row in rows:
            head = _ROW.match(row)
            if head is None:
                raise ValueError("something between the rows")
            yield int(head[1]), head[2], row[head.end() :]


def _looks_of(attributes: str) -> str | None:
    """What makes a row look as it does; None where it is hidden, grouped or something else."""
    if _NO_LOOKS.sub("", _LOOKS.sub("", attributes)).strip():
        return None
    return "".join(f' {name}="{value}"' for name, value in _LOOKS.findall(attributes))


def _text(written: str) -> str:
    return unescape(unescaped(written))


def _typed(kind: str, value: str, strings: Sequence[str]) -> Value:
    if kind == "s":
        return strings[int(value)]
    if kind == "b":
        return value.strip() in ("1", "true")
    if kind == "e":
        return error_from_text(_text(value))
    if kind == "str":
        return sys.intern(_text(value))
    raise ValueError(kind)
