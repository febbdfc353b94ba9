"""What a person types on the page, read as numbers; what cannot be read is said per field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PageField:
    """A number to type: what it is called, and what it may be."""

    name: str
    label: str
    example: str
    low: float
    high: float
    low_open: bool = False
    blank: float | None = None  # what a blank means; None where it may not be blank

    def read(self, text: str) -> float:
        """The number, or FieldError with what to type instead."""
        written = text.strip().replace("\u00a0", "").replace(" ", "").replace("_", "")
        if not written:
            if self.blank is None:
                raise FieldError(f"{self.label} is blank: {self.example}")
            return self.blank
        percent = written.endswith("%")
        try:
            number = float(written.rstrip("%"))
        except ValueError:
            point = "write 1000.5 with a point and no comma; " if "," in written else ""
            raise FieldError(
                f'{self.label} is "{text.strip()[:40]}", not a number: {point}{self.example}'
            ) from None
        if percent:
            number /= 100
        inside = (
            self.low < number <= self.high if self.low_open else self.low <= number <= self.high
        )
        if not math.isfinite(number) or not inside:
            raise FieldError(f"{self.label} is {text.strip()[:40]}: {self.example}")
        return number


class FieldError(Exception):
    """What is wrong with a field, and what to type instead."""


_MOST = 1e12

FIELDS = (
    PageField("entry", "Entry", "type the price you open at, like 100", 0, _MOST, True),
    PageField("stop", "Stop", "type the price that proves you wrong, like 96", 0, _MOST, True),
    PageField("account", "Account", "type what the account holds, like 10000", 0, _MOST, True),
    PageField(
        "risk", "Risk", "type the share to lose at the stop, like 2%, at most 100%", 0, 1, True
    ),
    PageField("leverage", "Leverage", "type a number from 1 to 1000, like 10", 1, 1000),
    PageField("days", "Days", "type how long you hold it, like 7; at most 3650", 0, 3650),
    PageField(
        "volatility", "Volatility", "type one day's deviation, like 5%, at most 100%", 0, 1, True
    ),
    PageField(
        "maintenance", "Maintenance", "type a share below 100%, like 0.5%", 0, 0.999, blank=0
    ),
    PageField("trigger_fee", "Fee in the trigger", "type a share, like 0.06%", 0, 0.5, blank=0),
    PageField("fee", "Fee", "type the fee each way, like 0.05%", 0, 0.5, blank=0),
    PageField("spread", "Slippage", "type a share of the price, like 0.02%", 0, 0.5, blank=0),
    PageField("funding", "Funding", "type the rate of one interval, like 0.01%", -1, 1, blank=0),
    PageField("funding_hours", "Funding interval", "type hours, like 8", 0, 8760, True, blank=8),
    PageField("borrow", "Borrow rate", "type interest a year, like 5%", 0, 10, blank=0),
    PageField("penalty", "Liquidation fee", "type a share, like 1%", 0, 1, blank=0),
    PageField(
        "max_leverage", "Most leverage", "type the venue's most, like 50", 1, 1000, blank=1000
    ),
    PageField("lot", "Lot", "type the smallest step of the size, like 0.001", 0, _MOST, blank=0),
)
WORDS = {
    "side": ("long", "short"),
    "model": ("mark", "entry"),
    "remainder": ("trader", "seized"),
    "tiering": ("marginal", "whole"),  # a tier's rate: on what is above its floor, or on all
}


@dataclass(frozen=True)
class TypedTrade:
    """One trade as typed, with its market's terms."""

    words: Mapping[str, str]
    numbers: Mapping[str, float]
    tiers: tuple[tuple[float, float], ...] = ()  # notional floor, maintenance rate

    def __getitem__(self, name: str) -> Any:
        return self.words[name] if name in self.words else self.numbers[name]


def read(typed: Mapping[str, Any]) -> tuple[TypedTrade | None, dict[str, str]]:
    """The trade, or what is wrong by field."""
    wrong: dict[str, str] = {}
    numbers: dict[str, float] = {}
    for field in FIELDS:
        try:
            numbers[field.name] = field.read(str(typed.get(field.name, "")))
        except FieldError as error:
            wrong[field.name] = str(error)
    words = {}
    for name, choices in WORDS.items():
        word = str(typed.get(name, choices[0])).strip().lower()
        if word not in choices:
            wrong[name] = f"{name} is {word}: choose {' or '.join(choices)}"
        words[name] = word
    if wrong:
        return None, wrong
    tiers = tuple((float(floor), float(rate)) for floor, rate in typed.get("tiers") or ())
    return TypedTrade(words, numbers, tiers), {}
