"""Taking a trade: what is frozen stays, what is refused says what to do, any layout works."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter as letter

from addin.package import Package, TableRows
from addin.package.addresses import a1
from workbook.actions.package import snapshot
from workbook.journal.integrity import check, fingerprint, seal
from workbook.template.fields import TABLES
from workbook.template.tables.journal import FROZEN, PLANNED

from .conftest import View, editing, put

Run = Callable[..., Any]


def test_a_taken_row_is_open_in_plan_and_journal_and_values_not_links(taken: Path) -> None:
    seen = View(taken)
    assert seen.column("Plan", "Status") == ["open"]
    assert seen.check("Open in Plan, but not in Journal") == "PASS"
    formulas = seen.package.formulas("Journal")
    table = seen.package.table("Journal")
    for header in (*FROZEN, "Sealed sum", "Sealed words", "Fingerprint"):
        assert a1(table.first_row, table.column(header)) not in formulas, header


def test_later_edits_of_the_plan_change_no_history(taken: Path) -> None:
    before = [View(taken).cell("Journal", header) for header in FROZEN]
    with editing(taken) as package:
        put(package, "Plan", "Entry", 1, 120)
        put(package, "Plan", "Stop", 1, 110)
    seen = View(taken)
    assert seen.cell("Plan", "Units") != 50
    assert [seen.cell("Journal", header) for header in FROZEN] == before
    assert seen.check("Taken plans that were changed") == "PASS"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Entry", 100.01), ("Stop", 95), ("Units", 49), ("Leverage", 9), ("Liq price", 90.5),
        ("Plan carry", 10), ("Risk", 201), ("Target 1", 106), ("Target 2", 109), ("Chance", 0.2),
        ("Days", 8), ("Side", "short"), ("Symbol", "eth"), ("Reason", "I knew it"), ("Entry", None),
        ("Venue", None), ("Made by", "me"),
    ],
)  # fmt: skip
def test_a_changed_plan_shows_on_the_sheet_and_in_the_command(
    taken: Path, isomargin: Run, header: str, value: object
) -> None:
    with editing(taken) as package:
        put(package, "Journal", header, 1, value)
    seen = View(taken)
    assert seen.check("Taken plans that were changed") == "FAIL"
    assert "FAIL" in seen.named("Master_check")
    result = isomargin("journal", "check", taken)
    assert result.code == 1
    assert "trade 1" in result.out
    assert "changed after it was taken" in result.out


def test_two_columns_cannot_be_exchanged_unseen(taken: Path) -> None:
    seen = View(taken)
    one, two = seen.cell("Journal", "Target 1"), seen.cell("Journal", "Target 2")
    with editing(taken) as package:
        put(package, "Journal", "Target 1", 1, two)
        put(package, "Journal", "Target 2", 1, one)
    assert View(taken).check("Taken plans that were changed") == "FAIL"


def test_what_is_added_later_does_not_break_the_seal(taken: Path) -> None:
    with editing(taken) as package:
        put(package, "Journal", "Setup", 1, "pullback")
        put(package, "Journal", "Reviewed", 1, 46347.0)
    seen = View(taken)
    assert seen.check("Taken plans that were changed") == "PASS"
    assert check(seen.package) == (1, [])


def test_the_seal_is_what_the_sheets_formula_computes(taken: Path) -> None:
    seen = View(taken)
    row = {header: seen.cell("Journal", header) for header in FROZEN}
    total, words = seal(row)
    assert seen.cell("Journal", "Sum now") == pytest.approx(total, rel=1e-13)
    assert seen.cell("Journal", "Words now") == words


def test_taking_by_hand_is_copying_a_row(book: Path) -> None:
    """Copy the row above the table, paste values: a sealed trade, and a change of it shows."""
    seen = View(book)
    table = TABLES["Journal"]
    with editing(book) as package:
        for column in table.columns:
            if column.band == "WORKINGS":
                continue
            value = seen.at("Journal", f"{letter(table.index(column.header))}48")
            if value not in (None, ""):
                put(package, "Journal", column.header, 1, value)
        put(package, "Plan", "Status", 1, "open")
    pasted = View(book)
    for header in ("Trade", "Symbol", "Entry", "Liq price", "Plan carry", "Target 2", "Chance"):
        source = PLANNED.get(header)
        assert pasted.cell("Journal", header) == (seen.cell("Plan", source) if source else 1), (
            header
        )
    assert pasted.check("Taken plans that were changed") == "PASS"
    assert pasted.check("Open in Plan, but not in Journal") == "PASS"
    with editing(book) as package:
        put(package, "Journal", "Stop", 1, 90)
    assert View(book).check("Taken plans that were changed") == "FAIL"


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("9", "the plan has no row 9: it has 1 ETH, 2 OP, 3 SOL"),
        ("BTC", "the plan has no BTC: it has ETH, OP, SOL"),
        ("0", "the plan has no row 0"),
        ("²", "the plan has no ²: it has ETH, OP, SOL"),  # a digit, and no number
        ("①", "the plan has no ①: it has ETH, OP, SOL"),
    ],
)
def test_a_row_that_is_not_there(book: Path, refused: Run, which: str, words: str) -> None:
    assert words in refused("journal", "take", book, which)


def test_a_symbol_that_stands_twice_needs_a_number(book: Path, refused: Run) -> None:
    with editing(book) as package:
        put(package, "Plan", "Symbol", 2, "ETH")
    assert "several rows with ETH: give the number, 1, 2" in refused("journal", "take", book, "ETH")


def test_an_open_row_is_not_taken_twice(taken: Path, refused: Run) -> None:
    words = refused("journal", "take", taken, "1")
    assert "is open already" in words
    assert "set the row's Status to idea first" in words


def test_a_row_that_cannot_be_computed_is_not_taken(book: Path, refused: Run) -> None:
    with editing(book) as package:
        put(package, "Plan", "Stop", 1, None)
    before = book.read_bytes()
    line = refused("journal", "take", book, "1")
    assert "row 1 of the plan cannot be taken" in line
    assert "Stop (F11) is blank" in line
    assert book.read_bytes() == before


def test_a_trade_against_the_advice_is_taken_and_said(book: Path, isomargin: Run) -> None:
    with editing(book) as package:
        put(package, "Plan", "Leverage", 1, 25)
        put(package, "Plan", "Reason", 1, "news")
    result = isomargin("journal", "take", book, "1", "--at", "2026-11-20 09:30")
    assert result.code == 0
    assert "taken against the plan's advice: Lower leverage (H11)" in result.err


@pytest.mark.parametrize("bad", ["tomorrow", "2026-13-01", "1999-01-01 10:00"])
def test_a_moment_that_is_none(book: Path, refused: Run, bad: str) -> None:
    assert "2026-11-21" in refused("journal", "take", book, "1", "--at", bad)


def test_a_full_journal_grows(book: Path, isomargin: Run) -> None:
    with editing(book) as package:
        rows = TableRows(package, "Journal")
        for at, row in enumerate(rows.numbers, start=1):
            for header, value in (("Trade", at), ("Symbol", "X"), ("Closed", 46000.0),
                                  ("Opened", 45999.0), ("Exit", 1.0)):  # fmt: skip
                rows.put(row, header, value)
    assert isomargin("journal", "take", book, "1", "--at", "2026-11-20 09:30").code == 0
    seen = View(book)
    assert seen.cell("Journal", "Trade", 21) == 21
    assert seen.cell("Journal", "State", 21) == "open"


def rearranged(path: Path) -> None:
    """What people do to a table: columns of their own, another order, rows sorted."""
    book = openpyxl.load_workbook(path)
    sheet = book["Journal"]
    table = sheet.tables["Journal"]
    # Symbol and Side change places with a new column of notes at the end.
    heads = {cell.value: cell.column for cell in sheet[table.ref][0]}
    one, two = heads["Setup"], heads["Tags"]
    for row in range(TABLES["Journal"].header_row, TABLES["Journal"].last_row + 1):
        a, b = sheet.cell(row, one), sheet.cell(row, two)
        a.value, b.value = b.value, a.value
    names = table.tableColumns
    first = next(column for column in names if column.name == "Setup")
    second = next(column for column in names if column.name == "Tags")
    first.name, second.name = second.name, first.name
    right = max(heads.values()) + 1
    sheet.cell(TABLES["Journal"].header_row, right, "My own")
    from openpyxl.worksheet.table import TableColumn

    names.append(TableColumn(id=len(names) + 1, name="My own"))
    start, end = table.ref.split(":")
    table.ref = f"{start}:{letter(right)}{''.join(filter(str.isdigit, end))}"
    table.autoFilter.ref = table.ref
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())


def test_columns_are_found_by_their_header(book: Path, isomargin: Run) -> None:
    rearranged(book)
    assert Package.open(book).table("Journal").columns[-1] == "My own"
    result = isomargin(
        "journal", "take", book, "1", "--at", "2026-11-20 09:30", "--setup", "pullback"
    )
    assert result.code == 0, result
    result = isomargin("journal", "close", book, "1", "--exit", "110", "--tags", "news", "--at",
                       "2026-11-21 09:30")  # fmt: skip
    assert "net +500.00, +2.50 R" in result.out
    seen = View(book)
    assert seen.cell("Journal", "Setup") == "pullback"
    assert seen.cell("Journal", "Tags") == "news"
    assert seen.package.table("Journal").column("Setup") == TABLES["Journal"].index("Tags")


def test_a_sorted_journal_keeps_its_trades_and_exits(book: Path, isomargin: Run) -> None:
    for row, price in (("1", "104"), ("3", "140")):
        isomargin("journal", "take", book, row, "--at", "2026-11-20 09:30", "-q")
        isomargin("journal", "close", book, "1" if row == "1" else "2", "--exit", price,
                  "--at", f"2026-11-21 0{row}:30", "-q")  # fmt: skip
    before = View(book)
    with editing(book) as package:
        rows = TableRows(package, "Journal")
        first, second = list(rows.filled())
        for column in TABLES["Journal"].inputs:
            one, two = (rows.value(row, column.header) for row in (first, second))
            rows.put(first, column.header, two)
            rows.put(second, column.header, one)
    after = View(book)
    assert after.column("Journal", "Trade") == [2, 1]
    assert after.column("Journal", "Net") == list(reversed(before.column("Journal", "Net")))
    for row in (11, 12):
        assert after.at("Curve", f"J{row}") == pytest.approx(before.at("Curve", f"J{row}"))
    assert after.statistics() == pytest.approx(before.statistics())
    assert check(after.package) == (2, [])


def test_a_missing_column_is_told(book: Path, refused: Run) -> None:
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["Journal"]
    names = sheet.tables["Journal"].tableColumns
    column = next(one for one in names if one.name == "Stop")
    sheet.cell(TABLES["Journal"].header_row, TABLES["Journal"].index("Stop")).value = "My stop"
    column.name = "My stop"
    workbook.save(book)
    assert "the table Journal has no column Stop" in refused("journal", "take", book, "1")


def test_text_from_outside_stays_text(book: Path, isomargin: Run) -> None:
    isomargin("journal", "take", book, "1", "--note", "=1+1", "--at", "2026-11-20 09:30")
    seen = View(book)
    assert seen.cell("Journal", "Expected") == "=1+1"


def test_a_fingerprint_is_of_the_frozen_cells_alone(taken: Path) -> None:
    package = Package.open(taken)
    record = snapshot(package, ["Journal"]).table("Journal").record(1)
    before = record["Fingerprint"]
    assert fingerprint(record) == before
    assert fingerprint(record | {"Note": "later"}) == before
    assert fingerprint(record | {"Opened": 46000.0}) != before


def test_a_trade_that_is_gone_is_missed(taken: Path, isomargin: Run) -> None:
    isomargin("journal", "take", taken, "2", "--at", "2026-11-20 10:00", "-q")
    with editing(taken) as package:
        rows = TableRows(package, "Journal")
        first = next(rows.filled())
        rows.clear(first, [column.header for column in TABLES["Journal"].inputs])
    result = isomargin("journal", "check", taken)
    assert result.code == 1
    assert "trade 1 is gone from the journal" in result.out
    assert View(taken).check("gone from the journal") == "WARN"
