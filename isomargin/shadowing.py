"""Whether another file hides one of isomargin's own packages, such as a person's own udfs.py."""

# Not by pathlib, which loads parsers of URLs and IP addresses at every start of a command.
# ruff: noqa: PTH118, PTH120
from __future__ import annotations

import os.path
from importlib.machinery import PathFinder

_OURS = ("udfs", "addin", "workbook")


def refuse_shadowed() -> None:
    """Raise ImportError with the file's name where one is hidden."""
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for name in _OURS:
        found = PathFinder.find_spec(name)
        if found is None or found.origin is None:
            continue
        origin = os.path.realpath(found.origin)
        if origin != os.path.join(home, name, "__init__.py"):
            raise ImportError(
                f"{origin} hides isomargin's own package {name}: rename that file, or start Python"
                " in another folder"
            )
