"""``isomargin repair``: formulas overtyped, pointed elsewhere, or lost with their column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from addin.package import Package
from addin.package.addresses import Area, a1, column_letters
from tests.addin.books import with_parts
from workbook import bundled
from workbook.repair import faults, table_faults, told

TEMPLATE = Package.open(bundled.template())


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(bundled.worked_example())
    return path


def place(table: str, header: str, row: int = 1) -> tuple[str, str]:
    """Sheet and address of a table's cell; data rows count from 1."""
    found = TEMPLATE.table(table)
    return found.sheet, a1(found.first_row + row - 1, found.need(header))


def typed_over(path: Path, cells: Mapping[tuple[str, str], object]) -> None:
    """As a paste does it, which no protection and no validation stops."""
    book = Package.open(path)
    for (sheet, address), value in cells.items():
        row, column = openpyxl.utils.cell.coordinate_from_string(address)[1], 0
        column = openpyxl.utils.column_index_from_string(re.match("[A-Z]+", address)[0])
        book.sheet(sheet).set_input(row, column, value)
    path.write_bytes(book.to_bytes())


def test_the_shipped_workbooks_are_whole():
    for content in (bundled.template(), bundled.worked_example()):
        assert faults(Package.open(content), TEMPLATE) == []


def test_a_longer_plan_is_whole(book):
    package = Package.open(book)
    package.grow_table("Plan", 40)
    package.grow_table("Journal", 200)
    assert faults(package, TEMPLATE) == []


@pytest.mark.parametrize(
    ("table", "header", "value"),
    [("Plan", "Liq price", 50_000.0), ("Plan", "What to do", "go"), ("Journal", "R", 3.0)],
)
def test_a_formula_typed_over_is_named_and_put_back(isomargin, book, table, header, value):
    before = Package.open(book)
    sheet, address = place(table, header)
    typed_over(book, {(sheet, address): value})
    run = isomargin("calc", book)
    assert run.code == 1
    assert f"{sheet}!{address}: the formula of {header} is gone" in run.err
    assert f"{value:g}" in run.err if isinstance(value, float) else value in run.err
    assert f"isomargin repair {book}" in run.err
    run = isomargin("repair", book)
    assert run.code == 0
    assert f"{sheet}!{address}" in run.out
    after = Package.open(book)
    assert after.formulas(sheet)[address] == before.formulas(sheet)[address]
    shown, was = after.value(sheet, address), before.value(sheet, address)
    assert shown == (pytest.approx(was) if isinstance(was, float) else was)
    assert "in its place" in isomargin("repair", book).out


def test_a_whole_column_typed_over_is_one_line(isomargin, book):
    table = TEMPLATE.table("Plan")
    rows = range(1, table.last_row - table.first_row + 2)
    typed_over(book, {place("Plan", "Margin", row): 100.0 for row in rows})
    run = isomargin("repair", "--dry-run", book)
    assert run.code == 1
    first, last = place("Plan", "Margin")[1], place("Plan", "Margin", rows[-1])[1]
    assert run.out.splitlines() == [
        f"  Plan!{first}:{last}: the formula of Margin is gone, 100 stands there"
    ]
    assert isomargin("repair", book).code == 0
    assert faults(Package.open(book), TEMPLATE) == []


def test_formulas_outside_tables_and_array_formulas_come_back(isomargin, book):
    package = Package.open(book)
    cells = {}
    for sheet in ("Settings", "Trade", "Risk"):
        for address, formula in package.formulas(sheet).items():
            if formula.array is not None and sheet != "Settings":
                cells[sheet, address] = None
                break
        plain = [at for at, one in package.formulas(sheet).items() if one.array is None]
        cells[sheet, plain[1]] = 7.0
    assert len(cells) == 5
    typed_over(book, cells)
    assert len(faults(Package.open(book), TEMPLATE)) == 5
    assert isomargin("repair", book).code == 0
    after = Package.open(book)
    for sheet, address in cells:
        assert after.formulas(sheet)[address] == package.formulas(sheet)[address]
        was = package.value(sheet, address)
        expected = pytest.approx(was) if isinstance(was, float) else was
        assert after.value(sheet, address) == expected


def without_column(path: Path, header: str) -> None:
    """The Plan as LibreOffice saves it after a column was deleted: what read it reads the next."""
    package = Package.open(path)
    table = package.table("Plan")
    gone = table.need(header)
    after = table.columns[table.columns.index(header) + 1]
    tab = package.sheet("Plan")
    for row in range(table.area.top, table.area.bottom + 1):
        for column in range(gone, table.area.right + 1):
            formula = tab.formulas.get((row, column + 1)) if column < table.area.right else None
            if formula is not None:
                text = formula.text.replace(f"[{header}]", f"[{after}]")
                tab.set_formula(row, column, text, formula.array)
            else:
                tab.set_input(row, column, tab.value(row, column + 1))
        tab.forget_index()
    part = package.part(table.part).decode()
    ref = str(Area(table.area.top, table.area.left, table.area.bottom, table.area.right - 1))
    part = re.sub(rf'<tableColumn [^>]*name="{header}"[^>]*?(/>|>.*?</tableColumn>)', "", part)
    part = part.replace(str(table.area), ref)
    path.write_bytes(with_parts(package.to_bytes(), {table.part: part.encode()}))


@pytest.mark.parametrize("header", ["Funding", "Lot"])
def test_a_deleted_column_comes_back_and_what_was_typed_stays(isomargin, book, header):
    before = Package.open(book)
    without_column(book, header)
    torn = Package.open(book)
    assert torn.table("Plan").column(header) is None
    lines = told(table_faults(torn, TEMPLATE))
    assert lines[0] == f"Plan: the column {header} is gone"
    # What read the column, and nothing else, reads another one now.
    assert 1 < len(lines) < 12
    assert all("is another one" in line for line in lines[1:])
    assert f"the column {header} is gone" in isomargin("calc", book).err
    assert isomargin("repair", book).code == 0
    after = Package.open(book)
    assert faults(after, TEMPLATE) == []
    for name in ("Plan", "Journal", "Exits", "Venues"):
        table, now = before.table(name), after.table(name)
        formulas = before.sheet(table.sheet).formulas
        for at, column in enumerate(table.columns, table.area.left):
            if (table.last_row, at) in formulas or column == header:
                continue
            for row in range(table.first_row, table.last_row + 1):
                here = after.sheet(now.sheet).value(row, now.need(column))
                assert here == before.sheet(table.sheet).value(row, at), f"{name} {column} {row}"


def pointed_at(path: Path, table: str, row: int, header: str, neighbour: str) -> set[str]:
    """What reads a column in one row reads its neighbour, named or as a cell; the cells changed."""
    package = Package.open(path)
    found = package.table(table)
    tab = package.sheet(found.sheet)
    named = f"{table}[[#This Row],[{header}]]"
    other = found.need(neighbour)
    forms = [f"{table}[[#This Row],[{neighbour}]]", f"{column_letters(other)}{row}"]
    changed = []
    for (at, column), formula in list(tab.formulas.items()):
        if at == row and named in formula.text and formula.array is None:
            text = formula.text.replace(named, forms[len(changed) % 2])
            tab.set_formula(at, column, text)
            changed.append(a1(at, column))
    path.write_bytes(package.to_bytes())
    return set(changed)


@pytest.mark.parametrize(
    ("table", "header", "neighbour"),
    [("Plan", "Funding", "Lot"), ("Plan", "Leverage", "Volatility"), ("Plan", "Stop", "Entry"),
     ("Journal", "Exit", "Filled")],
)  # fmt: skip
def test_a_formula_pointed_at_the_neighbour_is_named_with_both(
    isomargin, book, table, header, neighbour
):
    before = Package.open(book)
    found = before.table(table)
    row = found.first_row
    changed = pointed_at(book, table, row, header, neighbour)
    assert changed
    told_by = isomargin("calc", book)
    assert told_by.code == 1
    said = told_by.err.splitlines()
    for address in changed:
        (line,) = (one for one in said if f"{found.sheet}!{address}:" in one)
        assert f"it reads {neighbour} where {header} belongs" in line
    assert isomargin("repair", book).code == 0
    after = Package.open(book)
    assert faults(after, TEMPLATE) == []
    for address in changed:
        was, shown = before.value(found.sheet, address), after.value(found.sheet, address)
        assert shown == (pytest.approx(was) if isinstance(was, float) else was)


def test_a_formula_that_differs_in_more_is_shown_as_it_is(book):
    package = Package.open(book)
    sheet, address = place("Plan", "Margin")
    row, column = TEMPLATE.table("Plan").first_row, TEMPLATE.table("Plan").need("Margin")
    package.sheet(sheet).set_formula(row, column, "Plan[[#This Row],[Units]]*2")
    (line,) = told(faults(package, TEMPLATE))
    assert f"{sheet}!{address}" in line
    assert "is another one: =Plan[[#This Row],[Units]]*2" in line


def test_a_sheet_of_ones_own_stays_where_cells_are_put_back(isomargin, book):
    other = openpyxl.load_workbook(book)
    other.create_sheet("Notes")["A1"] = "mine"
    sheet, address = place("Plan", "Risk")
    other[sheet][address] = 5
    other.save(book)
    assert isomargin("repair", book).code == 0
    after = Package.open(book)
    assert after.value("Notes", "A1") == "mine"
    assert faults(after, TEMPLATE) == []


def test_a_sheet_of_ones_own_is_named_where_a_new_template_is_needed(isomargin, book):
    without_column(book, "Lot")
    other = Package.open(book).to_bytes()
    book.write_bytes(other)
    again = openpyxl.load_workbook(book)
    again.create_sheet("Notes")["A1"] = "mine"
    again.save(book)
    run = isomargin("repair", book)
    assert run.code == 1
    assert "the sheet Notes (1 cell(s))" in run.err


def test_the_same_formula_in_other_letters_is_no_fault(book):
    """LibreOffice writes columns of the same row as cells, functions in capitals, and so on."""
    package = Package.open(book)
    table = package.table("Plan")
    tab = package.sheet("Plan")
    letters = {
        header.casefold(): column_letters(at)
        for at, header in enumerate(table.columns, table.area.left)
    }
    rewritten = 0
    for (row, column), formula in list(tab.formulas.items()):
        if not table.first_row <= row <= table.last_row:
            continue

        def as_cell(found: re.Match[str], row: int = row) -> str:
            return f"{letters[found[1].casefold()]}{row}"

        text = re.sub(r"Plan\[\[#This Row\],\[([^\[\]:]+)\]\]", as_cell, formula.text)
        if text != formula.text and "[" not in text:
            tab.set_formula(row, column, text.replace("IF(", "if( "))
            rewritten += 1
    assert rewritten > 200
    assert faults(package, TEMPLATE) == []


def test_what_is_no_template_is_left_alone(isomargin, refused, tmp_path):
    own = tmp_path / "own.xlsx"
    openpyxl.Workbook().save(own)
    before = own.read_bytes()
    assert "not made from the template" in isomargin("repair", own).out
    assert own.read_bytes() == before
    old = Path(__file__).parent / "old" / "v0_1_0.xlsx"
    assert "isomargin upgrade" in refused("repair", old)
    assert "no file" in refused("repair", tmp_path / "none.xlsx")
