"""The add-in's icon, drawn: a rising bar, a stop below it, a liquidation line below both."""

from __future__ import annotations

import struct
import zlib

# What manifests name (16 to 80), and what a listing in Microsoft's store asks for.
SIZES = (16, 20, 24, 32, 40, 48, 64, 80, 128, 300)

_INK = (27, 36, 48, 255)
_BAR = (46, 160, 103, 255)
_STOP = (230, 160, 30, 255)
_LIQUIDATION = (205, 60, 50, 255)

# Left, top, right, bottom in sixteenths.
_SHAPES = (
    (0, 0, 16, 16, _INK),
    (3, 6, 6, 10, _BAR),
    (7, 2, 10, 9, _BAR),
    (3, 11, 13, 12, _STOP),
    (3, 13, 13, 14, _LIQUIDATION),
    (11, 4, 13, 8, _BAR),
)


def icon(size: int) -> bytes:
    """The icon as a PNG of ``size`` by ``size`` pixels, the same bytes on every computer.

    >>> icon(16)[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    pixels = [[_INK] * size for _ in range(size)]
    for left, top, right, bottom, colour in _SHAPES:
        for row in range(top * size // 16, bottom * size // 16):
            for column in range(left * size // 16, right * size // 16):
                pixels[row][column] = colour
    raw = b"".join(b"\0" + b"".join(bytes(pixel) for pixel in row) for row in pixels)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    # Stored, not packed: how well zlib packs differs between its versions.
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(raw, 0)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
