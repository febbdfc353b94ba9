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

TABLES = ("Journal", "Now")
NAMES = ("As_of", "Prices_at")


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
    if gone:
        edits.append(RemoveRows("Now", tuple(gone)))
    missing = [trade for trade in trades if trade.number not in listed]
    if missing:
        edits.append(AppendRows("Now", tuple(_row(trade, priced, now) for trade in missing)))
        words += [f"trade {trade.number} ({trade.symbol} {trade.side}) joins Now"
                  for trade in missing]  # fmt: skip
    return Changes(tuple(edits), tuple(words)) + stamp(snapshot, at)


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


def _row(trade: OpenTrade, priced: Mapping[int, float], now: float) -> dict[str, object]:
    cells: dict[str, object] = {"Trade": trade.number}
    price = priced.get(trade.number)
    if price is not None:
        cells |= {"Price": price, "Price at": now, "High": price, "Low": price}
    return cells
