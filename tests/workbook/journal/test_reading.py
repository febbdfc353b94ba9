"""Reading exports: every format's sample, and what is refused with the line and the remedy."""

from __future__ import annotations

import datetime as dt
import doctest
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.journal import cells
from workbook.journal.fills import Fill, Payment
from workbook.journal.formats import FORMATS
from workbook.journal.reading import Options, Reading, read_events, read_text

SAMPLES = {
    "generic": """\
time,symbol,side,quantity,price,fee,fee_currency,funding,id
2026-11-01 10:00:00,ETH,buy,2,2000,1.2,USD,,a1
2026-11-01 16:00:00,ETH,,,,,,0.4,f1
2026-11-02T10:00:00+01:00,ETH,sell,2,2100,1.3,USD,,a2
""",
    "hyperliquid": """\
time,coin,dir,px,sz,ntl,fee,closedPnl
20/11/2026 - 17:00:00,ETH,Close Long,2100,2,4200,1.3,198.7
20/11/2026 - 16:00:00,HYPE/USDC,Buy,42.1,20,842,0.01,-0.5
19/11/2026 - 10:00:00,ETH,Open Long,2000,2,4000,1.2,-1.2
""",
    "hyperliquid-funding": """\
time,coin,sz,side,payment,rate
19/11/2026 - 12:00:00,ETH,2,Long,-0.4,0.0001
""",
    "binance": """\
Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID
7,26-11-19 10:00:00,ETHUSDT,BUY,2000,2,4000,1.2 USDT,0,true,false,1,8
7,26-11-20 17:00:00,ETHUSDT,SELL,2100,2,4200,1.3USDT,200,false,false,2,9
""",
    "binance-funding": """\
Date(UTC),type,Amount,Asset,Symbol,Transaction ID
2026-11-19 16:00:00,FUNDING_FEE,-0.4,USDT,ETHUSDT,77
2026-11-19 10:00:00,COMMISSION,-1.2,USDT,ETHUSDT,76
""",
    "bybit": """\
Contracts,Order No.,Direction,Order Type,Filled Qty,Filled Price,Order Price,Filled Type,\
Trading Fee Rate,Fees Paid,Trasaction ID,Transaction Time(UTC+10),Final Balance (USDT)
ETHUSDT,o1,Open Long,Market,2,2000,0,Trade,0.0003,1.2,t1,2026-11-19 20:00:00,1000
ETHUSDT,o2,Close Long,Market,2,2100,0,Trade,0.0003,1.3,t2,2026-11-21 03:00:00,1197
""",
    "bybit-log": """\
UID: 1,Company Name: ,Country:
Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,\
Change,Wallet Balance,Action,Time(UTC)
1,USDT,ETHUSDT,TRADE,SELL,2.000,0,2100.0,0.0,-1.3,200,198.7,1198,CLOSE,2026-11-20 17:00:00
1,USDT,ETHUSDT,SETTLEMENT,BUY,--,2,--,-0.4,0,0,-0.4,999,SETTLEMENT,2026-11-19 16:00:00
1,USDT,,TRANSFER_IN,--,0,0,0,0,0,1000,1000,1000,--,2026-11-18 09:00:00
1,BTC,BTCEUR,TRADE,BUY,0.1,0,60000,0,0,0.1,0.1,0.1,--,2026-11-18 10:00:00
1,USDT,ETHUSDT,TRADE,BUY,2.000,2,2000.0,0.0,-1.2,0,-1.2,999,OPEN,2026-11-19 10:00:00
""",
    "kraken-futures": """\
uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,trade price,\
mark price,funding rate,realized pnl,fee,realized funding,collateral
4,2026-11-20 17:00:00,flex,futures trade,usd,pf_ethusd,198.7,0,,2100,,,200,1.3,,
3,2026-11-20 17:00:00,flex,futures trade,pf_ethusd,pf_ethusd,-2,0,2000,2100,,,,,,
5,2026-11-19 16:00:00,flex,funding rate change,usd,pf_ethusd,-0.4,0,,,,0.0000001,,0,-0.4,
2,2026-11-19 10:00:00,flex,futures trade,usd,pf_ethusd,-1.2,0,,2000,,,0,1.2,,
1,2026-11-19 10:00:00,flex,futures trade,pf_ethusd,pf_ethusd,2,2,2000,2000,,,,,,
0,2026-11-18 10:00:00,flex,conversion,usd,,5,5,,,,,,,,
""",
}


def read(text: str, **options: object) -> Reading:
    return read_text(text, "export.csv", Options(**options))  # type: ignore[arg-type]


def refused(text: str, **options: object) -> str:
    reading = read(text, **options)
    assert reading.events == ()
    assert reading.problems
    return "; ".join(map(str, reading.problems))


def generic(*rows: str, header: str = "time,symbol,side,quantity,price") -> str:
    return "\n".join([header, *rows]) + "\n"


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(cells).failed == 0


def test_every_format_has_a_sample_and_says_where_it_comes_from() -> None:
    assert set(SAMPLES) == set(FORMATS)
    for known in FORMATS.values():
        assert known.source
        assert known.as_of
        assert set(known.required) <= set(known.columns)


@pytest.mark.parametrize("key", SAMPLES)
def test_a_sample_is_recognised_by_its_columns(key: str) -> None:
    reading = read(SAMPLES[key])
    assert reading.problems == ()
    assert reading.format is FORMATS[key]


@pytest.mark.parametrize(
    "key", [key for key in SAMPLES if not key.endswith("-funding") and key != "generic"]
)
def test_every_venue_tells_the_same_trade(key: str) -> None:
    reading = read(SAMPLES[key])
    fills = [event for event in reading.events if isinstance(event, Fill)]
    said = [(fill.side, fill.quantity, fill.price) for fill in fills]
    assert said == [("buy", 2, 2000), ("sell", 2, 2100)]
    assert [fill.time for fill in fills] == [
        dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC),
    ]
    fees = [fill.fee for fill in fills] + [
        event.amount
        for event in reading.events
        if isinstance(event, Payment) and event.kind == "fee"
    ]
    assert sum(fees) == Decimal("2.5")


@pytest.mark.parametrize(
    "key", ["generic", "hyperliquid-funding", "binance-funding", "bybit-log", "kraken-futures"]
)
def test_funding_that_was_paid_is_positive_for_every_venue(key: str) -> None:
    funding = [
        event
        for event in read(SAMPLES[key]).events
        if isinstance(event, Payment) and event.kind == "funding"
    ]
    assert [event.amount for event in funding] == [Decimal("0.4")]


def test_rows_that_are_none_of_ours_are_counted_by_the_reason() -> None:
    assert read(SAMPLES["bybit-log"]).ignored == {"TRANSFER_IN": 1, "spot": 1}
    assert read(SAMPLES["hyperliquid"]).ignored == {"spot": 1}
    assert read(SAMPLES["binance-funding"]).ignored == {"COMMISSION": 1}


def test_text_stays_text() -> None:
    reading = read(generic('2026-11-01 10:00,"=HYPERLINK(""x"")",buy,1,2'))
    assert reading.events[0].symbol == '=HYPERLINK("x")'


# --- identity ---------------------------------------------------------------------------------


def test_the_same_rows_have_the_same_ids_in_any_order_and_spelling() -> None:
    one = read(generic("2026-11-01 10:00,ETH,buy,1,2000", "2026-11-02 10:00,ETH,sell,1.0,2100"))
    other = ["2026-11-02T10:00:00Z,ETH,SELL,1,2100.00", "2026-11-01 10:00:00,ETH,Buy,1.0,2e3"]
    two = read(generic(*other))
    assert [event.id for event in one.events] == [event.id for event in two.events]


def test_rows_that_say_exactly_the_same_are_still_two_fills() -> None:
    reading = read(generic(*["2026-11-01 10:00,ETH,buy,1,2000"] * 2))
    assert len({event.id for event in reading.events}) == 2


def test_a_venues_own_id_is_kept() -> None:
    ids = [event.id for event in read(SAMPLES["binance"]).events]
    assert ids == ["binance:ETHUSDT:1", "binance:ETHUSDT:2"]


# --- times ------------------------------------------------------------------------------------


def first_time(text: str, **options: object) -> str:
    reading = read(text, **options)
    assert reading.problems == ()
    return reading.events[0].time.isoformat()


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-01 10:00", "2026-11-01T10:00:00+00:00"),
        ("2026/11/01 10:00:00.250", "2026-11-01T10:00:00.250000+00:00"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00+00:00"),
        ("1793527200000", "2026-11-01T10:00:00+00:00"),
        ("1793527200", "2026-11-01T10:00:00+00:00"),
        ("13.11.2026 10:00", "2026-11-13T10:00:00+00:00"),
        ("11/13/2026 10:00", "2026-11-13T10:00:00+00:00"),
    ],
)
def test_times_as_people_and_venues_write_them(written: str, utc: str) -> None:
    assert first_time(generic(f"{written},ETH,buy,1,2000")) == utc


def test_the_zone_comes_from_the_option_the_header_or_the_files_name() -> None:
    row = "2026-11-01 10:00,ETH,buy,1,2000"
    assert first_time(generic(row), utc_offset=2).startswith("2026-11-01T08:00")
    zoned = generic(row, header="Time(UTC+3),symbol,side,quantity,price")
    assert first_time(zoned).startswith("2026-11-01T07:00")
    name = "Binance-Futures-Trade-History-202611010520(UTC--6).csv"
    named = read_text(SAMPLES["binance"], name)
    assert named.events[0].time.hour == 16
    assert named.notes == ()


def test_a_zone_that_nothing_tells_is_taken_as_utc_and_said() -> None:
    assert "taken as UTC" in read(SAMPLES["hyperliquid"]).notes[0]
    assert read(SAMPLES["generic"]).notes == ()


def test_day_and_month_are_never_guessed() -> None:
    rows = ["05/06/2026 10:00,ETH,buy,1,2000", "07/06/2026 10:00,ETH,sell,1,2000"]
    assert "day or the month comes first" in refused(generic(*rows))
    assert first_time(generic(*rows), day_first=True).startswith("2026-06-05")
    assert first_time(generic(*rows), day_first=False).startswith("2026-05-06")
    told = generic(rows[0], "13/06/2026 10:00,ETH,sell,1,2000")
    assert first_time(told).startswith("2026-06-05")
    mixed = generic("13/06/2026 10:00,ETH,buy,1,2000", "06/14/2026 10:00,ETH,sell,1,2000")
    assert "export the file again" in refused(mixed)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-11-01 10:00,ETH,buy,x,2000", 'quantity is "x", not a number'),
        ("2026-11-01 10:00,ETH,buy,,2000", "quantity is blank"),
        ("2026-11-01 10:00,ETH,buy,-1,2000", "must be above 0"),
        ("2026-11-01 10:00,ETH,buy,1,0", "price is 0"),
        ("2026-11-01 10:00,ETH,buy,1,1e99", "no amount is that large"),
        ("2026-11-01 10:00,ETH,buy,1,Infinity", "not a number"),
        ('2026-11-01 10:00,ETH,buy,1,"2000,5"', "not a number"),
        ("2026-11-01 10:00,ETH,hold,1,2000", 'the side is "hold"'),
        ("2026-11-01,ETH,buy,1,2000", "no date and time"),
        ("2026-02-30 10:00,ETH,buy,1,2000", "no day 2026-02-30"),
        ("2026-11-01 25:00,ETH,buy,1,2000", "no such time of day"),
        ("26-11-01 10:00,ETH,buy,1,2000", "year in full"),
        ("2026-11-01 10:00,,buy,1,2000", "symbol is blank"),
        (f"2026-11-01 10:00,{'X' * 41},buy,1,2000", "longer than 40"),
        ("2026-11-01 10:00,ETH,buy,1,2000,7", "6 cells under 5 columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_imported(row: str, words: str) -> None:
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
    assert "Rebate" in reading.notes[-1]


def test_an_unknown_export_is_refused_with_what_is_missing() -> None:
    said = refused("time,coin,dir,px,sz\n")
    assert "nearest is the Hyperliquid trade history, which also has fee" in said


def test_a_wrong_format_name_is_told() -> None:
    assert "there is no format" in refused(SAMPLES["binance"], format="binanse")
    assert "also has" in refused(SAMPLES["binance"], format="bybit")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "zip or Excel"),
        (b"\xff\x00\x80bad", "UTF-8"),
        (b"", "empty"),
        (b'time,symbol\n"broken,1', "no CSV line"),
    ],
)
def test_files_that_are_no_csv_text_are_refused_in_words(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "fills.csv"
    path.write_bytes(content)
    reading = read_events(path)
    assert words in str(reading.problems[0])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "no such file" in str(read_events(tmp_path / "none.csv").problems[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_own_csv_files_are_read(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "fills.csv"
    path.write_text(SAMPLES["generic"].replace(",", separator), encoding=encoding)
    assert len(read_events(path).events) == 3


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
    header = SAMPLES[key].splitlines()[1 if key == "bybit-log" else 0]
    width = header.count(",") + 1
    cells_of_row = data.draw(st.lists(odd, min_size=width, max_size=width))
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells_of_row)
    reading = read(f"{header}\n{quoted}\n")
    assert reading.problems or len(reading.events) + sum(reading.ignored.values()) <= 1
    assert all(problem.place.line >= 1 and problem.words for problem in reading.problems)
