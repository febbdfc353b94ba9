"""The formulas as LibreOffice's component calls them, wherever they are computed."""

from __future__ import annotations

import site
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import settings as setup
from .conversion import ERRORS, Grid, outgoing, without_trailing_blanks
from .remote import Remote, Unreachable

WORDS = ("ISO_EXPLAIN", "ISO_VERSION")  # formulas that answer in words

NOT_INSTALLED = (
    "isomargin's formulas are not on this computer, or were moved:"
    " install the Python package (pip install isomargin), then run: isomargin install libreoffice"
)


class Formulas:
    """Every formula by name; a call never raises."""

    def __init__(self, settings: setup.Settings | None = None) -> None:
        self._settings = settings if settings is not None else setup.read()
        self._inside: Mapping[str, Callable[..., Any]] | None = None
        self._remote: Remote | None = None
        self._missing = ""
        self._connect()

    @property
    def place(self) -> str:
        """Where the formulas are computed, or that they are not."""
        if self._inside is not None:
            return setup.INSIDE
        return setup.BESIDE if self._remote is not None else "nowhere"

    def close(self) -> None:
        """End the process beside, if there is one."""
        if self._remote is not None:
            self._remote.close()

    def call(self, name: str, arguments: tuple[Any, ...]) -> Grid:
        """A formula's result as LibreOffice takes it."""
        given = without_trailing_blanks(arguments)
        if self._inside is not None:
            formula = self._inside.get(name)
            if formula is None:
                return self._unknown(name)
            try:
                return outgoing(formula(*given))
            except Exception:
                return ((ERRORS["#VALUE!"],),)
        if self._remote is not None:
            try:
                return outgoing(self._remote.call(name, given))
            except Unreachable as problem:
                return self._cannot(name, f"the formulas do not answer ({problem}): {_AGAIN}")
            except Exception:
                return ((ERRORS["#VALUE!"],),)
        return self._cannot(name, self._missing)

    def _connect(self) -> None:
        found = self._settings
        if found is None or not _usable(found):
            # A package installed for LibreOffice's own Python needs no settings.
            self._inside = _inside([])
            self._missing = NOT_INSTALLED
            return
        same = (
            found.version == f"{sys.version_info[0]}.{sys.version_info[1]}"
            and sys.platform == "linux"
        )
        if found.mode != setup.BESIDE and same:
            self._inside = _inside(found.paths)
        if self._inside is None and found.mode != setup.INSIDE:
            self._remote = Remote(found.python, found.paths)
        self._missing = NOT_INSTALLED

    def _unknown(self, name: str) -> Grid:
        return self._cannot(
            name, f"the installed package has no {name}: run: isomargin install libreoffice"
        )

    def _cannot(self, name: str, words: str) -> Grid:
        """Words where a formula answers in words, an error elsewhere."""
        return ((words if name in WORDS else ERRORS["#NAME?"],),)


_AGAIN = "close LibreOffice and open it again; if that does not help, run: isomargin doctor"


def _usable(found: setup.Settings) -> bool:
    return Path(found.python).exists() or any(Path(path).is_dir() for path in found.paths)


def _inside(paths: list[str]) -> Mapping[str, Callable[..., Any]] | None:
    """The catalogue in this process; None where it or what it needs cannot be imported."""
    before = list(sys.path)
    known = set(sys.modules)
    for path in paths:
        site.addsitedir(path)
    # In front: NumPy must come from one place, not half from the system's packages.
    added = [path for path in sys.path if path not in before]
    sys.path[:] = added + before
    try:
        from addin.libreoffice.blanks import FORMULAS

        return FORMULAS
    except Exception:
        sys.path[:] = before
        for name in set(sys.modules) - known:
            if name.split(".")[0] in ("udfs", "numpy"):
                del sys.modules[name]
        return None
