"""The wheel at work in fresh environments: newest and oldest dependencies, other Pythons."""

from __future__ import annotations

import functools
import io
import math
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from packaging.requirements import Requirement

from tests.release.steps import ROOT, NotHere, expect, run
from udfs import catalogue
from udfs.version import __version__

_PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
_SHIPPED = ("blank.xlsx", "isomargin.xlsx")

NEEDED: list[str] = _PROJECT["dependencies"]
NEEDED_FOR_TESTS: list[str] = [
    asked
    for asked in _PROJECT["optional-dependencies"]["test"]
    if Requirement(asked).name in ("pytest", "hypothesis")
]


def oldest_versions(asked: list[str]) -> list[str]:
    """Requirements at the lowest version that each declares."""
    pins = []
    for requirement in map(Requirement, asked):
        lowest = [s.version for s in requirement.specifier if s.operator in (">=", "==")]
        if lowest:  # what has none is this package with extras
            pins.append(f"{requirement.name}=={lowest[0]}")
    return pins


def declared_pythons() -> list[str]:
    """The versions of Python that the classifiers name."""
    start = "Programming Language :: Python :: 3."
    return [text.split()[-1] for text in _PROJECT["classifiers"] if text.startswith(start)]


def find_python(version: str) -> str:
    """A Python of that version on this computer, or NotHere."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [*sorted(map(str, pyenv.glob(f"{version}.*/bin/python"))), f"python{version}"]
    for python in filter(None, map(shutil.which, found)):
        # A name in the search path may be a shim that leads nowhere.
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    raise NotHere(f"no Python {version} on this computer")


class Environment:
    """A fresh virtual environment with the wheel in it."""

    def __init__(self, folder: Path, python: str, wheel: Path, pins: list[str]) -> None:
        self.folder = folder
        self.work = folder / "work"
        run([python, "-m", "venv", folder / "venv"], folder.parent)
        self.work.mkdir()
        self.programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.pip("install", str(wheel), *pins)
        self.pip("check")

    def pip(self, *arguments: str) -> str:
        """Run the environment's pip."""
        quiet = ("-q",) if arguments[0] == "install" else ()
        return self.python("-m", "pip", "--disable-pip-version-check", *arguments, *quiet)

    def python(self, *arguments: str) -> str:
        """Run the environment's Python in its empty folder."""
        return run([self.programs / "python", *arguments], self.work)

    def isomargin(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run the command as installed."""
        return run([self.programs / "isomargin", *arguments], self.work, codes=codes)

    def versions(self) -> str:
        """What is installed, in short."""
        names = {Requirement(text).name for text in NEEDED}
        found = [line.split("==") for line in self.pip("freeze").splitlines() if "==" in line]
        return ", ".join(f"{name} {version}" for name, version in found if name in names)


def main_job(environment: Environment) -> str:
    """What a person with nothing but the wheel does first; the numbers must be the repository's."""
    where = Path(environment.python("-c", "import udfs; print(udfs.__file__)").strip())
    expect(where.is_relative_to(environment.folder), f"the formulas come from {where}")
    expect(__version__ in environment.isomargin("--version"), "another version")
    answer = environment.isomargin("eval", "=ISO_POSITION_SIZE(10000,2%,100,96)").strip()
    expect(answer == "50", f"a size of {answer}")

    environment.isomargin("new", "--example", "plan.toml")
    example = (ROOT / "workbook" / "examples" / "optimism.toml").read_bytes()
    expect((environment.work / "plan.toml").read_bytes() == example, "another example")
    environment.isomargin("fill", "plan.toml", "-o", "my-plan.xlsx")
    _same_numbers(environment.work / "my-plan.xlsx", "isomargin.xlsx")

    environment.isomargin("new", "blank.xlsx")
    environment.isomargin("new", "--example", "isomargin.xlsx")
    for name in _SHIPPED:
        there = (environment.work / name).read_bytes()
        expect(there == (ROOT / "workbook" / name).read_bytes(), f"another {name}")
    environment.isomargin("new", "my-plan.xlsm")

    environment.isomargin("build", "-o", "built")
    for name in _SHIPPED:
        _same_numbers(environment.work / "built" / name, name)
    environment.isomargin("build", "--host", "libreoffice", "-o", "built")
    expect((environment.work / "built" / "isomargin.oxt").stat().st_size > 0, "no extension")
    environment.isomargin("build", "--host", "excel", "-o", "built", codes=(2,))

    listed = environment.isomargin("functions")
    expect(all(name in listed for name in catalogue), "a formula is not listed")
    environment.isomargin("functions", "ISO_KELLY")
    environment.isomargin("install", "--help")
    environment.isomargin("doctor", codes=(0, 1))  # 1: says that the add-in is not installed
    return environment.versions()


def quick_tests(environment: Environment, source: Path) -> str:
    """The formulas' own tests, with the environment's libraries."""
    python = environment.programs / "python"
    said = run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/udfs", "udfs"], source
    )
    return said.strip().splitlines()[-1]


def _same_numbers(path: Path, shipped: str) -> None:
    """Every cell of a workbook as in the repository's; numbers but for their last digits."""
    here, there = dict(_cells(path.read_bytes())), _shipped_cells(shipped)
    for place in sorted(set(here) | set(there)):
        found, wanted = here.get(place), there.get(place)
        if isinstance(found, float) and isinstance(wanted, float):
            same = math.isclose(found, wanted, rel_tol=1e-9)
        else:
            same = found == wanted
        expect(same, f"{path.name} {place}: {found!r} instead of {wanted!r}")


@functools.cache
def _shipped_cells(name: str) -> dict[str, Any]:
    return dict(_cells((ROOT / "workbook" / name).read_bytes()))


def _cells(book: bytes) -> Iterator[tuple[str, Any]]:
    for sheet in load_workbook(io.BytesIO(book), data_only=True).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if value is not None:
                    number = isinstance(value, int) and not isinstance(value, bool)
                    yield f"{sheet.title}!{cell.coordinate}", float(value) if number else value
