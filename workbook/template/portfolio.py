"""The inputs of the portfolio: how prices move together, and what is assumed of the market.

Correlations and betas belong to a place on the Risk sheet: its first rows are the first rows of
the plan that could be computed.
"""

from __future__ import annotations

from itertools import combinations

from workbook.template.spec import Field

PLACES = 8  # positions that the Risk sheet holds
OWN = "yours"
CHOSEN = "choice of this template, 2026-11"


def pair_name(one: int, other: int) -> str:
    """Defined name of the correlation typed for two places, counted from 1."""
    return f"Correlation_{one}_{other}"


def beta_name(place: int) -> str:
    """Defined name of the beta typed for a place."""
    return f"Beta_{place}"


def _pair(one: int, other: int) -> Field:
    return Field(
        "portfolio",
        f"correlation_{one}_{other}",
        pair_name(one, other),
        f"Correlation of {one} and {other}",
        "correlation",
        "correlation",
        None,
        "How the two prices move together: 1 as one, 0 apart, -1 against each other. Blank: the "
        "setting. Example: 0.8.",
        OWN,
        sheet="Risk",
        optional=True,
    )


def _beta(place: int) -> Field:
    return Field(
        "portfolio",
        f"beta_{place}",
        beta_name(place),
        f"Beta of {place}",
        "x market",
        "beta",
        None,
        "How far its price moves when the market moves by 1. Blank: 1. Example: 1.3.",
        OWN,
        sheet="Risk",
        optional=True,
    )


PORTFOLIO: tuple[Field, ...] = (
    Field(
        "portfolio",
        "default_correlation",
        "Default_correlation",
        "Correlation where none is typed",
        "correlation",
        "correlation",
        0.8,
        "Crypto prices mostly move together; type what you know on Risk. Example: 0.8.",
        CHOSEN,
    ),
    Field(
        "portfolio",
        "days",
        "Risk_days",
        "Days ahead",
        "days",
        "days",
        7.0,
        "How far ahead the chances on Risk look. Example: 7.",
        CHOSEN,
        sheet="Risk",
    ),
    Field(
        "portfolio",
        "shock",
        "Market_shock",
        "Market shock",
        "% of price",
        "shock",
        -0.1,
        "A jump of the whole market from the entries. Type -10%, not -10.",
        CHOSEN,
        sheet="Risk",
    ),
    *(_pair(one, other) for one, other in combinations(range(1, PLACES + 1), 2)),
    *(_beta(place) for place in range(1, PLACES + 1)),
)
