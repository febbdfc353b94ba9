"""A file of terms is read strictly: one clear line names the file, the key and the fault."""

from __future__ import annotations

from datetime import date

import pytest

from workbook.terms import TermsError, venue_from_toml

GOOD = """
name = "Somewhere"
account_currency = "USDT"
[fees]
maker = 0.0002
taker = 0.0005
source = "page"
[rules]
tiering = "marginal"
margin = "notional at entry / leverage"
liquidation_fee_note = "none"
remainder = "seized"
remainder_note = "lost"
switch_note = "no"
funding_hours = 8
source = "page"
[[triggers]]
model = "entry"
fee_in_trigger = false
formula = "old"
source = "page"
[[triggers]]
since = 2025-05-22
model = "mark"
fee_in_trigger = true
trigger_fee = 0.0006
formula = "new"
source = "page"
[default]
max_leverage = 20
maintenance_rate = 0.01
source = "page"
[assumed]
spread = 0.0002
funding_rate = 0.0001
borrow_rate = 0
source = "page"
[sources.page]
what = "the venue's page"
address = "https://example.com"
as_of = 2026-11-01
confidence = "high"
[sources.rumour]
what = "a talk"
undated = true
confidence = "low"
[[markets]]
symbol = "ETH"
instrument = "ETHUSDT"
max_leverage = 50
lot = 0.01
tick = 0.01
contract_size = 1
tiers = [[0, 0.01, 50], [1000, 0.02, 25, 10]]
source = "page"
steps_source = "page"
"""


def read(text: str) -> object:
    return venue_from_toml(text, "somewhere.toml")


def test_a_good_file_is_read() -> None:
    venue = venue_from_toml(GOOD, "somewhere.toml")
    market = venue.markets[0]
    assert (venue.name, market.symbol, market.maintenance_rate) == ("Somewhere", "ETH", 0.01)
    assert market.tiers[1].deduction == 10
    assert market.as_of == date(2026, 11, 1)


def test_the_rule_of_a_day() -> None:
    venue = venue_from_toml(GOOD, "somewhere.toml")
    assert venue.rule_on(date(2025, 5, 21)).model == "entry"
    assert venue.rule_on(date(2025, 5, 22)).model == "mark"
    assert venue.trigger_fee_on(date(2025, 5, 21)) == 0
    assert venue.trigger_fee_on(date(2026, 1, 1)) == 0.0006


def test_a_counted_fee_that_is_not_known_is_the_takers() -> None:
    venue = venue_from_toml(GOOD.replace("trigger_fee = 0.0006\n", ""), "somewhere.toml")
    assert venue.rule.trigger_fee is None
    assert venue.trigger_fee_on(date(2026, 1, 1)) == 0.0005


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("[fees]", "[fees]\nrebate = 1", "fees.rebate", "not known here"),
        ("[default]", "[default]\nmax_levrage = 1", "default.max_levrage", "not known here"),
        ('name = "Somewhere"', 'name = "Somewhere"\nnamme = "x"', "namme", "not known here"),
        ("lot = 0.01", "lot = 0.01\nlots = 1", "markets[1].lots", "not known here"),
        ("taker = 0.0005\n", "", "fees.taker", "is missing"),
        ("lot = 0.01\n", "", "markets[1].lot", "is missing"),
        ("[default]\nmax_leverage = 20\n", "[default]\n", "default.max_leverage", "is missing"),
        ('funding_hours = 8\nsource = "page"', "funding_hours = 8", "rules.source", "is missing"),
        ('0.0005\nsource = "page"', '0.0005\nsource = "pge"', "fees.source", "does not have"),
        ('source = "page"\nsteps_source', 'source = "hearsay"\nsteps_source', "markets[1].source",
         "does not have"),
        ('source = "page"\nsteps_source', 'source = "rumour"\nsteps_source', "markets[1].source",
         "low confidence"),
        ('steps_source = "page"', 'steps_source = "rumour"', "steps_source", "low confidence"),
        ("as_of = 2026-11-01\n", "", "sources.page.as_of", "is missing"),
        ("as_of = 2026-11-01", 'as_of = "2026-11-01"', "sources.page.as_of", "give a date"),
        ("as_of = 2026-11-01", "as_of = 2026-11-01T00:00:00", "sources.page.as_of", "give a date"),
        ('confidence = "high"', 'confidence = "sure"', "sources.page.confidence", "'high' or"),
        ("[1000, 0.02, 25, 10]", "[1000, 0.005, 25]", "markets[1].tiers[2]", "rates never fall"),
        ("[1000, 0.02, 25, 10]", "[0, 0.02, 25]", "markets[1].tiers[2]", "must lie above"),
        ("[1000, 0.02, 25, 10]", "[-1, 0.02, 25]", "markets[1].tiers[2]", "at least 0"),
        ("[0, 0.01, 50]", "[5, 0.01, 50]", "markets[1].tiers[1]", "the first floor is 0"),
        ("[1000, 0.02, 25, 10]", "[1000, 0.02, 60]", "markets[1].tiers[2]", "more leverage"),
        ("[1000, 0.02, 25, 10]", "[1000, 0.02, 25, 20]", "markets[1].tiers[2]", "deduction"),
        ("[1000, 0.02, 25, 10]", '[1000, "2%", 25]', "markets[1].tiers[2]", "give a number"),
        ("[1000, 0.02, 25, 10]", "[1000, 0.02]", "markets[1].tiers[2]", "must be [floor"),
        ("[1000, 0.02, 25, 10]", "[1000, nan, 25]", "markets[1].tiers[2]", "is nan"),
        ("[1000, 0.02, 25, 10]", "[inf, 0.02, 25]", "markets[1].tiers[2]", "finite"),
        ("tiers = [[0, 0.01, 50], [1000, 0.02, 25, 10]]\n", "", "markets[1].tiers", "not shipped"),
        ("tiers = [[0, 0.01, 50], [1000, 0.02, 25, 10]]", "tiers = []", "markets[1].tiers",
         "not shipped"),
        ("max_leverage = 50", "max_leverage = 40", "markets[1].max_leverage", "in the first tier"),
        ('symbol = "ETH"', 'symbol = "ETHUSDT"', "markets[1].symbol", "write it 'ETH'"),
        ("taker = 0.0005", "taker = true", "fees.taker", "give a number"),
        ("taker = 0.0005", "taker = 5", "fees.taker", "at most 1"),
        ("lot = 0.01", "lot = 0", "markets[1].lot", "greater than 0"),
        ("tick = 0.01", "tick = 0.01\nsignificant_figures = 5", "markets[1].tick", "one of them"),
        ('remainder = "seized"', 'remainder = "lost"', "rules.remainder", "'trader' or 'seized'"),
        ('model = "mark"', 'model = "marks"', "triggers[2].model", "'mark' or"),
        ("since = 2025-05-22\n", "", "triggers[2].since", "must be later"),
        ("fee_in_trigger = true", "fee_in_trigger = false", "triggers[2].trigger_fee", "leave it"),
        ("fee_in_trigger = true", 'fee_in_trigger = "yes"', "triggers[2].fee_in_trigger", "true"),
        ("[fees]", "[[fees]]", "fees", "must be a table"),
        ('account_currency = "USDT"', "account_currency = 3", "account_currency", "give a text"),
        ('account_currency = "USDT"', 'account_currency = " "', "account_currency", "give a text"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_file_and_key(old: str, new: str, key: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(TermsError) as caught:
        read(GOOD.replace(old, new, 1))
    said = str(caught.value)
    assert said.startswith("somewhere.toml: ")
    assert key in said
    assert words in said
    assert "\n" not in said


def test_two_markets_of_one_symbol_are_refused() -> None:
    again = GOOD + GOOD[GOOD.index("[[markets]]") :]
    with pytest.raises(TermsError, match=r"somewhere.toml: markets\[2\].symbol is 'ETH', which"):
        read(again)


def test_no_toml_is_said_in_words() -> None:
    with pytest.raises(TermsError, match=r"somewhere.toml is no TOML file"):
        read("name = ")
