"""Commands as whole processes beside an earlier version: processor seconds and peak memory.

The earlier version is told by ISOMARGIN_BEFORE: the Python of an environment that has it, such as
one made from ``git archive`` of its commit. Plans of many rows and edits are in `scale`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from tests.benchmarks.imports import FILE, write_fills
from tests.benchmarks.measure import Aim, Effort, Missing, Result
from tests.benchmarks.processes import BEFORE, Work, isomargin, pythons, side_by_side, used

_CHANCE = "=ISO_TOUCH_PROBABILITY(100,96,5%,7)"
_PRICE = '=ISO_LIQUIDATION_PRICE("long",A{row},B{row},0.005)'


def run(effort: Effort) -> Iterator[Result]:
    """From the cheapest to the dearest."""
    if BEFORE not in pythons():
        raise Missing("ISOMARGIN_BEFORE names the Python of an environment with another version")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out.xlsx"
        evaluated = {who: isomargin(python, "eval", _CHANCE) for who, python in pythons().items()}
        yield _result("isomargin eval, a chance", evaluated, folder, 9, 0.45)
        filled = {}
        for number, (who, python) in enumerate(pythons().items()):
            path = folder / f"example{number}.toml"
            used(isomargin(python, "new", "--example", str(path)), folder)
            filled[who] = isomargin(python, "fill", "-q", str(path), "-o", str(out), makes=out)
        turns = 1 if effort.quick else 7
        yield _result("isomargin fill, the worked example", filled, folder, turns, 0.6)
        if not effort.quick:
            yield _own_rows(100_000, folder)
            yield _import(10_000, folder)


def _own_rows(rows: int, folder: Path) -> Result:
    """A book of one's own with our formula filled down, computed."""
    book = Workbook()
    for row in range(1, rows + 1):
        book.active.append([100 + row / 100, 2 + row % 50, _PRICE.format(row=row)])
    path, out = folder / "own.xlsx", folder / "computed.xlsx"
    book.save(path)
    works = {
        who: isomargin(python, "calc", "-q", str(path), "-o", str(out), makes=out)
        for who, python in pythons().items()
    }
    return _result(f"isomargin calc, {rows:,} rows of ISO_LIQUIDATION_PRICE", works, folder, 3, 0.4)


def _import(trades: int, folder: Path) -> Result:
    """A first import, each version's into a workbook of its own."""
    write_fills(folder / FILE, trades, 10)
    works = {}
    for number, (who, python) in enumerate(pythons().items()):
        empty = folder / f"empty{number}.xlsx"
        used(isomargin(python, "new", str(empty)), folder)
        works[who] = Work(
            ["sh", "-c", _ONCE, python, str(empty), str(folder / "journal.xlsx"), FILE]
        )
    work = f"isomargin journal import, {10 * trades:,} fills in {trades:,} trades"
    return _result(work, works, folder, 1, 0.35)


_ONCE = 'cp "$1" "$2" && exec "$0" -m workbook.cli journal import -q "$2" "$3"'


def _result(work: str, works: dict[str, Work], folder: Path, turns: int, aim: float) -> Result:
    return side_by_side(work, works, folder, turns, (Aim(aim, BEFORE),))
