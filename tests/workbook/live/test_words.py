"""A form's words ask for what the form takes: no option of the command line is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbook.live.hosts import AT, InExcel
from workbook.actions import ActionError
from workbook.actions.live import CellPosition
from workbook.journal.imports.asked import said
from workbook.journal.imports.reading import Options
from workbook.live.press import Press
from workbook.live.words import in_a_form

DECIMALS = 'time,symbol,side,quantity,price\n2026-11-01 10:00,ETH,buy,1,"1,500"\n'
DATES = "time,symbol,side,quantity,price\n05/06/2026 10:00,ETH,buy,1,2000\n"
COLUMNS = "Date,What,Way,Much,Px\n2026-11-01T10:00:00Z,ETH,buy,1,2000\n"
COIN = (
    "time,symbol,side,quantity,price,fee,fee_currency\n"
    "2026-11-01T10:00:00Z,ETH,buy,1,2000,0.01,BNB\n"
)
HERE = (
    "time,coin,dir,px,sz,ntl,fee,closedPnl\n01/11/2026 - 02:30:00,ETH,Open Long,2000,1,2000,0,0\n"
)


@pytest.fixture
def opened(excel: InExcel, books: Callable[[str], bytes]) -> InExcel:
    excel.open(books("as made"))
    return excel


def told(opened: InExcel, button: str, **answers: str) -> str:
    """What is said of a press, refused or not; nothing of it names an option."""
    press = Press(button, opened.book, AT)
    press.form()
    try:
        changes = press.preview(answers)
        words = "\n".join((*changes.words, *changes.warnings))
    except ActionError as error:
        words = str(error)
    assert "--" not in words
    return words


@pytest.mark.parametrize(
    ("text", "asked", "answer"),
    [
        (DECIMALS, "say decimal point or decimal comma", "decimal comma"),
        (DATES, "say day first or month first", "month first"),
        (COLUMNS, "map time=Date,price=Px names the columns of any other",
         "map time=Date,symbol=What,side=Way,quantity=Much,price=Px"),
        (COIN, "give one with price BNB=PRICE", "price BNB=600"),
    ],
)  # fmt: skip
def test_what_a_message_asks_for_is_what_the_form_takes(
    opened: InExcel, tmp_path: Path, text: str, asked: str, answer: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(text)
    assert asked in told(opened, "import", files=str(path))
    done = told(opened, "import", files=str(path), said=answer)
    assert asked not in done
    assert "fills and payments, 0 known before" in done


def test_a_zone_is_asked_for_by_its_field(opened: InExcel, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HERE)
    asked = told(opened, "import", files=str(path))
    assert "import the file again with a zone, like Europe/Berlin or +2" in asked
    assert "with a zone" not in told(opened, "import", files=str(path), zone="+2")


def test_a_close_says_what_to_correct(opened: InExcel) -> None:
    missing = told(opened, "close", trade="1", price="101")
    assert "fees and carry not given" in missing
    much = told(opened, "close", trade="1", price="101", quantity="80")
    assert "has 50 units left: give a quantity up to that" in much
    table = next(one for one in opened.tables() if one.name == "Journal")
    cell = opened.workbook.sheet("Journal").Cells(table.first, table.column("Opened"))
    cell.Value2 = 50000.0
    assert "correct Opened in the Journal" in told(opened, "close", trade="1", price="101")


def test_what_is_said_of_a_file() -> None:
    options, prices = said("Decimal comma; day first, price BNB@2026-11-20=600", Options())
    assert (options.decimal, options.day_first) == ("comma", True)
    assert [(coin, str(day), float(price)) for coin, day, price in prices] == [
        ("BNB", "2026-11-20", 600.0)
    ]
    assert said("  ", Options()) == (Options(), [])
    assert said("map time=Date, price=Px, month first", Options())[0].columns == {
        "time": "Date", "price": "Px",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["decimal", "decimal dot", "price", "price BNB=-1", "map", "map colour=Red", "=1+1"]
)
def test_what_is_not_understood_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ActionError, match=r"like|write"):
        said(text, Options())


@pytest.mark.parametrize(
    ("command", "form"),
    [
        ("tiers are given only to those with a key: take them from a file (--from)",
         "tiers are given only to those with a key: take them from a file (the command isomargin"
         " refresh reads one)"),
        ("the workbook names no market to refresh: type a venue and a symbol on Markets or Plan,"
         " or give --venue and --symbols",
         "the workbook names no market to refresh: type a venue and a symbol on Markets or Plan"),
        ("give another --zone", "give another zone"),
        ("profit -- and loss", "profit -- and loss"),
    ],
)  # fmt: skip
def test_words_for_a_form(command: str, form: str) -> None:
    assert in_a_form(command) == form


def test_take_needs_no_option_either(opened: InExcel) -> None:
    opened.choose(CellPosition("Plan", 1, 1))
    assert "then press Take" in told(opened, "take")
