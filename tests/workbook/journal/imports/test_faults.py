"""Faults that imports of real layouts had, by kind: small files, and the trades by hand.

Each kind of fault is a file of cases in ``faults``. A case is its name, options, files (``>`` and
the name) and behind ``=`` one line a trade: symbol, side, opened, closed, quantity, fees, carry and
net. Whatever order the files come in, the trades are the same.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Trade, pair
from workbook.journal.imports.reading import Options, read_text

FOLDER = Path(__file__).parent / "faults"


@dataclass
class Case:
    name: str
    files: list[tuple[str, str]] = field(default_factory=list)
    trades: list[tuple[object, ...]] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    zone: str = ""
    prices: dict[str, str] = field(default_factory=dict)


def cases(path: Path) -> list[Case]:
    found = []
    for part in path.read_text("utf-8").split("\n# ") if path.exists() else []:
        head, *lines = part.removeprefix("# ").split("\n")
        case = Case(head)
        split = lines.index("=")
        for line in lines[:split]:
            if line.startswith("> "):
                case.files.append((line[2:], ""))
            elif case.files:
                name, text = case.files[-1]
                case.files[-1] = (name, f"{text}{line}\n")
            elif line.startswith("accounts: "):
                case.accounts = line.removeprefix("accounts: ").split(", ")
            elif line.startswith("zone: "):
                case.zone = line.removeprefix("zone: ")
            else:
                coin, _, price = line.removeprefix("price: ").partition("=")
                case.prices[coin] = price
        for line in filter(None, lines[split + 1 :]):
            symbol, side, opened, closed, *numbers = line.split(", ")
            case.trades.append(
                (symbol, side, opened, closed, *(float(n) if n else None for n in numbers))
            )
        found.append(case)
    return found


KINDS = {path.stem: cases(path) for path in sorted(FOLDER.glob("*.txt"))}
ALL = [
    pytest.param(case, id=f"{kind}: {case.name}") for kind, found in KINDS.items() for case in found
]


def shown(trade: Trade) -> tuple[object, ...]:
    return (
        trade.symbol, trade.side, f"{trade.opened:%m-%d %H:%M}" if trade.opened else "",
        f"{trade.closed:%m-%d %H:%M}", None if trade.quantity is None else float(trade.quantity),
        *(float(round(number, 8)) for number in (trade.fees, trade.carry, trade.net)),
    )  # fmt: skip


@pytest.mark.parametrize("case", ALL)
def test_each_fault_is_told_right_in_any_order_of_files(case: Case) -> None:
    options = Options(zone=ZoneInfo(case.zone) if case.zone else None, zone_name=case.zone)
    readings = []
    for at, (name, text) in enumerate(case.files):
        account = case.accounts[at] if case.accounts else ""
        reading = read_text(
            text, name, Options(zone=options.zone, zone_name=case.zone, account=account)
        )
        assert reading.problems == ()
        readings.append(reading)
    for order in itertools.permutations(readings):
        ledger = Ledger()
        for number, reading in enumerate((*order, order[0]), 1):
            ledger.add(reading, number)
        for coin, price in case.prices.items():
            assert pair(ledger.events(), ledger.prices()).trades[0].unpriced
            ledger.price(coin, Decimal(price), None, 9)
        paired = pair(ledger.events(), ledger.prices())
        found = sorted(map(shown, paired.trades), key=str)
        assert found == sorted(case.trades, key=str)


def test_every_kind_of_fault_has_cases_of_several_venues() -> None:
    assert len(KINDS) >= 16
    few = {kind for kind, found in KINDS.items() if len(found) < 2}
    assert not few, "one venue alone may be right by chance"
