"""Events as rows of the table Fills, and back, without loss.

What all events of a file have in common stands once, in the row of the file below them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from addin.package.values import Value
from workbook.actions import ActionError, TableData
from workbook.journal.imports.events import (
    ClosedTrade,
    CoinPrice,
    Event,
    FileRead,
    Fill,
    Payment,
    Stored,
)
from workbook.journal.imports.venues import EXPORTS
from workbook.template.tables.journal import FILLS

_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_DAY = 86_400_000_000  # microseconds
_TRADE = "closed trade"
_PRICE, _DATED_PRICE = "coin price", "coin price of a day"
_FILE = "file"
_OF_FILL = " of the fill"  # behind funding or fee: the other half of a fill's statement
_MADE = re.compile(r"([a-z-]+):([0-9a-f]{20}):(\d+)")


# Of an event, what is blank where the file's row below says the same.
_SHARED = {
    "Venue": "venue", "Account": "account", "Zone": "zone", "Format": "source", "File": "file",
}  # fmt: skip
_SAME = "-"  # in such a cell: really blank, although the file's row is not


def fill_rows(stored: Iterable[Stored]) -> list[dict[str, object]]:
    """The cells of events and files, by header; blank ones are left out."""
    events = list(stored)
    below: list[FileRead | None] = []
    marker: FileRead | None = None
    for one in reversed(events):
        if isinstance(one, FileRead):
            marker = one
        below.append(marker)
    rows = []
    for one, file in zip(events, reversed(below), strict=True):
        cells = _fill_row(one)
        if file is not None and file is not one and _is_of(one, file):
            for header, name in _SHARED.items():
                if getattr(one, name) == getattr(file, name):
                    cells.pop(header, None)
                elif header not in cells:
                    cells[header] = _SAME
            if cells.get("Kind") == "trade":
                del cells["Kind"]
        if one.zone == "UTC" and one.written == _in_utc(one.time):
            cells.pop("Written", None)
        rows.append(cells)
    return rows


def _is_of(one: Stored, file: FileRead) -> bool:
    return not isinstance(one, CoinPrice) and (one.number, one.file) == (file.number, file.file)


def _in_utc(time: dt.datetime) -> str:
    return time.replace(tzinfo=None).isoformat(sep=" ")


def _fill_row(one: Stored) -> dict[str, object]:
    cells: dict[str, object] = {
        "Time": _serial(one.time), "Symbol": one.symbol, "Id": one.id, "Venue": one.venue,
        "Account": one.account, "Written": one.written, "Zone": one.zone, "Format": one.source,
        "File": one.file, "Import": float(one.number),
    }  # fmt: skip
    if isinstance(one, Fill):
        cells.update({
            "Side": one.side, "Quantity": _exact(one.quantity), "Price": _exact(one.price),
            "Fee": _exact(one.fee), "Fee currency": one.fee_currency, "Order id": one.order_id,
            "Position side": one.position_side, "Effect": one.effect, "Kind": one.kind,
            "Unit": one.unit, "Realised": _exact(one.realised), "Balance": _exact(one.balance),
        })  # fmt: skip
    elif isinstance(one, Payment):
        cells.update({
            "Fee" if one.kind == "fee" else "Funding": _exact(one.amount),
            "Fee currency": one.currency, "Position side": one.position_side,
            "Kind": one.kind + (_OF_FILL if one.attached else ""),
        })  # fmt: skip
    elif isinstance(one, ClosedTrade):
        cells.update({
            "Kind": _TRADE, "Position side": one.side, "Quantity": _exact(one.quantity),
            "Price": _exact(one.entry), "Exit": _exact(one.exit), "Realised": _exact(one.gross),
            "Fee": _exact(one.fees), "Fee currency": one.currency, "Funding": _exact(one.carry),
            "Opened": None if one.opened is None else _serial(one.opened),
            "Stop": _exact(one.stop), "High": _exact(one.high), "Low": _exact(one.low),
            "Leverage": _exact(one.leverage),
        })  # fmt: skip
    elif isinstance(one, CoinPrice):
        cells.update({"Kind": _DATED_PRICE if one.dated else _PRICE, "Price": _exact(one.price)})
    else:
        cells.update({
            "Kind": _FILE, "Opened": _serial(one.first), "Quantity": float(one.rows),
        })  # fmt: skip
    return {header: value for header, value in cells.items() if value not in (None, "")}


def stored_events(table: TableData) -> list[Stored]:
    """Everything that the table Fills holds, in its order."""
    table.need(column.header for column in FILLS.columns)
    return list(_read(table))


def _read(table: TableData) -> Iterator[Stored]:
    at = {header: table.headers.index(header) for header in (c.header for c in FILLS.columns)}
    get = at.__getitem__
    columns = (get("Time"), get("Id"), get("Kind"), get("Side"))
    files = _files_below(table, get("Kind"), get("Import"))
    shared = [get(header) for header in _SHARED]
    for row, cells in enumerate(table.rows, 1):
        time, own, kind, side = (cells[column] for column in columns)
        if own in (None, "") and time in (None, ""):
            continue
        if not isinstance(time, float):
            raise ActionError(
                f"row {row} of Fills has no time: take the last import back with isomargin journal"
                " undo, or start from a backup"
            )
        file = files[row - 1]
        if file is not None and cells is not file:
            cells = list(cells)
            for column in shared:
                if cells[column] is None:
                    cells[column] = file[column]
                elif cells[column] == _SAME:
                    cells[column] = None
            kind = kind or ("trade" if side else kind)
        yield _event(_Cells(at, cells), time, str(kind or ""), str(side or ""))


def _files_below(table: TableData, kind: int, number: int) -> list[Sequence[Value] | None]:
    """For each row the row of its file: the next one below, of the same import."""
    found: list[Sequence[Value] | None] = []
    file: Sequence[Value] | None = None
    for cells in reversed(table.rows):
        if cells[kind] == _FILE:
            file = cells
        same = file is not None and cells[number] == file[number]
        found.append(file if same and cells[kind] not in (_PRICE, _DATED_PRICE) else None)
    return found[::-1]


class _Cells:
    """One row of Fills."""

    __slots__ = ("_at", "_cells")

    def __init__(self, at: Mapping[str, int], cells: Any) -> None:
        self._at = at
        self._cells = cells

    def text(self, header: str) -> str:
        value = self._cells[self._at[header]]
        if value is None:
            return ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

    def exact(self, header: str) -> Decimal | None:
        value = self._cells[self._at[header]]
        if value is None or value == "":
            return None
        return Decimal(value if isinstance(value, str) else _short(value))

    def number(self, header: str) -> Decimal:
        return self.exact(header) or Decimal(0)

    def time(self, header: str) -> dt.datetime | None:
        value = self._cells[self._at[header]]
        return _moment(value) if isinstance(value, float) else None


def _event(cells: _Cells, time: float, kind: str, side: str) -> Stored:
    text = cells.text
    about: dict[str, Any] = {
        "time": _moment(time), "symbol": text("Symbol"), "id": text("Id"), "venue": text("Venue"),
        "account": text("Account"), "written": text("Written"), "zone": text("Zone"),
        "source": text("Format"), "file": text("File"), "number": int(cells.number("Import")),
    }  # fmt: skip
    if about["zone"] == "UTC" and not about["written"] and kind != _FILE:
        about["written"] = _in_utc(about["time"])
    if not kind:
        kind = "trade" if side else "fee" if cells.exact("Fee") is not None else "funding"
        about.update(_of_template_1(about["id"], about["symbol"], "" if side else kind))
    if kind == _FILE:
        first = cells.time("Opened") or about["time"]
        return FileRead(**about, first=first, rows=int(cells.number("Quantity")))
    if kind in (_PRICE, _DATED_PRICE):
        return CoinPrice(**about, price=cells.number("Price"), dated=kind == _DATED_PRICE)
    if kind == _TRADE:
        return ClosedTrade(
            **about, side=text("Position side"),  # type: ignore[arg-type]
            quantity=cells.exact("Quantity"), entry=cells.exact("Price"), exit=cells.exact("Exit"),
            gross=cells.exact("Realised"), fees=cells.exact("Fee"),
            carry=cells.exact("Funding"), currency=text("Fee currency"),
            opened=cells.time("Opened"), stop=cells.exact("Stop"), high=cells.exact("High"),
            low=cells.exact("Low"), leverage=cells.exact("Leverage"),
        )  # fmt: skip
    if kind.startswith(("funding", "fee")):
        bare = kind.removesuffix(_OF_FILL)
        return Payment(
            **about, kind=bare,  # type: ignore[arg-type]
            amount=cells.number("Fee" if bare == "fee" else "Funding"),
            currency=text("Fee currency"),
            position_side=text("Position side"),  # type: ignore[arg-type]
            attached=kind != bare,
        )  # fmt: skip
    return Fill(
        **about, side=side, kind=kind,  # type: ignore[arg-type]
        quantity=cells.number("Quantity"), price=cells.number("Price"), fee=cells.number("Fee"),
        fee_currency=text("Fee currency"), order_id=text("Order id"),
        position_side=text("Position side"),  # type: ignore[arg-type]
        effect=text("Effect"),  # type: ignore[arg-type]
        unit=text("Unit"), realised=cells.exact("Realised"), balance=cells.exact("Balance"),
    )  # fmt: skip


def _of_template_1(own: str, symbol: str, payment: str) -> dict[str, str]:
    """What the first template's rows say of an event's identity, in today's terms."""
    made = _MADE.fullmatch(own)
    key, _, rest = own.partition(":")
    if made is not None and made[1] in EXPORTS:
        export = EXPORTS[made[1]]
        return {"id": f"~{made[2]}:{made[3]}", "venue": export.venue, "source": export.key}
    if key in EXPORTS and rest:
        export = EXPORTS[key]
        own = ":".join(part for part in (payment, rest) if part)
        return {"id": own, "venue": export.venue, "source": export.key}
    own = ":".join(part for part in (payment, symbol, own) if part)
    return {"id": own, "source": "generic"}


def _exact(number: Decimal | None) -> float | str | None:
    """A number as a cell keeps it without loss: as text where a double has too few digits."""
    if number is None:
        return None
    short = float(number)
    return short if Decimal(repr(short)) == number else f"{number:f}"


def _short(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _serial(moment: dt.datetime) -> float:
    microseconds = (moment - _EPOCH) // dt.timedelta(microseconds=1)
    return microseconds / _DAY


def _moment(days: float) -> dt.datetime:
    """A sheet's time; a double of that size tells a microsecond from the next."""
    return _EPOCH + dt.timedelta(microseconds=round(days * _DAY))


def source_of(venue: str, own: str) -> str:
    """How the journal names an event: its venue and its id there."""
    return f"{venue}/{own}"


def events_only(stored: list[Stored]) -> list[Event]:
    """What happened, without prices and files."""
    return [one for one in stored if not isinstance(one, (CoinPrice, FileRead))]
