"""Venues' terms: rules, markets and tiers as exchanges state them, each with source and date.

One TOML file a venue under ``data/``. The figures are facts read from the sources named beside
them; no file of another project is copied.
"""

from __future__ import annotations

from workbook.terms.errors import TermsError
from workbook.terms.reader import find_market, find_venue, venue_from_toml, venues
from workbook.terms.symbols import base_symbol
from workbook.terms.types import (
    Candle,
    Default,
    Funding,
    Market,
    Price,
    Rule,
    Source,
    Tier,
    Venue,
)

__all__ = [
    "Candle",
    "Default",
    "Funding",
    "Market",
    "Price",
    "Rule",
    "Source",
    "TermsError",
    "Tier",
    "Venue",
    "base_symbol",
    "find_market",
    "find_venue",
    "venue_from_toml",
    "venues",
]
