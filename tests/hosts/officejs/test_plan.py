"""The page's numbers and words, without a browser."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook

from addin.embedded import Evaluator
from addin.officejs.markets import DEFAULTS
from addin.officejs.page.plan import plan
from addin.officejs.page.workbook import to_workbook, with_cell
from udfs import catalogue
from workbook import bundled
from workbook.web_site import markets, plan_cells

TYPED = {
    **DEFAULTS,
    "maintenance": "0.5%",
    "fee": "0.05%",
    "spread": "0.02%",
    "funding": "0.01%",
}
SHORT = {**TYPED, "side": "short", "stop": "104", "funding": "-0.01%"}
TIERED = {**TYPED, "tiers": [[0, 0.004], [50_000, 0.005], [600_000, 0.01]]}
LOTS = {**TYPED, "lot": "0.1", "model": "entry", "remainder": "seized", "penalty": "1%"}
LARGE = {**TIERED, "account": "5000000", "trigger_fee": "0.05%", "borrow": "5%", "leverage": "1"}


def planned(typed: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(plan(json.dumps(typed)))
    return result


@pytest.mark.parametrize("typed", [TYPED, SHORT, TIERED, LOTS, LARGE])
def test_every_number_is_what_the_shown_formula_gives(typed: dict[str, Any]) -> None:
    """The formulas that the page shows, typed into `isomargin eval`."""
    evaluator = Evaluator(catalogue)
    answers = planned(typed)["answers"]
    assert {"size", "liquidation", "carry", "breakeven", "stops", "scale_out"} <= set(answers)
    for name, one in answers.items():
        if not one["formula"]:
            continue
        value = evaluator.evaluate(one["formula"])
        assert _flat(one["value"]) == pytest.approx(_flat(value), rel=1e-12), name


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return [value]
    found = [cell for row in value for cell in (row if isinstance(row, list) else [row])]
    # Words and errors are compared by the formulas' own tests.
    return [cell for cell in found if isinstance(cell, (int, float))]


def test_the_plan_worked_by_hand() -> None:
    answers = planned({**TYPED, "maintenance": "0", "fee": "0", "spread": "0"})["answers"]
    # 200 at risk over 4 a unit; a tenth of 100 is the margin; 7 days of 3 times 0.01% of 5,000.
    assert answers["size"]["value"] == 50
    assert answers["liquidation"]["value"] == 90
    assert answers["carry"]["value"] == pytest.approx(10.5)
    # Carry of 0.21 a unit brings it closer by as much.
    assert answers["liquidation_at_end"]["value"] == pytest.approx(90.21)
    assert answers["breakeven"]["value"] == pytest.approx(100.21)


@pytest.mark.parametrize(
    ("changed", "kind", "word"),
    [
        ({}, "good", "The stop comes first"),
        ({"stop": "104"}, "bad", "wrong side"),
        ({"side": "short"}, "bad", "wrong side"),
        ({"leverage": "25"}, "bad", "comes before the stop"),
        ({"leverage": "18"}, "careful", "close behind it"),
        ({"leverage": "50", "max_leverage": "20"}, "bad", "allows 20 times"),
        ({"leverage": "300"}, "bad", "its own entry"),
        ({"account": "10", "lot": "1"}, "bad", "does not pay for one lot"),
        ({"days": "90", "stop": "99"}, "careful", "Carry is dear"),
        ({"stop": "1"}, "bad", "comes before the stop"),
    ],
)
def test_the_verdict_says_what_is_first_wrong(changed: Any, kind: str, word: str) -> None:
    said = planned({**TYPED, **changed})["verdict"]
    assert said["kind"] == kind
    assert word in said["title"]
    assert said["words"]


def test_the_leverage_that_it_advises_is_one_that_it_accepts() -> None:
    said = planned({**TYPED, "leverage": "30"})["verdict"]
    (advice,) = (word for word in said["words"] if "Lower the leverage to" in word)
    lower = advice.split("Lower the leverage to ")[1].split(" ")[0]
    again = planned({**TYPED, "leverage": lower, "days": "0"})["verdict"]
    assert "before the stop" not in again["title"]


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        ("entry", "", "blank"),
        ("entry", "1,5", "with a point"),
        ("entry", "-3", "type the price"),
        ("entry", "nan", "type the price"),
        ("entry", "1e999", "type the price"),
        ("risk", "2", "like 2%"),
        ("risk", "0", "like 2%"),
        ("leverage", "0.5", "from 1 to 1000"),
        ("days", "a week", "not a number"),
        ("volatility", "5", "like 5%"),
        ("funding", "0.01 %%", "not a number"),
        ("model", "guess", "choose mark or entry"),
    ],
)
def test_wrong_input_is_named_with_what_to_type(field: str, text: str, word: str) -> None:
    if text == "0.01 %%":
        text = "0,01%"
    wrong = planned({**TYPED, field: text})["wrong"]
    assert list(wrong) == [field]
    assert word in wrong[field]


def test_a_percentage_a_fraction_and_spaces_are_the_same() -> None:
    first = planned(TYPED)
    assert planned({**TYPED, "risk": "0.02", "account": " 10 000 ", "volatility": "0.05"}) == first


def test_nothing_that_is_typed_raises() -> None:
    for name in TYPED:
        for text in ("", "0", "-1", "1e308", "1e-308", "x" * 5000, "%", "١", "=1+1", "<b>", "1_0"):
            json.loads(plan(json.dumps({**TYPED, name: text})))


def test_a_tier_on_the_whole_position_counts_for_all_of_it() -> None:
    """48.9 units at 100 are below a floor of 5,000 and above one of 1,000."""
    tiers = [[0, 0.01], [1_000, 0.02], [5_000, 0.5]]
    answers = planned({**TYPED, "fee": "0", "tiers": tiers, "tiering": "whole"})["answers"]
    # A margin of 10 a unit, maintenance 2% of the price: 90 = P - 0.02 P.
    assert answers["liquidation"]["value"] == pytest.approx(90 / 0.98)
    marginal = planned({**TYPED, "fee": "0", "tiers": tiers})["answers"]
    assert marginal["liquidation"]["value"] < answers["liquidation"]["value"]


def test_every_market_can_be_planned() -> None:
    found = markets()
    assert len({(one.venue, one.symbol) for one in found}) == len(found) > 10
    for market in found:
        data = market.as_data()
        result = planned(
            {
                **TYPED,
                **data["terms"],
                "tiers": data["tiers"],
                "leverage": "2",
                "tiering": data["tiering"],
            }
        )
        assert result["wrong"] == {}, market
        assert result["answers"]["liquidation"]["value"] > 0


# The workbook


def test_the_plan_as_a_workbook_has_the_values_and_computes() -> None:
    template = bundled.template()
    typed = {**SHORT, "symbol": "ETH", "venue": "Platform A"}
    content = to_workbook(template, plan_cells(template), json.dumps(typed))
    book = load_workbook(io.BytesIO(content))
    cells = json.loads(plan_cells(template))
    plan_sheet = book["Plan"]
    assert plan_sheet[cells["symbol"][1]].value == "ETH"
    assert plan_sheet[cells["entry"][1]].value == 100
    assert plan_sheet[cells["side"][1]].value == "short"
    assert book["Settings"][cells["account"][1]].value == 10000


def test_the_workbook_keeps_everything_else() -> None:
    template = bundled.template()
    content = to_workbook(template, plan_cells(template), json.dumps(TYPED))
    with zipfile.ZipFile(io.BytesIO(template)) as was, zipfile.ZipFile(io.BytesIO(content)) as now:
        assert was.namelist() == now.namelist()
        differing = [name for name in was.namelist() if was.read(name) != now.read(name)]
    parts = {part for part, _ in json.loads(plan_cells(template)).values()}
    assert set(differing) == parts | {"xl/workbook.xml"}
    with zipfile.ZipFile(io.BytesIO(content)) as now:
        assert b'fullCalcOnLoad="1"' in now.read("xl/workbook.xml")


def test_text_in_a_cell_stays_text() -> None:
    sheet = '<c r="A1" s="3"/><c r="A11" s="4"><v>5</v></c>'
    changed = with_cell(sheet, "A1", '=1+1<&"\x07')
    assert changed.startswith('<c r="A1" s="3" t="inlineStr"><is><t>=1+1&lt;&amp;"</t></is></c>')
    assert changed.endswith('<c r="A11" s="4"><v>5</v></c>')
    with pytest.raises(ValueError, match="no cell B2"):
        with_cell(sheet, "B2", 1.0)
