"""Reading files: numbers, times and zones, what is left out, and what is refused in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.journal.imports.events import ClosedTrade, Fill, Payment
from workbook.journal.imports.reading import Options, Reading, read_file, read_text

from .samples import SAMPLES

BERLIN = {"zone": ZoneInfo("Europe/Berlin"), "zone_name": "Europe/Berlin"}
PLUS_2 = {"zone": dt.timedelta(hours=2), "zone_name": "UTC+2"}


def read(text: str, file: str = "export.csv", **options: object) -> Reading:
    return read_text(text, file, Options(**options))  # type: ignore[arg-type]


def refused(text: str, **options: object) -> str:
    reading = read(text, **options)
    assert reading.events == ()
    assert reading.problems
    return "; ".join(map(str, reading.problems))


def generic(*rows: str, header: str = "time,symbol,side,quantity,price") -> str:
    return "\n".join([header, *rows]) + "\n"


def first(text: str, **options: object) -> Fill:
    reading = read(text, **options)
    assert reading.problems == ()
    event = reading.events[0]
    assert isinstance(event, Fill)
    return event


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        ("1500", "0,523", ("1500", "0.523")),
        ("1.500", "0,523", ("1500", "0.523")),
        ('"1,500"', "0.523", ("1500", "0.523")),
        ("1.500", "84.620,10", ("1500", "84620.10")),
        ('"1,500"', '"84,620.10"', ("1500", "84620.10")),
        ("1 500", "0,523", ("1500", "0.523")),
        ("1'500", "0.523", ("1500", "0.523")),
        ("2", "1e-3", ("2", "0.001")),
    ],
)
def test_one_cell_tells_the_form_of_all_numbers(
    quantity: str, price: str, expected: tuple[str, str]
) -> None:
    row = f"2026-11-01 10:00;ETH;buy;{quantity};{price}"
    event = first(generic(row, header="time;symbol;side;quantity;price"))
    assert (str(event.quantity), str(event.price)) == expected


def test_a_venues_file_saved_by_a_european_spreadsheet() -> None:
    lines = SAMPLES["bitget"].replace(",", ";").replace("2100;2;2", "2100,5;2,25;2,25")
    event = read(lines.replace("197.5", "197,5")).events[-2]
    assert isinstance(event, Fill)
    assert (event.price, event.quantity) == (Decimal("2100.5"), Decimal("2.25"))


def test_semicolons_go_with_decimal_commas() -> None:
    row = generic("2026-11-01 10:00;ETH;buy;1;1,500", header="time;symbol;side;quantity;price")
    assert first(row).price == Decimal("1.5")


@pytest.mark.parametrize(
    "text",
    [
        generic('2026-11-01 10:00,ETH,buy,1,"1,500"'),
        generic("2026-11-01 10:00;ETH;buy;1;1.500", header="time;symbol;side;quantity;price"),
        SAMPLES["mexc"].replace(",2100,", ',"2,100",').replace(",2000,", ',"2,000",')
        .replace(",2,4200", ",2,").replace(",2,4000", ",2,")
        .replace("1.3", "1").replace("1.2", "1"),
    ],
)  # fmt: skip
def test_what_nothing_settles_is_asked_for(text: str) -> None:
    assert "--decimal point or --decimal comma" in refused(text)
    assert read(text, decimal="point").problems == ()


def test_price_times_quantity_settles_it_where_the_value_stands_beside() -> None:
    text = SAMPLES["lighter"].replace(",4200,2,2100.000000", ',4200,2,"2,100"')
    text = text.replace(",4000,2,2000.000000", ',4000,2,"2,000"')
    assert first(text).price == 2000


def test_two_forms_in_one_file_are_refused() -> None:
    said = refused(generic("2026-11-01 10:00,ETH,buy,1.5,2", '2026-11-01 10:00,ETH,buy,"0,5",2'))
    assert "decimal point" in said
    assert "decimal comma" in said


# --- times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-13 10:00", "2026-11-13T10:00:00"),
        ("2026/11/13 10:00:00.250", "2026-11-13T10:00:00.250000"),
        ("2026-11-13T10:00:00+02:00", "2026-11-13T08:00:00"),
        ("2026-11-13T10:00:00+00", "2026-11-13T10:00:00"),
        ("2026-11-13 10:00 GMT+8", "2026-11-13T02:00:00"),
        ("1794564000000", "2026-11-13T10:00:00"),
        ("1794564000", "2026-11-13T10:00:00"),
        ("1794564000.5", "2026-11-13T10:00:00.500000"),
        ("1794564000000250", "2026-11-13T10:00:00.000250"),
        ("46339.4166666667", "2026-11-13T10:00:00"),
        ("13.11.2026 10:00", "2026-11-13T10:00:00"),
        ("11/13/2026 10:00", "2026-11-13T10:00:00"),
        ("11/13/2026 5:00:00 PM", "2026-11-13T17:00:00"),
        ("13/11/2026 - 10:00:00", "2026-11-13T10:00:00"),
        ("13/11/2026 22:55", "2026-11-13T22:55:00"),
        ("22:55 2026-11-13", "2026-11-13T22:55:00"),
        ("22:55:07 2026-11-13", "2026-11-13T22:55:07"),
        ('"Nov 13, 2026, 17:00:00"', "2026-11-13T17:00:00"),
        ("13-Nov-2026 17:00", "2026-11-13T17:00:00"),
        ("2026-11-13", "2026-11-13T00:00:00"),
    ],
)
def test_times_as_people_and_venues_write_them(written: str, utc: str) -> None:
    event = first(generic(f"{written},ETH,buy,1,2000"))
    assert abs(event.time - dt.datetime.fromisoformat(f"{utc}+00:00")) < dt.timedelta(
        milliseconds=1
    )


@pytest.mark.parametrize("key", ["bybit", "mexc", "kucoin", "okx", "binance-funding"])
def test_the_files_own_zone_wins_over_the_one_given_and_that_is_said(key: str) -> None:
    alone, told = read(SAMPLES[key]), read(SAMPLES[key], **BERLIN)
    assert [event.time for event in told.events] == [event.time for event in alone.events]
    assert "so Europe/Berlin was not used" in told.notes[-1]


@pytest.mark.parametrize("key", ["hyperliquid", "blofin", "bitget", "binance"])
def test_a_zone_that_nothing_tells_is_asked_for_and_taken(key: str) -> None:
    alone, told = read(SAMPLES[key]), read(SAMPLES[key], **PLUS_2)
    assert "--zone" in alone.notes[-1]
    assert told.notes == ()
    apart = {one.time - two.time for one, two in zip(alone.events, told.events, strict=True)}
    assert apart == {dt.timedelta(hours=2)}


def test_the_files_name_tells_a_zone_too() -> None:
    name = "Binance-Futures-Trade-History-202611010520(UTC--6).csv"
    reading = read(SAMPLES["binance"], name)
    assert reading.events[0].time.hour == 16
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [("Europe/Berlin", "24/10/2026 - 12:00:00", "26/10/2026 - 12:00:00"),
     ("America/New_York", "31/10/2026 - 12:00:00", "02/11/2026 - 12:00:00")],
)  # fmt: skip
def test_a_zone_by_name_knows_summer_time(zone: str, before: str, after: str) -> None:
    text = (
        "time,coin,dir,px,sz,ntl,fee,closedPnl\n"
        f"{before},ETH,Open Long,2000,1,2000,0,0\n{after},ETH,Close Long,2000,1,2000,0,0\n"
    )
    one, two = read(text, zone=ZoneInfo(zone), zone_name=zone).events
    assert two.time - one.time == dt.timedelta(hours=49)


@pytest.mark.parametrize("newest_first", [True, False])
def test_an_hour_that_comes_twice_is_told_apart_by_the_order_of_rows(newest_first: bool) -> None:
    """On 25 October 2026 clocks in Berlin go back from 3:00 to 2:00 at 01:00 UTC."""
    rows = [
        "24/10/2026 - 12:00:00,SOL,Open Long,100,1,100,0,0",
        "25/10/2026 - 02:50:00,ETH,Open Long,2000,1,2000,0,0",
        "25/10/2026 - 02:10:00,ETH,Close Long,2100,1,2100,0,100",
        "26/10/2026 - 12:00:00,SOL,Close Long,100,1,100,0,0",
    ]
    ordered = rows[::-1] if newest_first else rows
    text = "\n".join(["time,coin,dir,px,sz,ntl,fee,closedPnl", *ordered]) + "\n"
    eth = [event.time for event in read(text, **BERLIN).events if event.symbol == "ETH"]
    assert [f"{time:%H:%M}" for time in eth] == ["00:50", "01:10"]


def test_a_time_that_the_clock_never_showed_is_refused() -> None:
    row = "29/03/2026 - 02:30:00,ETH,Open Long,2000,1,2000,0,0"
    said = refused(f"time,coin,dir,px,sz,ntl,fee,closedPnl\n{row}\n", **BERLIN)
    assert "never showed 2026-03-29 02:30" in said


def test_day_and_month_are_never_guessed() -> None:
    rows = ["05/06/2026 10:00,ETH,buy,1,2000", "07/06/2026 10:00,ETH,sell,1,2000"]
    assert "--day-first or --month-first" in refused(generic(*rows))
    assert first(generic(*rows), day_first=True).time.month == 6
    assert first(generic(*rows), day_first=False).time.month == 5
    assert first(generic(rows[0], "13/06/2026 10:00,ETH,sell,1,2000")).time.month == 6
    mixed = generic("13/06/2026 10:00,ETH,buy,1,2000", "06/14/2026 10:00,ETH,sell,1,2000")
    assert "export the file again" in refused(mixed)


# --- rows of other kinds -----------------------------------------------------------------------


@pytest.mark.parametrize("key", ["binance", "okx", "kraken-futures", "lighter"])
@pytest.mark.parametrize("words", ["No data matches the criteria.", "No records found"])
def test_a_period_without_trades_is_an_empty_file(key: str, words: str) -> None:
    lines = SAMPLES[key].splitlines()
    header = lines[: 2 if key == "okx" else 1]
    reading = read("\n".join([*header, words]) + "\n")
    assert (reading.problems, reading.events) == ((), ())
    assert read("\n".join(header) + "\n").problems == ()


@pytest.mark.parametrize(
    ("key", "row", "why"),
    [
        ("bybit-log", "1,USDC,BTC-28NOV26-60000-C,DELIVERY,SELL,1,0,0,0,0,0,0,1,--,"
         "2026-11-28 08:00:00", "option"),
        ("bybit-log", "1,USDT,BTCUSD,TRADE,SELL,1,0,60000,0,0,0,0,1,CLOSE,2026-11-28 08:00:00",
         "inverse contract, settled in its coin"),
        ("binance", "7,26-11-20 18:00:00,BTCUSD_261225,BUY,60000,1,1,0.1 BTC,0,true,false,9,9",
         "inverse contract, settled in its coin"),
        ("okx", "9,19,2026-11-20 20:00:00,Swap,BTC-USD-SWAP,Open long,1,cont,60000,0,0,BTC,0,0,0,"
         "0,BTC", "inverse contract, settled in its coin"),
        ("okx", "9,19,2026-11-20 20:00:00,Option,BTC-USD-261225-60000-C,Buy,1,cont,100,0,0,BTC,0,"
         "0,0,0,BTC", "option"),
        ("mexc", "1,2026-11-21 01:00:00,BTC_USD,sell long,Market,1,1,1,60000,1,BTC,Taker,0",
         "inverse contract, settled in its coin"),
        ("kucoin", "1,main,o3,2026-11-21 01:00:00,XBTUSDM,sell,1,60000,1,1,0.1,0.1,market",
         "inverse contract, settled in its coin"),
        ("hyperliquid", "20/11/2026 - 18:00:00,PURR/USDC,Spot Dust Conversion,0.1,5,0.5,0,0",
         "spot"),
        ("binance-funding", "2026-11-19 16:00:00,WELCOME_BONUS,5,USDT,,78",
         'type "WELCOME_BONUS", no cost of a trade'),
    ],
)  # fmt: skip
def test_rows_that_are_none_of_ours_are_counted_by_the_reason(key: str, row: str, why: str) -> None:
    before = read(SAMPLES[key])
    after = read(SAMPLES[key] + row + "\n")
    assert after.problems == ()
    assert len(after.events) == len(before.events)
    assert (
        after.skipped[why].count == (before.skipped[why].count if why in before.skipped else 0) + 1
    )
    assert after.skipped[why].line > 1


@pytest.mark.parametrize("word", ["FUNDING_FEE", "Funding Fee", "funding-fee"])
def test_funding_is_known_however_it_is_spelled(word: str) -> None:
    (event,) = read(SAMPLES["binance-funding"].replace("FUNDING_FEE", word)).events
    assert isinstance(event, Payment)
    assert event.kind == "funding"


def test_the_clearance_of_a_liquidation_is_a_fee() -> None:
    row = "2026-11-20 17:00:00,INSURANCE_CLEAR,-3.5,USDT,ETHUSDT,79\n"
    event = read(SAMPLES["binance-funding"] + row).events[-1]
    assert isinstance(event, Payment)
    assert (event.kind, event.amount) == ("fee", Decimal("3.5"))
    header, *rows = SAMPLES["kraken-futures"].splitlines()
    wide = header.replace(",collateral", ",liquidation fee")
    text = "\n".join([wide, *(row + ("2.5" if row.startswith("4,") else "") for row in rows)])
    fees = [one.amount for one in read(text + "\n").events
            if isinstance(one, Payment) and one.kind == "fee"]  # fmt: skip
    assert sorted(fees) == [Decimal("1.2"), Decimal("1.3"), Decimal("2.5")]


def test_a_line_of_totals_is_no_row() -> None:
    reading = read(SAMPLES["blofin"] + "Total,,,,,,,,,200 USDT,,,,,\n")
    assert reading.problems == ()
    assert reading.skipped["line of totals"].count == 1


def test_own_columns_can_be_named() -> None:
    text = "Date;Pair;Way;Amount;Px;Whatever\n2026-11-01 10:00;ETH;buy;2;2000;x\n"
    columns = {"time": "Date", "symbol": "Pair", "side": "Way", "quantity": "amount", "price": "Px"}
    assert first(text, columns=columns).quantity == 2
    assert "--map" in refused(text)


def test_text_stays_text() -> None:
    assert first(generic('2026-11-01 10:00,"=HYPERLINK(""x"")",buy,1,2')).symbol.startswith("=")


# --- JSON --------------------------------------------------------------------------------------

TRADE = {
    "pair": "ETH/USDT:USDT", "amount": 2.0, "open_date": "2026-11-19 10:00:00+00:00",
    "close_date": "2026-11-20 17:00:00+00:00", "open_rate": 2000.0, "close_rate": 2100.0,
    "fee_open": 0.0003, "fee_close": 0.0003, "profit_abs": 197.54, "is_open": False,
    "is_short": False, "initial_stop_loss_abs": 1900.0, "min_rate": 1990.0, "max_rate": 2110.0,
    "leverage": 5.0, "orders": [{"amount": 2.0}], "enter_tag": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "wrap",
    [
        lambda trades: trades,
        lambda trades: {"trades": trades, "trades_count": 1},
        lambda trades: {
            "strategy": {"Mine": {"results_per_pair": [{"key": "x"}] * 9, "trades": trades}}
        },
    ],
)
def test_freqtrades_trades_in_json_are_those_of_its_csv(wrap: Callable[[object], object]) -> None:
    """2 * 100 = 200 gross; fees 0.03% of 4000 and of 4200: 1.2 + 1.26; the rest is funding."""
    still_open = {**TRADE, "close_date": None, "close_rate": None, "is_open": True}
    reading = read(json.dumps(wrap([TRADE, still_open])), "backtest-result.json")
    assert reading.problems == ()
    (trade,) = reading.events
    assert isinstance(trade, ClosedTrade)
    assert (trade.gross, trade.fees, trade.carry) == (200, Decimal("2.46"), 0)
    assert (trade.stop, trade.leverage) == (1900, 5)
    assert reading.skipped["trade that is still open"].count == 1


def test_what_a_program_answers_is_read_by_the_same_names() -> None:
    fills = [
        {"coin": "ETH", "px": "2000.0", "sz": "2.0", "side": "B", "time": 1795082400000,
         "startPosition": "0.0", "dir": "Open Long", "closedPnl": "0.0", "oid": 1, "tid": 11,
         "crossed": True, "fee": "1.2", "feeToken": "USDC", "hash": "0x"},
    ]  # fmt: skip
    (fill,) = read(json.dumps(fills)).events
    assert isinstance(fill, Fill)
    assert (fill.id, fill.quantity, fill.balance) == ("ETH:11", 2, 2)
    funding = [{"time": 1795104000000, "hash": "0x", "delta": {
        "type": "funding", "coin": "ETH", "usdc": "-0.4", "szi": "2.0", "fundingRate": "0.0001",
    }}]  # fmt: skip
    (payment,) = read(json.dumps(funding)).events
    assert isinstance(payment, Payment)
    assert payment.amount == Decimal("0.4")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"trades": [', "no JSON text"),
        ('[["a", "b"]]', "no list of trades"),
        ('{"strategy": {"A": {"trades": [{}]}, "B": {"trades": [{}]}}}', "of 2 strategies"),
        ('[{"name": "x"}]', "no known export"),
        ("[" * 100_000, "no JSON text"),
    ],
)
def test_other_json_is_refused_in_words(text: str, words: str) -> None:
    assert words in refused(text)
    assert read("[]").problems == ()


def test_positions_that_are_open_need_no_time_of_closing() -> None:
    reading = read(SAMPLES["binance-positions"] + "SOLUSDT,Cross,Long,65,0,1,0,0,"
                   "2026-11-19 10:00:00,-,Open\n")  # fmt: skip
    assert reading.problems == ()
    assert reading.skipped["position that is only partly closed"].count == 2


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-11-01 10:00,ETH,buy,x,2000", 'quantity is "x", not an amount'),
        ("2026-11-01 10:00,ETH,buy,,2000", "quantity is blank"),
        ("2026-11-01 10:00,ETH,buy,-1,2000", "must be above 0"),
        ("2026-11-01 10:00,ETH,buy,1,0", "price is 0"),
        ("2026-11-01 10:00,ETH,buy,1,1e99", "no amount is that large"),
        ("2026-11-01 10:00,ETH,buy,1,Infinity", "not an amount"),
        ("2026-11-01 10:00,ETH,hold,1,2000", 'the side is "hold"'),
        ("yesterday,ETH,buy,1,2000", "no date and time"),
        ("2026-02-30 10:00,ETH,buy,1,2000", "no day 2026-02-30"),
        ("2026-11-01 25:00,ETH,buy,1,2000", "no such time of day"),
        ("26-11-01 10:00,ETH,buy,1,2000", "year in full"),
        ("2026-11-01 10:00,,buy,1,2000", "symbol is blank"),
        (f"2026-11-01 10:00,{'X' * 41},buy,1,2000", "longer than 40"),
        ("2026-11-01 10:00,ETH,buy,1,2000,7", "6 cells under 5 columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_read(row: str, words: str) -> None:
    said = refused(generic("2026-11-01 09:00,ETH,buy,1,2000", row))
    assert "export.csv, line 3" in said
    assert words in said


def test_every_bad_row_is_told_at_once() -> None:
    reading = read(generic("x,ETH,buy,1,2", "2026-11-01 10:00,ETH,buy,1,2", "y,ETH,buy,1,2"))
    assert [problem.place.line for problem in reading.problems] == [2, 4]


def test_an_unknown_column_of_ours_is_a_slip_and_of_a_venue_a_note() -> None:
    slip = "time,symbol,side,quantity,price,fees"
    said = refused(generic("2026-11-01 10:00,ETH,buy,1,2,3", header=slip))
    assert 'no column "fees": did you mean fee?' in said
    wider = SAMPLES["binance"].replace("Order ID\n", "Order ID,Rebate\n")
    reading = read(wider)
    assert len(reading.events) == 2
    assert any("Rebate" in note for note in reading.notes)


def test_the_nearest_export_is_named_only_where_it_is_near() -> None:
    assert "nearest is the Hyperliquid trade history, which also has fee" in refused(
        "time,coin,dir,px,sz\n"
    )
    far = refused("name,city\nx,y\n")
    assert "nearest" not in far
    assert "--formats" in far


def test_a_wrong_format_name_is_told() -> None:
    assert "there is no format" in refused(SAMPLES["binance"], format="binanse")
    assert "also has" in refused(SAMPLES["binance"], format="bybit")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\x80\x80bad", "UTF-8"),
        (b'time,symbol\n"broken,1', "no CSV line"),
    ],
)
def test_files_that_are_no_csv_text_are_refused_in_words(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "fills.csv"
    path.write_bytes(content)
    assert words in str(read_file(path).problems[0])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "no such file" in str(read_file(tmp_path / "none.csv").problems[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_own_csv_files_are_read(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "fills.csv"
    path.write_text(SAMPLES["generic"].replace(",", separator), encoding=encoding)
    assert len(read_file(path).events) == 3


def test_progress_runs_from_none_to_all() -> None:
    calls: list[tuple[int, int]] = []
    rows = [f"2026-11-01 10:00,ETH,buy,1,{2000 + number}" for number in range(2500)]
    read_text(generic(*rows), "f.csv", progress=lambda done, total: calls.append((done, total)))
    assert calls == [(0, 2500), (1000, 2500), (2000, 2500), (2500, 2500)]


# --- whatever is in the file -------------------------------------------------------------------

odd = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[+-]?[0-9]{1,4}[.,/-]?[0-9]{0,3}[eE:]?[0-9]{0,3}", fullmatch=True),
    st.sampled_from(["²", "1e999", "0001-01-01 00:00", "9999-12-31 23:59:59-23:00"]),
)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    reading = read(text)
    assert reading.events == () or not reading.problems


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_any_cell_is_read_or_refused_by_its_line(key: str, data: st.DataObject) -> None:
    header = SAMPLES[key].splitlines()[1 if key in ("bybit-log", "okx") else 0]
    width = header.count(",") + 1
    cells = data.draw(st.lists(odd, min_size=width, max_size=width))
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    reading = read(f"{header}\n{quoted}\n", zone=ZoneInfo("Europe/Berlin"), zone_name="x")
    assert all(problem.place.line >= 1 and problem.words for problem in reading.problems)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("时间,合约,方向,数量,价格,手续费", "not in English: set the venue's page to English"),
        ("Zeit,Kontrakt,Seite,Größe,Preis,Gebühr", "not in English"),
        ("Date(UTC),Pair,Side,Price,Executed,Amount,Fee", "an export of spot trades"),
        ("txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol", "an export of spot trades"),
        ("User_ID,UTC_Time,Account,Operation,Coin,Change,Remark", "does not say which contract"),
    ],
)
def test_what_people_export_instead_is_named(header: str, words: str) -> None:
    said = refused(f"{header}\n{','.join('1' for _ in header.split(','))}\n")
    assert words in said
    assert "nearest" not in said
    assert "--map" in said
