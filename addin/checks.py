"""What was looked at on a computer, and found."""

from __future__ import annotations

from typing import NamedTuple


class HostCheck(NamedTuple):
    """One thing looked at."""

    name: str
    ok: bool
    words: str  # what was found; for a problem also what to do
