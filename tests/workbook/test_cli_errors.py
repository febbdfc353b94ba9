"""However a command ends: one line that a terminal can show."""

import pytest

from workbook import bundled, cli
from workbook.commands import functions


def test_what_nobody_foresaw_is_one_line(isomargin, monkeypatch):
    monkeypatch.delenv(cli.TRACEBACK, raising=False)
    monkeypatch.setattr(functions, "_list", lambda: {}["gone"])
    result = isomargin("functions")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "this should not happen (KeyError at test_cli_errors.py:" in result.err


def test_where_it_came_from_is_shown_on_request(monkeypatch):
    monkeypatch.setenv(cli.TRACEBACK, "1")
    monkeypatch.setattr(functions, "_list", lambda: {}["gone"])
    with pytest.raises(KeyError):
        cli.main(["functions"])


def test_too_little_memory_is_said_in_words(isomargin, monkeypatch):
    def too_much():
        raise MemoryError

    monkeypatch.setattr(functions, "_list", too_much)
    assert "not enough memory" in isomargin("functions").err


def test_what_a_message_quotes_cannot_steer_the_terminal(refused, tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text('["\\u001b[31m\\u0007"]\nx=1\n', encoding="utf-8")
    assert "\x1b" not in refused("fill", path, "-o", tmp_path / "x.xlsx")
    path = tmp_path / "journal.csv"
    path.write_text("\x1b[31m,\x07\n", encoding="utf-8")
    line = refused("journal", "stats", path)
    assert "\x1b" not in line
    assert "\\u001b[31m" in line


def test_what_a_message_quotes_is_cut(refused, tmp_path):
    path = tmp_path / "journal.csv"
    path.write_text("a" * 100_000 + "\n", encoding="utf-8")
    assert len(refused("journal", "stats", path)) < 2_000


@pytest.mark.parametrize("symbol", ["[/red]", "[bold]A", "a\\u007f"])
def test_marks_in_a_plan_are_shown_as_they_are(isomargin, tmp_path, symbol):
    path = tmp_path / "plan.toml"
    path.write_text(
        f'[[plans]]\nsymbol = "{symbol}"\nside = "long"\nvenue = "Platform A"\nentry = 100\n'
        "stop = 96\ndays = 7\n",
        encoding="utf-8",
    )
    result = isomargin("fill", path, "-o", tmp_path / "x.xlsx")
    assert result.code in (0, 1), result.err
    assert symbol.removesuffix("\\u007f") in result.out
    assert "\x7f" not in result.out


def test_a_journal_that_is_not_utf_8(refused, tmp_path):
    path = tmp_path / "journal.csv"
    path.write_bytes(b"r\xff\n1\n")
    assert "not text in UTF-8" in refused("journal", "stats", path)


@pytest.mark.parametrize("value", ["nan", "1e300"])
def test_offsets_that_are_no_numbers(refused, imported, value):
    assert "no time zone" in refused(*imported, "--utc-offset", value)


@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
def test_prices_that_are_no_numbers(refused, imported, value):
    assert "write a coin and a price" in refused(*imported, "--price", f"BNB={value}")


@pytest.fixture
def imported(tmp_path):
    book = tmp_path / "book.xlsx"
    book.write_bytes(bundled.template())
    return "journal", "import", book, tmp_path / "fills.csv"


def test_a_moment_beyond_the_calendar(refused, tmp_path):
    early = "0001-01-01T00:00:00+14:00"
    assert "no date and time" in refused("journal", "review", tmp_path / "x.xlsx", "--at", early)
