"""Functions of ours that stand around what the engine computes: names, and how they are called."""

from __future__ import annotations

from addin.package.addresses import Area

ARRAY = "ENGINE_ARRAY"
PART = "ENGINE_PART"
FIT = "ENGINE_FIT"
SINGLE = "ENGINE_SINGLE"
DIGITS = "ENGINE_DIGITS"


def fitted(text: str, block: Area) -> str:
    """A formula whose result is cut or filled up to the shape of a range."""
    return f"{fit_to(block)}({text}))"


def kept(number: int, block: Area, text: str) -> str:
    """An array formula that keeps its result under a number, and shows the first cell of it."""
    return f"{ARRAY}({number},{block.rows},{block.columns},({text}))"


def part_of(number: int, down: int, right: int, first: str) -> str:
    """Another cell of the same array; `first` is the cell that computes it."""
    return f"{PART}({number},{down},{right},{first})"


def fit_to(block: Area) -> str:
    """The beginning of a call that cuts or fills what follows up to a range."""
    return f"{FIT}({block.rows},{block.columns},"
