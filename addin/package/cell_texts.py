"""The cells of a sheet that isomargin wrote itself, as pieces of the part's text.

Where only values beside formulas change, most of a workbook's sheets, no element has to be made of
any cell, which takes several times as long. That holds for parts in the very form in which they
are written here; whatever else stands in one, `read` says so and the part becomes a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from addin.package.addresses import Area, area, column_letters, column_number
from addin.package.cell_formula import CellFormula
from addin.package.formula_text import WEB_PREFIX
from addin.package.markup import escaped, unescaped

_At: TypeAlias = tuple[int, int]
# What the `t` attribute says ("n" where there is none), and the text of the value.
Content: TypeAlias = tuple[str, str]

_SPACE = ' xml:space="preserve"'
# A cell that holds something. Its groups: column, row, attributes, those of the formula, the
# formula, the value, the text that was typed.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]+)"([^/>]*)>'
    r"(?:<f((?: [^>]*)?)>([^<]*)</f>)?"
    rf"(?:<v(?:{_SPACE})?>([^<]*)</v>|<v/>|<is><t(?:{_SPACE})?>([^<]*)</t></is>)?</c>"
)
# One that holds nothing: column, row, attributes.
_BLANK = re.compile(r'<c r="([A-Z]{1,3})([0-9]+)"([^/>]*)/>')
_ROW = re.compile(r'<row r="([0-9]+)"')
_ARRAY = re.compile(r' t="array" ref="([A-Z0-9:]+)"')
_KIND = re.compile(r' t="([a-zA-Z]+)"')
_OF_OLD_VALUE = re.compile(r' vm="[^"]*"')


class CellTexts:
    """The cells of one sheet that hold something, found in its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[_At, re.Match[str]] = {}
        self._blank: dict[_At, re.Match[str]] = {}  # those that were asked for
        self._starts: dict[int, int] = {}  # of the rows
        self._new: dict[_At, Content | None] = {}
        self._attributes: dict[tuple[str, str], str] = {}  # with another kind of value
        self.formulas: dict[_At, CellFormula] = {}
        self.arrays: list[Area] = []

    @classmethod
    def read(cls, content: bytes) -> CellTexts | None:
        """The cells of a part; None where something in it has another form."""
        text = content.decode()
        found = cls(text)
        known = found._find_cells() and WEB_PREFIX not in text and "<!" not in text
        return found if known else None

    def _find_cells(self) -> bool:
        columns: dict[str, int] = {}
        plain: dict[str, CellFormula] = {}  # one for all cells of a table's column
        for cell in _CELL.finditer(self._text):
            letters, row, attributes, of_formula, formula = cell.group(1, 2, 3, 4, 5)
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = column_number(letters)
            at = int(row), column
            self._places[at] = cell
            if formula is None:
                continue
            if of_formula in ("", _SPACE):
                known = plain.get(formula)
                if known is None:
                    known = plain[formula] = CellFormula(unescaped(formula))
                self.formulas[at] = known
                continue
            array = _ARRAY.fullmatch(of_formula)
            if array is None:
                return False
            block = area(array[1])
            self.arrays.append(block)
            self.formulas[at] = CellFormula(unescaped(formula), block, ' cm="' in attributes)
        return len(self._places) == self._text.count("</c>")

    def content(self, at: _At) -> Content | None:
        """What a cell holds; None where it is blank."""
        if at in self._new:
            return self._new[at]
        cell = self._places.get(at)
        return None if cell is None else _content(cell)

    def inputs(self) -> Iterator[tuple[_At, Content]]:
        """The cells that hold something and no formula."""
        for at in {**self._places, **self._new}:
            content = None if at in self.formulas else self.content(at)
            if content is not None:
                yield at, content

    def changed_inputs(self) -> set[_At] | None:
        """The cells that were given another value; None where results are among them."""
        return None if self._new.keys() & self.formulas.keys() else set(self._new)

    def holds(self, at: _At) -> bool:
        """Whether a cell holds anything."""
        return self._new[at] is not None if at in self._new else at in self._places

    def has(self, at: _At) -> bool:
        """Whether there is such a cell, blank or not."""
        if at not in self._places and at not in self._blank:
            row, column = at
            start = self._row_starts().get(row, -1)
            letters = column_letters(column)
            # In a row cells stand in order, and a row ends before the next one.
            end = self._text.find("</row>", start) if start >= 0 else -1
            found = self._text.find(f'<c r="{letters}{row}"', start, end) if end >= 0 else -1
            blank = _BLANK.match(self._text, found) if found >= 0 else None
            if blank is None:
                return False
            self._blank[at] = blank
        return True

    def _row_starts(self) -> dict[int, int]:
        if not self._starts:
            self._starts = {int(row[1]): row.start() for row in _ROW.finditer(self._text)}
        return self._starts

    def is_result(self, at: _At, kind: str, text: str) -> bool:
        """Whether a formula's cell holds this already, to the last letter; a quick look."""
        cell = self._places.get(at)
        if cell is None or cell[6] != text or at in self._new:
            return False
        attributes = cell[3]
        return f' t="{kind}"' in attributes or (kind == "n" and " t=" not in attributes)

    def put(self, at: _At, content: Content | None) -> None:
        """Give a cell that is there another value; its formula stays."""
        self._new[at] = content

    def text(self) -> str:
        """The part with the new values in it."""
        pieces, end, new = [], 0, self._new
        cells = [(self._places.get(at) or self._blank[at], at) for at in new]
        for cell, at in sorted(cells, key=lambda one: one[0].start()):
            pieces.append(self._text[end : cell.start()])
            pieces.append(self._with_value(cell, new[at]))
            end = cell.end()
        pieces.append(self._text[end:])
        return "".join(pieces)

    def _with_value(self, cell: re.Match[str], value: Content | None) -> str:
        letters, row, old = cell.group(1, 2, 3)
        of_formula, formula = cell.group(4, 5) if cell.re is _CELL else ("", None)
        kind, text = value or ("n", "")
        attributes = self._attributes.get((old, kind))
        if attributes is None:
            attributes = self._attributes[old, kind] = _with_kind(old, kind)
        start = f'<c r="{letters}{row}"{attributes}'
        if value is None:
            return f"{start}/>"
        inner = "" if formula is None else f"<f{of_formula}>{formula}</f>"
        space = _SPACE if text != text.strip() else ""
        if kind == "inlineStr":
            return f"{start}>{inner}<is><t{space}>{escaped(text)}</t></is></c>"
        return f"{start}>{inner}<v{space}>{escaped(text)}</v></c>"


def _content(cell: re.Match[str]) -> Content | None:
    attributes, formula, value, typed = cell.group(3, 5, 6, 7)
    text = typed if value is None else value
    if text is None and formula is None:
        return None
    return _kind(attributes), unescaped(text or "")


@lru_cache(maxsize=1_000)  # a sheet's cells have a few dozen styles
def _kind(attributes: str) -> str:
    kind = _KIND.search(attributes)
    return "n" if kind is None else kind[1]


def _with_kind(attributes: str, kind: str) -> str:
    attributes = _OF_OLD_VALUE.sub("", attributes)
    without = _KIND.sub("", attributes)
    return without if kind == "n" else f'{without} t="{kind}"'
