"""Plain numbers and times take a short way: it gives what the long one gives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from workbook.journal.imports.parsing import (
    BadCell,
    moment,
    number,
    number_forms,
    settle_number_form,
    without_unit,
    without_zone,
)
from workbook.journal.imports.venues.base import bare_cells


@pytest.mark.parametrize(
    "text", ["5", "+5", "-5.", "0007.10", "999999999999999999", "0." + "1" * 16]
)
def test_a_plain_number_is_that_decimal(text: str) -> None:
    assert number(text, "price") == Decimal(text)
    assert str(number(text, "price")) == str(Decimal(text)), "all its digits are kept"


@pytest.mark.parametrize(
    "text",
    ["", ".", "+", "5.5.5", "5-", "5,5", "1" * 20, "0." + "0" * 40 + "1", "٥.", "5 USDT", "1_000"],
)
def test_what_only_begins_like_one_is_refused_or_another(text: str) -> None:
    if text == "٥.":  # digits of another script are digits, as they always were
        assert number(text, "price") == 5
        return
    with pytest.raises(BadCell):
        number(text, "price")


@pytest.mark.parametrize(
    ("cell", "forms"),
    [
        ("2050.5", {"point"}),
        ("-2050.50", {"point"}),
        ("2.0505", {"point"}),
        ("2.050", {"comma", "point"}),  # two thousand and fifty, written with decimal commas
        ("2,05", {"comma"}),
        ("0.050", {"point"}),
    ],
)
def test_the_form_of_one_cell_is_that_of_a_file_of_it(cell: str, forms: set[str]) -> None:
    assert number_forms(cell) == forms
    settled = settle_number_form([cell], ",")
    assert settled == ("comma" if forms == {"comma"} else "point")


def test_a_point_and_a_comma_in_one_file_are_told_whatever_came_first() -> None:
    for cells in (["2050.5", "2,05"], ["2,05", "2050.5"]):
        assert '"2050.5" has a decimal point and "2,05" a decimal comma' in settle_number_form(
            cells, ","
        )


def test_an_amount_with_a_currency_tells_the_form_as_its_number_does() -> None:
    for cells in (["2050.5 USDT", "2,05"], ["1.25", "0.87640 USDT", "2,05 USDT"]):
        assert "a decimal comma" in settle_number_form(cells, ",")
    assert settle_number_form(["0.5 BNB", "1.25 BNB", "2.050 BNB"], ",") == "point"


@pytest.mark.parametrize("short_years", [True, False])
@pytest.mark.parametrize(
    "text",
    ["2026-03-17 09:34:12", "2026-03-17T23:59:59", "2024-02-29 00:00:00", "2026-13-45 01:02:03"],
)
def test_a_plain_time_is_what_the_long_way_says(text: str, *, short_years: bool) -> None:
    longer = text.replace("T", "  ").replace(" ", "  ", 1)  # more than one space: the long way
    found = moment(text, "time", short_years=short_years)
    assert found == moment(longer, "time", short_years=short_years)
    assert found[:3] == (int(text[:4]), int(text[8:10]), int(text[5:7]))  # type: ignore[index]
    short = moment(text[2:], "time", short_years=True)
    assert short == moment(text, "time")


@pytest.mark.parametrize(
    "text", ["2026-03-17 24:00:00", "2026-03-17 09:60:00", "26-03-17 09:34:12"]
)
def test_a_time_that_only_looks_plain_is_refused(text: str) -> None:
    with pytest.raises(BadCell, match=r"no such time of day|write the year in full"):
        moment(text, "time")


def test_a_time_with_a_zone_or_without_seconds_goes_the_long_way() -> None:
    zoned = moment("2026-03-17 09:34:12+02:00", "time")
    assert zoned.zone == dt.timedelta(hours=2)  # type: ignore[union-attr]
    assert moment("2026-03-17 09:34", "time").clock == dt.timedelta(hours=9, minutes=34)  # type: ignore[union-attr]


def test_the_number_before_a_currency_is_taken_as_it_is_written() -> None:
    assert without_unit("0.82 USDT") == "0.82"
    assert without_unit(" ($1.20) ") == "-1.20"
    assert without_unit("two") == "two"


def test_cells_are_bare_of_spaces_and_of_the_mark_of_a_file() -> None:
    assert bare_cells(["\ufeffTime ", "\u00a0x\u00a0", " \ufeff 5 \ufeff ", "a b"]) == [
        "Time", "x", "5", "a b",
    ]  # fmt: skip
    assert without_zone("\ufeff Time (utc+3) ") == "time"
