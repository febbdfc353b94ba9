"""Positions side by side: several ranges that hold one position a cell, brought into line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from udfs.catalogue.cells import CellProblem
from udfs.catalogue.range_types import PositionColumn, PropagatedError
from udfs.errors import CellError
from udfs.maths.arrays import Floats


class Aligned(NamedTuple):
    """The positions that are there, argument by argument."""

    columns: list[list[Any]]  # a list an argument: a number or a CellProblem for each position
    at: list[int]  # where in the ranges these positions are
    slots: int  # how many cells the ranges have


def align_positions(
    positions: Sequence[PositionColumn],
    others: Sequence[tuple[PositionColumn, float | str | None]] = (),
) -> Aligned:
    """Bring the ranges of several arguments into line.

    A cell that is blank in all of ``positions`` holds none. ``others`` come with what a blank
    stands for, None where it may not be blank; they make no position on their own. One cell
    serves for every position.
    """
    lines = [*positions, *(line for line, _ in others)]
    slots = _common_length(lines)
    long = [line for line in positions if len(line.cells) > 1]
    at = [
        slot
        for slot in range(slots)
        if any(_at(line, slot) is not None for line in (long or positions))
    ]
    if not at:
        first = positions[0]
        raise CellProblem(CellError.NA, f"{first.name} is blank: {first.example}")
    blanks: list[float | str | None] = [*(None for _ in positions), *(blank for _, blank in others)]
    return Aligned(
        [
            [_cell(line, slot, blank) for slot in at]
            for line, blank in zip(lines, blanks, strict=True)
        ],
        at,
        slots,
    )


def numbers(aligned: Aligned) -> list[Floats]:
    """The columns as numbers; the first bad cell is the whole answer's CellProblem."""
    problems = [
        cell for column in aligned.columns for cell in column if isinstance(cell, CellProblem)
    ]
    if problems:
        raise worst(problems)
    return [np.array(column, dtype=np.float64) for column in aligned.columns]


def worst(problems: Sequence[CellProblem]) -> CellProblem:
    """The problem to show: an error that came in wins over what is wrong here."""
    return next(
        (problem for problem in problems if isinstance(problem, PropagatedError)), problems[0]
    )


def _common_length(lines: Sequence[PositionColumn]) -> int:
    """How many cells the ranges have; blanks at the ends may make up for a difference."""
    ranges = {line.name: line.cells for line in lines if len(line.cells) > 1}
    if len({len(cells) for cells in ranges.values()}) > 1:
        for cells in ranges.values():
            while cells and cells[-1] is None:
                cells.pop()
    lengths = {len(cells) for cells in ranges.values()}
    if len(lengths) > 1:
        sizes = ", ".join(f"{name} {len(cells)}" for name, cells in ranges.items())
        raise CellProblem(
            CellError.VALUE,
            f"the ranges do not hold as many positions each ({sizes}):"
            " give ranges of the same length, or one cell for all",
        )
    return lengths.pop() if lengths else 1


def _at(line: PositionColumn, slot: int) -> Any:
    """A range's cell, or the one cell that serves for every position."""
    return line.cells[slot if len(line.cells) > 1 else 0]


def _cell(line: PositionColumn, slot: int, blank: float | str | None) -> Any:
    cell = _at(line, slot)
    if cell is not None:
        return cell
    if blank is not None:
        return blank if isinstance(blank, str) else np.float64(blank)
    return CellProblem(CellError.NA, f"{line.name} {slot + 1} is blank: {line.example}")
