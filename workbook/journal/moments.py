"""Moments of the journal: as a sheet has them, in words, and how far the book is read."""

from __future__ import annotations

import datetime as dt

from addin.package import PackageError
from addin.package.values import serial
from workbook.actions import Edit, SetName, Snapshot
from workbook.template.spec import SERIAL_FROM, SERIAL_TO

_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)


class JournalError(PackageError):
    """What is asked of the journal cannot be done; one line that says what to do instead."""


def as_serial(moment: dt.datetime) -> float:
    """A moment as a sheet has it; one without a time zone is UTC."""
    utc = moment if moment.tzinfo is None else moment.astimezone(dt.UTC)
    days = serial(utc.replace(tzinfo=None))
    if not SERIAL_FROM <= days <= SERIAL_TO:
        raise JournalError(f"{moment:%Y-%m-%d} is no day to trade on: give one like 2026-11-21")
    return days


def as_moment(days: float) -> dt.datetime:
    """A sheet's moment, to the second."""
    return _EPOCH + dt.timedelta(seconds=round(days * 86_400))


def in_words(days: float) -> str:
    """A sheet's moment for people: 2026-11-21 18:00."""
    return f"{as_moment(days):%Y-%m-%d %H:%M}"


def moved_as_of(seen: Snapshot, days: float) -> tuple[Edit, ...]:
    """Let the book be read at a later moment; never at an earlier one."""
    if "As_of" in seen.names and (seen.number("As_of") or 0.0) < days:
        return (SetName("As_of", days),)
    return ()
