"""A strict reader of compound files ([MS-CFB]): what a lenient one would let pass is a fault.

Written from the specification, with nothing of the library that writes our files.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cached_property

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NOBODY = 0xFFFFFFFF
RED, BLACK = 0, 1
STORAGE, STREAM, ROOT = 1, 2, 5
CUTOFF = 4096


@dataclass(frozen=True)
class Entry:
    """One entry of the directory."""

    at: int
    name: str
    kind: int
    colour: int
    left: int
    right: int
    child: int
    start: int
    size: int
    rest_is_zero: bool


@dataclass
class CompoundFile:
    """A compound file of version 3, and what is wrong with it."""

    data: bytes
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._used: dict[int, str] = {}
        self._read_header()
        self._fat = self._read_fat()
        directory = self._chain(self._directory_start, "the directory")
        self.entries = self._read_entries(b"".join(map(self._sector, directory)))
        self._read_mini()
        self.streams: dict[str, bytes] = {}
        self._storage(self.entries[0], "")
        self._look_for_orphans()

    def _fault(self, words: str) -> None:
        self.faults.append(words)

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * 512 : (number + 2) * 512]

    @cached_property
    def _sectors(self) -> int:
        return len(self.data) // 512 - 1

    def _read_header(self) -> None:
        head = self.data[:512]
        if head[:8] != SIGNATURE or any(head[8:24]):
            self._fault("signature or class id")
        if struct.unpack_from("<HHHHH", head, 24) != (0x3E, 3, 0xFFFE, 9, 6) or any(head[34:40]):
            self._fault("version, byte order or sector size")
        if len(self.data) % 512:
            self._fault("the file does not end with a sector")
        numbers = struct.unpack_from("<9I", head, 40)
        (directories, self._fat_count, self._directory_start, transaction, cutoff) = numbers[:5]
        (self._mini_start, self._mini_count, more_start, more) = numbers[5:]
        if directories or transaction or cutoff != CUTOFF:
            self._fault("header: directory count, transaction or cutoff")
        if more or more_start != END:
            self._fault("more than 109 sectors of the table, in a file so small")

    def _read_fat(self) -> list[int]:
        listed = [n for n in struct.unpack_from("<109I", self.data, 76) if n != FREE]
        if len(listed) != self._fat_count:
            self._fault("sectors of the table: another count than in the header")
        table: list[int] = []
        for number in listed:
            table += struct.unpack("<128I", self._sector(number))
        for number in listed:
            self._used[number] = "the table"
            if table[number] != FAT_SECTOR:
                self._fault(f"sector {number} of the table is not marked as such")
        if any(entry != FREE for entry in table[self._sectors :]):
            self._fault("the table goes on beyond the file")
        return table

    def _chain(self, sector: int, whose: str) -> list[int]:
        found: list[int] = []
        while sector != END:
            if sector >= self._sectors:
                self._fault(f"{whose}: sector {sector} is outside")
                break
            if sector in self._used:
                self._fault(f"{whose}: sector {sector} belongs to {self._used[sector]}")
                break
            self._used[sector] = whose
            found.append(sector)
            sector = self._fat[sector]
        return found

    def _read_entries(self, directory: bytes) -> list[Entry]:
        found = []
        for at in range(len(directory) // 128):
            raw = directory[at * 128 : (at + 1) * 128]
            length, kind, colour = struct.unpack_from("<HBB", raw, 64)
            left, right, child = struct.unpack_from("<3I", raw, 68)
            start, size = struct.unpack_from("<IQ", raw, 116)
            name = raw[: max(length - 2, 0)].decode("utf-16-le")
            rest_is_zero = not any(raw[80:116])
            if kind and (not 4 <= length <= 64 or any(raw[length - 2 : 64])):
                self._fault(f"{name}: name not ended or not padded")
            blank = not any(raw[:68]) and not any(raw[80:])
            if not kind and (not blank or (left, right, child) != (NOBODY,) * 3):
                self._fault(f"entry {at} is unused and not blank")
            found.append(
                Entry(at, name, kind, colour, left, right, child, start, size, rest_is_zero)
            )
        if found[0].kind != ROOT or found[0].name != "Root Entry":
            self._fault("no root entry")
        if found[0].colour != BLACK:
            self._fault("the root entry is red")
        return found

    def _read_mini(self) -> None:
        root = self.entries[0]
        content = self._chain(root.start, "the mini stream") if root.size else []
        self._mini = b"".join(map(self._sector, content))
        table = self._chain(self._mini_start, "the mini table") if self._mini_count else []
        if len(table) != self._mini_count or len(self._mini) < root.size:
            self._fault("the mini stream or its table is short")
        self._mini_fat: list[int] = []
        for number in table:
            self._mini_fat += struct.unpack("<128I", self._sector(number))
        self._mini_used: set[int] = set()
        self._seen = {0}

    def _storage(self, owner: Entry, path: str) -> None:
        heights: set[int] = set()
        children = self._subtree(owner.child, None, None, False, 0, heights)
        if owner.child != NOBODY and self.entries[owner.child].colour == RED:
            self._fault(f"{owner.name}: the top of its tree is red")
        colours = {entry.colour for entry in children}
        if len(heights) > 1 and colours != {BLACK}:
            self._fault(f"{owner.name}: its tree is neither balanced nor all black")
        for entry in children:
            if entry.kind == STORAGE:
                self._storage(entry, f"{path}{entry.name}/")
            else:
                self._stream(entry, path)

    def _subtree(
        self,
        at: int,
        low: Entry | None,
        high: Entry | None,
        under_red: bool,
        height: int,
        heights: set[int],
    ) -> list[Entry]:
        if at == NOBODY:
            heights.add(height)
            return []
        if at in self._seen:
            self._fault(f"entry {at} is reached twice")
            return []
        self._seen.add(at)
        entry = self.entries[at]
        if (low and not _key(low) < _key(entry)) or (high and not _key(entry) < _key(high)):
            self._fault(f"{entry.name}: out of order")
        red = entry.colour == RED
        if red and under_red:
            self._fault(f"{entry.name}: red under red")
        deeper = height + (not red)
        return [
            *self._subtree(entry.left, low, entry, red, deeper, heights),
            entry,
            *self._subtree(entry.right, entry, high, red, deeper, heights),
        ]

    def _stream(self, entry: Entry, path: str) -> None:
        if entry.kind != STREAM or entry.child != NOBODY or not entry.rest_is_zero:
            self._fault(f"{entry.name}: no plain stream")
        if entry.size >= CUTOFF:
            sectors = self._chain(entry.start, entry.name)
            content = b"".join(map(self._sector, sectors))
            if len(sectors) != -(-entry.size // 512):
                self._fault(f"{entry.name}: {len(sectors)} sectors for {entry.size} bytes")
        else:
            content = self._mini_stream(entry)
        self.streams[path + entry.name] = content[: entry.size]

    def _mini_stream(self, entry: Entry) -> bytes:
        found = bytearray()
        sector = entry.start if entry.size else END
        while sector != END:
            if sector >= len(self._mini_fat) or sector in self._mini_used:
                self._fault(f"{entry.name}: mini sector {sector} is outside or used twice")
                break
            self._mini_used.add(sector)
            found += self._mini[sector * 64 : (sector + 1) * 64]
            sector = self._mini_fat[sector]
        if len(found) != -(-entry.size // 64) * 64:
            self._fault(f"{entry.name}: {len(found)} bytes of mini sectors for {entry.size}")
        return bytes(found)

    def _look_for_orphans(self) -> None:
        for entry in self.entries:
            if entry.kind and entry.at not in self._seen:
                self._fault(f"{entry.name}: in no storage")
        for sector in range(self._sectors):
            if sector not in self._used and self._fat[sector] != FREE:
                self._fault(f"sector {sector} is taken by nobody")


def _key(entry: Entry) -> tuple[int, str]:
    return len(entry.name), entry.name.upper()
