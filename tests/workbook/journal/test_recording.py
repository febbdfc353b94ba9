"""Imports into a workbook: all or nothing, nothing twice, taken trades completed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package
from workbook.journal.fills import Fill, Payment
from workbook.journal.importing import Import
from workbook.journal.recording import bare, earlier_events, record

from .conftest import View, editing, put

Run = Callable[..., Any]
HEADER = "time,symbol,side,quantity,price,fee,funding,id\n"


@pytest.fixture
def fills(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "fills.csv") -> Path:
        path = tmp_path / name
        path.write_text(HEADER + "\n".join(lines) + "\n")
        return path

    return write


def test_a_taken_trade_is_completed_and_not_added_again(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    """Entered at 100.1 with 30 and 20 units, out at 104 and 106: 50*105.2 - 50*100.1 = 255."""
    export = fills(
        "2026-11-20T09:31:00Z,ETHUSDT,buy,30,100.1,1.5,,1",
        "2026-11-20T09:32:00Z,ETHUSDT,buy,20,100.1,1,,2",
        "2026-11-20T16:00:00Z,ETHUSDT,,,,,0.5,3",
        "2026-11-21T09:00:00Z,ETHUSDT,sell,20,104,1,,4",
        "2026-11-21T10:00:00Z,ETHUSDT,sell,30,106,1.5,,5",
    )
    result = isomargin("journal", "import", taken, export)
    assert "1 trade(s) taken before, now closed: 1" in result.out
    seen = View(taken)
    assert seen.column("Journal", "Trade") == [1]
    assert seen.cell("Journal", "Filled") == pytest.approx(100.1)
    assert seen.cell("Journal", "Net") == pytest.approx(255 - 5 - 0.5)
    assert seen.cell("Journal", "R") == pytest.approx(249.5 / 200)
    assert seen.cell("Journal", "Entry") == 100, "the plan stays"
    assert seen.check("Taken plans that were changed") == "PASS"
    assert seen.column("Plan", "Symbol") == ["OP", "SOL"]


def test_a_trade_closed_by_hand_stays_as_it_is(taken: Path, isomargin: Run, fills: Run) -> None:
    isomargin("journal", "close", taken, "1", "--exit", "105", "--at", "2026-11-21 10:00", "-q")
    before = View(taken).cell("Journal", "Net")
    export = fills(
        "2026-11-20T09:31:00Z,ETH,buy,50,100.1,1.5,,1",
        "2026-11-21T10:00:00Z,ETH,sell,50,105.1,1.5,,5",
    )
    assert (
        "closed by hand before, left as they are: 1"
        in isomargin("journal", "import", taken, export).out
    )
    seen = View(taken)
    assert seen.column("Journal", "Trade") == [1]
    assert seen.cell("Journal", "Net") == before


def test_a_position_left_open_is_closed_by_the_next_import(
    book: Path, isomargin: Run, fills: Run
) -> None:
    first = fills("2026-11-20T09:31:00Z,BTC,sell,0.1,90000,1,,1", name="one.csv")
    assert "still open: BTC short 0.1" in isomargin("journal", "import", book, first).out
    assert View(book).column("Journal", "Trade") == []
    second = fills(
        "2026-11-20T09:31:00Z,BTC,sell,0.1,90000,1,,1",
        "2026-11-21T09:31:00Z,BTC,buy,0.1,89000,1,,2", name="two.csv",
    )  # fmt: skip
    result = isomargin("journal", "import", book, second)
    assert "1 fills and payments, 1 known before" in result.out
    seen = View(book)
    assert seen.cell("Journal", "Net") == pytest.approx(100 - 2)
    assert seen.cell("Journal", "R") == "no risk"
    assert seen.book.errors() == []
    assert len(seen.column("Fills", "Id")) == 2


def test_bad_rows_are_told_by_line_and_nothing_is_written(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    export = fills(
        "2026-11-20T09:31:00Z,ETH,buy,50,100.1,1.5,,1",
        "2026-11-20T10:31:00Z,ETH,hold,50,100.1,1.5,,2",
        "yesterday,ETH,sell,50,100.1,1.5,,3",
    )
    before = taken.read_bytes()
    result = isomargin("journal", "import", taken, export)
    assert result.code == 2
    assert "fills.csv, line 3" in result.err
    assert "fills.csv, line 4" in result.err
    assert "nothing is imported (2 such rows)" in result.err
    assert taken.read_bytes() == before


def test_a_file_that_is_not_there(book: Path, refused: Run, tmp_path: Path) -> None:
    assert "none.csv" in refused("journal", "import", book, tmp_path / "none.csv")


def test_many_trades_make_the_journal_longer(book: Path, isomargin: Run, fills: Run) -> None:
    """Fifty trades that win 2 each on one unit, less 0.10 of fees: 95 together."""
    lines = []
    start = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    for number in range(50):
        at = start + dt.timedelta(hours=number)
        later = at + dt.timedelta(minutes=30)
        lines.append(f"{at.isoformat()},SOL,buy,1,{100 + number},0.05,,{number}a")
        lines.append(f"{later.isoformat()},SOL,sell,1,{102 + number},0.05,,{number}b")
    result = isomargin("journal", "import", book, fills(*lines))
    assert "50 trade(s) new: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 50" in result.out
    seen = View(book)
    assert sum(seen.column("Journal", "Net")) == pytest.approx(95)
    assert seen.named("Curve_total") == pytest.approx(95)
    assert seen.check("Results add up") == "PASS"
    assert isomargin("journal", "import", book, fills(*lines)).out.startswith("nothing new: 100")


def test_costs_in_another_coin_need_a_price(book: Path, isomargin: Run, tmp_path: Path) -> None:
    export = tmp_path / "fills.csv"
    export.write_text(
        "time,symbol,side,quantity,price,fee,fee_currency\n"
        "2026-11-20T09:31:00Z,ETH,buy,1,100,0.01,BNB\n"
        "2026-11-20T10:31:00Z,ETH,sell,1,110,0.01,BNB\n"
    )
    assert isomargin("journal", "import", book, export, "--price", "BNB=50").code == 0
    assert View(book).cell("Journal", "Net") == pytest.approx(10 - 1)


@pytest.mark.parametrize("given", ["BNB", "=5", "BNB=cheap"])
def test_a_price_is_written_with_its_coin(book: Path, refused: Run, fills: Run, given: str) -> None:
    assert "BNB=600" in refused("journal", "import", book, fills(), "--price", given)


def test_events_come_back_from_the_workbook_as_they_were(planned: bytes) -> None:
    """Exactly: a position is back at zero only if its parts add up to the last digit."""
    time = dt.datetime(2026, 11, 20, 9, 31, 12, 345678, tzinfo=dt.UTC)
    events = (
        Fill(time, "=ETH", "buy", Decimal("0.1234567890123456789"), Decimal("3000.1"), "x1",
             Decimal("-0.01"), "BNB", "o1", "long", "open"),
        Payment(time, "ETH", "funding", Decimal("0.25"), "p1", "USDT", "short"),
        Payment(time, "ETH", "fee", Decimal("1e-7"), "123"),
    )  # fmt: skip
    package = Package.open(planned)
    record(package, Import(events=events))
    again = Package.open(package.to_bytes())
    assert tuple(earlier_events(again)) == events


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [("ETH", "ETHUSDT", True), ("eth", "ETH-PERP", True), ("SOL", "PF_SOLUSD", True),
     ("OP", "OPUSDC", True), ("BTC", "ETHBTC", False), ("USDC", "USDCUSDT", True)],
)  # fmt: skip
def test_symbols_are_compared_without_their_quote(one: str, two: str, same: bool) -> None:
    assert (bare(one) == bare(two)) is same


def test_a_far_away_trade_in_the_same_thing_is_another_one(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    export = fills(
        "2026-11-10T09:31:00Z,ETH,buy,50,100.1,1.5,,1",
        "2026-11-11T10:00:00Z,ETH,sell,50,105.1,1.5,,5",
    )
    assert "1 trade(s) new: 2" in isomargin("journal", "import", taken, export).out
    assert View(taken).column("Journal", "State") == ["open", "closed"]


def test_numbers_typed_as_text_do_not_stop_an_import(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    with editing(taken) as package:
        put(package, "Journal", "Note", 1, "'1")
    export = fills(
        "2026-11-12T09:31:00Z,OP,buy,50,1.1,0,,1", "2026-11-13T10:00:00Z,OP,sell,50,1.2,0,,5"
    )
    assert isomargin("journal", "import", taken, export).code == 0
    assert View(taken).cell("Journal", "Net", 2) == pytest.approx(5)
