"""Journal: what was expected, frozen when the trade was taken, beside what happened."""

from __future__ import annotations

from workbook.template.spec import Column, Table

TRADE = "THE TRADE"
EXPECTED = "EXPECTED: FROZEN WHEN TAKEN"
ACTUAL = "ACTUAL"
RESULT = "RESULT"
WHY = "WHY"
WORKINGS = "WORKINGS"

JOURNAL = Table(
    name="Journal",
    sheet="Journal",
    top=24,
    left=2,
    rows=20,
    row_key="Symbol",
    columns=(
        Column("Opened", "UTC", TRADE, 17, "moment", "opened",
               "When the position was opened, UTC. Example: 2026-11-20 09:30.", required=True),
        Column("Symbol", "word", TRADE, 10, "text", "symbol",
               "What was traded. Example: ETH.", required=True),
        Column("Side", "word", TRADE, 9, "choice", "side", "long or short.",
               choices=("long", "short"), required=True),
        Column("Setup", "word", TRADE, 13, "text", "setup",
               "The kind of trade, the same word each time. Example: pullback."),
        Column("Entry", "price", EXPECTED, 12, "price", "entry",
               "Price it was opened at. Example: 100.", required=True),
        Column("Stop", "price", EXPECTED, 12, "price", "stop",
               "The first stop; never change it later. Example: 96.", required=True),
        Column("Units", "units", EXPECTED, 11, "quantity", "units",
               "Size, always above 0. Example: 48.", required=True),
        Column("Leverage", "x", EXPECTED, 11, "leverage", "leverage",
               "Notional over margin when opened. Example: 10."),
        Column("Liq price", "price", EXPECTED, 12, "price", "liq_price",
               "Liquidation price that the plan showed. Example: 90.45."),
        Column("Plan carry", "money", EXPECTED, 12, "cash", "plan_carry",
               "Carry that the plan expected; paid is +. Example: 10.50."),
        Column("Risk", "money", EXPECTED, 10, "money", "risk",
               "What the stop would lose: the trade's R. Example: 200.", required=True),
        Column("Closed", "UTC", ACTUAL, 17, "moment", "closed",
               "When it was closed, UTC; blank while open. Example: 2026-11-21 16:00."),
        Column("Exit", "price", ACTUAL, 12, "price", "exit",
               "Average price of all exits. Example: 107.10."),
        Column("Fees", "money", ACTUAL, 10, "cash", "fees",
               "All fees paid. Example: 6.20."),
        Column("Carry", "money", ACTUAL, 10, "cash", "carry",
               "Funding and interest; paid is +, received is -. Example: 9.80."),
        Column("Reviewed", "UTC", ACTUAL, 17, "moment", "reviewed",
               "When you last looked at it while open, UTC. Example: 2026-11-21 09:00."),
        Column("Net", "money", RESULT, 11, formula=(
            'IF([@Closed]="","open",[@Sign]*[@Units]*([@Exit]-[@Entry])-[@Fees]-[@Carry])'
        ), format="signed", strong=True),
        Column("R", "x risk", RESULT, 10,
               formula='IF([@Closed]="","open",[@Net]/[@Risk])', format="r", strong=True),
        Column("Rules kept", "word", WHY, 12, "choice", "rules_kept",
               "Did you keep to the plan?", choices=("yes", "no")),
        Column("Mistake", "word", WHY, 18, "text", "mistake",
               "The mistake in two words, the same each time. Example: moved stop."),
        Column("Note", "word", WHY, 62, "note", "note",
               "What you expected, what happened, and why."),
        Column("No", "row", WORKINGS, 7,
               formula="ROW()-ROW(Journal[[#Headers],[No]])", format="whole"),
        Column("Sign", "+1 long", WORKINGS, 8, formula='IF([@Side]="short",-1,1)',
               format="whole"),
        Column("Missing", "cells", WORKINGS, 10, formula=(
            'IF([@Closed]="",0,COUNTBLANK([@[Exit]:[Carry]]))'
        ), format="whole"),
        Column("Review due", "UTC", WORKINGS, 17, formula=(
            'IF([@Closed]="",MAX([@Opened],[@Reviewed])+1/Reviews_per_day,"closed")'
        ), format="moment", align="left"),
    ),
)  # fmt: skip
