"""The inputs of the portfolio: how prices move together, and what is assumed of the market.

Correlations and betas belong to a place on the Risk sheet: its first rows are the first rows of
the plan that could be computed.
"""

from __future__ import annotations

from itertools import combinations

from workbook.template.spec import Setting

PLACES = 8  # positions that the Risk sheet holds
OWN = "yours"


def pair_name(one: int, other: int) -> str:
    """Defined name of the correlation typed for two places, counted from 1."""
    return f"Correlation_{one}_{other}"


def beta_name(place: int) -> str:
    """Defined name of the beta typed for a place."""
    return f"Beta_{place}"


def _pair(one: int, other: int) -> Setting:
    return Setting(
        section="portfolio",
        key=f"correlation_{one}_{other}",
        name=pair_name(one, other),
        label=f"Correlation of {one} and {other}",
        unit="correlation",
        kind="correlation",
        prompt="How the two prices move together: 1 as one, 0 apart, -1 against each other. Blank: "
        "of the daily closes, else the setting. Example: 0.8.",
        source=OWN,
        sheet="Risk",
        optional=True,
    )


def _beta(place: int) -> Setting:
    return Setting(
        section="portfolio",
        key=f"beta_{place}",
        name=beta_name(place),
        label=f"Beta of {place}",
        unit="x market",
        kind="beta",
        prompt="How far its price moves when the market moves by 1. Blank: 1. Example: 1.3.",
        source=OWN,
        sheet="Risk",
        optional=True,
    )


PLACES_INPUTS: tuple[Setting, ...] = (
    *(_pair(one, other) for one, other in combinations(range(1, PLACES + 1), 2)),
    *(_beta(place) for place in range(1, PLACES + 1)),
)
