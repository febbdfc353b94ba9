"""Facts from exchanges' public calls, through ccxt: the only file that imports it.

No key is asked for or used. What ccxt's common form loses is read from the answers themselves
(`workbook.refresh.tiers`). Every market fails for itself; a venue that cannot be reached is not
asked again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workbook.refresh import checks, tiers
from workbook.refresh.checks import ImpossibleFact
from workbook.refresh.facts import Ask, Facts, RefreshError, named
from workbook.refresh.places import PLACES, Exchange
from workbook.terms import Funding, Market, Price, Source, Tier, base_symbol

TIMEOUT_MS = 5_000
RETRIES = 1  # after the first try
RETRY_AFTER_MS = 300
PACED = True  # no faster than the exchange allows; tests need not wait
FUNDING_DAYS = 30
_MOST_PAGES = 8

ADDRESS = "ISOMARGIN_REFRESH_ADDRESS"
"""Environment: asks an address on this machine instead of the exchanges, for tests."""
_LOOPBACK = re.compile(r"^http://(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$")


def ccxt_module() -> Any:
    """The client, where it is installed."""
    try:
        import ccxt
    except ImportError:
        raise RefreshError(
            "refresh asks exchanges through ccxt, which is not installed: pip install"
            ' "isomargin[live]", or take a file with --from'
        ) from None
    return ccxt


def loopback_address() -> str | None:
    """The address on this machine to ask instead of the exchanges; None for the exchanges."""
    address = os.environ.get(ADDRESS)
    if address and not _LOOPBACK.match(address):
        raise RefreshError(f"{ADDRESS} is {address!r}: only http://127.0.0.1:PORT may stand there")
    return address or None


class _Unreachable(Exception):
    """The venue does not answer: nothing more is asked of it."""


class CcxtSource:
    """Exchanges' public calls.

    Parameters
    ----------
    address
        An address on this machine to ask instead, ``http://127.0.0.1:PORT``.
    """

    def __init__(self, address: str | None = None) -> None:
        self._ccxt = ccxt_module()
        self._address = address

    def read(self, ask: Ask) -> Facts:
        """The facts of one venue; what did not come is in the failures."""
        facts = Facts(ask.venue)
        place = PLACES.get(ask.venue)
        if place is None:
            facts.failures.append(
                "no exchange that refresh knows; take its terms from its pages or a file (--from)"
            )
            return facts
        try:
            _Reading(self._ccxt, self._client(place), place, ask, facts).all()
        except _Unreachable as stop:
            facts.failures.append(str(stop))
        return facts

    def _client(self, place: Exchange) -> Any:
        options: dict[str, Any] = dict(place.options)
        if place.types:
            options["fetchMarkets"] = {"types": list(place.types)}
        client = getattr(self._ccxt, place.exchange)(
            {
                "timeout": TIMEOUT_MS,
                "enableRateLimit": PACED,
                "options": {
                    **options,
                    "maxRetriesOnFailure": RETRIES,
                    "maxRetriesOnFailureDelay": RETRY_AFTER_MS,
                },
            }
        )
        client.has["fetchCurrencies"] = False  # deposits and withdrawals: not asked for
        if self._address:
            client.urls["api"] = _redirected(
                client.urls["api"], f"{self._address}/{place.exchange}"
            )
        return client


def _redirected(urls: Any, address: str) -> Any:
    if isinstance(urls, Mapping):
        return {key: _redirected(url, address) for key, url in urls.items()}
    return re.sub(r"^https?://[^/]+", address, urls) if isinstance(urls, str) else urls


class _Reading:
    """One pass over one venue."""

    def __init__(self, ccxt: Any, client: Any, place: Exchange, ask: Ask, facts: Facts) -> None:
        self._ccxt, self._client, self._place = ccxt, client, place
        self._ask, self._facts = ask, facts
        self._meta: Any = None

    def all(self) -> None:
        what = self._ask.what
        with self._words("its list of markets"):
            self._client.load_markets()
        if not self._client.markets:
            if not self._facts.failures:
                self._facts.failures.append("an empty list of markets in the answer")
            return
        wanted = self._wanted()
        if not wanted:
            return
        needs_marks = "prices" in what or ("tiers" in what and self._place.tiers == "okx")
        needs_rates = "funding" in what or (needs_marks and self._place.marks == "rates")
        rates = self._rates(wanted) if needs_rates else {}
        marks = self._marks(wanted, rates) if needs_marks else {}
        if "prices" in what:
            self._each(wanted, "price", lambda symbol, market: self._price(symbol, marks))
        if "funding" in what:
            self._each(
                wanted, "funding", lambda symbol, market: self._funding(symbol, market, rates)
            )
        if "tiers" in what:
            self._tiers(wanted, marks)
        if "candles" in what:
            if self._place.candles:
                self._each(wanted, "candles", self._candles)
            else:
                self._unpublished("candles", "candles are not public there: take them elsewhere")

    # -- which contracts -------------------------------------------------------------------------

    def _wanted(self) -> dict[str, Any]:
        """The contract of each symbol, by symbol; what is not listed is said."""
        listed: dict[str, list[Any]] = {}
        for market in self._client.markets.values():
            if market.get("swap") and market.get("linear") and isinstance(market.get("base"), str):
                listed.setdefault(base_symbol(market["base"]), []).append(market)
        found, gone, closed = {}, [], []
        for symbol in self._ask.symbols:
            contracts = [
                market
                for quote in self._place.quotes
                for market in listed.get(symbol, ())
                if market.get("quote") == quote
            ]
            trading = [market for market in contracts if market.get("active") is not False]
            if trading:
                found[symbol] = trading[0]
            elif contracts:
                closed.append(symbol)
            else:
                gone.append(symbol)
        if gone:
            self._facts.failures.append(f"{named(gone)} is not listed there (any more)")
        if closed:
            self._facts.failures.append(f"{named(closed)} is not trading there now")
        return found

    # -- prices and funding ----------------------------------------------------------------------

    def _rates(self, wanted: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """The funding rates as the client gives them, by symbol."""
        place, client = self._place, self._client
        if place.rates == "market":
            return {
                symbol: {"fundingRate": market["info"].get("nextFundingRate")}
                for symbol, market in wanted.items()
            }
        if place.rates == "each":
            return self._asked_apart(wanted, "funding", client.fetch_funding_rate)
        with self._words("its funding rates"):
            names = [market["symbol"] for market in wanted.values()]
            rates = client.fetch_funding_rates(names, dict(place.rate_params))
            intervals = client.fetch_funding_intervals(names) if place.intervals else {}
            return {
                symbol: {**rates.get(market["symbol"], {}), **_interval(intervals, market)}
                for symbol, market in wanted.items()
            }
        return {}

    def _asked_apart(
        self, wanted: Mapping[str, Any], what: str, fetch: Callable[[str], Any]
    ) -> dict[str, Any]:
        """By symbol, in one call a market; one that fails is told and left out."""
        found = {}
        for symbol, market in wanted.items():
            with self._words(f"{what} of {symbol}"):
                found[symbol] = fetch(market["symbol"])
        return found

    def _marks(
        self, wanted: Mapping[str, Any], rates: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Mapping[str, Any]]:
        """Mark, last, index, bid and ask by symbol, in the client's names."""
        place, client = self._place, self._client
        if place.marks == "rates":
            return dict(rates)
        if place.marks == "market":
            return {
                symbol: {
                    "markPrice": market["info"].get("oraclePrice", market["info"].get("markPrice")),
                    "indexPrice": market["info"].get("indexPrice"),
                }
                for symbol, market in wanted.items()
            }
        names = [market["symbol"] for market in wanted.values()]
        if place.marks == "marks":
            return self._asked_apart(wanted, "the mark price", client.fetch_mark_price)
        with self._words("its prices"):
            tickers = client.fetch_tickers(names)
            return {symbol: tickers.get(market["symbol"], {}) for symbol, market in wanted.items()}
        return {}

    def _price(self, symbol: str, marks: Mapping[str, Mapping[str, Any]]) -> None:
        if symbol not in marks:
            return  # said already
        given = marks[symbol]
        mark = checks.positive(_mark(given), "mark price")
        self._facts.prices.append(
            Price(
                self._ask.venue, symbol, mark, self._time_of(given.get("timestamp")),
                last=_above_zero(given.get("last")), index=_above_zero(given.get("indexPrice")),
                bid=_above_zero(given.get("bid")), ask=_above_zero(given.get("ask")),
            )
        )  # fmt: skip

    def _time_of(self, milliseconds: object) -> datetime:
        """When a price was: the answer's time where it has one that is not of the future."""
        at = checks.moment(milliseconds)
        return at if at is not None and at <= self._ask.now else self._ask.now

    def _funding(
        self, symbol: str, market: Mapping[str, Any], rates: Mapping[str, Mapping[str, Any]]
    ) -> None:
        if symbol not in rates:
            return  # said already
        given = rates[symbol]
        rate = checks.funding_rate(given.get("fundingRate"))
        interval = checks.hours(_hours(given.get("interval")) or self._place.hours)
        history: list[tuple[datetime, float]] = []
        with self._words(f"past funding of {symbol}"):
            history = list(self._history(market["symbol"], interval))
        mean, spread, days = checks.funding_statistics(history)
        self._facts.fundings.append(
            Funding(self._ask.venue, symbol, rate, interval, self._ask.now, mean, spread, days)
        )

    def _history(self, name: str, interval: float) -> Iterator[tuple[datetime, float]]:
        """Past rates of the last days, page by page."""
        start = self._ask.now - timedelta(days=FUNDING_DAYS)
        since = start
        for _ in range(_MOST_PAGES):
            rows = self._client.fetch_funding_rate_history(
                name, int(since.timestamp() * 1000), self._place.history_rows
            )
            latest = since
            for row in rows:
                at, rate = (
                    checks.moment(row.get("timestamp")),
                    checks.number(row.get("fundingRate")),
                )
                if at is not None and rate is not None and start <= at <= self._ask.now:
                    yield at, checks.funding_rate(rate)
                    latest = max(latest, at)
            # The newest has come, or nothing new did.
            if latest <= since or latest + timedelta(hours=2 * interval) > self._ask.now:
                return
            since = latest + timedelta(seconds=1)

    # -- terms -----------------------------------------------------------------------------------

    def _tiers(self, wanted: Mapping[str, Any], marks: Mapping[str, Mapping[str, Any]]) -> None:
        if self._place.tiers is None:
            self._unpublished(
                "tiers",
                "tiers are given only to those with a key: take them from a file (--from)",
            )
            self._each(wanted, "steps", lambda symbol, market: self._terms(symbol, market, marks))
            return
        if self._place.tiers == "hyperliquid":
            with self._words("its table of margins"):
                self._meta = self._client.publicPostInfo({"type": "meta"})
            if self._meta is None:
                return
        self._each(wanted, "tiers", lambda symbol, market: self._terms(symbol, market, marks))

    def _terms(
        self, symbol: str, market: Mapping[str, Any], marks: Mapping[str, Mapping[str, Any]]
    ) -> None:
        info = market["info"]
        found: tuple[Tier, ...] = ()
        tiers_to, words = None, ""
        if self._place.tiers is not None:
            found, tiers_to, words = self._tiers_of(symbol, market, marks)
            if not found:
                return  # said already
        figures, decimals, tick = (
            None,
            None,
            _above_zero((market.get("precision") or {}).get("price")),
        )
        size = checks.positive(market.get("contractSize") or 1, "contract size")
        lot = checks.positive((market.get("precision") or {}).get("amount"), "lot") * size
        if self._place.exchange == "hyperliquid":
            figures, tick = 5, None
            decimals = 6 - int(checks.number(info.get("szDecimals")) or 0)
        source = Source(
            f"public calls of {self._ask.venue}{words}", _day(self._ask.now), "high",
            _host(self._client), "",
        )  # fmt: skip
        self._facts.markets.append(
            Market(
                venue=self._ask.venue,
                symbol=symbol,
                instrument=str(market.get("baseName") if figures else market.get("id")),
                max_leverage=(found[0].max_leverage or 1.0) if found else 0.0,
                tiers=found,
                source=source,
                steps_source=source,
                lot=lot,
                tick=tick,
                significant_figures=figures,
                decimals=decimals,
                min_notional=_above_zero(
                    ((market.get("limits") or {}).get("cost") or {}).get("min")
                ),
                contract_size=size,
                liquidation_fee=_share(info.get("liquidationFee", info.get("std_liquidation_fee"))),
                tiers_to=tiers_to,
            )
        )

    def _tiers_of(
        self, symbol: str, market: Mapping[str, Any], marks: Mapping[str, Mapping[str, Any]]
    ) -> tuple[tuple[Tier, ...], float | None, str]:
        """Tiers, the notional up to which they are known, and words about them."""
        kind, info = self._place.tiers, market["info"]
        if kind == "hyperliquid":
            return tiers.hyperliquid(self._meta, str(info.get("name"))), None, ""
        if kind == "dydx":
            return tiers.dydx(info), None, ""
        if kind == "kraken":
            return tiers.kraken(info), None, ""
        if kind == "orderly":
            return *tiers.orderly(info), ""
        # OKX answers for cross margin unless it is told.
        params = {"marginMode": "isolated"} if kind == "okx" else {}
        rows: list[Any] | None = None
        with self._words(f"tiers of {symbol}"):
            unified = self._client.fetch_market_leverage_tiers(market["symbol"], params)
            rows = [row["info"] for row in unified]
        if rows is None:
            return (), None, ""
        if kind == "okx":
            if symbol not in marks:
                raise ImpossibleFact(
                    "tiers are in contracts, and there is no mark price to count them at"
                )
            mark = checks.positive(_mark(marks[symbol]), "mark price")
            size = market.get("contractSize") or 0
            return tiers.okx(rows, size, mark), None, f", floors counted at a price of {mark:g}"
        return _TIERS[str(kind)](rows), None, ""

    def _candles(self, symbol: str, market: Mapping[str, Any]) -> None:
        rows: list[Any] | None = None
        with self._words(f"candles of {symbol}"):
            rows = list(self._days(market["symbol"]))
        if rows is not None:
            self._facts.candles += checks.candles(self._ask.venue, symbol, rows, self._ask.now)

    def _days(self, name: str) -> Iterator[Any]:
        """Daily candles, page by page: some venues give no more than 90 at once."""
        day = timedelta(days=1)
        since = self._ask.now.replace(hour=0, minute=0, second=0, microsecond=0) - day * (
            self._ask.days
        )
        for _ in range(_MOST_PAGES):
            count = (self._ask.now - since) // day + 1
            rows = self._client.fetch_ohlcv(name, "1d", int(since.timestamp() * 1000), count)
            yield from rows
            times = [checks.moment(row[0]) for row in rows if row]
            latest = max((at for at in times if at is not None), default=since)
            if latest < since or latest + 2 * day > self._ask.now:
                return
            since = latest + day

    # -- what goes wrong -------------------------------------------------------------------------

    def _unpublished(self, kind: str, words: str) -> None:
        """A kind that no venue of this sort publishes: a failure only where it was asked for."""
        (self._facts.failures if kind in self._ask.required else self._facts.notes).append(words)

    def _each(
        self, wanted: Mapping[str, Any], what: str, read: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        for symbol, market in wanted.items():
            try:
                read(symbol, market)
            except ImpossibleFact as refused:
                self._facts.failures.append(f"{symbol}: {refused}")
            except _Unreachable:
                raise
            except Exception as error:
                self._facts.failures.append(
                    f"{what} of {symbol}: an answer that cannot be read ({type(error).__name__})"
                )

    @contextmanager
    def _words(self, what: str) -> Iterator[None]:
        """What a call raises becomes words; where the venue is out of reach, all stops."""
        ccxt = self._ccxt
        try:
            yield
        except (_Unreachable, ImpossibleFact):
            raise
        except (ccxt.RateLimitExceeded, ccxt.DDoSProtection):
            raise _Unreachable("too many requests, it asks to wait: try again later") from None
        except ccxt.RequestTimeout:
            raise _Unreachable(f"no answer within {TIMEOUT_MS // 1000} seconds") from None
        except ccxt.OnMaintenance:
            raise _Unreachable("it is being maintained: try again later") from None
        except ccxt.ExchangeNotAvailable:
            raise _Unreachable("it says that it is not available: try again later") from None
        except ccxt.NetworkError:
            raise _Unreachable("it cannot be reached: is this machine online?") from None
        except (ccxt.AuthenticationError, ccxt.PermissionDenied) as error:
            if isinstance(error, getattr(ccxt, "RestrictedLocation", ())):
                raise _Unreachable("it refuses connections from this place") from None
            self._facts.failures.append(f"{what}: only for those with a key, and none is asked for")
        except ccxt.BadSymbol:
            self._facts.failures.append(f"{what}: not listed there (any more)")
        except ccxt.NotSupported:
            self._facts.failures.append(f"{what}: no public call for it")
        except Exception as error:  # a client that meets half an answer raises what it likes
            name = type(error).__name__
            self._facts.failures.append(f"{what}: an answer that cannot be read ({name})")


_TIERS: Mapping[str, Callable[[object], tuple[Tier, ...]]] = {
    "bybit": tiers.bybit,
    "bitget": tiers.bitget,
    "gate": tiers.gate,
    "kucoin": tiers.kucoin,
}


def _mark(given: Mapping[str, Any]) -> object:
    """The mark price where the client has it, or where the answer itself has it."""
    mark = given.get("markPrice")
    if mark is None:
        info = given.get("info")
        if isinstance(info, Mapping):
            for name in ("markPrice", "mark_price", "markPx"):
                if info.get(name) is not None:
                    return info[name]
    return mark


def _interval(intervals: Mapping[str, Any], market: Mapping[str, Any]) -> dict[str, Any]:
    """The interval of funding from a call of its own, which need not list every market."""
    given = intervals.get(market["symbol"])
    return {"interval": given["interval"]} if given and given.get("interval") else {}


def _hours(interval: object) -> float | None:
    """'8h' is 8; None for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)h", interval) if isinstance(interval, str) else None
    return float(match[1]) if match else None


def _above_zero(value: object) -> float | None:
    found = checks.number(value)
    return found if found is not None and found > 0 else None


def _share(value: object) -> float | None:
    found = checks.number(value)
    return found if found is not None and 0 <= found < 1 else None


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _host(client: Any) -> str:
    site = client.urls.get("www")
    return site if isinstance(site, str) else ""
