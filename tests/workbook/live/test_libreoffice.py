"""The buttons in LibreOffice: one step to undo, and a document as it was after whatever fails."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from addin.libreoffice.build import extension_files
from addin.package import Package
from tests.workbook.live.hosts import InLibreOffice
from workbook.actions import ActionError
from workbook.actions.live import CellPosition
from workbook.live.buttons import BUTTONS
from workbook.live.libreoffice.beside import Beside
from workbook.live.libreoffice.build import MENU, buttons
from workbook.live.libreoffice.inside import pressing
from workbook.live.libreoffice.inside.document import ActionFailed

Books = Callable[[str], bytes]


@pytest.fixture
def opened(document: InLibreOffice, books: Books) -> Callable[[str], InLibreOffice]:
    def get(layout: str) -> InLibreOffice:
        document.open(books(layout))
        plan = next(table for table in document.tables() if table.name == "Plan")
        document.choose(CellPosition("Plan", plan.top + 2, plan.left))
        return document

    return get


@pytest.mark.parametrize("layout", ["as made", "full"])
def test_one_undo_takes_all_of_it_back(opened: Callable[[str], InLibreOffice], layout: str) -> None:
    document = opened(layout)
    before = document.everything()
    document.press("take", {})
    assert document.ask("steps") == ["isomargin: take OP"]
    assert document.everything() != before
    assert document.ask("state") == [True, False]
    document.ask("undo")
    assert document.everything() == before


def test_the_button_undo_takes_back_its_own_steps_only(
    opened: Callable[[str], InLibreOffice],
) -> None:
    document = opened("as made")
    with pytest.raises(ActionError, match="nothing to take back"):
        document.book._ask("undo", ())
    document.press("take", {})
    assert document.book._ask("undo", ()) == "isomargin: take OP"
    document.press("take", {})
    document.office.set("Plan", "B18", "typed")
    with pytest.raises(ActionError, match="something else was done since"):
        document.book._ask("undo", ())


@pytest.mark.parametrize("sheet", ["Plan", "Journal"])
def test_a_protected_sheet_is_opened_and_closed_again(
    opened: Callable[[str], InLibreOffice], sheet: str
) -> None:
    document = opened("full")
    document.protect(sheet, "")
    document.press("take", {})
    journal = document.snapshot(["Journal"]).table("Journal")
    assert journal.value(len(journal.rows), "Symbol") == "OP"
    assert document.ask("is_protected", sheet=sheet)


def test_one_undo_gives_back_what_a_protected_sheet_allowed(
    opened: Callable[[str], InLibreOffice], tmp_path: Path
) -> None:
    document = opened("protected")

    def allowed() -> dict[str, str]:
        document.office.save_as(tmp_path / "saved.xlsx")
        sheet = Package.open(tmp_path / "saved.xlsx").sheet("Journal")
        found = sheet.root.find("{*}sheetProtection")
        return {} if found is None else dict(found.attrib)

    before = allowed()
    document.press("take", {})
    assert allowed()["sheet"] in ("1", "true")
    document.ask("undo")
    assert allowed() == before


def test_a_password_is_told_and_the_document_is_as_it_was(
    opened: Callable[[str], InLibreOffice],
) -> None:
    document = opened("full")
    document.protect("Journal", "secret")
    before = document.everything()
    with pytest.raises(ActionError, match="Journal is protected with a password"):
        document.press("take", {})
    assert document.everything() == before
    assert document.ask("state") == [True, False]


def test_what_stands_below_a_full_table_is_told(opened: Callable[[str], InLibreOffice]) -> None:
    document = opened("full")
    journal = next(table for table in document.tables() if table.name == "Journal")
    document.office.set("Journal", f"C{journal.bottom + 1}", "my note")
    before = document.everything()
    with pytest.raises(ActionError, match=rf"the cell C{journal.bottom + 1} is in the way"):
        document.press("take", {})
    assert document.everything() == before


@pytest.mark.parametrize("layout", ["as made", "full"])
def test_rows_that_a_filter_hides_are_written_to_as_well(
    opened: Callable[[str], InLibreOffice], layout: str
) -> None:
    document = opened(layout)
    journal = next(table for table in document.tables() if table.name == "Journal")
    for row in (journal.bottom, journal.bottom - 1, journal.first + 1):
        document.hide("Journal", row)
    document.press("take", {})
    seen = document.snapshot(["Journal"]).table("Journal")
    assert seen.value(len(seen.rows), "Symbol") == "OP"
    assert document.snapshot(["Journal"]).table("Journal").computed == seen.computed


def test_what_cannot_work_is_grey(
    opened: Callable[[str], InLibreOffice], books: Books, tmp_path: Path
) -> None:
    """Row 1 of Plan is taken, 2 and 3 are ideas, the fourth is blank; one trade is open."""
    document = opened("as made")
    top = next(table.top for table in document.tables() if table.name == "Plan")
    rest = ["close", "review", "import", "share", "undo"]
    for row in range(5):
        document.choose(CellPosition("Plan", top + row, 2))
        assert document.ask("can") == ["take"] * (row in (2, 3)) + rest, row
    document.choose(CellPosition("Journal", top + 2, 2))
    assert document.ask("can") == rest
    document.choose(CellPosition("Plan", top + 2, 5))
    document.press("take", {})
    assert document.ask("can") == rest
    document.ask("undo")
    assert document.ask("can") == ["take", *rest]
    document.press("close", {"trade": "ETH", "price": "104"})
    assert document.ask("can") == ["take", "import", "share", "undo"]
    path = tmp_path / "my.xlsx"
    path.write_bytes(books("as made"))
    document.ask("open_to_read", path=str(path))
    assert document.ask("can") == ["share"]
    document.ask("open_nothing")
    assert document.ask("can") == []


@pytest.mark.parametrize("hidden", [False, True])
def test_a_whole_row_can_be_chosen(opened: Callable[[str], InLibreOffice], hidden: bool) -> None:
    """Rows 2 and 3 by their numbers at the left; the filter leaves only the third to be seen."""
    document = opened("as made")
    top = next(table.top for table in document.tables() if table.name == "Plan")
    if hidden:
        document.ask("keep_only", table="Plan", header="Side", text="long")
    document.ask("choose_rows", sheet="Plan", first=top + 2, last=top + 3)
    assert document.book.selected() == CellPosition("Plan", top + 2 + hidden, 1)
    document.press("take", {})
    symbols = document.snapshot(["Journal"]).table("Journal").column("Symbol")
    assert symbols == ["ETH", "SOL" if hidden else "OP"]


# Without LibreOffice


def test_the_menu_has_every_button_and_undo() -> None:
    assert [name for name, _ in MENU] == [*BUTTONS, "undo"]
    files = extension_files((), buttons())
    for name in ("Addons.xcu", "ProtocolHandler.xcu", "CalcWindowState.xcu"):
        ElementTree.parse(io.BytesIO(files[name]))
        assert f'full-path="{name}"' in files["META-INF/manifest.xml"].decode()
    addresses = [f"org.isomargin.press:{name}" for name, _ in MENU]
    assert all(address in files["Addons.xcu"].decode() for address in addresses)


def test_the_installed_extension_has_the_buttons(isomargin: Any, tmp_path: Any) -> None:
    isomargin("build", "--host", "libreoffice", "-o", tmp_path)
    with zipfile.ZipFile(tmp_path / "isomargin.oxt") as archive:
        assert "isomargin_buttons.py" in archive.namelist()


def test_what_goes_wrong_beside_comes_back_in_words() -> None:
    beside = Beside(io.BytesIO(), io.BytesIO())  # nobody answers what it asks
    assert beside._answer("preview", [{}]) == {"trouble": "press the button again"}
    assert "the document is not there any more" in beside._answer("form", ["take"])["trouble"]
    assert "nothing called erase" in beside._answer("erase", [])["trouble"]


def test_only_what_an_action_needs_can_be_asked_of_a_document() -> None:
    asked: list[Any] = []

    def call(do: str, given: list[Any]) -> Any:
        asked.append((do, given))
        return {"ask": ["_model", []]} if do == "form" else {"result": given}

    (reply,) = pressing.converse(call, None, "form", ["take"])  # type: ignore[arg-type]
    assert reply == {"trouble": "a document has no _model"}


def test_a_process_that_does_not_answer_is_told() -> None:
    def call(do: str, given: list[Any]) -> Any:
        raise OSError("the process ended")

    with pytest.raises(ActionFailed, match="does not answer: the process ended"):
        pressing.converse(call, None, "form", ["take"])  # type: ignore[arg-type]
