"""Now: each instruction reached by a price, in the order of urgency, with the figures by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.hosts.calls import CallGraph, Place
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.build import build_template
from workbook.template.fields import TABLES
from workbook.template.tables.now import STEPS

AS_OF = 46347.75
VENUE: Row = {
    "Name": "Here", "Max leverage": 50, "Maintenance rate": 0.005, "Liquidation penalty": 0.12,
    "Taker fee": 0.0006, "Spread": 0.0, "Funding rate": 0.0001, "Funding hours": 8,
    "Borrow rate": 0.0, "Model": "mark", "Remainder": "seized", "Margin after": "stays",
}  # fmt: skip
# 50 ETH from 100 at 10x: margin 500, stop 4 away, risk 200; 7 of carry planned over 7 days.
TRADE: Row = {
    "Trade": 1, "Opened": AS_OF - 1.25, "Symbol": "ETH", "Side": "long", "Entry": 100, "Stop": 96,
    "Units": 50, "Leverage": 10, "Plan carry": 7, "Risk": 200, "Target 1": 105, "Target 2": 110,
    "Days": 7, "Venue": "Here",
}  # fmt: skip
BANKED: tuple[Row, ...] = (
    {"Trade": 1, "Time": AS_OF - 1, "Price": 105, "Quantity": 12.5, "Fee": 0, "Carry": 0},
    {"Trade": 1, "Time": AS_OF - 0.5, "Price": 110, "Quantity": 12.5, "Fee": 0, "Carry": 0},
)
NOW = TABLES["Now"]

Opened = Callable[..., EmbeddedBook]


@pytest.fixture(scope="module")
def template() -> bytes:
    return build_template()


@pytest.fixture(scope="module")
def opened(template: bytes) -> Opened:
    def fill(
        *rows: Row, trades: tuple[Row, ...] = (TRADE,), exits: tuple[Row, ...] = (),
        settings: Mapping[str, object] | None = None, **more: list[Row],
    ) -> EmbeddedBook:  # fmt: skip
        package = Package.open(template)
        tables = {
            "Venues": [VENUE], "Journal": list(trades), "Exits": list(exits), "Now": list(rows),
            **more,
        }  # fmt: skip
        values = {"As_of": AS_OF, "Prices_at": AS_OF, **(settings or {})}
        write_inputs(package, Inputs(values, tables))  # type: ignore[arg-type]
        return open_book(package, catalogue)

    return fill


def now(book: EmbeddedBook, header: str, row: int = 1) -> object:
    return book.value("Now", a1(NOW.first_row + row - 1, NOW.index(header)))


def named(book: EmbeddedBook, name: str) -> object:
    sheet, area = book.package.names[name].target  # type: ignore[misc]
    return book.value(sheet, a1(area.top, area.left))


def check(book: EmbeddedBook, words: str) -> object:
    """The result of the one check that says so."""
    (row,) = [row for row in range(9, 60) if words in str(book.value("Checks", f"C{row}"))]
    return book.value("Checks", f"F{row}")


def test_a_position_in_profit_is_held_and_its_figures_are_those_by_hand(opened: Opened) -> None:
    book = opened({"Trade": 1, "Price": 101})
    assert now(book, "What to do") == "hold"
    # 50 x 1 gained; fees of 0.06% on 5,000 in and 5,050 out; 7 of carry x 1.25 of 7 days.
    result = 50 - 3 - 3.03 - 1.25
    assert now(book, "Result") == pytest.approx(result)
    assert now(book, "R now") == pytest.approx(result / 200)
    # (500 - 1.25) + 50 (P - 100) = 0.5% x 50 P
    assert now(book, "Liq now") == pytest.approx((5000 - 498.75) / (50 * 0.995))
    assert now(book, "Distance") == pytest.approx((101 - 4501.25 / 49.75) / 101)
    assert now(book, "Soft stop") == pytest.approx(98.8)
    assert now(book, "To target") == pytest.approx(4 / 101)
    assert now(book, "Days left") == pytest.approx(5.75)
    assert check(book, "Now cannot judge") == "PASS"
    # What may still be lost at the stop, with fees: 50 x 4 + 0.06% x 50 x 196.
    assert now(book, "Stop risk") == pytest.approx(205.88)
    assert named(book, "Now_room") == pytest.approx(
        -0.8 * 205.88 + ((0.8 * 205.88) ** 2 - 205.88**2 + 400**2) ** 0.5
    )


# What is typed on Now, what else is in the Journal, the exits, and what the row says.
INSTRUCTIONS: tuple[tuple[Row, Row, tuple[Row, ...], str], ...] = (
    ({"Price": 85}, {}, (), "liquidated? look at the venue, then log the exit"),
    ({"Price": 95.9}, {}, (), "close it: stop 96 passed, or log that it was hit"),
    ({"Price": 101, "Low": 95.5}, {}, (), "close it: stop 96 passed, or log that it was hit"),
    # The best price was 111: the trail of 3% stands at 107.67.
    ({"Price": 107, "High": 111}, {}, BANKED, "close the rest: trailing stop 107.67 passed"),
    ({"Price": 101}, {"Stop": None, "Risk": None}, (), "set a stop: none is known"),
    # At 20x liquidation is at 95.5, 1.1 times as far as the stop. At 94 it would be 1.5 times:
    # that needs 50 x (0.5% x 94 + 6) = 323.5 of margin, and 248.75 are there.
    ({"Price": 101}, {"Leverage": 20}, (),
     "add 75 or reduce by 24%: liquidation 1.1x the stop"),
    ({"Price": 98.7}, {}, (), "reduce by 50%: soft stop 98.8 passed"),
    ({"Price": 105.2}, {}, (), "take 25% at 105: reached"),
    ({"Price": 110.4}, {}, BANKED[:1], "take 25% at 110: reached"),
    ({"Price": 111, "High": 112}, {}, BANKED, "move the stop to 108.64"),
    ({"Price": 101}, {"Opened": AS_OF - 8}, (), "close: planned days are over, carry so far 8"),
    ({"Price": 101, "Carry so far": 60}, {}, (),
     "close or reduce: carry 60 eats the margin"),
    ({"Price": 101}, {}, (), "hold"),
)  # fmt: skip


def test_each_instruction_is_reached(opened: Opened) -> None:
    """All of them in one book, each a trade of its own."""
    rows, trades, exits = [], [], []
    for number, (row, trade, parts, _) in enumerate(INSTRUCTIONS, start=1):
        rows.append({"Trade": number, **row})
        trades.append({**TRADE, **trade, "Trade": number})
        exits += [{**part, "Trade": number} for part in parts]
    book = opened(*rows, trades=tuple(trades), exits=tuple(exits))
    order = [step.header for step in STEPS]
    reached = set()
    for number, (_, _, _, says) in enumerate(INSTRUCTIONS, start=1):
        assert now(book, "What to do", number) == says
        first = next(header for header in order if now(book, header, number) == 1)
        assert now(book, "Urgency", number) == order.index(first) + 1
        reached.add(first)
    assert reached == set(order)


def test_a_short_is_judged_the_other_way_round(opened: Opened) -> None:
    short = {**TRADE, "Side": "short", "Stop": 104, "Target 1": 95, "Target 2": 90}
    for price, says in (
        (99.0, "hold"),
        (101.3, "reduce by 50%: soft stop 101.2 passed"),
        (104.0, "close it: stop 104 passed, or log that it was hit"),
        (94.5, "take 25% at 95: reached"),
        (112.0, "liquidated? look at the venue, then log the exit"),
    ):
        book = opened({"Trade": 1, "Price": price}, trades=(short,))
        assert now(book, "What to do") == says
        assert now(book, "Result") == pytest.approx(
            50 * (100 - price) - 3 - 0.0006 * 50 * price - 1.25
        )


# What is typed on Now, and what the row asks for; nothing else of it is shown.
ASKING: tuple[tuple[Row, str], ...] = (
    ({}, "price?"),
    ({"Price": 0}, "price?"),
    ({"Price": "101,5"}, "price?"),
    ({"Price": -101}, "price?"),
    ({"Price": 101, "Price at": AS_OF - 1}, "price? it is 24 h old"),
    ({"Price": 101, "Price at": AS_OF + 1}, "price? it is newer than As of: set that on Settings"),
    ({"Price": 101, "Price at": "today"}, "price? type when it was read"),
    ({"Price": 101, "Low": 0}, "price? Low is not above 0"),
    ({"Price": 101, "High": "103,5", "Low": -1}, "price? High Low is not above 0"),
    ({"Price": 101, "Stop now": 0}, "Stop now? type a number, or clear the cell"),
    ({"Price": 101, "Carry so far": "9,8"}, "Carry so far? type a number, or clear the cell"),
    ({"Price": 101, "Margin now": "500 USD", "Margin added": "x"},
     "Margin now Margin added? type a number, or clear the cell"),
    ({"Price": 101, "Volatility": 5}, "volatility? type it like 5%, or clear the cell"),
    ({"Price": 101, "Volatility": 0}, "volatility? type it like 5%, or clear the cell"),
    ({"Price": 101, "Trade": 77}, "no such trade in the Journal: type its number"),
)  # fmt: skip
GATED = ("Result", "R now", "Liq now", "Chance", "Stop risk", "Hold")


def test_without_a_price_there_is_no_instruction_but_to_give_one(opened: Opened) -> None:
    rows = [{"Trade": number, **row} for number, (row, _) in enumerate(ASKING, start=1)]
    trades = tuple({**TRADE, "Trade": number} for number in range(1, len(ASKING) + 1))
    book = opened(*rows, trades=trades)
    for number, (_, says) in enumerate(ASKING, start=1):
        assert now(book, "What to do", number) == says
        assert now(book, "Urgency", number) == 0
        assert {now(book, header, number) for header in GATED} == {""}
    assert named(book, "Now_live") == 0
    assert named(book, "Now_any") == ""
    assert check(book, "Now cannot judge") == "WARN"
    assert book.errors() == []


@pytest.mark.parametrize(
    ("read", "says"),
    [
        (None, "price? type when it was read"),
        ("yesterday", "price? type when it was read"),
        (AS_OF - 1 / 3, "price? it is 8 h old"),
    ],
)
def test_prices_that_nobody_says_the_time_of_are_no_prices(
    opened: Opened, read: float | str | None, says: str
) -> None:
    book = opened({"Trade": 1, "Price": 101}, settings={"Prices_at": read})
    assert now(book, "What to do") == says
    assert check(book, "Now cannot judge") == "WARN"


def test_a_closed_trade_a_double_and_missing_terms_are_named(opened: Opened) -> None:
    closed = {**TRADE, "Closed": AS_OF - 0.1, "Exit": 103, "Fees": 6, "Carry": 1}
    book = opened({"Trade": 1, "Price": 101}, trades=(closed,))
    assert now(book, "What to do") == "closed: clear this row"
    book = opened({"Trade": 1, "Price": 101}, {"Trade": 1, "Price": 102})
    assert now(book, "What to do") == "twice on this sheet: clear one of the rows"
    book = opened({"Trade": 1, "Price": 101}, trades=({**TRADE, "Leverage": None},))
    assert now(book, "What to do") == "leverage or margin?"
    book = opened(
        {"Trade": 1, "Price": 101, "Margin now": 500}, trades=({**TRADE, "Leverage": None},)
    )
    assert now(book, "What to do") == "hold"
    # What the venue shows as margin has the carry in it already.
    assert now(book, "Liq now") == pytest.approx((5000 - 500) / 49.75)
    book = opened({"Trade": 1, "Price": 101}, trades=({**TRADE, "Venue": "Elsewhere"},))
    assert now(book, "What to do") == "venue? Markets does not have it"


def test_parts_closed_move_the_liquidation_as_the_venue_has_it(opened: Opened) -> None:
    """25 of 50 closed at a gain: the margin stays (500) or goes with them (250)."""
    for after, margin in (("stays", 500.0), ("pro_rata", 250.0), (None, 250.0)):
        book = opened(
            {"Trade": 1, "Price": 109}, exits=BANKED, Venues=[{**VENUE, "Margin after": after}]
        )
        assert now(book, "Open") == 25
        expected = (2500 - (margin - 1.25)) / (25 * 0.995)
        assert now(book, "Liq now") == pytest.approx(expected)


def test_a_refreshed_mark_serves_where_no_price_is_typed(opened: Opened) -> None:
    market: Row = {
        "Venue": "Here", "Symbol": "ETH", "Instrument": "ETHUSDT", "Max leverage": 25,
        "Maintenance rate": 0.02, "Mark": 101, "Mark as of": AS_OF - 0.1,
    }  # fmt: skip
    for symbol in ("ETH", "ETHUSDT", "eth "):
        book = opened({"Trade": 1}, trades=({**TRADE, "Symbol": symbol},), Markets=[market])
        assert now(book, "Mark") == 101
        assert now(book, "Age") == pytest.approx(2.4)
        assert now(book, "Liq now") == pytest.approx((5000 - 498.75) / (50 * 0.98))
    old = {**market, "Mark as of": AS_OF - 2}
    book = opened({"Trade": 1}, Markets=[old])
    assert now(book, "What to do") == "price? it is 48 h old"


def test_the_tier_at_the_liquidation_counts(opened: Opened) -> None:
    """60,000 ETH from 100: beyond 5,000,000 the rate is 1%, with 25,000 of deduction."""
    market: Row = {
        "Venue": "Here", "Symbol": "ETH", "Max leverage": 50, "Maintenance rate": 0.005,
    }  # fmt: skip
    tiers: list[Row] = [
        {"Venue": "Here", "Symbol": "ETH", "Floor": 0, "Rate": 0.005},
        {"Venue": "Here", "Symbol": "ETH", "Floor": 5_000_000, "Rate": 0.01},
    ]
    large = {**TRADE, "Units": 60_000, "Plan carry": 0}
    book = opened({"Trade": 1, "Price": 101}, trades=(large,), Markets=[market], Tiers=tiers)
    tiered = catalogue["ISO_LIQUIDATION_PRICE_TIERED"]
    expected = tiered("long", 100, 10, 60_000, [[0, 0.005], [5_000_000, 0.01]])
    assert now(book, "Liq now") == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("units", "price", "margin", "side", "left", "entry", "posted"),
    [
        (10, 110, None, "long", 60, (50 * 100 + 10 * 110) / 60, 498.75 + 10 * 110 * 498.75 / 5000),
        (-20, 110, None, "long", 30, 100, 498.75),
        (-80, 110, None, "short", 30, 110, 30 * 110 * 498.75 / 5000),
        (None, None, 100, "long", 50, 100, 598.75),
    ],
)
def test_a_change_is_seen_before_it_is_made(
    opened: Opened, units: float | None, price: float | None, margin: float | None, side: str,
    left: float, entry: float, posted: float,
) -> None:  # fmt: skip
    settings = {
        "Change_trade": 1, "Change_units": units, "Change_price": price, "Change_margin": margin,
    }  # fmt: skip
    book = opened({"Trade": 1, "Price": 101}, settings=settings)
    assert named(book, "Then_side") == side
    assert named(book, "Then_units") == pytest.approx(left)
    assert named(book, "Then_entry") == pytest.approx(entry)
    sign = 1 if side == "long" else -1
    assert named(book, "Then_margin") == pytest.approx(posted)
    # Liquidation where margin + sign x units (P - entry) = 0.5% x units P.
    liquidation = (sign * left * entry - posted) / (left * (sign - 0.005))
    assert named(book, "Then_liquidation") == pytest.approx(liquidation)


def test_closing_all_of_it_leaves_nothing_to_liquidate(opened: Opened) -> None:
    book = opened({"Trade": 1, "Price": 101}, settings={"Change_trade": 1, "Change_units": -50})
    assert named(book, "Then_side") == "none"
    assert named(book, "Then_liquidation") == "none"


def test_the_trades_own_volatility_counts_before_closes_and_the_setting(opened: Opened) -> None:
    """Sigmas and chance of the days left, at 3% typed for it and at the setting's 5%."""
    book = opened({"Trade": 1, "Price": 101, "Volatility": 0.03})
    away = abs(math.log(101 / (4501.25 / 49.75)))
    assert now(book, "Sigmas") == pytest.approx(away / (0.03 * 5.75**0.5))
    touch = catalogue["ISO_TOUCH_PROBABILITY"]
    assert now(book, "Chance") == pytest.approx(touch(101, 4501.25 / 49.75, 0.03, 5.75))
    assert now(book, "Stop chance") == pytest.approx(touch(101, 96, 0.03, 5.75))
    book = opened({"Trade": 1, "Price": 101}, settings={"Daily_volatility": 0.05})
    assert now(book, "Sigmas") == pytest.approx(away / (0.05 * 5.75**0.5))
    closes: list[Row] = [
        {"Date": AS_OF - 40 + day, "ETH": 100 * 1.02 ** (day % 2)} for day in range(40)
    ]
    book = opened({"Trade": 1, "Price": 101}, trades=({**TRADE, "Symbol": "ETHUSDT"},),
                  Candles=closes)  # fmt: skip
    # Up and down by 2% in turn: every return is ln 1.02 away from none.
    assert now(book, "Vol") == pytest.approx(math.log(1.02), rel=1e-6)


def test_a_change_that_leaves_too_little_margin_is_liquidated_at_once(opened: Opened) -> None:
    settings = {"Change_trade": 1, "Change_margin": -480}
    book = opened({"Trade": 1, "Price": 101}, settings=settings)
    # 18.75 and 50 of profit are there; 0.5% of 5,050 are 25.25: still alive.
    assert named(book, "Then_liquidation") == pytest.approx((5000 - 18.75) / 49.75)
    settings["Change_margin"] = -530
    book = opened({"Trade": 1, "Price": 101}, settings=settings)
    assert named(book, "Then_liquidation") == "at once"
    assert book.errors() == []


def test_what_a_change_risks_and_needs_is_counted_anew(opened: Opened) -> None:
    settings = {"Change_trade": 1, "Change_units": 10, "Change_price": 101}
    book = opened({"Trade": 1, "Price": 101}, settings=settings)
    entry = (50 * 100 + 10 * 101) / 60
    # Stopped at 96, with 0.06% in and out.
    assert named(book, "Then_lost") == pytest.approx(60 * (entry - 96 + 0.0006 * (entry + 96)))
    # Liquidation 1.5 times as far as the stop, with 0.5% of maintenance there.
    wanted = entry - 1.5 * (entry - 96)
    assert named(book, "Then_needed") == pytest.approx(60 * (0.005 * wanted + entry - wanted))


def test_cross_shows_what_it_risks_and_what_margin_would_do_instead(opened: Opened) -> None:
    """501.25 of the account stand behind the position once it is made cross."""
    settings = {"Change_trade": 1, "Account_equity": 1000}
    book = opened({"Trade": 1, "Price": 97}, settings=settings)
    top = NOW.last_row + 3 + 2
    left = NOW.index("What to do")
    isolated, cross = (
        [book.value("Now", a1(top + row, left + at)) for at in range(4)] for row in (1, 2)
    )
    posted = 498.75
    assert isolated[1] == pytest.approx((5000 - posted) / 49.75)
    # With all 1,000 of the account behind it: 1,000 + 50 (P - 100) = 0.5% x 50 P.
    assert cross[1] == pytest.approx(4000 / 49.75)
    assert isolated[2] == pytest.approx((97 - (5000 - posted) / 49.75) / 97)
    # Isolated risks what is posted, and cross the whole account.
    assert [isolated[3], cross[3]] == pytest.approx([posted, 1000])
    # 498.75 are there and no more is needed for the gap; 501.25 more would do what cross does.
    assert named(book, "Cross_margin") == pytest.approx(1000)
    assert named(book, "Cross_instead") == (
        "Isolated instead: add 0 for the gap you want; 502 more would move liquidation as far as "
        "cross does."
    )


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"Change_trade": 7}, "No such trade above: type its number."),
        ({"Change_trade": 1, "Change_units": "ten"},
         "Type numbers: a price above 0, units and margin with + or -."),
        ({"Change_trade": 1, "Change_price": 0},
         "Type numbers: a price above 0, units and margin with + or -."),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_counted_says_why(opened: Opened, settings: Row, says: str) -> None:
    book = opened({"Trade": 1, "Price": 101}, settings=settings)
    assert named(book, "Change_words") == says
    assert named(book, "Then_known") == 0
    assert book.errors() == []


def test_a_change_waits_for_its_row(opened: Opened) -> None:
    book = opened({"Trade": 1}, settings={"Change_trade": 1, "Change_units": 5})
    assert named(book, "Change_words") == "Complete its row first: price?"


def test_more_open_trades_than_rows_are_said(opened: Opened) -> None:
    trades = tuple({**TRADE, "Trade": number} for number in range(1, NOW.rows + 2))
    rows = [{"Trade": number, "Price": 101} for number in range(1, NOW.rows + 1)]
    book = opened(*rows, trades=trades)
    assert (
        book.value("Now", "B6") == f"1 open in the Journal not here: there is room for {NOW.rows}"
    )
    assert check(book, "Now cannot judge") == "WARN"
    assert [now(book, "What to do", row) for row in (1, NOW.rows)] == ["hold", "hold"]
    assert float(str(named(book, "Now_all"))) > 0


def test_a_price_that_is_typed_calls_the_add_in_nine_times(template: bytes) -> None:
    graph = CallGraph(Package.open(template))
    prices = Place("Now", NOW.first_row, NOW.index("Price"))
    assert graph.after(prices) == 9
    assert graph.full <= 200
