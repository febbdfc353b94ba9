"""Files that people write: taken over whole, or refused in one line that says where and what."""

import datetime as dt

import pytest

from addin.package import Package
from addin.package.limits import Limits
from workbook import bundled
from workbook.inputs import InputError, from_toml, read, read_csv

PLAN = 'symbol="ETH"\nside="long"\nvenue="Platform A"\nentry=100\nstop=96\ndays=7\n'


def rows(text):
    return from_toml(text, "plan.toml").tables


def test_settings_go_to_defined_names_and_rows_to_tables():
    inputs = from_toml(
        f'[account]\nequity = 25000\n[risk]\nrisk_per_trade = "1%"\n[[plans]]\n{PLAN}', "plan.toml"
    )
    assert inputs.settings == {"Account_equity": 25000.0, "Risk_per_trade": 0.01}
    [plan] = inputs.tables["Plan"]
    assert plan["Symbol"] == "ETH"
    assert plan["Entry"] == 100.0
    assert "Leverage" not in plan


def test_words_for_sides_become_the_sheets_words():
    text = f"[[plans]]\n{PLAN}".replace('"long"', '" SELL "')
    assert rows(text)["Plan"][0]["Side"] == "short"


def test_moments_become_serial_numbers_in_utc():
    text = "[account]\nas_of = 2026-11-21T19:00:00+01:00\n"
    assert from_toml(text, "x").settings["As_of"] == pytest.approx(46347.75)
    text = '[account]\nas_of = "2026-11-21 18:00"\n'
    assert from_toml(text, "x").settings["As_of"] == pytest.approx(46347.75)
    assert dt.datetime(1899, 12, 30) + dt.timedelta(46347.75) == dt.datetime(2026, 11, 21, 18)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[account\n", ["not TOML", "line 1"]),
        ("[acount]\nequity=1\n", ["no section 'acount'", "did you mean 'account'"]),
        ("account = 5\n", ["[account] on a line of its own"]),
        ("plans = 5\n", ["[[plans]]"]),
        ("[risk]\nrisk_per_trad = 0.02\n", ["no key 'risk_per_trad'", "'risk_per_trade'"]),
        ('[account]\nequity = "much"\n', ["account.equity", "'much'", "not a number"]),
        ("[account]\nequity = true\n", ["account.equity", "not a number"]),
        ("[account]\nequity = nan\n", ["account.equity", "not a number to compute with"]),
        ("[risk]\nrisk_per_trade = 2\n", ["risk_per_trade is 2", "from 0.0001 to 1"]),
        ("[risk]\nmax_positions = 2.5\n", ["max_positions is 2.5", "whole number"]),
        ("[stops]\nhard = 5\n", ["stops.hard", "put it in quotes"]),
        ('[stops]\nhard = "prices"\n', ["'prices'", "type price or loss"]),
        ("[account]\nas_of = 5\n", ["as_of", "not a date"]),
        ('[account]\nas_of = "yesterday"\n', ["as_of", "not a date"]),
        ('[account]\ncurrency = "a\\nb"\n', ["line break"]),
        (f"[account]\nequity = {'9' * 5000}\n", ["not TOML"]),
        (f"[account]\nequity = 0x1{'0' * 400}\n", ["account.equity is no number"]),
        (f"[account]\nequity = {'[' * 5000}{']' * 5000}\n", ["brackets in brackets"]),
        ("[account]\nas_of = 0001-01-01T00:00:00+14:00\n", ["as_of", "no date in UTC"]),
        ("[account]\ncurrency = 5\n", ["not text"]),
        (f"[[plans]]\n{PLAN}lots = 1\n", ["plans row 1", "no key 'lots'", "'lot'"]),
        (f"[[plans]]\n{PLAN}[[plans]]\nsymbol='X'\n", ["plans row 2 lacks side"]),
        (f"[[plans]]\n{PLAN}leverage = -3\n", ["plans row 1, leverage is -3", "1 to 1000"]),
        (f"[[plans]]\n{PLAN}lot = 1e400\n", ["plans row 1, lot", "not a number"]),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_remedy(text, words):
    with pytest.raises(InputError) as refused:
        from_toml(text, "plan.toml")
    line = str(refused.value)
    assert line.startswith("plan.toml")
    for word in words:
        assert word in line


def test_plans_come_from_csv_too(tmp_path):
    path = tmp_path / "plans.csv"
    path.write_text(
        "\ufeffSymbol,side,venue,entry,stop,days,volatility,reason\n"
        'ETH,buy,Platform A,100,96,7,5%,"held, twice"\n'
        "\n"
        "ARB,short,Platform C,0.92,0.97,3,,\n",
        encoding="utf-8",
    )
    first, second = read(path).tables["Plan"]
    assert first["Volatility"] == 0.05
    assert first["Reason"] == "held, twice"
    assert second["Side"] == "short"
    assert "Volatility" not in second


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is empty"]),
        ("symbol,side,side\n", ["line 1 names a column twice"]),
        ("symbol,side,venue,entry,stop,days\nETH\n", ["line 2 has 1 cells"]),
        ("symbol,side\nETH,long\n", ["line 1 lacks venue"]),
        ("symbol,side,venue,entry,stop,days\nETH,long,A,100,96,\n", ["line 2 lacks days"]),
        ("symbol,sides\nETH,long\n", ["line 1 has no key 'sides'", "did you mean 'side'"]),
        # Without a row, too: an empty plan would not say what is wrong.
        ("symbl,side\n", ["line 1 has no key 'symbl'", "did you mean 'symbol'"]),
        ("\nsymbol,side,venue,entry,stop\n", ["line 2 lacks days"]),
        ("symbol,side,venue,entry,stop,days,note\nETH,long,A,100,96,7,\n", ["no key 'note'"]),
        ('symbol\n"ETH\n', ["line"]),
        ("symbol;side\nETH;long\n", ["semicolons", "save it with commas"]),
        (
            'symbol,side,venue,entry,stop,days\nETH,long,A,"100,5",96,7\n',
            ["line 2, entry is '100,5'", "with a point"],
        ),
        (
            "symbol,side,venue,entry,stop,days\nETH,long,A,1e2,abc,7\n",
            ["line 2, stop is 'abc', not a number"],
        ),
    ],
)
def test_a_wrong_csv_is_refused_with_its_line(tmp_path, text, words):
    path = tmp_path / "plans.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_csv(path, "plans")
    for word in words:
        assert word in str(refused.value)


def test_files_that_are_none(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "x.xls").write_text("")
    for path, words in (
        (tmp_path / "none.toml", "there is no file"),
        (tmp_path / "x.toml", "not text in UTF-8"),
        (tmp_path / "x.xls", "no .toml and no .csv"),
        (tmp_path / "folder.toml", "is a folder: give a TOML"),
    ):
        if path.name == "folder.toml":
            path.mkdir()
        with pytest.raises(InputError, match=words):
            read(path)


def test_as_many_plan_rows_as_are_read_fit_into_the_workbook_without_a_switch() -> None:
    package = Package.open(bundled.template())
    table = package.table("Plan")
    formulas = sum(
        package.sheet(table.sheet).has_formula(table.last_row, column)
        for column in range(table.area.left, table.area.right + 1)
    )
    assert formulas > 100
    assert formulas * Limits().plan_rows < Limits().grown_formulas
