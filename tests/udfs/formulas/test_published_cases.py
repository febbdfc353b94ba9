"""Numbers that others published, as arguments of the formulas.

The cases live in `tests/cases`; its README explains the fields. Every case is checked twice:
the formula must give the published number, and so must the independent oracle.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import udfs
from tests.udfs.oracles import ORACLES, evaluate

CASES_FOLDER = Path(__file__).parents[2] / "cases"

# Formulas that are not written yet. Their cases wait; a name that exists must leave this set.
PENDING: set[str] = set()

# Formulas without an oracle: their cases are checked against the formula alone.
WITHOUT_ORACLE = {"ISO_JOINT_LIQUIDATION"}
# The oracle does not repair a correlation matrix.
WITHOUT_ORACLE_CASES = {"PSD-D01.x12", "PSD-D01.x13", "PSD-D01.x23"}


def load_cases() -> list[dict[str, Any]]:
    """Every case of every topic."""
    cases: list[dict[str, Any]] = []
    for path in sorted(CASES_FOLDER.glob("*.json")):
        cases.extend(json.loads(path.read_text(encoding="utf-8")))
    return cases


CASES = load_cases()


def name_of(case: dict[str, Any]) -> str:
    """What pytest shows: the case and its formula."""
    return f"{case['id']}-{case['formula']}"


def plain(value: Any) -> Any:
    """Errors as their text, so that both sides of a comparison are plain values."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, udfs.CellError):
        return value.value
    return value


def numbers_in(result: Any) -> list[float]:
    """Every cell of a result; each of them must be a number."""
    cells = [cell for row in result for cell in row] if isinstance(result, list) else [result]
    for cell in cells:
        assert isinstance(cell, int | float), f"not a number: {cell!r}"
        assert not isinstance(cell, bool), f"not a number: {cell!r}"
    return cells


def picked(result: Any, pick: dict[str, Any] | None) -> Any:
    """The cell that a reader would look at, or the sum, greatest or last number."""
    if pick is None:
        return result
    if "reduce" in pick:
        numbers = numbers_in(result)
        return {"sum": sum(numbers), "max": max(numbers), "last": numbers[-1]}[pick["reduce"]]
    assert isinstance(result, list), f"a table was expected, not {result!r}"
    column = result[0].index(pick["column"])
    row = pick["row"]
    if isinstance(row, int):
        return result[row][column]
    labels = [line[0] for line in result]
    return result[labels.index(row)][column]


def check(actual: Any, expected: Any, tolerance: dict[str, float] | None) -> None:
    """Same kind, same value: numbers within the tolerance, bounds, text, errors, or ranges."""
    if isinstance(expected, list):
        assert isinstance(actual, list), f"a range was expected, not {actual!r}"
        assert len(actual) == len(expected)
        for left, right in zip(actual, expected, strict=True):
            check(left, right, tolerance)
    elif isinstance(expected, dict):
        assert isinstance(actual, int | float), f"a number was expected, not {actual!r}"
        for bound, value in expected.items():
            holds = {
                "above": actual > value,
                "at_least": actual >= value,
                "below": actual < value,
                "at_most": actual <= value,
            }[bound]
            assert holds, f"{actual!r} is not {bound} {value!r}"
    elif isinstance(expected, bool | str):
        assert type(actual) is type(expected), f"{actual!r} is not {expected!r}"
        assert actual == expected
    else:
        assert isinstance(actual, int | float), f"a number was expected, not {actual!r}"
        assert not isinstance(actual, bool), f"a number was expected, not {actual!r}"
        assert tolerance is not None
        allowed = tolerance["abs"] + tolerance["rel"] * abs(expected)
        # A few units in the last place, where the source says that its number is exact.
        allowed = max(allowed, 8 * math.ulp(abs(expected)))
        assert abs(actual - expected) <= allowed, f"{actual!r}, published {expected!r}"


def run(case: dict[str, Any], result: Any) -> None:
    """Compare one result with its case."""
    check(picked(plain(result), case.get("pick")), case["expected"], case.get("tolerance"))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["formula"] not in PENDING], ids=name_of
)
def test_formula_gives_the_published_number(case: dict[str, Any]) -> None:
    formula = udfs.catalogue[case["formula"]]
    run(case, formula(*case["arguments"]))


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case["formula"] not in WITHOUT_ORACLE and case["id"] not in WITHOUT_ORACLE_CASES
    ],
    ids=name_of,
)
def test_oracle_gives_the_published_number(case: dict[str, Any]) -> None:
    run(case, evaluate(case["formula"], case["arguments"]))


def test_no_formula_is_pending_once_it_exists() -> None:
    assert not PENDING & set(udfs.catalogue)


def test_pending_formulas_have_cases_that_wait() -> None:
    assert {case["formula"] for case in CASES} >= PENDING


def test_every_case_has_a_name_of_its_own_and_a_source() -> None:
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids))
    assert all(case["source"] for case in CASES)
    assert len(CASES) >= 400


def test_every_formula_of_a_case_has_an_oracle_or_says_why_not() -> None:
    assert {case["formula"] for case in CASES} - set(ORACLES) == WITHOUT_ORACLE
