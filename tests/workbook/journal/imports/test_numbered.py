from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from workbook.journal.imports.events import NOWHERE, ClosedTrade, Event, FileLine, Fill, Payment
from workbook.journal.imports.numbered import numbered

NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
ONE = Decimal(1)
EVENTS: list[Event] = [
    Fill(time=NOON, symbol="ETH", id="7", side="buy", quantity=ONE, price=ONE, also=("o1",),
         place=FileLine("a.csv", 3)),
    Payment(time=NOON, symbol="ETH", id="8", kind="funding", amount=ONE, number=4),
    ClosedTrade(time=NOON, symbol="ETH", id="9", side="short", quantity=None, entry=None, exit=ONE),
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_it_is_the_event_replaced_to_the_last_field(event: Event) -> None:
    before = dataclasses.asdict(event)
    new = numbered(event, 12)
    assert type(new) is type(event)
    assert dataclasses.asdict(new) == dataclasses.asdict(dataclasses.replace(event, number=12))
    assert new == dataclasses.replace(event, number=12)
    assert hash(new) == hash(dataclasses.replace(event, number=12))
    assert dataclasses.asdict(event) == before, "the event that was read is another one's, too"
    with pytest.raises(dataclasses.FrozenInstanceError):
        new.number = 5  # type: ignore[misc]


def test_what_is_not_compared_is_kept() -> None:
    assert numbered(EVENTS[0], 2).place == FileLine("a.csv", 3)
    assert numbered(EVENTS[1], 2).place is NOWHERE
