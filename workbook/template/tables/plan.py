"""Plan: one row a trade idea, inputs on the left, the answer next to them, the reasons after.

Four calls into the add-in a row, and no call feeds a call that feeds a third. The margin arithmetic
comes from the add-in once; what follows from it along a straight line is Excel's own: a cost of 1
a unit moves the liquidation price by `Slope`, towards the entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbook.template.spec import Column, Table

IDEA = "THE IDEA: YOU TYPE"
OPTIONAL = "OPTIONAL: BLANK TAKES THE SETTING"
ANSWER = "THE ANSWER"
SIZE = "SIZE"
LIQUIDATION = "LIQUIDATION"
COST = "COST"
EXITS = "EXITS"
CHECKS = "WHY: 0 IS FINE, 1 IS NOT"
WORKINGS = "WORKINGS"


@dataclass(frozen=True)
class Verdict:
    """One thing that can be wrong with a row: its test, what to do, and what it means."""

    header: str
    test: str
    advice: str
    meaning: str


# The first that holds is what the row says; the order is what a trader mends first.
VERDICTS: tuple[Verdict, ...] = (
    Verdict(
        "Gaps",
        "N(COUNTA([@[Side]:[Days]])*ISNUMBER([@Sign]+[@[Venue row]])<COLUMNS([@[Side]:[Days]]))",
        "fill in side, venue, entry, stop, days",
        "a required cell is blank, the side is neither long nor short, or the venue is unknown",
    ),
    Verdict(
        # No chance for want of a liquidation price: that leverage is too high is said further down.
        "Faulty", "N(ISERROR([@Risk]+[@Carry]+[@Noise])+ISERROR([@Chance])"
        ">N(ISERROR([@[Liq price]])))",
        "mend a cell: text, or out of range",
        "a cell of the row, or a setting, is no number or out of its range: 2 for 2%, 100,5, -3",
    ),
    Verdict(
        "Wrong side", "N([@Sign]*([@Entry]-[@Stop])<=0)",
        "move the stop to the losing side", "a long's stop is below its entry, a short's above",
    ),
    Verdict(
        "Too far", "N([@Allowed]<1)",
        "bring the stop closer, or hold less",
        "no leverage at all keeps the liquidation behind this stop for so many days",
    ),
    Verdict(
        "Too close", "N([@Gap]<Gap_multiple)",
        "lower leverage to {x}x or less", "liquidation comes before the stop, or too soon after it",
    ),
    Verdict(
        "Over cap", "N(OR([@Lev]>[@Cap],[@Lev]*[@Maint]>=1))",
        "lower leverage to {x}x or less",
        "the venue does not allow this leverage, or would liquidate it at its own entry",
    ),
    Verdict(
        "No reason", "([@Lev]>Policy_leverage)*([@Reason]=\"\")",
        "type a reason, or lower leverage", "leverage above your policy needs a reason in words",
    ),
    Verdict(
        "No place", "N([@No]>Last_place)",
        "wait until a position closes", "this row would be one position too many",
    ),
    Verdict(
        # Rows without a place need no sum: a sum in each of 10,000 rows would take a minute.
        "No budget",
        "IF([@[No place]],0,N(SUMIFS(Plan[Risk],Plan[Ready],\"<=\"&[@No])>Total_budget))",
        "wait, or risk less: budget is used up",
        "with this row, those that have a place risk more than you allow",
    ),
    Verdict(
        "Dear", "N([@Carry]>Carry_limit*[@Margin])",
        "hold it for fewer days: carry is dear", "carry takes more of the margin than you allow",
    ),
    Verdict(
        "Thin", "N([@Reward]<Min_reward_risk)",
        "pass: too little reward for the risk", "the second target is too near for this stop",
    ),
    Verdict(
        "Held", '([@Status]="open")*[@Go]',
        "hold: is the stop set? review it", "the position is open and nothing speaks against it",
    ),
    Verdict(
        # Counted, because one that is in error holds, too.
        "Go", "N(COUNTIF([@[Gaps]:[Thin]],0)=COLUMNS([@[Gaps]:[Thin]]))",
        "go: set the stop at once", "nothing speaks against it",
    ),
)


def _verdict_columns() -> tuple[Column, ...]:
    return tuple(
        Column(verdict.header, "1 = yes", CHECKS, 9, formula=verdict.test, format="flag",
               align="center")
        for verdict in VERDICTS
    )


PLAN = Table(
    name="Plan",
    sheet="Plan",
    top=8,
    left=2,
    rows=10,
    row_key="Symbol",
    columns=(
        Column("Symbol", "word", IDEA, 10, "text", "symbol",
               "What you trade. Example: ETH.", required=True),
        Column("Side", "word", IDEA, 9, "choice", "side",
               "long: you gain when the price rises; short: when it falls.",
               choices=("long", "short"), required=True),
        Column("Venue", "word", IDEA, 13, "choice", "venue",
               "Where you trade; its terms are on the Markets sheet.",
               list_name="Venue_names", required=True),
        Column("Entry", "price", IDEA, 12, "price", "entry",
               "Price you open at, account currency per unit. Example: 100.", required=True),
        Column("Stop", "price", IDEA, 12, "price", "stop",
               "Price that proves you wrong: below entry for a long. Example: 96.",
               required=True),
        Column("Days", "days", IDEA, 8, "days", "days",
               "How long you plan to hold. Example: 7.", required=True),
        Column("Leverage", "x", OPTIONAL, 11, "leverage", "leverage",
               "Notional over margin. Blank: the setting. Example: 10."),
        Column("Volatility", "% per day", OPTIONAL, 11, "share", "volatility",
               "One day's standard deviation. Blank: the setting. Type 5%, not 5."),
        Column("Funding", "% per interval", OPTIONAL, 12, "rate", "funding",
               "Longs pay a positive rate. Blank: the venue's. Type 0.01%, not 0.01."),
        Column("Lot", "units", OPTIONAL, 9, "quantity", "lot",
               "Size is rounded down to whole lots. Blank: no rounding. Example: 0.1."),
        Column("Status", "word", OPTIONAL, 9, "choice", "status",
               "'open' once you have taken the trade; blank or 'idea' before.",
               choices=("idea", "open")),
        Column("Reason", "word", OPTIONAL, 24, "note", "reason",
               "Why this trade; needed above your policy leverage."),
        Column("Stop first", "x the stop", ANSWER, 13, formula=(
            'CHOOSE(1+([@Gap]<Gap_multiple)+([@Gap]<1),"yes","tight","NO")&", "&ROUND([@Gap],1)&"x"'
        ), align="center", strong=True),
        Column("What to do", "word", ANSWER, 36, formula=(
            'IF(ISNUMBER([@Allowed]),SUBSTITUTE([@Advice],"{x}",[@Allowed]),[@Advice])'
        ), align="left", strong=True),
        Column("Units", "units", ANSWER, 13, formula=(
            'IF(Size_rule="smaller",MIN([@[By stop]],[@[By vol]]),[@[By stop]])'
        ), format="quantity", strong=True),
        Column("Margin", "money", ANSWER, 10, formula="[@Notional]/[@Lev]", format="money"),
        Column("Risk", "money", ANSWER, 10, formula=(
            "[@Units]*(ABS([@Entry]-[@Stop])+[@Slippage]*[@Stop]+[@Fee]*([@Entry]+[@Stop]))"
        ), format="cents", strong=True),
        Column("Carry", "money", ANSWER, 10, formula="[@Units]*[@[Unit carry]]", format="cents",
               strong=True),
        Column("Liq price", "price", ANSWER, 12, formula=(
            "ISO_LIQUIDATION_PRICE([@Side],[@Entry],[@Lev],[@Maint],0,1,0,0,0,[@Model])"
        ), format="price", strong=True),
        Column("Chance", "% in the days", ANSWER, 11, formula=(
            "ISO_TOUCH_PROBABILITY([@Entry],[@[Liq price]],[@Vol],[@Days])"
        ), format="percent1"),
        Column("By stop", "units", SIZE, 11, formula=(
            "ISO_POSITION_SIZE(Account_equity,Risk_per_trade,[@Entry],[@Stop],[@Fee],[@Slippage],"
            "[@Lot],[@Lev])"
        ), format="quantity"),
        Column("By vol", "units", SIZE, 11, formula=(
            "FLOOR(Account_equity*Risk_per_trade/([@Entry]*[@Vol]),MAX([@Lot],Smallest_unit))"
        ), format="quantity"),
        Column("Notional", "money", SIZE, 11, formula="[@Units]*[@Entry]", format="money"),
        Column("Distance", "% of entry", LIQUIDATION, 10,
               formula="ABS([@[Liq price]]/[@Entry]-1)", format="percent1"),
        Column("Liq at end", "price", LIQUIDATION, 12, formula=(
            "[@[Liq price]]+[@Sign]*[@Slope]*([@[Unit carry]]+[@Entry]*[@Fee])"
        ), format="price"),
        Column("Gap", "x the stop", LIQUIDATION, 12, formula=(
            "MIN([@Sign]*([@Entry]-[@[Liq price]]),[@Sign]*([@Entry]-[@[Liq at end]]))"
            "/([@Sign]*([@Entry]-[@Stop]))"
        ), format="times"),
        Column("Max lev", "x", LIQUIDATION, 10, formula=(
            "IF([@[Wrong side]],NA(),1/([@Sign]*(1-([@Stop]/[@Entry]-[@Sign]*[@Buffer])/[@Slope])"
            '+[@Maint]*([@Model]="entry")))'
        ), format="times"),
        Column("Fees", "money", COST, 9,
               formula="[@Units]*[@Fee]*([@Entry]+[@Stop])", format="cents"),
        Column("Break-even", "price", COST, 12, formula=(
            "([@Entry]*(1+[@Sign]*[@Fee])+[@Sign]*[@[Unit carry]])/(1-[@Sign]*[@Fee])"
        ), format="price"),
        Column("Soft stop", "price", EXITS, 12,
               formula="[@Entry]-[@Sign]*Soft_at*ABS([@Entry]-[@Stop])", format="price"),
        Column("Noise", "% in a day", EXITS, 9, formula=(
            "1-NORMSDIST(ABS(LN([@[Soft stop]]/[@Entry]))/[@Vol])"
            "+NORMSDIST(-ABS(LN([@[Soft stop]]/[@Entry]))/[@Vol])"
        ), format="percent1"),
        Column("Target 1", "price", EXITS, 12,
               formula="[@Entry]*(1+[@Sign]*Trigger_1/[@[Per move]])", format="price"),
        Column("Target 2", "price", EXITS, 12,
               formula="[@Entry]*(1+[@Sign]*Trigger_2/[@[Per move]])", format="price"),
        Column("Reward", "x risk", EXITS, 9,
               formula="ABS([@[Target 2]]-[@Entry])/ABS([@Entry]-[@Stop])", format="times"),
        *_verdict_columns(),
        Column("No", "row", WORKINGS, 7, formula="ROW()-ROW(Plan[[#Headers],[No]])",
               format="whole"),
        Column("Sign", "+1 long", WORKINGS, 8, formula=(
            'CHOOSE(MATCH([@Side],{"long","short"},0),1,-1)'
        ), format="whole"),
        Column("Lev", "x", WORKINGS, 8,
               formula='IF([@Leverage]="",Default_leverage,[@Leverage])', format="times"),
        Column("Vol", "% per day", WORKINGS, 9,
               formula='IF([@Volatility]="",Daily_volatility,[@Volatility])', format="percent1"),
        Column("Venue row", "row", WORKINGS, 10, formula="MATCH([@Venue],Venues[Name],0)",
               format="whole"),
        Column("Cap", "x", WORKINGS, 8,
               formula="INDEX(Venues[Max leverage],[@[Venue row]])", format="times"),
        Column("Maint", "% of notional", WORKINGS, 12,
               formula="INDEX(Venues[Maintenance rate],[@[Venue row]])", format="rate"),
        Column("Fee", "% each way", WORKINGS, 10,
               formula="INDEX(Venues[Taker fee],[@[Venue row]])", format="rate"),
        Column("Slippage", "% of stop", WORKINGS, 10,
               formula="INDEX(Venues[Spread],[@[Venue row]])", format="rate"),
        Column("Rate", "% per interval", WORKINGS, 12, formula=(
            'IF([@Funding]="",INDEX(Venues[Funding rate],[@[Venue row]]),[@Funding])'
        ), format="rate"),
        Column("Hours", "hours", WORKINGS, 9,
               formula="INDEX(Venues[Funding hours],[@[Venue row]])", format="days"),
        Column("Borrow", "% per year", WORKINGS, 10,
               formula="INDEX(Venues[Borrow rate],[@[Venue row]])", format="rate"),
        Column("Model", "word", WORKINGS, 9,
               formula="INDEX(Venues[Model],[@[Venue row]])", align="left"),
        Column("Slope", "price per cost", WORKINGS, 10, formula=(
            'IF([@Model]="entry",1,1/(1-[@Sign]*[@Maint]))'
        ), format="ratio"),
        Column("Unit carry", "price", WORKINGS, 13, formula=(
            "ISO_CARRY_COST([@Side],[@Entry],[@Days],[@Rate],[@Hours],[@Borrow],"
            "[@Entry]*(1-1/[@Lev]))"
        ), format="price"),
        Column("Buffer", "% of entry", WORKINGS, 10, formula=(
            "((Gap_multiple-1)*ABS([@Entry]-[@Stop])+MAX(0,[@[Unit carry]]+[@Entry]*[@Fee]))"
            "/[@Entry]"
        ), format="rate"),
        Column("Allowed", "x", WORKINGS, 9,
               formula="ROUNDDOWN(MIN([@[Max lev]],[@Cap]),0)", format="whole"),
        Column("Per move", "x", WORKINGS, 10,
               formula='IF(Exit_basis="price",1,[@Lev])', format="times"),
        Column("Day carry", "money per day", WORKINGS, 11,
               formula="IF([@Days]=0,0,[@Carry]/[@Days])", format="cents"),
        Column("Tier", "% of notional", WORKINGS, 12, formula=(
            "SUMPRODUCT(MAX((Tiers[Venue]=[@Venue])*(Tiers[Symbol]=[@Symbol])*(Tiers[Floor]<=[@Notional])*Tiers[Rate]))"
        ), format="rate"),
        Column("Higher tier", "1 = yes", WORKINGS, 9, formula="N([@Tier]>[@Maint])",
               format="flag", align="center"),
        Column("Terms age", "days", WORKINGS, 9, formula=(
            "INT(As_of-INDEX(Venues[As of],[@[Venue row]]))"
        ), format="whole"),
        Column("Ready", "row", WORKINGS, 8, formula=(
            'IF(ISNUMBER([@Risk]+[@Chance]+[@[Max lev]]),[@No],"")'
        ), format="whole"),
        Column("Advice", "word", WORKINGS, 36,
               formula="INDEX(Verdicts[What to do],MATCH(1,[@[Gaps]:[Go]],0))", align="left"),
    ),
)
