"""The moment of the machine, as the commands write it."""

from __future__ import annotations

import datetime as dt

from addin.package.values import serial


def now() -> dt.datetime:
    """This moment in UTC, to the minute."""
    return dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)


def serial_now() -> float:
    """The same as a cell holds it."""
    return serial(now())
