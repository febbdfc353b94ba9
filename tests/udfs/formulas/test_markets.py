"""Volatility, correlation and beta beside pandas and plain loops; a journal's bootstrap."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from udfs import CellError, catalogue

NA, NUM, VALUE = CellError.NA, CellError.NUM, CellError.VALUE
volatility = catalogue["ISO_VOLATILITY"]
correlation = catalogue["ISO_CORRELATION"]
beta = catalogue["ISO_BETA"]
simulation = catalogue["ISO_JOURNAL_SIMULATION"]


def column(values: Any) -> list[list[Any]]:
    return [[value] for value in values]


def candles(seed: int, rows: int = 40) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    closes = 100 * np.exp(np.cumsum(random.normal(0, 0.03, rows)))
    opens = closes * np.exp(random.normal(0, 0.02, rows))
    highs = np.maximum(opens, closes) * np.exp(random.exponential(0.01, rows))
    lows = np.minimum(opens, closes) * np.exp(-random.exponential(0.01, rows))
    return {"c": closes, "o": opens, "h": highs, "l": lows}


def by_hand(method: str, half_life: float, c: Any, o: Any, h: Any, lo: Any) -> float:
    """The variance of one row, in a loop."""
    ln = math.log
    rows = range(len(c))
    if method in ("close", "ewma"):
        pairs = [(ln(c[i] / c[i - 1]) ** 2, len(c) - 1 - i) for i in rows if i]
        each = [0.5 ** (age / half_life) if method == "ewma" else 1.0 for _, age in pairs]
        return sum(w * r for (r, _), w in zip(pairs, each, strict=True)) / sum(each)
    if method == "parkinson":
        return sum(ln(h[i] / lo[i]) ** 2 for i in rows) / len(c) / (4 * ln(2))
    if method == "garman_klass":
        return sum(
            0.5 * ln(h[i] / lo[i]) ** 2 - (2 * ln(2) - 1) * ln(c[i] / o[i]) ** 2 for i in rows
        ) / len(c)
    rs = [ln(h[i] / c[i]) * ln(h[i] / o[i]) + ln(lo[i] / c[i]) * ln(lo[i] / o[i]) for i in rows]
    if method == "rogers_satchell":
        return sum(rs) / len(c)
    n = len(c) - 1
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    gaps = sum(ln(o[i] / c[i - 1]) ** 2 for i in rows if i) / n
    moves = sum(ln(c[i] / o[i]) ** 2 for i in rows if i) / n
    return gaps + k * moves + (1 - k) * sum(rs[1:]) / n


METHODS = ["ewma", "close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"]


@pytest.mark.parametrize("method", METHODS)
def test_every_estimator_is_what_a_loop_says(method: str) -> None:
    random = np.random.default_rng(4)
    for seed in range(200):
        k = candles(seed, int(random.integers(4, 40)))
        half_life, hours = float(random.uniform(2, 40)), float(random.choice([1, 4, 24]))
        found = volatility(
            column(k["c"]), column(k["o"]), column(k["h"]), column(k["l"]), method, half_life, hours
        )
        expected = math.sqrt(
            by_hand(method, half_life, k["c"], k["o"], k["h"], k["l"]) * 24 / hours
        )
        assert found == pytest.approx(expected, rel=1e-10)


def test_the_exponential_weights_are_pandas() -> None:
    closes = pd.Series(candles(1)["c"])
    squares = np.log(closes).diff() ** 2
    expected = math.sqrt(squares.dropna().ewm(halflife=20).mean().iloc[-1])
    assert volatility(column(closes)) == pytest.approx(expected, rel=1e-12)


def test_hand_worked_rows() -> None:
    # Up by the factor e^0.1 and down again: every return is 0.1.
    closes = column([100, 100 * math.exp(0.1), 100, 100 * math.exp(0.1)])
    for method in ("close", "ewma"):
        assert volatility(closes, method=method) == pytest.approx(0.1, rel=1e-12)
    assert volatility(closes, method="close", interval_hours=6) == pytest.approx(0.2, rel=1e-12)


def test_a_blank_row_takes_its_two_returns_with_it() -> None:
    k = candles(2)["c"]
    gapped = [*k[:5], None, *k[6:], None, ""]
    pairs = [(a, b) for a, b in itertools.pairwise(gapped) if a and b]
    expected = math.sqrt(sum(math.log(b / a) ** 2 for a, b in pairs) / len(pairs))
    assert volatility(column(gapped), method="close") == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((column([100, 101]),), NA, "fewer than 2 returns"),
        ((column([100, None, 101, None, 102]),), NA, "fewer than 2 returns"),
        ((column([None, None]),), NA, "fewer than 2"),
        ((column([100, 101, 102]), None, None, None, "parkinson"), NA, "highs is blank"),
        (
            (column([1, 1, 1]), None, column([2, 2, 2]), column([1, 1, 1]), "garman_klass"),
            NA, "opens is blank",
        ),
        (
            (column([1, 1, 1]), None, column([2, 2]), column([1, 1, 1]), "parkinson"),
            VALUE, "3 closes and 2 highs",
        ),
        (
            (column([1, 1, 1]), None, column([1, 1, 1]), column([2, 2, 2]), "parkinson"),
            NUM, "columns swapped",
        ),
        ((column([100, -1, 102]),), NUM, "closes 2 is -1"),
        ((column([100, 101, 102]), None, None, None, "luck"), VALUE, 'type "ewma"'),
    ],
)  # fmt: skip
def test_what_no_volatility_follows_from_says_so(arguments: Any, error: Any, words: str) -> None:
    assert volatility(*arguments) is error
    assert words in volatility.explain(*arguments)


def test_half_lives_may_be_a_range() -> None:
    closes = column(candles(3)["c"])
    both = volatility(closes, half_life=[[10.0, 20.0, -1.0]])
    assert both[0][1] == volatility(closes)
    assert both[0][2] is NUM


def prices(seed: int, rows: int, symbols: int) -> np.ndarray[Any, Any]:
    random = np.random.default_rng(seed)
    common = random.normal(0, 0.03, (rows, 1))
    return np.exp(np.cumsum(common + random.normal(0, 0.03, (rows, symbols)), axis=0))


def test_correlation_and_beta_are_what_a_loop_says() -> None:
    random = np.random.default_rng(5)
    for seed in range(200):
        table = prices(seed, int(random.integers(5, 60)), 3)
        half_life = float(random.uniform(5, 80))
        method = "ewma" if seed % 2 else "close"
        r = [np.log(table[1:, i] / table[:-1, i]) for i in range(3)]
        age = np.arange(len(r[0]))[::-1]
        w = 0.5 ** (age / half_life) if method == "ewma" else np.ones(len(age))
        square = correlation(table, method, half_life)
        for i, j in itertools.product(range(3), repeat=2):
            wanted = sum(w * r[i] * r[j]) / math.sqrt(sum(w * r[i] ** 2) * sum(w * r[j] ** 2))
            assert square[i][j] == pytest.approx(wanted, rel=1e-10, abs=1e-13)
        slopes = beta(table[:, 1:], table[:, 0], method, half_life)
        for found, own in zip(slopes[0], r[1:], strict=True):
            assert found == pytest.approx(sum(w * own * r[0]) / sum(w * r[0] ** 2), rel=1e-9)


def test_correlations_about_zero_are_numpys_about_the_mean_where_the_mean_is_zero() -> None:
    returns = np.random.default_rng(6).normal(0, 0.02, (50, 4))
    returns -= returns.mean(axis=0)
    table = np.exp(np.cumsum(np.vstack([np.zeros(4), returns]), axis=0))
    np.testing.assert_allclose(correlation(table, "close"), np.corrcoef(returns.T), atol=1e-12)


def test_the_square_goes_into_the_portfolio() -> None:
    square = correlation(prices(7, 60, 3))
    risk = catalogue["ISO_PORTFOLIO_RISK"]
    assert 100 < risk([[100, 100, 100]], square) < 300
    shrunk = correlation(prices(7, 60, 3), "ewma", 60, 1)
    off = [square[0][1], square[0][2], square[1][2]]
    assert shrunk[0][1] == pytest.approx(sum(off) / 3)
    assert shrunk[1][1] == 1.0
    half = correlation(prices(7, 60, 3), "ewma", 60, 0.5)
    assert half[0][1] == pytest.approx((square[0][1] + sum(off) / 3) / 2)


def test_symbols_with_too_little_in_common_are_na() -> None:
    table = [[1, 1, 5], [2, None, 5], [1, 3, 5], [2, 4, 5]]
    square = correlation(table, "close")
    assert square[0][1] is NA  # one return in common
    assert square[2][2] is NA  # never moves
    assert square[0][0] == 1.0
    assert correlation([[1], [2], [3]]) is VALUE
    assert correlation(table, headers=True)[0] == ["Symbol 1", "Symbol 2", "Symbol 3"]
    assert beta([[1], [2]], [[1], [2], [3]]) is VALUE
    assert beta([[1], [2], [3]], [[5], [5], [5]]) == [[NA]]


# --- a journal's bootstrap ----------------------------------------------------------------------


def test_percentiles_rise_and_a_seed_gives_one_answer() -> None:
    results = column([2.0, -1.0, -1.0, 0.0, 3.5, -1.0, None])
    rows = simulation(results, 50, 2000, 3)
    assert rows == simulation(results, 50, 2000, 3)
    assert rows != simulation(results, 50, 2000, 4)
    for at in (1, 2, 3):
        values = [row[at] for row in rows[:5]]
        assert values == sorted(values)
    assert [row[0] for row in rows] == [0.05, 0.25, 0.5, 0.75, 0.95, "Chance"]
    assert 0 <= rows[5][1] <= 1
    assert simulation(results, headers=True)[0][2] == "Max drawdown"


def test_few_trades_come_out_as_when_all_are_counted() -> None:
    results, trades = [2.0, -1.0, 0.0, -0.5], 4
    futures = list(itertools.product(results, repeat=trades))
    totals = [sum(future) for future in futures]
    falls, streaks = [], []
    for future in futures:
        peak = running = fall = 0.0
        streak = longest = 0
        for result in future:
            running += result
            peak = max(peak, running)
            fall = max(fall, peak - running)
            streak = streak + 1 if result < 0 else 0 if result > 0 else streak
            longest = max(longest, streak)
        falls.append(fall)
        streaks.append(longest)
    paths = 200_000
    rows = simulation([results], trades, paths, 1, 1.5)
    error = 4 * 0.5 / math.sqrt(paths)
    assert rows[5][1] == pytest.approx(np.mean(np.array(totals) < 0), abs=error)
    assert rows[5][2] == pytest.approx(np.mean(np.array(falls) >= 1.5), abs=error)
    for row, share in zip(rows[:5], (5, 25, 50, 75, 95), strict=True):
        for found, counted in ((row[1], totals), (row[2], falls), (row[3], streaks)):
            low, high = np.percentile(counted, [share - 1, share + 1])
            assert low <= found <= high


def test_parts_of_the_simulation_make_no_difference(monkeypatch: Any) -> None:
    from udfs.maths import bootstrap

    monkeypatch.setattr(bootstrap, "_AT_ONCE", 500)
    few = simulation([[1.0, -1.0]], 100, 997, 1)
    assert [row[0] for row in few][-1] == "Chance"
    assert few[2][1] == pytest.approx(0, abs=2)


def test_a_simulation_is_bounded_in_words() -> None:
    assert simulation([[None, None]]) is NA
    assert simulation([[1.0]], 100_000, 10_000_000) is NUM
    assert "lower one of them" in simulation.explain([[1.0]], 100_000, 10_000_000)


def test_without_an_edge_there_is_no_kelly_fraction_at_all() -> None:
    kelly = catalogue["ISO_KELLY"]
    assert kelly(0.4, 1.5) == 0.0
    assert kelly(1 / 3, 2) == 0.0
    assert kelly(0.4, 1.5000001) > 0
    assert kelly([[0.5, 0.25]], [[1], [3]]) == [[0.0, 0.0], [pytest.approx(1 / 3), 0.0]]
