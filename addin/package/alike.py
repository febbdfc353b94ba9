"""Rows of a sheet's file that look alike, taken apart column by column.

The rows of a piece of the file are cut into cells, the cells of each column are looked at together,
and each one is seen to be, sign by sign, what would be written for its value. `Different` is raised
where that is not so: then the rows are read as elements.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat

from addin.package.addresses import column_number
from addin.package.cell_formula import CellFormula
from addin.package.filled_down import FilledDown
from addin.package.formula_text import WEB_PREFIX, with_web_prefix, without_web_prefix
from addin.package.grown import GrownColumn, GrownRows
from addin.package.markup import unescaped
from addin.package.shared_formulas import Different, SharedElement, SharedFormulas
from addin.package.values import Value, known_error, unescape

_ROW = re.compile(r'<row r="(\d+)"([^>]*)>')
_LOOKS = re.compile(r'\s(ht|customHeight|s|customFormat|thickBot|thickTop)="([^"]*)"')
# What Excel and LibreOffice write besides, and says nothing.
_NO_LOOKS = re.compile(
    r'\s(?:spans|x14ac:dyDescent)="[^"]*"|\s(?:hidden|collapsed|outlineLevel)="(?:0|false)"'
)
_CELL = '<c r="'
_ADDRESS = re.compile(r'([A-Z]{1,3})[0-9]+"')
_STYLE = re.compile(r' s="(\d+)"')
_FORMULA = re.compile(r'<f((?: (?:aca|ca|xml:space)="[a-z01]*")*)>([^<]+)</f>')
# What is behind a cell's own tag and its formula, however it is written.
_VALUE = re.compile(r'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>)?</c>')
_TEXT = re.compile(r'<is>(?:<t(?: xml:space="preserve")?>([^<]*)</t>|<t/>)</is></c>')
_BLANK = "/"
_KINDS = ("n", "s", "b", "e", "str", "inlineStr")


class Alike:
    """Rows being read, in pieces of some hundred or thousand."""

    def __init__(self, strings: Sequence[str], most_cells: int, head: bytes) -> None:
        self._strings = strings
        self._shared = SharedFormulas(head)
        self._most = most_cells
        self._columns: dict[str, _Column] = {}
        self._first = 0
        self._seen = self._looks = ""
        self.count = 0

    def take(self, piece: str) -> None:
        """Take in whole rows."""
        if "\r" in piece:  # as any reader of XML does
            piece = piece.replace("\r\n", "\n").replace("\r", "\n")
        rows = piece.split("</row>")
        if rows.pop():
            raise Different("something behind the rows")
        if not rows:
            return
        lines = [row.split(_CELL) for row in rows]
        self._heads([line.pop(0) for line in lines])
        start = self._first + self.count
        numbers = [f'{number}"' for number in range(start, start + len(lines))]
        for letters, places, cells in _in_columns(numbers, lines):
            column = self._columns.get(letters)
            if column is None:
                at = start, column_number(letters)
                column = self._columns[letters] = _Column(cells[0], at, self._strings, self._shared)
                column.leave_out(self.count)
            of_rows = range(start, start + len(lines)) if places is None else [
                start + at for at in places
            ]  # fmt: skip
            values = column.read(cells, of_rows)
            column.add(values, places, len(lines))
        self.count += len(lines)
        for column in self._columns.values():
            column.leave_out(self.count)
        if self.count * len(self._columns) > self._most:
            raise Different("too many cells")

    def _heads(self, heads: Sequence[str]) -> None:
        """See to the rows' own tags: numbers that follow one another, and one look."""
        for at, head in enumerate(heads):
            number = self._first + self.count + at
            if self._first and head == f'<row r="{number}"{self._seen}>':
                continue
            found = _ROW.fullmatch(head)
            if found is None or (self._first and int(found[1]) != number):
                raise Different("not the next row")
            looks = _looks_of(found[2])
            if looks is None or (self._first and looks != self._looks):
                raise Different("a row that looks otherwise")
            self._first = self._first or int(found[1])
            self._seen, self._looks = found[2], looks

    def rows(self) -> GrownRows:
        """All of them."""
        last = self._first + self.count - 1
        columns = {
            column_number(letters): column.made(self._first)
            for letters, column in self._columns.items()
        }
        return GrownRows(self._first, last, self._first - 1, self._looks, columns)


def _in_columns(
    numbers: list[str], lines: list[list[str]]
) -> Iterator[tuple[str, list[int] | None, list[str]]]:
    """Letters, places among the rows (None for all of them), and what is behind the addresses."""
    first = lines[0]
    if set(map(len, lines)) == {len(first)}:
        columns = [_letters(cell) for cell in first]
        if len(set(columns)) < len(columns):
            raise Different("two cells with one address")
        cut: list[tuple[str, None, list[str]]] = []
        for letters, of_rows in zip(columns, zip(*lines, strict=True), strict=True):
            heads = [letters + number for number in numbers]
            if not all(map(str.startswith, of_rows, heads)):
                break
            ends = [cell[len(head) :] for cell, head in zip(of_rows, heads, strict=True)]
            cut.append((letters, None, ends))
        else:
            yield from cut
            return
    found: dict[str, tuple[list[int], list[str]]] = {}
    for at, (number, line) in enumerate(zip(numbers, lines, strict=True)):
        for cell in line:
            letters = _letters(cell)
            if not cell.startswith(number, len(letters)):
                raise Different("a cell of another row")
            places, cells = found.setdefault(letters, ([], []))
            if places and places[-1] == at:
                raise Different("two cells with one address")
            places.append(at)
            cells.append(cell[len(letters) + len(number) :])
    for letters, (places, cells) in found.items():
        yield letters, None if len(places) == len(lines) else places, cells


def _letters(cell: str) -> str:
    found = _ADDRESS.match(cell)
    if found is None:
        raise Different("a cell without an address")
    return found[1]


def _looks_of(attributes: str) -> str | None:
    """What makes a row look as it does; None where it is hidden, grouped or something else."""
    if _NO_LOOKS.sub("", _LOOKS.sub("", attributes)).strip():
        return None
    return "".join(f' {name}="{value}"' for name, value in _LOOKS.findall(attributes))


class _Column:
    """One column being read: all its cells have one style, and one formula or none."""

    def __init__(
        self, cell: str, at: tuple[int, int], strings: Sequence[str], shared: SharedFormulas
    ) -> None:
        self._strings = strings
        found = _STYLE.match(cell)
        self._style = None if found is None else found[1]
        style = "" if found is None else found[0]
        self._kinds = {f'{style} t="{kind}"': kind for kind in _KINDS}
        self._kinds |= {style: "n", f"{style}/": _BLANK, f'{style} t="n"/': _BLANK}
        self._formula = _Formula.of(cell.partition(">")[2], at, shared)
        # Whether cells of numbers, and blank ones, say so: only where all of them do.
        self._numbered = {f'{style} t="n"': True, f'{style} t="n"/': True}
        self._numbered |= {style: False, f"{style}/": False}
        self._says: set[bool] = set()
        self._values: list[Value] = []
        self._absent: list[int] = []

    def leave_out(self, count: int) -> None:
        """There are no cells of this column up to here."""
        there = len(self._values)
        if there < count:
            self._absent += range(there, count)
            self._values += [None] * (count - there)

    def add(self, values: list[Value], places: list[int] | None, count: int) -> None:
        """Put values behind those that are there, at their places among so many rows."""
        if places is None:
            self._values += values
            return
        start = len(self._values)
        for at, value in zip(places, values, strict=True):
            self.leave_out(start + at)
            self._values.append(value)
        self.leave_out(start + count)

    def read(self, cells: Sequence[str], rows: Sequence[int]) -> list[Value]:
        """The values of cells, given from behind their addresses on."""
        parts = [cell.partition(">") for cell in cells]
        heads, bodies = [part[0] for part in parts], [part[2] for part in parts]
        kinds = set(heads)
        self._says.update(self._numbered[head] for head in kinds & self._numbered.keys())
        if self._formula is not None:
            bodies = self._formula.taken_off(bodies, rows)
        if len(kinds) == 1:
            return self._of_kind(heads[0], bodies)
        found: list[Value] = [None] * len(cells)
        for kind in kinds:
            at = [place for place, head in enumerate(heads) if head == kind]
            values = self._of_kind(kind, [bodies[place] for place in at])
            for place, value in zip(at, values, strict=True):
                found[place] = value
        return found

    def _of_kind(self, head: str, bodies: list[str]) -> list[Value]:
        kind = self._kinds.get(head)
        if kind is None or (self._formula is not None and kind in (_BLANK, "inlineStr", "s")):
            raise Different("another style, or a kind of cell that columns do not hold")
        if kind == _BLANK:
            if any(bodies):
                raise Different("something behind a blank cell")
            return [None] * len(bodies)
        inline = kind == "inlineStr"
        opening, closing = ("<is><t>", "</t></is></c>") if inline else ("<v>", "</v></c>")
        texts: Sequence[str | None] | None = _between(bodies, opening, closing)
        if texts is None:
            pattern = _TEXT if inline else _VALUE
            matches = [pattern.fullmatch(body) for body in bodies]
            if None in matches:
                raise Different("something else in a cell")
            texts = [found[1] for found in matches if found is not None]
        return _READ[kind](texts, self._strings)

    def made(self, first: int) -> GrownColumn:
        """The column, of rows from this one on."""
        formula = self._formula
        if formula is None:
            return GrownColumn(
                self._style, None, self._values,
                absent=frozenset(self._absent), numbered=self._says == {True},
            )  # fmt: skip
        if self._absent:
            raise Different("a formula in some rows only")
        return GrownColumn(
            self._style, CellFormula(formula.at(first - 1)), self._values,
            web=formula.web, attributes=formula.attributes, numbered=self._says == {True},
            written=formula.written(len(self._values)),
        )  # fmt: skip


def _between(bodies: Sequence[str], opening: str, closing: str) -> list[str] | None:
    """What stands between the same tags in all of them; None where some have other ones."""
    together = "".join(bodies)
    if not together.startswith(opening) or not all(map(str.endswith, bodies, repeat(closing))):
        return None
    texts = together[len(opening) : -len(closing)].split(closing + opening)
    tags = opening.count("<") + closing.count("<")
    plain = len(texts) == len(bodies) and together.count("<") == tags * len(bodies)
    return texts if plain else None


class _Formula:
    """What the cells of a column compute."""

    def __init__(
        self, attributes: str, text: str, at: tuple[int, int], shared: SharedFormulas
    ) -> None:
        self.attributes = attributes
        self.web = WEB_PREFIX in text
        self._text = without_web_prefix(text) if self.web else text
        if self.web and with_web_prefix(self._text) != text:
            raise Different("some functions are named as an add-in's, and some are not")
        self._row, self._column = at
        self._down = FilledDown(text, self._row)
        self._shared = shared
        self._written: list[str | None] = []

    @classmethod
    def of(cls, body: str, at: tuple[int, int], shared: SharedFormulas) -> _Formula | None:
        """The formula at the beginning of a cell's content."""
        found = _FORMULA.match(body)
        if found is not None:
            return cls(found[1], unescaped(found[2]), at, shared)
        element = SharedElement.of(body)
        if element is None:
            return None
        shared.take(element, *at)
        return cls("", shared.text(element.number, *at), at, shared)

    def taken_off(self, bodies: list[str], rows: Sequence[int]) -> list[str]:
        """The cells' contents without the formula, which is the same moved from row to row."""
        same = self._down.same
        if same is not None:
            text = f"<f{self.attributes}>{same}</f>"
            if all(map(str.startswith, bodies, repeat(text))):
                size = len(text)
                return [body[size:] for body in bodies]
            texts = [same] * len(bodies)
        else:
            texts = self._down.texts(rows)
        found = []
        opening = f"<f{self.attributes}>"
        for body, text in zip(bodies, texts, strict=True):
            head = f"{opening}{text}</f>"
            if not body.startswith(head):
                if _FORMULA.match(body) is None:
                    return self._shared_taken_off(bodies, texts, rows)
                head = self._written_otherwise(body, text)
            found.append(body[len(head) :])
        return found

    def _written_otherwise(self, body: str, text: str) -> str:
        """The formula as it stands in a cell where other signs are written as entities."""
        found = _FORMULA.match(body)
        if found is None or found[1] != self.attributes or unescaped(found[2]) != unescaped(text):
            raise Different("another formula")
        return found[0]

    def _shared_taken_off(
        self, bodies: list[str], texts: list[str], rows: Sequence[int]
    ) -> list[str]:
        """The same where cells have but the number of a formula that they share with others.

        Cells below each other with one number compute what the first and the last of them do.
        """
        self._written += [None] * (rows[0] - self._row - len(self._written))
        found: list[str] = []
        above: SharedElement | None = None  # where the cell above has only the number
        for at, (body, text, row) in enumerate(zip(bodies, texts, rows, strict=True)):
            element = above
            if above is None or not body.startswith(above.written):
                element = SharedElement.of(body)
                if above is not None:
                    self._compare(above, rows[at - 1], texts[at - 1])
                if element is not None:
                    self._shared.take(element, row, self._column)
                    self._compare(element, row, text)
            head = self._written_otherwise(body, text) if element is None else element.written
            found.append(body[len(head) :])
            self._written.append(None if element is None else element.written)
            above = None if element is None or element.text else element
        if above is not None:
            self._compare(above, rows[-1], texts[-1])
        return found

    def _compare(self, element: SharedElement, row: int, text: str) -> None:
        """See that a cell which shares its formula computes this."""
        if self._shared.text(element.number, row, self._column) != unescaped(text):
            raise Different("another formula")

    def written(self, count: int) -> list[str | None] | None:
        """How so many cells have their formulas, where not all of them have the text."""
        if not self._written:
            return None
        return [*self._written, *[None] * (count - len(self._written))]

    def at(self, row: int) -> str:
        """The text in a row from which it can be filled down into all others."""
        filed = with_web_prefix(self._text) if self.web else self._text
        moved = unescaped(self._down.texts([row])[0])
        if (
            FilledDown(moved, row).texts([self._row])[0]
            != FilledDown(filed, self._row).texts([self._row])[0]
        ):
            raise Different("a formula that cannot be filled down from the row above")
        return without_web_prefix(moved) if self.web else moved


_Texts = Sequence[str | None]


def _numbers(texts: _Texts, _: Sequence[str]) -> list[Value]:
    try:
        numbers: list[float] = list(map(float, texts))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        some = [float(text) if text and text.strip() else None for text in texts]
        if not all(math.isfinite(number) for number in some if number is not None):
            raise Different("no number") from None
        return list(some)
    if not all(map(math.isfinite, numbers)):
        raise Different("no number")
    return list(numbers)


def _shared(texts: _Texts, strings: Sequence[str]) -> list[Value]:
    return [strings[int(text or "")] for text in texts]


def _truths(texts: _Texts, _: Sequence[str]) -> list[Value]:
    return [None if text is None else text.strip() in ("1", "true") for text in texts]


def _errors(texts: _Texts, _: Sequence[str]) -> list[Value]:
    found: list[Value] = []
    for text in texts:
        error = None if text is None else known_error(unescaped(text))
        if error is None:
            raise Different("an error that is none of the old ones")
        found.append(error)
    return found


def _formula_texts(texts: _Texts, _: Sequence[str]) -> list[Value]:
    return [None if text is None else _plain(text) for text in texts]


def _inline_texts(texts: _Texts, _: Sequence[str]) -> list[Value]:
    return [_plain(text or "") for text in texts]


def _plain(text: str) -> str:
    if "&" in text or "_x" in text:
        text = unescape(unescaped(text))
    return sys.intern(text)


_READ: Mapping[str, Callable[[_Texts, Sequence[str]], list[Value]]] = {
    "n": _numbers, "s": _shared, "b": _truths, "e": _errors, "str": _formula_texts,
    "inlineStr": _inline_texts,
}  # fmt: skip
