"""From events to trades: sums that hold, parts, flips, funding, the venue's word, what is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.journal.imports.events import CONTRACTS, ClosedTrade, Fill, Payment
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Pairing, pair
from workbook.journal.imports.reading import read_text

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def fill(hour: float, side: Any, quantity: object, price: object, **more: Any) -> Fill:
    more.setdefault("id", f"{hour}-{side}-{more.get('position_side', '')}")
    for name in ("realised", "balance"):
        if more.get(name) is not None:
            more[name] = Decimal(str(more[name]))
    return Fill(
        time=START + dt.timedelta(hours=hour),
        symbol=more.pop("symbol", "ETH"),
        side=side,
        quantity=Decimal(str(quantity)),
        price=Decimal(str(price)),
        fee=Decimal(str(more.pop("fee", 0))),
        **more,
    )


def funding(hour: float, paid: object, **more: Any) -> Payment:
    more.setdefault("kind", "funding")
    return Payment(
        time=START + dt.timedelta(hours=hour),
        symbol=more.pop("symbol", "ETH"),
        amount=Decimal(str(paid)),
        id=f"f{hour}{more['kind']}",
        **more,
    )


def said(paired: Pairing) -> list[tuple[str, float]]:
    return [(trade.side, float(trade.gross)) for trade in paired.trades]


def test_a_round_trip_is_a_trade_with_all_its_costs() -> None:
    (trade,) = pair(
        [fill(0, "buy", 2, 2000, fee=1.2), funding(6, 0.4), fill(9, "sell", 2, 2100, fee=1.3)]
    ).trades
    assert (trade.side, trade.quantity, trade.entry, trade.exit) == ("long", 2, 2000, 2100)
    assert (trade.gross, trade.fees, trade.carry) == (200, Decimal("2.5"), Decimal("0.4"))
    assert trade.net == Decimal("197.1")
    assert trade.entry_fees == Decimal("1.2")


def test_adding_and_taking_parts_off_is_one_trade_at_average_prices() -> None:
    (trade,) = pair(
        [fill(0, "sell", 1, 100), fill(1, "sell", 3, 104), fill(2, "buy", 1, 98),
         fill(3, "buy", 3, 102)]
    ).trades  # fmt: skip
    assert (trade.side, trade.quantity, trade.entry, trade.exit) == ("short", 4, 103, 101)
    assert trade.gross == 8
    assert [part.quantity for part in trade.parts] == [1, 3]


def test_decimal_parts_bring_a_position_back_to_exactly_zero() -> None:
    paired = pair(
        [fill(0, "sell", "0.881", 566), fill(1, "buy", "0.403", 565), fill(2, "buy", "0.478", 565)]
    )
    assert len(paired.trades) == 1
    assert paired.open_trades == ()


def test_a_flip_is_two_trades_that_share_the_fee_by_quantity() -> None:
    paired = pair(
        [fill(0, "buy", 1, 100), fill(1, "sell", 3, 110, fee=0.6), fill(2, "buy", 2, 105)]
    )
    one, two = paired.trades
    assert (one.side, one.gross, float(one.fees)) == ("long", 10, pytest.approx(0.2))
    assert (two.side, two.gross, float(two.fees)) == ("short", 10, pytest.approx(0.4))
    assert two.opened == one.closed


def test_what_is_left_open_is_valued_at_average_cost() -> None:
    (left,) = pair(
        [fill(0, "buy", 2, 100, fee=1), fill(1, "buy", 2, 110), fill(2, "sell", 1, 120),
         funding(3, 0.5)]
    ).open_trades  # fmt: skip
    assert (left.left, left.entry, left.gross) == (3, 105, 15)
    assert (left.fees, left.carry, left.closed) == (1, Decimal("0.5"), None)


@pytest.mark.parametrize("name", ["venue", "account", "symbol"])
def test_venues_accounts_and_symbols_are_positions_of_their_own(name: str) -> None:
    paired = pair(
        [fill(0, "buy", 1, 100, **{name: "a"}), fill(1, "sell", 1, 110, **{name: "b"}),
         fill(2, "sell", 1, 120, **{name: "a"}), fill(3, "buy", 1, 100, **{name: "b"})]
    )  # fmt: skip
    assert said(paired) == [("long", 20), ("short", 10)]


def test_payments_without_an_account_go_to_the_one_that_traded() -> None:
    fills = [fill(0, "buy", 1, 100, account="7"), fill(2, "sell", 1, 100, account="7")]
    paired = pair([*fills, funding(1, 3)])
    assert paired.trades[0].carry == 3


# --- long and short side by side ---------------------------------------------------------------


def test_position_sides_are_positions_of_their_own() -> None:
    paired = pair(
        [fill(0, "buy", 1, 100, position_side="long"), fill(1, "sell", 1, 110,
                                                           position_side="short"),
         funding(1.5, -0.7, position_side="short"),
         fill(2, "sell", 1, 120, position_side="long"), fill(3, "buy", 1, 100,
                                                            position_side="short")]
    )  # fmt: skip
    assert said(paired) == [("long", 20), ("short", 10)]
    assert [trade.carry for trade in paired.trades] == [0, Decimal("-0.7")]


@pytest.mark.parametrize("first", ["buy", "sell"])
def test_the_realised_result_tells_where_no_column_has_the_side(first: str) -> None:
    """Opening against an open position realises nothing; closing it does."""
    second = "sell" if first == "buy" else "buy"
    sign = 1 if first == "buy" else -1
    paired = pair(
        [fill(0, first, 1, 2000, realised=0), fill(1, second, 1, 2000 + 100 * sign, realised=0),
         fill(2, first, 1, 2000 + 50 * sign, realised=50),
         fill(3, second, 1, 2000 + 200 * sign, realised=200)]
    )  # fmt: skip
    assert [gross for _, gross in said(paired)] == [50, 200]
    assert paired.open_trades == ()


def test_a_position_closed_where_it_was_opened_realises_nothing_and_is_closed() -> None:
    paired = pair([fill(0, "buy", 1, 100, realised=0), fill(1, "sell", 1, 100, realised=0)])
    assert said(paired) == [("long", 0)]


def test_a_flip_whose_result_is_that_of_the_part_it_closes() -> None:
    paired = pair(
        [fill(0, "buy", 1, 100, realised=0), fill(1, "sell", 3, 110, realised=10),
         fill(2, "buy", 2, 100, realised=20)]
    )  # fmt: skip
    assert said(paired) == [("long", 10), ("short", 20)]


# --- files that begin inside a position --------------------------------------------------------


def test_a_close_of_an_older_position_is_left_out_and_told() -> None:
    paired = pair([fill(0, "sell", 1, 100, effect="close"), fill(1, "sell", 1, 110, effect="open")])
    assert [left.side for left in paired.open_trades] == ["short"]
    assert "opened before the first row" in paired.notes[0]


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_the_first_result_that_does_not_fit_shows_an_older_position(side: str) -> None:
    """Five were held before: what closes seven is no short of five."""
    other = "sell" if side == "buy" else "buy"
    sign = 1 if side == "buy" else -1
    paired = pair(
        [fill(0, side, 2, 2000, realised=0), fill(1, other, 7, 2000 + 100 * sign, realised=500),
         fill(2, other, 1, 2050, realised=0), fill(3, side, 1, 2050 - 10 * sign, realised=10)]
    )  # fmt: skip
    assert [gross for _, gross in said(paired)] == [10]
    assert paired.open_trades == ()
    assert "says a result of 500, the fills before it give 200" in paired.notes[0]


def test_after_an_older_position_the_next_whole_trade_is_found() -> None:
    """The older long is sold in two parts; then a long of our own comes out right."""
    paired = pair(
        [fill(0, "buy", 1, 100, realised=0), fill(1, "sell", 1, 120, realised=35),
         fill(2, "sell", 2, 120, realised=70), fill(3, "buy", 1, 110, realised=0),
         fill(4, "sell", 1, 115, realised=5)]
    )  # fmt: skip
    assert said(paired) == [("long", 5)]


@pytest.mark.parametrize("sign", [1, -1])
def test_the_position_that_the_venue_states_tells_what_was_open_before(sign: int) -> None:
    out, into = ("sell", "buy") if sign > 0 else ("buy", "sell")
    paired = pair(
        [fill(0, out, 2, 100, balance=3 * sign), fill(1, out, 3, 100, balance=0),
         fill(2, into, 1, 100, balance=sign), fill(3, out, 1, 100 + 5 * sign, balance=0)]
    )  # fmt: skip
    assert [gross for _, gross in said(paired)] == [5]


def test_a_stated_position_with_sides_tells_it_too() -> None:
    paired = pair(
        [fill(0, "sell", 1, 100, position_side="long", balance=4),
         fill(1, "sell", 4, 100, position_side="long", balance=0),
         fill(2, "buy", 1, 100, position_side="long", balance=1),
         fill(3, "sell", 1, 105, position_side="long", balance=0)]
    )  # fmt: skip
    assert said(paired) == [("long", 5)]


# --- the venue's own results -------------------------------------------------------------------


def test_a_wrong_result_after_right_ones_names_the_row_and_nothing_of_the_symbol_is_taken() -> None:
    good = [fill(0, "buy", 1, 100, realised=0), fill(1, "sell", 1, 110, realised=10)]
    bad = [fill(2, "buy", 1, 100, realised=0), fill(3, "sell", 1, 110, realised=25, file="b.csv")]
    other = [fill(4, "buy", 1, 5, symbol="OP"), fill(5, "sell", 1, 6, symbol="OP")]
    paired = pair([*good, *bad, *other])
    assert [trade.symbol for trade in paired.trades] == ["OP"]
    (words,) = paired.broken
    assert "b.csv at 2026-11-01 03:00:00 says a result of 25, the fills before it give 10" in words
    assert "nothing of ETH is imported" in words


@pytest.mark.parametrize(("realised", "fits"), [("9.99", True), ("9.4", True), ("9.2", False)])
def test_results_fit_within_their_rounding_and_may_be_after_the_fee(
    realised: str, fits: bool
) -> None:
    fills = [
        fill(0, "buy", 1, 90), fill(0.5, "sell", 1, 90, realised=0),
        fill(1, "buy", 1, 100), fill(2, "sell", 1, 110, realised=realised, fee="0.6"),
    ]  # fmt: skip
    assert (pair(fills).broken == ()) is fits


def test_contracts_become_coins_by_the_results_of_closing_fills() -> None:
    """98 contracts, 1.1 apart, 1.078 won: 0.01 coins each."""
    opened = fill(0, "buy", 98, 204, unit=CONTRACTS, position_side="long", effect="open")
    closed = fill(1, "sell", 98, "205.1", unit=CONTRACTS, position_side="long", effect="close",
                  realised="1.078")  # fmt: skip
    assert pair([opened]).trades == ()
    assert "how many coins a contract is" in pair([opened]).broken[0]
    (trade,) = pair([opened, closed]).trades
    assert (trade.quantity, trade.gross) == (Decimal("0.98"), Decimal("1.078"))


# --- one moment, liquidations, dust ------------------------------------------------------------


def test_rows_of_one_moment_are_put_into_an_order_that_is_possible() -> None:
    close = fill(1, "sell", 1, 110, position_side="long", effect="close", id="c1")
    again = fill(1, "buy", 1, 110, position_side="long", effect="open", id="o2")
    end = fill(2, "sell", 1, 120, position_side="long", effect="close", id="c2")
    begin = fill(1, "buy", 1, 100, position_side="long", effect="open", id="o1")
    assert said(pair([close, begin, end])) == [("long", 10)]
    start = fill(0, "buy", 1, 100, position_side="long", effect="open", id="o0")
    assert said(pair([start, close, again, end])) == [("long", 10), ("long", 10)]
    with_balance = [
        fill(0, "buy", 1, 100, balance=1), fill(1, "sell", 1, 110, balance=-1, id="2"),
        fill(1, "sell", 1, 110, balance=0, id="1"), fill(2, "buy", 1, 100, balance=0),
    ]  # fmt: skip
    assert said(pair(with_balance)) == [("long", 10), ("short", 10)]


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("kind", ["adl", "settlement"])
def test_a_fill_without_a_side_closes_what_is_open(side: str, kind: Any) -> None:
    paired = pair([fill(0, side, 1, 100), fill(1, "", 1, 90, effect="close", kind=kind)])
    assert said(paired) == [("long" if side == "buy" else "short", -10 if side == "buy" else 10)]
    assert paired.trades[0].parts[0].kind == kind


@pytest.mark.parametrize("out", ["0.9999999", "1.0000001"])
def test_dust_counts_as_closed(out: str) -> None:
    """Rounded files: the next trade must not swallow this one."""
    paired = pair([fill(0, "buy", 1, 100), fill(1, "sell", out, 110), fill(2, "buy", 1, 100),
                   fill(3, "sell", 1, 110)])  # fmt: skip
    assert len(paired.trades) == 2
    assert paired.open_trades == ()
    assert [float(trade.gross) for trade in paired.trades] == [pytest.approx(10, abs=1e-4)] * 2


def test_a_small_rest_that_is_closed_later_is_no_dust() -> None:
    paired = pair([fill(0, "buy", 1, 100), fill(1, "sell", "0.9999999", 110),
                   fill(2, "sell", "0.0000001", 110)])  # fmt: skip
    assert [trade.gross for trade in paired.trades] == [10]


# --- costs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 30, -30])
def test_a_fee_in_a_row_of_its_own_belongs_to_the_fill_beside_it(seconds: int) -> None:
    at = START + dt.timedelta(hours=2, seconds=seconds)
    fee = Payment(time=at, symbol="ETH", id="f", kind="fee", amount=Decimal("0.3"))
    paired = pair([fee, fill(2, "buy", 1, 100), fill(9, "sell", 1, 110)])
    assert paired.trades[0].fees == Decimal("0.3")


def test_payments_that_belong_to_no_trade_are_told() -> None:
    assert (
        "1 payment(s) belong to no trade yet"
        in pair([funding(0, 1), fill(1, "buy", 1, 9)]).notes[0]
    )


def test_costs_in_another_coin_wait_for_a_price_of_any_day_or_of_theirs() -> None:
    fills = [
        fill(0, "buy", 1, 100, fee="0.01", fee_currency="BNB"),
        fill(30, "sell", 1, 110, fee="0.5", fee_currency="USDT"),
        funding(5, "0.002", currency="MNT"),
    ]
    without = pair(fills)
    assert without.trades[0].fees == Decimal("0.5")
    assert without.trades[0].unpriced == {"BNB": Decimal("0.01"), "MNT": Decimal("0.002")}
    assert any("--price BNB=PRICE" in note for note in without.notes)
    priced = pair(fills, {("BNB", None): Decimal(600), ("MNT", None): Decimal(1)})
    assert (priced.trades[0].fees, priced.trades[0].carry) == (Decimal("6.5"), Decimal("0.002"))
    assert (priced.notes, priced.trades[0].unpriced) == ((), {})
    dated = pair(fills, {("BNB", None): Decimal(600), ("BNB", START.date()): Decimal(500)})
    assert dated.trades[0].fees == Decimal("5.5")


def test_a_closed_trade_in_one_row() -> None:
    row = ClosedTrade(time=START, symbol="ETH", id="t", side="short", quantity=Decimal(2),
                      entry=Decimal(100), exit=Decimal(90), fees=Decimal(1))  # fmt: skip
    (trade,) = pair([row]).trades
    assert (trade.gross, trade.net) == (20, 19)


# --- sums that hold ----------------------------------------------------------------------------

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
    still = Decimal(0)
    for left in paired.open_trades:
        assert left.entry is not None
        assert left.quantity is not None
        # What was paid for what is still there, at average cost: paid in less what went out.
        sign = 1 if left.side == "long" else -1
        out = sum((part.quantity * part.price for part in left.parts), Decimal(0))
        still += sign * (left.quantity * left.entry - out)
    closed = sum(trade.gross for trade in paired.trades)
    assert float(closed) == pytest.approx(float(cash + still), abs=1e-6)
    fees = sum(trade.fees for trade in (*paired.trades, *paired.open_trades))
    assert float(fees) == pytest.approx(0.01 * len(moves))


@given(steps)
def test_a_trades_prices_give_its_result(moves: list[tuple[str, int, int]]) -> None:
    for trade in walk(moves)[1].trades:
        sign = 1 if trade.side == "long" else -1
        assert trade.quantity is not None
        assert trade.entry is not None
        assert trade.exit is not None
        by_prices = sign * trade.quantity * (trade.exit - trade.entry)
        assert float(trade.gross) == pytest.approx(float(by_prices), abs=1e-6)
        assert trade.opened is not None
        assert trade.closed is not None
        assert trade.opened <= trade.closed


@given(steps, st.integers(0, 40))
def test_trades_do_not_change_with_what_comes_later(
    moves: list[tuple[str, int, int]], cut: int
) -> None:
    fills, whole = walk(moves)
    first = pair(fills[:cut]).trades
    assert whole.trades[: len(first)] == first


NO_FEES = "time,symbol,side,quantity,price\n"
WITH_FEES = "time,symbol,side,quantity,price,fee\n"


@pytest.mark.parametrize(
    ("text", "told", "said"),
    [
        (f"{NO_FEES}2026-11-19 10:00,ETH,buy,2,2000\n2026-11-20 10:00,ETH,sell,2,2100\n", False, 2),
        (f"{WITH_FEES}2026-11-19 10:00,ETH,buy,2,2000,\n2026-11-20 10:00,ETH,sell,2,2100,--\n",
         False, 2),
        (f"{WITH_FEES}2026-11-19 10:00,ETH,buy,2,2000,0\n2026-11-20 10:00,ETH,sell,2,2100,\n",
         False, 1),
        (f"{WITH_FEES}2026-11-19 10:00,ETH,buy,2,2000,0\n2026-11-20 10:00,ETH,sell,2,2100,0\n",
         True, 0),
    ],
)  # fmt: skip
def test_a_fee_that_no_export_tells_is_not_taken_as_nothing(
    text: str, told: bool, said: int
) -> None:
    reading = read_text(text, "own.csv")
    assert [f"{said} fill(s) have no fee written" in note for note in reading.notes] == [True] * (
        said > 0
    )
    ledger = Ledger()
    ledger.add(reading, 1)
    (trade,) = pair(ledger.events()).trades
    assert trade.fees_told is told
    assert (trade.parts[0].fee is None) is not told


@pytest.mark.parametrize("own", [True, False])
def test_a_fee_that_another_export_tells_later_is_taken(own: bool) -> None:
    """Whether the rows have ids of their own or not, and whichever file comes first."""
    ids = ("id,", "a1,", "a2,") if own else ("", "", "")
    readings = [
        read_text(
            f"{ids[0]}time,symbol,side,quantity,price{fees[0]}\n"
            f"{ids[1]}2026-11-19 10:00,ETH,buy,2,2000{fees[1]}\n"
            f"{ids[2]}2026-11-20 10:00,ETH,sell,2,2100{fees[2]}\n",
            "own.csv",
        )
        for fees in (("", "", ""), (",fee", ",1.2", ",1.3"))
    ]
    for order in (readings, readings[::-1]):
        ledger = Ledger()
        for number, reading in enumerate(order, 1):
            ledger.add(reading, number)
        (trade,) = pair(ledger.events()).trades
        assert trade.fees_told
        assert (trade.quantity, float(trade.fees)) == (2, 2.5)
