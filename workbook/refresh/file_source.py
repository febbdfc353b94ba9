"""Facts from a file instead of an exchange: what ccxt writes as JSON, tiers that freqtrade keeps,
candles as CSV. So a refresh works offline, and for what a venue gives only to those with a key.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from workbook.refresh import checks, tiers
from workbook.refresh.checks import ImpossibleFact
from workbook.refresh.facts import Facts, RefreshError
from workbook.terms import Funding, Market, Price, Source, base_symbol

MOST_BYTES = 64 * 1024 * 1024
_TIME = ("date", "time", "timestamp", "datetime", "open_time", "open time", "unix")
_PARTS = ("tickers", "fundingRates", "fundingHistory", "leverageTiers", "markets", "ohlcv")
_FORMS = (
    "give ccxt's JSON of tickers, funding rates, leverage tiers, markets or candles, freqtrade's"
    " leverage tiers, or a CSV with date, open, high, low, close"
)


def read(
    path: Path, venue: str, symbols: Sequence[str], what: frozenset[str], now: datetime
) -> Facts:
    """The facts of one venue in a file.

    Raises
    ------
    RefreshError
        Where the file is none of the known kinds; nothing is taken from it then.
    """
    if path.stat().st_size > MOST_BYTES:
        raise RefreshError(f"{path} is larger than 64 MB: give a file of fewer markets")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RefreshError(f"{path} is no text in UTF-8: {_FORMS}") from None
    reading = _File(path, Facts(venue), {base_symbol(symbol) for symbol in symbols}, what, now)
    if text.lstrip()[:1] in ("{", "["):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RefreshError(f"{path} is no whole JSON: {error}") from None
        reading.json(content)
    else:
        reading.csv(text)
    if not reading.facts and not reading.facts.failures:
        wanted = f" of {', '.join(symbols)}" if symbols else ""
        raise RefreshError(f"{path} holds nothing{wanted} that was asked for")
    return reading.facts


class _File:
    def __init__(
        self, path: Path, facts: Facts, symbols: set[str], what: frozenset[str], now: datetime
    ) -> None:
        self._path, self.facts, self._symbols = path, facts, symbols
        self._what, self._now = what, now
        self._steps: dict[str, Mapping[str, Any]] = {}

    def _error(self, words: str) -> RefreshError:
        return RefreshError(f"{self._path}: {words}")

    # -- JSON --------------------------------------------------------------------------------------

    def json(self, content: Any) -> None:
        """Tell by the keys what it is."""
        if isinstance(content, Mapping) and any(part in content for part in _PARTS):
            parts = {part: content[part] for part in _PARTS if part in content}
        elif _is_rows(content):
            parts = {"ohlcv": {self._only_symbol(): content}}
        else:
            parts = {self._kind(content): content}
        for part in ("markets", "tickers", "fundingRates", "leverageTiers", "fundingHistory"):
            if part in parts:
                self._part(part, parts[part])
        for market, candles in (parts.get("ohlcv") or {}).items():
            self._one(market, "candles", self._take_candles, candles)

    def _kind(self, content: Any) -> str:
        sample = next(iter(_values(content)), None)
        if isinstance(sample, Sequence) and not isinstance(sample, str) and sample:
            if _is_rows(sample):
                return "ohlcv"
            sample = sample[0]
            if isinstance(sample, Mapping) and "maintenanceMarginRate" in sample:
                return "leverageTiers"
        if isinstance(sample, Mapping):
            for key, kind in (
                ("maintenanceMarginRate", "leverageTiers"), ("precision", "markets"),
                ("interval", "fundingRates"), ("markPrice", "tickers"), ("last", "tickers"),
                ("fundingRate", "fundingHistory"),
            ):  # fmt: skip
                if key in sample:
                    return kind
        raise self._error(f"not a known kind of file: {_FORMS}")

    def _part(self, part: str, content: Any) -> None:
        if part == "leverageTiers" and isinstance(content, list):
            content = _grouped(content)
        if part == "fundingHistory":
            for name, rows in _grouped(_values(content)).items():
                self._one(name, "funding", self._take_history, rows)
            return
        take: Mapping[str, tuple[str, Callable[[str, Any], None]]] = {
            "markets": ("tiers", self._take_market),
            "tickers": ("prices", self._take_price),
            "fundingRates": ("funding", self._take_funding),
            "leverageTiers": ("tiers", self._take_tiers),
        }
        kind, taker = take[part]
        named = content.items() if isinstance(content, Mapping) else (
            (row.get("symbol"), row) for row in content if isinstance(row, Mapping)
        )  # fmt: skip
        for market, value in named:
            self._one(market, kind, taker, value)

    def _one(self, name: object, kind: str, take: Callable[[str, Any], None], value: Any) -> None:
        symbol = base_symbol(name)
        if kind not in self._what or (self._symbols and symbol not in self._symbols):
            return
        if _other_contract(str(name)):
            return
        try:
            take(symbol, value)
        except ImpossibleFact as refused:
            self.facts.failures.append(f"{symbol}: {refused}")
        except (TypeError, AttributeError, KeyError, IndexError):
            self.facts.failures.append(f"{symbol}: {kind} that cannot be read")

    def _take_market(self, symbol: str, value: Mapping[str, Any]) -> None:
        if value.get("swap") is not False and value.get("linear") is not False:
            self._steps[symbol] = value

    def _take_price(self, symbol: str, value: Mapping[str, Any]) -> None:
        mark = value.get("markPrice")
        self.facts.prices.append(
            Price(
                self.facts.venue, symbol,
                checks.positive(value.get("last") if mark is None else mark, "mark price"),
                self._time(value.get("timestamp"), "price"),
                last=checks.number(value.get("last")),
                index=checks.number(value.get("indexPrice")),
            )
        )  # fmt: skip

    def _time(self, milliseconds: object, what: str) -> datetime:
        """A file may be old: without a time of its own its facts have none."""
        at = checks.moment(milliseconds)
        if at is None:
            at = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        if at > self._now + timedelta(minutes=5):
            raise ImpossibleFact(f"a {what} of {at:%Y-%m-%d %H:%M}, which is in the future")
        return min(at, self._now)

    def _take_funding(self, symbol: str, value: Mapping[str, Any]) -> None:
        interval = str(value.get("interval") or "")
        self.facts.fundings.append(
            Funding(
                self.facts.venue, symbol, checks.funding_rate(value.get("fundingRate")),
                checks.hours(interval.removesuffix("h")),
                self._time(value.get("timestamp"), "funding rate"),
            )
        )  # fmt: skip

    def _take_history(self, symbol: str, rows: Sequence[Mapping[str, Any]]) -> None:
        found = {
            at: checks.funding_rate(row.get("fundingRate"))
            for row in rows
            if (at := checks.moment(row.get("timestamp"))) is not None and at <= self._now
        }
        mean, spread, days = checks.funding_statistics(found.items())
        if mean is None or days is None:
            raise ImpossibleFact("fewer than two past funding rates")
        latest = max(found)
        hours = round(days * 24 / len(found), 2)
        self.facts.fundings.append(
            Funding(
                self.facts.venue, symbol, found[latest], checks.hours(hours), latest, mean,
                spread, days,
            )
        )  # fmt: skip

    def _take_tiers(self, symbol: str, rows: Any) -> None:
        found = tiers.unified(rows)
        ends = [checks.number(row.get("maxNotional")) for row in rows]
        steps = self._steps.get(symbol, {})
        precision = steps.get("precision") or {}
        size = checks.number(steps.get("contractSize")) or 1.0
        day = datetime.fromtimestamp(self._path.stat().st_mtime, UTC).date()
        source = Source(f"the file {self._path.name}", day, "medium")
        self.facts.markets.append(
            Market(
                venue=self.facts.venue,
                symbol=symbol,
                instrument=str(steps.get("id") or ""),
                max_leverage=found[0].max_leverage or 1.0,
                tiers=found,
                source=source,
                steps_source=source,
                lot=(checks.number(precision.get("amount")) or 0.0) * size,
                tick=checks.number(precision.get("price")),
                contract_size=size if steps else 0.0,
                tiers_to=max((end for end in ends if end is not None), default=None),
            )
        )

    def _take_candles(self, symbol: str, rows: Any) -> None:
        venue = self.facts.venue
        self.facts.candles += checks.candles(venue, symbol, _daily(rows), self._now)

    # -- CSV ---------------------------------------------------------------------------------------

    def csv(self, text: str) -> None:
        """Candles: one row a candle, with a title over each column."""
        rows = csv.reader(io.StringIO(text, newline=""), _dialect(text))
        try:
            head = [cell.strip().casefold() for cell in next(rows, [])]
            time = next((head.index(name) for name in _TIME if name in head), None)
            columns = [head.index(name) for name in ("open", "high", "low", "close")]
        except (ValueError, csv.Error):
            time, columns = None, []
        if time is None or not columns:
            raise self._error(f"not a known kind of file: {_FORMS}")
        volume = head.index("volume") if "volume" in head else None
        symbol = next(
            (head.index(name) for name in ("symbol", "pair", "ticker") if name in head), None
        )
        found: dict[str, list[list[object]]] = {}
        try:
            for line, row in enumerate(rows, 2):
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) < len(head):
                    raise self._error(f"line {line} has fewer cells than titles")
                name = self._only_symbol() if symbol is None else row[symbol]
                cells: list[object] = [_milliseconds(row[time])]
                if cells[0] is None:
                    raise self._error(f"line {line}: {row[time][:40]!r} is no date")
                cells += [row[column] for column in columns]
                cells.append(row[volume] if volume is not None else None)
                found.setdefault(name, []).append(cells)
        except csv.Error as error:
            raise self._error(f"no whole CSV: {error}") from None
        for name, candles in found.items():
            self._one(name, "candles", self._take_candles, candles)

    def _only_symbol(self) -> str:
        if len(self._symbols) != 1:
            raise self._error("candles of which market? name it: --symbols ETH")
        return next(iter(self._symbols))


def _values(content: Any) -> Iterable[Any]:
    if isinstance(content, Mapping):
        return content.values()
    return content if isinstance(content, list) else ()


def _is_rows(content: Any) -> bool:
    return (
        isinstance(content, list)
        and bool(content)
        and isinstance(content[0], list)
        and len(content[0]) >= 5
        and all(checks.number(cell) is not None for cell in content[0][:5])
    )


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Rows with a symbol each, by that symbol."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for one in row if isinstance(row, list) else [row]:
            if isinstance(one, Mapping):
                found.setdefault(str(one.get("symbol")), []).append(one)
    return found


def _other_contract(name: str) -> bool:
    """A dated future, an option or a coin-margined contract of ccxt's naming."""
    pair, colon, margin = name.partition(":")
    if not colon:
        return False
    base, _, quote = pair.partition("/")
    return "-" in margin or (margin == base and margin != quote)


def _daily(rows: Any) -> list[list[object]]:
    """Candles of a day each: shorter ones are put together, day by day."""
    ordered = sorted(rows, key=lambda row: checks.number(row[0]) or 0.0)
    days: dict[date | None, list[Any]] = {}
    for row in ordered:
        at = checks.moment(row[0])
        days.setdefault(at.date() if at else None, []).append(row)
    if all(len(day) == 1 for day in days.values()):
        return ordered
    together: list[list[object]] = []
    for day, parts in days.items():
        if day is None:
            raise ImpossibleFact("a candle without a time")
        prices = [
            [checks.positive(cell, "price of a candle") for cell in row[1:5]] for row in parts
        ]
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        together.append(
            [
                start.timestamp() * 1000, prices[0][0], max(row[1] for row in prices),
                min(row[2] for row in prices), prices[-1][3],
            ]
        )  # fmt: skip
    return together


def _dialect(text: str) -> type[csv.Dialect]:
    """Commas, unless the titles stand between semicolons or tabs."""
    head = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _milliseconds(text: str) -> float | None:
    """A date, a time, or a number of seconds, milliseconds or microseconds since 1970."""
    found = checks.number(text)
    if found is not None:
        for factor in (1000.0, 1.0, 1e-3, 1e-6):
            if checks.moment(found * factor) is not None:
                return found * factor
        return None
    try:
        at = datetime.fromisoformat(text.strip().removesuffix("UTC").strip())
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000
