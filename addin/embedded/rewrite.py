"""Formulas as the engine can compute them.

Workarounds for formualizer 0.13.0, each for what goes wrong without it:

- structured references to the formula's own row give #CIRC!, and files' tables are not read at
  all: they become A1 references;
- a left-out argument of our functions arrives as 0: a mark is put in its place;
- a formula of another add-in file, ``[1]!ISO_X(...)``, is #NAME?: the prefix goes;
- ``_xlfn.SINGLE`` (the ``@`` of newer Excel) is unknown, and a range where one cell is meant
  spills: both become the cell in the formula's own row or column;
- names that stand for a formula with a function, or for relative cells, are not read: their text
  is put in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from addin.embedded.wire import OMITTED_MARK
from addin.package import formula_text as ft
from addin.package.addresses import Area, a1, area, column_letters, quote_sheet
from addin.package.formula_text import Token
from addin.package.package import DefinedName
from addin.package.tables import Table

SINGLE = "ENGINE_SINGLE"

_FILE_SINGLE = "_XLFN.SINGLE("
_SIGNS = re.compile(r"\[|,\s*[,)]|\(\s*,|:|_xlfn\.SINGLE\(", re.IGNORECASE).search
_WORD = re.compile(r"[^\W\d][\w.]*")
_SPECIAL = re.compile(r"\[((?:'.|[^\[\]'])*)\]", re.DOTALL)
_ITEMS = {"#all", "#data", "#headers", "#totals", "#this row"}


class _OwnRow(NamedTuple):
    """Cells of a table in the formula's own row."""

    first_row: int
    last_row: int
    # The address without its row numbers: "$B$", and ":$D$" if it is more than one cell.
    start: str
    end: str

    def at(self, row: int, column: int) -> str:
        if not self.first_row <= row <= self.last_row:
            return "#VALUE!"
        return f"{self.start}{row}{self.end}{row}" if self.end else f"{self.start}{row}"


class _Crossing(NamedTuple):
    """The one cell of a range that is in the formula's own row or column."""

    prefix: str
    area: Area

    def at(self, row: int, column: int) -> str:
        block = self.area
        if block.columns == 1 and block.top <= row <= block.bottom:
            return self.prefix + a1(row, block.left)
        if block.rows == 1 and block.left <= column <= block.right:
            return self.prefix + a1(block.top, column)
        return "#VALUE!"


class _FromA1(NamedTuple):
    """The text of a name with relative cells: it is written as seen from cell A1."""

    text: str

    def at(self, row: int, column: int) -> str:
        return f"({ft.moved(self.text, row - 1, column - 1)})"


_Part: TypeAlias = "str | _OwnRow | _Crossing | _FromA1"
_Compiled: TypeAlias = "str | tuple[_Part, ...]"


class Rewriter:
    """Rewrites the formulas of one workbook; what does not depend on the cell is done once."""

    def __init__(
        self, tables: Iterable[Table], names: Iterable[DefinedName], functions: Iterable[str]
    ) -> None:
        self._tables = {table.name.casefold(): table for table in tables}
        self._functions = {f"{name.upper()}(" for name in functions}
        self._inlined = _names_to_inline(names)
        self._special_words = frozenset((*self._tables, *self._inlined))
        self._compiled: dict[tuple[str, str, str, bool], _Compiled] = {}

    def rewrite(self, text: str, sheet: str, row: int, column: int, *, array: bool = False) -> str:
        """A cell's formula for the engine; both without ``=``."""
        if not self._needs_work(text):
            return text
        own = self._table_around(sheet, row, column)
        key = (text, sheet, own.name if own else "", array)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = _join(self._compile(text, sheet, own, array=array))
            self._compiled[key] = compiled
        if isinstance(compiled, str):
            return compiled
        return "".join(
            [part if type(part) is str else part.at(row, column) for part in compiled]  # type: ignore[union-attr]
        )

    def _needs_work(self, text: str) -> bool:
        if _SIGNS(text):
            return True
        special = self._special_words
        return bool(special) and not special.isdisjoint(words(text))

    def _table_around(self, sheet: str, row: int, column: int) -> Table | None:
        for table in self._tables.values():
            if table.sheet == sheet and table.area.holds(row, column):
                return table
        return None

    def _compile(
        self,
        text: str,
        sheet: str,
        own: Table | None,
        *,
        array: bool,
        inside: frozenset[str] = frozenset(),
    ) -> list[_Part]:
        pieces = ft.tokens(text)
        parts: list[_Part] = []
        # What each open bracket belongs to: "ours", "other" function, "single", or "" for none.
        stack: list[str] = []
        before = ""  # kind of the last token that is no space
        at = 0
        while at < len(pieces):
            token = pieces[at]
            kind = token.kind
            one_cell = bool(stack and stack[-1] == "single") or (not array and not any(stack))
            at += 1
            if kind == ft.SPACE:
                parts.append(token.text)
                continue
            if kind == ft.FUNCTION:
                parts.append(self._open_function(token, stack))
            elif kind in (ft.OPEN, ft.BRACE_OPEN):
                stack.append(stack[-1] if stack and stack[-1] == "single" else "")
                parts.append(token.text)
            elif kind == ft.COMMA:
                if stack and stack[-1] == "ours" and before in (ft.FUNCTION, ft.COMMA):
                    parts.append(f'"{OMITTED_MARK}"')
                parts.append(",")
            elif kind in (ft.CLOSE, ft.BRACE_CLOSE):
                opened = stack.pop() if stack else ""
                if opened == "ours" and before == ft.COMMA:
                    parts.append(f'"{OMITTED_MARK}"')
                parts.append(token.text)
            elif kind == ft.EXTERNAL and self._is_ours(pieces[at : at + 1]):
                pass
            elif kind == ft.STRUCTURED:
                parts.append(self._structured(token.text, sheet, own, one_cell=one_cell))
            elif kind == ft.CELL and one_cell and _is_range(pieces, at):
                last = pieces[at + 1]
                parts.append(_Crossing("", area(f"{token.text}:{last.text}")))
                at += 2
            elif kind == ft.NAME:
                parts.extend(self._name(token.text, sheet, own, array=array, inside=inside))
            else:
                parts.append(token.text)
            before = kind
        return parts

    def _open_function(self, token: Token, stack: list[str]) -> str:
        name = token.text.upper()
        if name == _FILE_SINGLE:
            stack.append("single")
            return f"{SINGLE}("
        stack.append("ours" if name in self._functions else "other")
        return token.text

    def _is_ours(self, following: tuple[Token, ...]) -> bool:
        return bool(following) and following[0].text.upper() in self._functions

    def _name(
        self, word: str, sheet: str, own: Table | None, *, array: bool, inside: frozenset[str]
    ) -> list[_Part]:
        key = word.casefold()
        table = self._tables.get(key)
        if table is not None:
            return [_prefix(table, sheet) + _fixed(table.data)]
        text = self._inlined.get(key)
        if text is None or key in inside:
            return [word]
        if _has_relative_cells(text):
            return [_FromA1(text)]
        # Inside a name ranges are ranges, as in an array formula.
        inner = self._compile(text, sheet, own, array=True, inside=inside | {key})
        return ["(", *inner, ")"]

    def _structured(self, text: str, sheet: str, own: Table | None, *, one_cell: bool) -> _Part:
        name, _, inner = text.partition("[")
        table = self._tables.get(name.casefold()) if name else own
        if table is None:
            return "#REF!"
        spec = inner[:-1].strip()
        own_row = spec.startswith("@")
        if own_row:
            spec = spec[1:].strip()
        items, columns = _items_and_columns(spec)
        own_row = own_row or "#this row" in items
        span = _column_span(table, columns)
        if span is None:
            return "#REF!"
        left, right = span
        prefix = _prefix(table, sheet)
        if own_row:
            end = f":${column_letters(right)}$" if right > left else ""
            start = f"{prefix}${column_letters(left)}$"
            return _OwnRow(table.first_row, table.last_row, start, end)
        rows = _row_span(table, items)
        if rows is None:
            return "#REF!"
        block = Area(rows[0], left, rows[1], right)
        if one_cell and (block.rows > 1 or block.columns > 1):
            return _Crossing(prefix, block)
        return prefix + _fixed(block)


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


def _items_and_columns(spec: str) -> tuple[set[str], list[str]]:
    """What stands in the brackets: items such as ``#headers``, and column names unescaped."""
    if not spec:
        return set(), []
    if not spec.startswith("["):
        if spec.casefold() in _ITEMS:
            return {spec.casefold()}, []
        return set(), [_unescape(spec)]
    items, columns = set(), []
    for word in _SPECIAL.findall(spec):
        if word.strip().casefold() in _ITEMS:
            items.add(word.strip().casefold())
        else:
            columns.append(_unescape(word))
    return items, columns


def _unescape(name: str) -> str:
    return re.sub(r"'(.)", r"\1", name, flags=re.DOTALL)


def _column_span(table: Table, columns: list[str]) -> tuple[int, int] | None:
    if not columns:
        return table.area.left, table.area.right
    first, last = table.column(columns[0]), table.column(columns[-1])
    if first is None or last is None:
        return None
    return min(first, last), max(first, last)


def _row_span(table: Table, items: set[str]) -> tuple[int, int] | None:
    spans = []
    for item in items or {"#data"}:
        if item == "#all":
            spans.append((table.area.top, table.area.bottom))
        elif item == "#data":
            spans.append((table.first_row, table.last_row))
        elif item == "#headers" and table.header_rows:
            spans.append((table.area.top, table.area.top))
        elif item == "#totals" and table.totals_rows:
            spans.append((table.area.bottom, table.area.bottom))
        else:
            return None
    return min(top for top, _ in spans), max(bottom for _, bottom in spans)


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


def _join(parts: list[_Part]) -> _Compiled:
    joined: list[_Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    if len(joined) == 1 and isinstance(joined[0], str):
        return joined[0]
    return tuple(joined)


def rewriter_without_workbook(functions: Mapping[str, object]) -> Rewriter:
    """For formulas that stand in no workbook."""
    return Rewriter((), (), functions)
