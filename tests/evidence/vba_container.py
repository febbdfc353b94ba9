"""What the specification of VBA projects ([MS-OVBA]) asks of a writer, looked for in the bytes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from tests.evidence.compound_file import CompoundFile

# Records of the dir stream.
_VERSION, _MODULES, _PROJECT_COOKIE = 0x0009, 0x000F, 0x0013
_MODULE_NAME, _MODULE_OFFSET, _MODULE_COOKIE = 0x0019, 0x0031, 0x002C
_MODULE_END, _TERMINATOR = 0x002B, 0x0010
_STREAMS = {"PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir"}


def faults(project: bytes) -> list[str]:
    """What is wrong with a vbaProject.bin; nothing for a sound one."""
    container = CompoundFile(project)
    try:
        return [*container.faults, *_faults_of_project(container.streams)]
    except (KeyError, ValueError, struct.error):
        return container.faults or ["it cannot be read"]


def sources(project: bytes) -> dict[str, str]:
    """The text of each module, by name."""
    streams = CompoundFile(project).streams
    return {
        name: decompressed(streams[f"VBA/{name}"][offset:]).decode("cp1252")
        for name, offset, _ in modules(streams)
    }


def _faults_of_project(streams: dict[str, bytes]) -> Iterator[str]:
    cache = streams["VBA/_VBA_PROJECT"]
    if len(cache) != 7:
        yield f"_VBA_PROJECT has {len(cache)} bytes: 7 is all that may be written"
    if cache[:5] != bytes.fromhex("cc61ffff00"):
        yield f"_VBA_PROJECT starts with {cache[:5].hex()}: its version has to be ffff"
    listed = list(modules(streams))
    for name, offset, cookie in listed:
        if offset:
            yield f"{name}: {offset} bytes of compiled code"
        if cookie != 0xFFFF:
            yield f"{name}: cookie {cookie:04x}"
        text = decompressed(streams[f"VBA/{name}"][offset:])
        alone = len(re.findall(rb"(?<!\r)\n|\r(?!\n)", text))
        if alone:
            yield f"{name}: {alone} line ends that are not CR LF"
    directory = decompressed(streams["VBA/dir"])
    if directory[-12:] != struct.pack("<HIHI", _MODULE_END, 0, _TERMINATOR, 0):
        yield "the list of modules does not end with its terminator"
    if struct.pack("<HIH", _PROJECT_COOKIE, 2, 0xFFFF) not in directory:
        yield "the project's cookie"
    more = set(streams) - _STREAMS - {f"VBA/{name}" for name, _, _ in listed}
    if more:
        yield f"streams of nobody: {', '.join(sorted(more))}"


def modules(streams: dict[str, bytes]) -> Iterator[tuple[str, int, int]]:
    """Name, length of the compiled code and cookie of each module."""
    name, offset, cookie = "", 0, 0
    for record, content in records(decompressed(streams["VBA/dir"])):
        if record == _MODULE_NAME:
            name = content.decode("cp1252")
        elif record == _MODULE_OFFSET:
            (offset,) = struct.unpack("<I", content)
        elif record == _MODULE_COOKIE:
            (cookie,) = struct.unpack("<H", content)
        elif record == _MODULE_END:
            yield name, offset, cookie


def records(directory: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a dir stream."""
    at = 0
    while at + 6 <= len(directory):
        record, size = struct.unpack_from("<HI", directory, at)
        size = 6 if record == _VERSION else size  # this one says 4 and has 6
        yield record, directory[at + 6 : at + 6 + size]
        at += 6 + size


def decompressed(container: bytes) -> bytes:
    """A compressed container's content ([MS-OVBA] 2.4.1.3)."""
    if container[:1] != b"\1":
        raise ValueError("no compressed container")
    found = bytearray()
    at = 1
    while at < len(container):
        (header,) = struct.unpack_from("<H", container, at)
        end = at + (header & 0x0FFF) + 3
        if header >> 12 & 0b111 != 0b011:
            raise ValueError("no chunk")
        if header & 0x8000:
            _decompress_chunk(container[at + 2 : end], found)
        else:
            found += container[at + 2 : end]
        at = end
    return bytes(found)


def _decompress_chunk(chunk: bytes, found: bytearray) -> None:
    start, at = len(found), 0
    while at < len(chunk):
        flags = chunk[at]
        at += 1
        for bit in range(8):
            if at >= len(chunk):
                return
            if not flags >> bit & 1:
                found.append(chunk[at])
                at += 1
                continue
            (token,) = struct.unpack_from("<H", chunk, at)
            at += 2
            bits = max((len(found) - start - 1).bit_length(), 4)
            length = (token & (0xFFFF >> bits)) + 3
            offset = (token >> (16 - bits)) + 1
            for _ in range(length):
                found.append(found[-offset])
