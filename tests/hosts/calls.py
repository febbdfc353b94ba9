"""How often a workbook calls into Python when it is recalculated.

A call from Excel costs milliseconds whatever it computes, so calls are counted: all of them for
a full recalculation, and those that depend on a cell for a change of that cell. Counted is the
worst case: every call in a formula, whichever branch of an IF it stands in.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from addin.embedded.rewrite import Rewriter
from addin.package import Package, PackageError
from addin.package import formula_text as ft
from addin.package.addresses import LAST_COLUMN, LAST_ROW, Area, a1, area, cell, column_number
from addin.package.package import DefinedName
from udfs import catalogue

# Recalculated with every change, whatever it was.
VOLATILE = frozenset(
    ("NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO")
)
# Areas up to this many cells are looked up cell by cell, larger ones one after the other.
_SMALL = 64


class Place(NamedTuple):
    """A cell."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{a1(self.row, self.column)}"


@dataclass(frozen=True)
class _Node:
    """A formula: the cells it fills, how often it calls, and whether it is volatile."""

    place: Place
    fills: Area
    calls: int
    volatile: bool


class CallGraph:
    """The formulas of a workbook, and which depend on which."""

    def __init__(self, book: Package, functions: Iterable[str] = tuple(catalogue)) -> None:
        self._book = book
        self._functions = {name.upper() for name in functions}
        names = book.all_names
        self._names = {name.name.casefold(): name for name in names}
        self._rewriter = Rewriter(book.tables.values(), names, ())
        self._sheet_names = {name.casefold(): name for name in book.sheets}
        self._nodes: list[_Node] = []
        self._by_cell: dict[Place, list[_Node]] = defaultdict(list)
        self._by_area: dict[str, list[tuple[Area, _Node]]] = defaultdict(list)
        for sheet in book.sheets:
            for (row, column), formula in book.sheet(sheet).formulas.items():
                fills = formula.array or Area(row, column, row, column)
                self._add(Place(sheet, row, column), formula.text, fills)

    def _add(self, place: Place, text: str, fills: Area) -> None:
        plain = self._rewriter.rewrite(text, *place, array=True)
        called = [token.text[:-1].upper() for token in _functions(plain)]
        node = _Node(
            place,
            fills,
            sum(_plain_name(name) in self._functions for name in called),
            any(_plain_name(name) in VOLATILE for name in called),
        )
        self._nodes.append(node)
        for sheet, block in self._precedents(plain, place.sheet):
            if block.rows * block.columns <= _SMALL:
                for row in range(block.top, block.bottom + 1):
                    for column in range(block.left, block.right + 1):
                        self._by_cell[Place(sheet, row, column)].append(node)
            else:
                self._by_area[sheet].append((block, node))

    def _precedents(self, text: str, sheet: str) -> Iterator[tuple[str, Area]]:
        """The cells that a formula in A1 style reads, by sheet."""
        pieces = [token for token in ft.tokens(text) if token.kind != ft.SPACE]
        on = sheet
        at = 0
        while at < len(pieces):
            token = pieces[at]
            if token.kind == ft.SHEET:
                on = self._sheet(token.text)
                at += 1
                continue
            found = _area_at(pieces, at)
            if found is not None:
                block, length = found
                yield on, block
                at += length
            else:
                if token.kind == ft.NAME:
                    yield from _target(self._names.get(token.text.casefold()))
                at += 1
            on = sheet

    def _sheet(self, prefix: str) -> str:
        name = prefix[:-1]
        if name.startswith("'"):
            name = name[1:-1].replace("''", "'")
        return self._sheet_names.get(name.casefold(), name)

    @property
    def full(self) -> int:
        """The calls of a full recalculation."""
        return sum(node.calls for node in self._nodes)

    def by_formula(self) -> dict[Place, int]:
        """The calls of each formula that makes any."""
        return {node.place: node.calls for node in self._nodes if node.calls}

    def after(self, *changed: Place) -> int:
        """The calls that follow a change of those cells."""
        return sum(node.calls for node in self._dependents(changed))

    def depending(self, *changed: Place) -> dict[Place, int]:
        """The formulas that call again after a change of those cells, with their calls."""
        return {node.place: node.calls for node in self._dependents(changed) if node.calls}

    def _dependents(self, changed: Iterable[Place]) -> list[_Node]:
        found: dict[Place, _Node] = {}
        waiting = deque(changed)
        seen = set(waiting)

        def take(node: _Node) -> None:
            if node.place in found:
                return
            found[node.place] = node
            for row in range(node.fills.top, node.fills.bottom + 1):
                for column in range(node.fills.left, node.fills.right + 1):
                    place = Place(node.place.sheet, row, column)
                    if place not in seen:
                        seen.add(place)
                        waiting.append(place)

        for node in self._nodes:
            if node.volatile:
                take(node)
        while waiting:
            place = waiting.popleft()
            for node in self._by_cell.get(place, ()):
                take(node)
            for block, node in self._by_area.get(place.sheet, ()):
                if block.holds(place.row, place.column):
                    take(node)
        return list(found.values())

    def worst_input(self, table: str, row: int = 1) -> tuple[Place, int]:
        """Which input of a table row causes the most calls, and how many; rows count from 1.

        An input is a cell of the row without a formula.
        """
        found = self._book.table(table)
        sheet_row = found.first_row + row - 1
        if not found.first_row <= sheet_row <= found.last_row:
            raise PackageError(f"the table {found.name} has no row {row}.")
        formulas = {node.place for node in self._nodes}
        inputs = [
            place
            for column in range(found.area.left, found.area.right + 1)
            if (place := Place(found.sheet, sheet_row, column)) not in formulas
        ]
        if not inputs:
            raise PackageError(f"row {row} of the table {found.name} holds formulas only.")
        return max(((place, self.after(place)) for place in inputs), key=lambda pair: pair[1])


def place(sheet: str, address: str) -> Place:
    """A cell by sheet and address."""
    return Place(sheet, *cell(address))


def _functions(text: str) -> list[ft.Token]:
    return [token for token in ft.tokens(text) if token.kind == ft.FUNCTION]


def _plain_name(name: str) -> str:
    """A function's name without what newer Excels put before it in files."""
    return name.rpartition(".")[2] if name.startswith(("_XLFN.", "_XLUDF.")) else name


def _target(name: DefinedName | None) -> Iterator[tuple[str, Area]]:
    if name is not None and name.target is not None:
        yield name.target


def _area_at(pieces: list[ft.Token], at: int) -> tuple[Area, int] | None:
    """The cells meant by the tokens from here on, and how many tokens that takes."""
    token = pieces[at]
    last = pieces[at + 2] if at + 2 < len(pieces) and pieces[at + 1].text == ":" else None
    if token.kind == ft.ROWS:
        first, _, end = token.text.replace("$", "").partition(":")
        return Area(int(first), 1, int(end), LAST_COLUMN), 1
    if token.kind == ft.CELL:
        if last is not None and last.kind == ft.CELL:
            return area(f"{token.text}:{last.text}"), 3
        return area(token.text), 1
    if token.kind == ft.COLUMNS:
        first, _, end = token.text.replace("$", "").partition(":")
        return Area(1, column_number(first), LAST_ROW, column_number(end)), 1
    return None
