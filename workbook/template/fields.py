"""Every input of the workbook, in one list: the sheets, the files people fill in and the tests
all read it from here.

`INPUTS` are the inputs of the whole book (each a defined name); `TABLES` are the Excel tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.template.portfolio import PORTFOLIO
from workbook.template.spec import Column, Field, Table
from workbook.template.tables.journal import EXITS, FILLS, JOURNAL
from workbook.template.tables.plan import PLAN
from workbook.template.tables.tiers import TIERS
from workbook.template.tables.venues import VENUES

__all__ = ["FIXED", "INPUTS", "TABLES", "Column", "Field", "Fixed", "Table", "by_key"]

RULE = "common rule of thumb, 2026-01"
OWN = "yours"
CHOSEN = "choice of this template, 2026-11"

INPUTS: tuple[Field, ...] = (
    Field(
        "account",
        "equity",
        "Account_equity",
        "Account equity",
        "currency",
        "money",
        10000.0,
        "What the whole account is worth now, in account currency. Example: 10000.",
        OWN,
        low=0.01,
    ),
    Field(
        "account",
        "currency",
        "Currency",
        "Account currency",
        "word",
        "text",
        "USD",
        "Three to five letters, only shown, never converted. Example: USD.",
        OWN,
    ),
    Field(
        "account",
        "as_of",
        "As_of",
        "As of (now)",
        "UTC",
        "moment",
        46347.75,
        "The moment the book is read at, in UTC; type it anew when you review. "
        "Example: 2026-11-21 18:00.",
        OWN,
    ),
    Field(
        "account",
        "data",
        "Data_kind",
        "Whose rows are these",
        "word",
        "choice",
        "mine",
        "'example' marks Plan, Trade and Journal as example data; 'mine' takes the mark away.",
        OWN,
        choices=("mine", "example"),
    ),
    Field(
        "risk",
        "risk_per_trade",
        "Risk_per_trade",
        "Risk per trade",
        "% of account",
        "share",
        0.02,
        "Share of the account one trade may lose at its stop. Type 2%, not 2.",
        RULE,
        low=0.0001,
    ),
    Field(
        "risk",
        "max_total_risk",
        "Max_total_risk",
        "Risk of all trades together",
        "% of account",
        "share",
        0.06,
        "Share of the account that all stops together may cost. Type 6%, not 6.",
        RULE,
        low=0.0001,
    ),
    Field(
        "risk",
        "max_positions",
        "Max_positions",
        "Open positions at most",
        "count",
        "count",
        3,
        "How many isolated positions you can watch at once. Example: 3.",
        RULE,
    ),
    Field(
        "risk",
        "size_rule",
        "Size_rule",
        "Size by",
        "word",
        "choice",
        "stop",
        "'stop': what the stop loses decides. 'smaller': the smaller of that and the size by "
        "volatility.",
        CHOSEN,
        choices=("stop", "smaller"),
    ),
    Field(
        "risk",
        "policy_leverage",
        "Policy_leverage",
        "Leverage without a reason",
        "x",
        "leverage",
        10.0,
        "Above this a plan row needs a typed reason. Example: 10.",
        RULE,
    ),
    Field(
        "risk",
        "default_leverage",
        "Default_leverage",
        "Leverage where none is typed",
        "x",
        "leverage",
        10.0,
        "Used where a plan row leaves leverage blank. Example: 10.",
        RULE,
    ),
    Field(
        "risk",
        "daily_volatility",
        "Daily_volatility",
        "Volatility where none is typed",
        "% per day",
        "share",
        0.05,
        "Standard deviation of one day's move. Type 5%, not 5.",
        RULE,
        low=0.0001,
    ),
    Field(
        "risk",
        "gap_multiple",
        "Gap_multiple",
        "Liquidation at least this far",
        "x stop distance",
        "multiple",
        1.5,
        "Distance to liquidation over distance to the stop, after fees and carry. Example: 1.5.",
        CHOSEN,
        low=1.0,
    ),
    Field(
        "risk",
        "min_reward_risk",
        "Min_reward_risk",
        "Reward at least",
        "x risk",
        "multiple",
        1.5,
        "Distance to the second target over distance to the stop. Example: 1.5.",
        CHOSEN,
    ),
    Field(
        "risk",
        "carry_limit",
        "Carry_limit",
        "Carry at most",
        "% of margin",
        "share",
        0.1,
        "Funding and interest over the planned days, as a share of the margin. Type 10%, not 10.",
        CHOSEN,
    ),
    Field(
        "risk",
        "max_correlated_risk",
        "Max_correlated_risk",
        "Risk with correlation",
        "% of account",
        "share",
        0.04,
        "Above it the positions are nearly one bet. Type 4%, not 4.",
        CHOSEN,
        low=0.0001,
    ),
    Field(
        "risk",
        "stale_days",
        "Stale_days",
        "Venue terms are stale after",
        "days",
        "days",
        30.0,
        "Terms read longer ago than this are flagged. Example: 30.",
        CHOSEN,
    ),
    Field(
        "stops",
        "soft_at",
        "Soft_at",
        "Soft stop at",
        "% of max loss",
        "share",
        0.3,
        "The soft stop stands where this share of the planned loss is lost. Type 30%, not 30.",
        RULE,
        low=0.0001,
    ),
    Field(
        "stops",
        "soft_close",
        "Soft_close",
        "Soft stop closes",
        "% of position",
        "share",
        0.5,
        "Share of the position closed at the soft stop. Type 50%, not 50.",
        RULE,
        low=0.0001,
    ),
    Field(
        "stops",
        "hard",
        "Hard_mode",
        "Hard stop keeps",
        "word",
        "choice",
        "price",
        "'price': the stop stays where it is. 'loss': it moves out until the planned loss is lost.",
        CHOSEN,
        choices=("price", "loss"),
    ),
    Field(
        "stops",
        "noise_limit",
        "Noise_limit",
        "Soft stop touched within a day",
        "% chance, at most",
        "share",
        0.5,
        "Above it the soft stop stands inside a day's normal moves. Type 50%, not 50.",
        CHOSEN,
    ),
    Field(
        "exits",
        "trigger_1",
        "Trigger_1",
        "First target at",
        "% return",
        "fraction",
        0.5,
        "Return that closes the first slice; on margin or on price, see below. Type 50%, not 50.",
        RULE,
        low=0.0001,
    ),
    Field(
        "exits",
        "trigger_2",
        "Trigger_2",
        "Second target at",
        "% return",
        "fraction",
        1.0,
        "Return that closes the second slice. Type 100%, not 100.",
        RULE,
        low=0.0001,
    ),
    Field(
        "exits",
        "fraction_1",
        "Fraction_1",
        "First slice",
        "% of position",
        "share",
        0.25,
        "Share of the original position closed at the first target. Type 25%, not 25.",
        RULE,
    ),
    Field(
        "exits",
        "fraction_2",
        "Fraction_2",
        "Second slice",
        "% of position",
        "share",
        0.25,
        "Share of the original position closed at the second target. Type 25%, not 25.",
        RULE,
    ),
    Field(
        "exits",
        "basis",
        "Exit_basis",
        "Returns are on",
        "word",
        "choice",
        "margin",
        "'margin': 50% is half the margin earned, at 10x a 5% move. 'price': a 50% move.",
        CHOSEN,
        choices=("margin", "price"),
    ),
    Field(
        "exits",
        "trail",
        "Trail",
        "Trailing stop behind the best price",
        "% of price",
        "share",
        0.03,
        "Trails what is left after the second target; 0% for none. Type 3%, not 3.",
        CHOSEN,
        high=0.99,
    ),
    Field(
        "review",
        "per_day",
        "Reviews_per_day",
        "Reviews a day",
        "count",
        "count",
        2,
        "How often each open position is looked at in a day. Example: 2.",
        RULE,
        high=24,
    ),
    *PORTFOLIO,
)


@dataclass(frozen=True)
class Fixed:
    """A number that formulas need and nobody needs to change; it has a name like an input."""

    name: str
    label: str
    unit: str
    value: float
    format: str
    why: str


FIXED: tuple[Fixed, ...] = (
    Fixed("Hours_per_day", "Hours in a day", "hours", 24, "whole", "turns funding hours into days"),
    Fixed(
        "Days_per_year", "Days in a year", "days", 365, "whole", "markets that never close; borrow"
    ),
    Fixed(
        "Guard_risk",
        "Risk that is surely a slip",
        "% of account",
        0.2,
        "percent",
        "a risk above it was typed as 2 and not as 2%",
    ),
    Fixed("Per_cent", "Hundredths in a whole", "per cent", 100, "whole", "writes a share as 2%"),
    Fixed("Smallest_unit", "Smallest lot", "units", 1e-8, "tiny", "used where a row has no lot"),
    Fixed("Tolerance", "Rounding allowed", "fraction", 1e-9, "tiny", "between two ways to compute"),
    Fixed("Few_trades", "Too few trades to tell", "count", 5, "whole", "below it a group is grey"),
    Fixed(
        "Enough_trades", "Trades to start trusting", "count", 30, "whole", "below it luck explains"
    ),
    Fixed("Price_digits", "Digits in price labels", "digits", 4, "whole", "after the first one"),
)

TABLES: Mapping[str, Table] = {
    table.name: table for table in (VENUES, TIERS, PLAN, JOURNAL, EXITS, FILLS)
}


def by_key(section: str, key: str) -> Field:
    """The input of that TOML section and key."""
    for field in INPUTS:
        if (field.section, field.key) == (section, key):
            return field
    known = ", ".join(field.key for field in INPUTS if field.section == section)
    raise KeyError(f"[{section}] has no {key!r}; it has: {known or 'nothing'}")
