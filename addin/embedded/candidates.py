"""Plain formulas that may spill, which in a file show one cell only: looked at after each run."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator

from addin.embedded.conversion import EngineValue, is_spill_error
from addin.embedded.engine_copy import Place
from addin.embedded.engine_names import engine_name
from addin.package import Package


class _Watched:
    """Cells that are looked at again and again."""

    def __init__(self, cells: list[Place]) -> None:
        self._cells = cells
        # Sheets as the engine calls them, rows, columns: for `map`, which asks most quickly.
        self.places = (
            [engine_name(sheet) for sheet, _, _ in cells],
            [row for _, row, _ in cells],
            [column for *_, column in cells],
        )

    def filled(self, get: Callable[[str, int, int], EngineValue]) -> Iterator[Place]:
        """Those that are not blank in the engine."""
        return itertools.compress(self._cells, [raw is not None for raw in map(get, *self.places)])


class Candidates:
    """The plain formulas whose results may be arrays, and which of them came out as one."""

    def __init__(
        self, package: Package, get: Callable[[str, int, int], EngineValue], places: list[Place]
    ) -> None:
        self._package = package
        self._get = get
        self.places = places  # where they stand
        # What is looked at to see whether one did; nothing where the candidates are others by now.
        self._watched: tuple[_Watched, _Watched] | None = None

    def add(self, places: Iterable[Place]) -> None:
        """Others that may."""
        self.places = [*self.places, *places]
        self._watched = None

    def drop(self, places: Collection[Place]) -> None:
        """Those that cannot any more."""
        gone = set(places)
        self.places = [at for at in self.places if at not in gone]
        self._watched = None

    def spilled(self) -> list[Place]:
        """The plain formulas that came out as arrays; asked at every edit, of thousands."""
        get = self._get
        if self._watched is None:
            self._watched = self._watch()
        own, beside = self._watched
        shown = map(get, *own.places)
        # Errors are the only dictionaries; mostly there are none.
        blocked = dict in map(type, shown) and any(map(is_spill_error, map(get, *own.places)))
        if not blocked and not any(self._is_untyped(*at) for at in beside.filled(get)):
            return []
        return [at for at in self.places if self._has_spilled(*at)]

    def _watch(self) -> tuple[_Watched, _Watched]:
        """The candidates' cells, and those beside them that an array may spill into."""
        beside = dict.fromkeys(
            (sheet, *cell)
            for sheet, row, column in self.places
            for cell in ((row, column + 1), (row + 1, column))
        )
        sheets = map(self._package.sheet, self._package.sheets)
        formulas = {tab.name: tab.formula_places for tab in sheets}
        free = [  # mostly a formula stands there, which is told most quickly like this
            at for at in beside if at[1:] not in formulas[at[0]] and self._is_free(*at)
        ]
        return _Watched(self.places), _Watched(free)

    def _is_free(self, sheet: str, row: int, column: int) -> bool:
        """Whether a cell holds no formula, nor a part of an array."""
        tab = self._package.sheet(sheet)
        if tab.has_formula(row, column):
            return False
        return not any(block.holds(row, column) for block in tab.arrays)

    def _is_spilled_into(self, sheet: str, row: int, column: int) -> bool:
        """Whether a free cell shows what nobody typed."""
        shown = self._get(engine_name(sheet), row, column)
        return shown is not None and self._is_untyped(sheet, row, column)

    def _is_untyped(self, sheet: str, row: int, column: int) -> bool:
        """Whether nobody typed anything into a free cell."""
        return self._package.sheet(sheet).value(row, column) is None

    def _has_spilled(self, sheet: str, row: int, column: int) -> bool:
        raw = self._get(engine_name(sheet), row, column)
        if type(raw) is dict and is_spill_error(raw):
            return True
        return any(
            self._is_free(sheet, *cell) and self._is_spilled_into(sheet, *cell)
            for cell in ((row, column + 1), (row + 1, column))
        )
