"""Risk of several positions together, stress, cross margin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.udfs.oracles import portfolio as oracles
from udfs import CellError, catalogue
from udfs.maths.nearest_correlation import nearest

risk = catalogue["ISO_PORTFOLIO_RISK"]
bets = catalogue["ISO_EFFECTIVE_BETS"]
stress = catalogue["ISO_STRESS"]
cross = catalogue["ISO_CROSS_MARGIN"]

# The published example of a matrix that is none: 1, 2 and 1, 3 move together but 2, 3 do not.
IMPOSSIBLE = [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]]


def same(rho: float, count: int) -> list[list[float]]:
    return [[1.0 if i == j else rho for j in range(count)] for i in range(count)]


# --- portfolio risk and effective bets --------------------------------------------------------


@pytest.mark.parametrize(("rho", "expected"), [(0, 3.4641), (0.5, 4.899), (0.8, 5.5857), (1, 6.0)])
def test_three_equal_risks_never_exceed_their_sum(rho: float, expected: float) -> None:
    assert risk([[2], [2], [2]], same(rho, 3)) == pytest.approx(expected, abs=1e-4)
    assert risk([[2, 2, 2]], rho) == pytest.approx(expected, abs=1e-4)
    assert risk([[2, 2, 2]], [[rho]]) == pytest.approx(expected, abs=1e-4)


def test_a_long_and_a_short_that_move_together_offset_each_other() -> None:
    assert risk([[2], [-2]], same(0.8, 2)) == pytest.approx(math.sqrt(1.6))
    assert risk([[2], [-2]], 1) == pytest.approx(0, abs=1e-9)
    assert bets([[2], [-2]], 1) is CellError.NA
    assert "cancel" in bets.explain([[2], [-2]], 1)
    assert bets([[0], [0]], 0) is CellError.NA
    assert risk([[0], [0]], 0) == 0


def test_effective_bets_of_equal_risks() -> None:
    assert bets([[2, 2, 2]], 0) == pytest.approx(3)
    assert bets([[2, 2, 2]], 0.8) == pytest.approx(9 / (3 + 6 * 0.8))
    assert bets([[2, 2, 2]], 1) == pytest.approx(1)
    assert bets(5, 1) == pytest.approx(1)


def test_what_rounding_leaves_of_a_hedge_is_no_bet() -> None:
    assert bets([[1_000_000.5], [-1_000_000]], 1) is CellError.NA
    assert bets([[1.01], [-1]], 1) == pytest.approx(2.01**2 / 0.01**2)


@pytest.mark.parametrize(
    ("correlation", "error", "word"),
    [
        ([[1, 0.5], [0.5, 1]], CellError.VALUE, "2x2 for 3 positions"),
        ([[1, 0.5, 0.5], [0.5, 1, 0.5]], CellError.NUM, "2 rows and 3 columns"),
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], CellError.NUM, "both must be the same"),
        ([[1, 0, 0], [0, 0.9, 0], [0, 0, 1]], CellError.NUM, "the diagonal must be 1"),
        ([[1, 1.5, 0], [1.5, 1, 0], [0, 0, 1]], CellError.NUM, "between -1 and 1"),
        (1.01, CellError.NUM, "between -1 and 1"),
        (-1.5, CellError.NUM, "between -1 and 1"),
        ([[1, None, 0], [None, 1, 0], [0, 0, 1]], CellError.NA, "row 1, column 2, is blank"),
        ([[1, "a", 0], ["a", 1, 0], [0, 0, 1]], CellError.VALUE, 'the text "a"'),
        ([[1, CellError.DIV0, 0], [0, 1, 0], [0, 0, 1]], CellError.DIV0, "#DIV/0!"),
        (None, CellError.NA, "blank"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused_in_words(
    correlation: Any, error: CellError, word: str
) -> None:
    for formula in (risk, bets):
        assert formula([[1, 1, 1]], correlation) is error
        assert word in formula.explain([[1, 1, 1]], correlation)


@pytest.mark.parametrize(
    ("correlation", "words"),
    [
        ([[1, 0, 0], [0, 0.9, 0], [0, 0, 1]], "row 2, column 2, is 0.9: the diagonal must be 1"),
        ([[1, 0, 0], [0, 1, 1.5], [0, 1.5, 1]], "row 2, column 3, is 1.5"),
        ([[1, 0, 0], [0, 1, "a"], [0, 0, 1]], "row 2, column 3, is the text"),
        ([[1, 0, 0], [None, 1, 0], [0, 0, 1]], "row 2, column 1, is blank"),
        (
            [[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]],
            "row 2, column 1, is 0.4 but row 1, column 2 is 0.5",
        ),
    ],
)
def test_the_cell_that_is_wrong_is_named(correlation: Any, words: str) -> None:
    assert words in risk.explain([[1, 1, 1]], correlation)


@pytest.mark.parametrize(
    ("correlation", "error"),
    [
        ([[0.5], [0.5]], CellError.NUM),
        ([[0.5, 0.5]], CellError.NUM),
        (same(0.5, 3), CellError.VALUE),
    ],
)
def test_a_matrix_of_another_size_is_not_taken_for_one_number(
    correlation: Any, error: CellError
) -> None:
    assert risk([[1, 1]], correlation) is error


def test_an_impossible_matrix_is_repaired_and_explain_says_so() -> None:
    repaired = nearest(np.array(IMPOSSIBLE, dtype=float))
    expected = math.sqrt(2 + 2 * repaired[0, 1])
    assert risk([[1, 1, 0]], IMPOSSIBLE) == pytest.approx(expected, rel=1e-9)
    assert risk([[1, 1, 0]], IMPOSSIBLE) < math.sqrt(2 + 2 * 0.9)
    words = risk.explain([[1, 1, 0]], IMPOSSIBLE)
    assert "Higham" in words
    assert "0.0054" in words
    assert "Higham" in bets.explain([[1, 1, 0]], IMPOSSIBLE)
    assert risk.explain([[1, 1, 0]], same(0.9, 3)) == "ok"


def test_one_number_below_what_all_pairs_can_have_is_repaired_too() -> None:
    # Three prices cannot all move against each other: -1/2 is the least.
    assert risk([[1, 1, 1]], -0.9) == pytest.approx(0, abs=1e-5)
    assert "Higham" in risk.explain([[1, 1, 1]], -0.9)


def test_the_nearest_matrix_is_the_published_one() -> None:
    given_matrix = [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]]
    found = nearest(np.array(given_matrix, dtype=float))
    assert found[0, 1:] == pytest.approx([-0.80841, 0.19159, 0.10678], abs=5e-6)
    assert found[1, 2] == pytest.approx(-0.65623, abs=5e-6)


def test_rounding_of_a_spreadsheet_s_own_correlations_is_let_through() -> None:
    correlation = [[1.0000000000000002, 0.8], [0.8 + 1e-15, 0.9999999999999998]]
    assert risk([[1, 1]], correlation) == pytest.approx(math.sqrt(3.6))
    assert risk.explain([[1, 1]], correlation) == "ok"
    # A little more than 1 is 1, not a matrix to be repaired.
    for rho in (1 + 5e-9, -1 - 5e-9):
        assert risk.explain([[1, 1]], rho) == "ok"
        assert risk([[1, 1]], rho) == pytest.approx(1 + math.copysign(1, rho), abs=1e-9)
    # All ones is singular, not impossible.
    assert risk.explain([[1] * 8], same(1, 8)) == "ok"


def test_blank_slots_hold_no_position() -> None:
    correlation = [
        [1, 0.9, 0.5, None],
        [0.9, 1, CellError.DIV0, None],
        [0.5, CellError.DIV0, 1, None],
        [None, None, None, None],
    ]
    assert risk([[2], [None], [3], [""]], correlation) == pytest.approx(math.sqrt(4 + 9 + 6))
    # or a matrix of the positions that are there
    assert risk([[2], [None], [3], [""]], same(0.5, 2)) == pytest.approx(math.sqrt(19))
    assert risk([[None], [None]], 0.5) is CellError.NA


@st.composite
def matrices(draw: Any, count: int) -> list[list[float]]:
    """Correlation matrices that are possible: of random directions."""
    numbers = st.lists(
        st.lists(st.floats(-1, 1), min_size=count, max_size=count), min_size=count, max_size=count
    )
    directions = np.array(draw(numbers))
    lengths = np.linalg.norm(directions, axis=1)
    assume((lengths > 0.1).all())
    directions /= lengths[:, None]
    product = np.clip(directions @ directions.T, -1, 1)
    np.fill_diagonal(product, 1.0)
    return product.tolist()  # type: ignore[no-any-return]


@st.composite
def portfolios(draw: Any) -> tuple[list[float], list[list[float]]]:
    count = draw(st.integers(2, 6))
    risks = draw(st.lists(st.floats(-1e4, 1e4), min_size=count, max_size=count))
    return risks, draw(matrices(count))


@given(portfolios())
def test_risk_lies_between_the_largest_hedge_and_the_sum(
    portfolio: tuple[list[float], list[list[float]]],
) -> None:
    risks, correlation = portfolio
    whole = sum(abs(each) for each in risks)
    largest = max(abs(each) for each in risks)
    answer = risk([risks], correlation)
    assert max(0.0, 2 * largest - whole) - 1e-3 <= answer <= whole * (1 + 1e-9) + 1e-9
    assert answer == pytest.approx(
        oracles.portfolio_risk(risks, correlation), rel=1e-6, abs=1e-5 * (whole + 1)
    )
    # Turning every position round changes nothing.
    assert risk([[-each for each in risks]], correlation) == pytest.approx(answer)


@given(
    st.lists(st.floats(0.01, 1e4), min_size=1, max_size=8).map(lambda risks: [risks]),
    st.floats(0, 1),
)
def test_bets_of_longs_number_between_one_and_all(risks: list[list[float]], rho: float) -> None:
    answer = bets(risks, rho)
    assert 1 - 1e-9 <= answer <= len(risks[0]) + 1e-9


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_any_symmetric_numbers_become_a_possible_matrix(pairs: list[float]) -> None:
    correlation = np.eye(4)
    correlation[np.triu_indices(4, 1)] = pairs
    correlation = np.maximum(correlation, correlation.T) + np.minimum(correlation, correlation.T)
    np.fill_diagonal(correlation, 1.0)
    found = nearest(correlation)
    assert np.linalg.eigvalsh(found)[0] > -1e-8
    assert np.diag(found) == pytest.approx(np.ones(4))
    # No farther than another matrix that is possible: the one without any correlation.
    assert np.linalg.norm(found - correlation) <= np.linalg.norm(np.eye(4) - correlation) + 1e-9
    answer = risk([[1, 2, 3, 4]], correlation.tolist())
    assert 0 <= answer <= 10 + 1e-6


# --- stress -----------------------------------------------------------------------------------

THREE = (
    [["long"], ["long"], ["short"]],
    [[100], [50], [20]],
    [[50], [100], [100]],
    [[500], [500], [400]],
    [[100], [52], [19]],
)


def test_each_position_and_the_total() -> None:
    rows = stress(*THREE, -0.12, 0.005)
    assert rows == oracles.stress(*THREE, -0.12, 0.005)
    assert rows[0] == [-600.0, -100.0, True, 500.0]
    assert rows[1][0] == pytest.approx(100 * (52 * 0.88 - 50))
    assert rows[1][2] is False
    assert rows[2][3] == 0.0  # the short gains
    assert rows[3][2] is True
    assert rows[3][3] == pytest.approx(500 + rows[1][3])


def test_one_shock_each_and_headers() -> None:
    rows = stress(*THREE, [[-0.12], [0.1], [0]], [[0.01], [0.01], [0.01]], True)
    assert rows[0] == ["P&L under the shock", "Equity", "Liquidated", "Loss capped at margin"]
    assert rows[1][2] is True
    assert rows[2][2] is False
    assert len(rows) == 5


def test_liquidation_takes_the_whole_margin_even_where_equity_is_left() -> None:
    ((pnl, equity, dead, loss), _) = stress("long", 100, 50, 500, 100, -0.096, 0.005)
    assert pnl == pytest.approx(-480)
    assert equity == pytest.approx(20)
    assert dead is True
    assert loss == 500


def test_equity_of_exactly_the_requirement_is_liquidated() -> None:
    assert stress("long", 100, 50, 500, 100, -0.1)[0] == [-500.0, 0.0, True, 500.0]
    assert stress("long", 100, 50, 501, 100, -0.1)[0] == [-500.0, 1.0, False, 500.0]


def test_a_blank_maintenance_rate_is_none() -> None:
    sides, rates = [["long"], ["long"]], [[0.005], [None]]
    rows = stress(sides, 100, 50, [[520], [480]], 100, [[-0.1], [-0.1]], rates)
    assert [row[2] for row in rows] == [True, True, True]
    rows = stress(sides, 100, 50, [[530], [510]], 100, [[-0.1], [-0.1]], rates)
    assert [row[2] for row in rows] == [False, False, False]


def test_an_error_that_came_in_wins_in_its_position() -> None:
    entries, quantities = [[-1], [100]], [[CellError.REF], ["x"]]
    rows = stress([["long"]] * 2, entries, quantities, 500, 100, -0.1)
    assert [row[0] for row in rows] == [CellError.REF, CellError.VALUE, CellError.REF]


def test_two_bad_positions_show_each_its_own_error() -> None:
    rows = stress([["long"], ["lng"], ["long"]], [[-1], [100], [100]], 50, 500, 100, -0.1)
    assert [row[0] for row in rows] == [CellError.NUM, CellError.VALUE, -500.0, CellError.NUM]


def test_a_bad_cell_spoils_its_row_and_the_total_alone() -> None:
    sides, entries, quantities, margins, _ = THREE
    bad = [[100], [-52], [19]]
    rows = stress(sides, entries, quantities, margins, bad, -0.12)
    assert rows[0][3] == 500.0
    assert rows[1] == [CellError.NUM] * 4
    assert rows[2][0] == pytest.approx(100 * (20 - 19 * 0.88))
    assert rows[3] == [CellError.NUM] * 4
    assert "prices 2 is -52" in stress.explain(sides, entries, quantities, margins, bad, -0.12)
    assert stress.explain(*THREE, -0.12) == "ok"


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        (None, CellError.NA),
        ("x", CellError.VALUE),
        (CellError.REF, CellError.REF),
        (0, CellError.NUM),
    ],
)
def test_errors_by_kind(cell: Any, error: CellError) -> None:
    rows = stress([["long"], ["long"]], [[100], [cell]], 50, 500, 100, -0.1)
    assert isinstance(rows[0][0], float)
    assert rows[1] == rows[2] == [error] * 4


def test_blank_rows_are_left_out_and_a_shock_alone_makes_no_position() -> None:
    padded = [[*column[:2], [None], column[2], [""]] for column in THREE]
    shocks = [[-0.12]] * 5
    assert stress(*padded, shocks, [[0.005], [None], [None], [None], [None]]) == stress(
        *THREE, -0.12, [[0.005], [0], [0]]
    )


def test_one_cell_for_all_makes_no_position_of_a_blank_row() -> None:
    rows = stress([["long"], [None]], 100, 50, 500, 100, -0.1)
    assert rows == stress("long", 100, 50, 500, 100, -0.1)
    words = stress.explain([["long"], ["long"]], [[100], [None]], 50, 500, 100, -0.1)
    assert words.startswith("entries 2 is blank")
    assert stress([[None]] * 2, [[None]] * 2, 50, 500, 100, -0.1) is CellError.NA
    words = stress.explain([[None]] * 2, [[None]] * 2, 50, 500, 100, -0.1)
    assert words.startswith("sides is blank")


def test_ranges_of_different_length_do_not_fit() -> None:
    sides, *rest = THREE
    assert stress(sides[:2], *rest, -0.1) is CellError.VALUE
    assert "sides 2, entries 3" in stress.explain(sides[:2], *rest, -0.1)
    # Blank cells at the end of a longer range are no difference.
    longer = [[*column, [None], [""]] for column in rest]
    assert stress(sides, *longer, -0.1) == stress(*THREE, -0.1)
    assert stress([["long", "long"], ["long", "long"]], *rest, -0.1) is CellError.VALUE


def test_a_price_cannot_fall_below_zero() -> None:
    assert stress("long", 100, 50, 500, 100, -1)[0] == [-5000.0, -4500.0, True, 500.0]
    assert stress("long", 100, 50, 500, 100, -1.01)[0] == [CellError.NUM] * 4


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["long", "short"]),
            st.floats(0.01, 1e5),
            st.floats(0.001, 1e4),
            st.floats(0.01, 1e6),
            st.floats(0.01, 1e5),
            st.floats(-1, 3),
            st.floats(0, 0.2),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_position_loses_more_than_its_margin(positions: list[tuple[Any, ...]]) -> None:
    columns = [[[cell] for cell in column] for column in zip(*positions, strict=True)]
    rows = stress(*columns)
    for row, position in zip(rows, positions, strict=False):
        assert 0 <= row[3] <= position[3]
        assert row[2] is (row[3] == position[3]) or row[3] == -row[0]
    assert rows[-1][3] <= sum(position[3] for position in positions) * (1 + 1e-12)
    assert rows[-1][0] == pytest.approx(sum(row[0] for row in rows[:-1]))


# --- cross margin -----------------------------------------------------------------------------


def test_the_published_pair_of_a_hundred_times_position() -> None:
    # 100 of maintenance in both modes, as the source counts it on the entry value.
    isolated = cross("long", 20000, 1, 200, 20000, 2000, 100 / 19900)[0]
    shared = cross("long", 20000, 1, 200, 20000, 2000, 100 / 17900)[1]
    assert isolated[:2] == ["Isolated", pytest.approx(19900)]
    assert shared[:2] == ["Cross", pytest.approx(17900)]
    assert isolated[2] == pytest.approx(100 / 20000)
    assert (isolated[3], shared[3]) == (200, 2200)


def test_a_losing_neighbour_makes_cross_worse() -> None:
    # Two positions of one wallet: 1114.78 isolated, 1153.26 with the other one's loss.
    amount = 135365.0
    alone = cross("long", 1456.84, 3683.979, 1535443.01 + amount, 1335.18, 0, 0.1)[0][1]
    other = 7809.620076000079 - amount
    beside = cross("long", 1456.84, 3683.979, 1535443.01 + amount, 1335.18, other, 0.1)[1][1]
    assert alone == pytest.approx(1114.78, abs=0.01)
    assert beside == pytest.approx(1153.26, abs=0.01)


def test_liquidated_at_the_mark_is_an_error_in_its_row() -> None:
    rows = cross("long", 2000, 10, 1000, 2000, 8075, 0.05)
    assert rows[0] == ["Isolated", CellError.NUM, CellError.NUM, 1000.0]
    assert rows[1][1] == pytest.approx(1150)
    words = cross.explain("long", 2000, 10, 1000, 2000, 8075, 0.05)
    assert "Isolated" in words
    assert "liquidated already" in words
    assert cross("long", 2000, 10, 1000, 2000, -5000, 0.05)[1] == [
        "Cross", CellError.NUM, CellError.NUM, 0.0
    ]  # fmt: skip


def test_a_long_with_more_than_its_notional_behind_it_is_never_liquidated() -> None:
    assert cross("long", 100, 1, 50, 100, 100)[1] == ["Cross", 0.0, 1.0, 150.0]


def test_headers_name_the_columns() -> None:
    assert cross("long", 100, 1, 50, 100, 100, 0, True)[0] == [
        "Mode", "Liquidation price", "Distance", "Capital at risk"
    ]  # fmt: skip


@given(
    st.sampled_from(["long", "short"]), st.floats(0.1, 1e5), st.floats(0.01, 1e3),
    st.floats(1.5, 50), st.floats(0.97, 1.03), st.floats(0, 3), st.floats(0, 0.01),
)  # fmt: skip
def test_more_behind_the_position_moves_the_liquidation_away(
    side: str, entry: float, quantity: float, leverage: float, move: float, rest: float, rate: float
) -> None:
    margin = entry * quantity / leverage
    isolated, shared = cross(side, entry, quantity, margin, entry * move, rest * margin, rate)
    alone = catalogue["ISO_LIQUIDATION_PRICE"](side, entry, leverage, rate)
    if not isinstance(isolated[1], CellError):
        assert isolated[1] == pytest.approx(alone, rel=1e-9, abs=1e-9)
        assert shared[2] >= isolated[2] - 1e-12
        assert isolated[2] > 0
    if not isinstance(shared[1], CellError):
        backed = catalogue["ISO_LIQUIDATION_PRICE"](
            side, entry, leverage, rate, 0, quantity, rest * margin
        )
        assert shared[1] == pytest.approx(backed, rel=1e-9, abs=1e-9)
    assert shared[3] == pytest.approx(margin * (1 + rest))
