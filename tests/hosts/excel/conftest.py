from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

# Imported when tests are collected, so it has to stay out where its interpreter is missing.
collect_ignore = [] if importlib.util.find_spec("pyopenvba") else ["vba_host.py"]


def need(there: object, words: str) -> None:
    """Skip for want of a tool, with the words what to install; on CI it has to be there."""
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


def required(name: str, words: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        need(None, words)
        raise


@pytest.fixture(scope="session")
def xlwings() -> ModuleType:
    return required("xlwings", 'type  pip install "isomargin[excel]"')


@pytest.fixture(scope="session")
def pyopenvba() -> ModuleType:
    return required("pyopenvba", 'type  pip install "isomargin[build]"')


@pytest.fixture(scope="session")
def soffice() -> str:
    found = shutil.which("soffice")
    need(found, "install LibreOffice Calc 25.2 or newer")
    assert found
    return found


@pytest.fixture(scope="package")
def excel(xlwings: ModuleType) -> Iterator[Any]:
    """xlwings' own Windows machinery, with pywin32 stubbed."""
    from tests.hosts.excel.pywin32_stub import windows_xlwings

    with windows_xlwings() as machinery:
        yield machinery


@pytest.fixture(scope="session")
def small_book() -> bytes:
    """A workbook with a bit of everything: a table, a name, a chart, a formula of ours."""
    book = openpyxl.Workbook()
    plan = book.active
    plan.title = "Plan & more"
    plan.append(["Entry", "Stop", "Liquidation"])
    plan.append([100, 96, '=ISO_LIQUIDATION_PRICE("long",A2,10,0.005)'])
    plan.append([200, 190, '=ISO_LIQUIDATION_PRICE("long",A3,10,0.005)'])
    plan.add_table(Table(displayName="Plan", ref="A1:C3"))
    chart = BarChart()
    chart.add_data(Reference(plan, min_col=1, min_row=1, max_row=3), titles_from_data=True)
    plan.add_chart(chart, "E2")
    journal = book.create_sheet("Journal")
    journal["A1"] = "results"
    book.defined_names["Account"] = DefinedName("Account", attr_text="Journal!$A$1")
    book.properties.created = book.properties.modified = dt.datetime(2026, 1, 1)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def built(
    small_book: bytes,
    xlwings: ModuleType,
    pyopenvba: ModuleType,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """The Excel files made from the small book, by file name."""
    from addin.excel.build import build_excel

    return {path.name: path for path in build_excel(small_book, tmp_path_factory.mktemp("excel"))}
