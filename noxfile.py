"""What runs in environments of its own, or for hours: nox -l lists it, nox -s NAME runs it.

Everything is made from the last commit, in clones: what is not committed is not tried.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
MAIN_JOB = Path("tests", "release", "main_job.py").resolve()

nox.options.sessions = ["archives", "oldest", "newest"]
nox.options.error_on_missing_interpreters = False  # a Python that is not here is told, not counted
nox.options.reuse_existing_virtualenvs = True


def clone(session: nox.Session, name: str) -> Path:
    """The last commit in a fresh folder."""
    folder = Path(session.create_tmp(), name)
    session.run("rm", "-rf", str(folder), external=True, silent=True)
    session.run("git", "clone", "-q", ".", str(folder), external=True)
    return folder


def built(session: nox.Session, name: str, mask: int = 0o022, **environ: str) -> dict[str, Path]:
    """The wheel and the source archive by file name, built from a clone of its own."""
    old = os.umask(mask)
    try:
        source = clone(session, name)
        with session.chdir(source):
            session.run("python", "-m", "hatchling", "build", "-d", "out", env=environ, silent=True)
    finally:
        os.umask(old)
    return {path.name: path for path in sorted((source / "out").iterdir())}


@nox.session
def archives(session: nox.Session) -> None:
    """Build twice, under other rights and in another time zone: the same bytes, and all there."""
    session.install("hatchling==1.33.0", "check-wheel-contents")
    first = built(session, "first", TZ="UTC", PYTHONHASHSEED="1")
    second = built(session, "second", 0o077, TZ="Asia/Tokyo", PYTHONHASHSEED="2", LC_ALL="C")
    for name, path in first.items():
        if path.read_bytes() != second[name].read_bytes():
            session.error(f"two builds of {name} differ")
    wheel, source = first.values()
    with session.chdir(source.parents[1]):
        session.run("check-wheel-contents", f"out/{wheel.name}")
        listed = session.run("git", "ls-files", external=True, silent=True) or ""
    with tarfile.open(source) as archive:
        inside = {m.name.partition("/")[2] for m in archive if m.isfile()} - {"PKG-INFO"}
    if inside != set(listed.split()):
        session.error(f"the source archive: {sorted(inside ^ set(listed.split()))}")
    session.run("pip", "wheel", "-q", "--no-deps", "-w", session.create_tmp(), str(source))
    if Path(session.create_tmp(), wheel.name).read_bytes() != wheel.read_bytes():
        session.error("the wheel that pip builds from the source archive differs")


def main_job(session: nox.Session, *pins: str) -> None:
    """What a person does first, from the wheel alone; the formulas' own tests with --tests."""
    session.install("hatchling==1.33.0")
    wheel, source = built(session, f"job-{session.name}").values()
    session.install(str(wheel), *pins)
    session.run("pip", "check", silent=True)
    session.run("python", "-P", str(MAIN_JOB))
    if "--tests" in session.posargs:
        session.install(*(pins or ()), "pytest", "hypothesis", "pytest-timeout")
        with session.chdir(source.parents[1]):
            session.run("python", "-m", "pytest", "-q", "tests/udfs", "udfs")


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """The main job with every dependency as old as pyproject.toml allows."""
    lowest = [text.split(",")[0].replace(">=", "==") for text in PROJECT["dependencies"]]
    main_job(session, *lowest)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The main job with the newest dependencies, on every Python that is declared."""
    main_job(session)


@nox.session
def mutation(session: nox.Session) -> None:
    """Small mistakes put into the formulas, one at a time; the tests have to notice. Hours."""
    session.install("-r", "requirements-dev.txt", "--require-hashes", "--no-deps")
    with session.chdir(clone(session, "mutation")):
        session.install("--no-deps", "--no-build-isolation", "-e", ".")
        config, found = "tests/mutation/cosmic-ray.toml", "build/mutation.sqlite"
        Path("build").mkdir()
        session.run("cosmic-ray", "init", config, found)
        session.run("cr-filter-operators", found, config)
        session.run("cr-filter-pragma", found)
        session.run("cosmic-ray", "exec", config, found)
        session.run("cr-report", "--show-pending", found)
        # Equivalent mutants, as tests/RESULTS.md tells: a tenth when every one was looked at.
        session.run("cr-rate", "--fail-over", "10", found)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fifty times the inputs, new ones each time, in workers that may be killed. Hours."""
    session.install("-r", "requirements-dev.txt", "--require-hashes", "--no-deps")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("pytest", "-n", "2", "--hypothesis-profile=long", "tests/fuzz", *session.posargs)
