"""One ledger from a plan to its statistics: a part closed by hand, fills whose fees wait for a
price, a wrong file taken back, funding last, and the sheet sorted by a person.

ETH was planned and taken: 50 at 100, stop 96, so 200 at risk. It went in at 100.1 with 30 and 20,
and out with 20 at 104 (typed by hand, with a fee of 1) and 30 at 106:

    gross  20 * 3.9 + 30 * 5.9 = 78 + 177 = 255
    fees   (0.002 + 0.001) BNB in, 1 typed, 0.002 BNB out; at 600: 1.8 + 1 + 1.2 = 4
    carry  0.5
    net    255 - 4 - 0.5 = 250.5, over 200 at risk: 1.2525 R

SOL was traded without a plan: 4 at 150, out at 155, 0.001 BNB each way, funding 0.3:

    net    20 - 1.2 - 0.3 = 18.5
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import View, editing, put

Run = Callable[..., Any]

FILLS = """\
Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID
7,26-11-20 09:31:00,ETHUSDT,BUY,100.1,30,3003,0.002BNB,0,true,false,11,91
7,26-11-20 09:32:00,ETHUSDT,BUY,100.1,20,2002,0.001BNB,0,true,false,12,91
7,26-11-20 20:00:00,SOLUSDT,BUY,150,4,600,0.001BNB,0,true,false,21,92
7,26-11-21 09:00:00,ETHUSDT,SELL,104,20,2080,0.001BNB,78,true,false,13,93
7,26-11-21 10:00:00,ETHUSDT,SELL,106,30,3180,0.002BNB,177,true,false,14,94
7,26-11-21 12:00:00,SOLUSDT,SELL,155,4,620,0.001BNB,20,true,false,22,95
"""
FUNDING = """\
User ID,Time(UTC),Type,Amount,Asset,Symbol,Transaction ID
7,2026-11-20 16:00:00,FUNDING_FEE,-0.5,USDT,ETHUSDT,77
7,2026-11-21 00:00:00,FUNDING_FEE,-0.3,USDT,SOLUSDT,78
7,2026-11-21 00:00:00,TRANSFER,100,USDT,,79
"""
NETS = [250.5, 18.5]
COSTS = "Closed trades without exit, fees or carry"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "fills": ("trades(UTC+0).csv", FILLS),
        "funding": ("funding.csv", FUNDING),
        "wrong": ("wrong.csv", FUNDING.replace("-0.5,", "-50,").replace(",77", ",70")),
    }
    found = {}
    for key, (name, text) in texts.items():
        found[key] = tmp_path / name
        found[key].write_text(text)
    return found


def test_a_ledger_heals(
    taken: Path, isomargin: Run, files: dict[str, Path], tmp_path: Path
) -> None:
    def does(*arguments: object) -> Any:
        result = isomargin("journal", arguments[0], taken, *arguments[1:])
        assert result.code == 0, result
        return result

    does("close", "1", "--exit", "104", "--quantity", "20", "--fees", "1",
         "--at", "2026-11-21 09:00")  # fmt: skip
    dry = does("import", files["fills"], "--dry-run")
    assert "nothing was written" in dry.out
    assert View(taken, stored=True).column("Fills", "Id") == []

    # The fills come without a price for what their fees were paid in.
    result = does("import", files["fills"])
    assert "1 trade(s) taken before, now closed: 1" in result.out
    assert "costs of 0.008 BNB have no price yet" in result.err
    seen = View(taken)
    assert seen.column("Exits", "Quantity") == [20, 30], "what was typed is not counted twice"
    assert seen.column("Journal", "Unpriced") == ["0.006 BNB", "0.002 BNB"]
    assert seen.check(COSTS) == "WARN"

    # The price comes later, and alone.
    result = does("import", "--price", "BNB=600")
    assert "trade 1 (ETH): fees" in result.out
    seen = View(taken)
    assert seen.column("Journal", "Unpriced") == []
    assert seen.check(COSTS) == "WARN", "funding is still missing"
    before = {name: View(taken, stored=True).column("Journal", name)
              for name in ("Fees", "Carry", "Exit", "Closed", "Net")}  # fmt: skip

    # A wrong file, taken back: everything is as it was.
    assert "carry blank -> 50, from wrong.csv" in does("import", files["wrong"]).out
    assert "import 3 is taken back (wrong.csv)" in does("undo").out
    after = View(taken, stored=True)
    assert {name: after.column("Journal", name) for name in before} == before

    # The right funding is imported last of all.
    result = does("import", files["funding"])
    assert "trade 1 (ETH): carry blank -> 0.5, from funding.csv" in result.out
    assert 'left out: 1 type "TRANSFER", no cost of a trade (first in line 4)' in result.out
    seen = View(taken)
    assert seen.column("Journal", "Net") == pytest.approx(NETS)
    assert seen.column("Journal", "R") == [pytest.approx(1.2525), "no risk"]
    assert seen.check(COSTS) == "PASS"
    assert seen.check("exits are not what was held") == "PASS"
    assert seen.check("Taken plans that were changed") == "PASS"

    # The same again is nothing new, and a person may sort what was imported.
    assert "the very same file was read in import 1" in does("import", files["fills"]).out
    _sort_fills(taken)
    assert "nothing new" in does("import", "--account", "", files["funding"]).out
    does("import", "--price", "BNB@2026-11-20=600")  # computes all trades anew
    assert View(taken).column("Journal", "Net") == pytest.approx(NETS)

    out = tmp_path / "export.csv"
    does("export", "-o", out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, gross, fees, carry in zip(rows, (255, 20), (4, 1.2), (0.5, 0.3), strict=True):
        assert float(row["fees"]) == pytest.approx(fees)
        assert float(row["carry"]) == pytest.approx(carry)
        assert float(row["net"]) == pytest.approx(gross - fees - carry)
    stats = does("stats").out
    assert "1.2525" in stats or "1.25" in stats


def _sort_fills(path: Path) -> None:
    """Sort the sheet Fills by symbol and price, newest first, as a spreadsheet program does."""
    with editing(path) as package:
        table = package.table("Fills")
        tab = package.sheet(table.sheet)
        columns = {header: table.column(header) for header in table.columns}
        rows = [
            {header: tab.value(row, column) for header, column in columns.items() if column}
            for row in range(table.first_row, table.last_row + 1)
        ]
        filled = [row for row in rows if row["Id"]]
        filled.sort(key=lambda row: (str(row["Symbol"]), -float(row["Price"] or 0)), reverse=True)
        for at, row in enumerate(filled, 1):
            for header, value in row.items():
                put(package, "Fills", header, at, value)


@pytest.mark.parametrize("order", [("funding", "fills"), ("fills", "funding")])
def test_the_order_of_files_and_prices_does_not_matter(
    book: Path, isomargin: Run, files: dict[str, Path], order: tuple[str, str]
) -> None:
    """Without a plan and a hand: both trades are the import's, with fees of 4.2 less what was
    typed: (0.002 + 0.001 + 0.001 + 0.002) BNB = 3.6, so ETH comes to 255 - 3.6 - 0.5 = 250.9."""
    isomargin("journal", "import", book, "--price", "BNB=600")
    for key in order:
        result = isomargin("journal", "import", book, files[key])
        assert result.code == 0, result
    nets = sorted(View(book, stored=True).column("Journal", "Net"))
    assert nets == pytest.approx([18.5, 250.9])
