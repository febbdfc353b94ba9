"""Plan: one row a trade idea, inputs on the left, the answer next to them, the reasons after.

Four calls into the add-in a row, and no call feeds a call that feeds a third. The margin arithmetic
comes from the add-in once; what follows from it along a straight line is Excel's own: a cost of 1
a unit moves the liquidation price by `Slope`, towards the entry.

A row is first held against what its cells may be (`INPUT_FAULTS`). Where one of them says
something, nothing of the row is computed and the row counts nowhere. What the numbers then say
against the trade are `FAULTS`. Each says in one sentence which cell is wrong and what to type; a
row shows all of its sentences, the most urgent first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from addin.package.addresses import column_letters as letter
from workbook.template.spec import Column, Table
from workbook.template.tables.workings import (
    asset,
    market_key,
    market_rows,
    of_market,
    row_of,
    term,
    tier_rows,
    tier_terms,
    typed_key,
    venue_row,
    volatility,
    working,
)

IDEA = "THE IDEA: YOU TYPE"
OPTIONAL = "OPTIONAL: BLANK TAKES THE SETTING"
ANSWER = "THE ANSWER"
SIZE = "SIZE"
LIQUIDATION = "LIQUIDATION"
COST = "COST"
EXITS = "EXITS"
CHECKS = "WHY: WHAT SPEAKS AGAINST IT"
LEFT = 2

INPUTS = (
    Column("Symbol", "word", IDEA, 10, "text", "symbol",
           "What you trade: the asset, or the venue's own name for it. Example: ETH.",
           required=True),
    Column("Side", "word", IDEA, 8, "choice", "side",
           "long: you gain when the price rises; short: when it falls.",
           choices=("long", "short"), required=True),
    Column("Venue", "word", IDEA, 14, "choice", "venue",
           "Where you trade; its terms are on the Markets sheet.",
           list_name="Venue_names", required=True),
    Column("Entry", "price", IDEA, 15, "price", "entry",
           "Price you open at, account currency per unit. Example: 100.", required=True),
    Column("Stop", "price", IDEA, 15, "price", "stop",
           "Price that proves you wrong: below entry for a long. Example: 96.", required=True),
    Column("Days", "days", IDEA, 7, "days", "days",
           "How long you plan to hold. Example: 7.", required=True),
    Column("Leverage", "x", OPTIONAL, 11, "leverage", "leverage",
           "Notional over margin. Blank: the setting. Example: 10."),
    Column("Volatility", "% per day", OPTIONAL, 11, "share", "volatility",
           "One day's standard deviation. Blank: from the daily closes, else the setting. "
           "Type 5%, not 5."),
    Column("Funding", "% per interval", OPTIONAL, 11, "rate", "funding",
           "Longs pay a positive rate. Blank: the market's. Type 0.01%, not 0.01."),
    Column("Lot", "units", OPTIONAL, 9, "quantity", "lot",
           "Size is rounded down to whole lots. Blank: the market's. Example: 0.1."),
    Column("Own size", "units", OPTIONAL, 9, "quantity", "own_size",
           "Size that you want instead of the one that risks your budget. Example: 2."),
    Column("Own margin", "money", OPTIONAL, 9, "money", "own_margin",
           "Margin that you post for your own size, instead of the leverage's. Example: 500."),
    Column("Entry as", "word", OPTIONAL, 8, "choice", "entry_as",
           "maker: the entry waits in the book; taker: it is filled at once. Blank: the setting.",
           choices=("maker", "taker")),
    Column("Status", "word", OPTIONAL, 8, "choice", "status",
           "'open' once you have taken the trade; blank or 'idea' before.",
           choices=("idea", "open")),
    Column("Reason", "word", OPTIONAL, 20, "note", "reason",
           "Why this trade; needed above your policy leverage."),
    Column("Own target", "price", OPTIONAL, 13, "price", "own_target",
           "Price of the second target, instead of the setting's; the first moves with it. "
           "Example: 112."),
)


def _sentence(text: str) -> str:
    """A formula for a sentence: ``{Stop}`` is that cell of the row, ``{=...}`` a formula's value.

    >>> _sentence("Stop ({Stop}) is {=[@Stop]}. ")
    '"Stop (F"&ROW()&") is "&[@Stop]&". "'
    """
    places = {column.header: letter(at) for at, column in enumerate(INPUTS, start=LEFT)}
    parts = []
    for literal, inner in re.findall(r"([^{]*)(?:\{(=?[^{}]*)\})?", text):
        if literal:
            parts.append(f'"{literal}"')
        if inner.startswith("="):
            parts.append(inner[1:])
        elif inner:
            parts += [f'"{places[inner]}"', "ROW()"]
    return "&".join(parts).replace('"&"', "")


def _says(header: str, good: str, cure: str, end: str = ". ") -> str:
    """A sentence where `good` is not so: the cell, what is in it, and the cure."""
    here = f"[@{header}]" if header.isalpha() else f"[@[{header}]]"
    if header == "Symbol":
        here = f"TRIM({here})"  # nothing but spaces is blank
    sentence = _sentence(
        f'{header} ({{{header}}}) is {{=REPT("blank",N({here}=""))}}{{={here}}}: {cure}{end}'
    )
    return f'IF({good},"",{sentence})'


def _if(test: str, text: str) -> str:
    """A sentence where the test holds."""
    return f"REPT({_sentence(text + ' ')},N({test}))"


@dataclass(frozen=True)
class PlanFault:
    """One thing that can be wrong with a row: its sentence, what it means, and an example."""

    header: str
    formula: str
    meaning: str
    example: str


# What a cell of the row may be, in the order of the cells.
INPUT_FAULTS: tuple[PlanFault, ...] = (
    PlanFault("Settings fault", "Settings_fault", "a setting is blank, text or out of its range",
          "Risk per trade (Settings E10) is 2: did you mean 2%?"),
    PlanFault("Symbol fault",
          _says("Symbol", "LEN(TRIM([@Symbol]))>0", "type a coin, such as ETH"),
          "the row has cells, but no symbol",
          "Symbol (B13) is blank: type a coin, such as ETH."),
    PlanFault("Side fault", _says("Side", "[@Sign]<>0", "type long or short"),
          "neither long nor short; buy, sell, l, s, 1 and -1 are understood",
          "Side (C13) is lnog: type long or short."),
    PlanFault("Venue fault", 'IF([@[Venue row]]>0,"",' + _sentence(
        'Venue ({Venue}) is {=REPT("blank",N([@Venue]=""))}{=[@Venue]}: type a venue of Markets'
        "{=[@Nearest]}. ") + ")",
          "the venue is not on Markets",
          "Venue (D13) is Binanse: type a venue of Markets, such as Binance."),
    PlanFault("Entry fault",
          _says("Entry", "[@[Entry no]]>0", "type a price above 0, such as 100"),
          "no number above 0",
          "Entry (E13) is 3000,5: type a price above 0, such as 100. Typed as text: did you mean "
          "the number 3000.5?"),
    PlanFault("Stop fault", _says("Stop", "[@[Stop good]]=1", "{=[@Needs]}"),
          "no number above 0, or on the gaining side of the entry",
          "Stop (F13) is blank: a long at 180 needs a price below it, such as 173."),
    PlanFault("Days fault",
          _says("Days", 'COUNTIFS([@Days],">=0",[@Days],"<="&Most_days)>0',
                "type days, such as 7"),
          "no number of days", "Days (G13) is -3: type days, such as 7."),
    PlanFault("Leverage fault",
          _says("Leverage", "[@[Lev good]]=1", "type 1 or more, such as 10"),
          "a leverage below 1, or text",
          "Leverage (H13) is 10x: type 1 or more, such as 10. Typed as text: did you mean the "
          "number 10?"),
    PlanFault("Volatility fault",
          _says("Volatility", "[@[Vol good]]=1", "{=[@[Vol needs]]}", " "),
          "no share of the price a day: 5 for 5%", "Volatility (I13) is 5: did you mean 5%?"),
    PlanFault("Funding fault",
          _says("Funding", "[@[Funding good]]=1", "type a rate such as 0.01%"),
          "no rate", "Funding (J13) is 5: type a rate such as 0.01%."),
    PlanFault("Lot fault",
          _says("Lot", '([@Lot]="")+COUNTIF([@Lot],">0")>0', "type units above 0, such as 0.1"),
          "no number above 0", "Lot (K13) is -1: type units above 0, such as 0.1."),
    PlanFault("Size fault",
          _says("Own size", "[@[Size good]]=1", "type units above 0, or clear it"),
          "no number above 0", "Own size (L13) is 0: type units above 0, or clear it."),
    PlanFault("Margin fault",
          _says("Own margin", "[@[Margin good]]=1",
                "type Own size too or clear it"),
          "no number above 0, or no size of your own beside it",
          "Own margin (M13) is 500: type Own size too or clear it."),
    PlanFault("Target fault",
          _says("Own target", "[@[Target good]]=1", "{=[@[Target needs]]}"),
          "no number above 0, or on the losing side of the entry",
          "Own target (Q13) is 95: a long at 100 needs a price above it."),
    PlanFault("Entry word",
          _says("Entry as", '[@[Filled as]]<>""', "type maker or taker"),
          "neither maker nor taker", "Entry as (N13) is limit: type maker or taker."),
    PlanFault("Status word", _says("Status", '[@[Status good]]=1', "type idea or open"),
          "neither idea nor open", "Status (O13) is closed: type idea or open."),
)

# What the numbers say against the trade, the most urgent first.
FAULTS: tuple[PlanFault, ...] = (
    PlanFault("Brake",
          _if('Brake_on*(LOWER(TRIM([@Status]))<>"open")', "{=Brake_words}"),
          "a limit of Settings is reached: what is open may stay, nothing new is opened",
          "no new trade today: lost 410 today (2.1 R), limit 400."),
    PlanFault("Terms fault",
          _if("ISNUMBER([@Risk]+[@Carry]+[@Chance]+[@[Max lev]])=FALSE",
              "A term of {=TRIM([@Venue])} on Markets is blank, text or out of range."),
          "a term of the venue or the market cannot be computed with",
          "A term of Binance on Markets is blank, text or out of range."),
    PlanFault("Too small",
          _if("[@Units]=0",
              "Too small for one lot ({=[@[Lot used]]} = {=[@[Lot costs]]}): account or risk too "
              "small."),
          "the budget does not pay for one lot",
          "Too small for one lot (0.01 = 950): account or risk too small."),
    PlanFault("Too little",
          _if("([@Units]>0)*([@Notional]<[@Smallest])",
              "Notional {=ROUND([@Notional],0)} is below the smallest order, {=[@Smallest]}."),
          "the venue takes no order so small", "Notional 9 is below the smallest order, 10."),
    PlanFault("Funding slip",
          _if("ABS([@Rate])>Slip_funding",
              "Funding ({Funding}) is {=[@Rate]*Per_cent}% an interval: did you mean {=[@Rate]}%?"),
          "a funding rate that is surely a slip",
          "Funding (J13) is 1% an interval: did you mean 0.01%?"),
    PlanFault("Fee slip",
          _if("MAX([@Taker],[@Maker])>Slip_fee",
              "A fee of {=TRIM([@Venue])} on Markets is {=[@Taker]*Per_cent}%: did you mean "
              "{=[@Taker]}%?"),
          "a fee that is surely a slip", "A fee of Here on Markets is 6%: did you mean 0.06%?"),
    PlanFault("Stop too far",
          _if("[@Allowed]<1",
              "Bring the stop ({Stop}) closer, or hold less: no leverage keeps liquidation behind "
              "it."),
          "no leverage at all keeps the liquidation behind this stop for so many days",
          "Bring the stop (F13) closer, or hold less: no leverage keeps liquidation behind it."),
    PlanFault("Liquidation too near",
          _if("[@Allowed]>=1)*N([@[Liq to stop]]<Gap_multiple",
              "Lower leverage ({Leverage}) to {=[@Allowed]}x or less: liquidation is too near."),
          "liquidation comes before the stop, or too soon after it",
          "Lower leverage (H13) to 7x or less: liquidation is too near."),
    PlanFault("Over cap",
          _if("([@Allowed]>=1)*(([@Lev]>[@Cap])+([@Alive]=0)>0)",
              "Lower leverage ({Leverage}) to {=[@Allowed]}x or less: {=[@[Cap words]]}."),
          "the venue does not allow this leverage at this size, or would liquidate it at its own "
          "entry", "Lower leverage (H13) to 25x or less: the venue allows no more."),
    PlanFault("No reason",
          _if('([@Lev]>Policy_leverage)*(TRIM([@Reason])="")',
              "Type a reason ({Reason}), or lower leverage ({Leverage}) to {=Policy_leverage}x."),
          "leverage above your policy needs a reason in words",
          "Type a reason (P13), or lower leverage (H13) to 10x."),
    PlanFault("No place",
          _if("N([@Ready])>Last_place", "{=No_place_words}"),
          "this row would be one position too many",
          "More ideas than places: 3 at a time."),
    PlanFault("No budget",
          _if("[@[Risk so far]]>Total_budget",
              "The risk budget is used up by rows above: wait, or risk less."),
          "with this row, those that have a place risk more than you allow",
          "The risk budget is used up by rows above: wait, or risk less."),
    PlanFault("Carry too high",
          _if("[@Carry]>Carry_limit*[@Margin]",
              "Hold it for fewer days ({Days}): carry takes too much of the margin."),
          "carry takes more of the margin than you allow",
          "Hold it for fewer days (G13): carry takes too much of the margin."),
    PlanFault("Reward too low",
          _if("[@Reward]<Min_reward_risk",
              "Pass, or find a better entry ({Entry}): too little reward for the risk."),
          "the second target is too near for this stop",
          "Pass, or find a better entry (E13): too little reward for the risk."),
)


def _fault_columns() -> tuple[Column, ...]:
    return (
        *(Column(fault.header, "word", CHECKS, 12, formula=fault.formula, align="left", always=True)
          for fault in INPUT_FAULTS),
        *(Column(fault.header, "word", CHECKS, 12, formula=fault.formula, align="left",
                 formerly=FORMER.get(fault.header, ()))
          for fault in FAULTS),
    )


# What columns were called in workbooks of template 1.
FORMER = {
    "Stop too far": ("Too far",),
    "Liquidation too near": ("Too close",),
    "Carry too high": ("Dear",),
    "Reward too low": ("Thin",),
}


def _joined(faults: tuple[PlanFault, ...]) -> str:
    return "&".join(
        f"[@{fault.header}]" if fault.header.isalpha() else f"[@[{fault.header}]]"
        for fault in faults
    )


def _stepped(price: str) -> str:
    """A price on the market's steps."""
    return f"IF([@Step]=0,{price},ROUND({price}/[@Step],0)*[@Step])"


_NUMBERS = "[@[Entry]:[Own margin]]"

PLAN = Table(
    name="Plan",
    sheet="Plan",
    top=8,
    left=LEFT,
    rows=10,
    row_key="No",
    gate="Valid",
    columns=(
        *INPUTS,
        Column("Stop first", "word", ANSWER, 13, formula=(
            'CHOOSE(1+([@[Liq to stop]]<Gap_multiple)+([@[Liq to stop]]<1),"yes","tight","NO")'
            '&", "&ROUND([@[Liq to stop]],1)&"x"'
        ), align="center", strong=True),
        Column("What to do", "word", ANSWER, 62, formula=(
            'IF([@Valid]=1,[@Advice],TRIM([@Joined]&[@Meant]))'
        ), align="left", strong=True, always=True, wrap=True),
        Column("Units", "units", ANSWER, 13, formula=(
            'IF([@[Own size]]="",[@[By rule]],[@[Own size]])'
        ), format="quantity", strong=True),
        Column("Margin", "money", ANSWER, 10, formula="[@Notional]/[@Lev]", format="money"),
        Column("Risk", "money", ANSWER, 10, formula=(
            "[@Units]*(ABS([@Entry]-[@Stop])+[@Slippage]*[@Stop]+[@Fee]*([@Entry]+[@Stop]))"
        ), format="cents", strong=True),
        Column("Carry", "money", ANSWER, 10, formula="[@Units]*[@[Unit carry]]", format="cents",
               strong=True),
        Column("Liq price", "price", ANSWER, 14, formula=(
            "IF([@Alive]=1,ISO_LIQUIDATION_PRICE([@Direction],[@Entry],[@Lev],[@Maint],[@Trigger],"
            "1,0,0,[@Relief],[@Model]),[@Entry])"
        ), format="price", strong=True),
        Column("Chance", "% in the days", ANSWER, 11, formula=(
            "ISO_TOUCH_PROBABILITY([@Entry],MAX([@Barrier],[@Entry]*Smallest_unit),[@Vol],[@Days])"
        ), format="percent1"),
        Column("By stop", "units", SIZE, 13, formula=(
            "ISO_POSITION_SIZE(Equity_now,Risk_used,[@Entry],[@Stop],[@Fee],[@Slippage],"
            "[@[Lot used]],[@Lev])"
        ), format="quantity"),
        Column("By vol", "units", SIZE, 13, formula=(
            "FLOOR(Equity_now*Risk_used/([@Entry]*[@Vol]),"
            "MAX([@[Lot used]],Smallest_unit))"
        ), format="quantity"),
        Column("By rule", "units", SIZE, 13, formula=(
            'IF(Size_rule="smaller",MIN([@[By stop]],[@[By vol]]),[@[By stop]])'
        ), format="quantity"),
        Column("Notional", "money", SIZE, 12, formula="[@Units]*[@Entry]", format="money"),
        Column("Distance", "% of entry", LIQUIDATION, 10,
               formula="ABS([@[Liq price]]/[@Entry]-1)", format="percent1"),
        Column("Liq at end", "price", LIQUIDATION, 14, formula=(
            "MAX(0,[@[Liq price]]+[@Sign]*[@Slope]*([@[Unit carry]]+[@Entry]*[@[Fee in]]))"
        ), format="price"),
        Column("Liq to stop", "x the stop", LIQUIDATION, 12, formula=(
            "MIN([@Sign]*([@Entry]-[@[Liq price]]),[@Sign]*([@Entry]-[@[Liq at end]]))"
            "/([@Sign]*([@Entry]-[@Stop]))"
        ), format="times", formerly=("Gap",)),
        Column("Max lev", "x", LIQUIDATION, 10, formula=(
            "1/([@Sign]*(1-([@Stop]/[@Entry]-[@Sign]*[@Buffer])/[@Slope])-[@Relief]/[@Entry]"
            '+[@Maint]*([@Model]="entry"))'
        ), format="times"),
        Column("Fees", "money", COST, 9,
               formula="[@Units]*([@Entry]*[@[Fee in]]+[@Stop]*[@Taker])", format="cents"),
        Column("Break-even", "price", COST, 13, formula=(
            "([@Entry]*(1+[@Sign]*[@[Fee in]])+[@Sign]*[@[Unit carry]])/(1-[@Sign]*[@Taker])"
        ), format="price"),
        Column("Soft stop", "price", EXITS, 13, formula=_stepped("[@[Soft at]]"), format="price"),
        Column("Soft-stop noise", "% in a day", EXITS, 9, formula=(
            "1-NORMSDIST(ABS(LN([@[Soft at]]/[@Entry]))/[@Vol])"
            "+NORMSDIST(-ABS(LN([@[Soft at]]/[@Entry]))/[@Vol])"
        ), format="percent1", formerly=("Noise",)),
        Column("Target 1", "price", EXITS, 13, formula=_stepped("[@[Aim 1]]"), format="price"),
        Column("Target 2", "price", EXITS, 13, formula=_stepped("[@[Aim 2]]"), format="price"),
        Column("Reward", "x risk", EXITS, 9,
               formula="ABS([@[Target 2]]-[@Entry])/ABS([@Entry]-[@Stop])", format="times"),
        *_fault_columns(),
        Column("Go", "1 = yes", CHECKS, 7, formula='N([@Valid]=1)*N([@Troubles]="")',
               format="flag", align="center", always=True),
        # A row is one where anything is typed.
        working("No", "row", 7, (
            '=IF(COUNTA([@[Symbol]:[Own target]])=0,"",ROW()-ROW(Plan[[#Headers],[No]]))'
        ), "whole", always=True),
        working("Valid", "1 = yes", 8, (
            'N(COUNTIF([@[Settings fault]:[Status word]],"")=COLUMNS([@[Settings fault]:'
            '[Status word]]))'
        ), "flag", always=True),
        working("Sign", "+1 long", 8, (
            'ISNUMBER(MATCH(LOWER(TRIM([@Side])),{"long","buy","l","1"},0))'
            '-ISNUMBER(MATCH(LOWER(TRIM([@Side])),{"short","sell","s","-1"},0))'
        ), "whole", always=True),
        working("Direction", "word", 9, 'CHOOSE(1+([@Sign]>0)+([@Sign]<>0),"","short","long")',
                always=True),
        venue_row(),
        working("Like row", "row", 8,
                row_of('LEFT(TRIM([@Venue]),1+1)&"*"', "Venues[Name]"), "whole", always=True),
        working("Nearest", "word", 12, (
            'IF([@[Like row]]=0,"",", such as "&INDEX(Venues[Name],[@[Like row]]))'
        ), always=True),
        working("Entry no", "price", 13, 'SUMIF([@Entry],">0")', "price", always=True),
        working("Stop no", "price", 13, 'SUMIF([@Stop],">0")', "price", always=True),
        working("Stop good", "1 = yes", 8, (
            "N([@[Stop no]]>0)*N(([@Sign]*([@[Entry no]]-[@[Stop no]])>0)"
            "+([@Sign]*[@[Entry no]]=0)>0)"
        ), "flag", always=True),
        working("Stop is", "word", 9, 'IF([@Sign]>0,"below","above")', always=True),
        working("Needs", "word", 20, (
            'IF([@Sign]*[@[Entry no]]=0,"type a price",' + _sentence(
                'a {=[@Direction]} at {=[@[Entry no]]} needs a price '
                '{=[@[Stop is]]} it, such as {=[@[Such as]]}') + ")"
        ), always=True),
        working("Such as", "price", 13, (
            'IF([@[Entry no]]=0,"",ROUND([@[Entry no]]*(1-[@Sign]*Example_stop),'
            "Example_digits-INT(LOG10([@[Entry no]]))))"
        ), "price", always=True),
        working("Lev good", "1 = yes", 8, 'N(([@Leverage]="")+COUNTIF([@Leverage],">=1")>0)',
                "flag", always=True),
        working("Vol good", "1 = yes", 8, (
            'N(([@Volatility]="")+COUNTIFS([@Volatility],">0",[@Volatility],"<=1")>0)'
        ), "flag", always=True),
        working("Vol needs", "word", 12, (
            'IF(COUNTIF([@Volatility],">1")=0,"type a percentage such as 5%.",'
            '"did you mean "&[@Volatility]&"%?")'
        ), always=True),
        working("Funding good", "1 = yes", 8, (
            'N(([@Funding]="")+COUNTIFS([@Funding],">-1",[@Funding],"<1")>0)'
        ), "flag", always=True),
        working("Size good", "1 = yes", 8, 'N(([@[Own size]]="")+COUNTIF([@[Own size]],">0")>0)',
                "flag", always=True),
        working("Margin good", "1 = yes", 8, (
            'N(([@[Own margin]]="")+COUNTIF([@[Own margin]],">0")*COUNTIF([@[Own size]],">0")>0)'
        ), "flag", always=True),
        working("Target good", "1 = yes", 8, (
            'N(([@[Own target]]="")+COUNTIF([@[Own target]],">0")'
            '*N([@Sign]*(N([@[Own target]])-[@[Entry no]])>0)>0)'
        ), "flag", always=True),
        working("Target needs", "word", 12, _sentence(
            'a {=[@Direction]} at {=[@[Entry no]]} needs a price '
            '{=REPT("above",N([@Sign]>0))}{=REPT("below",N([@Sign]<0))} it'
        ), always=True),
        working("Filled as", "word", 9, (
            'IF(TRIM([@[Entry as]])="",Entry_as,'
            'REPT(LOWER(TRIM([@[Entry as]])),N(ISNUMBER(MATCH(LOWER(TRIM([@[Entry as]])),'
            '{"maker","taker"},0)))))'
        ), always=True),
        working("Status good", "1 = yes", 8, (
            'N(ISNUMBER(MATCH("-"&LOWER(TRIM([@Status])),{"-","-idea","-open"},0)))'
        ), "flag", always=True),
        working("Joined", "word", 20, _joined(INPUT_FAULTS[:6])
                + "&[@[More faults]]", always=True),
        working("More faults", "word", 20, _joined(INPUT_FAULTS[6:11]) + "&[@[Last faults]]",
                always=True),
        working("Last faults", "word", 20, _joined(INPUT_FAULTS[11:]), always=True),
        working("Texts", "count", 8, f"SUMPRODUCT(ISTEXT({_NUMBERS})*1)", "whole", always=True),
        working("Typed text", "word", 12, "&".join(
            f"T([@{c.header}])" if c.header.isalpha() else f"T([@[{c.header}]])"
            for c in INPUTS[3:12]
        ), always=True),
        working("Cleaned text", "word", 12, (
            'IF([@Texts]<>1,"",SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(LOWER([@[Typed text]]),"x","")'
            '," ",""),",","."))'
        ), always=True),
        working("Meant", "word", 20, (
            'IF(ISNUMBER(VALUE([@[Cleaned text]])),"Typed as text: did you mean the number "'
            '&[@[Cleaned text]]&"?","")'
        ), always=True),
        typed_key(),
        *asset(),
        *market_rows(),
        market_key(),
        working("Default", "1 = yes", 8, "N([@[Market row]]=0)*[@Real]", "flag"),
        working("Asked lev", "x", 8, 'IF([@Leverage]="",Default_leverage,[@Leverage])', "times"),
        working("Lev", "x", 8, (
            'IF([@[Own margin]]="",[@[Asked lev]],[@[Own size]]*[@Entry]/[@[Own margin]])'
        ), "times"),
        *volatility(),
        working("Vol from", "word", 9, (
            'CHOOSE(1+([@Volatility]="")+([@Volatility]="")*([@[Closes row]]=0),"typed","closes",'
            '"setting")'
        )),
        working("Vol as of", "UTC", 12, (
            'IF([@[Vol from]]="closes",INDEX(Closes_last,[@[Closes row]]),"")'
        ), "date"),
        working("Taker", "% each way", 10, term("Taker used", "Taker fee"), "rate"),
        working("Maker", "% each way", 10, term("Maker used"), "rate"),
        working("Fee in", "% of notional", 10, 'IF([@[Filled as]]="maker",[@Maker],[@Taker])',
                "rate"),
        # What both ways cost on average, so that one rate says it.
        working("Fee", "% each way", 10,
                "([@Entry]*[@[Fee in]]+[@Stop]*[@Taker])/([@Entry]+[@Stop])", "rate"),
        working("Slippage", "% of stop", 10, "INDEX(Venues[Spread],[@[Venue row]])", "rate"),
        working("Market rate", "% per interval", 12, term("Rate used", "Funding rate"), "rate"),
        working("Rate", "% per interval", 12,
                'IF([@Funding]="",[@[Market rate]],[@Funding])', "rate"),
        working("Hours", "hours", 9, term("Hours used", "Funding hours"), "days"),
        working("Borrow", "% per year", 10, "INDEX(Venues[Borrow rate],[@[Venue row]])", "rate"),
        working("Model", "word", 9, "INDEX(Venues[Model],[@[Venue row]])"),
        working("Trigger", "% of notional", 10, (
            term("Trigger used", "Trigger fee", number=True)
        ), "rate"),
        working("Penalty", "% of notional", 10, term("Penalty used", "Liquidation penalty"),
                "rate"),
        working("Market lot", "units", 10, of_market("Lot"), "quantity"),
        working("Lot used", "units", 10, 'IF([@Lot]="",[@[Market lot]],[@Lot])', "quantity"),
        working("Lot costs", "money", 10, "ROUND([@[Lot used]]*[@Entry],1+1)", "cents"),
        working("Smallest", "money", 10, of_market("Smallest notional"), "money"),
        working("Tick", "price", 10, of_market("Tick"), "price"),
        working("Figures", "digits", 8, of_market("Figures"), "whole"),
        working("Least tick", "price", 10, (
            "IF([@Figures]=0,0,Decimal_base^-INDEX(Markets[Decimals],[@[Market row]]))"
        ), "price"),
        working("Step", "price", 10, (
            "IF([@Figures]=0,[@Tick],"
            "MAX(Decimal_base^(INT(LOG10([@Entry]))+1-[@Figures]),[@[Least tick]]))"
        ), "price"),
        # The tier at the liquidation: see the columns Long from and Short from of Tiers.
        working("Tested", "money", 12,
                'IF([@Model]="entry",[@Notional],[@Notional]*(1-[@Sign]/[@Lev]))', "cents"),
        *tier_rows("[@Tested]"),
        working("Entry tier", "row", 8, (
            'IF([@[Tier no]]=0,0,MATCH([@[Market key]]&" "&COUNTIFS(Tiers[Key],[@[Market key]],'
            'Tiers[Floor],"<="&[@Notional]),Tiers[Id],0))'
        ), "whole"),
        working("Tier cap", "x", 8,
                "IF([@[Entry tier]]=0,0,N(INDEX(Tiers[Max leverage],[@[Entry tier]])))", "times"),
        working("Market cap", "x", 8, term("Max leverage"), "times"),
        working("Cap", "x", 8, "IF([@[Tier cap]]=0,[@[Market cap]],[@[Tier cap]])", "times"),
        working("Cap words", "word", 20, (
            'IF([@Alive]=0,"it would be liquidated at its own entry",'
            '"the venue allows no more"&REPT(" at this size",N([@Cap]<[@[Market cap]])))'
        )),
        *tier_terms(),
        working("Relief", "price", 10, "IF([@Units]=0,0,[@Deduction]/[@Units])", "price"),
        working("Alive", "1 = yes", 8,
                "N([@Entry]/[@Lev]+[@Relief]>[@Entry]*([@Maint]+[@Trigger]))", "flag"),
        working("Slope", "price per cost", 10,
                '1/(1-[@Sign]*([@Trigger]+[@Maint]*([@Model]<>"entry")))', "ratio"),
        # The liquidation price again, in Excel's own arithmetic: no call waits for a call here.
        working("Barrier", "price", 14, (
            'IF([@Alive]=1,MAX(0,([@Entry]-[@Sign]*([@Entry]/[@Lev]+[@Relief]-([@Model]="entry")'
            "*[@Maint]*[@Entry]))*[@Slope]),[@Entry])"
        ), "price"),
        working("Unit carry", "price", 13, (
            "ISO_CARRY_COST([@Direction],[@Entry],[@Days],[@Rate],[@Hours],[@Borrow],"
            "[@Entry]*(1-1/MAX(1,[@Lev])))"
        ), "price"),
        working("Buffer", "% of entry", 10, (
            "((Gap_multiple-1)*ABS([@Entry]-[@Stop])+MAX(0,[@[Unit carry]]+[@Entry]*[@[Fee in]]))"
            "/[@Entry]"
        ), "rate"),
        working("Allowed", "x", 9, "ROUNDDOWN(MIN([@[Max lev]],[@Cap]),0)", "whole"),
        working("Per move", "x", 10, 'IF(Exit_basis="price",1,[@Lev])', "times"),
        working("Soft at", "price", 13, "[@Entry]-[@Sign]*Soft_at*ABS([@Entry]-[@Stop])", "price"),
        # A target of one's own is the second; the first keeps its part of the way.
        working("Stretch", "x trigger", 9, (
            'IF([@[Own target]]="",1,ABS([@[Own target]]/[@Entry]-1)*[@[Per move]]/Trigger_2)'
        ), "ratio"),
        working("Aim 1", "price", 13,
                "MAX(0,[@Entry]*(1+[@Sign]*Trigger_1*[@Stretch]/[@[Per move]]))", "price"),
        working("Aim 2", "price", 13,
                "MAX(0,[@Entry]*(1+[@Sign]*Trigger_2*[@Stretch]/[@[Per move]]))", "price"),
        working("Day carry", "money per day", 11, "IF([@Days]=0,0,[@Carry]/[@Days])", "cents"),
        working("Terms as of", "UTC", 12, term("As of"), "date"),
        working("Terms age", "days", 9, (
            'IF(COUNTIF([@[Terms as of]],">0")=0,"no date",INT(As_of-[@[Terms as of]]))'
        ), "whole"),
        working("Terms stale", "1 = yes", 8,
                'N(COUNTIF([@[Terms age]],"<="&Stale_days)=0)', "flag"),
        working("Real", "1 = yes", 8,
                'N(INDEX(Venues[Confidence],[@[Venue row]])<>"illustrative")', "flag"),
        working("Funding of", "UTC", 12, of_market("Funding as of"), "moment"),
        working("Funding stale", "1 = yes", 8, (
            'N([@Funding]="")*[@Real]*N([@[Funding of]]<As_of-Funding_days)'
        ), "flag"),
        working("Mark of", "UTC", 12, of_market("Mark as of"), "moment"),
        working("Mark stale", "1 = yes", 8, (
            'N(LOWER(TRIM([@Status]))="open")*[@Real]*N([@[Mark of]]<As_of-Mark_days)'
        ), "flag"),
        working("Closes stale", "1 = yes", 8,
                'N([@[Vol from]]="closes")*N([@[Vol as of]]<As_of-Candle_days)', "flag"),
        working("Ready", "row", 8, (
            'IF(ISNUMBER([@Risk]+[@Chance]+[@[Max lev]])*N([@Units]>0)=1,[@No],"")'
        ), "whole"),
        # Rows without a place need no sum: a sum in each of 10,000 rows would take a minute.
        working("Risk so far", "money", 10, (
            'IF([@[No place]]<>"",0,SUMIFS(Plan[Risk],Plan[Ready],"<="&[@No]))'
        ), "cents"),
        working("Troubles", "word", 20, _joined(FAULTS[:6]) + "&[@[More troubles]]"),
        working("More troubles", "word", 20, _joined(FAULTS[6:])),
        working("Going", "word", 20, (
            'IF(LOWER(TRIM([@Status]))="open","hold: is the stop set? review it",'
            '"go: set the stop at once")'
        )),
        working("Notes", "word", 20, _if(
            "[@Default]=1",
            " These are {=TRIM([@Venue])}'s default terms, not {=TRIM([@Symbol])}'s own."
        )),
        working("Advice", "word", 36, 'TRIM(IF([@Troubles]="",[@Going]&REPT(".",N([@Notes]<>"")),'
                "[@Troubles])&[@Notes])"),
    ),
)
