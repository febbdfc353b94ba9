"""The command line as whole processes: start, do, end."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import OURS, Aim, Effort, Result, agree, as_users, side_by_side
from tests.benchmarks.workbooks import plan_csv, project

_START = "python -c 'import numpy'"


def run(effort: Effort) -> Iterator[Result]:
    """From the cheapest to the dearest."""
    yield side_by_side(
        "isomargin --version",
        {OURS: lambda: isomargin("--version"), **_floors()},
        effort,
    )
    sized = "=ISO_POSITION_SIZE(10000,2%,100,96)"
    agree("isomargin eval", float(isomargin("eval", sized)), 50.0)
    yield side_by_side(
        "isomargin eval, a size",
        {OURS: lambda: isomargin("eval", sized), **_floors()},
        effort,
        aims=(Aim(0.4),),
    )
    chance = "=ISO_TOUCH_PROBABILITY(100,96,5%,7)"
    yield side_by_side(
        "isomargin eval, a chance (loads SciPy)",
        {
            OURS: lambda: isomargin("eval", chance),
            "python -c 'import scipy.special'": lambda: _python("import scipy.special"),
        },
        effort,
        aims=(Aim(0.4),),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        example = project() / "workbook" / "examples" / "optimism.toml"
        yield _fill("isomargin fill, the worked example", example, 1.0, folder, effort)
        for rows, limit in () if effort.quick else ((500, 1.0), (10_000, 5.0)):
            path = plan_csv(folder / f"{rows}.csv", rows)
            yield _fill(f"isomargin fill, {rows:,} plan rows", path, limit, folder, effort)


def _fill(work: str, source: Path, limit: float, folder: Path, effort: Effort) -> Result:
    out = folder / "out.xlsx"

    def fill() -> None:
        out.unlink(missing_ok=True)
        # Exit 1 says that a check failed, such as too much risk at once: computed all the same.
        isomargin("fill", "-q", str(source), "-o", str(out), may_end=(0, 1))

    fill()
    if not out.stat().st_size:
        raise AssertionError(f"{work} wrote nothing")
    return side_by_side(work, {OURS: fill}, effort, aims=(Aim(limit),))


def _floors() -> dict[str, Any]:
    return {
        "python -c pass": lambda: _python("pass"),
        _START: lambda: _python("import numpy"),
    }


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, env=as_users())


def isomargin(*arguments: str, may_end: tuple[int, ...] = (0,)) -> str:
    """What the command prints; it has to end with one of these codes."""
    done = subprocess.run(
        [sys.executable, "-m", "workbook.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=project(),
        check=False,
        env=as_users(),
    )
    if done.returncode not in may_end:
        raise AssertionError(f"isomargin {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
