"""What the Office.js site takes from the workbook: its files, the plan's cells, the markets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from addin.officejs.book import web_workbook
from addin.officejs.markets import MarketTerms
from addin.officejs.site import build_site
from addin.package import Package
from addin.package.addresses import a1
from workbook import bundled
from workbook.terms import Market, Source, Venue, venues

# The page's fields and where they go: a column of Plan's first row, or a named cell.
_COLUMNS = {
    "symbol": "Symbol",
    "side": "Side",
    "venue": "Venue",
    "entry": "Entry",
    "stop": "Stop",
    "days": "Days",
    "leverage": "Leverage",
    "volatility": "Volatility",
    "funding": "Funding",
    "lot": "Lot",
}
_NAMES = {"account": "Account_equity", "risk": "Risk_per_trade"}
# Models that the page can compute; a market of another kind is planned in the workbook.
_MODELS = ("mark", "entry")


def build(folder: Path, url: str, pyodide: Path | None, contact: str = "") -> list[Path]:
    """The site for the address ``url``, in ``folder``; the files that were written."""
    template = bundled.template()
    files = {
        "isomargin-web.xlsx": web_workbook(template),
        "plan.xlsx": template,
        "plan-cells.json": plan_cells(template).encode(),
    }
    return build_site(url, folder, files, markets(), pyodide, contact)


def plan_cells(template: bytes) -> str:
    """Part and address of each of the page's fields in the template, as JSON."""
    package = Package.open(template)
    plan = package.tables["Plan"]
    part = package.sheet_parts[plan.sheet]
    places = {}
    for name, header in _COLUMNS.items():
        column = plan.column(header)
        if column is not None:
            places[name] = (part, a1(plan.first_row, column))
    for name, defined in _NAMES.items():
        target = package.names[defined].target
        assert target is not None
        sheet, cells = target
        places[name] = (package.sheet_parts[sheet], a1(cells.top, cells.left))
    return json.dumps(places, indent=1) + "\n"


def markets() -> list[MarketTerms]:
    """Every market whose terms ship, and each venue's terms for any other."""
    found = [
        terms for venue in venues() if venue.rule.model in _MODELS for terms in _of_venue(venue)
    ]
    # A market of a real venue to begin with.
    return sorted(found, key=lambda one: (one.venue, one.symbol) != ("Hyperliquid", "ETH"))


def _of_venue(venue: Venue) -> Iterator[MarketTerms]:
    for market in venue.markets:
        yield _terms(venue, market, market.source)
    yield _terms(venue, None, venue.default.source)


def _terms(venue: Venue, market: Market | None, source: Source) -> MarketTerms:
    today = source.as_of or venue.as_of or date.max
    taker = venue.taker if market is None or market.taker is None else market.taker
    penalty = None if market is None else market.liquidation_fee
    penalty = penalty if penalty is not None else venue.liquidation_fee
    hours = None if market is None else market.funding_hours
    rule = venue.rule
    tiers = () if market is None else market.tiers
    return MarketTerms(
        venue=venue.name,
        symbol="" if market is None else market.symbol,
        as_of="unknown" if source.as_of is None else source.as_of.isoformat(),
        source=str(source),
        rates={
            "maintenance": tiers[0].rate if tiers else venue.default.maintenance_rate,
            "trigger_fee": venue.trigger_fee_on(today) if rule.fee_in_trigger else 0,
            "fee": taker,
            "spread": venue.spread,
            "funding": venue.funding_rate,
            "borrow": venue.borrow_rate,
            "penalty": penalty or 0,
        },
        numbers={
            "funding_hours": hours or venue.funding_hours,
            "max_leverage": venue.default.max_leverage if market is None else market.max_leverage,
            "lot": 0 if market is None else market.lot,
        },
        model=rule.model,
        remainder=venue.remainder,
        tiering=venue.tiering,
        tiers=[[tier.floor, tier.rate] for tier in tiers],
    )
