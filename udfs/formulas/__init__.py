"""The formulas, by topic. Each is one function; `udfs.catalogue` makes a formula of it."""

from udfs.formulas import (
    carry,
    exits,
    journal,
    liquidation,
    liquidation_room,
    markets,
    perps_v2,
    portfolio,
    probability,
    service,
    sizing,
    venues,
)

__all__ = [
    "carry",
    "exits",
    "journal",
    "liquidation",
    "liquidation_room",
    "markets",
    "perps_v2",
    "portfolio",
    "probability",
    "service",
    "sizing",
    "venues",
]
