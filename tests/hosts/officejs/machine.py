"""What the tests need beyond pip: Node, Chromium, npm's packages and NumPy for Pyodide."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNTIME = "@microsoft/office-js/dist/custom-functions-runtime.js"


@dataclass(frozen=True)
class Machine:
    """Where things are."""

    node: str
    chromium: str
    packages: Path  # node_modules
    pyodide: Path  # Pyodide's files and NumPy's wheel


def find_machine() -> Machine:
    """The computer's; skipped where something is missing, failed where nothing may be."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    folder = Path(
        os.environ.get("ISOMARGIN_OFFICEJS")
        or Path.home() / ".cache" / "isomargin" / f"officejs-{lock[:12]}"
    )
    node = shutil.which("node")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if node and chromium and (folder / "complete").exists():
        return Machine(node, chromium, folder / "node_modules", folder / "pyodide")
    missing = "Node, Chromium or their packages are not there: run bash .ci/officejs"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
