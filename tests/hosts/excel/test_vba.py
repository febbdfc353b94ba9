"""The VBA itself, run by an interpreter: numbers, real errors, and what happens without Python."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.hosts.excel import com
from tests.hosts.excel.samples import example
from udfs import OMITTED, CellError, catalogue


@pytest.fixture(scope="module")
def modules(xlwings: ModuleType, pyopenvba: ModuleType) -> dict[str, str]:
    from addin.excel.vba import modules as all_modules

    return all_modules()


@pytest.fixture
def book(excel: Any, modules: dict[str, str]) -> Any:
    """A workbook with the VBA in it: ``book.run("ISO_...", [...])``, ``book.host``."""
    from tests.hosts.excel.vba_host import ExcelHost, interpreter

    host = ExcelHost(excel.server)
    vba = interpreter(host, modules)
    vba.host = host
    return vba


def run(book: Any, name: str, *arguments: Any) -> list[list[Any]]:
    from tests.hosts.excel.vba_host import MISSING, plain, range_of, to_cell

    def given(value: Any) -> Any:
        if isinstance(value, list):
            return range_of(value)
        return MISSING if value is OMITTED else to_cell(value)

    return plain(book.run(name, [given(value) for value in arguments]))


def in_vba(value: Any) -> list[list[Any]]:
    """What VBA is to show for a formula's answer."""
    from tests.hosts.excel.vba_host import ERROR_BASE, VBAErrorValue

    rows = value if isinstance(value, list) else [[value]]
    return [
        [
            VBAErrorValue(com.ERRORS[cell] - ERROR_BASE)
            if isinstance(cell, CellError)
            else ("" if cell is None else cell)
            for cell in row
        ]
        for row in rows
    ]


@pytest.mark.parametrize("name", catalogue)
def test_a_wrapper_gives_what_the_formula_gives(book: Any, name: str) -> None:
    arguments = example(name)
    assert run(book, name, *arguments) == in_vba(catalogue[name](*arguments))


@pytest.mark.parametrize("name", [name for name in catalogue if catalogue[name].arguments])
def test_a_wrapper_takes_ranges_and_left_out_arguments(book: Any, name: str) -> None:
    formula = catalogue[name]
    required = example(name)[: formula.min_args]
    arguments: list[Any] = [
        value if isinstance(value, list) else [[value], [None]] for value in required
    ]
    if not formula.variadic:
        arguments += [OMITTED] * (len(formula.arguments) - formula.min_args)
    assert run(book, name, *arguments) == in_vba(formula(*arguments))


@pytest.mark.parametrize("error", CellError)
def test_an_error_cell_goes_in_and_comes_out_as_itself(book: Any, error: CellError) -> None:
    assert run(book, "ISO_LIQUIDATION_PRICE", "long", error, 10.0) == in_vba(error)


def test_errors_stand_in_their_own_elements_of_an_array(book: Any) -> None:
    entries = [[100.0, -5.0], ["abc", CellError.DIV0], [None, 200.0]]
    found = run(book, "ISO_LIQUIDATION_PRICE", "long", entries, 10.0)
    expected = catalogue["ISO_LIQUIDATION_PRICE"]("long", entries, 10.0)
    assert found == in_vba(expected)
    assert [type(cell).__name__ for row in found for cell in row] == [
        "float",
        "VBAErrorValue",
        "VBAErrorValue",
        "VBAErrorValue",
        "VBAErrorValue",
        "float",
    ]


def test_errors_stand_in_their_own_elements_of_a_row(book: Any) -> None:
    entries = [[100.0, -5.0, 200.0]]
    found = run(book, "ISO_LIQUIDATION_PRICE", "long", entries, 10.0)
    assert found == in_vba(catalogue["ISO_LIQUIDATION_PRICE"]("long", entries, 10.0))


@pytest.mark.parametrize("error", CellError)
def test_every_error_text_becomes_its_error(book: Any, error: CellError) -> None:
    from tests.hosts.excel.vba_host import plain

    assert plain(book.run("IsomarginErrors", [error.value])) == in_vba(error)


@pytest.mark.parametrize("text", ["", "#", "#num!", "#NUM! or so", "abc", "#N/A waiting"])
def test_other_text_stays_text(book: Any, text: str) -> None:
    from tests.hosts.excel.vba_host import plain

    assert plain(book.run("IsomarginErrors", [text])) == [[text]]


def test_several_areas_at_once_are_a_value_error(book: Any) -> None:
    from tests.hosts.excel.vba_host import ExcelRange, plain

    found = book.run("ISO_LIQUIDATION_PRICE", ["long", ExcelRange(100.0, areas=2), 10.0])
    assert plain(found) == in_vba(CellError.VALUE)


def test_an_object_that_is_no_range_is_a_value_error(book: Any) -> None:
    from tests.hosts.excel.vba_host import Chart, plain

    found = book.run("ISO_LIQUIDATION_PRICE", ["long", Chart(), 10.0])
    assert plain(found) == in_vba(CellError.VALUE)


def test_explain_reads_ranges_by_value_without_turning_dates(book: Any) -> None:
    given = ["ISO_POSITION_SIZE", 10000.0, [[2.0]], 100.0, [[96.0]]]
    assert run(book, "ISO_EXPLAIN", *given) == in_vba(catalogue["ISO_EXPLAIN"](*given))


def test_python_is_started_once_for_many_calls(book: Any) -> None:
    for entry in (100.0, 200.0, 300.0):
        run(book, "ISO_LIQUIDATION_PRICE", "long", entry, 10.0)
    assert len(book.host.started) == 1
    assert len(book.host.started[0].asked) == 3


def test_python_does_not_look_for_modules_in_the_current_folder(book: Any) -> None:
    run(book, "ISO_VERSION")
    (statement,) = book.host.started[0].executed
    folders = {"sys": SimpleNamespace(path=["", "C:\\Python"])}
    exec(statement.replace("import sys; ", ""), folders)
    assert folders["sys"].path == ["C:\\Python"]


def test_python_closed_in_between_is_started_again(book: Any) -> None:
    first = run(book, "ISO_LIQUIDATION_PRICE", "long", 100.0, 10.0)
    book.host.started[0].alive = False
    assert run(book, "ISO_LIQUIDATION_PRICE", "long", 100.0, 10.0) == first
    assert len(book.host.started) == 2


def test_no_python_is_a_value_error_and_no_message_in_the_cell(book: Any) -> None:
    book.host.installed = False
    assert run(book, "ISO_VERSION") == in_vba(CellError.VALUE)
    book.host.installed = True
    assert run(book, "ISO_VERSION") == in_vba(catalogue["ISO_VERSION"]())


def test_an_exception_in_python_is_a_value_error(
    book: Any, excel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError("Traceback (most recent call last)")

    monkeypatch.setattr(excel.server, "CallUDF", fails, raising=False)
    assert run(book, "ISO_VERSION") == in_vba(CellError.VALUE)


def test_opening_describes_every_formula_and_argument(book: Any) -> None:
    book.run("IsomarginDescribeFormulas", [])
    told = {entry["macro"]: entry for entry in book.host.application.described}
    assert list(told) == [f"'Bob''s plan.xlsm'!{name}" for name in catalogue]
    for formula in catalogue.values():
        entry = told[f"'Bob''s plan.xlsm'!{formula.name}"]
        assert entry["summary"] == formula.summary
        assert entry["category"] == f"isomargin: {formula.category}"
        count = len(formula.arguments) + formula.variadic
        assert entry["help"][: len(formula.arguments)] == [a.help for a in formula.arguments]
        assert len(entry["help"]) == count
        assert all(len(text) <= 255 for text in entry["help"])


def opened_add_in(excel: Any, modules: dict[str, str]) -> tuple[Any, Any]:
    """The host and its VBA, the add-in's start behind it."""
    from tests.hosts.excel.vba_host import ExcelHost, interpreter

    host = ExcelHost(excel.server, "isomargin.xlam")
    vba = interpreter(host, modules)
    vba.run("IsomarginDescribeFormulas", [])
    return host, vba


def test_an_add_in_does_not_show_itself_when_excel_starts(
    excel: Any, modules: dict[str, str]
) -> None:
    host, _ = opened_add_in(excel, modules)
    assert host.workbook.shown == []
    assert host.application.described == []
    assert host.application.asked_for_describing == 1  # refused once, not once a formula
    assert host.workbook.saved


def test_an_add_in_shows_itself_for_the_moment_that_a_person_asks(
    excel: Any, modules: dict[str, str]
) -> None:
    host, vba = opened_add_in(excel, modules)
    vba.run("IsomarginDescribeOnRequest", [])
    assert len(host.application.described) == len(catalogue)
    assert host.workbook.shown == [False, True]
    assert host.active.activated == 1
    assert host.application.excel.ScreenUpdating
    assert host.workbook.saved
    vba.run("IsomarginDescribeOnRequest", [])  # once is enough
    assert len(host.application.described) == len(catalogue)


def test_a_macro_workbook_has_nothing_left_to_describe_on_request(book: Any) -> None:
    book.run("IsomarginDescribeFormulas", [])
    book.run("IsomarginDescribeOnRequest", [])
    assert len(book.host.application.described) == len(catalogue)
    assert book.host.workbook.shown == []


# Ranges that go on to the sheet's end.


def open_range(column: int, last: int, start: int = 1, sheet: Any = None) -> Any:
    """A column from `start` down to the sheet's last row, filled down to `last`."""
    from tests.hosts.excel.vba_host import EMPTY, SHEET_ROWS, ExcelRange, Worksheet

    used = ExcelRange(None, size=(last, column), corner=(1, 1))
    return ExcelRange(
        lambda row, at: float(100 * at + row) if row <= last else EMPTY,
        size=(SHEET_ROWS - start + 1, 1),
        corner=(start, column),
        sheet=sheet or Worksheet(used),
    )


def test_a_whole_column_ends_with_the_cells_in_use(book: Any) -> None:
    from tests.hosts.excel.vba_host import plain

    found = plain(book.run("ISO_LIQUIDATION_PRICE", ["long", open_range(1, 3), 10.0]))
    prices = [[101.0], [102.0], [103.0]]
    assert found == in_vba(catalogue["ISO_LIQUIDATION_PRICE"]("long", prices, 10.0))


def test_a_column_from_a_row_on_keeps_its_own_start(book: Any) -> None:
    from tests.hosts.excel.vba_host import plain

    found = plain(book.run("ISO_LIQUIDATION_PRICE", ["long", open_range(1, 4, start=3), 10.0]))
    expected = catalogue["ISO_LIQUIDATION_PRICE"]("long", [[103.0], [104.0]], 10.0)
    assert found == in_vba(expected)


def test_whole_columns_of_two_sheets_stay_of_one_length(book: Any) -> None:
    from tests.hosts.excel.vba_host import plain

    given = ["long", open_range(1, 3), open_range(2, 2)]
    found = plain(book.run("ISO_LIQUIDATION_PRICE", given))
    prices, leverages = [[101.0], [102.0], [103.0]], [[201.0], [202.0], [None]]
    assert found == in_vba(catalogue["ISO_LIQUIDATION_PRICE"]("long", prices, leverages))


def test_a_column_that_starts_below_all_that_is_in_use_is_one_blank_cell(book: Any) -> None:
    from tests.hosts.excel.vba_host import plain

    found = plain(book.run("ISO_LIQUIDATION_PRICE", ["long", open_range(1, 3, start=9), 10.0]))
    assert found == in_vba(CellError.NA)


def test_a_whole_row_ends_with_the_cells_in_use(book: Any) -> None:
    from tests.hosts.excel.vba_host import SHEET_COLUMNS, ExcelRange, Worksheet, plain

    used = ExcelRange(None, size=(9, 2), corner=(1, 2))
    row = ExcelRange(
        lambda row, column: float(100 * row + column),
        size=(1, SHEET_COLUMNS),
        corner=(2, 1),
        sheet=Worksheet(used),
    )
    found = plain(book.run("ISO_LIQUIDATION_PRICE", ["long", row, 10.0]))
    expected = catalogue["ISO_LIQUIDATION_PRICE"]("long", [[201.0, 202.0, 203.0]], 10.0)
    assert found == in_vba(expected)
