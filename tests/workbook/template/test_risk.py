"""Risk: what the positions are together, for none, one, some and as many as there are places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from tests.workbook.template.rows import LONG, VENUE
from tests.workbook.template.test_behaviour import named
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, InputValue, Row
from workbook.template.portfolio import PLACES
from workbook.template.sheets.risk_layout import (
    FIRST,
    JOINT_FIRST,
    MATRIX_FIRST,
    MATRIX_LEFT,
    MOVES,
    POINTS,
    STRESS_FIRST,
    USED,
)

FREE: dict[str, InputValue] = {"Max_positions": 10, "Max_total_risk": 0.5}
Filled = Callable[..., EmbeddedBook]


@pytest.fixture(scope="module")
def filled(data: bytes) -> Filled:
    def fill(*plans: Row, **settings: InputValue) -> EmbeddedBook:
        package = Package.open(data)
        write_inputs(package, Inputs({**FREE, **settings}, {"Venues": [VENUE], "Plan": [*plans]}))
        return open_book(package, catalogue)

    return fill


def some(count: int) -> list[Row]:
    return [{**LONG, "Symbol": f"S{number}"} for number in range(1, count + 1)]


def at(book: EmbeddedBook, row: int, column: int) -> object:
    return book.value("Risk", a1(row, column))


def matrix(book: EmbeddedBook, count: int) -> list[list[object]]:
    return [
        [at(book, USED + row, MATRIX_LEFT + column) for column in range(count)]
        for row in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, PLACES])
def test_any_number_of_positions_leaves_no_error(filled: Filled, count: int) -> None:
    book = filled(*some(count))
    assert book.errors() == []
    assert named(book, "Risk_count") == count
    joint = [at(book, JOINT_FIRST + k, 3) for k in range(PLACES + 1)]
    shown = [f"{k} of {count}" for k in range(count + 1)] if count else []
    assert joint == shown + [""] * (PLACES + 1 - len(shown))


@pytest.mark.parametrize("count", [1, 2, 3, PLACES])
def test_the_formulas_are_given_the_positions_that_are_there(filled: Filled, count: int) -> None:
    book = filled(*some(count), Default_correlation=0.6)
    risks = [[200.0]] * count
    assert named(book, "Risk_sum") == pytest.approx(200 * count)
    assert named(book, "Risk_correlated") == pytest.approx(
        catalogue["ISO_PORTFOLIO_RISK"](risks, 0.6)
    )
    assert named(book, "Risk_bets") == pytest.approx(catalogue["ISO_EFFECTIVE_BETS"](risks, 0.6))
    price = 90 / 0.995
    table = catalogue["ISO_JOINT_LIQUIDATION"]([["long"]] * count, 100, price, 0.05, 0.6, 7)
    for k, (_, exactly, least, alone) in enumerate(table):
        row = JOINT_FIRST + k
        assert [at(book, row, c) for c in (4, 5, 6)] == pytest.approx([exactly, least, alone])
    assert named(book, "Risk_all") == pytest.approx(table[count][2])
    assert named(book, "Risk_any_alone") == pytest.approx(table[1][3])


def test_rows_that_are_blank_or_not_computed_are_left_out(filled: Filled) -> None:
    bad: Row = {**LONG, "Symbol": "BAD", "Stop": 104}
    book = filled(
        LONG, {"Venue": "Here"}, bad, {**LONG, "Symbol": "OP", "Side": "short", "Stop": 104}
    )
    symbols = [at(book, FIRST + place, 3) for place in range(PLACES)]
    assert symbols == ["ETH", "OP"] + [""] * (PLACES - 2)
    assert named(book, "Risk_count") == 2
    # A long and a short of the same size, correlated 0.8, offset each other.
    assert named(book, "Risk_correlated") == pytest.approx(200 * (2 - 1.6) ** 0.5)
    assert "offset" in str(named(book, "Joint_meaning"))
    assert [error for error in book.errors() if error.sheet == "Risk"] == []
    assert "2 row(s)" in str(at(book, FIRST + PLACES, 2))


def test_positions_beyond_the_last_place_are_said_to_be_left_out(filled: Filled) -> None:
    book = filled(*some(PLACES + 2))
    assert named(book, "Risk_count") == PLACES
    assert str(at(book, FIRST + PLACES, 2)).startswith("2 row(s)")


def test_the_matrix_is_symmetric_whatever_is_typed(filled: Filled) -> None:
    book = filled(*some(4), Correlation_1_2=0.3, Correlation_3_4=-0.5, Default_correlation=0.7)
    assert matrix(book, 4) == [
        [1, 0.3, 0.7, 0.7],
        [0.3, 1, 0.7, 0.7],
        [0.7, 0.7, 1, -0.5],
        [0.7, 0.7, -0.5, 1],
    ]
    for row in range(PLACES):
        for column in range(row):
            shown = at(book, MATRIX_FIRST + row, MATRIX_LEFT + column)
            assert shown == at(book, USED + column, MATRIX_LEFT + row)


def test_correlations_that_contradict_each_other_are_said_to(filled: Filled) -> None:
    possible = filled(*some(3), Correlation_1_2=0.1, Correlation_1_3=-0.5, Default_correlation=0.3)
    assert named(possible, "Risk_repaired") == 0
    assert str(at(possible, MATRIX_FIRST - 2, 2)).startswith("1 as one, -1 against")
    book = filled(*some(3), Correlation_1_2=0.9, Correlation_1_3=-0.9, Default_correlation=0.9)
    assert named(book, "Risk_repaired") == 1
    assert str(at(book, MATRIX_FIRST - 2, 2)).startswith("These correlations contradict")
    typed = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]
    assert named(book, "Risk_typed") == pytest.approx(200 * sum(map(sum, typed)) ** 0.5)
    assert named(book, "Risk_correlated") == pytest.approx(
        catalogue["ISO_PORTFOLIO_RISK"]([[200.0]] * 3, typed)
    )


@pytest.mark.parametrize("count", [0, 1, 2, PLACES])
@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_extreme_correlations_are_possible(filled: Filled, count: int, rho: float) -> None:
    book = filled(*some(count), Default_correlation=rho)
    assert named(book, "Risk_repaired") == (0 if count else "")


def test_the_same_symbol_twice_moves_as_one(filled: Filled) -> None:
    book = filled(LONG, LONG, Default_correlation=0.5)
    assert matrix(book, 2) == [[1, 1], [1, 1]]
    assert named(book, "Risk_correlated") == pytest.approx(named(book, "Risk_sum"))


def test_correlation_makes_all_likelier_and_any_less_likely(filled: Filled) -> None:
    book = filled(*some(3))
    assert named(book, "Risk_any") < named(book, "Risk_any_alone")  # type: ignore[operator]
    assert named(book, "Risk_all") > named(book, "Risk_all_alone")  # type: ignore[operator]
    assert "chance that all are" in str(named(book, "Joint_meaning"))


@pytest.mark.parametrize("shock", [-0.05, -0.1, -0.3, 0.1])
def test_isolated_and_cross_after_a_shock(filled: Filled, shock: float) -> None:
    book = filled(*some(3), Market_shock=shock, Beta_2=1.3, Beta_3=1.6)
    pnl = [5000 * shock * beta for beta in (1, 1.3, 1.6)]
    isolated = sum(max(one, -500) if one > -477 else -500 for one in pnl)
    assert named(book, "Left_isolated") == pytest.approx(10_000 + isolated)
    required = sum(0.005 * 5000 * (1 + shock * beta) for beta in (1, 1.3, 1.6))
    left = 10_000 + sum(pnl)
    assert named(book, "Left_cross") == pytest.approx(left if left > required else 0)


def test_the_market_move_that_ends_a_cross_account(filled: Filled) -> None:
    book = filled(*some(3), Beta_2=1.3, Beta_3=1.6)
    assert named(book, "Cross_gone_at") == pytest.approx(-0.51, abs=0.005)
    gone = [at(book, STRESS_FIRST + place, 11) for place in range(3)]
    assert gone == pytest.approx([-0.0955, -0.0734, -0.0597], abs=0.0001)
    assert named(filled(*some(1)), "Cross_gone_at") == "never"


def test_the_chart_of_moves_agrees_with_the_formula_for_one(filled: Filled) -> None:
    """The workings compute the moves natively: at one time the shock they are ISO_STRESS's."""
    book = filled(*some(2), {**LONG, "Symbol": "OP", "Side": "short", "Stop": 104}, Beta_2=1.4)
    times = [at(book, MOVES + point, 2) for point in range(POINTS)]
    row = MOVES + times.index(1)
    assert at(book, row, 12) == pytest.approx(named(book, "Left_isolated"))
    assert at(book, row, 13) == pytest.approx(named(book, "Left_cross"))
    assert at(book, MOVES, 12) == at(book, MOVES, 13) == 10_000
