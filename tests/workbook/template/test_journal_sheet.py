"""The Journal's statistics: by hand, with no trade, with one, with more than the curve holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from addin.package.addresses import a1
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, Row
from workbook.template.sheets import journal_curve, journal_statistics
from workbook.template.tables.journal import EXITS, JOURNAL

ROW, SETUPS = journal_statistics.ROW, journal_curve.SETUPS
Filled = Callable[..., EmbeddedBook]


def trade(r: float, **more: Any) -> Row:
    """A closed long of 50 units with 4 at risk on each: r times 200 is its result."""
    day = more.pop("day", 0)
    return {
        "Opened": 46000.0 + day, "Symbol": "ETH", "Side": "long", "Entry": 100, "Stop": 96,
        "Units": 50, "Risk": 200, "Leverage": 10, "Closed": 46000.5 + day, "Exit": 100 + 4 * r,
        "Fees": 0.0, "Carry": 0.0, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def filled(data: bytes) -> Filled:
    def fill(*rows: Row, settings: dict[str, Any] | None = None) -> EmbeddedBook:
        package = Package.open(data)
        write_inputs(package, Inputs(settings or {}, {"Journal": list(rows)}))
        return open_book(package, catalogue)

    return fill


def block(book: EmbeddedBook, row: int, columns: str) -> list[object]:
    return [book.value("Journal", f"{column}{row}") for column in columns]


def statistic(book: EmbeddedBook, name: str) -> object:
    for row in range(ROW, ROW + 16):
        if book.value("Journal", f"B{row}") == name:
            return book.value("Journal", f"D{row}")
    raise AssertionError(name)


def cell(book: EmbeddedBook, header: str, row: int = 1) -> object:
    return book.value("Journal", a1(JOURNAL.first_row + row - 1, JOURNAL.index(header)))


def test_without_a_trade_nothing_is_wrong_and_nothing_is_claimed(filled: Filled) -> None:
    book = filled()
    assert book.errors() == []
    assert statistic(book, "Trades") == 0
    assert statistic(book, "Expectancy") == "none"
    assert block(book, ROW, "FHIJK") == [""] * 5
    assert book.value("Journal", "Q5") == "nothing yet"


@pytest.mark.parametrize("r", [-1.0, 0.0, 2.0])
def test_one_trade_shows_what_one_trade_can(filled: Filled, r: float) -> None:
    book = filled(trade(r, Setup="news"))
    assert book.errors() == []
    assert statistic(book, "Expectancy") == pytest.approx(r)
    assert statistic(book, "Standard deviation") == "none"
    assert statistic(book, "SQN") == "none"
    assert statistic(book, "Profit factor") == (0.0 if r < 0 else "none")
    assert block(book, ROW, "FHJ") == ["news", 1, pytest.approx(r)]
    assert book.value("Journal", "Q5") == "too few to tell"


def test_equal_results_have_no_system_quality(filled: Filled) -> None:
    book = filled(*[trade(1.0, day=day) for day in range(3)])
    assert statistic(book, "Standard deviation") == pytest.approx(0)
    assert statistic(book, "SQN") == "none"
    assert book.errors() == []


def test_groups_add_up(filled: Filled) -> None:
    book = filled(
        trade(2, day=1, Setup="a", **{"Rules kept": "yes"}),
        trade(1, day=2, Setup="a", Leverage=4, **{"Rules kept": "yes"}),
        trade(-1, day=3, Setup="b", Side="short", Stop=104, Leverage=20, **{"Rules kept": "no"}),
        trade(-0.5, day=4, Setup="b", Leverage=5, **{"Rules kept": "no"}),
        trade(0, day=5),
    )
    # The short trade's exit is 96: it gains 4 a unit, one R.
    assert block(book, ROW, "FHIJK") == ["a", 2, 1, 1.5, 3]
    assert block(book, ROW + 1, "FHIJK") == ["b", 2, 0.5, 0.25, 0.5]
    assert block(book, ROW + 2, "FHIJK") == ["(none)", 1, 0, 0, 0]
    side = ROW + SETUPS + 1
    assert block(book, side, "FHIJK") == ["long", 4, 0.5, 0.625, 2.5]
    assert block(book, side + 1, "FHIJK") == ["short", 1, 1, 1, 1]
    assert block(book, side + 3, "FHIJK") == ["kept", 2, 1, 1.5, 3]
    assert block(book, side + 4, "FHIJK") == ["broken", 2, 0.5, 0.25, 0.5]
    assert book.value("Journal", f"J{side + 5}") == pytest.approx(0.25 - 1.5)
    leverage = [block(book, row, "MOR") for row in range(ROW, ROW + 4)]
    assert leverage == [[1, 1, 1], [5, 1, -0.5], [10, 2, 2], [20, 1, 1]]


def test_more_setups_than_lines_show_the_best(filled: Filled) -> None:
    book = filled(*[trade(n, day=n, Setup=f"s{n}") for n in range(SETUPS + 3)])
    names = [book.value("Journal", f"F{row}") for row in range(ROW, ROW + SETUPS)]
    assert names == [f"s{n}" for n in range(SETUPS + 2, 2, -1)]


def test_planned_chances_are_held_against_what_came(filled: Filled) -> None:
    book = filled(
        trade(1, day=1, **{"Win chance": 0.4}), trade(-1, day=2, **{"Win chance": 0.3}),
        trade(1, day=3, **{"Win chance": 0.75}), trade(-1, day=4),
        trade(1, day=5, **{"Win chance": 0.25}),
    )  # fmt: skip
    first = ROW + 5
    assert block(book, first, "MOPQ") == [0, 0, "", ""]
    assert block(book, first + 1, "MO") == [0.25, 3]
    assert block(book, first + 1, "PQ") == pytest.approx([0.95 / 3, 2 / 3])
    assert block(book, first + 3, "MOPQ") == [0.75, 1, 0.75, 1]
    brier = (0.6**2 + 0.3**2 + 0.25**2 + 0.75**2) / 4
    assert book.value("Journal", f"Q{first + 4}") == pytest.approx(brier)


def test_the_curve_holds_the_last_trades_and_says_what_is_left_out(filled: Filled) -> None:
    count = journal_curve.TRADES + 20
    rows = [trade(1 if n % 2 else -0.5, day=n) for n in range(count)]
    book = filled(*reversed(rows), settings={"Account_equity": 100_000.0})
    assert book.errors() == []
    assert book.value("Curve", "D5") == 20
    assert statistic(book, "Trades") == journal_curve.TRADES
    # 250 times 200 won and 100 lost: 25,000, whatever the order of the rows.
    assert book.value("Curve", "H5") == pytest.approx(75_000)
    assert book.value("Curve", "J11") == pytest.approx(75_000 - 100)
    assert book.value("Curve", f"J{journal_curve.LAST}") == pytest.approx(100_000)
    assert book.value("Journal", "F5") == count


def test_winning_more_than_there_is_shows_no_error(filled: Filled) -> None:
    """Where money was taken out, equity now less results may be nothing."""
    book = filled(*[trade(60, day=day) for day in range(2)])
    assert book.errors() == []
    assert book.value("Curve", "H6") == "not known: more was won than there is"


def test_a_closed_trade_without_an_exit_counts_nowhere(filled: Filled) -> None:
    row = trade(1, day=1)
    del row["Exit"]
    book = filled(row, trade(1, day=2))
    assert cell(book, "Net") == "no exit"
    assert cell(book, "R") == "no exit"
    assert statistic(book, "Trades") == 1


def test_a_trade_without_a_risk_has_money_but_no_multiple(filled: Filled) -> None:
    row = trade(1)
    del row["Risk"]
    book = filled(row)
    assert cell(book, "Net") == pytest.approx(200)
    assert cell(book, "R") == "no risk"
    assert statistic(book, "Trades") == 0
    assert book.value("Curve", "J11") == pytest.approx(10_000)
    assert book.errors() == []


@pytest.mark.parametrize("without", [0, 1, 2])
def test_what_counts_by_money_and_what_by_r_is_told_apart(filled: Filled, without: int) -> None:
    """Two won and one lost by R; those without a risk count by money alone."""
    rows = [trade(r, day=day) for day, r in enumerate((1.0, 2.0, -1.0))]
    for day in range(without):
        row = trade(1.0, day=3 + day)
        del row["Risk"]
        rows.append(row)
    book = filled(*rows)
    assert statistic(book, "Trades") == 3
    assert statistic(book, "Win rate") == pytest.approx(2 / 3)
    shown = [str(value) for value in book.package.values("Journal").values()]
    assert "of all closed, by money" in shown
    assert "won over lost, money" in shown
    assert book.value("Journal", "H5") == pytest.approx((2 + without) / (3 + without))
    (heading,) = (
        str(value) for (sheet, _), value in book.formula_values().items()
        if sheet == "Journal" and str(value).startswith("By R, last")
    )  # fmt: skip
    said = f"; {without} without risk left out"
    assert heading.endswith(said) == bool(without)


def test_shorts_are_measured_the_other_way_round(filled: Filled) -> None:
    """Short from 100 with the stop at 104: 101 was the worst, 90 the best; out at 95."""
    row = trade(0, Side="short", Stop=104, Exit=95, High=101, Low=90, Filled=99.5)
    book = filled(row)
    assert cell(book, "Net") == pytest.approx(50 * 4.5)
    assert cell(book, "Slippage") == pytest.approx(25), "sold lower than planned is worse"
    assert cell(book, "MAE") == pytest.approx(1.5 / 4.5)
    assert cell(book, "MFE") == pytest.approx(9.5 / 4.5)


def test_a_trade_half_typed_shows_no_error(filled: Filled) -> None:
    assert filled({"Symbol": "ETH"}).errors() == []
    assert filled({"Symbol": "ETH", "Closed": 46000.0}).errors() == []


def test_exits_are_not_in_the_way_of_each_other() -> None:
    """Both tables grow downwards: each has a sheet of its own."""
    assert EXITS.sheet != JOURNAL.sheet


def test_rows_that_only_fill_the_table_of_setups_up_look_blank(book: Workbook) -> None:
    rules = {
        str(where.sqref): [rule.formula[0] for rule in rules if rule.dxf and rule.dxf.numFmt]
        for where, rules in book["Curve"].conditional_formatting._cf_rules.items()
    }
    setups = book.defined_names["By_setup"].value.split("!")[1].replace("$", "")
    assert rules[setups] == [f"$U{setups[1 : setups.index(':')]}<=Pad_result"]
