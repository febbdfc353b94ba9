"""Where the formulas are on this computer: a small file that the installation writes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = "ISOMARGIN_LIBREOFFICE"

INSIDE = "inside"  # in LibreOffice's own Python
BESIDE = "beside"  # in a Python process of its own
AUTO = "auto"


class Settings:
    """A Python that has the formulas, and the folders it finds them in."""

    def __init__(self, python: str, version: str, paths: list[str], mode: str = AUTO) -> None:
        self.python = python  # the interpreter
        self.version = version  # "3.12": compiled packages work in the same version only
        self.paths = paths
        self.mode = mode

    def to_json(self) -> str:
        """The file's text."""
        return (
            json.dumps(
                {
                    "python": self.python,
                    "version": self.version,
                    "paths": self.paths,
                    "mode": self.mode,
                },
                indent=2,
            )
            + "\n"
        )


def settings_file(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """The file, which need not exist; the variable ISOMARGIN_LIBREOFFICE names another one."""
    named = environ.get(VARIABLE)
    if named:
        return Path(named)
    if platform == "win32":
        base = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "isomargin" / "libreoffice.json"


def parse(text: str) -> Settings | None:
    """Settings from the file's text; None if it does not hold any."""
    try:
        found: dict[str, Any] = json.loads(text)
        paths = [str(path) for path in found["paths"]]
        return Settings(
            str(found["python"]), str(found["version"]), paths, str(found.get("mode", AUTO))
        )
    except (ValueError, KeyError, TypeError):
        return None


def read() -> Settings | None:
    """The settings of this computer's user; None if there are none."""
    try:
        file = settings_file(os.environ, sys.platform, Path.home())
        return parse(file.read_text(encoding="utf-8"))
    except (OSError, RuntimeError, UnicodeDecodeError):
        return None
