"""Hostile files are refused in one line that says what to do, or handled; nothing else changes."""

from __future__ import annotations

import os
import re
from importlib import resources
from pathlib import Path

import pytest

from addin.package import Package, PackageError
from addin.package.limits import SETTING, Limits, limits
from tests.fuzz.command import in_words, isomargin
from workbook import bundled
from workbook.inputs import InputError, from_toml, read_csv
from workbook.journal.imports.reading import read_text

from .files import (
    CASES,
    Case,
    array,
    book,
    calc,
    fills,
    flat_bomb,
    long_values,
    plans,
    shared_formula,
)
from .running import run_apart

HERE = [case for case in CASES if not case.apart and not case.large]
APART = [case for case in CASES if case.apart]


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("case", HERE, ids=lambda case: case.name)
def test_refused_or_handled(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = case.make(tmp_path)
    before = kept(tmp_path)
    ended = isomargin(*arguments)
    in_words(ended)
    if case.words is None:
        assert ended.code in (0, 1), ended
        return
    assert ended.code == 2, ended
    assert case.words in ended.err
    assert kept(tmp_path) == before


@pytest.mark.parametrize("case", APART, ids=lambda case: case.name)
def test_in_bounded_memory(case: Case, tmp_path: Path) -> None:
    """In a process of its own that may take 3 GiB."""
    arguments = case.make(tmp_path)
    before = kept(tmp_path)
    ended = run_apart(arguments, tmp_path)
    assert ended.outcome == ("handled" if case.words is None else "refused"), ended
    if case.words is not None:
        assert case.words in ended.err
        assert kept(tmp_path) == before


# Limits can be raised, and every refusal says how.

ROWS = "symbol,side,venue,entry,stop,days\n" + "ETH,long,Platform A,100,96,7\n" * 30
PLAN = '[[plans]]\nsymbol="A"\nside="long"\nvenue="Platform A"\nentry=100\nstop=96\ndays=7\n'
FILLS = "time,symbol,side,quantity,price\n" + "2026-11-01 10:00:00,ETH,buy,2,2000\n" * 300


def _read_workbook(data: bytes, bounds: Limits | None = None) -> None:
    package = Package.open(data, bounds)
    for sheet in package.sheets:
        assert package.sheet(sheet).arrays is not None


def _read_plans(folder: Path) -> None:
    (folder / "plans.csv").write_text(ROWS, encoding="utf-8")
    read_csv(folder / "plans.csv", "plans")


def _read_fills() -> None:
    problems = read_text(FILLS, "fills.csv").problems
    if problems:
        raise PackageError(str(problems[0]))


LIMITED = {
    "workbook": ("0.00025", lambda folder: _read_workbook(bundled.template()), "too large"),
    "plans": ("0.0004", _read_plans, "more than 20 rows"),
    "TOML rows": ("0.0004", lambda folder: from_toml(PLAN * 30, "x"), "more than 20 rows"),
    "fills": ("0.001", lambda folder: _read_fills(), "more than 300 rows"),
}


@pytest.mark.parametrize(
    ("data", "bounds", "words"),
    [
        (long_values(1_000), Limits(marks=5_000), "too long: about"),
        (book(array("A1:C9", "1")), Limits(array_cells=26), "make A1:C9 smaller"),
        (shared_formula(900), Limits(formulas=899), "more than 899 formulas"),
        (book(), Limits(parts=3), "at most 3 are read"),
        (book(), Limits(total_bytes=500), "would unpack to"),
    ],
)
def test_each_limit_of_a_workbook(data: bytes, bounds: Limits, words: str) -> None:
    _read_workbook(data)
    with pytest.raises(PackageError, match=words) as refused:
        _read_workbook(data, bounds)
    assert re.search(rf"set {SETTING}=[2-9] ", str(refused.value))


@pytest.mark.parametrize("name", LIMITED)
def test_what_is_refused_can_be_read_with_higher_limits(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times, read, words = LIMITED[name]
    monkeypatch.setenv(SETTING, times)
    with pytest.raises((PackageError, InputError), match=words) as refused:
        read(tmp_path)
    advised = re.search(rf"set {SETTING}=(\d+) ", str(refused.value))
    assert advised is not None
    monkeypatch.setenv(SETTING, advised[1])
    read(tmp_path)


def test_the_setting_raises_every_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "2")
    for name, value in limits()._asdict().items():
        assert value == 2 * getattr(Limits(), name), name


@pytest.mark.parametrize("said", ["", "much", "0", "-1", "nan", "inf", "1e9"])
def test_a_setting_that_is_no_number(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(SETTING, said)
    with pytest.raises(PackageError, match="give a number from 1 to 1000"):
        limits()


# Names of files


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_a_device_or_pipe_is_never_replaced(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / name).symlink_to(tmp_path / "pipe")
    (tmp_path / "book.xlsx").write_bytes(bundled.template())
    if name == "out.csv":
        ended = isomargin("journal", "export", "book.xlsx", "-o", name)
    else:
        ended = isomargin("new", name, "--force")
    in_words(ended)
    assert ended.code == 2
    assert "no ordinary file" in ended.err
    assert (tmp_path / "pipe").is_fifo()


def test_a_link_is_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "real.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to("real.xlsx")
    assert isomargin("new", "link.xlsx", "--force").code == 0
    assert (tmp_path / "link.xlsx").is_symlink()
    made, shipped = Package.open(tmp_path / "real.xlsx"), Package.open(bundled.template())
    assert made.sheets == shipped.sheets
    assert made.tables.keys() == shipped.tables.keys()
    assert (tmp_path / "real.bak.xlsx").read_bytes() == b"old"


@pytest.mark.parametrize(
    "path", ["x" * 300 + ".xlsx", "no/folder/x.xlsx", "loop.xlsx", "\n.xlsx/x.xlsx"]
)
def test_names_that_cannot_be(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    for arguments in (["new", path, "--force"], ["calc", path], ["journal", "check", path]):
        ended = isomargin(*arguments)
        in_words(ended)
        assert ended.code == 2, arguments
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loop.xlsx"]


def test_parts_are_never_written_to_where_their_names_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    (inside / "book.xlsx").write_bytes(book(extra={"../../evil.xml": b"<x/>"}))
    assert isomargin("calc", "book.xlsx", "-q").code == 0
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "a", "b", "book.bak.xlsx", "book.xlsx",
    ]  # fmt: skip


def test_the_makers_make_what_they_say(tmp_path: Path) -> None:
    """A hostile file that came out harmless would prove nothing."""
    assert len(flat_bomb()) < 2**20
    fills(10)(tmp_path)
    assert (tmp_path / "fills.csv").read_text().count("\n") == 11
    plans(10)(tmp_path)
    assert len(read_csv(tmp_path / "plans.csv", "plans")) == 10
    calc(lambda: long_values(10))(tmp_path)
    assert len(Package.open(tmp_path / "book.xlsx").values("Sheet1")) == 20


def test_excel_computes_whatever_its_sheets_are_called() -> None:
    """xlwings refuses a workbook with a sheet such as x.py, if it is handed the workbook."""
    source = resources.files("addin.excel").joinpath("modules", "IsomarginSupport.bas").read_text()
    calls = re.findall(r"CallUDF\(.*\)", source)
    assert calls == ['CallUDF("addin.excel.udf_module", (formula), (cells))']
