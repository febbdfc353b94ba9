"""Reads the venues' files: strictly, so that a wrong figure never reaches a plan.

Every group of figures names its source in the file's own table ``[sources]``. A key that nobody
knows, a figure without a source, a tier whose rate falls: one line that names file and key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, TypeVar, get_args

from workbook.terms.errors import TermsError
from workbook.terms.symbols import base_symbol
from workbook.terms.types import (
    Confidence,
    Default,
    MarginAfter,
    Market,
    Model,
    Remainder,
    Rule,
    Source,
    Tier,
    Tiering,
    Venue,
)

_T = TypeVar("_T")


class _Section:
    """One table of a file: every key is asked for once, and none may be left over."""

    def __init__(self, file: str, path: str, content: object) -> None:
        self.file, self.path = file, path
        if not isinstance(content, Mapping):
            raise TermsError(f"{file}: {path or 'the file'} must be a table of keys and values")
        self._content = content
        self._asked: set[str] = set()

    def error(self, key: str, words: str) -> TermsError:
        return TermsError(f"{self.file}: {f'{self.path}.{key}' if self.path else key} {words}")

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self._content.get(key)

    def _required(self, key: str, value: _T | None, what: str) -> _T:
        if value is None:
            raise self.error(key, f"is missing: give {what}")
        return value

    def maybe_text(self, key: str) -> str | None:
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"is {value!r}: give a text")
        return value

    def text(self, key: str) -> str:
        return self._required(key, self.maybe_text(key), "a text")

    def word(self, key: str, choices: object) -> Any:
        return self._required(key, self.maybe_word(key, choices), _one_of(choices))

    def maybe_word(self, key: str, choices: object) -> Any:
        value = self.maybe_text(key)
        if value is not None and value not in get_args(choices):
            raise self.error(key, f"is {value!r}: give {_one_of(choices)}")
        return value

    def maybe_flag(self, key: str) -> bool | None:
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            raise self.error(key, f"is {value!r}: give true or false")
        return value

    def flag(self, key: str) -> bool:
        return self._required(key, self.maybe_flag(key), "true or false")

    def maybe_day(self, key: str) -> date | None:
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, f"is {value!r}: give a date such as 2026-11-01")
        return value

    def maybe_number(
        self, key: str, low: float, high: float = float("inf"), *, above: bool = False
    ) -> float | None:
        value = self.raw(key)
        if value is None:
            return None
        return number(value, low, high, above=above, fail=lambda words: self.error(key, words))

    def number(
        self, key: str, low: float, high: float = float("inf"), *, above: bool = False
    ) -> float:
        return self._required(key, self.maybe_number(key, low, high, above=above), "a number")

    def section(self, key: str) -> _Section:
        value = self._required(key, self.raw(key), f"a table [{key}]")
        return _Section(self.file, f"{self.path}.{key}" if self.path else key, value)

    def sections(self, key: str) -> Iterator[_Section]:
        value = self.raw(key)
        if value is not None and not isinstance(value, list):
            raise self.error(key, f"must be a list of tables, [[{key}]]")
        for number, content in enumerate(value or (), 1):
            yield _Section(self.file, f"{key}[{number}]", content)

    def names(self) -> tuple[str, ...]:
        """Every key, for a table whose keys are names."""
        self._asked.update(self._content)
        return tuple(self._content)

    def done(self) -> None:
        for key in self._content:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.error(key, f"is not known here; known are {known}")


def number(
    value: object,
    low: float,
    high: float,
    *,
    above: bool = False,
    fail: Callable[[str], TermsError],
) -> float:
    """A number within bounds; ``above`` leaves the lower bound itself out."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fail(f"is {value!r}: give a number")
    if not low <= value <= high or (above and value == low):  # NaN fails as well
        least = f"greater than {low:g}" if above else f"at least {low:g}"
        raise fail(
            f"is {value!r}: it must be {least}"
            + (f" and at most {high:g}" if high < float("inf") else " and finite")
        )
    if value == float("inf"):
        raise fail("is not finite: leave it out where there is no end")
    return float(value)


def _one_of(choices: object) -> str:
    return " or ".join(repr(choice) for choice in get_args(choices))


def venue_from_toml(text: str, file: str) -> Venue:
    """A venue from the text of its file.

    Raises
    ------
    TermsError
        In one line: the file, the key and what is wrong with it.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TermsError(f"{file} is no TOML file: {error}") from None
    top = _Section(file, "", content)
    sources = _sources(top)

    def source_of(section: _Section, key: str = "source") -> Source:
        name = section.text(key)
        if name not in sources:
            raise section.error(key, f"is {name!r}, which [sources] does not have")
        return sources[name]

    rules = top.section("rules")
    fees = top.section("fees")
    default = top.section("default")
    assumed = top.section("assumed")
    name = top.text("name")
    taker = fees.number("taker", -1, 1)
    aliases = top.raw("aliases") or []
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise top.error("aliases", "must be a list of texts")
    for section in (rules, fees, assumed):
        source_of(section)
    venue = Venue(
        name=name,
        aliases=tuple(aliases),
        order=int(top.maybe_number("order", 0) or 0),
        illustrative=top.maybe_flag("illustrative") or False,
        account_currency=top.text("account_currency"),
        tiering=rules.word("tiering", Tiering),
        margin_rule=rules.text("margin"),
        liquidation_fee=rules.maybe_number("liquidation_fee", 0, 1),
        liquidation_fee_note=rules.text("liquidation_fee_note"),
        remainder=rules.word("remainder", Remainder),
        remainder_note=rules.text("remainder_note"),
        margin_after=rules.maybe_word("margin_after", MarginAfter),
        may_become_cross=rules.maybe_flag("may_become_cross"),
        switch_note=rules.text("switch_note"),
        maker=fees.maybe_number("maker", -1, 1),
        taker=taker,
        funding_hours=rules.number("funding_hours", 0, 24 * 7, above=True),
        spread=assumed.number("spread", 0, 1),
        funding_rate=assumed.number("funding_rate", -1, 1),
        borrow_rate=assumed.number("borrow_rate", 0, 10),
        default=Default(
            default.number("max_leverage", 1, 1000),
            default.number("maintenance_rate", 0, 1, above=True),
            source_of(default),
        ),
        rules=_rules(top, source_of),
        markets=(),
        sources=tuple(sources.values()),
    )
    for section in (rules, fees, default, assumed):
        section.done()
    venue = replace(venue, markets=_markets(top, venue, source_of))
    top.done()
    return venue


def _sources(top: _Section) -> dict[str, Source]:
    table = top.section("sources")
    found = {}
    for name in table.names():
        one = _Section(top.file, f"sources.{name}", table.raw(name))
        as_of = one.maybe_day("as_of")
        undated = one.maybe_flag("undated") or False
        if (as_of is None) != undated:
            raise one.error("as_of", "is missing: give the day, or undated = true without one")
        found[name] = Source(
            what=one.text("what"),
            as_of=as_of,
            confidence=one.word("confidence", Confidence),
            address=one.maybe_text("address") or "",
            licence=one.maybe_text("licence") or "",
        )
        one.done()
    return found


def _rules(top: _Section, source_of: Callable[..., Source]) -> tuple[Rule, ...]:
    found: list[Rule] = []
    for one in top.sections("triggers"):
        counted = one.flag("fee_in_trigger")
        fee = one.maybe_number("trigger_fee", 0, 1)
        if fee and not counted:
            raise one.error("trigger_fee", "stands beside fee_in_trigger = false: leave it out")
        since = one.maybe_day("since")
        if found and (since is None or since <= (found[-1].since or date.min)):
            raise one.error("since", "must be later than that of the trigger before it")
        found.append(
            Rule(
                since=since,
                model=one.word("model", Model),
                fee_in_trigger=counted,
                trigger_fee=fee if counted else 0.0,
                formula=one.text("formula"),
                source=source_of(one),
                note=one.maybe_text("note") or "",
            )
        )
        one.done()
    if not found:
        raise top.error("triggers", "is missing: give one [[triggers]] at least")
    return tuple(found)


def _markets(top: _Section, venue: Venue, source_of: Callable[..., Source]) -> tuple[Market, ...]:
    found: dict[str, Market] = {}
    for one in top.sections("markets"):
        symbol = one.text("symbol")
        if symbol != base_symbol(symbol):
            raise one.error("symbol", f"is {symbol!r}: write it {base_symbol(symbol)!r}")
        if symbol in found:
            raise one.error("symbol", f"is {symbol!r}, which stands above already")
        tick = one.maybe_number("tick", 0, above=True)
        figures = one.maybe_number("significant_figures", 1, 20)
        decimals = one.maybe_number("decimals", 0, 20)
        if tick is not None and figures is not None:
            raise one.error("tick", "stands beside significant_figures: give one of them")
        source = source_of(one)
        steps = source_of(one, "steps_source")
        for key, where in (("source", source), ("steps_source", steps)):
            if where.confidence == "low":
                raise one.error(key, "is of low confidence: such a market is not shipped")
        max_leverage = one.number("max_leverage", 1, 1000)
        found[symbol] = Market(
            venue=venue.name,
            symbol=symbol,
            instrument=one.text("instrument"),
            max_leverage=max_leverage,
            tiers=_tiers(one, max_leverage),
            source=source,
            steps_source=steps,
            lot=one.number("lot", 0, above=True),
            tick=tick,
            significant_figures=None if figures is None else int(figures),
            decimals=None if decimals is None else int(decimals),
            min_notional=one.maybe_number("min_notional", 0),
            contract_size=one.number("contract_size", 0, above=True),
            funding_hours=one.maybe_number("funding_hours", 0, 24 * 7, above=True),
            maker=one.maybe_number("maker", -1, 1),
            taker=one.maybe_number("taker", -1, 1),
            liquidation_fee=one.maybe_number("liquidation_fee", 0, 1),
            tiers_to=one.maybe_number("tiers_to", 0, above=True),
            note=one.maybe_text("note") or "",
        )
        one.done()
    return tuple(found.values())


def _tiers(market: _Section, max_leverage: float) -> tuple[Tier, ...]:
    rows = market.raw("tiers")
    if not isinstance(rows, list) or not rows:
        raise market.error("tiers", "is missing: a market without a known tier is not shipped")
    tiers = []
    for row_number, row in enumerate(rows, 1):
        key = f"tiers[{row_number}]"

        def fail(words: str, key: str = key) -> TermsError:
            return market.error(key, words)

        if not isinstance(row, list) or not 3 <= len(row) <= 4:
            raise fail("must be [floor, rate, highest leverage] or with the deduction after them")
        tiers.append(
            Tier(
                number(row[0], 0, float("inf"), fail=fail),
                number(row[1], 0, 1, above=True, fail=fail),
                number(row[2], 1, 1000, fail=fail),
                number(row[3], 0, float("inf"), fail=fail) if len(row) == 4 else None,
            )
        )
    check_tiers(tiers, lambda row, words: market.error(f"tiers[{row}]", words))
    if tiers[0].max_leverage != max_leverage:
        raise market.error(
            "max_leverage", f"is {max_leverage:g}, and {tiers[0].max_leverage:g} in the first tier"
        )
    return tuple(tiers)


def check_tiers(tiers: list[Tier], error: Callable[[int, str], Exception]) -> None:
    """Raise what ``error`` makes of a row's number and words, where tiers cannot be right."""
    if tiers[0].floor != 0:
        raise error(1, f"begins at {tiers[0].floor:g}: the first floor is 0")
    deduction = 0.0
    for row, (before, tier) in enumerate(pairwise(tiers), 2):
        if tier.floor <= before.floor:
            raise error(row, f"has the floor {tier.floor:g}: it must lie above {before.floor:g}")
        if tier.rate < before.rate:
            raise error(row, f"has the rate {tier.rate:g}, below {before.rate:g}: rates never fall")
        if (tier.max_leverage or 0) > (before.max_leverage or float("inf")):
            raise error(row, "allows more leverage than the tier below it")
        deduction += tier.floor * (tier.rate - before.rate)
        if tier.deduction is not None and abs(tier.deduction - deduction) > 1e-6 * deduction + 0.01:
            raise error(
                row,
                f"has the deduction {tier.deduction:g}: {deduction:g} would join the tier below",
            )


@cache
def venues() -> tuple[Venue, ...]:
    """Every venue that ships, in the order in which the workbook shows them."""
    folder = files("workbook").joinpath("terms/data")
    found = [
        venue_from_toml(file.read_text(encoding="utf-8"), file.name)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda venue: (venue.order, venue.name)))


def find_venue(name: str) -> Venue | None:
    """The venue of a name, however its case, spaces and marks are written."""
    wanted = _plain(name)
    for venue in venues():
        if wanted in {_plain(each) for each in (venue.name, *venue.aliases)}:
            return venue
    return None


def find_market(venue: str, symbol: str) -> Market | None:
    """The market of a venue and a symbol, as an export or a person writes them."""
    place = find_venue(venue)
    wanted = base_symbol(symbol)
    if place is None:
        return None
    return next((market for market in place.markets if market.symbol == wanted), None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
