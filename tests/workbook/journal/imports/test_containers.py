"""Exports in zip and tar files and in Excel workbooks say what their CSV files say."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.workbook.journal.imports.samples import SAMPLES
from workbook import bundled
from workbook.journal.imports.containers import read_exports
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Trade, pair
from workbook.journal.imports.reading import Reading

BINANCE, FUNDING = SAMPLES["binance"], SAMPLES["binance-funding"]
NAME = "Binance(UTC+0).csv"


def trades(*readings: Reading) -> list[Trade]:
    ledger = Ledger()
    for reading in readings:
        assert not reading.problems
        ledger.add(reading, 1)
    return list(pair(ledger.events()).trades)


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))
    return path


def saved(path: Path, sheets: dict[str, str], *, typed: bool = True) -> Path:
    """The CSV texts as sheets, with numbers and times as a spreadsheet program has them."""
    book = Workbook()
    book.remove(book.active)
    for name, text in sheets.items():
        sheet = book.create_sheet(name)
        for cells in csv.reader(io.StringIO(text)):
            sheet.append([cell_of(cell) if typed else cell for cell in cells])
    book.save(path)
    return path


def cell_of(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        time = dt.datetime.fromisoformat(text)
        return text if time.tzinfo else time
    except ValueError:
        return text


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tgz"])
def test_a_packed_fills_file_and_its_funding_are_one_trade(tmp_path: Path, ending: str) -> None:
    files = {f"export/{NAME}": BINANCE, "export/funding.csv": FUNDING, "__MACOSX/._x.csv": "no",
             "readme.md": "no"}  # fmt: skip
    pack = zipped if ending == "zip" else tarred
    readings = read_exports(pack(tmp_path / f"all.{ending}", files))
    assert [reading.file for reading in readings] == [
        f"all.{ending}/export/{NAME}", f"all.{ending}/export/funding.csv",
    ]  # fmt: skip
    (trade,) = trades(*readings)
    # 2 x (2100 - 2000) - 1.2 - 1.3 - funding of 0.4
    assert float(trade.net) == pytest.approx(197.1)


def test_one_packed_file_alone(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.gz").write_bytes(gzip.compress(BINANCE.encode()))
    (one,) = read_exports(tmp_path / f"{NAME}.gz")
    (two,) = read_exports(zipped(tmp_path / "Binance(UTC+0).zip", {"trades.csv": BINANCE}))
    assert one.zone_told
    assert two.zone_told  # the name of the zip file tells it as well
    assert len(trades(one, two)) == 1
    assert one.content
    assert two.content  # so that the very same file is known at once


@pytest.mark.parametrize(
    "key", ["binance", "bybit-log", "okx-positions", "kucoin", "mexc-orders", "lighter", "generic"]
)
@pytest.mark.parametrize("typed", [True, False])
def test_a_workbook_says_what_the_csv_file_says(tmp_path: Path, key: str, typed: bool) -> None:
    text = SAMPLES[key].replace("26-11-", "2026-11-") if key == "binance" else SAMPLES[key]
    (tmp_path / "one(UTC+0).csv").write_text(text, "utf-8")
    (plain,) = read_exports(tmp_path / "one(UTC+0).csv")
    (sheet,) = read_exports(saved(tmp_path / "one(UTC+0).xlsx", {"Sheet1": text}, typed=typed))
    assert sheet.export is plain.export
    (one,), (other,) = trades(plain), trades(sheet)
    assert (one.opened, one.closed, one.side) == (other.opened, other.closed, other.side)
    assert float(one.net) == pytest.approx(float(other.net))
    assert len(trades(plain, sheet)) == 1


def test_settings_beside_the_trades_of_a_backtest_are_named(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "config.json": '{"stake": 1}', "trades.csv": SAMPLES["freqtrade"],
    }  # fmt: skip
    (reading,) = read_exports(zipped(tmp_path / "backtest.zip", files))
    assert "backtest.zip/config.json: this is no known export" in reading.notes[0]
    assert len(trades(reading)) == 1
    (alone,) = read_exports(zipped(tmp_path / "x.zip", {"config.json": '{"stake": 1}'}))
    assert alone.problems or not alone.events


def test_sheets_that_are_no_export_are_named(tmp_path: Path) -> None:
    first, second = read_exports(
        saved(
            tmp_path / "all(UTC+0).xlsx",
            {"Notes": "buy low\nsell high", "Fills": BINANCE, "Funding": FUNDING},
            typed=False,
        )
    )
    assert "all(UTC+0).xlsx/Notes: this is no known export" in first.notes[0]
    (trade,) = trades(first, second)
    assert float(trade.net) == pytest.approx(197.1)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.zip", b"PK\x03\x04rest", "the zip file is damaged"),
        ("a.csv.gz", b"\x1f\x8bnothing", "the packed file is damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls workbook"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "no CSV, JSON or Excel file in it"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (reading,) = read_exports(tmp_path / name)
    assert words in str(reading.problems[0])


def test_packed_files_are_not_unpacked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "a.zip", {"trades.csv": BINANCE})
    for name in ("b.zip", "c.zip"):
        path = zipped(tmp_path / name, {path.name: path.read_bytes()})
    (reading,) = read_exports(path)
    assert "a packed file in a packed file" in str(reading.problems[0])
    monkeypatch.setenv("ISOMARGIN_LIMITS", "0.001")
    bomb = zipped(tmp_path / "bomb.zip", {"trades.csv": "0" * 2_000_000})
    (reading,) = read_exports(bomb)
    assert "unpacks to more than" in str(reading.problems[0])


def test_a_row_in_a_packed_file_is_named_by_file_and_line(tmp_path: Path) -> None:
    bad = BINANCE.replace(",BUY,", ",BOUGHT,")
    (reading,) = read_exports(zipped(tmp_path / "x.zip", {NAME: bad}))
    assert str(reading.problems[0]).startswith(f"x.zip/{NAME}, line 2: the side is")
    sheet = saved(tmp_path / "x.xlsx", {"Fills": bad}, typed=False)
    (reading,) = read_exports(sheet)
    assert str(reading.problems[0]).startswith("x.xlsx, line 2: the side is")


def test_a_folder_and_a_workbook_of_ours_are_named(tmp_path: Path) -> None:
    (reading,) = read_exports(tmp_path)
    assert "this is a folder: give the files in it" in str(reading.problems[0])
    path = tmp_path / "my-plan.xlsx"
    path.write_bytes(bundled.template())
    (reading,) = read_exports(path)
    assert "my-plan.xlsx, line 1: this is a workbook of isomargin, no export" in str(
        reading.problems[0]
    )
