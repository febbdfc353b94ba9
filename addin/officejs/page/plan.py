"""One trade planned: every number is a formula of the catalogue, and its text goes with it."""

from __future__ import annotations

import json
from typing import Any

from addin.officejs.page.calls import Call, ask
from addin.officejs.page.fields import TypedTrade, read
from addin.officejs.page.verdict import verdict
from udfs import OMITTED

_LADDER_OF_LEVERAGE = (1.5, 2, 3, 5, 10, 15, 20, 25, 40, 50, 75, 100)
# As the workbook has them to begin with.
_SOFT_AT, _SOFT_CLOSE = 0.3, 0.5


def plan(text: str) -> str:
    """The page's fields as JSON in; answers, words and what is wrong as JSON out."""
    trade, wrong = read(json.loads(text))
    if trade is None:
        return json.dumps({"wrong": wrong})
    calls = answers(trade)
    words = verdict(trade, calls)
    return json.dumps(
        {
            "wrong": {},
            "verdict": {"kind": words.kind, "title": words.title, "words": words.sentences},
            "answers": {name: call.as_data() for name, call in calls.items()},
        }
    )


def answers(trade: TypedTrade) -> dict[str, Call]:
    """Every answer by name."""
    side, entry, stop = trade["side"], trade["entry"], trade["stop"]
    leverage, days, fee = trade["leverage"], trade["days"], trade["fee"]
    found: dict[str, Call] = {}
    found["size"] = size = ask(
        "ISO_POSITION_SIZE", trade["account"], trade["risk"], entry, stop, fee, trade["spread"],
        trade["lot"], leverage,
    )  # fmt: skip
    units = size.number or 0.0
    notional = units * entry
    found["carry"] = carry = ask(
        "ISO_CARRY_COST", side, notional, days, trade["funding"], trade["funding_hours"],
        trade["borrow"], notional * (1 - 1 / leverage),
    )  # fmt: skip
    paid = carry.number or 0.0
    found["liquidation"] = liquidation(trade, leverage, units)
    found["liquidation_at_end"] = liquidation(trade, leverage, units, paid)
    rate = _rate_at(trade, notional)
    found["max_leverage"] = ask(
        "ISO_MAX_LEVERAGE", side, entry, stop, rate if trade["model"] == "mark" else 0,
        trade["trigger_fee"],
    )  # fmt: skip
    if units:
        found["breakeven"] = ask("ISO_BREAKEVEN_PRICE", side, entry, units, fee, paid)
        found["stops"] = ask(
            "ISO_STOP_LADDER", side, entry, stop, units, _SOFT_AT, _SOFT_CLOSE, "price", fee
        )
        found["scale_out"] = ask(
            "ISO_SCALE_OUT", side, entry, units, leverage, OMITTED, OMITTED, OMITTED, OMITTED, fee
        )
    price = found["liquidation"].number
    if units and price is not None:
        found["outcome"] = ask(
            "ISO_LIQUIDATION_OUTCOME", side, entry, units, notional / leverage, price,
            trade["penalty"], trade["spread"], trade["remainder"],
        )  # fmt: skip
    found |= _by_leverage(trade, units)
    return found


def liquidation(trade: TypedTrade, leverage: Any, units: float, carry: float = 0) -> Call:
    """The liquidation price, by the market's tiers where it has any.

    Where a tier's rate counts on the whole position, it is the tier of the notional at the entry.
    """
    side, entry, fee = trade["side"], trade["entry"], trade["trigger_fee"]
    quantity = units or 1.0  # without a size, of one unit: the price does not hang on it
    if len(trade.tiers) > 1 and trade["model"] == "mark" and trade["tiering"] == "marginal":
        tiers = [list(tier) for tier in trade.tiers]
        return ask(
            "ISO_LIQUIDATION_PRICE_TIERED", side, entry, leverage, quantity, tiers, fee, 0,
            carry if units else 0,
        )  # fmt: skip
    return ask(
        "ISO_LIQUIDATION_PRICE", side, entry, leverage, _rate_at(trade, quantity * entry), fee,
        quantity, 0, carry if units else 0, 0, trade["model"],
    )  # fmt: skip


def _rate_at(trade: TypedTrade, notional: float) -> float:
    rate: float = trade["maintenance"]
    for floor, of_tier in trade.tiers:
        if floor <= notional:
            rate = of_tier
    return rate


def _by_leverage(trade: TypedTrade, units: float) -> dict[str, Call]:
    """The same trade at other leverages: where it is liquidated, and how likely that is."""
    most = trade["max_leverage"]
    steps = {step for step in _LADDER_OF_LEVERAGE if step <= most} | {trade["leverage"]}
    column = [[float(step)] for step in sorted(steps)]
    prices = liquidation(trade, column, units)
    chances = Call("", [])
    if isinstance(prices.value, list):
        barriers = [[cell if isinstance(cell, float) else None for cell in row]
                    for row in prices.value]  # fmt: skip
        chances = ask(
            "ISO_TOUCH_PROBABILITY", trade["entry"], barriers, trade["volatility"], trade["days"]
        )
    elif prices.number is not None:
        chances = ask(
            "ISO_TOUCH_PROBABILITY", trade["entry"], prices.number, trade["volatility"],
            trade["days"],
        )  # fmt: skip
    return {
        "leverages": Call("", column),
        "prices_by_leverage": prices,
        "chances_by_leverage": chances,
    }
