"""Exports as venues hand them out: packed in a zip or a tar file, or as an Excel workbook."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from addin.package import Package, PackageError
from addin.package.limits import limits, to_read_it
from workbook.journal.imports.events import FileLine, Problem
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.reading import (
    Options,
    Progress,
    Reading,
    content_of,
    decoded,
    file_bytes,
    read_lines,
    read_text,
)

_ZIP, _GZIP, _OLD_EXCEL = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_EMPTY_ZIP = b"PK\x05\x06"
_TAR_AT = slice(257, 262)
_WORKBOOK = "[Content_Types].xml"
_OURS = "journal"  # the table that tells a workbook of ours
_ENDINGS = frozenset({".csv", ".txt", ".tsv", ".json", ".xlsx", ".xlsm", ".zip", ".gz", ".tar"})
_DEEPEST = 2  # a zip file in a zip file, and no further


def read_exports(
    path: Path, options: Options | None = None, progress: Progress | None = None
) -> list[Reading]:
    """What a file says; a packed one may hold several, a workbook has sheets."""
    try:
        content = file_bytes(path)
    except BadCell as fault:
        return [_refused(path.name or str(path), fault)]
    readings = list(_read(path.name, content, options, progress, _DEEPEST))
    if len(readings) == 1 and not readings[0].problems:
        # Known again by its content; of several in one file each is looked at.
        return [replace(readings[0], content=content_of(path, options))]
    return readings


def _read(
    name: str, content: bytes, options: Options | None, progress: Progress | None, deep: int
) -> Iterator[Reading]:
    try:
        if content.startswith(_OLD_EXCEL):
            raise BadCell("this is an old .xls workbook: save the sheet as CSV UTF-8 or .xlsx")
        if content.startswith((_ZIP, _EMPTY_ZIP)):
            if _is_workbook(content):
                yield from _sheets(name, content, options, progress)
                return
            members = _unzipped(content)
        elif content.startswith(_GZIP) or content[_TAR_AT] == b"ustar":
            members = _unpacked(name, content)
        else:
            yield read_text(decoded(content), name, options, progress)
            return
        if not deep:
            raise BadCell("there is a packed file in a packed file: unpack it")
        if not members:
            raise BadCell("there is no CSV, JSON or Excel file in it: export again")
    except BadCell as fault:
        yield _refused(name, fault)
        return
    readings = [
        reading
        for member, inner in members
        for reading in _read(
            f"{name}/{member}" if member else name, inner, options, progress, deep - 1
        )
    ]
    yield from _known(readings, lambda one: one.file.endswith(".json"))  # settings, beside trades


def _refused(name: str, fault: Exception) -> Reading:
    return Reading(name, None, problems=(Problem(FileLine(name, 1), str(fault)),))


def _is_wanted(name: str) -> bool:
    """Whether a packed file may be an export; other programs pack files of their own beside it."""
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix.lower() in _ENDINGS


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _WORKBOOK in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _unzipped(content: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    room = _Room()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for info in packed.infolist():
                if info.is_dir() or not _is_wanted(info.filename):
                    continue
                if info.flag_bits & 1:
                    raise BadCell("the zip file has a password: unpack it first")
                with packed.open(info) as file:
                    found.append((info.filename, room.read(file)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError) as error:
        raise BadCell(f"the zip file is damaged ({error}): download it again") from None
    return found


def _unpacked(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The files in a tar file, packed or not; of a .gz alone the one file."""
    room = _Room()
    try:
        if content.startswith(_GZIP):
            with gzip.open(io.BytesIO(content)) as packed:
                content = room.read(packed)
            if content[_TAR_AT] != b"ustar":
                return [("", content)]
        found: list[tuple[str, bytes]] = []
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file is not None and _is_wanted(member.name):
                    found.append((member.name, room.read(file)))
        return found
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise BadCell(f"the packed file is damaged ({error}): download it again") from None


class _Room:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self._most = limits().text_bytes
        self._left = self._most

    def read(self, file: object) -> bytes:
        content: bytes = file.read(self._left + 1)  # type: ignore[attr-defined]
        self._left -= len(content)
        if self._left < 0:
            raise BadCell(
                f"it unpacks to more than {self._most // 2**20} MiB: split it by year, or"
                f" {to_read_it()}"
            )
        return content


def _sheets(
    name: str, content: bytes, options: Options | None, progress: Progress | None
) -> Iterator[Reading]:
    """The sheets of a workbook that are exports; what the others are is said of none of them."""
    try:
        package = Package.open(content)
        if any(name.casefold() == _OURS for name in package.tables):
            raise BadCell("this is a workbook of isomargin, no export: give the venue's file")
        if package.date1904:
            raise BadCell("its dates count from 1904: save the sheet as CSV UTF-8")
        tables = [(sheet, _lines(package, sheet)) for sheet in package.sheets]
    except PackageError as error:
        yield _refused(name, BadCell(f"the workbook cannot be read: {error}"))
        return
    except BadCell as fault:
        yield _refused(name, fault)
        return
    tables = [(sheet, lines) for sheet, lines in tables if lines]
    readings = [
        read_lines(lines, f"{name}/{sheet}" if len(tables) > 1 else name, options, progress)
        for sheet, lines in tables
    ]
    if not readings:
        yield Reading(name, None, notes=(f"{name}: the workbook is empty",))
    elif all(reading.export is None for reading in readings):
        yield max(readings, key=lambda reading: len(reading.problems[0].words))
    else:
        yield from _known(readings, lambda _: True)


def _known(readings: list[Reading], may_be_other: Callable[[Reading], bool]) -> Iterator[Reading]:
    """Those that are exports, with a note about what stands beside them and is none."""
    known = [one for one in readings if one.export is not None or not may_be_other(one)]
    if not known:
        yield from readings
        return
    notes = tuple(
        f"{one.file}: this is no known export and was not read"
        for one in readings
        if one.export is None and may_be_other(one)
    )
    yield replace(known[0], notes=(*known[0].notes, *notes))
    yield from known[1:]


def _lines(package: Package, sheet: str) -> list[tuple[int, list[str]]]:
    tab = package.sheet(sheet)
    rows: dict[int, dict[int, str]] = {}
    for row, column, element in tab.cells():
        value = tab.element_value(element)
        if value is not None and value != "":
            rows.setdefault(row, {})[column] = _written(value)
    return [
        (row, [cells.get(column, "") for column in range(1, max(cells) + 1)])
        for row, cells in sorted(rows.items())
    ]


def _written(value: object) -> str:
    """A cell as a CSV file would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
