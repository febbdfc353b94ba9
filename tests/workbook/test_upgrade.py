"""``isomargin upgrade``: a workbook filled in with version 0.1.0, brought up to date.

``old/v0_1_0.xlsx`` was made by 0.1.0's own commands: equity 25,000 EUR, a venue of its own, plans
for ETH, SOL and BTC; ETH taken with a note and closed in two parts, BTC taken and open; an import
of SOL (one funding payment) and DOGE.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from addin.package import Package, TableRows
from addin.package.addresses import column_letters, column_number
from workbook import bundled
from workbook.template.fields import INPUTS, TABLES
from workbook.template.version import TEMPLATE_VERSION, version_of
from workbook.upgrade import upgrade

OLD = Path(__file__).parent / "old" / "v0_1_0.xlsx"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "mine.xlsx"))


@pytest.fixture(scope="module")
def done() -> Package:
    return upgrade(Package.open(OLD), bundled.template()).package


def rows(package: Package, table: str) -> list[dict[str, object]]:
    found = TableRows(package, table)
    return [
        {header: value for header, value in record.items() if value not in (None, "")}
        for record in found.records()
    ]


def test_the_old_one_is_refused_with_the_command_that_helps(refused, book):
    before = book.read_bytes()
    assert f"isomargin upgrade {book}" in refused("calc", book)
    assert book.read_bytes() == before


def test_settings_are_those_that_were_typed(done):
    old = Package.open(OLD)
    assert version_of(done) == TEMPLATE_VERSION
    assert done.named("Account_equity") == 25_000
    assert done.named("Currency") == "EUR"
    assert done.named("Risk_per_trade") == 0.015
    for one in INPUTS:
        if one.name in old.names:
            assert done.named(one.name) == old.named(one.name), one.name


@pytest.mark.parametrize("name", ["Plan", "Journal", "Exits", "Fills"])
def test_every_typed_cell_of_a_table_stands_where_it_stood(done, name):
    old = Package.open(OLD)
    before, after = old.table(name), done.table(name)
    formulas = old.sheet(before.sheet).formulas
    formerly = {
        former: column.header for column in TABLES[name].columns for former in column.formerly
    }
    seen = 0
    for at, header in enumerate(before.columns, before.area.left):
        if (before.last_row, at) in formulas:
            continue
        column = after.column(header) or after.need(formerly.get(header, header))
        for row in range(before.first_row, before.last_row + 1):
            value = old.sheet(before.sheet).value(row, at)
            now = done.sheet(after.sheet).value(row - before.first_row + after.first_row, column)
            if (name, header) == ("Fills", "Id"):  # its symbol is part of it now
                assert str(now).endswith(str(value)), f"{name} {header} row {row}"
                continue
            assert now == value, f"{name} {header} row {row}"
            seen += value not in (None, "")
    assert seen > 10


def test_a_venue_of_ones_own_joins_todays(done):
    today = {row.get("Name") for row in rows(Package.open(bundled.template()), "Venues")}
    venues = {row.get("Name"): row for row in rows(done, "Venues")}
    assert set(venues) == today | {"My venue"}
    assert venues["My venue"]["Taker fee"] == 0.0006  # its header was: Fee rate
    assert venues["My venue"]["Maintenance rate"] == pytest.approx(0.007)


def journal(isomargin, book: Path, out: Path) -> dict[str, dict[str, str]]:
    assert isomargin("journal", "export", book, "-o", out).code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        return {row["symbol"]: row for row in csv.DictReader(file)}


def test_the_journal_is_sealed_and_counts_as_before(isomargin, book, tmp_path):
    run = isomargin("upgrade", book)
    assert run.code == 0, run.err
    check = isomargin("journal", "check", book)
    assert check.code == 0
    assert "2 sealed trade(s)" in check.out
    assert "0 thing(s)" in check.out
    trades = journal(isomargin, book, tmp_path / "out.csv")
    # 1.6 * 80 + 2 * 150 - 2.95 - 3.8 - 4.2; 10 * 10 - 1.86 - 4; 1000 * 0.02 - 0.39
    wanted = {"ETH": 417.05, "SOL": 94.14, "DOGE": 19.61}
    for symbol, net in wanted.items():
        assert float(trades[symbol]["net"]) == pytest.approx(net), symbol
    assert trades["BTC"]["closed"] == ""
    # 417.05 over the 374.832 at risk
    assert float(trades["ETH"]["r"]) == pytest.approx(417.05 / 374.832)


def test_what_was_imported_is_known_and_what_is_new_goes_in_once(isomargin, book, tmp_path):
    assert isomargin("upgrade", book).code == 0
    fills = tmp_path / "fills.csv"
    fills.write_text(
        "time,symbol,side,quantity,price,fee,funding,id\n"
        "2026-11-15T08:00:00Z,DOGE,sell,1000,0.4,0.2,,f4\n"
        "2026-11-16T08:00:00Z,DOGE,buy,1000,0.38,0.19,,f5\n"
        "2026-11-17T08:00:00Z,XRP,buy,100,2,0.1,,f6\n"
        "2026-11-18T08:00:00Z,XRP,sell,100,2.5,0.1,,f7\n",
        encoding="utf-8",
    )
    for _ in range(2):
        assert isomargin("journal", "import", book, fills).code == 0
    trades = journal(isomargin, book, tmp_path / "out.csv")
    assert len(trades) == 5
    assert float(trades["DOGE"]["net"]) == pytest.approx(19.61)
    assert float(trades["XRP"]["net"]) == pytest.approx(49.8)


def test_imports_without_a_number_are_not_taken_back_together(isomargin, book):
    assert isomargin("upgrade", book).code == 0
    fills = rows(Package.open(book), "Fills")
    run = isomargin("journal", "undo", book)
    assert run.code == 2
    assert "did not number its imports" in run.err
    assert rows(Package.open(book), "Fills") == fills


def test_the_old_one_is_kept_and_the_new_one_computes(isomargin, book):
    before = book.read_bytes()
    run = isomargin("upgrade", book)
    assert run.code == 0
    assert "Journal: 4 row(s)" in run.out
    (backup,) = [path for path in book.parent.iterdir() if ".bak" in path.name]
    assert backup.read_bytes() == before
    assert isomargin("calc", book).code in (0, 1)  # 1: a check of the plan
    values = Package.open(book).values("Plan")
    assert not [value for value in values.values() if str(value).startswith("#")]


def test_elsewhere_if_asked(isomargin, book, tmp_path):
    before, out = book.read_bytes(), tmp_path / "new.xlsx"
    assert isomargin("upgrade", book, "-o", out).code == 0
    assert book.read_bytes() == before
    assert version_of(Package.open(out)) == TEMPLATE_VERSION


def test_what_cannot_come_along_is_named(isomargin, book):
    other = openpyxl.load_workbook(book)
    notes = other.create_sheet("My notes")
    notes.append(["buy low"])
    notes.append(["sell high"])
    other.create_sheet("Pairs")["B2"] = "=1+1"
    other.save(book)
    run = isomargin("upgrade", book)
    assert run.code == 1
    assert "the sheet My notes (2 cell(s))" in run.err
    assert "the sheet Pairs (1 cell(s))" in run.err
    assert "is up to date" in run.out
    assert "My notes" not in Package.open(book).sheets


def test_a_column_of_ones_own_is_named_with_what_it_holds(book):
    old = openpyxl.load_workbook(book)
    sheet = old["Plan"]
    table = sheet.tables["Plan"]
    # A person renames the last input of the plan to a word of their own, and uses it.
    column = next(c for c in table.tableColumns if c.name == "Reason")
    column.name = "My score"
    header = None
    for cell in sheet[10]:
        if cell.value == "Reason":
            cell.value, header = "My score", cell
    assert header is not None
    old.save(book)
    done = upgrade(Package.open(book), bundled.template())
    (said,) = [line for line in done.left if "My score" in line]
    assert said.startswith("Plan: the column My score has no place any more; 2 cell(s)")


def test_what_is_not_old_is_refused(refused, tmp_path):
    today = tmp_path / "today.xlsx"
    today.write_bytes(bundled.template())
    assert "already" in refused("upgrade", today)
    later = Package.open(today)
    sheet, area = later.place("Template_version")
    later.set_cell(sheet, str(area).split(":")[0], "99")
    later.save(tmp_path / "later.xlsx")
    assert "pip install --upgrade" in refused("upgrade", tmp_path / "later.xlsx")
    own = tmp_path / "own.xlsx"
    openpyxl.Workbook().save(own)
    assert "no workbook of isomargin" in refused("upgrade", own)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "later.xlsx", "own.xlsx", "today.xlsx",
    ]  # fmt: skip


def test_a_workbook_whose_imports_had_no_order_of_reading_gets_one(tmp_path: Path) -> None:
    """As version 0.2.0 left it: no column Row, and the venue only in the row of the file."""
    package = Package.open(bundled.template())
    fills = package.table("Fills")
    common = {"Venue": "Here", "Zone": "UTC", "Format": "generic", "File": "f.csv"}
    stored = [
        {"Time": 46346.5, "Symbol": "ETH", "Side": "buy", "Quantity": 1.0, "Price": 100.0,
         "Fee": 0.0, "Id": "ETH:1", "Import": 1.0},
        {"Time": 46347.5, "Symbol": "ETH", "Side": "sell", "Quantity": 1.0, "Price": 110.0,
         "Fee": 0.0, "Id": "ETH:2", "Import": 1.0},
        {"Time": 46347.5, "Id": "file:1", "Kind": "file", "Opened": 46346.5, "Quantity": 2.0,
         "Import": 1.0, **common},
    ]  # fmt: skip
    TableRows(package, "Fills").extend(stored)
    old = _without_last_column(package, "Fills")
    assert "Row" not in old.table("Fills").columns
    new = upgrade(old, bundled.template()).package
    found = rows(new, "Fills")
    assert [row["Row"] for row in found] == [1, 2, 3]
    assert [row["Venue"] for row in found] == ["Here"] * 3
    assert [row["Kind"] for row in found] == ["trade", "trade", "file"]
    assert fills.columns[-1] == "Row"


def _without_last_column(package: Package, name: str) -> Package:
    """The workbook as it was before a table's last column joined."""
    data = package.to_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename.startswith("xl/tables/") and f'name="{name}"'.encode() in content:
                text = content.decode()
                ref = re.search(r'ref="(\$?[A-Z]+\d+:)([A-Z]+)(\d+)"', text)
                assert ref is not None
                shorter = column_letters(column_number(ref[2]) - 1)
                text = text.replace(f"{ref[1]}{ref[2]}{ref[3]}", f"{ref[1]}{shorter}{ref[3]}")
                text = re.sub(
                    r"<tableColumn (?:(?!<tableColumn ).)*?Row.*?(?=</tableColumns>)", "", text
                )
                count = re.search(r'<tableColumns count="(\d+)"', text)
                assert count is not None
                text = text.replace(count[0], f'<tableColumns count="{int(count[1]) - 1}"')
                content = text.encode()
            after.writestr(part, content)
    return Package(out.getvalue())
