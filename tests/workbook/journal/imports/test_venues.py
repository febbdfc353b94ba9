"""Every kind of export: recognised, and read as the one trade that its sample tells."""

from __future__ import annotations

import datetime as dt
import doctest
from decimal import Decimal

import pytest

from workbook.journal.imports import parsing
from workbook.journal.imports.events import Payment
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Trade, pair
from workbook.journal.imports.reading import read_text
from workbook.journal.imports.venues import EXPORTS, contract_size

from .samples import SAMPLES

# Files that have no fills of their own, and the one that goes with them.
WITH = {
    "hyperliquid-funding": "hyperliquid",
    "binance-funding": "binance",
    "bitget-transactions": "bitget",
    "mexc-flow": "mexc",
    "blofin-funding": "blofin",
}
# What a kind of export cannot tell: (fees, carry), where it is not 2.5 and 0.4.
COSTS = {
    "hyperliquid": (2.5, 0), "binance": (2.5, 0), "binance-positions": (0, 0),
    "bybit-closed-old": (2.5, 0), "lighter": (2.5, 0), "bitget": (2.5, 0), "mexc": (2.5, 0),
    "bitget-fees": (2.5, 0),
    "mexc-orders": (2.5, 0), "kucoin-orders": (2.5, 0),
    "mexc-positions": (2.5, 0), "kucoin": (2.5, 0), "blofin": (2.5, 0), "blofin-new": (2.5, 0),
}  # fmt: skip
LEFT_OUT = {
    "hyperliquid": {"spot"},
    "binance-positions": {"position that is only partly closed"},
    "bybit": {"inverse contract, settled in its coin"},
    "bybit-log": {"spot", 'type "TRANSFER_IN", no trade'},
    "okx": {"spot"},
    "bitget": {"order that was not filled"},
    "blofin": {"order that was not filled"},
    "mexc-orders": {"order that was not filled"},
    "kucoin-orders": {"order that was not filled"},
    "paradex": {"option"},
    "deribit": {"inverse contract, settled in its coin"},
    "kraken-futures": {'type "conversion", no trade'},
    "binance-funding": {"COMMISSION: the trade history has it"},
    "bitget-transactions": {'type "trans_from_exchange", no cost of a trade'},
    "mexc-flow": {'type "FEE", no funding'},
}


def trades(*keys: str) -> tuple[Trade, ...]:
    ledger = Ledger()
    for number, key in enumerate(keys, 1):
        reading = read_text(SAMPLES[key], f"{key}.csv")
        assert reading.problems == (), key
        ledger.add(reading, number)
    paired = pair(ledger.events())
    assert paired.broken == ()
    assert paired.open_trades == ()
    return paired.trades


def test_the_examples_in_the_modules_hold() -> None:
    assert doctest.testmod(parsing).failed == 0
    assert doctest.testmod(contract_size).failed == 0


def test_every_export_has_a_sample_and_says_where_it_comes_from() -> None:
    missing = sorted(set(EXPORTS) - set(SAMPLES))
    assert not missing, f"add samples/{missing[0]}.csv: a small file in its layout"
    assert sorted(SAMPLES) == sorted(EXPORTS)
    for export in EXPORTS.values():
        assert export.source
        assert export.as_of
        assert set(export.required) <= set(export.columns), export.key


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_is_recognised_by_its_columns(key: str) -> None:
    reading = read_text(SAMPLES[key], "export.csv")
    assert reading.problems == ()
    assert reading.export is EXPORTS[key]
    assert not [note for note in reading.notes if "were not read" in note]
    assert set(reading.skipped) == LEFT_OUT.get(key, set())


@pytest.mark.parametrize("key", SAMPLES)
def test_every_sample_becomes_the_same_trade(key: str) -> None:
    (trade,) = trades(*([WITH[key], key] if key in WITH else [key]))
    fees, carry = COSTS.get(key, (2.5, 0.4))
    assert trade.side == "long"
    assert trade.closed == dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
    if not key.startswith("bybit-closed"):  # that one does not tell the opening
        assert trade.opened == dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC)
    if key != "kucoin-positions":  # that one has results and no prices
        assert (trade.quantity, trade.entry, trade.exit) == (2, 2000, 2100)
    assert float(trade.gross) == pytest.approx(200, abs=1e-6)
    assert float(trade.fees) == pytest.approx(fees, abs=1e-6)
    assert float(trade.carry) == pytest.approx(carry, abs=1e-6)


@pytest.mark.parametrize("key", sorted(WITH))
def test_funding_that_was_paid_is_positive_for_every_venue(key: str) -> None:
    funding = [
        event.amount
        for event in read_text(SAMPLES[key], "export.csv").events
        if isinstance(event, Payment) and event.kind == "funding"
    ]
    assert funding == [Decimal("0.4")]


@pytest.mark.parametrize(
    ("fills", "whole"),
    [("binance", "binance-positions"), ("bybit", "bybit-closed"), ("okx", "okx-positions"),
     ("mexc", "mexc-positions"), ("kucoin", "kucoin-positions")],
)  # fmt: skip
def test_a_closed_trade_whose_fills_are_known_is_not_counted_twice(fills: str, whole: str) -> None:
    assert len(trades(fills, whole)) == 1
    assert trades(whole, fills)[0].parts, "the fills tell more than the one row"


def test_a_real_fee_takes_the_place_of_one_worked_out_from_two_results() -> None:
    assert trades("bitget")[0].fees == Decimal("2.5")
    assert trades("bitget", "bitget-transactions")[0].fees == Decimal("2.5")
