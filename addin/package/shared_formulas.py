"""Shared formulas of a sheet's file: one cell has the text, and the others are numbered after it.

So Excel writes what a person fills down. Only what is sure is told here, `Different` is raised for
all else: a number that is unknown or stands for two formulas, a cell outside its formula's range.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from addin.package.addresses import Area, area, stored_cell
from addin.package.errors import PackageError
from addin.package.formula_text import moved
from addin.package.markup import MAIN, unescaped
from addin.package.xml import parse

_ELEMENT = re.compile(r'<f((?: [\w:]+="[^"<>]*")*)(?:/>|>([^<]*)</f>)')
_ATTRIBUTE = re.compile(r' ([\w:]+)="([^"]*)"')
_KNOWN = {"t", "ref", "si", "ca", "aca", "xml:space"}


class Different(Exception):
    """Rows that are not alike, or hold something that is not kept as columns."""


class SharedElement(NamedTuple):
    """A cell's formula as the file has it."""

    written: str
    number: str
    text: str  # "" where another cell has it

    @classmethod
    def of(cls, body: str) -> SharedElement | None:
        """The one that a cell's content begins with; None where its formula is not shared."""
        found = _ELEMENT.match(body)
        if found is None:
            return None
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        if attributes.get("t") != "shared":
            return None
        text = unescaped(found[2] or "")
        if attributes.keys() - _KNOWN or "si" not in attributes or bool(text) != (
            "ref" in attributes
        ):  # fmt: skip
            raise Different("a shared formula with something else about it")
        return cls(found[0], attributes["si"], text)

    @property
    def area(self) -> Area:
        """The cells that share it, where it has the text."""
        return _area(dict(_ATTRIBUTE.findall(self.written))["ref"])


class _Group(NamedTuple):
    """A shared formula as its first cell has it."""

    row: int
    column: int
    text: str
    area: Area


class SharedFormulas:
    """Those of one part, by number; the first ones stand in its `head`, down to a row's end."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._groups: dict[str, _Group] | None = None

    def take(self, element: SharedElement, row: int, column: int) -> None:
        """Note a formula that a cell below the first rows has; later ones may have its number."""
        if self._groups is None:
            self._groups = {}
            self._read_head()
        if element.text:
            self._add(element.number, _Group(row, column, element.text, element.area))

    def text(self, number: str, row: int, column: int) -> str:
        """What a cell computes that has this number."""
        group = (self._groups or {}).get(number)
        if group is None or not group.area.holds(row, column) or (row, column) < group[:2]:
            raise Different("a shared formula that is none of this cell")
        return moved(group.text, row - group.row, column - group.column)

    def _add(self, number: str, group: _Group) -> None:
        assert self._groups is not None
        if self._groups.setdefault(number, group) != group:
            raise Different("two shared formulas with one number")
        self._groups[number] = group

    def _read_head(self) -> None:
        try:
            root = parse(self._head + b"</sheetData></worksheet>", "the sheet's first rows")
        except PackageError:
            raise Different("first rows that cannot be read by themselves") from None
        for formula in root.iter(f"{MAIN}f"):
            if formula.get("t") == "shared" and formula.text:
                place = formula.getparent().get("r")
                number, cells = formula.get("si"), formula.get("ref")
                if not place or not number or not cells:
                    raise Different("a shared formula without a place, a number or a range")
                self._add(number, _Group(*stored_cell(place), formula.text, _area(cells)))


def _area(text: str) -> Area:
    try:
        return area(text)
    except PackageError:
        raise Different("a range that is none") from None
