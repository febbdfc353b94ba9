"""What a call costs in LibreOffice, beside a native formula of the same maths."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from addin.libreoffice.driver import LibreOffice
from addin.libreoffice.host import HostMissing
from tests.benchmarks.measure import OURS, Effort, Missing, Result, agree
from tests.benchmarks.workbooks import project

FORMULA = 'ISO_LIQUIDATION_PRICE("long",{entry},{leverage},0.005)'
NATIVE = "{entry}*(1-1/{leverage})/(1-0.005)"

_NATIVE = "native formula"
_BESIDE = "isomargin in a process beside"


def run(effort: Effort) -> Iterator[Result]:
    """A call in cells, in one array, and a whole run with the template."""
    try:
        with LibreOffice() as inside, LibreOffice(mode="beside") as beside:
            for count in (1, effort.size(10_000, 1_000)):
                name = f"LibreOffice, a call in {count:,} cell{'s' * (count > 1)}"
                books = cells(FORMULA, count), cells(NATIVE, count)
                yield _side_by_side(name, books, count, inside, beside, effort)
            rows = effort.size(10_000, 1_000)
            name = f"LibreOffice, one array formula of {rows:,} rows"
            books = array(FORMULA, rows), array(NATIVE, rows)
            yield _side_by_side(name, books, 1, inside, beside, effort)
        if not effort.quick:
            yield from _template()
    except HostMissing as error:
        raise Missing(" ".join(str(error).split())) from None


def cells(formula: str, count: int) -> bytes:
    """A workbook with inputs in two columns and so many formulas beside them."""
    book = Workbook()
    for row in range(1, count + 1):
        text = formula.format(entry=f"A{row}", leverage=f"B{row}")
        book.active.append([100 + row / 100, 2 + row % 50, f"={text}"])
    return _content(book)


def array(formula: str, rows: int) -> bytes:
    """The same with one array formula."""
    book = Workbook()
    for row in range(1, rows + 1):
        book.active.append([100 + row / 100, 2 + row % 50])
    text = formula.format(entry=f"A1:A{rows}", leverage=f"B1:B{rows}")
    book.active["C1"] = ArrayFormula(f"C1:C{rows}", f"={text}")
    return _content(book)


def _content(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _side_by_side(
    work: str,
    books: tuple[bytes, bytes],
    calls: int,
    inside: LibreOffice,
    beside: LibreOffice,
    effort: Effort,
) -> Result:
    """Seconds a call: a full calculation's, over the calls that it makes."""
    turns = {OURS: (inside, books[0]), _NATIVE: (inside, books[1]), _BESIDE: (beside, books[0])}
    times: dict[str, list[float]] = {who: [] for who in turns}
    results = {}
    for _ in range(1 if effort.quick else 5):
        for who, (office, book) in turns.items():
            times[who].append(_seconds(office, book) / calls)
            results[who] = list(office.values("Sheet").values())
    agree(f"{work}, native", results[OURS], results[_NATIVE])
    agree(f"{work}, beside", results[OURS], results[_BESIDE])
    return Result(work, times)


def _seconds(office: LibreOffice, book: bytes) -> float:
    """A full calculation, the mean of as many as make up a measurable time."""
    office.open(book)
    office.recalculate()  # also fetches the formulas, the first time
    once = office.recalculate()
    times = max(3, min(200, int(0.1 / max(once, 1e-4))))
    return office.recalculate(times) / times


def _template() -> Iterator[Result]:
    """Each step of a headless run with the filled template."""
    template = project() / "workbook" / "isomargin.xlsx"
    times: dict[str, list[float]] = {}

    def timed(step: str, begin: float) -> None:
        times.setdefault(step, []).append(time.perf_counter() - begin)

    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            office = LibreOffice()
            office.start()
            try:
                timed("start", begin)
                for name, step in (
                    ("open", lambda office: office.open(template)),
                    ("compute everything", lambda office: office.recalculate()),
                    ("read all values", lambda office: office.all_values()),
                    ("save", lambda office: office.save_as(Path(folder) / "saved.xlsx")),
                ):
                    begin = time.perf_counter()
                    step(office)
                    timed(name, begin)
                begin = time.perf_counter()
            finally:
                office.stop()
            timed("stop", begin)
    for step, taken in times.items():
        yield Result(f"LibreOffice, filled template: {step}", {OURS: taken})
