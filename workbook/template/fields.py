"""Every input of the workbook, in one list: the sheets, the files people fill in and the tests
all read it from here.

`INPUTS` are the inputs of the whole book (each a defined name); `TABLES` are the Excel tables.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from workbook.template.portfolio import PLACES_INPUTS
from workbook.template.spec import Column, Setting, Table
from workbook.template.tables.journal import EXITS, FILLS, JOURNAL
from workbook.template.tables.markets import CANDLES, MARKETS, TIERS, VENUES
from workbook.template.tables.now import NOW
from workbook.template.tables.plan import PLAN

__all__ = ["FIXED", "INPUTS", "TABLES", "Column", "Fixed", "Setting", "Table", "by_key"]

OWN = "yours"  # the source of what only the person can know


class Fixed(NamedTuple):
    """A number that formulas need and nobody needs to change; it has a name like an input."""

    name: str
    label: str
    unit: str
    value: float
    format: str
    why: str


def _read() -> tuple[tuple[Setting, ...], tuple[Fixed, ...]]:
    text = files("workbook").joinpath("template/settings.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    inputs = [
        Setting(**{**given, "choices": tuple(given.get("choices", ()))})
        for given in content["inputs"]
    ]
    return tuple(inputs), tuple(Fixed(**given) for given in content["fixed"])


_WRITTEN, FIXED = _read()
INPUTS: tuple[Setting, ...] = (*_WRITTEN, *PLACES_INPUTS)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (VENUES, MARKETS, TIERS, CANDLES, PLAN, NOW, JOURNAL, EXITS, FILLS)
}


def by_key(section: str, key: str) -> Setting:
    """The input of that TOML section and key."""
    for field in INPUTS:
        if (field.section, field.key) == (section, key):
            return field
    known = ", ".join(field.key for field in INPUTS if field.section == section)
    raise KeyError(f"[{section}] has no {key!r}; it has: {known or 'nothing'}")
