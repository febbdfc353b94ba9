"""Many cells at once: what kind of value each holds, its number, its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from addin.embedded.cell_functions import as_text
from addin.embedded.numbers_as_text import text_as_number
from addin.package.values import Value
from udfs.errors import CellError

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Kinds: TypeAlias = npt.NDArray[np.uint8]
Texts: TypeAlias = npt.NDArray[np.object_]

# In the order in which Excel sorts them.
BLANK, NUMBER, TEXT, TRUTH, ERROR = range(5)
_ERRORS = tuple(CellError)
_PLAIN_KINDS = {float: NUMBER, str: TEXT, type(None): BLANK}
_PLAIN = frozenset(_PLAIN_KINDS)
_CODES = {error: float(code) for code, error in enumerate(_ERRORS)}


class Unknown(Exception):
    """Something that is not computed by columns: the engine has to do it."""


class Cells(NamedTuple):
    """Cells by row of the formula (or one row for all) and, of a range, by cell of it."""

    kind: Kinds
    number: Floats  # TRUE is 1, an error its code
    text: Texts | None = None  # where there is any text

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and cells of each."""
        return self.kind.shape

    @property
    def all_numbers(self) -> bool:
        """Whether every cell holds a number."""
        return bool((self.kind == NUMBER).all())

    def rows(self, at: npt.NDArray[np.intp]) -> Cells:
        """Some of the rows, in their order."""
        if self.kind.shape[0] in (1, at.size):
            return self
        text = None if self.text is None else self.text[at]
        return Cells(self.kind[at], self.number[at], text)

    def some(self, at: npt.NDArray[np.intp]) -> Cells:
        """Some of the rows, where there are as many as there are rows."""
        text = None if self.text is None else self.text[at]
        return Cells(self.kind[at], self.number[at], text)

    def replaced(self, at: npt.NDArray[np.intp], cells: Cells) -> Cells:
        """The same with some rows of others."""
        kind, number, text = self.kind.copy(), self.number.copy(), self.text
        kind[at], number[at] = cells.kind, cells.number
        if text is not None or cells.text is not None:
            text = np.full(kind.shape, "", object) if text is None else text.copy()
            text[at] = "" if cells.text is None else cells.text
        return Cells(kind, number, text)

    def differs(self, other: Cells) -> npt.NDArray[np.bool_]:
        """In which rows of one column another one shows something else, to the last bit."""
        apart = (self.kind != other.kind) | (
            np.ascontiguousarray(self.number).view(np.int64)
            != np.ascontiguousarray(other.number).view(np.int64)
        )
        if self.text is not None or other.text is not None:
            mine, theirs = ("" if one.text is None else one.text for one in (self, other))
            apart |= (self.kind == TEXT) & np.asarray(mine != theirs, bool)
        found: npt.NDArray[np.bool_] = apart[:, 0]
        return found

    def over(self, count: int) -> Cells:
        """The same for so many rows, where it is one for all."""
        if self.kind.shape[0] == count:
            return self
        text = None if self.text is None else np.repeat(self.text, count, 0)
        return Cells(np.repeat(self.kind, count, 0), np.repeat(self.number, count, 0), text)

    def turned(self) -> Cells:
        """A column's rows as the cells of one range."""
        return Cells(self.kind.T, self.number.T, None if self.text is None else self.text.T)

    def values(self) -> list[Value]:
        """The first cell of each row as a plain value."""
        kind = self.kind[:, 0]
        found: list[Value] = self.number[:, 0].tolist()
        if self.text is not None:
            is_text = kind == TEXT
            if is_text.all():
                return list(map(str, self.text[:, 0].tolist()))
            texts = self.text[is_text, 0].tolist()
            for at, text in zip(np.flatnonzero(is_text).tolist(), texts, strict=True):
                found[at] = str(text)
        for at in np.flatnonzero(kind == ERROR).tolist():
            found[at] = _ERRORS[int(self.number[at, 0])]
        for at in np.flatnonzero(kind == TRUTH).tolist():
            found[at] = bool(found[at])
        for at in np.flatnonzero(kind == BLANK).tolist():
            found[at] = None
        return found


def code(error: CellError) -> float:
    """An error as the number that stands for it here."""
    return _CODES[error]


def of_values(grid: Sequence[Sequence[Value]]) -> Cells:
    """Rows of plain values."""
    shape = (len(grid), len(grid[0]))
    kind, number = np.zeros(shape, np.uint8), np.zeros(shape)
    text: Texts | None = None
    for row, line in enumerate(grid):
        for column, value in enumerate(line):
            if type(value) is float:
                kind[row, column], number[row, column] = NUMBER, value
            elif value is None:
                continue
            elif isinstance(value, str):
                if text is None:
                    text = np.full(shape, "", object)
                kind[row, column], text[row, column] = TEXT, value
            elif isinstance(value, CellError):
                kind[row, column], number[row, column] = ERROR, _CODES[value]
            elif isinstance(value, bool):
                kind[row, column], number[row, column] = TRUTH, value
            elif isinstance(value, (int, float)):
                kind[row, column], number[row, column] = NUMBER, value
            else:
                raise Unknown(f"a {type(value).__name__}")
    return Cells(kind, number, text)


def of_column(values: Sequence[Value]) -> Cells:
    """One plain value a row."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return Cells(np.full((len(values), 1), NUMBER, np.uint8), np.array(values, float)[:, None])
    if kinds == {str}:
        shape = (len(values), 1)
        text = np.empty(shape, object)
        text[:, 0] = values
        return Cells(np.full(shape, TEXT, np.uint8), np.zeros(shape), text)
    if kinds <= _PLAIN:
        return _of_plain(values, str in kinds)
    return of_values([[value] for value in values])


def _of_plain(values: Sequence[Value], with_text: bool) -> Cells:
    """Numbers, texts and blanks."""
    kind = np.array([_PLAIN_KINDS[type(value)] for value in values], np.uint8)
    number = np.array([value if type(value) is float else 0.0 for value in values])
    text: Texts | None = None
    if with_text:
        text = np.empty((len(values), 1), object)
        text[:, 0] = [value if type(value) is str else "" for value in values]
    return Cells(kind[:, None], number[:, None], text)


def one(value: Value) -> Cells:
    """One value for all rows."""
    return of_values([[value]])


def side_by_side(parts: Sequence[Cells]) -> Cells:
    """Columns as the cells of one range in each row."""
    count = max(part.shape[0] for part in parts)
    parts = [part.over(count) for part in parts]
    text = None
    if any(part.text is not None for part in parts):
        blank = np.full((count, 1), "", object)
        text = np.hstack([
            blank.repeat(part.shape[1], 1) if part.text is None else part.text for part in parts
        ])  # fmt: skip
    kind = np.hstack([part.kind for part in parts])
    return Cells(kind, np.hstack([part.number for part in parts]), text)


def one_below_the_other(parts: Sequence[Cells]) -> Cells:
    """Pieces of one column put together."""
    text = None
    if any(part.text is not None for part in parts):
        text = np.vstack([
            np.full(part.shape, "", object) if part.text is None else part.text for part in parts
        ])  # fmt: skip
    kind = np.vstack([part.kind for part in parts])
    return Cells(kind, np.vstack([part.number for part in parts]), text)


class Numbers(NamedTuple):
    """What an operator computes with, and the errors that it passes on."""

    value: Floats
    error: Floats | None  # the error's code; NaN where there is none


def numbers(cells: Cells) -> Numbers:
    """Cells as numbers: a blank is 0, TRUE is 1, text is its number or an error."""
    kind = cells.kind
    if cells.all_numbers:
        return Numbers(cells.number, None)
    value, error = cells.number, errors(cells)
    if error is not None:
        value = np.where(kind == ERROR, 0.0, value)
    is_text = kind == TEXT
    if is_text.any():
        assert cells.text is not None
        value = value.copy()
        error = np.full(kind.shape, np.nan) if error is None else error.copy()
        known: dict[str, float | None] = {}
        for at in zip(*np.nonzero(is_text), strict=True):
            text = cells.text[at]
            found = known[text] if text in known else known.setdefault(text, _of_text(text))
            if found is None:
                error[at] = _CODES[CellError.VALUE]
            else:
                value[at] = found
    return Numbers(value, error)


def _of_text(text: str) -> float | None:
    found = text_as_number(text)
    if found is None and any(map(str.isdigit, text)):
        raise Unknown("text that may be a date, a time or an amount of money")
    return found


def errors(cells: Cells) -> Floats | None:
    """The codes of the errors among cells; NaN where there is none."""
    is_error = cells.kind == ERROR
    return np.where(is_error, cells.number, np.nan) if is_error.any() else None


def first_error(*found: Floats | None) -> Floats | None:
    """The leftmost of several errors."""
    first: Floats | None = None
    for error in found:
        if error is not None:
            first = error if first is None else np.where(np.isnan(first), error, first)
    return first


def in_rows(error: Floats | None) -> Floats | None:
    """The first error among the cells of each row."""
    if error is None or error.shape[1] == 1:
        return error
    there = ~np.isnan(error)
    at = there.argmax(1)
    return np.take_along_axis(error, at[:, None], 1)


def computed(value: Any, *found: Floats | None) -> Cells:
    """Numbers as cells: what is no number is #NUM!, and an error that came in wins."""
    value = np.asarray(value, float)
    error = first_error(*found)
    finite = np.isfinite(value)
    if error is None and finite.all():
        return Cells(np.full(value.shape, NUMBER, np.uint8), value + 0.0)
    shape = value.shape if error is None else np.broadcast_shapes(value.shape, error.shape)
    codes = np.full(shape, np.nan) if error is None else np.broadcast_to(error, shape)
    codes = np.where(np.isnan(codes) & ~finite, _CODES[CellError.NUM], codes)
    bad = ~np.isnan(codes)
    kind = np.where(bad, ERROR, NUMBER).astype(np.uint8)
    return Cells(kind, np.where(bad, codes, value) + 0.0)


def truths(value: Flags, *found: Floats | None) -> Cells:
    """TRUE and FALSE as cells."""
    cells = computed(value.astype(float), *found)
    return cells._replace(kind=np.where(cells.kind == ERROR, ERROR, TRUTH).astype(np.uint8))


def as_texts(cells: Cells) -> tuple[Texts, Floats | None]:
    """Cells as text, and their errors."""
    shown = np.full(cells.shape, "", object)
    kind = cells.kind
    is_number = kind == NUMBER
    if is_number.any():
        found = cells.number[is_number]
        if (np.signbit(found) & (found == 0)).any():
            raise Unknown("a minus zero")
        unique, which = np.unique(found, return_inverse=True)
        shown[is_number] = np.array([as_text(v) for v in unique.tolist()], object)[which]
    for at in zip(*np.nonzero(kind == TRUTH), strict=True):
        shown[at] = as_text(bool(cells.number[at]))
    if cells.text is not None:
        shown = np.where(kind == TEXT, cells.text, shown)
    return shown, errors(cells)


def of_texts(text: Texts, *found: Floats | None) -> Cells:
    """Text as cells."""
    cells = computed(np.zeros(text.shape), *found)
    shape = cells.shape
    kind = np.where(cells.kind == ERROR, ERROR, TEXT).astype(np.uint8)
    return Cells(kind, cells.number, np.broadcast_to(text, shape))


def folded(cells: Cells) -> Texts:
    """The texts of cells in lower case; "" for all else."""
    out = np.full(cells.shape, "", object)
    if cells.text is not None:
        is_text = cells.kind == TEXT
        texts = cells.text[is_text].tolist()
        known = {text: text.casefold() for text in set(texts)}
        out[is_text] = [known[text] for text in texts]
    return out
