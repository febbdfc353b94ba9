"""An action in LibreOffice that fails half way: document, steps to undo and file as they were."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package
from tests.workbook.live.hosts import AT, InLibreOffice
from tests.workbook.live.test_parity import PRESSES
from workbook.actions import ActionError, AppendRows, Changes, SetCell
from workbook.actions.live import CellPosition, apply
from workbook.live.press import Press

Books = Callable[[str], bytes]
Open = Callable[[str], InLibreOffice]
TITLE = "isomargin: test"


@pytest.fixture
def opened(document: InLibreOffice, books: Books) -> Open:
    """A workbook in which the person has typed something, so that there is a step to undo."""

    def get(layout: str) -> InLibreOffice:
        document.open(books(layout))
        plan = next(table for table in document.tables() if table.name == "Plan")
        document.choose(CellPosition("Plan", plan.top + 2, plan.left))
        document.office.set("Plan", "B18", "typed")
        return document

    return get


def state(document: InLibreOffice) -> list[Any]:
    """All that an action could leave behind."""
    protected = [
        document.ask("is_protected", sheet=sheet) for sheet in ("Plan", "Journal", "Exits")
    ]
    return [document.ask("digest"), document.ask("steps"), document.ask("state"), protected]


def previewed(document: InLibreOffice, button: str, answers: dict[str, str]) -> Changes:
    press = Press(button, document.book, AT)
    press.form()
    return press.preview(answers)


def refusal(document: InLibreOffice, changes: Changes) -> str:
    """What is told where the changes cannot be written; "" where they are."""
    try:
        apply(document.book, changes, TITLE)
    except ActionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("button", "layout", "step"),
    [
        ("take", "full", 1),
        ("take", "protected", 9),
        ("close", "full", 1),
        ("import", "as made", 41),
    ],
)
def test_refused_at_any_change(opened: Open, button: str, layout: str, step: int) -> None:
    """At the first change, a few further on, and so on; then all of it goes through."""
    document = opened(layout)
    answers = PRESSES["close a part" if button == "close" else button][0][2]
    changes = previewed(document, button, answers)
    before = state(document)
    assert before[1:3] == [["Input"], [True, False]]
    for number in itertools.count(step=step):
        document.ask("fail_after", changes=number)
        told = refusal(document, changes)
        if not told:
            break
        assert told == "LibreOffice refused: this row is refused"
        assert state(document) == before, number
    assert number > 5
    assert document.ask("steps") == [TITLE, "Input"]
    document.ask("undo")
    assert state(document) == before


@pytest.mark.parametrize("number", [0, 1, 7])
def test_closed_at_some_change(opened: Open, books: Books, tmp_path: Path, number: int) -> None:
    """The file is what was saved last; open again, the button works."""
    document = opened("full")
    path = tmp_path / "my.xlsx"
    document.office.save_as(path)
    saved = path.read_bytes()
    document.open(saved)
    document.choose(CellPosition("Plan", 12, 2))
    press = Press("take", document.book, AT)
    press.form()
    press.preview({})
    document.ask("fail_after", changes=number, closes=True)
    with pytest.raises(ActionError, match=r"^the document was closed meanwhile: open it again"):
        press.commit()
    assert path.read_bytes() == saved
    document.open(saved)
    document.choose(CellPosition("Plan", 12, 2))
    document.press("take", {})
    assert document.ask("steps") == ["isomargin: take OP"]


def test_closed_between_what_is_shown_and_the_ok(opened: Open) -> None:
    document = opened("as made")
    press = Press("take", document.book, AT)
    press.form()
    press.preview({})
    document.ask("close")
    with pytest.raises(ActionError, match=r"^the document was closed meanwhile: open it again"):
        press.commit()


@pytest.mark.parametrize(
    ("row", "told"),
    [({"Trade": 99, "Prise": 1.0}, "has no column Prise"),
     ({"Trade": 99, "Value": 1.0}, "holds a formula: type into an input cell instead"),
     ({"Trade": 99, "Note": "x" * 32_768}, "the text has 32768 characters"),
     ({"Trade": 99, "Price": float("inf")}, "Exits!")],
)  # fmt: skip
def test_a_refused_row(opened: Open, row: dict[str, object], told: str) -> None:
    """The first edits are written, the last one cannot be."""
    document = opened("full")
    before = state(document)
    changes = Changes((
        SetCell("Plan", 2, "Status", "open"),
        AppendRows("Journal", ({"Trade": 99, "Symbol": "OP"},)),
        AppendRows("Exits", (row,)),
    ))  # fmt: skip
    with pytest.raises(ActionError, match=told):
        apply(document.book, changes, TITLE)
    assert state(document) == before


@pytest.mark.parametrize("first", [None, 1.0])
def test_a_password_leaves_what_was_typed_before(opened: Open, first: float | None) -> None:
    """Whether something was written before or nothing was, the person's own step stays."""
    document = opened("full")
    document.protect("Exits", "secret")
    before = state(document)
    edits = [SetCell("Plan", 9, "Entry", first)] if first else []
    changes = Changes((*edits, AppendRows("Exits", ({"Trade": 99},))))
    with pytest.raises(ActionError, match="Exits is protected with a password"):
        apply(document.book, changes, TITLE)
    assert state(document) == before


def test_the_program_beside_ends_in_the_middle(opened: Open) -> None:
    document = opened("as made")
    before = state(document)
    for questions in (
        [["begin", [TITLE]]],
        [["begin", [TITLE]], ["write", ["Plan", 14, 2, ["X", "Y"]]]],
        [["begin", [TITLE]], ["write", ["Plan", 14, 2, ["X"]]], ["read", ["Plan", 1, 1, 2, 2]]],
    ):
        told = document.ask("die_after", questions=questions)
        assert told == "isomargin's program beside LibreOffice does not answer: the process ended"
        assert state(document) == before


def test_open_to_be_read_only(opened: Open, books: Books, tmp_path: Path) -> None:
    """As LibreOffice opens what somebody else has open."""
    path = tmp_path / "my.xlsx"
    path.write_bytes(books("as made"))
    document = opened("as made")
    document.ask("open_to_read", path=str(path))
    document.choose(CellPosition("Plan", 12, 2))
    before = state(document)
    with pytest.raises(ActionError, match=r"my\.xlsx is open for reading only: close it where"):
        document.press("take", {})
    assert state(document) == before
    assert Package.open(path).table("Plan").columns
