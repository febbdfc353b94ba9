"""Facts into a workbook: edits of its Markets sheet and of the open positions, and words.

A function of a snapshot and of facts, nothing else: it reads no file and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from addin.package import PackageError
from addin.package.values import from_serial, serial
from workbook.actions import AppendRows, Changes, Edit, RemoveRows, SetCell, Snapshot, TableData
from workbook.refresh.facts import Facts, named
from workbook.terms import Candle, Market, base_symbol, find_venue

TABLES = ("Venues", "Markets", "Tiers", "Candles", "Plan", "Journal")
LONGEST_NOTE = 200


def venue_key(name: str) -> str:
    """A venue's plain name, or as it is written where nothing of that name ships."""
    known = find_venue(name)
    return known.name if known else " ".join(name.split())


@dataclass(frozen=True, slots=True)
class MarketKey:
    """A market as a workbook names it."""

    venue: str
    symbol: str


def _places(table: TableData) -> Iterator[tuple[MarketKey, int]]:
    """The market of each row that names one."""
    for row in table.filled():
        venue, symbol = table.text(row, "Venue").strip(), table.text(row, "Symbol").strip()
        if venue and symbol:
            yield MarketKey(venue_key(venue), base_symbol(symbol)), row


def is_open(journal: TableData, row: int) -> bool:
    """Whether a trade of the journal has not been closed."""
    return journal.value(row, "Closed") is None and bool(journal.text(row, "Symbol").strip())


def wanted(snapshot: Snapshot, venues: Iterable[str], symbols: Iterable[str]) -> list[MarketKey]:
    """The markets to refresh: those that the workbook names, or those that are asked for.

    Symbols that are asked for join the markets of the venues that are asked for; without a venue,
    those of every venue that the workbook lists.
    """
    asked_venues = [venue_key(name) for name in venues]
    asked_symbols = [base_symbol(symbol) for symbol in symbols]
    found = [place for place, _ in _places(snapshot.table("Markets"))]
    found += [place for place, _ in _places(snapshot.table("Plan"))]
    journal = snapshot.table("Journal")
    found += [place for place, row in _places(journal) if is_open(journal, row)]
    if asked_symbols and asked_venues:
        found += [MarketKey(venue, symbol) for venue in asked_venues for symbol in asked_symbols]
    places = [
        place
        for place in dict.fromkeys(found)
        if (not asked_venues or place.venue in asked_venues)
        and (not asked_symbols or place.symbol in asked_symbols)
    ]
    known = find_venue
    return [place for place in places if not getattr(known(place.venue), "illustrative", False)]


def changes(snapshot: Snapshot, brought: Sequence[Facts], now: datetime) -> Changes:
    """What to write, and what it comes to."""
    writing = _Writing(snapshot, now)
    for facts in brought:
        writing.markets(facts)
    writing.candles([candle for facts in brought for candle in facts.candles])
    writing.positions(brought)
    return writing.result(brought)


class _Writing:
    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self._snapshot, self._now = snapshot, now
        self._edits: list[Edit] = []
        self._warnings: list[str] = []
        self._words: list[str] = []
        self._rows = dict(_places(snapshot.table("Markets")))
        self._venues = {
            venue_key(venues.text(row, "Name")): venues.text(row, "Name")
            for venues in [snapshot.table("Venues")]
            for row in venues.filled()
        }
        self._new: dict[MarketKey, dict[str, object]] = {}

    # -- terms, prices and funding of a market ---------------------------------------------------

    def markets(self, facts: Facts) -> None:
        """The Markets table and the Tiers of one venue."""
        for market in facts.markets:
            self._terms(market)
        unknown: list[str] = []
        for price in facts.prices:
            if not self._put(
                MarketKey(facts.venue, price.symbol), {"Mark": price.mark, "Mark as of": price.at}
            ):
                unknown.append(price.symbol)
        for funding in facts.fundings:
            cells: dict[str, object] = {
                "Funding rate": funding.rate,
                "Funding hours": funding.hours,
                "Funding as of": funding.at,
            }
            if funding.mean is not None:
                cells |= {"Funding mean": funding.mean, "Funding spread": funding.spread}
            if not self._put(MarketKey(facts.venue, funding.symbol), cells):
                unknown.append(funding.symbol)
        if unknown:
            self._warnings.append(
                f"{facts.venue}: {named(unknown)} has no row on Markets to write to: refresh its"
                " tiers as well, or type the row"
            )

    def _put(self, place: MarketKey, cells: Mapping[str, object]) -> bool:
        """Cells of a market's row; False where there is none."""
        row = self._rows.get(place)
        if row is not None:
            self._edits += [
                SetCell("Markets", row, header, value) for header, value in cells.items()
            ]
        elif place in self._new:
            self._new[place] |= cells
        else:
            return False
        return True

    def _terms(self, market: Market) -> None:
        place = MarketKey(venue_key(market.venue), market.symbol)
        # What a file or a venue does not say keeps its old value.
        known = {
            "Instrument": market.instrument[:40],
            "Lot": market.lot,
            "Contract size": market.contract_size,
        }
        cells: dict[str, object] = {header: value for header, value in known.items() if value}
        if market.tick is not None or market.significant_figures is not None:
            cells |= {
                "Tick": market.tick,
                "Figures": market.significant_figures,
                "Decimals": market.decimals,
            }
        if market.min_notional is not None:
            cells["Smallest notional"] = market.min_notional
        if market.liquidation_fee is not None:
            cells["Liquidation fee"] = market.liquidation_fee
        if market.tiers:
            cells |= {
                "Max leverage": market.max_leverage,
                "Maintenance rate": market.maintenance_rate,
                "Tiers to": market.tiers_to,
                "Source": str(market.source)[:LONGEST_NOTE],
                "As of": market.as_of,
                "Confidence": market.source.confidence,
            }
        if place not in self._rows:
            venue = self._venues.get(place.venue)
            if venue is None or not market.tiers:
                what = "no row on Venues" if venue is None else "no row on Markets and no tiers"
                self._warnings.append(f"{market.venue} {market.symbol} has {what}: left out")
                return
            self._new[place] = {"Venue": venue, "Symbol": market.symbol}
        self._put(place, cells)
        if market.tiers:
            self._tiers(place, market)

    def _tiers(self, place: MarketKey, market: Market) -> None:
        """A market's tiers: its rows are written over, more are added, the rest is taken out."""
        table = self._snapshot.table("Tiers")
        mine = [row for found, row in _places(table) if found == place]
        new = [
            {
                "Floor": tier.floor,
                "Rate": tier.rate,
                "Max leverage": tier.max_leverage,
                "Source": str(market.source)[:LONGEST_NOTE],
                "As of": market.as_of,
            }
            for tier in market.tiers
        ]
        for row, cells in zip(mine, new, strict=False):
            self._edits += [SetCell("Tiers", row, header, value) for header, value in cells.items()]
        more = new[len(mine) :]
        if more:
            venue = self._venues.get(place.venue, place.venue)
            named_rows = [{"Venue": venue, "Symbol": place.symbol, **cells} for cells in more]
            self._edits.append(AppendRows("Tiers", tuple(named_rows)))
        if len(mine) > len(new):
            self._edits.append(RemoveRows("Tiers", tuple(mine[len(new) :])))

    # -- candles ---------------------------------------------------------------------------------

    def candles(self, found: Sequence[Candle]) -> None:
        """Daily closes: one column a symbol, one row a day, oldest first."""
        if not found:
            return
        table = self._snapshot.table("Candles")
        columns = {base_symbol(header): header for header in table.headers if header != "Date"}
        first_venue: dict[str, str] = {}
        for candle in found:
            first_venue.setdefault(candle.symbol, candle.venue)
        missing = [symbol for symbol in first_venue if symbol not in columns]
        if missing:
            self._warnings.append(
                f"Candles has no column {named(missing)}: type the name over a spare title"
            )
        days: dict[date, dict[str, object]] = {}
        for row in table.filled():
            day = _day(table.value(row, "Date"))
            if day is None or day in days:
                what = "is no date" if day is None else "stands there twice"
                self._warnings.append(
                    f"Candles, row {row}: {table.text(row, 'Date')!r} {what}; correct it. No closes"
                    " were written"
                )
                return
            days[day] = {header: table.value(row, header) for header in columns.values()}
        taken = 0
        for candle in found:
            header = columns.get(candle.symbol)
            if header is None or candle.venue != first_venue[candle.symbol]:
                continue
            days.setdefault(candle.at.astimezone(UTC).date(), {})[header] = candle.close
            taken += 1
        self._write_days(table, days)
        if taken:
            venues = sorted({first_venue[symbol] for symbol in first_venue if symbol in columns})
            self._words.append(f"{taken} daily closes from {named(venues)}")

    def _write_days(self, table: TableData, days: Mapping[date, Mapping[str, object]]) -> None:
        ordered = [{"Date": day, **days[day]} for day in sorted(days)]
        rows = list(table.filled())
        for row, cells in zip(rows, ordered, strict=False):
            for header in table.headers:  # also what a row that moves leaves behind
                value = cells.get(header)
                stored = serial(value) if isinstance(value, date) else value
                if table.value(row, header) != stored:
                    self._edits.append(SetCell("Candles", row, header, value))
        more = ordered[len(rows) :]
        if more:
            self._edits.append(AppendRows("Candles", tuple(more)))

    # -- open positions ---------------------------------------------------------------------------

    def positions(self, brought: Sequence[Facts]) -> None:
        """Highest and lowest price of each open trade since its day of opening."""
        journal = self._snapshot.table("Journal")
        marks = {
            MarketKey(venue_key(price.venue), price.symbol): price
            for facts in brought
            for price in facts.prices
        }
        days: dict[MarketKey, list[Candle]] = {}
        for facts in brought:
            for candle in facts.candles:
                days.setdefault(MarketKey(venue_key(candle.venue), candle.symbol), []).append(
                    candle
                )
        seen = 0
        for place, row in _places(journal):
            opened = _moment(journal.value(row, "Opened"))
            if not is_open(journal, row) or opened is None:
                continue
            # The day of opening holds prices from before it: only whole days after it count.
            whole = [candle for candle in days.get(place, ()) if candle.at >= opened]
            price = marks.get(place)
            highs = [candle.high for candle in whole]
            lows = [candle.low for candle in whole]
            if price is not None and price.at >= opened:
                highs.append(price.mark)
                lows.append(price.mark)
            if not highs:
                continue
            seen += 1
            high, low = journal.number(row, "High"), journal.number(row, "Low")
            if high is None or max(highs) > high:
                self._edits.append(SetCell("Journal", row, "High", max(highs)))
            if low is None or min(lows) < low:
                self._edits.append(SetCell("Journal", row, "Low", min(lows)))
        if seen:
            self._words.append(f"high and low of {seen} open position{'s' if seen > 1 else ''}")

    def result(self, brought: Sequence[Facts]) -> Changes:
        """Everything as one."""
        appended = tuple(self._new.values())
        if appended:
            self._edits.append(AppendRows("Markets", appended))
        words = [line for facts in brought if (line := _summary(facts))]
        return Changes(tuple(self._edits), (*words, *self._words), tuple(self._warnings))


def _summary(facts: Facts) -> str:
    """'Hyperliquid: 3 prices, funding of 3, tiers of 3'."""
    parts = []
    if facts.prices:
        parts.append(f"{len(facts.prices)} price{'s' if len(facts.prices) > 1 else ''}")
    if facts.fundings:
        parts.append(f"funding of {named(funding.symbol for funding in facts.fundings)}")
    tiers = [market.symbol for market in facts.markets if market.tiers]
    steps = [market.symbol for market in facts.markets if not market.tiers]
    if tiers:
        parts.append(f"tiers of {named(tiers)}")
    if steps:
        parts.append(f"lot and tick of {named(steps)}")
    if facts.candles:
        parts.append(f"candles of {named(candle.symbol for candle in facts.candles)}")
    return f"{facts.venue}: {', '.join(parts)}" if parts else ""


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return from_serial(float(value)).replace(tzinfo=UTC)
    except PackageError:
        return None


def _day(value: object) -> date | None:
    at = _moment(value)
    return None if at is None else (at + timedelta(seconds=1)).date()
