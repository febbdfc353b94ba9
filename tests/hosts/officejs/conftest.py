"""The site as it is built, served on this computer, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.officejs.machine import HERE, RUNTIME, Machine, find_machine
from tests.hosts.officejs.served import Browser, Page, Server

OFFICE_JS = '<script src="https://appsforoffice.microsoft.com/lib/1/hosted/office.js"></script>'
# The runtime knows itself by its file's name.
STAND_IN = (
    '<script src="host.js"></script><script src="custom-functions-runtime.js"></script>'
    "<script>window.Office = { onReady: (then) => then({}) };</script>"
)


@pytest.fixture(scope="session")
def machine() -> Machine:
    return find_machine()


@pytest.fixture(scope="session")
def browser(machine: Machine) -> Iterator[Browser]:
    running = Browser(machine)
    yield running
    running.close()


@pytest.fixture(scope="session")
def site(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site that serves everything itself, by file name."""
    return site_files(machine, tmp_path_factory.mktemp("site"))


def site_files(machine: Machine, folder: Path) -> dict[str, bytes]:
    """What `isomargin build --host officejs` makes of Pyodide's files."""
    from workbook.commands.build import officejs

    officejs(folder, "https://example.org/isomargin", machine.pyodide)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_a_stand_in_for_excel(site: dict[str, bytes], machine: Machine) -> dict[str, bytes]:
    """The site with Microsoft's runtime in place of Office.js, which would look for Excel."""
    page = site["functions.html"].decode()
    assert page.count(OFFICE_JS) == 1
    return site | {
        "functions.html": page.replace(OFFICE_JS, STAND_IN).encode(),
        "host.js": (HERE / "host.js").read_bytes(),
        Path(RUNTIME).name: (machine.packages / RUNTIME).read_bytes(),
    }


@pytest.fixture(scope="session")
def excel_server(site: dict[str, bytes], machine: Machine) -> Iterator[Server]:
    server = Server(in_a_stand_in_for_excel(site, machine))
    yield server
    server.close()


@pytest.fixture(scope="session")
def excel(browser: Browser, excel_server: Server) -> Page:
    """The functions page, with Python up, as Excel holds it."""
    page = browser.open(f"{excel_server.url}/functions.html")
    page.run("() => isomargin.ready")
    return page
