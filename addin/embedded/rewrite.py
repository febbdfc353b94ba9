"""Formulas as the engine can compute them.

Workarounds for formualizer 0.13.0, each for what goes wrong without it:

- structured references to the formula's own row give #CIRC!, and files' tables are not read at
  all: they become A1 references;
- a left-out argument of our functions arrives as 0: a mark is put in its place;
- a formula of another add-in file, ``[1]!ISO_X(...)``, is #NAME?: the prefix goes;
- a cell or name of another workbook stops everything: nothing reads other files, so it is #REF!;
- ``_xlfn.SINGLE`` (the ``@`` of newer Excel) is unknown, and a range where one cell is meant
  spills: both become the cell in the formula's own row or column;
- every array spills, whatever range it is meant to fill, and what depends on a spilled cell is not
  always computed after it: `kept` and `part_of` fill the range cell by cell;
- arrays of unlike size make a whole IF or operator #VALUE!, where Excel has #N/A in the cells that
  one lacks: in an array formula our tables are fitted to the range before anything meets them;
- names that stand for a formula with a function, or for relative cells, are not read: their text
  is put in their place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from addin.embedded.conversion import OMITTED_MARK
from addin.embedded.parts import (
    ROW,
    Compiled,
    Crossing,
    FromA1,
    InOwnRow,
    OwnRow,
    Part,
    joined,
    placed,
    row_left_open,
)
from addin.embedded.structured_references import column_span, items_and_columns, row_span
from addin.package import formula_text as ft
from addin.package.addresses import Area, area, column_letters, quote_sheet
from addin.package.formula_text import Token
from addin.package.package import DefinedName
from addin.package.tables import Table

ARRAY = "ENGINE_ARRAY"
PART = "ENGINE_PART"
FIT = "ENGINE_FIT"
SINGLE = "ENGINE_SINGLE"

_FILE_SINGLE = "_XLFN.SINGLE("
_SIGNS = re.compile(r"\[|,\s*[,)]|\(\s*,|:|_xlfn\.SINGLE\(", re.IGNORECASE).search
_LONGEST_WITH_NAMES = 65_536  # characters
_WORD = re.compile(r"[^\W\d][\w.]*")


class _Bracket(NamedTuple):
    """An open bracket: whose it is, and what comes behind it when it is closed."""

    owner: str
    behind: str = ""


# Whose a bracket is.
_OURS = "a formula of ours"
_OTHER = "another function"
_BY_CELL = "a function that works cell by cell"
_SINGLE = "one cell is meant"
_NOBODY = ""

_BY_CELL_FUNCTIONS = frozenset(("IF(", "IFERROR(", "IFNA(", "_XLFN.IFNA("))


class Rewriter:
    """Rewrites the formulas of one workbook; what does not depend on the cell is done once."""

    def __init__(
        self,
        tables: Iterable[Table],
        names: Iterable[DefinedName],
        functions: Iterable[str],
        table_functions: Iterable[str] = (),
    ) -> None:
        self.tables = {table.name.casefold(): table for table in tables}
        self._tables_on: dict[str, list[Table]] = defaultdict(list)
        for table in self.tables.values():
            self._tables_on[table.sheet].append(table)
        self.functions = frozenset(f"{name.upper()}(" for name in functions)
        self.table_functions = frozenset(f"{name.upper()}(" for name in table_functions)
        self.inlined = _names_to_inline(names)
        self._special_words = frozenset((*self.tables, *self.inlined))
        self._compiled: dict[tuple[str, str, str, bool], Compiled] = {}

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
        text = self.by_row(text, sheet, row, column, array=array, shape=shape)
        return text.replace(ROW, str(row))

    def by_row(
        self,
        text: str,
        sheet: str,
        row: int,
        column: int,
        *,
        array: bool = False,
        shape: Area | None = None,
    ) -> str:
        """The same with ROW where its row's number goes: one text for a table's whole column."""
        own = self._table_around(sheet, row, column)
        if shape is not None:
            work = _Rewriting(self, sheet, own, array=True, shape=shape)
            return placed(joined(work.parts_of(text), str(row)), row, column)
        # Formulas that differ in nothing but the row they stand in are rewritten once.
        number = str(row)
        key = (row_left_open(text, number), sheet, own.name if own else "", array)
        compiled = self._compiled.get(key)
        if compiled is None:
            parts: list[Part] = [text]
            if self._needs_work(text):
                parts = _Rewriting(self, sheet, own, array=array).parts_of(text)
            compiled = self._compiled[key] = joined(parts, number)
        return placed(compiled, row, column)

    def rows_alike(self, text: str, sheet: str, row: int, column: int) -> tuple[int, int]:
        """First and last of the rows around this one for which `by_row` gives the same text.

        Known of a table's rows, for a plain formula whose own text does not tell its row.
        """
        own = self._table_around(sheet, row, column)
        compiled = self._compiled.get((text, sheet, own.name if own else "", False))
        if isinstance(compiled, InOwnRow):
            return compiled.first_row, compiled.last_row
        if own is not None and isinstance(compiled, str):
            return own.first_row, own.last_row
        return row, row

    def _needs_work(self, text: str) -> bool:
        if _SIGNS(text):
            return True
        special = self._special_words
        return bool(special) and not special.isdisjoint(words(text))

    def _table_around(self, sheet: str, row: int, column: int) -> Table | None:
        for table in self._tables_on.get(sheet, ()):
            if table.area.holds(row, column):
                return table
        return None


class _Rewriting:
    """One formula being rewritten."""

    def __init__(
        self,
        rules: Rewriter,
        sheet: str,
        own: Table | None,
        *,
        array: bool,
        shape: Area | None = None,
        inside: frozenset[str] = frozenset(),
        left: list[int] | None = None,
    ) -> None:
        self._rules = rules
        self._sheet = sheet
        self._own = own
        self._array = array
        self._shape = shape
        self._inside = inside  # the names whose text this is part of
        # How much text of names may still be put in, by all that are part of this formula.
        self._left = [_LONGEST_WITH_NAMES] if left is None else left
        self._brackets: list[_Bracket] = []
        self._parts: list[Part] = []

    def parts_of(self, text: str) -> list[Part]:
        """The rewritten formula, what depends on its cell still open."""
        pieces = ft.tokens(text)
        before = ""  # kind of the last token that is no space
        at = 0
        while at < len(pieces):
            at += self._take(pieces, at, before)
            before = pieces[at - 1].kind if pieces[at - 1].kind != ft.SPACE else before
        return self._parts

    def _take(self, pieces: tuple[Token, ...], at: int, before: str) -> int:
        """Rewrite what stands here; returns how many tokens that was."""
        kind, text = pieces[at]
        put = self._parts.append
        match kind:
            case ft.FUNCTION:
                put(self._open_function(text))
            case ft.OPEN | ft.BRACE_OPEN:
                self._brackets.append(_Bracket(_SINGLE if self._inside_single else _NOBODY))
                put(text)
            case ft.COMMA:
                if self._owner == _OURS and before in (ft.FUNCTION, ft.COMMA):
                    put(f'"{OMITTED_MARK}"')
                put(text)
            case ft.CLOSE | ft.BRACE_CLOSE:
                if self._owner == _OURS and before == ft.COMMA:
                    put(f'"{OMITTED_MARK}"')
                closed = self._brackets.pop() if self._brackets else _Bracket(_NOBODY)
                put(text + closed.behind)
            case ft.EXTERNAL:
                following = pieces[at + 1] if at + 1 < len(pieces) else Token(ft.SPACE, "")
                if following.kind == ft.FUNCTION:
                    put("" if following.text.upper() in self._rules.functions else text)
                    return 1
                put("#REF!")
                if following.kind in (ft.CELL, ft.NAME, ft.ROWS, ft.COLUMNS, ft.STRUCTURED):
                    return 4 if _is_range(pieces, at + 2) else 2
            case ft.STRUCTURED:
                put(self._structured(text))
            case ft.CELL if self._one_cell and _is_range(pieces, at + 1):
                put(Crossing("", area(f"{text}:{pieces[at + 2].text}")))
                return 3
            case ft.NAME:
                self._parts.extend(self._name(text))
            case _:
                put(text)
        return 1

    @property
    def _owner(self) -> str:
        return self._brackets[-1].owner if self._brackets else _NOBODY

    @property
    def _inside_single(self) -> bool:
        return self._owner == _SINGLE

    @property
    def _one_cell(self) -> bool:
        """Whether a range that stands here means its cell in the formula's row or column."""
        if self._inside_single:
            return True
        return not self._array and all(b.owner == _NOBODY for b in self._brackets)

    def _open_function(self, text: str) -> str:
        name = text.upper()
        if name == _FILE_SINGLE:
            self._brackets.append(_Bracket(_SINGLE))
            return f"{SINGLE}("
        by_cell = all(b.owner in (_NOBODY, _BY_CELL) for b in self._brackets)
        if name in self._rules.functions:
            padded = self._shape and by_cell and name in self._rules.table_functions
            self._brackets.append(_Bracket(_OURS, ")" if padded else ""))
            return f"{_fit_to(self._shape)}{text}" if padded and self._shape else text
        self._brackets.append(_Bracket(_BY_CELL if name in _BY_CELL_FUNCTIONS else _OTHER))
        return text

    def _name(self, word: str) -> list[Part]:
        key = word.casefold()
        table = self._rules.tables.get(key)
        if table is not None:
            return [_prefix(table, self._sheet) + _fixed(table.data)]
        text = self._rules.inlined.get(key)
        if text is None or key in self._inside:
            return [word]
        if _has_relative_cells(text):
            return [FromA1(text)]
        # Names within names within names grow without end; no formula may be that long anyway.
        self._left[0] -= len(text)
        if self._left[0] < 0:
            return ["#NAME?"]
        # Inside a name ranges are ranges, as in an array formula.
        inner = _Rewriting(
            self._rules, self._sheet, self._own, array=True, inside=self._inside | {key},
            left=self._left,
        )  # fmt: skip
        return ["(", *inner.parts_of(text), ")"]

    def _structured(self, text: str) -> Part:
        name, _, inner = text.partition("[")
        table = self._rules.tables.get(name.casefold()) if name else self._own
        if table is None:
            return "#REF!"
        spec = inner[:-1].strip()
        own_row = spec.startswith("@")
        if own_row:
            spec = spec[1:].strip()
        items, columns = items_and_columns(spec)
        span = column_span(table, columns)
        if span is None:
            return "#REF!"
        left, right = span
        prefix = _prefix(table, self._sheet)
        if own_row or "#this row" in items:
            # Without dollar signs: the engine then sees a column's formulas as one, which makes
            # a long table several times faster.
            end = f":{column_letters(right)}" if right > left else ""
            start = f"{prefix}{column_letters(left)}"
            return OwnRow(table.first_row, table.last_row, start, end)
        rows = row_span(table, items)
        if rows is None:
            return "#REF!"
        block = Area(rows[0], left, rows[1], right)
        if self._one_cell and (block.rows > 1 or block.columns > 1):
            return Crossing(prefix, block)
        return prefix + _fixed(block)


def fitted(text: str, block: Area) -> str:
    """A formula whose result is cut or filled up to the shape of a range."""
    return f"{_fit_to(block)}({text}))"


def kept(number: int, block: Area, text: str) -> str:
    """An array formula that keeps its result under a number, and shows the first cell of it."""
    return f"{ARRAY}({number},{block.rows},{block.columns},({text}))"


def part_of(number: int, down: int, right: int, first: str) -> str:
    """Another cell of the same array; `first` is the cell that computes it."""
    return f"{PART}({number},{down},{right},{first})"


def _fit_to(block: Area) -> str:
    return f"{FIT}({block.rows},{block.columns},"


def words(text: str) -> list[str]:
    """The names and function names in a formula, in lower case (and some that are neither)."""
    return _WORD.findall(text.casefold())


def _names_to_inline(names: Iterable[DefinedName]) -> dict[str, str]:
    """Names that the engine would leave out: their text by their name."""
    return {
        name.name.casefold(): name.text
        for name in names
        if name.sheet is None
        and not name.name.startswith("_xl")
        and ("(" in name.text or (name.target and _has_relative_cells(name.text)))
    }


def _has_relative_cells(text: str) -> bool:
    for token in ft.tokens(text):
        parts = ft.cell_parts(token.text) if token.kind == ft.CELL else None
        if parts is not None and not (parts[0] and parts[2]):
            return True
    return False


def _prefix(table: Table, sheet: str) -> str:
    return "" if table.sheet == sheet else f"{quote_sheet(table.sheet)}!"


def _fixed(block: Area) -> str:
    first, _, last = str(block).partition(":")
    return _dollars(first) + (f":{_dollars(last)}" if last else "")


def _dollars(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def _is_range(pieces: tuple[Token, ...], at: int) -> bool:
    following = pieces[at : at + 2]
    return len(following) == 2 and following[0].text == ":" and following[1].kind == ft.CELL


def rewriter_without_workbook(functions: Mapping[str, object]) -> Rewriter:
    """For formulas that stand in no workbook."""
    return Rewriter((), (), functions)
