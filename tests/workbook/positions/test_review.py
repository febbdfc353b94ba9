"""``isomargin review``: prices in, the stamp, what joins and goes, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package
from addin.package.addresses import a1
from workbook.actions.package import snapshot

Run = Callable[..., Any]
VENUE = """
[account]
as_of = 2026-11-21T18:00:00Z

[[venues]]
name = "Here"
max_leverage = 50
maintenance_rate = 0.005
liquidation_penalty = 0.12
taker_fee = 0.0006
spread = 0.0
funding_rate = 0.0
funding_hours = 8
borrow_rate = 0.0
model = "mark"
remainder = "seized"
margin_after = "stays"

"""
ETH = {
    "trade": 1, "symbol": "ETHUSDT", "side": "long", "entry": 100, "stop": 96, "units": 50,
    "leverage": 10, "risk": 200, "target_1": 105, "target_2": 110,
}  # fmt: skip
OP = {
    "trade": 2, "symbol": "OP", "side": "short", "entry": 2, "stop": 2.1, "units": 1000,
    "leverage": 5, "risk": 100, "target_1": 1.8, "target_2": 1.6,
}  # fmt: skip


def written(*trades: dict[str, object]) -> str:
    """The inputs' file: the venue, and trades that are open."""
    text = VENUE
    for trade in trades:
        text += '[[journal]]\nopened = 2026-11-21T12:00:00Z\ndays = 7\nvenue = "Here"\n'
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in trade.items())
    return text


@pytest.fixture
def book(isomargin: Run, tmp_path: Path) -> Path:
    (tmp_path / "in.toml").write_text(written(ETH, OP))
    book = tmp_path / "book.xlsx"
    isomargin("fill", tmp_path / "in.toml", "-o", book, "-q")
    return book


def now(book: Path) -> list[dict[str, object]]:
    table = snapshot(Package.open(book), ["Now"]).table("Now")
    return [table.record(row) for row in table.filled()]


def test_open_trades_join_and_are_told_what_to_do(isomargin: Run, book: Path) -> None:
    at = ("--at", "2026-11-22 09:00")
    result = isomargin("review", book, "--price", "ETH=101", "--price", "OP=1.99", *at)
    assert result.code == 0, result
    assert "trade 1 (ETHUSDT long) joins Now" in result.out
    assert "1 ETHUSDT long: hold" in result.out
    rows = now(book)
    assert [row["What to do"] for row in rows] == ["hold", "hold"]
    assert [row["Price"] for row in rows] == [101, 1.99]
    package = Package.open(book)
    seen = snapshot(package, ["Journal"], ["As_of"])
    assert seen.number("As_of") == 46348.375
    assert seen.table("Journal").number(1, "Reviewed") == 46348.375


def test_prices_move_the_high_and_the_low_and_an_alarm_is_an_exit_code(
    isomargin: Run, book: Path
) -> None:
    isomargin("review", book, "--price", "1=104", "--price", "2=2", "--at", "2026-11-22 09:00")
    result = isomargin(
        "review", book, "--price", "1=98.7", "--price", "2=1.95", "--at", "2026-11-22 21:00"
    )
    assert result.code == 1
    assert "1 ETHUSDT long: reduce by 50%: soft stop 98.8 passed" in result.out
    first, second = now(book)
    assert (first["High"], first["Low"]) == (104, 98.7)
    assert (second["High"], second["Low"]) == (2, 1.95)


def test_without_a_price_the_row_asks_for_one(isomargin: Run, book: Path) -> None:
    result = isomargin("review", book, "--price", "OP=1.99", "--at", "2026-11-22 09:00")
    assert result.code == 1
    assert "1 ETHUSDT long: price?" in result.out
    seen = snapshot(Package.open(book), ["Journal"]).table("Journal")
    # A look without a price is no review.
    assert [seen.number(row, "Reviewed") for row in (1, 2)] == [None, 46348.375]
    # A day later the price that was given is old.
    result = isomargin("review", book, "--price", "ETH=101", "--at", "2026-11-23 09:00")
    assert result.code == 1
    assert "2 OP short: price? it is 24 h old" in result.out


def test_a_price_on_the_sheet_that_is_none_is_asked_for_and_nothing_passes(
    isomargin: Run, book: Path
) -> None:
    """Typed by hand and dated now: zero, and text."""
    package = Package.open(book)
    table = package.table("Now")
    for row, price in enumerate((0.0, "101,5")):
        for header, value in (("Trade", row + 1), ("Price", price), ("Price at", 46348.375)):
            column = table.column(header)
            assert column is not None
            package.set_cell("Now", a1(table.first_row + row, column), value)
    package.save(book)
    result = isomargin("review", book, "--at", "2026-11-22 10:00")
    assert result.code == 1
    assert "1 ETHUSDT long: price?\n" in result.out
    assert "2 OP short: price?\n" in result.out
    assert "the next trade may risk" not in result.out
    seen = Package.open(book)
    journal = snapshot(seen, ["Journal"]).table("Journal")
    assert [journal.number(row, "Reviewed") for row in (1, 2)] == [None, None]
    named = {str(seen.value("Checks", f"C{at}")): at for at in range(9, 60)}
    (row,) = [at for words, at in named.items() if "Now cannot judge" in words]
    assert seen.value("Checks", f"F{row}") == "WARN"


def test_a_closed_trade_leaves_now_and_the_others_keep_their_prices(
    isomargin: Run, book: Path
) -> None:
    isomargin("review", book, "--price", "ETH=101", "--price", "OP=1.99", "--at",
              "2026-11-22 09:00")  # fmt: skip
    closed = isomargin("journal", "close", book, "1", "--exit", "103", "--fees", "6", "--carry",
                       "0", "--at", "2026-11-22 10:00")  # fmt: skip
    assert closed.code == 0, closed
    result = isomargin("review", book, "--at", "2026-11-22 10:30")
    assert "trade 1 is not open any more" in result.out
    rows = now(book)
    assert [(row["Trade"], row["Price"]) for row in rows] == [(2, 1.99)]
    assert result.code == 0


def test_wrong_prices_are_refused_in_one_line_and_nothing_is_written(
    isomargin: Run, book: Path
) -> None:
    before = book.read_bytes()
    for price, words in (
        ("SOL=150", "no open trade of that name; open are: ETHUSDT (trade 1), OP (trade 2)"),
        ("ETH", "write it like ETH=3120"),
        ("ETH=0", "a number above 0"),
        ("ETH=abc", "a number above 0"),
    ):
        result = isomargin("review", book, "--price", price)
        assert result.code == 2
        assert words in result.err
        assert book.read_bytes() == before


def test_a_book_without_open_trades_says_so(isomargin: Run, tmp_path: Path) -> None:
    book = tmp_path / "new.xlsx"
    isomargin("new", book)
    result = isomargin("review", book)
    assert result.code == 0
    assert "no trade is open" in result.out


def many(count: int) -> list[dict[str, object]]:
    return [{**ETH, "trade": n, "symbol": f"A{n}"} for n in range(1, count + 1)]


def test_one_more_open_trade_than_there_are_rows_is_said_and_the_rest_judged(
    isomargin: Run, tmp_path: Path
) -> None:
    (tmp_path / "in.toml").write_text(written(*many(21)))
    book = tmp_path / "book.xlsx"
    isomargin("fill", tmp_path / "in.toml", "-o", book, "-q")
    prices = [part for number in range(1, 22) for part in ("--price", f"{number}=101")]
    result = isomargin("review", book, *prices, "--at", "2026-11-22 09:00")
    assert result.code == 1
    assert (
        "trade 21 (A21 long) finds no room on Now, which holds 20: nothing here judges it"
        in result.err
    )
    assert [row["What to do"] for row in now(book)] == ["hold"] * 20
    seen = snapshot(Package.open(book), ["Journal"]).table("Journal")
    assert seen.number(20, "Reviewed") == 46348.375
    assert seen.number(21, "Reviewed") is None
    # One is closed: the next review has the room, and all are held.
    isomargin("journal", "close", book, "3", "--exit", "103", "--at", "2026-11-22 10:00")
    result = isomargin("review", book, *prices[:4], *prices[6:], "--at", "2026-11-22 10:30")
    assert "trade 21 (A21 long) joins Now" in result.out
    assert {row["Trade"] for row in now(book)} == {*range(1, 22)} - {3}
    assert result.code == 0


def test_a_trade_keeps_the_volatility_that_it_was_planned_with(
    isomargin: Run, book: Path, tmp_path: Path
) -> None:
    idea = (
        '[[plans]]\nsymbol = "OP"\nside = "short"\nvenue = "Here"\nentry = 2\nstop = 2.1\n'
        'days = 7\nvolatility = 0.07\nstatus = "open"\n'
    )
    (tmp_path / "in.toml").write_text(written(ETH, OP) + idea)
    isomargin("fill", tmp_path / "in.toml", "-o", book, "-q", "--force")
    isomargin("review", book, "--price", "ETH=101", "--price", "OP=1.99", "--at",
              "2026-11-22 09:00")  # fmt: skip
    assert [row["Vol"] for row in now(book)] == [0.05, 0.07]
