"""Text that looks like a formula stays text: in every text field there is, on every way in and out.

The fields are found in the list of inputs and in the commands, so that a new one is tested too.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest

from addin.package import Package
from tests.fuzz.command import in_words, isomargin
from tests.workbook.journal.conftest import IDEAS
from tests.workbook.journal.imports.samples import SAMPLES
from workbook import bundled
from workbook.commands.journal import close, take
from workbook.fill import fill, write_inputs
from workbook.inputs import FILE_TABLES, InputError, from_toml, read_csv
from workbook.journal.schema import unguarded
from workbook.template.fields import INPUTS
from workbook.template.spec import KINDS, Column, Setting

PAYLOADS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|'/c calc'!A1", "＝1+1"]
BROKEN = ["\t=1", "\r=1", "\n=1", "\x1b=1", "=1\x00"]


def is_text(known: Setting | Column) -> bool:
    return KINDS[known.kind].validation == "textLength"


def fitting(known: Setting | Column, payload: str) -> Any:
    """The payload in a text field, in others what they take; None where neither is known."""
    kind = KINDS[known.kind]
    if is_text(known):
        return payload
    if known.choices:
        return known.choices[0]
    if kind.validation == "list":
        return payload  # a venue's name, and its venue is called so
    if kind.validation == "date":
        return "2026-11-20T10:00:00"
    return max(kind.low or 0, getattr(known, "low", None) or 0, 1 if kind.high != 0.999 else 0.1)


def everything(payload: str) -> str:
    """A TOML document with every field there is, the payload in all that take text."""
    pieces = []
    for section in dict.fromkeys(known.section for known in INPUTS):
        pieces.append(f"[{section}]")
        fields = [known for known in INPUTS if known.section == section and is_text(known)]
        pieces += [f"{known.key} = {json.dumps(payload)}" for known in fields]
    for name, table in FILE_TABLES.items():
        pieces.append(f"[[{name}]]")
        pieces += [f"{one.key} = {json.dumps(fitting(one, payload))}" for one in table.inputs]
    return "\n".join(pieces)


def formulas(content: bytes) -> dict[str, str]:
    package = Package.open(content)
    return {
        f"{sheet}!{at}": formula.text
        for sheet in package.sheets
        for at, formula in package.formulas(sheet).items()
    }


def texts(content: bytes, payload: str) -> int:
    """How many cells hold the payload; openpyxl sees it as text in all of them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == payload
    ]
    # A cell without a formula that looks like one comes as text where the file says so.
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}, payload
    return len(cells)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_text_field_of_an_input_file(payload: str) -> None:
    package = Package.open(bundled.template())
    inputs = from_toml(everything(payload), "x.toml")
    write_inputs(package, inputs)
    written = package.to_bytes()
    assert formulas(written) == formulas(bundled.template())
    fields = sum(map(is_text, INPUTS)) + sum(
        value == payload
        for rows in inputs.tables.values()
        for row in rows
        for value in row.values()
    )
    assert fields > 10
    assert texts(written, payload) == fields


@pytest.mark.parametrize("payload", BROKEN)
def test_control_characters_are_refused_in_every_text_field(payload: str) -> None:
    fields = [(f"[{one.section}]", one) for one in INPUTS if is_text(one)]
    tables = [(f"[[{name}]]", one) for name, table in FILE_TABLES.items() for one in table.inputs]
    for header, one in fields + [pair for pair in tables if is_text(pair[1])]:
        rest = ""
        if header.startswith("[["):
            needed = [c for c in FILE_TABLES[header[2:-2]].inputs if c.required and c is not one]
            rest = "\n".join(f"{c.key} = {json.dumps(fitting(c, 'x'))}" for c in needed)
        text = f"{header}\n{rest}\n{one.key} = {json.dumps(payload)}"
        with pytest.raises(InputError, match="control character"):
            from_toml(text, "x.toml")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_text_field_of_a_csv_file_with_plans(payload: str, tmp_path: Path) -> None:
    columns = FILE_TABLES["plans"].inputs
    path = tmp_path / "plans.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([one.key for one in columns])
        writer.writerow(
            [fitting(one, "Platform A" if one.list_name else payload) for one in columns]
        )
    [row] = read_csv(path, "plans")
    assert row["Symbol"] == payload
    package = Package.open(bundled.template())
    inputs = from_toml("", "x")
    inputs.tables["Plan"] = [row]
    write_inputs(package, inputs)
    written = package.to_bytes()
    assert formulas(written) == formulas(bundled.template())
    assert texts(written, payload) == sum(map(is_text, columns))


@pytest.fixture(scope="module")
def planned() -> bytes:
    return fill(bundled.template(), from_toml(IDEAS, "ideas.toml")).to_bytes()


def exported(folder: Path) -> list[list[str]]:
    ended = isomargin("journal", "export", "book.xlsx", "-o", "out.csv", "-q")
    in_words(ended)
    assert ended.code == 0, ended
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def guarded_only(rows: list[list[str]]) -> None:
    """No cell that is not a number begins as a formula does."""
    for cell in (cell for row in rows for cell in row):
        try:
            float(cell)
        except ValueError:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")), cell


# How venues write the symbol, the longest first: a shorter one may be a part of it.
SYMBOLS = (
    "ETH/USDT:USDT", "ETH-USDT-SWAP", "ETH-PERPETUAL", "ETH_USDC-PERPETUAL", "ETH-USD-PERP",
    "ETHUSDTM", "ETH_USDT", "pf_ethusd", "ETHUSDT", "ETH-USDT", "ETH",
)  # fmt: skip


@pytest.mark.parametrize("key", SAMPLES)
@pytest.mark.parametrize("payload", ["=1+1", "@SUM(1)"])
def test_symbols_of_every_export(
    key: str, payload: str, planned: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.xlsx").write_bytes(planned)
    symbol = next(symbol for symbol in SYMBOLS if symbol in SAMPLES[key])
    text = SAMPLES[key].replace(symbol, payload)
    (tmp_path / "fills.csv").write_text(text, encoding="utf-8")
    ended = isomargin("journal", "import", "book.xlsx", "fills.csv", "-q")
    in_words(ended)
    written = (tmp_path / "book.xlsx").read_bytes()
    if ended.code == 2:  # no symbol of that venue's: refused, and nothing is written
        assert written == planned
        return
    assert ended.code == 0, ended
    assert payload.removeprefix("=") not in {text.strip("=") for text in formulas(written).values()}
    guarded_only(exported(tmp_path))


def _text_options(command: click.Command) -> list[str]:
    return [
        option.opts[0]
        for option in command.params
        if isinstance(option, click.Option) and option.type is click.STRING and not option.is_flag
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_text_option_of_the_journal_commands(
    payload: str, planned: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.xlsx").write_bytes(planned)
    given = [f"{option}={payload}" for option in _text_options(take.command)]
    assert len(given) >= 2
    at = ["--at", "2026-11-20 10:00", "-q"]
    ended = isomargin("journal", "take", "book.xlsx", "1", *given, *at)
    assert ended.code == 0, ended
    # What is there already is not written over; the two notes have a cell each.
    more = [f"{one}={payload}" for one in _text_options(close.command) if one != "--setup"]
    assert len(more) >= 2
    at = ["--at", "2026-11-21 10:00", "-q"]
    ended = isomargin("journal", "close", "book.xlsx", "1", "--exit", "110", *more, *at)
    assert ended.code == 0, ended
    written = (tmp_path / "book.xlsx").read_bytes()
    assert formulas(written) == formulas(planned)
    assert texts(written, payload) == len(given) + len(more)
    rows = exported(tmp_path)
    guarded_only(rows)
    found = [unguarded(cell) for row in rows for cell in row].count(payload)
    assert found == len(given) + len(more)


@pytest.mark.parametrize("note", ["a\x1bb", "\x07a", "a\u202eb"])
def test_control_characters_in_options(
    note: str, planned: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.xlsx").write_bytes(planned)
    ended = isomargin("journal", "take", "book.xlsx", "1", "--note", note)
    in_words(ended)
    assert ended.code == 2
    assert "control character" in ended.err
    assert (tmp_path / "book.xlsx").read_bytes() == planned
