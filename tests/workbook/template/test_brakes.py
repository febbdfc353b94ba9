"""Brakes: losses of the Journal against the limits of Settings, and what Plan makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.rows import VENUE, computed
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.sheets.checks import CHECKS, FIRST
from workbook.template.tables.plan import PLAN

# As of is 2026-11-21 18:00, serial 46347.75: today began at 46347.
TODAY = 46347.0
GO = "go: set the stop at once"
Filled = Callable[..., EmbeddedBook]


def trade(net: float, closed: float) -> Row:
    """A closed long of 50 units with 200 at risk: an exit 1 higher is 50 more."""
    return {
        "Opened": closed - 0.5, "Symbol": "ETH", "Side": "long", "Entry": 100, "Stop": 96,
        "Units": 50, "Risk": 200, "Closed": closed, "Exit": 100 + net / 50, "Fees": 0.0,
        "Carry": 0.0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def filled(data: bytes) -> Filled:
    def fill(*journal: Row, plans: tuple[Row, ...] = (IDEA,), **settings: Any) -> EmbeddedBook:
        return computed(data, plans, journal, settings)

    return fill


def named(book: EmbeddedBook, name: str) -> Any:
    sheet, area = book.package.names[name].target
    return book.value(sheet, f"{chr(64 + area.left)}{area.top}")


def plan(book: EmbeddedBook, header: str, row: int = 1) -> Any:
    return book.value("Plan", a1(PLAN.first_row + row - 1, PLAN.index(header)))


def result(book: EmbeddedBook, what: str) -> Any:
    at = next(row for row, check in enumerate(CHECKS, FIRST) if check.what.startswith(what))
    return book.value("Checks", f"F{at}")


def test_an_empty_book_is_calm_and_passes_nothing(filled: Filled) -> None:
    book = filled(plans=())
    assert book.errors() == []
    assert named(book, "Brake_words") == ""
    assert named(book, "Brake_on") == 0
    assert named(book, "Losing_run") == 0
    assert named(book, "Risk_used") == 0.02
    assert named(book, "Equity_now") == 10_000
    for what in ("Brake: lost today", "Brake: lost in seven", "Brake: as many", "Brake: drawdown",
                 "Equity typed"):  # fmt: skip
        assert result(book, what) == "no data", what
    assert named(book, "Settings_fault") == "", "a blank starting equity is no fault"


def test_a_small_loss_brakes_nothing(filled: Filled) -> None:
    # One full loss, 200 of an equity of 10,000, is 2%: below 4% in a day and 8% in a week.
    book = filled(trade(-200, TODAY + 0.5))
    assert (named(book, "Lost_today"), named(book, "R_today")) == pytest.approx((200, 1))
    assert named(book, "Losing_run") == 1
    # The peak was the start, 10,200, so it is 200/10,200 below it.
    assert named(book, "Drawdown_now") == pytest.approx(200 / 10_200)
    assert plan(book, "What to do") == GO
    assert plan(book, "Units") == pytest.approx(50)
    assert result(book, "Brake: lost today") == "PASS"


def test_a_limit_that_is_just_reached_brakes_new_trades_alone(filled: Filled) -> None:
    # -250 and -150 are 400: exactly 4% of 10,000, and 2 R.
    journal = (trade(-250, TODAY + 0.25), trade(-150, TODAY + 0.5))
    book = filled(*journal, plans=(IDEA, {**IDEA, "Status": "open"}))
    assert plan(book, "What to do", 1) == ("no new trade today: lost 400 today (2 R), limit 400.")
    assert plan(book, "Go", 1) == 0
    assert plan(book, "What to do", 2) == "hold: is the stop set? review it"
    assert result(book, "Brake: lost today") == "FAIL"
    assert result(book, "Brake: lost in seven") == "PASS"


def test_what_was_won_today_counts_against_what_was_lost(filled: Filled) -> None:
    # -500 and +150: 350 lost, below the limit of 400.
    book = filled(trade(-500, TODAY + 0.25), trade(150, TODAY + 0.5))
    assert named(book, "Lost_today") == pytest.approx(350)
    assert named(book, "R_today") == pytest.approx(1.75)
    assert plan(book, "What to do") == GO


def test_a_week_is_today_and_six_days(filled: Filled) -> None:
    # 900 lost on the day before the week counts no more; 500 + 350 in it are 8.5% of 10,000.
    week = (trade(-500, TODAY - 6), trade(-350, TODAY - 1))
    book = filled(trade(-900, TODAY - 6.01), *week, Drawdown_limit=1.0)
    assert named(book, "Lost_today") == 0
    assert named(book, "Lost_week") == pytest.approx(850)
    assert plan(book, "What to do") == (
        "no new trade today: lost 850 in a week (4.3 R), limit 800."
    )
    older = filled(trade(-900, TODAY - 6.01), trade(-350, TODAY - 1), Drawdown_limit=1.0)
    assert plan(older, "What to do") == GO


def test_a_run_of_losses_asks_for_a_pause_and_ends_with_it(filled: Filled) -> None:
    losses = [trade(-50, TODAY - 4 + day) for day in range(5)]  # the last at 46347.0, 18 hours ago
    won = trade(300, TODAY - 5)
    book = filled(*losses[::-1], won)
    assert named(book, "Losing_run") == 5
    assert plan(book, "What to do") == "no new trade today: 5 losses in a row, limit 5."
    assert result(book, "Brake: as many") == "FAIL"
    over = filled(*losses, won, Run_pause=0.5)  # half a day after 46347.0 is before 46347.75
    assert plan(over, "What to do") == GO
    # A trade that neither won nor lost ends the run, too.
    flat = filled(*losses[:4], trade(0, TODAY - 0.5), losses[4])
    assert named(flat, "Losing_run") == 1
    assert plan(flat, "What to do") == GO


def test_brakes_that_hold_together_are_all_said(filled: Filled) -> None:
    losses = [trade(-200, TODAY + at / 10) for at in range(1, 6)]  # 1,000 lost today: 10%, 5 R
    book = filled(*losses, Drawdown_limit=1.0)
    assert plan(book, "What to do") == (
        "no new trade today: lost 1000 today (5 R), limit 400. "
        "lost 1000 in a week (5 R), limit 800. 5 losses in a row, limit 5."
    )


def test_a_drawdown_halves_the_risk_until_it_is_won_back(filled: Filled) -> None:
    # From 10,000 up to 12,000, down to 10,600: 1,400/12,000 = 11.7% below the peak, limit 10%.
    curve = (trade(2000, TODAY - 40), trade(-1400, TODAY - 30))
    book = filled(*curve, Starting_equity=10_000.0, Account_equity=10_600.0)
    assert named(book, "Drawdown_now") == pytest.approx(1400 / 12_000)
    assert named(book, "Risk_used") == pytest.approx(0.01)
    # 1% of 10,600 over 4 a unit.
    assert plan(book, "Units") == pytest.approx(106 / 4)
    assert plan(book, "What to do") == GO, "less is risked, trading goes on"
    assert result(book, "Brake: drawdown") == "WARN"
    assert result(book, "Equity typed") == "PASS"
    back = filled(*curve, trade(300, TODAY - 20), Starting_equity=10_000.0)
    assert named(back, "Drawdown_now") == pytest.approx(1100 / 12_000)
    assert named(back, "Risk_used") == 0.02
    assert result(back, "Brake: drawdown") == "PASS"


def test_equity_is_what_it_started_with_and_what_was_won(filled: Filled) -> None:
    # 8,000 + 600 - 100 = 8,500; the typed 10,000 is 1,500 off, 15%.
    journal = (trade(600, TODAY - 20), trade(-100, TODAY - 10))
    book = filled(*journal, Starting_equity=8_000.0)
    assert named(book, "Equity_booked") == pytest.approx(8_500)
    assert named(book, "Equity_now") == pytest.approx(8_500)
    assert plan(book, "Units") == pytest.approx(8_500 * 0.02 / 4)
    assert named(book, "Curve_start") == pytest.approx(8_000)
    assert named(book, "Day_limit") == pytest.approx(340)
    assert named(book, "Total_budget") == pytest.approx(510)
    assert result(book, "Equity typed") == "WARN"
    near = filled(*journal, Starting_equity=8_000.0, Account_equity=8_580.0)  # 0.9% off
    assert result(near, "Equity typed") == "PASS"
    without = filled(*journal)
    assert named(without, "Equity_now") == 10_000
    assert plan(without, "Units") == pytest.approx(50)
    assert result(without, "Equity typed") == "no data"


def test_more_lost_than_there_was_is_said_and_sizes_by_the_typed_equity(filled: Filled) -> None:
    book = filled(trade(-1200, TODAY - 20), Starting_equity=1_000.0)
    assert named(book, "Equity_booked") == pytest.approx(-200)
    assert named(book, "Equity_now") == 10_000
    assert result(book, "Equity typed") == "WARN"
    assert book.errors() == []


@pytest.mark.parametrize("value", ["8k", -5, 0])
def test_a_starting_equity_that_is_no_amount_is_named(data: bytes, value: object) -> None:
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [IDEA]}))
    package.set_named("Starting_equity", value)
    book = open_book(package, catalogue)
    assert "Starting equity (Settings E" in str(plan(book, "What to do"))
    assert f") is {value}: see its bounds." in str(plan(book, "What to do"))


def test_an_open_trade_and_one_without_an_exit_count_in_no_brake(filled: Filled) -> None:
    still = {k: v for k, v in trade(0, TODAY + 0.5).items() if k not in ("Closed", "Exit")}
    gone = trade(-500, TODAY + 0.5)
    del gone["Exit"]
    book = filled(still, gone)
    assert (named(book, "Lost_today"), named(book, "Losing_run")) == (0, 0)
    assert plan(book, "What to do") == GO
