"""What holding a position costs in a day."""

from __future__ import annotations

from udfs.maths.arrays import Numeric
from udfs.maths.contract import is_zero

HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.0  # crypto trades every day


def carry_per_day(
    side: Numeric,
    notional: Numeric,
    funding_rate: Numeric,
    funding_hours: Numeric,
    borrow_rate: Numeric,
    borrowed: Numeric,
) -> Numeric:
    """Funding and simple interest of one day; negative when received."""
    funding = side * notional * funding_rate * (HOURS_PER_DAY / funding_hours)
    return funding if is_zero(borrow_rate) else funding + borrowed * borrow_rate / DAYS_PER_YEAR
