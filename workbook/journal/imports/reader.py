"""Reading a venue's export: its kind found by its columns, its rows as events.

All or nothing: a file with a single row that cannot be read gives problems and no events, so that
no journal is ever made of half a file. Rows that are none of ours are counted, by the reason.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from addin.package.bounded_read import read_bounded
from addin.package.limits import limits, to_read_it
from udfs.version import __version__
from workbook.journal.imports.events import Event, FileLine, Fill, Problem
from workbook.journal.imports.json_table import json_lines, looks_like_json
from workbook.journal.imports.parsing import (
    BadCell,
    NumberForm,
    WrittenTime,
    local_time,
    moment,
    number,
    settle_number_form,
    without_unit,
    without_zone,
    zone_in,
)
from workbook.journal.imports.venues import EXPORTS
from workbook.journal.imports.venues.base import Export, LeftOut, Row, bare_cells

# Told how many rows are done, of how many.
Progress: TypeAlias = Callable[[int, int], None]
Zone: TypeAlias = dt.timedelta | ZoneInfo

_HEADER_WITHIN = 40  # lines; some exports begin with lines about the account
_STEP = 1000  # rows between two calls of the progress callback
_NOTHING_THERE = re.compile(
    r"no\b.*\b(data|records?|results?|match\w*|history|trades|orders)\b", re.IGNORECASE
)
# What people export instead, by columns that tell it.
_OTHER_KINDS: Sequence[tuple[str, frozenset[str]]] = (
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"date", "pair", "side", "price", "executed", "amount", "fee"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"date", "market", "type", "price", "amount", "total", "fee", "fee coin"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"txid", "ordertxid", "pair", "vol", "cost"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"spot pairs", "direction", "filled price"})),
    ("an account statement that does not say which contract: export the trade history",
     frozenset({"operation", "coin", "change", "remark"})),
    ("an order history without what was filled: export the trade history",
     frozenset({"order no", "symbol", "type", "side"})),
)  # fmt: skip
_TOTALS = frozenset(
    {"total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "suma", "合计"}
)
_WORDS = re.compile(r"[^\W\d].*\s.*")  # more than one word: no cell of a row
_UID = re.compile(r"\bUID:\s*(\w+)", re.IGNORECASE)
_NEAR = 0.5  # of the required columns, for naming an export that a file may be meant to be


@dataclass(frozen=True)
class Options:
    """What a file may leave open. None: as the file tells, or as its kind has it."""

    format: str | None = None  # a key of EXPORTS
    zone: Zone | None = None  # of times that do not say theirs
    zone_name: str = ""  # as the person gave it
    day_first: bool | None = None  # whether 05/06/2026 is the fifth of June
    decimal: NumberForm | None = None
    account: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # field: header, for own files


@dataclass(frozen=True)
class SkippedRows:
    """Rows that were left out for one reason."""

    count: int
    line: int  # of the first


@dataclass(frozen=True)
class Reading:
    """What one file says. With problems there are no events."""

    file: str
    export: type[Export] | None
    events: tuple[Event, ...] = ()  # in the order of what happened
    content: str = ""  # what tells the very same file, read in the very same way
    rows: int = 0
    skipped: Mapping[str, SkippedRows] = field(default_factory=dict)  # by the reason
    zone_told: bool = True  # whether the file or the person told the times' zone
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


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
        table = _table(text, file)
    except _Refused as refused:
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
        words = f"more than {most:,} rows: split the file by year, or {to_read_it()}"
        return Reading(file, None, problems=(Problem(FileLine(file, lines[most][0]), words),))
    return _read_table(_Table(file, ",", lines), options or Options(), progress)


def _read_table(table: _Table, options: Options, progress: Progress | None) -> Reading:
    file = table.file
    if not table.lines:
        return Reading(file, None, notes=(f"{file}: the file is empty",))
    try:
        return _Reader(_layout(table, options), table, options, progress).read()
    except _Refused as refused:
        return Reading(file, None, problems=(refused.problem,))


class _Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(words)
        self.problem = Problem(FileLine(file, line), words)


@dataclass(frozen=True)
class _Table:
    """The lines of a file as cells; blank ones are left out."""

    file: str
    separator: str
    lines: Sequence[tuple[int, list[str]]]  # line number and cells


@dataclass(frozen=True)
class _Layout:
    """A kind of export and where its fields stand in this file."""

    export: type[Export]
    header_at: int  # among the table's lines
    header: Sequence[str]
    at: Mapping[str, int]  # field: column
    unknown: Sequence[str]
    known: int  # columns that the export explains


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


def _table(text: str, file: str) -> _Table:
    text = text.lstrip("\ufeff")
    if looks_like_json(text):
        return _json_table(text, file)
    if text[:4].lower() == "sep=":
        text = text.split("\n", 1)[-1]
    head = text[:16384].splitlines()[:_HEADER_WITHIN]
    # The header line has the most separators of the kind that the file uses.
    separator = max(",;\t", key=lambda mark: max((line.count(mark) for line in head), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    most = limits().fills
    try:
        for cells in reader:
            if any(cells) and any(cell.strip() for cell in cells):
                lines.append((reader.line_num, cells))
                if len(lines) > most:
                    words = f"more than {most:,} rows: split the file by year, or {to_read_it()}"
                    raise _Refused(file, reader.line_num, words)
    except csv.Error as error:
        raise _Refused(file, reader.line_num, f"this is no CSV line ({error})") from None
    return _Table(file, separator, lines)


def _json_table(text: str, file: str) -> _Table:
    try:
        lines = json_lines(text)
    except BadCell as fault:
        raise _Refused(file, 1, str(fault)) from None
    most = limits().fills
    if len(lines) > most:
        words = f"more than {most:,} rows: split the file by year, or {to_read_it()}"
        raise _Refused(file, 1, words)
    return _Table(file, ",", list(enumerate(lines, 1)))


def _layout(table: _Table, options: Options) -> _Layout:
    """The kind of export that explains most columns; the generic one only if no venue's fits."""
    file = table.file
    if options.format is not None and options.format not in EXPORTS:
        known = ", ".join(EXPORTS)
        raise _Refused(file, 1, f'there is no format "{options.format}": it may be {known}')
    candidates = [EXPORTS[options.format]] if options.format else list(EXPORTS.values())
    if options.columns and not options.format:
        candidates = [export for export in candidates if export.strict]
    renamed = {without_zone(header): name for name, header in options.columns.items()}
    found: list[_Layout] = []
    nearest: tuple[float, int, type[Export], list[str]] | None = None
    for header_at, (line, header) in enumerate(table.lines[:_HEADER_WITHIN]):
        for candidate in candidates:
            layout, missing = _fit(candidate, header_at, header, renamed)
            if not missing:
                found.append(layout)
                continue
            near = 1 - len(missing) / len(candidate.required)
            if nearest is None or near > nearest[0]:
                nearest = (near, line, candidate, missing)
        if found:
            break
    if not found:
        raise _unknown_file(table, nearest, options)
    best = max(found, key=lambda one: (one.known, len(one.export.required), not one.export.strict))
    if best.export.strict and best.unknown and not options.columns:
        may_be = [choices[0] for choices in best.export.columns.values()]
        near_name = difflib.get_close_matches(best.unknown[0].lower(), may_be, 1)
        guess = f"did you mean {near_name[0]}? " if near_name else ""
        raise _Refused(
            file,
            table.lines[best.header_at][0],
            f'there is no column "{best.unknown[0][:60]}": {guess}it may be {", ".join(may_be)}'
            " (or say --map FIELD=COLUMN)",
        )
    return best


def _unknown_file(
    table: _Table, nearest: tuple[float, int, type[Export], list[str]] | None, options: Options
) -> _Refused:
    file = table.file
    line, near = (nearest[1], nearest[0]) if nearest else (1, 0.0)
    words = "these columns are no known export"
    headers = max((cells for _, cells in table.lines[:_HEADER_WITHIN]), key=len)
    kinds = [words for words, need in _OTHER_KINDS if need <= set(map(without_zone, headers))]
    if kinds:
        words = f"this is {kinds[0]}"
    elif not "".join(headers).replace("\ufeff", "").isascii():
        words += ", and not in English: set the venue's page to English and export again"
    if nearest and (options.format or (near >= _NEAR and not kinds)):
        names = ", ".join(nearest[2].columns[name][0] for name in nearest[3])
        words += f": nearest is the {nearest[2].name}, which also has {names}"
    return _Refused(
        file,
        line,
        f"{words}; isomargin journal import --formats lists the known ones, and --map"
        " time=Date,price=Px names the columns of any other",
    )


def _fit(
    candidate: type[Export], header_at: int, header: Sequence[str], renamed: Mapping[str, str]
) -> tuple[_Layout, list[str]]:
    """Where the export's fields stand under this header, and which required ones are missing."""
    names = [renamed.get(name, name) for name in map(without_zone, header)]
    at: dict[str, int] = {}
    for name, choices in candidate.columns.items():
        for choice in choices:
            if choice in names:
                at[name] = names.index(choice)
                break
    known = {choice for choices in candidate.columns.values() for choice in choices}
    known.update(candidate.unused)
    unknown = [
        cell.strip() for cell, name in zip(header, names, strict=True) if name and name not in known
    ]
    explained = sum(name in known for name in names if name)
    missing = [name for name in candidate.required if name not in at]
    return _Layout(candidate, header_at, header, at, unknown, explained), missing


@dataclass(slots=True)
class _Line:
    """A row on its way: its cells, and what its time cell says."""

    row: Row
    written: WrittenTime | dt.datetime
    group: str  # what is traded, for order


class _Reader:
    """One pass over the rows of a file whose layout is known."""

    def __init__(
        self, layout: _Layout, table: _Table, options: Options, progress: Progress | None
    ) -> None:
        self._layout = layout
        self._export = layout.export()
        self._table = table
        self._file = table.file
        self._lines = table.lines[layout.header_at + 1 :]
        self._names = [without_zone(cell) for cell in layout.header]
        self._options = options
        self._progress = progress
        self._problems: list[Problem] = []
        self._unsettled = False  # whether something of the whole file is unknown
        self._skipped: dict[str, SkippedRows] = {}
        self._notes: list[str] = []
        self._zone: Zone = dt.timedelta(0)
        self._zone_words = ""
        self._zone_told = True
        self._day_first = True

    def read(self) -> Reading:
        """Every row, or the problems."""
        rows = self._rows()
        self._settle_zone()
        lines = self._timed(rows)
        self._settle_day_first(lines)
        events: list[Event] = []
        if not self._unsettled:
            self._place_in_time(lines)
        if not self._unsettled:  # all bad rows are told at once
            self._export.settle(rows)
            events = self._events(lines)
        if self._problems:
            problems = sorted(self._problems, key=lambda problem: problem.place.line)
            return Reading(self._file, self._layout.export, problems=tuple(problems))
        untold = [one for one in events if isinstance(one, Fill) and not one.fee_told]
        if untold:
            self._notes.append(
                f"{self._file}: {len(untold)} fill(s) have no fee written, the first in line"
                f" {min(one.place.line for one in untold)}: it is not taken as 0, and stays blank"
                " until an export tells it (write 0 where there was none)"
            )
        if self._layout.unknown and not self._export.strict:
            self._notes.append(
                f"{self._file}: columns that the {self._export.name} did not have when it was"
                f" described were not read: {', '.join(self._layout.unknown)}"
            )
        return Reading(
            self._file,
            self._layout.export,
            tuple(events),
            rows=len(self._lines),
            skipped=self._skipped,
            zone_told=self._zone_told,
            notes=tuple(self._notes),
        )

    # Cells

    def _rows(self) -> list[Row]:
        width = len(self._layout.header)
        above = " ".join(
            cell for _, cells in self._table.lines[: self._layout.header_at] for cell in cells
        )
        uid = _UID.search(above.replace("\ufeff", ""))
        account = self._options.account or (uid[1] if uid else "")
        kept: list[tuple[int, list[str]]] = []
        for line, written in self._lines:
            cells = bare_cells(written)
            filled = list(filter(None, cells))
            if not filled:
                continue
            if len(filled) == 1 and width > 2 and _NOTHING_THERE.match(filled[0]):
                continue
            if filled[0].lower().rstrip(":") in _TOTALS:
                self._skip("line of totals", line)
                continue
            if self._is_header(cells):
                self._skip("line of headers again", line)
                continue
            if len(filled) == 1 and width > 3 and _WORDS.fullmatch(filled[0]):
                self._skip("line of words", line)
                continue
            # A comma at a line's end is no cell; a missing last cell is a blank one.
            if len(cells) > width and any(cells[width:]):
                self._problem(line, f"has {len(cells)} cells under {width} columns")
                continue
            kept.append((line, cells))
        form = self._settle_form(kept)
        rows = []
        for line, cells in kept:
            row = Row(
                self._export, self._layout.at, cells, FileLine(self._file, line), form, account
            )
            if not account and row.knows("uid"):
                row.account = row.text("uid")
            rows.append(row)
        return rows

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row says the headers again, as where files were put together."""
        names, at = self._names, self._layout.at["time"]
        if at >= len(cells) or (cells[at][:1].isdigit() and not names[at][:1].isdigit()):
            return False  # most often
        return (
            without_zone(cells[at]) == names[at]  # mostly not, and then the rest is not asked
            and [without_zone(cell) for cell in cells[: len(names)]] == names
        )

    def _settle_form(self, lines: Sequence[tuple[int, list[str]]]) -> NumberForm:
        if self._options.decimal:
            return self._options.decimal
        columns = [
            self._layout.at[name] for name in self._export.numbers if name in self._layout.at
        ]

        def cells() -> Iterator[str]:
            for _, row in lines:
                for column in columns:
                    if column < len(row) and ("," in row[column] or "." in row[column]):
                        yield row[column]

        form = settle_number_form(cells(), self._table.separator)
        if form in ("point", "comma"):
            return form  # type: ignore[return-value]
        by_value = self._form_by_value(lines)
        if by_value:
            return by_value
        self._problem(lines[0][0], form)
        self._unsettled = True
        return "point"

    def _form_by_value(self, lines: Sequence[tuple[int, list[str]]]) -> NumberForm | None:
        """The form in which price times quantity is the value beside them."""
        names = ("quantity", "price", "value")
        if any(name not in self._layout.at for name in names):
            return None
        fits: Counter[NumberForm] = Counter()
        forms: tuple[NumberForm, ...] = ("point", "comma")
        for _, cells in lines:
            for form in forms:
                try:
                    quantity, price, value = (
                        number(without_unit(cells[self._layout.at[name]]), name, form)
                        for name in names
                    )
                except (BadCell, IndexError):
                    continue
                if value and abs(abs(quantity * price) - abs(value)) <= abs(value) / 100:
                    fits[form] += 1
        found = [form for form in forms if fits[form]]
        return found[0] if len(found) == 1 else None

    # Times

    def _settle_zone(self) -> None:
        """The file's own zone where it tells one; else what the person says."""
        headers = self._layout.header
        # Some exports write it over one of their columns of times only.
        told = zone_in(headers[self._layout.at["time"]])
        for header in headers:
            told = zone_in(header) if told is None else told
        for _, cells in self._table.lines[: self._layout.header_at]:
            for cell in cells:
                told = zone_in(cell) if told is None else told
        if told is None and self._export.zone_words:
            told = zone_in(self._file)
        given = self._options.zone
        fixed = told is not None or (not self._export.zone_words and not self._export.strict)
        if fixed:
            self._zone = told or dt.timedelta(0)
            self._zone_words = _zone_words(self._zone)
            if given is not None and not _same_zone(given, self._zone):
                self._notes.append(
                    f"{self._file}: the file itself says that its times are in"
                    f" {self._zone_words}, so {self._options.zone_name} was not used"
                )
        elif given is not None:
            self._zone = given
            self._zone_words = self._options.zone_name or _zone_words(given)
        elif self._export.zone_words:
            self._zone_told = False
        else:
            self._zone_words = "UTC"

    def _timed(self, rows: Sequence[Row]) -> list[_Line]:
        """The rows with their times as written; those that have none are reported or left out."""
        lines = []
        short_years = self._export.short_years
        for row in rows:
            try:
                text = row.text("time")
                why = "" if text else self._export.without_time(row)
                if why:
                    self._skip(why, row.place.line)
                    continue
                written = moment(text, "time", short_years=short_years)
            except BadCell as fault:
                self._problem(row.place.line, str(fault))
                continue
            lines.append(_Line(row, written, row.cell("symbol")))
        return lines

    def _settle_day_first(self, lines: Sequence[_Line]) -> None:
        """Whether 05/06/2026 is in June, from the days that leave no doubt."""
        if self._options.day_first is not None:
            self._day_first = self._options.day_first
            return
        firsts, seconds, doubtful = 0, 0, 0
        for line in lines:
            written = line.written
            if (
                isinstance(written, WrittenTime)
                and written.slashed
                and written.first != written.second
            ):
                firsts += written.first > 12
                seconds += written.second > 12
                doubtful += written.first <= 12 and written.second <= 12
        if firsts and seconds:
            words = "some dates begin with the day and some with the month: export the file again"
        elif doubtful and not firsts and not seconds and self._export.day_first is None:
            words = (
                "the dates do not tell whether the day or the month comes first: say --day-first"
                " or --month-first"
            )
        else:
            known = self._export.day_first
            self._day_first = not seconds if firsts or seconds or known is None else known
            return
        self._problems.append(Problem(FileLine(self._file, lines[0].row.place.line), words))
        self._unsettled = True

    def _place_in_time(self, lines: list[_Line]) -> None:
        """Give every row its time in UTC, and put the rows into the order of what happened."""
        locals_: list[dt.datetime] = []
        for line in lines:
            written = line.written
            try:
                locals_.append(
                    written.replace(tzinfo=None)
                    if isinstance(written, dt.datetime)
                    else local_time(written, day_first=self._day_first)
                )
            except BadCell as fault:
                self._problem(line.row.place.line, str(fault))
                locals_.append(dt.datetime.min)
                self._unsettled = True
        if self._unsettled:
            return
        order = self._order(lines, locals_)
        folds = self._folds(lines, locals_, order)
        told_here = self._zone_told
        for at, line in enumerate(lines):
            row, local = line.row, locals_[at]
            row.clock = self._clock
            try:
                row.time = self._utc(line.written, local, folds.get(at, 0))
            except BadCell as fault:
                self._problem(row.place.line, str(fault))
                continue
            absolute = isinstance(line.written, dt.datetime) or line.written.zone is not None
            seen = row.time.replace(tzinfo=None) if absolute else local
            row.written = seen.isoformat(sep=" ")
            row.zone = "UTC" if absolute else self._zone_words
            told_here = told_here or absolute
        if lines and not self._zone_told:
            if told_here and all(line.row.zone for line in lines):
                self._zone_told = True
            else:
                self._notes.append(
                    f"{self._file}: times were taken as UTC, but a {self._export.name} is in"
                    f" {self._export.zone_words}: if that is not UTC, import the file again with"
                    " --zone, like --zone Europe/Berlin or --zone +2, and the times are corrected"
                )
        lines[:] = [lines[at] for at in order]
        lines.sort(key=lambda line: line.row.time)

    def _clock(self, written: WrittenTime | dt.datetime) -> dt.datetime:
        if isinstance(written, dt.datetime):
            return written
        return self._utc(written, local_time(written, day_first=self._day_first), 0)

    def _utc(
        self, written: WrittenTime | dt.datetime, local: dt.datetime, fold: int
    ) -> dt.datetime:
        if isinstance(written, dt.datetime):
            return written
        ahead: dt.timedelta | None = written.zone
        try:
            if ahead is None and isinstance(self._zone, ZoneInfo):
                there = local.replace(tzinfo=self._zone, fold=fold)
                time = there.astimezone(dt.UTC)
                if time.astimezone(self._zone).replace(tzinfo=None) != local:
                    raise BadCell(
                        f"the clock in {self._zone.key} never showed {local:%Y-%m-%d %H:%M}:"
                        " give another --zone"
                    )
                return time
            if ahead is None:
                assert isinstance(self._zone, dt.timedelta)
                ahead = self._zone
            return (local - ahead).replace(tzinfo=dt.UTC)
        except OverflowError:
            raise BadCell(f"there is no day {local:%Y-%m-%d} in UTC") from None

    def _order(self, lines: Sequence[_Line], locals_: Sequence[dt.datetime]) -> list[int]:
        """The rows' numbers, oldest first within what is traded; newest first in many exports.

        Rows of one second keep the order of what happened, so it is not enough to sort.
        """
        groups: dict[str, list[int]] = {}
        for at, line in enumerate(lines):
            groups.setdefault(line.group, []).append(at)

        def direction(numbers: Sequence[int]) -> int:
            score = 0
            for one, two in pairwise(numbers):
                if not (self._shown_twice(locals_[one]) and self._shown_twice(locals_[two])):
                    score += (locals_[one] < locals_[two]) - (locals_[one] > locals_[two])
            return score

        scores = {group: direction(numbers) for group, numbers in groups.items()}
        whole = sum(scores.values()) or direction(range(len(lines)))
        order: list[int] = []
        for group, numbers in groups.items():
            score = scores[group] or self._direction_of_ids(lines, numbers) or whole
            order += numbers if score >= 0 else numbers[::-1]
        return order

    def _direction_of_ids(self, lines: Sequence[_Line], numbers: Sequence[int]) -> int:
        if not self._export.ids_ascend:
            return 0
        ids = [lines[at].row.text("id") for at in numbers]
        score = 0
        for one, two in pairwise(ids):
            if one.isdecimal() and two.isdecimal():
                score += (int(one) < int(two)) - (int(one) > int(two))
        return score

    def _folds(
        self, lines: Sequence[_Line], locals_: Sequence[dt.datetime], order: Sequence[int]
    ) -> dict[int, int]:
        """Which rows stand in the second pass of an hour that the clock showed twice.

        In the order of what happened the clock jumps back between the two passes.
        """
        zone = self._zone
        if not isinstance(zone, ZoneInfo):
            return {}
        folds: dict[int, int] = {}
        latest: dict[str, dt.datetime] = {}
        second: set[str] = set()
        unsure = 0
        for at in order:
            written, group = lines[at].written, lines[at].group
            if isinstance(written, dt.datetime) or written.zone is not None:
                continue
            local = locals_[at]
            if not self._shown_twice(local):
                second.discard(group)
                latest.pop(group, None)
                continue
            if group in latest and local < latest[group]:
                second.add(group)
            latest[group] = local
            folds[at] = 1 if group in second else 0
            unsure += group not in second
        if unsure and not any(folds.values()):
            self._notes.append(
                f"{self._file}: {unsure} row(s) stand in an hour that the clock in {zone.key}"
                " showed twice; they were taken for the first pass"
            )
        return folds

    def _shown_twice(self, local: dt.datetime) -> bool:
        """Whether the zone's clock showed this time twice, as when it is put back."""
        if not isinstance(self._zone, ZoneInfo):
            return False
        early, late = (local.replace(tzinfo=self._zone, fold=fold).utcoffset() for fold in (0, 1))
        return early is not None and late is not None and early > late

    # Events

    def _events(self, lines: Sequence[_Line]) -> list[Event]:
        events: list[Event] = []
        total = len(lines)
        for done, line in enumerate(lines):
            if self._progress and done % _STEP == 0:
                self._progress(done, total)
            row = line.row
            try:
                found = self._export.read(row)
            except BadCell as fault:
                self._problem(row.place.line, str(fault))
                continue
            except LeftOut as why:
                self._skip(str(why), row.place.line)
                continue
            if found is None:
                continue
            if isinstance(found, Iterable):
                events.extend(found)
            else:
                events.append(found)
        if self._progress:
            self._progress(total, total)
        return events

    def _skip(self, why: str, line: int) -> None:
        before = self._skipped.get(why)
        count, first = (before.count, before.line) if before else (0, line)
        self._skipped[why] = SkippedRows(count + 1, min(first, line))

    def _problem(self, line: int, words: str) -> None:
        self._problems.append(Problem(FileLine(self._file, line), words))


def _zone_words(zone: Zone) -> str:
    if isinstance(zone, ZoneInfo):
        return zone.key
    minutes = round(zone / dt.timedelta(minutes=1))
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _same_zone(given: Zone, told: Zone) -> bool:
    return not isinstance(given, ZoneInfo) and not isinstance(told, ZoneInfo) and given == told
