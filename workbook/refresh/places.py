"""How each venue is asked: which of its public calls, and what its answers leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One venue as the client knows it."""

    exchange: str
    quotes: tuple[str, ...] = ("USDT", "USDC", "USD")
    """Which contract of an asset is taken: the first of these that it is quoted in."""
    types: tuple[str, ...] = ()
    """The kinds of market to load, where loading all takes many calls."""
    rates: str = "bulk"
    """Funding rates of all markets in one call, 'each' in one call a market, or of the 'market'."""
    rate_params: Mapping[str, Any] = field(default_factory=dict)
    marks: str = "rates"
    """Where the mark price stands: beside the 'rates', in 'tickers', 'marks', or the 'market'."""
    intervals: bool = False
    """Whether intervals of funding have a call of their own."""
    hours: float | None = None
    """The interval of funding where an answer is silent about it."""
    tiers: str | None = None
    """The reader of the tiers; None where they are not public."""
    history_rows: int = 100
    """How many past funding rates one answer holds."""
    candles: bool = True
    """Whether candles are public."""
    options: Mapping[str, Any] = field(default_factory=dict)


PLACES: Mapping[str, Exchange] = {
    "Hyperliquid": Exchange(
        "hyperliquid", quotes=("USDC",), types=("swap",), tiers="hyperliquid", history_rows=500
    ),
    # A market that fundingInfo does not list has the usual eight hours.
    "Binance": Exchange("binanceusdm", intervals=True, hours=8, history_rows=1000),
    "Bybit": Exchange("bybit", types=("linear",), tiers="bybit", history_rows=200),
    "OKX": Exchange("okx", types=("swap",), rates="each", marks="marks", tiers="okx"),
    "dYdX": Exchange(
        "dydx", quotes=("USDC", "USD"), rates="market", marks="market", hours=1, tiers="dydx",
        history_rows=1000,
    ),
    "Kraken Futures": Exchange(
        "krakenfutures", quotes=("USD",), tiers="kraken", history_rows=10_000
    ),
    "Bitget": Exchange(
        "bitget", types=("swap",), marks="tickers", tiers="bitget",
        # The tickers have a rate and no interval; this call has both.
        rate_params={"method": "publicMixGetV2MixMarketCurrentFundRate"},
    ),
    "Gate": Exchange(
        "gate", types=("swap",), tiers="gate", rate_params={"type": "swap"}, history_rows=1000
    ),
    "KuCoin": Exchange("kucoinfutures", rates="each", marks="market", tiers="kucoin"),
    "Orderly": Exchange(
        "woofipro", quotes=("USDC",), marks="tickers", tiers="orderly", candles=False
    ),
}  # fmt: skip
