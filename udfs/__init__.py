"""isomargin's formulas: margin arithmetic on plain cell values, for every host alike.

``catalogue`` maps each formula's Excel name to the formula, in the order of the reference.
"""

from udfs import (
    carry,
    chance,
    exits,
    joint,
    journal,
    liquidation,
    perps_v2,
    portfolio,
    service,
    sizing,
    venues,
)
from udfs.cells import OMITTED
from udfs.errors import CellError
from udfs.registry import Formula, catalogue
from udfs.version import __version__

__all__ = [
    "OMITTED",
    "CellError",
    "Formula",
    "__version__",
    "carry",
    "catalogue",
    "chance",
    "exits",
    "joint",
    "journal",
    "liquidation",
    "perps_v2",
    "portfolio",
    "service",
    "sizing",
    "venues",
]
