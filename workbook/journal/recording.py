"""Imported fills in the workbook: what they say of trades, and the memory of what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from addin.engine import Book
from addin.package import Package, Value
from addin.package.addresses import a1
from udfs.errors import CellError
from workbook.journal.closing import empty_plan_row
from workbook.journal.fills import Event, Fill, Payment
from workbook.journal.importing import Import, not_in_journal
from workbook.journal.pairing import Trade
from workbook.journal.rows import JournalError, Rows, as_moment, as_serial, move_as_of
from workbook.journal.schema import FIELDS
from workbook.template.tables.journal import FILLS

IMPORTED = "import "  # how the journal's Made by begins for a trade that no plan was for
LONGEST_MARK = 40
# A fill this far from the time that somebody noted is still the same trade.
NEAR_DAYS = 1.0
# What venues write behind the name of what is traded.
_QUOTES = ("PERP", "SWAP", "USDT", "USDC", "FDUSD", "BUSD", "USD", "PERP")


@dataclass
class Recorded:
    """What an import did to the journal, by trade numbers."""

    added: list[int] = field(default_factory=list)
    completed: list[int] = field(default_factory=list)  # taken before, closed by these fills
    known: list[int] = field(default_factory=list)  # closed by hand before: left as they are


def earlier_events(package: Package) -> list[Event]:
    """Everything that former imports read."""
    rows = Rows(package, "Fills")
    rows.need(column.header for column in FILLS.columns)
    return [_event(cells) for cells in rows.records()]


def record(package: Package, imported: Import) -> Recorded:
    """Put an import's trades into the journal and its events into the memory of fills.

    A trade that was taken before and is still open gets its actual prices and costs in its blank
    cells; one that was closed by hand stays as it is; any other becomes a new row.
    """
    journal = Rows(package, "Journal")
    done = Recorded()
    there = [
        {
            "symbol": journal.value(row, "Symbol"),
            "side": journal.value(row, "Side"),
            "opened": _moment(journal, row, "Opened"),
        }
        for row in journal.filled()
        if str(journal.value(row, "Made by") or "").startswith(IMPORTED)
    ]
    free = [
        row
        for row in journal.filled()
        if not str(journal.value(row, "Made by") or "").startswith(IMPORTED)
    ]
    new: list[Trade] = []
    exits = _trades_with_exits(package)
    for trade in not_in_journal(imported.trades, there):
        row = _taken(journal, free, trade)
        if row is None:
            new.append(trade)
            continue
        free.remove(row)
        number = journal.number(row, "Trade")
        started = any(journal.value(row, name) is not None for name in ("Closed", "Exit"))
        if started or (number is not None and number in exits):
            done.known.append(int(number or 0))
        else:
            _complete(package, journal, row, trade)
            done.completed.append(int(number or 0))
    done.added = _add(journal, new)
    if imported.events:
        Rows(package, "Fills").extend([_cells(event) for event in imported.events])
        move_as_of(package, as_serial(max(event.time for event in imported.events)))
    return done


def _add(journal: Rows, trades: Sequence[Trade]) -> list[int]:
    taken = [journal.number(row, "Trade") or 0 for row in journal.filled()]
    first = int(max(taken, default=0)) + 1
    rows: list[Mapping[str, object]] = [
        {
            "Trade": number, "Opened": as_serial(trade.opened), "Symbol": trade.symbol,
            "Side": trade.side, **_actual(trade),
            "Made by": (IMPORTED + trade.id)[:LONGEST_MARK],
        }
        for number, trade in enumerate(trades, start=first)
    ]  # fmt: skip
    if rows:
        journal.extend(rows)
    return list(range(first, first + len(rows)))


def _actual(trade: Trade) -> dict[str, object]:
    return {
        "Filled": trade.entry, "Size": trade.quantity, "Closed": as_serial(trade.closed),
        "Exit": trade.exit, "Fees": trade.fees, "Carry": trade.carry,
    }  # fmt: skip


def _complete(package: Package, journal: Rows, row: int, trade: Trade) -> None:
    blank = {
        header: value
        for header, value in _actual(trade).items()
        if journal.value(row, header) is None
    }
    journal.fill(row, blank, f"trade {journal.number(row, 'Trade') or 0:g}")
    empty_plan_row(package, journal, row)


def _taken(journal: Rows, rows: list[int], trade: Trade) -> int | None:
    """The row in which somebody noted this trade: same thing, same side, about the same time."""
    opened = as_serial(trade.opened)
    near = [
        (abs((journal.number(row, "Opened") or 0.0) - opened), row)
        for row in rows
        if journal.value(row, "Side") == trade.side
        and bare(str(journal.value(row, "Symbol"))) == bare(trade.symbol)
    ]
    near = [(apart, row) for apart, row in near if apart <= NEAR_DAYS]
    return min(near)[1] if near else None


def bare(symbol: str) -> str:
    """What is traded, without the currency and the kind of contract.

    >>> bare("ETHUSDT"), bare("ETH-PERP"), bare("eth"), bare("PF_SOLUSD")
    ('ETH', 'ETH', 'ETH', 'SOL')
    """
    name = symbol.upper().removeprefix("PF_")
    name = "".join(letter for letter in name if letter.isalnum())
    for ending in _QUOTES:
        if len(name) > len(ending):
            name = name.removesuffix(ending)
    return name


def _trades_with_exits(package: Package) -> set[float]:
    exits = Rows(package, "Exits")
    return {exits.number(row, "Trade") or 0.0 for row in exits.filled()}


def _moment(rows: Rows, row: int, header: str) -> dt.datetime | None:
    days = rows.number(row, header)
    return None if days is None else as_moment(days)


def _cells(event: Event) -> dict[str, object]:
    cells: dict[str, object] = {
        "Time": as_serial(event.time), "Symbol": event.symbol, "Id": event.id,
        "Position side": event.position_side or None,
    }  # fmt: skip
    if isinstance(event, Fill):
        return cells | {
            "Side": event.side,
            "Quantity": _exact(event.quantity),
            "Price": _exact(event.price),
            "Fee": _exact(event.fee),
            "Fee currency": event.fee_currency or None,
            "Order id": event.order_id or None,
            "Effect": event.effect or None,
        }
    header = "Fee" if event.kind == "fee" else "Funding"
    return cells | {header: _exact(event.amount), "Fee currency": event.currency or None}


def _exact(number: Decimal) -> float | str:
    """A number as a cell keeps it without loss: as text where a double has too few digits."""
    short = float(number)
    return short if Decimal(repr(short)) == number else f"{number:f}"


def _event(cells: Mapping[str, Value]) -> Event:
    def text(header: str) -> str:
        return str(cells[header] or "")

    def number(header: str) -> Decimal:
        value = cells[header]
        return (
            Decimal(0)
            if value is None
            else Decimal(value if isinstance(value, str) else repr(value))
        )

    time = _to_microsecond(cells["Time"])
    if text("Side"):
        return Fill(
            time=time, symbol=text("Symbol"), side=text("Side"),  # type: ignore[arg-type]
            quantity=number("Quantity"), price=number("Price"), id=text("Id"), fee=number("Fee"),
            fee_currency=text("Fee currency"), order_id=text("Order id"),
            position_side=text("Position side"),  # type: ignore[arg-type]
            effect=text("Effect"),  # type: ignore[arg-type]
        )  # fmt: skip
    is_fee = cells["Fee"] is not None
    return Payment(
        time=time, symbol=text("Symbol"), kind="fee" if is_fee else "funding",
        amount=number("Fee" if is_fee else "Funding"), id=text("Id"),
        currency=text("Fee currency"),
        position_side=text("Position side"),  # type: ignore[arg-type]
    )  # fmt: skip


def _to_microsecond(days: Value) -> dt.datetime:
    """A sheet's time; a double of that size tells a microsecond from the next."""
    if not isinstance(days, float):
        raise JournalError("a row of Fills has no time: import into a new workbook")
    epoch = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
    return epoch + dt.timedelta(microseconds=round(days * 86_400_000_000))


def journal_rows(book: Book, package: Package) -> Iterator[dict[str, object]]:
    """The journal's rows with their results, as the sheet shows them, for a file."""
    table = package.table("Journal")
    rows = Rows(package, "Journal")
    for row in rows.filled():
        if rows.value(row, "Symbol") is None:
            continue
        shown: dict[str, object] = {}
        for known in FIELDS:
            column = table.column(known.header)
            if column is None:
                continue
            value = book.value(table.sheet, a1(row, column))
            number = known.type != "text"
            if isinstance(value, CellError) or (number and isinstance(value, (str, bool))):
                value = None
            elif not number and value is not None:
                value = str(value)
            shown[known.header] = value
        yield shown
