"""Orders beside their fills: a venue that exports both tells every trade twice.

An order's row says how much of it was filled at which average price; its fills, where another file
has them, say the same to the second. The fills stand then, and the order is left out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from operator import attrgetter

from workbook.journal.imports.events import Event, Fill
from workbook.journal.imports.venues import EXPORTS

_BEFORE = dt.timedelta(minutes=1)  # a fill's clock and its order's may differ by so much
_NEAR = Decimal("1e-4")  # of the value: an average price is rounded
_SAME = Decimal("1e-9")  # of the quantity
_ROW = 200  # fills in a row that an order may have
_APART = 12  # fills among which those of an order are looked for where others lie between


def is_order(event: Event) -> bool:
    """Whether an event is an order in whole, whose fills another export may tell."""
    export = EXPORTS.get(event.source)
    return isinstance(event, Fill) and export is not None and export.per_order


def without_orders(events: list[Event]) -> list[Event]:
    """Leave out the orders whose fills are known."""
    orders = [event for event in events if isinstance(event, Fill) and is_order(event)]
    if not orders:
        return events
    fills: dict[object, list[Fill]] = defaultdict(list)
    for event in events:
        if isinstance(event, Fill) and not is_order(event):
            fills[_book(event)].append(event)
    for known in fills.values():
        known.sort(key=attrgetter("time"))
    told: set[int] = set()
    stands_for: dict[int, tuple[str, ...]] = {}  # fill: the ids of its order
    for order in sorted(orders, key=attrgetter("time")):
        known = fills.get(_book(order), [])
        own = _fills_of(order, known)
        if own:
            told.add(id(order))
            taken = {id(fill) for fill in own}
            known[:] = [fill for fill in known if id(fill) not in taken]
            stands_for[id(own[0])] = (order.id,)
    return [
        replace(event, also=stands_for[id(event)])
        if isinstance(event, Fill) and id(event) in stands_for
        else event
        for event in events
        if id(event) not in told
    ]


def _book(fill: Fill) -> object:
    return fill.venue, fill.account, fill.symbol, fill.side, fill.effect


def _fills_of(order: Fill, known: Sequence[Fill]) -> Sequence[Fill]:
    """The fills that make up an order: by its id, else by what they add up to."""
    by_id = [fill for fill in known if order.order_id and fill.order_id == order.order_id]
    if by_id:
        return by_id
    later = [fill for fill in known if fill.time >= order.time - _BEFORE]
    for among in (later, known):
        found = _in_a_row(order, among[:_ROW]) or _apart(order, among[:_APART])
        if found:
            return found
    return ()


def _in_a_row(order: Fill, fills: Sequence[Fill]) -> Sequence[Fill]:
    first, total = 0, Decimal(0)
    for last, fill in enumerate(fills):
        total += fill.quantity
        while total > order.quantity * (1 + _SAME):
            total -= fills[first].quantity
            first += 1
        own = fills[first : last + 1]
        if _add_up(order, own):
            return own
    return ()


def _apart(order: Fill, fills: Sequence[Fill]) -> Sequence[Fill]:
    smaller = [fill for fill in fills if fill.quantity < order.quantity]
    for count in range(2, len(smaller)):
        for own in combinations(smaller, count):
            if _add_up(order, own):
                return own
    return ()


def _add_up(order: Fill, fills: Iterable[Fill]) -> bool:
    quantity = value = Decimal(0)
    for fill in fills:
        quantity += fill.quantity
        value += fill.quantity * fill.price
    due = order.quantity * order.price
    return (
        abs(quantity - order.quantity) <= _SAME * order.quantity and abs(value - due) <= _NEAR * due
    )
