"""The Markets sheet: what a new workbook starts with, and what its tiers come to."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import openpyxl
import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.fields import TABLES
from workbook.template.shipped import shipped
from workbook.template.spec import KINDS


@pytest.fixture(scope="module")
def rows() -> Inputs:
    return shipped()


@pytest.fixture(scope="module")
def markets(data: bytes) -> Callable[..., EmbeddedBook]:
    def made(**tables: list[Row]) -> EmbeddedBook:
        package = Package.open(data)
        write_inputs(package, Inputs(tables={**shipped().tables, **tables}))
        return open_book(package, catalogue)

    return made


def column(book: EmbeddedBook, table: str, header: str) -> list[object]:
    found = book.package.table(table)
    at = found.need(header)
    rows = range(found.first_row, found.last_row + 1)
    return [book.value(found.sheet, a1(row, at)) for row in rows]


def test_every_venue_market_and_tier_says_where_it_is_from(rows: Inputs) -> None:
    for name in ("Venues", "Markets", "Tiers"):
        assert rows.tables[name]
        for row in rows.tables[name]:
            assert len(str(row["Source"])) > 20, row


def test_what_is_shipped_passes_its_own_validation(rows: Inputs) -> None:
    for name in ("Venues", "Markets", "Tiers"):
        table = TABLES[name]
        for row in rows.tables[name]:
            for header, value in row.items():
                shown = table.column(header)
                kind = KINDS[shown.kind]
                if isinstance(value, str):
                    assert len(value) <= (kind.high or 200), (header, value)
                    assert not shown.choices or value in shown.choices, (header, value)
                else:
                    assert kind.low is None or kind.low <= value, (header, value)
                    assert kind.high is None or value <= kind.high, (header, value)
            assert {c.header for c in table.inputs if c.required} <= set(row)


def test_venues_have_plain_names_and_markets_are_found_by_venue_and_symbol(rows: Inputs) -> None:
    names = [row["Name"] for row in rows.tables["Venues"]]
    assert {"Hyperliquid", "Binance", "Bybit", "OKX", "dYdX", "Platform A"} <= set(names)
    keys = [(row["Venue"], row["Symbol"]) for row in rows.tables["Markets"]]
    assert len(set(keys)) == len(keys)
    assert {venue for venue, _ in keys} <= set(names)
    for venue, symbol in {(row["Venue"], row["Symbol"]) for row in rows.tables["Tiers"]}:
        assert (venue, symbol) in keys


def test_there_is_room_for_more(rows: Inputs) -> None:
    for name in ("Venues", "Markets", "Tiers"):
        assert len(rows.tables[name]) + 2 <= TABLES[name].rows


def test_the_tables_stand_side_by_side_and_may_grow(rows: Inputs) -> None:
    tables = [TABLES[name] for name in ("Venues", "Markets", "Tiers", "Candles")]
    assert {table.top for table in tables} == {tables[0].top}
    for one, other in itertools.pairwise(tables):
        assert other.left > one.left + len(one.columns)


def test_a_market_takes_from_its_venue_what_it_does_not_say(
    markets: Callable[..., EmbeddedBook],
) -> None:
    book = markets()
    keys = column(book, "Markets", "Key")
    at = keys.index("HYPERLIQUID ETH")
    assert column(book, "Markets", "Taker used")[at] == 0.00045
    assert column(book, "Markets", "Maker used")[at] == 0.00015
    assert column(book, "Markets", "Trigger used")[at] == 0
    assert column(book, "Markets", "Hours used")[at] == 1
    assert column(book, "Markets", "Tier count")[at] == 2
    assert column(book, "Markets", "Rule")[at] == "mark marginal"
    assert column(book, "Markets", "Key")[len(shipped().tables["Markets"])] == ""


def test_a_figure_of_the_market_goes_before_its_venues(
    markets: Callable[..., EmbeddedBook],
) -> None:
    own: Row = {
        "Venue": " okx ", "Symbol": "eth", "Max leverage": 50, "Maintenance rate": 0.01,
        "Taker fee": 0.0004, "Maker fee": -0.0001, "Trigger fee": 0, "Liquidation fee": 0.02,
    }  # fmt: skip
    book = markets(Markets=[own], Tiers=[])
    assert column(book, "Markets", "Key")[0] == "OKX ETH"
    found = [column(book, "Markets", f"{what} used")[0]
             for what in ("Taker", "Maker", "Trigger", "Penalty")]  # fmt: skip
    assert found == [0.0004, -0.0001, 0, 0.02]


@pytest.mark.parametrize("order", [1, -1])
def test_deductions_follow_by_continuity_in_whatever_order_the_rows_stand(
    markets: Callable[..., EmbeddedBook], order: int
) -> None:
    """Binance ETH as published: 0, 300, 1,500, 12,000 for the tiers from 0, 300k, 800k, 3M."""
    ours = [row for row in shipped().tables["Tiers"] if row["Venue"] == "Binance"][::order]
    book = markets(Tiers=ours)
    found = dict(zip(column(book, "Tiers", "Id"), column(book, "Tiers", "Deduction"), strict=True))
    published = [found[f"BINANCE ETH {number}"] for number in (1, 2, 3, 4)]
    assert published == pytest.approx([0, 300, 1500, 12000])


def test_where_the_whole_position_pays_the_tiers_rate_nothing_is_deducted(
    markets: Callable[..., EmbeddedBook],
) -> None:
    book = markets()
    whole = [
        (rule, deducted)
        for rule, deducted in zip(
            column(book, "Tiers", "Rule"), column(book, "Tiers", "Deduction"), strict=True
        )
        if str(rule).endswith("whole")
    ]
    assert whole
    assert {deducted for _, deducted in whole} == {0.0}


def test_no_cell_of_the_sheet_is_in_error(markets: Callable[..., EmbeddedBook]) -> None:
    assert markets().errors() == []


def test_unknown_venues_and_symbols_of_a_tier_are_no_error(
    markets: Callable[..., EmbeddedBook],
) -> None:
    stray: Row = {"Venue": "Elsewhere", "Symbol": "ETH", "Floor": 0, "Rate": 0.01}
    lone: Row = {"Venue": "Elsewhere", "Symbol": "ETH", "Max leverage": 5,
                 "Maintenance rate": 0.1}  # fmt: skip
    assert markets(Tiers=[stray]).errors() == []
    assert markets(Markets=[lone], Tiers=[stray]).errors() == []


def test_text_below_a_table_is_nowhere(data: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Markets"]
    lowest = max(TABLES[name].last_row for name in ("Venues", "Markets", "Tiers", "Candles"))
    assert sheet.max_row == lowest
