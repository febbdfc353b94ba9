"""Quantities in whole lots, and under a cap."""

from __future__ import annotations

import numpy as np

from udfs.maths.arrays import Numeric
from udfs.maths.contract import is_zero

# A quantity this close to a whole lot (relative to the number of lots) is that lot: 0.3/0.1 is
# 2.9999999999999996 in floating point, and a lot must not be lost to that.
LOT_TOLERANCE = 1e-9


def whole_lots(quantity: Numeric, lot_size: Numeric) -> Numeric:
    """The quantity rounded down to whole lots, where a lot size is given."""
    if is_zero(lot_size):
        return quantity
    lots = quantity / np.where(lot_size > 0, lot_size, 1.0)
    nearest = np.round(lots)
    close = np.abs(lots - nearest) <= LOT_TOLERANCE * np.maximum(nearest, 1.0)
    whole = np.where(close, nearest, np.floor(lots))
    return np.where(lot_size > 0, whole * lot_size, quantity)


def capped(
    quantity: Numeric, account: Numeric, unit_value: Numeric, max_leverage: Numeric
) -> Numeric:
    """The quantity, at most as large as the account times max_leverage buys."""
    if is_zero(max_leverage):
        return quantity
    most = np.where(max_leverage > 0, account * max_leverage / unit_value, np.inf)
    return np.minimum(quantity, most)
