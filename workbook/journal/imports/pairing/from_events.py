"""All events, book by book, into trades in the order of their closing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.journal.imports.events import ClosedTrade, Event, Payment
from workbook.journal.imports.pairing.book import Book
from workbook.journal.imports.pairing.contract_size import contract_size
from workbook.journal.imports.pairing.costs import Costs, Prices
from workbook.journal.imports.pairing.trade import Key, Trade
from workbook.journal.imports.pairing.whole_trades import whole_trades
from workbook.journal.imports.venues import EXPORTS

_NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True)
class Pairing:
    """Trades in the order of their closing, what is open, and what could not be told."""

    trades: tuple[Trade, ...]
    open_trades: tuple[Trade, ...]
    notes: tuple[str, ...]
    broken: tuple[str, ...]  # books of which nothing is taken, and why
    broken_keys: frozenset[Key] = frozenset()


def pair(events: Iterable[Event], prices: Prices | None = None) -> Pairing:
    """Trades out of all events, whatever order they come in.

    ``prices`` values costs in coins that are no dollars, by coin and day (None for any day).
    """
    books: dict[Key, list[Event]] = {}
    whole: list[ClosedTrade] = []
    for event in events:
        if isinstance(event, ClosedTrade):
            whole.append(event)
        else:
            key = (event.venue, event.account, event.symbol)
            books.setdefault(key, []).append(event)
    _assign_accounts(books)
    valued = Costs(prices or {})
    funded = {
        event.venue for happened in books.values() for event in happened if _tells_funding(event)
    }
    notes: list[str] = []
    broken: list[str] = []
    keys: set[Key] = set()
    trades: list[Trade] = []
    open_trades: list[Trade] = []
    for key, happened in books.items():
        ordered = _in_order(happened)
        size = contract_size(key, ordered)
        if size is None:
            keys.add(key)
            broken.append(
                f"{key[2]}: how many coins a contract is cannot be told before a closing fill says"
                " its result; nothing of it is in the journal yet"
            )
            continue
        book = Book(key, valued, size)
        book.run(ordered)
        notes += book.notes()
        if book.broken:
            keys.add(key)
            broken.append(book.broken)
            continue
        told = key[0] in funded
        trades += book.trades(carry_told=told)
        open_trades += book.open_trades(carry_told=told)
    rows, same = whole_trades(whole, trades, open_trades, valued)
    if same:
        notes.append(f"{same} closed trade(s) are known from their fills and not counted twice")
    trades += rows
    notes += valued.notes()
    trades.sort(key=lambda trade: (trade.closed, trade.opened or trade.closed, trade.id))
    return Pairing(tuple(trades), tuple(open_trades), tuple(notes), tuple(broken), frozenset(keys))


def _tells_funding(event: Event) -> bool:
    if isinstance(event, Payment) and event.kind == "funding":
        return True
    export = EXPORTS.get(event.source)
    return export is not None and export.tells_funding


def _assign_accounts(books: dict[Key, list[Event]]) -> None:
    """Give payments that name no account to the account that traded the symbol."""
    for key in [key for key in books if not key[1]]:
        others = [other for other in books if other[1] and (other[0], other[2]) == (key[0], key[2])]
        if len(others) == 1 and all(isinstance(event, Payment) for event in books[key]):
            books[others[0]] += books.pop(key)


def _in_order(events: list[Event]) -> list[Event]:
    """The order of what happened; within a moment by ascending ids, then as read."""

    def place(numbered: tuple[int, Event]) -> tuple[dt.datetime, int, int, int]:
        at, event = numbered
        later = isinstance(event, Payment) and not event.attached
        number = 0
        export = EXPORTS.get(event.source)
        if not later and export is not None and export.ids_ascend:
            found = _NUMBER.search(event.id)
            number = int(found[1]) if found else 0
        return event.time, int(later), number, at

    return [event for _, event in sorted(enumerate(events), key=place)]
