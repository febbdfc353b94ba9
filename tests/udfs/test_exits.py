"""Exits: what is said of a tier that cannot be used, and numbers that stay whole."""

from __future__ import annotations

import pytest

from udfs import CellError, catalogue

stop_ladder = catalogue["ISO_STOP_LADDER"]
NUM = CellError.NUM


def test_a_tier_beyond_the_liquidation_says_where_that_is() -> None:
    arguments = ("long", 100, 96, 50, None, None, "loss", None, 15, 0.005)
    soft, hard = stop_ladder(*arguments)
    assert soft[:2] == ["Soft", 98.8]
    assert hard == ["Hard", *[NUM] * 5]
    words = stop_ladder.explain(*arguments)
    assert words.startswith("Hard: at 93.2 the position is liquidated already, at 93.8")
    assert "Soft" not in words


def test_two_tiers_beyond_the_liquidation_are_both_named() -> None:
    words = stop_ladder.explain("short", 100, 110, 50, leverage=60)
    assert words.count("liquidated already") == 2


@pytest.mark.parametrize("soft_close", [1, 0.99])
def test_a_hard_stop_that_no_price_reaches_says_what_to_change(soft_close: float) -> None:
    arguments = ("long", 100, 96, 50, 0.3, soft_close, "loss")
    assert stop_ladder(*arguments)[1] == ["Hard", *[NUM] * 5]
    assert "lower soft_close" in stop_ladder.explain(*arguments)


def test_a_ladder_without_an_error_is_ok() -> None:
    assert stop_ladder.explain("long", 100, 96, 50, leverage=10) == "ok"


@pytest.mark.parametrize("argument", ["soft_at", "soft_close"])
def test_a_part_of_the_ladder_typed_as_30_is_explained_by_its_own_size(argument: str) -> None:
    assert "type 30% or 0.3, not 30" in stop_ladder.explain("long", 100, 96, 50, **{argument: 30})


def test_a_trailing_stop_waits_at_its_activation_price_and_says_so() -> None:
    words = catalogue["ISO_TRAILING_STOP"].explain("long", 100, 105, 0.1, 0.05)
    assert "has not moved by more than 0.05" in words


def test_a_runner_without_a_trail_has_the_last_trigger_to_the_last_digit() -> None:
    rows = catalogue["ISO_SCALE_OUT"]("long", 100, 50, 10)
    assert [row[1] for row in rows] == [0.5, 1.0, 1.0]


def test_an_unknown_name_is_repeated_as_it_was_typed() -> None:
    words = catalogue["ISO_EXPLAIN"]("ISO_SIZE", 1)
    assert words.startswith('there is no formula called "ISO_SIZE":')
