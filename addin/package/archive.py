"""The zip file of a workbook: parts not replaced are written back as the very bytes they were."""

from __future__ import annotations

import importlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import NamedTuple, TypeAlias

from addin.package.errors import PackageError
from addin.package.limits import Limits, to_read_it
from addin.package.limits import limits as limits_that_hold

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DATA_DESCRIPTOR = 0x08  # flag: sizes stand behind the data; ours always stand before it
_ENCRYPTED = 0x01
_ZIP64 = 0x0001  # kind of extra field
_LEVEL = 6
# For long parts: a third of the time, for a file that is a quarter larger.
_QUICK = 1
_LONG = 8 * 2**20  # unpacked
_CHUNK = 2**21
# What Python's own reader raises for a broken or odd zip file.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


# A part's content, or what gives it in pieces.
Content: TypeAlias = bytes | Callable[[], Iterable[bytes]]


class _Entry(NamedTuple):
    """One file of the zip: its directory fields, and its bytes as packed."""

    name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    size: int
    packed: Sequence[bytes]  # in pieces
    extra: bytes
    comment: bytes
    version_made: int
    version_needed: int
    internal: int
    external: int


class Archive:
    """The parts of a workbook, in the order in which the file has them."""

    def __init__(self, data: bytes, limits: Limits | None = None) -> None:
        self.limits = limits = limits or limits_that_hold()
        _refuse_other_formats(data, limits)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except _BROKEN as error:
            raise PackageError(
                "the file is damaged: its zip directory cannot be read. Use another copy."
            ) from error
        _refuse_bombs(infos, limits)
        self._data = data
        self._infos = {info.filename: info for info in infos}
        self._replaced: dict[str, Content] = {}
        self._removed: set[str] = set()
        self._long: set[str] = set()
        self._marks: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        """The part names, in file order."""
        new = [name for name in self._replaced if name not in self._infos]
        return [name for name in self._infos if name not in self._removed] + new

    def __contains__(self, name: object) -> bool:
        return name not in self._removed and (name in self._infos or name in self._replaced)

    def read(self, name: str, *, kept: bool = True) -> bytes:
        """One part, unpacked; not ``kept`` where it is read row by row, without a tree."""
        if name in self._replaced:
            return b"".join(_pieces(self._replaced[name]))
        if name not in self:
            raise PackageError(f"the workbook lacks its part {name}: use another copy.")
        if self.is_long(name):
            raise _bomb(list(self._infos.values()), self.limits)
        try:
            content = self._zip.read(name)
        except _BROKEN as error:
            raise _damaged(name) from error
        if kept:
            self.count(name, content)
        return content

    def size(self, name: str) -> int:
        """How many bytes a part of the file has, unpacked; 0 where it is another by now."""
        return 0 if name in self._replaced or name not in self else self._infos[name].file_size

    def is_long(self, name: str) -> bool:
        """Whether a part is so long that it is read in `chunks` only."""
        return self.size(name) > self.limits.part_bytes

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part of the file, unpacked piece by piece."""
        try:
            with self._zip.open(name) as part:
                while piece := part.read(_CHUNK):
                    yield piece
        except _BROKEN as error:
            raise _damaged(name) from error

    def count(self, name: str, content: bytes) -> None:
        """Take in how much of a part becomes a tree; too much in all is refused."""
        self._marks[name] = content.count(b"<") + content.count(b"=")
        marks = sum(self._marks.values())
        if marks > self.limits.marks:
            raise PackageError(
                f"the workbook is too long: about {marks // 10:,} cells or more; at most"
                f" {self.limits.marks // 10:,} are read: split it, or {to_read_it()}."
            )

    def replace(self, name: str, content: Content, *, long: bool = False) -> None:
        """Give a part other content; a new one goes to the end of the file.

        What comes in pieces is asked for them whenever it is needed, and never held as a whole.
        A `long` part is packed quickly rather than well.
        """
        self._replaced[name] = content
        if long:
            self._long.add(name)
        self._removed.discard(name)

    def remove(self, name: str) -> None:
        """Leave a part out."""
        self._replaced.pop(name, None)
        self._removed.add(name)

    def to_bytes(self) -> bytes:
        """The zip file. The same parts give the same bytes."""
        return b"".join(self.pieces())

    def pieces(self, *, quick: bool = False) -> Iterator[bytes]:
        """The zip file piece by piece: no more than one part is in memory.

        In a `quick` one all parts are packed as the long ones are, where Intel's deflate is there.
        """
        if not self._replaced and not self._removed:
            yield self._data
            return
        directory = []
        at = 0
        for entry in self._entries(quick=quick):
            directory.append(_central_header(entry, at))
            for piece in (_local_header(entry), *entry.packed):
                at += len(piece)
                yield piece
        length = sum(map(len, directory))
        comment = self._zip.comment
        count = len(directory)
        yield from directory
        yield _END.pack(b"PK\5\6", 0, 0, count, count, length, at, len(comment)) + comment

    def _entries(self, *, quick: bool) -> Iterator[_Entry]:
        for name in self.names:
            info = self._infos.get(name)
            if name not in self._replaced:
                assert info is not None
                yield _entry(info, [self._packed(info)])
                continue
            if info is None:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
            long = name in self._long or info.file_size > _LONG
            yield _packed(info, self._replaced[name], quick=quick, long=long)

    def _packed(self, info: zipfile.ZipInfo) -> bytes:
        """The packed bytes as they stand in the file."""
        start = info.header_offset
        header = self._data[start : start + _LOCAL.size]
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            raise PackageError("the file is damaged: its zip directory is wrong.")
        name_length, extra_length = struct.unpack_from("<2H", header, 26)
        start += _LOCAL.size + name_length + extra_length
        return self._data[start : start + info.compress_size]


def _refuse_other_formats(data: bytes, limits: Limits) -> None:
    if len(data) > limits.file_bytes:
        raise PackageError(
            f"the file is too large ({_mib(len(data))} MiB; at most {_mib(limits.file_bytes)} MiB):"
            f" {to_read_it(len(data) / limits.file_bytes)}."
        )
    if data.startswith(_OLE):
        # Both the old .xls and a password-protected .xlsx come in this wrapping.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise PackageError(
                "the workbook is protected with a password to open: save it without one first."
            )
        raise PackageError(
            "this is an old .xls workbook: save it as .xlsx in your spreadsheet program first."
        )
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise PackageError("this is no .xlsx or .xlsm workbook: choose a workbook file.")


def _refuse_bombs(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.parts:
        raise PackageError(
            f"the workbook has {len(infos)} parts; at most {limits.parts} are read:"
            f" {to_read_it(len(infos) / limits.parts)}."
        )
    if len({info.filename for info in infos}) < len(infos):
        raise PackageError("the file is damaged: it has two parts of one name.")
    total = sum(info.file_size for info in infos if info.file_size <= limits.part_bytes)
    if total > limits.total_bytes:
        raise PackageError(
            f"the workbook would unpack to {_mib(total)} MiB;"
            f" at most {_mib(limits.total_bytes)} MiB are read:"
            f" {to_read_it(total / limits.total_bytes)}."
        )
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise PackageError("the zip file is encrypted: save the workbook without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError(f"the part {info.filename} is packed in a way workbooks are not.")
    long = [info for info in infos if info.file_size > limits.part_bytes]
    # A long sheet may be read piece by piece, if its rows are such.
    unread = any("worksheets/" not in info.filename for info in long)
    too_long = sum(info.file_size for info in long) > limits.rows_bytes
    if unread or too_long or any(_packs_too_well(info, limits) > 1 for info in infos):
        raise _bomb(infos, limits)


def _bomb(infos: list[zipfile.ZipInfo], limits: Limits) -> PackageError:
    """The refusal of the worst part, so that what is advised is enough for all of them."""

    def times(info: zipfile.ZipInfo) -> float:
        return max(info.file_size / limits.part_bytes, _packs_too_well(info, limits))

    worst = max(infos, key=times)
    return PackageError(
        f"the part {worst.filename} would unpack to {_mib(worst.file_size)} MiB from"
        f" {_mib(worst.compress_size)} MiB: this looks like a zip bomb and is not"
        f" read; if it is none, {to_read_it(times(worst))}."
    )


def _packs_too_well(info: zipfile.ZipInfo, limits: Limits) -> float:
    """How many times the limits a part needs by how well it packs."""
    well = info.file_size / (limits.ratio * max(info.compress_size, 1))
    return min(well, info.file_size / limits.ratio_from_bytes)


def _damaged(name: str) -> PackageError:
    return PackageError(
        f"the file is damaged: its part {name} cannot be unpacked. Use another copy."
    )


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f}".removesuffix(".0")


def _pieces(content: Content) -> Iterable[bytes]:
    return [content] if isinstance(content, bytes) else content()


def _packed(info: zipfile.ZipInfo, content: Content, *, quick: bool, long: bool) -> _Entry:
    """A part's bytes as the zip file holds them."""
    packer, deflate = None, _quick_deflate() if quick or long else zlib
    level = _QUICK if long or deflate is not zlib else _LEVEL
    if info.compress_type != zipfile.ZIP_STORED:
        packer = deflate.compressobj(level, zlib.DEFLATED, -15)
    packed, crc, size = [], 0, 0
    for piece in _pieces(content):
        crc, size = deflate.crc32(piece, crc), size + len(piece)
        packed.append(piece if packer is None else packer.compress(piece))
    if packer is not None:
        packed.append(packer.flush())
    return _entry(info, packed, crc, size)


def _quick_deflate() -> ModuleType:
    """Intel's deflate, where it is there: a quarter of the time, for a file no longer."""
    try:
        return importlib.import_module("isal.isal_zlib")
    except ImportError:
        return zlib


def _entry(
    info: zipfile.ZipInfo, packed: Sequence[bytes], crc: int | None = None, size: int | None = None
) -> _Entry:
    year, month, day, hour, minute, second = info.date_time
    utf8 = not info.filename.isascii()
    return _Entry(
        name=info.filename.encode("utf-8"),
        flags=(info.flag_bits & ~_DATA_DESCRIPTOR) | (0x800 if utf8 else 0),
        method=info.compress_type,
        time=hour << 11 | minute << 5 | second // 2,
        date=max(year - 1980, 0) << 9 | month << 5 | day,
        crc=info.CRC if crc is None else crc,
        size=info.file_size if size is None else size,
        packed=packed,
        extra=_without_zip64(info.extra),
        comment=info.comment,
        version_made=info.create_system << 8 | info.create_version,
        version_needed=info.extract_version,
        internal=info.internal_attr,
        external=info.external_attr,
    )


def _without_zip64(extra: bytes) -> bytes:
    """Extra fields but for the long sizes, which are never needed here and would be wrong."""
    kept = b""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != _ZIP64:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept


def _local_header(entry: _Entry) -> bytes:
    return _LOCAL.pack(b"PK\3\4", *_in_both_headers(entry)) + entry.name + entry.extra


def _central_header(entry: _Entry, offset: int) -> bytes:
    fixed = _CENTRAL.pack(
        b"PK\1\2",
        entry.version_made,
        *_in_both_headers(entry),
        len(entry.comment),
        0,
        entry.internal,
        entry.external,
        offset,
    )
    return fixed + entry.name + entry.extra + entry.comment


def _in_both_headers(entry: _Entry) -> tuple[int, ...]:
    return (
        entry.version_needed,
        entry.flags,
        entry.method,
        entry.time,
        entry.date,
        entry.crc,
        sum(map(len, entry.packed)),
        entry.size,
        len(entry.name),
        len(entry.extra),
    )
