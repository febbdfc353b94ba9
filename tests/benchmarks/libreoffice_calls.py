"""What a call costs in LibreOffice, beside a native formula of the same maths.

    python -m tests.benchmarks.libreoffice_calls

Prints microseconds a call for single cells and for one array, and the seconds that the filled
template takes to open, compute and save.
"""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from rich.console import Console
from rich.table import Table

from addin.libreoffice.driver import LibreOffice

TEMPLATE = Path(__file__).parents[2] / "workbook" / "isomargin.xlsx"
COUNTS = (1, 1_000, 10_000)
ARRAY_ROWS = 10_000

OURS = 'ISO_LIQUIDATION_PRICE("long",{entry},{leverage},0.005)'
NATIVE = "{entry}*(1-1/{leverage})/(1-0.005)"


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


def seconds(office: LibreOffice, book: bytes) -> float:
    """The fastest full calculation of several, in seconds."""
    office.open(book)
    once = office.recalculate()  # also fetches the formulas, the first time
    times = max(5, min(200, int(0.3 / max(once, 1e-4))))
    return min(office.recalculate(times) / times for _ in range(3))


def main() -> None:
    """Measure and print."""
    calls = Table("calls", "ours, µs a call", "native, µs a call", "in a process beside, µs")
    with LibreOffice() as inside, LibreOffice(mode="beside") as beside:
        for count in COUNTS:
            ours = [seconds(office, cells(OURS, count)) for office in (inside, beside)]
            native = seconds(inside, cells(NATIVE, count))
            calls.add_row(
                f"{count:,} cells",
                *(f"{value / count * 1e6:,.2f}" for value in (ours[0], native, ours[1])),
            )
        ours = [seconds(office, array(OURS, ARRAY_ROWS)) for office in (inside, beside)]
        native = seconds(inside, array(NATIVE, ARRAY_ROWS))
        calls.add_row(
            f"one array, {ARRAY_ROWS:,} rows",
            *(f"{value * 1e6:,.0f}" for value in (ours[0], native, ours[1])),
        )
    console = Console()
    console.print(calls)
    console.print(template())


def template() -> Table:
    """Seconds for each step of a headless run with the filled template."""
    steps = Table("filled template", "seconds")
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        office = LibreOffice()
        office.start()
        try:
            steps.add_row("start", f"{time.perf_counter() - begin:.2f}")
            for name, step in (
                ("open", lambda: office.open(TEMPLATE)),
                ("compute everything", office.recalculate),
                ("read all values", office.all_values),
                ("save", lambda: office.save_as(Path(folder) / "saved.xlsx")),
            ):
                begin = time.perf_counter()
                step()
                steps.add_row(name, f"{time.perf_counter() - begin:.3f}")
            begin = time.perf_counter()
        finally:
            office.stop()
        steps.add_row("stop", f"{time.perf_counter() - begin:.2f}")
    return steps


if __name__ == "__main__":
    main()
