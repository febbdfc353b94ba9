"""The template, built once, and ways to look into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from workbook.template.build import build_template
from workbook.template.structured import shown


class FormulaCell(NamedTuple):
    """A formula and where it stands; `text` is as Excel shows it."""

    sheet: str
    cell: str
    text: str


@pytest.fixture(scope="session")
def data() -> bytes:
    return build_template()


@pytest.fixture(scope="session")
def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def book(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def _formulas(book: Workbook) -> Iterator[FormulaCell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, ArrayFormula):
                    value = value.text
                elif cell.data_type != "f":
                    continue
                yield FormulaCell(sheet.title, cell.coordinate, shown(str(value)))


@pytest.fixture(scope="session")
def formulas(book: Workbook) -> list[FormulaCell]:
    return list(_formulas(book))
