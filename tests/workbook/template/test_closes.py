"""Daily closes: volatility of a row that has none, correlations that nobody typed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest

from addin.embedded import EmbeddedBook, open_book
from addin.package import Package
from tests.workbook.template.rows import LONG, VENUE
from tests.workbook.template.test_behaviour import check, named, plan
from udfs import catalogue
from workbook.fill import write_inputs
from workbook.inputs import Inputs, InputValue, Row

NOW = 46360.0
DAYS = 40
BTC = [100 * math.exp(0.03 * math.sin(1.7 * day)) for day in range(DAYS)]
ETH = [50 * math.exp(0.05 * math.sin(1.7 * day + 0.4)) for day in range(DAYS)]
FEW = 10  # closes of OP: too few to tell


def closes(last: float = NOW - 1) -> list[Row]:
    return [
        {"Date": last - DAYS + 1 + day, "BTC": BTC[day], "ETH": ETH[day],
         **({"OP": 2 + day / 100} if day >= DAYS - FEW else {})}
        for day in range(DAYS)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(data: bytes) -> Callable[..., EmbeddedBook]:
    def fill(
        *plans: Row, candles: list[Row] | None = None,
        settings: Mapping[str, InputValue] | None = None,
    ) -> EmbeddedBook:  # fmt: skip
        package = Package.open(data)
        rows = closes() if candles is None else candles
        tables = {"Venues": [VENUE], "Plan": list(plans), "Candles": rows}
        write_inputs(package, Inputs({"As_of": NOW, **(settings or {})}, tables))
        return open_book(package, catalogue)

    return fill


def test_a_blank_volatility_takes_the_closes_before_the_setting(
    made: Callable[..., EmbeddedBook],
) -> None:
    rows: list[Row] = [{**LONG, "Symbol": "ETHUSDT"}, {**LONG, "Volatility": 0.02},
                       {**LONG, "Symbol": "OP"}, {**LONG, "Symbol": "SEI"}]  # fmt: skip
    book = made(*rows)
    exact = catalogue["ISO_VOLATILITY"](ETH, method="ewma", half_life=20)
    assert plan(book, "Vol", 1) == pytest.approx(exact)
    assert plan(book, "Vol as of", 1) == NOW - 1
    assert [plan(book, "Vol", row) for row in (2, 3, 4)] == [0.02, 0.05, 0.05]
    words = [plan(book, "Vol from", row) for row in (1, 2, 3, 4)]
    assert words == ["closes", "typed", "setting", "setting"]
    assert book.errors() == []


def test_the_method_is_the_settings(made: Callable[..., EmbeddedBook]) -> None:
    book = made({**LONG, "Symbol": "BTC"}, settings={"Volatility_method": "close"})
    exact = catalogue["ISO_VOLATILITY"](BTC, method="close")
    assert plan(book, "Vol") == pytest.approx(exact)


@pytest.mark.parametrize(("last", "result"), [(NOW - 1, "PASS"), (NOW - 4, "WARN")])
def test_old_closes_are_no_pass(
    made: Callable[..., EmbeddedBook], last: float, result: str
) -> None:
    book = made({**LONG, "Symbol": "BTC"}, candles=closes(last))
    assert check(book, "daily closes that are stale")[2] == result


def test_without_closes_there_is_nothing_to_be_stale(made: Callable[..., EmbeddedBook]) -> None:
    book = made({**LONG, "Symbol": "BTC"}, candles=[])
    assert check(book, "daily closes that are stale")[2] == "no data"
    assert plan(book, "Vol from") == "setting"


def test_correlations_come_from_the_closes_and_typed_ones_win(
    made: Callable[..., EmbeddedBook],
) -> None:
    from tests.workbook.template.test_risk import matrix

    rows = [{**LONG, "Symbol": symbol} for symbol in ("BTC", "ETH", "SEI")]
    exact = catalogue["ISO_CORRELATION"](
        [[one, other] for one, other in zip(BTC, ETH, strict=True)], "ewma", 60
    )[0][1]
    book = made(*rows)
    used = matrix(book, 3)
    assert used[0][1] == used[1][0] == pytest.approx(exact)
    assert used[0][2] == used[1][2] == 0.8, "the setting"
    assert named(book, "Risk_correlated") != ""
    typed = matrix(made(*rows, settings={"Correlation_1_2": 0.1}), 3)
    assert typed[0][1] == typed[1][0] == 0.1
    assert book.errors() == []


def test_a_date_pasted_as_text_makes_the_closes_say_nothing(data: bytes) -> None:
    package = Package.open(data)
    rows = closes()
    tables = {"Venues": [VENUE], "Plan": [{**LONG, "Symbol": "BTC"}], "Candles": rows}
    write_inputs(package, Inputs({"As_of": NOW}, tables))
    table = package.table("Candles")
    package.set_cell("Markets", table.cell(table.first_row + 3, "Date"), "20/11/2026")
    book = open_book(package, catalogue)
    assert plan(book, "Vol from") == "setting"
    assert check(book, "daily closes that are stale")[2] == "no data"
    assert book.errors() == []
