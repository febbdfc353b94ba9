"""Columns of one formula computed at once: the values of the cells, and what is left out."""

from __future__ import annotations

import math
import random
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from addin.embedded import EmbeddedBook, open_book
from addin.embedded.columns.runs import LEAST, WORTH_IT
from addin.package import Package
from udfs import CellError, catalogue

from . import books

ROWS = 70
# What people type where a number, a side or a word is meant.
NONSENSE: list[Any] = [
    None, "x", "5", "12%", True, False, "#N/A", "#DIV/0!", 0, -1, 0.5, 1e300, "long", "short", " ",
    "LONG", 3, 7.25, "l*", "?", "~", "s~", "<>", "*",
]  # fmt: skip
COLUMNS = {
    "Sum": "=Deals[[#This Row],[A]]+Deals[[#This Row],[B]]",
    "Ratio": "=IF(Deals[[#This Row],[B]]=0,\"none\",Deals[[#This Row],[A]]/Deals[[#This Row],[B]])",
    "Words": '=Deals[[#This Row],[Side]]&"|"&Deals[[#This Row],[A]]&"|"&Fee',
    "Place": '=MATCH(Deals[[#This Row],[Side]],{"long","short"},0)',
    "Sign": "=CHOOSE(Deals[[#This Row],[Place]],1,-1)",
    "Most": "=MAX(Deals[[#This Row],[A]:[B]],0)-MIN(1,Deals[[#This Row],[A]])",
    "There": "=COUNTA(Deals[[#This Row],[Side]:[B]])+N(ISNUMBER(Deals[[#This Row],[A]]))",
    "Bad": "=N(ISERROR(Deals[[#This Row],[Sum]]))",
    "Like": "=COUNTIF(Deals[Side],Deals[[#This Row],[Side]])",
    "Look": "=INDEX(Rates[Rate],Deals[[#This Row],[Place]])*Total_bad",
    "Ours": "=ISO_LIQUIDATION_PRICE(Deals[[#This Row],[Side]],Deals[[#This Row],[A]],5,,0)",
    "Row": "=ROW()-ROW(Deals[[#Headers],[Sum]])",
    "Safe": '=IFERROR(Deals[[#This Row],[Ratio]]*2,"-")',
    "More": "=(Deals[[#This Row],[A]]>Deals[[#This Row],[B]])+(Deals[[#This Row],[Side]]=\"long\")",
    "Round": "=ROUND(Deals[[#This Row],[A]],1)-INT(Deals[[#This Row],[B]])+ABS(-3%)",
    "Above": '=COUNTIF(Deals[[#This Row],[A]],">1")+COUNTIFS(Deals[[#This Row],[B]],">0",'
    'Deals[[#This Row],[A]],"<=50")',
    "Added": '=SUMIF(Deals[[#This Row],[A]:[B]],">1")+SUMIF(Rates[Name],"long",Rates[Rate])',
    "Cut": '=PROPER(LEFT(Deals[[#This Row],[Side]],3))&REPT("-",2)',
    "Power": "=LOG10(ABS(Deals[[#This Row],[B]])+1)+VALUE(Deals[[#This Row],[A]])",
    "Typed": "=SUMPRODUCT(ISTEXT(Deals[[#This Row],[Side]:[B]])*1)"
    "+2*SUMPRODUCT(ISNUMBER(Deals[[#This Row],[A]:[B]])*1)",
    "Blank": '=COUNTIF(Deals[[#This Row],[Side]:[B]],"")-COUNTIF(Deals[[#This Row],[A]],"<>")',
    "Near": '=MATCH(LEFT(Deals[[#This Row],[Side]],2)&"*",Rates[Name],0)',
    "Same": '=COUNTIF(Deals[Side],LEFT(Deals[[#This Row],[Side]])&"?*")'
    '+100*COUNTIF(Deals[Side],"<>"&Deals[[#This Row],[Side]])',
    "Over": "=SUMPRODUCT(MAX((Rates[Name]=Deals[[#This Row],[Side]])*Rates[Rate]))",
}  # fmt: skip


@cache
def deals(seed: int, share: float = 0.3) -> bytes:
    """A table of formulas over inputs with nonsense in them, and cells that read it."""
    rng = random.Random(seed)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Log"
    sheet.append(["Side", "A", "B", *COLUMNS])
    for row in range(2, ROWS + 2):
        plain = [rng.choice(["long", "short"]), rng.uniform(1, 90), rng.choice([1, 2, 4.5])]
        typed = [rng.choice(NONSENSE) if rng.random() < share else value for value in plain]
        for column, value in enumerate([*typed, *COLUMNS.values()], 1):
            sheet.cell(row, column, value)
    width = 3 + len(COLUMNS)
    last = openpyxl.utils.get_column_letter(width)
    sheet.add_table(Table(displayName="Deals", ref=f"A1:{last}{ROWS + 1}"))
    other = book.create_sheet("Rates")
    for row in (["Name", "Rate"], ["long", 0.5], ["short", "=1/4"]):
        other.append(row)
    other.add_table(Table(displayName="Rates", ref="A1:B3"))
    other["D1"] = "=SUM(Deals[Bad])"
    other["D2"] = "=SUMPRODUCT(--(Deals[Row]>3))"
    other["D3"] = "=Fee*D1"
    other["D4"] = 0.25
    for row in range(2, ROWS + 2):
        other[f"F{row}"] = f"=Log!B{row}*2+$D$1"
    for name, target in {"Fee": "Rates!$D$4", "Total_bad": "Rates!$D$1"}.items():
        book.defined_names[name] = DefinedName(name, attr_text=target)
    return books.to_bytes(book)


def both(data: bytes) -> tuple[EmbeddedBook, EmbeddedBook]:
    """The book computed with columns, and cell by cell."""
    columns = open_book(data, catalogue, columns_from=LEAST)
    return columns, open_book(data, catalogue, columns_from=0)


def differing(columns: EmbeddedBook, cells: EmbeddedBook) -> dict[Any, Any]:
    left, right = columns.formula_values(), cells.formula_values()
    assert list(left) == list(right)
    return {at: (left[at], right[at]) for at in left if not same(left[at], right[at])}


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12)
    return type(left) is type(right) and left == right


def columns_of(book: EmbeddedBook) -> set[tuple[str, int]]:
    return {(run.sheet, run.column) for run in book._columns._workings.runs}


@pytest.mark.parametrize("seed", range(4))
def test_columns_are_what_the_cells_would_be(seed: int) -> None:
    assert not differing(*both(deals(seed)))


def test_sound_inputs_are_all_computed_as_columns() -> None:
    columns, cells = both(deals(9, share=0))
    assert len(columns_of(columns)) == len(COLUMNS) + 1, "and the one filled down beside no table"
    assert not columns_of(cells)
    assert not differing(columns, cells)
    # Row 2: 70 rows, none bad; F2 is twice B2.
    assert columns.value("Rates", "D1") == 0
    assert columns.value("Rates", "D2") == ROWS - 3
    assert columns.value("Rates", "F2") == 2 * columns.value("Log", "B2")  # type: ignore[operator]


def test_a_known_row_by_hand() -> None:
    data = deals(9, share=0)
    package = Package(data)
    for cell, value in {"A2": "short", "B2": 3.0, "C2": 4.0}.items():
        package.set_cell("Log", cell, value)
    book = open_book(package, catalogue, columns_from=LEAST)
    table = package.table("Deals")
    shown = {name: book.value("Log", table.cell(2, name)) for name in COLUMNS}
    assert shown["Sum"] == 7
    assert shown["Ratio"] == 0.75
    assert shown["Words"] == "short|3|0.25"
    assert (shown["Place"], shown["Sign"]) == (2, -1)
    assert shown["Most"] == 3  # the larger of 3, 4 and 0, less the smaller of 1 and 3
    assert shown["There"] == 4
    assert shown["Ours"] == pytest.approx(3 * (1 + 1 / 5))
    assert (shown["Row"], shown["Safe"], shown["More"]) == (1, 1.5, 0)
    assert shown["Round"] == pytest.approx(3 - 4 + 0.03)
    assert shown["Over"] == 0.25
    assert shown["Above"] == 2  # 3 is above 1; 4 is above 0 and 3 at most 50
    assert shown["Added"] == 7.5
    assert shown["Cut"] == "Sho--"
    assert shown["Typed"] == 1 + 2 * 2  # a side; 3 and 4
    assert shown["Blank"] == -1  # none of three is blank, and A is not
    assert shown["Near"] == 2  # "sh*" is the second name
    assert shown["Power"] == pytest.approx(math.log10(5) + 3)


def test_errors_say_where_and_are_written_into_the_file() -> None:
    package = Package(deals(9, share=0))
    package.set_cell("Log", "B5", "x")
    book = open_book(package, catalogue, columns_from=LEAST)
    at = package.table("Deals").cell(5, "Sum")
    assert book.value("Log", at) is CellError.VALUE
    assert (("Log", at)) in [(error.sheet, error.cell) for error in book.errors()]
    assert Package(book.to_bytes()).value("Log", at) is CellError.VALUE
    assert Package(book.to_bytes()).value("Log", package.table("Deals").cell(5, "Bad")) == 1.0


def test_an_edit_reaches_columns_and_what_reads_them() -> None:
    data = deals(3, share=0.1)
    columns, cells = both(data)
    for cell, value in {"B7": "x", "A8": "short", "C9": 0, "B7 ": 12.5, "B10": None}.items():
        for book in (columns, cells):
            book.set("Log", cell.strip(), value)
            book.recalculate()
        assert not differing(columns, cells), (cell, value)
    for book in (columns, cells):
        book.set("Rates", "D4", 3)  # the fee, which the columns read by its name
        book.recalculate()
    assert not differing(columns, cells)
    assert str(columns.value("Log", "F2")).endswith("|3")


def test_the_file_is_the_same_with_and_without() -> None:
    columns, cells = (book.to_bytes() for book in both(deals(5)))
    assert books.same_workbook(columns, cells)


def filled_down(formula: str, rows: int = LEAST) -> bytes:
    """A formula filled down column B from row 2; column A counts."""
    return books.simple(
        {f"A{row}": float(row) for row in range(1, rows + 2)}
        | {f"B{row}": formula.format(row=row, above=row - 1) for row in range(2, rows + 2)}
    )


@pytest.mark.parametrize(
    ("formula", "is_column"),
    [
        ("=A{row}*2", True),
        ("=IF(A{row}>3,A{row},$A$2)", True),
        ("=SUM(A$1:A$9)+A{row}", True),
        ("=COUNT(A$1:A$9,A{row})+ROWS(A$1:A$9)", True),
        ("=SMALL(A$1:A$9,A{row})", True),  # #NUM! from the tenth on
        ('=COUNTIF(A$1:A$9,"?*")+COUNTIF(A$1:A$9,">"&A{row})', True),
        ("=SMALL(A$1:A$9,A{row}/2)", False),  # between two places
        ("=COUNT(A{row},5)", False),  # what is no cell
        ("=A{row}+{row}", False),  # another formula in every row
        ("=SUM(A$1:A{row})", False),  # a range that grows
        ("=N(B{above})+A{row}", False),  # the row above
        ("=B{row}+1", False),  # a circle
        ("=OFFSET(A{row},0,0)", False),  # a function that is not among the columns' own
        ("=A{row}^-1*0+VLOOKUP(A{row},A$1:A$9,1,FALSE)", False),
    ],
)
def test_what_is_a_column_and_what_the_engine_does(formula: str, is_column: bool) -> None:
    data = filled_down(formula)
    columns, cells_only = both(data)
    assert (("Sheet", 2) in columns_of(columns)) == is_column
    assert not differing(columns, cells_only)


def test_each_row_counts_and_sums_what_is_as_its_own_cell() -> None:
    """By the truth, by a number that reads alike, and by a text; two of each are by hand."""
    book = openpyxl.Workbook()
    sheet = book.active
    typed = [True, 1, 0, False, None, "long", 2.5, 1, "LONG", -1]
    for row in range(1, LEAST + 11):
        sheet.cell(row, 1, typed[row % 10])
        sheet.cell(row, 2, row / 8)
        last = LEAST + 10
        sheet.cell(row, 3, f"=COUNTIF($A$1:$A${last},A{row})")
        sheet.cell(row, 4, f'=SUMIFS($B$1:$B${last},$A$1:$A${last},A{row},$B$1:$B${last},">1")')
        sheet.cell(row, 5, f"=COUNTIFS($A$1:$A${last},A{row},$B$1:$B${last},B{row})")
    columns, cells = both(books.to_bytes(book))
    assert {column for _, column in columns_of(columns)} == {3, 4, 5}
    assert differing(columns, cells) == {}
    ones = [row for row in range(1, LEAST + 11) if row % 10 in (1, 7)]
    assert columns.value("Sheet", "C1") == len(ones), "TRUE is no 1"
    assert columns.value("Sheet", "D1") == sum(row / 8 for row in ones if row > 8)


def test_a_short_stretch_is_left_to_the_engine() -> None:
    short = filled_down("=A{row}*2", LEAST - 1)
    assert not columns_of(open_book(short, catalogue, columns_from=LEAST))


def test_a_gap_and_another_formula_part_a_column() -> None:
    cells: dict[str, Any] = {f"A{row}": float(row) for row in range(1, 3 * LEAST + 3)}
    for row in range(1, LEAST + 1):
        cells[f"B{row}"] = f"=A{row}*2"
        cells[f"B{LEAST + 1 + row}"] = f"=A{LEAST + 1 + row}*3"
        cells[f"B{2 * LEAST + 2 + row}"] = f"=A{2 * LEAST + 2 + row}*2"
    cells[f"B{LEAST + 1}"] = 7.0
    cells["D1"] = f"=SUM(B1:B{3 * LEAST + 2})"
    columns, cells_only = both(books.simple(cells))
    assert [(run.first, run.last) for run in columns._columns._workings.runs] == [
        (1, LEAST), (LEAST + 2, 2 * LEAST + 1), (2 * LEAST + 3, 3 * LEAST + 2),
    ]  # fmt: skip
    assert not differing(columns, cells_only)


def test_columns_that_read_each_other_through_cells_settle() -> None:
    """B reads D1, which counts in A's column C; C reads D2, which adds B up."""
    cells: dict[str, Any] = {f"A{row}": float(row) for row in range(1, LEAST + 1)}
    for row in range(1, LEAST + 1):
        cells[f"C{row}"] = f"=IF(A{row}>5,1,0)"
        cells[f"B{row}"] = f"=A{row}*$D$1"
        cells[f"E{row}"] = f"=B{row}+$D$2"
    cells["D1"] = f"=SUM(C1:C{LEAST})"
    cells["D2"] = f"=SUM(B1:B{LEAST})+D1"
    columns, cells_only = both(books.simple(cells))
    assert len(columns_of(columns)) == 3
    assert not differing(columns, cells_only)
    # 59 rows are above 5; the sum of 1 to 64 is 2,080.
    assert columns.value("Sheet", "D2") == 2080 * 59 + 59


@pytest.mark.parametrize(("rows", "are_columns"), [(WORTH_IT - 1, False), (WORTH_IT, True)])
def test_by_itself_it_is_done_where_it_is_worth_it(rows: int, are_columns: bool) -> None:
    book = open_book(filled_down("=A{row}*2", rows), catalogue)
    assert bool(columns_of(book)) == are_columns
    assert book.value("Sheet", f"B{rows}") == 2 * rows


def test_a_column_that_the_engine_takes_over_later_shows_what_it_computes() -> None:
    """Its values stood in the engine's cells until text that may be a date was typed."""
    cells: dict[str, Any] = {"D1": f"=SUM(B1:B{LEAST})"}
    for row in range(1, LEAST + 1):
        cells[f"A{row}"] = float(row)
        cells[f"B{row}"] = f"=A{row}*2"
    books_of_both = both(books.simple(cells))
    assert columns_of(books_of_both[0]) == {("Sheet", 2)}
    for cell, value in {"A5": "5 Jan", "A9": 100.0, "A1": 50.0, "A5 ": 3.0}.items():
        for book in books_of_both:
            book.set("Sheet", cell.strip(), value)
            book.recalculate()
        assert not differing(*books_of_both), (cell, value)
    # 1 to 64 twice, with 3, 100 and 50 in place of 5, 9 and 1.
    assert books_of_both[0].value("Sheet", "D1") == 2 * (2080 - 15 + 153)
    assert not columns_of(books_of_both[0])


@pytest.mark.parametrize("seed", range(3))
def test_after_any_edits_all_is_as_in_a_book_opened_anew(seed: int) -> None:
    """Rows computed by themselves are, to the last digit, what they are among all others."""
    rng = random.Random(seed)
    book = open_book(deals(20 + seed, share=0.1), catalogue, columns_from=LEAST)
    for _ in range(4):
        for _ in range(rng.choice([1, 1, 3, 12])):
            if rng.random() < 0.15:
                book.set("Rates", rng.choice(["B2", "D4"]), rng.choice([0.5, 3, -1.25]))
            else:
                value = rng.choice([*NONSENSE, *(rng.uniform(1, 90) for _ in range(20))])
                book.set("Log", f"{rng.choice('ABC')}{rng.randint(2, ROWS + 1)}", value)
            if rng.random() < 0.7:
                book.recalculate()
        book.recalculate()
        fresh = open_book(book.to_bytes(), catalogue, columns_from=LEAST)
        here, there = book.formula_values(), fresh.formula_values()
        assert {
            at: (here[at], there[at]) for at in there if repr(here[at]) != repr(there[at])
        } == {}


def test_only_what_shows_something_else_is_computed_and_told() -> None:
    cells: dict[str, Any] = {"E1": 2.0, "F1": f"=SUM(D1:D{LEAST})"}
    for row in range(1, LEAST + 1):
        cells[f"A{row}"] = float(row)
        cells[f"B{row}"] = f"=IF(A{row}>0,1,0)"  # stays 1 whatever is above 0
        cells[f"C{row}"] = f"=A{row}*$E$1"
        cells[f"D{row}"] = f"=B{row}+C{row}"
    book = open_book(books.simple(cells), catalogue, columns_from=LEAST)
    computed: list[tuple[int, int]] = []
    workings = book._columns._workings
    compute = workings.compute

    def noted(run: Any, rows: Any = None) -> Any:
        computed.append((run.column, run.count if rows is None else len(rows)))
        return compute(run, rows)

    workings.compute = noted  # type: ignore[method-assign]
    book.set("Sheet", "A7", 9.0)
    book.recalculate()
    assert sorted(computed) == [(2, 1), (3, 1), (4, 1)]
    assert book.value("Sheet", "D7") == 19
    # 64 ones, and twice 1 to 64 with 9 in place of 7.
    assert book.value("Sheet", "F1") == 64 + 2 * (2080 + 2)
    computed.clear()
    book.set("Sheet", "E1", 3.0)  # every row reads it
    book.recalculate()
    assert (3, LEAST) in computed
    assert (2, LEAST) not in computed
    assert book.value("Sheet", "F1") == 64 + 3 * (2080 + 2)


def test_what_a_formula_would_show_reads_columns_that_the_engine_does_not_have() -> None:
    columns, cells = both(filled_down("=A{row}*2"))
    assert not columns._columns._told
    for formula in ("B7+1", "SUM(B2:B9)", 'ISO_EXPLAIN("ISO_KELLY",B3,B4)', "NOSUCH(B5"):
        shown = columns.would_show(formula, "Sheet", "E7")
        assert shown == cells.would_show(formula, "Sheet", "E7")
    assert columns.would_show("B7+1", "Sheet", "E7") == 15
    columns.set("Sheet", "A7", 50.0)
    columns.recalculate()
    assert columns.would_show("B7+1", "Sheet", "E7") == 101, "and it is kept up to date"
