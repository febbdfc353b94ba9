"""A plan so long that its rows are read as columns: what is done with the file afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from addin.package import Package
from addin.package.cell_formula import CellFormula
from workbook import bundled, desk
from workbook.computing import computed
from workbook.fill import fill
from workbook.inputs import Inputs
from workbook.repair import table_faults

ROWS = 3_100


@pytest.fixture(scope="module")
def long_plan(tmp_path_factory) -> Path:
    rows = [
        {
            "Symbol": f"S{number}", "Side": "long" if number % 2 else "short", "Venue": "Bybit",
            "Entry": 100.0 + number, "Stop": (100.0 + number) * (0.97 if number % 2 else 1.03),
            "Days": 5.0, "Leverage": 3.0, "Volatility": 0.05, "Lot": 0.1,
        }
        for number in range(1, ROWS + 1)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("long") / "plan.xlsx"
    fill(bundled.template(), Inputs(settings={}, tables={"Plan": rows})).save(path)
    return path


def test_computed_again_it_is_the_same_file(long_plan):
    package = Package.open(long_plan)
    grown = package.sheet("Plan").grown
    assert grown is not None
    assert grown.formulas > 150 * (ROWS - 64)
    assert not table_faults(package, Package.open(bundled.template()))
    book = computed(package)
    assert package.sheet("Plan").grown is grown
    again = Package(book.to_bytes()).sheet("Plan").grown
    assert again is not None
    assert again == grown


def test_a_row_is_taken_and_the_desk_tells_of_it(long_plan, isomargin, tmp_path):
    book = tmp_path / "taken.xlsx"
    shutil.copy(long_plan, book)
    row = ROWS - 1  # of the plan
    result = isomargin("journal", "take", "-q", book, row)
    assert result.code == 0, result.err
    told = desk.read(book)
    assert told.open == 1
    assert told.rows == ROWS
    assert told.nearest == f"S{row} long"
    package = Package.open(book)
    assert package.sheet("Plan").grown is not None
    table = package.table("Plan")
    assert package.value("Plan", table.cell(table.first_row + row - 1, "Status")) == "open"


def test_another_formula_in_the_long_rows_is_a_fault_of_each(long_plan):
    package = Package.open(long_plan)
    grown = package.sheet("Plan").grown
    assert grown is not None
    grown.columns[package.table("Plan").need("Units")].formula = CellFormula("1+1")
    found = table_faults(package, Package.open(bundled.template()))
    assert len(found) == grown.last - grown.first + 1
    assert "the formula of Units is another one: =1+1" in found[-1].words


def test_it_is_shared_without_becoming_elements(long_plan, isomargin, tmp_path):
    copy = tmp_path / "copy.xlsx"
    result = isomargin("share", long_plan, "-o", copy)
    assert result.code == 0, result.err
    one, two = (Package.open(path) for path in (long_plan, copy))
    plan, shared = one.sheet("Plan").grown, two.sheet("Plan").grown
    assert plan is not None
    assert shared is not None
    ours = {column for (_, column), formula in plan.each_formula() if "ISO_" in formula.text}
    assert len(ours) > 3
    for number, column in plan.columns.items():
        assert shared.columns[number].values == column.values
        assert shared.has_formula(number) == (column.formula is not None and number not in ours)
    alive = sum(two.sheet(name).formula_count for name in two.sheets)
    assert f"{alive:,} others still compute" in result.out
