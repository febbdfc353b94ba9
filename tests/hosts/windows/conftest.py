from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.hosts.excel.conftest import need, pyopenvba, xlwings
from tests.hosts.windows import environment
from tests.hosts.windows.windows import Windows

__all__ = ["pyopenvba", "xlwings"]

# For the Windows Python alone.
collect_ignore_glob = ["inside/*", "gaps/*"]

COMMAND = "python -m tests.hosts.windows"


# What goes through the COM server: `python -m tests.hosts.windows` runs it, plain pytest does not.
# A server that wine lets hang would hold a whole run up.
if "ISOMARGIN_WINDOWS_TESTS" not in os.environ:
    collect_ignore_glob.append("test_formulas.py")


def whole() -> bool:
    """Whether everything is to run, and not the quick form alone."""
    return os.environ.get("ISOMARGIN_WINDOWS_TESTS") == "whole"


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    """A Windows Python, set up on CI; elsewhere by the command that says so.

    One module of tests at a time: ending what one has left running would end another's, too.
    """
    need(not environment.missing(), str(environment.missing()))
    folder = environment.home()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if os.environ.get("CI") == "true":
            environment.set_up()
        if not environment.ready():
            pytest.skip(f"no Windows Python is set up here: type  {COMMAND}")
        machine = Windows(folder, folder / "python" / "python.exe")
        yield machine
        machine.close()


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("windows")
