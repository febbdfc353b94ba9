"""Functions of ranges where the engine's own answer is not Excel's.

Look-ups in data that is not sorted or sorted downwards, criteria that are many at once, products of
ranges that hold words. A formula gets these where that could be seen: see
`addin.embedded.range_rules`. Ranges come as rows of cells, one cell as itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from addin.embedded.cell_functions import ErrorAnswer, as_number, as_text, over_ranges
from addin.embedded.conversion import EngineValue, decode, encode
from addin.embedded.criteria import criterion, is_number, wildcards
from udfs import OMITTED
from udfs.errors import CellError

Scalar: TypeAlias = Any
Grid: TypeAlias = list[list[Scalar]]
PREFIX = "ENGINE_RANGE_"
_MOST_ROWS = 200_000


def grid(value: Any) -> Grid:
    """A range or one cell as rows."""
    return value if type(value) is list else [[value]]


def _cells(*values: Any) -> list[Scalar]:
    return [cell for value in values for row in grid(value) for cell in row]


def _one(value: Any) -> Scalar:
    """The first cell."""
    return grid(value)[0][0]


def _given(value: Any) -> bool:
    return value is not OMITTED


def _stop_at_error(value: Scalar) -> Scalar:
    if isinstance(value, CellError):
        raise ErrorAnswer(value)
    return value


def _line(value: Any) -> list[Scalar]:
    """A row or a column as a list."""
    rows = grid(value)
    if len(rows) > 1 and len(rows[0]) > 1:
        raise ErrorAnswer(CellError.NA)
    return _cells(value)


# Looking up


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, (int, float)) else ""


def _key(value: Scalar) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _exact(wanted: Scalar, line: Sequence[Scalar], *, with_signs: bool) -> int | None:
    pattern = None
    if with_signs and isinstance(wanted, str) and any(sign in wanted for sign in "*?~"):
        pattern = wildcards(wanted)
    kind, key = _kind(wanted), _key(wanted)
    for at, value in enumerate(line):
        if _kind(value) != kind:
            continue
        if pattern.fullmatch(value) is not None if pattern else _key(value) == key:
            return at
    return None


def _sorted_up(wanted: Scalar, line: Sequence[Scalar]) -> int | None:
    """The place of the last value not above the wanted one, as halving finds it."""
    kind, key = _kind(wanted), _key(wanted)
    places = [at for at, value in enumerate(line) if _kind(value) == kind]
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if _key(line[places[middle]]) <= key:
            low = middle + 1
        else:
            high = middle
    return places[low - 1] if low else None


def _sorted_down(wanted: Scalar, line: Sequence[Scalar]) -> int | None:
    """The place of the last value not below the wanted one, in order from the first."""
    kind, key = _kind(wanted), _key(wanted)
    best = None
    for at, value in enumerate(line):
        if _kind(value) != kind:
            continue
        if _key(value) == key:
            return at
        if _key(value) < key:
            break
        best = at
    return best


def _sought(wanted: Scalar) -> Scalar:
    _stop_at_error(wanted)
    return 0.0 if wanted is None else wanted


def _match_one(wanted: Scalar, line: Sequence[Scalar], way: float) -> float:
    wanted = _sought(wanted)
    if way == 0:
        at = _exact(wanted, line, with_signs=True)
    else:
        at = (_sorted_up if way > 0 else _sorted_down)(wanted, line)
    if at is None:
        raise ErrorAnswer(CellError.NA)
    return at + 1.0


def _match(wanted: Any, line: Any, way: Any = OMITTED) -> Any:
    cells, kind = _line(line), as_number(_one(way)) if _given(way) else 1.0
    return _each(lambda one: _match_one(one, cells, kind), wanted)


def _each(function: Callable[[Scalar], Scalar], value: Any) -> Any:
    """A function for each cell of what may be many."""
    if type(value) is not list:
        return function(value)
    rows = []
    for row in value:
        cells: list[Scalar] = []
        for cell in row:
            try:
                cells.append(function(cell))
            except ErrorAnswer as refused:
                cells.append(refused.error)
        rows.append(cells)
    return rows


def _find_x(wanted: Scalar, line: Sequence[Scalar], mode: int, search: int) -> int | None:
    """XMATCH and XLOOKUP: where the wanted value is."""
    if mode not in (-1, 0, 1, 2) or search not in (-2, -1, 1, 2):
        raise ErrorAnswer(CellError.VALUE)
    if abs(search) == 2:
        return _find_by_halving(wanted, line, mode, up=search > 0)
    order = range(len(line)) if search > 0 else range(len(line) - 1, -1, -1)
    in_order = [line[at] for at in order]
    found = _exact(wanted, in_order, with_signs=mode == 2)
    if found is None and wanted is None:
        found = next((at for at, value in enumerate(in_order) if value is None), None)
    if found is None and mode in (-1, 1):
        kind, key = _kind(wanted), _key(wanted)
        best: Any = None
        for at, value in enumerate(in_order):
            if _kind(value) != kind or (_key(value) < key) != (mode < 0):
                continue
            nearer = best is None or (_key(value) > best if mode < 0 else _key(value) < best)
            if nearer:
                best, found = _key(value), at
    return None if found is None else order[found]


def _find_by_halving(wanted: Scalar, line: Sequence[Scalar], mode: int, *, up: bool) -> int | None:
    if mode == 2:
        raise ErrorAnswer(CellError.VALUE)
    kind, key = _kind(wanted), _key(wanted)
    places = [at for at, value in enumerate(line) if _kind(value) == kind]
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        value = _key(line[places[middle]])
        if value <= key if up else value >= key:
            low = middle + 1
        else:
            high = middle
    before = places[low - 1] if low else None
    behind = places[low] if low < len(places) else None
    if before is not None and _key(line[before]) == key:
        return before
    if mode == 0:
        return None
    return before if (mode < 0) == up else behind


def _x_match(wanted: Any, line: Any, mode: Any = OMITTED, search: Any = OMITTED) -> Any:
    cells, modes = _line(line), _modes(mode, search)

    def one(value: Scalar) -> float:
        at = _find_x(_stop_at_error(value), cells, *modes)
        if at is None:
            raise ErrorAnswer(CellError.NA)
        return at + 1.0

    return _each(one, wanted)


def _modes(mode: Any, search: Any) -> tuple[int, int]:
    return (
        int(as_number(_one(mode))) if _given(mode) else 0,
        int(as_number(_one(search))) if _given(search) else 1,
    )


def _x_lookup(
    wanted: Any,
    line: Any,
    results: Any,
    otherwise: Any = OMITTED,
    mode: Any = OMITTED,
    search: Any = OMITTED,
) -> Any:
    keys, rows, modes = _line(line), grid(results), _modes(mode, search)
    across = len(grid(line)) == 1 and len(keys) > 1
    if len(keys) != (len(rows[0]) if across else len(rows)):
        raise ErrorAnswer(CellError.VALUE)

    def one(value: Scalar) -> Any:
        at = _find_x(_stop_at_error(value), keys, *modes)
        if at is None:
            if not _given(otherwise):
                raise ErrorAnswer(CellError.NA)
            return otherwise
        found = [[row[at]] for row in rows] if across else [rows[at]]
        return found if len(found) > 1 or len(found[0]) > 1 else _stop_at_error(found[0][0])

    wide = (len(rows) if across else len(rows[0])) > 1
    return one(_one(wanted)) if wide else _each(one, wanted)


def _lookup(wanted: Any, line: Any, results: Any = OMITTED) -> Any:
    rows = grid(line)
    if not _given(results):
        across = len(rows[0]) > len(rows)
        cells = rows[0] if across else [row[0] for row in rows]
        values = rows[-1] if across else [row[-1] for row in rows]
    else:
        cells, values = _line(line), _line(results)

    def one(value: Scalar) -> Scalar:
        at = _sorted_up(_sought(value), cells)
        if at is None or at >= len(values):
            raise ErrorAnswer(CellError.NA)
        return _shown(values[at])

    return _each(one, wanted)


def _shown(value: Scalar) -> Scalar:
    """What a look-up gives: 0 for a blank cell."""
    return 0.0 if value is None else _stop_at_error(value)


def _table_lookup(*, across: bool) -> Callable[..., Any]:
    def looked_up(wanted: Any, table: Any, which: Any, approximate: Any = OMITTED) -> Any:
        rows = grid(table)
        lines = rows if across else [list(column) for column in zip(*rows, strict=True)]
        number = int(as_number(_stop_at_error(_one(which))))
        if number < 1:
            raise ErrorAnswer(CellError.VALUE)
        if number > len(lines):
            raise ErrorAnswer(CellError.REF)
        near = not _given(approximate) or bool(as_number(_stop_at_error(_one(approximate))))

        def one(value: Scalar) -> Scalar:
            sought = _sought(value)
            keys = lines[0]
            at = _sorted_up(sought, keys) if near else _exact(sought, keys, with_signs=True)
            if at is None:
                raise ErrorAnswer(CellError.NA)
            return _shown(lines[number - 1][at])

        return _each(one, wanted)

    return looked_up


# Criteria


def _by_criteria(
    of: Callable[[list[Scalar]], Scalar] | None, *, results_first: bool, date1904: bool
) -> Callable[..., Any]:
    """A function of ranges and criteria, one value for each criterion where they are many."""

    def computed(*arguments: Any) -> Any:
        given = list(arguments)
        if of is None:
            values, pairs = None, given
        elif results_first:
            values, pairs = given[0], given[1:]
        else:
            values = given[2] if len(given) > 2 and _given(given[2]) else given[0]
            pairs = given[:2]
        ranges = [grid(one) for one in pairs[::2]]
        shape = len(ranges[0]), len(ranges[0][0])
        all_ranges = ranges if values is None else [*ranges, grid(values)]
        if any((len(one), len(one[0])) != shape for one in all_ranges):
            raise ErrorAnswer(CellError.VALUE)
        cells = _cells(values) if values is not None else []
        columns = [_cells(one) for one in pairs[::2]]

        def one(*wanted: Scalar) -> Scalar:
            tests = [criterion(each, date1904=date1904) for each in wanted]
            met = [
                at
                for at in range(len(columns[0]))
                if all(test(column[at]) for test, column in zip(tests, columns, strict=True))
            ]
            return float(len(met)) if of is None else of([cells[at] for at in met])

        return decode(over_ranges(one, errors=True)(*map(encode, pairs[1::2])))

    return computed


def _numbers(cells: Iterable[Scalar]) -> list[float]:
    return [float(_stop_at_error(cell)) for cell in cells if _counts(cell)]


def _counts(cell: Scalar) -> bool:
    return is_number(cell) or isinstance(cell, CellError)


def _mean(cells: list[Scalar]) -> float:
    numbers = _numbers(cells)
    if not numbers:
        raise ErrorAnswer(CellError.DIV0)
    return math.fsum(numbers) / len(numbers)


# Sums and sizes


def _sum_of_products(*arguments: Any) -> float:
    grids = [grid(one) for one in arguments if _given(one)]
    shape = len(grids[0]), len(grids[0][0])
    if any((len(one), len(one[0])) != shape for one in grids):
        raise ErrorAnswer(CellError.VALUE)
    total = 0.0
    columns = [_cells(one) for one in grids]
    for line in zip(*columns, strict=True):
        product = 1.0
        for cell in line:
            product *= float(_stop_at_error(cell)) if _counts(cell) else 0.0
        total += product
    return total


def _count(*values: Any) -> float:
    return float(sum(map(is_number, _cells(*(value for value in values if _given(value))))))


def _count_all(*values: Any) -> float:
    return float(sum(cell is not None for cell in _cells(*values)))


def _nth(*, largest: bool) -> Callable[..., Any]:
    def nth(values: Any, which: Any) -> Any:
        numbers = sorted(_numbers(_cells(values)), reverse=largest)

        def one(place: Scalar) -> float:
            # A part of a place counts up for the largest and down for the smallest.
            number = as_number(_stop_at_error(place))
            at = math.ceil(number) if largest else math.floor(number)
            if not 1 <= at <= len(numbers):
                raise ErrorAnswer(CellError.NUM)
            return numbers[at - 1]

        return _each(one, which)

    return nth


def _rank(values: Any, among: Any, order: Any = OMITTED) -> Any:
    numbers = _numbers(_cells(among))
    upwards = _given(order) and bool(as_number(_stop_at_error(_one(order))))

    def one(value: Scalar) -> float:
        number = as_number(_stop_at_error(value))
        if number not in numbers:
            raise ErrorAnswer(CellError.NA)
        return 1.0 + sum(other < number if upwards else other > number for other in numbers)

    return _each(one, values)


def _aggregate(function: Any, option: Any, values: Any, which: Any = OMITTED) -> Any:
    """AGGREGATE of an array or with a place: errors are left out where the option says so."""
    number, left_out = int(as_number(_one(function))), int(as_number(_one(option)))
    cells = _cells(values)
    if left_out in (2, 3, 6, 7):
        cells = [cell for cell in cells if not isinstance(cell, CellError)]
    numbers = sorted(_numbers(cells))
    if number in (14, 15):
        return _nth(largest=number == 14)([numbers or [None]], which)
    if number == 12 and numbers:
        return float(np.median(numbers))
    if number in (16, 17, 18, 19) and _given(which):
        share = as_number(_stop_at_error(_one(which)))
        return _percentile(
            numbers, share / 4 if number in (17, 19) else share, inclusive=number in (16, 17)
        )
    raise ErrorAnswer(CellError.VALUE if numbers else CellError.NUM)


def _percentile(numbers: list[float], share: float, *, inclusive: bool) -> float:
    count = len(numbers)
    place = share * (count - 1) if inclusive else share * (count + 1) - 1
    if not count or not 0 <= place <= count - 1:
        raise ErrorAnswer(CellError.NUM)
    low = math.floor(place)
    high = min(low + 1, count - 1)
    return numbers[low] + (place - low) * (numbers[high] - numbers[low])


def _unique(values: Any, by_column: Any = OMITTED, once: Any = OMITTED) -> Grid:
    across = _given(by_column) and bool(as_number(_one(by_column)))
    rows = grid(values)
    if across:
        rows = [list(column) for column in zip(*rows, strict=True)]
    counts: dict[Any, list[Any]] = {}
    for row in rows:
        key = tuple((_kind(cell), _key(cell)) for cell in row)
        counts.setdefault(key, [row, 0])[1] += 1
    only_once = _given(once) and bool(as_number(_one(once)))
    found = [row for row, count in counts.values() if count == 1 or not only_once]
    if not found:
        raise ErrorAnswer(CellError.VALUE)
    return [list(column) for column in zip(*found, strict=True)] if across else found


def _row_numbers(first: Any, count: Any) -> Grid:
    start, size = int(as_number(_one(first))), int(as_number(_one(count)))
    if size > _MOST_ROWS:
        raise ErrorAnswer(CellError.VALUE)
    return [[float(start + at)] for at in range(size)]


def _column_numbers(first: Any, count: Any) -> Grid:
    return [[row[0] for row in _row_numbers(first, count)]]


# Text


def _joined(*values: Any) -> str:
    text = "".join(as_text(_stop_at_error(cell)) for cell in _cells(*values))
    if len(text) > 32_767:
        raise ErrorAnswer(CellError.VALUE)
    return text


def _joined_with(between: Any, leave_out: Any, *values: Any) -> str:
    signs = [as_text(_stop_at_error(cell)) for cell in _cells(between)]
    skip = bool(as_number(_stop_at_error(_one(leave_out)))) if _given(leave_out) else True
    texts = [as_text(_stop_at_error(cell)) for cell in _cells(*values)]
    if skip:
        texts = [text for text in texts if text]
    out = "".join(
        text + (signs[at % len(signs)] if at < len(texts) - 1 else "")
        for at, text in enumerate(texts)
    )
    if len(out) > 32_767:
        raise ErrorAnswer(CellError.VALUE)
    return out


# Matrices


def _matrix(value: Any) -> Any:
    rows = grid(value)
    if not all(is_number(_stop_at_error(cell)) for row in rows for cell in row):
        raise ErrorAnswer(CellError.VALUE)
    return np.array(rows, dtype=float)


def _product(left: Any, right: Any) -> Any:
    first, second = _matrix(left), _matrix(right)
    if first.shape[1] != second.shape[0]:
        raise ErrorAnswer(CellError.VALUE)
    return (first @ second).tolist()


def _square(value: Any) -> Any:
    matrix = _matrix(value)
    if matrix.shape[0] != matrix.shape[1]:
        raise ErrorAnswer(CellError.VALUE)
    return matrix


def _inverse(value: Any) -> Any:
    try:
        return np.linalg.inv(_square(value)).tolist()
    except np.linalg.LinAlgError:
        raise ErrorAnswer(CellError.NUM) from None


def _functions(date1904: bool) -> dict[str, Callable[..., Any]]:
    def by(of: Callable[[list[Scalar]], Scalar] | None, *, first: bool) -> Callable[..., Any]:
        return _by_criteria(of, results_first=first, date1904=date1904)

    def total(cells: list[Scalar]) -> float:
        return math.fsum(_numbers(cells))

    return {
        "MATCH": _match,
        "XMATCH": _x_match,
        "XLOOKUP": _x_lookup,
        "LOOKUP": _lookup,
        "VLOOKUP": _table_lookup(across=False),
        "HLOOKUP": _table_lookup(across=True),
        "COUNTIF": by(None, first=False),
        "COUNTIFS": by(None, first=False),
        "SUMIF": by(total, first=False),
        "SUMIFS": by(total, first=True),
        "AVERAGEIF": by(_mean, first=False),
        "AVERAGEIFS": by(_mean, first=True),
        "MAXIFS": by(lambda cells: max(_numbers(cells), default=0.0), first=True),
        "MINIFS": by(lambda cells: min(_numbers(cells), default=0.0), first=True),
        "SUMPRODUCT": _sum_of_products,
        "COUNT": _count,
        "COUNTA": _count_all,
        "LARGE": _nth(largest=True),
        "SMALL": _nth(largest=False),
        "RANK": _rank,
        "RANK.EQ": _rank,
        "AGGREGATE": _aggregate,
        "UNIQUE": _unique,
        "ROW": _row_numbers,
        "COLUMN": _column_numbers,
        "CONCATENATE": _joined,
        "CONCAT": _joined,
        "TEXTJOIN": _joined_with,
        "MMULT": _product,
        "MDETERM": lambda value: float(np.linalg.det(_square(value))),
        "MINVERSE": _inverse,
    }


def range_functions(*, date1904: bool = False) -> dict[str, Callable[..., EngineValue]]:
    """The functions by the names under which the engine gets them."""
    return {PREFIX + name: _called(function) for name, function in _functions(date1904).items()}


NAMES = frozenset(_functions(False))


def _called(function: Callable[..., Any]) -> Callable[..., EngineValue]:
    def call(*arguments: EngineValue) -> EngineValue:
        try:
            return encode(function(*map(decode, arguments)))
        except ErrorAnswer as refused:
            return encode(refused.error)
        except OverflowError:
            return encode(CellError.NUM)
        except (TypeError, ValueError, IndexError):
            return encode(CellError.VALUE)

    return call
