"""Published numbers as formulas typed into a cell, computed by the embedded engine."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from addin.embedded import Evaluator
from udfs import CellError, catalogue

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "typed" / "venues_and_forums.json").read_text(
        encoding="utf-8"
    )
)


@pytest.fixture(scope="module")
def evaluate() -> Any:
    return Evaluator(catalogue).evaluate


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_typed_formula_gives_the_published_number(case: dict[str, Any], evaluate: Any) -> None:
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
