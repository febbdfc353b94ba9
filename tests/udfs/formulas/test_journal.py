"""Journal formulas: definitions, edges, errors, and that long journals are quick."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from udfs import CellError, catalogue
from udfs.maths.journal_statistics import STATISTICS, Tally

stats = catalogue["ISO_JOURNAL_STATS"]
by_group = catalogue["ISO_JOURNAL_BY"]
equity_curve = catalogue["ISO_EQUITY_CURVE"]
drawdown = catalogue["ISO_DRAWDOWN"]
r_multiple = catalogue["ISO_R_MULTIPLE"]
kelly = catalogue["ISO_KELLY"]
ruin = catalogue["ISO_RISK_OF_RUIN"]

amounts = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4))
results = st.lists(amounts, min_size=1, max_size=60)
results_with_blanks = st.lists(st.one_of(amounts, st.none(), st.just("")), min_size=2, max_size=60)


def column(values: list[Any]) -> list[list[Any]]:
    return [[value] for value in values]


def statistics_of(values: list[Any]) -> dict[str, Any]:
    return dict(stats(column(values)))


# --- R multiple -------------------------------------------------------------------------------


def test_r_is_the_net_result_over_the_initial_risk() -> None:
    assert r_multiple("long", 100, 96, 108, 50, 20) == pytest.approx((400 - 20) / 200)
    assert r_multiple("short", 100, 104, 98, 50, -20) == pytest.approx((100 + 20) / 200)


@pytest.mark.parametrize(
    ("side", "stop"), [("long", 100), ("long", 101), ("short", 100), ("short", 99)]
)
def test_a_stop_that_risks_nothing_has_no_r(side: str, stop: float) -> None:
    assert r_multiple(side, 100, stop, 110) is CellError.NUM
    assert "wrong side" in r_multiple.explain(side, 100, stop, 110)


def test_one_bad_trade_does_not_spoil_the_other_r_multiples() -> None:
    answer = r_multiple(column(["long", "short", "lng"]), 100, column([96, 96, 96]), 104)
    assert answer == [[1.0], [CellError.NUM], [CellError.VALUE]]


# --- statistics -------------------------------------------------------------------------------


def test_statistics_come_in_the_catalogues_order_with_headers_on_request() -> None:
    rows = stats(column([1, -1]), True)
    assert rows[0] == ["Name", "Value"]
    assert tuple(row[0] for row in rows[1:]) == STATISTICS
    assert stats(column([1, -1])) == rows[1:]


def test_break_evens_count_as_trades_and_leave_streaks_alone() -> None:
    found = statistics_of([1, 0, 1, 0, -1, 0, -2, -3, 1])
    assert (found["Trades"], found["Wins"], found["Losses"]) == (9, 3, 3)
    assert found["Win rate"] == pytest.approx(3 / 9)
    assert found["Longest winning streak"] == 2
    assert found["Longest losing streak"] == 3


@pytest.mark.parametrize(
    ("values", "payoff", "fraction"),
    [
        ([200, -100, 0, 50], 1.25, 0.5 - 0.5 / 1.25),
        ([1, 1, 1, -2], 0.5, 0.75 - 0.25 / 0.5),
        ([1, 1, -1], 1, 2 / 3 - 1 / 3),
        ([1, -1, -1], 1, 0),
    ],
)
def test_kelly_of_a_journal_is_of_its_win_rate_and_payoff(
    values: list[float], payoff: float, fraction: float
) -> None:
    found = statistics_of(values)
    assert found["Payoff ratio"] == pytest.approx(payoff)
    assert found["Kelly fraction"] == pytest.approx(fraction)


def test_the_first_loss_is_a_drawdown_from_the_start() -> None:
    assert statistics_of([-100, 50])["Max drawdown"] == 100
    assert statistics_of([100, 50])["Max drawdown"] == 0


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ([5], {"Average loss", "Payoff ratio", "Profit factor", "Standard deviation", "SQN"}),
        ([-5, -6], {"Average win", "Payoff ratio"}),
        ([5, 6], {"Average loss", "Payoff ratio", "Profit factor"}),
        ([2, 2, 2], {"Average loss", "Payoff ratio", "Profit factor", "SQN"}),
        ([0], {"Average win", "Average loss", "Payoff ratio", "Profit factor", "Standard deviation",
               "SQN"}),
    ],
)  # fmt: skip
def test_a_statistic_that_does_not_exist_is_na_in_its_row_alone(
    values: list[float], missing: set[str]
) -> None:
    found = statistics_of(values)
    without = {name for name, value in found.items() if value is CellError.NA}
    assert without == missing | {"Kelly fraction"}
    assert all(value is CellError.NA or isinstance(value, float) for value in found.values())


def test_an_empty_journal_has_no_trades_and_no_rates() -> None:
    found = statistics_of([None, "", None])
    assert found["Trades"] == 0
    assert found["Total"] == 0
    assert found["Win rate"] is CellError.NA
    assert found["Expectancy"] is CellError.NA
    assert found["Max drawdown"] == 0
    assert found["Longest winning streak"] == found["Longest losing streak"] == 0


def test_equal_results_have_a_deviation_of_exactly_zero() -> None:
    found = statistics_of([0.1] * 3)
    assert found["Standard deviation"] == 0
    assert found["SQN"] is CellError.NA


@pytest.mark.parametrize(
    ("bad", "error"),
    [("open", CellError.VALUE), (True, CellError.VALUE), (CellError.DIV0, CellError.DIV0)],
)
def test_a_result_that_is_no_number_is_named(bad: object, error: CellError) -> None:
    assert stats(column([1, bad, 2])) is error
    assert "results" in stats.explain(column([1, bad, 2]))


def test_a_table_of_results_is_refused_in_words() -> None:
    assert stats([[1, 2], [3, 4]]) is CellError.VALUE
    assert "one row or one column" in stats.explain([[1, 2], [3, 4]])


def test_sums_too_large_for_a_number_spoil_only_their_own_rows() -> None:
    found = statistics_of([1e308, 1e308, -1.0])
    assert found["Total"] is CellError.NUM
    assert found["Wins"] == 2
    assert found["Average loss"] == -1


@given(results_with_blanks)
def test_blanks_change_no_statistic(values: list[Any]) -> None:
    kept = [value for value in values if value not in (None, "")]
    assert statistics_of(values) == statistics_of([*kept, None, None])


@given(results)
@example([0.1, 0.2, -0.3])
def test_the_statistics_agree_with_each_other(values: list[float]) -> None:
    found = dict(
        stats(
            [
                values,
            ]
            if len(values) > 1
            else [[values[0], None]]
        )
    )
    assert found["Expectancy"] * found["Trades"] == pytest.approx(found["Total"], abs=1e-9)
    won = found["Average win"] * found["Wins"] if found["Wins"] else 0.0
    lost = found["Average loss"] * found["Losses"] if found["Losses"] else 0.0
    assert won + lost == pytest.approx(found["Total"], abs=1e-6)
    assert found["Max drawdown"] >= max(0.0, -found["Total"]) - 1e-6
    if isinstance(found["Profit factor"], float):
        assert found["Profit factor"] == pytest.approx(won / -lost)
    if isinstance(found["Kelly fraction"], float):
        assert found["Kelly fraction"] == kelly(found["Win rate"], found["Payoff ratio"])


@given(results, st.integers(1, 7))
def test_a_journal_in_parts_has_the_statistics_of_the_whole(values: list[float], size: int) -> None:
    whole, parts = Tally(), Tally()
    whole.add(np.array(values))
    for at in range(0, len(values), size):
        parts.add(np.array(values[at : at + size]))
    for name, value in whole.statistics().items():
        other = parts.statistics()[name]
        if value is None:
            assert other is value, name
        else:
            assert other is not None, name
            assert other == pytest.approx(value, rel=1e-9, abs=1e-6), name


@given(results)
def test_streaks_and_drawdown_match_a_walk_through_the_trades(values: list[float]) -> None:
    streaks = {1: 0, -1: 0}
    running, sign = 0, 0
    equity = peak = worst = 0.0
    for value in values:
        equity += value
        peak = max(peak, equity)
        worst = max(worst, peak - equity)
        if value == 0:
            continue
        now = 1 if value > 0 else -1
        running = running + 1 if now == sign else 1
        sign = now
        streaks[sign] = max(streaks[sign], running)
    found = statistics_of([*values, None])
    assert found["Longest winning streak"] == streaks[1]
    assert found["Longest losing streak"] == streaks[-1]
    assert found["Max drawdown"] == pytest.approx(worst, abs=1e-6)


# --- groups -----------------------------------------------------------------------------------


def test_groups_come_best_expectancy_first_and_ties_in_the_order_they_were_met() -> None:
    rows = by_group(column(["range", "trend", "news", "trend"]), column([1, 3, 1, -1]), True)
    assert rows == [
        ["Group", "Trades", "Win rate", "Expectancy", "Total"],
        ["range", 1, 1, 1, 1],
        ["trend", 2, 0.5, 1, 2],
        ["news", 1, 1, 1, 1],
    ]


def test_the_same_word_in_other_letters_is_the_same_group() -> None:
    rows = by_group(column(["Trend", " trend", "TREND "]), column([1, 2, 3]))
    assert rows == [["Trend", 3, 1, 2, 6]]


def test_trades_without_a_label_stay_in_the_totals() -> None:
    rows = by_group(column(["trend", None, ""]), column([1, -1, -2]))
    assert rows == [["trend", 1, 1, 1, 1], ["(none)", 2, 0, -1.5, -3]]


def test_a_break_even_is_a_trade_of_its_group_and_no_win() -> None:
    rows = by_group(column(["trend"] * 4), column([1, 0, 0, -0.5]))
    assert rows == [["trend", 4, 0.25, 0.125, 0.5]]


def test_open_trades_belong_to_no_group_yet() -> None:
    assert by_group(column(["trend", "news"]), column([1, None])) == [["trend", 1, 1, 1, 1]]
    assert by_group(column(["trend", "news"]), column([None, None])) is CellError.NA


def test_numbers_are_labels_too_and_stay_numbers() -> None:
    assert [row[0] for row in by_group([[10, 5, 10.0]], [[1, 2, 4]])] == [10.0, 5.0]


def test_a_label_too_large_for_a_number_is_an_error_in_its_cell() -> None:
    assert by_group([[10**400, "a"]], [[1, 2]]) == [["a", 1, 1, 2, 2], [CellError.NUM, 1, 1, 1, 1]]


def test_groups_that_do_not_match_the_results_are_refused() -> None:
    assert by_group(column(["a", "b"]), column([1, 2, 3])) is CellError.VALUE
    assert by_group(column(["a", "b", "c"]), column([1, 2])) is CellError.VALUE
    assert "2 groups and 3 results" in by_group.explain(column(["a", "b"]), column([1, 2, 3]))


@pytest.mark.parametrize(
    ("labels", "values", "words"),
    [
        (column(["a", "b"]), column([1, "x"]), "results 2 is"),
        (column(["a", "b"]), column(["x", 1]), "results 1 is"),
        (column([None, "b", "c"]), column([None, None, True]), "results 3 is"),
        ("a", "x", "results is"),
    ],
)
def test_the_result_that_is_no_number_is_named(labels: Any, values: Any, words: str) -> None:
    assert by_group(labels, values) is CellError.VALUE
    assert by_group.explain(labels, values).startswith(words)


def test_an_error_among_the_labels_comes_out_as_itself() -> None:
    assert by_group(column(["a", CellError.REF]), column([1, 2])) is CellError.REF


@given(st.lists(st.tuples(st.sampled_from(["a", "B", "c", 1, None]), amounts), min_size=2))
def test_groups_add_up_to_the_journal(trades: list[tuple[Any, float]]) -> None:
    labels, values = [label for label, _ in trades], [value for _, value in trades]
    rows = by_group(column(labels), column(values))
    whole = statistics_of(values)
    assert sum(row[1] for row in rows) == whole["Trades"]
    assert sum(row[4] for row in rows) == pytest.approx(whole["Total"], abs=1e-6)
    assert all(one[3] >= other[3] for one, other in pairwise(rows))


# --- running results --------------------------------------------------------------------------


def test_running_results_keep_the_shape_of_the_results() -> None:
    assert equity_curve(100, column([1, 2])) == [[101], [103]]
    assert equity_curve(100, [[1, 2]]) == [[101, 103]]
    assert equity_curve(100, 5) == 105
    assert equity_curve(100, [[5]]) == 105
    assert equity_curve.result == drawdown.result == "running"
    assert [argument.name for argument in drawdown.arguments] == ["start", "results"]


def test_arrays_come_back_as_arrays_of_the_same_shape() -> None:
    flat = equity_curve(100.0, np.array([1.0, 2.0]))
    assert isinstance(flat, np.ndarray)
    assert flat.tolist() == [101.0, 103.0]
    assert drawdown(100.0, np.array([[-1.0], [1.0]])).tolist() == [[0.01], [0.0]]


def test_a_blank_result_keeps_the_equity_before_it() -> None:
    assert equity_curve(100, column([None, 1, "", 2, None])) == column([100, 101, 101, 103, 103])
    assert drawdown(100, column([None, -10, "", None])) == column([0, 0.1, 0.1, 0.1])


@pytest.mark.parametrize(
    ("bad", "error"), [("open", CellError.VALUE), (CellError.NA, CellError.NA)]
)
def test_after_a_bad_result_the_equity_is_not_known(bad: object, error: CellError) -> None:
    assert equity_curve(100, column([1, bad, 2])) == [[101], [error], [error]]
    assert drawdown(100, [[1, bad, 2]]) == [[0, error, error]]
    assert "row 2" in equity_curve.explain(100, column([1, bad, 2]))


@pytest.mark.parametrize(
    ("start", "error"),
    [
        (-1, CellError.NUM),
        ("x", CellError.VALUE),
        (None, CellError.NA),
        ([[1], [2]], CellError.VALUE),
    ],
)
def test_a_bad_start_has_no_curve(start: Any, error: CellError) -> None:
    assert equity_curve(start, column([1, 2])) is error
    assert drawdown(start, column([1, 2])) is error
    assert "start" in equity_curve.explain(start, column([1, 2]))


def test_a_curve_in_r_starts_at_zero_but_a_drawdown_needs_something_to_lose() -> None:
    assert equity_curve(0, column([1, -2])) == [[1], [-1]]
    assert drawdown(0, column([1, -2])) is CellError.NUM


def test_an_account_below_zero_is_down_by_more_than_all() -> None:
    assert drawdown(100, column([-150, 100])) == [[1.5], [0.5]]


@given(st.floats(1, 1e6), results)
def test_curve_and_drawdown_agree_with_the_statistics(start: float, values: list[float]) -> None:
    curve = [row[0] for row in equity_curve(start, column([*values, None]))][:-1]
    falls = [row[0] for row in drawdown(start, column([*values, None]))][:-1]
    assert curve[-1] - start == pytest.approx(statistics_of([*values, None])["Total"], abs=1e-6)
    assert all(fall >= 0 for fall in falls)
    peaks = np.maximum(np.maximum.accumulate(curve), start)
    deepest = float(np.max(peaks * falls))
    assert deepest == pytest.approx(
        statistics_of([*values, None])["Max drawdown"], rel=1e-9, abs=1e-6
    )


# --- Kelly and ruin ---------------------------------------------------------------------------


def test_kelly_is_never_negative() -> None:
    assert kelly(0.3, 1) == 0
    assert kelly(0, 5) == 0
    assert kelly(1, 5) == 1


@pytest.mark.parametrize("formula", [kelly, lambda p, b: ruin(p, b, 10)])
def test_a_win_rate_is_a_fraction_and_a_payoff_positive(formula: Any) -> None:
    assert formula(55, 2) is CellError.NUM
    assert formula(-0.1, 2) is CellError.NUM
    assert formula(1.01, 2) is CellError.NUM
    assert formula(0.5, 0) is CellError.NUM
    assert formula(0.5, -0.5) is CellError.NUM
    assert formula(None, 2) is CellError.NA
    assert "type 40% or 0.4" in kelly.explain(55, 2)
    assert kelly.explain(0.5, 0).startswith("payoff is 0: it must be greater than 0")


def test_ruin_without_an_edge_is_certain() -> None:
    assert ruin(1 / 3, 2, 10) == 1
    assert ruin(0, 5, 10) == 1
    assert ruin(0.5, 1, 1e6) == 1


def test_ruin_at_even_money_is_the_closed_form() -> None:
    for p in (0.5000001, 0.51, 0.6, 0.9, 0.999999):
        assert ruin(p, 1, 7) == pytest.approx(((1 - p) / p) ** 7, rel=1e-8)


def test_a_tiny_chance_to_lose_keeps_its_digits() -> None:
    loss = 2.0**-40
    assert ruin(1 - loss, 1, 1) == pytest.approx(loss / (1 - loss), rel=1e-12)


def test_a_small_edge_keeps_its_digits() -> None:
    edge = 2.0**-20
    for units in (1.0, 2.0**20):
        exact = math.exp(units * (math.log1p(-2 * edge) - math.log1p(2 * edge)))
        assert ruin(0.5 + edge, 1, units) == pytest.approx(exact, rel=1e-8)


def test_whoever_always_wins_is_never_ruined_and_whoever_has_nothing_is() -> None:
    assert ruin(1, 1, 10) == 0
    assert ruin(1, 1, 0) == 1
    assert ruin(0.9, 3, 0) == 1


def test_ruin_takes_ranges() -> None:
    answer = ruin([[0.5], [0.3], [2]], [[2, 4]], 10)
    assert answer[0][0] == pytest.approx(0.00813, abs=5e-6)
    assert answer[1] == [1.0, pytest.approx(0.102, abs=5e-4)]
    assert answer[2] == [CellError.NUM, CellError.NUM]


@given(st.floats(0.001, 0.999), st.floats(0.01, 100), st.floats(0.5, 50))
def test_ruin_solves_its_equation(p: float, b: float, units: float) -> None:
    chance = ruin(p, b, units)
    assert 0 <= chance <= 1
    if p * b <= 1 - p:
        assert chance == 1
        return
    z = ruin(p, b, 1)
    assert p * z ** (b + 1) - z + (1 - p) == pytest.approx(0, abs=1e-14)
    # The root below 1, not 1 itself: it lies before the equation's lowest point.
    assert z <= (1 / (p * (b + 1))) ** (1 / b) * (1 + 1e-12)
    assert chance == pytest.approx(z**units, rel=1e-9, abs=1e-300)


@given(st.floats(0.05, 0.95), st.floats(0.1, 10), st.integers(1, 40))
def test_more_units_and_a_better_edge_never_make_ruin_likelier(
    p: float, b: float, units: int
) -> None:
    chance = ruin(p, b, units)
    assert ruin(p, b, units + 1) <= chance
    assert ruin(p, b * 1.1, units) <= chance + 1e-12
    assert ruin(min(p * 1.02, 1.0), b, units) <= chance + 1e-12


def test_ruin_matches_a_simulation() -> None:
    random = np.random.default_rng(7)
    p, b, units = 0.4, 2, 5
    money = np.full(20_000, float(units))
    for _ in range(1500):
        alive = money > 0
        money[alive] += np.where(random.random(int(alive.sum())) < p, b, -1.0)
    simulated = float(np.mean(money <= 0))
    deviation = math.sqrt(simulated * (1 - simulated) / money.size)
    assert ruin(p, b, units) == pytest.approx(simulated, abs=4 * deviation)


# --- long journals ----------------------------------------------------------------------------


def test_a_hundred_thousand_results_add_up() -> None:
    values = column(np.random.default_rng(1).normal(0.1, 1.0, 100_000).tolist())
    labels = column([f"setup {number % 9}" for number in range(100_000)])
    total = math.fsum(value for [value] in values)
    assert dict(stats(values))["Total"] == pytest.approx(total)
    assert math.fsum(row[-1] for row in by_group(labels, values)) == pytest.approx(total)
    assert equity_curve(10_000, values)[-1][0] == pytest.approx(10_000 + total)
    assert len(drawdown(10_000, values)) == 100_000
