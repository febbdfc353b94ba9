"""Offline, slow, rate-limited, half an answer, wrong types, a price of 0, a listing that is gone:
words, and no exception; what did come is kept."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.workbook.refresh import replies
from tests.workbook.refresh.replay import Reply
from tests.workbook.refresh.replies import NOW
from workbook.refresh import ccxt_source
from workbook.refresh.ccxt_source import CcxtSource
from workbook.refresh.facts import KINDS, Ask, Facts, RefreshError
from workbook.refresh.places import PLACES
from workbook.refresh.run import read_all

Asking = Callable[..., Facts]

TICKERS = "/bybit/v5/market/tickers"
TIERS = "/bybit/v5/market/risk-limit"
KLINE = "/bybit/v5/market/kline"
INFO = "/bybit/v5/market/instruments-info"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ccxt_source, "TIMEOUT_MS", 400)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("venue", list(PLACES))
def test_offline_is_said_in_words(venue: str) -> None:
    source = CcxtSource(f"http://127.0.0.1:{closed_port()}")
    facts = source.read(Ask(venue, ("ETH",), frozenset(KINDS), NOW))
    assert not facts
    assert facts.failures == ["it cannot be reached: is this machine online?"]


def test_slow_is_given_up_and_not_asked_for_every_market(ask: Asking) -> None:
    answers = {**replies.BYBIT, TICKERS: Reply({}, wait=1.5)}
    facts = ask("Bybit", answers, ("BTC", "ETH"))
    assert facts.failures == ["no answer within 0 seconds"]
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert len([path for path in asked if path.startswith(TICKERS)]) == 2  # once more, then no more


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"retCode": 10006, "retMsg": "Too many visits!", "result": {}}, status=200),
        Reply({"retCode": 10006, "retMsg": "Too many visits!", "result": {}}, status=429),
        Reply(b"rate limited", status=429),
    ],
)
def test_a_rate_limit_is_obeyed(ask: Asking, reply: Reply) -> None:
    facts = ask("Bybit", {**replies.BYBIT, TIERS: reply}, ("BTC", "ETH"))
    assert facts.failures == ["too many requests, it asks to wait: try again later"]
    assert [price.symbol for price in facts.prices] == ["BTC", "ETH"]  # what came before stays
    asked = ask.replay.asked  # type: ignore[attr-defined]
    assert len([path for path in asked if path.startswith(TIERS)]) <= 2


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_exchange_that_is_down_is_said(ask: Asking, status: int) -> None:
    facts = ask("Bybit", {**replies.BYBIT, INFO: Reply(b"<html>oh</html>", status=status)})
    assert len(facts.failures) == 1
    assert "not available" in facts.failures[0] or "cannot be reached" in facts.failures[0]


HALVES = [
    Reply(b'{"retCode":0,"result":{"list":[{"symbol":"ETHU'),
    Reply(replies.bybit_result(list=[]), cut=20),
    Reply(b""),
    Reply(b"<html>maintenance</html>"),
    Reply([]),
    Reply({"retCode": 0, "result": None}),
    Reply({"retCode": 0, "result": {"list": None}}),
    Reply({"retCode": 0, "result": {"list": {"0": 1}}}),
    Reply({"retCode": 0, "result": {"list": [None, 3, "x"]}}),
    Reply(b"null"),
]


@pytest.mark.parametrize("reply", HALVES, ids=range(len(HALVES)))
@pytest.mark.parametrize("path", [TICKERS, TIERS, KLINE, INFO])
def test_half_an_answer_or_another_type_is_a_failure_in_words(
    ask: Asking, path: str, reply: Reply
) -> None:
    facts = ask("Bybit", {**replies.BYBIT, path: reply})
    said = facts.failed()
    assert said is not None
    assert said.startswith("Bybit: ")
    assert said.endswith("Old values and their dates stay")
    assert "\n" not in said
    kept = {TICKERS: facts.prices, TIERS: facts.markets, KLINE: facts.candles}.get(path, [])
    assert not kept


def changed_ticker(**cells: Any) -> dict[str, Any]:
    row = {
        "symbol": "ETHUSDT", "lastPrice": "3001", "markPrice": "3000.5", "indexPrice": "3000.1",
        "fundingRate": "-0.00005", "nextFundingTime": "1663689600000", **cells,
    }  # fmt: skip
    return replies.bybit_result(list=[row])


@pytest.mark.parametrize("price", ["0", 0, "-5", "", None, "abc", "nan", "inf", [], {}])
def test_a_price_that_cannot_be_is_not_taken(ask: Asking, price: Any) -> None:
    facts = ask("Bybit", {**replies.BYBIT, TICKERS: changed_ticker(markPrice=price)})
    assert facts.prices == []
    assert any("mark price" in line or "cannot be read" in line for line in facts.failures)
    assert facts.candles  # the rest comes


@pytest.mark.parametrize("rate", ["", None, "abc", "0.9", "-3", "nan"])
def test_a_funding_rate_that_cannot_be_is_not_taken(ask: Asking, rate: Any) -> None:
    facts = ask("Bybit", {**replies.BYBIT, TICKERS: changed_ticker(fundingRate=rate)})
    assert facts.fundings == []
    assert any("funding rate" in line for line in facts.failures)
    assert facts.prices


def tier(limit: str, rate: str, leverage: str) -> dict[str, Any]:
    return {
        "id": 1, "symbol": "ETHUSDT", "riskLimitValue": limit, "maintenanceMargin": rate,
        "initialMargin": "0.01", "isLowestRisk": 1, "maxLeverage": leverage, "mmDeduction": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [tier("2000000", "0.5", "100")],  # percent instead of a fraction
        [tier("2000000", "0.01", "50"), tier("3000000", "0.005", "25")],  # rates that fall
        [tier("2000000", "", "50")],
        [tier("", "0.01", "50")],
        [tier("0", "0.01", "50")],
        [tier("2000000", "0.01", "0")],
        [tier("2000000", "-0.01", "50")],
        [tier("2000000", "0.01", "50"), tier("2000000", "0.02", "25")],  # one limit twice
    ],
)
def test_tiers_that_cannot_be_are_not_taken(ask: Asking, rows: list[Any]) -> None:
    facts = ask("Bybit", {**replies.BYBIT, TIERS: replies.bybit_result(list=rows)})
    assert facts.markets == []
    assert any("ETH" in line for line in facts.failures)
    assert facts.prices


@pytest.mark.parametrize(
    "row",
    [
        ["1700006400000", "3000", "2900", "2950", "2990", "1", "1"],  # high below low
        ["1700006400000", "3000", "3100", "2900", "0", "1", "1"],
        ["1700006400000", "3000", "3100", "2900", "3200", "1", "1"],  # close above high
        ["0", "3000", "3100", "2900", "2990", "1", "1"],
        ["1700006400000", "3000", "x", "2900", "2990", "1", "1"],
    ],
)
def test_candles_that_cannot_be_are_not_taken(ask: Asking, row: list[str]) -> None:
    answer = replies.bybit_result(symbol="ETHUSDT", list=[row])
    facts = ask("Bybit", {**replies.BYBIT, KLINE: answer})
    assert facts.candles == []
    assert facts.failures


def test_a_listing_that_is_gone_is_named_and_the_rest_comes(ask: Asking) -> None:
    facts = ask("Bybit", replies.BYBIT, ("LUNA", "ETH"))
    assert facts.failures == ["LUNA is not listed there (any more)"]
    assert [price.symbol for price in facts.prices] == ["ETH"]


def test_a_market_that_has_stopped_is_named(ask: Asking) -> None:
    facts = ask("Bybit", replies.BYBIT, ("OLD",))
    assert facts.failures == ["OLD is not trading there now"]
    facts = ask("Hyperliquid", replies.HYPERLIQUID, ("MATIC", "ETH"), ("prices",))
    assert facts.failures == ["MATIC is not trading there now"]
    assert [price.symbol for price in facts.prices] == ["ETH"]


def test_many_failures_stay_one_line_of_bearable_length(ask: Asking) -> None:
    symbols = tuple(f"NOPE{number}" for number in range(60))
    said = ask("Bybit", replies.BYBIT, symbols).failed()
    assert said is not None
    assert "and 54 more" in said
    assert len(said) < 300


def test_a_venue_that_no_exchange_is_says_so(ask: Asking) -> None:
    facts = ask("My broker", {})
    assert "no exchange that refresh knows" in facts.failures[0]


def test_an_address_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a test on this machine may stand in for the exchanges."""
    for address in ("http://example.com", "https://127.0.0.1:1", "http://127.0.0.1.evil.com:1"):
        monkeypatch.setenv(ccxt_source.ADDRESS, address)
        with pytest.raises(RefreshError, match=r"only http://127.0.0.1:PORT"):
            ccxt_source.loopback_address()


class Stuck:
    def read(self, ask: Ask) -> Facts:
        import time

        if ask.venue == "slow":
            time.sleep(5)
        if ask.venue == "broken":
            raise RuntimeError("never mind")
        return Facts(ask.venue, notes=["fine"])


def test_one_venue_without_end_does_not_keep_the_others() -> None:
    asks = [Ask(name, (), frozenset(), NOW) for name in ("slow", "broken", "good")]
    told: list[str] = []
    found = read_all(Stuck(), asks, lambda venue, done, total: told.append(venue), longest=0.3)
    assert [facts.venue for facts in found] == ["slow", "broken", "good"]
    assert found[0].failures == ["no whole answer within 0.3 seconds"]
    assert found[1].failures == ["an answer that cannot be read (RuntimeError)"]
    assert found[2].notes == ["fine"]
    assert sorted(told) == ["broken", "good"]
