"""Reviews: which open trades are due to be looked at, and that somebody looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from workbook.actions import Changes, SetCell, Snapshot
from workbook.journal.moments import as_serial, moved_as_of

TABLES = ("Journal",)
NAMES = ("As_of", "Reviews_per_day")
# Moments are told and typed to the minute.
_SAME_MINUTE = 1 / 1440


@dataclass(frozen=True)
class Review:
    """An open trade and when it has to be looked at next."""

    row: int
    trade: int | None
    symbol: str
    side: str
    due: float  # as a sheet's moment
    overdue: bool


def reviews(seen: Snapshot, at: dt.datetime) -> list[Review]:
    """The trades that were open at a moment, the one that waits longest first."""
    now = as_serial(at)
    pause = 1 / (seen.number("Reviews_per_day") or 1)
    journal = seen.table("Journal")
    found = []
    for row in journal.filled():
        if journal.value(row, "Closed") is not None or journal.value(row, "Symbol") is None:
            continue
        if (journal.number(row, "Opened") or 0.0) > now + _SAME_MINUTE:
            continue  # nobody looks at what is not there yet
        last = max(journal.number(row, name) or 0.0 for name in ("Opened", "Reviewed"))
        number = journal.number(row, "Trade")
        found.append(
            Review(
                row,
                None if number is None else int(number),
                str(journal.value(row, "Symbol")),
                str(journal.value(row, "Side") or ""),
                last + pause,
                last + pause < now,
            )
        )
    return sorted(found, key=lambda review: review.due)


def stamp(seen: Snapshot, at: dt.datetime, rows: Collection[int] | None = None) -> Changes:
    """Write on every open trade, or on those of some `rows`, that it was looked at.

    The time of the last look is the one cell of the journal that is meant to be written over.
    """
    now = as_serial(at)
    journal = seen.table("Journal")
    looked = [
        SetCell("Journal", review.row, "Reviewed", now)
        for review in reviews(seen, at)
        if (rows is None or review.row in rows)
        and (journal.number(review.row, "Reviewed") or 0.0) < now
    ]
    return Changes((*looked, *moved_as_of(seen, now)))
