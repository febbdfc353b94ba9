"""Reading a venue's export: its format found by its columns, its rows as fills and payments.

All or nothing: a file with a single row that cannot be read gives problems and no events, so that
no journal is ever made of half a file.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from addin.package.bounded_read import read_bounded
from addin.package.limits import TO_READ_IT, limits
from workbook.journal.cells import (
    NOTHING,
    BadCell,
    Moment,
    amount,
    in_utc,
    moment,
    number,
    without_zone,
    zone_in,
)
from workbook.journal.fills import Event, Fill, Payment, Place, PositionSide, Problem
from workbook.journal.formats import FORMATS, Format, Word
from workbook.journal.schema import unguarded

# Told how many rows are done, of how many.
Progress: TypeAlias = Callable[[int, int], None]

LONGEST_SYMBOL = 40  # what a journal's cell takes

_HEADER_WITHIN = 10  # lines; some exports begin with a line about the account
_STEP = 1000  # rows between two calls of the progress callback
_POSITION_SIDES: Mapping[str, PositionSide] = {"long": "long", "short": "short", "both": ""}
_NO_ZONE = dt.timedelta(0)


@dataclass(frozen=True)
class Options:
    """What a file may leave open. None: as the file tells, or as its format has it."""

    format: str | None = None  # a key of FORMATS
    utc_offset: float | None = None  # hours that the file's times are ahead of UTC
    day_first: bool | None = None  # whether 05/06/2026 is the fifth of June


@dataclass(frozen=True)
class Reading:
    """What one file says. With problems there are no events."""

    file: str
    format: Format | None
    events: tuple[Event, ...] = ()  # in the order of time
    ignored: Mapping[str, int] = field(default_factory=dict)  # rows left out, by the reason
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_events(
    path: Path, options: Options | None = None, progress: Progress | None = None
) -> Reading:
    """The fills and payments of one exported CSV file."""
    try:
        text = _text(path)
    except BadCell as fault:
        return Reading(path.name, None, problems=(Problem(Place(path.name, 1), str(fault)),))
    return read_text(text, path.name, options, progress)


def read_text(
    text: str, file: str, options: Options | None = None, progress: Progress | None = None
) -> Reading:
    """The fills and payments of an exported CSV text; ``file`` is its name in messages."""
    options = options or Options()
    try:
        table = _table(text, file)
        layout = _layout(table, file, options)
    except _Refused as refused:
        return Reading(file, None, problems=(refused.problem,))
    return _Reader(layout, table, options, progress).read()


class _Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(words)
        self.problem = Problem(Place(file, line), words)


@dataclass(frozen=True)
class _Table:
    """The cells below each other candidate for a header: the first lines and all others."""

    file: str
    lines: Sequence[tuple[int, list[str]]]  # line number and cells


@dataclass(frozen=True)
class _Layout:
    """A format and where its fields stand in this file."""

    format: Format
    header_at: int  # among the table's lines
    header: Sequence[str]
    at: Mapping[str, int]  # field: column
    zone: dt.timedelta | None  # as the file tells
    unknown: Sequence[str]


def _text(path: Path) -> str:
    try:
        most = limits().text_bytes
        content = read_bounded(path, most)
        if content is None:
            raise BadCell(
                f"the file is larger than {most // 2**20} MiB: split it by year, or {TO_READ_IT}"
            )
    except FileNotFoundError:
        raise BadCell("there is no such file: check the name") from None
    except OSError as error:
        raise BadCell(f"the file cannot be read: {error.strerror or error}") from None
    if content.startswith(b"PK\x03\x04"):
        raise BadCell("this is a zip or Excel file: unpack it, or save the sheet as CSV UTF-8")
    try:
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadCell("the file is not text in UTF-8: save it as CSV UTF-8") from None


def _table(text: str, file: str) -> _Table:
    head = text[:8192].splitlines()[:_HEADER_WITHIN]
    # The header line has the most separators of the kind that the file uses.
    separator = max(",;\t", key=lambda mark: max((line.count(mark) for line in head), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    most = limits().fills
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, cells))
                if len(lines) > most:
                    words = f"more than {most:,} rows: split the file by year, or {TO_READ_IT}"
                    raise _Refused(file, reader.line_num, words)
    except csv.Error as error:
        raise _Refused(file, reader.line_num, f"this is no CSV line ({error})") from None
    if not lines:
        raise _Refused(file, 1, "the file is empty: export it again")
    return _Table(file, lines)


def _layout(table: _Table, file: str, options: Options) -> _Layout:
    """The format that explains most columns; the generic one only if no venue's fits."""
    if options.format is not None and options.format not in FORMATS:
        known = ", ".join(FORMATS)
        raise _Refused(file, 1, f'there is no format "{options.format}": it may be {known}')
    candidates = [FORMATS[options.format]] if options.format else list(FORMATS.values())
    found: list[_Layout] = []
    nearest: tuple[float, int, Format, list[str]] | None = None
    for header_at, (line, header) in enumerate(table.lines[:_HEADER_WITHIN]):
        for candidate in candidates:
            layout, missing = _fit(candidate, header_at, header)
            if not missing:
                found.append(layout)
                continue
            near = 1 - len(missing) / len(candidate.required)
            if nearest is None or near > nearest[0]:
                nearest = (near, line, candidate, missing)
        if found:
            break
    if not found:
        assert nearest is not None
        _, line, candidate, missing = nearest
        names = ", ".join(candidate.columns[field_name][0] for field_name in missing)
        raise _Refused(
            file,
            line,
            f"these columns are no known export: nearest is the {candidate.name}, which also has"
            f" {names}; known are {', '.join(known.name for known in FORMATS.values())}",
        )
    best = max(found, key=lambda layout: (len(layout.at), not layout.format.strict))
    line = table.lines[best.header_at][0]
    if best.format.strict and best.unknown:
        may_be = [choices[0] for choices in best.format.columns.values()]
        near_name = difflib.get_close_matches(best.unknown[0], may_be, 1)
        guess = f"did you mean {near_name[0]}? " if near_name else ""
        raise _Refused(
            file,
            line,
            f'there is no column "{best.unknown[0]}": {guess}it may be {", ".join(may_be)}',
        )
    zone = zone_in(best.header[best.at["time"]])
    if zone is None and best.format.zone != "UTC":
        zone = zone_in(file)
    return _Layout(best.format, best.header_at, best.header, best.at, zone, best.unknown)


def _fit(candidate: Format, header_at: int, header: Sequence[str]) -> tuple[_Layout, list[str]]:
    """Where the format's fields stand under this header, and which required ones are missing."""
    names = [without_zone(cell.lstrip("\ufeff")) for cell in header]
    at: dict[str, int] = {}
    for field_name, choices in candidate.columns.items():
        for choice in choices:
            if choice in names:
                at[field_name] = names.index(choice)
                break
    known = {choice for choices in candidate.columns.values() for choice in choices}
    unknown = [
        cell.strip()
        for cell, name in zip(header, names, strict=True)
        if name and name not in known and name not in candidate.unused
    ]
    missing = [field_name for field_name in candidate.required if field_name not in at]
    return _Layout(candidate, header_at, header, at, None, unknown), missing


class _Reader:
    """One pass over the rows of a file whose layout is known."""

    def __init__(
        self, layout: _Layout, table: _Table, options: Options, progress: Progress | None
    ) -> None:
        self._layout = layout
        self._format = layout.format
        self._file = table.file
        self._lines = table.lines[layout.header_at + 1 :]
        self._options = options
        self._progress = progress
        self._problems: list[Problem] = []
        self._ignored: Counter[str] = Counter()
        self._notes: list[str] = []
        self._seen: Counter[str] = Counter()
        self._zone = _NO_ZONE
        self._day_first = True

    def read(self) -> Reading:
        """Every row, or the problems."""
        self._settle_zone()
        self._settle_day_first()
        if not self._problems:
            events = self._events()
        if self._problems:
            return Reading(self._file, self._format, problems=tuple(self._problems))
        if self._layout.unknown:
            self._notes.append(
                f"{self._file}: columns that the {self._format.name} did not have when it was"
                f" described were not read: {', '.join(self._layout.unknown)}"
            )
        return Reading(
            self._file, self._format, tuple(events), dict(self._ignored), tuple(self._notes)
        )

    def _settle_zone(self) -> None:
        if self._options.utc_offset is not None:
            self._zone = dt.timedelta(hours=self._options.utc_offset)
        elif self._layout.zone is not None:
            self._zone = self._layout.zone
        elif self._format.zone != "UTC":
            self._notes.append(
                f"{self._file}: times were taken as UTC, but a {self._format.name} is in"
                f" {self._format.zone}: give its offset if that is not UTC"
            )

    def _settle_day_first(self) -> None:
        """Whether 05/06/2026 is in June, from the days that leave no doubt."""
        if self._options.day_first is not None:
            self._day_first = self._options.day_first
            return
        column = self._layout.at["time"]
        firsts, seconds, doubtful = 0, 0, 0
        for _, cells in self._lines:
            if column >= len(cells) or cells[column][:4].isdigit():
                continue  # the year comes first, or milliseconds
            try:
                written = moment(cells[column], "time", short_years=self._format.short_years)
            except BadCell:
                continue  # reported with its row
            if isinstance(written, Moment) and written.slashed and written.first != written.second:
                firsts += written.first > 12
                seconds += written.second > 12
                doubtful += written.first <= 12 and written.second <= 12
        if firsts and seconds:
            words = "some dates begin with the day and some with the month: export the file again"
        elif doubtful and not firsts and not seconds:
            words = (
                "the dates do not tell whether the day or the month comes first: say which it is"
            )
        else:
            self._day_first = not seconds
            return
        self._problems.append(Problem(self._place(self._lines[0][0]), words))

    def _events(self) -> list[Event]:
        events: list[Event] = []
        total = len(self._lines)
        width = len(self._layout.header)
        for done, (line, cells) in enumerate(self._lines):
            if self._progress and done % _STEP == 0:
                self._progress(done, total)
            # A comma at a line's end is no cell; a missing last cell is a blank one.
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                self._problem(line, f"has {len(cells)} cells under {width} columns")
                continue
            try:
                event = self._event(_Row(self._layout, cells, self._place(line)))
            except BadCell as fault:
                self._problem(line, str(fault))
                continue
            if event is not None:
                events.append(event)
        if self._progress:
            self._progress(total, total)
        # Newest first in many exports. Rows of the same second keep the order of what happened.
        if len(events) > 1 and events[0].time > events[-1].time:
            events.reverse()
        events.sort(key=lambda event: event.time)
        return events

    def _event(self, row: _Row) -> Event | None:
        kind = self._format.every_row
        if "kind" in self._layout.at:
            word = row.text("kind")
            known = self._format.kinds.get(word.lower())
            if known is None:
                self._ignored[word or "no type"] += 1
                return None
            kind = known
        elif self._format.strict and not (row.has("side") or row.has("quantity")):
            kind = "funding" if row.has("funding") else "fee"
        symbol = self._symbol(row)
        for start, why in self._format.ignored_symbols.items():
            if symbol.lower().startswith(start):
                self._ignored[why] += 1
                return None
        written = moment(row.text("time"), "time", short_years=self._format.short_years)
        time = in_utc(written, self._zone, day_first=self._day_first)
        if kind == "funding":
            return self._funding(row, time, symbol)
        if kind == "fee":
            return self._cash(row, time, symbol)
        if self._format.cash_rows and row.text("leg").lower() != symbol.lower():
            return self._cash(row, time, symbol)
        return self._fill(row, time, symbol)

    def _symbol(self, row: _Row) -> str:
        symbol = row.written("symbol")
        if self._format.strict:
            symbol = unguarded(symbol)
        if not symbol:
            raise BadCell("symbol is blank: every row needs one")
        if len(symbol) > LONGEST_SYMBOL or not symbol.isprintable():
            raise BadCell(
                f"the symbol is longer than {LONGEST_SYMBOL} characters or has control characters"
            )
        return symbol

    def _fill(self, row: _Row, time: dt.datetime, symbol: str) -> Fill | None:
        quantity = number(row.text("quantity"), "quantity")
        if self._format.signed_quantity:
            word = Word("buy" if quantity > 0 else "sell")
            quantity = abs(quantity)
        else:
            word = self._word(row)
        if word.ignored:
            self._ignored[word.ignored] += 1
            return None
        price = number(row.text("price"), "price")
        if quantity <= 0:
            raise BadCell(f"quantity is {quantity}: it must be above 0, and the side apart")
        if price <= 0:
            raise BadCell(f"price is {price}: it must be above 0")
        effect = word.effect
        side_of_position = word.position_side
        if "effect" in self._layout.at:
            action = row.text("effect").lower()
            named = self._format.position_effects.get(action)
            if named is None and (action or not self._format.strict):
                if self._format.strict:
                    raise BadCell(f'effect is "{action}": type open, close or reduce, or nothing')
                self._ignored["spot"] += 1
                return None
            effect = named or effect
            if named and not self._format.strict:
                side_of_position = "long" if (word.side == "buy") == (named == "open") else "short"
        if self._format.strict:
            side_of_position = self._position_side(row)
        if self._format.realised_reduces and number(row.text("realised"), "realized profit"):
            effect = "reduce"
        fee, currency = self._cost(row, "fee", self._format.fee_paid)
        return Fill(
            time=time,
            symbol=symbol,
            side=word.side,
            quantity=quantity,
            price=price,
            fee=fee,
            fee_currency=currency,
            id=self._id(row, time, symbol, "fill", word.side, quantity, price, fee),
            order_id=unguarded(row.text("order_id")),
            position_side=side_of_position,
            effect=effect,
            place=row.place,
        )

    def _word(self, row: _Row) -> Word:
        text = row.text("side")
        word = self._format.sides.get(text.lower())
        if word is None:
            known = ", ".join(self._format.sides)
            raise BadCell(f'the side is "{text[:40]}": it may be {known}')
        return word

    def _funding(self, row: _Row, time: dt.datetime, symbol: str) -> Payment | None:
        paid, currency = self._cost(row, "funding", self._format.funding_paid)
        if not row.has("funding"):
            raise BadCell("funding is blank: type the amount, paid is +, received is -")
        if paid == 0:
            self._ignored["funding of 0"] += 1
            return None
        return Payment(
            time=time,
            symbol=symbol,
            kind="funding",
            amount=paid,
            currency=currency,
            id=self._id(row, time, symbol, "funding", "", paid),
            position_side=self._position_side(row),
            place=row.place,
        )

    def _cash(self, row: _Row, time: dt.datetime, symbol: str) -> Payment | None:
        """A fee in a row of its own, as the cash row beside a fill's row."""
        if self._format.strict and not row.has("fee"):
            raise BadCell("side, quantity and price are blank: fill them in, or funding or a fee")
        fee, currency = self._cost(row, "fee", self._format.fee_paid)
        if fee == 0:
            return None
        leg = row.text("leg")
        return Payment(
            time=time,
            symbol=symbol,
            kind="fee",
            amount=fee,
            currency=leg.upper() or currency,
            id=self._id(row, time, symbol, "fee", leg, fee),
            position_side=self._position_side(row),
            place=row.place,
        )

    def _position_side(self, row: _Row) -> PositionSide:
        text = row.text("position_side").lower()
        if not text:
            return ""
        side = _POSITION_SIDES.get(text)
        if side is None:
            raise BadCell(f'the position side is "{text[:40]}": it may be long, short or both')
        return side

    def _cost(self, row: _Row, name: str, paid: int) -> tuple[Decimal, str]:
        """A fee or funding, positive when paid, and its currency."""
        if not row.has(name):
            return Decimal(0), ""
        cost, currency = amount(row.text(name), name)
        currency = currency or row.text("fee_currency").upper() or self._format.currency
        return cost * paid + 0, currency

    def _id(self, row: _Row, time: dt.datetime, symbol: str, *content: object) -> str:
        """The venue's id, or one made of what the row says, the same in every export of it.

        Rows that say exactly the same are told apart by their number.
        """
        given = row.text("id")
        if given:
            own = unguarded(given)
            return own if self._format.strict else f"{self._format.key}:{symbol}:{given}"
        said = "|".join(
            str(part.normalize() if isinstance(part, Decimal) else part)
            for part in (self._format.key, time.isoformat(), symbol, *content)
        )
        self._seen[said] += 1
        digest = hashlib.sha256(said.encode()).hexdigest()[:20]
        return f"{self._format.key}:{digest}:{self._seen[said]}"

    def _place(self, line: int) -> Place:
        return Place(self._file, line)

    def _problem(self, line: int, words: str) -> None:
        self._problems.append(Problem(self._place(line), words))


class _Row:
    """One row's cells by field."""

    __slots__ = ("_at", "_cells", "place")

    def __init__(self, layout: _Layout, cells: list[str], place: Place) -> None:
        self._at = layout.at
        self._cells = cells
        self.place = place

    def written(self, name: str) -> str:
        """The field's cell as it is written, without spaces around."""
        at = self._at.get(name)
        return "" if at is None or at >= len(self._cells) else self._cells[at].strip()

    def text(self, name: str) -> str:
        """The field's cell; blank where the venue writes that there is nothing."""
        cell = self.written(name)
        return "" if cell.lower() in NOTHING else cell

    def has(self, name: str) -> bool:
        """Whether the field is filled in."""
        return bool(self.text(name))


def in_time_order(readings: Iterable[Reading]) -> list[Event]:
    """The events of several files together."""
    return sorted(
        (event for reading in readings for event in reading.events), key=lambda event: event.time
    )
