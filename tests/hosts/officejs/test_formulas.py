"""Every formula through Microsoft's runtime in Chromium, against the formula itself."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.hosts.officejs.calls import ask, call, expected, invoke, reaches
from tests.hosts.officejs.conftest import in_a_stand_in_for_excel
from tests.hosts.officejs.machine import Machine
from tests.hosts.officejs.served import Browser, Page, Server
from tests.hosts.parity_inputs import answer, cases, same
from udfs import CellError, __version__, catalogue

# The sum over jumps takes differences of numbers that are nearly alike: the last digits of the
# browser's exponential, which are not this computer's, show in more places than elsewhere.
_CLOSE = {"ISO_TOUCH_PROBABILITY": 1e-9}


@pytest.mark.parametrize("name", catalogue)
def test_excel_shows_what_the_formula_answers(excel: Page, name: str) -> None:
    given = cases(name)
    if any(argument.name == "paths" for argument in catalogue[name].arguments):
        # A simulation is right or wrong in all its cases alike, and takes ten times as long here.
        given = given[:: len(given) // 25]
    got: list[Any] = []
    for at in range(0, len(given), 1000):
        part = [call(name, *case.arguments) for case in given[at : at + 1000]]
        got += invoke(excel, part)
    differing = [
        f"{case}\n  should be {wanted}\n  shows     {value}"
        for case, value in zip(given, got, strict=True)
        if not same(wanted := expected(answer(name, reaches(case))), value, _CLOSE.get(name, 1e-12))
    ]
    assert not differing, "\n".join(differing[:5])


def test_an_error_has_the_words_of_explain(excel: Page) -> None:
    (text,) = ask(excel, [call("ISO_LIQUIDATION_PRICE", "lng", 100, 10)])
    assert text["error"] == "#VALUE!"
    assert text["words"] == catalogue["ISO_LIQUIDATION_PRICE"].explain("lng", 100, 10)
    (blank,) = ask(excel, [call("ISO_LIQUIDATION_PRICE", None, 100, 10)])
    assert blank["error"] == "#N/A"
    assert blank["words"].startswith("side is blank")


def test_an_error_in_an_array_has_its_place_in_words(excel: Page) -> None:
    (result,) = ask(excel, [call("ISO_LIQUIDATION_PRICE", "long", 100, [[10, "text", 0]])])
    (row,) = result["value"]
    assert row[0] == 90
    assert (row[1]["code"], row[2]["code"]) == ("#VALUE!", "#NUM!")
    told = json.dumps(row[1])
    assert "row 1, column 2" in told


def test_errors_come_in_as_errors(excel: Page) -> None:
    for error in CellError:
        (got,) = invoke(excel, [call("ISO_LIQUIDATION_PRICE", "long", error, 10)])
        assert got == expected(error)


def test_a_column_of_ten_thousand_rows_is_one_call(excel: Page) -> None:
    before = excel.run("() => isomargin.counts.batches")
    entries = [[100 + row / 7] for row in range(10_000)]
    entries[5_000] = ["no number"]
    (got,) = invoke(excel, [call("ISO_LIQUIDATION_PRICE", "long", entries, 10)])
    assert excel.run("() => isomargin.counts.batches") == before + 1
    wanted = catalogue["ISO_LIQUIDATION_PRICE"]("long", entries, 10)
    assert len(got) == 10_000
    assert same(wanted, got)
    assert got[5_000] == [CellError.VALUE]


def test_calls_of_one_recalculation_travel_together(excel: Page) -> None:
    before = excel.run("() => isomargin.counts.batches")
    calls = [call("ISO_LIQUIDATION_PRICE", "long", 100 + n, 10) for n in range(500)]
    got = invoke(excel, calls)
    assert got == pytest.approx([(100 + n) * 0.9 for n in range(500)])
    # The runtime makes the calls one after the other and may hand them over in a few parts.
    assert excel.run("() => isomargin.counts.batches") - before <= 5


def test_rich_values_count_as_what_they_show(excel: Page) -> None:
    money = {"type": "FormattedNumber", "basicValue": 100, "numberFormat": "$0"}
    failed = {"type": "Error", "basicType": "Error", "basicValue": "#DIV/0!"}
    stock = {"type": "Entity", "text": "MSFT", "properties": {}}
    rows = excel.run(
        """async (values) => Promise.all(values.map((value) =>
            CustomFunctions._association.mappings.ISO_LIQUIDATION_PRICE(
                [["long"]], [[value]], [[10]], null, null, null, null, null, null, null, {})
            .then((rows) => rows[0][0], (error) => error.code)))""",
        [money, failed, stock],
    )
    assert rows == [90, "#DIV/0!", "#VALUE!"]


def test_every_formula_is_there_before_python_is(browser: Browser, excel_server: Server) -> None:
    """Calls that come early wait and are answered."""
    page = browser.open("about:blank")
    page.call("goto", f"{excel_server.url}/functions.html", {"waitUntil": "domcontentloaded"})
    early, later = page.run(
        """async () => {
            let up = false;
            isomargin.ready.then(() => { up = true; });
            const early = host.invoke([["ISO_VERSION"], ["ISO_KELLY", [[0.5]], [[2]]]]);
            await new Promise((resolve) => setTimeout(resolve, 0));
            const before = up;
            return [before, await early];
        }"""
    )
    assert early is False
    assert [one["value"] for one in later] == [[[__version__]], [[0.25]]]
    assert page.run("() => Object.keys(CustomFunctions._association.mappings).sort()") == sorted(
        catalogue
    )
    page.close()


@pytest.mark.parametrize("broken", ["pyodide/pyodide.asm.wasm", "pyodide/pyodide.mjs", "wheel"])
def test_a_file_that_is_not_the_pinned_one_is_not_started(
    browser: Browser, site: dict[str, bytes], machine: Machine, broken: str
) -> None:
    files = in_a_stand_in_for_excel(site, machine)
    name = next(n for n in files if n.endswith(".whl")) if broken == "wheel" else broken
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])
    _fails_to_start(browser, files)


@pytest.mark.parametrize("missing", ["isomargin.zip", "pyodide/python_stdlib.zip", "worker.js"])
def test_a_failed_start_says_so(
    browser: Browser, site: dict[str, bytes], machine: Machine, missing: str
) -> None:
    files = in_a_stand_in_for_excel(site, machine)
    del files[missing]
    _fails_to_start(browser, files)


def _fails_to_start(browser: Browser, files: dict[str, bytes]) -> None:
    server = Server(files)
    page = browser.open(f"{server.url}/functions.html")
    page.until("document.getElementById('state').className === 'bad'")
    state = page.call("textContent", "#state")
    assert "Formulas show #N/A" in state
    assert page.run("() => document.getElementById('check').disabled")
    (early,) = ask(page, [["ISO_VERSION"]])
    assert early["error"] == "#N/A"
    assert re.match("isomargin could not start|the worker did not start|.+", early["words"])
    page.close()
    server.close()


def test_pyodide_may_come_from_its_own_address(
    browser: Browser, machine: Machine, site: dict[str, bytes], tmp_path: Any
) -> None:
    """As built without a folder: the address is the one pinned, and the hashes hold there, too."""
    from addin.officejs.site import pinned
    from workbook.commands.build import officejs

    officejs(tmp_path, "https://example.org/isomargin", None)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    cdn = Server({path.name: path.read_bytes() for path in machine.pyodide.iterdir()})
    address = pinned()["cdn"].encode()
    here = f"{cdn.url}/".encode()
    assert address in files["worker.js"]
    files["worker.js"] = files["worker.js"].replace(address, here)
    server = Server(in_a_stand_in_for_excel(files, machine))
    page = browser.open(f"{server.url}/functions.html")
    page.run("() => isomargin.ready")
    assert invoke(page, [call("ISO_VERSION")]) == [__version__]
    page.close()
    server.close()
    cdn.close()


def test_no_request_leaves_the_server_and_none_is_for_nothing(
    excel: Page, excel_server: Server
) -> None:
    assert excel.requests
    outside = [one for one in excel.requests if not one.startswith((excel_server.url, "blob:"))]
    assert not outside
    # The last is a table of Office's own that Microsoft's runtime looks for beside itself.
    assert set(excel_server.missing) <= {"favicon.ico", "o15apptofilemappingtable.js"}
