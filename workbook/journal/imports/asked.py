"""What a file leaves open, as a person says it: columns of another name, prices, how it writes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from workbook.actions import ActionError
from workbook.journal.imports.reading import Options

Price = tuple[str, dt.date | None, Decimal]


def columns_of(given: Iterable[str]) -> dict[str, str]:
    """Fields of own files by their columns, from texts like time=Date,price=Px."""
    from workbook.journal.imports.describe import GENERIC_FIELDS

    found: dict[str, str] = {}
    for one in [piece for text in given for piece in text.split(",")]:
        field, mark, header = one.partition("=")
        field = field.strip().lower()
        if not mark or not header.strip() or field not in GENERIC_FIELDS:
            raise ActionError(
                f"{one[:60]!r}: write FIELD=COLUMN, like time=Date,price=Px; fields are"
                f" {', '.join(GENERIC_FIELDS)}"
            )
        found[field] = header.strip()
    return found


def price_of(one: str) -> Price:
    """A coin's price in dollars, of a day or of all."""
    coin, mark, price = one.partition("=")
    coin, at, day = coin.strip().upper().partition("@")
    try:
        value = Decimal(price.strip())
        date = dt.date.fromisoformat(day) if at else None
    except (ValueError, ArithmeticError):
        value, date = Decimal(0), None
    if not value.is_finite():
        value = Decimal(0)
    if not mark or not coin or len(coin) > 20 or not 0 < value < 10**15 or not coin.isalnum():
        raise ActionError(
            f"{one[:60]!r}: write a coin and a price, like BNB=600 or BNB@2026-11-20=600"
        )
    return coin, date, value


def said(text: str, options: Options) -> tuple[Options, list[Price]]:
    """What a line like ``decimal comma, day first, price BNB=600`` adds to the options.

    >>> said("month first; decimal comma", Options())[0].decimal
    'comma'
    """
    prices: list[Price] = []
    columns: list[str] = []
    for piece in filter(None, (part.strip() for part in re.split(r"[;,\n]", text))):
        what, _, rest = " ".join(piece.split()).partition(" ")
        match what.lower(), rest.lower():
            case "decimal", "comma":
                options = replace(options, decimal="comma")
            case "decimal", "point":
                options = replace(options, decimal="point")
            case ("day" | "month") as order, "first":
                options = replace(options, day_first=order == "day")
            case "price", _:
                prices.append(price_of(rest))
            case "map", _:
                columns.append(rest)
            case _ if columns and "=" in piece:
                columns.append(piece)
            case _:
                raise ActionError(
                    f"{piece[:60]!r} is not understood: write what a message asked for, like"
                    " decimal comma, day first, price BNB=600, or map time=Date,price=Px"
                )
    return replace(options, columns=columns_of(columns)), prices
