"""KuCoin futures: fills, and realised results of closed positions."""

from __future__ import annotations

from decimal import Decimal

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import BUY_SELL, INVERSE, Export, LeftOut, Row
from workbook.journal.imports.venues.contract_size import nice_size
from workbook.journal.imports.venues.generic import opening

_ZONE_WORDS = "the zone in the header, like (UTC+08:00)"


def _only_linear(row: Row) -> None:
    symbol = row.symbol.upper()
    if symbol.endswith(("USDM", "USD")) or "USDMZ" in symbol or symbol.startswith("XBTM"):
        raise LeftOut(INVERSE)


class KucoinTrades(Export):
    """One row a fill, in lots beside its value."""

    key = "kucoin"
    name = "KuCoin futures trade history"
    venue = "KuCoin"
    source = "files of three public projects; github.com/BittyTax/BittyTax issue 307"
    as_of = "2026-11"
    columns = {
        "uid": ("uid",),
        "order_id": ("order id",),
        "time": ("filled time",),
        "symbol": ("symbol",),
        "side": ("side",),
        "quantity": ("filled amount",),
        "price": ("filled price", "avg. filled price"),
        "value": ("filled volume", "filled volume (usdt)"),
        "fee": ("fee",),
        "fee_currency": ("fee currency",),
    }
    required = ("time", "symbol", "side", "quantity", "price", "value", "fee")
    unused = (
        "account type", "fee rate", "order type", "filled volume (usdt)", "order time",
        "maker/taker", "tax",
    )  # fmt: skip
    zone = ""
    zone_words = _ZONE_WORDS

    def read(self, row: Row) -> Event:
        """A fill; lots times the size of a lot, which its value tells, are coins."""
        _only_linear(row)
        lots, price, value = (row.number(name) for name in ("quantity", "price", "value"))
        coins = value / price if price else Decimal(0)
        size = nice_size(coins / lots) if lots else None
        quantity = coins if size is None else lots * size
        return row.fill(row.choice("side", BUY_SELL, "side"), quantity=quantity)


class KucoinPositions(Export):
    """One row a position: results and costs, no prices."""

    key = "kucoin-positions"
    name = "KuCoin futures realised results"
    venue = "KuCoin"
    source = "files of public projects"
    as_of = "2026-11"
    columns = {
        "uid": ("uid",),
        "symbol": ("symbol",),
        "side": ("close type",),
        "gross": ("realized pnl",),
        "realised": ("total realized pnl",),
        "funding": ("total funding fees",),
        "fee": ("total trading fees",),
        "opened": ("position opening time",),
        "time": ("position closing time",),
    }
    required = ("symbol", "gross", "funding", "fee", "opened", "time")
    unused = ("account type",)
    zone = ""
    zone_words = _ZONE_WORDS

    def read(self, row: Row) -> Event:
        """A position; its Realized PNL is after fees and with the funding received."""
        _only_linear(row)
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


EXPORTS = (KucoinTrades, KucoinPositions)
