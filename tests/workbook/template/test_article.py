"""The article's claims: the values beside them are what the formulas give."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from addin.embedded import Evaluator
from udfs import catalogue
from workbook.template import article

ROOT = Path(__file__).resolve().parents[3]


def test_values_on_reference_are_what_the_formulas_beside_them_give(book: Workbook) -> None:
    sheet = book["Reference"]
    rows = sheet[sheet.tables["Article"].ref][1:]
    assert len(rows) == len(article.CLAIMS) > 20
    evaluator = Evaluator(catalogue)
    digits = {"price": 2, "percent": 3, "money": 0, "ratio": 2}
    for claim, (_, _, formula, value) in zip(article.CLAIMS, rows, strict=True):
        assert formula.data_type == "s"
        assert value.data_type == "n"
        given = evaluator.evaluate(formula.value)
        assert value.value == pytest.approx(given, abs=0.51 * 10 ** -digits[claim.format])


def test_the_claims_that_do_not_hold() -> None:
    value = {
        claim.formula: found for claim, found in zip(article.CLAIMS, article.values(), strict=True)
    }
    assert value["ISO_PORTFOLIO_RISK({200,200,200},0.8)"] < 600
    assert value["ISO_TOUCH_PROBABILITY(100,98.8,5%,1)"] > 0.8
    assert value["ISO_TOUCH_PROBABILITY(100,98.4925,5%,1)"] > 0.75
    collected = 'INDEX(ISO_LIQUIDATION_OUTCOME("long",100,50,500,90.4523,12%),3,2)'
    assert value[collected] < 0.05 * 0.12 * 50 * 90.4523
