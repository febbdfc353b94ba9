"""What the page begins with: markets to choose from, fields, and the first answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from addin.officejs.page.fields import FIELDS
from addin.officejs.page.plan import plan

# The worked example of the workbook.
DEFAULTS = {
    "side": "long",
    "entry": "100",
    "stop": "96",
    "account": "10000",
    "risk": "2%",
    "leverage": "10",
    "days": "7",
    "volatility": "5%",
}
_UNITS = {
    "risk": "of the account",
    "leverage": "times",
    "volatility": "a day",
    "fee": "each way",
    "funding": "an interval",
    "funding_hours": "hours",
    "borrow": "a year",
    "spread": "of the price",
    "lot": "units",
    "max_leverage": "times",
}


@dataclass(frozen=True)
class MarketTerms:
    """A market's terms: rates as fractions, tiers as notional floor and rate."""

    venue: str
    symbol: str  # empty: any other market of the venue
    as_of: str
    source: str
    rates: dict[str, float]  # maintenance, trigger_fee, fee, spread, funding, borrow, penalty
    numbers: dict[str, float]  # funding_hours, max_leverage, lot
    model: str = "mark"
    remainder: str = "trader"
    tiering: str = "marginal"
    tiers: list[list[float]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """For the page: every term as a person would type it."""
        terms = {name: percent(rate) for name, rate in self.rates.items()}
        terms |= {name: f"{number:.12g}" for name, number in self.numbers.items()}
        return {
            "venue": self.venue,
            "symbol": self.symbol,
            "asOf": self.as_of,
            "source": self.source,
            "terms": {**terms, "model": self.model, "remainder": self.remainder},
            "tiers": self.tiers,
            "tiering": self.tiering,
        }


def percent(rate: float) -> str:
    """A rate as a person types it.

    >>> percent(0.0005), percent(0.0), percent(0.015)
    ('0.05%', '0%', '1.5%')
    """
    return f"{rate * 100:.10g}%"


def page_data(markets: Sequence[MarketTerms]) -> str:
    """data.js: all that, and the answers to the first plan, so that the page never begins empty."""
    data = [market.as_data() for market in markets]
    begin = {
        **DEFAULTS,
        **data[0]["terms"],
        "tiers": data[0]["tiers"],
        "tiering": data[0]["tiering"],
    }
    content = {
        "markets": data,
        "defaults": DEFAULTS,
        "fields": [
            {"name": one.name, "label": one.label, "unit": _UNITS.get(one.name, "")}
            for one in FIELDS
        ],
        "first": json.loads(plan(json.dumps(begin))),
    }
    return f"window.planData = {json.dumps(content, ensure_ascii=False)};\n"
