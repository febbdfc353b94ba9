"""Cells to arrays and back: normalise, broadcast, compute in blocks, keep errors by element.

Done once here, for every formula and every host, so that a formula's body is arithmetic only.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from udfs.catalogue.cell_types import Number
from udfs.catalogue.cells import CellProblem, Rows, as_rows, is_range
from udfs.catalogue.parameter import Parameter
from udfs.catalogue.range_types import Series
from udfs.errors import CellError
from udfs.maths.arrays import Floats, Numeric

# Errors travel beside the numbers as one byte an element; 0 is no error.
Codes: TypeAlias = npt.NDArray[np.uint8]
_ERRORS: tuple[CellError | None, ...] = (None, *CellError)
_CODE = {error: np.uint8(code) for code, error in enumerate(_ERRORS) if error is not None}

# Elements a block: few enough that a formula's temporaries stay in the processor's cache, which is
# what makes a checked formula as fast as the bare expression over whole arrays; and enough that
# the calls around a block do not count.
BLOCK = 65_536


class Computable(Protocol):
    """What is needed of a formula to compute it."""

    parameters: tuple[Parameter, ...]
    same_as: tuple[Parameter, ...]  # those whose default is another argument's value
    words: tuple[Parameter, ...]  # those whose value is a word in the body
    follows: str  # the argument that a running result runs along, if any

    def body(self, **values: Any) -> Any:
        """The arithmetic."""
        ...

    def parameter(self, name: str) -> Parameter:
        """The argument of that name."""
        ...


class Invalid(NamedTuple):
    """Where a formula's answer does not stand, the error there, and why."""

    where: Any
    error: CellError
    message: str


@dataclass(frozen=True)
class Result:
    """A formula's numbers, and where they do not stand; an element's first error is shown."""

    values: Numeric
    errors: tuple[Invalid, ...] = ()
    # Where an answer stands but is not the plain one, and what ISO_EXPLAIN says of it.
    notes: tuple[tuple[Any, str], ...] = ()

    def noting(self, where: Any, message: str) -> Result:
        """The same with a note where a condition holds; the message may name arguments."""
        return replace(self, notes=(*self.notes, (where, message)))


def invalid_where(values: Numeric, *errors: tuple[Any, CellError, str]) -> Result:
    """The values, except where a condition of ``errors`` holds.

    The messages may name arguments in braces: ``"stop {stop} is not below entry {entry}"``.
    """
    return Result(values, tuple(Invalid(*error) for error in errors))


@dataclass(frozen=True)
class TableAnswer:
    """A table-valued answer: one list a row, in the order of the formula's columns."""

    rows: Sequence[Sequence[Any]]
    note: str = ""  # as a Result's; for rows that are in error, the reason
    columns: Sequence[str] = ()  # their names, where the formula does not know them beforehand


class ArgumentColumn(NamedTuple):
    """One argument over a range: numbers of shape (rows, columns), or one number."""

    values: Numeric
    incoming: Codes | None = None  # cells that held an error already
    wrong: Codes | None = None  # cells that are no answer to what was asked
    blanks: npt.NDArray[np.bool_] | None = None  # blanks to fill from another argument

    @property
    def is_array(self) -> bool:
        """Whether there is more than one number that holds for all elements."""
        return isinstance(self.values, np.ndarray)


def compute_cell(formula: Computable, cells: dict[str, Any], notes: list[str] | None = None) -> Any:
    """The answer for single cells, or the CellProblem. ``cells`` holds what was given, by name.

    A note on the answer is added to ``notes``.
    """
    values: dict[str, Any] = {}
    problem: CellProblem | None = None
    for parameter in formula.parameters:
        try:
            values[parameter.name] = parameter.parse(cells.get(parameter.name))
        except CellProblem as found:
            # An error that came in wins over what is wrong here, as in a spreadsheet's own
            # functions; otherwise the leftmost argument is the one to fix first.
            if isinstance(cells.get(parameter.name), CellError):
                raise
            problem = problem or found
    if problem is not None:
        raise problem
    for parameter in formula.same_as:
        if values[parameter.name] is None:
            values[parameter.name] = values[parameter.default.argument]
    for parameter in formula.words:
        values[parameter.name] = parameter.kind.body_value(values[parameter.name])  # type: ignore[union-attr]
    with np.errstate(all="ignore"):
        answer = formula.body(**values)
        if isinstance(answer, TableAnswer) and answer.note and notes is not None:
            notes.append(answer.note)
        if isinstance(answer, Result):
            for invalid in answer.errors:
                if invalid.where:
                    raise CellProblem(
                        invalid.error, invalid.message.format_map(_Shown(formula, values))
                    )
            if notes is not None:
                shown = _Shown(formula, values)
                notes += [message.format_map(shown) for where, message in answer.notes if where]
            answer = answer.values
    if isinstance(answer, (TableAnswer, str)):
        return answer
    number = float(answer[0] if formula.follows else answer)
    if number - number != 0.0:  # NaN or infinite
        raise CellProblem(
            CellError.NUM, "the result is too large to compute, or does not exist for these numbers"
        )
    return number + 0.0  # no minus zero in a cell


class _Shown(dict[str, str]):
    """Argument values for a message, formatted when it asks for them."""

    def __init__(self, formula: Computable, values: dict[str, Any]) -> None:
        super().__init__()
        self._formula = formula
        self._values = values

    def __missing__(self, name: str) -> str:
        return self._formula.parameter(name).kind.shown(self._values[name])


def compute_range(formula: Computable, arguments: dict[str, Any]) -> tuple[Floats, Codes | None]:
    """The answers over ranges, with an error code an element (None where all is well)."""
    whole = {
        p.name: p.parse(arguments.get(p.name)) for p in formula.parameters if p.kind.takes_range
    }
    columns = {
        p.name: _column(p, arguments.get(p.name))
        for p in formula.parameters
        if not p.kind.takes_range
    }
    shape = _broadcast({name: col.values for name, col in columns.items() if col.is_array})
    twins: dict[str, str] = {}  # left out, and so the very values of another argument
    for parameter in formula.same_as:
        other = parameter.default.argument
        blanks = columns[parameter.name].blanks
        if blanks is not None and blanks.all():
            twins[parameter.name] = other
        columns[parameter.name] = _same(columns[parameter.name], columns[other])
    # What is the same for all elements is looked at once, not block after block.
    varying = [
        p
        for p in formula.parameters
        if p.name in columns and p.name not in twins and columns[p.name].is_array
    ]
    values = whole | {name: column.values for name, column in columns.items()}
    out = np.empty(shape)
    found = _Errors(shape)
    # An error that came in wins over anything wrong here, as in a spreadsheet's own functions.
    for column in columns.values():
        found.mark(_ALL, column.incoming)
    with np.errstate(all="ignore"):
        for block in _blocks(shape):
            for p in varying:
                values[p.name] = _slice(p, columns[p.name], block, found)
            part = out[block]
            for where, chosen in _by_words(formula.words, values, whole, part.shape):
                for name, other in twins.items():
                    chosen[name] = chosen[other]
                answer = formula.body(**chosen)
                if isinstance(answer, Result):
                    for invalid in answer.errors:
                        found.mark(block, _spread(invalid.where, where), invalid.error)
                    answer = answer.values
                if where is None:
                    np.add(answer, 0.0, out=part)  # no minus zero in a cell
                else:
                    part[where] = np.ravel(answer) + 0.0
            # One pass tells that all is well; only a sum that overflowed or met a NaN needs a look.
            if not math.isfinite(np.add.reduce(part, axis=None)):
                found.mark(block, ~np.isfinite(part), CellError.NUM)
    return out, found.codes


def _by_words(
    words: Sequence[Parameter],
    values: dict[str, Any],
    whole: Container[str],
    shape: tuple[int, ...],
) -> Iterator[tuple[npt.NDArray[np.bool_] | None, dict[str, Any]]]:
    """A block's values with one word each for the body to look at, and where these words stand;
    what is ``whole`` belongs to every element.

    Most often every element has the same words, and the block stays whole (None).
    """
    mixed = [p for p in words if np.size(values[p.name]) > 1]
    chosen = values.copy()
    for p in words:
        if p not in mixed:
            chosen[p.name] = p.kind.body_value(np.ravel(values[p.name])[0])  # type: ignore[union-attr]
    if not mixed:
        yield None, chosen
        return
    codes = np.stack([np.broadcast_to(values[p.name], shape) for p in mixed])
    for combination in np.unique(codes.reshape(len(mixed), -1), axis=1).T:
        if np.isnan(combination).any():  # no word: its error is noted already
            continue
        where = (codes == combination[:, None, None]).all(axis=0)
        picked = {
            name: value
            if name in whole or np.size(value) == 1
            else np.broadcast_to(value, shape)[where]
            for name, value in chosen.items()
        }
        for p, code in zip(mixed, combination, strict=True):
            picked[p.name] = p.kind.body_value(code)  # type: ignore[union-attr]
        yield where, picked


def _spread(mask: Any, where: npt.NDArray[np.bool_] | None) -> Any:
    """A mask over the picked elements as one over the block."""
    if where is None:
        return mask
    whole = np.zeros(where.shape, dtype=bool)
    whole[where] = np.ravel(mask)
    return whole


def compute_each(formula: Computable, arguments: dict[str, Any]) -> Rows:
    """The answers over ranges, cell by cell; an element's error in its place."""
    shapes = {
        name: np.empty((len(as_rows(value)), len(as_rows(value)[0])))
        for name, value in arguments.items()
        if is_range(value) and not formula.parameter(name).kind.takes_range
    }
    high, wide = _broadcast(shapes)

    def answer(row: int, column: int) -> Any:
        cells = {
            name: element(value, row, column) if name in shapes else value
            for name, value in arguments.items()
        }
        try:
            return compute_cell(formula, cells)
        except CellProblem as problem:
            return problem.error

    return [[answer(row, column) for column in range(wide)] for row in range(high)]


def compute_running(formula: Computable, arguments: dict[str, Any]) -> tuple[Floats, Codes | None]:
    """The answers along the argument that the formula follows, with an error code an element.

    A bad cell's error stands in its place and in every place after it, as in a running sum of a
    spreadsheet's own: what came before stays right, and what follows would be a wrong number.
    """
    series = formula.parameter(formula.follows)
    given = arguments.get(series.name)
    values = {p.name: p.parse(arguments.get(p.name)) for p in formula.parameters if p is not series}
    assert isinstance(series.kind, Series)
    numbers, problem = series.kind.until_problem(given, series.name)
    rows = as_rows(given)
    out = np.full((len(rows), len(rows[0])), np.nan)
    for p in formula.words:
        values[p.name] = p.kind.body_value(values[p.name])  # type: ignore[union-attr]
    with np.errstate(all="ignore"):
        out.flat[: len(numbers)] = formula.body(**values, **{series.name: numbers})
    found = _Errors(out.shape)
    if problem is not None:
        after = np.arange(out.size).reshape(out.shape) >= len(numbers)
        found.mark(_ALL, after, problem.error)
    found.mark(_ALL, ~np.isfinite(out), CellError.NUM)
    out += 0.0  # no minus zero in a cell
    return out, found.codes


_ALL = (slice(None), slice(None))


class _Errors:
    """The errors of a result, an element each; the first one marked stays."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self.codes: Codes | None = None

    def mark(self, block: tuple[slice, slice], where: Any, error: CellError | None = None) -> None:
        """Note errors: codes an element, or one error wherever a mask holds."""
        if where is None or not np.any(where):
            return
        if self.codes is None:
            self.codes = np.zeros(self._shape, dtype=np.uint8)
        part = self.codes[block]
        codes = where if error is None else np.where(where, _CODE[error], np.uint8(0))
        np.copyto(part, codes, where=part == 0)


def from_rows(rows: Rows) -> tuple[Floats, Codes | None]:
    """Answers cell by cell as numbers, with an error code an element."""
    cells = [cell for row in rows for cell in row]
    codes = [_CODE[cell] if isinstance(cell, CellError) else np.uint8(0) for cell in cells]
    numbers = [np.nan if isinstance(cell, CellError) else cell for cell in cells]
    return _shaped(np.array(numbers, dtype=np.float64), rows), _shaped(np.array(codes), rows)


def to_rows(values: Floats, codes: Codes | None) -> Rows:
    """Answers over a range as plain cell values."""
    rows: Rows = values.tolist()
    if codes is not None:
        for row, column in zip(*np.nonzero(codes), strict=True):
            rows[row][column] = _ERRORS[codes[row, column]]
    return rows


def to_array(values: Floats, codes: Codes | None) -> Floats:
    """Answers over a range as an array of floats, NaN where an element is an error."""
    if codes is not None:
        values[codes > 0] = np.nan
    return values


def first_error(codes: Codes | None) -> tuple[int, int] | None:
    """The first element in error, row by row."""
    if codes is None or not codes.any():
        return None
    row, column = np.unravel_index(int(np.flatnonzero(codes)[0]), codes.shape)
    return int(row), int(column)


def element(argument: Any, row: int, column: int) -> Any:
    """The cell of an argument that took part in one element of the result."""
    if not is_range(argument):
        return argument
    rows = as_rows(argument)
    line = rows[row if len(rows) > 1 else 0]
    return line[column if len(line) > 1 else 0]


# One cell without a number, and one that is blank.
_NAN = np.full((1, 1), np.nan)
_BLANK = np.ones((1, 1), dtype=bool)


def _column(parameter: Parameter, argument: Any) -> ArgumentColumn:
    if not is_range(argument):
        try:
            number = parameter.parse(argument)
        except CellProblem as problem:
            code = np.full((1, 1), _CODE[problem.error])
            if isinstance(argument, CellError):
                return ArgumentColumn(_NAN, incoming=code)
            return ArgumentColumn(_NAN, wrong=code)
        # None: a blank, to be filled from another argument.
        return ArgumentColumn(_NAN, blanks=_BLANK) if number is None else ArgumentColumn(number)
    if isinstance(argument, np.ndarray) and argument.dtype.kind in "fiu":
        return ArgumentColumn(np.atleast_2d(np.asarray(argument, dtype=np.float64)))
    rows = as_rows(argument)
    cells = list(itertools.chain.from_iterable(rows))
    if not cells:
        raise CellProblem(CellError.NA, f"{parameter.name} is an empty range")
    if isinstance(parameter.kind, Number) and set(map(type, cells)) == {float}:
        return ArgumentColumn(_shaped(np.array(cells), rows))
    values = np.full(len(cells), np.nan)
    incoming = np.zeros(len(cells), dtype=np.uint8)
    wrong = np.zeros(len(cells), dtype=np.uint8)
    blanks = np.zeros(len(cells), dtype=bool)
    for at, cell in enumerate(cells):
        try:
            number = parameter.parse(cell)
        except CellProblem as problem:
            codes = incoming if isinstance(cell, CellError) else wrong
            codes[at] = _CODE[problem.error]
        else:
            blanks[at] = number is None
            values[at] = np.nan if number is None else number
    return ArgumentColumn(
        _shaped(values, rows),
        _shaped(incoming, rows) if incoming.any() else None,
        _shaped(wrong, rows) if wrong.any() else None,
        _shaped(blanks, rows) if blanks.any() else None,
    )


def _shaped(flat: npt.NDArray[Any], rows: Rows) -> Any:
    """A flat array in the range's shape."""
    return flat.reshape(len(rows), len(rows[0]))


def _broadcast(arrays: dict[str, Any]) -> tuple[int, int]:
    """The shape of the result: that of the ranges, one row or column repeated."""
    shapes = {name: array.shape for name, array in arrays.items()}
    try:
        shape = np.broadcast_shapes((1, 1), *shapes.values())
    except ValueError:
        sizes = ", ".join(
            f"{name} {size[0]}x{size[1]}" for name, size in shapes.items() if np.prod(size) > 1
        )
        raise CellProblem(
            CellError.VALUE,
            f"the ranges do not fit together ({sizes}):"
            " give one cell, one row, one column or the same shape",
        ) from None
    return shape[0], shape[1]


def _same(column: ArgumentColumn, other: ArgumentColumn) -> ArgumentColumn:
    """Blanks of one argument filled with another's values, and with the other's errors."""
    blanks = column.blanks
    if blanks is None:
        return column
    if blanks.all():  # left out, most often
        return ArgumentColumn(other.values, other.incoming, other.wrong)
    own = np.zeros(blanks.shape, dtype=np.uint8)

    def fill(mine: Codes | None, theirs: Codes | None) -> Codes:
        return np.where(
            blanks, own if theirs is None else theirs, own if mine is None else mine
        ).astype(np.uint8)

    return ArgumentColumn(
        np.where(blanks, other.values, column.values),
        fill(column.incoming, other.incoming),
        fill(column.wrong, other.wrong),
    )


def _blocks(shape: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    wide = min(max(shape[1], 1), BLOCK)
    high = BLOCK // wide
    for top in range(0, shape[0], high):
        for left in range(0, shape[1], wide):
            yield slice(top, top + high), slice(left, left + wide)


def _slice(
    parameter: Parameter, column: ArgumentColumn, block: tuple[slice, slice], found: _Errors
) -> Numeric:
    """An argument's numbers in one block; its bad cells are noted and become NaN."""
    numbers: Any = column.values
    part = numbers[_within(numbers, block)]
    if column.wrong is not None:
        wrong = column.wrong[_within(column.wrong, block)]
        found.mark(block, wrong)
    outside = parameter.kind.outside(part)  # type: ignore[union-attr]
    if outside is not None:
        found.mark(block, outside, CellError.NUM)
        part = np.where(outside, np.nan, part)
    return part  # type: ignore[no-any-return]


def _within(numbers: npt.NDArray[Any], block: tuple[slice, slice]) -> tuple[slice, slice]:
    """The block in an array that may be one row or one column of the broadcast shape."""
    rows, across = numbers.shape
    return (
        block[0] if rows > 1 else slice(None),
        block[1] if across > 1 else slice(None),
    )
