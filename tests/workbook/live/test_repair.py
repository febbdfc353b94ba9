"""Repair pressed in an open workbook: the template's formulas back, and taken back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addin.package import Package
from addin.package.addresses import Area, a1, cell
from tests.workbook.live.hosts import AT, ClosedFile, InExcel
from workbook import bundled
from workbook.actions import ActionError
from workbook.live.libreoffice.remote import RemoteBook
from workbook.live.press import Press
from workbook.repair import faults

TEMPLATE = Package.open(bundled.template())
Books = Callable[[str], bytes]


def damaged(content: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """Formulas lost: two in tables, one on a protected sheet, an array, and where they stood."""
    book = Package.open(content)
    plan, journal = book.table("Plan"), book.table("Journal")
    places = [
        ("Plan", a1(plan.first_row, plan.need("Liq price"))),
        ("Journal", a1(journal.first_row + 1, journal.need("R"))),
    ]
    for sheet in ("Settings", "Trade"):
        formulas = book.formulas(sheet)
        places.append((sheet, next(at for at, one in formulas.items() if one.array is None)))
    places.append(
        next(("Trade", at) for at, one in book.formulas("Trade").items() if one.array is not None)
    )
    for at, (sheet, address) in enumerate(places):
        value: Any = "=1+1" if at == 1 else 50_000.0  # a text that only looks like a formula
        book.sheet(sheet).set_input(*cell(address), None if at == 4 else value)
    return book.to_bytes(), places


@pytest.fixture
def open_and_damaged(excel: InExcel, books: Books) -> InExcel:
    content, _ = damaged(books("as made"))
    excel.open(content)
    return excel


def formulas(excel: InExcel) -> dict[tuple[str, str], str]:
    return {at: text for at, (_, text) in excel.workbook.cells().items() if text}


def test_the_formulas_are_those_of_the_closed_file(
    excel: InExcel, closed: ClosedFile, books: Books
) -> None:
    content, places = damaged(books("as made"))
    excel.open(books("as made"))
    whole = formulas(excel)
    for host in (excel, closed):
        host.open(content)
        said = host.press("repair", {})
        for sheet, address in places:
            assert any(f"{sheet}!{address}" in line for line in said)
        assert said[-1] == f"{len(places)} formulas are back"
    assert formulas(excel) == whole
    for sheet, address in places:
        mine, row, column = closed.package.sheet(sheet), *cell(address)
        assert f"={mine.formulas[row, column].text}" == whole[sheet, address]
    assert faults(closed.package, TEMPLATE) == []


def test_an_array_fills_its_cells_again(open_and_damaged: InExcel) -> None:
    trade = open_and_damaged.workbook.sheet("Trade")
    wanted = {one.array for one in TEMPLATE.sheet("Trade").formulas.values() if one.array}
    assert set(trade.arrays) < wanted
    open_and_damaged.press("repair", {})
    assert set(trade.arrays) == wanted


def test_undo_gives_back_what_stood_there(open_and_damaged: InExcel) -> None:
    before = open_and_damaged.everything()
    arrays = set(open_and_damaged.workbook.sheet("Trade").arrays)
    open_and_damaged.press("repair", {})
    (done,) = open_and_damaged.book.history
    assert done.name == "repair"
    open_and_damaged.book.refuse_if_changed(done)
    open_and_damaged.book.undo(done)
    assert open_and_damaged.everything() == before
    assert set(open_and_damaged.workbook.sheet("Trade").arrays) == arrays
    assert open_and_damaged.workbook.sheet("Trade").ProtectContents


def test_undo_is_refused_where_a_formula_was_typed_over_since(open_and_damaged: InExcel) -> None:
    open_and_damaged.press("repair", {})
    plan = open_and_damaged.workbook.table("Plan").block
    column = next(t for t in open_and_damaged.tables() if t.name == "Plan").column("Liq price")
    open_and_damaged.workbook.sheet("Plan").Cells(plan.top + 1, column).Value2 = 7.0
    (done,) = open_and_damaged.book.history
    with pytest.raises(ActionError, match="was changed after repair"):
        open_and_damaged.book.refuse_if_changed(done)


def test_an_array_of_a_persons_own_in_the_way_is_told(open_and_damaged: InExcel) -> None:
    """Somebody's array reaches from the place of the lost one over its edge."""
    trade = open_and_damaged.workbook.sheet("Trade")
    lost = next(
        one.array
        for one in TEMPLATE.sheet("Trade").formulas.values()
        if one.array and one.array not in trade.arrays
    )
    trade.arrays.append(Area(lost.bottom, lost.left, lost.bottom + 1, lost.left))
    before = open_and_damaged.everything()
    with pytest.raises(ActionError, match=r"Trade!\w+:\w+: an array formula stands in some"):
        open_and_damaged.press("repair", {})
    assert open_and_damaged.everything() == before


def test_a_whole_workbook_has_nothing_to_repair(excel: InExcel, books: Books) -> None:
    excel.open(books("as made"))
    press = Press("repair", excel.book, AT)
    assert press.form() == ()
    assert press.preview({}).words == ("every formula of the template is in its place",)
    assert not press.has_something_to_do


def test_a_column_that_is_gone_needs_the_command(excel: InExcel, books: Books) -> None:
    excel.open(books("as made"))
    part = excel.workbook.package.table("Plan").part
    text = excel.workbook.package.part(part).decode().replace('name="Lot"', 'name="Lots"')
    from tests.addin.books import with_parts

    excel.open(with_parts(books("as made"), {part: text.encode()}))
    press = Press("repair", excel.book, AT)
    press.form()
    with pytest.raises(ActionError, match=r"column Lot is gone.* type isomargin repair"):
        press.preview({})


def test_a_program_that_takes_no_formulas_names_the_fault_and_the_command(
    open_and_damaged: InExcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_and_damaged.book, "takes_formulas", RemoteBook.takes_formulas, False)
    press = Press("repair", open_and_damaged.book, AT)
    press.form()
    with pytest.raises(ActionError, match=r"the formula of .* is gone.* and 4 more: .*closed file"):
        press.preview({})
