"""A file or its text, from its table to events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from addin.package.bounded_read import read_bounded
from addin.package.limits import limits, to_read_it
from udfs.version import __version__
from workbook.journal.imports.events import Event, FileLine, Fill, Problem
from workbook.journal.imports.parsing import BadCell
from workbook.journal.imports.reading.layout import Layout, layout_of
from workbook.journal.imports.reading.open_file import OpenFile
from workbook.journal.imports.reading.options import Options
from workbook.journal.imports.reading.result import Findings, Reading
from workbook.journal.imports.reading.rows import Rows
from workbook.journal.imports.reading.table import Refused, Table, table_of, too_many_rows
from workbook.journal.imports.reading.times import Line, Times
from workbook.journal.imports.venues.base import LeftOut

# Told how many rows are done, of how many.
Progress: TypeAlias = Callable[[int, int], None]

_STEP = 1000  # rows between two calls of the progress callback


def read_file(
    path: Path, options: Options | None = None, progress: Progress | None = None
) -> Reading:
    """The events of one exported CSV file."""
    try:
        text = decoded(file_bytes(path))
    except BadCell as fault:
        return Reading(path.name, None, problems=(Problem(FileLine(path.name, 1), str(fault)),))
    reading = read_text(text, path.name, options, progress)
    return replace(reading, content=content_of(path, options))


def content_of(path: Path, options: Options | None = None) -> str:
    """What tells a file again whose every event is known; "" where it cannot be read."""
    try:
        content = read_bounded(path, limits().text_bytes)
    except OSError:
        return ""
    if content is None:
        return ""
    said = f"{__version__}|{path.name}|{options or Options()}".encode()
    return hashlib.sha256(said + b"\0" + content).hexdigest()[:32]


def read_text(
    text: str, file: str, options: Options | None = None, progress: Progress | None = None
) -> Reading:
    """The events of an exported CSV text; ``file`` is its name in messages."""
    try:
        table = table_of(text, file)
    except Refused as refused:
        return Reading(file, None, problems=(refused.problem,))
    return _read_table(table, options or Options(), progress)


def read_lines(
    lines: Sequence[tuple[int, list[str]]],
    file: str,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Reading:
    """The same of lines that are cells already, with their numbers, as a sheet has them."""
    most = limits().fills
    if len(lines) > most:
        return Reading(file, None, problems=(too_many_rows(file, lines[most][0]).problem,))
    return _read_table(Table(file, ",", lines), options or Options(), progress)


def _read_table(table: Table, options: Options, progress: Progress | None) -> Reading:
    file = table.file
    if not table.lines:
        return Reading(file, None, notes=(f"{file}: the file is empty",))
    try:
        return _read(layout_of(table, options), table, options, progress)
    except Refused as refused:
        return Reading(file, None, problems=(refused.problem,))


def file_bytes(path: Path) -> bytes:
    """What a file holds; `BadCell` says why it cannot be had."""
    try:
        most = limits().text_bytes
        content = read_bounded(path, most)
        if content is None:
            raise BadCell(
                f"the file is larger than {most // 2**20} MiB: split it by year, or {to_read_it()}"
            )
    except FileNotFoundError:
        raise BadCell("there is no such file: check the name") from None
    except IsADirectoryError:
        raise BadCell("this is a folder: give the files in it") from None
    except OSError as error:
        raise BadCell(f"the file cannot be read: {error.strerror or error}") from None
    return content


def decoded(content: bytes) -> str:
    """The text of an export; `BadCell` where it is none."""
    encoding = "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in content[:200]:  # UTF-16 whose mark got lost
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadCell("the file is not text in UTF-8: save it as CSV UTF-8") from None


def _read(layout: Layout, table: Table, options: Options, progress: Progress | None) -> Reading:
    """Every row, or the problems."""
    name, export, findings = table.file, layout.export(), Findings(table.file)
    file = OpenFile(table, layout, export, options, findings)
    rows = Rows(file).read()
    times = Times(file)
    lines = times.placed(rows)
    events: list[Event] = []
    if not findings.unsettled:  # all bad rows are told at once
        export.settle(rows)
        events = _events(file, lines, progress)
    if findings.problems:
        problems = sorted(findings.problems, key=lambda problem: problem.place.line)
        return Reading(name, layout.export, problems=tuple(problems))
    notes = findings.notes
    untold = [one for one in events if isinstance(one, Fill) and not one.fee_told]
    if untold:
        notes.append(
            f"{name}: {len(untold)} fill(s) have no fee written, the first in line"
            f" {min(one.place.line for one in untold)}: it is not taken as 0, and stays blank"
            " until an export tells it (write 0 where there was none)"
        )
    if layout.unknown and not export.strict:
        notes.append(
            f"{name}: columns that the {export.name} did not have when it was described were not"
            f" read: {', '.join(layout.unknown)}"
        )
    return Reading(
        name,
        layout.export,
        tuple(events),
        rows=len(table.lines) - layout.header_at - 1,
        skipped=findings.skipped,
        zone_told=times.zone_told,
        notes=tuple(notes),
    )


def _events(file: OpenFile, lines: Sequence[Line], progress: Progress | None) -> list[Event]:
    events: list[Event] = []
    total = len(lines)
    for done, line in enumerate(lines):
        if progress and done % _STEP == 0:
            progress(done, total)
        row = line.row
        try:
            found = file.export.read(row)
        except BadCell as fault:
            file.findings.problem(row.place.line, str(fault))
            continue
        except LeftOut as why:
            file.findings.skip(str(why), row.place.line)
            continue
        if found is None:
            continue
        if isinstance(found, Iterable):
            events.extend(found)
        else:
            events.append(found)
    if progress:
        progress(total, total)
    return events
