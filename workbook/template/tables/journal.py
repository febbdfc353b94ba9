"""Journal: what was expected, frozen when the trade was taken, beside what happened.

`JOURNAL` has one row a trade, `EXITS` one row a way out: a trade that is left in parts has several.
A trade is known by its number, so both may be sorted as one likes.
"""

from __future__ import annotations

from workbook.template.spec import Column, Table
from workbook.template.tables.workings import row_of, working

TRADE = "THE TRADE"
EXPECTED = "EXPECTED: FROZEN WHEN TAKEN"
ACTUAL = "ACTUAL"
RESULT = "RESULT"
WHY = "WHY"
WATCHED = "WHILE IT WAS OPEN"
MORE = "EXPECTED TOO: FROZEN WHEN TAKEN"
SEAL = "SEAL: WRITTEN WHEN TAKEN"
IMPORT = "WRITTEN BY ISOMARGIN JOURNAL IMPORT"

# What must not change once a trade is taken; the seal and the fingerprint are made of it.
FROZEN = (
    "Opened", "Symbol", "Side", "Entry", "Stop", "Units", "Leverage", "Liq price", "Plan carry",
    "Risk", "Target 1", "Target 2", "Chance", "Win chance", "Days", "Venue", "Reason", "Made by",
)

# Which column of the Plan each of them is taken from.
PLANNED = {
    "Symbol": "Symbol", "Side": "Direction", "Entry": "Entry", "Stop": "Stop", "Units": "Units",
    "Leverage": "Lev", "Liq price": "Liq price", "Plan carry": "Carry", "Risk": "Risk",
    "Target 1": "Target 1", "Target 2": "Target 2", "Chance": "Chance", "Days": "Days",
    "Venue": "Venue", "Reason": "Reason",
}

# The seal: a number and a text out of the frozen cells, so that a plain formula sees a change.
# Opened and Win chance are not in it: somebody who takes a trade by hand types them afterwards.
# Powers of pi keep two columns from being exchanged unseen; no text is made of a number, as that
# would read differently where the decimal sign is a comma.
PRICE_MARK = (
    "IF(N([@Entry])>0,(((N([@Stop])*PI()+N([@[Liq price]]))*PI()+N([@[Target 1]]))*PI()"
    "+N([@[Target 2]]))/[@Entry]+LN([@Entry]),0)"
)
SIZE_MARK = (
    "IF(N([@Risk])*N([@Units])>0,((LN([@Units])*PI()+N([@Leverage]))*PI()+LN([@Risk]))*PI()"
    "+N([@[Plan carry]])/[@Risk],0)"
)
SUM_NOW = "[@[Price mark]]+PI()*[@[Size mark]]+N([@Chance])*PI()+N([@Days])"
WORDS_NOW = '[@Symbol]&"|"&[@Side]&"|"&[@Venue]&"|"&[@Reason]&"|"&[@[Made by]]'

JOURNAL = Table(
    name="Journal",
    sheet="Journal",
    top=49,
    left=2,
    rows=20,
    row_key="Symbol",
    columns=(
        Column("Trade", "number", TRADE, 9, "number", "trade",
               "Its number: the next one, never used again. Example: 15."),
        Column("Opened", "UTC", TRADE, 18, "moment", "opened",
               "When the position was opened, UTC. Example: 2026-11-20 09:30.", required=True),
        Column("Symbol", "word", TRADE, 11, "text", "symbol",
               "What was traded. Example: ETH.", required=True),
        Column("Side", "word", TRADE, 9, "choice", "side", "long or short.",
               choices=("long", "short"), required=True),
        Column("Entry", "price", EXPECTED, 12, "price", "entry",
               "Price that the plan opens at. Example: 100.", required=True),
        Column("Stop", "price", EXPECTED, 12, "price", "stop",
               "The first stop; never change it later. Example: 96.", required=True),
        Column("Units", "units", EXPECTED, 11, "quantity", "units",
               "Planned size, always above 0. Example: 48.", required=True),
        Column("Leverage", "x", EXPECTED, 11, "leverage", "leverage",
               "Notional over margin when opened. Example: 10."),
        Column("Liq price", "price", EXPECTED, 12, "price", "liq_price",
               "Liquidation price that the plan showed. Example: 90.45."),
        Column("Plan carry", "money", EXPECTED, 12, "cash", "plan_carry",
               "Carry that the plan expected; paid is +. Example: 10.50."),
        Column("Risk", "money", EXPECTED, 10, "money", "risk",
               "What the stop would lose: the trade's R. Example: 200.", required=True),
        Column("Filled", "price", ACTUAL, 12, "price", "filled",
               "Average price you got in at; blank: as planned. Example: 100.04."),
        Column("Size", "units", ACTUAL, 11, "quantity", "size",
               "Units you really had; blank: as planned. Example: 48."),
        Column("Closed", "UTC", ACTUAL, 18, "moment", "closed",
               "When the last part was closed, UTC; blank while open. Example: 2026-11-21 16:00."),
        Column("Exit", "price", ACTUAL, 12, "price", "exit",
               "Price of a single exit; several go on the Exits sheet. Example: 107.10."),
        Column("Fees", "money", ACTUAL, 12, "cash", "fees",
               "Fees paid, those on the Exits sheet not again. Example: 6.20."),
        Column("Carry", "money", ACTUAL, 12, "cash", "carry",
               "Funding and interest; paid is +, received is -. Example: 9.80."),
        Column("Gross", "money", ACTUAL, 11, "cash", "gross",
               "Result before costs where no prices are known, or the venue's own. Example: 12.5."),
        Column("Unpriced", "coins", ACTUAL, 14, "text", "unpriced",
               "Written by imports: costs in coins that wait for a price. Example: 0.01 BNB."),
        Column("Net", "money", RESULT, 11, formula=(
            'IF([@Unpriced]<>"","unpriced",'
            'CHOOSE(1+([@State]="closed"),[@State],[@[Realised P&L]]))'
        ), format="signed", strong=True),
        Column("R", "x risk", RESULT, 11, formula=(
            'CHOOSE(1+ISNUMBER([@Net])*(1+(N([@Risk])>0)),[@Net],"no risk",[@Net]/[@Risk])'
        ), format="r", strong=True),
        Column("Fees paid", "money", RESULT, 10, formula="N([@Fees])+[@[Exit fees]]",
               format="cents"),
        Column("Carry paid", "money", RESULT, 10, formula=(
            "N([@Carry])+SUMIFS(Exits[Carry],Exits[Trade],[@Trade])"
        ), format="cents"),
        Column("Exit avg", "price", RESULT, 12, formula=(
            'IF([@[Out units]]=0,"",[@[Out value]]/[@[Out units]])'
        ), format="price"),
        Column("Open quantity", "units", RESULT, 11, formerly=("Left",),
               formula="[@[Position size]]-[@[Out units]]", format="quantity"),
        Column("Realised P&L", "money so far", RESULT, 12, formerly=("Banked",), formula=(
            "[@[Gross so far]]-[@[Entry fees]]-[@[Exit fees]]-[@[Carry paid]]"
        ), format="signed"),
        Column("Plan R", "x risk", RESULT, 9, formula=(
            'IF(N([@Entry])*N([@Stop])*N([@[Target 2]])=0,"",'
            "ABS([@[Target 2]]-[@Entry])/ABS([@Entry]-[@Stop]))"
        ), format="r"),
        Column("Slippage", "money, worse +", RESULT, 11, formerly=("Slip",), formula=(
            'IF(N([@Entry])=0,"",[@Sign]*([@[Entry (avg)]]-[@Entry])*[@[Position size]])'
        ), format="cents"),
        Column("Size deviation", "% of plan", RESULT, 11, formerly=("Oversize",), formula=(
            'IF(N([@Units])=0,"",[@[Position size]]/[@Units]-1)'
        ), format="percent1"),
        Column("Carry overrun", "money, more +", RESULT, 11, formerly=("Dearer",), formula=(
            'IF(([@State]="closed")*([@[Plan carry]]<>""),[@[Carry paid]]-[@[Plan carry]],"")'
        ), format="cents"),
        Column("MAE", "x risk", RESULT, 9, formula=(
            'IF(N([@High])*N([@Low])*[@[Unit risk]]=0,"",'
            "MAX(0,[@Sign]*([@[Entry (avg)]]-[@Worst]))/[@[Unit risk]])"
        ), format="ratio"),
        Column("MFE", "x risk", RESULT, 9, formula=(
            'IF(N([@High])*N([@Low])*[@[Unit risk]]=0,"",'
            "MAX(0,[@Sign]*([@Best]-[@[Entry (avg)]]))/[@[Unit risk]])"
        ), format="ratio"),
        Column("Setup", "word", WHY, 14, "text", "setup",
               "The kind of trade, the same word each time. Example: pullback."),
        Column("Rules kept", "word", WHY, 12, "choice", "rules_kept",
               "Did you keep to the plan?", choices=("yes", "no")),
        Column("Mistake", "word", WHY, 18, "text", "mistake",
               "The mistake in two words, the same each time. Example: moved stop."),
        Column("Tags", "word", WHY, 18, "text", "tags",
               "Words to find it by, with commas. Example: news, weekend."),
        Column("Expected", "word", WHY, 44, "note", "expected",
               "What you expect, and what would prove you wrong."),
        Column("Note", "word", WHY, 62, "note", "note",
               "What happened, and why."),
        Column("Reviewed", "UTC", WATCHED, 18, "moment", "reviewed",
               "When you last looked at it while open, UTC. Example: 2026-11-21 09:00."),
        Column("Stop set", "minutes after", WATCHED, 10, "minutes", "stop_set",
               "Minutes from the entry until the stop stood at the venue. Example: 1."),
        Column("High", "price", WATCHED, 12, "price", "high",
               "Highest price while it was open. Example: 111.50."),
        Column("Low", "price", WATCHED, 12, "price", "low",
               "Lowest price while it was open. Example: 98.20."),
        Column("Target 1", "price", MORE, 12, "price", "target_1",
               "Where the first part was to be sold. Example: 105."),
        Column("Target 2", "price", MORE, 12, "price", "target_2",
               "Where the second part was to be sold. Example: 110."),
        Column("Chance", "% liquidated", MORE, 11, "share", "chance",
               "Chance of liquidation that the plan showed. Type 5%, not 5."),
        Column("Win chance", "% target first", MORE, 11, "share", "win_chance",
               "Chance that target 1 comes before the stop. Type 45%, not 45."),
        Column("Days", "days", MORE, 9, "days", "days",
               "How long you planned to hold. Example: 7."),
        Column("Venue", "word", MORE, 14, "text", "venue",
               "Where it was traded. Example: Platform A."),
        Column("Reason", "word", MORE, 28, "note", "reason",
               "Why this trade, as the plan said. Example: range low held twice."),
        Column("Made by", "word", SEAL, 24, "text", "made_by",
               "Versions that the plan was made with. Example: isomargin 0.1.0, template 1."),
        Column("Sealed sum", "number", SEAL, 13, "cash", "sealed_sum",
               "Control number of the frozen cells, as a value. Example: 46512.73."),
        Column("Sealed words", "word", SEAL, 44, "note", "sealed_words",
               "The frozen words in one, as a value. Example: ETH|long|Platform A."),
        Column("Fingerprint", "word", SEAL, 16, "text", "fingerprint",
               "Written by Take; blank where taken by hand. Example: 3f0a91c2."),
        Column("Account", "word", IMPORT, 14, "text", "account",
               "The account at the venue, where there are several. Example: main."),
        Column("Import", "number", IMPORT, 8, "number", "import",
               "Number of the import that told of it last. Example: 3."),
        Column("Source", "word", IMPORT, 28, "note", "source",
               "The fill that opened it, as the Fills sheet knows it."),
        Column("From import", "word", IMPORT, 28, "note", "from_import",
               "Cells that imports write, and write anew when they know more."),
        working("No", "row", 7, "ROW()-ROW(Journal[[#Headers],[No]])", "whole"),
        working("Sign", "+1 long", 8, (
            'IF([@Side]="",0,CHOOSE(MATCH([@Side],{"long","short"},0),1,-1))'
        ), "whole"),
        working("Entry (avg)", "price", 12, formerly=("In",),
                formula='IF([@Filled]="",N([@Entry]),[@Filled])', fmt="price"),
        working("Position size", "units", 11, formerly=("Held",),
                formula='IF([@Size]="",N([@Units]),[@Size])', fmt="quantity"),
        working("Exited", "units", 11,
                "SUMIFS(Exits[Quantity],Exits[Trade],[@Trade])", "quantity"),
        working("State", "word", 10, (
            'CHOOSE(1+([@Closed]<>"")+([@Closed]<>"")'
            '*([@Exited]+N([@Exit])+([@Gross]<>"")>0),'
            '"open","no exit","closed")'
        )),
        working("Out units", "units", 11, (
            'IF([@Exited]>0,[@Exited],([@State]="closed")*[@[Position size]])'
        ), "quantity"),
        working("Out value", "money", 12, (
            "IF([@Exited]>0,SUMIFS(Exits[Value],Exits[Trade],[@Trade]),[@[Out units]]*N([@Exit]))"
        ), "cents"),
        working("Exit fees", "money", 10, "SUMIFS(Exits[Fee],Exits[Trade],[@Trade])", "cents"),
        # A part that is out bears its share of the fees of the entry.
        working("Gross so far", "money", 11, (
            'IF([@Gross]<>"",N([@Gross]),[@Sign]*([@[Out value]]-[@[Out units]]*[@[Entry (avg)]]))'
        ), "cents"),
        working("Entry fees", "money", 10, (
            'N([@Fees])*IF([@Gross]<>"",1,[@[Out units]]/MAX([@[Position size]],Smallest_unit))'
        ), "cents"),
        working("Unit risk", "price", 12, (
            "IF(N([@Stop])=0,0,ABS([@[Entry (avg)]]-[@Stop]))"
        ), "price"),
        working("Worst", "price", 12, "IF([@Sign]<0,N([@High]),N([@Low]))", "price"),
        working("Best", "price", 12, "IF([@Sign]<0,N([@Low]),N([@High]))", "price"),
        working("Same number", "rows", 9, "COUNTIF(Journal[Trade],[@Trade])", "whole"),
        working("No exit fee", "exits", 9, (
            "COUNTIF(Exits[Trade],[@Trade])"
            '-COUNTIFS(Exits[Trade],[@Trade],Exits[Fee],"<1E+99")'
        ), "whole"),
        working("No carry", "1 = yes", 9, (
            'N([@Carry]="")*N(COUNTIFS(Exits[Trade],[@Trade],Exits[Carry],"<1E+99")=0)'
        ), "flag"),
        working("Missing", "cells", 10, (
            'IF([@Closed]="",0,([@Exited]=0)*([@Exit]="")*([@Gross]="")+([@Fees]="")'
            '+([@Unpriced]<>"")+[@[No exit fee]]+[@[No carry]])'
        ), "whole"),
        working("Off", "1 = yes", 8, (
            'IF([@Closed]="",N([@[Open quantity]]<-Tolerance*[@[Position size]]),'
            "N([@Exited]>0)*N(ABS([@[Open quantity]])>Tolerance*[@[Position size]]))"
        ), "flag", align="center"),
        working("Review due", "UTC", 18, (
            'IF([@Closed]="",MAX([@Opened],[@Reviewed])+1/Reviews_per_day,"closed")'
        ), "moment", align="left"),
        working("Done", "UTC", 18, 'IF([@State]="closed",[@Closed],"")',
                fmt="moment", align="left"),
        working("Order", "of closing", 9, (
            'IF([@Done]="","",RANK([@Done],Journal[Done],1)'
            '+COUNTIFS(Journal[Done],[@Done],Journal[No],"<"&[@No]))'
        ), "whole"),
        working("Counted", "1 = has an R", 10, "N(ISNUMBER([@R]))", "flag", align="center"),
        working("Calibration error", "0 to 1", 10, formerly=("Surprise",), formula=(
            'IF([@Counted]*ISNUMBER([@[Win chance]]),ABS(N([@[Win chance]])-(N([@R])>0)),"")'
        ), fmt="ratio"),
        working("Price mark", "number", 11, PRICE_MARK, "cents"),
        working("Size mark", "number", 11, SIZE_MARK, "cents"),
        working("Sum now", "number", 13, SUM_NOW, "cents"),
        working("Words now", "word", 44, WORDS_NOW),
        working("Changed", "1 = yes", 10, (
            'IF([@[Sealed sum]]="",0,1-(ABS([@[Sealed sum]]-[@[Sum now]])<=Tolerance)'
            "*EXACT([@[Sealed words]],[@[Words now]]))"
        ), "flag", align="center"),
    ),
)

EXIT_KINDS = ("target", "soft stop", "stop", "trail", "time", "liquidated", "other")

EXITS = Table(
    name="Exits",
    sheet="Exits",
    top=8,
    left=2,
    rows=20,
    row_key="Trade",
    columns=(
        Column("Trade", "number", "THE EXIT: YOU TYPE", 10, "number", "trade",
               "The trade's number in the Journal. Example: 15.", required=True),
        Column("Time", "UTC", "THE EXIT: YOU TYPE", 18, "moment", "time",
               "When this part was closed, UTC. Example: 2026-11-21 16:00.", required=True),
        Column("Price", "price", "THE EXIT: YOU TYPE", 12, "price", "price",
               "Price of this part. Example: 105.", required=True),
        Column("Quantity", "units", "THE EXIT: YOU TYPE", 12, "quantity", "quantity",
               "Units closed, always above 0. Example: 12.", required=True),
        Column("Fee", "money", "THE EXIT: YOU TYPE", 11, "cash", "fee",
               "Fee of this exit. Example: 0.76."),
        Column("Carry", "money", "THE EXIT: YOU TYPE", 11, "cash", "carry",
               "Funding and interest settled with it; paid is +. Example: 2.10."),
        Column("Kind", "word", "THE EXIT: YOU TYPE", 13, "choice", "kind",
               "What closed it.", choices=EXIT_KINDS),
        Column("Note", "word", "THE EXIT: YOU TYPE", 44, "note", "note",
               "Anything worth remembering."),
        Column("Source", "word", "THE EXIT: YOU TYPE", 24, "note", "source",
               "Written by imports: the fill that it is."),
        Column("Symbol", "word", "WHAT IT CAME TO", 16, formula=(
            'IF([@Row]=0,"no such trade",INDEX(Journal[Symbol],[@Row]))'
        ), align="left", strong=True),
        Column("Result", "money", "WHAT IT CAME TO", 13, formula=(
            'IF([@Row]=0,"",INDEX(Journal[Sign],[@Row])*([@Value]-[@Quantity]'
            "*INDEX(Journal[Entry (avg)],[@Row]))-N([@Fee])-N([@Carry]))"
        ), format="signed", strong=True),
        working("Value", "money", 13, "N([@Price])*N([@Quantity])", "cents"),
        working("Row", "row", 9, row_of("[@Trade]", "Journal[Trade]"), "whole"),
    ),
)

_READ = "WRITTEN BY ISOMARGIN JOURNAL IMPORT"

# Everything that imports have read: the trades are computed from it, all of it, at each import.
FILLS = Table(
    name="Fills",
    sheet="Fills",
    top=8,
    left=2,
    rows=20,
    row_key="Id",
    columns=tuple(
        Column(header, unit, _READ, width, kind, key, prompt)
        for header, unit, width, kind, key, prompt in (
            ("Time", "UTC", 19, "moment", "time", "When it happened, UTC."),
            ("Symbol", "word", 16, "text", "symbol", "As the venue writes it."),
            ("Side", "word", 9, "text", "side", "buy or sell; blank for a payment."),
            ("Quantity", "units", 14, "quantity", "quantity", "Units of this fill."),
            ("Price", "price", 14, "price", "price", "Price of this fill."),
            ("Fee", "in its currency", 13, "cash", "fee", "Paid is +."),
            ("Fee currency", "word", 12, "text", "fee_currency", "Blank: the account's."),
            ("Funding", "in its currency", 13, "cash", "funding", "Paid is +, received is -."),
            ("Id", "word", 34, "note", "id", "The venue's own, or one made of what it says."),
            ("Order id", "word", 24, "note", "order_id",
             "Which order it belongs to; of a file, what tells it again."),
            ("Position side", "word", 12, "text", "position_side", "long, short or blank."),
            ("Effect", "word", 10, "text", "effect", "open, close, reduce or blank."),
            ("Kind", "word", 14, "text", "kind", "trade, liquidation, funding, file, ..."),
            ("Venue", "word", 14, "text", "venue", "Where it happened."),
            ("Account", "word", 14, "text", "account", "The account there."),
            ("Unit", "word", 10, "text", "unit", "contracts, or blank for coins."),
            ("Realised", "money", 12, "cash", "realised", "The venue's own result of it."),
            ("Balance", "units", 12, "cash", "balance", "The position after it, if told."),
            ("Opened", "UTC", 19, "moment", "opened", "A whole trade's opening."),
            ("Exit", "price", 14, "price", "exit", "A whole trade's exit price."),
            ("Stop", "price", 12, "price", "stop", "A whole trade's first stop."),
            ("High", "price", 12, "price", "high", "Highest price during it."),
            ("Low", "price", 12, "price", "low", "Lowest price during it."),
            ("Leverage", "x", 10, "leverage", "leverage", "A whole trade's leverage."),
            ("Written", "local time", 20, "text", "written", "The time as the file has it."),
            ("Zone", "word", 16, "text", "zone", "Of that time, where it was told."),
            ("Format", "word", 16, "text", "format", "Kind of export that it came in."),
            ("File", "word", 28, "note", "file", "File that it came in."),
            ("Import", "number", 8, "number", "import", "Number of the import."),
            ("Row", "number", 9, "number", "row", "Order of reading: sort by it to go back."),
        )
    ),
)
