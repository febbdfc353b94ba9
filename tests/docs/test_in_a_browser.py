"""The site opened in Chromium at three sizes: it fits, it can be read, its search finds."""

from __future__ import annotations

import pytest

from tests.hosts.officejs.machine import Machine
from tests.hosts.officejs.served import Browser, Server
from tests.hosts.officejs.test_page import SIZES, serious

PAGES = (
    "",
    "start/excel-web/",
    "formulas/",
    "formulas/iso_scale_out/",
    "sheets/plan/",
    "venues/",
    "gallery/",
    "article/",
    "changelog/",
)


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", "desktop"), ("light", "tablet"), ("light", "phone"), ("dark", "desktop")],
)
def test_pages_fit_and_can_be_read(
    browser: Browser, docs_server: Server, machine: Machine, size: str, scheme: str
) -> None:
    page = browser.open(docs_server.url, colorScheme=scheme, **SIZES[size])
    for name in PAGES:
        page.goto(f"{docs_server.url}/{name}")
        wide = page.run("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
        assert serious(page, machine) == [], name
        broken = page.run("() => [...document.images].filter((i) => !i.naturalWidth).length")
        assert broken == 0, name
    outside = [
        one for one in page.requests if not one.startswith((docs_server.url, "data:", "blob:"))
    ]
    assert not outside
    page.close()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("liquidation price", "formulas/iso_liquidation_price/"),
        ("scale out", "formulas/iso_scale_out/"),
        ("funding", "formulas/iso_carry_cost/"),
        ("Mac", "start/excel-web/"),
    ],
)
def test_search_finds(browser: Browser, docs_server: Server, asked: str, found: str) -> None:
    page = browser.open(f"{docs_server.url}/", **SIZES["desktop"])
    page.call("click", "input.md-search__input")
    page.call("keyboard.type", asked)
    page.until("document.querySelectorAll('.md-search-result__link').length > 0")
    page.run("() => new Promise((done) => setTimeout(done, 300))")
    links = page.run(
        "() => [...document.querySelectorAll('.md-search-result__link')].map((a) => a.href)"
    )
    pages = list(dict.fromkeys(link.split("?")[0] for link in links))  # a page's parts are one
    assert any(page_found.endswith(found) for page_found in pages[:5]), pages[:5]
    page.close()
