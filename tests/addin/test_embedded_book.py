from __future__ import annotations

import gc
import weakref
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package, PackageError
from udfs import CellError, catalogue

from . import books
from .stubs import STUBS, Stub


def opened(cells: dict[str, Any]) -> EmbeddedBook:
    return open_book(books.simple(cells), STUBS)


def shown(formula: str, **cells: Any) -> Any:
    """What a formula in F1 shows."""
    return opened({**cells, "F1": formula}).value("Sheet", "F1")


@pytest.fixture(scope="module")
def plan() -> bytes:
    return books.plan(rows=5)


def test_formulas_are_computed_from_the_table_up(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    assert [book.value("My Plan", f"D{row}") for row in range(2, 7)] == [204, 206, 208, 210, 212]
    assert book.value("My Plan", "E3") == 103 + 2 + 102 + (102 + 103)
    assert book.value("Bob's results", "A1") == 520
    assert book.value("Bob's results", "A2") == 520
    assert book.value("Bob's results", "A5") == 102


def test_only_results_change_in_the_file(plan: bytes) -> None:
    after = open_book(plan, STUBS).to_bytes()
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert books.changed_parts(plan, after) == sheets
    old, new = books.parts(plan), books.parts(after)
    first = "xl/worksheets/sheet1.xml"
    assert books.without_results(old[first]) == books.without_results(new[first])
    results = books.reopened(after, values=True)
    assert results["My Plan"]["D2"].value == 204
    assert results["Bob's results"]["A3"].value == 1040
    formulas = books.reopened(after)
    assert formulas["My Plan"]["D2"].value == "=ISO_DOUBLE(Plan[[#This Row],[Entry]])"
    assert formulas["Bob's results"]["C1"].value.ref == "C1:F3"


def test_a_second_run_changes_nothing(plan: bytes) -> None:
    once = open_book(plan, STUBS).to_bytes()
    assert open_book(once, STUBS).to_bytes() == once


def test_the_same_book_gives_the_same_bytes_again(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    assert book.to_bytes() == book.to_bytes()


def test_an_array_formula_fills_its_range_as_excel_fills_it(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    na = CellError.NA
    block = [[book.value("Bob's results", f"{c}{r}") for c in "CDEF"] for r in (1, 2, 3)]
    assert block == [[1, "x", True, na], [0, na, 2, na], [na, na, na, na]]
    results = books.reopened(book.to_bytes(), values=True)["Bob's results"]
    assert [cell.value for cell in results[1][2:6]] == [1, "x", True, "#N/A"]


@pytest.mark.parametrize(
    ("ref", "formula", "block"),
    [
        ("A1:B2", "=7", [[7, 7], [7, 7]]),
        ("A1:B2", "={1,2}", [[1, 2], [1, 2]]),
        ("A1:B2", "={1;2}", [[1, 1], [2, 2]]),
        ("A1:B2", "={1,2,3;4,5,6;7,8,9}", [[1, 2], [4, 5]]),
        ("A1:A1", "=ISO_TABLE()", [[1]]),
        ("A1:B2", "=E1:F2", [[5, 0], [0, 8]]),
        ("A1:B3", '=IF({0;0;1}=1,"",ISO_TABLE())', [[1, "x"], [0, CellError.NA], ["", ""]]),
        ("A1:B3", "=IFERROR(ISO_TABLE(),7)", [[1, "x"], [0, 7], [7, 7]]),
        ("A1:B2", "=ROWS(ISO_TABLE())", [[2, 2], [2, 2]]),
        ("A1:B2", "=IF(TRUE,ROWS(ISO_TABLE()),ISO_TABLE())", [[2, 2], [2, 2]]),
        ("A1:B2", "=1/0", [[CellError.DIV0] * 2] * 2),
        ("A1:B2", "=NOPE(1)", [[CellError.NAME] * 2] * 2),
    ],
)
def test_array_ranges_that_do_not_fit(ref: str, formula: str, block: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = ArrayFormula(ref, formula)
    # A neighbour: nothing may spill over it, and it may not be in the way.
    sheet["C1"], sheet["A4"], sheet["E1"], sheet["F2"] = "right", "below", 5, 8
    opened_book = open_book(books.to_bytes(book), STUBS)
    found = [
        [opened_book.value("Sheet", f"{'AB'[c]}{r + 1}") for c in range(len(block[0]))]
        for r in range(len(block))
    ]
    assert found == block
    assert opened_book.value("Sheet", "C1") == "right"
    assert opened_book.value("Sheet", "A4") == "below"


def test_what_depends_on_an_array_follows_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = ArrayFormula("A1:A3", "=E1:E3*2")
    sheet["C1"], sheet["E1"], sheet["E2"], sheet["E3"] = "=SUM(A1:A3)", 1, 2, 3
    opened_book = open_book(books.to_bytes(book), STUBS)
    assert opened_book.value("Sheet", "C1") == 12
    opened_book.set("Sheet", "E3", 10)
    opened_book.recalculate()
    assert opened_book.value("Sheet", "C1") == 26
    assert opened_book.value("Sheet", "A3") == 20


def test_one_change_reaches_what_depends_on_it_and_on_an_array_of_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    # The first cell of the array stays as it is: the others must be seen to change all the same.
    sheet["A1"] = ArrayFormula("A1:A3", "=IF({1;0;0}=1,7,E1*{1;2;3})")
    sheet["B1"], sheet["C1"], sheet["E1"] = "=A2+1", "=B1+E1", 1
    sheet["D1"] = ArrayFormula("D1:D2", "=A2:A3*E1+C1")
    sheet["F1"] = "=IF(E1>2,SUM(D1:D2)+C1,0)"
    opened_book = open_book(books.to_bytes(book), STUBS)
    for typed in (5, 3, 1, 4):
        opened_book.set("Sheet", "E1", typed)
        opened_book.recalculate()
        assert opened_book.value("Sheet", "C1") == 3 * typed + 1
        total = 5 * typed**2 + 3 * (3 * typed + 1)
        assert opened_book.value("Sheet", "F1") == (total if typed > 2 else 0)


def test_a_plain_formula_shows_one_cell_of_an_array() -> None:
    book = opened({"A1": "=ISO_TABLE()", "B1": "kept", "A2": "=A1+1", "D5": "=SEQUENCE(3)"})
    assert [book.value("Sheet", at) for at in ("A1", "B1", "A2", "D5")] == [1, "kept", 2, 1]
    assert book.value("Sheet", "D6") is None
    assert "D6" not in Package.open(book.to_bytes()).values("Sheet")


def test_a_plain_formula_that_turns_into_an_array_later() -> None:
    book = opened({"A1": 0, "C1": "=IF(A1=1,ISO_TABLE(),5)", "C2": "kept"})
    book.set("Sheet", "A1", 1)
    book.recalculate()
    assert (book.value("Sheet", "C1"), book.value("Sheet", "C2")) == (1, "kept")
    book.set("Sheet", "A1", 0)
    book.recalculate()
    assert book.value("Sheet", "C1") == 5


def dynamic(old: str) -> bytes:
    """A formula that spills as far as its result goes, with what it spilled before."""
    return books.with_rows(
        f'<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A{len(old)}">'
        f'_xlfn.SEQUENCE(C1)</f><v>1</v></c><c r="C1"><v>3</v></c></row>'
        + "".join(
            f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(2, len(old) + 1)
        )
        + '<row r="9"><c r="A9"><f>SUM(A1:A8)</f></c></row>'
    )


@pytest.mark.parametrize("before", ["x", "xxx", "xxxxx"])
def test_a_dynamic_array_reaches_as_far_as_its_result(before: str) -> None:
    book = open_book(dynamic(before), STUBS)
    after = Package.open(book.to_bytes())
    assert after.values("Sheet") == {"A1": 1, "A2": 2, "A3": 3, "A9": 6, "C1": 3}
    assert str(after.formulas("Sheet")["A1"].array) == "A1:A3"
    assert open_book(after, STUBS).to_bytes() == after.to_bytes()


def test_a_dynamic_array_grows_and_shrinks_with_its_input() -> None:
    book = open_book(dynamic("xxx"), STUBS)
    for length in (5, 2, 4):
        book.set("Sheet", "C1", length)
        book.recalculate()
        assert book.value("Sheet", "A9") == length * (length + 1) / 2
        after = Package.open(book.to_bytes())
        assert {at for at in after.values("Sheet") if at not in ("A9", "C1")} == {
            f"A{row}" for row in range(1, length + 1)
        }


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ('=ISO_DESCRIBE(1,2%,TRUE,"a")', "float 1.0|float 0.02|bool True|str a"),
        ("=ISO_DESCRIBE(A1,,Z9)", "float 7.0|omitted|blank"),
        ("=ISO_DESCRIBE(#N/A,1/0)", "CellError #N/A|CellError #DIV/0!"),
        ("=ISO_DESCRIBE(A1:B2)", "[float 7.0 str x; bool True blank]"),
        ('=ISO_DESCRIBE({0.5,1;#N/A,"t"})', "[float 0.5 float 1.0; CellError #N/A str t]"),
        ("=ISO_DESCRIBE(A1:A1)", "float 7.0"),
        ("=ISO_DESCRIBE(C1)", "float 45292.0"),
        ("=ISO_DESCRIBE(DATE(2024,1,1),C1:C2)", "float 45292.0|[float 45292.0; str =A1]"),
        ("=ISO_DESCRIBE(NOPE(1))", CellError.NAME),
    ],
)
def test_what_reaches_a_formula(formula: str, told: Any) -> None:
    import datetime as dt

    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["A2"], sheet["C1"] = 7, "x", True, dt.date(2024, 1, 1)
    sheet["C2"].value = "=A1"
    sheet["C2"].data_type = "s"
    sheet["F1"] = formula
    assert open_book(books.to_bytes(book), STUBS).value("Sheet", "F1") == told


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=ISO_SAME(TRUE)", True),
        ('=ISO_SAME("text")', "text"),
        ("=ISO_SAME(#NUM!)", CellError.NUM),
        ("=ISO_SAME(Z9)", 0),
        ("=Z9", 0),
        ("=ISO_NAN()", CellError.NUM),
        ("=ISERROR(ISO_SAME(#N/A))", True),
        ("=IFERROR(ISO_NAN(),5)", 5),
        ("=SUM(ISO_NAN(),1)", CellError.NUM),
        ("=NOPE(1)", CellError.NAME),
        ("=DATE(2024,1,1)", 45292),
        ("=TIME(12,0,0)", 0.5),
        ('=IF(1=1,"",1)', ""),
        ("=iso_double(2)", 4),
        ("=TODAY()-TODAY()", 0),
        ("=1+", CellError.NAME),
    ],
)
def test_what_a_formula_shows(formula: str, value: Any) -> None:
    assert shown(formula) == value


def test_a_fault_in_a_formula_is_an_error_in_its_cell(caplog: pytest.LogCaptureFixture) -> None:
    assert shown("=ISO_FAILS(1)") == CellError.VALUE
    assert "ISO_FAILS" in caplog.text


def test_circular_formulas_are_errors_with_a_reason() -> None:
    book = opened({"A1": "=B1+1", "B1": "=A1+1", "C1": 5, "D1": "=C1*2"})
    assert book.value("Sheet", "D1") == 10
    errors = {error.cell: error for error in book.errors()}
    assert set(errors) == {"A1", "B1"}
    assert "depends on its own result" in errors["A1"].reason


def test_errors_are_listed_with_their_place() -> None:
    book = opened({"A1": "=1/0", "A2": "=A1+1", "A3": "fine", "A4": "=1+1"})
    assert [(e.sheet, e.cell, e.error) for e in book.errors()] == [
        ("Sheet", "A1", CellError.DIV0),
        ("Sheet", "A2", CellError.DIV0),
    ]


def test_names_for_cells_ranges_numbers_and_formulas() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "It's mine"
    for row in (1, 2, 3):
        sheet[f"A{row}"] = row
    for name, text in {
        "One": "'It''s mine'!$A$2",
        "All": "'It''s mine'!$A$1:$A$3",
        "Rate": "0.5",
        "Twice": "'It''s mine'!$A$2*2",
        "Moving": "OFFSET('It''s mine'!$A$1,0,0,2,1)",
        "Called": "ISO_DESCRIBE(1,,2)",
        "Gone": "#REF!",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    formulas = ["=One", "=SUM(All)", "=Rate*4", "=Twice", "=SUM(Moving)", "=Called", "=Gone"]
    for row, formula in enumerate(formulas, 1):
        sheet[f"C{row}"] = formula
    opened_book = open_book(books.to_bytes(book), STUBS)
    assert [opened_book.value("It's mine", f"C{row}") for row in range(1, 8)] == [
        2,
        6,
        2,
        4,
        3,
        "float 1.0|omitted|float 2.0",
        CellError.REF,
    ]


def test_a_table_with_a_totals_row() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["a", "b"], [1, "=T[[#This Row],[a]]*2"], [3, "=T[[#This Row],[a]]*2"]):
        sheet.append(row)
    sheet.append(["Total", "=SUBTOTAL(109,T[b])"])
    sheet["D1"], sheet["D2"] = "=SUM(T[b])", "=T[[#Totals],[b]]"
    sheet.add_table(Table(displayName="T", ref="A1:B4", totalsRowCount=1))
    opened_book = open_book(books.to_bytes(book), STUBS)
    assert [opened_book.value("Sheet", at) for at in ("B4", "D1", "D2")] == [8, 8, 8]


@pytest.mark.parametrize(
    "text", [" spaces ", "=1+1", "TRUE", "1", "a\nb", '<&>"', "tab\t|", "é📈", "_x0041_", "a\rb"]
)
def test_text_reaches_the_engine_as_it_is(text: str) -> None:
    package = Package.open(books.simple({"B1": '=A1&"|"', "B2": "=TYPE(A1)"}))
    package.set_cell("Sheet", "A1", text)
    book = open_book(package, STUBS)
    assert (book.value("Sheet", "B1"), book.value("Sheet", "B2")) == (f"{text}|", 2)
    again = opened({"B1": '=A1&"|"', "B2": "=TYPE(A1)"})
    again.set("Sheet", "A1", text)
    again.recalculate()
    assert (again.value("Sheet", "B1"), again.value("Sheet", "B2")) == (f"{text}|", 2)


def test_a_changed_input_reaches_results_and_file(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    book.set("my plan", "B2", 1000)
    book.recalculate()
    assert book.value("My Plan", "D2") == 2000
    assert book.value("Bob's results", "A3") == 2 * (520 - 102 + 1000)
    after = book.to_bytes()
    package = Package.open(plan)
    package.set_cell("My Plan", "B2", 1000)
    assert open_book(package, STUBS).to_bytes() == after


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, "blank"),
        ("", "blank"),
        (True, "bool True"),
        (3, "float 3.0"),
        ("=1+1", "str =1+1"),
        (CellError.NA, "CellError #N/A"),
    ],
)
def test_every_kind_of_input_can_be_set(value: Any, described: str) -> None:
    book = opened({"A1": 1, "B1": "=ISO_DESCRIBE(A1)"})
    book.set("Sheet", "A1", value)
    book.recalculate()
    assert book.value("Sheet", "B1") == described


def test_formulas_cannot_be_set_over(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    with pytest.raises(PackageError, match="holds a formula"):
        book.set("My Plan", "D2", 1)
    with pytest.raises(PackageError, match="no sheet"):
        book.set("Elsewhere", "D2", 1)


def test_only_what_depends_on_a_change_is_called_again(plan: bytes) -> None:
    book = open_book(plan, STUBS)
    assert book.calls == {"ISO_DOUBLE": 5, "ISO_TABLE": 1}
    book.calls.clear()
    book.set("My Plan", "B3", 7)
    book.recalculate()
    assert book.calls == {"ISO_DOUBLE": 1}


def test_a_formula_of_an_addin_file_is_ours() -> None:
    data = books.with_rows('<row r="1"><c r="A1"><f>[1]!ISO_DOUBLE(4)</f></c></row>')
    assert open_book(data, STUBS).value("Sheet", "A1") == 8


def test_formula_values_are_all_values_of_formulas(plan: bytes) -> None:
    values = open_book(plan, STUBS).formula_values()
    assert len(values) == 5 + 5 + 4 + 12
    assert values["My Plan", "D2"] == 204
    assert values["Bob's results", "F3"] == CellError.NA


def test_progress_is_reported_to_the_end() -> None:
    steps: list[tuple[str, int, int]] = []
    rows = {f"A{row}": "=ISO_DOUBLE(2)" for row in range(1, 251)}
    open_book(books.simple(rows), STUBS, lambda *step: steps.append(step))
    assert steps[0][0] == "reading"
    assert ("computing", 200, 250) in steps
    assert steps[-1] == ("done", 1, 1)


def test_ctrl_c_stops_the_computing() -> None:
    def pressed(*_: Any) -> Any:
        raise KeyboardInterrupt

    formulas = {"ISO_SLOW": Stub("ISO_SLOW", pressed, "elementwise")}
    with pytest.raises(KeyboardInterrupt):
        open_book(books.simple({"A1": "=ISO_SLOW()", "A2": "=ISO_SLOW()"}), formulas)


def test_one_changed_input_in_a_thousand_rows_computes_its_own_row_only() -> None:
    package = Package.open(books.wide_table(rows=3))
    package.grow_table("Wide", 1_000)
    book = open_book(package, STUBS)
    before = book.formula_values()
    book.set("Plan", "A500", 3)
    book.recalculate()
    assert book.value("Plan", "O500") == 3 + 2 * 14
    changed = {at for at, value in book.formula_values().items() if value != before[at]}
    assert changed
    assert all(address.endswith("500") for _, address in changed)


@pytest.mark.parametrize(
    "formula",
    ["=[1]Sheet1!A1+1", "=SUM([1]Sheet1!A1:B2)", "='[1]My sheet'!$A$1", "=[2]!Rate*2"],
)
def test_other_workbooks_are_not_read(formula: str) -> None:
    """One such formula is #REF! and leaves the others alone."""
    book = opened({"A1": formula, "A2": "=1+1"})
    assert book.value("Sheet", "A1") is CellError.REF
    assert book.value("Sheet", "A2") == 2


def test_a_number_too_large_for_a_cell() -> None:
    assert shown("=1E999") is CellError.NUM


def test_a_formula_that_stops_the_engine_is_told_in_words() -> None:
    spilling = books.with_rows(
        '<row r="1"><c r="F1" cm="1"><f t="array" ref="F1:F3">'
        "_xlfn.SEQUENCE(3)+SUM(2:2)</f></c></row>"
    )
    with pytest.raises(PackageError, match="depend on its own result"):
        open_book(spilling, STUBS)


def test_an_array_that_depends_on_itself_is_an_error() -> None:
    book = opened({"F1": ArrayFormula("F1:H3", "=ISO_DOUBLE(2:2)"), "A1": "=1+1"})
    assert book.value("Sheet", "F1") is CellError.REF
    assert book.value("Sheet", "H3") is CellError.REF
    assert book.value("Sheet", "A1") == 2


def test_a_book_that_is_let_go_is_freed() -> None:
    """Python's collector cannot look into the engine: nothing in it may lead back to the book."""
    book = open_book(books.plan(), STUBS, lambda *_: None)
    book.set("My Plan", "B2", 1.0)
    gone = weakref.ref(book), weakref.ref(book._session)
    del book
    gc.collect()
    assert [one() for one in gone] == [None, None]


def test_a_formula_that_would_spill_into_what_it_reads() -> None:
    """In a file it shows one cell, so there is no circle that would stop all the others."""
    formula = '=ISO_POSITION_SIZE("long","mark",C6:C6,4:4,B3,TRUE,A1:D6,"mark")'
    book = open_book(books.simple({"A7": "=1+1", "F1": formula}), catalogue)
    assert book.value("Sheet", "F1") is CellError.VALUE
    assert book.value("Sheet", "F2") is None
    assert book.value("Sheet", "A7") == 2


def test_the_engine_starts_afresh_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addin.embedded.book._AFRESH_AFTER", 3)
    book = opened({"A1": 0, "B1": "=A1*2", "C1": "=B1+A1"})
    sessions = []
    for typed in range(1, 8):
        book.set("Sheet", "A1", typed)
        book.recalculate()
        sessions.append(book._session)
        assert book.value("Sheet", "C1") == 3 * typed
    assert len({id(session) for session in sessions}) == 3
