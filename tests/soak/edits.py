"""Random edits, as a person's: any input cell of the template, mostly a good value in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from addin.package import Package
from addin.package.addresses import a1
from workbook.template.fields import INPUTS, TABLES
from workbook.template.spec import KINDS, Column, Setting

# The kinds whose whole range no person would type: prices of 1e-12 drown everything else.
_USUAL = {
    "money": (100.0, 100_000.0), "floor": (0.0, 100_000.0), "cash": (-500.0, 500.0),
    "price": (1.0, 200.0), "quantity": (0.0, 100.0), "leverage": (1.0, 50.0),
    "days": (0.0, 60.0), "hours": (1.0, 24.0), "rate": (-0.001, 0.001),
    "cost rate": (0.0, 0.01), "count": (1.0, 8.0), "number": (1.0, 40.0),
}  # fmt: skip
_WRONG = (0.0, -1.0, 2.0, 1e300, "later", "2%", "=1+1", True)


@dataclass(frozen=True)
class Input:
    """An input cell, and what may be typed into it."""

    sheet: str
    address: str
    kind: str
    choices: tuple[str, ...] = ()


def inputs_of(book: Package) -> list[Input]:
    """Every input cell of a workbook made from the template, but for the journal's own history."""
    return [*_settings(book), *_rows(book)]


def _settings(book: Package) -> list[Input]:
    found = []
    for known in INPUTS:
        target = book.names[known.name].target
        assert target is not None
        sheet, area = target
        found.append(_input(sheet, area.top, area.left, known))
    return found


def _rows(book: Package) -> list[Input]:
    venues = tuple(_column(book, "Venues", "Name"))
    found = []
    for name in ("Plan", "Venues", "Tiers", "Journal", "Exits"):
        table = book.table(name)
        for column in TABLES[name].inputs:
            at = table.column(column.header)
            assert at is not None
            for row in range(table.first_row, min(table.last_row, table.first_row + 9) + 1):
                choices = venues if column.list_name else column.choices
                found.append(_input(table.sheet, row, at, column, choices))
    return found


def _column(book: Package, name: str, header: str) -> list[str]:
    table = book.table(name)
    at = table.column(header)
    assert at is not None
    rows = range(table.first_row, table.last_row + 1)
    values = (book.value(table.sheet, a1(row, at)) for row in rows)
    return [value for value in values if isinstance(value, str)]


def _input(
    sheet: str,
    row: int,
    column: int,
    known: Setting | Column,
    choices: tuple[str, ...] | None = None,
) -> Input:
    return Input(sheet, a1(row, column), known.kind, known.choices if choices is None else choices)


def typed(cell: Input, draw: random.Random) -> object:
    """What is typed into an input this time: nothing in one of ten, nonsense in one of twenty."""
    luck = draw.random()
    if luck < 0.1:
        return None
    if luck < 0.15:
        return draw.choice(_WRONG)
    if cell.choices:
        return draw.choice(cell.choices)
    return _VALUES.get(KINDS[cell.kind].validation, _number)(cell, draw)


def _number(cell: Input, draw: random.Random) -> object:
    kind = KINDS[cell.kind]
    low, high = _USUAL.get(cell.kind, (kind.low or 0.0, kind.high or 1.0))
    return round(draw.uniform(low, high), 6)


def _whole(cell: Input, draw: random.Random) -> object:
    return float(round(float(_number(cell, draw))))  # type: ignore[arg-type]


def _words(cell: Input, draw: random.Random) -> object:
    return draw.choice(("ETH", "breakout", "=not a formula", "a note with a 'quote'"))


def _day(cell: Input, draw: random.Random) -> object:
    return 46_300.0 + draw.randrange(60) + draw.randrange(24) / 24


_VALUES: dict[str, Callable[[Input, random.Random], object]] = {
    "whole": _whole,
    "textLength": _words,
    "date": _day,
}
