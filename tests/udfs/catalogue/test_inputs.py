"""What a cell may hold, and which error it gives when it may not: the same for every formula."""

import math

import numpy as np
import pytest

from udfs import OMITTED, CellError, catalogue
from udfs.catalogue.cell_types import Choice, Number, Text
from udfs.catalogue.cells import CellProblem

NA, NUM, VALUE = CellError.NA, CellError.NUM, CellError.VALUE
liquidation_price = catalogue["ISO_LIQUIDATION_PRICE"]
position_size = catalogue["ISO_POSITION_SIZE"]
carry_cost = catalogue["ISO_CARRY_COST"]

# Arguments that every formula accepts, by argument name; where formulas differ, the first fits.
GOOD = {
    "side": "long", "entry": 100.0, "stop": 96.0, "leverage": 10.0, "quantity": 50.0,
    "margin": 500.0, "account": 10000.0, "risk": 0.02, "notional": 5000.0, "days": 7.0,
    "mark": 99.0, "funding_rate": 0.0001, "volatility": 0.05, "trigger_price": 90.0,
    "liquidation_price": 90.0, "price": 100.0, "barrier": 90.0, "best_price": 110.0, "trail": 0.03,
    "tiers": [[0.0, 0.005], [50000.0, 0.01]],
}  # fmt: skip
SPECIAL = {"ISO_EXPLAIN", "ISO_VERSION"}


def plain_formulas():
    """Formulas whose required arguments are all in GOOD: the awkward inputs are tried on these."""
    return [
        formula
        for formula in catalogue.values()
        if formula.name not in SPECIAL
        and all(p.name in GOOD for p in formula.parameters if p.required)
    ]


def good(formula):
    return {p.name: GOOD[p.name] for p in formula.parameters if p.required}


def cases(kind=(Number, Choice)):
    return [
        pytest.param(formula, parameter, id=f"{formula.name}-{parameter.name}")
        for formula in plain_formulas()
        for parameter in formula.parameters
        if isinstance(parameter.kind, kind)
    ]


def is_answer(result):
    cells = [cell for row in result for cell in row] if isinstance(result, list) else [result]
    return not any(isinstance(cell, CellError) for cell in cells if not isinstance(cell, str))


@pytest.mark.parametrize("formula", plain_formulas(), ids=lambda f: f.name)
def test_the_good_arguments_of_these_tests_are_good(formula):
    assert formula.explain(**good(formula)) == "ok"


@pytest.mark.parametrize(("formula", "parameter"), cases())
def test_text_where_a_number_or_another_word_belongs_is_a_value_error(formula, parameter):
    given = good(formula) | {parameter.name: "ten"}
    assert formula(**given) is VALUE
    words = formula.explain(**given)
    assert parameter.name in words
    assert "ten" in words


@pytest.mark.parametrize(("formula", "parameter"), cases(Number))
def test_true_is_no_number(formula, parameter):
    assert formula(**good(formula) | {parameter.name: True}) is VALUE


@pytest.mark.parametrize(("formula", "parameter"), cases())
def test_an_error_cell_comes_out_as_the_same_error(formula, parameter):
    for error in CellError:
        given = good(formula) | {parameter.name: error}
        assert formula(**given) is error
        assert error.value in formula.explain(**given)


@pytest.mark.parametrize(("formula", "parameter"), cases())
def test_blank_is_the_default_or_not_available(formula, parameter):
    for blank in (None, "", OMITTED, [[None]]):
        given = good(formula) | {parameter.name: blank}
        if parameter.required:
            assert formula(**given) is NA
            assert f"{parameter.name} is blank" in formula.explain(**given)
        else:
            assert formula(**given) == formula(**good(formula))


@pytest.mark.parametrize(("formula", "parameter"), cases(Number))
def test_a_number_outside_its_domain_is_a_num_error(formula, parameter):
    kind = parameter.kind
    outside = [math.nan, math.inf, -math.inf, 10**400]
    if math.isfinite(kind.low):
        outside.append(kind.low if kind.low_open else kind.low - 1)
    if math.isfinite(kind.high):
        outside.append(kind.high if kind.high_open else kind.high + 1)
    for number in outside:
        given = good(formula) | {parameter.name: number}
        assert formula(**given) is NUM, number
        words = formula.explain(**given)
        assert words.startswith(parameter.name)
        assert kind.domain in words


@pytest.mark.parametrize(("formula", "parameter"), cases(Number))
def test_one_cell_ranges_and_numpy_numbers_are_cells(formula, parameter):
    given = good(formula)
    if parameter.name not in given:
        return
    expected = formula(**given)
    for same in (
        [[given[parameter.name]]],
        [given[parameter.name]],
        np.float64(given[parameter.name]),
    ):
        assert formula(**given | {parameter.name: same}) == expected


@pytest.mark.parametrize(("formula", "parameter"), cases(Number))
def test_a_range_computes_as_its_cells_one_by_one(formula, parameter):
    """Elementwise formulas take ranges everywhere; table formulas say that they do not."""
    given = good(formula)
    column = [[1.5], [None], ["x"], [CellError.REF], [-1.0], [0.0], [1e308], [100.0]]
    result = formula(**given | {parameter.name: column})
    if formula.result == "table":
        assert result is VALUE
        assert "takes one cell" in formula.explain(**given | {parameter.name: column})
        return
    one_by_one = [[formula(**given | {parameter.name: cell})] for [cell] in column]
    assert result == one_by_one


@pytest.mark.parametrize("word", ["long", "LONG", " Long ", "buy", "Buy", "l", 1, 1.0])
def test_words_for_long(word):
    assert liquidation_price(word, 100, 10) == 90.0


@pytest.mark.parametrize("word", ["short", "Short", "sell", "S", -1, -1.0])
def test_words_for_short(word):
    assert liquidation_price(word, 100, 10) == pytest.approx(110)


@pytest.mark.parametrize(
    ("side", "error"), [("sideways", VALUE), ("1", VALUE), (True, VALUE), (0, NUM), (2, NUM)]
)
def test_what_is_no_side(side, error):
    assert liquidation_price(side, 100, 10) is error
    assert 'type "long" or "short"' in liquidation_price.explain(side, 100, 10)


def test_a_typed_zero_is_a_zero():
    assert carry_cost("long", 5000, 365, 0, 8, 0.1, 0) == 0.0
    assert carry_cost("long", 5000, 365, 0, 8, 0.1) == pytest.approx(500)


def test_a_default_that_is_another_argument_follows_it_element_by_element():
    result = carry_cost("long", [[1000], [2000], [3000]], 365, 0, 8, 0.1, [[None], [500], [None]])
    assert result == [[pytest.approx(100)], [pytest.approx(50)], [pytest.approx(300)]]


def test_ranges_broadcast_as_in_numpy():
    entries, leverages = [[100.0], [200.0]], [[10.0, 20.0, 50.0]]
    table = liquidation_price("long", entries, leverages)
    assert table == [[90.0, 95.0, 98.0], [180.0, 190.0, 196.0]]
    assert liquidation_price("long", np.array(entries), np.array(leverages)).tolist() == table


def test_shapes_that_do_not_fit_are_one_value_error_with_words():
    given = ("long", [[1], [2], [3]], [[10], [20]])
    assert liquidation_price(*given) is VALUE
    assert "do not fit together (entry 3x1, leverage 2x1)" in liquidation_price.explain(*given)


def test_one_bad_row_spoils_no_other():
    leverage = [[10], [0], ["x"], [None], [CellError.DIV0], [50]]
    result = liquidation_price("long", 100, leverage)
    assert result == [[90.0], [NUM], [VALUE], [NA], [CellError.DIV0], [98.0]]
    words = liquidation_price.explain("long", 100, leverage)
    assert words.startswith("row 2, column 1: leverage is 0")


def test_an_error_that_came_in_wins_over_what_is_wrong_beside_it():
    assert liquidation_price("long", -1, CellError.REF) is CellError.REF
    assert liquidation_price("long", [[-1]] * 2, [[CellError.REF], [10]]) == [
        [CellError.REF],
        [NUM],
    ]


def test_otherwise_the_leftmost_argument_gives_the_error():
    assert liquidation_price("long", -1, "x") is NUM
    assert liquidation_price("long", "x", -1) is VALUE
    assert liquidation_price("long", [[-1], ["x"]], [["x"], [-1]]) == [[NUM], [VALUE]]


def test_too_many_arguments_are_a_value_error():
    assert catalogue["ISO_TRAILING_STOP"]("long", 1, 1, 0, 0, "share", 0) is VALUE
    assert "takes 6 arguments" in catalogue["ISO_TRAILING_STOP"].explain(
        "long", 1, 1, 0, 0, "share", 0
    )


def test_ragged_rows_are_a_value_error():
    assert liquidation_price("long", [[1.0], [2.0, 3.0]], 10) is VALUE


def test_arrays_give_arrays_of_floats_with_nan_for_errors():
    prices = liquidation_price("long", 100.0, np.array([10.0, -1.0, 50.0]))
    assert prices.dtype == np.float64
    assert prices.shape == (3,)
    np.testing.assert_array_equal(prices, [90.0, np.nan, 98.0])


def test_an_array_of_one_row_keeps_its_shape():
    assert liquidation_price("long", 100.0, np.array([[10.0, 20.0]])).shape == (1, 2)
    assert liquidation_price("long", np.array([100.0, 200.0]), np.array([[10.0]])).shape == (2,)
    both = liquidation_price("long", np.array([100.0, 200.0]), np.array([[10.0], [20.0]]))
    np.testing.assert_allclose(both, [[90, 180], [95, 190]])
    mixed = liquidation_price("long", np.array([100.0, 200.0]), np.array([[10.0, 20.0]]))
    assert mixed.shape == (1, 2)
    table = liquidation_price("long", [[100.0], [200.0]], np.array([10.0, 20.0]))
    np.testing.assert_allclose(table, [[90, 95], [180, 190]])


def test_a_million_rows_keep_every_row_in_its_place():
    leverage = np.linspace(2, 100, 1_000_001)
    leverage[[7, 500_000, -1]] = 0
    prices = liquidation_price("long", 100.0, leverage)
    bad = np.flatnonzero(np.isnan(prices))
    assert bad.tolist() == [7, 500_000, 1_000_000]
    good_rows = leverage > 0
    np.testing.assert_allclose(prices[good_rows], 100 - 100 / leverage[good_rows], rtol=1e-12)


def test_no_minus_zero_reaches_a_cell():
    result = carry_cost("short", 5000, 7, 0)
    assert str(result) == "0.0"
    assert str(catalogue["ISO_STRESS"]("short", 100, 50, 500, 100, 0)[0][0]) == "0.0"
    assert [str(cell) for [cell] in carry_cost("short", [[5000.0], [1.0]], 7, 0)] == ["0.0", "0.0"]


def test_risk_of_two_hundred_per_cent_is_explained():
    assert position_size(10000, 2, 100, 96) is NUM
    assert "type 2% or 0.02, not 2" in position_size.explain(10000, 2, 100, 96)


def test_headers_are_a_row_on_top_of_the_same_table():
    scale_out = catalogue["ISO_SCALE_OUT"]
    rows = scale_out("long", 100, 50, 10)
    assert scale_out("long", 100, 50, 10, headers=True) == [list(scale_out.columns), *rows]
    assert scale_out("long", 100, 50, 10, headers="yes") is VALUE


@pytest.mark.parametrize(
    ("side", "error"), [("lng", VALUE), (None, NA), (2, NUM), (CellError.REF, CellError.REF)]
)
def test_one_bad_cell_beside_a_range_is_the_error_of_every_row(side, error):
    assert liquidation_price(side, [[100.0], [200.0]], 10) == [[error], [error]]
    assert carry_cost("long", [[5000], [1]], side if side != 2 else -1, 0) == [[error], [error]]


def test_an_error_that_came_in_wins_whether_in_one_cell_or_in_a_range():
    assert liquidation_price("long", [[-1], [100]], CellError.REF) == [[CellError.REF]] * 2
    assert liquidation_price("lng", [[CellError.REF], [100]], 10) == [[CellError.REF], [VALUE]]


def test_sides_in_a_range_may_be_numbers():
    expected = [[90.0], [pytest.approx(110)], [NUM], [NUM], [NUM]]
    sides = [[1.0], [-1.0], [2.0], [0.0], [-1.5]]
    assert liquidation_price(sides, 100, 10) == expected
    answer = liquidation_price(np.array(sides), 100.0, 10.0)
    np.testing.assert_allclose(answer, [[90], [110], [np.nan], [np.nan], [np.nan]])


@pytest.mark.parametrize("number", [0, 1, 2.0])
def test_only_sides_may_be_typed_as_numbers(number):
    assert liquidation_price("long", 100, 10, model=number) is VALUE
    assert catalogue["ISO_STOP_LADDER"]("long", 100, 96, 50, hard=number) is VALUE


def test_all_words_to_type_are_named():
    words = liquidation_price.explain("long", 100, 10, model="book")
    assert 'type "mark", "entry", "inverse" or "inverse_mark"' in words


@pytest.mark.parametrize(
    ("value", "error"), [(5.0, VALUE), ([["a", "b"]], VALUE), (CellError.REF, CellError.REF)]
)
def test_text_is_text_or_its_error(value, error):
    text = Text("formula", "type a name")
    assert text.parse("ISO_KELLY", "name") == text.parse([["ISO_KELLY"]], "name") == "ISO_KELLY"
    with pytest.raises(CellProblem) as found:
        text.parse(value, "name")
    assert found.value.error is error


def test_a_range_without_errors_is_ok():
    assert liquidation_price.explain("long", [[100], [200]], 10) == "ok"
    assert liquidation_price.explain("long", [[100.0, 200.0]], [[10.0], [20.0]]) == "ok"


def test_the_first_bad_element_is_named_with_the_cells_that_took_part():
    words = liquidation_price.explain("long", [[100], [-1]], [[10, 20]])
    assert words.startswith("row 2, column 1: entry is -1")
    words = liquidation_price.explain("long", [[100], [200]], [[10, -1]])
    assert words.startswith("row 1, column 2: leverage is -1")
    words = liquidation_price.explain("long", [[100, 101]], [[10, 20], [30, -1]])
    assert words.startswith("row 2, column 2: leverage is -1")


def test_only_ranges_are_named_where_shapes_do_not_fit():
    words = liquidation_price.explain("lng", [[1], [2], [3]], [[10], [20]])
    assert "(entry 3x1, leverage 2x1)" in words


@pytest.mark.parametrize("turned", [False, True])
def test_a_row_and_a_column_meet_in_every_block(turned):
    """More elements than one block holds, one argument along each axis."""
    entry, leverage = np.linspace(1, 1000, 100_001)[:, None], np.array([[10.0, 20.0, 50.0]])
    if turned:
        entry, leverage = entry.T, leverage.T
    expected = entry - entry / leverage
    np.testing.assert_allclose(liquidation_price("long", entry, leverage), expected, rtol=1e-12)


@pytest.mark.parametrize("empty", [[], [[]], np.array([])], ids=["list", "row", "array"])
@pytest.mark.parametrize(
    "formula", [f for f in catalogue.values() if f.parameters], ids=lambda f: f.name
)
def test_a_range_without_cells_gives_an_error_or_nothing(formula, empty):
    """No spreadsheet has one, but Python does."""
    for at in range(len(formula.parameters)):
        given = [1.0] * len(formula.parameters)
        given[at] = empty
        result = formula(*given)
        assert isinstance(result, CellError | str) or np.size(result) == 0 or formula.columns
        assert isinstance(formula.explain(*given), str)


def test_a_position_formula_says_which_range_is_empty():
    stress = catalogue["ISO_STRESS"]
    assert stress([], 100, 50, 500, 100, -0.1) is NA
    assert stress.explain("long", 100, 50, 500, 100, []) == "shocks is an empty range"


def test_two_rows_longer_than_a_block_stay_two_rows():
    entry, leverage = np.linspace(1, 1000, 200_002).reshape(2, -1), np.array([[10.0], [20.0]])
    expected = entry - entry / leverage
    np.testing.assert_allclose(liquidation_price("long", entry, leverage), expected, rtol=1e-12)


def test_an_array_without_elements_gives_one():
    assert liquidation_price("long", 100.0, np.empty((2, 0))).shape == (2, 0)


def test_an_array_has_nan_where_the_number_computed_does_not_stand():
    # The position that receives carry is never liquidated by it: not minus 333 days.
    days = catalogue["ISO_DAYS_TO_LIQUIDATION"]
    answer = days("long", 100.0, 10.0, 100.0, np.array([-0.0001, 0.0001]))
    np.testing.assert_allclose(answer, [np.nan, 10 / 0.03])
