"""Closing: parts, what is refused, nothing written over; and reviews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import View, editing, put

Run = Callable[..., Any]
AT = ("--at", "2026-11-21 09:30")


def test_one_exit_closes_it_all(taken: Path, isomargin: Run) -> None:
    result = isomargin("journal", "close", taken, "ETH", "--exit", "98", "--fees", "2", *AT)
    # 2 down on 50 units and 2 of fees: -102, over 200 at risk
    assert "net -102.00, -0.51 R" in result.out
    seen = View(taken)
    assert seen.cell("Exits", "Symbol") == "ETH"
    assert seen.cell("Exits", "Quantity") == 50
    assert seen.named("Journal_open") == 0


def test_the_rest_of_thirds_is_nothing(taken: Path, isomargin: Run) -> None:
    for _ in range(2):
        isomargin("journal", "close", taken, "1", "--exit", "103", "--quantity",
                  "16.6666666667", *AT)  # fmt: skip
    result = isomargin("journal", "close", taken, "1", "--exit", "103", *AT)
    assert "is closed: net +150.00" in result.out
    assert View(taken).check("exits are not what was held") == "PASS"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("7", "--exit", "100"), "the journal has no trade 7: its open ones are 1 ETH"),
        (("BTC", "--exit", "100"), "no open trade in BTC"),
        (("²", "--exit", "100"), "no open trade in ²"),
        (("1", "--exit", "100", "--quantity", "51"), "has 50 units left"),
        (("1", "--exit", "100", "--at", "2026-11-19 10:00"), "was opened 2026-11-20 09:30"),
        (("1", "--exit", "-5"), "not a number above 0"),
        (("1", "--exit", "ten"), "not a number above 0"),
        (("1", "--exit", "nan"), "not a number above 0"),
        (("1", "--exit", "100", "--note", "x" * 201), "at most 200"),
        (("1",), "--exit"),
    ],
)
def test_what_cannot_be_closed_is_told_and_nothing_is_written(
    taken: Path, refused: Run, arguments: tuple[str, ...], words: str
) -> None:
    before = taken.read_bytes()
    if "--at" not in arguments:
        arguments = (*arguments, *AT)
    assert words in refused("journal", "close", taken, *arguments)
    assert taken.read_bytes() == before


def test_a_closed_trade_is_not_closed_again(taken: Path, isomargin: Run, refused: Run) -> None:
    isomargin("journal", "close", taken, "1", "--exit", "98", *AT)
    line = refused("journal", "close", taken, "1", "--exit", "120", *AT)
    assert "trade 1 is closed since 2026-11-21 09:30" in line


def test_what_somebody_wrote_is_not_written_over(taken: Path, isomargin: Run, refused: Run) -> None:
    with editing(taken) as package:
        put(package, "Journal", "Note", 1, "mine")
    line = refused("journal", "close", taken, "1", "--exit", "98", "--note", "other", *AT)
    assert "has a Note already" in line
    assert View(taken).cell("Journal", "Note") == "mine"
    assert View(taken).column("Exits", "Price") == []


def test_an_exit_typed_by_hand_counts_like_one_of_the_command(taken: Path) -> None:
    with editing(taken) as package:
        for header, value in (("Closed", 46347.5), ("Exit", 104.0), ("Fees", 6.0), ("Carry", 4.0)):
            put(package, "Journal", header, 1, value)
    assert View(taken).cell("Journal", "Net") == pytest.approx(190)


def test_exits_typed_by_hand_make_the_average(taken: Path) -> None:
    with editing(taken) as package:
        put(package, "Journal", "Closed", 1, 46347.5)
        for row, (price, quantity, fee) in enumerate(((102, 20, 1), (107, 30, 2)), start=1):
            for header, value in (("Trade", 1), ("Time", 46347.5), ("Price", price),
                                  ("Quantity", quantity), ("Fee", fee)):  # fmt: skip
                put(package, "Exits", header, row, value)
    seen = View(taken)
    assert seen.cell("Journal", "Exit avg") == pytest.approx(105)
    assert seen.cell("Journal", "Net") == pytest.approx(20 * 2 + 30 * 7 - 3)
    with editing(taken) as package:
        put(package, "Exits", "Quantity", 2, 29)
        put(package, "Exits", "Trade", 1, 9)
    seen = View(taken)
    assert seen.check("exits are not what was held") == "FAIL"
    assert seen.check("trades that the journal does not have") == "FAIL"
    assert seen.cell("Exits", "Symbol", 1) == "no such trade"


def test_the_risk_of_the_first_stop_counts(taken: Path, isomargin: Run) -> None:
    """A stop moved past the entry later does not make the risk smaller, nor negative."""
    isomargin("journal", "close", taken, "1", "--exit", "101", "--kind", "trail", *AT)
    assert View(taken).cell("Journal", "R") == pytest.approx(0.25)


def test_reviews_are_due_twice_a_day(taken: Path, isomargin: Run) -> None:
    early = isomargin("journal", "review", taken, "--list", "--at", "2026-11-20 20:00")
    assert early.code == 0
    assert "trade 1 (ETH long): due 2026-11-20 21:30" in early.out
    late = isomargin("journal", "review", taken, "--list", "--at", "2026-11-20 22:00")
    assert late.code == 1
    assert "overdue since 2026-11-20 21:30" in late.out
    assert isomargin("journal", "review", taken, "--at", "2026-11-20 22:00").code == 0
    seen = View(taken)
    assert seen.named("Journal_overdue") == 0
    assert seen.check("review is overdue") == "PASS"
    again = isomargin("journal", "review", taken, "--list", "--at", "2026-11-21 09:00")
    assert "due 2026-11-21 10:00" in again.out


@pytest.mark.parametrize("at", ["2020-01-01 00:00", "2026-11-20 09:00"])
def test_nobody_looks_at_a_trade_before_it_is_there(taken: Path, isomargin: Run, at: str) -> None:
    before = taken.read_bytes()
    for more in ((), ("--list",)):
        run = isomargin("journal", "review", taken, "--at", at, *more)
        assert run.code == 0
        assert f"no trade was open at {at} UTC: nothing to review" in run.out
    assert taken.read_bytes() == before
    same_minute = isomargin("journal", "review", taken, "--at", "2026-11-20 09:30")
    assert "1 reviewed 2026-11-20 09:30 UTC" in same_minute.out


def test_the_sheet_says_what_is_overdue_at_its_own_moment(taken: Path) -> None:
    with editing(taken) as package:
        sheet, area = package.names["As_of"].target
        package.set_cell(sheet, f"{chr(64 + area.left)}{area.top}", 46346 + 22.5 / 24)
    seen = View(taken)
    assert seen.check("review is overdue") == "WARN"
    assert seen.at("Journal", "B5") == "ETH"
    assert "overdue" in seen.at("Journal", "B6")
