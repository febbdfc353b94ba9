"""Counting the calls that a recalculation makes: on small books, and the template's budget."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from addin.package import Package, PackageError
from tests.hosts.calls import CallGraph, place
from workbook import bundled

FUNCTIONS = ("ISO_A", "ISO_B")
FULL_BUDGET = 200
ROW_BUDGET = 12


def graph(fill: Callable[[openpyxl.Workbook], object]) -> CallGraph:
    book = openpyxl.Workbook()
    book.active.title = "One"
    book.create_sheet("My two")
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return CallGraph(Package.open(buffer.getvalue()), FUNCTIONS)


def cells(book: openpyxl.Workbook, **formulas: str) -> None:
    for address, formula in formulas.items():
        book["One"][address] = formula


def test_calls_are_counted_wherever_they_stand() -> None:
    found = graph(
        lambda book: cells(
            book, B1="=ISO_A(A1)+iso_b(ISO_A(1))", B2='=IF(A1,ISO_A(1),"ISO_A(")', B3="=SUM(A1)"
        )
    )
    assert found.full == 4
    assert found.by_formula() == {place("One", "B1"): 3, place("One", "B2"): 1}


@pytest.mark.parametrize(
    ("formula", "feels"),
    [
        ("=ISO_A(A1)", True),
        ("=ISO_A($A$1)", True),
        ("=ISO_A(One!A1)", True),
        ("=ISO_A(one!A1)", True),
        ("=ISO_A(A1:C9)", True),
        ("=ISO_A(A:A)", True),
        ("=ISO_A(1:1)", True),
        ("=ISO_A(A1:A5000)", True),
        ("=ISO_A(Input)", True),
        ("=ISO_A(OFFSET(Z9,1,1))", True),
        ("=ISO_A(TODAY())", True),
        ("=ISO_A(B1)", False),
        ("=ISO_A('My two'!A1)", False),
        ("=ISO_A(B1:C9)", False),
        ("=ISO_A(B:C)", False),
        ("=ISO_A(2:3)", False),
        ('=ISO_A("A1")', False),
        ("=ISO_A(Other)", False),
    ],
)
def test_a_formula_feels_the_cells_it_refers_to(formula: str, feels: bool) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        cells(book, H20=formula)
        book.defined_names["Input"] = DefinedName("Input", attr_text="One!$A$1")
        book.defined_names["Other"] = DefinedName("Other", attr_text="'My two'!$A$1")

    assert graph(fill).after(place("One", "A1")) == int(feels)


def test_a_change_is_followed_through_native_formulas_and_sheets() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        cells(book, B1="=A1*2", C1="=ISO_A(B1)", D1="=ISO_B(C1)", E1="=ISO_A(A2)")
        book["My two"]["A1"] = "=SUM(One!D1:D9)"
        book["My two"]["B1"] = "=ISO_A(A1)"

    found = graph(fill)
    assert found.full == 4
    assert found.depending(place("One", "A1")) == {
        place("One", "C1"): 1,
        place("One", "D1"): 1,
        place("My two", "B1"): 1,
    }
    assert found.after(place("One", "A2")) == 1
    assert found.after(place("One", "A1"), place("One", "A2")) == 4


def test_an_array_formula_calls_once_and_passes_on_from_all_its_cells() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book["One"]["B1"] = ArrayFormula("B1:B500", "=ISO_A(A1:A500)")
        cells(book, D1="=ISO_B(B400)")

    found = graph(fill)
    assert found.full == 2
    assert found.after(place("One", "A3")) == 2


def test_a_circle_ends() -> None:
    found = graph(lambda book: cells(book, A1="=ISO_A(B1)", B1="=ISO_A(A1)"))
    assert found.after(place("One", "A1")) == 2


def plan(book: openpyxl.Workbook) -> None:
    """A table of three rows: two inputs, a formula of the row, one of the whole column."""
    sheet = book["One"]
    sheet.append(["Entry", "Stop", "Size", "Share"])
    for row in (2, 3, 4):
        sheet.append([100, 96])
        sheet[f"C{row}"] = "=ISO_A(Plan[[#This Row],[Entry]])+ISO_A(Plan[[#This Row],[Stop]])"
        sheet[f"D{row}"] = "=ISO_B(Plan[[#This Row],[Size]])/SUM(Plan[Size])"
    sheet.add_table(Table(displayName="Plan", ref="A1:D4"))
    sheet["F1"] = "=ISO_A(Plan[Stop])"


def test_the_worst_input_of_a_row_is_found() -> None:
    found = graph(plan)
    assert found.full == 3 * 2 + 3 + 1
    # The row's own two, each row's share (they share a sum), and the whole column's one.
    assert found.after(place("One", "A2")) == 2 + 3
    assert found.worst_input("Plan", 1) == (place("One", "B2"), 2 + 3 + 1)
    assert found.worst_input("plan", 3) == (place("One", "B4"), 2 + 3 + 1)


@pytest.mark.parametrize("row", [0, 4])
def test_a_row_that_is_not_there_is_refused(row: int) -> None:
    with pytest.raises(PackageError, match=f"no row {row}"):
        graph(plan).worst_input("Plan", row)


def test_the_filled_template_stays_within_its_budget() -> None:
    found = CallGraph(Package.open(bundled.worked_example()))
    assert 0 < found.full <= FULL_BUDGET
    table = Package.open(bundled.worked_example()).table("Plan")
    for row in range(1, table.last_row - table.first_row + 2):
        where, calls = found.worst_input("Plan", row)
        assert calls <= ROW_BUDGET, (str(where), found.depending(where))
