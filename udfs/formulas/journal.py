"""Journal: what the trades taken so far say, each and together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np

from udfs.catalogue.cell_types import Number
from udfs.catalogue.cells import Cell, CellProblem, is_blank
from udfs.catalogue.evaluation import Result, TableAnswer, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.range_types import Labels
from udfs.catalogue.units import (
    Headers,
    Paths,
    PositiveMoney,
    Price,
    Quantity,
    Results,
    ResultSeries,
    RiskUnits,
    Ruin,
    Seed,
    Side,
    SignedMoney,
    Trades,
)
from udfs.errors import CellError
from udfs.maths import contract
from udfs.maths import ruin as gamblers_ruin
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.bootstrap import futures
from udfs.maths.contract import Model
from udfs.maths.journal_statistics import Tally, kelly_fraction

_start = Number("start", "account currency or R", "type what it starts from, like 10000 or 0", 0)
_win_rate = Number("win rate", "fraction", "type 40% or 0.4, not 40", 0, 1)
_payoff = Number(
    "payoff", "average win over average loss", "type a ratio, like 1.5", 0, low_open=True
)

Start = Annotated[Numeric, _start]
WinRate = Annotated[Numeric, _win_rate]
Payoff = Annotated[Numeric, _payoff]
Groups = Annotated[Sequence[Cell], Labels("group", 'type a label, like "breakout"')]

# What a trade without a label is grouped under: left out, the totals would not add up.
NO_GROUP = "(none)"


@formula("Journal")
def r_multiple(
    side: Side, entry: Price, initial_stop: Price, exit_price: Price, quantity: Quantity = 1,
    costs: SignedMoney = 0, model: Model = "mark",
) -> Result:  # fmt: skip
    """R multiple of a closed trade: its net result over what it risked at the start.

    The initial stop counts, not a trailed one: a stop moved past the entry would make a risk
    below zero out of a winning trade.

    Parameters
    ----------
    entry
        Average entry price, in account currency per unit.
    initial_stop
        Stop price when the trade was opened: below the entry for a long, above it for a short.
    exit_price
        Average exit price, in account currency per unit.
    quantity
        Position size in units; needed where there are costs.
    costs
        Fees and carry of the whole trade, in account currency; minus = received.
    model
        "mark" and "entry" = linear; "inverse" and "inverse_mark" = coin-margined, with quantity in
        contracts of one unit of quote currency and costs in coin.

    Returns
    -------
    The multiple of the initial risk: 2 = twice the risk was gained, -1 = the risk was lost.

    Notes
    -----
    (side*(exit_price - entry)*quantity - costs) / (side*(entry - initial_stop)*quantity);
    inverse: with -1/price for price.

    Errors
    ------
    #NUM! where the initial stop is not on the losing side of the entry.

    References
    ----------
    Van Tharp, Trade Your Way to Financial Freedom; TradeTally calculation contracts.

    Examples
    --------
    >>> r_multiple("long", 100, 96, 107)
    1.75
    >>> round(r_multiple("short", 20, 21, 18, 50, 1.1), 3)
    1.978
    """
    risk = quantity * contract.gain(-side, entry, initial_stop, model)
    return invalid_where(
        (quantity * contract.gain(side, entry, exit_price, model) - costs) / risk,
        (
            side * (entry - initial_stop) <= 0,
            CellError.NUM,
            "initial_stop {initial_stop} is on the wrong side of entry {entry} for a {side}:"
            " type the stop that the trade was opened with, where it loses",
        ),
    )


@formula("Journal", columns=("Name", "Value"))
def journal_stats(results: Results, headers: Headers = False) -> TableAnswer:
    """Statistics of a journal: win rate, expectancy, deviation, drawdown, streaks.

    Parameters
    ----------
    results
        Results of the trades in order, in account currency or R, a row or a column. Blank cells
        (open trades, empty rows) do not count.

    Returns
    -------
    One row a statistic, in the results' unit. A loss has a minus, as in the results; Max drawdown
    has none. Win rate = wins over all trades, break-evens among them; Payoff ratio = average win
    over average loss; Profit factor = sum won over sum lost; Kelly fraction = ISO_KELLY of
    Win rate and Payoff ratio. A break-even neither extends nor ends a streak.

    Notes
    -----
    Expectancy = mean; Standard deviation over n - 1; SQN = sqrt(n)*Expectancy/Standard deviation;
    Max drawdown = greatest fall of the running sum from its peak, the start (0) being the first.

    Errors
    ------
    #N/A in the row of a statistic that these results do not have: a profit factor without a
    loss, a deviation of one trade.

    References
    ----------
    Van Tharp, Super Trader (SQN, n - 1); freqtrade and vectorbt, which agree.

    Examples
    --------
    >>> dict(journal_stats([200, -100, 0, 50]))["Win rate"]
    0.5
    >>> dict(journal_stats([200, 50]))["Profit factor"]
    <#N/A>
    """
    tally = Tally()
    tally.add(results)
    return TableAnswer(
        [
            (name, CellError.NA if value is None else value)
            for name, value in tally.statistics().items()
        ]
    )


@formula("Journal", columns=("Group", "Trades", "Win rate", "Expectancy", "Total"))
def journal_by(groups: Groups, results: ResultSeries, headers: Headers = False) -> TableAnswer:
    """What each setup (or side, or symbol) earns: the journal by group, the best first.

    Parameters
    ----------
    groups
        Label of each trade: setup, side, symbol. Capital letters and spaces around do not
        matter; trades without a label come together as "(none)".
    results
        Result of each trade, in account currency or R; as many cells as groups. A trade without
        a result is left out.

    Returns
    -------
    One row a group, best expectancy first (ties: the group that came first): Trades, Win rate
    (wins over all trades), Expectancy (mean) and Total in the results' unit.

    Errors
    ------
    #VALUE! where there are not as many results as groups. #N/A where there is no result at all.

    References
    ----------
    Own statement.

    Examples
    --------
    >>> journal_by(["pullback", "breakout", "Pullback"], [2, -1, 1])
    [['pullback', 2.0, 1.0, 1.5, 3.0], ['breakout', 1.0, 0.0, -1.0, -1.0]]
    """
    if len(groups) != len(results):
        raise CellProblem(
            CellError.VALUE,
            f"there are {len(groups)} groups and {len(results)} results:"
            " give one label for each result, from the same rows",
        )
    counts = ~np.isnan(results)
    if not counts.any():
        raise CellProblem(CellError.NA, "results is blank: there is no closed trade to group")
    names, at = _grouped([groups[i] for i in np.flatnonzero(counts).tolist()])
    kept = results[counts]
    trades = np.bincount(at)
    totals = np.bincount(at, kept)
    win_rates = np.bincount(at, kept > 0) / trades
    expectancies = totals / trades
    order = np.argsort(-expectancies, kind="stable")
    return TableAnswer(
        [[names[i], trades[i], win_rates[i], expectancies[i], totals[i]] for i in order.tolist()]
    )


def _grouped(labels: list[Cell]) -> tuple[list[Cell], list[int]]:
    """The different labels as first written, and which of them each one is."""
    names: list[Cell] = []
    known: dict[Any, int] = {}
    found = []
    for label in labels:
        blank = is_blank(label) or (isinstance(label, str) and not label.strip())
        shown = NO_GROUP if blank else label
        key = (type(shown) is bool, shown.strip().casefold() if isinstance(shown, str) else shown)
        number = known.get(key)
        if number is None:
            number = known[key] = len(names)
            names.append(shown.strip() if isinstance(shown, str) else shown)
        found.append(number)
    return names, found


@formula("Journal", follows="results")
def equity_curve(start: Start, results: ResultSeries) -> Floats:
    """Equity after each trade: the start and every result so far.

    Parameters
    ----------
    start
        Equity before the first trade, in account currency, or 0 for a curve in R.
    results
        Results of the trades in order, in the start's unit, a row or a column. A blank cell (an
        open trade, an empty row) keeps the equity before it, so the curve stays flat there.

    Returns
    -------
    As many cells as results, in the same row or column, in the start's unit.

    Notes
    -----
    equity = start + sum of the results so far.

    Errors
    ------
    From a cell that is no number on, its error, as in a running sum of a spreadsheet's own: what
    comes after it is not known.

    References
    ----------
    Own statement.

    Examples
    --------
    >>> equity_curve(10000, [[200], [None], [-100]])
    [[10200.0], [10200.0], [10100.0]]
    """
    return start + np.cumsum(np.where(np.isnan(results), 0.0, results))


@formula("Journal", follows="results")
def drawdown(start: PositiveMoney, results: ResultSeries) -> Floats:
    """Drawdown after each trade: how far the equity is below its highest so far.

    Parameters
    ----------
    start
        Equity before the first trade, in account currency; it is the first peak.
    results
        Results of the trades in order, in the start's unit, a row or a column. A blank cell (an
        open trade, an empty row) keeps the drawdown before it.

    Returns
    -------
    As many cells as results, in the same row or column: fractions of the peak, 0 at a new peak,
    above 1 where the equity is below zero.

    Notes
    -----
    (peak - equity)/peak, with the highest equity so far, the start among them, as the peak.

    Errors
    ------
    From a cell that is no number on, its error: what comes after it is not known.

    References
    ----------
    freqtrade: a first loss is a drawdown from the start, not a new beginning.

    Examples
    --------
    >>> drawdown(1000, [[-500], [500], [500]])
    [[0.5], [0.0], [0.0]]
    """
    equity = start + np.cumsum(np.where(np.isnan(results), 0.0, results))
    peak = np.maximum(np.maximum.accumulate(equity), start)
    return (peak - equity) / peak


@formula("Journal")
def kelly(win_rate: WinRate, payoff: Payoff) -> Numeric:
    """Kelly fraction: the share to risk a trade for which the account grows fastest.

    An upper limit, not advice: half of it gives three quarters of the growth with half of the
    swings, and the win rate is an estimate.

    Parameters
    ----------
    win_rate
        Share of the trades that win: 40% or 0.4.
    payoff
        Average win over average loss, like 1.5.

    Returns
    -------
    A fraction of the account to lose at the stop (not a leverage); 0 where there is no edge.

    Notes
    -----
    win_rate - (1 - win_rate)/payoff, at least 0.

    References
    ----------
    Kelly (1956), A New Interpretation of Information Rate.

    Examples
    --------
    >>> round(kelly(0.55, 2), 3)
    0.325
    >>> kelly(0.4, 1)
    0.0
    """
    return kelly_fraction(win_rate, payoff)


@formula("Journal")
def risk_of_ruin(win_rate: WinRate, payoff: Payoff, risk_units: RiskUnits) -> Numeric:
    """Probability of ever losing everything, risking the same amount on every trade.

    Parameters
    ----------
    win_rate
        Share of the trades that win: 40% or 0.4.
    payoff
        What a win gains over what a loss loses, like 2.
    risk_units
        Losing trades in a row that ruin the account: 10 where each risks 10% of the start.

    Returns
    -------
    The probability, between 0 and 1; 1 where there is no edge.

    Notes
    -----
    z^risk_units, z the root below 1 of win_rate*z^(payoff + 1) - z + (1 - win_rate) = 0. Ruin is
    certain where win_rate*payoff <= 1 - win_rate. For a fixed share r of the account and a
    drawdown D, risk_units = ln(1 - D)/ln(1 - r).

    References
    ----------
    Feller, An Introduction to Probability Theory, gambler's ruin; the published tables for 10%
    and 5% risk a trade.

    Examples
    --------
    >>> round(risk_of_ruin(0.5, 2, 10), 5)
    0.00813
    >>> risk_of_ruin(0.3, 2, 10)
    1.0
    """
    exponent = risk_units * gamblers_ruin.log_root(win_rate, payoff)
    return np.where(risk_units == 0, 1.0, np.exp(exponent))


_PERCENTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST_DRAWS = 200_000_000  # some seconds


@formula("Journal", columns=("Percentile", "Total", "Max drawdown", "Longest losing streak"))
def journal_simulation(
    results: Results, trades: Trades = 100, paths: Paths = 10000, seed: Seed = 1, ruin: Ruin = 20,
    headers: Headers = False,
) -> TableAnswer:  # fmt: skip
    """What the next trades may come to, if they are like those in the journal.

    One's own results, drawn anew in another order: how far down a fair run of such trades goes.

    Parameters
    ----------
    results
        Results of the trades, in R or account currency, a row or a column. Blank cells do not
        count.
    trades
        How many trades ahead.
    paths
        How many futures are drawn.
    seed
        Which random numbers: the same seed gives the same answer.
    ruin
        The drawdown to fear, in the results' unit.

    Returns
    -------
    Five rows, 5% to 95%: that share of the futures has at most this total, this max drawdown,
    this losing streak. In the last row the chance of a loss after so many trades, and the chance
    of a drawdown of ruin or more.

    Notes
    -----
    Bootstrap: each trade is one of the results, all alike likely. Percentiles between two futures
    are interpolated. A break-even neither extends nor ends a losing streak.

    Errors
    ------
    #N/A where there is no result. #NUM! where trades times paths is too much for one cell.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife.

    Examples
    --------
    >>> rows = journal_simulation([[2, -1, -1]], 100, 1000)
    >>> [row[0] for row in rows]
    [0.05, 0.25, 0.5, 0.75, 0.95, 'Chance']
    """
    if not len(results):
        raise CellProblem(CellError.NA, "results is blank: there is no closed trade to draw from")
    if trades * paths > _MOST_DRAWS:
        raise CellProblem(
            CellError.NUM,
            f"trades times paths is {trades * paths:.3g}: at most {_MOST_DRAWS:,} are drawn in one"
            " cell; lower one of them",
        )
    drawn = futures(results, int(trades), int(paths), int(seed))
    percentiles = np.quantile(np.stack(drawn), _PERCENTILES, axis=1)
    rows: list[list[Any]] = [
        [share, *row] for share, row in zip(_PERCENTILES, percentiles, strict=True)
    ]
    chances = [np.mean(drawn.totals < 0), np.mean(drawn.drawdowns >= ruin)]
    return TableAnswer([*rows, ["Chance", *chances, ""]])
