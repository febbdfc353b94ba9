"""What costs in coins are worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

# Dollars under several names: costs in them count one to one. Others need a price.
DOLLARS = frozenset({"", "USD", "USDT", "USDC", "BUSD", "FDUSD", "USDE", "DAI", "SUSD", "USDT0"})

Prices: TypeAlias = Mapping[tuple[str, dt.date | None], Decimal]
"""Of one coin, by coin and day; None for any day."""


class Costs:
    """What costs are worth, and which coins had no price."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._missing: dict[str, Decimal] = {}

    def value(self, cost: Decimal, coin: str, time: dt.datetime) -> Decimal | None:
        """A cost in account currency; None where the coin has no price."""
        if not cost:
            return Decimal(0)
        coin = coin.upper()
        price = self._prices.get((coin, time.date()), self._prices.get((coin, None)))
        if price is not None:
            return cost * price
        if coin in DOLLARS:
            return cost
        self._missing[coin] = self._missing.get(coin, Decimal(0)) + cost
        return None

    def notes(self) -> list[str]:
        """Which costs wait for a price."""
        return [
            f"costs of {plain(total)} {coin} have no price yet, and their trades no result: give"
            f" one with --price {coin}=PRICE"
            for coin, total in self._missing.items()
        ]


def plain(number: Decimal | None) -> str:
    """A number as a message says it."""
    return "" if number is None else f"{number.normalize():f}"
