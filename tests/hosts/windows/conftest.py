from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from tests.hosts.excel.conftest import need, pyopenvba, xlwings
from tests.hosts.windows import environment
from tests.hosts.windows.windows import Windows

__all__ = ["pyopenvba", "xlwings"]

# For the Windows Python alone.
collect_ignore_glob = ["inside/*", "gaps/*"]

COMMAND = "python -m tests.hosts.windows"
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests to their own command, which CI runs after the others.

    Under wine every call goes through several programs in turn. Beside busy test workers that
    takes minutes instead of seconds, and the workers would wait for one another.
    """
    if "ISOMARGIN_WINDOWS_TESTS" not in os.environ:
        own = pytest.mark.skip(reason=f"run by  {COMMAND} --quick")
        for item in items:
            if item.path.is_relative_to(_HERE):
                item.add_marker(own)


def whole() -> bool:
    """Whether everything is to run, and not the quick form alone."""
    return os.environ.get("ISOMARGIN_WINDOWS_TESTS") == "whole"


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    """A Windows Python in a session of its own.

    One module of tests at a time: ending what one has left running would end another's, too.
    """
    need(not environment.missing(), str(environment.missing()))
    folder = environment.home()
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    try:
        held = FileLock(lock, timeout=600).acquire()
    except Timeout:
        pytest.fail(f"another run has had {lock} for ten minutes: wait for it, or end it")
    with held:
        environment.set_up()
        machine = Windows(folder, folder / "python" / "python.exe")
        try:
            machine.open()
            yield machine
        finally:
            machine.close()


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("windows")
