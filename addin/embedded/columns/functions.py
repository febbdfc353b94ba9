"""The spreadsheet's own functions over many rows at once; whatever is not here, the engine does.

Each takes the formula being computed, its arguments' nodes and the rows that are asked for.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from addin.embedded.cell_functions import (
    ADDED,
    AS_TEXT,
    COMPARED,
    LESS,
    ONE_CELL_TEXT,
    PREFIX,
    ROUNDING,
    ZERO,
    fifteen_digits,
    of_one_cell,
)
from addin.embedded.columns.cells import (
    BLANK,
    ERROR,
    NUMBER,
    TEXT,
    TRUTH,
    Cells,
    Flags,
    Floats,
    Texts,
    Unknown,
    as_texts,
    code,
    computed,
    errors,
    first_error,
    folded,
    in_rows,
    numbers,
    of_column,
    of_texts,
    one,
    truths,
)
from addin.embedded.columns.operators import binary
from addin.embedded.range_functions import PREFIX as RANGE_PREFIX
from addin.package.addresses import LAST_ROW
from udfs.errors import CellError
from udfs.maths.normal import ndtr

Node: TypeAlias = Any
Rows: TypeAlias = npt.NDArray[np.intp]


class Formula(Protocol):
    """What a function needs to know of the formula that it stands in."""

    first_row: int

    def eval(self, node: Node, at: Rows) -> Cells:
        """An argument's cells in some of the rows."""
        ...


Function: TypeAlias = Callable[[Formula, Sequence[Node], Rows], Cells]


def _put_together(count: int, parts: Sequence[tuple[Rows, Cells]]) -> Cells:
    """Rows that were computed apart."""
    kind, number = np.zeros((count, 1), np.uint8), np.zeros((count, 1))
    text = None
    for at, cells in parts:
        if cells.shape[1] != 1:
            raise Unknown("a range as a result")
        kind[at], number[at] = cells.kind, cells.number
        if cells.text is not None:
            if text is None:
                text = np.full((count, 1), "", object)
            text[at] = cells.text
    return Cells(kind, number, text)


def _chosen(
    formula: Formula, cells: Cells, at: Rows, pick: Callable[[Floats], list[tuple[Any, Any]]]
) -> Cells:
    """Each row by the argument that its first one picks; only that one is computed."""
    if cells.shape[1] != 1:
        raise Unknown("a choice over a range")
    value, error = numbers(cells)
    value = np.broadcast_to(value, (len(at), 1))[:, 0]
    wrong = np.zeros(len(at), bool)
    parts: list[tuple[Rows, Cells]] = []
    if error is not None:
        codes = np.broadcast_to(error, (len(at), 1))
        wrong = ~np.isnan(codes[:, 0])
        where = np.flatnonzero(wrong)
        if where.size:
            kind = np.full((len(where), 1), ERROR, np.uint8)
            parts.append((where, Cells(kind, codes[where])))
    for taken, node in pick(value):
        where = np.flatnonzero(taken & ~wrong)
        if where.size:
            result = node if isinstance(node, Cells) else formula.eval(node, at[where])
            if where.size == len(at):
                return result
            parts.append((where, result))
    return _put_together(len(at), parts)


def _if(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    otherwise = nodes[2] if len(nodes) > 2 else one(False)
    if len(nodes) < 2:
        raise Unknown("IF without a result")
    told = formula.eval(nodes[0], at)
    if (told.kind == TEXT).any():
        raise Unknown("text as a condition")
    return _chosen(
        formula, told, at, lambda value: [(value != 0, nodes[1]), (value == 0, otherwise)]
    )


def _choose(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    def pick(value: Floats) -> list[tuple[Any, Any]]:
        which = np.trunc(value)
        parts: list[tuple[Any, Any]] = [
            (which == number, node) for number, node in enumerate(nodes[1:], 1)
        ]
        return [*parts, ((which < 1) | (which >= len(nodes)), one(CellError.VALUE))]

    return _chosen(formula, formula.eval(nodes[0], at), at, pick)


def _iferror(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    tried = formula.eval(nodes[0], at).over(len(at))
    wrong = np.flatnonzero((tried.kind == ERROR)[:, 0])
    if not wrong.size:
        return tried
    right = np.flatnonzero((tried.kind != ERROR)[:, 0])
    instead = formula.eval(nodes[1], at[wrong])
    return _put_together(len(at), [(right, tried.rows(right)), (wrong, instead)])


def _of_numbers(function: Callable[..., Any]) -> Function:
    """A function that NumPy has."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        found = [numbers(formula.eval(node, at)) for node in nodes]
        return computed(function(*(n.value for n in found)), *(n.error for n in found))

    return run


def _positive(function: Callable[[Floats], Any]) -> Callable[[Floats], Any]:
    return lambda value: np.where(value > 0, function(np.where(value > 0, value, 1.0)), np.nan)


def _normal(value: Floats) -> Any:
    return ndtr(value)


def _by_cell(name: str) -> Function:
    """One of our own functions of one cell, row by row; each combination of values once."""
    function = of_one_cell(name)

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        found = [formula.eval(node, at) for node in nodes]
        if any(cells.shape[1] != 1 for cells in found):
            raise Unknown(f"{name} over a range")
        count = max((cells.shape[0] for cells in found), default=1)
        # What is one for all rows is part of no key.
        fixed = [cells.values()[0] if cells.shape[0] == 1 else None for cells in found]
        varying = [n for n, cells in enumerate(found) if cells.shape[0] > 1]
        if len(varying) == 1:
            return _of_one_column(function, fixed, varying[0], found[varying[0]])
        columns = [cells.over(count).values() for cells in found]
        known: dict[Any, Any] = {}
        out = []
        for row in zip(*columns, strict=True):
            key = (*row, *map(type, row))  # 1 and TRUE are not one
            if key not in known:
                known[key] = _shown(function(*row))
            out.append(known[key])
        return of_column(out)

    return run


def _of_one_column(
    function: Callable[..., Any], fixed: list[Any], place: int, cells: Cells
) -> Cells:
    """A function of one column and of what is one for all rows."""

    def shown(value: Any) -> Any:
        fixed[place] = value
        return _shown(function(*fixed))

    values = cells.values()
    if (cells.kind == TRUTH).any():  # TRUE is no 1
        pairs = [(value, type(value)) for value in values]
        found = {pair: shown(pair[0]) for pair in dict.fromkeys(pairs)}
        return of_column([found[pair] for pair in pairs])
    known = {value: shown(value) for value in dict.fromkeys(values)}
    return of_column([known[value] for value in values])


def _shown(value: Any) -> Any:
    """What a function gave as a cell shows it."""
    if type(value) is int:
        return float(value)
    return CellError.NUM if type(value) is float and not math.isfinite(value) else value


def _rept(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    """REPT; a text that is repeated no times is not put together, if it holds no error."""
    if len(nodes) != 2:
        raise Unknown("REPT of other arguments")
    times = formula.eval(nodes[1], at).over(len(at))
    if times.shape[1] != 1:
        raise Unknown("REPT over a range")
    value, wrong = numbers(times)
    none = (value[:, 0] >= 0) & (value[:, 0] < 1)
    if wrong is not None:
        none &= np.isnan(wrong[:, 0])
    rows = np.flatnonzero(none)
    if not rows.size:
        return _repeated(formula, nodes, at)
    error = _errors_of_text(formula, nodes[0], at[rows])
    error = None if error is None else np.broadcast_to(error, (len(rows), 1))
    nothing = of_texts(np.full((len(rows), 1), "", object), error)
    if rows.size == len(at):
        return nothing
    rest = np.flatnonzero(~none)
    return _put_together(len(at), [(rows, nothing), (rest, _repeated(formula, nodes, at[rest]))])


def _errors_of_text(formula: Formula, node: Node, at: Rows) -> Floats | None:
    """The errors of a text, without the text."""
    if node.node_type() == "BinaryOp" and node.get_operator() == "&":
        left, right = node.children()
        return first_error(_errors_of_text(formula, left, at), _errors_of_text(formula, right, at))
    if node.node_type() == "Function" and node.get_function_name().upper() == AS_TEXT:
        return _errors_of_text(formula, node.children()[0], at)
    cells = formula.eval(node, at)
    if cells.shape[1] != 1:
        raise Unknown("text of a range")
    return errors(cells)


def _n(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells = formula.eval(nodes[0], at)
    kind = np.where(cells.kind == ERROR, ERROR, NUMBER).astype(np.uint8)
    return Cells(kind, np.where((cells.kind == TEXT) | (cells.kind == BLANK), 0.0, cells.number))


def _is(*kinds: int) -> Function:
    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        return truths(np.isin(formula.eval(nodes[0], at).kind, kinds))

    return run


def _logic(way: Callable[[Flags, Flags], Flags]) -> Function:
    """AND and OR of single cells and results."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        told, wrong = None, None
        for node in nodes:
            cells = formula.eval(node, at)
            if cells.shape[1] != 1 or ((cells.kind == TEXT) | (cells.kind == BLANK)).any():
                raise Unknown("AND or OR of a range, a blank or text")
            value, error = numbers(cells)
            told = value != 0 if told is None else way(told, value != 0)
            wrong = first_error(wrong, error)
        if told is None:
            raise Unknown("no condition")
        return truths(told, wrong)

    return run


def _gathered(formula: Formula, nodes: Sequence[Node], at: Rows) -> tuple[Floats, Floats | None]:
    """All arguments side by side, NaN for what does not count, and the first error."""
    values, wrong = [], None
    for node in nodes:
        cells = formula.eval(node, at)
        if node.node_type() == "Reference" or cells.shape[1] > 1:
            # Of cells that are named, only numbers count.
            values.append(np.where(cells.kind == NUMBER, cells.number, np.nan))
            wrong = first_error(wrong, in_rows(errors(cells)))
        else:
            value, error = numbers(cells)
            values.append(value)
            wrong = first_error(wrong, error)
    count = max(value.shape[0] for value in values)
    return np.hstack([np.broadcast_to(v, (count, v.shape[1])) for v in values]), wrong


def _reduced(function: Callable[..., Any], empty: float) -> Function:
    """MIN, MAX and SUM; over nothing they are 0."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        values, wrong = _gathered(formula, nodes, at)
        there = ~np.isnan(values)
        found = function(np.where(there, values, empty), axis=1)
        return computed(np.where(there.any(1), found, 0.0)[:, None], wrong)

    return run


def _in_order(values: Floats, axis: int) -> Any:
    """A sum from left to right, as the engine adds: its last digit depends on the order."""
    return np.add.accumulate(values, axis=axis)[:, -1]


def _sumproduct(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) != 1:
        raise Unknown("SUMPRODUCT of several ranges")
    cells = formula.eval(nodes[0], at)
    total = _in_order(np.where(cells.kind == NUMBER, cells.number, 0.0), 1)
    return computed(total[:, None], in_rows(errors(cells)))


def _last_sum(sign: str) -> Function:
    """The last sum of a formula: what is only an error of rounding is zero."""

    def run(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
        left, right = (formula.eval(node, at) for node in nodes)
        total = binary(sign, left, right)
        value, _ = numbers(left)
        small = np.abs(total.number) < ROUNDING * np.spacing(np.abs(value))
        return total._replace(number=np.where((total.kind == NUMBER) & small, 0.0, total.number))

    return run


def _sum_or_zero(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    total, *ends = (formula.eval(node, at) for node in nodes)
    largest, smallest = (numbers(cells)[0] for cells in ends)
    size = np.maximum(np.maximum(largest, -smallest), 0.0)
    small = np.abs(total.number) < ROUNDING * np.spacing(size)
    return total._replace(number=np.where((total.kind == NUMBER) & small, 0.0, total.number))


def _compared(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    """What is compared, in fifteen digits."""
    cells = formula.eval(nodes[0], at)
    long = (cells.kind == NUMBER) & (cells.number != np.rint(cells.number))
    if not long.any():
        return cells
    number = cells.number.copy()
    number[long] = [fifteen_digits(value) for value in number[long].tolist()]
    return cells._replace(number=number)


def _counta(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return _counted(formula.eval(node, at).kind != BLANK for node in nodes)


def _count(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if any(node.node_type() != "Reference" for node in nodes):
        raise Unknown("COUNT of what is no cell")
    return _counted(formula.eval(node, at).kind == NUMBER for node in nodes)


def _counted(hits: Iterable[Flags]) -> Cells:
    """How many cells of all arguments together, row by row."""
    first, *more = [flags.sum(1)[:, None] for flags in hits]
    return computed(sum(more, first).astype(float))


def _columns(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    reference = _reference(nodes[0])
    if not hasattr(reference, "start"):
        raise Unknown("COLUMNS of no range")
    return one(float(abs(reference.end.col - reference.start.col) + 1))


def _rows(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    reference = _reference(nodes[0])
    if not hasattr(reference, "start") or LAST_ROW in (reference.start.row, reference.end.row):
        raise Unknown("ROWS of no fixed range")
    return one(float(abs(reference.end.row - reference.start.row) + 1))


def _row(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if not nodes:
        return computed((at + formula.first_row).astype(float)[:, None])
    reference = _reference(nodes[0])
    row = getattr(reference, "row", None)
    if row is None or row >= LAST_ROW:
        raise Unknown("ROW of no fixed cell")
    return one(float(row))


def _reference(node: Node) -> Any:
    """The cell or the range that an argument names; None where it is something else."""
    return node.get_reference() if node.node_type() == "Reference" else None


def _pi(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return one(float(np.pi))


def _na(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    return one(CellError.NA)


_CRITERION = re.compile(r"(<=|>=|<>|<|>|=)(.*)", re.DOTALL)


_MAY_BE_A_NUMBER = re.compile(
    r"(?:[\W\d_]|am|pm|e(?=[+-]?\d)|true|false"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)+",
    re.IGNORECASE,
)


_NOWHERE = np.empty(0, np.intp)


class _Criterion:
    """What COUNTIF and SUMIFS look for, one a row, in a range that is the same for all rows."""

    def __init__(self, cells: Cells, criterion: Cells) -> None:
        if cells.shape[0] != 1 or criterion.shape[1] != 1:
            raise Unknown("criteria over a range of the row's own")
        if (criterion.kind == ERROR).any():
            raise Unknown("an error as a criterion")
        self._kind, self._number = cells.kind[0], cells.number[0]
        self._texts = folded(cells)[0]
        self._wanted = criterion.values()
        self.count = len(self._wanted)
        self._by_value: dict[Any, Any] = {}

    def key(self, row: int) -> tuple[type, Any]:
        """What tells a row's criterion from others: TRUE and 1 are two."""
        wanted = self._wanted[row if self.count > 1 else 0]
        return type(wanted), wanted

    def hits(self, row: int) -> Any:
        """The cells that meet a row's criterion, as places in the range."""
        kind, wanted = key = self.key(row)
        if kind is float and self.count > 1:
            return self._numbers.get(wanted, _NOWHERE)
        if key not in self._by_value:
            self._by_value[key] = np.flatnonzero(self._meets(wanted))
        return self._by_value[key]

    @functools.cached_property
    def _numbers(self) -> dict[float, Any]:
        """Where each number stands: the range is gone through once, not for every row."""
        places = np.flatnonzero(self._kind == NUMBER)
        order = places[np.argsort(self._number[places], kind="stable")]
        numbers, starts = np.unique(self._number[order], return_index=True)
        ends = [*starts[1:], len(order)]
        rows = zip(numbers.tolist(), starts, ends, strict=False)  # without numbers there is an end
        return {number: order[start:end] for number, start, end in rows}

    def among(self, row: int, places: Any) -> Any:
        """Which of some places meet a row's criterion: the whole range is not gone through."""
        wanted = self.key(row)[1]
        if self.count == 1:
            return places[self._met[places]]
        if isinstance(wanted, str) and self._doubtful:
            return np.intersect1d(places, self.hits(row))
        kind, number, texts = self._kind[places], self._number[places], self._texts[places]
        return places[_meets(kind, number, texts, wanted)]

    @functools.cached_property
    def _met(self) -> Flags:
        """Which cells meet the criterion that all rows have alike."""
        met: Flags = self._meets(self._wanted[0])
        return met

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for one value, which few cells have."""
        return not isinstance(self._wanted[0], str) or self._wanted[0][:1] not in ("<", ">")

    @functools.cached_property
    def _doubtful(self) -> bool:
        """Whether a text stands in the range that may be a number."""
        return _may_be_numbers(self._texts[self._kind == TEXT])

    def _meets(self, wanted: Any) -> Any:
        return _meets(self._kind, self._number, self._texts, wanted)


def _meets(kind: Any, number_: Any, texts: Any, wanted: Any) -> Any:
    """Which cells meet a criterion; Unknown where it is not sure what the engine says."""
    if isinstance(wanted, bool):
        return (kind == TRUTH) & (number_ == wanted)
    if wanted is None:
        wanted = 0.0  # a blank cell as a criterion is a 0
    if isinstance(wanted, float):
        return (kind == NUMBER) & (number_ == wanted)
    found = _CRITERION.fullmatch(wanted)
    sign, rest = (found[1], found[2]) if found else ("=", wanted)
    if not rest:
        return _meets_nothing(kind, texts, found[1] if found else "")
    try:
        number = float(rest)
    except ValueError:
        if sign not in ("=", "<>"):
            raise Unknown("an order of texts as a criterion") from None
        if not any(sign in rest for sign in _WILDCARDS) and _MAY_BE_A_NUMBER.fullmatch(rest):
            raise Unknown("a criterion that may be a number or a date") from None
        hits = (kind == TEXT) & _alike(texts, rest.casefold())
        return hits if sign == "=" else ~hits
    is_number, value = kind == NUMBER, number_
    if sign in ("=", "<>") and _may_be_numbers(texts[kind == TEXT]):
        raise Unknown("numbers that may be text")
    return {
        "=": is_number & (value == number),
        "<": is_number & (value < number),
        "<=": is_number & (value <= number),
        ">": is_number & (value > number),
        ">=": is_number & (value >= number),
        "<>": ~(is_number & (value == number)),
    }[sign]


def _meets_nothing(kind: Any, texts: Any, sign: str) -> Any:
    """The criteria "", "=" and "<>": blank or a text of nothing, blank, and not blank."""
    if sign == "":
        return (kind == BLANK) | ((kind == TEXT) & (texts == ""))
    if sign in ("=", "<>"):
        return (kind == BLANK) == (sign == "=")
    raise Unknown("an order of nothing")


def _alike(texts: Texts, wanted: str) -> Flags:
    """Which texts (in lower case) are this one, or of its pattern where it has wildcards."""
    if not any(letter in wanted for letter in "*?~"):
        same: Flags = texts == wanted
        return same
    pattern = _pattern(wanted)
    known = {text: pattern.fullmatch(text) is not None for text in set(texts.ravel().tolist())}
    return np.array([known[text] for text in texts.ravel().tolist()], bool).reshape(texts.shape)


_WILDCARDS = {"*": ".*", "?": "."}


def _pattern(wanted: str) -> re.Pattern[str]:
    """A text with wildcards: * for any letters, ? for one, ~ before one that means itself."""
    pieces = re.findall(r"~[*?~]|.", wanted, re.DOTALL)
    if "~" in pieces:
        raise Unknown("a tilde before a plain letter")
    plain = (_WILDCARDS.get(piece) or re.escape(piece[-1]) for piece in pieces)
    return re.compile("".join(plain), re.DOTALL)


def _may_be_numbers(texts: Any) -> bool:
    """Whether a text may be a number, a date or the like, as the engine sees it."""
    return any(any(map(str.isdigit, text)) for text in set(texts.tolist()))


_MOST_PAIRS = 30_000_000


def _own_hits(cells: Cells, wanted: Cells) -> Flags:
    """Which of the row's own cells meet a criterion that is the same for all rows."""
    if wanted.shape != (1, 1):
        raise Unknown("a criterion of the row's own over its own cells")
    texts, criterion = folded(cells), wanted.values()[0]
    if criterion != "" and _may_be_numbers(texts[cells.kind == TEXT]):
        raise Unknown("numbers that may be text")
    hits: Flags = _meets(cells.kind, cells.number, texts, criterion)
    return hits


def _countif(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells, wanted = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if cells.shape[0] > 1:  # cells of the row's own
        hits = _own_hits(cells, wanted)
        return computed(hits.sum(1)[:, None].astype(float))
    looked_for = _Criterion(cells, wanted)
    return computed([[float(len(looked_for.hits(row)))] for row in range(looked_for.count)])


def _several(
    formula: Formula, nodes: Sequence[Node], at: Rows, finish: Callable[[Any], float]
) -> Cells:
    pairs = [
        _Criterion(formula.eval(nodes[n], at), formula.eval(nodes[n + 1], at))
        for n in range(0, len(nodes), 2)
    ]
    pairs.sort(key=lambda pair: not pair.is_narrow)
    count = max(pair.count for pair in pairs)
    if len(pairs) > 1 and count * 8 > _MOST_PAIRS:
        raise Unknown("too many criteria")
    out = np.zeros((count, 1))
    sums: dict[Any, float] = {}
    for row in range(count):
        key = tuple(pair.key(row) for pair in pairs)
        if key not in sums:
            hits = pairs[0].hits(row)
            for pair in pairs[1:]:
                hits = pair.among(row, hits)
            sums[key] = finish(hits)
        out[row, 0] = sums[key]
    return computed(out)


def _countifs(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    first = formula.eval(nodes[0], at)
    if first.shape[0] > 1:
        hits = _own_hits(first, formula.eval(nodes[1], at))
        for n in range(2, len(nodes), 2):
            cells = formula.eval(nodes[n], at)
            if cells.shape != first.shape:
                raise Unknown("criteria over ranges of different kinds")
            hits = hits & _own_hits(cells, formula.eval(nodes[n + 1], at))
        return computed(hits.sum(1)[:, None].astype(float))
    return _several(formula, nodes, at, lambda hits: float(len(hits)))


def _sumifs(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    summed = formula.eval(nodes[0], at)
    if summed.shape[0] != 1:
        raise Unknown("a sum over a range of the row's own")
    kind, number = summed.kind[0], summed.number[0]

    def finish(hits: Any) -> float:
        if (kind[hits] == ERROR).any():
            raise Unknown("an error among what is summed")
        counted = number[hits][kind[hits] == NUMBER]
        return float(np.add.accumulate(counted)[-1]) if len(counted) else 0.0

    return _several(formula, nodes[1:], at, finish)


def _sumif(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    own = formula.eval(nodes[0], at)
    if own.shape[0] > 1 and len(nodes) == 2:
        hits = _own_hits(own, formula.eval(nodes[1], at)) & (own.kind == NUMBER)
        return computed(_in_order(np.where(hits, own.number, 0.0), 1)[:, None])
    summed = nodes[2] if len(nodes) > 2 else nodes[0]
    sizes = formula.eval(summed, at).shape, formula.eval(nodes[0], at).shape
    if sizes[0] != sizes[1]:
        raise Unknown("SUMIF over ranges of different sizes")
    return _sumifs(formula, [summed, nodes[0], nodes[1]], at)


def _value(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells = formula.eval(nodes[0], at)
    if ((cells.kind == TRUTH) | (cells.kind == BLANK)).any():
        raise Unknown("VALUE of a truth value or a blank")
    found = numbers(cells)
    return computed(found.value, found.error)


def _match(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) < 3:
        raise Unknown("MATCH in a sorted range")
    way = formula.eval(nodes[2], at)
    if way.shape != (1, 1) or not way.all_numbers or way.number[0, 0] != 0:
        raise Unknown("MATCH in a sorted range")
    wanted, cells = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if wanted.shape[1] != 1 or (wanted.kind == BLANK).any():
        raise Unknown("MATCH of a range or a blank")
    if cells.shape[0] > 1:
        if wanted.shape[0] != 1 or not wanted.all_numbers:
            raise Unknown("MATCH in the row's own cells")
        hits = (cells.kind == NUMBER) & (cells.number == wanted.number)
        places = np.where(hits.any(1), hits.argmax(1) + 1.0, np.nan)
    else:
        places = _places(wanted, cells)
    none = np.where(np.isnan(places), code(CellError.NA), np.nan)[:, None]
    return computed(np.nan_to_num(places)[:, None], errors(wanted), none)


def _places(wanted: Cells, cells: Cells) -> Floats:
    """Where each row's value stands first in a range; NaN where it does not."""
    texts = folded(cells)[0]
    first: dict[tuple[int, Any], int] = {}
    there = zip(cells.kind[0].tolist(), cells.number[0].tolist(), strict=True)
    for at, (kind, number) in enumerate(there):
        first.setdefault((kind, texts[at] if kind == TEXT else number), at + 1)
    asked = folded(wanted)[:, 0]
    out = np.full(wanted.shape[0], np.nan)
    patterns: dict[str, float] = {}
    special = {text for text in set(asked.tolist()) if any(sign in text for sign in "*?~")}
    rows = zip(wanted.kind[:, 0].tolist(), wanted.number[:, 0].tolist(), strict=True)
    for at, (kind, number) in enumerate(rows):
        if kind == TEXT and asked[at] in special:
            if asked[at] not in patterns:
                hits = np.flatnonzero((cells.kind[0] == TEXT) & _alike(texts, asked[at]))
                patterns[asked[at]] = hits[0] + 1.0 if hits.size else np.nan
            out[at] = patterns[asked[at]]
        elif kind != ERROR:
            out[at] = first.get((kind, asked[at] if kind == TEXT else number), np.nan)
    return out


def _index(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    if len(nodes) != 2:
        raise Unknown("INDEX with a row and a column")
    cells = formula.eval(nodes[0], at)
    value, error = numbers(formula.eval(nodes[1], at))
    if cells.shape[0] != 1 or value.shape[1] != 1:
        raise Unknown("INDEX of the row's own cells")
    place = np.trunc(value)[:, 0]
    inside = (place >= 1) & (place <= cells.shape[1])
    wrong = None if error is None else ~np.isnan(error[:, 0])
    if ((place < 1) & (True if wrong is None else ~wrong)).any():
        raise Unknown("INDEX of a whole range")
    taken = np.where(inside, place, 1).astype(np.intp) - 1
    kind, number = cells.kind[0][taken][:, None].copy(), cells.number[0][taken][:, None].copy()
    text = None if cells.text is None else cells.text[0][taken][:, None]
    kind[~inside], number[~inside] = ERROR, code(CellError.REF)
    if error is not None and wrong is not None:
        kind[wrong], number[wrong] = ERROR, error[wrong]
    return Cells(kind, number, text)


def _rank(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    wanted, cells = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    way = formula.eval(nodes[2], at) if len(nodes) > 2 else one(0.0)
    if cells.shape[0] != 1 or way.shape != (1, 1) or not way.all_numbers:
        raise Unknown("RANK in the row's own cells")
    if not wanted.all_numbers or (cells.kind == ERROR).any():
        raise Unknown("RANK of what is no number")
    values = np.sort(cells.number[0][cells.kind[0] == NUMBER])
    asked = wanted.number[:, 0]
    left, right = np.searchsorted(values, asked, "left"), np.searchsorted(values, asked, "right")
    place = left + 1.0 if way.number[0, 0] else len(values) - right + 1.0
    none = np.where(left == right, code(CellError.NA), np.nan)[:, None]
    return computed(place[:, None], none)


def _small(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    cells, which = formula.eval(nodes[0], at), formula.eval(nodes[1], at)
    if cells.shape[0] != 1 or (cells.kind == ERROR).any():
        raise Unknown("SMALL of the row's own cells or of errors")
    place = which.number
    if which.shape[1] != 1 or not which.all_numbers or (place != np.floor(place)).any():
        raise Unknown("SMALL at no whole number")
    values = np.sort(cells.number[cells.kind == NUMBER])
    inside = (place >= 1) & (place <= values.size)
    found = np.full(place.shape, np.nan)  # which shows as #NUM!
    found[inside] = values[place[inside].astype(np.intp) - 1]
    return computed(found)


def _as_text(formula: Formula, nodes: Sequence[Node], at: Rows) -> Cells:
    text, wrong = as_texts(formula.eval(nodes[0], at))
    return of_texts(text, wrong)


def _floor(value: Floats, step: Floats) -> Any:
    if ((step == 0) | ((value > 0) & (step < 0))).any():
        raise Unknown("FLOOR to nothing or to a negative number")
    quotient = value / step
    near = np.rint(quotient)
    close = np.abs(quotient - near) <= 1e-15 * np.maximum(np.abs(near), 1.0)
    return np.where(close, near, np.floor(quotient)) * step


_repeated = _by_cell("REPT")
_KINDS = {"ISBLANK": (BLANK,), "ISERROR": (ERROR,), "ISNUMBER": (NUMBER,), "ISTEXT": (TEXT,)}

FUNCTIONS: dict[str, Function] = {
    "ABS": _of_numbers(np.abs),
    "AND": _logic(lambda left, right: left & right),
    "CHOOSE": _choose,
    "COLUMNS": _columns,
    "COUNT": _count,
    "COUNTA": _counta,
    "COUNTIF": _countif,
    "COUNTIFS": _countifs,
    "ENGINE_TEXT": _as_text,
    "EXP": _of_numbers(np.exp),
    "IF": _if,
    "IFERROR": _iferror,
    "INDEX": _index,
    "INT": _of_numbers(np.floor),
    **{name: _is(*kinds) for name, kinds in _KINDS.items()},
    "LN": _of_numbers(_positive(np.log)),
    "LOG10": _of_numbers(_positive(np.log10)),
    "MATCH": _match,
    "MAX": _reduced(np.max, -np.inf),
    "MIN": _reduced(np.min, np.inf),
    "N": _n,
    "NA": _na,
    "NORMSDIST": _of_numbers(_normal),
    "OR": _logic(lambda left, right: left | right),
    "PI": _pi,
    "RANK": _rank,
    "ROW": _row,
    "ROWS": _rows,
    "SMALL": _small,
    "SQRT": _of_numbers(lambda value: np.sqrt(np.where(value < 0, np.nan, value))),
    "SUM": _reduced(_in_order, 0.0),
    "SUMIF": _sumif,
    "SUMIFS": _sumifs,
    "SUMPRODUCT": _sumproduct,
    "VALUE": _value,
    COMPARED: _compared,
    ADDED: _last_sum("+"),
    LESS: _last_sum("-"),
    ZERO: _sum_or_zero,
    f"{RANGE_PREFIX}SMALL": _small,
    f"{RANGE_PREFIX}SUMPRODUCT": _sumproduct,
    f"{PREFIX}INT": _by_cell("INT"),
    f"{PREFIX}VALUE": _by_cell("VALUE"),
    f"{PREFIX}FLOOR": _of_numbers(_floor),
    **{PREFIX + name: _by_cell(name) for name in sorted(ONE_CELL_TEXT)},
    f"{PREFIX}REPT": _rept,
    **{PREFIX + name: _is(*kinds) for name, kinds in _KINDS.items()},
    "ROUND": _by_cell("ROUND"),
    "ROUNDDOWN": _by_cell("ROUNDDOWN"),
    "ROUNDUP": _by_cell("ROUNDUP"),
}
