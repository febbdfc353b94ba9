"""Any bytes as TOML, as CSV with plans, as an exchange's export, as a journal to count."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.workbook.journal.imports.samples import SAMPLES
from workbook import bundled
from workbook.inputs import FILE_TABLES
from workbook.journal.export import FIELDS
from workbook.template.fields import INPUTS
from workbook.template.spec import KINDS, Column, Setting

from . import books
from .command import check_command
from .strategies import encoded, spoiled, words
from .target import Target

EXAMPLE = bundled.text("examples/optimism.toml")
VENUES = ("Platform A", "Platform B", "Platform C")

# TOML, from the list of inputs: whatever is added to the workbook is tried here as well.


def _fitting(known: Setting | Column) -> st.SearchStrategy[Any]:
    """What the cell would take."""
    kind = KINDS[known.kind]
    if known.choices:
        return st.sampled_from(known.choices)
    if kind.validation == "list":
        return st.sampled_from(VENUES)
    if kind.validation == "textLength":
        return st.text(min_size=1, max_size=int(kind.high or 1))
    if kind.validation == "date":
        return st.datetimes(dt.datetime(2010, 1, 1), dt.datetime(2099, 1, 1))
    low = getattr(known, "low", None) or kind.low
    high = getattr(known, "high", None) or kind.high
    if kind.validation == "whole":
        return st.integers(int(low or 0), int(high or 0))
    return st.floats(low, high)


_any = st.recursive(
    st.one_of(
        words,
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from([10**400, -(2**63), 0]),
        st.datetimes(),
        st.datetimes(timezones=st.timezones()),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=4,
)


def _toml(value: Any) -> str:
    """A value as TOML writes it; what TOML cannot say becomes text."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inside = ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items())
            return f"{{{inside}}}"
    return json.dumps(value).replace("\x7f", "\\u007f")


@st.composite
def _pairs(draw: st.DrawFn, known: tuple[Setting, ...] | tuple[Column, ...]) -> str:
    lines = []
    for one in known:
        required = getattr(one, "required", False)
        if not draw(st.booleans()) and not (required and draw(st.integers(0, 9))):
            continue
        # Nine in ten fit, so that there is something to compute now and then.
        value = draw(_fitting(one) if draw(st.integers(0, 9)) else _any)
        lines.append(f"{one.key} = {_toml(value)}")
    if not draw(st.integers(0, 30)):
        lines.append(f"{_toml(draw(words))} = {_toml(draw(_any))}")
    return "\n".join(lines)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A TOML document with the sections and keys there are, and values of any kind."""
    sections = list(dict.fromkeys(one.section for one in INPUTS))
    pieces = []
    for section in draw(st.lists(st.sampled_from(sections), unique=True, max_size=3)):
        fields = tuple(one for one in INPUTS if one.section == section)
        pieces.append(f"[{section}]\n{draw(_pairs(fields))}")
    for name in draw(st.lists(st.sampled_from(list(FILE_TABLES)), max_size=3)):
        pieces.append(f"[[{name}]]\n{draw(_pairs(FILE_TABLES[name].inputs))}")
    return draw(encoded("\n".join(pieces)))


def _any_toml() -> st.SearchStrategy[bytes]:
    return st.one_of(documents(), documents(), spoiled(EXAMPLE.encode()), st.binary(max_size=200))


def _fill(content: bytes) -> None:
    with books.light_template():
        old = {"ideas.toml": content, "out.xlsx": b"what was there before"}
        check_command(["fill", "ideas.toml", "-o", "out.xlsx"], old, writes="out.xlsx")


def _fill_whole(content: bytes) -> None:
    files = {"ideas.toml": content}
    check_command(["fill", "ideas.toml", "-o", "out.xlsx"], files, writes="out.xlsx")


# CSV: valid ones with odd cells, and any text.


@st.composite
def _spreadsheet(
    draw: st.DrawFn, header: list[str], cell: Callable[[str], st.SearchStrategy[str]]
) -> bytes:
    """Rows under a header as some program writes them, here and there spoiled."""
    names = list(header)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(names) - 1))
        names[at] = draw(st.one_of(words, st.sampled_from(header), st.just(names[at].upper())))
    rows = [names]
    for _ in range(draw(st.integers(0, 4))):
        row = [draw(cell(name)) for name in header]
        if not draw(st.integers(0, 15)):
            row = row[: draw(st.integers(0, len(row)))] + draw(st.lists(words, max_size=2))
        rows.append(row)
    mark = draw(st.sampled_from(",,,,,,;\t|"))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    quote = draw(st.sampled_from([True, True, False]))
    text = end.join(
        mark.join('"' + one.replace('"', '""') + '"' if quote else one for one in row)
        for row in rows
    )
    return draw(encoded(text + end))


def _plan_cell(key: str) -> st.SearchStrategy[str]:
    column = next(one for one in FILE_TABLES["plans"].inputs if one.key == key)
    good = _fitting(column).map(str)
    return st.one_of(good, good, good, good, st.just("") if not column.required else good, words)


def _plan_rows() -> st.SearchStrategy[bytes]:
    keys = [one.key for one in FILE_TABLES["plans"].inputs]
    whole = _spreadsheet(keys, _plan_cell)
    small = _spreadsheet(["symbol", "side", "venue", "entry", "stop", "days"], _plan_cell)
    good = b"symbol,side,venue,entry,stop,days\nETH,long,Platform A,100,96,7\n"
    return st.one_of(small, small, whole, spoiled(good), st.binary(max_size=200))


def _fill_plans(content: bytes) -> None:
    with books.light_template():
        old = {"plans.csv": content, "out.xlsx": b"what was there before"}
        check_command(["fill", "plans.csv", "-o", "out.xlsx"], old, writes="out.xlsx")


_SAMPLE_ROWS = {key: text.splitlines() for key, text in SAMPLES.items()}


@st.composite
def _exports(draw: st.DrawFn) -> tuple[str, bytes, list[str]]:
    """An export of every format: cells of its sample exchanged, for odd ones too."""
    key = draw(st.sampled_from(list(SAMPLES)))
    options = draw(
        st.sampled_from(
            [[]] * 6
            + [["--format", key], ["--utc-offset", "5.5"], ["--utc-offset", "nan"]]
            + [["--utc-offset", "1e300"], ["--month-first"], ["--price", "BNB=600"]]
            + [["--price", "BNB=nan"], ["--price", "=1"], ["--price", "ETH=inf"]]
        )
    )
    how = draw(st.integers(0, 9))
    if how == 0:
        return key, draw(st.binary(max_size=300)), options
    if how <= 3:
        return key, draw(spoiled(SAMPLES[key].encode())), options
    lines = [line.split(",") for line in _SAMPLE_ROWS[key]]
    everything = [cell for line in lines for cell in line]
    for _ in range(draw(st.integers(1, 6))):
        line = draw(st.sampled_from(lines))
        at = draw(st.integers(0, len(line) - 1))
        line[at] = draw(st.one_of(st.sampled_from(everything), words, st.floats().map(str)))
    if draw(st.booleans()):
        lines += [list(draw(st.sampled_from(lines))) for _ in range(draw(st.integers(1, 5)))]
    text = "\n".join(
        ",".join(
            '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell
            for cell in line
        )
        for line in lines
    )
    return key, draw(encoded(text)), options


def _import(export: tuple[str, bytes, list[str]]) -> None:
    _, content, options = export
    files = {"book.xlsx": books.example(), "fills.csv": content}
    arguments = ["journal", "import", "book.xlsx", "fills.csv", *options]
    # Each row that cannot be read is told, up to twenty.
    outcome = check_command(arguments, files, writes="book.xlsx", most_lines=20)
    assert outcome.code != 1


@st.composite
def _journals(draw: st.DrawFn) -> tuple[str, bytes]:
    suffix = draw(st.sampled_from([".csv", ".csv", ".csv", ".parquet"]))
    names = [one.name for one in FIELDS[:4]] + ["r"]
    good = st.floats(-10, 10).map(str)
    content = draw(
        st.one_of(
            _spreadsheet(names, lambda _: st.one_of(good, good, good, st.just("open"), words)),
            st.binary(max_size=200),
            st.binary(max_size=60).map(lambda data: b"PAR1" + data + b"PAR1"),
        )
    )
    return f"journal{suffix}", content


def _stats(journal: tuple[str, bytes]) -> None:
    name, content = journal
    check_command(["journal", "stats", name], {name: content})


TARGETS = [
    Target("fill, TOML", _any_toml, _fill, examples=60),
    Target("fill, TOML, all formulas", documents, _fill_whole, examples=3),
    Target("fill, CSV", _plan_rows, _fill_plans, examples=60),
    Target("journal import", _exports, _import, examples=40),
    Target("journal stats", _journals, _stats, examples=150),
]
