"""The article's claims beside what the formulas give: for Reference and for ARTICLE.md.

The values are computed when the template is built and written as values: calls on a sheet are
for the reader's own trades.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from addin.embedded import Evaluator
from udfs import catalogue
from udfs.catalogue.formula import Formula

TITLE = "The article, checked"
SETTING = "Entry 100, account 10,000, 2% at risk, 5% volatility a day, 0.5% maintenance margin."


@dataclass(frozen=True)
class Claim:
    """What the article says, what is so, and a formula that shows it."""

    says: str
    so: str
    formula: str
    format: str  # "price", "percent", "money" or "ratio"


CLAIMS: tuple[Claim, ...] = (
    Claim("At 10x a 10% move is danger", "maintenance margin makes it less: the trigger is here",
          'ISO_LIQUIDATION_PRICE("long",100,10,0.5%)', "price"),
    Claim("At 50x a 2% move liquidates you", "less again: the trigger is here",
          'ISO_LIQUIDATION_PRICE("long",100,50,0.5%)', "price"),
    Claim("At 50x a volatile day is a coin flip", "worse, at 5% volatility a day",
          'ISO_TOUCH_PROBABILITY(100,98.4925,5%,1)', "percent"),
    Claim("", "a coin flip only near 3% volatility, and without maintenance margin",
          "ISO_TOUCH_PROBABILITY(100,98,3%,1)", "percent"),
    Claim("10x gives you enough buffer", "for a day: this is the chance of liquidation",
          'ISO_TOUCH_PROBABILITY(100,90.4523,5%,1)', "percent"),
    Claim("", "for a week without a stop it is this",
          'ISO_TOUCH_PROBABILITY(100,90.4523,5%,7)', "percent"),
    Claim("You lose at most 2%, $200", "with the stop at 96, fees aside: units",
          "ISO_POSITION_SIZE(10000,2%,100,96)", "ratio"),
    Claim("Size so that a 5% move costs $200", "another rule, another size: units",
          "ISO_POSITION_SIZE_VOL(10000,2%,100,5%)", "ratio"),
    Claim("Isolated margin limits the loss", "true, to the margin: 2.5 times the $200 at 10x",
          "ISO_POSITION_SIZE(10000,2%,100,96)*100/10", "money"),
    Claim("Portfolio risk is much higher than the sum", "never: three risks of 200, correlated 0.8",
          "ISO_PORTFOLIO_RISK({200,200,200},0.8)", "money"),
    Claim("", "what is lost is diversification: these are so many independent bets",
          "ISO_EFFECTIVE_BETS({200,200,200},0.8)", "ratio"),
    Claim("A single event threatens all three", "true: all three liquidated within a week",
          'INDEX(ISO_JOINT_LIQUIDATION({"long","long","long"},100,90.45,5%,0.8,7),4,3)',
          "percent"),
    Claim("", "if they were independent",
          'INDEX(ISO_JOINT_LIQUIDATION({"long","long","long"},100,90.45,5%,0.8,7),4,4)',
          "percent"),
    Claim("", "but that any of them is, correlation makes less likely; correlated",
          'INDEX(ISO_JOINT_LIQUIDATION({"long","long","long"},100,90.45,5%,0.8,7),2,3)',
          "percent"),
    Claim("", "and independent",
          'INDEX(ISO_JOINT_LIQUIDATION({"long","long","long"},100,90.45,5%,0.8,7),2,4)',
          "percent"),
    Claim("The penalty is 12% of the position", "of 50 units at 10x no more is left than",
          'INDEX(ISO_LIQUIDATION_OUTCOME("long",100,50,500,90.4523,12%),3,2)', "money"),
    Claim("", "which is this share of the position",
          'INDEX(ISO_LIQUIDATION_OUTCOME("long",100,50,500,90.4523,12%),3,2)/(50*90.4523)',
          "percent"),
    Claim("The soft stop is outside normal volatility", "no: touched within a day, at 98.80",
          "ISO_TOUCH_PROBABILITY(100,98.8,5%,1)", "percent"),
    Claim("", "the hard stop at 96",
          "ISO_TOUCH_PROBABILITY(100,96,5%,1)", "percent"),
    Claim("Soft and hard stop lose the planned maximum", "less: the half closed early lost little",
          'INDEX(ISO_STOP_LADDER("long",100,96,50),2,5)', "money"),
    Claim("Take 25% when you are up 50%", "on margin, at 10x, that is here",
          'INDEX(ISO_SCALE_OUT("long",100,50,10),1,3)', "price"),
    Claim("Review twice a day", "a week's liquidations that you would see happen, looking twice",
          'ISO_TOUCH_PROBABILITY(100,90.4523,5%,7,0,2)',
          "percent"),
    Claim("Borrowing costs eat into profits", "0.01% each 8 hours for 30 days, of the margin",
          'ISO_CARRY_COST("long",5000,30,0.01%)/500', "percent"),
    Claim("Moving to cross makes it worse", "at 92 the whole account stands behind it, not 500",
          'INDEX(ISO_CROSS_MARGIN("long",100,50,500,92,9500,0.5%),2,4)', "money"),
)  # fmt: skip
UNCHECKED = (
    "Trading volume of $620B and the platforms A, B and C could not be traced to a source; the "
    "platforms' terms in the workbook are made up to fit the article's words."
)
_DIGITS = {"price": 2, "percent": 3, "money": 0, "ratio": 2}


@cache
def values() -> tuple[float, ...]:
    """Each claim's value, rounded to what is shown."""
    return tuple(computed(catalogue))


def computed(formulas: Mapping[str, Formula]) -> list[float]:
    """What the formulas give, rounded."""
    results = Evaluator(formulas).evaluate_many(claim.formula for claim in CLAIMS)
    rounded = []
    for claim, value in zip(CLAIMS, results, strict=True):
        if not isinstance(value, float):
            raise TypeError(f"{claim.formula} gives {value}, not a number")
        rounded.append(round(value, _DIGITS[claim.format]))
    return rounded


def shown(value: float, kind: str) -> str:
    """A value as text."""
    return {
        "price": f"{value:,.2f}", "percent": f"{value:.1%}", "money": f"{value:,.0f}",
        "ratio": f"{value:.2f}",
    }[kind]  # fmt: skip


def markdown() -> str:
    """ARTICLE.md."""
    lines = [
        f"# {TITLE}",
        "",
        "The workbook follows an article on isolated margin on Optimism. Its rules are the",
        "template's defaults; its numbers were computed again. The same table is on the Reference",
        "sheet; each formula can be typed into a cell, or given to `isomargin eval`.",
        "",
        SETTING,
        "",
        "| the article says | what is so | value | formula |",
        "|---|---|---|---|",
    ]
    for claim, value in zip(CLAIMS, values(), strict=True):
        lines.append(
            f"| {claim.says} | {claim.so} | {shown(value, claim.format)} | `={claim.formula}` |"
        )
    lines += ["", UNCHECKED, ""]
    lines += [
        "The chances assume a price without jumps and fat tails, and no stop: for far prices they",
        "are a lower bound.",
        "",
    ]
    return "\n".join(lines)
