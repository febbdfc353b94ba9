"""Files instead of exchanges: ccxt's JSON, freqtrade's tiers, candles as CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workbook.refresh.replies import NOW, ms, rows
from workbook.refresh import file_source
from workbook.refresh.facts import KINDS, Facts, RefreshError


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(content: Any, *symbols: str, what: tuple[str, ...] = KINDS) -> Facts:
        path = tmp_path / "facts.json"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return file_source.read(path, "Binance", symbols, frozenset(what), NOW)

    return reading


def tier(low: float, high: float, rate: float, leverage: float, cum: str) -> dict[str, Any]:
    """ccxt's form, as freqtrade's file has it."""
    return {
        "tier": 1, "currency": "USDT", "minNotional": low, "maxNotional": high,
        "maintenanceMarginRate": rate, "maxLeverage": leverage,
        "info": {"bracket": "1", "initialLeverage": str(leverage), "notionalCap": str(high),
                 "notionalFloor": str(low), "maintMarginRatio": str(rate), "cum": cum},
    }  # fmt: skip


ETH = [
    tier(0, 300_000, 0.004, 150, "0.0"),
    tier(300_000, 800_000, 0.005, 100, "300.0"),
    tier(800_000, 3_000_000, 0.0065, 75, "1500.0"),
]


def test_freqtrades_leverage_tiers(read: Any) -> None:
    facts = read({"ETH/USDT:USDT": ETH, "BTC/USDT:USDT": ETH[:1]}, "ETH")
    (market,) = facts.markets
    assert (market.venue, market.symbol, market.max_leverage) == ("Binance", "ETH", 150)
    assert [tier.deduction for tier in market.tiers] == [0, 300, 1500]
    assert market.tiers_to == 3_000_000
    assert "facts.json" in str(market.source)


def test_every_symbol_of_the_file_without_symbols(read: Any) -> None:
    facts = read({"ETH/USDT:USDT": ETH, "1000PEPE/USDT:USDT": ETH[:1]})
    assert [market.symbol for market in facts.markets] == ["ETH", "1000PEPE"]


@pytest.mark.parametrize("name", ["BTC/USD:BTC", "ETH/USDT:USDT-261225", "ETH/USD:ETH"])
def test_other_contracts_are_left_out(read: Any, name: str) -> None:
    facts = read({name: ETH, "SOL/USDT:USDT": ETH})
    assert [market.symbol for market in facts.markets] == ["SOL"]


def test_a_deduction_that_does_not_join_is_refused(read: Any) -> None:
    """300,000*(0.5% - 0.4%) is 300."""
    facts = read({"ETH/USDT:USDT": [ETH[0], tier(300_000, 800_000, 0.005, 100, "250")]})
    assert facts.markets == []
    assert "ETH: tier 2 has the deduction 250: 300 would join" in facts.failures[0]


def test_ccxts_tickers_and_funding(read: Any) -> None:
    content = {
        "tickers": {"ETH/USDT:USDT": {"symbol": "ETH/USDT:USDT", "timestamp": ms(NOW) - 1000,
                                      "last": 3001.0, "markPrice": 3000.5}},
        "fundingRates": {"ETH/USDT:USDT": {"symbol": "ETH/USDT:USDT", "fundingRate": 0.0001,
                                           "interval": "8h", "timestamp": ms(NOW) - 1000}},
    }  # fmt: skip
    facts = read(content)
    assert facts.prices[0].mark == 3000.5
    assert (facts.fundings[0].rate, facts.fundings[0].hours) == (0.0001, 8)


def test_a_list_of_tickers_is_told_from_its_keys(read: Any) -> None:
    facts = read([{"symbol": "SOL/USDT:USDT", "last": 150.0, "timestamp": ms(NOW)}])
    assert (facts.prices[0].symbol, facts.prices[0].mark) == ("SOL", 150)


def test_ccxts_funding_history(read: Any) -> None:
    hour = 3_600_000
    history = [
        {"symbol": "ETH/USDT:USDT", "fundingRate": rate, "timestamp": ms(NOW) - back * 8 * hour}
        for rate, back in ((0.0001, 3), (0.0003, 2), (0.0002, 1))
    ]
    (funding,) = read(history).fundings
    assert (funding.rate, funding.hours) == (0.0002, 8)
    assert funding.mean == pytest.approx(0.0002)


def test_ccxts_candles_need_a_symbol(read: Any) -> None:
    with pytest.raises(RefreshError, match="--symbols ETH"):
        read(rows())
    assert [candle.close for candle in read(rows(), "ETHUSDT").candles] == [3010, 3050]


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_candles_as_csv(read: Any, comma: str) -> None:
    lines = ["Date,Open,High,Low,Close,Volume", "2026-11-26,3000,3100,2900,3010,1",
             "2026-11-27,3010,3100,2900,3050,1", "2026-11-28,3050,3100,2900,2990,1"]  # fmt: skip
    facts = read("\ufeff" + "\r\n".join(lines).replace(",", comma), "ETH")
    assert [(candle.at.day, candle.close) for candle in facts.candles] == [(26, 3010), (27, 3050)]


def test_csv_with_symbols_and_seconds(read: Any) -> None:
    text = (
        "timestamp,symbol,open,high,low,close\n"
        f"{ms(NOW) // 1000 - 2 * 86400},ETHUSDT,1,2,1,2\n"
        f"{ms(NOW) - 2 * 86400000},BTCUSDT,3,4,3,4\n"
    )
    facts = read(text)
    assert {candle.symbol: candle.close for candle in facts.candles} == {"ETH": 2, "BTC": 4}


def test_hours_become_days(read: Any) -> None:
    text = "date,open,high,low,close\n" + "".join(
        f"2026-11-27 {hour:02}:00:00,{100 + hour},{110 + hour},{90 + hour},{101 + hour}\n"
        for hour in range(24)
    )
    (candle,) = read(text, "ETH").candles
    assert (candle.open, candle.high, candle.low, candle.close) == (100, 133, 90, 124)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hello", "not a known kind of file"),
        ("", "not a known kind of file"),
        ("a,b\n1,2\n", "not a known kind of file"),
        ('{"a": 1', "no whole JSON"),
        ("[" * 100_000, "no whole JSON"),
        ({"a": 1}, "not a known kind of file"),
        ([], "not a known kind of file"),
        ({}, "not a known kind of file"),
        ("date,open,high,low,close\nsoon,1,2,1,2\n", "line 2: 'soon' is no date"),
        ("date,open,high,low,close\n2026-11-20,1,2\n", "line 2 has fewer cells"),
    ],
)
def test_another_file_is_refused_in_words(read: Any, content: Any, words: str) -> None:
    with pytest.raises(RefreshError) as caught:
        read(content, "ETH")
    assert words in str(caught.value)
    assert "facts.json" in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(RefreshError, match="no text in UTF-8"):
        file_source.read(path, "Binance", ["ETH"], frozenset(KINDS), NOW)


def test_nothing_of_what_was_asked_for_is_said(read: Any) -> None:
    with pytest.raises(RefreshError, match="holds nothing of SOL"):
        read({"ETH/USDT:USDT": ETH}, "SOL")


@pytest.mark.parametrize("rows", [[None], [{"minNotional": "x"}], "tiers", [[]], 3])
def test_rows_of_another_shape_are_failures(read: Any, rows: Any) -> None:
    facts = read({"leverageTiers": {"ETH/USDT:USDT": rows, "SOL/USDT:USDT": ETH}})
    assert [market.symbol for market in facts.markets] == ["SOL"]
    assert facts.failures
    assert facts.failures[0].startswith("ETH: ")


def test_a_price_of_tomorrow_is_refused(read: Any) -> None:
    facts = read([{"symbol": "SOL/USDT:USDT", "last": 150.0, "timestamp": ms(NOW) + 86400000}])
    assert facts.prices == []
    assert "in the future" in facts.failures[0]
