"""The pane's three buttons, with a stand-in for Excel's sheets."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hosts.officejs.conftest import OFFICE_JS, in_a_stand_in_for_excel
from tests.hosts.officejs.machine import HERE, Machine
from tests.hosts.officejs.served import Browser, Page, Server
from tests.hosts.officejs.test_page import serious
from udfs import __version__


@pytest.fixture(scope="module")
def pane(browser: Browser, site: dict[str, bytes], machine: Machine) -> Iterator[Page]:
    files = in_a_stand_in_for_excel(site, machine)
    page = files["functions.html"].decode()
    office = "<script>window.Office = { onReady: (then) => then({}) };</script>"
    assert office in page
    files["functions.html"] = page.replace(office, '<script src="excel.js"></script>').encode()
    files["excel.js"] = (HERE / "excel.js").read_bytes()
    server = Server(files)
    opened = browser.open(f"{server.url}/functions.html", viewport={"width": 320, "height": 700})
    opened.run("() => isomargin.ready")
    yield opened
    opened.close()
    server.close()


def cell(formula: str, value: Any = "#NAME?") -> dict[str, Any]:
    return {"formula": formula, "value": value}


def press(page: Page, button: str) -> str:
    page.call("click", f"#{button}")
    page.until("document.getElementById('said').textContent !== '…'")
    said: str = page.call("textContent", "#said")
    return said


def formulas(page: Page) -> list[str]:
    found: list[str] = page.run(
        "() => Object.values(book.sheets).flat(2).map(({ formula }) => formula)"
    )
    return found


def test_connecting_enters_dead_formulas_again_and_leaves_all_others(pane: Page) -> None:
    pane.run("(sheets) => setBook(sheets)", {
        "Plan": [
            [cell('=ISO_KELLY(A1,2)'), cell("=SUM(A1:A2)"), cell("ISO_KELLY(", "ISO_KELLY(")],
            [cell("=1+_xldudf_ISO_KELLY(A1,2)"), cell("=ISO_KELLY(A2,2)", 0.25), cell("", "")],
        ],
        "Empty": [],
        "Other": [[cell("=MY_ISO_X(1)"), cell("=iso_version()")]],
    })  # fmt: skip
    assert press(pane, "connect") == "Connected 3 formulas."
    assert formulas(pane) == [
        "=ISO_KELLY(A1,2)", "=SUM(A1:A2)", "ISO_KELLY(",
        "=1+ISO_KELLY(A1,2)", "=ISO_KELLY(A2,2)", "",
        "=MY_ISO_X(1)", "=iso_version()",
    ]  # fmt: skip
    still_dead = pane.run(
        "() => Object.values(book.sheets).flat(2).filter(({ value }) => value === '#NAME?').length"
    )
    assert still_dead == 2  # those that are not ours
    # From now on the add-in starts with this workbook.
    assert pane.run("() => book.startup") == "Load"
    assert "Nothing to connect" in press(pane, "connect")


def test_a_protected_sheet_does_not_stop_the_others(pane: Page) -> None:
    pane.run("([sheets, locked]) => setBook(sheets, locked)", [
        {"Locked": [[cell("=ISO_KELLY(1,2)")]], "Open": [[cell("=ISO_KELLY(1,2)")]]},
        ["Locked"],
    ])  # fmt: skip
    said = press(pane, "connect")
    assert "Connected 1 formula." in said
    assert "1 cell could not be entered again: unprotect the sheet" in said


def test_check_counts_and_says_what_to_do(pane: Page) -> None:
    pane.run("(sheets) => setBook(sheets)", {
        "Plan": [[cell("=ISO_KELLY(A1,2)"), cell("=ISO_KELLY(A2,2)", 0.25)]],
    })  # fmt: skip
    said = press(pane, "check")
    assert f"isomargin {__version__}" in said
    assert "2 cells of this workbook ask it" in said
    assert "1 of them show #NAME?: press Connect" in said


def test_new_plan_opens_the_web_workbook(pane: Page, site: dict[str, bytes]) -> None:
    assert "A new workbook is open" in press(pane, "plan")
    (opened,) = pane.run("() => book.opened")
    assert base64.b64decode(opened) == site["isomargin-web.xlsx"]


def test_outside_of_excel_a_button_says_where_it_works(
    browser: Browser, excel_server: Server
) -> None:
    page = browser.open(f"{excel_server.url}/functions.html")
    page.run("() => isomargin.ready")
    assert "works inside Excel" in press(page, "connect")
    page.close()


def test_it_says_so_where_office_js_did_not_come(browser: Browser, site: dict[str, bytes]) -> None:
    files = dict(site)
    text = files["functions.html"].decode()
    files["functions.html"] = text.replace(OFFICE_JS, '<script src="gone.js"></script>').encode()
    server = Server(files)
    page = browser.open(f"{server.url}/functions.html")
    assert "Office.js did not come" in page.call("textContent", "#state")
    assert page.call("getAttribute", "#state", "class") == "bad"
    assert page.run("() => document.getElementById('check').disabled")
    page.close()
    server.close()


def test_the_help_in_the_pane_leads_to_pages(pane: Page, site: dict[str, bytes]) -> None:
    targets = pane.run(
        "() => [...document.querySelectorAll('ul a')].map((a) => a.getAttribute('href'))"
    )
    assert {"formulas.html", "install.html", "isomargin-web.xlsx", "support.html"} <= set(targets)
    assert set(targets) <= set(site)


def test_the_pane_is_narrow_and_can_be_read(pane: Page, machine: Machine) -> None:
    assert pane.run("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(pane, machine) == []
