"""Trade: the size at which the correlated risk of all rows stays within what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from tests.workbook.template.rows import LONG as IDEA
from tests.workbook.template.rows import VENUE
from tests.workbook.template.test_brakes import named
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row

SOL: Row = {**IDEA, "Symbol": "SOL"}
SHORT: Row = {**SOL, "Side": "short", "Stop": 104}


def filled(data: bytes, *rows: Row, **settings: Any) -> EmbeddedBook:
    package = Package.open(data)
    write_inputs(package, Inputs(settings, {"Venues": [VENUE], "Plan": list(rows)}))
    return open_book(package, catalogue)


def test_alone_the_stop_binds(data: bytes) -> None:
    # 4% of 10,000 are 400, at 4 a unit 100 units; the stop gives 200 / 4 = 50.
    book = filled(data, IDEA)
    assert named(book, "Trade_room") == pytest.approx(400)
    assert named(book, "Trade_in_view") == pytest.approx(100)
    assert named(book, "Trade_view_words") == (
        "Size by the stop 50, with the others in view 100: the stop binds"
    )


@pytest.mark.parametrize(
    ("others", "held", "allowed"),
    [
        ((SOL,), [200], 0.04),
        ((SOL, {**SOL, "Symbol": "OP"}), [200, 200], 0.04),
        ((SOL, {**SHORT, "Symbol": "OP"}), [200, -200], 0.04),
        ((SHORT,), [-200], 0.04),
        ((SOL,), [200], 0.03),
        ((SOL, {**SOL, "Symbol": "OP"}), [200, 200], 0.02),
        ((SHORT,), [-200], 0.01),
    ],
)
def test_the_room_is_the_add_ins(
    data: bytes, others: tuple[Row, ...], held: list[float], allowed: float
) -> None:
    """ISO_RISK_ROOM for a long, every pair at 0.5, what the others risk typed here as figures."""
    book = filled(data, IDEA, *others, Default_correlation=0.5, Max_correlated_risk=allowed)
    room = catalogue["ISO_RISK_ROOM"]([held], 0.5, 10_000 * allowed)
    assert named(book, "Trade_room") == pytest.approx(room, abs=1e-6)


def test_two_that_move_nearly_as_one_leave_less(data: bytes) -> None:
    # The other risks 200 at a correlation of 0.8: c = 160. Of 300 allowed:
    # -160 + sqrt(160^2 - 200^2 + 300^2) = -160 + sqrt(75,600) = 114.95; over 4: 28.7 units.
    book = filled(data, {**IDEA, "Lot": 0.1}, SOL, Max_correlated_risk=0.03)
    assert named(book, "Trade_room") == pytest.approx(114.954541)
    assert named(book, "Trade_in_view") == pytest.approx(28.7)
    assert named(book, "Trade_view_words") == (
        "Size by the stop 50, with the others in view 28.7: the others bind"
    )


def test_where_the_others_use_it_up_nothing_is_left(data: bytes) -> None:
    # The other alone risks 200 of 100 allowed.
    book = filled(data, IDEA, SOL, Max_correlated_risk=0.01)
    assert named(book, "Trade_in_view") == 0
    assert str(named(book, "Trade_view_words")).endswith("in view 0: the others bind")


def test_the_short_side_is_measured_the_other_way_round(data: bytes) -> None:
    # Two shorts are as near as two longs: the same 114.95 as above, chosen in row 2.
    book = filled(data, {**SHORT, "Symbol": "OP"}, SHORT, Max_correlated_risk=0.03)
    book.set("Trade", "C4", 2)
    book.recalculate()
    assert named(book, "Trade_room") == pytest.approx(114.954541)


def test_a_blank_row_says_nothing(data: bytes) -> None:
    book = filled(data)
    assert named(book, "Trade_view_words") == ""
    assert book.errors() == []
