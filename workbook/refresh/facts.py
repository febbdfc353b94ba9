"""What a source brought: facts of one venue, and in words what it did not bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from udfs.errors import IsomarginError
from workbook.terms import Candle, Funding, Market, Price

KINDS = ("prices", "funding", "tiers", "candles")


class RefreshError(IsomarginError):
    """What stops a refresh before anything is written, in one line."""


@dataclass
class Facts:
    """Facts of one venue."""

    venue: str
    prices: list[Price] = field(default_factory=list)
    fundings: list[Funding] = field(default_factory=list)
    markets: list[Market] = field(default_factory=list)
    candles: list[Candle] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What was asked for and did not come; the old values stay."""
    notes: list[str] = field(default_factory=list)
    """What somebody should know, without anything having failed."""

    def __bool__(self) -> bool:
        return bool(self.prices or self.fundings or self.markets or self.candles)

    def failed(self) -> str | None:
        """Everything that did not come, as one line; None where all came."""
        if not self.failures:
            return None
        different = list(dict.fromkeys(self.failures))
        shown = "; ".join(different[:_MOST]) + (
            f"; and {len(different) - _MOST} more" if len(different) > _MOST else ""
        )
        return f"{self.venue}: {shown}{'' if shown.endswith('?') else '.'} {STAY}"


_MOST = 6
STAY = "Old values and their dates stay"


def all_failed(brought: Sequence[Facts]) -> list[str]:
    """What did not come, one line a venue; a single line where all failed for one reason."""
    reasons = {tuple(dict.fromkeys(facts.failures)) for facts in brought}
    if len(brought) > 1 and not any(brought) and len(reasons) == 1:
        (said,) = reasons
        if len(said) == 1:
            venues = ", ".join(facts.venue for facts in brought)
            stop = "" if said[0].endswith("?") else "."
            return [f"none of {venues} has answered: {said[0]}{stop} {STAY}"]
    return [line for facts in brought if (line := facts.failed())]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of one venue."""

    venue: str
    symbols: tuple[str, ...]
    what: frozenset[str]
    now: datetime
    days: int = 90
    """How many days of candles."""
    required: frozenset[str] = frozenset()
    """Kinds named by the person: that a venue does not publish one of them is a failure then."""


class FactSource(Protocol):
    """Where facts of a venue come from."""

    def read(self, ask: Ask) -> Facts:
        """The facts; what did not come is in the failures, and no exception."""


def named(symbols: Iterable[str]) -> str:
    """Symbols in words, not too many of them."""
    known = list(dict.fromkeys(symbols))
    return ", ".join(known[:_MOST]) + (
        f" and {len(known) - _MOST} more" if len(known) > _MOST else ""
    )
