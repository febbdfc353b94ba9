"""Rows that the tests of the template share, and the template filled with rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row

# No fees and no spread, so that costs are what a test makes them.
VENUE: Row = {
    "Name": "Here", "Max leverage": 50, "Maintenance rate": 0.005, "Liquidation penalty": 0.12,
    "Taker fee": 0.0, "Spread": 0.0, "Funding rate": 0.0001, "Funding hours": 8, "Borrow rate": 0.0,
    "Model": "mark", "Remainder": "seized", "Confidence": "illustrative",
}  # fmt: skip
# Risks 200 of an account of 10000 on 50 units.
LONG: Row = {
    "Symbol": "ETH", "Side": "long", "Venue": "Here", "Entry": 100, "Stop": 96, "Days": 7,
}  # fmt: skip


def computed(
    data: bytes,
    plans: tuple[Row, ...],
    journal: tuple[Row, ...],
    settings: Mapping[str, Any] | None = None,
) -> EmbeddedBook:
    """The template with that venue and these rows, computed."""
    package = Package.open(data)
    tables = {"Venues": [VENUE], "Plan": list(plans), "Journal": list(journal)}
    write_inputs(package, Inputs(dict(settings or {}), tables))
    return open_book(package, catalogue)
