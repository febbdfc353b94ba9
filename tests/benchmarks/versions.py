"""Commands as whole processes beside an earlier version: processor seconds and peak memory.

The earlier version is told by ISOMARGIN_BEFORE: the Python of an environment that has it, such as
one made from ``git archive`` of its commit. Its plans may name only venues that it knows.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import OURS, Aim, Effort, Missing, Result, as_users
from tests.benchmarks.workbooks import plan_csv

BEFORE = "the version before"
_CHANCE = "=ISO_TOUCH_PROBABILITY(100,96,5%,7)"


def run(effort: Effort) -> Iterator[Result]:
    """From the cheapest to the dearest."""
    if sys.platform == "win32":
        raise Missing("processor seconds of children are read where Python has os.wait4")
    before = os.environ.get("ISOMARGIN_BEFORE")
    if not before:
        raise Missing("ISOMARGIN_BEFORE names the Python of an environment with another version")
    pythons = {OURS: sys.executable, BEFORE: before}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        examples = {OURS: folder / "ours.toml", BEFORE: folder / "before.toml"}
        for who, path in examples.items():
            made = [pythons[who], "-m", "workbook.cli", "new", "--example", str(path)]
            subprocess.run(made, check=True, capture_output=True, cwd=folder, env=as_users())
        same = dict.fromkeys(pythons, ("eval", _CHANCE))
        yield _side_by_side("isomargin eval, a chance", pythons, same, folder, 5, 0.45)
        each = {who: ("fill", "-q", str(examples[who]), "-o", "out.xlsx") for who in pythons}
        yield _side_by_side("isomargin fill, the worked example", pythons, each, folder, 3, 0.6)
        for rows, aim in ((100, 1.0),) if effort.quick else ((500, 0.65), (10_000, 0.25)):
            plans = {OURS: plan_csv(folder / f"{rows}.csv", rows), BEFORE: folder / "before.csv"}
            _with_venue(plans[OURS], plans[BEFORE], "Platform A")
            each = {who: ("fill", "-q", str(plans[who]), "-o", "out.xlsx") for who in pythons}
            turns = 3 if rows < 5_000 else 1
            work = f"isomargin fill, {rows:,} plan rows"
            yield _side_by_side(work, pythons, each, folder, turns, aim)


def _with_venue(source: Path, target: Path, venue: str) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "venue": venue} for row in csv.DictReader(file)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _side_by_side(
    work: str,
    pythons: dict[str, str],
    arguments: dict[str, tuple[str, ...]],
    folder: Path,
    turns: int,
    aim: float,
) -> Result:
    """Each version's processor seconds, taken in turns; the most memory that each has held."""
    times: dict[str, list[float]] = {who: [] for who in pythons}
    peaks = dict.fromkeys(pythons, 0.0)
    for _ in range(turns):
        for who, python in pythons.items():
            (folder / "out.xlsx").unlink(missing_ok=True)
            command = [python, "-m", "workbook.cli", *arguments[who]]
            child = subprocess.Popen(
                command, cwd=folder, env=as_users(), stdout=subprocess.DEVNULL
            )  # fmt: skip
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in (0, 1):  # 1: a check of the workbook fails
                raise AssertionError(f"{who}: {' '.join(command)} ends with {child.returncode}")
            times[who].append(used.ru_utime + used.ru_stime)
            peaks[who] = max(peaks[who], used.ru_maxrss / 1024)
    figures = {f"MiB, {who}": peak for who, peak in peaks.items()}
    note = "processor seconds of whole processes"
    return Result(work, times, (Aim(aim, BEFORE),), note, figures)
