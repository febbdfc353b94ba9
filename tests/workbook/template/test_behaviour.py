"""What a trader meets: the template computed on the embedded engine, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from udfs import CellError, catalogue
from workbook import bundled
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.fields import TABLES

VENUE: Row = {
    "Name": "Here", "Max leverage": 50, "Maintenance rate": 0.005, "Liquidation penalty": 0.12,
    "Taker fee": 0.0, "Spread": 0.0, "Funding rate": 0.0001, "Funding hours": 8, "Borrow rate": 0.0,
    "Model": "mark", "Remainder": "seized",
}  # fmt: skip
LONG: Row = {
    "Symbol": "ETH", "Side": "long", "Venue": "Here", "Entry": 100, "Stop": 96, "Days": 7,
}  # fmt: skip
PLAN = TABLES["Plan"]
JOURNAL = TABLES["Journal"]

Filled = Callable[..., EmbeddedBook]


@pytest.fixture(scope="module")
def filled(data: bytes) -> Filled:
    def fill(
        *plans: Row, journal: tuple[Row, ...] = (), settings: Mapping[str, object] | None = None
    ) -> EmbeddedBook:
        package = Package.open(data)
        tables = {"Venues": [VENUE], "Plan": list(plans), "Journal": list(journal)}
        write_inputs(package, Inputs(dict(settings or {}), tables))  # type: ignore[arg-type]
        return open_book(package, catalogue)

    return fill


def plan(book: EmbeddedBook, header: str, row: int = 1) -> object:
    letters = ""
    number = PLAN.index(header)
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return book.value("Plan", f"{letters}{PLAN.first_row + row - 1}")


def named(book: EmbeddedBook, name: str) -> object:
    sheet, area = book.package.names[name].target
    return book.value(sheet, f"{chr(64 + area.left)}{area.top}")


def test_the_articles_trade_comes_out_as_the_article_says(filled: Filled) -> None:
    book = filled(LONG)
    assert plan(book, "Units") == pytest.approx(50)
    assert plan(book, "By vol") == pytest.approx(40)
    assert plan(book, "Risk") == pytest.approx(200)
    assert plan(book, "Margin") == pytest.approx(500)
    assert plan(book, "Liq price") == pytest.approx(90 / 0.995)
    assert plan(book, "Carry") == pytest.approx(5000 * 0.0001 * 21)
    assert plan(book, "Soft stop") == pytest.approx(98.8)
    assert plan(book, "Target 1") == pytest.approx(105)
    assert plan(book, "Target 2") == pytest.approx(110)
    assert plan(book, "Stop first") == "yes, 2.3x"
    assert plan(book, "What to do") == "go: set the stop at once"


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"Leverage": 25, "Reason": "news"}, "lower leverage to 14x or less"),
        ({"Leverage": 60, "Stop": 99.5, "Reason": "news"}, "lower leverage to 50x or less"),
        ({"Leverage": 12}, "type a reason, or lower leverage"),
        ({"Stop": 104}, "move the stop to the losing side"),
        ({"Stop": 93, "Leverage": 5}, "hold it for fewer days: carry is dear"),
        ({"Stop": 92, "Leverage": 5, "Days": 1, "Status": "open"}, "hold: is the stop set? review"),
        ({"Stop": 92, "Leverage": 7, "Days": 1}, "pass: too little reward for the risk"),
    ],
)
def test_a_row_says_what_to_do(filled: Filled, change: Row, advice: str) -> None:
    limits = {"carry": {"Carry_limit": 0.005}, "reward": {"Min_reward_risk": 2.0}}
    settings = next((limit for word, limit in limits.items() if word in advice), {})
    book = filled({**LONG, **change}, settings=settings)
    assert str(plan(book, "What to do")).startswith(advice)


def test_a_row_with_a_gap_says_so_and_spoils_no_other(filled: Filled) -> None:
    book = filled(LONG, {"Symbol": "OP", "Side": "long", "Venue": "Here"})
    assert plan(book, "What to do", 2) == "fill in side, venue, entry, stop, days"
    assert plan(book, "What to do", 1) == "go: set the stop at once"
    assert named(book, "Plan_attention") == 1


def test_a_fourth_position_has_to_wait(filled: Filled) -> None:
    book = filled(LONG, LONG, LONG, LONG, settings={"Max_total_risk": 0.5})
    rows = [plan(book, "What to do", row) for row in (1, 2, 3, 4)]
    assert rows == ["go: set the stop at once"] * 3 + ["wait until a position closes"]


def test_a_row_beyond_the_budget_has_to_wait(filled: Filled) -> None:
    book = filled(LONG, LONG, LONG, settings={"Max_total_risk": 0.04})
    assert plan(book, "What to do", 2) == "go: set the stop at once"
    assert plan(book, "What to do", 3) == "wait, or risk less: budget is used up"


@pytest.mark.parametrize("side", ["sell", "buy", "lnog", 1])
def test_a_side_that_is_no_word_of_the_sheet_is_an_error_and_never_a_long(
    data: bytes, side: object
) -> None:
    """Validation keeps such a word out; a pasted one must not be computed as the other side."""
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [LONG, LONG]}))
    package.set_cell("Plan", f"C{PLAN.first_row}", side)
    book = open_book(package, catalogue)
    headers = ("Sign", "Gap", "Break-even", "Soft stop", "Target 1", "Stop first", "Liq at end")
    assert {type(plan(book, header)) for header in headers} == {CellError}
    assert plan(book, "What to do") == "fill in side, venue, entry, stop, days"
    assert plan(book, "What to do", 2) == "go: set the stop at once"


def test_a_row_that_could_not_be_computed_leaves_room_for_the_others(filled: Filled) -> None:
    bad: Row = {**LONG, "Stop": 104}
    book = filled(bad, LONG, settings={"Max_total_risk": 0.021})
    assert plan(book, "What to do", 1) == "move the stop to the losing side"
    assert plan(book, "What to do", 2) == "go: set the stop at once"


@pytest.mark.parametrize("model", ["mark", "entry"])
@pytest.mark.parametrize("side", ["long", "short"])
def test_what_follows_along_a_straight_line_is_what_the_add_in_would_give(
    data: bytes, side: str, model: str
) -> None:
    venue = {**VENUE, "Model": model, "Taker fee": 0.0006, "Borrow rate": 0.07, "Max leverage": 500}
    row = {**LONG, "Side": side, "Stop": 96 if side == "long" else 104, "Days": 20}
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [venue], "Plan": [row]}))
    book = open_book(package, catalogue)
    price = catalogue["ISO_LIQUIDATION_PRICE"]
    carry = plan(book, "Unit carry")
    assert isinstance(carry, float)
    after = price(side, 100, 10, 0.005, 0, 1, 0, carry + 0.06, 0, model)
    assert plan(book, "Liq at end") == pytest.approx(after)
    # At the highest leverage the stop lies exactly the buffer before the liquidation.
    highest, buffer, sign = plan(book, "Max lev"), plan(book, "Buffer"), plan(book, "Sign")
    at_most = price(side, 100, highest, 0.005, 0, 1, 0, 0, 0, model)
    assert sign * (row["Stop"] - at_most) == pytest.approx(100 * buffer)  # type: ignore[operator]
    if model == "mark":
        given = catalogue["ISO_MAX_LEVERAGE"](side, 100, row["Stop"], 0.005, 0, buffer)
        assert highest == pytest.approx(given)
    for leverage, shown, chance in leverages(book):
        assert shown == pytest.approx(price(side, 100, leverage, 0.005, 0, 1, 0, 0, 0, model))
        assert chance == pytest.approx(catalogue["ISO_TOUCH_PROBABILITY"](100, shown, 0.05, 20))


def leverages(book: EmbeddedBook) -> list[tuple[object, object, object]]:
    sheet, area = book.package.names["Chance_leverages"].target
    return [
        tuple(book.value(sheet, a1(row, area.left + offset)) for offset in range(3))
        for row in range(area.top, area.bottom + 1)
    ]  # type: ignore[misc]


def test_a_venue_that_liquidates_at_the_entry_asks_for_less_leverage(data: bytes) -> None:
    package = Package.open(data)
    venue = {**VENUE, "Maintenance rate": 0.05}
    row = {**LONG, "Leverage": 25, "Reason": "news"}
    write_inputs(package, Inputs({}, {"Venues": [venue], "Plan": [row]}))
    book = open_book(package, catalogue)
    assert str(plan(book, "What to do")).startswith("lower leverage to 9x or less")


def test_the_soft_stop_is_touched_about_as_often_as_the_add_in_says(filled: Filled) -> None:
    book = filled(LONG)
    exact = catalogue["ISO_TOUCH_PROBABILITY"](100, 98.8, 0.05, 1)
    assert plan(book, "Noise") == pytest.approx(exact, abs=0.01)
    assert plan(book, "Noise") == pytest.approx(0.81, abs=0.005)


def check(book: EmbeddedBook, what: str) -> tuple[object, object, object]:
    """A check's value, limit and result."""
    sheet, area = book.package.names["Check_results"].target
    for row in range(area.top, area.bottom + 1):
        if what in str(book.value(sheet, a1(row, area.left - 3))):
            return tuple(book.value(sheet, a1(row, area.left + at)) for at in (-2, -1, 0))  # type: ignore[return-value]
    raise LookupError(what)


def test_rules_have_a_number_a_limit_and_a_verdict(filled: Filled) -> None:
    book = filled(LONG)
    assert check(book, "Open positions") == (0, 3, "PASS")
    assert check(book, "Risk at the stop, largest") == (
        pytest.approx(200),
        pytest.approx(200),
        "PASS",
    )
    assert check(book, "Soft stop touched") == (pytest.approx(0.81, abs=0.005), 0.5, "WARN")
    assert check(book, "without a stop") == (0, 0, "PASS")
    assert check(book, "beyond liquidation")[2] == "PASS"


def test_rules_without_data_or_with_a_broken_row_never_pass(filled: Filled) -> None:
    empty = filled()
    broken = filled(LONG, {**LONG, "Stop": 104})
    for what in (
        "Risk at the stop, largest",
        "Risk at the stops together",
        "Soft stop touched",
        "Risk with correlation",
        "Margin posted",
    ):
        assert check(empty, what)[2] == "WARN", what
        assert check(broken, what)[2] == "WARN", what
    assert check(broken, "could not be computed") == (1, 0, "FAIL")


def test_three_longs_that_move_as_one_are_warned_of(filled: Filled) -> None:
    rows = [{**LONG, "Symbol": symbol} for symbol in ("ETH", "OP", "ARB")]
    value, limit, result = check(filled(*rows), "Risk with correlation")
    assert (value, limit, result) == (pytest.approx(558.57, abs=0.01), 400, "WARN")


@pytest.mark.parametrize(
    ("age", "result"), [(29, "PASS"), (30, "PASS"), (31, "WARN"), (None, "WARN")]
)
def test_stale_venue_terms_are_flagged(data: bytes, age: int | None, result: str) -> None:
    package = Package.open(data)
    venue = dict(VENUE) if age is None else {**VENUE, "As of": 46347 - age}
    write_inputs(package, Inputs({"As_of": 46347.75}, {"Venues": [venue], "Plan": [LONG]}))
    assert check(open_book(package, catalogue), "stale venue terms")[2] == result


def test_a_size_beyond_the_first_tier_is_warned_of(data: bytes) -> None:
    package = Package.open(data)
    tiers: list[Row] = [
        {"Venue": "Here", "Symbol": "ETH", "Floor": 0, "Rate": 0.005},
        {"Venue": "Here", "Symbol": "ETH", "Floor": 4000, "Rate": 0.01},
    ]  # fmt: skip
    plans = [LONG, {**LONG, "Stop": 90, "Leverage": 5}]
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Tiers": tiers, "Plan": plans}))
    book = open_book(package, catalogue)
    assert [plan(book, "Tier", row) for row in (1, 2)] == [0.01, 0.005]
    assert check(book, "first tier") == (1, 0, "WARN")


def test_a_penalty_larger_than_what_is_left_is_shown_for_what_it_is(filled: Filled) -> None:
    """12% of the position at 10x: 543 claimed, 23 there, the rest collected by nobody."""
    book = filled(LONG)
    rows = {str(book.value("Trade", f"B{row}")): book.value("Trade", f"C{row}")
            for row in range(30, 42)}  # fmt: skip
    at_trigger = 500 - 50 * (100 - 90 / 0.995)
    assert rows["Margin posted"] == 500
    assert rows["Equity at trigger"] == rows["Penalty charged"] == pytest.approx(at_trigger)
    assert rows["Penalty claimed"] == pytest.approx(0.12 * 50 * 90 / 0.995)
    assert rows["of it never collected"] == pytest.approx(rows["Penalty claimed"] - at_trigger)
    assert rows["Returned to trader"] == 0
    assert rows["Most there is to take"] == pytest.approx(0.005)


def test_the_trade_at_every_venue_and_nothing_beside_them(data: bytes) -> None:
    package = Package.open(data)
    other: Row = {**VENUE, "Name": "There", "Max leverage": 5, "Remainder": "trader",
                  "Liquidation penalty": 0.001, "As of": 46340}  # fmt: skip
    write_inputs(package, Inputs({}, {"Venues": [VENUE, other], "Plan": [LONG]}))
    book = open_book(package, catalogue)
    rows = [[book.value("Trade", a1(row, column)) for column in range(2, 11)]
            for row in range(46, 49)]  # fmt: skip
    terms = [[venue.get(c.header, 0.0) for c in TABLES["Venues"].columns[:9]]
             for venue in (VENUE, other)]  # fmt: skip
    for row, given in zip(
        rows, catalogue["ISO_VENUE_COMPARISON"]("long", 100, 50, 10, 7, terms), strict=False
    ):
        assert row[:6] == pytest.approx(given[:6])
    assert rows[0][6:] == [500, pytest.approx((100 - 90 / 0.995) / 4), "no date"]
    assert rows[1][6] == pytest.approx(1000 - (1000 - 50 * (100 - 80 / 0.995)) + 50 * 0.08 / 0.995)
    assert rows[1][8] == 46340
    assert rows[2] == [""] * 9


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("penalty", [0.001, 0.12])
def test_a_venue_that_counts_maintenance_on_the_entry_is_compared_as_it_is_planned(
    data: bytes, side: str, penalty: float
) -> None:
    package = Package.open(data)
    there: Row = {**VENUE, "Name": "There", "Maintenance rate": 0.02, "Model": "entry",
                  "Liquidation penalty": penalty, "Remainder": "trader"}  # fmt: skip
    stop = 96 if side == "long" else 104
    write_inputs(
        package,
        Inputs({}, {"Venues": [VENUE, there],
                    "Plan": [{**LONG, "Side": side, "Stop": stop, "Venue": "There"}]}),
    )  # fmt: skip
    book = open_book(package, catalogue)
    here, planned = ([book.value("Trade", a1(row, column)) for column in range(2, 11)]
                     for row in (46, 47))  # fmt: skip
    price = catalogue["ISO_LIQUIDATION_PRICE"](side, 100, 10, 0.02, model="entry")
    lost = catalogue["ISO_LIQUIDATION_OUTCOME"](side, 100, 50, 500, price, penalty)[-1][1]
    assert planned[2] == pytest.approx(price) == plan(book, "Liq price")
    assert planned[6] == pytest.approx(500 * lost)
    assert planned[7] == pytest.approx(abs(100 - price) / 4)
    assert here[2] == pytest.approx(catalogue["ISO_LIQUIDATION_PRICE"](side, 100, 10, 0.005))


def test_an_empty_plan_says_where_to_begin(filled: Filled) -> None:
    book = filled()
    assert book.value("Plan", "B5") == "type an idea"
    assert book.value("Plan", "B6") == "first yellow row"
    assert filled(LONG).value("Plan", "B6") == "stops set? reviewed?"


def test_the_examples_open_trades_are_those_of_its_plan() -> None:
    book = open_book(bundled.worked_example(), catalogue)
    headers = ("Symbol", "Side", "Entry", "Stop", "Units", "Leverage", "Plan carry", "Status")
    planned, taken = (
        [
            {
                header: book.value(table.sheet, a1(row, table.index(own)))
                for header in headers
                for own in [header if table is JOURNAL else header.replace("Plan carry", "Carry")]
                if own in {column.header for column in table.columns}
            }
            for row in range(table.first_row, table.first_row + 20)
        ]
        for table in (PLAN, JOURNAL)
    )
    open_ones = [row for row in planned if row["Status"] == "open"]
    assert len(open_ones) == 2
    for row in open_ones:
        row.pop("Status")
        same = [other for other in taken if other["Symbol"] == row["Symbol"]][-1]
        assert {**same, "Plan carry": 0} == pytest.approx({**row, "Plan carry": 0})
        assert same["Plan carry"] == pytest.approx(row["Plan carry"], abs=0.005)


def test_blank_rows_stay_blank_and_an_empty_book_shows_no_error(filled: Filled) -> None:
    assert filled().errors() == []
    book = filled(LONG)
    assert {plan(book, c.header, 2) for c in PLAN.columns} <= {"", None}


def test_no_data_is_never_a_pass(filled: Filled) -> None:
    assert named(filled(), "Master_check") == "nothing planned yet"
    assert "WARN" in str(named(filled(LONG), "Master_check"))


def test_the_master_check_fails_where_the_stop_comes_too_late(filled: Filled) -> None:
    book = filled({**LONG, "Leverage": 25, "Reason": "news"})
    assert "FAIL" in str(named(book, "Master_check"))
    assert plan(book, "Stop first") == "NO, 0.8x"


def test_a_risk_typed_as_2_is_caught(filled: Filled) -> None:
    book = filled(LONG, settings={"Risk_per_trade": 0.3})
    assert "FAIL" in str(named(book, "Master_check"))


@pytest.mark.parametrize("model", ["mark", "entry"])
@pytest.mark.parametrize("side", ["long", "short"])
def test_twins_agree_with_the_add_in(data: bytes, side: str, model: str) -> None:
    venue = {**VENUE, "Model": model, "Taker fee": 0.0006, "Spread": 0.0002, "Borrow rate": 0.07}
    row = {**LONG, "Side": side, "Stop": 96 if side == "long" else 104, "Lot": 0.3}
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [venue], "Plan": [row]}))
    book = open_book(package, catalogue)
    for name in ("Twin_liquidation", "Twin_size", "Twin_carry"):
        assert named(book, name) == pytest.approx(0, abs=1e-12), name


def test_the_chosen_row_is_the_one_in_detail(filled: Filled) -> None:
    other: Row = {**LONG, "Symbol": "OP", "Entry": 2.0, "Stop": 1.9}
    book = filled(LONG, other)
    assert named(book, "Trade_symbol") == "ETH"
    book.set("Trade", "C4", 2)
    book.recalculate()
    assert named(book, "Trade_symbol") == "OP"
    assert named(book, "Trade_entry") == 2.0


def test_the_journal_adds_up(filled: Filled) -> None:
    closed: Row = {
        "Opened": 46300.0, "Symbol": "ETH", "Side": "long", "Entry": 100, "Stop": 96, "Units": 50,
        "Risk": 200, "Closed": 46302.0, "Exit": 110, "Fees": 6, "Carry": 4, "Rules kept": "yes",
    }  # fmt: skip
    lost: Row = {**closed, "Exit": 96, "Rules kept": "no"}
    still: Row = {k: v for k, v in closed.items() if k not in ("Closed", "Exit", "Fees", "Carry")}
    book = filled(journal=(closed, lost, {**still, "Opened": 46347.0}))
    assert book.value("Journal", "F5") == 2
    assert book.value("Journal", "D5") == pytest.approx((490 - 210) / 200 / 2)
    assert book.value("Journal", "J5") == pytest.approx(490 / 210)
    assert book.value("Journal", "N5") == pytest.approx(-210 / 200)
    assert named(book, "Curve_start") == pytest.approx(10_000 - 280)
    assert named(book, "Journal_open") == 1
    assert named(book, "Journal_overdue") == 1


def test_a_review_in_time_is_not_overdue(filled: Filled) -> None:
    row: Row = {
        "Opened": 46340.0, "Symbol": "ETH", "Side": "long", "Entry": 100, "Stop": 96, "Units": 50,
        "Risk": 200, "Reviewed": 46347.5,
    }  # fmt: skip
    assert named(filled(journal=(row,)), "Journal_overdue") == 0


@pytest.mark.parametrize(
    ("cells", "settings"),
    [
        ({"Entry": "100,5"}, {}),
        ({"Stop": "96"}, {}),
        ({"Entry": -100}, {}),
        ({"Days": -3}, {}),
        ({"Leverage": 0}, {}),
        ({"Leverage": "10x"}, {}),
        ({"Volatility": "5 %"}, {}),
        ({"Funding": 1}, {}),
        ({"Lot": -1}, {}),
        ({}, {"Risk_per_trade": 2}),
        ({}, {"Account_equity": "10k"}),
        ({}, {"Soft_at": 30}),
    ],
)
def test_a_cell_that_cannot_be_computed_with_is_said_to_be_mended(
    data: bytes, cells: Mapping[str, object], settings: Mapping[str, object]
) -> None:
    """Validation keeps such values out when they are typed; pasted ones come in."""
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [LONG, LONG]}))
    for header, value in cells.items():
        package.set_cell("Plan", a1(PLAN.first_row, PLAN.index(header)), value)
    for name, value in settings.items():
        sheet, area = package.names[name].target or ("", None)
        assert area is not None
        package.set_cell(sheet, a1(area.top, area.left), value)
    book = open_book(package, catalogue)
    assert plan(book, "What to do") == "mend a cell: text, or out of range"
    assert plan(book, "Go") == 0
    others = "go: set the stop at once" if cells else "mend a cell: text, or out of range"
    assert plan(book, "What to do", 2) == others
    assert "1 to mend" in str(book.value("Plan", "B5")) or not cells
    assert str(book.value("Plan", "B6")).startswith("ETH: mend a cell")


def test_days_that_no_leverage_pays_for_ask_for_no_leverage_of_zero(filled: Filled) -> None:
    book = filled({**LONG, "Days": 3650})
    assert plan(book, "Allowed") == 0
    assert plan(book, "What to do") == "bring the stop closer, or hold less"
