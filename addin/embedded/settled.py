"""Which prepared formulas have their results in the file already."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from addin.embedded.prepared_form import Array, Group
from addin.package import Package

# Where a group or an array says what it reads, and an array whether it reaches as far as it goes.
_READS = Group._fields.index("reads")
_DYNAMIC = Array._fields.index("dynamic")
# By sheet the cells that were typed into; None where anything may be another one.
Changed: TypeAlias = Mapping[str, set[tuple[int, int]] | None]


def changed_inputs(content: Mapping[str, Any], package: Package) -> Changed:
    """What was typed into the template as it was built; of other sheets that cannot be told."""
    changed: dict[str, set[tuple[int, int]] | None] = {}
    for sheet in content["sheets"]:
        tab = package.sheet(sheet["name"])
        changed[tab.name] = tab.changed_inputs() if tab.filed_formulas == sheet["part"] else None
    return changed


def settled(content: Mapping[str, Any], changed: Changed) -> set[int]:
    """The groups and arrays of which nothing was changed that they depend on, by number; none that
    reach as far as their results go, of which the engine has to know."""
    if not any(cells is not None for cells in changed.values()):
        return set()
    blocks = set(_changed_blocks(content["blocks"], changed))
    stirred = set(content["volatile"])
    number = 0
    for sheet in content["sheets"]:
        anything = changed[sheet["name"]] is None
        spilling = [array[_DYNAMIC] for array in sheet["arrays"]]
        for one in (*sheet["groups"], *sheet["arrays"]):
            if anything or not blocks.isdisjoint(one[_READS]):
                stirred.add(number)
            number += 1
        stirred.update(itertools.compress(range(number - len(spilling), number), spilling))
    left = list(stirred)
    while left:
        new = [one for one in content["read_by"][left.pop()] if one not in stirred]
        stirred.update(new)
        left += new
    return set(range(number)) - stirred


def read_by_none(content: Mapping[str, Any], settled: set[int]) -> set[int]:
    """Those of the settled that nothing reads which is not settled, too."""
    return {number for number in settled if settled.issuperset(content["read_by"][number])}


def _changed_blocks(blocks: Iterable[Sequence[Any]], changed: Changed) -> Iterator[int]:
    """The numbers of the ranges with a changed cell in them."""
    by_column = {sheet: _by_column(cells) for sheet, cells in changed.items() if cells is not None}
    for number, (sheet, top, left, bottom, right) in enumerate(blocks):
        columns = by_column.get(sheet)
        if columns is None:
            yield number
        elif left == right:
            if left in columns and _has(columns[left], top, bottom):
                yield number
        elif any(left <= at <= right and _has(rows, top, bottom) for at, rows in columns.items()):
            yield number


def _by_column(cells: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(cells):
        columns[column].append(row)
    return columns


def _has(rows: list[int], first: int, last: int) -> bool:
    """Whether one of the sorted rows is from the first to the last."""
    at = bisect_left(rows, first)
    return at < len(rows) and rows[at] <= last
