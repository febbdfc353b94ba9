"""``isomargin desk``: many workbooks, read and not changed, as one table."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from addin.package import Package
from workbook import bundled
from workbook.desk import COLUMNS, read
from workbook.fill import fill
from workbook.inputs import Inputs

OLD = Path(__file__).parent / "old" / "v0_1_0.xlsx"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.xlsx"
    path.write_bytes(bundled.worked_example())
    return path


def test_a_line_is_what_the_workbook_shows(example):
    line, package = read(example), Package.open(example)
    assert line.equity == package.named("Account_equity") == 10_000
    assert line.risk == pytest.approx(package.named("Plan_risk"))
    assert line.risk_share == pytest.approx(line.risk / 10_000)
    assert line.correlated == package.named("Risk_correlated")
    assert line.open == package.named("Plan_open") == 2
    # Two of the three plans are open.
    plan = package.table("Plan")
    risks = [package.value("Plan", plan.cell(row, "Risk")) for row in range(11, 14)]
    states = [package.value("Plan", plan.cell(row, "Status")) for row in range(11, 14)]
    assert states.count("open") == 2
    assert line.open_risk == pytest.approx(
        sum(risk for risk, state in zip(risks, states, strict=True) if state == "open")
    )
    assert line.rows == line.correlated_rows == 3
    assert line.words == package.named("Master_check")
    assert (line.failed, line.is_well) == (0, True)
    # The article's long at 100 is liquidated at 90.45: no open one is nearer to its entry.
    distances = []
    for row in range(plan.first_row, plan.last_row + 1):
        entry, price, status = (
            package.value("Plan", plan.cell(row, header))
            for header in ("Entry", "Liq price", "Status")
        )
        if status == "open":
            distances.append(abs(entry - price) / entry)
    assert line.distance == pytest.approx(min(distances))
    assert line.nearest.split()[0] in ("ETH", "OP", "ARB")


def test_books_in_the_order_given_in_processes(isomargin, example, tmp_path):
    books = []
    for number in range(6):
        path = tmp_path / f"book{number}.xlsx"
        package = Package.open(example)
        package.set_named("Account_equity", 1_000.0 * (number + 1))
        package.save(path)
        books.append(path)
    before = [path.read_bytes() for path in books]
    out = tmp_path / "desk.csv"
    run = isomargin("desk", *books, "-o", out)
    assert run.code == 0, run.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["book"] for row in rows] == [str(path) for path in books]
    assert [float(row["equity"]) for row in rows] == [1_000.0 * (n + 1) for n in range(6)]
    assert [path.read_bytes() for path in books] == before
    shown = run.out.splitlines()
    assert [line.split()[0] for line in shown] == ["book", *(path.name for path in books)]


def test_what_cannot_be_read_says_why_and_the_others_are_there(isomargin, example, tmp_path):
    own, broken = tmp_path / "own.xlsx", tmp_path / "broken.xlsx"
    openpyxl.Workbook().save(own)
    broken.write_bytes(b"PK\x03\x04 nothing")
    run = isomargin("desk", own, broken, tmp_path / "none.xlsx", example)
    assert run.code == 1
    lines = run.out.splitlines()
    assert "no workbook of isomargin" in lines[1]
    assert "broken.xlsx" in lines[2]
    assert "no file" in lines[3]
    assert "example.xlsx" in lines[4]
    assert "200" in lines[4] or "599" in lines[4]


def test_into_parquet(isomargin, example, tmp_path):
    polars = pytest.importorskip("polars")
    out = tmp_path / "desk.parquet"
    assert isomargin("desk", "-q", example, example, "-o", out).code == 0
    frame = polars.read_parquet(out)
    assert tuple(frame.columns) == COLUMNS
    assert frame["equity"].to_list() == [10_000, 10_000]


def test_text_from_a_workbook_becomes_no_formula(isomargin, example, tmp_path):
    package = Package.open(example)
    package.set_named("Currency", "=1+1")
    package.save(example)
    out = tmp_path / "desk.csv"
    isomargin("desk", "-q", example, "-o", out)
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["currency"] == "'=1+1"


def test_names_that_make_no_table_are_refused(refused, example, tmp_path):
    assert ".csv or .parquet" in refused("desk", example, "-o", tmp_path / "desk.txt")
    book = tmp_path / "a.csv"
    book.write_bytes(example.read_bytes())
    assert "one of the books" in refused("desk", book, "-o", book)


def test_a_limit_of_loss_that_is_reached_is_told(tmp_path):
    package = Package.open(bundled.worked_example())
    assert read(_saved(package, tmp_path / "free.xlsx")).brakes == ""
    for name, value in (("Brake_on", 1.0), ("Brake_words", "no new trade today: lost 410.")):
        sheet, area = package.place(name)
        package.sheet(sheet).set_cached(area.top, area.left, value)
    assert read(_saved(package, tmp_path / "braked.xlsx")).brakes == "no new trade today: lost 410."


def _saved(package, path):
    path.write_bytes(package.to_bytes())
    return path


def test_the_sheet_risk_has_no_room_for_twenty(isomargin, tmp_path):
    plans = [
        {"Symbol": f"C{n}", "Side": "long", "Venue": "Binance", "Entry": 100.0, "Stop": 98.0,
         "Days": 5.0, "Leverage": 2.0 + n % 5, "Volatility": 0.05, "Lot": 0.1, "Status": "open"}
        for n in range(20)
    ]  # fmt: skip
    book = fill(bundled.template(), Inputs(tables={"Plan": plans}))
    path = tmp_path / "twenty.xlsx"
    path.write_bytes(book.to_bytes())
    line = read(path)
    assert (line.open, line.rows, line.correlated_rows) == (20, 20, 8)
    assert line.open_risk == line.risk == pytest.approx(book.value("Checks", "D70"))
    # At most 20 times the 2% of 10,000; fees and whole lots take a little away.
    assert 3_900 < line.risk <= 4_000
    assert " of 8 of 20" in isomargin("desk", path).out


def test_a_book_of_the_first_version_has_its_figures_too(tmp_path):
    line = read(OLD)
    # By another program's reading of the same sheet.
    sheet = openpyxl.load_workbook(OLD, data_only=True)["Plan"]
    cells = sheet[sheet.tables["Plan"].ref]
    heads = [cell.value for cell in cells[0]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in cells[1:]]
    risks = [row for row in rows if isinstance(row["Risk"], (int, float))]
    assert (line.open, line.rows) == (1, len(risks)) == (1, 2)
    assert line.risk == pytest.approx(sum(row["Risk"] for row in risks))
    (opened,) = (row for row in risks if row["Status"] == "open")
    assert line.open_risk == pytest.approx(opened["Risk"])
    assert line.nearest == f"{opened['Symbol']} {opened['Side']}"


def test_books_of_one_name_are_told_by_their_folders(isomargin, example, tmp_path):
    other = tmp_path / "with blanks" / example.name
    other.parent.mkdir()
    other.write_bytes(example.read_bytes())
    shown = isomargin("desk", example, other, tmp_path / "with blanks").out.splitlines()
    assert shown[1].startswith(str(example))
    assert shown[2].startswith(str(other))
    assert "is a folder" in shown[3]


def test_what_was_never_computed_says_so(isomargin, example, tmp_path):
    book = openpyxl.load_workbook(example)
    book.save(example)  # without the values
    run = isomargin("desk", example)
    assert run.code == 1
    assert run.out.splitlines()[1].split(maxsplit=1)[1] == "not computed yet: isomargin calc"
