"""What the page and the Office.js add-in cost in Chromium, beside the embedded engine."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from addin.embedded import Evaluator
from tests.benchmarks.measure import OURS, Aim, Effort, Missing, Result, agree, side_by_side
from tests.hosts.officejs.calls import call
from tests.hosts.officejs.conftest import in_a_stand_in_for_excel, site_files
from tests.hosts.officejs.machine import find_machine
from tests.hosts.officejs.served import Browser, Page, Server
from udfs import catalogue

_READY = """() => isomargin.ready.then(() => isomargin.ask("plan", "{}")).then(() => ({
    ready: performance.now() / 1000,
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000,
    code: isomargin.laps["code is here"] / 1000, python: isomargin.laps["Python is up"] / 1000,
}))"""
# A key pressed in a field, until the numbers are drawn anew.
_CHANGES = """async (times) => {
    const took = [], field = document.getElementById("leverage");
    const numbers = document.getElementById("numbers");
    for (let at = 0; at < times; at += 1) {
        const drawn = new Promise((resolve) => {
            const look = new MutationObserver(() => { look.disconnect(); resolve(); });
            look.observe(numbers, { childList: true });
        });
        const begin = performance.now();
        field.value = String(5 + at);
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await drawn;
        took.push((performance.now() - begin) / 1000);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return took;
}"""
_NAME = "ISO_LIQUIDATION_PRICE"


def run(effort: Effort) -> Iterator[Result]:
    """Start, a change on the page, and calls bare and through Microsoft's runtime."""
    try:
        machine = find_machine()
    except (pytest.skip.Exception, pytest.fail.Exception) as error:
        raise Missing(str(error)) from None
    with tempfile.TemporaryDirectory() as folder:
        server = Server(in_a_stand_in_for_excel(site_files(machine, Path(folder)), machine))
    browser = Browser(machine)
    try:
        yield from _page(browser, server, effort)
        yield from _calls(browser, server, effort)
    finally:
        browser.close()
        server.close()


def _page(browser: Browser, server: Server, effort: Effort) -> Iterator[Result]:
    starts = []
    for _ in range(effort.size(7, 1)):
        page = browser.open(f"{server.url}/")  # in a profile of its own: nothing is kept of before
        starts.append(page.run(_READY))
        changes = page.run(_CHANGES, effort.size(30, 10))
        page.close()
    figures = {
        f"{name}, s": statistics.median(start[name] for start in starts)
        for name in ("paint", "code", "python")
    }
    times = {OURS: [start["ready"] for start in starts]}
    yield Result("page: first computed answer", times, (Aim(5),), figures=figures)
    yield Result("page: after a change", {OURS: changes}, (Aim(0.06),))


def _calls(browser: Browser, server: Server, effort: Effort) -> Iterator[Result]:
    page = browser.open(f"{server.url}/functions.html")
    page.run("() => isomargin.ready")
    evaluator = Evaluator(catalogue)
    for count in (1, effort.size(1_000, 100)):
        one = call(_NAME, "long", 100.0, 10.0, 0.005)
        _give(page, [one] * count)
        formula = f'={_NAME}("long",100,10,0.005)'
        agree("a call in Chromium", _bare(page, 1)[0], evaluator.evaluate(formula))
        yield side_by_side(
            f"Chromium, {count:,} call{'s' * (count > 1)}",
            {
                OURS: lambda: _bare(page),
                "through Microsoft's runtime": lambda: _through(page),
                "embedded engine": lambda: [evaluator.evaluate(formula) for _ in range(count)],  # noqa: B023
            },
            effort,
        )
    rows = effort.size(10_000, 1_000)
    entries = [[100 + at / 100] for at in range(rows)]
    leverages = [[2.0 + at % 50] for at in range(rows)]
    _give(page, [call(_NAME, "long", entries, leverages, 0.005)])
    formula = catalogue[_NAME]
    agree("an array in Chromium", _bare(page, 1)[0], formula("long", entries, leverages, 0.005))
    yield side_by_side(
        f"Chromium, one call of {rows:,} rows",
        {
            OURS: lambda: _bare(page),
            "through Microsoft's runtime": lambda: _through(page),
            "the formula itself": lambda: formula("long", entries, leverages, 0.005),
        },
        effort,
    )
    page.close()


def _give(page: Page, calls: list[list[object]]) -> None:
    page.run("(calls) => { window.calls = calls; }", calls)


def _bare(page: Page, given: int = 0) -> list[object]:
    """The add-in's own way: queue, worker, Python, and back; the first answers are given out."""
    answers: list[object] = page.run(
        """async (given) => {
            const answers = calls.map(([name, ...given]) => isomargin.call(name, given));
            return (await Promise.all(answers)).slice(0, given);
        }""",
        given,
    )
    return answers


def _through(page: Page) -> None:
    page.run("async () => { await host.invoke(calls); }")
