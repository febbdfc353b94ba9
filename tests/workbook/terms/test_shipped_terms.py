"""The terms that ship, against what the exchanges state and against themselves."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from udfs.formulas import liquidation
from workbook.terms import Market, Venue, find_market, find_venue, venues

REAL = [venue for venue in venues() if not venue.illustrative]
MARKETS = [market for venue in REAL for market in venue.markets]


def market(venue: str, symbol: str) -> Market:
    found = find_market(venue, symbol)
    assert found is not None
    return found


# What people's workbooks and files of inputs call them: none may go, more may come.
PUBLISHED = {
    "Platform A", "Platform B", "Platform C", "Hyperliquid", "Binance", "Bybit", "OKX", "dYdX",
    "Kraken Futures", "Bitget", "Gate", "KuCoin", "Orderly",
}  # fmt: skip


def test_the_venues_have_plain_names() -> None:
    names = [venue.name for venue in venues()]
    assert set(names) >= PUBLISHED
    assert len(names) == len({name.casefold() for name in names})
    assert names[:3] == ["Platform A", "Platform B", "Platform C"]
    for name in names:
        assert re.fullmatch(r"[A-Za-z]\w*( [A-Z]\w*)?", name), name
        assert not re.search("usd|perp|swap", name, re.IGNORECASE), name


@pytest.mark.parametrize(
    ("written", "name"),
    [("hyperliquid", "Hyperliquid"), ("binance usdt-m", "Binance"), ("KRAKENFUTURES",
     "Kraken Futures"), ("gate.io", "Gate"), ("dydx v4", "dYdX"), ("OKX swap", "OKX")],
)  # fmt: skip
def test_a_venue_is_found_however_it_is_written(written: str, name: str) -> None:
    venue = find_venue(written)
    assert venue is not None
    assert venue.name == name


def test_an_unknown_venue_or_symbol_is_none() -> None:
    assert find_venue("Nowhere") is None
    assert find_market("Nowhere", "ETH") is None
    assert find_market("Hyperliquid", "NOPE") is None


def test_hyperliquid_eth_is_25x_and_two_percent() -> None:
    """entry 3,000, 25x, 2%: (120 - 3000)/(0.02 - 1) = 2938.7755."""
    eth = market("Hyperliquid", "ETHUSDC")
    assert (eth.max_leverage, eth.maintenance_rate) == (25, 0.02)
    price = liquidation.liquidation_price("long", 3000, 25, eth.maintenance_rate)
    assert price == pytest.approx(2938.7755102, abs=1e-6)


def test_hyperliquid_op_is_10x_and_five_percent() -> None:
    """entry 2, 10x, 5%: (0.2 - 2)/(0.05 - 1) = 1.894737."""
    op = market("Hyperliquid", "OP")
    assert (op.max_leverage, op.maintenance_rate) == (10, 0.05)
    assert liquidation.liquidation_price("long", 2, 10, 0.05) == pytest.approx(1.894737, abs=1e-6)


def test_binance_eth_brackets() -> None:
    tiers = market("Binance", "ETH").tiers
    assert [(tier.floor, tier.rate, tier.max_leverage) for tier in tiers[:5]] == [
        (0, 0.004, 150), (300_000, 0.005, 100), (800_000, 0.0065, 75),
        (3_000_000, 0.01, 50), (12_000_000, 0.02, 25),
    ]  # fmt: skip


@pytest.mark.parametrize("one", MARKETS, ids=lambda one: f"{one.venue} {one.symbol}")
def test_a_market_says_what_it_knows_and_from_where(one: Market) -> None:
    assert one.source.confidence in ("high", "medium")
    assert one.steps_source.confidence in ("high", "medium")
    assert (one.tick is None) != (one.significant_figures is None)
    # A position at the highest leverage of a tier must not be liquidated at its entry.
    for tier in one.tiers:
        assert tier.max_leverage is not None
        assert tier.rate < 1 / tier.max_leverage
    if one.tiers_to is not None:
        assert one.tiers_to > one.tiers[-1].floor


@pytest.mark.parametrize("symbol", ["BTC", "ETH", "SOL", "OP", "ARB", "DOGE", "1000PEPE"])
def test_binance_brackets_join(symbol: str) -> None:
    """The published amount of each bracket makes the requirement continuous at its floor."""
    for below, above in pairwise(market("Binance", symbol).tiers):
        assert below.deduction is not None
        assert above.deduction is not None
        at_floor = [tier.rate * above.floor - tier.deduction for tier in (below, above)]
        assert at_floor[0] == pytest.approx(at_floor[1], abs=0.01)


def test_hyperliquid_maintenance_is_half_of_initial() -> None:
    venue = find_venue("Hyperliquid")
    assert venue is not None
    for one in venue.markets:
        for tier in one.tiers:
            assert tier.rate == pytest.approx(1 / (2 * tier.max_leverage), rel=1e-15)


@pytest.mark.parametrize("venue", REAL, ids=lambda venue: venue.name)
def test_addresses_are_the_exchanges_own_or_a_projects(venue: Venue) -> None:
    """A mirror of an exchange's page is not shown to a person."""
    hosts = (
        "binance.com", "bybit.com", "kucoin.com", "kraken.com", "bitget.com", "dydx.exchange",
        "hyperliquid.gitbook.io", "orderly.network", "github.com",
    )  # fmt: skip
    for source in venue.sources:
        host = source.address.removeprefix("https://").split("/")[0]
        assert not host or host.endswith(hosts), source.address


@pytest.mark.parametrize(
    ("name", "day", "model"),
    [
        ("KuCoin", date(2025, 5, 21), "entry"), ("KuCoin", date(2025, 5, 22), "mark"),
        ("Bybit", date(2022, 7, 1), "entry"), ("Bybit", date(2026, 5, 27), "mark"),
        ("Binance", date(2021, 1, 1), "mark"),
    ],
)  # fmt: skip
def test_rules_that_changed_are_known_by_date(name: str, day: date, model: str) -> None:
    venue = find_venue(name)
    assert venue is not None
    assert venue.rule_on(day).model == model


@pytest.mark.parametrize(
    ("venue", "symbol", "leverage", "rate", "tiers"),
    [
        ("Bitget", "BTC", 150, 0.004, 12), ("Gate", "BTC", 200, 0.003, 5),
        ("OKX", "ETH", 100, 0.004, 1), ("Kraken Futures", "BTC", 100, 0.005, 3),
        ("Bybit", "BTC", 100, 0.005, 20), ("dYdX", "SOL", 20, 0.03, 1),
        ("Orderly", "ETH", 100, 0.006, 1), ("Hyperliquid", "kPEPE", 10, 0.05, 2),
    ],
)  # fmt: skip
def test_first_tiers(venue: str, symbol: str, leverage: float, rate: float, tiers: int) -> None:
    one = market(venue, symbol)
    assert (one.max_leverage, one.maintenance_rate, len(one.tiers)) == (leverage, rate, tiers)


def test_a_tier_in_contracts_ends_in_quote_currency() -> None:
    """OKX: 1,000 contracts of 0.01 BTC at 83,760 are 837,600."""
    assert market("OKX", "BTC").tiers_to == pytest.approx(1000 * 0.01 * 83_760, rel=1e-3)
