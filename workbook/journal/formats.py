"""The exports that can be read, as data: which column is what, and what the words mean.

Column names were taken from public sources; each format says which and when. Venues change their
exports without notice: a file whose columns do not fit is refused with the names that are missing,
never guessed at. Adding a venue is one more entry here and its sample in the tests.

Columns are compared without capital letters and without a trailing "(UTC+3)", which is read as
the file's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from workbook.journal.fills import Effect, FillSide, PositionSide

RowKind: TypeAlias = Literal["fill", "funding", "fee"]


class Word(NamedTuple):
    """What a venue's word for a fill's direction means."""

    side: FillSide
    effect: Effect = ""
    position_side: PositionSide = ""
    ignored: str = ""  # why the row is none of ours, as "spot"


@dataclass(frozen=True)
class Format:
    """One kind of export.

    ``columns`` names for each field the headers that it may have, the usual one first. A file is
    of this format if it has all of the ``required`` fields.
    """

    key: str
    name: str
    source: str
    as_of: str  # when the source was read
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    unused: tuple[str, ...] = ()  # headers that are known and say nothing new
    sides: Mapping[str, Word] = field(default_factory=lambda: BUY_SELL)
    kinds: Mapping[str, RowKind] = field(default_factory=dict)  # by the word in the kind column
    every_row: RowKind = "fill"  # where there is no kind column
    fee_paid: Literal[1, -1] = 1  # the sign of a fee that was paid
    funding_paid: Literal[1, -1] = 1
    position_effects: Mapping[str, Effect] = field(default_factory=dict)  # by the effect column
    realised_reduces: bool = False  # a fill with a realised result reduces a position
    signed_quantity: bool = False  # no side column: minus is sold
    cash_rows: bool = False  # costs of a fill stand in a row of their own, for the cash
    ignored_symbols: Mapping[str, str] = field(default_factory=dict)  # start of a symbol: why
    currency: str = ""  # of fees and funding, where no column says
    zone: str = "UTC"  # or what the times are in where no header tells
    short_years: bool = False  # whether 26-03-17 is 17 March 2026
    strict: bool = False  # whether an unknown column is a mistake


BUY_SELL: Mapping[str, Word] = MappingProxyType(
    {"buy": Word("buy"), "sell": Word("sell"), "b": Word("buy"), "s": Word("sell")}
)

_OPEN_CLOSE: Mapping[str, Word] = MappingProxyType(
    {
        "open long": Word("buy", "open", "long"),
        "close long": Word("sell", "close", "long"),
        "open short": Word("sell", "open", "short"),
        "close short": Word("buy", "close", "short"),
    }
)

GENERIC = Format(
    key="generic",
    name="fills CSV",
    source="this project's own; documented in the columns below",
    as_of="2026-11",
    # One row a fill: time, symbol, side, quantity, price, fee (paid is +). A funding payment is a
    # row with time, symbol and funding (paid is +), its side, quantity and price left blank; a
    # fee in a row of its own likewise.
    columns={
        "time": ("time",),
        "symbol": ("symbol",),
        "side": ("side",),
        "quantity": ("quantity",),
        "price": ("price",),
        "fee": ("fee",),
        "fee_currency": ("fee_currency", "fee currency"),
        "funding": ("funding",),
        "id": ("id", "trade_id", "trade id"),
        "order_id": ("order_id", "order id"),
        "position_side": ("position_side", "position side"),
        "effect": ("effect",),
    },
    required=("time", "symbol", "side", "quantity", "price"),
    position_effects={"open": "open", "close": "close", "reduce": "reduce"},
    strict=True,
)

HYPERLIQUID = Format(
    key="hyperliquid",
    name="Hyperliquid trade history",
    source="github.com/pcheong22/journal lib/parsers/hyperliquid.js, and importers' tests that"
    " agree with it; words for the direction: Hyperliquid API documentation, userFills",
    as_of="2026-11",
    columns={
        "time": ("time",),
        "symbol": ("coin",),
        "side": ("dir",),
        "quantity": ("sz",),
        "price": ("px",),
        "fee": ("fee",),
        "fee_currency": ("feetoken",),
    },
    required=("time", "symbol", "side", "quantity", "price", "fee"),
    unused=("ntl", "closedpnl", "hash"),
    sides={
        "open long": Word("buy", "open"),
        "close long": Word("sell", "close"),
        "open short": Word("sell", "open"),
        "close short": Word("buy", "close"),
        "long > short": Word("sell"),
        "short > long": Word("buy"),
        "liquidated isolated long": Word("sell", "close"),
        "liquidated isolated short": Word("buy", "close"),
        "liquidated cross long": Word("sell", "close"),
        "liquidated cross short": Word("buy", "close"),
        "buy": Word("buy", ignored="spot"),
        "sell": Word("sell", ignored="spot"),
    },
    currency="USDC",
    zone="the browser's time zone",
)

HYPERLIQUID_FUNDING = Format(
    key="hyperliquid-funding",
    name="Hyperliquid funding history",
    source="importers' tests in public repositories (a payment is positive when received)",
    as_of="2026-11",
    columns={
        "time": ("time",),
        "symbol": ("coin",),
        "funding": ("payment",),
        "position_side": ("side",),
    },
    required=("time", "symbol", "funding", "position_side"),
    unused=("sz", "rate"),
    every_row="funding",
    funding_paid=-1,
    currency="USDC",
    zone="the browser's time zone",
)

BINANCE = Format(
    key="binance",
    name="Binance USDⓈ-M futures trade history",
    source="importers' tests in public repositories, which agree: Uid, Time, Symbol, Side, Price,"
    " Quantity, Amount, Fee, Realized Profit, Buyer, Maker, Trade ID, Order ID",
    as_of="2026-11",
    # One-way mode only: the export does not say which side of a hedge a fill belongs to.
    columns={
        "time": ("time", "date"),
        "symbol": ("symbol",),
        "side": ("side",),
        "quantity": ("quantity",),
        "price": ("price",),
        "fee": ("fee",),
        "fee_currency": ("fee coin",),
        "realised": ("realized profit",),
        "id": ("trade id",),
        "order_id": ("order id",),
    },
    required=("time", "symbol", "side", "quantity", "price", "fee", "realised"),
    unused=("uid", "amount", "buyer", "maker", "quote asset"),
    realised_reduces=True,
    short_years=True,
    zone="the time zone chosen at the export, which the file's own name tells, like (UTC+3)",
)

BINANCE_FUNDING = Format(
    key="binance-funding",
    name="Binance futures transaction history",
    source="github.com/BittyTax/BittyTax conv/parsers/binance/parse_binance_futures.py, 1dd83a1",
    as_of="2026-11",
    columns={
        "time": ("date", "time"),
        "kind": ("type",),
        "funding": ("amount",),
        "fee_currency": ("asset",),
        "symbol": ("symbol",),
        "id": ("transaction id",),
    },
    required=("time", "kind", "funding", "fee_currency", "symbol"),
    unused=("uid", "user id"),
    # Commissions and realised results are in the trade history already.
    kinds={"funding_fee": "funding"},
    funding_paid=-1,
)

BYBIT = Format(
    key="bybit",
    name="Bybit derivatives trade history",
    source="importers' tests in public repositories (the venue itself writes Trasaction ID);"
    " kinds of execution: bybit-exchange.github.io/docs/v5/enum, exectype",
    as_of="2026-11",
    columns={
        "time": ("transaction time", "trade time"),
        "symbol": ("contracts",),
        "side": ("direction",),
        "kind": ("filled type", "exec type"),
        "quantity": ("filled qty", "exec qty"),
        "price": ("filled price", "exec price"),
        "fee": ("fees paid", "trading fee"),
        "id": ("trasaction id", "transaction id"),
        "order_id": ("order no.",),
    },
    required=("time", "symbol", "side", "quantity", "price", "fee"),
    unused=("order type", "order price", "trading fee rate", "final balance (usdt)"),
    sides={**BUY_SELL, **_OPEN_CLOSE},
    kinds={
        "trade": "fill",
        "adltrade": "fill",
        "busttrade": "fill",
        "settle": "fill",
        "delivery": "fill",
    },
)

BYBIT_LOG = Format(
    key="bybit-log",
    name="Bybit unified account transaction log",
    source="importers' tests in public repositories; types: bybit-exchange.github.io/docs/v5/enum,"
    " type(uta-translog)",
    as_of="2026-11",
    columns={
        "time": ("time",),
        "symbol": ("contract",),
        "kind": ("type",),
        "side": ("direction",),
        "quantity": ("quantity",),
        "price": ("filled price",),
        "funding": ("funding",),
        "fee": ("fee paid",),
        "effect": ("action",),
        "fee_currency": ("currency",),
        "id": ("tradeid", "trade id"),
        "order_id": ("orderid", "order id"),
    },
    required=("time", "symbol", "kind", "side", "quantity", "price", "funding", "fee", "effect"),
    unused=("uid", "position", "cash flow", "change", "wallet balance"),
    kinds={
        "trade": "fill",
        "liquidation": "fill",
        "adl": "fill",
        "delivery": "fill",
        "settlement": "funding",
    },
    fee_paid=-1,
    funding_paid=-1,
    # A fill without an action is a spot trade.
    position_effects={"open": "open", "close": "close"},
)

KRAKEN = Format(
    key="kraken-futures",
    name="Kraken Futures account log",
    source="docs.kraken.com, futures account log (API and CSV carry the same fields), and notes on"
    " a real export in a public repository",
    as_of="2026-11",
    # A trade is two rows: the contract's (signed change, price) and the cash's (fee).
    columns={
        "time": ("datetime",),
        "kind": ("type",),
        "leg": ("symbol",),
        "symbol": ("contract",),
        "quantity": ("change",),
        "price": ("trade price",),
        "fee": ("fee",),
        "funding": ("realized funding",),
        "id": ("uid",),
    },
    required=("time", "kind", "leg", "symbol", "quantity", "price", "fee", "funding"),
    unused=(
        "account",
        "new balance",
        "new average entry price",
        "mark price",
        "funding rate",
        "realized pnl",
        "collateral",
        "conversion spread percentage",
        "liquidation fee",
        "position uid",
        "exchange rate",
        "exchange rate from",
        "conversion fee",
    ),
    kinds={
        "futures trade": "fill",
        "futures liquidation": "fill",
        "futures partial liquidation": "fill",
        "futures assignor": "fill",
        "futures assignee": "fill",
        "futures unwind bankrupt": "fill",
        "futures unwind counterparty": "fill",
        "funding rate change": "funding",
    },
    funding_paid=-1,
    signed_quantity=True,
    cash_rows=True,
    ignored_symbols={"pi_": "inverse contract", "fi_": "inverse contract"},
)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        known.key: known
        for known in (
            GENERIC,
            HYPERLIQUID,
            HYPERLIQUID_FUNDING,
            BINANCE,
            BINANCE_FUNDING,
            BYBIT,
            BYBIT_LOG,
            KRAKEN,
        )
    }
)
