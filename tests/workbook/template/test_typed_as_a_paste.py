"""What a trader types into the shipped workbook, as a paste does it, and what he reads."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import openpyxl
import pytest

from addin.embedded import EmbeddedBook
from addin.package.addresses import a1, area
from workbook import bundled
from workbook.computing import computed
from workbook.template.fields import TABLES

PLAN = TABLES["Plan"]
ETH: Mapping[str, object] = {
    "Symbol": "ETH", "Side": "long", "Venue": "Binance", "Entry": 3000, "Stop": 2900, "Days": 1,
}  # fmt: skip
BTC: Mapping[str, object] = {**ETH, "Symbol": "BTC", "Entry": 95000, "Stop": 92000}
SOL: Mapping[str, object] = {**ETH, "Symbol": "SOL", "Entry": 180, "Stop": 174}
GO = "go: set the stop at once"


def typed(rows: Sequence[Mapping[str, object]], **named: object) -> EmbeddedBook:
    """Another program writes the cells of the shipped template; nothing validates them."""
    book = openpyxl.load_workbook(io.BytesIO(bundled.template()))
    for name, value in named.items():
        sheet, _, address = book.defined_names[name].value.replace("$", "").partition("!")
        book[sheet.strip("'")][address] = value
    for at, row in enumerate(rows, PLAN.first_row):
        for header, value in row.items():
            book["Plan"][a1(at, PLAN.index(header))] = value
    out = io.BytesIO()
    book.save(out)
    return computed(out.getvalue())


def plan(book: EmbeddedBook, header: str, row: int = 1) -> object:
    return book.value("Plan", a1(PLAN.first_row + row - 1, PLAN.index(header)))


def named(book: EmbeddedBook, name: str) -> object:
    sheet, area = book.package.names[name].target
    return book.value(sheet, a1(area.top, area.left))


def check(book: EmbeddedBook, what: str) -> object:
    sheet, area = book.package.names["Check_results"].target
    (row,) = (
        row
        for row in range(area.top, area.bottom + 1)
        if what in str(book.value(sheet, a1(row, area.left - 3)))
    )
    return book.value(sheet, a1(row, area.left))


@pytest.fixture(scope="module")
def slips() -> EmbeddedBook:
    """Ten rows of one workbook, each a slip or a good row in other letters."""
    return typed(
        [
            {**ETH, "Venue": "Binance "},
            {**ETH, "Side": " Buy", "Symbol": "eth "},
            {**SOL, "Stop": None},
            {**ETH, "Side": "short"},
            {**ETH, "Volatility": "5%%"},
            {key: value for key, value in BTC.items() if key != "Symbol"},
            {"Entry": 3000},
            {**BTC, "Lot": 10},
            {**SOL, "Funding": 0.02},
            {**ETH, "Venue": "Binanc"},
        ],
        Max_positions=10,
        Max_total_risk=1,
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (1, GO),
        (2, GO),
        (3, "Stop (F13) is blank: a long at 180 needs a price below it, such as 173."),
        (4, "Stop (F14) is 2900: a short at 3000 needs a price above it, such as 3120."),
        (5, "Volatility (I15) is 5%%: type a percentage such as 5%."),
        (6, "Symbol (B16) is blank: type a coin, such as ETH."),
        (7, "Symbol (B17) is blank: type a coin, such as ETH. Side (C17) is blank"),
        (8, "Too small for one lot (10 = 950000): account or risk too small."),
        (9, "Funding (J19) is 2% an interval: did you mean 0.02%?"),
        (10, "Venue (D20) is Binanc: type a venue of Markets, such as Binance."),
    ],
)
def test_the_cell_and_what_to_type(slips: EmbeddedBook, row: int, sentence: str) -> None:
    assert str(plan(slips, "What to do", row)).startswith(sentence)


def test_rows_that_are_wrong_are_counted_once_and_in_no_sum(slips: EmbeddedBook) -> None:
    assert slips.errors() == []
    risks = [plan(slips, "Risk", row) for row in range(1, 11)]
    counted = [risk for risk in risks if isinstance(risk, float)]
    # The two good rows, the one of no lot (0), and the one whose funding may be meant.
    assert [row for row, risk in enumerate(risks, 1) if risk == ""] == [3, 4, 5, 6, 7, 10]
    assert named(slips, "Plan_risk") == pytest.approx(sum(counted))
    assert check(slips, "could not be computed") == "FAIL"


BLOCKS = ("B12:J12", "B17:I18", "B23:J25", "C30:C41", "B46:J58", "C66:F73", "I66:J75")


def shown_on_trade(book: EmbeddedBook, row: int) -> list[list[object]]:
    """The tables of Trade, each as its cells that show something, for a row of the plan."""
    sheet, place = book.package.names["Trade_row"].target
    book.set(sheet, a1(place.top, place.left), row)
    book.recalculate()
    shown = []
    for block in map(area, BLOCKS):
        cells = [(r, c) for r in range(block.top, block.bottom + 1)
                 for c in range(block.left, block.right + 1)]  # fmt: skip
        values = [book.value("Trade", a1(*at)) for at in cells]
        shown.append([value for value in values if str(value or "").strip()])
    return shown


@pytest.mark.parametrize("row", [3, 4, 5])
def test_trade_shows_no_number_of_a_wrong_row(slips: EmbeddedBook, row: int) -> None:
    assert all(shown_on_trade(slips, 1)), "a good row fills every table"
    assert shown_on_trade(slips, row) == [[] for _ in BLOCKS]
    said = str(slips.value("Trade", "D4"))
    assert said
    assert str(plan(slips, "What to do", row)).startswith(said)


@pytest.mark.parametrize(
    ("equity", "row"),
    [
        (1_000, {**BTC, "Stop": 90000, "Lot": 0.01}),
        (1_000, {**ETH, "Lot": 1000}),
        (50, {**SOL, "Lot": 1}),
    ],
)
def test_less_than_one_lot_is_no_go(equity: float, row: Mapping[str, object]) -> None:
    book = typed([row], Account_equity=equity, Starting_equity=equity)
    lot, entry = float(str(row["Lot"])), float(str(row["Entry"]))
    said = f"Too small for one lot ({lot:g} = {lot * entry:.0f}): account or risk too small."
    assert plan(book, "What to do") == said
    assert plan(book, "Units") == 0
    assert plan(book, "Go") == 0


@pytest.mark.parametrize("equity", [5_000_000, 500_000])
def test_a_large_account_is_liquidated_by_its_tier(equity: float) -> None:
    from udfs import catalogue

    book = typed([{**ETH, "Leverage": 10}], Account_equity=equity, Starting_equity=equity)
    markets = TABLES["Tiers"]
    tiers = [
        [book.value(markets.sheet, a1(at, markets.index(name))) for name in ("Floor", "Rate")]
        for at in range(markets.first_row, markets.last_row + 1)
        if book.value(markets.sheet, a1(at, markets.index("Venue"))) == "Binance"
        and book.value(markets.sheet, a1(at, markets.index("Symbol"))) == "ETH"
    ]
    assert len(tiers) > 3
    units = plan(book, "Units")
    exact = catalogue["ISO_LIQUIDATION_PRICE_TIERED"]("long", 3000, 10, units, tiers)
    assert plan(book, "Liq price") == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("moment", ["28/11/2026", "yesterday", None, -5])
def test_no_moment_no_pass(moment: object) -> None:
    book = typed([ETH], As_of=moment)
    assert check(book, "stale terms") == "WARN"
    shown = "blank" if moment is None else str(moment)
    assert str(plan(book, "What to do")).startswith(f"As of (now) (Settings E7) is {shown}")


@pytest.mark.parametrize("count", [1, 2])
def test_ideas_below_the_table_are_named(count: int) -> None:
    blank: list[Mapping[str, object]] = [{} for _ in range(PLAN.rows - 1)]
    book = typed([ETH, *blank, *([BTC, SOL][:count])])
    assert check(book, "below the plan's last row") == "WARN"
    assert plan(book, "What to do") == GO


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**ETH, "Leverage": 50, "Reason": "news"}, "LIQUIDATED FIRST, at 2951.8"),
        ({**ETH, "Side": "short", "Stop": 3100, "Leverage": 100, "Reason": "x"},
         "LIQUIDATED FIRST, at 3017.9"),
    ],
)  # fmt: skip
def test_liquidated_before_the_stop_is_said_without_an_error(
    row: Mapping[str, object], words: str
) -> None:
    book = typed([row])
    assert words in str(book.value("Trade", "B14"))
    assert str(plan(book, "Stop first")).startswith("NO")
    assert plan(book, "Go") == 0
    assert book.errors() == []


@pytest.mark.parametrize(
    ("sides", "label"),
    [(("long", "long", "short"), "hedged"), (("short", "short", "long"), "hedged"),
     (("long", "long", "long"), None)],
)  # fmt: skip
def test_longs_against_shorts_are_hedged_and_not_many_bets(
    sides: Sequence[str], label: str | None
) -> None:
    rows = []
    for row, side in zip((ETH, BTC, SOL), sides, strict=True):
        away = float(str(row["Entry"])) - float(str(row["Stop"]))
        stop = float(str(row["Entry"])) + (away if side == "short" else -away)
        rows.append({**row, "Side": side, "Stop": stop})
    book = typed(rows)
    shown = named(book, "Risk_bets_label")
    assert shown == label if label else isinstance(shown, float) and 1 <= shown <= 3


def test_the_commands_are_named_where_they_are_needed() -> None:
    book = openpyxl.load_workbook(io.BytesIO(bundled.template()))
    words = {
        sheet: " ".join(str(c.value) for row in book[sheet].iter_rows() for c in row if c.value)
        for sheet in ("Start", "Journal")
    }
    for command in ("journal take", "journal close", "import", "review", "refresh"):
        assert command in words["Start"], command
    assert "isomargin journal take" in words["Journal"]
