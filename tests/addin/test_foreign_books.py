"""Workbooks that others made: what their Excel shows is what comes out, or it is kept and named.

Every expected value was worked out by hand from Excel's rules; nothing here is read from a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from udfs import CellError

from . import books
from .stubs import STUBS


def computed(rows: str, **options: Any) -> EmbeddedBook:
    return open_book(books.foreign({"Data": rows}, **options), STUBS)


def values(book: EmbeddedBook, sheet: str, *cells: str) -> list[Any]:
    return [book.value(sheet, cell) for cell in cells]


def cells(given: Mapping[str, str | float]) -> str:
    """Rows of numbers and, where the text starts with =, formulas without a cached value."""
    rows: dict[int, list[str]] = {}
    for address, value in given.items():
        row = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        text = str(value)
        if text.startswith("="):
            escaped = text[1:].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            content = f'<c r="{address}"><f>{escaped}</f></c>'
        elif isinstance(value, str):
            content = f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'
        else:
            content = f'<c r="{address}"><v>{text}</v></c>'
        rows.setdefault(row, []).append(content)
    return "".join(f'<row r="{row}">{"".join(line)}</row>' for row, line in sorted(rows.items()))


# Formulas that Excel stores once for many cells


def test_a_shared_sum_of_whole_columns_moves_with_its_cell() -> None:
    book = computed(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>10</v></c><c r="C1"><v>100</v></c>'
        '<c r="E1"><f t="shared" ref="E1:G1" si="0">SUM(A:A)</f></c>'
        '<c r="F1"><f t="shared" si="0"/></c><c r="G1"><f t="shared" si="0"/></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>20</v></c><c r="C2"><v>200</v></c></row>'
    )
    assert values(book, "Data", "E1", "F1", "G1") == [3, 30, 300]


def test_a_shared_count_of_whole_rows_moves_with_its_cell() -> None:
    book = computed(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row>'
        '<row r="4"><c r="D4"><f t="shared" ref="D4:D5" si="3">COUNT(1:1)*10+COUNT($1:1)</f></c>'
        "</row>"
        '<row r="5"><c r="D5"><f t="shared" si="3"/></c></row>'
    )
    # Row 1 has two numbers, row 2 one: 20 + 2, and 10 + 3.
    assert values(book, "Data", "D4", "D5") == [22, 13]


# Dates that count from 1904


def test_a_book_of_1904_is_computed_with_its_own_dates() -> None:
    # 1 January 2024 is day 45292 from 1900, and 1,462 fewer from 1904.
    formulas = {"A1": 43830.0, "B1": "=YEAR(A1)", "B2": "=DATE(2024,1,1)-A1", "B3": "=MONTH(A1+31)"}
    book = computed(cells(formulas), date1904=True)
    assert values(book, "Data", "B1", "B2", "B3") == [2024, 0, 2]
    assert values(computed(cells(formulas)), "Data", "B1", "B2") == [2019, 1462]


def test_a_book_of_1904_shows_its_days_as_text_and_weekdays() -> None:
    # Day 1000 from 1 January 1904 is 27 September 1906, a Thursday.
    formulas = {
        "A1": 1000.0,
        "B1": '=TEXT(A1,"yyyy-mm-dd")',
        "B2": "=WEEKDAY(A1)",
        "B3": "=DAY(A1)",
    }
    book = computed(cells(formulas), date1904=True)
    assert values(book, "Data", "B1", "B2", "B3") == ["1906-09-27", 5, 27]


# Cells that hold a date written out


def test_a_time_alone_is_a_part_of_a_day() -> None:
    rows = (
        '<row r="1"><c r="A1" t="d"><v>18:00:00</v></c><c r="B1" t="d"><v>06:30</v></c>'
        '<c r="C1" t="d"><v>2024-01-01</v></c><c r="D1"><f>A1+C1</f></c></row>'
    )
    assert values(computed(rows), "Data", "A1", "B1", "C1", "D1") == [
        0.75, 6.5 / 24, 45292, 45292.75,
    ]  # fmt: skip
    assert values(computed(rows, date1904=True), "Data", "A1", "C1") == [0.75, 43830]


def test_a_day_before_march_1900_is_counted_as_excel_counts_it() -> None:
    rows = (
        '<row r="1"><c r="A1" t="d"><v>1900-01-01T12:00:00</v></c>'
        '<c r="B1" t="d"><v>1900-02-28</v></c><c r="C1" t="d"><v>1900-03-01</v></c></row>'
    )
    assert values(computed(rows), "Data", "A1", "B1", "C1") == [1.5, 59, 61]


def shown(formula: str, *, sheet: str = "Data", **given: float | str) -> Any:
    """What a formula in row 2 of column F shows, its file without a value for it."""
    book = open_book(books.foreign({sheet: cells({**given, "F2": formula})}), STUBS)
    assert not book.kept()
    return book.value(sheet, "F2")


# Sheets that the engine would take for its own


@pytest.mark.parametrize("sheet", ["sheet1", "SHEET1", "Sheet1", "sHeEt1"])
def test_a_sheet_of_any_spelling_is_itself(sheet: str) -> None:
    formulas = {"A1": 2.0, "B1": "=A1*3", "A2": 3.0, "B2": "=A2*3", "C1": f"=SUM({sheet}!B1:B2)"}
    book = open_book(books.foreign({"Other": cells({"A1": 50.0}), sheet: cells(formulas)}), STUBS)
    assert values(book, sheet, "B1", "B2", "C1") == [6, 9, 15]
    book.set(sheet, "A1", 4)
    book.recalculate()
    assert values(book, sheet, "B1", "C1") == [12, 21]


# One cell of a range: in the formula's own row or column


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ('=A:A&"x"', "bx"),
        ('=$A:$A&"x"', "bx"),
        ('=A1:A3&"x"', "bx"),
        ("=LEN(A1:A3)", 1),
        ("=B1:B3*2", 40),
        ("=B:B+1", 21),
        ("=ABS(B1:B3)", 20),
        ("=Data!B:B/2", 10),
        ("=SUM(B1:B3)", 60),
        ("=SUM(B:B)", 60),
        ("=A5:A9", CellError.VALUE),
        ("=IF(B1:B3>15,1,0)", 1),
    ],
)
def test_a_range_where_one_cell_is_meant_is_the_one_in_the_formulas_row(
    formula: str, told: Any
) -> None:
    given = {"A1": "a", "A2": "b", "A3": "c", "B1": 10.0, "B2": 20.0, "B3": 30.0}
    assert shown(formula, **given) == told


def test_a_row_where_one_cell_is_meant_is_the_one_in_the_formulas_column() -> None:
    given = {"E1": 5.0, "F1": 7.0, "G1": 9.0}
    assert shown("=E1:G1*10", **given) == 70
    assert shown("=1:1*10", **given) == 70


def test_a_name_of_a_column_is_its_one_cell_where_one_is_meant() -> None:
    names = '<definedName name="Prices">Data!$A$1:$A$3</definedName>'
    rows = cells({"A1": 1.0, "A2": 2.0, "B2": "=Prices*10", "A3": 3.0, "B3": "=SUM(Prices)"})
    book = open_book(books.foreign({"Data": rows}, names), STUBS)
    assert values(book, "Data", "B2", "B3") == [20, 6]


# Ranges cell by cell, blank ones too


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("=SUMPRODUCT(--(LEN(B1:B3)=0))", 3),
        ("=SUMPRODUCT(--ISBLANK(B1:B3))", 3),
        ("=SUMPRODUCT(--ISBLANK(A1:A3))", 1),
        ("=SUMPRODUCT(--ISNUMBER(A1:A3))", 1),
        ("=SUMPRODUCT(ISTEXT(A1:A3)*1)", 1),
        ('=SUMPRODUCT(--(B1:B3=""))', 3),
        ('=SUMPRODUCT(--(LEFT(A1:A3,1)="x"))', 1),
        ('=SUMPRODUCT(LEN(A1:A3&""))', 4),
        ("=SUMPRODUCT(ABS(A1:A1-7))", 2),
        ("=SUMPRODUCT(--(LEN(AA50:AB60)=0))", 22),
        ("=SUMPRODUCT(N(B1:B3)+1)", 3),
    ],
)
def test_functions_of_one_cell_go_through_a_range(formula: str, told: float) -> None:
    # A1 is 5, A2 is text of three letters, A3 is blank; column B has nothing at all.
    assert shown(formula, A1=5.0, A2="xyz") == told


def test_an_array_formula_over_blanks_has_a_value_for_each() -> None:
    def array(at: str, block: str, text: str) -> str:
        return f'<c r="{at}"><f t="array" ref="{block}">{text}</f></c>'

    book = computed(
        f'<row r="1"><c r="A1"><v>5</v></c>{array("D1", "D1:D3", "LEN(B1:B3)")}'
        f"{array('E1', 'E1:E3', 'ISBLANK(A1:A3)')}{array('F1', 'F1:F3', 'ROUND(A1:A3/2,0)')}"
        f"{array('G1', 'G1:G3', 'A1:A3*2')}</row>"
    )
    assert values(book, "Data", "D1", "D2", "D3") == [0, 0, 0]
    assert values(book, "Data", "E1", "E2", "E3") == [False, True, True]
    assert values(book, "Data", "F1", "F2", "F3") == [3, 0, 0]
    assert values(book, "Data", "G1", "G2", "G3") == [10, 0, 0]


# Rows that are not seen


def hidden(formulas: Mapping[str, str], *, filtered: bool = False) -> EmbeddedBook:
    """Numbers 1, 2, 4, 8 in A2:A5; the row of 2 is hidden, by hand or by a filter."""
    given = {"A1": "x", "A2": 1.0, "A3": 2.0, "A4": 4.0, "A5": 8.0, **formulas}
    rows = cells(given).replace('<row r="3">', '<row r="3" hidden="1">')
    extra = (
        '<autoFilter ref="A1:A5"><filterColumn colId="0"><customFilters><customFilter'
        ' operator="notEqual" val="2"/></customFilters></filterColumn></autoFilter>'
    )
    body = f"<sheetData>{rows}</sheetData>{extra if filtered else ''}"
    return open_book(books.foreign({"Data": body}), STUBS)


SUBTOTALS = {
    "C1": "=SUBTOTAL(109,A2:A5)",
    "C2": "=SUBTOTAL(9,A2:A5)",
    "C3": "=SUBTOTAL(102,A2:A5)",
    "C4": "=SUBTOTAL(101,$A:$A)",
    "C5": "=AGGREGATE(9,5,A2:A5)",
    "C6": "=AGGREGATE(4,7,A2:A3)",
    "C7": "=SUBTOTAL(104,A3:A3)",
    "C8": "=SUM(A2:A5)",
    "C9": "=SUBTOTAL(109,A2:A3,A5)",
}


def test_subtotals_leave_out_rows_hidden_by_hand_where_they_say_so() -> None:
    book = hidden(SUBTOTALS)
    # 1 + 4 + 8; all; three numbers; their mean; the largest of the one that is seen; none: 0.
    told = [13, 15, 3, 13 / 3, 13, 1, 0, 15, 9]
    assert values(book, "Data", *SUBTOTALS) == told
    assert not book.kept()


def test_subtotals_always_leave_out_rows_that_a_filter_hides() -> None:
    book = hidden({"C1": "=SUBTOTAL(9,A2:A5)", "C2": "=SUBTOTAL(3,A2:A5)"}, filtered=True)
    assert values(book, "Data", "C1", "C2") == [13, 3]


def test_a_subtotal_leaves_out_the_subtotals_among_its_cells() -> None:
    formulas = {"A6": "=SUBTOTAL(9,A2:A5)", "A7": "=SUBTOTAL(9,A2:A6)", "A8": "=SUM(A6:A7)"}
    assert values(hidden(formulas), "Data", "A6", "A7", "A8") == [15, 15, 30]


# Names of single sheets, relative names, names for arrays and lists


def named() -> EmbeddedBook:
    names = (
        '<definedName name="Rate">Two!$A$1</definedName>'
        '<definedName name="Rate" localSheetId="0">One!$A$1</definedName>'
        '<definedName name="Own" localSheetId="0">One!$A$2</definedName>'
        '<definedName name="Left">One!XFD1</definedName>'
        '<definedName name="Fib">{1,1,2;3,5,8}</definedName>'
        '<definedName name="Both">One!$A$1,Two!$A$1</definedName>'
        '<definedName name="Fee">0.25</definedName>'
        '<definedName name="Twice">Rate*2</definedName>'
    )
    one = {
        "A1": 3.0, "A2": 4.0, "B1": "=Rate", "C1": "=Two!Rate", "D1": "=SUM(Fib)", "E1": "=Left+1",
        "F1": "=SUM(Both)", "G1": "=Fee*4", "B2": "=Left*10", "C2": "=Own",
    }  # fmt: skip
    two = {"A1": 100.0, "B1": "=Rate", "C1": "=One!Rate", "D1": "=One!Own+1", "E1": "=Own"}
    return open_book(books.foreign({"One": cells(one), "Two": cells(two)}, names), STUBS)


def test_names_mean_what_they_mean_on_their_sheet() -> None:
    book = named()
    assert values(book, "One", "B1", "C1", "C2") == [3, 100, 4]
    assert values(book, "Two", "B1", "C1", "D1") == [100, 3, 5]
    # Own belongs to the first sheet alone.
    assert book.value("Two", "E1") is CellError.NAME


def test_names_for_arrays_lists_numbers_and_the_cell_to_the_left() -> None:
    book = named()
    # 1+1+2+3+5+8; D1 is the 20 left of E1; One!A1 and Two!A1; A2 is left of B2.
    assert values(book, "One", "D1", "E1", "F1", "G1", "B2") == [20, 21, 103, 1, 40]


# References through several sheets, unions


def test_a_sum_through_several_sheets() -> None:
    sheets = {
        "Jan": cells({"A1": 1.0, "B2": 5.0}),
        "Q 2": cells({"A1": 10.0, "A2": 7.0}),
        "Mar": cells({"A1": 100.0}),
        "Sum": cells({
            "A1": "=SUM('Jan:Mar'!A1)", "A2": "=COUNT(Jan:Mar!A1:B2)", "A3": "=MAX(Mar:Jan!A1,500)",
        }),
    }  # fmt: skip
    book = open_book(books.foreign(sheets), STUBS)
    assert values(book, "Sum", "A1", "A2", "A3") == [111, 5, 500]


def test_a_union_is_a_list_for_a_function_of_lists() -> None:
    given = {"A1": 1.0, "C3": 5.0, "D4": 9.0}
    assert shown("=SUM((A1,C3))", **given) == 6
    assert shown("=MAX((A1:B2,C3),(D4,A1))", **given) == 9


# What nobody but Excel can know keeps the file's value and is named


CANNOT = [
    ("[1]Prices!$A$1*2", "another workbook"),
    ("SUM([1]!Total)", "another workbook"),
    ("VLOOKUP(A1,'[2]Other book'!A:B,2,FALSE)", "another workbook"),
    ("MyMacro(A1)", "the function MYMACRO"),
    ('GETPIVOTDATA("Sum",$A$3)', "the function GETPIVOTDATA"),
    ('CUBEVALUE("Model","[Measures].[x]")', "the function CUBEVALUE"),
    ("SUM(Data!A1:C3 Data!B2:D4)", "an intersection of ranges"),
    ("INDEX((A1:A2,B1:B2),1,1,2)", "a union of ranges"),
    ("_xlfn.BYROW(A1:B2,_xlfn.LAMBDA(_xlpm.r,SUM(_xlpm.r)))", "the function BYROW"),
    ("SUM(Data:Nowhere!A1)", "a reference through several sheets"),
    ("SUM(OFFSET(A1,0,0,1,1):INDEX(A1:A3,2))", "a range between functions"),
    ("ISFORMULA(A1)", "the function ISFORMULA"),
    ("INDEX(C1:D5,0,1)", "INDEX of a whole row or column"),
    ("IFERROR(INDEX(C1:D5,,1),0)", "INDEX of a whole row or column"),
    ("Unheard_of+1", "the name Unheard_of"),
]


@pytest.mark.parametrize(("formula", "reason"), CANNOT)
def test_what_the_engine_cannot_know_keeps_the_files_value(formula: str, reason: str) -> None:
    book = computed(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>A2&amp;"!"</f><v>old</v></c></row>'
        f'<row r="2"><c r="A2"><f>{formula.replace("&", "&amp;")}</f><v>42.5</v></c>'
        "<c r='B2'><f>A2*2</f><v>0</v></c></row>"
    )
    assert [(kept.sheet, kept.cell) for kept in book.kept()] == [("Data", "A2")]
    assert reason in book.kept()[0].reason
    # What depends on it is computed from the value that was kept.
    assert values(book, "Data", "A2", "B1", "B2") == [42.5, "42.5!", 85]
    saved = Package(book.to_bytes())
    assert saved.value("Data", "A2") == 42.5
    assert saved.formulas("Data")["A2"].text == formula


@pytest.mark.parametrize(("formula", "reason"), CANNOT)
def test_without_a_value_in_the_file_it_shows_an_error(formula: str, reason: str) -> None:
    book = computed(cells({"A1": 1.0, "A2": f"={formula}"}))
    assert not book.kept()
    assert [error.cell for error in book.errors()] == ["A2"]


def test_one_cell_looked_up_is_computed() -> None:
    book = computed(
        cells({
            "A1": 1.0, "A2": "=INDEX(C1:D3,A1+1,2)", "A3": "=OFFSET(C1,1,1)",
            "A4": '=INDIRECT("D2")', "A5": "=SUM(INDEX(C1:D3,0,2))", "A6": "=OFFSET(C1,2,0,1,1)",
            "A7": "=SUM(C1:INDEX(C1:C3,A1+1))", "A8": '=INDIRECT("F9")',
            "C1": 11.0, "D1": 12.0, "C2": 21.0, "D2": 22.0, "C3": 31.0, "D3": 32.0,
        })
    )  # fmt: skip
    answers = values(book, "Data", *(f"A{row}" for row in range(2, 9)))
    assert answers == [22, 22, 22, 66, 31, 32, 0]
    assert not book.kept()


def test_an_array_of_another_workbook_keeps_all_of_its_cells() -> None:
    book = computed(
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">[1]Prices!A1:A2*2</f><v>4</v></c></row>'
        '<row r="2"><c r="A2"><v>6</v></c><c r="B2"><f>SUM(A1:A2)</f></c></row>'
    )
    assert values(book, "Data", "A1", "A2", "B2") == [4, 6, 10]
    assert [kept.cell for kept in book.kept()] == ["A1", "A2"]


# Numbers as text, and functions whose answers differ


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ('=0.1+0.2&""', "0.3"),
        ('=1E20&""', "1E+20"),
        ('="a"&1/3&"b"', "a0.333333333333333b"),
        ('=123456789012345678&""', "123456789012345000"),
        ('=0.00001&"/"&-2.5', "0.00001/-2.5"),
        ('=TRUE&""', "TRUE"),
        ("=LEFT(TRUE,2)", "TR"),
        ("=LEN(0.1+0.2)", 3),
        ("=FLOOR(-5.5,-1)", -5),
        ("=FLOOR(5.5,2)", 4),
        ("=CEILING(5,0)", 0),
        ("=CEILING(-5.5,-2)", -6),
        ("=DATE(1900,1,60)", 60),
        ("=DATE(1900,3,1)", 61),
        ("=TYPE(#N/A)", 16),
        ('=TYPE("a")', 2),
        ('=1=1&""', False),
        ('=IF(A1&"x"="5x",1,2)', 1),
    ],
)
def test_values_are_excels_own(formula: str, told: Any) -> None:
    assert shown(formula, A1=5.0) == told
