"""The buttons in Excel: the VBA in its interpreter, xlwings' own server, Excel's objects played."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from addin.package import Package
from tests.hosts.excel.conftest import pyopenvba
from tests.hosts.excel.open_workbook import AUTOMATIC, MANUAL
from tests.workbook.live.hosts import InExcel
from tests.workbook.live.ribbon import Ribbon
from workbook.actions import ActionError

__all__ = ["pyopenvba"]
CANCEL = 2  # vbCancel


@pytest.fixture
def ribbon(
    excel: InExcel, xlwings_on_windows: Any, pyopenvba: ModuleType, books: Callable[[str], bytes]
) -> Ribbon:
    from addin.excel.vba import modules as vba_modules
    from workbook.live.excel import server

    importlib.reload(server)  # with the decorators that xlwings has on Windows
    return Ribbon(excel, xlwings_on_windows.server, vba_modules(), books("as made"))


def journal(ribbon: Ribbon, header: str) -> list[Any]:
    table = ribbon.excel.snapshot(["Journal"]).table("Journal")
    return [table.value(row, header) for row in table.filled()]


def test_take_shows_what_it_writes_and_writes_it(ribbon: Ribbon) -> None:
    ribbon.choose(2)
    said = ribbon.press("take")
    assert "This will be written" in said
    assert "trade 2: OP short, 2000 at 2, stop 2.1" in said
    assert journal(ribbon, "Symbol") == ["ETH", "OP"]


def test_nothing_computes_or_is_drawn_while_it_writes_and_all_is_given_back(ribbon: Ribbon) -> None:
    ribbon.choose(2)
    ribbon.press("take")
    log = ribbon.excel.app.log
    first = next(at for at, entry in enumerate(log) if entry[0] == "Value2")
    last = max(at for at, entry in enumerate(log) if entry[0] == "Value2")
    held = [("set", "ScreenUpdating", False), ("set", "EnableEvents", False),
            ("set", "Calculation", MANUAL)]  # fmt: skip
    given = [("set", "Calculation", AUTOMATIC), ("set", "EnableEvents", True),
             ("set", "ScreenUpdating", True)]  # fmt: skip
    assert [entry for entry in log[:first] if entry[0] == "set"][-3:] == held
    assert log[last + 1 :] == given


def test_what_a_person_had_switched_off_stays_off(ribbon: Ribbon) -> None:
    ribbon.excel.app.Calculation = MANUAL
    ribbon.choose(2)
    ribbon.press("take")
    assert ribbon.excel.app.Calculation == MANUAL


def test_given_up_means_that_nothing_is_written(ribbon: Ribbon) -> None:
    before = ribbon.excel.everything()
    ribbon.vba.answers = [CANCEL]
    ribbon.choose(2)
    ribbon.press("take")
    assert ribbon.press("close", None, False) == ""  # at the second question
    assert ribbon.excel.everything() == before


def test_close_asks_one_thing_after_the_other(ribbon: Ribbon) -> None:
    ribbon.choose(1)
    said = ribbon.press("close", None, "104", "", "2", "0", "as planned")
    asked = ribbon.host.application.asked
    assert [one.split(" ")[0] for one in asked] == [
        "Trade:", "Price", "Quantity", "Fee", "Funding", "What",
    ]  # fmt: skip
    assert "trade 1 (ETH): 50 out at 104, nothing left: it is closed; row 1 of the plan" in said
    assert journal(ribbon, "Note") == ["as planned"]
    assert ribbon.excel.snapshot(["Plan"]).table("Plan").value(1, "Symbol") is None


def test_review_asks_the_price_of_what_is_open(ribbon: Ribbon) -> None:
    said = ribbon.press("review", "103.5")
    assert "1 open trade(s) reviewed" in said
    now = ribbon.excel.snapshot(["Now"]).table("Now")
    assert now.value(1, "Price") == 103.5


def test_import_takes_files_and_says_what_they_bring(ribbon: Ribbon) -> None:
    from tests.workbook.journal.imports.samples import FOLDER

    said = ribbon.press("import", [str(FOLDER / "hyperliquid.csv")], "", "")
    assert "fills and payments, 0 known before" in said
    assert len(list(ribbon.excel.snapshot(["Fills"]).table("Fills").filled())) > 0
    assert "nothing new" in ribbon.press("import", [str(FOLDER / "hyperliquid.csv")], "", "")


def test_share_writes_a_copy(ribbon: Ribbon, tmp_path: Path) -> None:
    said = ribbon.press("share", str(tmp_path / "copy.xlsx"))
    assert "formulas of isomargin are values now" in said
    assert not Package.open(tmp_path / "copy.xlsx").has_macros


def test_undo_takes_the_last_action_back_and_then_the_one_before(ribbon: Ribbon) -> None:
    before = ribbon.excel.everything()
    ribbon.choose(2)
    ribbon.press("take")
    between = ribbon.excel.everything()
    ribbon.press("close", "OP", "1.8", "", "", "", "")
    assert "close OP is taken back" in ribbon.press("undo")
    assert ribbon.excel.everything() == between
    assert "take OP is taken back" in ribbon.press("undo")
    assert ribbon.excel.everything() == before
    assert "there is nothing to take back" in ribbon.press("undo")


def test_undo_refuses_where_somebody_typed_since(ribbon: Ribbon) -> None:
    ribbon.choose(2)
    ribbon.press("take")
    table = next(one for one in ribbon.excel.tables() if one.name == "Journal")
    cell = ribbon.excel.workbook.sheet("Journal").Cells(table.first + 1, table.column("Entry"))
    cell.Value2 = 3.0
    said = ribbon.press("undo")
    assert "was changed after take OP: put 2.0 back there first" in said
    assert journal(ribbon, "Symbol") == ["ETH", "OP"]


@pytest.mark.parametrize("after", range(0, 24, 5))
def test_a_failure_half_way_leaves_the_workbook_as_it_was(
    ribbon: Ribbon, books: Callable[[str], bytes], after: int
) -> None:
    ribbon.open(books("full"))
    before = ribbon.excel.everything()
    ribbon.choose(2)
    ribbon.excel.app.fails_after = after
    said = ribbon.press("take")
    assert "Excel refused, and nothing was changed: The file is locked" in said
    assert ribbon.excel.everything() == before
    assert ribbon.excel.app.Calculation == AUTOMATIC
    assert ribbon.excel.app.ScreenUpdating
    assert "there is nothing to take back" in ribbon.press("undo")


def test_a_workbook_closed_meanwhile_is_told_and_excel_is_given_back(ribbon: Ribbon) -> None:
    ribbon.choose(2)
    ribbon.excel.app.closes_after = 9
    said = ribbon.press("take")
    assert said.count("Excel refused: The object invoked has disconnected from its clients.") == 1
    assert "Not all that was written before could be taken back: close the workbook" in said
    app = ribbon.excel.app
    assert (app.Calculation, app.EnableEvents, app.ScreenUpdating) == (AUTOMATIC, True, True)


def test_a_workbook_that_is_gone_is_told_as_gone(ribbon: Ribbon) -> None:
    ribbon.excel.app.closed = True
    assert "nothing was changed: The object invoked has disconnected" in ribbon.press("review")


def test_python_that_ends_in_the_middle_is_told_and_excel_is_given_back(
    ribbon: Ribbon, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.hosts.excel.vba_host import PythonServer

    monkeypatch.setattr(PythonServer, "dies_at", "commit")
    ribbon.choose(2)
    said = ribbon.press("take")
    assert "Python does not answer: The remote server machine does not exist" in said
    assert "isomargin doctor" in said
    assert ribbon.excel.app.Calculation == AUTOMATIC
    assert ribbon.excel.app.ScreenUpdating
    assert ribbon.excel.app.EnableEvents


@pytest.mark.parametrize("sheet", ["Plan", "Journal"])
def test_a_protected_sheet_is_opened_and_closed_again(ribbon: Ribbon, sheet: str) -> None:
    ribbon.excel.protect(sheet, "")
    ribbon.choose(2)
    ribbon.press("take")
    assert journal(ribbon, "Symbol") == ["ETH", "OP"]
    assert ribbon.excel.workbook.sheet(sheet).ProtectContents


def test_a_password_is_told_and_nothing_is_written(
    ribbon: Ribbon, books: Callable[[str], bytes]
) -> None:
    ribbon.open(books("full"))
    ribbon.excel.protect("Journal", "secret")
    before = ribbon.excel.everything()
    ribbon.choose(2)
    assert "Journal is protected with a password" in ribbon.press("take")
    assert ribbon.excel.everything() == before


@pytest.mark.parametrize("layout", ["as made", "full"])
def test_rows_that_a_filter_hides_are_written_to_as_well(
    ribbon: Ribbon, books: Callable[[str], bytes], layout: str
) -> None:
    ribbon.open(books(layout))
    for name in ("Journal", "Exits"):
        table = next(one for one in ribbon.excel.tables() if one.name == name)
        for row in range(table.first + 1, table.bottom + 1):
            ribbon.excel.hide(name, row)
    ribbon.choose(2)
    ribbon.press("take")
    assert journal(ribbon, "Symbol")[-1] == "OP"


def test_buttons_are_grey_where_they_cannot_work(ribbon: Ribbon) -> None:
    ribbon.choose(1)
    assert ribbon.can("take")
    assert ribbon.can("close")
    ribbon.choose(0)  # the titles
    assert not ribbon.can("take")
    ribbon.choose(1, "Journal")
    assert not ribbon.can("take")
    assert ribbon.can("review")
    ribbon.excel.app.ActiveCell = ribbon.excel.workbook.sheet("Start").Cells(1, 1)
    assert not ribbon.can("take")
    ribbon.host.active.opened = None  # somebody's other workbook
    assert not ribbon.can("close")


def test_words_for_what_is_no_workbook_of_isomargin(ribbon: Ribbon) -> None:
    for name in ribbon.excel.workbook.Names:
        if name.Name == "Template_version":
            name.Name = "Other"
    assert "this is no workbook of isomargin" in ribbon.press("review")


def test_take_without_a_row_says_what_to_do(ribbon: Ribbon) -> None:
    ribbon.excel.app.ActiveCell = ribbon.excel.workbook.sheet("Plan").Cells(1, 1)
    assert "click into the idea, then press Take" in ribbon.press("take")


def test_a_formula_that_stands_in_the_way_is_told(ribbon: Ribbon) -> None:
    table = next(one for one in ribbon.excel.tables() if one.name == "Plan")
    tab = ribbon.excel.workbook.sheet("Plan")
    tab.at(table.first + 1, table.column("Status")).update(formula='="idea"', value="idea")
    before = ribbon.excel.everything()
    ribbon.choose(2)
    assert "holds a formula: type into an input cell instead" in ribbon.press("take")
    assert ribbon.excel.everything() == before


def test_a_workbook_changed_between_the_words_and_the_writing(excel: InExcel, books: Any) -> None:
    from tests.workbook.live.hosts import AT
    from workbook.live.press import Press

    excel.open(books("as made"))
    press = Press("close", excel.book, AT)
    press.form()
    press.preview({"trade": "1", "price": "100"})
    table = next(one for one in excel.tables() if one.name == "Journal")
    excel.workbook.sheet("Journal").Cells(table.first, table.column("Size")).Value2 = 40.0
    with pytest.raises(ActionError, match="changed meanwhile"):
        press.commit()
