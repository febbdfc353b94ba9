"""SUBTOTAL and AGGREGATE over ranges with rows that are hidden, or with subtotals among them.

The engine knows of no hidden row. Where one could matter, the formula calls `Subtotals` instead,
with a number under which it is kept which cells do not count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from addin.embedded.conversion import EngineValue, decode, encode
from addin.package.addresses import Area
from addin.package.markup import MAIN
from udfs.errors import CellError

if TYPE_CHECKING:
    from addin.package.package import Package

SUBTOTAL = "ENGINE_SUBTOTAL"
NAMES = ("SUBTOTAL(", "AGGREGATE(")


class Skipped(NamedTuple):
    """What of one call's ranges does not count: cells by range, counted from its first one."""

    function: int
    errors: bool  # whether errors do not count either
    cells: tuple[frozenset[tuple[int, int]], ...]


class HiddenRows:
    """The rows of a workbook that are not seen, and the cells that hold subtotals."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._hidden: dict[str, frozenset[int]] = {}
        self._subtotals: dict[str, frozenset[tuple[int, int]]] = {}

    def on(self, sheet: str) -> frozenset[int]:
        """The hidden rows of a sheet."""
        found = self._hidden.get(sheet)
        if found is None:
            rows = self._package.sheet(sheet).rows
            found = self._hidden[sheet] = frozenset(
                number for number, row in rows.items() if row.get("hidden") in ("1", "true")
            )
        return found

    def filtered(self, sheet: str, area: Area) -> frozenset[int]:
        """The rows of an area that a filter hides: all hidden ones where a filter is at work."""
        hidden = self.on(sheet)
        if not hidden:
            return hidden
        return frozenset(
            row
            for top, bottom in self._filters(sheet)
            for row in hidden
            if top <= row <= bottom and area.top <= row <= area.bottom
        )

    def subtotals(self, sheet: str) -> frozenset[tuple[int, int]]:
        """The cells of a sheet whose formulas are subtotals."""
        found = self._subtotals.get(sheet)
        if found is None:
            found = self._subtotals[sheet] = frozenset(
                at
                for at, formula in self._package.sheet(sheet).formulas.items()
                if any(name in formula.text.upper() for name in NAMES)
            )
        return found

    def _filters(self, sheet: str) -> Iterable[tuple[int, int]]:
        tab = self._package.sheet(sheet)
        filters = list(tab.root.iter(f"{MAIN}autoFilter"))
        filters += [
            element
            for table in self._package.tables.values()
            if table.sheet == tab.name
            for element in self._package.table_root(table.name).iter(f"{MAIN}autoFilter")
        ]
        for element in filters:
            if element.find(f"{MAIN}filterColumn") is not None:
                ends = [
                    int("".join(filter(str.isdigit, end))) for end in element.get("ref").split(":")
                ]
                yield ends[0] + 1, ends[-1]


def skipped(
    name: str,
    function: int,
    option: int,
    blocks: Iterable[tuple[str, Area]],
    hidden: HiddenRows,
) -> tuple[Skipped | None, str]:
    """What such a call leaves out, None where the engine does as well; why it is not known."""
    subtotal = name == "SUBTOTAL("
    unknown = ""
    cells = []
    for sheet, block in blocks:
        filtered = hidden.filtered(sheet, block)
        rows: frozenset[int] = frozenset()
        if (subtotal and function > 100) or (not subtotal and option in (1, 3, 5, 7)):
            rows = hidden.on(sheet)
        elif subtotal:
            rows = filtered
        elif filtered:
            unknown = "AGGREGATE where a filter hides rows"
        nested = hidden.subtotals(sheet) if subtotal or option < 4 else frozenset()
        out = {(r, c) for r, c in nested if block.holds(r, c)}
        out |= {
            (r, c)
            for r in rows
            if block.top <= r <= block.bottom
            for c in range(block.left, block.right + 1)
        }
        cells.append(frozenset((r - block.top, c - block.left) for r, c in out))
    if not any(cells) and not (subtotal and function % 100 == 2):
        return None, unknown  # the engine does not count past an error
    function = function - 100 if subtotal and function > 100 else function
    if function not in KNOWN or (subtotal and function > 11):
        return None, unknown or f"{name[:-1]} {function} where rows are hidden"
    return Skipped(function, not subtotal and option in (2, 3, 6, 7), tuple(cells)), unknown


class Subtotals:
    """The calls of one workbook, by number."""

    def __init__(self) -> None:
        self._calls: list[Skipped] = []

    def add(self, skipped: Skipped) -> int:
        """Keep a call; its number."""
        self._calls.append(skipped)
        return len(self._calls) - 1

    def compute(self, number: float, *ranges: EngineValue) -> EngineValue:
        """What a call shows, given its ranges: what the engine calls."""
        call = self._calls[int(number)]
        values = []
        for given, skipped in zip(ranges, call.cells, strict=True):
            grid = decode(given)
            for row, line in enumerate(grid if type(grid) is list else [[grid]]):
                values += [v for column, v in enumerate(line) if (row, column) not in skipped]
        return encode(_computed(call, values))


def _computed(call: Skipped, values: list[Any]) -> Any:
    if call.function == 3:
        return float(sum(1 for v in values if v is not None and not _left_out(call, v)))
    errors = [v for v in values if isinstance(v, CellError)]
    if errors and not call.errors and call.function != 2:
        return errors[0]
    numbers = [
        float(v) for v in values if isinstance(v, (int, float)) and v is not True and v is not False
    ]
    try:
        return float(_FUNCTIONS[call.function](numbers))
    except (ZeroDivisionError, ValueError):
        return CellError.NUM if call.function in (12, 13) else CellError.DIV0


def _left_out(call: Skipped, value: Any) -> bool:
    return call.errors and isinstance(value, CellError)


def _mode(numbers: list[float]) -> float:
    counts = {number: numbers.count(number) for number in numbers}
    most = max(counts.values(), default=0)
    if most < 2:
        raise ValueError("no number stands twice")
    return next(number for number in numbers if counts[number] == most)


def _statistic(name: str) -> Callable[[list[float]], float]:
    def computed(numbers: list[float]) -> float:
        import statistics  # loads fractions, decimals and random numbers: when it is asked for

        return float(getattr(statistics, name)(numbers))

    return computed


_FUNCTIONS: dict[int, Callable[[list[float]], float]] = {
    1: lambda n: sum(n) / len(n),
    2: len,
    4: lambda n: max(n, default=0.0),
    5: lambda n: min(n, default=0.0),
    6: lambda n: math.prod(n) if n else 0.0,
    7: _statistic("stdev"),
    8: _statistic("pstdev"),
    9: sum,
    10: _statistic("variance"),
    11: _statistic("pvariance"),
    12: _statistic("median"),
    13: _mode,
}
KNOWN = frozenset((*_FUNCTIONS, 3))
