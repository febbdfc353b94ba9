"""The buttons of LibreOffice as a person uses them: a window, a mouse, a keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin.embedded import open_book
from tests.workbook.live.screen import OnScreen, shown_office, until
from udfs import catalogue
from workbook.actions.live import CellPosition

Books = Callable[[str], bytes]


@pytest.fixture(scope="module")
def on_screen(tools: Any) -> Iterator[OnScreen]:
    with shown_office(tools) as office:
        yield OnScreen(office)


@pytest.fixture
def idea(on_screen: OnScreen, books: Books) -> OnScreen:
    """A workbook in a window, its second idea chosen."""
    on_screen.open(books("as made"))
    plan = next(table for table in on_screen.tables() if table.name == "Plan")
    on_screen.choose(CellPosition("Plan", plan.top + 2, plan.left))
    return on_screen


def test_a_click_takes_ctrl_z_puts_back_and_what_is_saved_computes(
    idea: OnScreen, tmp_path: Path
) -> None:
    before = idea.everything()
    idea.choose_from_menu("Take")
    said = idea.answer("OK")
    assert "This will be written" in said
    assert "trade 2: OP short, 2000 at 2, stop 2.1" in said
    until("the take is written", lambda: idea.ask("steps") == ["isomargin: take OP"])
    taken = idea.everything()
    assert taken != before
    idea.take_back()
    assert idea.everything() == before

    idea.press("Take")  # the toolbar
    idea.answer("OK")
    until("the take is written", lambda: idea.ask("steps") == ["isomargin: take OP"])
    path = tmp_path / "taken.xlsx"
    idea.office.save_as(path)
    book = openpyxl.load_workbook(path)
    names = [cell.value for row in book["Journal"].iter_rows() for cell in row]
    assert {"ETH", "OP"} <= set(names)
    engine = open_book(path.read_bytes(), catalogue).formula_values()
    assert len(engine) > 1000
    idea.open(path.read_bytes())
    shown = idea.office.all_values()
    numbers = {at: value for at, value in engine.items()
               if at[0] in ("Plan", "Journal", "Now") and isinstance(value, float)}  # fmt: skip
    assert len(numbers) > 50
    assert {at: shown.get(at, 0.0) for at in numbers} == pytest.approx(numbers, rel=1e-9)


def test_cancel_writes_nothing(idea: OnScreen) -> None:
    before = idea.everything()
    idea.choose_from_menu("Take")
    idea.answer("Cancel")
    assert idea.everything() == before
    assert idea.ask("steps") == []


def test_a_refusal_is_a_message(idea: OnScreen) -> None:
    idea.office.set("Plan", "E12", None)
    before = idea.everything()
    idea.choose_from_menu("Take")
    assert "row 2 of the plan cannot be taken" in idea.answer("OK")
    assert idea.everything() == before


def test_take_is_grey_where_the_row_is_no_idea(idea: OnScreen) -> None:
    """At once, as one cell after the other is chosen; and when the idea was taken."""
    top = next(table.top for table in idea.tables() if table.name == "Plan")
    until("Take can be pressed", lambda: "Take" in idea.ask("lit"))
    for row, is_idea in ((1, False), (2, True), (4, False), (3, True), (0, False), (2, True)):
        idea.choose(CellPosition("Plan", top + row, 3))
        until(f"row {row} of Plan", lambda want=is_idea: ("Take" in idea.ask("lit")) == want)
    assert {"Close", "Review", "Import"} <= set(idea.ask("lit"))
    idea.press("Take")
    idea.answer("OK")
    until("the take is written", lambda: idea.ask("steps") == ["isomargin: take OP"])
    until("Take is grey", lambda: "Take" not in idea.ask("lit"))


def test_the_form_stands_in_the_middle_and_takes_what_is_typed(idea: OnScreen) -> None:
    before = idea.everything()
    idea.choose_from_menu("Close")
    where = until("the form", lambda: idea.middle("DIALOG", "isomargin: close"))
    assert where == pytest.approx((700, 450), abs=60)  # of a window that fills the screen
    idea.click("TEXT", "Price you got out at")
    idea.keys("1", "0", "4", "Return", over=where)
    assert "50 out at 104, nothing left" in idea.answer("OK")
    until("it is written", lambda: idea.ask("steps") == ["isomargin: close ETH"])
    idea.answer("OK")
    idea.take_back()
    assert idea.everything() == before
