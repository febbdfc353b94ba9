"""Isolated positions as exchanges reported them, recomputed to the exchange's own rounding."""

from __future__ import annotations

import math
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from udfs.formulas import liquidation
from workbook.terms import find_venue

POSITIONS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("reported_positions.toml").read_text(encoding="utf-8")
)["positions"]


def rounded(price: float, position: dict[str, Any]) -> float:
    step = position.get("price_step")
    if step is None:
        return price
    steps = round(price / step, 6)
    return (math.ceil(steps) if position["rounding"] == "up" else round(steps)) * step


def computed(position: dict[str, Any], model: str, fee: float) -> Any:
    quantity, entry, margin = position["quantity"], position["entry"], position["margin"]
    value = quantity / entry if model.startswith("inverse") else quantity * entry
    return liquidation.liquidation_price(
        position["side"], entry, value / margin, position["maintenance_rate"], fee, quantity,
        0, 0, position.get("deduction", 0), model,
    )  # fmt: skip


@pytest.mark.parametrize("position", POSITIONS, ids=lambda position: position["id"])
def test_the_reported_price_comes_out(position: dict[str, Any]) -> None:
    price = computed(position, position["model"], position.get("trigger_fee", 0))
    assert isinstance(price, float)
    tolerance = position.get("relative", 1e-11)
    assert rounded(price, position) == pytest.approx(position["reported"], rel=tolerance)


@pytest.mark.parametrize(
    "position",
    [position for position in POSITIONS if "venue" in position],
    ids=lambda position: position["id"],
)
def test_the_venues_rule_of_that_day_is_the_one_that_fits(position: dict[str, Any]) -> None:
    venue = find_venue(position["venue"])
    assert venue is not None
    day: date = position["day"]
    rule = venue.rule_on(day)
    assert rule.model == position["model"]
    if rule.trigger_fee is not None:
        assert rule.trigger_fee == position.get("trigger_fee", 0)


@pytest.mark.parametrize(
    ("which", "model", "fee", "wrong"),
    [
        ("Gate LTC", "mark", 0, 60.02),  # without the fee that Gate counts
        ("Bitget BTC", "mark", 0, 24129.57),
        ("Bybit ETH 2022", "mark", 0, 917.69),  # the rule of 2026 on a position of 2022
    ],
)
def test_another_rule_gives_another_price(which: str, model: str, fee: float, wrong: float) -> None:
    position = next(each for each in POSITIONS if each["id"] == which)
    price = computed(position, model, fee)
    assert price == pytest.approx(wrong, abs=0.01)
    assert rounded(price, position) != pytest.approx(position["reported"], rel=1e-6)
