"""Events as rows of the table Fills, and back, without loss.

Each row stands alone: people may sort the sheet. Rows of version 0.2.0 had what all events of a
file have in common once, in the row of the file below them; they are understood, and completed by
the next import.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
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
_MICROSECOND = dt.timedelta(microseconds=1)
_DIGITS = 15  # that LibreOffice keeps of a number when it saves a workbook
_ROUNDED_AWAY = 6  # microseconds of a time, by that
_TRADE = "closed trade"
_PRICE, _DATED_PRICE = "coin price", "coin price of a day"
_FILE = "file"
_OF_FILL = " of the fill"  # behind funding or fee: the other half of a fill's statement
_MADE = re.compile(r"([a-z-]+):([0-9a-f]{20}):(\d+)")


# What rows of version 0.2.0 left blank where the row of their file, below them, says the same.
_SHARED = ("Venue", "Account", "Zone", "Format", "File")
_REALLY_BLANK = "-"  # in such a cell, where the file's row has something
ROW = "Row"  # the column that keeps the order in which events were read


class FillRows(Collection[Mapping[str, object]]):
    """The cells of events and files, by header; blank ones are left out.

    Each row says all of itself, so that people may sort and filter them; ``first`` is the number of
    the first one, None for a table without a column for it.
    """

    def __init__(self, stored: Sequence[Stored], first: int | None) -> None:
        self._stored, self._first = stored, first

    def __len__(self) -> int:
        return len(self._stored)

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        for at, one in enumerate(self._stored):
            cells = _fill_row(one)
            if self._first is not None:
                cells[ROW] = float(self._first + at)
            else:
                for header in _SHARED:
                    cells.setdefault(header, _REALLY_BLANK)
            yield cells

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def fill_rows(table: TableData, stored: Sequence[Stored]) -> FillRows:
    """New rows for the table Fills, numbered on from those that it has."""
    if not table.has(ROW):
        return FillRows(stored, None)
    numbers = (table.number(row, ROW) for row in range(1, len(table.rows) + 1))
    last = max((number for number in numbers if number is not None), default=0)
    return FillRows(stored, int(max(last, len(table.rows))) + 1)


def completed_rows(table: TableData) -> Iterator[tuple[int, dict[str, object]]]:
    """What rows of older versions lack to stand alone: their number, and the cells by header."""
    whole = table.has(ROW)
    headers = [column.header for column in FILLS.columns if table.has(column.header)]
    for _, row, one in _read(table, only_old=True):
        cells = _fill_row(one)
        if whole:
            cells[ROW] = float(row)
        elif isinstance(one, CoinPrice):
            continue
        else:
            for header in _SHARED:
                cells.setdefault(header, _REALLY_BLANK)
        changed = {
            header: cells.get(header)
            for header in headers
            if table.value(row, header) != cells.get(header)
        }
        if changed:
            yield row, changed


def _in_utc(time: dt.datetime) -> str:
    return time.isoformat(" ").removesuffix("+00:00")


def _fill_row(one: Stored) -> dict[str, object]:
    cells: dict[str, object] = {
        "Time": _serial(one.time), "Symbol": one.symbol, "Id": one.id, "Venue": one.venue,
        "Account": one.account, "Written": one.written, "Zone": one.zone, "Format": one.source,
        "File": one.file, "Import": float(one.number),
    }  # fmt: skip
    if isinstance(one, Fill):
        cells.update({
            "Side": one.side, "Quantity": _exact(one.quantity), "Price": _exact(one.price),
            "Fee": _exact(one.fee if one.fee_told else None),
            "Fee currency": one.fee_currency, "Order id": one.order_id,
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
            "Order id": one.content,
        })  # fmt: skip
    if one.zone == "UTC" and one.written == _in_utc(one.time):
        cells["Written"] = None  # the same as its time
    return {header: value for header, value in cells.items() if value or type(value) is float}


def stored_events(table: TableData) -> list[Stored]:
    """Everything that the table Fills holds, in the order in which it was read."""
    table.need(column.header for column in FILLS.columns if column.header != ROW)
    return [one for _, _, one in sorted(_read(table), key=lambda read: read[:2])]


def whole_files(table: TableData) -> dict[str, tuple[int, int]]:
    """The files of which every event is still there: the import and the events, by content."""
    kinds, files = table.headers.index("Kind"), table.headers.index("File")
    numbers, orders = table.headers.index("Import"), table.headers.index("Order id")
    told: list[tuple[object, object, str]] = []
    there: Counter[tuple[object, object]] = Counter()
    for cells in table.rows:
        if cells[kinds] == _FILE:
            told.append((cells[numbers], cells[files], str(cells[orders] or "")))
        else:
            there[cells[numbers], cells[files]] += 1
    found = {}
    for number, file, said in told:
        content, _, kept = said.partition(" ")
        if kept.isdecimal() and there[number, file] == int(kept) and isinstance(number, float):
            found[content] = int(number), int(kept)
    return found


def _read(table: TableData, *, only_old: bool = False) -> Iterator[tuple[float, int, Stored]]:
    """Each row's place in the order of reading, its place in the table, and what it says."""
    at = {
        column.header: table.headers.index(column.header)
        for column in FILLS.columns
        if table.has(column.header)
    }
    get = at.__getitem__
    columns = (get("Time"), get("Id"), get("Kind"), get("Side"))
    in_order = at.get(ROW)
    files: list[Sequence[Value] | None] | None = None
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
        place = cells[in_order] if in_order is not None else None
        if isinstance(place, float):
            if not only_old:
                yield place, row, _event(_Cells(at, cells), time, str(kind or ""), str(side or ""))
            continue
        if files is None:
            files = _files_below(table, get("Kind"), get("Import"))
        file = files[row - 1]
        cells = list(cells)
        for column in shared:
            if cells[column] == _REALLY_BLANK:
                cells[column] = None
            elif file is not None and file is not table.rows[row - 1] and cells[column] is None:
                cells[column] = None if file[column] == _REALLY_BLANK else file[column]
        if file is not None and side:
            kind = kind or "trade"
        # Rows of version 0.2.0 stand in their order, and before all that have numbers.
        yield 0.0, row, _event(_Cells(at, cells), time, str(kind or ""), str(side or ""))


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
        rows = int(cells.number("Quantity"))
        return FileRead(**about, first=first, rows=rows, content=text("Order id"))
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
        fee_told=cells.exact("Fee") is not None,
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
    """A number as a cell keeps it without loss: as text where programs keep too few digits."""
    if number is None:
        return None
    short = float(number)
    if short.is_integer() and abs(short) < 1e15 and number == int(short):
        return short
    written = repr(short)
    if len(written) <= _DIGITS and written == str(number):
        return short  # most often
    if len(written) > _DIGITS and len(Decimal(written).as_tuple().digits) > _DIGITS:
        return f"{number:f}"
    return short if Decimal(written) == number else f"{number:f}"


def _short(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _serial(moment: dt.datetime) -> float:
    return (moment - _EPOCH) // _MICROSECOND / _DAY


def _moment(days: float) -> dt.datetime:
    """A sheet's time: whole milliseconds where it is that but for what saving rounds away."""
    microseconds = round(days * _DAY)
    off = (microseconds + 500) % 1000 - 500
    return _EPOCH + dt.timedelta(
        microseconds=microseconds - off if abs(off) <= _ROUNDED_AWAY else microseconds
    )


def source_of(venue: str, own: str) -> str:
    """How the journal names an event: its venue and its id there."""
    return f"{venue}/{own}"


def events_only(stored: list[Stored]) -> list[Event]:
    """What happened, without prices and files."""
    return [one for one in stored if not isinstance(one, (CoinPrice, FileRead))]
