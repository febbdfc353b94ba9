"""What a trader meets: the template computed on the embedded engine, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG, VENUE, computed
from udfs import catalogue
from workbook import bundled
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.fields import TABLES

PLAN = TABLES["Plan"]
JOURNAL = TABLES["Journal"]

Filled = Callable[..., EmbeddedBook]


@pytest.fixture(scope="module")
def filled(data: bytes) -> Filled:
    def fill(
        *plans: Row, journal: tuple[Row, ...] = (), settings: Mapping[str, object] | None = None
    ) -> EmbeddedBook:
        return computed(data, plans, journal, settings)

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
        (
            {"Leverage": 25, "Reason": "news"},
            "Lower leverage (H11) to 14x or less: liquidation is too near.",
        ),
        (
            {"Leverage": 60, "Stop": 99.5, "Reason": "news"},
            "Lower leverage (H11) to 50x or less: the venue allows no more.",
        ),
        ({"Leverage": 12}, "Type a reason (P11), or lower leverage (H11) to 10x."),
        ({"Stop": 104}, "Stop (F11) is 104: a long at 100 needs a price below it, such as 96."),
        (
            {"Stop": 93, "Leverage": 5},
            "Hold it for fewer days (G11): carry takes too much of the margin.",
        ),
        ({"Stop": 92, "Leverage": 5, "Days": 1, "Status": "open"}, "hold: is the stop set? review"),
        (
            {"Stop": 92, "Leverage": 7, "Days": 1},
            "Pass, or find a better entry (E11): too little reward for the risk.",
        ),
    ],
)
def test_a_row_says_what_to_do(filled: Filled, change: Row, advice: str) -> None:
    limits = {"carry": {"Carry_limit": 0.005}, "reward": {"Min_reward_risk": 2.0}}
    settings = next((limit for word, limit in limits.items() if word in advice), {})
    book = filled({**LONG, **change}, settings=settings)
    assert str(plan(book, "What to do")).startswith(advice)


def test_a_row_with_a_gap_says_so_and_spoils_no_other(filled: Filled) -> None:
    book = filled(LONG, {"Symbol": "OP", "Side": "long", "Venue": "Here"})
    assert plan(book, "What to do", 2) == (
        "Entry (E12) is blank: type a price above 0, such as 100."
        " Stop (F12) is blank: type a price. Days (G12) is blank: type days, such as 7."
    )
    assert plan(book, "What to do", 1) == "go: set the stop at once"
    assert named(book, "Plan_attention") == 1


def test_a_fourth_idea_is_told_that_there_are_more_than_places(filled: Filled) -> None:
    book = filled(LONG, LONG, LONG, LONG, settings={"Max_total_risk": 0.5})
    rows = [plan(book, "What to do", row) for row in (1, 2, 3, 4)]
    assert rows == ["go: set the stop at once"] * 3 + ["More ideas than places: 3 at a time."]


def test_a_fourth_position_has_to_wait_for_those_that_are_open(filled: Filled) -> None:
    taken: Row = {**LONG, "Status": "open"}
    book = filled(taken, taken, taken, LONG, settings={"Max_total_risk": 0.5})
    assert plan(book, "What to do", 1) == "hold: is the stop set? review it"
    assert plan(book, "What to do", 4) == "Wait until a position closes: 3 are open."


def test_a_row_beyond_the_budget_has_to_wait(filled: Filled) -> None:
    book = filled(LONG, LONG, LONG, settings={"Max_total_risk": 0.04})
    assert plan(book, "What to do", 2) == "go: set the stop at once"
    assert plan(book, "What to do", 3) == (
        "The risk budget is used up by rows above: wait, or risk less."
    )


NUMBERS = [column.header for column in PLAN.columns if column.formula and not column.always]


def pasted(data: bytes, *rows: Mapping[str, object]) -> EmbeddedBook:
    """The plan with cells as another program writes them: nothing holds them to the validation."""
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE]}))
    for offset, row in enumerate(rows):
        for header, value in row.items():
            package.set_cell("Plan", a1(PLAN.first_row + offset, PLAN.index(header)), value)
    return open_book(package, catalogue)


@pytest.mark.parametrize("side", ["lnog", "none", 2, "shortt"])
def test_a_side_that_is_no_word_is_named_and_never_a_long(data: bytes, side: object) -> None:
    book = pasted(data, {**LONG, "Side": side}, LONG)
    assert plan(book, "What to do") == f"Side (C11) is {side}: type long or short."
    assert {plan(book, header) for header in NUMBERS} == {""}
    assert plan(book, "What to do", 2) == "go: set the stop at once"
    assert book.errors() == []


@pytest.mark.parametrize(
    ("side", "stop"),
    [("Buy", 96), (" LONG ", 96), ("l", 96), (1, 96), ("SELL", 104), ("S", 104), (-1, 104)],
)
def test_a_side_is_what_the_formulas_take(data: bytes, side: object, stop: float) -> None:
    book = pasted(data, {**LONG, "Side": side, "Stop": stop})
    assert plan(book, "What to do") == "go: set the stop at once"
    assert plan(book, "Direction") == ("long" if stop < 100 else "short")
    assert plan(book, "Liq price") == pytest.approx(
        catalogue["ISO_LIQUIDATION_PRICE"](side, 100, 10, 0.005)
    )


# Twenty and more slips of the hand, each with the sentence that a tired person reads.
SLIPS: list[tuple[Mapping[str, object], str]] = [
    ({"Symbol": None}, "Symbol (B11) is blank: type a coin, such as ETH."),
    ({"Symbol": "  "}, "Symbol (B11) is blank: type a coin, such as ETH."),
    ({"Side": None}, "Side (C11) is blank: type long or short."),
    ({"Venue": None}, "Venue (D11) is blank: type a venue of Markets, such as Here."),
    ({"Venue": "Heer"}, "Venue (D11) is Heer: type a venue of Markets, such as Here."),
    ({"Venue": "Nowhere"}, "Venue (D11) is Nowhere: type a venue of Markets."),
    ({"Entry": None, "Stop": 96}, "Entry (E11) is blank: type a price above 0, such as 100."),
    ({"Entry": -100}, "Entry (E11) is -100: type a price above 0, such as 100."),
    ({"Entry": 0}, "Entry (E11) is 0: type a price above 0, such as 100."),
    (
        {"Entry": "100,5"},
        "Entry (E11) is 100,5: type a price above 0, such as 100. Typed as text:"
        " did you mean the number 100.5?",
    ),
    ({"Entry": "about 100"}, "Entry (E11) is about 100: type a price above 0, such as 100."),
    (
        {"Entry": 180, "Stop": None},
        "Stop (F11) is blank: a long at 180 needs a price below it, such as 173.",
    ),
    (
        {"Entry": 3000, "Stop": 3000},
        "Stop (F11) is 3000: a long at 3000 needs a price below it, such as 2880.",
    ),
    (
        {"Side": "short", "Entry": 0.5, "Stop": 0.45},
        "Stop (F11) is 0.45: a short at 0.5 needs a price above it, such as 0.52.",
    ),
    (
        {"Stop": "96"},
        "Stop (F11) is 96: a long at 100 needs a price below it, such as 96. Typed as"
        " text: did you mean the number 96?",
    ),
    ({"Days": None}, "Days (G11) is blank: type days, such as 7."),
    ({"Days": -3}, "Days (G11) is -3: type days, such as 7."),
    ({"Days": 40000}, "Days (G11) is 40000: type days, such as 7."),
    ({"Leverage": 0}, "Leverage (H11) is 0: type 1 or more, such as 10."),
    (
        {"Leverage": "10x"},
        "Leverage (H11) is 10x: type 1 or more, such as 10. Typed as text: did"
        " you mean the number 10?",
    ),
    ({"Volatility": 5}, "Volatility (I11) is 5: did you mean 5%?"),
    ({"Volatility": 0}, "Volatility (I11) is 0: type a percentage such as 5%."),
    ({"Funding": 5}, "Funding (J11) is 5: type a rate such as 0.01%."),
    ({"Funding": 0.01}, "Funding (J11) is 1% an interval: did you mean 0.01%?"),
    ({"Funding": -0.02}, "Funding (J11) is -2% an interval: did you mean -0.02%?"),
    ({"Lot": -1}, "Lot (K11) is -1: type units above 0, such as 0.1."),
    ({"Own size": "many"}, "Own size (L11) is many: type units above 0, or clear it."),
    (
        {"Own margin": 500},
        "Own margin (M11) is 500: type Own size too or clear it.",
    ),
    ({"Entry as": "limit"}, "Entry as (N11) is limit: type maker or taker."),
    ({"Status": "closed"}, "Status (O11) is closed: type idea or open."),
    ({"Lot": 1000}, "Too small for one lot (1000 = 100000): account or risk too small."),
    (
        {"Lot": 0.01, "Entry": 95000, "Stop": 70000},
        "Too small for one lot (0.01 = 950): account or risk too small.",
    ),
]


@pytest.mark.parametrize(("cells", "sentence"), SLIPS)
def test_a_slip_is_named_with_its_cell_and_its_cure(
    data: bytes, cells: Mapping[str, object], sentence: str
) -> None:
    typed = {key: value for key, value in {**LONG, **cells}.items() if value is not None}
    book = pasted(data, typed, LONG)
    assert str(plan(book, "What to do")).startswith(sentence)
    assert plan(book, "Go") == 0
    assert plan(book, "Ready") == "" or "% an interval" in sentence
    assert plan(book, "What to do", 2) == "go: set the stop at once"
    assert named(book, "Plan_rows") == 2
    assert book.errors() == []


def test_every_fault_of_a_row_is_said_in_the_order_of_its_cells(data: bytes) -> None:
    book = pasted(data, {"Symbol": "ETH", "Side": "up", "Venue": "Here", "Entry": 100, "Stop": 96,
                         "Days": 7, "Leverage": 0.5, "Lot": "x"})  # fmt: skip
    assert plan(book, "What to do") == (
        "Side (C11) is up: type long or short. Leverage (H11) is 0.5: type 1 or more, such as 10."
        " Lot (K11) is x: type units above 0, such as 0.1."
    )


def test_a_row_that_is_wrong_counts_nowhere_and_draws_nothing(data: bytes) -> None:
    book = pasted(data, {**LONG, "Stop": 104}, {"Symbol": "SOL", "Side": "long", "Entry": 180})
    assert {plan(book, header, row) for header in NUMBERS for row in (1, 2)} == {""}
    for name in ("Plan_risk", "Plan_margin", "Plan_computed", "Risk_count"):
        assert named(book, name) == 0, name
    assert named(book, "Trade_symbol") == ""
    assert str(book.value("Trade", "D4")).startswith("Stop (F11) is 104")
    assert book.errors() == []


def test_a_row_that_could_not_be_computed_leaves_room_for_the_others(filled: Filled) -> None:
    bad: Row = {**LONG, "Stop": 104}
    book = filled(bad, LONG, settings={"Max_total_risk": 0.021})
    assert plan(book, "What to do", 2) == "go: set the stop at once"


@pytest.mark.parametrize(("leverage", "stop"), [(1, 96), (1, 104), (1000, 96), (250, 99.9)])
def test_leverages_at_the_ends_leave_no_cell_in_error(
    data: bytes, leverage: float, stop: float
) -> None:
    side = "long" if stop < 100 else "short"
    book = pasted(data, {**LONG, "Side": side, "Stop": stop, "Leverage": leverage})
    assert book.errors() == []
    if leverage == 1000:
        assert "it would be liquidated at its own entry" in str(plan(book, "What to do"))
        assert plan(book, "Liq price") == 100
        assert "LIQUIDATED FIRST" in str(book.value("Trade", "B14"))


def test_slices_and_stops_close_whole_lots(filled: Filled) -> None:
    book = filled({**LONG, "Lot": 0.3})
    closed = [book.value("Trade", f"F{row}") for row in (23, 24, 25)]
    soft, hard = (book.value("Trade", f"D{row}") for row in (17, 18))
    assert closed == pytest.approx([12.3, 12.3, 25.2])  # a quarter of 49.8 is 12.45
    assert (soft, hard) == (pytest.approx(24.9), pytest.approx(24.9))


@pytest.mark.parametrize("price", [1.234e-9, 0.00001234, 0.9, 95000, 1.5e9])
def test_any_price_is_planned(filled: Filled, price: float) -> None:
    book = filled({**LONG, "Entry": price, "Stop": price * 0.96})
    assert plan(book, "What to do") == "go: set the stop at once"
    assert plan(book, "Liq price") == pytest.approx(price * 0.9 / 0.995)
    assert book.errors() == []


def test_a_size_and_a_margin_of_ones_own(filled: Filled) -> None:
    book = filled({**LONG, "Own size": 2, "Own margin": 50})
    assert (plan(book, "Units"), plan(book, "Margin")) == (2, pytest.approx(50))
    assert plan(book, "Lev") == 4
    assert plan(book, "Risk") == pytest.approx(8)


def test_an_order_that_waits_pays_the_makers_fee(data: bytes) -> None:
    package = Package.open(data)
    venue = {**VENUE, "Taker fee": 0.0006, "Maker fee": 0.0002}
    rows: list[Row] = [LONG, {**LONG, "Entry as": "maker"}]
    write_inputs(package, Inputs({}, {"Venues": [venue], "Plan": rows}))
    book = open_book(package, catalogue)
    units = plan(book, "Units", 2)
    assert plan(book, "Fee in", 1) == 0.0006
    assert plan(book, "Fees", 2) == pytest.approx(units * (100 * 0.0002 + 96 * 0.0006))  # type: ignore[operator]
    assert plan(book, "Risk", 2) == pytest.approx(200)


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
    assert str(plan(book, "What to do")).startswith("Lower leverage (H11) to 9x or less")


def test_the_soft_stop_is_touched_about_as_often_as_the_add_in_says(filled: Filled) -> None:
    book = filled(LONG)
    exact = catalogue["ISO_TOUCH_PROBABILITY"](100, 98.8, 0.05, 1)
    assert plan(book, "Soft-stop noise") == pytest.approx(exact, abs=0.01)
    assert plan(book, "Soft-stop noise") == pytest.approx(0.81, abs=0.005)


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


def test_rules_without_data_or_with_a_broken_row_never_pass(data: bytes, filled: Filled) -> None:
    empty = filled()
    broken = filled(LONG, {**LONG, "Stop": 104})
    only_broken = filled({**LONG, "Stop": 104})
    for what in (
        "Risk at the stop, largest",
        "Risk at the stops together",
        "Soft stop touched",
        "Risk with correlation",
        "Margin posted",
    ):
        assert check(empty, what)[2] == "no data", what
        assert check(broken, what)[2] == "WARN", what
    for what in ("stale terms", "beyond liquidation", "carry is too high", "venue's leverage"):
        assert check(only_broken, what)[::2] == ("no row is computed", "WARN"), what
    assert check(broken, "could not be computed") == (1, 0, "FAIL")


def test_a_new_workbook_is_calm(filled: Filled) -> None:
    book = filled()
    sheet, area = book.package.names["Check_results"].target
    results = {book.value(sheet, a1(row, area.left)) for row in range(area.top, area.bottom + 1)}
    assert results == {"PASS", "no data"}
    assert named(book, "Checks_failed") == named(book, "Checks_warned") == 0


def test_a_moment_pasted_as_text_is_no_pass(data: bytes) -> None:
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [{**VENUE, "As of": 46340}], "Plan": [LONG]}))
    sheet, area = package.names["As_of"].target
    package.set_cell(sheet, a1(area.top, area.left), "28/11/2026")
    book = open_book(package, catalogue)
    assert check(book, "stale terms")[2] == "WARN"
    assert str(plan(book, "What to do")).startswith("As of (now) (Settings E7) is 28/11/2026")


@pytest.mark.parametrize("dated", ["2026-11-20", None, 46000])
def test_terms_dated_in_text_or_not_at_all_never_pass(data: bytes, dated: object) -> None:
    package = Package.open(data)
    write_inputs(package, Inputs({"As_of": 46347.75}, {"Venues": [VENUE], "Plan": [LONG]}))
    venues = TABLES["Venues"]
    if dated is not None:
        package.set_cell("Markets", a1(venues.first_row, venues.index("As of")), dated)
    assert check(open_book(package, catalogue), "stale terms")[2] == "WARN"


def test_cells_below_the_table_are_named(data: bytes) -> None:
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [LONG]}))
    for column, value in enumerate(("OP", "long", "Here"), start=PLAN.left):
        package.set_cell("Plan", a1(PLAN.last_row + 1, column), value)
    assert check(open_book(package, catalogue), "below the plan") == (3, 0, "WARN")


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
    assert check(open_book(package, catalogue), "stale terms")[2] == result


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


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("spread", [0.0, 0.001])
def test_the_venues_break_even_is_the_plans_but_for_the_spread(
    data: bytes, side: str, spread: float
) -> None:
    package = Package.open(data)
    venue = {**VENUE, "Taker fee": 0.0006, "Spread": spread}
    row = {**LONG, "Side": side, "Stop": 96 if side == "long" else 104}
    write_inputs(package, Inputs({}, {"Venues": [venue], "Plan": [row]}))
    book = open_book(package, catalogue)
    assert (book.value("Trade", "E44"), book.value("Trade", "G44")) == ("with spread",) * 2
    assert (book.value("Trade", "E45"), book.value("Trade", "G45")) == ("Fees", "Break-even")
    there, own = book.value("Trade", "G46"), plan(book, "Break-even")
    assert isinstance(there, float)
    assert isinstance(own, float)
    further = (there - own) * (1 if side == "long" else -1)
    assert further == pytest.approx(100 * spread, abs=0.002)
    assert (further < 1e-9) == (spread == 0)


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
    ("name", "value", "sentence"),
    [
        (
            "Risk_per_trade",
            2,
            "Risk per trade (Settings E10) is 2: see its bounds. Did you mean 2%?",
        ),
        ("Account_equity", "10k", "Account equity (Settings E5) is 10k: see its bounds."),
        ("Account_equity", None, "Account equity (Settings E5) is blank: see its bounds."),
        ("Exit_basis", "money", "is money: type margin or price."),
        ("Soft_at", 30, "is 30: see its bounds. Did you mean 30%?"),
    ],
)
def test_a_setting_that_cannot_be_computed_with_is_named_in_every_row(
    data: bytes, name: str, value: object, sentence: str
) -> None:
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [LONG, LONG]}))
    sheet, area = package.names[name].target
    package.set_cell(sheet, a1(area.top, area.left), value)
    book = open_book(package, catalogue)
    for row in (1, 2):
        assert sentence in str(plan(book, "What to do", row))
    assert check(book, "Settings that are blank")[2] == "FAIL"
    assert "2 to fix" in str(book.value("Plan", "B5"))


def test_days_that_no_leverage_pays_for_ask_for_no_leverage_of_zero(filled: Filled) -> None:
    book = filled({**LONG, "Days": 3650})
    assert plan(book, "Allowed") == 0
    assert str(plan(book, "What to do")).startswith(
        "Bring the stop (F11) closer, or hold less: no leverage keeps liquidation behind it."
    )
