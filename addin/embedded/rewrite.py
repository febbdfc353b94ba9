"""Formulas as the engine can compute them.

Workarounds for formualizer 0.13.0, each for what goes wrong without it:

- structured references to the formula's own row give #CIRC!, and files' tables are not read at
  all: they become A1 references;
- a left-out argument of our functions arrives as 0: a mark is put in its place;
- a formula of another add-in file, ``[1]!ISO_X(...)``, is #NAME?: the prefix goes;
- a cell or name of another workbook stops everything: it is #REF! here;
- ``_xlfn.SINGLE`` (the ``@`` of newer Excel) is unknown, and a range where one cell is meant
  spills: both become the cell in the formula's own row or column;
- every array spills, whatever range it is meant to fill, and what depends on a spilled cell is not
  always computed after it: `kept` and `part_of` fill the range cell by cell;
- arrays of unlike size make a whole IF or operator #VALUE!, where Excel has #N/A in the cells that
  one lacks: in an array formula our tables are fitted to the range before anything meets them;
- names that stand for a formula with a function, or for relative cells, are not read, and those of
  a single sheet not from another one: their text is put in their place;
- a function of one cell takes the first cell of a range that it gets, and numbers become text with
  more digits than Excel has: `cell_functions` are called instead;
- a reference through several sheets and a union of ranges cannot be read: both become a list;
- SUBTOTAL and AGGREGATE know of no hidden row: `subtotals` has those that could meet one.

What none of this helps against has a reason: `Rewriter.why_not` says in words why the engine's
answer would be worth nothing, and the file's own value is kept there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from addin.embedded.parts import ROW, Compiled, InOwnRow, joined, placed, row_left_open
from addin.embedded.rewriting import Rewriting, Rules
from addin.embedded.subtotals import NAMES, Subtotals
from addin.package.addresses import Area

if TYPE_CHECKING:
    from addin.embedded.subtotals import HiddenRows
    from addin.package.package import DefinedName
    from addin.package.tables import PackageTable

_WORD = re.compile(r"[^\W\d][\w.]*")
_Key: TypeAlias = tuple[str, str, str, bool]


class Rewriter(Rules):
    """Rewrites the formulas of one workbook; what does not depend on the cell is done once."""

    def __init__(
        self,
        tables: Iterable[PackageTable],
        names: Iterable[DefinedName],
        functions: Iterable[str],
        table_functions: Iterable[str] = (),
        sheets: Iterable[str] = (),
        hidden: HiddenRows | None = None,
        *,
        strict: bool = True,
        all_digits: bool = False,
    ) -> None:
        self.strict, self.all_digits = strict, all_digits
        super().__init__(tables, names, sheets)
        self._tables_on: dict[str, list[PackageTable]] = defaultdict(list)
        for table in self.tables.values():
            self._tables_on[table.sheet].append(table)
        self.functions = frozenset(f"{name.upper()}(" for name in functions)
        self.table_functions = frozenset(f"{name.upper()}(" for name in table_functions)
        self.hidden = hidden
        self.subtotals = Subtotals()
        self._compiled: dict[_Key, Compiled] = {}
        self._reasons: dict[_Key, str] = {}

    def rewrite(
        self,
        text: str,
        sheet: str,
        row: int,
        column: int,
        *,
        array: bool = False,
        shape: Area | None = None,
    ) -> str:
        """A cell's formula for the engine; both without ``=``.

        An `array` formula keeps its ranges whole; `shape` is the fixed range that it fills.
        """
        text = self._by_row(text, sheet, row, column, array or shape is not None, shape)
        return text.replace(ROW, str(row))

    def by_row(self, text: str, sheet: str, row: int, column: int) -> str:
        """The same with ROW where its row's number goes: one text for a table's whole column."""
        return self._by_row(text, sheet, row, column, False, None)

    def _by_row(
        self, text: str, sheet: str, row: int, column: int, array: bool, shape: Area | None
    ) -> str:
        number = str(row)
        own = self._table_around(sheet, row, column)
        key = self._key(text, sheet, number, own, array)
        compiled = None if shape is not None else self._compiled.get(key)
        if compiled is None:
            work = Rewriting(self, sheet, own, array=array, shape=shape, cell=(row, column))
            compiled = joined(work.parts_of(text), number)
            self._reasons[key] = work.reason
            # Formulas that differ in nothing but the row they stand in are rewritten once.
            if shape is None and not work.of_this_cell:
                self._compiled[key] = compiled
        return placed(compiled, row, column)

    def why_not(self, text: str, sheet: str, row: int, column: int, *, array: bool = False) -> str:
        """Why the engine cannot know what a formula shows, after it was rewritten; "" if it can."""
        own = self._table_around(sheet, row, column)
        return self._reasons.get(self._key(text, sheet, str(row), own, array), "")

    @staticmethod
    def _key(text: str, sheet: str, number: str, own: PackageTable | None, array: bool) -> _Key:
        return row_left_open(text, number), sheet, own.name if own else "", array

    def open_text(self, text: str, sheet: str, row: int, column: int) -> str | None:
        """A formula with ROW for its row's number, if that is all that the row changes in it."""
        self.by_row(text, sheet, row, column)
        own = self._table_around(sheet, row, column)
        compiled = self._compiled.get(self._key(text, sheet, str(row), own, False))
        if isinstance(compiled, InOwnRow):
            return compiled.text if compiled.first_row <= row <= compiled.last_row else None
        return compiled if isinstance(compiled, str) else None

    def rows_alike(self, text: str, sheet: str, row: int, column: int) -> tuple[int, int]:
        """First and last of the rows around this one for which `by_row` gives the same text.

        Known of a table's rows, for a plain formula whose own text does not tell its row.
        """
        own = self._table_around(sheet, row, column)
        compiled = self._compiled.get((text, sheet, own.name if own else "", False))
        if self.hidden is not None and any(name in text.upper() for name in NAMES):
            return row, row
        if isinstance(compiled, InOwnRow):
            return compiled.first_row, compiled.last_row
        if own is not None and isinstance(compiled, str):
            return own.first_row, own.last_row
        return row, row

    def _table_around(self, sheet: str, row: int, column: int) -> PackageTable | None:
        for table in self._tables_on.get(sheet, ()):
            if table.area.holds(row, column):
                return table
        return None


def words(text: str) -> list[str]:
    """The names and function names in a formula, in lower case (and some that are neither)."""
    return _WORD.findall(text.casefold())


def rewriter_without_workbook(functions: Mapping[str, object]) -> Rewriter:
    """For formulas that stand in no workbook: typed here, or written by a program."""
    return Rewriter((), (), functions, all_digits=True)
