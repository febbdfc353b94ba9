"""What the engine's formulas read of the columns: never too little, and not one by one."""

from __future__ import annotations

import random

import pytest

from addin.embedded import open_book
from addin.embedded.columns import needs as finding
from addin.embedded.columns.needs import Needs
from addin.embedded.columns.runs import Run
from addin.embedded.parts import ROW, rows_left_open
from addin.package import Area, Package
from addin.package.addresses import a1
from udfs import catalogue

from . import books

ROWS = 90
SHAPES = (
    "D{above}+A{row}", "SUM(D$1:D{row})", "C{row}*$B$2&\"A5\"", "Data!C{below}", "C5+A{row}",
    "IF(B{row}>A{row},C{above},'Data'!$C{row})", "A{row}", f"C{ROW}+1",
)  # fmt: skip


def texts_of(seed: int) -> dict[str, Area]:
    """Formulas of the columns D to F, filled down here and there, each text with its cells."""
    draw = random.Random(seed)
    found: dict[str, Area] = {}
    for column in (4, 5, 6):
        shape = draw.choice(SHAPES)
        for row in range(2, ROWS):
            if draw.random() < 0.1:
                shape = draw.choice(SHAPES)
            text = shape.format(row=row, above=row - 1, below=row + 1)
            here = Area(row, column, row, column)
            found[text] = found[text].around(here) if text in found else here
    return found


def needs_of(texts: dict[str, Area], many: int, monkeypatch: pytest.MonkeyPatch) -> Needs:
    monkeypatch.setattr(finding, "_MANY", many)
    package = Package(books.foreign({"Data": '<row r="1"><c r="A1"><v>1</v></c></row>'}))
    runs = [
        Run("Data", column, first, first + 29, "", None)
        for column in (1, 3)
        for first in (1, 31, 61)
    ]
    return Needs(package, {"Data": texts}, runs, {})


@pytest.mark.parametrize("seed", range(40))
def test_formulas_taken_together_read_what_each_of_them_reads(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = texts_of(seed)
    together = needs_of(texts, 2, monkeypatch)
    alone = needs_of(texts, 10_000, monkeypatch)
    ours, theirs = (
        {(run.column, run.first) for run in needs.told()} for needs in (together, alone)
    )
    assert ours >= theirs
    for column in (4, 5, 6):
        for row in (2, 40, ROWS - 1):
            area = Area(row, column, row + 3, column)
            needed = alone.behind("Data", area)
            assert together.behind("Data", area) & needed == needed


def test_a_long_balance_is_one_formula_and_reads_no_other_column() -> None:
    texts = {f"D{row - 1}+A{row}": Area(row, 4, row, 4) for row in range(2, 5_000)}
    package = Package(books.foreign({"Data": '<row r="1"><c r="A1"><v>1</v></c></row>'}))
    runs = [Run("Data", column, 1, 5_000, "", None) for column in (1, 3)]
    needs = Needs(package, {"Data": texts}, runs, {})
    assert len(needs._formulas) == 1
    assert needs.told() == {runs[0]}
    assert needs.behind("Data", Area(7, 4, 7, 4)) == needs.bit(runs[0])


@pytest.mark.parametrize(
    "text", ["D4+A5", "$D4+A5", "D$4+A5", '"D4"&A5', "'D4'!A5", "T[D4]+A5", "D4(A5)", "D4!A5", "A1"]
)
def test_only_what_goes_with_the_row_is_left_open(text: str) -> None:
    moved = {"D4+A5": "D5+A6", "$D4+A5": "$D5+A6", "D$4+A5": "D$4+A6", '"D4"&A5': '"D4"&A6',
             "'D4'!A5": "'D4'!A6", "T[D4]+A5": "T[D4]+A6", "D4(A5)": "D4(A6)",
             "D4!A5": "D4!A6", "A1": "A2"}[text]  # fmt: skip
    assert rows_left_open(text, 5) == rows_left_open(moved, 6)
    assert rows_left_open(text, 5) != rows_left_open(text, 6)


def test_what_only_looks_like_a_cell_is_not_left_open() -> None:
    """No column is called ABCD, and no row 1048577: these are names, each of its own cells."""
    for name in ("ABCD5", "A1048577", "XFE5"):
        assert rows_left_open(name, 5) == name


def test_columns_and_a_balance_of_the_engine_show_the_same() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><f>A{row}*2</f></c>'
        f'<c r="C{row}"><f>{f"C{row - 1}+B{row}" if row > 1 else "B1"}</f></c>'
        f'<c r="D{row}"><f>C{row}-A{row}</f></c></row>'
        for row in range(1, 201)
    )
    book = open_book(books.foreign({"Data": rows}), catalogue, columns_from=64)
    # The balance of twice 1 to n is n (n + 1).
    assert book.value("Data", a1(200, 3)) == 200 * 201
    assert book.value("Data", a1(200, 4)) == 200 * 201 - 200
    book.set("Data", "A10", 110)
    book.recalculate()
    assert book.value("Data", a1(9, 4)) == 9 * 10 - 9
    assert book.value("Data", a1(200, 4)) == 200 * 201 + 200 - 200
