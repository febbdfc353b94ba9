"""Which Python has the formulas, and where it finds them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from addin.libreoffice.link.settings import AUTO, Settings

_NEEDED = ("udfs", "addin", "numpy")


def package_folders() -> list[str]:
    """The folders that hold our packages and what they need."""
    folders = []
    for name in _NEEDED:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            folders.append(str(Path(found.origin).resolve().parent.parent))
    return list(dict.fromkeys(folders))


def this_python(mode: str = AUTO) -> Settings:
    """The Python that runs now, as the add-in's settings."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Settings(sys.executable, version, package_folders(), mode)
