"""Wine's ucrtbase.dll with what NumPy asks for of complex numbers: parts, exponential, argument.

Wine 8 names these functions and stops the program that calls one. The copy made here has bodies
for them.
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
# cexp(x + iy) = exp(x) (cos(y) + i sin(y)): rcx says where it goes, rdx where the argument is.
# A name stands for a call of the library's own function.
_EXPONENTIAL: tuple[bytes, ...] = (
    bytes.fromhex("53 56 4883ec28"),  # push rbx; push rsi; sub rsp, 40
    bytes.fromhex("4889cb 4889d6"),  # mov rbx, rcx; mov rsi, rdx
    bytes.fromhex("f20f1002"), b"exp",  # movsd xmm0, [rdx]
    bytes.fromhex("f20f1103"),  # movsd [rbx], xmm0
    bytes.fromhex("f20f104608"), b"sin",  # movsd xmm0, [rsi + 8]
    bytes.fromhex("f20f5903 f20f114308"),  # mulsd xmm0, [rbx]; movsd [rbx + 8], xmm0
    bytes.fromhex("f20f104608"), b"cos",
    bytes.fromhex("f20f5903 f20f1103"),  # mulsd xmm0, [rbx]; movsd [rbx], xmm0
    bytes.fromhex("4889d8 4883c428 5e 5b c3"),  # mov rax, rbx; add rsp, 40; pop rsi; pop rbx; ret
)  # fmt: skip
# Of cexp, cexpf and cexpl, whose places lie side by side; NumPy asks for the first alone.
_ROOM = 72
# The argument and the modulus: the parts in the order that another function takes them, and over to
# that one.
_PASSED_ON = {
    b"carg": (bytes.fromhex("f20f1009 f20f104108"), b"atan2"),  # xmm1, [rcx]; xmm0, [rcx + 8]
    b"cabs": (bytes.fromhex("f20f1001 f20f104908"), b"hypot"),  # xmm0, [rcx]; xmm1, [rcx + 8]
}
# With this in it wine would take its own library in the file's place.
_BUILTIN = b"Wine builtin DLL"


def with_complex_parts(library: bytes) -> bytes:
    """The library with the functions in `BODIES`, ``cexp``, ``carg`` and ``cabs``."""
    changed = bytearray(library)
    exports = _exports(library)
    at = exports[b"cexp"]
    if exports[b"cimag"] - at < _ROOM:
        raise ValueError("another wine than 8.0: cexp has no room")
    changed[at : at + _ROOM] = _body(_EXPONENTIAL, at, exports)
    for name, (loads, other) in _PASSED_ON.items():
        at = exports[name]
        jump = b"\xe9" + struct.pack("<i", exports[other] - (at + len(loads) + 5))
        changed[at : at + len(loads) + 5] = loads + jump
    for name, place in exports.items():
        if name in BODIES:
            changed[place : place + len(BODIES[name])] = BODIES[name]
    return bytes(changed).replace(_BUILTIN, bytes(len(_BUILTIN)))


def _body(parts: tuple[bytes, ...], start: int, exports: dict[bytes, int]) -> bytes:
    """Machine code that starts at a place of the file, its calls filled in."""
    code = b""
    for part in parts:
        if part in exports:  # a call counts from its own end
            part = b"\xe8" + struct.pack("<i", exports[part] - (start + len(code) + 5))
        code += part
    return code


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
