"""Importing many fills into a workbook: beside reading and pairing them alone, and again.

Each piece of work is a process of its own, so that its processor time and its peak of memory are
its own:

    python -m tests.benchmarks.imports WORK FOLDER
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import OURS, Aim, Effort, Missing, Result

ALONE = "reading and pairing alone"
FIRST = "the first import"
FILE = "trades(UTC+0).csv"
_BOOK = "book.xlsx"


def run(effort: Effort) -> Iterator[Result]:
    """A first import, and the very same file once more."""
    if sys.platform == "win32":
        raise Missing("peak memory is read where Python has the module resource")
    trades = effort.size(10_000, 300)
    with tempfile.TemporaryDirectory() as folder:
        write_fills(Path(folder) / FILE, trades, 10)
        alone, new, again = (_measured(work, folder) for work in ("alone", "new", "again"))
    for work, done, peer, beside, aim in (
        ("a first import", new, ALONE, alone, 3.0),
        ("the very same file again", again, FIRST, new, 0.5),
    ):
        yield Result(
            f"{10 * trades:,} fills in {trades:,} trades, {work} (CPU seconds)",
            {OURS: [done[0]], peer: [beside[0]]},
            aims=(Aim(aim, peer),),
            figures={"peak MiB": done[1] / 2**20},
            note="aim of the peak: 700 MB",
        )


def write_fills(path: Path, trades: int, fills: int) -> None:
    """An export in Binance's layout: trades of so many fills each, in five symbols in turn."""
    chance = random.Random(1)
    time_ = dt.datetime(2020, 1, 1)
    symbols = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT")
    number = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow([
            "Uid", "Time", "Symbol", "Side", "Price", "Quantity", "Amount", "Fee",
            "Realized Profit", "Buyer", "Maker", "Trade ID", "Order ID",
        ])  # fmt: skip
        for trade in range(trades):
            is_long, entry = chance.random() < 0.5, 2000 + chance.randint(-200, 200)
            for at in range(fills):
                number += 1
                time_ += dt.timedelta(seconds=chance.randint(30, 900))
                opens = at < fills // 2
                price = entry if opens else entry + chance.randint(-50, 50)
                result = 0 if opens else (price - entry) * (1 if is_long else -1)
                side = "BUY" if opens == is_long else "SELL"
                fee = f"{price * 0.0004:.5f} USDT"
                out.writerow([
                    1, f"{time_:%y-%m-%d %H:%M:%S}", symbols[trade % 5], side, price, 1, price, fee,
                    result, "true", "false", number, number // 2,
                ])  # fmt: skip


def _measured(work: str, folder: str) -> tuple[float, float]:
    """Processor seconds and peak bytes of one piece of work."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.imports", work, folder],
        capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(peak)


def _alone(folder: Path) -> None:
    from workbook.journal.imports.identity import Ledger
    from workbook.journal.imports.pairing import pair
    from workbook.journal.imports.reading import read_file

    ledger = Ledger()
    ledger.add(read_file(folder / FILE), 1)
    pair(ledger.events(), ledger.prices())


def _import(folder: Path) -> None:
    from workbook import bundled
    from workbook.cli import main

    book = folder / _BOOK
    if not book.exists():
        book.write_bytes(bundled.template())
    try:
        main(["journal", "import", "-q", str(book), str(folder / FILE)])
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    import resource

    _alone(Path(sys.argv[2])) if sys.argv[1] == "alone" else _import(Path(sys.argv[2]))
    peak_ = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([time.process_time(), peak_ * (1 if sys.platform == "darwin" else 1024)]))
