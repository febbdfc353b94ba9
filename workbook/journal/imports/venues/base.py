"""What every export has: columns by field, and a row read through them.

A venue's file is a subclass of `Export`: its headers, and `read`, which makes a fill, a payment or
a closed trade of a row. Headers were taken from public sources; each export says which and when.
Venues change their exports without notice: a file whose columns do not fit is refused with the
names that are missing, never guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from workbook.journal.imports.events import (
    ClosedTrade,
    Event,
    FileLine,
    Fill,
    Payment,
    PositionSide,
)
from workbook.journal.imports.parsing import (
    NOTHING,
    BadCell,
    NumberForm,
    WrittenTime,
    amount,
    number,
)
from workbook.journal.imports.venues.sides import LOCAL_WORDS, Direction

Answer = TypeVar("Answer")

LONGEST_SYMBOL = 40  # what a journal's cell takes
_LONGEST_NOTHING = max(map(len, NOTHING))
_MARK = "\ufeff"


class LeftOut(Exception):
    """A row that is none of ours; the words say of which kind it is."""

    INVERSE = "inverse contract, settled in its coin"
    NOT_FILLED = "order that was not filled"
    OPTION = "option"
    PARTLY_CLOSED = "position that is only partly closed"
    SPOT = "spot"


def headers(lines: str) -> Mapping[str, tuple[str, ...]]:
    """For each field the headers that it may have, one field a line.

    >>> headers("time: transaction time | time")
    {'time': ('transaction time', 'time')}
    """
    fields = (line.partition(": ") for line in lines.split("\n") if line.strip())
    return {field.strip(): tuple(names.split(" | ")) for field, _, names in fields}


class Export:
    """One kind of file that a venue exports; made anew for each file."""

    key: ClassVar[str]
    name: ClassVar[str]
    source: ClassVar[str]  # where the columns were seen
    venue: ClassVar[str] = ""  # blank: any
    as_of: ClassVar[str] = "2026-11"  # all sources were read then; one that is read later says so
    # For each field the headers that it may have, the usual one first, in small letters.
    columns: ClassVar[Mapping[str, tuple[str, ...]]]
    # A file is of this kind if it has all of these fields.
    required: ClassVar[tuple[str, ...]]
    unused: ClassVar[tuple[str, ...]] = ()  # headers that are known and say nothing new
    numbers: ClassVar[tuple[str, ...]] = (
        "quantity", "price", "fee", "funding", "realised", "value", "exit", "gross", "carry",
    )  # fmt: skip
    # What the times are in where the venue does not always write UTC: then a header, the file's
    # name or the person has to tell.
    zone_words: ClassVar[str] = ""
    day_first: ClassVar[bool | None] = None  # whether 05/06/2026 is the fifth of June, if known
    short_years: ClassVar[bool] = False  # whether 26-03-17 is 17 March 2026
    currency: ClassVar[str] = ""  # of costs, where no column says
    ids_ascend: ClassVar[bool] = False  # whether a later row has a larger id
    strict: ClassVar[bool] = False  # whether an unknown column is a mistake
    # Whether funding would be in this file; otherwise it has to come in another one.
    tells_funding: ClassVar[bool] = False
    # Whether a row is an order; its fills stand for it where another export has them.
    per_order: ClassVar[bool] = False
    # Symbols of what is none of ours, as the venue writes them.
    option: ClassVar[re.Pattern[str] | None] = None
    inverse: ClassVar[re.Pattern[str] | None] = None

    def settle(self, rows: Sequence[Row]) -> None:
        """Look over all rows before they are read, for what only the whole file tells."""

    def without_time(self, row: Row) -> str:
        """Why a row without a time is left out; "" where the time must be there."""
        return ""

    def read(self, row: Row) -> Event | Iterable[Event] | None:
        """What a row says. Raise `LeftOut` for a row of another kind, `BadCell` for a bad one."""
        raise NotImplementedError


Kind = TypeVar("Kind", bound=type[Export])


def export(key: str, name: str, source: str = "") -> Callable[[Kind], Kind]:
    """What an export is called, and where its columns were seen, unless as those it builds on."""

    def told(kind: Kind) -> Kind:
        kind.key, kind.name, kind.source = key, name, source or kind.source
        return kind

    return told


# A file has few symbols, and as many rows of each as there were trades.
@lru_cache(maxsize=1024)
def _checked_symbol(symbol: str) -> str:
    if not symbol:
        raise BadCell("symbol is blank: every row needs one")
    if len(symbol) > LONGEST_SYMBOL or not symbol.isprintable():
        raise BadCell(
            f"the symbol is longer than {LONGEST_SYMBOL} characters or has control characters"
        )
    return symbol


@lru_cache(maxsize=1024)
def _is_of(pattern: re.Pattern[str], symbol: str) -> bool:
    return pattern.fullmatch(symbol) is not None


def _no_clock(written: WrittenTime | dt.datetime) -> dt.datetime:
    raise NotImplementedError


def bare_cells(cells: Sequence[str]) -> list[str]:
    """A row's cells without spaces around, and without the mark that some files begin with.

    >>> bare_cells([" BTC", "\ufeff 1 "])
    ['BTC', '1']
    """
    bare = list(map(str.strip, cells))
    if _MARK in "".join(bare):
        bare = [cell.strip(_MARK).strip() for cell in bare]
    return bare


@dataclass(slots=True, eq=False)
class Row:
    """One row's cells by field; they are `bare_cells`."""

    export: Export
    at: Mapping[str, int]  # which cell a field is
    cells: Sequence[str]
    place: FileLine
    form: NumberForm
    account: str
    time: dt.datetime = dt.datetime.min
    written: str = ""
    zone: str = ""
    # A time as written in UTC, as the file's zone is; set by the reader.
    clock: Callable[[WrittenTime | dt.datetime], dt.datetime] = _no_clock

    # Cells

    def cell(self, name: str) -> str:
        """The field's cell as it is written, without spaces around."""
        at = self.at.get(name)
        if at is None or at >= len(self.cells):
            return ""
        return self.cells[at]

    def text(self, name: str) -> str:
        """The field's cell; blank where the venue writes that there is nothing."""
        cell = self.cell(name)
        return "" if len(cell) <= _LONGEST_NOTHING and cell.lower() in NOTHING else cell

    def has(self, name: str) -> bool:
        """Whether the field is filled in."""
        return bool(self.text(name))

    def knows(self, name: str) -> bool:
        """Whether the file has a column for the field."""
        return name in self.at

    def number(self, name: str) -> Decimal:
        """A number that must be there."""
        return self.amount(name)[0]

    def amount(self, name: str) -> tuple[Decimal, str]:
        """A number that must be there, and the currency behind it, if any."""
        text = self.text(name)
        if text and text[-1].isdigit():
            return number(text, name, self.form), ""
        return amount(text, name, self.form)

    def number_or(self, name: str, other: Decimal | None = None) -> Decimal | None:
        """A number, or something else where the cell is blank."""
        return self.number(name) if self.has(name) else other

    def cost(self, name: str, paid: int = 1) -> tuple[Decimal, str]:
        """A fee or funding, positive when paid, and its currency; 0 where the cell is blank."""
        if not self.has(name):
            return Decimal(0), ""
        value, coin = self.amount(name)
        coin = coin or self.text("fee_currency").upper() or self.export.currency
        return value * paid + 0, coin

    def choice(self, name: str, words: Mapping[str, Answer], what: str) -> Answer:
        """What a word means; any other word is refused with those that there are."""
        text = self.cell(name).lower()
        if text not in words:
            text = " ".join(text.replace("_", " ").split())
        text = text if text in words else LOCAL_WORDS.get(text, text)
        if text not in words:
            known = ", ".join(word for word in words if word)
            raise BadCell(f'the {what} is "{text[:40]}": it may be {known}')
        return words[text]

    @property
    def symbol(self) -> str:
        """What was traded, as the venue writes it."""
        return _checked_symbol(self.cell("symbol"))

    def only_linear(self) -> None:
        """Leave out an option, and a contract that is settled in its coin."""
        for pattern, words in (
            (self.export.option, LeftOut.OPTION),
            (self.export.inverse, LeftOut.INVERSE),
        ):
            if pattern and _is_of(pattern, self.symbol):
                raise LeftOut(words)

    # Events

    def fill(
        self,
        direction: Direction,
        *,
        quantity: Decimal | None = None,
        price: Decimal | None = None,
        fee_paid: int = 1,
        **more: Any,
    ) -> Fill:
        """A fill with what the usual fields say; ``more`` sets what the venue knows besides."""
        side, effect, position_side = direction
        quantity = self.number("quantity") if quantity is None else quantity
        price = self.number("price") if price is None else price
        if quantity <= 0:
            raise BadCell(f"quantity is {quantity}: it must be above 0, and the side apart")
        if price <= 0:
            raise BadCell(f"price is {price}: it must be above 0")
        if "fee" not in more:
            more["fee"], more["fee_currency"] = self.cost("fee", fee_paid)
            more["fee_told"] = self.has("fee")
        given: dict[str, Any] = {
            "effect": effect,
            "position_side": position_side,
            "order_id": self.text("order_id"),
            **more,
        }
        return Fill(**self._origin("", given), side=side, quantity=quantity, price=price, **given)

    def payment(self, kind: str, cost: Decimal, coin: str = "", **more: Any) -> Payment | None:
        """Funding or a fee in a row of its own; None where it is nothing."""
        if cost == 0:
            return None
        given: dict[str, Any] = {"currency": coin or self.export.currency, **more}
        origin = self._origin(kind, given)
        return Payment(**origin, kind=kind, amount=cost + 0, **given)  # type: ignore[arg-type]

    def closed(self, side: PositionSide, **more: Any) -> ClosedTrade:
        """A closed trade in one row."""
        given: dict[str, Any] = {"currency": self.export.currency, **more}
        return ClosedTrade(**self._origin("trade", given), side=side, **given)

    def _origin(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        symbol = given.pop("symbol", None) or self.symbol
        own = given.pop("id", None) or self.text("id")
        if own:
            own = f"{kind}:{symbol}:{own}" if kind else f"{symbol}:{own}"
        return {
            "time": given.pop("time", self.time),
            "symbol": symbol,
            "id": own,
            "venue": given.pop("venue", None) or self.export.venue,
            "account": given.pop("account", None) or self.account,
            "source": self.export.key,
            "file": self.place.file,
            "written": self.written,
            "zone": self.zone,
            "place": self.place,
        }
