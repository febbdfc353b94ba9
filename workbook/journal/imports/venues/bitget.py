"""Bitget futures: order history in two layouts, transactions (fees, funding), position history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.generic import opening
from workbook.journal.imports.venues.sides import OPEN_CLOSE, POSITION_SIDES, Direction

_DIRECTIONS: Mapping[str, Direction] = {
    **OPEN_CLOSE,
    "burst close long": ("sell", "close", "long"),
    "burst close short": ("buy", "close", "short"),
    "buy": ("buy", "", ""),
    "sell": ("sell", "", ""),
}
FEE_OF_RESULT = "net"  # ids of fees that only the difference of two results tells begin so


class _Bitget(Export):
    """What the exports of this venue have alike."""

    venue = "Bitget"
    zone_words = "the account's time zone, which the file does not tell"
    inverse = re.compile(r".*(USD|USD_DMCBL.*)", re.IGNORECASE)


@export(
    "bitget",
    "Bitget futures order history",
    "files of four public projects, and github.com/freqtrade/freqtrade issue 12394",
)
class BitgetOrders(_Bitget):
    """One row an order; what was executed of it counts."""

    columns = headers("""
        time: date
        id: order id
        side: direction
        coin: coin
        symbol: futures
        price: average price
        quantity: executed | transaction amount
        value: trading volume
        realised: realized p/l
        net: netprofits
        fee: fee
        fee_currency: fee coin
        status: status
    """)
    required = ("time", "side", "symbol", "price", "quantity", "realised", "net", "status")
    unused = ("order source", "transaction type", "price", "order amount")
    numbers = ("price", "quantity", "value", "realised", "net", "fee")

    def read(self, row: Row) -> Event | Iterator[Event]:
        """A fill; where no column has the fee, the closing's two results differ by it."""
        row.only_linear()
        if row.text("status").lower() in ("canceled", "cancelled", "new", "rejected"):
            raise LeftOut(LeftOut.NOT_FILLED)
        if not row.number_or("quantity"):
            raise LeftOut(LeftOut.NOT_FILLED)
        word = " ".join(row.cell("side").lower().replace("_", " ").split())
        direction = row.choice("side", _DIRECTIONS, "direction")
        fee, coin = row.cost("fee", 1)
        fill = row.fill(
            direction,
            fee=abs(fee),
            fee_currency=coin,
            kind="liquidation" if "burst" in word else "trade",
            realised=row.number_or("realised"),
        )
        return self._with_fee(row, fill) if not row.knows("fee") else fill

    def _with_fee(self, row: Row, fill: Event) -> Iterator[Event]:
        yield fill
        gross, net = row.number_or("realised"), row.number_or("net")
        if gross is not None and net is not None and gross != net:
            own = row.text("id")
            payment = row.payment(
                "fee", gross - net, attached=True, id=f"{FEE_OF_RESULT}{own}" if own else ""
            )
            if payment is not None:
                yield payment


@export("bitget-fees", "Bitget futures order history with fees")
class BitgetOrdersWithFee(BitgetOrders):
    """Another version: a column has the fee, none has the order's number or its status."""

    required = ("time", "side", "symbol", "price", "quantity", "realised", "net", "fee")


@export("bitget-transactions", "Bitget futures transactions", "files of public projects")
class BitgetTransactions(_Bitget):
    """What the wallet was charged: fees of each order, funding."""

    columns = headers("""
        id: order
        time: date
        fee_currency: coin
        symbol: futures
        kind: type
        funding: amount
        fee: fee
    """)
    required = ("time", "symbol", "kind", "funding", "fee")
    unused = ("margin mode", "wallet balance")

    def read(self, row: Row) -> Event | None:
        """A fee or funding; paid ones are negative here."""
        word = " ".join(row.text("kind").lower().replace("_", " ").split())
        if "settle fee" in word or "funding" in word:
            row.only_linear()
            return row.payment("funding", *row.cost("funding", -1))
        if word in _DIRECTIONS:
            row.only_linear()
            return row.payment("fee", *row.cost("fee", -1))
        raise LeftOut(f'type "{row.text("kind")[:30]}", no cost of a trade')


@export("bitget-positions", "Bitget position history", "a file of a public project")
class BitgetPositions(_Bitget):
    """One row a position."""

    columns = headers("""
        time: closed time
        opened: opening time
        symbol: futures
        price: average entry price
        exit: average closing price
        quantity: closed amount
        gross: position pnl
        realised: realized pnl
        opening_fee: opening fee
        closing_fee: closing fee
        fee: fees
    """)
    required = ("time", "opened", "symbol", "price", "exit", "quantity", "gross")
    unused = ("closed value",)
    numbers = (
        "price", "exit", "quantity", "gross", "realised", "opening_fee", "closing_fee", "fee",
    )  # fmt: skip

    def without_time(self, row: Row) -> str:
        """A position that is open has no time of its closing."""
        return LeftOut.PARTLY_CLOSED

    def read(self, row: Row) -> Event:
        """The side is in the contract's name, or the one whose result is the venue's."""
        row.only_linear()
        words = row.symbol.lower().split()
        side = next((word for word in words if word in ("long", "short")), "")
        quantity, entry, exit_ = (row.amount(name)[0] for name in ("quantity", "price", "exit"))
        gross = row.amount("gross")[0]
        if not side:
            side = "long" if (exit_ - entry) * gross >= 0 else "short"
        zero = Decimal(0)
        fees = abs(row.cost("opening_fee")[0]) + abs(row.cost("closing_fee")[0])
        if not fees:
            fees = abs(row.cost("fee")[0])
        carry = zero
        if row.has("realised"):  # what is left of the difference is funding
            carry = gross - fees - row.amount("realised")[0]
        return row.closed(
            POSITION_SIDES[side],
            symbol=row.symbol.split()[0],
            quantity=quantity, entry=entry, exit=exit_, opened=opening(row), gross=gross,
            fees=fees, carry=carry,
        )  # fmt: skip


EXPORTS = (BitgetOrders, BitgetOrdersWithFee, BitgetTransactions, BitgetPositions)
