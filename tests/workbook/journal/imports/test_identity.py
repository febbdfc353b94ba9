"""The same fill in any file, zone, order or split of exports is one fill, and two are two."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook.actions import TableData
from workbook.journal.imports.events import Stored
from workbook.journal.imports.identity import Ledger
from workbook.journal.imports.pairing import Trade, pair
from workbook.journal.imports.reading import Options, Zone, read_text
from workbook.journal.imports.store import completed_rows, fill_rows, stored_events
from workbook.template.tables.journal import FILLS

from .samples import SAMPLES


def options(zone: Zone | None = None, account: str = "") -> Options:
    return Options(zone=zone, zone_name=str(zone or ""), account=account)


def again(ledger: Ledger) -> Ledger:
    """The ledger as the workbook's table keeps it."""
    headers = tuple(column.header for column in FILLS.columns)
    empty = TableData("Fills", headers, [])
    rows = [[cells.get(header) for header in headers] for cells in fill_rows(empty, ledger.stored)]
    return Ledger(stored_events(TableData("Fills", headers, rows)))  # type: ignore[arg-type]


def keep(*texts: str, given: Sequence[Options] = ()) -> Ledger:
    """Import the texts one after the other, each into what the workbook kept."""
    ledger = Ledger()
    for number, text in enumerate(texts, 1):
        reading = read_text(text, f"{number}.csv", given[number - 1] if given else None)
        assert reading.problems == ()
        ledger.add(reading, number)
        ledger = again(ledger)
    return ledger


def told(trades: Sequence[Trade]) -> list[tuple[object, ...]]:
    return sorted(
        (trade.symbol, trade.side, str(trade.opened), str(trade.closed), str(trade.quantity),
         round(trade.gross, 9), round(trade.fees, 9), round(trade.carry, 9))
        for trade in trades
    )  # fmt: skip


def trades(ledger: Ledger) -> list[tuple[object, ...]]:
    return told(pair(ledger.events(), ledger.prices()).trades)


@pytest.mark.parametrize("key", SAMPLES)
def test_events_come_back_from_the_workbook_as_they_were(key: str) -> None:
    ledger = Ledger()
    ledger.add(read_text(SAMPLES[key], "export.csv"), 3)
    ledger.price("BNB", Decimal("612.5"), dt.date(2026, 11, 20), 3)
    assert again(ledger).stored == ledger.stored
    assert ledger.stored


def test_numbers_beyond_a_double_are_kept_exactly() -> None:
    text = SAMPLES["generic"].replace(",2,2000,", ",2.1234567890123456789,2000,")
    ledger = Ledger()
    ledger.add(read_text(text, "export.csv"), 1)
    assert again(ledger).events() == ledger.events()


@pytest.mark.parametrize("key", SAMPLES)
def test_the_same_file_again_brings_nothing(key: str) -> None:
    once = keep(SAMPLES[key])
    twice = keep(SAMPLES[key], SAMPLES[key])
    assert twice.stored == once.stored


@pytest.mark.parametrize("key", ["hyperliquid", "blofin", "lighter"])
def test_files_in_other_spelling_and_order_are_the_same_fills(key: str) -> None:
    header, *rows = SAMPLES[key].splitlines()
    other = re.sub(r"2100(\.0+)?\b", "2100.0", "\n".join([header, *rows[::-1]])) + "\n"
    assert keep(SAMPLES[key], other).stored == keep(SAMPLES[key]).stored


@pytest.mark.parametrize("key", ["hyperliquid", "bitget", "blofin-new"])
@pytest.mark.parametrize(
    "zone", [dt.timedelta(hours=3), dt.timedelta(hours=-5), ZoneInfo("Asia/Tokyo")]
)
def test_a_zone_told_later_corrects_the_times_and_counts_nothing_twice(
    key: str, zone: Zone
) -> None:
    text = SAMPLES[key]
    both = keep(text, text, given=[options(), options(zone)])
    assert trades(both) == trades(keep(text, given=[options(zone)]))
    thrice = keep(text, text, text, given=[options(), options(zone), options()])
    assert trades(thrice) == trades(both), "a zone that is not told changes nothing"


@pytest.mark.parametrize(
    ("one", "two"), [("bybit", "bybit-log"), ("hyperliquid", "API"), ("generic", "lighter")]
)
def test_two_exports_of_one_venue_hold_the_same_fills_once(one: str, two: str) -> None:
    texts = {
        **SAMPLES,
        "API": "time,coin,dir,px,sz,fee,closedPnl,tid,startPosition\n"
        "1795194000000,ETH,Close Long,2100,2,1.3,200,8,2\n"
        "1795082400000,ETH,Open Long,2000,2,1.2,0,7,0\n",
        "generic": SAMPLES["generic"].replace("funding,id", "funding,id,venue")
        .replace(",a1", ",,Lighter").replace(",f1", ",f1,Lighter").replace(",a2", ",,Lighter"),
    }  # fmt: skip
    assert len(trades(keep(texts[one], texts[two]))) == 1
    assert trades(keep(texts[one], texts[two])) == trades(keep(texts[two], texts[one]))


def test_a_position_that_only_one_of_two_exports_states_is_used() -> None:
    """The log says that the position is 5 after the first buy: 3 were open before the file."""
    log = SAMPLES["bybit-log"].replace("2.000,2,2000.0", "2.000,5,2000.0").replace(
        "2.000,0,2100.0", "2.000,3,2100.0")  # fmt: skip
    log = log.replace("OPEN,2026", "OPEN,2026").replace(
        "Action,Time(UTC)", "Action,Time(UTC),TradeId"
    )
    lines = [line + (f",{own}" if (own := {"SELL,2.0": "t2", "BUY,2.0": "t1"}.get(
        line[19:27])) else "") for line in log.splitlines()]  # fmt: skip
    text = "\n".join(lines) + "\n"
    assert trades(keep(SAMPLES["bybit"], text)) == trades(keep(text, SAMPLES["bybit"]))


# --- fills that say the same -------------------------------------------------------------------

SAME = "20/11/2026 - 17:00:00,ETH,Close Long,2100,1,2100,0.5,99.5"
FIRST = "19/11/2026 - 10:00:00,ETH,Open Long,2000,2,4000,1,-1"
LAST = "21/11/2026 - 10:00:00,OP,Open Long,2,1,2,0,0"
TOP = "time,coin,dir,px,sz,ntl,fee,closedPnl"


def test_fills_that_say_exactly_the_same_are_counted() -> None:
    whole = keep("\n".join([TOP, FIRST, SAME, SAME]))
    assert len(trades(whole)) == 1
    assert len({event.id for event in whole.events()}) == 3


def test_the_last_fill_of_one_file_and_an_equal_first_of_the_next_are_two() -> None:
    one, two = "\n".join([TOP, FIRST, SAME]), "\n".join([TOP, SAME, LAST])
    for texts in ([one, two], [two, one], [one, two, one, two], [one, two, f"{one}\n{SAME}"]):
        assert len(trades(keep(*texts))) == 1, texts


def test_overlapping_files_hold_their_common_fills_once() -> None:
    week = "\n".join([TOP, FIRST, SAME, SAME])
    month = "\n".join([TOP, FIRST, SAME, SAME, LAST])
    for texts in ([week, month], [month, week], [week, month, week]):
        assert len(keep(*texts).events()) == 4


def test_one_id_with_two_contents_in_one_file_is_two_fills() -> None:
    """A venue may split a fill that turns a position over into two rows of one id."""
    text = SAMPLES["generic"] + "2026-11-21 10:00:00,ETH,buy,1,2000,0,USD,,a1\n"
    assert len(keep(text, text).events()) == 4


def test_accounts_are_apart_and_a_file_without_one_belongs_to_the_only_one() -> None:
    one = SAMPLES["lighter"]
    assert len(trades(keep(one, one, given=[options(account="a"), options(account="b")]))) == 2
    assert len(trades(keep(one, one, given=[options(account="a"), options()]))) == 1
    other = SAMPLES["binance"].replace("\n7,", "\n8,")
    assert len(trades(keep(SAMPLES["binance"], other))) == 2


# --- any partition, any order ------------------------------------------------------------------


def _history(seed: int) -> dict[str, list[str]]:
    """Rows of three venues with ids: trades in parts, flips, funding, a coin without a price."""
    dice = random.Random(seed)
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    rows: dict[str, list[str]] = {"binance": [], "binance-funding": [], "generic": []}
    for number in range(24):
        at = start + dt.timedelta(hours=number, minutes=dice.randrange(60))
        side = dice.choice(["BUY", "SELL"])
        size, price = dice.randrange(1, 4), 2000 + dice.randrange(50)
        rows["generic"].append(
            f"{at:%Y-%m-%dT%H:%M:%SZ},ETHUSDT,{side.lower()},{size},{price},0.1,BNB,,g{number}"
        )
        paid = start + dt.timedelta(hours=number, minutes=59)
        rows["generic"].append(f"{paid:%Y-%m-%dT%H:%M:%SZ},ETHUSDT,,,,,,0.{number + 1},p{number}")
    held = 0
    cost = Decimal(0)
    for number in range(12):
        at = start + dt.timedelta(hours=number, minutes=5)
        price = 100 + dice.randrange(20)
        if held == 0:
            realised, side, size, cost, held = "0", "BUY", 2, Decimal(price), 2
        else:
            side, size = "SELL", 1
            realised, held = str(price - cost), held - 1
        rows["binance"].append(
            f"7,{at:%y-%m-%d %H:%M:%S},SOLUSDT,{side},{price},{size},{price * size},0.1 USDT,"
            f"{realised},true,false,{100 + number},{number}"
        )
        rows["binance-funding"].append(
            f"{at + dt.timedelta(minutes=7):%Y-%m-%d %H:%M:%S},FUNDING_FEE,-0.{number + 1},USDT,"
            f"SOLUSDT,{900 + number}"
        )
    return rows


HISTORY = _history(7)
HEADERS = {
    "binance": "Uid,Time(UTC+0),Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,"
    "Trade ID,Order ID",
    "binance-funding": "Date(UTC),type,Amount,Asset,Symbol,Transaction ID",
    "generic": "time,symbol,side,quantity,price,fee,fee_currency,funding,id",
}


@settings(max_examples=60)
@given(st.data())
def test_any_partition_and_order_of_the_exports_gives_the_same_trades(data: st.DataObject) -> None:
    whole = Ledger()
    files: list[str] = []
    for key, rows in HISTORY.items():
        whole.add(read_text("\n".join([HEADERS[key], *rows]), f"{key}.csv"), 1)
        parts = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
        for part in range(4):
            chosen = [row for row, at in zip(rows, parts, strict=True) if at <= part]
            if data.draw(st.booleans()):
                chosen = [row for row, at in zip(rows, parts, strict=True) if at == part]
                files.append("\n".join([HEADERS[key], *chosen]))
            else:
                files.append("\n".join([HEADERS[key], *chosen]))
                files.append("\n".join([HEADERS[key], *(r for r in rows if r not in chosen)]))
        files.append("\n".join([HEADERS[key], *rows]))
    ledger = Ledger()
    price_at = data.draw(st.integers(0, len(files)))
    for number, text in enumerate(data.draw(st.permutations(files)), 1):
        if number == price_at:
            ledger.price("BNB", Decimal(600), None, number)
        ledger.add(read_text(text, f"{number}.csv"), number)
    ledger.price("BNB", Decimal(600), None, 99)
    whole.price("BNB", Decimal(600), None, 99)
    assert trades(ledger) == trades(whole)
    assert len(ledger.events()) == sum(map(len, HISTORY.values()))


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(0, 40), st.permutations(range(3)))
def test_any_cut_of_an_export_without_ids_gives_the_same_trades(
    one: int, two: int, order: Sequence[int]
) -> None:
    rows = [
        f"2026-03-{1 + number // 4:02} {number % 4:02}:00:00,{'buy' if number % 3 else 'sell'},"
        f"ETH,1,{100 + number % 2}"
        for number in range(40)
    ]
    first, second = sorted((one, two))
    header = "time,side,symbol,quantity,price"
    parts = [rows[:first], rows[first:second], rows[second:]]
    cut = keep(*("\n".join([header, *parts[at]]) for at in order))
    assert trades(cut) == trades(keep("\n".join([header, *rows])))


def test_the_last_import_can_be_taken_out() -> None:
    ledger = keep(SAMPLES["binance"], SAMPLES["binance-funding"])
    before: list[Stored] = [one for one in ledger.stored if one.number != ledger.last_import]
    assert trades(Ledger(before)) == trades(keep(SAMPLES["binance"]))


def test_a_row_of_the_table_stands_alone_wherever_it_is_sorted_to() -> None:
    """Rows of one minute keep their order by the column Row, and none needs its neighbours."""
    ledger = Ledger()
    for number, key in enumerate(("lighter", "binance", "okx", "generic", "bybit"), 1):
        ledger.add(read_text(SAMPLES[key], f"{key}.csv"), number)
    same_minute = (
        "time,symbol,side,quantity,price\n2026-11-01 10:00,SOL,buy,1,100\n"
        "2026-11-01 10:00,SOL,sell,2,110\n2026-11-01 10:00,SOL,buy,1,105\n"
    )
    ledger.add(read_text(same_minute, "minutes.csv"), 6)
    headers = tuple(column.header for column in FILLS.columns)
    empty = TableData("Fills", headers, [])
    rows = [[cells.get(header) for header in headers] for cells in fill_rows(empty, ledger.stored)]
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        table = TableData("Fills", headers, rows)  # type: ignore[arg-type]
        assert Ledger(stored_events(table)).stored == ledger.stored


def old_rows(ledger: Ledger, headers: tuple[str, ...]) -> list[list[object]]:
    """Rows as version 0.2.0 wrote them: what a file's rows share stands in its own row below."""
    empty = TableData("Fills", tuple(column.header for column in FILLS.columns), [])
    rows: list[list[object]] = []
    below: dict[str, object] = {}
    for cells in reversed(list(fill_rows(empty, ledger.stored))):
        row = dict(cells)
        row.pop("Row", None)
        if row["Kind"] == "file":
            below = dict(row)
        else:
            for header in ("Venue", "Account", "Zone", "Format", "File"):
                if row.get(header) == below.get(header):
                    row.pop(header, None)
                elif header not in row:
                    row[header] = "-"
            if row["Kind"] == "trade":
                del row["Kind"]
        rows.append([row.get(header) for header in headers])
    return rows[::-1]


@pytest.mark.parametrize("has_row", [True, False])
def test_rows_of_version_0_2_are_read_and_completed(has_row: bool) -> None:
    ledger = Ledger()
    for number, key in enumerate(("lighter", "binance", "hyperliquid-funding"), 1):
        ledger.add(read_text(SAMPLES[key], f"{key}.csv"), number)
    headers = tuple(column.header for column in FILLS.columns if has_row or column.header != "Row")
    rows = old_rows(ledger, headers)
    table = TableData("Fills", headers, rows)  # type: ignore[arg-type]
    assert tuple(stored_events(table)) == ledger.stored
    for row, cells in completed_rows(table):
        for header, value in cells.items():
            rows[row - 1][headers.index(header)] = value
    done = TableData("Fills", headers, rows)  # type: ignore[arg-type]
    assert not list(completed_rows(done))
    shuffled = random.Random(1).sample(rows, len(rows)) if has_row else rows
    after = TableData("Fills", headers, shuffled)  # type: ignore[arg-type]
    assert tuple(stored_events(after)) == ledger.stored


@pytest.mark.parametrize("key", ["lighter", "hyperliquid", "kucoin", "deribit", "paradex"])
def test_a_program_that_keeps_fifteen_digits_makes_no_other_events(key: str) -> None:
    """LibreOffice writes 15 digits of a number: 4 microseconds of a time are lost."""
    text = SAMPLES[key].replace(",2000", ",2000.1234567890123", 1)
    first = Ledger()
    first.add(read_text(text, "a.csv"), 1)
    headers = tuple(column.header for column in FILLS.columns)
    empty = TableData("Fills", headers, [])
    rows = [
        [float(f"{value:.15g}") if isinstance(value, float) else value
         for value in map(cells.get, headers)]
        for cells in fill_rows(empty, first.stored)
    ]  # fmt: skip
    saved = Ledger(stored_events(TableData("Fills", headers, rows)))  # type: ignore[arg-type]
    assert saved.events() == first.events()
    added = saved.add(read_text(text, "b.csv"), 2)
    assert (added.new, added.known) == ([], len(first.events()))
