"""What the numbers mean, in words: the first thing that is wrong, and what to do about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from addin.officejs.page.calls import Call
from addin.officejs.page.fields import TypedTrade

# The workbook's rule to begin with: the liquidation one and a half times as far as the stop.
_ROOM = 1.5
_DEAR = 0.1  # of the margin


@dataclass(frozen=True)
class Verdict:
    """Good, careful or bad; one line, and what stands behind it."""

    kind: str
    title: str
    sentences: list[str]


def verdict(trade: TypedTrade, calls: Mapping[str, Call]) -> Verdict:
    """The first that is wrong counts; the order is what a trader has to correct first."""
    entry, stop, leverage = trade["entry"], trade["stop"], trade["leverage"]
    sign = 1 if trade["side"] == "long" else -1
    if sign * (entry - stop) <= 0:
        where = "below" if sign > 0 else "above"
        return Verdict(
            "bad",
            f"The stop is on the wrong side: a {trade['side']}'s stop lies {where} the entry.",
            [f"Type a stop {where} {number(entry)}."],
        )
    if leverage > trade["max_leverage"]:
        return Verdict(
            "bad",
            f"This market allows {number(trade['max_leverage'])} times at most.",
            ["Lower the leverage."],
        )
    allowed = calls["max_leverage"].number
    lower = _lower(allowed, trade["max_leverage"])
    price = calls["liquidation"].number
    if price is None:
        return Verdict("bad", "This leverage would be liquidated at its own entry.", [lower])
    room = gap(trade, calls)
    if room < 1:
        return Verdict(
            "bad",
            f"The liquidation at {number(price)} comes before the stop at {number(stop)}.",
            ["The venue closes the trade before you do, and takes its fee.", lower],
        )
    units = calls["size"].number
    if not units:
        return Verdict(
            "bad",
            "The risk does not pay for one lot.",
            ["Move the stop closer, risk more, or trade a market with a smaller lot."],
        )
    behind = [
        f"The stop at {number(stop)} comes first: the liquidation at {number(price)} is"
        f" {number(room, 3)} times as far away as the stop.",
        f"Buy {number(units)} units, {number(units * entry / leverage)} of margin."
        if sign > 0
        else f"Sell {number(units)} units, {number(units * entry / leverage)} of margin.",
    ]
    carry = calls["carry"].number or 0.0
    if room < _ROOM:
        return Verdict(
            "careful",
            "The stop comes first, but the liquidation is close behind it.",
            [*behind, "A gap through the stop may reach it. " + lower],
        )
    if carry > _DEAR * units * entry / leverage:
        return Verdict(
            "careful",
            f"Carry is dear: {number(carry)} in {number(trade['days'])} days.",
            [*behind, "Hold it for fewer days, or lower the leverage."],
        )
    return Verdict("good", "The stop comes first. Set it at once.", behind)


def gap(trade: TypedTrade, calls: Mapping[str, Call]) -> float:
    """How many times as far as the stop the liquidation is, the nearer one of now and the end."""
    sign = 1 if trade["side"] == "long" else -1
    distances = [
        sign * (trade["entry"] - call.number) if call.number is not None else 0.0
        for call in (calls["liquidation"], calls["liquidation_at_end"])
    ]
    room: float = min(distances) / abs(trade["entry"] - trade["stop"])
    return room


def _lower(allowed: float | None, most: float) -> str:
    if allowed is None:
        return "Lower the leverage."
    whole = math.floor(min(allowed, most))
    if whole < 1:
        return "No leverage keeps the liquidation behind this stop: bring the stop closer."
    return f"Lower the leverage to {whole} times or less, or bring the stop closer."


def number(value: float, figures: int = 6) -> str:
    """A number as people write it.

    >>> number(12345.678), number(0.00001234), number(90.0)
    ('12,345.7', '0.00001234', '90')
    """
    if value == 0 or not math.isfinite(value):
        return "0"
    decimals = max(0, figures - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
