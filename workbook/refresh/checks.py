"""Numbers from outside, checked before they become facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pstdev

from workbook.terms import Candle, Tier
from workbook.terms.reader import check_tiers

HIGHEST_FUNDING = 0.25
"""The largest rate of one interval taken for true: no venue allows more."""
LONGEST_INTERVAL = 24.0 * 7


class ImpossibleFact(ValueError):
    """A fact that cannot be true, in words that go behind the market's name."""


def number(value: object) -> float | None:
    """A finite number, also one written as text; else None."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def positive(value: object, what: str) -> float:
    """A number above zero."""
    found = number(value)
    if found is None:
        raise ImpossibleFact(f"no {what} in the answer")
    if found <= 0:
        raise ImpossibleFact(f"the {what} is {found:g}, which is not taken")
    return found


def funding_rate(value: object) -> float:
    """A funding rate of one interval."""
    found = number(value)
    if found is None:
        raise ImpossibleFact("no funding rate in the answer")
    if abs(found) > HIGHEST_FUNDING:
        raise ImpossibleFact(f"a funding rate of {found:.4g} an interval is not taken")
    return found


def hours(value: object) -> float:
    """The hours between two payments of funding."""
    found = number(value)
    if found is None or not 0 < found <= LONGEST_INTERVAL:
        raise ImpossibleFact("no interval of funding in the answer")
    return found


def moment(milliseconds: object) -> datetime | None:
    """A time in UTC from milliseconds; None where it cannot be one."""
    found = number(milliseconds)
    if found is None or not 1.2e12 < found < 4.1e12:  # 2008 to 2099: no seconds, no microseconds
        return None
    return datetime.fromtimestamp(found / 1000, UTC)


def tiers(rows: Iterable[Sequence[object]]) -> tuple[Tier, ...]:
    """Tiers from rows of floor, rate, highest leverage and, where published, deduction."""
    found = []
    for row in rows:
        floor, rate, leverage, *deduction = (number(value) for value in row)
        if floor is None or rate is None or leverage is None:
            raise ImpossibleFact("a tier without floor, rate or leverage")
        if not (0 < rate < 1 and floor >= 0 and 1 <= leverage <= 1000):
            raise ImpossibleFact(f"a tier from {floor:g} with the rate {rate:g} and {leverage:g}x")
        if rate > 1 / leverage + 1e-9:
            raise ImpossibleFact(
                f"a tier of {rate:g} at {leverage:g}x, which no position could have"
            )
        found.append(Tier(floor, rate, leverage, deduction[0] if deduction else None))
    found.sort(key=lambda tier: tier.floor)
    if not found:
        raise ImpossibleFact("no tiers in the answer")
    check_tiers(found, lambda row, words: ImpossibleFact(f"tier {row} {words}"))
    return tuple(found)


def candles(
    venue: str,
    symbol: str,
    rows: Iterable[Sequence[object]],
    now: datetime,
    length: timedelta = timedelta(days=1),
) -> list[Candle]:
    """Whole candles in their order, each time once; one that still runs is left out."""
    found: dict[datetime, Candle] = {}
    for row in rows:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) < 5:
            raise ImpossibleFact("a candle without open, high, low and close")
        at = moment(row[0])
        if at is None:
            raise ImpossibleFact(f"a candle with the time {str(row[0])[:30]!r}")
        if at + length > now:
            continue
        prices = [positive(value, "price of a candle") for value in row[1:5]]
        opened, high, low, close = prices
        if not low <= min(opened, close) <= max(opened, close) <= high:
            raise ImpossibleFact(f"a candle of {at:%Y-%m-%d} whose high or low lies inside it")
        volume = number(row[5]) if len(row) > 5 else None
        found[at] = Candle(venue, symbol, at, opened, high, low, close, volume)
    if not found:
        raise ImpossibleFact("no candles in the answer")
    return [found[at] for at in sorted(found)]


def funding_statistics(
    history: Iterable[tuple[datetime, float]],
) -> tuple[float | None, float | None, float | None]:
    """Mean, standard deviation and days covered of past rates; None of each without two rates."""
    rates = dict(sorted(history))
    if len(rates) < 2:
        return None, None, None
    times = list(rates)
    step = min(after - before for before, after in pairwise(times))
    days = (times[-1] - times[0] + step) / timedelta(days=1)
    return fmean(rates.values()), pstdev(rates.values()), days
