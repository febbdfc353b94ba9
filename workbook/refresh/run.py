"""Asking several venues at once, each with an end in sight."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from workbook.refresh.changes import MarketKey
from workbook.refresh.facts import KINDS, Ask, Facts, FactSource, RefreshError

DAYS = 90
"""How many days of candles, where nobody says."""

LONGEST = 90.0
"""Seconds after which a venue that still answers, drop by drop, is given up."""


def read_all(
    source: FactSource,
    asks: Sequence[Ask],
    tell: Callable[[str, int, int], None] = lambda venue, done, total: None,
    longest: float = LONGEST,
) -> list[Facts]:
    """The facts of every venue, in the order of the asks; all are asked at the same time.

    Nothing is raised for a venue: what it did not bring is in its failures.
    """
    found: dict[int, Facts] = {}
    finished = threading.Condition()

    def ask_one(number: int, ask: Ask) -> None:
        try:
            facts = source.read(ask)
        except Exception as error:
            facts = Facts(ask.venue)
            facts.failures.append(f"an answer that cannot be read ({type(error).__name__})")
        with finished:
            found[number] = facts
            finished.notify()

    for number, ask in enumerate(asks):
        # A daemon: one that never ends does not keep the command from ending.
        threading.Thread(target=ask_one, args=(number, ask), daemon=True).start()
    end = time.monotonic() + longest
    told = 0
    with finished:
        while len(found) < len(asks) and (left := end - time.monotonic()) > 0:
            finished.wait(left)
            for _ in range(told, len(found)):
                told += 1
                tell(asks[list(found)[told - 1]].venue, told, len(asks))
        answered = dict(found)
    for number, ask in enumerate(asks):
        if number not in answered:
            answered[number] = Facts(ask.venue)
            answered[number].failures.append(f"no whole answer within {longest:g} seconds")
    return [answered[number] for number in range(len(asks))]


def ask_exchanges(
    places: Sequence[MarketKey],
    now: datetime,
    kinds: frozenset[str] = frozenset(KINDS),
    required: frozenset[str] = frozenset(),
    days: int = DAYS,
    tell: Callable[[str, int, int], None] = lambda venue, done, total: None,
) -> list[Facts]:
    """What the exchanges' public calls say of a workbook's markets."""
    from workbook.refresh.ccxt_source import CcxtSource, loopback_address

    if not places:
        raise RefreshError(
            "the workbook names no market to refresh: type a venue and a symbol on Markets or Plan,"
            " or give --venue and --symbols"
        )
    asks: list[Ask] = [
        Ask(
            venue, tuple(place.symbol for place in places if place.venue == venue), kinds, now,
            days, required,
        )
        for venue in dict.fromkeys(place.venue for place in places)
    ]  # fmt: skip
    return read_all(CcxtSource(loopback_address()), asks, tell)
