"""What a venue's terms are made of: plain values, each with where it was read and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Model = Literal["mark", "entry", "inverse", "inverse_mark"]
Tiering = Literal["marginal", "whole"]
Remainder = Literal["trader", "seized"]
MarginAfter = Literal["stays", "pro_rata", "with_profit"]
Confidence = Literal["high", "medium", "low", "illustrative"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read: in words, as of which day, how sure."""

    what: str
    as_of: date | None
    """The day the figures held; None where the page or capture bears no date."""
    confidence: Confidence
    address: str = ""
    licence: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.address}" if self.address else self.what


@dataclass(frozen=True, slots=True)
class Rule:
    """How a venue triggers a liquidation, from one day on."""

    since: date | None
    """The first day of this rule; None for the rule before every dated one."""
    model: Model
    """What maintenance is counted on, in the formulas' words."""
    fee_in_trigger: bool
    trigger_fee: float | None
    """The fee rate counted in the trigger; None where it is counted but not known."""
    formula: str
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Default:
    """The terms to fall back to where a market is not known here."""

    max_leverage: float
    maintenance_rate: float
    source: Source


@dataclass(frozen=True, slots=True)
class Tier:
    """Maintenance of a position from a floor of its notional on, in quote currency."""

    floor: float
    rate: float
    max_leverage: float | None = None
    deduction: float | None = None
    """As the venue published it, in quote currency; None where it follows by continuity."""


@dataclass(frozen=True, slots=True)
class Market:
    """One symbol at one venue."""

    venue: str
    symbol: str
    instrument: str
    max_leverage: float
    tiers: tuple[Tier, ...]
    source: Source
    """Of the leverage and the tiers: what decides a liquidation."""
    steps_source: Source
    """Of lot, tick, contract size and smallest notional."""
    lot: float
    """Step of the quantity, in units of the asset."""
    tick: float | None = None
    significant_figures: int | None = None
    """Where a venue rounds prices to so many figures instead of to a tick."""
    decimals: int | None = None
    """The most decimals of a price, beside the significant figures."""
    min_notional: float | None = None
    contract_size: float = 1.0
    """Units of the asset in one contract."""
    funding_hours: float | None = None
    maker: float | None = None
    """Only where it differs from the venue's."""
    taker: float | None = None
    liquidation_fee: float | None = None
    tiers_to: float | None = None
    """The notional up to which the tiers are known; None without end."""
    note: str = ""

    @property
    def maintenance_rate(self) -> float | None:
        """The rate of the first tier; None where a refresh brought no tiers."""
        return self.tiers[0].rate if self.tiers else None

    @property
    def as_of(self) -> date | None:
        """The day of the terms that decide a liquidation."""
        return self.source.as_of


@dataclass(frozen=True, slots=True)
class Venue:
    """A place to trade and its rules; the markets that are known there."""

    name: str
    account_currency: str
    tiering: Tiering
    """'marginal': a tier's rate on the part above its floor; 'whole': on the whole position."""
    margin_rule: str
    liquidation_fee: float | None
    """Share of the notional charged at a liquidation; None where it is not known."""
    liquidation_fee_note: str
    remainder: Remainder
    """Who keeps what is left; where it hangs on the case, the worse for the trader."""
    remainder_note: str
    margin_after: MarginAfter | None
    """What a partial close does to the margin left; None where no source says."""
    may_become_cross: bool | None
    """May an open isolated position be made cross? None where no source says."""
    switch_note: str
    maker: float | None
    taker: float
    funding_hours: float
    spread: float
    """Assumed: no venue states one."""
    funding_rate: float
    """Assumed until refreshed: the rate when nothing pushes it."""
    borrow_rate: float
    default: Default
    rules: tuple[Rule, ...]
    markets: tuple[Market, ...]
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    illustrative: bool = False
    order: int = 0

    def rule_on(self, day: date) -> Rule:
        """The rule that held on a day."""
        known = [rule for rule in self.rules if rule.since is None or rule.since <= day]
        return known[-1] if known else self.rules[0]

    @property
    def rule(self) -> Rule:
        """The rule as of the newest change."""
        return self.rules[-1]

    def trigger_fee_on(self, day: date) -> float:
        """The fee rate counted in the trigger; the taker's where it is counted but not known."""
        fee = self.rule_on(day).trigger_fee
        return self.taker if fee is None else fee

    @property
    def as_of(self) -> date | None:
        """The day of the default terms."""
        return self.default.source.as_of


@dataclass(frozen=True, slots=True)
class OfMarket:
    """What is told of one market."""

    venue: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Price(OfMarket):
    """Prices of one market at one moment."""

    mark: float
    at: datetime
    last: float | None = None
    index: float | None = None
    bid: float | None = None
    ask: float | None = None


@dataclass(frozen=True, slots=True)
class Funding(OfMarket):
    """Funding of one market: the rate now, and what it has been."""

    rate: float
    """Of one interval, a fraction of the notional; longs pay a positive rate."""
    hours: float
    at: datetime
    mean: float | None = None
    """Mean rate of the days looked back, of one interval."""
    spread: float | None = None
    """Standard deviation of those rates."""
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Candle(OfMarket):
    """One candle; the time is its opening, in UTC."""

    at: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float | None = None
