"""How many coins a contract is, from a venue's own figures."""

from __future__ import annotations

from decimal import Decimal

# Sizes of contracts are 1, 2, 2.5 or 5 times a power of ten.
_HEADS = tuple(Decimal(head) for head in ("1", "2", "2.5", "5"))
_NEAR = Decimal("0.004")


def nice_size(rough: Decimal) -> Decimal | None:
    """The size that a contract may have, near a figure spoilt by rounding.

    >>> nice_size(Decimal("0.0099987")), nice_size(Decimal("0.7"))
    (Decimal('0.01'), None)
    """
    if rough <= 0:
        return None
    power = Decimal(1).scaleb(rough.adjusted())
    for scale in (power, power * 10):
        for head in _HEADS:
            size = head * scale
            if abs(rough - size) <= size * _NEAR:
                return size.normalize() + 0
    return None
