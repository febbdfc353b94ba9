from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from addin.embedded import Evaluator, FormulaSyntaxError, evaluate
from addin.embedded.conversion import callback
from udfs import CellError

from .stubs import STUBS


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return Evaluator(STUBS)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+1", 2),
        ("1+1", 2),
        ("  = 1 + 1 ", 2),
        ("2%", 0.02),
        ("=1/3", 1 / 3),
        ("{0.5,1}", [[0.5, 1]]),
        ("{1;2}", [[1], [2]]),
        ('{TRUE,#N/A,"x"}', [[True, CellError.NA, "x"]]),
        ('"text"', "text"),
        ('""', ""),
        ("TRUE", True),
        ("1=1", True),
        ("1/0", CellError.DIV0),
        ("NOPE(1)", CellError.NAME),
        ("unknown_name", CellError.NAME),
        ("A1", None),
        ("SUM(A1:A9)", 0),
        ("Plan[Entry]", CellError.REF),
        ("IF(1,,2)", 0),
        ("LET(x,2,x*3)", 6),
        ("DATE(2024,1,1)", 45292),
        ("SEQUENCE(2,2)*10", [[10, 20], [30, 40]]),
        ("XLOOKUP(2,{1,2},{3,4})", 4),
        ("ISO_TABLE()", [[1, "x", True], [None, CellError.NA, 2]]),
        ("INDEX(ISO_TABLE(),1,2)", "x"),
        ("ISO_DOUBLE(ISO_DOUBLE(3))", 12),
        ("SUM({1,2},ISO_DOUBLE(3))", 9),
        ("ISO_DESCRIBE(1,,{0.5,1})", "float 1.0|omitted|[float 0.5 float 1.0]"),
        ("ISO_DESCRIBE(,)", "omitted|omitted"),
        ("ISO_DESCRIBE()", ""),
        ("ISO_NAN()", CellError.NUM),
        ("iso_double(2)", 4),
    ],
)
def test_values(evaluator: Evaluator, formula: str, value: Any) -> None:
    found = evaluator.evaluate(formula)
    assert found == value
    assert type(found) is not int or isinstance(value, bool)


@pytest.mark.parametrize(
    "formula",
    ["", "=", "1+", "ISO_DOUBLE((", '"open', "1)+(2", "}{", "1 2", "==1", "1;2", "ISO_DOUBLE(1;2)"],
)
def test_a_broken_formula_is_refused_with_words(evaluator: Evaluator, formula: str) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        evaluator.evaluate(formula)
    words = str(caught.value)
    assert words.startswith(("there is no formula", "the formula cannot be read"))
    assert "\n" not in words
    assert "Token" not in words


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ('"' + "x" * 9_000 + '"', "9002 characters; a cell takes 8192"),
        ("(" * 4_000 + "1" + ")" * 4_000, "cannot be read"),
        ("+".join(["1"] * 4_000), "cannot be read"),
        ("ABS(" * 1_500 + "1" + ")" * 1_500, "cannot be read"),
    ],
)
def test_formulas_too_long_or_too_deep(evaluator: Evaluator, formula: str, words: str) -> None:
    with pytest.raises(FormulaSyntaxError, match=words):
        evaluator.evaluate(formula)


def test_long_formulas_within_the_limits(evaluator: Evaluator) -> None:
    assert evaluator.evaluate("+".join(["ISO_DOUBLE(1)"] * 200)) == 400
    assert evaluator.evaluate("(" * 50 + "1" + ")" * 50) == 1
    assert evaluator.evaluate(f'LEN("{"x" * 8_000}")') == 8_000


def test_a_broken_formula_among_many_spoils_no_other(evaluator: Evaluator) -> None:
    found = evaluator.evaluate_many(["1", "2+", "NOPE(3)", "=4", ""])
    assert (found[0], found[2], found[3]) == (1, CellError.NAME, 4)
    assert isinstance(found[1], FormulaSyntaxError)
    assert isinstance(found[4], FormulaSyntaxError)


def test_formulas_do_not_see_each_other(evaluator: Evaluator) -> None:
    found = evaluator.evaluate_many(["5", "SUM(A1:Z99)", "ISO_TABLE()", "A1", "B3"])
    assert (found[1], found[3], found[4]) == (0, None, None)


def test_the_evaluator_can_be_used_again_and_again(evaluator: Evaluator) -> None:
    for number in range(5):
        count = 3 if number % 2 else 1
        found = evaluator.evaluate_many([f"ISO_DOUBLE({number})"] * count)
        assert found == [number * 2.0] * count


def test_calls_are_counted() -> None:
    evaluator = Evaluator(STUBS)
    evaluator.evaluate_many(["ISO_DOUBLE(1)+ISO_DOUBLE(2)", "ISO_TABLE()", "1"])
    assert evaluator.calls == {"ISO_DOUBLE": 2, "ISO_TABLE": 1}


def test_one_formula_needs_no_evaluator() -> None:
    assert evaluate("=ISO_DOUBLE(21)", STUBS) == 42


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("COLUMN()", 1.0),
        ("row( )+10*COLUMN()", 11.0),
        ("ADDRESS(ROW(),COLUMN())", "$A$1"),
        ('"ROW()"&COLUMN(C5)', "ROW()3"),
    ],
)
def test_a_formula_that_asks_where_it_stands_stands_in_the_first_cell(
    evaluator: Evaluator, formula: str, value: Any
) -> None:
    # Whichever of many it is: the third of three as well.
    assert evaluator.evaluate_many(["1", "2", formula])[2] == value


def test_five_thousand_formulas_in_one_go(evaluator: Evaluator) -> None:
    formulas = [f'=ISO_DESCRIBE({number},"a{number}",,{{1,2}})' for number in range(5_000)]
    found = evaluator.evaluate_many(formulas)
    assert found[4_999] == "float 4999.0|str a4999|omitted|[float 1.0 float 2.0]"


@pytest.mark.parametrize("formula", ["SUM(9:9999999)", "9:9999999999999999999", "SUM(0:1)"])
def test_rows_that_no_sheet_has_are_an_error_of_that_formula_alone(
    evaluator: Evaluator, formula: str
) -> None:
    assert list(evaluator.evaluate_many([formula, "1+1"])) == [CellError.REF, 2]


def test_what_is_asked_twice_in_a_row_is_computed_once() -> None:
    """As the engine does for an array formula; TRUE, 1 and a minus zero are not the same."""
    computed: list[Any] = []

    def formula(*arguments: Any) -> float:
        computed.append(arguments)
        return float(len(computed))

    calls: Counter[str] = Counter()
    call = callback("X", formula, calls, print)
    questions: list[Any] = [
        1.0,
        True,
        "1",
        None,
        0.0,
        -0.0,
        [[1.0, "a"]],
        [[1.0, "b"]],
        [[True, "b"]],
    ]
    for count, one in enumerate(questions, 1):
        assert call(one, 2.0) == call(one, 2.0) == count
    assert call(1.0, 2.0) == len(questions) + 1, "only the last answer is kept"
    assert calls["X"] == 2 * len(questions) + 1, "each call is counted"
