"""Now: one row an open trade, at the price of today: how it stands, and the one thing to do next.

A row belongs to the trade whose number is typed in it, so a price stays with its trade whatever is
opened, closed or sorted. The plan's terms come from the Journal, the venue's from Markets. The
columns of `STEPS` are tested in the order of urgency; the first that holds is what the row says.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbook.template.spec import Column, Table
from workbook.template.tables.workings import (
    asset,
    market_key,
    market_rows,
    row_of,
    term,
    tier_rows,
    tier_terms,
    typed_key,
    venue_row,
    volatility,
    working,
)

POSITION = "THE TRADE"
TODAY = "TODAY: YOU TYPE, OR ISOMARGIN REVIEW"
OPTIONAL = "OPTIONAL: AS THE VENUE SHOWS IT"
ANSWER = "HOW IT STANDS"
LIQUIDATION = "LIQUIDATION"
EXITS = "EXITS"
CARRY = "CARRY"
WHY = "WHY: THE FIRST 1 IS WHAT TO DO"


@dataclass(frozen=True)
class Step:
    """One thing that may have to be done: its test, the words for it, and what it means."""

    header: str
    test: str
    words: str
    meaning: str


STEPS: tuple[Step, ...] = (
    Step(
        "Gone", "N([@Margin]+[@Sign]*[@Open]*([@Mark]-[@Entry])<=[@Open]*([@Maint]*"
        'IF([@Model]="entry",[@Entry],[@Mark])+[@Trigger]*[@Mark])-[@Deduction])',
        "liquidated? look at the venue, then log the exit",
        "at this price the margin is below what the venue asks for",
    ),
    Step(
        "Stop passed", "N([@Stop]>0)*N([@Sign]*([@Worst]-[@Stop])<=0)",
        "close it: stop {stop} passed, or log that it was hit",
        "the price, or its low or high since the entry, is beyond the stop",
    ),
    Step(
        "Trail passed", "[@Runner]*N([@Sign]*([@Mark]-N([@Trailing]))<=0)",
        "close the rest: trailing stop {trail} passed",
        "both targets are banked and the price came back by the trail",
    ),
    Step(
        "No stop", "N([@Stop]=0)",
        "set a stop: none is known", "neither the Journal nor this row has a stop",
    ),
    Step(
        "Near", "N([@Gap]<Gap_multiple)",
        "add {add} or reduce by {reduce}: liquidation {gap}x the stop",
        "liquidation is nearer to the stop than your settings allow",
    ),
    Step(
        "Soft stop passed",
        "[@Uncut]*N([@[First stop]]>0)*N([@Sign]*([@Worst]-N([@[Soft stop]]))<=0)",
        "reduce by {cut}%: soft stop {soft} passed",
        "the planned share of the loss is lost and nothing was closed yet",
    ),
    Step(
        "Reached", "N([@Target]>0)*N([@Sign]*([@Best]-[@Target])>=0)",
        "take {slice}% at {target}: reached", "the next target has been touched",
    ),
    Step(
        "Move stop", "[@Runner]*N([@Sign]*(N([@Trailing])-[@Stop])>Tolerance*[@Mark])",
        "move the stop to {trail}",
        "both targets are banked: what is left runs with the trailing stop",
    ),
    Step(
        "Days over", "N([@[Planned days]]>0)*N([@[Days held]]>[@[Planned days]])",
        "close: planned days are over, carry so far {carry}",
        "it is held longer than planned",
    ),
    Step(
        "Carry too high", "N([@Carry]>Carry_limit*[@Margin])",
        "close or reduce: carry {carry} eats the margin",
        "carry has taken more of the margin than you allow",
    ),
    Step("Hold", "1", "hold", "nothing speaks against it"),
)

# What a row says while it cannot be judged: by what is missing, most basic first.
ASKS = (
    "no such trade in the Journal: type its number",
    "closed: clear this row",
    "twice on this sheet: clear one of the rows",
    "entry, side or units? complete the Journal",
    "price?",
    "price? type when it was read",
    "price? it is {age} h old",
    "price? it is newer than As of: set that on Settings",
    "price? {odd} is not above 0",
    "leverage or margin?",
    "{odd}? type a number, or clear the cell",
    "volatility? type it like 5%, or clear the cell",
    "venue? Markets does not have it",
)


def _journal(header: str) -> str:
    return f"INDEX(Journal[{header}],[@Row])"


def _from_journal(header: str, unit: str, column: str, fmt: str) -> Column:
    return working(header, unit, 11, f"N({_journal(column)})", fmt)


def _odd(*headers: str, right: str = 'COUNTIF({},">0")') -> str:
    """Those among the cells that are not blank and do not hold what is right."""
    wrong = []
    for header in headers:
        cell = f"[@{header}]" if header.isalpha() else f"[@[{header}]]"
        wrong.append(f'REPT("{header} ",COUNTA({cell})-{right.format(cell)})')
    return "TRIM(" + "&".join(wrong) + ")"


# Where a mark comes from: typed here, or read into Markets.
_MARK_SOURCE = '1+([@Price]="")*(1+([@[Market row]]=0))'

NOW = Table(
    name="Now",
    sheet="Now",
    top=10,
    left=2,
    rows=20,
    row_key="Trade",
    gate="Live",
    columns=(
        Column("Trade", "number", POSITION, 9, "number", "trade",
               "The trade's number in the Journal. Example: 15.", required=True),
        Column("Symbol", "word", POSITION, 12, formula='IF([@Row]=0,"",' + _journal("Symbol") + ")",
               align="left", strong=True, always=True),
        Column("Side", "word", POSITION, 9, formula='IF([@Row]=0,"",' + _journal("Side") + ")",
               align="left", always=True),
        Column("Price", "price", TODAY, 12, "price", "price",
               "Mark price now. Blank: the one on Markets. Example: 101.5."),
        Column("Price at", "UTC", TODAY, 17, "moment", "price_at",
               "When it was read. Blank: the moment above the table. "
               "Example: 2026-11-21 18:00."),
        Column("High", "price", TODAY, 12, "price", "high",
               "Highest price since the entry. Example: 106."),
        Column("Low", "price", TODAY, 12, "price", "low",
               "Lowest price since the entry. Example: 98.5."),
        Column("What to do", "word", ANSWER, 52,
               formula="CHOOSE(1+[@Live],[@Ask],[@Instruction])", align="left", strong=True,
               always=True),
        Column("Result", "money", ANSWER, 11, formula=(
            f"{_journal('Realised P&L')}+[@Sign]*[@Open]*([@Mark]-[@Entry])-[@[Fees due]]"
            "-([@Carry]-[@[Carry booked]])"
        ), format="signed", strong=True),
        Column("R now", "x risk", ANSWER, 9,
               formula='IF([@Risk]=0,"no risk",[@Result]/[@Risk])', format="r", strong=True),
        Column("Mark", "price", ANSWER, 12, formula=(
            f'CHOOSE({_MARK_SOURCE},[@Price],INDEX(Markets[Mark],[@[Market row]]),"")'
        ), format="price", always=True),
        Column("Age", "hours", ANSWER, 8, formula=(
            'IF(N([@[Mark at]])=0,"",ROUND((As_of-[@[Mark at]])*Hours_per_day,Time_digits))'
        ), format="times", always=True),
        Column("Liq now", "price", LIQUIDATION, 12,
               formula='IF([@Gone]=1,"passed",[@[Liq counted]])', format="price", strong=True),
        Column("Distance", "% of price", LIQUIDATION, 10,
               formula="[@Sign]*([@Mark]-[@[Liq counted]])/[@Mark]", format="percent1"),
        Column("Sigmas", "in the days left", LIQUIDATION, 10, formula=(
            'IF([@[Liq counted]]<=0,"never",ABS(LN([@Mark]/[@[Liq counted]]))'
            "/([@Vol]*SQRT([@[Days left]])))"
        ), format="ratio"),
        Column("Chance", "% in the days left", LIQUIDATION, 11, formula=(
            "ISO_TOUCH_PROBABILITY([@Mark],[@[Liq counted]],[@Vol],[@[Days left]])"
        ), format="percent1"),
        Column("Margin to add", "money", LIQUIDATION, 12, formula=(
            "MAX(0,[@Needed]-[@Margin])"
        ), format="cents"),
        Column("Stop chance", "% in the days left", EXITS, 11, formula=(
            'IF([@Stop]=0,"no stop",ISO_TOUCH_PROBABILITY([@Mark],[@Stop],[@Vol],[@[Days left]]))'
        ), format="percent1"),
        Column("Soft stop", "price", EXITS, 12, formula=(
            'IF([@[First stop]]=0,"no stop",'
            "[@Entry]-[@Sign]*Soft_at*ABS([@Entry]-[@[First stop]]))"
        ), format="price"),
        Column("Target", "price", EXITS, 12, formula=(
            f"CHOOSE([@[Target no]],N({_journal('Target 1')}),N({_journal('Target 2')}),0)"
        ), format="price"),
        Column("To target", "% of price", EXITS, 10, formula=(
            'IF([@Target]=0,"",[@Sign]*([@Target]-[@Mark])/[@Mark])'
        ), format="percent1"),
        Column("Trailing", "price", EXITS, 12, formula=(
            'IF(Trail=0,"none",ISO_TRAILING_STOP([@Side],[@Entry],[@Best],Trail))'
        ), format="price"),
        Column("Carry", "money", CARRY, 10, formula=(
            'CHOOSE(1+([@[Carry so far]]="")*(1+([@[Carry booked]]=0)),[@[Carry so far]],'
            "[@[Carry booked]],[@[Carry by plan]])"
        ), format="cents"),
        Column("Planned", "money", CARRY, 10,
               formula=f"N({_journal('Plan carry')})", format="cents"),
        Column("Days left", "days", CARRY, 10,
               formula="MAX(1,[@[Planned days]]-[@[Days held]])", format="times"),
        Column("Stop now", "price", OPTIONAL, 12, "price", "stop_now",
               "Where the stop stands now. Blank: the first one. Example: 100."),
        Column("Margin now", "money", OPTIONAL, 12, "money", "margin_now",
               "Margin of the position, without its open result. Blank: as opened. Example: 500."),
        Column("Margin added", "money", OPTIONAL, 12, "cash", "margin_added",
               "What you put in since, where Margin now is blank. Example: 120."),
        Column("Carry so far", "money", OPTIONAL, 12, "cash", "carry_so_far",
               "Funding and interest since the entry; paid is +. Blank: as planned. "
               "Example: 9.80."),
        Column("Volatility", "% per day", OPTIONAL, 12, "share", "volatility",
               "One day's standard deviation. Blank: from the daily closes, else the setting. "
               "Type 5%, not 5."),
        *(
            Column(step.header, "1 = yes", WHY, 9, formula=step.test, format="flag",
                   align="center")
            for step in STEPS
        ),
        working("Row", "row", 8, row_of("[@Trade]", "Journal[Trade]"), "whole", always=True),
        working("State", "word", 10, f'IF([@Row]=0,"",{_journal("State")})', always=True),
        working("Venue", "word", 14, f'IF([@Row]=0,"",TRIM({_journal("Venue")}))', always=True),
        venue_row(),
        typed_key(always=True),
        *asset(always=True),
        *market_rows(always=True),
        working("Typed at", "UTC", 17,
                'IF([@[Price at]]="",N(Prices_at),[@[Price at]])', "moment",
               align="left", always=True),
        working("Mark at", "UTC", 17, (
            f"CHOOSE({_MARK_SOURCE},[@[Typed at]],INDEX(Markets[Mark as of],[@[Market row]]),0)"
        ), "moment", align="left", always=True),
        # What it needs, most basic first: the first that is 0 is what it asks for.
        working("Listed", "1 = yes", 8, "N([@Row]>0)", "flag", always=True),
        working("Is open", "1 = yes", 8, 'N([@State]="open")', "flag", always=True),
        working("Single", "1 = yes", 8, "N(COUNTIF(Now[Trade],[@Trade])=1)", "flag", always=True),
        working("Complete", "1 = yes", 8, (
            f"IF([@Row]=0,0,N(N({_journal('Entry (avg)')})>0)*N(N({_journal('Open quantity')})>0)"
            f"*N({_journal('Sign')}<>0))"
        ), "flag", always=True),
        working("Priced", "1 = yes", 8,
                "ISNUMBER([@Mark])*N(N([@Mark])>0)", "flag", always=True),
        working("Dated", "1 = yes", 8, "N(ISNUMBER([@Age]))", "flag", always=True),
        working("Fresh", "1 = yes", 8,
                "N(N([@Age])<=Mark_days*Hours_per_day)", "flag", always=True),
        working("Not ahead", "1 = yes", 8,
                "N(N([@Age])>=-Mark_days*Hours_per_day)", "flag", always=True),
        working("Range good", "1 = yes", 8, 'N([@[Odd range]]="")', "flag", always=True),
        working("Posted", "1 = known", 8, (
            'IF([@Row]=0,0,N(N([@[Margin now]])+N(INDEX(Journal[Leverage],[@Row]))>0))'
        ), "flag", always=True),
        working("Typed good", "1 = yes", 8, 'N([@[Odd typed]]="")', "flag", always=True),
        working("Vol good", "1 = yes", 8, (
            'N(([@Volatility]="")+COUNTIFS([@Volatility],">0",[@Volatility],"<=1")>0)'
        ), "flag", always=True),
        working("Venued", "1 = yes", 8, "N([@[Venue row]]>0)", "flag", always=True),
        working("Odd range", "word", 12, _odd("High", "Low"), always=True),
        working("Odd stop", "word", 12, _odd("Stop now"), always=True),
        working("Odd margin", "word", 12, _odd("Margin now"), always=True),
        working("Odd added", "word", 12, _odd("Margin added", right="COUNT({})"), always=True),
        working("Odd carry", "word", 12, _odd("Carry so far", right="COUNT({})"), always=True),
        working("Missing", "of what it needs", 9, (
            "IF(COUNTIF([@[Listed]:[Venued]],0)=0,ROWS(Now_asks)+1,"
            "MATCH(0,[@[Listed]:[Venued]],0))"
        ), "whole", always=True),
        working("Live", "1 = judged", 8, "N([@Missing]>ROWS(Now_asks))", "flag", always=True),
        working("Odd typed", "word", 12, (
            'TRIM([@[Odd stop]]&" "&[@[Odd margin]]&" "&[@[Odd added]]&" "&[@[Odd carry]])'
        ), always=True),
        working("Odd", "word", 12, 'IF([@[Odd range]]="",[@[Odd typed]],[@[Odd range]])',
                always=True),
        working("Ask", "word", 30, (
            'IF([@Live],"",SUBSTITUTE(SUBSTITUTE(INDEX(Now_asks,[@Missing]),"{age}",'
            'ROUND(N([@Age]),0)),"{odd}",[@Odd]))'
        ), always=True),
        working("Urgency", "1 = most", 9, (
            "IF([@Live],MATCH(1,[@[Gone]:[Hold]],0),0)"
        ), "whole", always=True),
        _from_journal("Sign", "+1 long", "Sign", "whole"),
        _from_journal("Entry", "price", "Entry (avg)", "price"),
        _from_journal("Size", "units", "Position size", "quantity"),
        _from_journal("Open", "units", "Open quantity", "quantity"),
        # Where the Journal has no stop, the one that stands now is all there is to measure by.
        working("First stop", "price", 11, (
            f"IF(N({_journal('Stop')})>0,N({_journal('Stop')}),N([@[Stop now]]))"
        ), "price"),
        working("Stop", "price", 11,
                'IF([@[Stop now]]="",[@[First stop]],N([@[Stop now]]))', "price"),
        _from_journal("Risk", "money", "Risk", "cents"),
        _from_journal("Planned days", "days", "Days", "days"),
        working("Days held", "days", 9,
                f"ROUND(As_of-N({_journal('Opened')}),Time_digits)", "days"),
        *volatility(),
        working("Carry booked", "money", 10, f"N({_journal('Carry paid')})", "cents"),
        working("Carry by plan", "money", 10, (
            "IF([@[Planned days]]=0,0,[@Planned]*[@[Days held]]/[@[Planned days]])"
        ), "cents"),
        working("Trigger", "% of notional", 11, (
            term("Trigger used", "Trigger fee", number=True)
        ), "rate"),
        working("Fee", "% each way", 11, term("Taker used", "Taker fee", number=True),
                "rate"),
        working("Model", "word", 10, 'INDEX(Venues[Model],[@[Venue row]])&""'),
        working("After", "word", 10, 'INDEX(Venues[Margin after],[@[Venue row]])&""'),
        working("Fees due", "money", 10, (
            f'[@Open]*[@Fee]*[@Mark]+IF({_journal("Fees")}="",[@Size]*[@Fee]*[@Entry],'
            f"N({_journal('Fees')})*[@Open]/[@Size])"
        ), "cents"),
        # Where no source says what a partial close does to the margin, it is taken to shrink.
        working("Kept", "units of margin", 10, (
            'IF(([@After]="stays")+([@After]="with_profit")>0,[@Size],[@Open])'
        ), "quantity"),
        working("Profit kept", "money", 10, (
            f'([@After]="with_profit")*MAX(0,{_journal("Realised P&L")})'
        ), "cents"),
        working("Margin", "money", 11, (
            'IF([@[Margin now]]="",[@Entry]*[@Kept]/' + _journal("Leverage")
            + "+[@[Profit kept]]+N([@[Margin added]])-[@Carry],[@[Margin now]])"
        ), "cents"),
        working("Reach", "money", 11, (
            '[@Open]*[@Entry]-([@Model]<>"entry")*[@Sign]*[@Margin]'
        ), "cents"),
        market_key(),
        *tier_rows("[@Reach]"),
        *tier_terms(number=True),
        working("Extra", "money", 11, "[@Margin]-[@Open]*[@Entry]", "cents"),
        # One that is liquidated already counts as certain in what follows.
        working("Liq counted", "price", 12, (
            "IF([@Gone]=1,[@Mark],ISO_LIQUIDATION_PRICE([@Side],[@Entry],1,[@Maint],[@Trigger],"
            "[@Open],[@Extra],0,[@Deduction],[@Model],[@Mark]))"
        ), "price"),
        # Of judged rows only, for the chances of all of them together.
        working("Side counted", "word", 9, "[@Side]"),
        working("Mark counted", "price", 12, "[@Mark]", "price"),
        working("Best", "price", 11, (
            "IF([@Sign]>0,MAX([@Mark],[@Entry],[@High]),"
            "MIN([@Mark],[@Entry],[@Low]))"
        ), "price"),
        working("Worst", "price", 11, (
            "IF([@Sign]>0,MIN([@Mark],[@Low]),MAX([@Mark],[@High]))"
        ), "price"),
        working("Won", "units", 10, (
            'SUMIFS(Exits[Quantity],Exits[Trade],[@Trade],Exits[Result],">0")'
        ), "quantity"),
        working("Uncut", "1 = yes", 8, (
            'N(COUNTIFS(Exits[Trade],[@Trade],Exits[Result],"<=0")=0)'
        ), "flag"),
        working("Target no", "count", 8, (
            "1+N([@Won]>=[@Size]*Fraction_1*(1-Tolerance))"
            "+N([@Won]>=[@Size]*(Fraction_1+Fraction_2)*(1-Tolerance))"
        ), "whole"),
        working("Runner", "1 = yes", 8, (
            "N([@[Target no]]>1+1)*ISNUMBER([@Trailing])"
        ), "flag"),
        working("Gap", "x the stop", 9, (
            'IF([@[First stop]]*ABS([@Entry]-[@[First stop]])=0,"",'
            "[@Sign]*([@Entry]-[@[Liq counted]])/ABS([@Entry]-[@[First stop]]))"
        ), "times"),
        working("Wanted", "price", 11, (
            "MAX(Smallest_unit,[@Entry]-[@Sign]*Gap_multiple*ABS([@Entry]-[@[First stop]]))"
        ), "price"),
        # What a unit needs in margin for a liquidation at the wanted price, before deductions.
        working("Unit need", "money", 11, (
            '[@Maint]*IF([@Model]="entry",[@Entry],[@Wanted])+[@Trigger]*[@Wanted]'
            "-[@Sign]*([@Wanted]-[@Entry])"
        ), "cents"),
        working("Needed", "money", 11, (
            "IF([@[First stop]]=0,0,[@Open]*[@[Unit need]]-[@Deduction])"
        ), "cents"),
        working("Reduce by", "units", 11, (
            'IF([@After]="pro_rata",[@Open],'
            "MAX(0,[@Open]-([@Margin]+[@Deduction])/[@[Unit need]]))"
        ), "quantity"),
        working("Stop risk", "money, short -", 11, (
            "[@Sign]*IF([@Stop]=0,[@Margin],"
            "MAX(0,[@Open]*([@Sign]*([@Entry]-[@Stop])+[@Fee]*([@Entry]+[@Stop]))))"
        ), "signed"),
        working("Digits", "digits", 8, "MAX(0,Price_digits-INT(LOG10([@Mark])))", "whole"),
        working("Step", "word", 40, "INDEX(Now_steps,[@Urgency])"),
        *(
            working(f"Step {number}", "word", 40, (
                f'SUBSTITUTE(SUBSTITUTE([@[{before}]],"{{{one}}}",{first}),"{{{two}}}",{second})'
            ))
            for number, before, one, first, two, second in (
                (1, "Step", "stop", "ROUND([@Stop],[@Digits])", "soft",
                 "ROUND(N([@[Soft stop]]),[@Digits])"),
                (2, "Step 1", "target", "ROUND([@Target],[@Digits])", "trail",
                 "ROUND(N([@Trailing]),[@Digits])"),
                (3, "Step 2", "add", "ROUNDUP([@[Margin to add]],0)", "carry",
                 "ROUND([@Carry],0)"),
                (4, "Step 3", "reduce", "[@[Reduce words]]", "gap", "ROUND(N([@Gap]),1)"),
            )
        ),
        working("Reduce words", "word", 12, (
            'ROUNDUP([@[Reduce by]]/[@Open]*Per_cent,0)&"%"'
        )),
        working("Slice", "% of position", 9, (
            "CHOOSE([@[Target no]],Fraction_1,Fraction_2,0)*Per_cent"
        ), "whole"),
        working("Instruction", "word", 40, (
            'SUBSTITUTE(SUBSTITUTE([@[Step 4]],"{cut}",ROUND(Soft_close*Per_cent,0)),"{slice}",'
            "ROUND([@Slice],0))"
        )),
    ),
)
