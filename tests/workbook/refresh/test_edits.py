"""Facts as edits of a workbook's tables: what is written, and what is left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from addin.package.values import serial
from tests.workbook.refresh.replies import NOW
from workbook.actions import AppendRows, RemoveRows, SetCell, Snapshot, TableData
from workbook.refresh.changes import MarketKey, changes, wanted
from workbook.refresh.facts import Facts
from workbook.template.fields import TABLES
from workbook.terms import Candle, Funding, Market, Price, Source, Tier

SOURCE = Source("public calls", date(2026, 11, 28), "high", "https://example.com")


def snapshot(**rows: Sequence[Mapping[str, Any]]) -> Snapshot:
    """The template's own tables with these rows."""
    tables = {}
    for table in TABLES.values():
        headers = tuple(column.header for column in table.columns)
        computed = frozenset(column.header for column in table.columns if column.formula)
        cells = [[row.get(header) for header in headers] for row in rows.get(table.name, ())]
        tables[table.name] = TableData(table.name, headers, cells, computed)
    return Snapshot(tables)


def market(symbol: str = "ETH", *tiers: Tier, **more: Any) -> Market:
    return Market(
        **{
            "venue": "Hyperliquid", "symbol": symbol, "instrument": symbol, "max_leverage": 25,
            "tiers": tiers or (Tier(0, 0.02, 25), Tier(1e8, 1 / 30, 15)), "source": SOURCE,
            "steps_source": SOURCE, "lot": 0.0001, "significant_figures": 5, "decimals": 2,
            "min_notional": 10, "contract_size": 1, **more,
        }
    )  # fmt: skip


def price(symbol: str = "ETH", mark: float = 3000.5) -> Price:
    return Price("Hyperliquid", symbol, mark, NOW)


HL = {"Name": "Hyperliquid"}
ROW = {"Venue": "Hyperliquid", "Symbol": "ETH", "Max leverage": 50}


def cells(edits: Sequence[object], table: str, row: int) -> dict[str, Any]:
    return {
        edit.header: edit.value
        for edit in edits
        if isinstance(edit, SetCell) and (edit.table, edit.row) == (table, row)
    }


def test_what_is_wanted_is_what_the_workbook_names() -> None:
    book = snapshot(
        Markets=[ROW, {"Venue": "binance", "Symbol": "ETHUSDT"}],
        Plan=[{"Venue": "Hyperliquid", "Symbol": "eth"}, {"Venue": "Bybit", "Symbol": "SOL"},
              {"Venue": "Platform A", "Symbol": "OP"}],
        Journal=[{"Venue": "OKX", "Symbol": "BTC"},
                 {"Venue": "Gate", "Symbol": "BTC", "Closed": 46000.0}],
    )  # fmt: skip
    assert wanted(book, [], []) == [
        MarketKey("Hyperliquid", "ETH"), MarketKey("Binance", "ETH"), MarketKey("Bybit", "SOL"),
        MarketKey("OKX", "BTC"),
    ]  # fmt: skip
    assert wanted(book, ["BYBIT"], []) == [MarketKey("Bybit", "SOL")]
    assert wanted(book, [], ["ethusdt"]) == [
        MarketKey("Hyperliquid", "ETH"),
        MarketKey("Binance", "ETH"),
    ]
    assert wanted(book, ["Bybit"], ["XRP"]) == [MarketKey("Bybit", "XRP")]


def test_prices_and_funding_go_with_their_time() -> None:
    facts = Facts(
        "Hyperliquid", [price()], [Funding("Hyperliquid", "ETH", 1e-5, 1, NOW, 2e-5, 1e-6, 30)]
    )
    made = changes(snapshot(Venues=[HL], Markets=[ROW]), [facts], NOW)
    assert cells(made.edits, "Markets", 1) == {
        "Mark": 3000.5, "Mark as of": NOW, "Funding rate": 1e-5, "Funding hours": 1,
        "Funding as of": NOW, "Funding mean": 2e-5, "Funding spread": 1e-6,
    }  # fmt: skip
    assert made.words == ("Hyperliquid: 1 price, funding of ETH",)


def test_an_exports_symbol_finds_its_row() -> None:
    row = {"Venue": "HYPERLIQUID", "Symbol": "ETH-USD"}
    made = changes(
        snapshot(Venues=[HL], Markets=[ROW | row]), [Facts("Hyperliquid", [price()])], NOW
    )
    assert cells(made.edits, "Markets", 1)["Mark"] == 3000.5


def test_a_failed_venue_leaves_its_cells_alone() -> None:
    other = {"Venue": "Bybit", "Symbol": "ETH"}
    made = changes(
        snapshot(Venues=[HL, {"Name": "Bybit"}], Markets=[ROW, other]),
        [Facts("Bybit", failures=["no answer"]), Facts("Hyperliquid", [price()])], NOW,
    )  # fmt: skip
    assert {edit.row for edit in made.edits if isinstance(edit, SetCell)} == {1}


def test_tiers_are_written_over_added_and_taken_out() -> None:
    rows = [
        {"Venue": "Bybit", "Symbol": "ETH", "Floor": 0, "Rate": 0.005},
        {"Venue": "Hyperliquid", "Symbol": "ETH", "Floor": 0, "Rate": 0.01},
    ]
    book = snapshot(Venues=[HL], Markets=[ROW], Tiers=rows)
    made = changes(book, [Facts("Hyperliquid", markets=[market()])], NOW)
    assert cells(made.edits, "Tiers", 2)["Rate"] == 0.02
    assert not cells(made.edits, "Tiers", 1)  # another venue's
    (added,) = [e for e in made.edits if isinstance(e, AppendRows) and e.table == "Tiers"]
    assert [(row["Venue"], row["Symbol"], row["Floor"]) for row in added.rows] == [
        ("Hyperliquid", "ETH", 1e8)
    ]
    fewer = changes(
        snapshot(Venues=[HL], Markets=[ROW], Tiers=[*rows, rows[1], rows[1]]),
        [Facts("Hyperliquid", markets=[market("ETH", Tier(0, 0.02, 25))])], NOW,
    )  # fmt: skip
    assert [e.rows for e in fewer.edits if isinstance(e, RemoveRows)] == [(3, 4)]


def test_terms_of_a_market_with_source_and_day() -> None:
    made = changes(
        snapshot(Venues=[HL], Markets=[ROW]), [Facts("Hyperliquid", markets=[market()])], NOW
    )
    row = cells(made.edits, "Markets", 1)
    assert (row["Max leverage"], row["Maintenance rate"], row["Figures"]) == (25, 0.02, 5)
    assert (row["As of"], row["Confidence"]) == (date(2026, 11, 28), "high")
    assert row["Tick"] is None  # figures stand in its place
    assert "Taker fee" not in row
    assert "Liquidation fee" not in row  # nothing known: the old one stays


def test_steps_without_tiers_leave_the_tiers_and_their_day() -> None:
    steps = market(tiers=(), max_leverage=0.0, significant_figures=None, tick=0.01)
    made = changes(
        snapshot(Venues=[HL], Markets=[ROW]), [Facts("Hyperliquid", markets=[steps])], NOW
    )
    row = cells(made.edits, "Markets", 1)
    assert row["Lot"] == 0.0001
    assert not {"As of", "Source", "Max leverage", "Maintenance rate"} & set(row)
    assert not [edit for edit in made.edits if getattr(edit, "table", "") == "Tiers"]


def test_a_new_market_is_one_new_row_with_everything() -> None:
    facts = Facts("Hyperliquid", [price("SOL", 150)], markets=[market("SOL")])
    made = changes(snapshot(Venues=[HL], Markets=[ROW]), [facts], NOW)
    (added,) = [e for e in made.edits if isinstance(e, AppendRows) and e.table == "Markets"]
    (row,) = added.rows
    assert (row["Venue"], row["Symbol"], row["Mark"], row["Maintenance rate"]) == (
        "Hyperliquid", "SOL", 150, 0.02,
    )  # fmt: skip


def test_what_has_no_row_is_said() -> None:
    made = changes(snapshot(Venues=[HL]), [Facts("Hyperliquid", [price("SOL")])], NOW)
    assert not made.edits
    assert "SOL has no row on Markets" in made.warnings[0]


def test_every_header_that_is_written_is_the_templates() -> None:
    """A column that is renamed in the template must fail here, not in somebody's workbook."""
    columns = {table.name: {column.header for column in table.columns} for table in TABLES.values()}
    facts = Facts(
        "Hyperliquid", [price(), price("SOL")],
        [Funding("Hyperliquid", "ETH", 1e-5, 1, NOW, 2e-5, 1e-6, 30)],
        [market(tick=0.1, liquidation_fee=0.01), market("SOL")], [candle(1)],
    )  # fmt: skip
    opened = {"Venue": "Hyperliquid", "Symbol": "ETH", "Opened": serial(NOW) - 1}
    made = changes(snapshot(Venues=[HL], Markets=[ROW], Journal=[opened]), [facts], NOW)
    for edit in made.edits:
        if isinstance(edit, SetCell):
            assert edit.header in columns[edit.table]
        elif isinstance(edit, AppendRows):
            assert {header for row in edit.rows for header in row} <= columns[edit.table]


def candle(
    back: int, close: float = 3010, symbol: str = "ETH", venue: str = "Hyperliquid"
) -> Candle:
    at = datetime(2026, 11, 28, tzinfo=UTC) - timedelta(days=back)
    return Candle(venue, symbol, at, 3000, 3100, 2900, close)


def day(back: int) -> float:
    return serial(date(2026, 11, 28) - timedelta(days=back))


def test_closes_fill_days_oldest_first() -> None:
    facts = Facts("Hyperliquid", candles=[candle(1, 3050), candle(2, 3010), candle(1, 150, "SOL")])
    made = changes(snapshot(Venues=[HL]), [facts], NOW)
    (added,) = [edit for edit in made.edits if isinstance(edit, AppendRows)]
    assert [dict(row) for row in added.rows] == [
        {"Date": date(2026, 11, 26), "ETH": 3010},
        {"Date": date(2026, 11, 27), "ETH": 3050, "SOL": 150},
    ]


def test_days_between_and_before_move_the_rest_down() -> None:
    rows = [{"Date": day(3), "ETH": 1.0, "BTC": 9.0}, {"Date": day(1), "ETH": 2.0}]
    facts = Facts("Hyperliquid", candles=[candle(4, 10), candle(2, 20), candle(1, 30)])
    made = changes(snapshot(Venues=[HL], Candles=rows), [facts], NOW)
    final: dict[int, dict[str, Any]] = {1: dict(rows[0]), 2: dict(rows[1])}
    for edit in made.edits:
        if isinstance(edit, SetCell):
            value = serial(edit.value) if isinstance(edit.value, date) else edit.value
            final[edit.row][edit.header] = value
        elif isinstance(edit, AppendRows):
            for row in edit.rows:
                final[len(final) + 1] = dict(row)
    got = [
        (
            serial(row["Date"]) if isinstance(row["Date"], date) else row["Date"],
            row.get("ETH"), row.get("BTC"),
        )
        for row in final.values()
    ]  # fmt: skip
    assert got == [(day(4), 10, None), (day(3), 1, 9), (day(2), 20, None), (day(1), 30, None)]


def test_two_venues_do_not_mix_in_one_column() -> None:
    facts = [
        Facts("Hyperliquid", candles=[candle(1, 3000)]),
        Facts("Bybit", candles=[candle(1, 9, venue="Bybit"), candle(2, 9, venue="Bybit")]),
    ]
    made = changes(snapshot(Venues=[HL]), facts, NOW)
    (added,) = [edit for edit in made.edits if isinstance(edit, AppendRows)]
    assert [row["ETH"] for row in added.rows] == [3000]


@pytest.mark.parametrize("bad", ["last week", "2026-11-20", None])
def test_a_day_that_is_no_date_stops_the_closes_alone(bad: Any) -> None:
    facts = Facts("Hyperliquid", [price()], candles=[candle(1)])
    book = snapshot(Venues=[HL], Markets=[ROW], Candles=[{"Date": bad, "ETH": 5.0}])
    made = changes(book, [facts], NOW)
    assert not [edit for edit in made.edits if getattr(edit, "table", "") == "Candles"]
    assert "Candles, row 1" in made.warnings[0]
    assert cells(made.edits, "Markets", 1)


def test_a_symbol_without_a_column_is_said() -> None:
    made = changes(
        snapshot(Venues=[HL]), [Facts("Hyperliquid", candles=[candle(1, symbol="TIA")])], NOW
    )
    assert "no column TIA" in made.warnings[0]


def trade(**more: Any) -> dict[str, Any]:
    return {"Venue": "Hyperliquid", "Symbol": "ETH", "Opened": day(3) + 0.5, "Side": "long", **more}


def test_open_positions_see_whole_days_since_they_were_opened_and_the_mark() -> None:
    """Opened at noon three days ago: that day's 5,000 may have been before it."""
    early = Candle("Hyperliquid", "ETH", datetime(2026, 11, 25, tzinfo=UTC), 1, 5000, 1, 2)
    facts = Facts("Hyperliquid", [price(mark=2800)], candles=[early, candle(2), candle(1)])
    closed = trade(Closed=day(1))
    made = changes(snapshot(Venues=[HL], Markets=[ROW], Journal=[trade(), closed]), [facts], NOW)
    assert cells(made.edits, "Journal", 1) == {"High": 3100, "Low": 2800}
    assert not cells(made.edits, "Journal", 2)


def test_a_high_that_was_typed_is_only_raised() -> None:
    book = snapshot(Venues=[HL], Markets=[ROW], Journal=[trade(High=4000.0, Low=2999.0)])
    made = changes(book, [Facts("Hyperliquid", [price(mark=2900)])], NOW)
    assert cells(made.edits, "Journal", 1) == {"Low": 2900}


def test_another_venues_price_is_not_the_positions() -> None:
    made = changes(
        snapshot(Venues=[HL], Markets=[ROW], Journal=[trade(Venue="Bybit")]),
        [Facts("Hyperliquid", [price()])], NOW,
    )  # fmt: skip
    assert not cells(made.edits, "Journal", 1)
