"""The site opened in Chromium at three sizes: it fits, it can be read, its search finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.officejs.machine import Machine
from tests.hosts.officejs.served import Browser, Server
from tests.hosts.officejs.test_page import SIZES, serious
from udfs import catalogue

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


@pytest.mark.parametrize(("scheme", "size"), [("light", "phone"), ("dark", "desktop")])
def test_pages_fit_and_can_be_read(
    browser: Browser, docs_server: Server, machine: Machine, size: str, scheme: str
) -> None:
    """One page of each kind, by axe-core."""
    page = browser.open(docs_server.url, colorScheme=scheme, **SIZES[size])
    for name in PAGES:
        page.goto(f"{docs_server.url}/{name}")
        assert page.run("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert serious(page, machine) == [], name
    page.close()


def test_every_page_fits_at_each_size_and_shows_its_pictures(
    browser: Browser, docs_server: Server, machine: Machine, built: Path
) -> None:
    """Loaded once and made narrower; axe-core looks at each page at one of the sizes."""
    every = sorted(one.parent.relative_to(built).as_posix() for one in built.rglob("index.html"))
    assert len(every) > len(catalogue)
    page = browser.open("about:blank")
    found = []
    for at, name in enumerate(every):
        page.goto(f"{docs_server.url}/{name}/")
        page.call("addStyleTag", {"content": "* { transition: none !important; }"})
        for turn, size in enumerate(SIZES):
            page.call("setViewportSize", SIZES[size]["viewport"])
            wide = page.run("() => document.documentElement.scrollWidth - innerWidth")
            wrong = serious(page, machine) if at % len(SIZES) == turn else []
            if wide > 0 or wrong:
                found.append((name, size, wide, wrong))
        broken = page.run("() => [...document.images].filter((i) => !i.naturalWidth).length")
        if broken:
            found.append((name, f"{broken} pictures"))
    assert found == []
    assert not [line for line in page.said if line.startswith("error")]
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
