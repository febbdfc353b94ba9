"""A person's own workbook with our formulas: every error in the words of ``eval``."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from addin.package import Package
from udfs import catalogue
from workbook import bundled
from workbook.reasons import one_cell_of_a_table

# What stands in a cell, and the words beside its error.
FAULTS = {
    "A1": ('=ISO_LIQUIDATION_PRICE("lnog",100,10)', 'side is the text "lnog": type "long"'),
    "A2": ('=ISO_LIQUIDATION_PRICE("long",100,H1)', "leverage is blank: type 10"),
    "A3": ("=ROUND(ISO_POSITION_SIZE(10000,2,100,96),1)+1", "type 2% or 0.02, not 2"),
    "A4": ("=IF(1=1,ISO_LIQUIDATION_PRICE(H2,100,10))", 'side is the text "up"'),
    "A5": ("=ISO_POSITION_SIZES(10000,2%,100,96)", "did you mean ISO_POSITION_SIZE?"),
    "A6": ("=ISO_NOTHING_LIKE_IT(1)", "there is no formula ISO_NOTHING_LIKE_IT"),
    "A7": ('=ISO_LIQUIDATION_PRICE("long",ISO_POSITION_SIZE(-1,2%,9,8),10)', "account is -1"),
    # The engine's own errors have no words of ours.
    "A8": ("=1/0", ""),
}


def own(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    for address, value in cells.items():
        book.active[address] = value
    book.save(path)
    return path


def lines(said: str) -> str:
    """What the terminal wrapped, in one line."""
    return " ".join(said.split())


def test_errors_are_listed_with_the_words_of_eval(isomargin, tmp_path):
    cells = {address: formula for address, (formula, _) in FAULTS.items()} | {"H2": "up"}
    cells["J1"] = ArrayFormula("J1:O2", '=ISO_STOP_LADDER("long",100,104,50)')
    run = isomargin("calc", own(tmp_path / "own.xlsx", cells))
    assert run.code == 1
    for address, (_, words) in FAULTS.items():
        after = lines(run.out).split(f"in Sheet!{address}")[1].split("#")[0]
        assert words in after, after
        assert after.startswith(":") == bool(words)
    assert "in Sheet!J1: stop 104 is on the wrong side of entry 100" in lines(run.out)


@pytest.mark.parametrize("address", ["A3", "A5", "A7"])
def test_eval_says_the_same(isomargin, address):
    formula, words = FAULTS[address]
    run = isomargin("eval", formula)
    assert run.code == 1
    assert words in run.err


def test_every_error_on_request(isomargin, tmp_path):
    cells = {f"A{row}": f'=ISO_LIQUIDATION_PRICE("long",100,-{row})' for row in range(1, 14)}
    book = own(tmp_path / "own.xlsx", cells)
    short, whole = lines(isomargin("calc", book).out), lines(isomargin("calc", "--all", book).out)
    assert "and 3 more cells in error: --all lists them" in short
    assert "in Sheet!A13: leverage is -13" in whole
    assert "in Sheet!A13" not in short


def test_a_table_that_shows_one_cell_gets_a_hint(isomargin, tmp_path):
    cells = {
        "A1": '=ISO_STOP_LADDER("long",100,96,50,,,,,,,TRUE)',
        "A3": '=_xll.ISO_SCALE_OUT("long",100,96,(50))',
        "A5": '=INDEX(ISO_STOP_LADDER("long",100,96,50),1,2)',
        "A6": '=ISO_LIQUIDATION_PRICE("long",100,10)',
        "A7": "=SUM(ISO_SCALE_OUT(1,100,96,50))",
        "C1": ArrayFormula("C1:H2", '=ISO_STOP_LADDER("long",100,96,50)'),
    }
    said = lines(isomargin("calc", own(tmp_path / "own.xlsx", cells)).out)
    assert "Sheet!A1 shows one cell: ISO_STOP_LADDER gives a table." in said
    assert "Sheet!A3 shows one cell: ISO_SCALE_OUT gives a table." in said
    assert said.count("shows one cell") == 2
    assert "Ctrl+Shift+Enter" in said


def test_no_cell_of_ours_shows_one_cell_of_a_table():
    for content in (bundled.template(), bundled.worked_example()):
        assert list(one_cell_of_a_table(Package.open(content))) == []


def test_what_has_no_answer_in_a_table_is_no_failure(isomargin):
    """The rest of a position that runs on is never liquidated above nothing: #N/A, by design."""
    for formula in ('=ISO_SCALE_OUT("long",100,96,50)', '=ISO_SCALE_OUT("short",100,104,50)'):
        run = isomargin("eval", formula)
        assert (run.code, run.err) == (0, "")
        assert "#N/A" in run.out


def test_asking_beside_a_cell_changes_nothing(tmp_path):
    from addin.embedded import open_book

    path = own(tmp_path / "own.xlsx", {"A1": 4.0, "B1": "=A1*2", "A2": 5.0})
    book = open_book(path, catalogue)
    before = path.read_bytes()
    assert book.would_show("A1*3+B1", "Sheet", "B1") == 20
    assert book.would_show("SUM(A:A)", "Sheet", "B2") == 9
    assert book.would_show("NOSUCH(", "Sheet", "B2") is None
    assert book.formula_values() == {("Sheet", "B1"): 8}
    book.set("Sheet", "A1", 5)
    book.recalculate()
    assert book.value("Sheet", "B1") == 10
    assert path.read_bytes() == before
