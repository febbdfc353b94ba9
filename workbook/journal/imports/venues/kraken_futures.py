"""Kraken Futures: the account log. A trade is two rows: the contract's and the cash's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from workbook.journal.imports.events import Event, FillKind
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers

_KINDS: Mapping[str, FillKind] = {
    "futures trade": "trade",
    "futures liquidation": "liquidation",
    "futures partial liquidation": "liquidation",
    "futures assignor": "adl",
    "futures assignee": "adl",
    "futures unwind bankrupt": "adl",
    "futures unwind counterparty": "adl",
    "futures settlement": "settlement",
}


@export(
    "kraken-futures", "Kraken Futures account log",
    "docs.kraken.com, futures account log (API and CSV carry the same fields), and notes on"
    " real exports in public repositories: change = realized pnl - fee + realized funding",
)  # fmt: skip
class KrakenLog(Export):
    """Contract rows hold the signed change and the price, cash rows fee, funding and result."""

    venue = "Kraken"
    tells_funding = True
    columns = headers("""
        time: datetime
        kind: type
        leg: symbol
        symbol: contract
        quantity: change
        price: trade price
        fee: fee
        funding: realized funding
        liquidation: liquidation fee
        realised: realized pnl
        balance: new balance
        id: uid
    """)
    required = ("time", "kind", "leg", "symbol", "quantity", "price", "fee", "funding")
    numbers = (
        "quantity", "price", "fee", "funding", "liquidation", "realised", "balance",
    )  # fmt: skip
    unused = (
        "account",
        "new average entry price",
        "mark price",
        "funding rate",
        "collateral",
        "conversion spread percentage",
        "position uid",
        "exchange rate",
        "exchange rate from",
        "conversion fee",
    )
    ids_ascend = True

    def __init__(self) -> None:
        self._results: dict[tuple[str, str, str], Decimal] = {}

    def settle(self, rows: Sequence[Row]) -> None:
        """Find each trade's cash row, whose number follows the contract row's."""
        for row in rows:
            symbol, own = row.cell("symbol").lower(), row.text("id")
            if own.isdecimal() and row.cell("leg").lower() != symbol and row.has("realised"):
                key = (row.cell("time"), symbol, str(int(own) - 1))
                self._results[key] = row.number("realised")

    def read(self, row: Row) -> Event | Iterator[Event] | None:
        """A fill of the contract's row, costs of the cash's."""
        word = row.text("kind").lower()
        funding = word == "funding rate change"
        if not funding and word not in _KINDS:
            raise LeftOut(f'type "{row.text("kind")[:30]}", no trade')
        symbol = row.symbol.lower()
        if symbol.startswith(("pi_", "fi_", "pv_")):
            raise LeftOut(LeftOut.INVERSE)
        if funding or row.cell("leg").lower() != symbol:
            return self._costs(row, attached=not funding)
        change = row.number("quantity")
        own = row.text("id")
        return row.fill(
            ("buy" if change > 0 else "sell", "", ""),
            quantity=abs(change),
            kind=_KINDS[word],
            fee=Decimal(0),
            fee_currency="",
            realised=self._results.get((row.cell("time"), symbol, own)),
            balance=row.number_or("balance"),
        )

    def _costs(self, row: Row, *, attached: bool) -> Iterator[Event]:
        coin = row.text("leg").upper()
        for name, kind, paid in (
            ("fee", "fee", 1), ("liquidation", "fee", 1), ("funding", "funding", -1),
        ):  # fmt: skip
            cost = (row.number_or(name) or Decimal(0)) * paid
            own = row.text("id")
            payment = row.payment(
                kind, cost, coin, attached=attached, id=f"{own}{name[0]}" if own else ""
            )
            if payment is not None:
                yield payment


EXPORTS = (KrakenLog,)
