"""Time zones as people write them."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbook.actions import ActionError
from workbook.journal.imports.reading import Zone


def zone_of(text: str) -> Zone:
    """A zone by its name, or hours ahead of UTC.

    >>> zone_of("+2"), str(zone_of("Europe/Berlin"))
    (datetime.timedelta(seconds=7200), 'Europe/Berlin')
    """
    cleaned = text.strip()
    match = re.fullmatch(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", cleaned, re.IGNORECASE)
    if match:
        ahead = dt.timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if ahead <= dt.timedelta(hours=24):
            return -ahead if match[1] == "-" else ahead
    if cleaned.upper() in ("UTC", "GMT", "Z"):
        return dt.timedelta(0)
    try:
        return ZoneInfo(cleaned)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ActionError(
            f"{text[:40]!r} is no time zone: give one like Europe/Berlin, America/New_York or +2"
        ) from None
