"""Plans of many rows as whole processes, and one edit in an open book, by the size of the book.

Beside ours, each as a process of its own that does what its user would have it do:

- the version before (see `versions`), with its own template;
- LibreOffice, headless, that converts a file of the same plan in native formulas (`native_plan`);
- formualizer, loading and computing the same workbook as it can read it, without writing: no
  writer of ours is in that, and its own writer, which ours does not use, neither;
- IronCalc, loading and computing the file of native formulas.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from addin.embedded import EmbeddedBook
from addin.package import Package
from addin.package.addresses import a1
from tests.benchmarks.measure import (
    OURS,
    Aim,
    Disagreement,
    Effort,
    Missing,
    Result,
    agree,
)
from tests.benchmarks.native_plan import native_plan
from tests.benchmarks.processes import BEFORE, NOTE, Work, isomargin, pythons, side_by_side, used
from tests.benchmarks.workbooks import for_the_engine, plan_csv, project
from workbook import bundled
from workbook.fill import fill, write_inputs
from workbook.inputs import read

LIBREOFFICE = "LibreOffice headless, native formulas"
ENGINE = "formualizer loads and computes, do-nothing functions"
IRONCALC = "IronCalc loads and computes, native formulas"
# Some are left out where they would take minutes: IronCalc's time grows with the rows' square.
_MOST = {BEFORE: 10_000, LIBREOFFICE: 10_000, ENGINE: 10_000, IRONCALC: 1_000}
_VENUE_BEFORE = "Platform A"

_ENGINE = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.benchmarks.workbooks import loaded
loaded(Path(sys.argv[1]).read_bytes())
"""
_IRONCALC = """
import sys, ironcalc
ironcalc.load_from_xlsx(sys.argv[1], "en", "UTC", "en").evaluate()
"""
# Understood by the version before, too: each edit's processor seconds.
_EDIT = """
import json, sys, time
from pathlib import Path
from addin.embedded import open_book
from addin.package.addresses import a1
from udfs import catalogue
book = open_book(Path(sys.argv[1]), catalogue)
table = book.package.table("Plan")
at = a1(table.first_row, table.column("Entry"))
entry = book.value(table.sheet, at)
def edit(value):
    begin = time.process_time()
    book.set(table.sheet, at, value)
    book.recalculate()
    return time.process_time() - begin
edit(entry * 1.001)
edit(entry)
# None twice: what was simulated for a value is kept for a while.
times = [edit(entry * (1 + number / 10_000)) for number in range(1, 1 + int(sys.argv[2]))]
print(json.dumps(times))
"""


def run(effort: Effort) -> Iterator[Result]:
    """Rows against seconds and memory, then edits."""
    if sys.platform == "win32":
        raise Missing("processor seconds of children are read where Python has os.wait4")
    # The engine's copy of 10,000 rows has more cells one by one than are taken unless one asks.
    os.environ.setdefault("ISOMARGIN_LIMITS", "3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (100,) if effort.quick else (100, 500, 2_000, 10_000, 50_000):
            yield _rows(rows, folder, 1 if effort.quick or rows > 5_000 else 3)
        for rows in (20,) if effort.quick else (0, 1, 20, 500, 10_000):
            yield _edits(rows, folder, 3 if effort.quick or rows > 5_000 else 9)


def plans(folder: Path, rows: int) -> dict[str, Path]:
    """Files of the same plans for each version: the one before has venues of its own."""
    ours, before = plan_csv(folder / f"{rows}.csv", rows), folder / f"{rows}-before.csv"
    with ours.open(encoding="utf-8", newline="") as file:
        lines = [{**row, "venue": _VENUE_BEFORE} for row in csv.DictReader(file)]
    with before.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    return {OURS: ours, BEFORE: before}


def _rows(rows: int, folder: Path, turns: int) -> Result:
    """A plan from its CSV file to a computed workbook."""
    sources, out = plans(folder, rows), folder / "out.xlsx"
    works = {
        who: isomargin(python, "fill", "-q", str(sources[who]), "-o", str(out), makes=out)
        for who, python in pythons().items()
        if rows <= _MOST.get(who, rows)
    }
    native, book = folder / "native.xlsx", None
    lacking = []
    if rows <= _MOST[ENGINE]:
        package = Package.open(bundled.template())
        write_inputs(package, read(sources[OURS]))
        (folder / "engine.xlsx").write_bytes(for_the_engine(package))
        works[ENGINE] = _inline(_ENGINE, folder / "engine.xlsx", project())
        book = fill(bundled.template(), read(sources[OURS]))
        native.write_bytes(native_plan(book))
        if office := shutil.which("soffice"):
            works[LIBREOFFICE] = _convert(office, native, folder)
        else:
            lacking.append("LibreOffice is not installed")
        if importlib.util.find_spec("ironcalc") is None:
            lacking.append("ironcalc is not installed")
        elif rows <= _MOST[IRONCALC]:
            works[IRONCALC] = _inline(_IRONCALC, native)
    if rows == 500:
        aims: tuple[Aim, ...] = (Aim(0.65, BEFORE),)
    else:
        aims = (Aim(0.25, BEFORE), Aim(0.6, LIBREOFFICE)) if rows == 10_000 else ()
    work = f"plan of {rows:,} rows: CSV, fill, compute, write"
    result = side_by_side(work, works, folder, turns, aims, "; ".join([NOTE, *lacking]))
    if book is not None and LIBREOFFICE in works:
        _same(book, Package.open(folder / "converted" / native.name), rows)
    return result


def _inline(code: str, *arguments: object) -> Work:
    return Work([sys.executable, "-c", code, *map(str, arguments)])


def _convert(office: str, book: Path, folder: Path) -> Work:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    to = ("--convert-to", "xlsx", "--outdir", str(folder / "converted"))
    made = folder / "converted" / book.name
    return Work([office, profile, "--headless", *to, str(book)], made)


def _same(ours: EmbeddedBook, theirs: Package, rows: int) -> None:
    """Raise Disagreement unless LibreOffice's values of Plan are ours, in every so manyth row."""
    table = ours.package.table("Plan")
    for row in range(table.first_row, table.last_row + 1, max(1, rows // 50)):
        for column in range(table.area.left, table.area.right + 1):
            at = a1(row, column)
            here, there = ours.value("Plan", at), theirs.value("Plan", at)
            where = f"plan of {rows:,} rows, Plan!{at}"
            if isinstance(here, float) and isinstance(there, float):
                agree(where, here, there)
            elif here != there and {here, there} != {"", None}:
                raise Disagreement(f"{where}: {here!r} here, {there!r} in {LIBREOFFICE}")


def _edits(rows: int, folder: Path, edits: int) -> Result:
    """An entry typed anew in an open book, and everything that depends on it computed."""
    sources = plans(folder, rows) if rows else {}
    times, figures = {}, {}
    for who, python in pythons().items():
        book = folder / "edited.xlsx"
        if rows:
            made = isomargin(python, "fill", "-q", str(sources[who]), "-o", str(book), makes=book)
        else:
            made = isomargin(python, "new", "--example", str(book), makes=book)
        used(made, folder)
        done = used(Work([python, "-c", _EDIT, str(book), str(edits)]), folder)
        times[who] = json.loads(done.output)
        figures[f"MiB, {who}"] = done.mebibytes
    name = f"a plan of {rows:,} row{'s' * (rows > 1)}" if rows else "the worked example"
    aims = (Aim(0.35, BEFORE),) if not rows and BEFORE in times else ()
    note = "processor seconds of one edit, the book kept open"
    return Result(f"one entry typed anew: {name}", times, aims, note, figures)
