"""A workbook whose formulas were made ready beforehand computes as any other does."""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from addin.embedded import EmbeddedBook, open_book
from addin.embedded.book import prepared_content
from addin.embedded.columns.runs import LEAST
from addin.embedded.prepared import Prepared
from addin.embedded.settled import read_by_none, settled
from addin.package import Package
from addin.package.addresses import Area
from udfs import CellError, catalogue

from . import books

ROWS = 4


@cache
def template() -> bytes:
    """A table with formulas, others that read all of it, a name of its rows, and an array."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Deals"
    sheet.append(["Side", "Price", "Twice", "Liq", "Part"])
    for row in range(2, ROWS + 2):
        sheet.append([
            "long", 10.0 * row, "=Deals[[#This Row],[Price]]*2+Fee",
            "=ISO_LIQUIDATION_PRICE(Deals[[#This Row],[Side]],Deals[[#This Row],[Price]],5,,0)",
            "=Deals[[#This Row],[Price]]/SUM(Deals[Price])",
        ])  # fmt: skip
    sheet.add_table(Table(displayName="Deals", ref=f"A1:E{ROWS + 1}"))
    other = book.create_sheet("Sums")
    other["A1"] = "=SUM(Deals[Twice])"
    other["A2"] = '=COUNTA(Space)-COUNTIF(Deals[Side],"short")'
    other["A3"] = '=SUMPRODUCT((Deals[Side]="long")*Prices)'
    other["A4"] = '=A3&"|"&A1'
    other["B1"] = 0.5
    other["C1"] = ArrayFormula("C1:C3", "=TRANSPOSE({1,2,3})*B1")
    for row in range(1, 9):
        other[f"E{row}"] = f"=B1*{row}+E{row + 1}" if row < 8 else "=B1"
    names = {"Fee": "Sums!$B$1", "Prices": f"Deals!$B$2:$B${ROWS + 1}", "Space": "Deals!$A$2:$A$9"}
    for name, target in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    return books.to_bytes(book)


PREPARED = Prepared(prepared_content(Package(template()), catalogue))


def grown(rows: int) -> Package:
    """The template with so many rows typed in."""
    package = Package(template())
    sides = ("long", "short", "long", "x")
    package.put_rows("Deals", 2, [{1: sides[at % 4], 2: 5.0 + at} for at in range(rows)])
    return package


def same(left: EmbeddedBook, right: EmbeddedBook) -> bool:
    ours, theirs = left.formula_values(), right.formula_values()
    assert sorted(ours) == sorted(theirs)
    return all(_same(ours[at], theirs[at]) for at in ours)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12)
    return type(left) is type(right) and bool(left == right)


@pytest.mark.parametrize("columns_from", [0, LEAST])
@pytest.mark.parametrize("rows", [0, ROWS, 7, 12, LEAST + 9])
def test_it_computes_what_it_would_without(rows: int, columns_from: int) -> None:
    plain = open_book(grown(rows), catalogue, columns_from=columns_from)
    ready = open_book(grown(rows), catalogue, columns_from=columns_from, prepared=PREPARED)
    assert same(plain, ready)
    assert ready.to_bytes() == plain.to_bytes()


def test_it_is_used_whatever_is_typed_in_and_however_long_the_table_is() -> None:
    for rows, runs in ((0, 0), (3, 0), (LEAST + 9, 3 + 1)):  # and Sums!A1, which reads one
        found = PREPARED.copy(grown(rows), catalogue, LEAST)
        assert found is not None
        assert len(found[1]) == runs


def test_a_name_that_reaches_the_table_s_end_reaches_the_new_one() -> None:
    book = open_book(grown(LEAST + 9), catalogue, columns_from=LEAST, prepared=PREPARED)
    # 73 rows: prices 5 to 77, every other one long.
    assert book.value("Sums", "A3") == sum(5.0 + at for at in range(0, 73, 2))
    # Down to row 9 and beyond: all 73 sides, 18 of them short.
    assert book.value("Sums", "A2") == 73 - 18


def _formula(package: Package) -> None:
    package.sheet("Sums").set_formula(1, 1, "SUM(Deals[Twice])+1")


def _one_in_the_column(package: Package) -> None:
    package.sheet("Deals").set_formula(3, 3, "7+0")


def _array(package: Package) -> None:
    package.sheet("Sums").set_formula(1, 3, "TRANSPOSE({1,2,4})*B1", Area(1, 3, 3, 3))


def _more(package: Package) -> None:
    package.sheet("Sums").set_formula(20, 1, "A1*2")


@pytest.mark.parametrize("change", [_formula, _one_in_the_column, _array, _more])
def test_a_workbook_with_another_formula_is_computed_as_it_is(
    change: Callable[[Package], None],
) -> None:
    books = []
    for prepared in (None, PREPARED):
        package = grown(3)
        change(package)
        again = Package(package.to_bytes())
        assert PREPARED.copy(again, catalogue, 0) is None
        books.append(open_book(again, catalogue, prepared=prepared))
    assert same(*books)


def test_other_functions_and_other_names_are_computed_as_they_are() -> None:
    assert PREPARED.copy(grown(3), {}, 0) is None
    other = openpyxl.load_workbook(io.BytesIO(template()))
    other.defined_names["Fee"] = DefinedName("Fee", attr_text="Sums!$B$2")
    assert PREPARED.copy(Package(books.to_bytes(other)), catalogue, 0) is None


def test_what_another_version_prepared_fits_nothing() -> None:
    """As in a checkout whose files are not built anew yet."""
    lines = gzip.decompress(prepared_content(Package(template()), catalogue)).split(b"\n")
    for content in (b"\n".join(lines[1:]), b"\n".join((b"4", *lines[1:])), b"[]\n{}"):
        other = Prepared(gzip.compress(content))
        assert other.indexes == {}
        assert other.copy(grown(3), catalogue, 0) is None


CELLS = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 5)), max_size=4)
SIDES = st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(0, 4), st.integers(0, 2))


@given(
    typed=st.dictionaries(st.sampled_from("AB"), st.none() | CELLS, min_size=2),
    blocks=st.lists(st.tuples(st.sampled_from("AB"), SIDES), max_size=6),
    reads=st.lists(st.sets(st.integers(0, 5)), min_size=5, max_size=5),
    read_by=st.lists(st.sets(st.integers(0, 4)), min_size=5, max_size=5),
    spilling=st.booleans(),
)
def test_settled_is_what_no_change_leads_to(
    typed: dict[str, set[tuple[int, int]] | None],
    blocks: list[tuple[str, tuple[int, int, int, int]]],
    reads: list[set[int]],
    read_by: list[set[int]],
    spilling: bool,
) -> None:
    """Five formulas, three on sheet A and two on B, against a search from each changed cell; the
    last one on A is an array."""
    areas = [
        (on, Area(top, left, top + more, left + wide)) for on, (top, left, more, wide) in blocks
    ]
    groups = [
        [1, 1, "", [], spilling, "", [one for one in read if one < len(areas)]] for read in reads
    ]
    content = {
        "blocks": [[on, *area] for on, area in areas],
        "read_by": [sorted(readers) for readers in read_by],
        "volatile": [],
        "sheets": [
            {"name": "A", "groups": groups[:2], "arrays": groups[2:3]},
            {"name": "B", "groups": groups[3:], "arrays": []},
        ],
    }

    def is_changed(on: str, area: Area) -> bool:
        cells = typed[on]
        return cells is None or any(area.holds(*at) for at in cells)

    stirred = {
        number
        for number, group in enumerate(groups)
        if typed["A" if number < 3 else "B"] is None
        or any(is_changed(*areas[one]) for one in group[6])
    } | ({2} if spilling else set())
    for _ in groups:
        stirred |= {reader for one in stirred for reader in read_by[one]}
    nothing_known = not any(cells is not None for cells in typed.values())
    found = settled(content, typed)
    assert found == (set() if nothing_known else set(range(5)) - stirred)
    assert read_by_none(content, found) == {one for one in found if not read_by[one] - found}


@cache
def read_by_few() -> bytes:
    """Columns that single cells read: sums, a chosen row, and two columns that read each other."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Deals"
    sheet.append(["Side", "Price", "Twice", "Half", "Behind"])
    for row in range(2, ROWS + 2):
        sheet.append([
            "long", 10.0 * row, "=Deals[[#This Row],[Price]]*2",
            '=IF(ISNUMBER(Deals[[#This Row],[Price]]),Deals[[#This Row],[Price]]/2,"")',
            "=N(Deals[[#This Row],[Price]])+Sums!$F$3",
        ])  # fmt: skip
    sheet.add_table(Table(displayName="Deals", ref=f"A1:E{ROWS + 1}"))
    other = book.create_sheet("Sums")
    other["A1"] = "=COUNT(Deals[Twice])+ROWS(Deals[Twice])"
    other["A2"] = "=SMALL(Deals[Price],2)+COUNT(Deals[Twice])"
    other["A3"] = "=INDEX(Deals[Twice],B3)"
    other["A4"] = '=A3&"|"&A1&"|"&A2'
    other["A5"] = '=COUNTIF(Deals[Half],"?*")+COUNTIF(Deals[Half],">3")'
    other["A6"] = "=SMALL(Deals[Behind],2)"
    # F2 and F3 read G1, which reads F1: as columns each reads the other.
    other["F1"] = 1.0
    for row in (1, 2, 3):
        other[f"G{row}"] = f"=F{row}+MAX(Deals[Half])"
    for row in (2, 3):
        other[f"F{row}"] = "=$G$1+MIN(Deals[Half])"
    return books.to_bytes(book)


def of_few(row: object, price: object, rows: int = LEAST + 9) -> tuple[EmbeddedBook, EmbeddedBook]:
    """It with so many rows, with what is prepared and cell by cell; one price, the row chosen."""
    prepared = Prepared(prepared_content(Package(read_by_few()), catalogue))
    found = []
    for columns_from in (LEAST, 0):
        package = Package(read_by_few())
        package.put_rows("Deals", 2, [{1: "long", 2: 3.0 + at} for at in range(rows)])
        package.set_cell("Deals", "B5", price)
        package.set_cell("Sums", "B3", row)
        ready = prepared if columns_from else None
        found.append(open_book(package, catalogue, columns_from=columns_from, prepared=ready))
    return found[0], found[1]


def test_columns_that_few_cells_read_are_not_handed_to_the_engine() -> None:
    columns, cells = of_few(3, 6.0)  # which row 5 has anyway
    assert same(columns, cells)
    shown = columns._columns
    assert {run.column for run in shown._workings.runs if run.sheet == "Deals"} == {3, 4, 5}
    # What the engine itself reads: A1 to A3 for A4, and what F, G and A6 do of the circle.
    assert {(run.sheet, run.column, run.first) for run in shown._told} == {
        ("Sums", 1, 1), ("Sums", 1, 2), ("Sums", 1, 3), ("Deals", 4, 2), ("Deals", 5, 2),
    }  # fmt: skip
    # Prices are 3 to 75; G1 is 1 + 37.5, F3 with 1.5 more 40.
    assert columns.value("Sums", "A1") == 2 * (LEAST + 9)
    assert columns.value("Sums", "A2") == 4 + LEAST + 9
    assert columns.value("Sums", "A3") == 2 * 5
    assert columns.value("Sums", "A6") == 4 + 40


@pytest.mark.parametrize(
    ("row", "price"),
    [
        (0, 1.0),
        (None, "x"),
        (2.5, -7.0),
        (-1, None),
        (999, "5 Jan"),
        ("x", True),
        (True, CellError.NA),
    ],
)
def test_what_a_cell_reads_of_a_column_is_what_the_engine_would_show(
    row: object, price: object
) -> None:
    """Where it is not sure, the engine takes the cell over, and is told of the column then."""
    columns, cells = of_few(row, price)
    assert same(columns, cells)
    assert columns.to_bytes() == cells.to_bytes()
    _edit(4, 50.0, columns, cells)


@pytest.mark.parametrize(
    ("row", "price"), [(0, 1.0), (None, "x"), (-1, None), ("x", "5 Jan"), (2, CellError.NA)]
)
def test_a_cell_that_the_engine_takes_over_later_shows_one_cell(row: object, price: object) -> None:
    """INDEX of a whole column is an array there, which a cell that is none shows the first of."""
    columns, cells = of_few(4, 6.0)
    _edit(row, price, columns, cells)
    _edit(5, 7.0, columns, cells)
    _edit(row, price, columns, cells)


def _edit(row: object, price: object, *books_of_both: EmbeddedBook) -> None:
    for book in books_of_both:
        book.set("Sums", "B3", row)
        book.set("Deals", "B9", price)
        book.recalculate()
    assert same(*books_of_both)
