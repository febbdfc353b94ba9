"""Size and carry."""

from __future__ import annotations

import math

from tests.udfs.oracles.cells import DAYS_PER_YEAR, NUM, Cell, Side, sign


def to_lots(quantity: float, lot_size: float) -> float:
    """Round down to whole lots; a hair below a whole lot counts as that lot."""
    if lot_size <= 0:
        return quantity
    lots = quantity / lot_size
    nearest = round(lots)
    if abs(lots - nearest) <= 1e-9:
        return nearest * lot_size
    return math.floor(lots) * lot_size


def bought(
    account: float, risk: float, loss: float, entry: float, lot_size: float, max_leverage: float
) -> float | str:
    """What the risk pays for at so much lost a unit, as far as the leverage allows."""
    if loss == 0:
        return NUM
    quantity = account * risk / loss
    if max_leverage > 0:
        quantity = min(quantity, account * max_leverage / entry)
    return to_lots(quantity, lot_size)


def position_size(
    account: float, risk: float, entry: float, stop: float, fee_rate: float = 0,
    slippage: float = 0, lot_size: float = 0, max_leverage: float = 0,
) -> Cell:  # fmt: skip
    """Cash at risk over what one unit loses at the stop."""
    loss = abs(entry - stop) + slippage * stop + fee_rate * (entry + stop)
    return bought(account, risk, loss, entry, lot_size, max_leverage)


def position_size_vol(
    account: float, risk: float, entry: float, volatility: float, multiple: float = 1,
    fee_rate: float = 0, lot_size: float = 0, max_leverage: float = 0,
) -> Cell:  # fmt: skip
    """Cash at risk over an adverse move; both fees are counted on the entry price."""
    loss = entry * volatility * multiple + 2 * fee_rate * entry
    return bought(account, risk, loss, entry, lot_size, max_leverage)


def carry_cost(
    side: Side, notional: float, days: float, funding_rate: float, funding_hours: float = 8,
    borrow_rate: float = 0, borrowed: float | None = None, compounds_per_year: float = 0,
) -> Cell:  # fmt: skip
    """Funding pro rata plus interest; a year has 365 days."""
    funding = sign(side) * notional * funding_rate * days * 24 / funding_hours
    debt = notional if borrowed is None else borrowed
    years = days / DAYS_PER_YEAR
    if compounds_per_year == 0:
        interest = debt * borrow_rate * years
    else:
        periods = compounds_per_year * years
        interest = debt * math.expm1(periods * math.log1p(borrow_rate / compounds_per_year))
    return funding + interest


def breakeven_price(
    side: Side, entry: float, quantity: float, fee_rate: float = 0, carry: float = 0,
) -> Cell:  # fmt: skip
    """Exit price P with s*(P - E)*q = f*E*q + f*P*q + carry."""
    s = sign(side)
    return (s * entry + fee_rate * entry + carry / quantity) / (s - fee_rate)
