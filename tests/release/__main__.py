"""``python -m tests.release``: builds what would be released and tries it, prints a table."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
from packaging.requirements import Requirement
from rich.console import Console
from rich.table import Table

from tests.release import archives, environments
from tests.release.steps import Failed, NotHere

_Check = tuple[str, Callable[[], str]]


@click.command()
@click.option("--tests", is_flag=True, help="The formulas' tests, too, in each environment.")
def main(tests: bool) -> None:
    """Build the wheel and the source archive, look into them, and run the main job from the wheel.

    Exit 1 where anything fails. A Python that is not on this computer is told and not counted.
    """
    results = []
    with tempfile.TemporaryDirectory(prefix="isomargin-release-") as name:
        folder = Path(name)
        try:
            wheel, source = archives.build_twice(folder)
        except Failed as problem:
            sys.exit(f"the build failed: {problem}")
        results.append(("two builds", "ok", "the same bytes, wheel and source archive", ""))
        for what, check in _checks(folder, wheel, source, tests):
            begin = time.perf_counter()
            try:
                outcome, words = "ok", check()
            except NotHere as missing:
                outcome, words = "not tried", str(missing)
            except Failed as problem:
                outcome, words = "FAILED", str(problem)
            results.append((what, outcome, words, f"{time.perf_counter() - begin:.0f} s"))
    table = Table("check", "outcome", "", "time")
    for row in results:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 130, highlight=False, markup=False).print(table)
    sys.exit(any(outcome == "FAILED" for _, outcome, *_ in results))


def _checks(folder: Path, wheel: Path, source: Path, tests: bool) -> Iterator[_Check]:
    def at_work(name: str, version: str, pins: list[str], tools: list[str]) -> str:
        place = folder / name
        place.mkdir()
        python = environments.find_python(version)
        environment = environments.Environment(place, python, wheel, pins)
        words = environments.main_job(environment)
        if tests:
            environment.pip("install", *tools)
            words += f"\n{environments.quick_tests(environment, folder / 'first' / 'source')}"
        return words

    yield "contents of the wheel", partial(archives.check_wheel, wheel)
    yield "contents of the source archive", partial(archives.check_source, source, wheel, folder)
    pythons = environments.declared_pythons()
    pins = environments.oldest_versions(environments.NEEDED)
    tools = environments.oldest_versions(environments.NEEDED_FOR_TESTS)
    yield (
        f"main job, Python {pythons[0]}, oldest dependencies",
        partial(at_work, "oldest", pythons[0], pins, tools),
    )
    newest = [Requirement(tool).name for tool in environments.NEEDED_FOR_TESTS]
    for version in pythons:
        yield (
            f"main job, Python {version}, newest dependencies",
            partial(at_work, version, version, [], newest),
        )


if __name__ == "__main__":
    main()
