"""What people fill in, read from TOML or CSV and held to the same rules as the sheets' cells."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from addin.package.bounded_read import read_named
from addin.package.limits import limits, to_read_it
from udfs.errors import IsomarginError
from workbook.template.fields import INPUTS, TABLES
from workbook.template.spec import KINDS, Column, Kind, Setting, Table

InputValue: TypeAlias = str | float | int
Row: TypeAlias = dict[str, InputValue]  # column header to value

# The tables' names in a file: a file lists [[plans]], the sheet is called Plan.
FILE_TABLES: Mapping[str, Table] = {
    "venues": TABLES["Venues"],
    "markets": TABLES["Markets"],
    "candles": TABLES["Candles"],
    "tiers": TABLES["Tiers"],
    "plans": TABLES["Plan"],
    "journal": TABLES["Journal"],
    "now": TABLES["Now"],
    "journal_exits": TABLES["Exits"],  # [exits] is the policy
}

_EPOCH = dt.datetime(1899, 12, 30)
_SIDES = {"buy": "long", "l": "long", "sell": "short", "s": "short"}
_PERCENT_KINDS = frozenset({"share", "fraction", "rate", "cost rate", "shock"})


class InputError(IsomarginError):
    """A file that cannot be taken over; one line that says where and what to type."""


@dataclass
class Inputs:
    """Everything that goes into the template: settings by defined name, rows by table name."""

    settings: dict[str, InputValue] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)


def read(path: Path) -> Inputs:
    """The inputs in a file: a .toml with everything, or a .csv with plans only."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return Inputs(tables={"Plan": read_csv(path, "plans")})
    if suffix != ".toml":
        raise InputError(f"{path} is no .toml and no .csv file: give one of the two")
    return from_toml(_text(path), str(path))


def from_toml(text: str, name: str) -> Inputs:
    """The inputs in a TOML text; ``name`` is what messages call it."""
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # a number of thousands of digits is one, too
        raise InputError(f"{name} is not TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{name} has brackets in brackets too deep: nothing in it needs") from None
    inputs = Inputs()
    for section, content in document.items():
        if section in FILE_TABLES:
            inputs.tables[FILE_TABLES[section].name] = _rows(section, content, name)
        else:
            _settings(section, content, inputs.settings, name)
    return inputs


def read_csv(path: Path, section: str) -> list[Row]:
    """Rows of one table from a CSV file whose first line names the columns by their TOML keys."""
    reader = csv.reader(io.StringIO(_text(path)), strict=True)
    lines: list[tuple[int, list[str]]] = []
    most = limits().plan_rows
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                lines.append((reader.line_num, line))
                _check_count(len(lines) - 1, str(path), most)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    if not lines:
        raise InputError(f"{path} is empty: its first line names the columns, like symbol,side")
    keys = [key.strip().lower() for key in lines[0][1]]
    if ";" in keys[0]:
        raise InputError(
            f"{path} parts its columns with semicolons: save it with commas, and points in numbers"
        )
    if len(set(keys)) < len(keys):
        raise InputError(f"{path}, line 1 names a column twice: {', '.join(keys)}")
    _check_names(FILE_TABLES[section], keys, f"{path}, line {lines[0][0]}")
    rows = []
    for number, line in lines[1:]:
        place = f"{path}, line {number}"
        if len(line) != len(keys):
            raise InputError(f"{place} has {len(line)} cells, but line 1 names {len(keys)} columns")
        given = {key: cell.strip() for key, cell in zip(keys, line, strict=True) if cell.strip()}
        rows.append(_row(FILE_TABLES[section], given, place, from_text=True))
    return rows


def _check_count(rows: int, place: str, most: int) -> None:
    if rows > most:
        raise InputError(f"{place} has more than {most:,} rows: split it, or {to_read_it()}")


def _text(path: Path) -> str:
    content = read_named(path, limits().text_bytes, InputError, "a TOML or CSV file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not text in UTF-8: save it as UTF-8") from None


def _settings(section: str, content: Any, settings: dict[str, InputValue], name: str) -> None:
    fields = {known.key: known for known in INPUTS if known.section == section}
    if not fields:
        sections = {known.section: None for known in INPUTS} | dict.fromkeys(FILE_TABLES)
        raise InputError(f"{name}: there is no section {section!r}; {_instead(section, sections)}")
    if not isinstance(content, dict):
        raise InputError(f"{name}: write [{section}] on a line of its own, its keys below it")
    for key, value in content.items():
        if key not in fields:
            raise InputError(f"{name}: [{section}] has no key {key!r}; {_instead(key, fields)}")
        known = fields[key]
        settings[known.name] = _checked(known, value, f"{name}: {section}.{key}", from_text=False)


def _rows(section: str, content: Any, name: str) -> list[Row]:
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise InputError(f"{name}: write each row of {section} under a line [[{section}]]")
    _check_count(len(content), f"{name}: {section}", limits().plan_rows)
    return [
        _row(FILE_TABLES[section], row, f"{name}: {section} row {number}", from_text=False)
        for number, row in enumerate(content, 1)
    ]


@cache
def _keys(name: str) -> tuple[dict[str, Column], dict[str, str]]:
    """A table's input columns by key, and its former keys; asked for in every row."""
    inputs = TABLES[name].inputs
    former = {old: column.key for column in inputs for old in column.former_keys}
    return {column.key: column for column in inputs}, former


def _check_names(table: Table, keys: list[str], place: str) -> None:
    """Refuse names of columns that say nothing, whether or not a row has a cell there."""
    columns, former = _keys(table.name)
    named = {former.get(key, key) for key in keys}
    for key in keys:
        if key and former.get(key, key) not in columns:
            raise InputError(f"{place} has no key {key!r}; {_instead(key, columns)}")
    for key, column in columns.items():
        if column.required and key not in named:
            raise InputError(f"{place} lacks {key}: {column.prompt}")


def _row(table: Table, given: Mapping[str, Any], place: str, *, from_text: bool) -> Row:
    columns, former = _keys(table.name)
    given = {former.get(key, key): value for key, value in given.items()}
    for key in given:
        if key not in columns:
            raise InputError(f"{place} has no key {key!r}; {_instead(key, columns)}")
    for key, column in columns.items():
        if column.required and key not in given:
            raise InputError(f"{place} lacks {key}: {column.prompt}")
    return {
        columns[key].header: _checked(columns[key], value, f"{place}, {key}", from_text=from_text)
        for key, value in given.items()
    }


def _checked(known: Setting | Column, value: Any, place: str, *, from_text: bool) -> InputValue:
    """A value as its cell takes it, or the InputError that the cell's validation would give."""
    kind = KINDS[known.kind]
    if kind.validation == "list":
        return _choice(known, value, place)
    if kind.validation == "textLength":
        return _words(kind, value, place)
    if kind.validation == "date":
        number: float = _moment(value, place, kind)
    else:
        number = _number(kind, value, place, from_text=from_text)
    low = getattr(known, "low", None)
    high = getattr(known, "high", None)
    low = kind.low if low is None else low
    high = kind.high if high is None else high
    if (low is not None and number < low) or (high is not None and number > high):
        raise InputError(f"{place} is {value}: it must be from {low:g} to {high:g}. {kind.error}")
    if kind.validation == "whole" and number != int(number):
        raise InputError(f"{place} is {value}: {kind.error}")
    return number


def _number(kind: Kind, value: Any, place: str, *, from_text: bool) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise InputError(f"{place} is no number to compute with. {kind.error}") from None
    elif isinstance(value, str) and (from_text or value.strip().endswith("%")):
        number = _parsed(kind, value.strip(), place)
    else:
        raise InputError(f"{place} is {value!r}, not a number. {kind.error}")
    if number != number or number in (float("inf"), float("-inf")):
        raise InputError(f"{place} is {value}, not a number to compute with. {kind.error}")
    return number


def _parsed(kind: Kind, text: str, place: str) -> float:
    percent = text.endswith("%") and kind.name in _PERCENT_KINDS
    try:
        number = float(text.removesuffix("%") if percent else text)
    except ValueError:
        point = "; write 1000.5 with a point and no comma" if "," in text else ""
        raise InputError(f"{place} is {text!r}, not a number{point}. {kind.error}") from None
    return number / 100 if percent else number


def _moment(value: Any, place: str, kind: Kind) -> float:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise InputError(f"{place} is {value!r}, not a date. {kind.error}") from None
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            try:
                value = value.astimezone(dt.UTC).replace(tzinfo=None)
            except OverflowError:
                raise InputError(
                    f"{place} is {value}: it is no date in UTC. {kind.error}"
                ) from None
        return float((value - _EPOCH) / dt.timedelta(days=1))
    if isinstance(value, dt.date):
        return float((value - _EPOCH.date()).days)
    raise InputError(f"{place} is {value!r}, not a date. {kind.error}")


def _words(kind: Kind, value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{place} is {value!r}, not text: put it in quotes. {kind.error}")
    if len(value) > (kind.high or 0) or len(value) < (kind.low or 0):
        raise InputError(f"{place} has {len(value)} characters. {kind.error}")
    if any(ord(letter) < 32 for letter in value):
        raise InputError(f"{place} has a line break or control character: write it in one line")
    return value


def _choice(known: Setting | Column, value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{place} is {value!r}, not text: put it in quotes")
    if not known.choices:  # a list that lives in the workbook, such as the venues' names
        return value
    word = value.strip().lower()
    if "long" in known.choices:
        word = _SIDES.get(word, word)
    if word not in known.choices:
        raise InputError(f"{place} is {value!r}: type {' or '.join(known.choices)}")
    return word


def _instead(wrong: str, known: Iterable[str]) -> str:
    """What may be meant: the nearest word, and all there are."""
    words = list(known)
    near = difflib.get_close_matches(wrong, words, 1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return f"{guess}it may be: {', '.join(words)}"
