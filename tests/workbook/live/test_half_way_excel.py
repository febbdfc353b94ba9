"""An action in Excel that is refused at any of its changes leaves the workbook as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hosts.excel.open_workbook import ComError
from tests.workbook.journal.imports.samples import FOLDER
from tests.workbook.live.hosts import AT, InExcel
from tests.workbook.live.test_repair import damaged
from workbook.actions import ActionError, Changes, SetCell
from workbook.actions.live import NOT_TAKEN_BACK, CellPosition, apply
from workbook.live.press import Press

Books = Callable[[str], bytes]
# Button, layout of the workbook, what is answered, sheets that are protected without a password.
PRESSES: list[tuple[str, str, dict[str, str], tuple[str, ...]]] = [
    ("take", "full", {}, ()),
    ("take", "full", {}, ("Journal", "Plan")),
    ("close", "full", {"trade": "ETH", "price": "98.5", "quantity": "10"}, ("Exits",)),
    ("close", "as made", {"trade": "1", "price": "98.5", "note": "stopped"}, ()),
    ("review", "as made", {"ETH": "103"}, ()),
    ("import", "as made", {"files": str(FOLDER / "hyperliquid.csv")}, ()),
    ("repair", "as made", {}, ()),
]


def pressed(
    excel: InExcel, books: Books, button: str, layout: str, answers: dict[str, str]
) -> Press:
    """A press up to the person's OK."""
    content = books(layout)
    excel.open(damaged(content)[0] if button == "repair" else content)
    plan = next(table for table in excel.tables() if table.name == "Plan")
    excel.choose(CellPosition("Plan", plan.top + 2, plan.left))
    press = Press(button, excel.book, AT)
    press.form()
    press.preview(answers)
    return press


def state(excel: InExcel) -> object:
    sheets = excel.workbook.Worksheets
    return (
        excel.everything(),
        {sheet.Name: sheet.ProtectContents for sheet in sheets},
        {sheet.Name: list(sheet.arrays) for sheet in sheets},
    )


@pytest.mark.parametrize(("button", "layout", "answers", "protected"), PRESSES)
def test_a_refusal_at_any_change_leaves_it_as_it_was(
    excel: InExcel, books: Books, button: str, layout: str, answers: dict[str, str],
    protected: tuple[str, ...],
) -> None:  # fmt: skip
    press = pressed(excel, books, button, layout, answers)
    for sheet in protected:
        excel.protect(sheet, "")
    before = state(excel)

    def refused_at(change: int, do: Callable[[], None]) -> bool:
        excel.app.fails_after = change
        try:
            do()
        except (ComError, ActionError):  # an Unprotect that is refused has words of ours
            return True
        finally:
            excel.app.fails_after = None
        return False

    changes = 0
    while refused_at(changes, press.commit):
        assert state(excel) == before, f"after {changes} changes"
        assert excel.book.history == []
        changes += 1
    assert changes > 3
    assert state(excel) != before
    # And taking it back: what was refused half way can be pressed again.
    (done,) = excel.book.history
    changes = 0
    while refused_at(changes, lambda: excel.book.undo(excel.book.history[-1])):
        excel.book.refuse_if_changed(done)
        excel.book.undo(done)
        assert state(excel) == before, f"after {changes} changes"
        press.commit()
        (done,) = excel.book.history
        changes += 1
    assert changes > 3
    assert state(excel) == before


@pytest.mark.parametrize("after", [0, 1, 12, 40])
def test_a_workbook_closed_at_any_change_says_what_is_left(
    excel: InExcel, books: Books, after: int
) -> None:
    press = pressed(excel, books, "take", "full", {})
    excel.app.closes_after = after
    with pytest.raises(ComError, match="disconnected") as raised:
        press.commit()
    assert raised.value.__notes__ == [NOT_TAKEN_BACK]


@pytest.mark.parametrize(
    ("table", "header", "row"), [("Journal", "R", 1), ("Exits", "Price", 3), ("Plan", "Margin", 2)]
)
def test_a_refused_row_leaves_the_others_as_they_were(
    excel: InExcel, books: Books, table: str, header: str, row: int
) -> None:
    """What is written before the cell that holds a formula is taken back."""
    excel.open(books("as made"))
    place = next(one for one in excel.tables() if one.name == table)
    cell = excel.workbook.sheet(table).at(place.top + row, place.column(header))
    cell.update(formula="=1+1", value=2.0)
    before = state(excel)
    edits = (
        SetCell("Exits", 1, "Price", 7.0),
        SetCell(table, row, header, 5.0),
        SetCell("Plan", 1, "Symbol", "X"),
    )
    with pytest.raises(ActionError, match="holds a formula: type into an input cell instead"):
        apply(excel.book, Changes(edits), "isomargin: try")
    assert state(excel) == before
