"""Liquidation price, size and carry over ranges, beside the bare expressions and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from tests.benchmarks.freqtrade_peer import freqtrade_peer
from tests.benchmarks.measure import OURS, Aim, Effort, Peer, Result, agree, side_by_side
from udfs import Formula, catalogue

POLARS = "the same expression in Polars"
BARE = "bare NumPy expression"
LOOP = "Python loop over it"
ROW_BY_ROW = "a call a row"

# A loop does this many rows at most, and its time is scaled up.
_LOOPED = 20_000
_LOOPED_QUICK = 500


@dataclass(frozen=True)
class Case:
    """A formula, and the same equation without any check; scalars stand for its defaults."""

    name: str
    formula: Formula
    columns: Callable[[np.random.Generator, int], list[Any]]
    arguments: Callable[[list[Any]], tuple[Any, ...]]
    expression: Callable[..., Any]
    with_freqtrade: bool = False


def _prices(random: np.random.Generator, rows: int) -> Any:
    return random.uniform(50.0, 150.0, rows)


CASES = (
    Case(
        "liquidation price",
        catalogue["ISO_LIQUIDATION_PRICE"],
        lambda random, rows: [_prices(random, rows), random.uniform(1.0, 20.0, rows)],
        lambda columns: ("long", *columns, 0.005),
        # The "mark" equation for a long, floor at 0 included.
        lambda entry, leverage: np.maximum(
            (entry / leverage - 1.0 * entry) / ((0.005 + 0.0) - 1.0), 0.0
        ),
        with_freqtrade=True,
    ),
    Case(
        "liquidation price, sides and rates by row",
        catalogue["ISO_LIQUIDATION_PRICE"],
        lambda random, rows: [
            random.choice([1.0, -1.0], rows),
            _prices(random, rows),
            random.uniform(1.0, 20.0, rows),
            random.uniform(0.001, 0.02, rows),
        ],
        lambda columns: tuple(columns),
        lambda side, entry, leverage, rate: np.maximum(
            (entry / leverage - side * entry) / ((rate + 0.0) - side), 0.0
        ),
    ),
    Case(
        "size",
        catalogue["ISO_POSITION_SIZE"],
        lambda random, rows: [
            entry := _prices(random, rows),
            entry * random.uniform(0.9, 0.99, rows),
        ],
        lambda columns: (10_000.0, 0.02, *columns, 0.0006),
        lambda entry, stop: 10_000.0 * 0.02 / (np.abs(entry - stop) + 0.0006 * (entry + stop)),
    ),
    Case(
        "carry",
        catalogue["ISO_CARRY_COST"],
        lambda random, rows: [
            random.uniform(100.0, 10_000.0, rows),
            random.uniform(1.0, 30.0, rows),
            random.uniform(-0.001, 0.001, rows),
        ],
        lambda columns: ("long", *columns, 8.0, 0.08),
        lambda notional, days, rate: (
            1.0 * notional * rate * (24.0 / 8.0) * days + notional * 0.08 * (days / 365.0)
        ),
    ),
)


def run(effort: Effort) -> Iterator[Result]:
    """Every case at every size."""
    for case in CASES:
        for rows in (1, 1_000, effort.size(1_000_000, 100_000)):
            yield _case(case, rows, effort)


def _case(case: Case, rows: int, effort: Effort) -> Result:
    columns = case.columns(np.random.default_rng(rows), rows)
    looped = effort.size(_LOOPED, _LOOPED_QUICK)
    few = [column[:looped].tolist() for column in columns]
    share = min(1.0, looped / rows)

    def ours() -> Any:
        return case.formula(*case.arguments(columns))

    def expression() -> Any:
        return case.expression(*columns)

    plain = _with_maths(case.expression, _PlainMaths)
    line = [case.arguments(list(cells)) for cells in zip(*few, strict=True)]

    def loop() -> list[Any]:
        return [plain(*cells) for cells in zip(*few, strict=True)]

    def row_by_row() -> list[Any]:
        formula = case.formula
        return [formula(*arguments) for arguments in line]

    first = np.atleast_1d(ours())[:looped]
    agree(f"{case.name}, expression", ours(), expression())
    agree(f"{case.name}, loop", first, loop())
    agree(f"{case.name}, row by row", first, row_by_row())
    peers: dict[str, Callable[[], Any] | Peer] = {
        OURS: ours,
        BARE: expression,
        LOOP: Peer(loop, share),
        ROW_BY_ROW: Peer(row_by_row, share),
    }
    slow = [ROW_BY_ROW]
    if rows > 1 and (lazy := _in_polars(case, columns)) is not None:
        agree(f"{case.name}, Polars", ours(), lazy())
        peers[POLARS] = lazy
    if case.with_freqtrade:
        name, price = freqtrade_peer(0.005)

        def freqtrade() -> list[float]:
            return [price(entry, leverage) for entry, leverage in zip(*few, strict=True)]

        agree(f"{case.name}, {name}", first, freqtrade())
        peers[name] = Peer(freqtrade, share)
        slow.append(name)
    large = rows >= 100_000
    aims = (Aim(1.5, BARE), *(Aim(0.01, name) for name in slow)) if large else ()
    note = f"loops do {looped:,} rows and are scaled up" if share < 1 else ""
    return side_by_side(
        f"{case.name}, {rows:,} row{'s' * (rows > 1)}", peers, effort, aims=aims, note=note
    )


def _in_polars(case: Case, columns: list[Any]) -> Callable[[], Any] | None:
    """The bare expression over a frame of the columns; None without Polars."""
    try:
        import polars as pl
    except ImportError:
        return None
    frame = pl.DataFrame({f"c{number}": column for number, column in enumerate(columns)})
    expression = _with_maths(case.expression, _PolarsMaths)
    wanted = expression(*(pl.col(name) for name in frame.columns)).alias("result")
    return lambda: frame.select(wanted)["result"]


class _PlainMaths:
    """The three functions of the expressions, on single numbers and without NumPy."""

    maximum = staticmethod(max)
    abs = staticmethod(abs)


class _PolarsMaths:
    """The same functions on Polars' expressions."""

    maximum = staticmethod(lambda one, least: one.clip(least))
    abs = staticmethod(lambda one: one.abs())


def _with_maths(expression: Callable[..., Any], maths: type) -> Callable[..., Any]:
    """The same expression on something else than NumPy's arrays."""
    assert isinstance(expression, FunctionType)
    return FunctionType(expression.__code__, {"np": maths})
