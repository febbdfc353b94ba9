"""The plan held against venues' terms: tiers, fees in the trigger, lots, ticks, defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import VENUE
from tests.workbook.template.test_behaviour import check, plan
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, InputValue, Row
from workbook.template.fields import TABLES
from workbook.template.shipped import shipped

PLAN = TABLES["Plan"]
tiered = catalogue["ISO_LIQUIDATION_PRICE_TIERED"]
Planned = Callable[..., EmbeddedBook]


@pytest.fixture(scope="module")
def planned(data: bytes) -> Planned:
    """Rows as another program would paste them, on the shipped terms or on those given."""

    def made(
        *rows: Mapping[str, object],
        settings: Mapping[str, InputValue] | None = None,
        **tables: list[Row],
    ) -> EmbeddedBook:
        package = Package.open(data)
        write_inputs(package, Inputs(dict(settings or {}), {**shipped().tables, **tables}))
        for offset, row in enumerate(rows):
            for header, value in row.items():
                package.set_cell("Plan", a1(PLAN.first_row + offset, PLAN.index(header)), value)
        return open_book(package, catalogue)

    return made


def tiers_of(venue: str, symbol: str) -> list[list[float]]:
    return [
        [float(row["Floor"]), float(row["Rate"])]
        for row in shipped().tables["Tiers"]
        if (row["Venue"], row["Symbol"]) == (venue, symbol)
    ]


def test_ether_at_25_times_on_hyperliquid_is_no_go(planned: Planned) -> None:
    """25x and 2%: (3000 - 120)/0.98 = 2938.78, 61.22 away where the stop is 55 away."""
    book = planned({"Symbol": "ETH", "Side": "long", "Venue": "Hyperliquid", "Entry": 3000,
                    "Stop": 2945, "Days": 1, "Leverage": 25, "Reason": "news"})  # fmt: skip
    assert plan(book, "Liq price") == pytest.approx(2880 / 0.98)
    assert plan(book, "Stop first") == "tight, 1.1x"
    assert plan(book, "Go") == 0
    assert str(plan(book, "What to do")).startswith("Lower leverage (H11) to 20x or less")


def test_optimism_at_10_times_there_has_its_own_terms(planned: Planned) -> None:
    """5%: (2 - 0.2)/0.95 = 1.8947."""
    book = planned({"Symbol": "OP", "Side": "long", "Venue": "Hyperliquid", "Entry": 2,
                    "Stop": 1.9, "Days": 0, "Leverage": 10})  # fmt: skip
    assert plan(book, "Liq price") == pytest.approx(1.8 / 0.95)
    assert plan(book, "Cap") == 10
    assert plan(book, "Go") == 0


def _edges(venue: str, symbol: str) -> list[float]:
    """Notionals around each floor of a market's tiers, and between them."""
    floors = [floor for floor, _ in tiers_of(venue, symbol)[1:]]
    return [50_000.0, 5_000_000.0, *(floor * near for floor in floors for near in (0.97, 1.03))]


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("symbol", ["BTC", "ETH"])
def test_the_tier_at_the_liquidation_is_the_one_of_the_formula(
    planned: Planned, side: str, symbol: str
) -> None:
    entry = {"BTC": 95_000.0, "ETH": 3_000.0}[symbol]
    notionals = [notional for notional in _edges("Binance", symbol) if notional < 500e6]
    stop = entry * (0.98 if side == "long" else 1.02)
    rows = [
        {"Symbol": symbol, "Side": side, "Venue": "Binance", "Entry": entry, "Stop": stop,
         "Days": 1, "Leverage": 3, "Own size": notional / entry}
        for notional in notionals
    ]  # fmt: skip
    for start in range(0, len(rows), PLAN.rows):
        part = rows[start : start + PLAN.rows]
        book = planned(*part)
        for number, row in enumerate(part, 1):
            exact = tiered(side, entry, 3, row["Own size"], tiers_of("Binance", symbol))
            assert plan(book, "Liq price", number) == pytest.approx(exact, rel=1e-12), row
            assert plan(book, "Barrier", number) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("tiering", ["marginal", "whole"])
def test_tiers_with_a_fee_in_the_trigger(planned: Planned, side: str, tiering: str) -> None:
    venue: Row = {**VENUE, "Taker fee": 0.0006, "Trigger fee": 0.0006, "Tiering": tiering}
    table = [[0, 0.01], [60_000, 0.02], [200_000, 0.05]]
    tiers: list[Row] = [
        {"Venue": "Here", "Symbol": "ETH", "Floor": floor, "Rate": rate} for floor, rate in table
    ]
    market: Row = {"Venue": "Here", "Symbol": "ETH", "Max leverage": 50, "Maintenance rate": 0.01}
    rows = [
        {"Symbol": "ETH", "Side": side, "Venue": "Here", "Entry": 100, "Days": 0,
         "Stop": 99 if side == "long" else 101, "Own size": size, "Leverage": 5}
        for size in (300, 590, 700, 1_000, 1_900, 2_200, 5_000)
    ]  # fmt: skip
    book = planned(*rows, Venues=[venue], Markets=[market], Tiers=tiers)
    for number, row in enumerate(rows, 1):
        exact = tiered(side, 100, 5, row["Own size"], table, 0.0006, tiering=tiering)
        assert plan(book, "Liq price", number) == pytest.approx(exact, rel=1e-9), row


def test_the_tiers_leverage_is_the_cap_at_that_size(planned: Planned) -> None:
    """Binance allows 150x on ETH to 300,000, 50x from 3,000,000 on."""
    row = {"Symbol": "ETH", "Side": "long", "Venue": "Binance", "Entry": 3000, "Stop": 2999,
           "Days": 0, "Reason": "news"}  # fmt: skip
    book = planned({**row, "Own size": 10, "Leverage": 100},
                   {**row, "Own size": 2000, "Leverage": 60})  # fmt: skip
    assert (plan(book, "Cap", 1), plan(book, "Cap", 2)) == (150, 50)
    assert "the venue allows no more at this size" in str(plan(book, "What to do", 2))


@pytest.mark.parametrize(
    ("symbol", "venue"),
    [("ETHUSDT", "Binance"), ("eth ", "Hyperliquid"), ("ETH-USDT-SWAP", "Binance"),
     ("ETH/USDT:USDT", "Bybit"), ("ETHUSDTM", "Binance"), (" Eth", " hyperliquid")],
)  # fmt: skip
def test_a_market_is_found_by_whatever_the_symbol_is_called(
    planned: Planned, symbol: str, venue: str
) -> None:
    known: Row = {"Venue": venue.strip().title().replace("Okx", "OKX"), "Symbol": "ETH",
                  "Max leverage": 33, "Maintenance rate": 0.011}  # fmt: skip
    book = planned({"Symbol": symbol, "Side": "long", "Venue": venue, "Entry": 3000, "Stop": 2900,
                    "Days": 1}, Markets=[known], Tiers=[])  # fmt: skip
    assert (plan(book, "Cap"), plan(book, "Maint")) == (33, 0.011)
    assert plan(book, "Default") == 0


@pytest.mark.parametrize("symbol", ["SEI", "NOSUCH"])
def test_an_unknown_market_falls_back_to_the_venues_default_and_says_so(
    planned: Planned, symbol: str
) -> None:
    book = planned({"Symbol": symbol, "Side": "long", "Venue": "Hyperliquid", "Entry": 2,
                    "Stop": 1.95, "Days": 1, "Leverage": 5})  # fmt: skip
    default = next(r for r in shipped().tables["Venues"] if r["Name"] == "Hyperliquid")
    assert plan(book, "Maint") == default["Maintenance rate"]
    assert "default" in str(plan(book, "What to do"))
    assert check(book, "default terms") == (1, 0, "WARN")


def test_prices_stand_on_the_markets_steps_and_sizes_in_its_lots(planned: Planned) -> None:
    """OP at Hyperliquid: five significant digits, at most five after the point, lots of 0.1."""
    book = planned({"Symbol": "OP", "Side": "long", "Venue": "Hyperliquid", "Entry": 1.8437,
                    "Stop": 1.8111, "Days": 1, "Leverage": 7})  # fmt: skip
    for header in ("Soft stop", "Target 1", "Target 2"):
        price = plan(book, header)
        assert price == pytest.approx(round(price, 4), abs=1e-12)  # type: ignore[call-overload]
    units = plan(book, "Units")
    assert units == pytest.approx(round(units, 1))  # type: ignore[call-overload]


def test_an_order_below_the_smallest_is_no_order(planned: Planned) -> None:
    book = planned({"Symbol": "OP", "Side": "long", "Venue": "Hyperliquid", "Entry": 2,
                    "Stop": 1.9, "Days": 1, "Leverage": 5, "Own size": 3})  # fmt: skip
    assert str(plan(book, "What to do")).startswith("Notional 6 is below the smallest order, 10.")
    assert plan(book, "Go") == 0


# Positions as exchanges reported them: venue terms, side, entry, size, margin, liquidation price.
REPORTED = [
    # Hyperliquid BTC, captured 2026-08-03: 40x, so 1.25%.
    ({"Maintenance rate": 0.0125}, "long", 62917.0, 0.00347, 5.284278, 62171.2944953124, 1e-8),
    # Hyperliquid CRCL, 2025-11-28: 3x, so one sixth.
    ({"Maintenance rate": 1 / 6}, "long", 80.262, 0.13, 3.478942, 64.2010892308, 1e-9),
    # Hyperliquid ETH: 25x, so 2%.
    ({"Maintenance rate": 0.02}, "long", 3625.3, 0.003, 0.430632, 3552.812244898, 1e-8),
    # Gate LTC, 2024-01-12: 1% and a fee of 0.075% in the trigger, shown to cents.
    ({"Maintenance rate": 0.01, "Trigger fee": 0.00075}, "long", 74.35, 0.1, 1.49257625, 60.07,
     0.005),
    # Bitget BTC, 2023-08-07: 0.4% and the taker fee of 0.06%.
    ({"Maintenance rate": 0.004, "Trigger fee": 0.0006}, "long", 25000.0, 0.01, 9.669505009337334,
     24144.1124161807, 1e-8),
    # Bybit ETH, 2022, maintenance on the entry, rounded up to 0.05.
    ({"Maintenance rate": 0.005, "Model": "entry"}, "long", 1198.45, 0.1, 28.53452381, 919.10,
     0.05),
]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "side", "entry", "size", "margin", "reported", "rounding"), REPORTED
)
def test_positions_that_exchanges_reported(
    planned: Planned, terms: Row, side: str, entry: float, size: float, margin: float,
    reported: float, rounding: float,
) -> None:  # fmt: skip
    venue: Row = {**VENUE, **terms}
    row = {"Symbol": "X", "Side": side, "Venue": "Here", "Entry": entry, "Stop": entry * 0.999,
           "Days": 0, "Own size": size, "Own margin": margin, "Reason": "held"}  # fmt: skip
    book = planned(row, Venues=[venue], Markets=[], Tiers=[])
    assert plan(book, "Liq price") == pytest.approx(reported, abs=rounding)
    leverage = size * entry / margin
    assert plan(book, "Lev") == pytest.approx(leverage)


def test_a_position_that_binance_reported_with_its_brackets(planned: Planned) -> None:
    """20 BTC at 6563.665 in 2020: 0.4% to 50,000, 0.5% from there, so 50 are deducted."""
    market: Row = {"Venue": "Here", "Symbol": "BTC", "Max leverage": 125,
                   "Maintenance rate": 0.004}  # fmt: skip
    tiers: list[Row] = [
        {"Venue": "Here", "Symbol": "BTC", "Floor": floor, "Rate": rate}
        for floor, rate in ((0, 0.004), (50_000, 0.005), (250_000, 0.01))
    ]
    book = planned(
        {"Symbol": "BTCUSDT", "Side": "long", "Venue": "Here", "Entry": 6563.665, "Stop": 6500,
         "Days": 0, "Own size": 20, "Own margin": 13200.70726908},
        Venues=[VENUE], Markets=[market], Tiers=tiers,
    )  # fmt: skip
    assert plan(book, "Deduction") == pytest.approx(50)
    assert round(float(str(plan(book, "Liq price"))), 2) == 5930.78


def test_stale_funding_and_marks_are_told_from_fresh_ones(planned: Planned) -> None:
    row = {"Symbol": "ETH", "Side": "long", "Venue": "Hyperliquid", "Entry": 3000, "Stop": 2900,
           "Days": 1, "Status": "open"}  # fmt: skip
    now = 46360.0

    def results(age: float | str) -> tuple[object, object]:
        moment = now - age if isinstance(age, float) else age
        book = planned(row, settings={"As_of": now})
        package = book.package
        markets = TABLES["Markets"]
        at = next(
            number for number, known in enumerate(shipped().tables["Markets"])
            if (known["Venue"], known["Symbol"]) == ("Hyperliquid", "ETH")
        )  # fmt: skip
        for header, value in (("Funding rate", 0.00001), ("Funding as of", moment),
                              ("Mark", 3010.0), ("Mark as of", moment)):  # fmt: skip
            package.set_cell("Markets", a1(markets.first_row + at, markets.index(header)), value)
        again = open_book(package, catalogue)
        return check(again, "funding that is stale")[2], check(again, "mark price is stale")[2]

    assert results(0.1) == ("PASS", "PASS")
    assert results(0.5) == ("PASS", "WARN")
    assert results(2.0) == ("WARN", "WARN")
    assert results("28.11.2026") == ("WARN", "WARN")
