"""The page as a person uses it: typing, wrong input, phone, keyboard, without a connection."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.hosts.officejs.machine import Machine
from tests.hosts.officejs.served import Browser, BrowserError, Page, Server
from tests.hosts.officejs.test_plan import planned

SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "tablet": {"viewport": {"width": 768, "height": 1024}},
    "phone": {"viewport": {"width": 360, "height": 740}, "isMobile": True, "hasTouch": True},
}


@pytest.fixture(scope="module")
def server(site: dict[str, bytes]) -> Iterator[Server]:
    running = Server(site)
    yield running
    running.close()


@pytest.fixture(scope="module")
def page(browser: Browser, server: Server) -> Page:
    opened = browser.open(f"{server.url}/", acceptDownloads=True)
    opened.run("() => isomargin.ready")
    return opened


@pytest.fixture(autouse=True)
def from_the_beginning(request: pytest.FixtureRequest) -> None:
    if "page" in request.fixturenames:
        page: Page = request.getfixturevalue("page")
        page.run("() => { location.hash = '#days=7'; location.hash = ''; }")
        _settled(page)


def _settled(page: Page) -> None:
    """Until the page has asked and shown: Python answers in order."""
    page.run(
        """async () => {
            for (let i = 0; i < 3; i += 1) {
                await isomargin.ask("batch", "[]");
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
        }"""
    )


def typed(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.call("fill", f"#{name}", text)
    _settled(page)


def title(page: Page) -> str:
    text: str = page.call("textContent", "#title")
    return text


def number(page: Page, label: str) -> str:
    text: str = page.run(
        """(label) => [...document.querySelectorAll("#numbers div")]
            .find((one) => one.querySelector("dt").textContent === label)
            .querySelector("dd").firstChild.textContent""",
        label,
    )
    return text


def asked(page: Page) -> dict[str, Any]:
    """What the page's fields say, as Python takes it."""
    found: dict[str, Any] = page.run(
        """() => {
            const market = planData.markets[document.getElementById("market").value];
            const fields = Object.fromEntries(new FormData(document.getElementById("form")));
            return { ...fields, symbol: market.symbol, venue: market.venue, tiers: market.tiers,
                tiering: market.tiering };
        }"""
    )
    return found


def test_answers_are_there_before_python_is(browser: Browser, site: dict[str, bytes]) -> None:
    """Even where Python never comes: what the page was built with is shown at once."""
    files = {name: body for name, body in site.items() if name != "isomargin.zip"}
    server = Server(files)
    page = browser.open(f"{server.url}/")
    assert page.run("() => document.querySelectorAll('#numbers div').length") == 8
    assert page.run("() => document.querySelector('svg text') !== null")
    page.until("document.getElementById('state').textContent.includes('could not start')")
    page.close()
    server.close()


def test_what_comes_late_is_waited_for(browser: Browser, server: Server) -> None:
    """The page forbids text as code; the tests' own waiting must do without."""
    page = browser.open(f"{server.url}/")
    page.run("() => { window.late = 0; setTimeout(() => { window.late = 1; }, 400); }")
    page.until("window.late === 1")
    with pytest.raises(BrowserError, match=r"not within 0.2 s: window.late === 2"):
        page.until("window.late === 2", seconds=0.2)
    later = """() => new Promise((resolve) => setTimeout(() => {
        try { eval("1"); resolve("allowed"); } catch (error) { resolve(error.name); }
    }, 0))"""
    assert page.run(later) == "EvalError"
    page.close()


def test_what_is_shown_is_what_the_formulas_answer(page: Page) -> None:
    for fields in (
        {"entry": "2500", "stop": "2400", "leverage": "8"},
        {"account": "512.5", "risk": "0.5%", "days": "30", "leverage": "3"},
    ):
        typed(page, **fields)
        answers = planned(asked(page))["answers"]
        shown = {
            "Liquidation price": answers["liquidation"]["value"],
            "Liquidation at the end": answers["liquidation_at_end"]["value"],
            "Size": answers["size"]["value"],
            "Carry over the days": answers["carry"]["value"],
            "Break-even": answers["breakeven"]["value"],
        }
        for label, value in shown.items():
            text = number(page, label).replace(",", "").removesuffix(" units")
            assert float(text) == pytest.approx(value, rel=6e-6, abs=0.005), label
        formulas = page.run(
            "() => [...document.querySelectorAll('#formula-list code')].map((e) => e.textContent)"
        )
        assert answers["liquidation"]["formula"] in formulas


def test_typing_changes_the_verdict_in_words(page: Page) -> None:
    assert "The stop comes first" in title(page)
    typed(page, leverage="25")
    assert "comes before the stop" in title(page)
    assert page.call("getAttribute", "#verdict", "class") == "verdict bad"
    page.call("check", "input[value=short]")
    _settled(page)
    assert "wrong side" in title(page)


def test_wrong_input_is_said_at_its_field(page: Page) -> None:
    typed(page, entry="1,5")
    assert page.call("getAttribute", "#entry", "aria-invalid") == "true"
    assert "with a point" in page.call("textContent", "#entry-wrong")
    assert page.call("getAttribute", "#entry", "aria-describedby") == "entry-wrong"
    typed(page, entry="100")
    assert page.call("getAttribute", "#entry", "aria-invalid") is None
    assert page.call("textContent", "#entry-wrong") == ""


def test_what_is_wrong_can_be_read_and_the_rest_is_of_before(page: Page, machine: Machine) -> None:
    was = number(page, "Size")
    typed(page, stop="x")
    assert "those of before" in page.call("textContent", "#words")
    assert number(page, "Size") == was
    assert serious(page, machine) == []


def test_going_to_the_answers_keeps_the_plan(page: Page) -> None:
    typed(page, entry="2500", stop="2300")
    page.call("focus", "#skip")
    page.call("keyboard.press", "Enter")
    _settled(page)
    assert page.run("() => document.activeElement.id") == "answers"
    assert page.call("inputValue", "#entry") == "2500"
    assert "#entry=2500" in page.run("() => location.href")


def test_a_phone_keeps_the_verdict_in_sight(browser: Browser, server: Server) -> None:
    page = browser.open(f"{server.url}/#leverage=25", **SIZES["phone"])
    page.run("() => isomargin.ready")
    _settled(page)
    page.until("!document.getElementById('bar').hidden")
    assert page.call("textContent", "#bar") == title(page)
    assert "comes before the stop" in title(page)
    page.call("click", "#bar")
    page.until("document.getElementById('bar').hidden")  # the verdict itself is in sight
    page.close()


def test_the_source_of_terms_is_a_link(page: Page) -> None:
    links = page.run("() => [...document.querySelectorAll('#source a')].map((a) => a.href)")
    assert links == ["https://hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers"]


def test_an_error_in_a_closed_part_opens_it(page: Page) -> None:
    page.run("() => { document.getElementById('terms').open = true; }")
    page.call("fill", "#fee", "much")
    page.run("() => { document.getElementById('terms').open = false; }")
    page.call("fill", "#entry", "101")
    _settled(page)
    assert page.run("() => document.getElementById('terms').open")


def test_a_link_shares_the_plan(page: Page, browser: Browser, server: Server) -> None:
    typed(page, entry="2500", stop="2300", risk="1%")
    wanted = page.run("() => planData.markets.findIndex((one) => one.venue === 'dYdX')")
    page.call("selectOption", "#market", str(wanted))
    _settled(page)
    page.run("() => { document.getElementById('terms').open = true; }")
    typed(page, fee="0.03%")
    address = page.run("() => location.href")
    assert "#" in address
    assert "?" not in address  # what stands behind the # is never sent to a server
    other = browser.open(address)
    assert asked(other) == asked(page)
    other.run("() => isomargin.ready")
    _settled(other)
    assert title(other) == title(page)
    other.close()


@pytest.mark.parametrize(
    "broken",
    ["#entry=%3Cimg%20src=x%20onerror=alert(1)%3E", "#market=Nowhere/XYZ&model=guess", "#%E0%A4%A"],
)
def test_a_broken_link_is_only_text(page: Page, broken: str) -> None:
    page.run("(hash) => { location.hash = hash; }", broken)
    _settled(page)
    assert page.run("() => document.querySelectorAll('main img').length") == 0
    assert title(page)


def test_the_market_brings_its_terms(page: Page) -> None:
    for at, market in enumerate(page.run("() => planData.markets")):
        if at % 7 == 0:
            page.call("selectOption", "#market", str(at))
            assert page.call("inputValue", "#maintenance") == market["terms"]["maintenance"]
            assert market["asOf"] in page.call("textContent", "#source")


def test_the_plan_comes_as_a_workbook(page: Page, tmp_path: Path) -> None:
    typed(page, entry="2500", stop="2400", leverage="8")
    path = tmp_path / "plan.xlsx"
    name = page.download("#download", path)
    assert name == "plan-ETH.xlsx"
    book = load_workbook(io.BytesIO(path.read_bytes()))
    row = [cell.value for cell in book["Plan"][11]]
    assert 2500 in row
    assert 2400 in row


def test_all_of_it_by_keyboard(page: Page) -> None:
    page.run("() => document.activeElement.blur()")
    page.run("() => document.body.focus()")
    met = []
    for _ in range(40):
        page.call("keyboard.press", "Tab")
        met.append(page.run("() => document.activeElement.id || document.activeElement.name"))
    for wanted in ("entry", "stop", "account", "risk", "leverage", "days", "market", "link"):
        assert wanted in met, wanted
    page.call("focus", "#leverage")
    page.call("keyboard.press", "Control+A")
    page.call("keyboard.type", "25")
    _settled(page)
    assert "comes before the stop" in title(page)
    ring = page.run("() => getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none"


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", "desktop"), ("light", "tablet"), ("light", "phone"), ("dark", "phone")],
)
def test_it_fits_and_can_be_read(
    browser: Browser, server: Server, machine: Machine, size: str, scheme: str
) -> None:
    page = browser.open(f"{server.url}/", colorScheme=scheme, **SIZES[size])
    page.run("() => { document.querySelectorAll('details').forEach((d) => { d.open = true; }); }")
    wide = page.run("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    small = page.run(
        """() => [...document.querySelectorAll("button, select, input:not([type=radio])")]
            .filter((one) => !one.hidden)
            .filter((one) => one.getBoundingClientRect().height < 43)
            .map((one) => one.id)"""
    )
    assert small == []
    assert serious(page, machine) == []
    page.close()


def serious(page: Page, machine: Machine) -> list[str]:
    """What axe-core finds of contrast, names, roles."""
    axe = (machine.packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page.run("(code) => { (0, eval)(code); }", axe)
    found: list[str] = page.run(
        """async () => (await axe.run()).violations
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(({ id, nodes }) => `${id}: ${nodes[0].html}`)"""
    )
    return found


@pytest.mark.parametrize("name", ["install.html", "formulas.html", "support.html", "privacy.html"])
def test_the_other_pages_can_be_read(
    browser: Browser, server: Server, machine: Machine, name: str
) -> None:
    page = browser.open(f"{server.url}/{name}", **SIZES["phone"])
    assert page.run("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious(page, machine) == []
    page.close()


def test_it_works_without_a_connection_after_the_first_time(
    browser: Browser, site: dict[str, bytes]
) -> None:
    server = Server(site)
    page = browser.open(f"{server.url}/")
    page.run("() => isomargin.ready")
    page.run("async () => { await navigator.serviceWorker.ready; }")
    page.until("navigator.serviceWorker.controller !== null")
    server.close()
    page.offline(True)
    page.again(f"{server.url}/#entry=200&stop=190")
    page.run("() => isomargin.ready")
    _settled(page)
    assert number(page, "Size") != "none"
    assert "computed" in page.call("textContent", "#state").lower()
    page.close()


def test_no_request_leaves_the_server(page: Page, server: Server) -> None:
    outside = [one for one in page.requests if not one.startswith((server.url, "blob:", "data:"))]
    assert not outside
    assert not server.missing
    assert not [line for line in page.said if line.startswith("error")], json.dumps(page.said)
