"""KuCoin futures: fills, and realised results of closed positions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.contract_size import nice_size
from workbook.journal.imports.venues.generic import opening
from workbook.journal.imports.venues.sides import BUY_SELL


class _Kucoin(Export):
    """What the exports of this venue have alike."""

    venue = "KuCoin"
    zone_words = "the zone in the header, like (UTC+08:00)"
    inverse = re.compile(r".*(USDM|USD|USDMZ.*)|XBTM.*", re.IGNORECASE)


@export(
    "kucoin",
    "KuCoin futures trade history",
    "files of three public projects; github.com/BittyTax/BittyTax issue 307",
)
class KucoinTrades(_Kucoin):
    """One row a fill, in lots beside its value."""

    columns = headers("""
        uid: uid
        order_id: order id
        time: filled time
        symbol: symbol
        side: side
        quantity: filled amount
        price: filled price
        value: filled volume | filled volume (usdt)
        fee: fee
        fee_currency: fee currency
    """)
    required = ("time", "symbol", "side", "quantity", "price", "value", "fee")
    unused: ClassVar[tuple[str, ...]] = (
        "account type", "fee rate", "order type", "filled volume (usdt)", "order time",
        "maker/taker", "tax",
    )  # fmt: skip

    def read(self, row: Row) -> Event:
        """A fill; lots times the size of a lot, which its value tells, are coins."""
        row.only_linear()
        lots, price, value = (row.number(name) for name in ("quantity", "price", "value"))
        coins = value / price if price else Decimal(0)
        size = nice_size(coins / lots) if lots else None
        quantity = coins if size is None else lots * size
        return row.fill(row.choice("side", BUY_SELL, "side"), quantity=quantity)


@export("kucoin-orders", "KuCoin futures order history")
class KucoinOrders(KucoinTrades):
    """One row an order, with what was filled of it."""

    per_order = True
    columns = {
        **KucoinTrades.columns,
        **headers("price: avg. filled price | avg filled price"),
        **headers("time: filled time | order time"),
    }
    unused = (*KucoinTrades.unused, "order price", "order amount", "leverage", "status")

    def without_time(self, row: Row) -> str:
        """An order that was never filled has no time of it."""
        return LeftOut.NOT_FILLED

    def read(self, row: Row) -> Event:
        """What was filled of an order."""
        if not row.number_or("quantity"):
            raise LeftOut(LeftOut.NOT_FILLED)
        return super().read(row)


@export("kucoin-positions", "KuCoin futures realised results", "files of public projects")
class KucoinPositions(_Kucoin):
    """One row a position: results and costs, no prices."""

    columns = headers("""
        uid: uid
        symbol: symbol
        side: close type
        gross: realized pnl
        realised: total realized pnl
        funding: total funding fees
        fee: total trading fees
        opened: position opening time
        time: position closing time
    """)
    required = ("symbol", "gross", "funding", "fee", "opened", "time")
    unused = ("account type",)

    def read(self, row: Row) -> Event:
        """A position; its Realized PNL is after fees and with the funding received."""
        row.only_linear()
        word = row.cell("side").lower()
        side = "short" if "short" in word else "long"
        fees = row.cost("fee")[0]
        carry = row.cost("funding", -1)[0]
        net = row.number("gross")
        return row.closed(
            side,  # type: ignore[arg-type]
            quantity=None, entry=None, exit=None, opened=opening(row), gross=net + fees + carry,
            fees=fees, carry=carry,
        )  # fmt: skip


EXPORTS = (KucoinTrades, KucoinOrders, KucoinPositions)
