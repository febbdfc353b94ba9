"""From fills to trades: sums that hold, parts, flips, funding, and what cannot be told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.journal.fills import Fill, Payment
from workbook.journal.importing import Import, import_fills, import_readings, not_in_journal
from workbook.journal.pairing import Pairing, pair
from workbook.journal.reading import read_text

from .test_reading import SAMPLES, generic

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def fill(hour: float, side: Any, quantity: object, price: object, **more: Any) -> Fill:
    more.setdefault("id", f"{hour}-{side}-{more.get('position_side', '')}")
    return Fill(
        START + dt.timedelta(hours=hour),
        more.pop("symbol", "ETH"),
        side,
        Decimal(str(quantity)),
        Decimal(str(price)),
        fee=Decimal(str(more.pop("fee", 0))),
        **more,
    )


def funding(hour: float, paid: object, **more: Any) -> Payment:
    more.setdefault("kind", "funding")
    return Payment(
        START + dt.timedelta(hours=hour),
        more.pop("symbol", "ETH"),
        amount=Decimal(str(paid)),
        id=f"f{hour}",
        **more,
    )


def test_a_round_trip_is_a_trade_with_all_its_costs() -> None:
    (trade,) = pair(
        [fill(0, "buy", 2, 2000, fee=1.2), funding(6, 0.4), fill(9, "sell", 2, 2100, fee=1.3)]
    ).trades
    assert (trade.side, trade.quantity, trade.entry, trade.exit) == ("long", 2, 2000, 2100)
    assert (trade.gross, trade.fees, trade.carry) == (200, 2.5, 0.4)
    assert trade.net == pytest.approx(197.1)
    assert trade.closed - trade.opened == dt.timedelta(hours=9)
    assert trade.fills == 2


def test_adding_and_taking_parts_off_is_one_trade_at_average_prices() -> None:
    (trade,) = pair(
        [
            fill(0, "sell", 1, 100),
            fill(1, "sell", 3, 104),
            fill(2, "buy", 1, 98),
            fill(3, "buy", 3, 102),
        ]
    ).trades
    assert trade.side == "short"
    assert (trade.quantity, trade.entry, trade.exit) == (4, 103, 101)
    assert trade.gross == 8


def test_decimal_parts_bring_a_position_back_to_exactly_zero() -> None:
    paired = pair(
        [fill(0, "sell", "0.881", 566), fill(1, "buy", "0.403", 565), fill(2, "buy", "0.478", 565)]
    )
    assert len(paired.trades) == 1
    assert paired.open_positions == ()


def test_a_flip_is_two_trades_that_share_the_fee_by_quantity() -> None:
    paired = pair(
        [fill(0, "buy", 1, 100), fill(1, "sell", 3, 110, fee=0.6), fill(2, "buy", 2, 105)]
    )
    first, second = paired.trades
    assert (first.side, first.gross, first.fees) == ("long", 10, pytest.approx(0.2))
    assert (second.side, second.gross, second.fees) == ("short", 10, pytest.approx(0.4))
    assert second.opened == first.closed
    assert first.id != second.id


def test_what_is_left_open_is_valued_at_average_cost() -> None:
    paired = pair(
        [
            fill(0, "buy", 2, 100, fee=1),
            fill(1, "buy", 2, 110),
            fill(2, "sell", 1, 120),
            funding(3, 0.5),
        ]
    )
    (left,) = paired.open_positions
    assert paired.trades == ()
    assert (left.quantity, left.entry, left.realised) == (3, 105, 15)
    assert (left.fees, left.carry) == (1, 0.5)


def test_symbols_and_position_sides_are_positions_of_their_own() -> None:
    paired = pair(
        [
            fill(0, "buy", 1, 100, position_side="long"),
            fill(1, "sell", 1, 110, position_side="short"),
            fill(2, "buy", 5, 1, symbol="OP"),
            fill(3, "sell", 1, 120, position_side="long"),
            fill(4, "buy", 1, 100, position_side="short"),
        ]
    )
    assert [(trade.side, trade.gross) for trade in paired.trades] == [("long", 20), ("short", 10)]
    assert [position.symbol for position in paired.open_positions] == ["OP"]


def test_funding_goes_to_the_side_it_names() -> None:
    paired = pair(
        [
            fill(0, "buy", 1, 100, position_side="long"),
            fill(1, "sell", 1, 110, position_side="short"),
            funding(2, -0.7, position_side="short"),
        ]
    )
    assert {left.side: left.carry for left in paired.open_positions} == {"long": 0, "short": -0.7}


def test_a_fee_in_a_row_of_its_own_belongs_to_the_fill_of_the_same_time() -> None:
    paired = pair([fill(0, "buy", 1, 100), fill(1, "sell", 1, 110), funding(1, 0.3, kind="fee")])
    assert paired.trades[0].fees == 0.3


def test_payments_that_belong_to_no_trade_are_told() -> None:
    paired = pair([funding(0, 1), fill(1, "buy", 1, 100)])
    assert "1 payment(s) belong to no trade" in paired.notes[0]


def test_a_close_of_an_older_position_is_left_out_and_told() -> None:
    paired = pair([fill(0, "sell", 1, 100, effect="close"), fill(1, "sell", 1, 110, effect="open")])
    assert [left.side for left in paired.open_positions] == ["short"]
    assert "opened before the first row" in paired.notes[0]


def test_contradictions_are_problems_not_guesses() -> None:
    hedge = pair([fill(0, "buy", 1, 100), fill(1, "buy", 1, 100, effect="reduce")])
    assert "hedge mode" in hedge.problems[0].words
    gap = pair([fill(0, "buy", 1, 100), fill(1, "sell", 1, 100, effect="open")])
    assert "missing" in gap.problems[0].words


def test_costs_in_another_coin_need_a_price() -> None:
    fills = [
        fill(0, "buy", 1, 100, fee="0.01", fee_currency="BNB"),
        fill(1, "sell", 1, 110, fee="0.5", fee_currency="USDT"),
    ]
    without = pair(fills)
    assert without.trades[0].fees == 0.5
    assert "0.01 BNB" in without.notes[0]
    priced = pair(fills, {"bnb": 600})
    assert priced.trades[0].fees == 6.5
    assert priced.notes == ()


steps = st.lists(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 500), st.integers(1, 100_000)),
    min_size=1,
    max_size=40,
)


def walk(moves: list[tuple[str, int, int]]) -> tuple[list[Fill], Pairing]:
    fills = [
        fill(number, side, Decimal(size) / 1000, Decimal(price) / 100, fee="0.01")
        for number, (side, size, price) in enumerate(moves)
    ]
    return fills, pair(fills)


@given(steps)
def test_no_money_is_lost_or_made_on_the_way(moves: list[tuple[str, int, int]]) -> None:
    fills, paired = walk(moves)
    cash = sum((one.quantity * one.price * (1 if one.side == "sell" else -1)) for one in fills)
    still = sum(
        left.quantity * left.entry * (1 if left.side == "long" else -1) - left.realised
        for left in paired.open_positions
    )
    closed = sum(trade.gross for trade in paired.trades)
    assert closed == pytest.approx(float(cash) + still, abs=1e-6)
    fees = sum(trade.fees for trade in paired.trades) + sum(
        left.fees for left in paired.open_positions
    )
    assert fees == pytest.approx(0.01 * len(moves))


@given(steps)
def test_a_trades_prices_give_its_result(moves: list[tuple[str, int, int]]) -> None:
    for trade in walk(moves)[1].trades:
        sign = 1 if trade.side == "long" else -1
        assert trade.gross == pytest.approx(
            sign * trade.quantity * (trade.exit - trade.entry), abs=1e-6
        )
        assert trade.net == pytest.approx(trade.gross - trade.fees - trade.carry, abs=1e-9)
        assert trade.opened <= trade.closed


@given(steps, st.integers(0, 40))
def test_two_imports_find_the_trades_of_one(moves: list[tuple[str, int, int]], cut: int) -> None:
    fills, whole = walk(moves)
    first = pair(fills[:cut]).trades
    second = pair(fills).trades
    assert second[: len(first)] == first
    assert second == whole.trades


# --- imports ----------------------------------------------------------------------------------


def imported(*keys: str, **more: Any) -> Import:
    return import_readings([read_text(SAMPLES[key], f"{key}.csv") for key in keys], **more)


@pytest.mark.parametrize(
    ("keys", "carry"),
    [
        (["hyperliquid", "hyperliquid-funding"], 0.4),
        (["binance", "binance-funding"], 0.4),
        (["bybit"], 0),
        (["bybit-log"], 0.4),
        (["kraken-futures"], 0.4),
    ],
)
def test_every_venues_sample_becomes_the_same_trade(keys: list[str], carry: float) -> None:
    done = imported(*keys)
    assert done.ok
    (trade,) = done.trades
    assert (trade.side, trade.quantity, trade.entry, trade.exit) == ("long", 2, 2000, 2100)
    assert (trade.gross, trade.fees, trade.carry) == (200, 2.5, carry)
    assert done.open_positions == ()


def test_a_second_import_of_the_same_file_brings_nothing_new() -> None:
    first = imported("bybit-log")
    again = imported("bybit-log", earlier=first.events)
    assert again.duplicates == len(first.events) == 3
    assert again.events == ()
    assert again.trades == ()


def test_the_same_fill_in_two_files_counts_once() -> None:
    twice = imported("hyperliquid", "hyperliquid")
    assert twice.duplicates == 2
    assert len(twice.trades) == 1


def test_a_later_file_closes_what_an_earlier_one_left_open() -> None:
    lines = SAMPLES["binance"].splitlines()
    first = import_readings([read_text("\n".join(lines[:2]), "first.csv")])
    assert [left.quantity for left in first.open_positions] == [2]
    overlap = import_readings([read_text("\n".join(lines), "second.csv")], earlier=first.events)
    assert overlap.duplicates == 1
    assert [trade.gross for trade in overlap.trades] == [200]


def test_one_bad_file_among_good_ones_imports_nothing() -> None:
    done = import_readings(
        [read_text(SAMPLES["bybit"], "good.csv"), read_text("a,b\n1,2\n", "bad.csv")]
    )
    assert not done.ok
    assert done.events == ()
    assert done.trades == ()
    assert {problem.place.file for problem in done.problems} == {"bad.csv"}


def test_a_trade_that_is_in_the_journal_is_not_logged_again() -> None:
    done = imported("bybit")
    row = done.trades[0].journal_row()
    assert not_in_journal(done.trades, [row]) == ()
    assert not_in_journal(done.trades, [{**row, "side": "short"}]) == done.trades
    naive = done.trades[0].opened.replace(tzinfo=None) + dt.timedelta(milliseconds=3)
    assert not_in_journal(done.trades, [{**row, "opened": naive}]) == ()


def test_a_hundred_thousand_fills(tmp_path: Path) -> None:
    rows = [
        f"2026-{1 + at // 9000:02}-{1 + at % 28:02} 10:{at % 60:02}:00,C{at % 7},"
        f"{'buy' if at % 3 else 'sell'},{1 + at % 5},{100 + at % 11},0.01"
        for at in range(100_000)
    ]
    path = tmp_path / "fills.csv"
    path.write_text(generic(*rows, header="time,symbol,side,quantity,price,fee"))
    done = import_fills([path])
    assert done.ok
    assert len(done.events) == 100_000
