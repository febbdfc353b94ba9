"""The cells of a sheet that isomargin wrote itself, as pieces of the part's text.

Where only values beside formulas change, most of a workbook's sheets, no element has to be made of
any cell, which takes several times as long. That holds for parts in the very form in which they
are written here; whatever else stands in one, `read` says so and the part becomes a tree.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from addin.package.addresses import area, column_letters, column_number
from addin.package.cell_formula import CellFormula
from addin.package.cell_index import CellIndex
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
        self._places: dict[_At, int] = {}  # where they start
        self._blank: dict[_At, int] = {}  # those that were asked for
        self._starts: dict[int, int] = {}  # of the rows
        self._new: dict[_At, Content | None] = {}
        self._attributes: dict[tuple[str, str], str] = {}  # with another kind of value
        self._formulas: dict[_At, CellFormula] | None = None  # once they were looked for
        self.formula_places: dict[_At, None] = {}
        self.arrays: dict[_At, CellFormula] = {}

    @classmethod
    def read(cls, content: bytes, index: CellIndex | None = None) -> CellTexts | None:
        """The cells of a part; None where something in it has another form.

        An `index` is one that was noted of this very part.
        """
        text = content.decode()
        found = cls(text)
        if index is not None:
            found._take(index)
            return found
        known = found._find_cells() and WEB_PREFIX not in text and "<!" not in text
        return found if known else None

    def _take(self, index: CellIndex) -> None:
        places = list(zip(index.rows, index.columns, strict=True))
        self._places = dict(zip(places, index.starts, strict=True))
        self.formula_places = dict.fromkeys(itertools.compress(places, index.has_formula))
        self.arrays = dict(index.arrays)

    def index(self) -> CellIndex:
        """What `read` needs not to look for the cells again."""
        rows, columns = zip(*self._places, strict=True) if self._places else ((), ())
        has_formula = [int(at in self.formula_places) for at in self._places]
        return CellIndex(rows, columns, [*self._places.values()], has_formula, self.arrays)

    @property
    def formulas(self) -> dict[_At, CellFormula]:
        """Every formula; looked for when they are asked for, where there is an index."""
        if self._formulas is None:
            self._find_cells()
        assert self._formulas is not None
        return self._formulas

    def _find_cells(self) -> bool:
        columns: dict[str, int] = {}
        plain: dict[str, CellFormula] = {}  # one for all cells of a table's column
        formulas = self._formulas = {}
        for cell in _CELL.finditer(self._text):
            letters, row, attributes, of_formula, formula = cell.group(1, 2, 3, 4, 5)
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = column_number(letters)
            at = int(row), column
            self._places[at] = cell.start()
            if formula is None:
                continue
            self.formula_places[at] = None
            if of_formula in ("", _SPACE):
                known = plain.get(formula)
                if known is None:
                    known = plain[formula] = CellFormula(unescaped(formula))
                formulas[at] = known
                continue
            array = _ARRAY.fullmatch(of_formula)
            if array is None:
                return False
            formulas[at] = self.arrays[at] = CellFormula(
                unescaped(formula), area(array[1]), ' cm="' in attributes
            )
        return len(self._places) == self._text.count("</c>")

    def _cell(self, at: _At) -> re.Match[str] | None:
        """A cell that holds something."""
        start = self._places.get(at)
        return None if start is None else _CELL.match(self._text, start)

    def content(self, at: _At) -> Content | None:
        """What a cell holds; None where it is blank."""
        if at in self._new:
            return self._new[at]
        cell = self._cell(at)
        return None if cell is None else _content(cell)

    def inputs(self) -> Iterator[tuple[_At, Content]]:
        """The cells that hold something and no formula."""
        for at in {**self._places, **self._new}:
            content = None if at in self.formula_places else self.content(at)
            if content is not None:
                yield at, content

    def changed_inputs(self) -> set[_At] | None:
        """The cells that were given another value; None where results are among them."""
        return None if self._new.keys() & self.formula_places.keys() else set(self._new)

    def formulas_in_error(self) -> list[_At]:
        """The formulas that show an error."""
        new = self._new.items()
        found = {at for at, content in new if content is not None and content[0] == "e"}
        if ' t="e"' in self._text:  # seldom, and else none of the old cells needs a look
            old = self.formula_places.keys() - self._new.keys()
            found |= {at for at in old if (self.content(at) or "")[:1] == ("e",)}
        return sorted(found & self.formula_places.keys())

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
            if found < 0 or not _BLANK.match(self._text, found):
                return False
            self._blank[at] = found
        return True

    def _row_starts(self) -> dict[int, int]:
        if not self._starts:
            self._starts = {int(row[1]): row.start() for row in _ROW.finditer(self._text)}
        return self._starts

    def put(self, at: _At, content: Content | None) -> None:
        """Give a cell that is there another value; its formula stays."""
        self._new[at] = content

    def text(self) -> str:
        """The part with the new values in it."""
        pieces, end, new = [], 0, self._new
        starts = {self._places[at] if at in self._places else self._blank[at]: at for at in new}
        for start, at in sorted(starts.items()):
            cell = (_CELL if at in self._places else _BLANK).match(self._text, start)
            assert cell is not None  # so it was found
            pieces.append(self._text[end:start])
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
