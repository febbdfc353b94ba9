"""Where a 0 counts as blank, because in LibreOffice a blank cell arrives as 0.

No declaration of the arguments lets a function there tell the two apart. So where a 0 would be a
comforting answer ("no danger", for days or a correlation that nobody filled in), it is #N/A.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from udfs import Formula, catalogue


def answer(formula: Formula, *arguments: Any) -> Any:
    """A formula's answer to what LibreOffice hands over."""
    positions = _COMFORTING.get(formula.name)
    if positions:
        arguments = tuple(
            None if at in positions and _is_zero(value) else value
            for at, value in enumerate(arguments)
        )
    return formula(*arguments)


def _is_zero(value: Any) -> bool:
    """Whether a cell is 0; a required argument arrives as a grid, also where it is one cell."""
    if isinstance(value, (list, tuple)) and len(value) == 1 and len(value[0]) == 1:
        value = value[0][0]
    return type(value) in (int, float) and value == 0


_COMFORTING: Mapping[str, frozenset[int]] = {
    formula.name: frozenset(
        at for at, p in enumerate(formula.arguments) if p.zero_is_blank_in_libreoffice
    )
    for formula in catalogue.values()
}

# Every formula by name, as LibreOffice calls it.
FORMULAS: Mapping[str, Callable[..., Any]] = {
    name: partial(answer, formula) for name, formula in catalogue.items()
}
