"""Refresh and Share pressed in an open workbook: replayed exchanges, none at all, a copy."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package
from tests.workbook.live.hosts import InExcel, InLibreOffice
from tests.workbook.refresh import replies
from tests.workbook.refresh.conftest import _client, _without_waiting, serve
from tests.workbook.refresh.replay import Replay
from workbook.actions import ActionError, Snapshot
from workbook.live.press import Press
from workbook.refresh import ccxt_source

__all__ = ["_client", "_without_waiting", "serve"]
TABLES = ("Markets", "Tiers", "Candles", "Journal", "Plan")
Books = Callable[[str], bytes]


@pytest.fixture(params=["document", "excel"])
def host(request: pytest.FixtureRequest, books: Books) -> InLibreOffice | InExcel:
    opened: InLibreOffice | InExcel = request.getfixturevalue(request.param)
    opened.open(books("as made"))
    return opened


def market(seen: Snapshot, venue: str, symbol: str) -> dict[str, Any]:
    table = seen.table("Markets")
    (row,) = (
        row
        for row in table.filled()
        if (table.text(row, "Venue"), table.text(row, "Symbol")) == (venue, symbol)
    )
    return table.record(row)


def test_refresh_writes_what_the_exchanges_say(
    host: InLibreOffice | InExcel,
    serve: Callable[[Mapping[str, Any]], Replay],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The replayed figures: a mark of 3000.5, funding of 0.00198% an hour, half of 4% margin."""
    monkeypatch.setenv(ccxt_source.ADDRESS, serve(replies.ALL).address)
    before = host.everything()
    said = "\n".join(host.press("refresh", {}))
    eth = market(host.snapshot(TABLES), "Hyperliquid", "ETH")
    assert (eth["Mark"], eth["Funding rate"], eth["Funding hours"]) == (3000.5, 0.0000198, 1)
    assert (eth["Max leverage"], eth["Maintenance rate"]) == (25, 0.02)
    closes = host.snapshot(TABLES).table("Candles")
    assert {3010.0, 3050.0} <= {closes.number(row, "ETH") for row in closes.filled()}
    assert "Hyperliquid: " in said
    assert "--" not in said
    if isinstance(host, InLibreOffice):  # one step to undo, for some thousand cells
        assert host.ask("steps") == ["isomargin: refresh"]
        host.ask("undo")
        assert host.everything() == before


def test_refresh_without_a_network_says_so_and_changes_nothing(
    host: InLibreOffice | InExcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(ccxt_source.ADDRESS, f"http://127.0.0.1:{port}")
    before = host.everything()
    press = Press("refresh", host.book)
    assert press.form() == ()
    changes = press.preview({})
    assert not press.has_something_to_do
    said = "\n".join((*changes.words, *changes.warnings))
    assert "Hyperliquid" in said
    assert "it cannot be reached: is this machine online?" in said
    press.commit()
    assert host.everything() == before


def test_the_shared_copy_opens_without_the_add_in(
    document: InLibreOffice, books: Books, tmp_path: Path
) -> None:
    document.open(books("as made"))
    before = document.everything()
    open_values = document.office.values("Plan")
    path = tmp_path / "to look at.xlsx"
    press = Press("share", document.book)
    assert [field.kind for field in press.form()] == ["save"]
    assert "opens anywhere" in press.preview({"path": str(path)}).words[0]
    assert not path.exists()  # nothing before the person agrees
    press.commit()
    assert "formulas of isomargin are values now" in press.after()[0]
    assert document.everything() == before
    assert document.ask("steps") == []
    package = Package.open(path)
    texts = [text for name in package.sheets for text in map(str, package.formulas(name).values())]
    assert texts
    assert not [text for text in texts if "ISO_" in text.upper()]
    document.open(path.read_bytes())
    copied = document.office.values("Plan")
    numbers = {at: value for at, value in open_values.items() if isinstance(value, float)}
    assert len(numbers) > 20
    assert {at: copied.get(at) for at in numbers} == pytest.approx(numbers, rel=1e-9)


@pytest.mark.parametrize("path", ["copy.ods", "copy", "", "no such folder/copy.xlsx"])
def test_a_copy_that_cannot_be_is_told(
    document: InLibreOffice, books: Books, tmp_path: Path, path: str
) -> None:
    document.open(books("as made"))
    press = Press("share", document.book)
    press.form()

    def save() -> None:
        press.preview({"path": str(tmp_path / path) if path else ""})
        press.commit()

    with pytest.raises((ActionError, OSError)):
        save()
    assert list(tmp_path.iterdir()) == []
