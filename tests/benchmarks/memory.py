"""Peak memory: each piece of work in a process of its own.

    python -m tests.benchmarks.memory NAME

prints the bytes before the work, when everything it needs is imported, and at its peak.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.measure import OURS, Effort, Missing, Result


def run(effort: Effort) -> Iterator[Result]:
    """Every piece of work, once each: its peak hardly varies."""
    if sys.platform == "win32":
        raise Missing("peak memory is read where Python has the module resource")
    from tests.benchmarks.workbooks import project

    for name in _WORK:
        if effort.quick and name not in _QUICK:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.memory", name],
            capture_output=True,
            text=True,
            cwd=project(),
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{name}: {done.stderr}")
        found = json.loads(done.stdout)
        mebibyte = 2**20
        yield Result(
            name,
            {OURS: [found["seconds"]]},
            figures={
                "MiB before": found["before"] / mebibyte,
                "MiB at the peak": found["peak"] / mebibyte,
                "MiB more": (found["peak"] - found["before"]) / mebibyte,
            },
        )


def _filled() -> Callable[[], object]:
    from addin.embedded import open_book
    from udfs import catalogue
    from workbook import bundled

    return lambda: open_book(bundled.worked_example(), catalogue).to_bytes()


def _plan(rows: int) -> Callable[[], object]:
    from addin.embedded import open_book  # noqa: F401
    from tests.benchmarks.workbooks import plan_csv
    from workbook import bundled
    from workbook.fill import fill
    from workbook.inputs import read

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            fill(bundled.template(), read(plan_csv(Path(folder) / "plan.csv", rows))).to_bytes()

    return work


def _range(rows: int) -> Callable[[], object]:
    from udfs import catalogue

    random = np.random.default_rng(1)
    entry, leverage = random.uniform(50, 150, rows), random.uniform(1, 20, rows)
    return lambda: catalogue["ISO_LIQUIDATION_PRICE"]("long", entry, leverage, 0.005)


def _bare(rows: int) -> Callable[[], object]:
    random = np.random.default_rng(1)
    entry, leverage = random.uniform(50, 150, rows), random.uniform(1, 20, rows)
    return lambda: np.maximum((entry / leverage - 1.0 * entry) / (0.005 - 1.0), 0.0)


def _joint(paths: int) -> Callable[[], object]:
    from tests.benchmarks.simulation import _ours

    _ours(100)  # loads SciPy
    return lambda: _ours(paths)


def _journal(trades: int) -> Callable[[], object]:
    from udfs import catalogue

    results = np.random.default_rng(7).normal(0.15, 1.4, trades)
    cells = [[value] for value in results.tolist()]
    return lambda: catalogue["ISO_JOURNAL_STATS"](cells)


_WORK: dict[str, Callable[[], Callable[[], object]]] = {
    "filled template: read, compute, write": _filled,
    "plan of 500 rows: CSV, fill, compute, write": lambda: _plan(500),
    "plan of 10,000 rows: CSV, fill, compute, write": lambda: _plan(10_000),
    "liquidation price, 1,000,000 rows": lambda: _range(1_000_000),
    "liquidation price, 1,000,000 rows, bare NumPy expression": lambda: _bare(1_000_000),
    "joint liquidation, 20,000 paths": lambda: _joint(20_000),
    "joint liquidation, 1,000,000 paths": lambda: _joint(1_000_000),
    "statistics of 100,000 trades": lambda: _journal(100_000),
}
_QUICK = ("filled template: read, compute, write", "liquidation price, 1,000,000 rows")


def _peak() -> int:
    """The most memory this process has held, in bytes."""
    # Not ru_maxrss on Linux: there a new process starts with its parent's.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(name: str) -> None:
    """Do one piece of work and print what it took."""
    work = _WORK[name]()
    before = _peak()
    begin = time.perf_counter()
    work()
    took = time.perf_counter() - begin
    print(json.dumps({"before": before, "peak": _peak(), "seconds": took}))


if __name__ == "__main__":
    main(sys.argv[1])
