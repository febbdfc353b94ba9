"""Workbooks as people have them, and the programs that they are open in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.table import TableColumn

from addin.embedded import open_book
from addin.libreoffice import driver
from addin.package import Package, TableRows
from tests.hosts.libreoffice.conftest import tools
from tests.workbook.journal.conftest import planned, taken_book
from tests.workbook.live.hosts import ClosedFile, InExcel, InLibreOffice
from udfs import catalogue

__all__ = ["planned", "taken_book", "tools"]


@pytest.fixture(scope="package")
def office(tools: Any) -> Iterator[driver.LibreOffice]:
    """LibreOffice, with a worker that hands out the document as the extension has it."""
    worker = Path(__file__).with_name("office_worker.py")
    with mock.patch.object(driver, "_WORKER", worker), driver.LibreOffice(tools) as running:
        yield running


@pytest.fixture(scope="module")
def xlwings_on_windows() -> Iterator[Any]:
    pytest.importorskip("xlwings")
    from tests.hosts.excel.pywin32_stub import windows_xlwings

    with windows_xlwings() as machinery:
        yield machinery


@pytest.fixture
def excel(xlwings_on_windows: Any) -> InExcel:
    return InExcel()


@pytest.fixture
def closed() -> ClosedFile:
    return ClosedFile()


@pytest.fixture
def document(office: driver.LibreOffice) -> InLibreOffice:
    return InLibreOffice(office)


def _saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return open_book(buffer.getvalue(), catalogue).to_bytes()


def columns_moved(content: bytes) -> bytes:
    """Two columns of Exits have changed places, and one of the person's own stands at the end."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Exits"]
    table = sheet.tables["Exits"]
    head, *rows = sheet[table.ref]
    at = {cell.value: number for number, cell in enumerate(head)}
    for cells in rows:
        one, two = cells[at["Price"]], cells[at["Quantity"]]
        one.value, two.value = two.value, one.value
    columns = table.tableColumns
    names = [column.name for column in columns]
    one, two = names.index("Price"), names.index("Quantity")
    columns[one].name, columns[two].name = "Quantity", "Price"
    head[at["Price"]].value, head[at["Quantity"]].value = "Quantity", "Price"
    right = head[-1].column + 1
    sheet.cell(head[0].row, right, "My own")
    for row, cells in enumerate(rows, 1):
        sheet.cell(cells[0].row, right, f"mine {row}" if row == 1 else None)
    columns.append(TableColumn(id=len(columns) + 1, name="My own"))
    start, end = table.ref.split(":")
    table.ref = f"{start}:{letter(right)}{''.join(filter(str.isdigit, end))}"
    table.autoFilter.ref = table.ref
    return _saved(book)


def tables_full(content: bytes) -> bytes:
    """Journal and Exits have no blank row left; the newest trades stand on top."""
    package = Package.open(content)
    journal, exits = TableRows(package, "Journal"), TableRows(package, "Exits")
    taken = next(journal.records())
    last = len(journal.numbers)
    for at, row in enumerate(journal.numbers):
        if at < last - 1:
            cells = {"Trade": last - at, "Symbol": "X", "Side": "long", "Opened": 45999.0 - at,
                     "Closed": 46000.0 - at, "Exit": 1.0, "Note": None}  # fmt: skip
            for header in (*taken, *cells):
                if not package.sheet("Journal").has_formula(row, journal.table.need(header)):
                    journal.put(row, header, cells.get(header))
        else:
            for header, value in taken.items():
                if not package.sheet("Journal").has_formula(row, journal.table.need(header)):
                    journal.put(row, header, value)
    for row in exits.numbers:
        for header, value in (("Trade", 2), ("Price", 1.0), ("Quantity", 0.01), ("Time", 45990.0)):
            exits.put(row, header, value)
    return open_book(package, catalogue).to_bytes()


def filtered(content: bytes) -> bytes:
    """A filter of Journal shows X alone, and so hides the open trade in the last row."""
    return _with(tables_full(content), _filter)


def grown_by_hand(content: bytes) -> bytes:
    """Journal and Exits were pulled down by two rows; their formulas went along."""
    return _with(content, _pull_down)


def protected(content: bytes) -> bytes:
    """Journal and Exits are protected, but may be sorted and filtered; no row is left."""
    return _with(tables_full(content), _protect)


def _with(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in ("Journal", "Exits"):
        change(book[name])
    return _saved(book)


def _filter(sheet: Any) -> None:
    if sheet.title != "Journal":
        return
    table = sheet.tables["Journal"]
    head, *rows = sheet[table.ref]
    at = [cell.value for cell in head].index("Symbol")
    table.autoFilter.add_filter_column(at, ["X"])
    for cells in rows:
        sheet.row_dimensions[cells[0].row].hidden = cells[at].value != "X"


def _pull_down(sheet: Any) -> None:
    table = sheet.tables[sheet.title]
    last = sheet[table.ref][-1]
    for down in (1, 2):
        for cell in last:
            below = sheet.cell(cell.row + down, cell.column)
            below._style = copy(cell._style)
            if cell.data_type == "f":
                below.value = Translator(cell.value, cell.coordinate).translate_formula(
                    below.coordinate
                )
    start, _, _ = table.ref.partition(":")
    table.ref = f"{start}:{letter(last[-1].column)}{last[0].row + 2}"
    table.autoFilter.ref = table.ref


def _protect(sheet: Any) -> None:
    sheet.protection.sheet = True
    sheet.protection.sort = sheet.protection.autoFilter = False  # not forbidden


LAYOUTS: dict[str, Callable[[bytes], bytes]] = {
    "as made": lambda content: content,
    "columns moved": columns_moved,
    "full": tables_full,
    "filtered": filtered,
    "grown by hand": grown_by_hand,
    "protected": protected,
}


@pytest.fixture(scope="session")
def books(taken_book: bytes) -> Callable[[str], bytes]:
    """The workbook with one open trade and two ideas, laid out in different ways."""
    made: dict[str, bytes] = {}

    def get(layout: str) -> bytes:
        if layout not in made:
            made[layout] = LAYOUTS[layout](taken_book)
        return made[layout]

    return get
