"""Filling a workbook that somebody keeps: the journal stays, and so do the older versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.package import Package, TableRows
from addin.package.saving import KEPT, save_bytes
from workbook import bundled, terminal
from workbook.cli import main

PLANS = "symbol,side,venue,entry,stop,days\nSOL,short,hl,150,156,4\n"


@pytest.fixture(scope="module")
def example() -> bytes:
    return bundled.worked_example()


@pytest.fixture
def kept(tmp_path: Path, example: bytes) -> Path:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(example)
    return path


@pytest.fixture
def ideas(tmp_path: Path) -> Path:
    path = tmp_path / "week.csv"
    path.write_text(PLANS)
    return path


def journal(path: Path) -> list[dict[str, object]]:
    return [dict(row) for row in TableRows(Package.open(path), "Journal").records()]


def test_a_weekly_plan_goes_into_the_workbook_and_its_journal_stays(isomargin, kept, ideas):
    typed = ("Trade", "Symbol", "Entry", "Fees", "Sealed sum")
    inputs = [{k: v for k, v in row.items() if k in typed} for row in journal(kept)]
    for _ in range(2):
        result = isomargin("fill", ideas, "-o", kept)
        assert "has a journal: its plan is filled" in result.out
    after = [{k: v for k, v in row.items() if k in typed} for row in journal(kept)]
    assert after == inputs
    assert len(after) == 14
    plan = [row["Symbol"] for row in TableRows(Package.open(kept), "Plan").records()]
    assert plan == ["ETH", "OP", "SOL"], "the two that are open stay, ideas are replaced"


def test_a_file_with_a_journal_does_not_replace_a_journal(refused, kept, tmp_path):
    source = tmp_path / "all.toml"
    source.write_text(bundled.text("examples/optimism.toml"))
    before = kept.read_bytes()
    line = refused("fill", source, "-o", kept)
    assert "has a journal of 14 trade(s)" in line
    assert "--force" in line
    assert kept.read_bytes() == before


def test_force_replaces_it_and_keeps_what_was_there(isomargin, kept, ideas):
    before = kept.read_bytes()
    isomargin("fill", ideas, "-o", kept, "--force", "-q")
    assert journal(kept) == []
    assert kept.with_name("mine.bak.xlsx").read_bytes() == before


def test_an_older_templates_journal_is_not_written_into(refused, kept, ideas):
    package = Package.open(kept)
    package.set_named("Template_version", "1")
    kept.write_bytes(package.to_bytes())
    before = kept.read_bytes()
    assert "isomargin upgrade" in refused("fill", ideas, "-o", kept)
    assert kept.read_bytes() == before


def test_older_versions_are_numbered_and_stay(tmp_path):
    path = tmp_path / "plan.xlsx"
    for version in range(4):
        save_bytes(b"%d" % version, path, backup=True)
    names = ("plan.xlsx", "plan.bak.xlsx", "plan.bak2.xlsx", "plan.bak3.xlsx")
    assert [(tmp_path / name).read_bytes() for name in names] == [b"3", b"2", b"1", b"0"]


def test_no_more_than_some_versions_stay_and_none_twice(tmp_path):
    path = tmp_path / "plan.xlsx"
    for version in range(KEPT + 5):
        save_bytes(b"%d" % version, path, backup=True)
    assert len(list(tmp_path.iterdir())) == KEPT + 1
    save_bytes(b"another", path, backup=True)
    path.write_bytes((tmp_path / "plan.bak.xlsx").read_bytes())
    kept = sorted(one.read_bytes() for one in tmp_path.glob("*.bak*"))
    save_bytes(b"yet another", path, backup=True)
    assert sorted(one.read_bytes() for one in tmp_path.glob("*.bak*")) == kept


def versions(path):
    return sorted(one.name for one in path.parent.glob(f"{path.stem}.bak*"))


@pytest.mark.parametrize("kept", [1, 3])
def test_a_workbook_says_how_many_of_its_versions_stay(kept, tmp_path):
    path = tmp_path / "plan.xlsx"
    package = Package.open(bundled.template())
    package.set_named("Backups", kept)
    for currency in ("USD", "EUR", "GBP", "CHF", "JPY", "SEK"):
        package.set_named("Currency", currency)
        package.save(path, backup=True)
    expected = ["plan.bak.xlsx", "plan.bak2.xlsx", "plan.bak3.xlsx"]
    assert versions(path) == expected[:kept]
    assert (
        Package.open(tmp_path / expected[kept - 1]).named("Currency") == ["JPY", 0, "GBP"][kept - 1]
    )


@pytest.mark.parametrize("said", ["many", 0, None, 1000, True])
def test_what_is_no_number_of_versions_is_nine(said, tmp_path):
    package = Package.open(bundled.template())
    package.set_named("Backups", said)
    assert package.backups_kept() is None


@pytest.mark.parametrize(
    "command",
    [
        ["calc", "plan.xlsx"],
        ["fill", "plans.csv", "-o", "plan.xlsx"],
        ["journal", "take", "plan.xlsx", "3"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_keeps_as_many_as_the_workbook_says(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "plan.xlsx"
    package = Package.open(bundled.worked_example())
    package.set_named("Backups", 2)
    package.save(path)
    for number, name in ((1, "plan.bak.xlsx"), (2, "plan.bak2.xlsx")):
        (tmp_path / name).write_bytes(b"%d" % number)
    (tmp_path / "plans.csv").write_text(
        "symbol,side,venue,entry,stop,days\nETH,long,Binance,3000,2900,5\n"
    )
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code in (0, 1)
    assert versions(path) == ["plan.bak.xlsx", "plan.bak2.xlsx"]
    assert (tmp_path / "plan.bak2.xlsx").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("given", "plain"),
    [("HYPERLIQUID", "Hyperliquid"), (" binance ", "Binance"), ("dydx_v4", "dYdX")],
)
def test_a_venue_is_known_by_its_other_names(isomargin, tmp_path, given, plain):
    source = tmp_path / "plans.csv"
    source.write_text(f"symbol,side,venue,entry,stop,days\nETH,Buy,{given},3000,2900,4\n")
    out = tmp_path / "plan.xlsx"
    isomargin("fill", source, "-o", out, "-q")
    (row,) = TableRows(Package.open(out), "Plan").records()
    assert (row["Venue"], row["Side"]) == (plain, "long")


def test_an_unknown_venue_is_told_the_nearest(refused, tmp_path):
    source = tmp_path / "plans.csv"
    source.write_text("symbol,side,venue,entry,stop,days\nETH,long,Binanse,3000,2900,4\n")
    assert "did you mean 'Binance'?" in refused("fill", source, "-o", tmp_path / "plan.xlsx")


def test_only_what_fails_is_printed_and_everything_on_request(isomargin, ideas, tmp_path):
    out = tmp_path / "plan.xlsx"
    short = isomargin("fill", ideas, "-o", out).out
    whole = isomargin("calc", out, "--all").out
    assert "PASS" not in short.split("Checks:")[1]
    assert "no data" not in short
    assert "Risk per trade typed as 2%" not in short
    assert "Risk per trade typed as 2%" in whole
    assert "no data" in whole


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2938.7755, "2,938.78"), (95000.0, "95,000"), (103980.4, "103,980"), (0.92, "0.92"),
     (0.00001234, "0.00001234"), (1.234e-9, "1.234e-09"), (1.5e9, "1,500,000,000"), (0.0, "0")],
)  # fmt: skip
def test_prices_are_readable_whatever_their_size(value, shown):
    assert terminal.price(value) == shown


@pytest.mark.parametrize("symbol", ["A" * 40, "1000000000000BABYDOGE"])
@pytest.mark.parametrize("entry", ["0.000000001234", "1500000000"])
def test_a_long_name_is_cut_and_never_a_number(isomargin, tmp_path, symbol, entry):
    source = tmp_path / "plans.csv"
    stop = f"{float(entry) * 0.96:.15f}"
    source.write_text(
        f"symbol,side,venue,entry,stop,days\n{symbol},long,Platform A,{entry},{stop},4\n"
    )
    result = isomargin("fill", source, "-o", tmp_path / "plan.xlsx")
    table = result.out.split("Checks:")[0]
    assert terminal.price(float(entry)) in table
    assert "…" not in table
