"""The review: prices of today into Now, every open trade on it, and a stamp that it was done.

A trade keeps its row of Now as long as it is open: one that is missing is added, one that is
closed goes. A new price also moves the high or the low since the entry, which the trailing stop
and the soft stop are judged by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from addin.package.values import serial
from workbook.actions import ActionError, AppendRows, Changes, Edit, RemoveRows, SetCell
from workbook.actions.snapshot import Snapshot, TableData
from workbook.journal.review import stamp
from workbook.terms.symbols import base_symbol

TABLES = ("Journal", "Now", "Plan")
NAMES = ("As_of", "Mark_days")


@dataclass(frozen=True)
class OpenTrade:
    """An open trade of the Journal; `row` is its data row there."""

    row: int
    number: int
    symbol: str
    side: str


def open_trades(snapshot: Snapshot) -> list[OpenTrade]:
    """The Journal's open trades, in its order."""
    journal = snapshot.table("Journal")
    found = []
    for row in journal.filled():
        number = journal.number(row, "Trade")
        symbol = journal.text(row, "Symbol")
        if symbol and number is not None and journal.value(row, "Closed") is None:
            found.append(OpenTrade(row, int(number), symbol, journal.text(row, "Side")))
    return found


def review(snapshot: Snapshot, prices: Mapping[str, float], at: dt.datetime) -> Changes:
    """Prices by symbol or by trade number into Now, the trades brought up to date, the stamp.

    Raises ActionError where a price is of nothing that is open.
    """
    now = serial(at)
    trades = open_trades(snapshot)
    priced = _priced(trades, prices)
    table = snapshot.table("Now")
    edits: list[Edit] = []
    words: list[str] = []
    listed: set[int] = set()
    gone: list[int] = []
    known = {trade.number: trade for trade in trades}
    for row in table.filled():
        number = table.number(row, "Trade")
        if number is None:
            continue
        if int(number) not in known:
            gone.append(row)
            words.append(f"trade {number:g} is not open any more: its row of Now is cleared")
        elif int(number) not in listed:
            listed.add(int(number))
            edits += _price(table, row, priced.get(int(number)), now)
    missing = [trade for trade in trades if trade.number not in listed]
    # Those that join take the rows of those that go first: Now has a fixed number of rows.
    for row, trade in zip(gone, missing, strict=False):
        cells = _row(snapshot, trade, priced, now)
        edits += [
            SetCell("Now", row, header, cells.get(header))
            for header in table.headers
            if header not in table.computed
        ]
    reused = min(len(gone), len(missing))
    if gone[reused:]:
        edits.append(RemoveRows("Now", tuple(gone[reused:])))
    left = missing[reused:]
    room = len(left) if table.room is None else table.room - max(table.filled(), default=0)
    if left[:room]:
        rows = tuple(_row(snapshot, trade, priced, now) for trade in left[:room])
        edits.append(AppendRows("Now", rows))
    words += [
        f"trade {trade.number} ({trade.symbol} {trade.side}) joins Now"
        for trade in missing[: reused + room]
    ]
    outside = tuple(
        f"trade {trade.number} ({trade.symbol} {trade.side}) finds no room on Now, which holds "
        f"{table.room}: nothing here judges it"
        for trade in left[room:]
    )
    looked = _priced_rows(snapshot, trades, priced, now) - {trade.row for trade in left[room:]}
    return Changes(tuple(edits), tuple(words), outside) + stamp(snapshot, at, looked)


def _priced_rows(
    snapshot: Snapshot, trades: list[OpenTrade], priced: Mapping[int, float], now: float
) -> set[int]:
    """The Journal's rows of the trades that have a price today: a look without one is no review."""
    table = snapshot.table("Now")
    newest = {
        int(table.number(row, "Trade") or 0): table.number(row, "Mark at") or 0.0
        for row in table.filled()
        if (table.number(row, "Mark") or 0.0) > 0
    }
    oldest = now - (snapshot.number("Mark_days") or 0.0)
    return {
        trade.row
        for trade in trades
        if trade.number in priced or newest.get(trade.number, 0.0) >= oldest
    }


def _priced(trades: list[OpenTrade], prices: Mapping[str, float]) -> dict[int, float]:
    """Each price for the trades that it is of: a trade's number, or every trade in a symbol."""
    found: dict[int, float] = {}
    for name, price in prices.items():
        wanted = name.strip()
        if wanted.isdecimal():
            matching = [trade for trade in trades if trade.number == int(wanted)]
        else:
            matching = [t for t in trades if t.symbol.casefold() == wanted.casefold()] or [
                t for t in trades if base_symbol(t.symbol) == base_symbol(wanted)
            ]
        if not matching:
            names = ", ".join(f"{t.symbol} (trade {t.number})" for t in trades) or "none"
            raise ActionError(f"--price {wanted}: no open trade of that name; open are: {names}")
        found.update((trade.number, price) for trade in matching)
    return found


def _price(table: TableData, row: int, price: float | None, now: float) -> list[Edit]:
    if price is None:
        return []
    edits: list[Edit] = [
        SetCell("Now", row, "Price", price),
        SetCell("Now", row, "Price at", now),
    ]
    high, low = table.number(row, "High"), table.number(row, "Low")
    if high is None or price > high:
        edits.append(SetCell("Now", row, "High", price))
    if low is None or price < low:
        edits.append(SetCell("Now", row, "Low", price))
    return edits


def _row(
    snapshot: Snapshot, trade: OpenTrade, priced: Mapping[int, float], now: float
) -> dict[str, object]:
    cells: dict[str, object] = {"Trade": trade.number}
    price = priced.get(trade.number)
    if price is not None:
        cells |= {"Price": price, "Price at": now, "High": price, "Low": price}
    volatility = _planned_volatility(snapshot, trade)
    if volatility is not None:
        cells["Volatility"] = volatility
    return cells


def _planned_volatility(snapshot: Snapshot, trade: OpenTrade) -> float | None:
    """The volatility typed for it on Plan: what the trade was planned with stays with it."""
    plan = snapshot.tables.get("Plan")
    if plan is None or not snapshot.table("Now").has("Volatility"):
        return None
    wanted = ("open", trade.symbol.casefold(), trade.side.casefold())
    for row in plan.filled():
        found = (plan.text(row, header).casefold() for header in ("Status", "Symbol", "Side"))
        if tuple(found) == wanted:
            return plan.number(row, "Volatility")
    return None
