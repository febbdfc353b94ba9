"""Rows that a table has grown by: kept as columns, and the same file as with elements."""

from __future__ import annotations

from typing import Any

import pytest

from addin.embedded import open_book
from addin.embedded.columns.runs import LEAST
from addin.package import Limits, Package, PackageError, TableRows
from addin.package.addresses import column_letters
from addin.package.cell_formula import CellFormula
from addin.package.grown import GrownColumn, GrownRows
from addin.package.limits import limits
from udfs import CellError, catalogue

from . import books
from .test_columns import COLUMNS, ROWS, deals

NEW = 150
LAST = column_letters(3 + len(COLUMNS))
WORDS = ["long", "short", "LONG ", "x<y & z", "  ", "_x000D_", None]
NUMBERS = [1, 2.5, "5", True, None, "=1+1"]


def grown(*, elements: bool = False) -> Package:
    package = Package(deals(2, share=0.1))
    rows: list[dict[str, Any]] = [
        {"Side": WORDS[at % len(WORDS)], "A": at / 3, "B": NUMBERS[at % len(NUMBERS)]}
        for at in range(NEW)
    ]
    TableRows(package, "Deals").extend(rows)
    if elements:
        package.sheet("Log").make_elements()
    return package


def test_the_rows_are_no_elements_until_somebody_asks() -> None:
    package = grown()
    tab = package.sheet("Log")
    assert tab.grown is not None
    assert (tab.grown.first, tab.grown.last) == (ROWS + 2, ROWS + 1 + NEW)
    assert max(tab.element_rows) == ROWS + 1
    assert tab.has_formula(ROWS + 9, 4)
    assert not tab.has_formula(ROWS + 9, 3)
    assert tab.formula_count == (ROWS + NEW) * len(COLUMNS)
    assert max(tab.rows) == ROWS + 1 + NEW
    assert tab.grown is None


def test_the_file_is_the_one_with_elements_byte_for_byte() -> None:
    assert grown().to_bytes() == grown(elements=True).to_bytes()


def test_values_and_formulas_are_read_as_from_elements() -> None:
    kept, made = grown(), grown(elements=True)
    table = made.table("Deals")
    assert kept.table("Deals").area == table.area
    for row in range(table.first_row, table.last_row + 1):
        for column in range(1, 5):
            assert kept.sheet("Log").value(row, column) == made.sheet("Log").value(row, column)
    assert list(TableRows(kept, "Deals").filled()) == list(TableRows(made, "Deals").filled())
    assert kept.sheet("Log").grown is not None
    assert kept.formulas("Log") == made.formulas("Log")
    assert kept.sheet("Log").grown is None


def test_computed_it_is_the_same_file_too() -> None:
    book = open_book(grown(), catalogue, columns_from=LEAST)
    assert book.package.sheet("Log").grown is not None
    others = open_book(grown(elements=True), catalogue, columns_from=0)
    assert {at: str(v) for at, v in book.formula_values().items()} == {
        at: str(v) for at, v in others.formula_values().items()
    }
    assert {(e.cell, e.error) for e in book.errors()} == {
        (e.cell, e.error) for e in others.errors()
    }
    assert books.same_workbook(book.to_bytes(), others.to_bytes())
    tab = book.package.sheet("Log")
    assert tab.grown is not None
    in_error = {(row, column) for row, column in tab.formulas_in_error()}
    saved = Package(book.to_bytes())
    assert in_error == set(saved.sheet("Log").formulas_in_error())
    assert in_error


def test_inputs_are_set_and_formulas_refused() -> None:
    package = grown()
    row = ROWS + 5
    package.set_cell("Log", f"B{row}", 12)
    assert package.value("Log", f"B{row}") == 12.0
    with pytest.raises(PackageError, match=f"D{row} holds a formula"):
        package.set_cell("Log", f"D{row}", 1)
    assert package.sheet("Log").grown is not None
    package.set_cell("Log", f"AZ{row}", "beside")
    assert package.sheet("Log").grown is None, "a cell beside the table needs an element"
    saved = Package(package.to_bytes())
    assert saved.value("Log", f"AZ{row}") == "beside"
    assert saved.value("Log", f"B{row}") == 12.0


def test_a_table_grows_again() -> None:
    package = grown()
    TableRows(package, "Deals").extend([{"Side": "long", "A": 1.0, "B": 2.0}] * 3)
    saved = Package(package.to_bytes())
    assert TableRows(saved, "Deals").value(saved.table("Deals").last_row, "B") == 2.0
    assert open_book(saved, catalogue).value("Log", f"D{ROWS + NEW + 4}") == 3.0


def test_an_edit_in_a_grown_row_is_computed() -> None:
    book = open_book(grown(), catalogue, columns_from=LEAST)
    row = ROWS + 8
    for column, value in (("A", "short"), ("B", 3), ("C", "x")):
        book.set("Log", f"{column}{row}", value)
    book.recalculate()
    assert book.value("Log", f"D{row}") is CellError.VALUE
    book.set("Log", f"C{row}", 4)
    book.recalculate()
    assert book.value("Log", f"D{row}") == 7.0
    assert Package(book.to_bytes()).value("Log", f"D{row}") == 7.0


def test_what_stands_below_or_beside_the_new_rows_stays() -> None:
    package = Package(deals(2))
    package.set_cell("Log", f"AZ{ROWS + 3}", "beside")
    package.grow_table("Deals", ROWS + 5)
    assert package.sheet("Log").grown is None
    assert Package(package.to_bytes()).value("Log", f"AZ{ROWS + 3}") == "beside"


@pytest.mark.parametrize(
    ("formula", "sums_all"),
    [
        # Found out while it is computed, and then given to the engine cell by cell.
        ("IF(ROW()>9,SUM(B$2:B{row}),0)", True),
        # Known from the start, and given to the engine filled down.
        ("SUM(B{row},OFFSET(B{row},0,0))/2", False),
    ],
)
def test_formulas_that_only_the_engine_knows_are_given_to_it(formula: str, sums_all: bool) -> None:
    package = Package(deals(2, share=0))
    tab = package.sheet("Log")
    for row in range(2, ROWS + 2):
        tab.element(row, 3 + len(COLUMNS))[0].text = formula.format(row=row)
    tab.changed = True
    again = Package(package.to_bytes())
    first = ROWS + 2
    again.put_rows("Deals", first, [{1: "long", 2: 10.0 * at, 3: 1.0} for at in range(1, 21)])
    book = open_book(again, catalogue, columns_from=LEAST)
    assert again.sheet("Log").grown is not None, "its rows have not become elements"
    last = again.table("Deals").last_row
    counted = range(2, last + 1) if sums_all else [last]
    total = sum(float(again.value("Log", f"B{row}") or 0) for row in counted)  # type: ignore[arg-type]
    assert book.value("Log", f"{LAST}{last}") == pytest.approx(total)
    assert Package(book.to_bytes()).value("Log", f"{LAST}{last}") == pytest.approx(total)


def test_too_many_formulas_are_refused_before_the_work_and_the_advice_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = deals(2)
    package = Package(data, Limits(grown_formulas=len(COLUMNS) * (ROWS + 5)))
    with pytest.raises(PackageError, match=r"give fewer.*set ISOMARGIN_LIMITS=3") as refused:
        package.grow_table("Deals", 3 * ROWS + 2)
    # With 24 columns of formulas: 75 rows may be, 212 are wanted.
    assert "5,088 formulas, and a sheet may have 1,800" in str(refused.value)
    assert package.table("Deals").data.rows == ROWS
    package.grow_table("Deals", ROWS + 5)
    monkeypatch.setenv("ISOMARGIN_LIMITS", "3")
    Package(data, limits()).grow_table("Deals", 3 * ROWS + 2)


def test_rows_that_have_to_become_elements_are_refused_before_they_do() -> None:
    package = Package(deals(2), Limits(formulas=len(COLUMNS) * (ROWS + 5)))
    package.grow_table("Deals", ROWS + 9)
    with pytest.raises(PackageError, match=r"1,896 formulas.*it may have 1,800.*ISOMARGIN_LIMITS"):
        open_book(package, catalogue, columns_from=0)


def in_rows(looks: str, *columns: tuple[int, GrownColumn]) -> list[str]:
    """Rows from 5 on as text, filled down from row 4."""
    count = len(columns[0][1].values)
    text = b"".join(GrownRows(5, 4 + count, 4, looks, dict(columns)).text()).decode()
    return text.replace("</row>", "</row>\n").splitlines()


def test_what_is_no_number_is_written_as_an_error_and_the_same_text_alike() -> None:
    values = [float("nan"), float("inf"), 2.5, "a<b", None, True, "a<b", -0.0, 1.0]
    assert in_rows("", (2, GrownColumn(None, None, values))) == [
        '<row r="5"><c r="B5" t="e"><v>#NUM!</v></c></row>',
        '<row r="6"><c r="B6" t="e"><v>#NUM!</v></c></row>',
        '<row r="7"><c r="B7"><v>2.5</v></c></row>',
        '<row r="8"><c r="B8" t="inlineStr"><is><t>a&lt;b</t></is></c></row>',
        '<row r="9"><c r="B9"/></row>',
        '<row r="10"><c r="B10" t="b"><v>1</v></c></row>',
        '<row r="11"><c r="B11" t="inlineStr"><is><t>a&lt;b</t></is></c></row>',
        '<row r="12"><c r="B12"><v>0</v></c></row>',
        '<row r="13"><c r="B13"><v>1</v></c></row>',
    ]


def test_cells_that_lack_or_name_their_row_stand_between_those_that_do_not() -> None:
    columns = [
        (1, GrownColumn("3", None, [1.0, float("inf"), "é"], numbered=True)),
        (2, GrownColumn(None, None, [None, None, 2.0], absent=frozenset({1}))),
        (3, GrownColumn("4", CellFormula("Deals[A]<1"), [True, 1.0, CellError.NA])),
        (4, GrownColumn(None, CellFormula("A4*2"), [2.0, " ", 2.0], attributes=' ca="1"')),
        (9, GrownColumn(None, CellFormula("A3+A4"), [None, 2.0, 2.0])),
        (5, GrownColumn("5", CellFormula("1+1"), [2.0, 2.0, 2.0], array=True)),
        (28, GrownColumn(None, CellFormula("PI()"), [0.5, "x", "x"], numbered=True)),
    ]
    assert in_rows(' ht="33"', *columns) == [
        '<row r="5" ht="33"><c r="A5" s="3" t="n"><v>1</v></c><c r="B5"/>'
        '<c r="C5" s="4" t="b"><f>Deals[A]&lt;1</f><v>1</v></c>'
        '<c r="D5"><f ca="1">A5*2</f><v>2</v></c>'
        '<c r="E5" s="5"><f t="array" ref="E5">1+1</f><v>2</v></c>'
        '<c r="I5"><f>A4+A5</f></c>'
        '<c r="AB5" t="n"><f>PI()</f><v>0.5</v></c></row>',
        '<row r="6" ht="33"><c r="A6" s="3" t="e"><v>#NUM!</v></c>'
        '<c r="C6" s="4"><f>Deals[A]&lt;1</f><v>1</v></c>'
        '<c r="D6" t="str"><f ca="1">A6*2</f><v xml:space="preserve"> </v></c>'
        '<c r="E6" s="5"><f t="array" ref="E6">1+1</f><v>2</v></c>'
        '<c r="I6"><f>A5+A6</f><v>2</v></c>'
        '<c r="AB6" t="str"><f>PI()</f><v>x</v></c></row>',
        '<row r="7" ht="33"><c r="A7" s="3" t="inlineStr"><is><t>é</t></is></c>'
        '<c r="B7"><v>2</v></c><c r="C7" s="4" t="e"><f>Deals[A]&lt;1</f><v>#N/A</v></c>'
        '<c r="D7"><f ca="1">A7*2</f><v>2</v></c>'
        '<c r="E7" s="5"><f t="array" ref="E7">1+1</f><v>2</v></c>'
        '<c r="I7"><f>A6+A7</f><v>2</v></c>'
        '<c r="AB7" t="str"><f>PI()</f><v>x</v></c></row>',
    ]
