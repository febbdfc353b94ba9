"""Every formula through xlwings' own COM server and converters, against the catalogue itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.hosts.excel import com
from tests.hosts.excel.pywin32_stub import ComRange, ComTime
from tests.hosts.excel.samples import DATE, example, variations
from udfs import OMITTED, catalogue

MODULE = "addin.excel.udf_module"


def call(excel: Any, name: str, *arguments: Any) -> list[list[Any]]:
    return com.received(excel.server.CallUDF(MODULE, name, arguments))


@pytest.mark.parametrize("name", catalogue)
def test_a_formula_answers_as_the_catalogue_does(excel: Any, name: str) -> None:
    tried = 0
    for arguments in variations(name):
        expected = com.shown(catalogue[name](*arguments))
        assert call(excel, name, *map(com.sent, arguments)) == expected, arguments
        tried += 1
    assert tried >= 1 + 20 * len(example(name))


@pytest.mark.parametrize("name", catalogue)
def test_answers_are_plain_values_that_com_can_carry(excel: Any, name: str) -> None:
    for row in call(excel, name, *map(com.sent, example(name))):
        for cell in row:
            assert type(cell) in (float, bool, str)


@pytest.mark.parametrize("name", [name for name in catalogue if catalogue[name].max_args])
def test_left_out_arguments_take_their_defaults(excel: Any, name: str) -> None:
    formula = catalogue[name]
    required = example(name)[: formula.min_args]
    left_out = [com.MISSING] * ((formula.max_args or 0) - formula.min_args)
    assert call(excel, name, *map(com.sent, required), *left_out) == com.shown(formula(*required))


def test_a_date_cell_arrives_as_its_serial_number(excel: Any) -> None:
    noon = ComTime(2024, 1, 1, 12, tzinfo=dt.UTC)
    arguments = ["long", 100.0, 10.0]
    expected = catalogue["ISO_LIQUIDATION_PRICE"]("long", DATE, 10.0)
    assert call(excel, "ISO_LIQUIDATION_PRICE", "long", noon, 10.0) == com.shown(expected)
    assert call(excel, "ISO_LIQUIDATION_PRICE", *arguments) != com.shown(expected)


def test_a_flat_array_constant_is_one_row(excel: Any) -> None:
    found = call(excel, "ISO_LIQUIDATION_PRICE", "long", (100.0, 200.0), 10.0)
    assert found == catalogue["ISO_LIQUIDATION_PRICE"]("long", [[100.0, 200.0]], 10.0)
    assert len(found[0]) == 2


def test_a_range_object_is_read_too(excel: Any) -> None:
    cells = ComRange(((100.0,), (200.0,)))
    found = call(excel, "ISO_LIQUIDATION_PRICE", "long", cells, 10.0)
    assert found == catalogue["ISO_LIQUIDATION_PRICE"]("long", [[100.0], [200.0]], 10.0)


def test_an_object_that_is_no_range_is_a_value_error(excel: Any) -> None:
    assert call(excel, "ISO_LIQUIDATION_PRICE", "long", object(), 10.0) == [["#VALUE!"]]


def test_a_bug_in_a_formula_shows_a_value_error_and_no_traceback(
    excel: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(catalogue["ISO_VERSION"], "body", broken)
    assert call(excel, "ISO_VERSION") == [["#VALUE!"]]
    assert "a bug" in caplog.text


def test_explain_takes_the_arguments_of_the_formula_it_explains(excel: Any) -> None:
    found = call(excel, "ISO_EXPLAIN", "ISO_POSITION_SIZE", 10000.0, 2.0, 100.0, 96.0)
    assert "risk is 2" in found[0][0]
    assert found == [[catalogue["ISO_EXPLAIN"]("ISO_POSITION_SIZE", 10000.0, 2.0, 100.0, 96.0)]]


def test_explain_sees_a_left_out_argument(excel: Any) -> None:
    given = ["ISO_POSITION_SIZE", 10000.0, com.MISSING, 100.0, 96.0]
    expected = catalogue["ISO_EXPLAIN"]("ISO_POSITION_SIZE", 10000.0, OMITTED, 100.0, 96.0)
    assert call(excel, "ISO_EXPLAIN", *given) == [[expected]]
