"""When the rows happened: the zone of their times, days and months, hours shown twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from workbook.journal.imports.parsing import BadCell, WrittenTime, local_time, moment, zone_in
from workbook.journal.imports.reading.open_file import OpenFile
from workbook.journal.imports.reading.options import Zone
from workbook.journal.imports.venues.base import Row


@dataclass(slots=True)
class Line:
    """A row on its way: its cells, and what its time cell says."""

    row: Row
    written: WrittenTime | dt.datetime
    group: str  # what is traded, for order


class Times:
    """Puts rows into the order of what happened, each with its time in UTC."""

    def __init__(self, file: OpenFile) -> None:
        self._table, self._layout, self._export, self._options, self._findings = file
        self._file = self._table.file
        self._zone: Zone = dt.timedelta(0)
        self._zone_words = ""
        self.zone_told = True
        self._day_first = True

    def placed(self, rows: Sequence[Row]) -> list[Line]:
        """The rows with their times, oldest first; bad ones are told."""
        self._settle_zone()
        lines = self._timed(rows)
        self._settle_day_first(lines)
        if not self._findings.unsettled:
            self._place_in_time(lines)
        return lines

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
                self._findings.notes.append(
                    f"{self._file}: the file itself says that its times are in"
                    f" {self._zone_words}, so {self._options.zone_name} was not used"
                )
        elif given is not None:
            self._zone = given
            self._zone_words = self._options.zone_name or _zone_words(given)
        elif self._export.zone_words:
            self.zone_told = False
        else:
            self._zone_words = "UTC"

    def _timed(self, rows: Sequence[Row]) -> list[Line]:
        """The rows with their times as written; those that have none are reported or left out."""
        lines = []
        short_years = self._export.short_years
        for row in rows:
            try:
                text = row.text("time")
                why = "" if text else self._export.without_time(row)
                if why:
                    self._findings.skip(why, row.place.line)
                    continue
                written = moment(text, "time", short_years=short_years)
            except BadCell as fault:
                self._findings.problem(row.place.line, str(fault))
                continue
            lines.append(Line(row, written, row.cell("symbol")))
        return lines

    def _settle_day_first(self, lines: Sequence[Line]) -> None:
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
        self._findings.unknown(lines[0].row.place.line, words)

    def _place_in_time(self, lines: list[Line]) -> None:
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
                self._findings.unknown(line.row.place.line, str(fault))
                locals_.append(dt.datetime.min)
        if self._findings.unsettled:
            return
        order = self._order(lines, locals_)
        folds = self._folds(lines, locals_, order)
        told_here = self.zone_told
        for at, line in enumerate(lines):
            row, local = line.row, locals_[at]
            row.clock = self._clock
            try:
                row.time = self._utc(line.written, local, folds.get(at, 0))
            except BadCell as fault:
                self._findings.problem(row.place.line, str(fault))
                continue
            absolute = isinstance(line.written, dt.datetime) or line.written.zone is not None
            seen = row.time.replace(tzinfo=None) if absolute else local
            row.written = seen.isoformat(sep=" ")
            row.zone = "UTC" if absolute else self._zone_words
            told_here = told_here or absolute
        if lines and not self.zone_told:
            if told_here and all(line.row.zone for line in lines):
                self.zone_told = True
            else:
                self._findings.notes.append(
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

    def _order(self, lines: Sequence[Line], locals_: Sequence[dt.datetime]) -> list[int]:
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

    def _direction_of_ids(self, lines: Sequence[Line], numbers: Sequence[int]) -> int:
        if not self._export.ids_ascend:
            return 0
        ids = [lines[at].row.text("id") for at in numbers]
        score = 0
        for one, two in pairwise(ids):
            if one.isdecimal() and two.isdecimal():
                score += (int(one) < int(two)) - (int(one) > int(two))
        return score

    def _folds(
        self, lines: Sequence[Line], locals_: Sequence[dt.datetime], order: Sequence[int]
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
            self._findings.notes.append(
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
