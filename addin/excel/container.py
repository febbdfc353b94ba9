"""The container of a VBA project, brought to the form that the specifications ask of a writer.

Only the source text of the modules is ours to write. What Office keeps beside it (compiled code,
and a cache that is valid for one version of Office alone) is left out and said to be left out, so
that every Office compiles the source anew.
"""

from __future__ import annotations

import importlib
import struct

# Reserved1, a version that no Office has, Reserved2 and Reserved3 ([MS-OVBA] 2.3.4.1).
NO_CACHE = bytes.fromhex("cc61 ffff 00 0000")

# How a list of modules ends: its own terminator after that of the last module ([MS-OVBA] 2.3.4.2).
_LIST_END = bytes.fromhex("2b00 00000000 1000 00000000")

# Of the header ([MS-CFB] 2.2) and of an entry of the directory ([MS-CFB] 2.6.1).
_SECTOR_SHIFT, _DIRECTORY_START, _FAT_SECTORS = 30, 48, 76
_ENTRY, _KIND, _COLOUR = 128, 66, 67
_BLACK = 1
# No name, no brothers, no children, nothing else.
_UNUSED = bytes(68) + b"\xff" * 12 + bytes(48)
_LAST_SECTOR, _NO_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF


def finished(project: bytes) -> bytes:
    """A vbaProject.bin without cache, its directory coloured as a reader may expect it."""
    container = importlib.import_module("pyopenvba.cfb").CFB.from_bytes(project)
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    listed = container.get_stream_in_storage("VBA", "dir")
    container.write_stream_in_storage("VBA", "dir", _ended_once(listed))
    return _clean_directory(container.to_bytes())


def _ended_once(listed: bytes) -> bytes:
    """The list of modules without the four bytes too many that pyOpenVBA ends it with."""
    vba = importlib.import_module("pyopenvba.vba")
    content = vba.decompress(listed)
    if content.endswith(_LIST_END + bytes(4)):
        content = content[:-4]
    packed: bytes = vba.compress(content)
    return packed


def _clean_directory(container: bytes) -> bytes:
    """Entries in use all black, those not in use blank.

    [MS-CFB] 2.6.4 allows a tree that is black throughout, and never two reds in a row.
    """
    cleaned = bytearray(container)
    for at in _directory_entries(container):
        if cleaned[at + _KIND]:
            cleaned[at + _COLOUR] = _BLACK
        else:
            cleaned[at : at + _ENTRY] = _UNUSED
    return bytes(cleaned)


def _directory_entries(container: bytes) -> list[int]:
    """Where the directory's entries start."""
    size = 1 << struct.unpack_from("<H", container, _SECTOR_SHIFT)[0]
    listed = struct.unpack_from("<109I", container, _FAT_SECTORS)
    next_sector: list[int] = []
    for sector in listed:
        if sector != _NO_SECTOR:
            next_sector += struct.unpack_from(f"<{size // 4}I", container, (sector + 1) * size)
    found: list[int] = []
    sector = struct.unpack_from("<I", container, _DIRECTORY_START)[0]
    while sector != _LAST_SECTOR:
        found += range((sector + 1) * size, (sector + 2) * size, _ENTRY)
        sector = next_sector[sector]
    return found
