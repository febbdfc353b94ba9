"""The embedded host: any cells under any of our formulas in a workbook, and any formula text."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from addin.embedded import open_book
from addin.embedded.engine_copy import value_cell
from addin.package import Package
from addin.package.addresses import a1
from addin.package.parts import minimal_workbook
from udfs import CellError, catalogue

from .cells import is_cell
from .command import in_words, isomargin
from .strategies import WORDS, words
from .target import Target

# Cells A1:D6 hold anything; formulas stand from column F on.
ROWS, COLUMNS = 6, 4

_texts = st.one_of(
    st.sampled_from(["long", "short", "mark", "entry", "price", "loss", "margin", "trader"]),
    st.sampled_from([word for word in WORDS if len(word) < 1000]),
    st.text(max_size=8),
)
_cells = st.one_of(
    st.none(),
    st.booleans(),
    _texts,
    st.sampled_from(list(CellError)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 200),
    st.integers(-10, 10).map(float),
)


class _Failures(logging.Handler):
    """What a formula raised: the adapter logs it and the cell shows #VALUE!."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@contextmanager
def nothing_raised() -> Iterator[None]:
    log = logging.getLogger("addin.embedded.conversion")
    handler = _Failures()
    log.addHandler(handler)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = True
    assert not handler.said, handler.said[0]


_CONSTANTS = [
    "", '""', '"long"', '"short"', '"mark"', "100", "10", "0.5", "-1", "2%", "1E+308", "TRUE",
    "{1,2;3,4}", "{0.5,1}", "A1:D6", "A:A", "4:4", "#N/A", "NA()", "ISO_VERSION()",
]  # fmt: skip


@st.composite
def _arguments(draw: st.DrawFn, name: str) -> str:
    """One argument: a cell, a block, a constant, nothing at all."""
    kind = draw(st.integers(0, 9))
    row, column = draw(st.integers(1, ROWS)), draw(st.integers(1, COLUMNS))
    if kind < 4:
        return a1(row, column)
    if kind < 7:
        bottom, right = draw(st.integers(row, ROWS)), draw(st.integers(column, COLUMNS))
        return f"{a1(row, column)}:{a1(bottom, right)}"
    return draw(st.sampled_from(_CONSTANTS))


@st.composite
def _formulas(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(list(catalogue)))
    formula = catalogue[name]
    count = draw(st.integers(0, (formula.max_args or 6) + (not draw(st.integers(0, 9)))))
    if draw(st.booleans()):
        count = formula.max_args or 6
    given = [draw(_arguments(name)) for _ in range(count)]
    names = [argument.name for argument in formula.arguments]
    if "paths" in names and len(given) > (at := names.index("paths")):
        given[at] = draw(st.sampled_from(["", "16", "A1", '"x"', "-1"]))  # a million takes seconds
    return f"{name}({','.join(given)})"


@st.composite
def _books(draw: st.DrawFn) -> tuple[list[list[Any]], list[tuple[str, bool]]]:
    row = st.lists(_cells, min_size=COLUMNS, max_size=COLUMNS)
    cells = draw(st.lists(row, min_size=ROWS, max_size=ROWS))
    # Cells that stand for paths are kept small.
    if isinstance(cells[0][0], float):
        cells[0][0] = min(cells[0][0], 16.0)
    formulas = draw(st.lists(st.tuples(_formulas(), st.booleans()), min_size=1, max_size=4))
    return cells, formulas


def _compute(case: tuple[list[list[Any]], list[tuple[str, bool]]]) -> None:
    """In a workbook: every formula's cells show something that a cell can show."""
    from xml.sax.saxutils import escape

    cells, formulas = case
    rows = []
    for number in range(1, max(ROWS, len(formulas) * 4) + 1):
        row = ""
        if number <= ROWS:
            row = "".join(
                value_cell(a1(number, at), value) for at, value in enumerate(cells[number - 1], 1)
            )
        if number % 4 == 1 and number // 4 < len(formulas):
            text, array = formulas[number // 4]
            kind = f' t="array" ref="F{number}:H{number + 2}"' if array else ""
            row += f'<c r="F{number}"><f{kind}>{escape(text)}</f></c>'
        rows.append(f'<row r="{number}">{row}</row>')
    content = minimal_workbook(["Sheet1"], ["".join(rows)])
    with nothing_raised():
        book = open_book(content, catalogue)
        values = book.formula_values()
        written = book.to_bytes()
    assert len(values) >= len(formulas)
    for at, value in values.items():
        assert is_cell(value), (at, value)
    again = Package.open(written)
    for (sheet, address), value in values.items():
        kept = again.value(sheet, address)
        # A cell keeps "" as text, and no more than 32,767 characters.
        assert kept == value or (kept or "") == value or isinstance(value, str), (kept, value)


# Formula text: grammar, then spoiled, then anything at all.

_NATIVE = [
    "SUM", "IF", "LET", "LAMBDA", "INDEX", "TEXT", "DATE", "ROUND", "MAP", "NOSUCH", "IFERROR", "N",
    "FILTER", "XLOOKUP", "VSTACK", "TRANSPOSE", "INDIRECT", "OFFSET", "SUMPRODUCT", "HYPERLINK",
]  # fmt: skip
_ATOMS = [
    "", " ", "1", "0", "-1", "1.5", "1E308", "1E-400", "2%", "TRUE", '"x"', '""', '"long"', "x",
    "A1", "$A$1", "A1:B2", "A1:A999", "A1:ZZ1", "XFD1048576", "A1#", "@A1", "Sheet1!A1",
    "'no sheet'!A1", "{1,2;3}", "{}", "#N/A", "#REF!", "Plan[Entry]", "[@Entry]", "[1]a!A1",
    "\ue000",
]  # fmt: skip
_atoms = st.one_of(
    st.sampled_from(_ATOMS),
    # A whole column is a million lines of answer.
    words.map(lambda word: word[:300].replace("A:A", "A1:A9")),
    st.floats().map(repr),
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.tuples(
        st.sampled_from(list(catalogue) * 2 + _NATIVE), st.lists(inner, max_size=8)
    ).map(lambda one: f"{one[0]}({','.join(one[1])})")
    infix = st.tuples(inner, st.sampled_from(list("+-*/^&=<>,: ;")), inner).map("".join)
    wrapped = st.tuples(st.sampled_from(["({})", "-{}", "{}%", "={}", "{{{}}}"]), inner).map(
        lambda one: one[0].replace("{}", one[1])
    )
    return st.one_of(call, call, infix, wrapped)


_expressions = st.recursive(_atoms, _compound, max_leaves=8)


@st.composite
def _broken(draw: st.DrawFn) -> str:
    text = draw(_expressions)
    at = draw(st.integers(0, len(text)))
    return (
        text[:at]
        + draw(st.one_of(st.sampled_from(list("()[]{}\"',;:!#@&%")), st.text(max_size=3)))
        + text[at + draw(st.integers(0, 3)) :]
    )


def _texts_of_formulas() -> st.SearchStrategy[str]:
    return st.one_of(_expressions, _expressions, _broken(), st.text(max_size=40))


def _few_paths(text: str) -> str:
    return (
        text.upper().replace("ISO_JOINT_LIQUIDATION", "ISO_STRESS")
        if "JOINT" in text.upper()
        else text
    )


def _evaluate(text: str) -> None:
    """The command on one formula, as JSON and as one line of many."""
    text = _few_paths(text).replace("\x00", "")
    with nothing_raised():
        one = (
            isomargin("eval", "--json", "--", text) if text != "-" else isomargin("eval", "--", "1")
        )
        in_words(one)
        if one.code != 2:
            _is_json_value(one.out)
        line = " ".join(text.split())
        many = isomargin("eval", "--json", "-", standard_input=f"{line}\n1+1\n")
    assert many.code == 0, many
    answers = many.out.splitlines()
    assert len(answers) == 2
    _is_json_value(answers[0])
    assert json.loads(answers[1]) == 2


def _is_json_value(text: str) -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is no JSON")

    value = json.loads(text, parse_constant=refuse)
    for cell in chain.from_iterable(value) if isinstance(value, list) else [value]:
        if isinstance(cell, dict):
            assert cell["error"] in {error.value for error in CellError}
        else:
            assert cell is None or isinstance(cell, (str, bool, int, float)), cell
            assert not isinstance(cell, float) or math.isfinite(cell)


TARGETS = [
    Target("cells in a workbook", _books, _compute, examples=200),
    Target("formula text", _texts_of_formulas, _evaluate, examples=200),
]
