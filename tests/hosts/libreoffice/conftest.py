"""LibreOffice for the tests: one at a time, ended with the tests that need it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from addin.computer import Computer
from addin.libreoffice.driver import LibreOffice
from addin.libreoffice.host import HostMissing, Tools, find_tools


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The computer's LibreOffice; skipped, or failed where nothing may be left untested."""
    try:
        return find_tools(Computer())
    except HostMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def office(tools: Tools) -> Iterator[LibreOffice]:
    """A running LibreOffice with the add-in, for one file of tests."""
    with LibreOffice(tools) as running:
        yield running
