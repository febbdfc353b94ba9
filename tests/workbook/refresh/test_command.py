"""``isomargin refresh`` on a workbook, against exchanges that are replayed on this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from addin.package import Package
from tests.workbook.refresh import replies
from tests.workbook.refresh.replay import Replay, Reply
from workbook import bundled
from workbook.actions.package import snapshot
from workbook.cli import isomargin
from workbook.refresh import ccxt_source
from workbook.refresh.changes import TABLES
from workbook.refresh.facts import STAY

Serve = Callable[[Mapping[str, Any]], Replay]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "my plan.xlsx"
    path.write_bytes(bundled.template())
    return path


@pytest.fixture
def refresh(book: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(*arguments: str, answers: Mapping[str, Any] = replies.ALL) -> Result:
        monkeypatch.setenv(ccxt_source.ADDRESS, serve(answers).address)
        return CliRunner().invoke(isomargin, ["refresh", str(book), *arguments])

    return run


def rows(book: Path, table: str) -> dict[tuple[str, str], dict[str, Any]]:
    data = snapshot(Package.open(book), TABLES).table(table)
    return {
        (data.text(row, "Venue"), data.text(row, "Symbol")): data.record(row)
        for row in data.filled()
    }


def test_fresh_facts_stand_in_the_workbook(refresh: Callable[..., Result], book: Path) -> None:
    result = refresh("--venue", "Hyperliquid", "--symbols", "ETH")
    assert result.exit_code == 0, result.output
    row = rows(book, "Markets")["Hyperliquid", "ETH"]
    assert (row["Mark"], row["Funding rate"], row["Funding hours"]) == (3000.5, 0.0000198, 1)
    assert row["Funding mean"] == pytest.approx(0.0000125)
    assert row["Mark as of"] > 46_000
    assert (row["Max leverage"], row["Maintenance rate"]) == (25, 0.02)
    assert "Hyperliquid: 1 price, funding of ETH, tiers of ETH" in result.output
    assert book.with_name("my plan.bak.xlsx").exists()


def test_what_is_not_asked_for_stays(refresh: Callable[..., Result], book: Path) -> None:
    before = rows(book, "Markets")
    assert refresh("--venue", "Hyperliquid", "--symbols", "ETH", "--what", "prices").exit_code == 0
    after = rows(book, "Markets")
    changed = {
        (key, header)
        for key, row in after.items()
        for header, value in row.items()
        if before[key][header] != value
    }
    assert changed == {
        (("Hyperliquid", "ETH"), "Mark"), (("Hyperliquid", "ETH"), "Mark as of")
    }  # fmt: skip


def test_a_new_market_joins_with_its_tiers(refresh: Callable[..., Result], book: Path) -> None:
    """KuCoin ships no market: its tiers are not known until it is asked."""
    assert ("KuCoin", "ETH") not in rows(book, "Markets")
    result = refresh("--venue", "kucoin", "--symbols", "ETHUSDTM", "--what", "prices,tiers")
    assert result.exit_code == 0, result.output
    row = rows(book, "Markets")["KuCoin", "ETH"]
    assert (row["Max leverage"], row["Maintenance rate"], row["Mark"]) == (100, 0.005, 4534.07)
    tiers = snapshot(Package.open(book), TABLES).table("Tiers")
    found = [
        (tiers.number(at, "Floor"), tiers.number(at, "Rate"))
        for at in tiers.filled()
        if tiers.text(at, "Venue") == "KuCoin"
    ]
    assert found == [(0, 0.005), (300_000, 0.01)]


def test_one_venue_fails_and_the_other_is_written(
    refresh: Callable[..., Result], book: Path
) -> None:
    before = rows(book, "Markets")
    answers = {**replies.ALL, "/bybit/v5/market/instruments-info": Reply(b"oh", status=503)}
    result = refresh(
        "--venue", "Bybit,Hyperliquid", "--symbols", "BTC", "--what", "prices,tiers",
        answers=answers,
    )  # fmt: skip
    assert result.exit_code == 1
    said = [line for line in result.output.splitlines() if line.startswith("Bybit: ")]
    assert len(said) == 1
    assert said[0].endswith("Old values and their dates stay")
    after = rows(book, "Markets")
    assert after["Bybit", "BTC"] == before["Bybit", "BTC"]
    assert after["Hyperliquid", "BTC"]["Mark"] == 91000


def test_nothing_came_and_nothing_is_written(refresh: Callable[..., Result], book: Path) -> None:
    before = book.read_bytes()
    result = refresh("--venue", "Bybit", "--symbols", "BTC", answers={})
    assert result.exit_code == 1
    assert book.read_bytes() == before
    assert not list(book.parent.glob("*.bak*"))


def test_everything_that_the_workbook_names(refresh: Callable[..., Result], book: Path) -> None:
    """The markets that ship, of which the replay knows some: the others are named as missing."""
    result = refresh("--what", "prices,funding,tiers")
    assert result.exit_code == 1
    assert "Hyperliquid was asked" in result.output
    assert "SOL, ARB, DOGE is not listed there" in result.output
    after = rows(book, "Markets")
    for venue in ("Hyperliquid", "Binance", "dYdX", "Kraken Futures", "Orderly"):
        assert after[venue, "ETH"]["Mark"], venue


def test_closes_go_into_their_columns(refresh: Callable[..., Result], book: Path) -> None:
    assert refresh("--venue", "Gate", "--symbols", "ETH", "--what", "candles").exit_code == 0
    closes = snapshot(Package.open(book), TABLES).table("Candles")
    found = [(closes.number(row, "Date"), closes.number(row, "ETH")) for row in closes.filled()]
    assert [close for _, close in found] == [3010, 3050, 2990][: len(found)]
    again = refresh("--venue", "Gate", "--symbols", "ETH", "--what", "candles")
    assert again.exit_code == 0
    closes = snapshot(Package.open(book), TABLES).table("Candles")
    assert [
        (closes.number(row, "Date"), closes.number(row, "ETH")) for row in closes.filled()
    ] == found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--what", "price"], "'price' is not known"),
        (["--venue", "Nowhere"], "there is no venue 'Nowhere' to ask: it may be "),
        (["--from", "nothing.json", "--venue", "Binance"], "does not exist"),
        (["--days", "0"], "range"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    refresh: Callable[..., Result], book: Path, arguments: list[str], words: str
) -> None:
    before = book.read_bytes()
    result = refresh(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "this should not happen" not in result.output
    assert book.read_bytes() == before


def test_a_file_needs_its_venue(refresh: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text("{}")
    result = refresh("--from", str(path))
    assert (result.exit_code, "of which venue" in result.output) == (2, True)


def test_tiers_from_a_file_without_the_network(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As freqtrade keeps them; its figures of ETH are those that ship."""
    monkeypatch.setitem(sys.modules, "ccxt", None)
    path = tmp_path / "binance_leverage_tiers.json"
    tiers = [
        {"minNotional": 0, "maxNotional": 5e5, "maintenanceMarginRate": 0.01, "maxLeverage": 50,
         "info": {"cum": "0"}},
        {"minNotional": 5e5, "maxNotional": 1e6, "maintenanceMarginRate": 0.02,
         "maxLeverage": 25, "info": {"cum": "5000"}},
    ]  # fmt: skip
    path.write_text(json.dumps({"ETH/USDT:USDT": tiers, "SOL/USDT:USDT": tiers}))
    arguments = [
        "refresh",
        str(book),
        "--from",
        str(path),
        "--venue",
        "Binance",
        "--symbols",
        "ETH",
    ]
    result = CliRunner().invoke(isomargin, arguments)
    assert result.exit_code == 0, result.output
    row = rows(book, "Markets")["Binance", "ETH"]
    assert (row["Max leverage"], row["Maintenance rate"]) == (50, 0.01)
    assert row["Lot"] == 0.001  # the file has no steps: the old ones stay
    assert "binance_leverage_tiers.json" in row["Source"]
    tiers_now = snapshot(Package.open(book), TABLES).table("Tiers")
    mine = [
        tiers_now.number(at, "Floor")
        for at in tiers_now.filled()
        if (tiers_now.text(at, "Venue"), tiers_now.text(at, "Symbol")) == ("Binance", "ETH")
    ]
    assert mine == [0, 500_000]


def test_without_the_client_it_says_what_to_install(
    refresh: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ccxt", None)
    result = refresh("--venue", "Hyperliquid")
    assert result.exit_code == 2
    assert 'pip install "isomargin[live]"' in result.output.replace("\n", " ")


@pytest.mark.parametrize(
    "code",
    [
        "import workbook.cli, workbook.commands.calc, workbook.commands.fill",
        "import workbook.terms, workbook.template.build, workbook.commands.journal",
        "import workbook.commands.refresh, workbook.refresh.changes, workbook.refresh.file_source",
        "import udfs, addin.embedded",
        "from workbook.cli import isomargin as run; run(['functions'], standalone_mode=False)",
    ],
)
def test_no_other_command_imports_the_client(code: str) -> None:
    check = f"{code}\nimport sys\nassert not {{'ccxt', 'requests', 'aiohttp'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, timeout=60)


def test_no_network_is_one_line(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.read_bytes()
    monkeypatch.setenv(ccxt_source.ADDRESS, f"http://127.0.0.1:{_closed_port()}")
    result = CliRunner().invoke(isomargin, ["refresh", str(book), "-q", "--what", "prices"])
    assert result.exit_code == 1
    (said,) = result.output.splitlines()
    assert said.startswith("none of Hyperliquid, ")
    assert said.endswith("it cannot be reached: is this machine online? " + STAY)
    assert book.read_bytes() == before


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
