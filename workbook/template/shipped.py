"""The venues, markets and tiers that a new workbook starts with, as rows of its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from workbook.inputs import Inputs, InputValue, Row
from workbook.terms import Market, Rule, Source, Venue, venues

_EPOCH = dt.date(1899, 12, 30)
LONGEST = 200  # characters of a note


def shipped() -> Inputs:
    """Rows for the tables Venues, Markets and Tiers from the terms that come with the package."""
    known = venues()
    markets = [market for venue in known for market in venue.markets]
    return Inputs(
        tables={
            "Venues": [venue_row(venue) for venue in known],
            "Markets": [market_row(market) for market in markets],
            "Tiers": [row for market in markets for row in tier_rows(market)],
        }
    )


def venue_row(venue: Venue, rule: Rule | None = None) -> Row:
    """A venue's row, under its newest rule where none is given."""
    rule = rule or venue.rule
    trigger = venue.taker if rule.trigger_fee is None else rule.trigger_fee
    cross = venue.may_become_cross
    return _row(
        {
            "Name": venue.name,
            "Max leverage": venue.default.max_leverage,
            "Maintenance rate": venue.default.maintenance_rate,
            "Liquidation penalty": venue.liquidation_fee or 0.0,
            "Taker fee": venue.taker,
            "Spread": venue.spread,
            "Funding rate": venue.funding_rate,
            "Funding hours": venue.funding_hours,
            "Borrow rate": venue.borrow_rate,
            "Maker fee": venue.maker,
            "Trigger fee": trigger if rule.fee_in_trigger else None,
            "Model": rule.model,
            "Tiering": venue.tiering,
            "Remainder": venue.remainder,
            "Margin after": venue.margin_after,
            "To cross": None if cross is None else ("yes" if cross else "no"),
            "Currency": venue.account_currency,
            **_source(venue.default.source),
        }
    )


def market_row(market: Market) -> Row:
    """A market's row; what is the venue's stays blank."""
    return _row(
        {
            "Venue": market.venue,
            "Symbol": market.symbol,
            "Instrument": market.instrument,
            "Max leverage": market.max_leverage,
            "Maintenance rate": market.maintenance_rate,
            "Taker fee": market.taker,
            "Maker fee": market.maker,
            "Liquidation fee": market.liquidation_fee,
            "Lot": market.lot,
            "Tick": market.tick,
            "Figures": market.significant_figures,
            "Decimals": market.decimals,
            "Smallest notional": market.min_notional,
            "Contract size": market.contract_size,
            "Funding hours": market.funding_hours,
            "Tiers to": market.tiers_to,
            **_source(market.source),
        }
    )


def tier_rows(market: Market) -> Iterator[Row]:
    """A market's tiers, lowest first."""
    for tier in market.tiers:
        yield _row(
            {
                "Venue": market.venue,
                "Symbol": market.symbol,
                "Floor": tier.floor,
                "Rate": tier.rate,
                "Max leverage": tier.max_leverage,
                **{k: v for k, v in _source(market.source).items() if k != "Confidence"},
            }
        )


def _source(source: Source) -> dict[str, InputValue | None]:
    words = str(source)
    if len(words) > LONGEST:
        words = source.what[:LONGEST]
    day = source.as_of
    return {
        "Source": words,
        "As of": None if day is None else float((day - _EPOCH).days),
        "Confidence": source.confidence,
    }


def _row(values: dict[str, InputValue | None]) -> Row:
    return {header: value for header, value in values.items() if value is not None}
