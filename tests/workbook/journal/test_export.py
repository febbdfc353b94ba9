"""Journal files: round trips, guarded text, statistics equal to the formulas."""

from __future__ import annotations

import csv
import datetime as dt
import doctest
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from udfs import CellError, catalogue
from workbook.journal import schema
from workbook.journal.export import ExportError, write_journal
from workbook.journal.schema import FIELDS, guarded, unguarded
from workbook.journal.statistics import file_statistics

CLOSED = {
    "opened": dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC),
    "symbol": "ETH",
    "side": "short",
    "entry": 100.0,
    "stop": 104.0,
    "units": 50.0,
    "risk": 200.0,
    "closed": dt.datetime(2026, 11, 20, 17, 30, 5, 250000, tzinfo=dt.UTC),
    "exit": 97.0,
    "fees": 6.0,
    "carry": -1.0,
    "note": "=cmd|'/c calc'!A1",
}
STILL_OPEN = {"Opened": 46345.5, "Symbol": "OP", "Side": "long", "Net": "open", "R": "open"}

suffixes = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.fixture(autouse=True)
def _library(request: pytest.FixtureRequest) -> None:
    if ".parquet" in request.node.name:
        pytest.importorskip("polars")


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a journal file as they were written."""
    if path.suffix == ".parquet":
        polars = pytest.importorskip("polars")
        yield from polars.read_parquet(path).iter_rows(named=True)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {known.name: _value(known.type, row[known.name]) for known in FIELDS}


def _value(kind: str, text: str) -> Any:
    if not text:
        return None
    if kind == "text":
        return unguarded(text)
    if kind == "number":
        return float(text)
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(schema).failed == 0


@suffixes
def test_a_journal_comes_back_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"journal{suffix}"
    assert write_journal([CLOSED, STILL_OPEN], path) == 2
    closed, still_open = read_journal(path)
    assert list(closed) == [known.name for known in FIELDS]
    assert {name: closed[name] for name in CLOSED} == CLOSED
    assert still_open["opened"] == dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)
    assert still_open["net"] is None
    assert still_open["r"] is None


@suffixes
def test_the_result_is_worked_out_as_on_the_sheet(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"journal{suffix}"
    write_journal([CLOSED], path)
    (row,) = read_journal(path)
    assert row["net"] == 50 * 3 - 6 + 1
    assert row["r"] == catalogue["ISO_R_MULTIPLE"]("short", 100, 104, 97, 50, 5)


def test_the_files_columns_are_the_sheets() -> None:
    types = {known.name: known.type for known in FIELDS}
    assert types["opened"] == "moment"
    assert types["side"] == types["note"] == "text"
    assert types["units"] == types["net"] == types["r"] == "number"
    assert "sign" not in types


dangerous = st.sampled_from(["=1+1", "+1", "-1", "@A1", "\tx", " =1", "'=1", "''-1", "＝1", "'tis"])


@given(st.one_of(st.text(), dangerous, st.builds("{}{}".format, dangerous, st.text())))
def test_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    written = guarded(text)
    assert unguarded(written) == text
    assert not written.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


notes = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.one_of(notes, dangerous), max_size=5))
def test_any_note_survives_a_csv_file(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "journal.csv"
    write_journal([{**CLOSED, "note": text} for text in texts], path)
    assert [row["note"] or "" for row in read_journal(path)] == texts


def test_a_spreadsheet_that_opens_the_file_meets_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    write_journal([{**CLOSED, "symbol": "@ETH", "carry": -3.0}], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["note"].startswith("'=")
    assert row["symbol"] == "'@ETH"
    assert row["carry"] == "-3.0"  # a number stays one


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"sybmol": "ETH"}, 'has a column "sybmol"'),
        ({"units": "#N/A"}, "row 1, units,"),
        ({"units": float("nan")}, "not a number to compute with"),
        ({"opened": "yesterday"}, "not a moment"),
        ({"symbol": 5}, "not text"),
    ],
)
def test_a_row_that_does_not_fit_writes_nothing(
    tmp_path: Path, row: dict[str, object], words: str
) -> None:
    path = tmp_path / "journal.csv"
    with pytest.raises(ExportError, match=words):
        write_journal([row], path)
    assert not path.exists()


def test_the_sheets_workings_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    assert write_journal([{"Symbol": "ETH", "Sign": 1.0, "Review due": "closed"}], path) == 1


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"no \.csv and no \.parquet"):
        write_journal([CLOSED], tmp_path / "journal.txt")
    with pytest.raises(ExportError, match="no file"):
        file_statistics([tmp_path / "none.csv"])


# --- statistics --------------------------------------------------------------------------------


def assert_same_as_formula(found: Any, values: list[float | None]) -> None:
    expected = dict(catalogue["ISO_JOURNAL_STATS"]([[value] for value in [*values, None, None]]))
    assert list(found) == list(expected)
    for name, value in expected.items():
        if isinstance(value, CellError):
            assert (value, found[name]) == (CellError.NA, None), name
        else:
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def results(count: int) -> list[float | None]:
    random = np.random.default_rng(count)
    values = random.normal(0.1, 1.2, count).round(3)
    values[random.random(count) < 0.05] = 0.0
    return [None if random.random() < 0.1 else float(value) for value in values]


@suffixes
@pytest.mark.parametrize("count", [0, 1, 7, 150_000])
def test_statistics_of_a_file_equal_the_formulas(tmp_path: Path, suffix: str, count: int) -> None:
    values = results(count)
    path = tmp_path / f"journal{suffix}"
    write_journal([{"r": value} for value in values], path)
    assert_same_as_formula(file_statistics([path]).statistics, values)


@suffixes
def test_many_files_are_one_journal(tmp_path: Path, suffix: str) -> None:
    values = results(1000)
    paths = []
    for number in range(4):
        path = tmp_path / f"{number}{suffix}"
        write_journal([{"net": value} for value in values[number * 250 : number * 250 + 250]], path)
        paths.append(path)
    counts: list[int] = []
    assert_same_as_formula(file_statistics(paths, "net", counts.append).statistics, values)
    assert counts[-1] == sum(value is not None for value in values)


def test_a_sheet_saved_as_csv_will_do(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("Symbol;R;Note\nETH;2;x\nOP;open;y\nETH;-1;\nETH;;\n", encoding="utf-8-sig")
    found = file_statistics([path], "R").statistics
    assert (found["Trades"], found["Total"]) == (2, 1)


@pytest.mark.parametrize("cell", ["x", "nan", "inf", "1_0", "#N/A", "2,5"])
def test_a_result_that_is_no_number_is_named_by_its_line(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "journal.csv"
    path.write_text(f'symbol,r\nETH,1\nETH,"{cell}"\n', encoding="utf-8")
    with pytest.raises(ExportError, match="line 3: r is"):
        file_statistics([path])


@suffixes
def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"journal{suffix}"
    write_journal([CLOSED], path)
    with pytest.raises(ExportError, match='no column "profit": it has trade, opened'):
        file_statistics([path], "profit")


def test_a_parquet_file_that_is_none_is_told(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    path = tmp_path / "journal.parquet"
    path.write_bytes(b"not parquet")
    with pytest.raises(ExportError, match="cannot be read as Parquet"):
        file_statistics([path])


def test_without_the_library_parquet_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(ExportError, match=r"isomargin\[files\]"):
        write_journal([CLOSED], tmp_path / "journal.parquet")


def test_a_long_csv_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "journal.csv"
    note = "x" * 200
    with path.open("w", encoding="utf-8") as file:
        file.write("note,r\n")
        file.writelines(f"{note},{number % 7 - 3}\n" for number in range(200_000))
    tracemalloc.start()
    file_statistics([path])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 3
