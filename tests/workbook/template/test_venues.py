"""The venues a new workbook starts with: sourced, dated where their source is, room for more."""

from __future__ import annotations

import pytest

from workbook import bundled
from workbook.inputs import Inputs, from_toml
from workbook.template.fields import TABLES


@pytest.fixture(scope="module")
def shipped() -> Inputs:
    return from_toml(bundled.text("template/venues.toml"), "venues.toml")


def test_every_venue_and_tier_says_where_it_is_from(shipped: Inputs) -> None:
    for name in ("Venues", "Tiers"):
        for row in shipped.tables[name]:
            assert len(str(row["Source"])) > 20, row
            assert "As of" in row or "gist" in str(row["Source"]) or "tests" in str(row["Source"])


def test_terms_that_no_source_documents_are_called_so(shipped: Inputs) -> None:
    for row in shipped.tables["Venues"]:
        source = str(row["Source"])
        assert "illustrative" in source or "assumed" in source, row


def test_there_is_room_for_more(shipped: Inputs) -> None:
    assert len(shipped.tables["Venues"]) + 4 <= TABLES["Venues"].rows
    assert len(shipped.tables["Tiers"]) + 4 <= TABLES["Tiers"].rows


def test_tiers_are_of_venues_that_are_there_and_begin_with_their_rate(shipped: Inputs) -> None:
    rates = {row["Name"]: row["Maintenance rate"] for row in shipped.tables["Venues"]}
    floors: dict[object, list[tuple[float, float]]] = {}
    for row in shipped.tables["Tiers"]:
        floors.setdefault(row["Venue"], []).append((float(row["Floor"]), float(row["Rate"])))
    assert floors
    for venue, tiers in floors.items():
        assert tiers == sorted(tiers)
        assert tiers[0] == (0, rates[venue])
