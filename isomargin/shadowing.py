"""Whether another file hides one of isomargin's own packages, such as a person's own udfs.py."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

_OURS = ("udfs", "addin", "workbook")


def refuse_shadowed() -> None:
    """Raise ImportError with the file's name where one is hidden."""
    home = Path(__file__).resolve().parents[1]
    for name in _OURS:
        found = PathFinder.find_spec(name)
        if found is None or found.origin is None:
            continue
        origin = Path(found.origin).resolve()
        if origin != home / name / "__init__.py":
            raise ImportError(
                f"{origin} hides isomargin's own package {name}: rename that file, or start Python"
                " in another folder"
            )
