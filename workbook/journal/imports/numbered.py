"""Events with the number of the import that brought them; there are many in a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from workbook.journal.imports.events import ClosedTrade, Event, Fill, Payment


def numbered(event: Event, number: int) -> Event:
    """The event with another number: as `dataclasses.replace`, in a third of the time."""
    read, put = _FIELDS[type(event)]
    new: Event = object.__new__(type(event))
    for put_one, value in zip(put, read(event), strict=True):
        put_one(new, value)
    put[0](new, number)
    return new


def _fields(kind: type) -> tuple[Callable[[Any], Any], list[Callable[[Any, Any], None]]]:
    """What reads all fields of a kind of event, and what puts each into a new one."""
    names = ["number", *(one.name for one in dataclasses.fields(kind) if one.name != "number")]
    # The slots themselves: an event in the making is nobody's yet.
    return attrgetter(*names), [getattr(kind, name).__set__ for name in names]


_FIELDS = {kind: _fields(kind) for kind in (Fill, Payment, ClosedTrade)}
