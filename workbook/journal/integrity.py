"""What keeps a taken plan as it was: a seal that formulas compare, and a fingerprint.

Both are a guard against slips and against a kinder memory, not against somebody who means to
deceive: who can change a cell can also change its seal.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from addin.package import Package, TableRows
from workbook.template.tables.journal import FROZEN

DIGITS = 12


def seal(row: Mapping[str, object]) -> tuple[float, str]:
    """The control number and the words of a frozen row, as the sheet's own formulas have them."""
    pi = math.pi

    def number(header: str) -> float:
        value = row.get(header)
        return float(value) if isinstance(value, (int, float)) else 0.0

    price = size = 0.0
    if number("Entry") > 0:
        price = (
            ((number("Stop") * pi + number("Liq price")) * pi + number("Target 1")) * pi
            + number("Target 2")
        ) / number("Entry") + math.log(number("Entry"))
    if number("Risk") * number("Units") > 0:
        size = (
            (math.log(number("Units")) * pi + number("Leverage")) * pi + math.log(number("Risk"))
        ) * pi + number("Plan carry") / number("Risk")
    total = price + pi * size + number("Chance") * pi + number("Days")
    words = "|".join(
        str(row.get(header) or "") for header in ("Symbol", "Side", "Venue", "Reason", "Made by")
    )
    return total, words


def fingerprint(row: Mapping[str, object]) -> str:
    """A short hash of a row's frozen cells, numbers to ten digits, as every program keeps them."""
    cells = [f"{header}={_text(row.get(header))}" for header in FROZEN]
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:DIGITS]


def _text(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.10g}"
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Finding:
    """What is wrong with a trade's history, in words."""

    trade: int | None
    words: str


def check(package: Package) -> tuple[int, list[Finding]]:
    """How many trades have a fingerprint, and what was changed, lost or numbered twice."""
    rows = TableRows(package, "Journal")
    found, checked, numbers = [], 0, []
    for row in rows.filled():
        number = rows.number(row, "Trade")
        trade = None if number is None else int(number)
        name = f"row {row}" if trade is None else f"trade {trade}"
        name += f" ({rows.value(row, 'Symbol') or 'no symbol'})"
        if trade is not None:
            numbers.append(trade)
        kept = rows.value(row, "Fingerprint")
        if kept is not None:
            checked += 1
            if kept != fingerprint({header: rows.value(row, header) for header in FROZEN}):
                found.append(Finding(trade, f"{name}: its plan was changed after it was taken"))
    for trade, count in sorted(Counter(numbers).items()):
        if count > 1:
            found.append(Finding(trade, f"trade {trade}: {count} rows have its number"))
    gone = sorted(set(range(1, max(numbers, default=0))) - set(numbers))
    found += [Finding(one, f"trade {one} is gone from the journal") for one in gone]
    return checked, found
