"""What a cell computes."""

from __future__ import annotations

from typing import NamedTuple

from addin.package.addresses import Area


class CellFormula(NamedTuple):
    """A cell's formula: the text without ``=``, and for an array formula the cells it fills."""

    text: str
    array: Area | None = None
    # A dynamic array spills as far as its result goes; other arrays fill a fixed range.
    dynamic: bool = False
