"""What a trader meets: the template computed on the embedded engine, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.fields import TABLES

VENUE: Row = {
    "Name": "Here", "Max leverage": 50, "Maintenance rate": 0.005, "Liquidation penalty": 0.12,
    "Fee rate": 0.0, "Spread": 0.0, "Funding rate": 0.0001, "Funding hours": 8, "Borrow rate": 0.0,
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
    venue = {**VENUE, "Model": model, "Fee rate": 0.0006, "Spread": 0.0002, "Borrow rate": 0.07}
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
