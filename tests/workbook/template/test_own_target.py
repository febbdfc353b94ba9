"""A take-profit price of one's own: targets, reward and Trade follow; blank is as before."""

from __future__ import annotations

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.rows import VENUE
from tests.workbook.template.test_brakes import named, plan
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.sheets.trade_layout import SCALE_OUT
from workbook.template.tables.plan import PLAN

SHORT: Row = {**IDEA, "Side": "short", "Stop": 104}


def pasted(data: bytes, row: Row, target: object) -> EmbeddedBook:
    """The plan with a target as another program writes it: nothing holds it to the validation."""
    package = Package.open(data)
    write_inputs(package, Inputs({}, {"Venues": [VENUE], "Plan": [row] if row else []}))
    package.set_cell("Plan", a1(PLAN.first_row, PLAN.index("Own target")), target)
    return open_book(package, catalogue)


@pytest.mark.parametrize(
    ("row", "target", "first", "reward", "second_return"),
    [
        # Blank: 50% and 100% on margin at 10x are 105 and 110; 10 away over 4 at risk.
        (IDEA, None, 105, 2.5, 1.0),
        # 112 is 12% and at 10x 120% on margin; the first at 50%/100% of the way: 106. 12/4 = 3.
        (IDEA, 112, 106, 3.0, 1.2),
        # At 5x the same price is 60% on margin.
        ({**IDEA, "Leverage": 5}, 112, 106, 3.0, 0.6),
        (SHORT, 90, 95, 2.5, 1.0),
        (SHORT, 84, 92, 4.0, 1.6),
    ],
)
def test_the_targets_follow_a_target_of_ones_own(
    data: bytes, row: Row, target: object, first: float, reward: float, second_return: float
) -> None:
    book = pasted(data, row, target)
    assert plan(book, "Target 1") == pytest.approx(first)
    sign = 1 if row["Side"] == "long" else -1
    second = target if target is not None else 110
    assert plan(book, "Target 2") == pytest.approx(second)
    assert plan(book, "Reward") == pytest.approx(reward)
    assert plan(book, "What to do") == "go: set the stop at once"
    # Trade sells a quarter of the 50 units at each: 12.5 x the way there.
    for offset, price in enumerate((first, second)):
        at = SCALE_OUT + 3 + offset
        assert book.value("Trade", f"D{at}") == pytest.approx(price)
        assert book.value("Trade", f"G{at}") == pytest.approx(12.5 * sign * (float(price) - 100))  # type: ignore[arg-type]
    assert named(book, "Trade_goal_2") == pytest.approx(second_return)
    assert book.errors() == []


def test_a_target_too_near_is_said(data: bytes) -> None:
    # 104 is 4 away, once what is risked: below the 1.5 of Settings.
    book = pasted(data, IDEA, 104)
    assert plan(book, "Reward") == pytest.approx(1)
    assert str(plan(book, "What to do")).startswith("Pass, or find a better entry")


@pytest.mark.parametrize(
    ("row", "target", "sentence"),
    [
        (IDEA, 95, "Own target (Q11) is 95: a long at 100 needs a price above it."),
        (IDEA, 100, "Own target (Q11) is 100: a long at 100 needs a price above it."),
        (IDEA, "112,5", "Own target (Q11) is 112,5: a long at 100 needs a price above it."),
        (SHORT, 112, "Own target (Q11) is 112: a short at 100 needs a price below it."),
        (SHORT, 0, "Own target (Q11) is 0: a short at 100 needs a price below it."),
        (SHORT, -5, "Own target (Q11) is -5: a short at 100 needs a price below it."),
    ],
)
def test_a_target_on_the_wrong_side_is_named(
    data: bytes, row: Row, target: object, sentence: str
) -> None:
    book = pasted(data, row, target)
    assert plan(book, "What to do") == sentence
    assert plan(book, "Units") == ""


def test_a_target_alone_in_a_row_makes_it_a_row(data: bytes) -> None:
    book = pasted(data, {}, 112)
    assert "Symbol (B11) is blank" in str(plan(book, "What to do"))
