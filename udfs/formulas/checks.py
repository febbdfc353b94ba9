"""What relates arguments to each other, and the words where they do not go together."""

from __future__ import annotations

from typing import Any, TypeAlias

from udfs.errors import CellError
from udfs.maths.arrays import Numeric
from udfs.maths.contract import total

# Where it does not hold, the error there, and the words.
Check: TypeAlias = tuple[Any, CellError, str]


def stop_side(side: Numeric, entry: Numeric, stop: Numeric) -> Check:
    """A stop must lie where the trade loses."""
    return (
        side * (entry - stop) <= 0,
        CellError.NUM,
        "stop {stop} is on the wrong side of entry {entry} for a {side}:"
        " a long's stop lies below its entry, a short's above",
    )


def rates_below_one(maintenance_rate: Numeric, liquidation_fee: Numeric) -> Check:
    """What is required must not grow as fast as the position."""
    return (
        total(maintenance_rate, liquidation_fee) >= 1,
        CellError.NUM,
        "maintenance_rate {maintenance_rate} and liquidation_fee {liquidation_fee} must stay below"
        " 1 together; did you mean {maintenance_rate}% and {liquidation_fee}%?",
    )
