"""Importing exports: read, leave out what is known already, pair into trades. All or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbook.journal.fills import Event, Problem
from workbook.journal.pairing import OpenPosition, Trade, pair
from workbook.journal.reading import Options, Progress, Reading, in_time_order, read_events


@dataclass(frozen=True)
class Import:
    """What an import came to. With problems there is nothing in it but them."""

    formats: tuple[str, ...] = ()  # one a file, in words
    events: tuple[Event, ...] = ()  # new ones, in the order of time
    duplicates: int = 0  # events known already, from earlier or from another of the files
    ignored: Mapping[str, int] = field(default_factory=dict)  # rows left out, by the reason
    trades: tuple[Trade, ...] = ()  # closed, with at least one new fill
    open_positions: tuple[OpenPosition, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything could be read."""
        return not self.problems


def import_fills(
    paths: Sequence[Path],
    *,
    earlier: Iterable[Event] = (),
    options: Options | None = None,
    prices: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Import:
    """Import exports of fills and funding, any mix of known formats.

    ``earlier`` are the events of former imports: they are not imported twice, and positions that
    they left open are closed by what is new. ``prices`` values fees in other coins.
    """
    return import_readings(
        [read_events(path, options, progress) for path in paths], earlier=earlier, prices=prices
    )


def import_readings(
    readings: Sequence[Reading],
    *,
    earlier: Iterable[Event] = (),
    prices: Mapping[str, float] | None = None,
) -> Import:
    """Import what was read already."""
    problems = tuple(problem for reading in readings for problem in reading.problems)
    if problems:
        return Import(problems=problems)
    before = list(earlier)
    known = {event.id for event in before}
    new: list[Event] = []
    duplicates = 0
    for event in in_time_order(readings):
        if event.id in known:
            duplicates += 1
            continue
        known.add(event.id)
        new.append(event)
    paired = pair(sorted([*before, *new], key=lambda event: event.time), prices)
    if paired.problems:
        return Import(problems=paired.problems)
    fresh = {event.id for event in new}
    ignored: dict[str, int] = {}
    for reading in readings:
        for why, count in reading.ignored.items():
            ignored[why] = ignored.get(why, 0) + count
    return Import(
        formats=tuple(reading.format.name for reading in readings if reading.format),
        events=tuple(new),
        duplicates=duplicates,
        ignored=ignored,
        trades=tuple(trade for trade in paired.trades if fresh.intersection(trade.fill_ids)),
        open_positions=paired.open_positions,
        notes=tuple(note for reading in readings for note in reading.notes) + paired.notes,
    )


def not_in_journal(
    trades: Iterable[Trade], rows: Iterable[Mapping[str, object]]
) -> tuple[Trade, ...]:
    """The trades that a journal has no row for yet.

    Rows are known by their symbol, side and opening time to the second; ``rows`` have the keys of
    the journal, their times as dates in UTC.
    """
    there = {
        (str(row.get("symbol")), str(row.get("side")), _second(row.get("opened"))) for row in rows
    }
    return tuple(
        trade for trade in trades if (trade.symbol, trade.side, _second(trade.opened)) not in there
    )


def _second(moment: object) -> dt.datetime | None:
    if not isinstance(moment, dt.datetime):
        return None
    # A sheet keeps times as days with fractions: half a second either way is the same second.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (aware.astimezone(dt.UTC) + dt.timedelta(milliseconds=500)).replace(microsecond=0)
