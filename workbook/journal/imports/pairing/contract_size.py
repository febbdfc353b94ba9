"""How many coins a contract of a book is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from workbook.journal.imports.events import CONTRACTS, Event, Fill, PositionSide
from workbook.journal.imports.pairing.position import other_side
from workbook.journal.imports.pairing.trade import Key
from workbook.journal.imports.venues.contract_size import nice_size

# Contract sizes that venues publish, for files whose own figures do not tell them.
_KNOWN_SIZES = {
    ("OKX", coin): Decimal(size)
    for coin, size in (
        ("BTC", "0.01"), ("ETH", "0.1"), ("SOL", "1"), ("XRP", "100"), ("DOGE", "1000"),
        ("ADA", "100"), ("LTC", "1"), ("TAO", "0.01"),
    )
}  # fmt: skip


def contract_size(key: Key, events: Sequence[Event]) -> Decimal | None:
    """How many coins a contract is: told by results of closing fills, or published.

    Result = contracts x size x (price - average entry), so a book kept in contracts tells it.
    """
    fills = [event for event in events if isinstance(event, Fill)]
    if not any(fill.unit == CONTRACTS for fill in fills):
        return Decimal(1)
    found: Counter[Decimal] = Counter()
    held: dict[PositionSide, tuple[Decimal, Decimal]] = {}
    for fill in fills:
        direction: PositionSide = "long" if fill.side == "buy" else "short"
        side = fill.position_side or (other_side(direction) if fill.realised else direction)
        quantity, value = held.get(side, (Decimal(0), Decimal(0)))
        if side == direction:
            held[side] = quantity + fill.quantity, value + fill.quantity * fill.price
            continue
        if quantity <= 0:
            continue
        part = min(quantity, fill.quantity)
        difference = (fill.price - value / quantity) * (1 if side == "long" else -1)
        if fill.realised and difference and fill.quantity <= quantity:
            size = nice_size(fill.realised / (fill.quantity * difference))
            if size is not None:
                found[size] += 1
        held[side] = quantity - part, value * (quantity - part) / quantity
    if found:
        return found.most_common(1)[0][0]
    return _KNOWN_SIZES.get((key[0], key[2].partition("-")[0]))
