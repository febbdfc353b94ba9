"""Books of six writers, recalculated: Excel's values, worked out by hand, and a second engine's."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from tests.evidence.conftest import pyopenvba
from tests.evidence.test_second_engine import differing
from tests.foreign.cases import BOOKS, Book
from tests.foreign.known_differences import KNOWN
from tests.foreign.make import FOLDER, file_of, writer_of
from tests.foreign.writers import SHEET, by_openpyxl, by_polars, by_xlsxwriter
from udfs.errors import CellError

__all__ = ["pyopenvba"]

COMMITTED = [(number, writer_of(number)) for number in range(len(BOOKS))]
WRITERS: dict[str, Callable[[Book], bytes]] = {
    "openpyxl": by_openpyxl,
    "XlsxWriter": by_xlsxwriter,
    "polars": by_polars,
}
# A data frame has columns of one kind.
FRAMES = [
    book
    for book in BOOKS
    if all(isinstance(book.cells.get(f"{c}{row}"), int) for c in "AB" for row in range(1, 7))
]


def wrong(computed: EmbeddedBook, book: Book, cells: Any = None) -> list[str]:
    """The formulas of a book whose value is not Excel's."""
    found = []
    for cell, (formula, expected) in book.formulas.items():
        if cells is not None and cell not in cells:
            continue
        shown = computed.value(SHEET, cell)
        if not same(shown, expected):
            found.append(f"{cell} {formula} shows {shown!r}, in Excel {expected!r}")
    return found


def same(shown: Any, expected: Any) -> bool:
    numbers = [type(one) in (int, float) for one in (shown, expected)]
    if all(numbers):
        return math.isclose(shown, expected, rel_tol=1e-12, abs_tol=1e-12)
    return type(shown) is type(expected) and bool(shown == expected)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_book_shows_what_excel_shows(book: Book, writer: str) -> None:
    if writer == "polars" and book not in FRAMES:
        pytest.skip("its data is no frame of numbers")
    computed = open_book(WRITERS[writer](book), {})
    assert not wrong(computed, book)
    assert not computed.kept()


@pytest.mark.parametrize(("number", "writer"), COMMITTED, ids=lambda one: str(one))
def test_a_committed_book_shows_what_excel_shows(number: int, writer: str) -> None:
    book = BOOKS[number]
    data = (FOLDER / file_of(book, writer)).read_bytes()
    # What a writer wrote otherwise than it was told is another formula.
    written = Package(data).formulas(SHEET)
    cells = {
        cell
        for cell, (formula, _) in book.formulas.items()
        if cell in written and plain(written[cell].text) == plain(formula)
    }
    assert len(cells) >= len(book.formulas) * 0.6, "the writer changed the formulas"
    computed = open_book(data, {})
    assert not wrong(computed, book, cells)
    assert not {kept.cell for kept in computed.kept()} & cells


def plain(formula: str) -> str:
    text = formula.removeprefix("=").replace("_xlfn.", "").replace("_xlws.", "")
    return text.replace("_xlpm.", "").replace("_xludf.", "").replace(" ", "")


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_a_second_engine_computes_the_same(
    book: Book, pyopenvba: ModuleType, tmp_path: Path
) -> None:
    if book.date1904:
        pytest.skip("it reads no days of 1904 where openpyxl writes them")
    computed = open_book(by_openpyxl(book), {})
    _, found = differing(computed.to_bytes(), tmp_path / "stripped.xlsx")
    cells = {one.partition(":")[0].partition("!")[2] for one in found}
    formulas = {book.formulas[cell][0] for cell in cells if cell in book.formulas}
    assert formulas <= OTHER_ENGINE, found


# Where the second engine, and not ours, is otherwise than Excel; see the notes in `cases`.
OTHER_ENGINE = frozenset((
    # LOOKUP takes arrays in plain formulas, too: people have done so for decades.
    '=LOOKUP(2,1/(C1:C6="long"),B1:B6)', "=LOOKUP(2,1/(A1:A6>3),D1:D6)",
    # ~ takes the meaning from the sign behind it in MATCH as in COUNTIF.
    '=MATCH("x~~y",D1:D6,0)',
))  # fmt: skip


@pytest.mark.parametrize("formula", KNOWN)
def test_a_known_difference_still_is_one(formula: str) -> None:
    """What is no difference any more leaves the list; nothing may come to it."""
    told = KNOWN[formula]
    book = Book("known", "", {}, {"H1": (formula, told.excel)})
    shown = open_book(by_openpyxl(book), {}).value(SHEET, "H1")
    assert not same(shown, told.excel), "correct now: take it off the list"
    assert same(shown, told.ours)


def test_the_list_of_known_differences_only_shrinks() -> None:
    assert len(KNOWN) <= 8


def test_every_writer_has_books() -> None:
    assert len(BOOKS) >= 30
    assert len(FRAMES) >= 5
    assert {writer for _, writer in COMMITTED} == {"sheetjs", "exceljs", "libreoffice"}
    assert isinstance(CellError.NA, CellError)
