"""Each venue as it answers: what its answers say, and what is easily misread in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workbook.refresh import replies
from tests.workbook.refresh.replies import NOW
from workbook.refresh.facts import Facts
from workbook.refresh.places import PLACES
from workbook.terms import find_venue, venues

Ask = Callable[..., Facts]


def floors(facts: Facts) -> list[tuple[float, float, float | None]]:
    (market,) = facts.markets
    return [(tier.floor, tier.rate, tier.max_leverage) for tier in market.tiers]


def test_every_venue_that_ships_can_be_asked() -> None:
    assert set(PLACES) == {venue.name for venue in venues() if not venue.illustrative}


@pytest.mark.parametrize("venue", list(PLACES))
def test_all_four_kinds_come_from_every_venue_that_publishes_them(ask: Ask, venue: str) -> None:
    facts = ask(venue, replies.ALL)
    assert facts.failures == []
    assert [(price.symbol, price.mark > 0) for price in facts.prices] == [("ETH", True)]
    assert [funding.symbol for funding in facts.fundings] == ["ETH"]
    assert [market.symbol for market in facts.markets] == ["ETH"]
    assert bool(facts.markets[0].tiers) == (venue != "Binance")
    closes = [candle.close for candle in facts.candles]
    assert closes == ([] if venue == "Orderly" else [3010.0, 3050.0])  # the day that runs is out
    hours = find_venue(venue)
    assert hours is not None


@pytest.mark.parametrize("venue", list(PLACES))
def test_no_key_is_sent_and_only_the_given_address_is_asked(ask: Ask, venue: str) -> None:
    ask(venue, replies.ALL)
    asked = ask.replay.asked  # type: ignore[attr-defined]
    prefix = f"/{PLACES[venue].exchange}/"
    assert asked
    assert all(path.startswith(prefix) for path in asked)
    assert not [path for path in asked if "signature" in path.lower() or "apikey" in path.lower()]


def test_bybit_counts_its_interval_in_minutes(ask: Ask) -> None:
    facts = ask("Bybit", replies.BYBIT, what=("funding",))
    (funding,) = facts.fundings
    assert (funding.rate, funding.hours) == (-0.00005, 8)  # 480 minutes
    assert funding.mean == pytest.approx(0.0002)  # half the rates 0.01%, half 0.03%
    assert funding.spread == pytest.approx(0.0001)
    assert funding.days == pytest.approx(30)


def test_bybit_tiers_come_in_no_order_and_with_their_deductions(ask: Ask) -> None:
    """0.5% to 2M; from there 0.56% less 1,200 = 2,000,000*(0.56% - 0.5%)."""
    facts = ask("Bybit", replies.BYBIT, symbols=("BTC",), what=("tiers",))
    assert floors(facts) == [(0, 0.005, 100), (2e6, 0.0056, 90), (2.6e6, 0.0063, 80)]
    assert [tier.deduction for tier in facts.markets[0].tiers] == [None, 1200, 3020]


def test_bybit_loads_only_linear_markets(ask: Ask) -> None:
    ask("Bybit", replies.BYBIT, what=("prices",))
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert len([path for path in asked if "instruments-info" in path]) == 2
    assert not [path for path in asked if "inverse" in path or "option" in path or "spot" in path]


def test_okx_tiers_are_contracts_and_become_quote(ask: Ask) -> None:
    """3,000 contracts of 0.1 ETH at 2,403.98 are 721,194 USDT."""
    facts = ask("OKX", replies.OKX, what=("tiers",))
    assert floors(facts) == [
        (0, 0.004, 125), (721_194.0, 0.005, 100), (1_442_388.0, 0.01, 66.66),
    ]  # fmt: skip
    assert "2403.98" in str(facts.markets[0].source)


def test_okx_is_asked_for_isolated_tiers(ask: Ask) -> None:
    ask("OKX", replies.OKX, what=("tiers",))
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert [path for path in asked if "position-tiers" in path and "tdMode=isolated" in path]


def test_okx_lot_is_contracts_times_their_size(ask: Ask) -> None:
    market = ask("OKX", replies.OKX, what=("tiers",)).markets[0]
    assert (market.lot, market.contract_size) == (pytest.approx(0.001), 0.1)  # 0.01 contracts


def test_okx_interval_is_the_time_between_two_fundings(ask: Ask) -> None:
    (funding,) = ask("OKX", replies.OKX, what=("funding",)).fundings
    assert (funding.rate, funding.hours) == (0.00027815, 4)


def test_okx_without_a_mark_gives_no_tiers(ask: Ask) -> None:
    answers = {**replies.OKX, "/okx/api/v5/public/mark-price": replies.okx()}
    facts = ask("OKX", answers, what=("tiers",))
    assert facts.markets == []
    assert facts.failures


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("BTC", [(0, 1 / 80, 40), (150e6, 1 / 40, 20)]),
        ("ETH", [(0, 0.02, 25), (100e6, 1 / 30, 15)]),
        ("OP", [(0, 0.05, 10)]),  # an id below 50: one tier with the market's leverage
        ("kPEPE", [(0, 0.05, 10), (20e6, 0.1, 5)]),
    ],
)
def test_hyperliquid_tiers_from_its_own_call(ask: Ask, symbol: str, expected: Any) -> None:
    from workbook.terms import base_symbol

    facts = ask("Hyperliquid", replies.HYPERLIQUID, (base_symbol(symbol),), ("tiers",))
    assert floors(facts) == expected
    assert facts.markets[0].instrument == symbol


def test_hyperliquid_live_tiers_are_those_that_ship(ask: Ask) -> None:
    facts = ask("Hyperliquid", replies.HYPERLIQUID, ("BTC", "ETH"), ("tiers",))
    venue = find_venue("Hyperliquid")
    assert venue is not None
    shipped = {market.symbol: market.tiers for market in venue.markets}
    for market in facts.markets:
        for live, kept in zip(market.tiers, shipped[market.symbol], strict=True):
            assert (live.floor, live.max_leverage) == (kept.floor, kept.max_leverage)
            assert live.rate == pytest.approx(kept.rate, rel=1e-15)


def test_hyperliquid_prices_have_figures_and_no_tick(ask: Ask) -> None:
    market = ask("Hyperliquid", replies.HYPERLIQUID, what=("tiers",)).markets[0]
    assert (market.tick, market.significant_figures, market.decimals) == (None, 5, 2)  # 6 - 4
    assert (market.lot, market.min_notional) == (0.0001, 10)


def test_hyperliquid_history_needs_a_second_page(ask: Ask) -> None:
    """500 rows a call; 30 days of hours are 720."""
    (funding,) = ask("Hyperliquid", replies.HYPERLIQUID, what=("funding",)).fundings
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert len([path for path in asked if "fundingHistory" in path]) == 2
    assert funding.days == pytest.approx(30, abs=0.1)
    assert (funding.hours, funding.mean) == (1, pytest.approx(0.0000125))


def test_dydx_has_everything_in_the_market(ask: Ask) -> None:
    facts = ask("dYdX", replies.DYDX)
    assert facts.prices[0].mark == 3000.25
    assert (facts.fundings[0].rate, facts.fundings[0].hours) == (0.0000125, 1)
    assert floors(facts) == [(0, 0.012, 50)]


def test_dydx_initial_margin_rises_with_open_interest(ask: Ask) -> None:
    """Halfway between the caps: 5% + half of the 95% to 100% = 52.5%, 1.905x."""
    facts = ask("dYdX", replies.DYDX, ("SOL",), ("tiers",))
    assert facts.markets[0].max_leverage == pytest.approx(1 / 0.525)
    assert facts.markets[0].maintenance_rate == 0.03


def test_kraken_funding_is_money_an_hour_and_becomes_a_rate(ask: Ask) -> None:
    """0.03 USD an hour for a contract of 3,000 USD is 0.001%."""
    (funding,) = ask("Kraken Futures", replies.KRAKEN, what=("funding",)).fundings
    assert (funding.rate, funding.hours) == (pytest.approx(0.00001), 1)
    assert funding.mean == pytest.approx(0.00002)  # the relative rate, not the money


def test_kraken_tiers_are_those_of_the_linear_contract_and_not_of_retail(ask: Ask) -> None:
    facts = ask("Kraken Futures", replies.KRAKEN, what=("tiers",))
    assert facts.markets[0].instrument == "PF_ETHUSD"
    assert floors(facts) == [(0, 0.01, 50), (2e6, 0.02, 25)]


def test_bitget_has_its_interval_beside_the_rate(ask: Ask) -> None:
    (funding,) = ask("Bitget", replies.BITGET, what=("funding",)).fundings
    assert (funding.rate, funding.hours) == (-0.000013, 4)  # and not the tickers' -0.07%


def test_bitget_tiers_are_quote_currency(ask: Ask) -> None:
    facts = ask("Bitget", replies.BITGET, what=("tiers",))
    assert floors(facts) == [(0, 0.004, 125), (50_000, 0.005, 100)]


def test_bitget_gives_90_days_at_once_and_is_asked_again(ask: Ask) -> None:
    """A page that ends long ago is followed by the next one."""

    def days(query: dict[str, str]) -> Any:
        start = int(query["startTime"])
        day = 86_400_000
        first = -(-start // day) * day
        times = range(first, min(first + 40 * day, replies.ms(NOW)), day)
        return replies.bitget([[str(at), "10", "12", "9", "11", "1", "1"] for at in times])

    path = "/bitget/api/v2/mix/market/"
    answers = {**replies.BITGET, f"{path}candles": days, f"{path}history-candles": days}
    facts = ask("Bitget", answers, what=("candles",))
    assert facts.failures == []
    assert len(facts.candles) == 90
    assert facts.candles[-1].at.date() == (NOW - timedelta(days=1)).date()


def test_gate_counts_contracts_and_seconds(ask: Ask) -> None:
    facts = ask("Gate", replies.GATE)
    market, funding = facts.markets[0], facts.fundings[0]
    assert (market.lot, market.contract_size) == (0.01, 0.01)  # one contract is 0.01 ETH
    assert funding.hours == 4  # 14,400 seconds
    assert floors(facts) == [(0, 0.003, 200), (500_000, 0.0035, 150.01)]
    assert [tier.deduction for tier in market.tiers] == [0, 250]  # 500,000*(0.35% - 0.3%)
    assert market.taker is None  # the contract's own fees are not what anybody pays


def test_kucoin_counts_milliseconds_and_quote_currency(ask: Ask) -> None:
    facts = ask("KuCoin", replies.KUCOIN)
    assert facts.fundings[0].hours == 8
    assert facts.prices[0].mark == 4534.07  # of the linear contract, not of the inverse one
    assert floors(facts) == [(0, 0.005, 100), (300_000, 0.01, 50)]
    assert facts.markets[0].lot == 0.01


def test_orderly_tiers_are_known_up_to_where_the_rate_is_flat(ask: Ask) -> None:
    """(1%/3.846e-7)^(1/0.8) = 330,171."""
    facts = ask("Orderly", replies.ORDERLY, what=("tiers",))
    assert floors(facts) == [(0, 0.006, 100)]
    assert facts.markets[0].tiers_to == pytest.approx(330_171, abs=1)
    assert facts.markets[0].liquidation_fee == 0.006


def test_orderly_interval_from_two_times_and_no_candles(ask: Ask) -> None:
    facts = ask("Orderly", replies.ORDERLY)
    assert facts.fundings[0].hours == 4
    assert facts.failures == []
    assert facts.notes == ["candles are not public there: take them elsewhere"]
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert not [path for path in asked if "kline" in path]


def test_orderly_candles_that_were_asked_for_are_a_failure(ask: Ask) -> None:
    facts = ask("Orderly", replies.ORDERLY, what=("candles",), required=("candles",))
    assert facts.failures == ["candles are not public there: take them elsewhere"]


def test_binance_gives_no_tiers_without_a_key(ask: Ask) -> None:
    facts = ask("Binance", replies.BINANCE, what=("tiers",))
    assert facts.failures == []
    assert "only to those with a key" in facts.notes[0]
    market = facts.markets[0]
    assert (market.tiers, market.lot, market.tick, market.liquidation_fee) == (
        (), 0.001, 0.01, 0.0125,
    )  # fmt: skip
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert not [path for path in asked if "leverageBracket" in path]


def test_binance_tiers_that_were_asked_for_are_a_failure(ask: Ask) -> None:
    facts = ask("Binance", replies.BINANCE, what=("tiers",), required=("tiers",))
    assert "only to those with a key" in facts.failures[0]


def test_binance_lists_only_changed_intervals(ask: Ask) -> None:
    facts = ask("Binance", replies.BINANCE, ("ETH", "1000PEPE"), ("funding",))
    assert {funding.symbol: funding.hours for funding in facts.fundings} == {
        "ETH": 8, "1000PEPE": 4,
    }  # fmt: skip


def test_binance_dated_futures_are_not_taken(ask: Ask) -> None:
    facts = ask("Binance", replies.BINANCE, what=("tiers",))
    assert facts.markets[0].instrument == "ETHUSDT"


def test_a_price_keeps_the_answers_time(ask: Ask) -> None:
    (price,) = ask("OKX", replies.OKX, what=("prices",)).prices
    assert price.at == NOW - timedelta(milliseconds=500)


def test_a_price_of_the_future_is_of_now(ask: Ask) -> None:
    answers = dict(replies.OKX)
    row = {"instId": "ETH-USDT-SWAP", "instType": "SWAP", "markPx": "1", "ts": "4000000000000"}
    answers["/okx/api/v5/public/mark-price"] = replies.okx(row)
    (price,) = ask("OKX", answers, what=("prices",)).prices
    assert price.at == NOW
