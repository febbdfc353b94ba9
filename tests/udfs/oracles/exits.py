"""Exits."""

from __future__ import annotations

from typing import Any

from tests.udfs.oracles.cells import NA, NUM, Cell, Rows, Side, flat, named, sign

TRANCHES = (
    "Tranche | Trigger | Price | Close fraction | Close quantity | Realised P&L"
    " | Remaining quantity | Cumulative P&L | Liquidation price after"
)
TIERS = "Tier | Price | Close quantity | Loss at tier | Cumulative loss | Remaining quantity"


def scale_out(
    side: Side, entry: float, quantity: float, leverage: float, triggers: Any = (0.5, 1.0),
    fractions: Any = (0.25, 0.25), basis: str = 'margin', of: str = 'original', fee_rate: float = 0,
    trail: float = 0, maintenance_rate: float = 0, headers: bool = False,
) -> Rows:  # fmt: skip
    """The tranches one after another, then the runner (fees are left out)."""
    assert fee_rate == 0, "this oracle knows no fees"
    s = sign(side)
    moves = list(triggers) if isinstance(triggers, tuple) else flat(triggers)
    parts = list(fractions) if isinstance(fractions, tuple) else flat(fractions)
    margin = quantity * entry / leverage
    remaining = quantity
    total = 0.0
    price = entry
    rows: Rows = []
    if headers:
        rows.append(named(TRANCHES))
    for i, (move, part) in enumerate(zip(moves, parts, strict=True)):
        price_move = move / leverage if basis == "margin" else move
        price = entry * (1 + s * price_move)
        close = part * (quantity if of == "original" else remaining)
        gain = s * close * (price - entry)
        remaining -= close
        total += gain
        after: Cell = NA
        if remaining > 1e-12 * quantity:
            if margin <= maintenance_rate * remaining * entry:
                after = NUM
            else:
                left_over = remaining * entry - s * margin
                after = max(left_over / (remaining * (1 - s * maintenance_rate)), 0.0)
        rows.append([i + 1, move, price, part, close, gain, remaining, total, after])
    exit_price = price * (1 - s * trail)
    gain = s * remaining * (exit_price - entry)
    part = remaining / quantity if of == "original" else 1.0
    move = s * (exit_price - entry) / entry * (leverage if basis == "margin" else 1)
    rows.append(["Runner", move, exit_price, part, remaining, gain, 0.0, total + gain, NA])
    return rows


def stop_ladder(
    side: Side, entry: float, stop: float, quantity: float, soft_at: float = 0.3,
    soft_close: float = 0.5, hard: str = 'price', fee_rate: float = 0, leverage: float = 0,
    maintenance_rate: float = 0, headers: bool = False,
) -> Rows:  # fmt: skip
    """Soft tier, hard tier (fees and the liquidation check are left out)."""
    assert fee_rate == 0, "this oracle knows no fees"
    s = sign(side)
    planned = quantity * abs(entry - stop)
    soft_price = entry - s * soft_at * planned / quantity
    closed = soft_close * quantity
    soft_loss = closed * abs(entry - soft_price)
    left = quantity - closed
    hard_price = stop
    if hard == "loss" and left > 0:
        hard_price = entry - s * (planned - soft_loss) / left
    hard_loss = left * abs(entry - hard_price)
    rows: Rows = []
    if headers:
        rows.append(named(TIERS))
    rows.append(["Soft", soft_price, closed, soft_loss, soft_loss, left])
    rows.append(["Hard", hard_price, left, hard_loss, soft_loss + hard_loss, 0.0])
    return rows


def trailing_stop(
    side: Side, entry: float, best_price: float, trail: float, activate_at: float = 0,
) -> Cell:  # fmt: skip
    """Best price less the trail, once the move is the activation or more."""
    best_price = max(entry, best_price) if sign(side) > 0 else min(entry, best_price)
    s = sign(side)
    moved = s * (best_price - entry) / entry
    if activate_at > 0 and moved < activate_at - 1e-12:
        return NA
    return best_price * (1 - s * trail)
