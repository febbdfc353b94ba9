"""Tiers: where a venue asks for more maintenance margin of a larger position, on Settings."""

from __future__ import annotations

from workbook.template.spec import Column, Table
from workbook.template.tables.venues import VENUES

TIER = "TIERS OF MAINTENANCE"

TIERS = Table(
    name="Tiers",
    sheet="Settings",
    top=VENUES.top,
    left=VENUES.left + len(VENUES.columns) + 2,
    rows=16,
    row_key="Venue",
    columns=(
        Column("Venue", "word", TIER, 16, "choice", "venue",
               "A venue's name as in the table on the left. Example: Binance ETH.",
               list_name="Venue_names", required=True),
        Column("Floor", "money", TIER, 13, "floor", "floor",
               "Notional from which the rate holds; the first is 0. Example: 50000.",
               required=True),
        Column("Rate", "% of notional", TIER, 12, "cost rate", "rate",
               "Maintenance margin rate from there on. Type 0.5%, not 0.5.", required=True),
        Column("Source", "word", TIER, 44, "note", "source",
               "Where the tier comes from. Example: the venue's margin page."),
        Column("As of", "UTC", TIER, 12, "date", "as_of",
               "When you read it. Example: 2026-11-01."),
    ),
)
