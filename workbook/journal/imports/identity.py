"""Which events are one and the same: by the venue's own id, else by what they say.

A fill without an id is known by its content and its time, as the file writes it or in UTC, so that
neither the zone somebody gave nor the file it came in makes another fill of it. Fills that say
exactly the same are counted: a file adds as many as it has more than is known already.

The store is only ever added to. An event that is read anew with its time zone told stands behind
the one it corrects, with the same id; so does one that another export knows more about.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook.journal.imports.events import (
    ClosedTrade,
    CoinPrice,
    Event,
    FileRead,
    Fill,
    Payment,
    Stored,
)
from workbook.journal.imports.numbered import numbered
from workbook.journal.imports.orders import is_order, without_orders
from workbook.journal.imports.reading import Reading
from workbook.journal.imports.venues.bitget import FEE_OF_RESULT

_MINUTE = dt.timedelta(minutes=1)
_SECOND = dt.timedelta(seconds=1)
_NO_TIME = dt.timedelta(microseconds=20)  # but for what spreadsheet programs round away
_QUARTER = dt.timedelta(minutes=15)
_FARTHEST_ZONE = dt.timedelta(hours=27)
# What one export of a fill may know and another may not.
_DETAILS = ("position_side", "effect", "realised", "balance", "fee_currency", "order_id")
_TELLING = ("position_side", "effect", "realised", "balance")  # worth keeping a second reading for


@dataclass
class Added:
    """What a file brought."""

    new: list[Event] = field(default_factory=list)
    known: int = 0
    retimed: list[Event] = field(default_factory=list)  # known before, at another time
    detailed: list[Event] = field(default_factory=list)  # known before, with more to say now
    marker: FileRead | None = None

    @property
    def stored(self) -> list[Stored]:
        """What has to be kept: nothing, if the file says nothing new."""
        events: list[Stored] = [*self.new, *self.retimed, *self.detailed]
        return [*events, self.marker] if events and self.marker else events


class Ledger:
    """Everything that was ever imported, in the order of the imports."""

    def __init__(self, stored: Iterable[Stored] = ()) -> None:
        self._stored: list[Stored] = []
        self._filed = 0  # how many of them stand in what follows
        self._by_id: dict[tuple[str, str], list[Event]] = {}
        # By what they say, then by the minute, or by the time as written.
        self._by_time: dict[object, dict[dt.datetime, list[Event]]] = {}
        self._by_written: dict[object, dict[str, list[Event]]] = {}
        self._files: dict[tuple[int, str], FileRead] = {}
        self._hashes: set[str] = set()
        self._numbers: Counter[object] = Counter()
        self._keep(stored)

    @property
    def stored(self) -> tuple[Stored, ...]:
        """Everything, as it is kept."""
        return tuple(self._stored)

    @property
    def last_import(self) -> int:
        """The number of the last import; 0 where there was none."""
        return max((one.number for one in self._stored), default=0)

    def price(
        self, coin: str, price: Decimal, day: dt.date | None, number: int
    ) -> CoinPrice | None:
        """Keep what a coin is worth; None where it was known to be worth that."""
        time = dt.datetime.combine(day or dt.date(2009, 7, 7), dt.time(), dt.UTC)
        one = CoinPrice(
            time=time, symbol=coin.upper(), id=f"price:{coin.upper()}", number=number,
            price=price, dated=day is not None,
        )  # fmt: skip
        known = [
            old
            for old in self._stored
            if isinstance(old, CoinPrice)
            and (old.symbol, old.dated) == (one.symbol, one.dated)
            and old.time.date() == one.time.date()
        ]
        if known and known[-1].price == price:
            return None
        self._keep([one])
        return one

    def add(self, reading: Reading, number: int) -> Added:
        """Take in what a file says, as far as it is not known."""
        done = Added()
        if not reading.events:
            return done
        self._file()
        marker = _marker(reading, number)
        done.marker = marker
        used: set[int] = set()  # known events that rows of this file stand for already
        within: dict[tuple[str, str], list[object]] = {}  # contents under one id in this file
        for read in reading.events:
            event = numbered(read, number)
            content = _content(event)
            if event.id:
                key = (event.venue, event.id)
                same_id = within.setdefault(key, [])
                said = _costs(event), content
                if said in same_id:
                    done.known += 1
                    continue
                same_id.append(said)
                if len(same_id) > 1:
                    event = dataclasses.replace(event, id=f"{event.id}#{len(same_id)}")
            old = self._find(event, content, marker, used)
            if old is None:
                if not event.id:
                    event = dataclasses.replace(event, id=self._fingerprint(event, content))
                done.new.append(event)
                continue
            used.add(id(old))
            done.known += 1
            if _retimes(event, old):
                done.retimed.append(dataclasses.replace(event, id=old.id, account=old.account))
            elif _details(event, old):
                done.detailed.append(dataclasses.replace(event, id=old.id))
        kept = len(done.stored) - 1
        if reading.content and kept > 0:
            done.marker = dataclasses.replace(marker, content=f"{reading.content} {kept}")
        self._keep(done.stored)
        return done

    def events(self) -> list[Event]:
        """Each event once, as the latest reading has it, in the order of time."""
        accounts: dict[str, set[str]] = {}
        for one in self._stored:
            if one.account:
                accounts.setdefault(one.venue, set()).add(one.account)
        only = {venue: next(iter(names)) for venue, names in accounts.items() if len(names) == 1}
        groups: dict[tuple[str, str, str], list[Event]] = {}
        for one in self._stored:
            if isinstance(one, (CoinPrice, FileRead)):
                continue
            account = one.account or only.get(one.venue, "")
            if account != one.account:
                one = dataclasses.replace(one, account=account)
            groups.setdefault((one.venue, account, one.id), []).append(one)
        found = [group[0] if len(group) == 1 else _merged(group) for group in groups.values()]
        return without_orders(_without_derived_fees(found))

    def prices(self) -> Mapping[tuple[str, dt.date | None], Decimal]:
        """What coins are worth, by coin and day; the day is None for any."""
        return {
            (one.symbol, one.time.date() if one.dated else None): one.price
            for one in self._stored
            if isinstance(one, CoinPrice)
        }

    def _keep(self, more: Iterable[Stored]) -> None:
        self._stored.extend(more)

    def _file(self) -> None:
        """Make what is kept ready to be found; not before somebody looks for something."""
        for one in self._stored[self._filed :]:
            if isinstance(one, FileRead):
                self._files[one.number, one.file] = one
                self._hashes.add(one.id)
            elif not isinstance(one, CoinPrice):
                content = _content(one)
                self._by_id.setdefault((one.venue, one.id), []).append(one)
                minute = one.time.replace(second=0, microsecond=0)
                self._by_time.setdefault(content, {}).setdefault(minute, []).append(one)
                if one.written and not _has_own_id(one):
                    told = self._by_written.setdefault(content, {})
                    told.setdefault(one.written, []).append(one)
        self._filed = len(self._stored)

    def _find(
        self, event: Event, content: object, marker: FileRead, used: set[int]
    ) -> Event | None:
        """The event that this one is, where it is known."""
        if not self._by_id:
            return None
        if event.id:
            for old in reversed(self._by_id.get((event.venue, event.id), ())):
                if type(old) is type(event) and _one_account(old, event) and id(old) not in used:
                    return old
        for old in self._near(event, content):
            if id(old) in used or not _one_account(old, event):
                continue
            if event.id and _has_own_id(old) and old.source == event.source:
                continue  # one export gives each of its events an id of its own
            if not event.id and not _has_own_id(old) and self._only_touches(old, event, marker):
                continue
            return old
        if not event.id and event.written:
            for old in self._by_written.get(content, {}).get(event.written, ()):
                apart = abs(old.time - event.time)
                if (
                    id(old) not in used
                    and old.source == event.source
                    and _same_costs(old, event)
                    and _one_account(old, event)
                    and apart <= _FARTHEST_ZONE
                    and not apart % _QUARTER
                    and not self._only_touches(old, event, marker)
                ):
                    return old
        return None

    def _near(self, event: Event, content: object) -> Iterable[Event]:
        """Known events that say the same at the same time; in another export within a minute."""
        known = self._by_time.get(content)
        if known is None:
            return
        minute = event.time.replace(second=0, microsecond=0)
        later: list[Event] = []
        for at in (minute, minute - _MINUTE, minute + _MINUTE):
            for old in reversed(known.get(at, ())):
                if is_order(old) != is_order(event):
                    continue  # an order of one fill; which fills it stands for is told later
                if old.source != event.source:
                    apart = _MINUTE  # some exports leave the seconds out
                elif _has_own_id(old) != bool(event.id):
                    apart = _SECOND  # or the milliseconds, and the ids with them
                else:
                    apart = _NO_TIME
                if old.time == event.time or abs(old.time - event.time) < apart:
                    if _same_costs(old, event):
                        yield old
                    elif _tells_less(old, event):
                        later.append(old)
        yield from later

    def _only_touches(self, old: Event, event: Event, marker: FileRead) -> bool:
        """Whether the two files meet in this one moment: then it is another fill that says so."""
        if marker.id in self._hashes:
            return False
        there = self._files.get((old.number, old.file))
        if there is None or there.first == there.time or marker.first == marker.time:
            return False
        return (there.time == marker.first == event.time) or (
            there.first == marker.time == event.time
        )

    def _fingerprint(self, event: Event, content: tuple[object, ...]) -> str:
        said = "|".join(
            str(part.normalize() if isinstance(part, Decimal) else part)
            for part in (
                *content,
                *_costs(event),
                event.account,
                event.written or event.time.isoformat(),
            )
        )
        digest = hashlib.sha256(said.encode()).hexdigest()[:20]
        self._numbers[digest] += 1
        while (event.venue, f"~{digest}:{self._numbers[digest]}") in self._by_id:
            self._numbers[digest] += 1
        return f"~{digest}:{self._numbers[digest]}"


def _has_own_id(event: Event) -> bool:
    return bool(event.id) and not event.id.startswith("~")


def _one_account(one: Event, two: Event) -> bool:
    return one.account == two.account or not (one.account and two.account)


def _content(event: Event) -> tuple[object, ...]:
    """What an event says in any export of it, but for its time."""
    if isinstance(event, Fill):
        return (event.venue, event.symbol, "fill", event.side, event.quantity, event.price)
    if isinstance(event, Payment):
        kind = FEE_OF_RESULT if _is_derived(event) else event.kind
        return (event.venue, event.symbol, kind, event.amount)
    return (event.venue, event.symbol, "trade", event.side, event.quantity, event.entry,
            event.exit)  # fmt: skip


def _costs(event: Event) -> tuple[object, ...]:
    """What else an event says, which another export may put otherwise or not have."""
    if isinstance(event, Fill):
        return (event.fee,)
    if isinstance(event, Payment):
        return ()
    return (event.gross, event.fees, event.carry)


def _same_costs(one: Event, two: Event) -> bool:
    return _costs(one) == _costs(two)


def _tells_less(one: Event, two: Event) -> bool:
    """Whether one of two exports leaves a fee out, or puts a trade's costs together."""
    if isinstance(one, Fill) and isinstance(two, Fill):
        if one.source == two.source:
            return not (one.fee_told and two.fee_told)
        return not one.fee or not two.fee
    if one.source == two.source:
        return False
    return isinstance(one, ClosedTrade) and one.quantity is not None


def _is_derived(event: Event) -> bool:
    """Whether a fee was worked out from two results, for want of a column."""
    return isinstance(event, Payment) and f":{FEE_OF_RESULT}" in event.id


def _retimes(event: Event, old: Event) -> bool:
    """Whether the time is corrected: the zone was not told before, or is told anew."""
    if event.source != old.source or not event.zone or event.time == old.time:
        return False
    return abs(event.time - old.time) >= _MINUTE


def _details(event: Event, old: Event) -> bool:
    if isinstance(event, Fill) and isinstance(old, Fill) and event.fee_told > old.fee_told:
        return True
    if event.source == old.source:
        return False
    if not isinstance(event, Fill) or not isinstance(old, Fill):
        # The newer layout of closed trades has its costs apart, and comes first by name.
        return isinstance(event, ClosedTrade) and event.source < old.source
    if event.fee and not old.fee:
        return True
    return any(
        getattr(event, name) not in ("", None) and getattr(old, name) in ("", None)
        for name in _TELLING
    )


def _merged(group: list[Event]) -> Event:
    """The latest reading of the export that comes first by name, with what others add."""
    latest: dict[str, Event] = {}
    for one in group:
        latest[one.source] = one
    ordered = [latest[source] for source in sorted(latest)]
    first = ordered[0]
    if not isinstance(first, Fill):
        return first
    more: dict[str, object] = {}
    if not first.time.second and not first.time.microsecond:
        finer = [
            one.time for one in ordered[1:] if dt.timedelta(0) < one.time - first.time < _MINUTE
        ]
        more.update({"time": finer[0]} if finer else {})
    if not first.fee:
        fees = [one for one in ordered[1:] if isinstance(one, Fill) and one.fee]
        if fees:
            more.update({"fee": fees[0].fee, "fee_currency": fees[0].fee_currency})
    if any(isinstance(one, Fill) and one.fee_told for one in ordered):
        more["fee_told"] = True
    for name in _DETAILS:
        if getattr(first, name) in ("", None) and name not in more:
            for other in ordered[1:]:
                value = getattr(other, name, None)
                if value not in ("", None):
                    more[name] = value
                    break
    return dataclasses.replace(first, **more)  # type: ignore[arg-type]


def _without_derived_fees(events: list[Event]) -> list[Event]:
    """Leave out fees worked out from two results where another export has the real ones."""
    derived = [one for one in events if _is_derived(one)]
    if not derived:
        return events
    real: dict[object, list[dt.datetime]] = {}
    for one in events:
        if (isinstance(one, Fill) and one.fee) or (
            isinstance(one, Payment) and one.kind == "fee" and not _is_derived(one)
        ):
            key = (one.venue, one.account, one.symbol)
            real.setdefault(key, []).append(one.time)
    gone = set()
    for times in real.values():
        times.sort()
    for one in derived:
        times = real.get((one.venue, one.account, one.symbol), [])
        at = bisect.bisect_left(times, one.time - _MINUTE)
        if at < len(times) and times[at] <= one.time + _MINUTE:
            gone.add(id(one))
    return [one for one in events if id(one) not in gone]


def _marker(reading: Reading, number: int) -> FileRead:
    """What is kept of a file itself."""
    said = hashlib.sha256()
    for line in sorted(
        f"{event.id}|{_content(event)}|{_costs(event)}|{event.written or event.time}"
        for event in reading.events
    ):
        said.update(line.encode())
    times = [event.time for event in reading.events]
    first = reading.events[0]
    return FileRead(
        time=max(times), first=min(times), symbol="", id=f"file:{said.hexdigest()[:20]}",
        venue=first.venue, account=first.account, source=first.source, file=reading.file,
        zone=first.zone, number=number, rows=reading.rows,
    )  # fmt: skip
