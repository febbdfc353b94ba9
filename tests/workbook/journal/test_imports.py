"""Imports into a workbook: all or nothing, in any order, beside what a person did by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.package.limits import Limits
from workbook.journal.apply_import import bare

from .conftest import View, editing, put

Run = Callable[..., Any]
HEADER = "time,symbol,side,quantity,price,fee,funding,id\n"

# ETH as planned and taken at half past nine: 50 at 100, stop 96. In at 100.1 with 30 and 20, out
# with 20 at 104 and 30 at 106: 50 * 105.2 - 50 * 100.1 = 255; fees 1.5+1+1+1.5 = 5, funding 0.5.
ENTRY = (
    "2026-11-20T09:31:00Z,ETHUSDT,buy,30,100.1,1.5,,1",
    "2026-11-20T09:32:00Z,ETHUSDT,buy,20,100.1,1,,2",
)
FUNDING = ("2026-11-20T16:00:00Z,ETHUSDT,,,,,0.5,3",)
EXIT_1 = ("2026-11-21T09:00:00Z,ETHUSDT,sell,20,104,1,,4",)
EXIT_2 = ("2026-11-21T10:00:00Z,ETHUSDT,sell,30,106,1.5,,5",)
NET = 255 - 5 - 0.5


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
    result = isomargin("journal", "import", taken, fills(*ENTRY, *FUNDING, *EXIT_1, *EXIT_2))
    assert "1 trade(s) taken before, now closed: 1" in result.out
    seen = View(taken)
    assert seen.column("Journal", "Trade") == [1]
    assert seen.cell("Journal", "Filled") == pytest.approx(100.1)
    assert seen.cell("Journal", "Net") == pytest.approx(NET)
    assert seen.cell("Journal", "R") == pytest.approx(NET / 200)
    assert seen.cell("Journal", "Entry") == 100, "the plan stays"
    assert seen.check("Taken plans that were changed") == "PASS"
    assert seen.column("Plan", "Symbol") == ["OP", "SOL"]


def test_an_entry_and_a_part_are_written_into_a_trade_that_is_still_open(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    result = isomargin("journal", "import", taken, fills(*ENTRY, *EXIT_1))
    assert "1 trade(s) taken before, still open: 1" in result.out
    seen = View(taken)
    assert seen.cell("Journal", "Net") == "open"
    assert seen.cell("Journal", "Filled") == pytest.approx(100.1)
    assert seen.cell("Journal", "Open quantity") == pytest.approx(30)
    assert seen.column("Exits", "Quantity") == [20]
    # 20 * 3.9 = 78; less the exit's fee of 1 and 20/50 of the entry's 2.5
    assert seen.cell("Journal", "Realised P&L") == pytest.approx(78 - 1 - 1)
    again = isomargin("journal", "import", taken, fills(*FUNDING, *EXIT_2, name="rest.csv"))
    assert "from rest.csv" in again.out
    done = View(taken)
    assert done.cell("Journal", "Net") == pytest.approx(NET)
    assert done.column("Exits", "Quantity") == [], "it has one exit price now, in its own row"
    assert done.check("exits are not what was held") == "PASS"


@pytest.mark.parametrize("later", [False, True])
def test_a_part_closed_by_hand_is_never_counted_twice(
    taken: Path, isomargin: Run, fills: Run, later: bool
) -> None:
    """The first exit was typed, without its fee; then all fills come, at once or in two files."""
    isomargin("journal", "close", taken, "1", "--exit", "104", "--quantity", "20",
              "--at", "2026-11-21 09:00", "-q")  # fmt: skip
    if later:
        isomargin("journal", "import", taken, fills(*ENTRY, *EXIT_1, name="one.csv"))
    result = isomargin("journal", "import", taken, fills(*ENTRY, *FUNDING, *EXIT_1, *EXIT_2))
    assert result.code == 0
    seen = View(taken)
    assert sorted(seen.column("Exits", "Quantity")) == [20, 30]
    assert seen.cell("Journal", "Net") == pytest.approx(NET)
    assert seen.cell("Journal", "Open quantity") == pytest.approx(0)
    assert seen.column("Plan", "Symbol") == ["OP", "SOL"]
    assert seen.check("exits are not what was held") == "PASS"


def test_a_typed_part_of_another_size_takes_its_share_of_the_fills(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    """25 typed at 104.5; the venue has 20 and 30: 25 of the second are left to add."""
    isomargin("journal", "close", taken, "1", "--exit", "104.5", "--quantity", "25", "--fees", "1",
              "--carry", "0", "--at", "2026-11-21 09:30", "-q")  # fmt: skip
    isomargin("journal", "import", taken, fills(*ENTRY, *EXIT_1, *EXIT_2))
    seen = View(taken)
    assert sorted(seen.column("Exits", "Quantity")) == [25, 25]
    assert seen.cell("Journal", "Open quantity") == pytest.approx(0)


def test_a_trade_closed_by_hand_keeps_what_was_typed_and_gets_what_is_blank(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    isomargin("journal", "close", taken, "1", "--exit", "105", "--at", "2026-11-21 10:00", "-q")
    one = fills(
        "2026-11-20T09:31:00Z,ETH,buy,50,100.1,1.5,,1",
        "2026-11-21T10:00:00Z,ETH,sell,50,105.1,1.5,,5",
    )
    assert (
        "closed by hand before: only blank cells are filled in: 1"
        in isomargin("journal", "import", taken, one).out
    )
    seen = View(taken)
    assert seen.column("Journal", "Trade") == [1]
    assert seen.column("Exits", "Price") == [105]
    # 50 * (105 - 100.1), less 1.5 at the entry and the exit's own 1.5
    assert seen.cell("Journal", "Net") == pytest.approx(245 - 3)


def test_what_a_person_typed_stays_with_the_trade(book: Path, isomargin: Run, fills: Run) -> None:
    isomargin("journal", "import", book, fills(*ENTRY, *EXIT_1, *EXIT_2))
    with editing(book) as package:
        for header, words in (("Note", "too early"), ("Setup", "pullback"), ("Mistake", "size")):
            put(package, "Journal", header, 1, words)
    result = isomargin("journal", "import", book, fills(*FUNDING, name="funding.csv"))
    assert "trade 1 (ETHUSDT): carry blank -> 0.5, from funding.csv" in result.out
    seen = View(book)
    assert [seen.cell("Journal", header) for header in ("Note", "Setup", "Mistake")] == [
        "too early", "pullback", "size",
    ]  # fmt: skip
    assert seen.cell("Journal", "Net") == pytest.approx(NET)


def test_an_older_file_heals_the_part_of_a_trade_that_came_first(
    book: Path, isomargin: Run, fills: Run
) -> None:
    """The later file alone looks like 20 in and 20 out, and 30 short."""
    isomargin("journal", "import", book, fills(ENTRY[1], *EXIT_1, name="late.csv"))
    assert View(book).cell("Journal", "Size") == 20
    isomargin("journal", "import", book, fills(ENTRY[0], *FUNDING, *EXIT_2, name="early.csv"))
    seen = View(book)
    assert seen.column("Journal", "Trade") == [1]
    assert seen.cell("Journal", "Net") == pytest.approx(NET)
    assert seen.cell("Journal", "Size") == 50
    # From 09:32 back to 09:31, where the trade began: serials of a day.
    assert seen.cell("Journal", "Opened") == pytest.approx(46346 + (9 * 60 + 31) / 1440)


SAMPLES = Path(__file__).parent / "imports" / "samples"


def test_a_zone_that_is_told_later_moves_the_opening_too(book: Path, isomargin: Run) -> None:
    """10:00 on the 19th and 17:00 on the 20th, by a clock nine hours ahead of UTC."""
    isomargin("journal", "import", book, SAMPLES / "hyperliquid.csv")
    assert View(book).cell("Journal", "Opened") == pytest.approx(46345 + 10 / 24)
    isomargin("journal", "import", book, SAMPLES / "hyperliquid.csv", "--zone", "Asia/Tokyo")
    seen = View(book)
    assert seen.cell("Journal", "Opened") == pytest.approx(46345 + 1 / 24)
    assert seen.cell("Journal", "Closed") == pytest.approx(46346 + 8 / 24)


def test_orders_and_then_their_fills_are_one_trade_that_keeps_its_words(
    book: Path, isomargin: Run, tmp_path: Path
) -> None:
    isomargin("journal", "import", book, SAMPLES / "mexc-orders.csv")
    with editing(book) as package:
        put(package, "Journal", "Note", 1, "too early")
    fills = tmp_path / "fills.csv"
    text = (SAMPLES / "mexc.csv").read_text("utf-8")
    bought = "1,2026-11-19 18:00:00,ETH_USDT,buy long,Market,200,2,4000,2000,1.2,USDT,Taker,0"
    assert bought in text
    halves = [
        f"1,2026-11-19 18:00:0{second},ETH_USDT,buy long,Market,100,1,2000,2000,0.6,USDT,Taker,0"
        for second in (2, 1)
    ]
    fills.write_text(text.replace(bought, "\n".join(halves)), "utf-8")
    isomargin("journal", "import", book, fills)
    for undone in (False, True):
        if undone:
            isomargin("journal", "undo", book)
        seen = View(book)
        assert seen.column("Journal", "Trade") == [1]
        assert seen.cell("Journal", "Note") == "too early"
        assert (seen.cell("Journal", "Size"), seen.cell("Journal", "Net")) == (2, 197.5)


def test_two_rows_that_turn_out_to_be_one_trade_become_one(
    book: Path, isomargin: Run, fills: Run
) -> None:
    later = fills(
        "2026-11-20T10:00:00Z,ETH,buy,1,100,0,,1",
        "2026-11-20T11:00:00Z,ETH,sell,1,110,0,,2",
        "2026-11-20T12:00:00Z,ETH,buy,1,100,0,,3",
        "2026-11-20T13:00:00Z,ETH,sell,1,110,0,,4",
    )
    isomargin("journal", "import", book, later)
    assert View(book).column("Journal", "Trade") == [1, 2]
    with editing(book) as package:
        put(package, "Journal", "Note", 2, "second")
    earlier = fills(
        "2026-11-20T10:30:00Z,ETH,buy,1,100,0,,5", "2026-11-20T14:00:00Z,ETH,sell,1,110,0,,6"
    )
    result = isomargin("journal", "import", book, earlier)
    assert "trade 2 (ETH) is a part of trade 1 now" in result.out
    seen = View(book)
    assert seen.column("Journal", "Net") == [pytest.approx(30)]
    assert seen.cell("Journal", "Note") == "second"


# --- costs that wait ---------------------------------------------------------------------------


@pytest.mark.parametrize("with_file", [True, False])
def test_a_cost_without_a_price_is_never_zero(
    book: Path, isomargin: Run, tmp_path: Path, with_file: bool
) -> None:
    export = tmp_path / "fills.csv"
    export.write_text(
        "time,symbol,side,quantity,price,fee,fee_currency\n"
        "2026-11-20T09:31:00Z,ETH,buy,1,100,0.01,BNB\n"
        "2026-11-20T10:31:00Z,ETH,sell,1,110,0.01,BNB\n"
    )
    first = isomargin("journal", "import", book, export)
    assert "0.02 BNB have no price yet" in first.err
    seen = View(book)
    assert seen.cell("Journal", "Net") == "unpriced"
    assert seen.cell("Journal", "Unpriced") == "0.02 BNB"
    assert seen.check("without exit, fees or carry") == "WARN"
    files = [export] if with_file else []
    told = isomargin("journal", "import", book, *files, "--price", "BNB=50")
    assert "fees blank -> 1" in told.out
    assert View(book).cell("Journal", "Net") == pytest.approx(10 - 1)
    dated = isomargin("journal", "import", book, "--price", "BNB@2026-11-20=60")
    assert "fees 1 -> 1.2" in dated.out
    assert "nothing new" in isomargin("journal", "import", book, "--price", "BNB=50").out
    isomargin("journal", "undo", book)
    assert View(book).cell("Journal", "Net") == pytest.approx(10 - 1)


@pytest.mark.parametrize("given", ["BNB", "=5", "BNB=cheap", "BNB@yesterday=5", "BNB=-1"])
def test_a_price_is_written_with_its_coin(book: Path, refused: Run, fills: Run, given: str) -> None:
    assert "BNB=600" in refused("journal", "import", book, fills(), "--price", given)


# --- taking back, trying out -------------------------------------------------------------------


def test_undo_takes_the_last_import_back_and_nothing_else(
    taken: Path, isomargin: Run, refused: Run, fills: Run
) -> None:
    before = View(taken)
    isomargin("journal", "import", taken, fills(*ENTRY, *EXIT_1, name="one.csv"))
    other = fills("2026-11-20T12:00:00Z,OP,sell,9,2,0,,7", "2026-11-20T13:00:00Z,OP,buy,9,1,0,,8",
                  *FUNDING, *EXIT_2, name="two.csv")  # fmt: skip
    isomargin("journal", "import", taken, other)
    assert View(taken).column("Journal", "Net") == [pytest.approx(NET), pytest.approx(9)]
    with editing(taken) as package:
        put(package, "Journal", "Note", 1, "kept")
    out = isomargin("journal", "undo", taken).out
    assert "import 2 is taken back (two.csv)" in out
    seen = View(taken)
    assert seen.column("Journal", "Net") == ["open"]
    assert seen.cell("Journal", "Open quantity") == pytest.approx(30)
    assert seen.cell("Journal", "Note") == "kept"
    isomargin("journal", "undo", taken)
    back = View(taken)
    for header in ("Filled", "Size", "Closed", "Exit", "Fees", "Carry", "Source", "From import"):
        assert back.cell("Journal", header) == before.cell("Journal", header), header
    assert back.column("Exits", "Trade") == []
    assert back.column("Fills", "Id") == []
    assert back.check("Taken plans that were changed") == "PASS"
    assert "no import to take back" in refused("journal", "undo", taken)


def test_a_dry_run_says_what_would_change_and_writes_nothing(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    before = taken.read_bytes()
    result = isomargin("journal", "import", taken, fills(*ENTRY, *EXIT_1, *EXIT_2), "--dry-run")
    assert "now closed: 1" in result.out
    assert "nothing was written" in result.out
    assert taken.read_bytes() == before


def test_every_file_is_summed_up_with_what_was_left_out(
    book: Path, isomargin: Run, tmp_path: Path
) -> None:
    export = tmp_path / "log.csv"
    export.write_text(
        "time,coin,dir,px,sz,ntl,fee,closedPnl\n"
        "20/11/2026 - 16:00:00,HYPE/USDC,Buy,42.1,20,842,0.01,-0.5\n"
        "19/11/2026 - 10:00:00,ETH,Open Long,2000,2,4000,1.2,-1.2\n"
    )
    out = isomargin("journal", "import", book, export, "--zone", "Europe/Berlin").out
    assert "log.csv: Hyperliquid trade history, 2 row(s), 1 read; left out: 1 spot" in out
    assert "(first in line 2)" in out
    assert "still open: ETH long 2" in out


# --- as before ---------------------------------------------------------------------------------


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
    assert taken.read_bytes() == before


def test_many_trades_make_the_journal_longer(book: Path, isomargin: Run, fills: Run) -> None:
    """Fifty trades that win 2 each on one unit, less 0.10 of fees: 95 together."""
    lines = []
    for number in range(50):
        day, hour = 1 + number // 24, number % 24
        lines.append(f"2026-10-{day:02}T{hour:02}:00Z,SOL,buy,1,{100 + number},0.05,,{number}a")
        lines.append(f"2026-10-{day:02}T{hour:02}:30Z,SOL,sell,1,{102 + number},0.05,,{number}b")
    result = isomargin("journal", "import", book, fills(*lines))
    assert "50 trade(s) new: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 50" in result.out
    seen = View(book)
    assert sum(seen.column("Journal", "Net")) == pytest.approx(95)
    assert seen.named("Curve_total") == pytest.approx(95)
    assert seen.check("Results add up") == "PASS"
    before = book.read_bytes()
    assert "nothing new: 100" in isomargin("journal", "import", book, fills(*lines)).out
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"kept_trades": 1}, "400,000 and 1:"),
        ({"kept_fills": 4}, "4 and 100,000:"),
        ({"grown_formulas": 60}, "400,000 and 1:"),
    ],
)
def test_more_than_a_workbook_takes_is_refused_before_anything_is_written(
    book: Path,
    isomargin: Run,
    refused: Run,
    fills: Run,
    monkeypatch: pytest.MonkeyPatch,
    limit: dict[str, int],
    words: str,
) -> None:
    lines = [
        f"2026-10-{day:02}T01:00:00Z,SOL,{side},1,100,0.05,,{day}{side}"
        for day in (1, 2) for side in ("buy", "sell")
    ]  # fmt: skip
    monkeypatch.setattr("workbook.journal.import_files.limits", lambda: Limits(**limit))
    before = book.read_bytes()
    # Four fills, and one row for the file.
    told = refused("journal", "import", book, fills(*lines))
    assert "5 rows of Fills and 2 trades are more than one workbook takes" in told
    assert f"which is {words}" in told
    assert "ISOMARGIN_LIMITS=2" in told
    assert book.read_bytes() == before
    assert isomargin("journal", "import", book, fills(*lines[:2], name="half.csv")).code == 0


def test_a_far_away_trade_in_the_same_thing_is_another_one(
    taken: Path, isomargin: Run, fills: Run
) -> None:
    export = fills(
        "2026-11-10T09:31:00Z,ETH,buy,50,100.1,1.5,,1",
        "2026-11-11T10:00:00Z,ETH,sell,50,105.1,1.5,,5",
    )
    assert "1 trade(s) new: 2" in isomargin("journal", "import", taken, export).out
    assert View(taken).column("Journal", "State") == ["open", "closed"]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [("ETH", "ETHUSDT", True), ("eth", "ETH-PERP", True), ("SOL", "PF_SOLUSD", True),
     ("OP", "OPUSDC", True), ("BTC", "ETHBTC", False), ("USDC", "USDCUSDT", True),
     ("ETH", "ETH/USDT:USDT", True), ("TAO", "TAO-USDT-SWAP", True)],
)  # fmt: skip
def test_symbols_are_compared_without_their_quote(one: str, two: str, same: bool) -> None:
    assert (bare(one) == bare(two)) is same


# --- samples, formats, files -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fills.csv", "trades.csv"])
def test_a_sample_can_be_imported(book: Path, isomargin: Run, tmp_path: Path, name: str) -> None:
    """2 ETH from 2000 to 2100, fees 2.5, funding 0.4."""
    assert isomargin("journal", "import", "--sample", tmp_path / name).code == 0
    assert isomargin("journal", "import", book, tmp_path / name).code == 0
    assert View(book).cell("Journal", "Net") == pytest.approx(197.1)


def test_the_formats_are_listed_with_our_own_columns(isomargin: Run) -> None:
    out = isomargin("journal", "import", "--formats").out
    for words in ("okx: OKX trading history", "needs time, symbol, side, quantity, price", "--map"):
        assert words in out


def test_the_exported_row_holds_all_that_its_result_is_made_of(
    taken: Path, isomargin: Run, fills: Run, tmp_path: Path
) -> None:
    """Closed in two parts by hand: the row has the average exit, all fees and all carry."""
    for price, quantity, fee, carry in (("104", "20", "1", "0.2"), ("106", "30", "1.5", "0.3")):
        isomargin("journal", "close", taken, "1", "--exit", price, "--quantity", quantity,
                  "--fees", fee, "--carry", carry, "--at", "2026-11-21 10:00", "-q")  # fmt: skip
    other = fills(
        "2026-11-21T10:00:00Z,SOL,buy,1,100,0,,9", "2026-11-21T10:30:00Z,SOL,sell,1,90,0,,10"
    )
    isomargin("journal", "import", taken, other)
    isomargin("journal", "export", taken, "-o", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        row, imported = csv.DictReader(file)
    number = {name: float(row[name]) for name in ("filled", "size", "exit", "fees", "carry", "net")}
    assert number["exit"] == pytest.approx(105.2)
    assert (number["fees"], number["carry"]) == (2.5, 0.5)
    assert number["net"] == pytest.approx(
        number["size"] * (number["exit"] - number["filled"]) - number["fees"] - number["carry"]
    )
    assert row["closed"] == "2026-11-21T10:00:00Z"
    assert (imported["import"], imported["opened"]) == ("1.0", "2026-11-21T10:00:00Z")
    assert {"venue", "account", "left", "banked"} <= set(row)


def test_statistics_of_the_workbook_itself_in_the_order_of_closing(
    taken: Path, isomargin: Run, fills: Run, tmp_path: Path
) -> None:
    """SOL loses 10 before ETH wins: the drawdown in money is 10, whatever the rows' order."""
    isomargin("journal", "import", taken, fills(*ENTRY, *FUNDING, *EXIT_1, *EXIT_2))
    isomargin("journal", "import", taken, fills(
        "2026-11-20T10:00:00Z,SOL,buy,1,100,0,,9", "2026-11-20T10:30:00Z,SOL,sell,1,90,0,,10",
        name="sol.csv"))  # fmt: skip
    out = isomargin("journal", "stats", taken, "--column", "net").out
    assert "basis\t2 trade(s) with a result in net; in the order of closing" in out
    assert "Max drawdown\t10\n" in out
    in_r = isomargin("journal", "stats", taken).out
    assert "1 trade(s) with a result in R (multiples of the risk), 1 closed without one" in in_r
    assert "--column net" in in_r
    isomargin("journal", "export", taken, "-o", tmp_path / "out.csv")
    exported = isomargin("journal", "stats", tmp_path / "out.csv", "--column", "net").out
    assert exported == out
