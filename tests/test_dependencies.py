"""DEPENDENCIES.md, the lock and pyproject.toml say the same, and so do the packages themselves."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "DEPENDENCIES.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")

PROJECT = PYPROJECT["project"]
# Licences that ask nothing of a user but to keep the notice.
FREE = {
    *("MIT", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"),
    *("Zlib", "CC0-1.0", "Public Domain", "BSD-3-Clause, Apache-2.0, dependency licenses"),
}

# How older metadata says it, and what may then stand in the table.
CLASSIFIERS = {
    "MIT License": {"MIT"},
    "BSD License": {"BSD-2-Clause", "BSD-3-Clause"},
    "Apache Software License": {"Apache-2.0"},
    "Python Software Foundation License": {"PSF-2.0"},
    "Mozilla Public License 2.0 (MPL 2.0)": {"MPL-2.0"},
    "GNU General Public License v3 (GPLv3)": {"GPL-3.0-only"},
    "GNU Library or Lesser General Public License (LGPL)": {"LGPL"},
    "Public Domain": {"Public Domain"},
}


def _rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _direct() -> dict[str, tuple[str, str]]:
    """Who asks for a package, and its licence, from the first table."""
    rows = _rows("What isomargin asks for")
    return {canonicalize_name(row[0]): (row[1].strip("`"), row[4]) for row in rows}


def _licences() -> dict[str, str]:
    brought = {canonicalize_name(row[0]): row[2] for row in _rows("What these bring along")}
    return brought | {name: licence for name, (_, licence) in _direct().items()}


def _asked_for() -> dict[str, list[Requirement]]:
    extras = PROJECT["optional-dependencies"]
    asked = {"everybody": PROJECT["dependencies"], **extras}
    return {
        who: [r for r in map(Requirement, texts) if r.name != PROJECT["name"]]
        for who, texts in asked.items()
    }


def _locked() -> list[Requirement]:
    """The lock's pins, with their markers."""
    lines = re.findall(r"^([a-z0-9].*?) \\$", LOCK, flags=re.MULTILINE)
    return [Requirement(line) for line in lines]


def _locked_here() -> dict[str, str]:
    environment = {**default_environment(), "extra": ""}
    return {
        pin.name: next(iter(pin.specifier)).version
        for pin in _locked()
        if pin.marker is None or pin.marker.evaluate(environment)
    }


def test_every_dependency_has_a_row_that_says_who_asks_for_it() -> None:
    asked = {
        canonicalize_name(requirement.name): who
        for who, requirements in _asked_for().items()
        for requirement in requirements
    }
    assert {name: who for name, (who, _) in _direct().items()} == asked


def test_every_row_says_what_for_and_why_that_version() -> None:
    for name, _, does, why, licence, version in _rows("What isomargin asks for"):
        assert does, name
        assert licence, name
        assert version, name
        assert why or name in ("ruff", "mypy"), name


def test_exact_versions_are_called_exact() -> None:
    exact = {
        canonicalize_name(requirement.name)
        for requirements in _asked_for().values()
        for requirement in requirements
        if str(requirement.specifier).startswith("==")
    }
    rows = _rows("What isomargin asks for")
    assert {canonicalize_name(row[0]) for row in rows if row[5].startswith("exact")} == exact


def test_what_is_locked_is_what_has_a_row() -> None:
    assert {pin.name for pin in _locked()} == set(_licences()), "renew the lock or the tables"


def test_the_lock_fits_what_is_asked_for() -> None:
    for requirements in _asked_for().values():
        for requirement in requirements:
            name = canonicalize_name(requirement.name)
            pins = [pin for pin in _locked() if pin.name == name]
            assert pins, f"{name} is not locked: bash .ci/lock"
            for pin in pins:
                (version,) = (spec.version for spec in pin.specifier)
                assert version in requirement.specifier, f"{pin}: bash .ci/lock"


def test_the_lock_has_hashes_for_all_and_names_no_place() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(_locked())
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block.splitlines()[0]
    assert "://" not in LOCK
    assert not re.search(r"^\s*--?(?!hash=)\w", LOCK, flags=re.MULTILINE), "an option for pip"
    assert not re.search(r"(?:^|\s)[./~]\S*/", LOCK.replace(" .ci/lock", "")), "a path"


def test_the_builder_is_the_one_in_the_lock() -> None:
    (builder,) = PYPROJECT["build-system"]["requires"]
    assert builder in PROJECT["optional-dependencies"]["release"]


def test_users_get_nothing_but_free_licences() -> None:
    for name, (who, licence) in _direct().items():
        if who in ("everybody", "excel", "files", "pictures", "live"):
            assert set(licence.split(" AND ")) <= FREE, name
    through = {
        canonicalize_name(row[0]): (row[1], row[2]) for row in _rows("What these bring along")
    }
    for name in _brought_along():
        assert set(re.split(" AND | OR ", through[name][1])) <= FREE, name


def _brought_along() -> set[str]:
    """What comes with the package itself, as the installed packages say it."""
    found: set[str] = set()
    todo = [Requirement(text) for text in PROJECT["dependencies"]]
    environment = {**default_environment(), "extra": ""}
    while todo:
        requirement = todo.pop()
        for text in distribution(requirement.name).requires or ():
            further = Requirement(text)
            name = canonicalize_name(further.name)
            if name not in found and (
                further.marker is None or further.marker.evaluate(environment)
            ):
                found.add(name)
                todo.append(further)
    return found - set(_direct())


def test_the_page_counts_right_what_everybody_gets() -> None:
    words = {8: "eight", 9: "nine", 4: "four"}
    brought = _brought_along() - {"colorama"}  # Windows alone
    start = " ".join(PAGE.partition("## ")[0].split())
    assert f"the {words[len(PROJECT['dependencies'])]} packages of the first part" in start
    assert f"and {words[len(brought)]} that these bring along" in start


@pytest.mark.parametrize("name", sorted(_licences()))
def test_the_licence_is_what_the_package_says(name: str) -> None:
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        pytest.skip("not needed here")
    if installed.version != _locked_here().get(name):
        pytest.skip(f"{installed.version} is not the version that the table is about")
    assert _licences()[name] in _said(installed)


def _said(installed: Distribution) -> set[str]:
    """What a package's metadata may mean."""
    about = installed.metadata
    expression = about.get("License-Expression")
    if expression:
        return {expression}
    classifiers = [text.split(" :: ") for text in about.get_all("Classifier") or ()]
    said = {text[-1] for text in classifiers if text[:2] == ["License", "OSI Approved"]}
    said |= {text[-1] for text in classifiers if text[0] == "License" and text[-1] in CLASSIFIERS}
    said_in_words = about.get("License", "").strip()
    meant: set[str] = set().union(*(CLASSIFIERS[text] for text in said))
    return meant or {said_in_words, said_in_words.replace("Apache License ", "Apache-")}


def test_notices_of_what_lies_in_our_files_are_there() -> None:
    notices = (ROOT / "addin" / "excel" / "NOTICES.md").read_text(encoding="utf-8")
    (pin,) = _asked_for()["excel"]
    version = next(iter(pin.specifier)).version
    carried = _rows("What lies in our own files")
    assert f"xlwings {version}" in carried[0][0]
    for part in (f"xlwings {version}", "VBA-Dictionary 1.4.1", "pyOpenVBA"):
        assert part in notices
        assert any(part in row[0] for row in carried)
