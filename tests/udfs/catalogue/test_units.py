"""The kinds of argument: which words and which numbers each of them takes."""

from __future__ import annotations

import pytest

from udfs import catalogue

FRACTION = "at least 0 and less than 1"

DOMAINS = {
    "ISO_LIQUIDATION_PRICE": {
        "entry": "greater than 0",
        "leverage": "greater than 0",
        "maintenance_rate": FRACTION,
        "quantity": "greater than 0",
        "extra_margin": "a finite number",
    },
    "ISO_LIQUIDATION_OUTCOME": {
        "margin": "greater than 0",
        "trigger_price": "at least 0",
        "slippage": FRACTION,
    },
    "ISO_POSITION_SIZE": {"risk": "greater than 0 and at most 1", "lot_size": "at least 0"},
    "ISO_CARRY_COST": {
        "days": "at least 0",
        "funding_rate": "greater than -1 and less than 1",
        "funding_hours": "greater than 0",
        "borrow_rate": "at least 0",
    },
    "ISO_SCALE_OUT": {
        "triggers": "each greater than 0",
        "fractions": "each at least 0 and at most 1",
        "trail": FRACTION,
    },
    "ISO_STOP_LADDER": {
        "soft_at": "greater than 0 and at most 1",
        "soft_close": "greater than 0 and at most 1",
    },
    "ISO_TOUCH_PROBABILITY": {
        "volatility": "at least 0 and less than 3",
        "drift": "a finite number",
    },
    "ISO_JOINT_LIQUIDATION": {
        "sides": 'each "long" or "short"',
        "prices": "each greater than 0",
        "liquidation_prices": "each at least 0",
        "volatilities": "each at least 0 and less than 3",
        "paths": "at least 1 and at most 1e+07",
    },
    "ISO_PORTFOLIO_RISK": {"risks": "each a finite number"},
    "ISO_STRESS": {
        "quantities": "each greater than 0",
        "margins": "each greater than 0",
        "shocks": "each at least -1",
        "maintenance_rates": f"each {FRACTION}",
    },
    "ISO_KELLY": {"win_rate": "at least 0 and at most 1", "payoff": "greater than 0"},
    "ISO_EQUITY_CURVE": {"start": "at least 0", "results": "each a finite number"},
}


@pytest.mark.parametrize(
    ("name", "argument", "domain"),
    [(name, *pair) for name, domains in DOMAINS.items() for pair in domains.items()],
)
def test_what_an_argument_may_be(name: str, argument: str, domain: str) -> None:
    assert catalogue[name].parameter(argument).kind.domain == domain


def test_seed_and_paths_have_their_limits_to_the_last_digit() -> None:
    seed = catalogue["ISO_JOINT_LIQUIDATION"].parameter("seed").kind
    assert (seed.low, seed.high) == (0, 9_007_199_254_740_992)  # what a cell can hold
    paths = catalogue["ISO_JOINT_LIQUIDATION"].parameter("paths").kind
    assert (paths.low, paths.high) == (1, 10_000_000)


@pytest.mark.parametrize(
    ("words", "price"),
    [
        (["long", "Long", "buy", "BUY", "l", "L", 1, 1.0], 90.0),
        (["short", "Short", "sell", "SELL", "s", "S", -1, -1.0], 110.0),
    ],
)
def test_words_and_numbers_for_a_side(words: list[str | float], price: float) -> None:
    answer = catalogue["ISO_LIQUIDATION_PRICE"]([[word] for word in words], 100, 10)
    assert answer == [[pytest.approx(price)]] * len(words)
    for word in words:
        assert catalogue["ISO_LIQUIDATION_PRICE"](word, 100, 10) == pytest.approx(price)


def test_each_column_of_the_venues_has_its_own_kind() -> None:
    venues = catalogue["ISO_VENUE_COMPARISON"].parameter("venues").kind
    assert {name: kind.domain for name, kind in venues.columns.items()} == {
        "Max leverage": "greater than 0",
        "Maintenance rate": FRACTION,
        "Liquidation penalty": FRACTION,
        "Fee rate": FRACTION,
        "Spread": FRACTION,
        "Funding rate": "greater than -1 and less than 1",
        "Funding hours": "greater than 0",
        "Borrow rate": "at least 0",
    }
    assert venues.blanks == {"Funding hours": 8.0, "Borrow rate": 0.0}
    tiers = catalogue["ISO_LIQUIDATION_PRICE_TIERED"].parameter("tiers").kind
    assert [kind.domain for kind in tiers.columns.values()] == ["at least 0", FRACTION]
