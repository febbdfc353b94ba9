"""The site as MkDocs builds it, and a browser to look at it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.officejs.conftest import browser, machine
from tests.hosts.officejs.served import Server
from tests.workbook.conftest import isomargin

__all__ = ["browser", "isomargin", "machine"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `mkdocs build --strict` made: no broken link, no missing picture."""
    if importlib.util.find_spec("material") is None:
        missing = "MkDocs is not there: pip install -e '.[docs]'"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("docs")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="session")
def docs_server(built: Path) -> Iterator[Server]:
    files = {
        path.relative_to(built).as_posix(): path.read_bytes()
        for path in built.rglob("*")
        if path.is_file()
    }
    server = Server(files)
    yield server
    server.close()
