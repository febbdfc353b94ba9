"""Numbers published or worked by hand, as formulas typed into a cell, by the embedded engine."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from addin.embedded import Evaluator
from udfs import CellError, catalogue

FOLDER = Path(__file__).parents[2] / "cases" / "typed"
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def evaluate() -> Any:
    return Evaluator(catalogue).evaluate


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_typed_formula_gives_the_number(case: dict[str, Any], evaluate: Any) -> None:
    answer = evaluate(case["formula"])
    while isinstance(answer, list) and len(answer) == 1:
        (answer,) = answer
    if isinstance(answer, CellError):
        answer = str(answer)
    expected, tolerance = case["expected"], case["tolerance"]
    if isinstance(expected, str):
        assert answer == expected
    else:
        assert math.isclose(answer, expected, rel_tol=tolerance, abs_tol=tolerance), answer
