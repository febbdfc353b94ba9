"""Wine's ucrtbase.dll with the real and imaginary parts of complex numbers, which NumPy asks for.

Wine 8 names these functions and stops the program that calls one. The copy made here has bodies
for them of a few bytes each.
"""

from __future__ import annotations

import struct
from pathlib import Path

WINE_LIBRARY = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/ucrtbase.dll")

# A float complex comes in a register, a double complex as an address ([x64 ABI]).
_LOW_HALF = bytes.fromhex("660f6ec1 c3")  # movd xmm0, ecx; ret
_HIGH_HALF = bytes.fromhex("48c1e920 660f6ec1 c3")  # shr rcx, 32; movd xmm0, ecx; ret
_FIRST = bytes.fromhex("f20f1001 c3")  # movsd xmm0, [rcx]; ret
_SECOND = bytes.fromhex("f20f104108 c3")  # movsd xmm0, [rcx + 8]; ret
BODIES = {
    b"crealf": _LOW_HALF,
    b"cimagf": _HIGH_HALF,
    b"creal": _FIRST,
    b"cimag": _SECOND,
    b"creall": _FIRST,
    b"cimagl": _SECOND,
}
# With this in it wine would take its own library in the file's place.
_BUILTIN = b"Wine builtin DLL"


def with_complex_parts(library: bytes) -> bytes:
    """The library with the functions in `BODIES`."""
    changed = bytearray(library)
    for name, place in _exports(library).items():
        if name in BODIES:
            changed[place : place + len(BODIES[name])] = BODIES[name]
    return bytes(changed).replace(_BUILTIN, bytes(len(_BUILTIN)))


def _exports(library: bytes) -> dict[bytes, int]:
    """Where each exported function's code is in the file, by name."""
    (header,) = struct.unpack_from("<I", library, 0x3C)
    sections, optional = struct.unpack_from("<H12xH", library, header + 6)
    table = header + 24 + optional

    def place(address: int) -> int:
        for at in range(sections):
            size, start, _, raw = struct.unpack_from("<4I", library, table + 40 * at + 8)
            if start <= address < start + size:
                return int(raw + address - start)
        raise ValueError(f"no section holds {address:#x}")

    (directory,) = struct.unpack_from("<I", library, header + 24 + 112)
    count, functions, names, ordinals = struct.unpack_from("<4I", library, place(directory) + 24)
    found = {}
    for at in range(count):
        (name,) = struct.unpack_from("<I", library, place(names) + 4 * at)
        (ordinal,) = struct.unpack_from("<H", library, place(ordinals) + 2 * at)
        (function,) = struct.unpack_from("<I", library, place(functions) + 4 * ordinal)
        start = place(name)
        text = library[start : library.index(b"\0", start)]
        if function:
            found[text] = place(function)
    return found
