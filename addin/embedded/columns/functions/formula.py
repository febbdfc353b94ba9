"""What a function gets, and rows that were computed apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from addin.embedded.columns.cells import Cells, Unknown

Node: TypeAlias = Any
Rows: TypeAlias = npt.NDArray[np.intp]


class Formula(Protocol):
    """What a function needs to know of the formula that it stands in."""

    first_row: int

    def eval(self, node: Node, at: Rows) -> Cells:
        """An argument's cells in some of the rows."""
        ...


Function: TypeAlias = Callable[[Formula, Sequence[Node], Rows], Cells]


def put_together(count: int, parts: Sequence[tuple[Rows, Cells]]) -> Cells:
    """Rows that were computed apart."""
    kind, number = np.zeros((count, 1), np.uint8), np.zeros((count, 1))
    text = None
    for at, cells in parts:
        if cells.shape[1] != 1:
            raise Unknown("a range as a result")
        kind[at], number[at] = cells.kind, cells.number
        if cells.text is not None:
            if text is None:
                text = np.full((count, 1), "", object)
            text[at] = cells.text
    return Cells(kind, number, text)
