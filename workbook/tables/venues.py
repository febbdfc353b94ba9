"""Venues: the terms of each place to trade, dated, on the Settings sheet."""

from __future__ import annotations

from workbook.spec import Column, Table

TERMS = "TERMS"
RULES = "LIQUIDATION"
SOURCE = "SOURCE"

VENUES = Table(
    name="Venues",
    sheet="Settings",
    top=48,
    left=2,
    rows=8,
    row_key="Name",
    columns=(
        # ISO_VENUE_COMPARISON reads the first nine columns in this order.
        Column("Name", "word", TERMS, 16, "text", "name", "Short name. Example: Platform A.",
               required=True),
        Column("Max leverage", "x", TERMS, 12, "leverage", "max_leverage",
               "The most the venue allows for this market. Example: 50.", required=True),
        Column("Maintenance rate", "% of notional", TERMS, 14, "cost rate", "maintenance_rate",
               "Margin you must keep. Type 0.5%, not 0.5.", required=True),
        Column("Liquidation penalty", "% of notional", TERMS, 14, "cost rate",
               "liquidation_penalty", "Charged when you are liquidated. Type 1%, not 1.",
               required=True),
        Column("Fee rate", "% each way", TERMS, 11, "cost rate", "fee_rate",
               "Taker fee each way. Type 0.06%, not 0.06.", required=True),
        Column("Spread", "% of price", TERMS, 11, "cost rate", "spread",
               "Bid to ask; counted as slippage at the stop. Type 0.02%, not 0.02.", required=True),
        Column("Funding rate", "% per interval", TERMS, 13, "rate", "funding_rate",
               "Longs pay a positive rate, shorts receive it. Type 0.01%, not 0.01.",
               required=True),
        Column("Funding hours", "hours", TERMS, 12, "hours", "funding_hours",
               "Hours between two payments. Example: 8.", required=True),
        Column("Borrow rate", "% per year", TERMS, 12, "cost rate", "borrow_rate",
               "Interest on what is borrowed; 0% for a perpetual. Type 6%, not 6.", required=True),
        Column("Model", "word", RULES, 11, "choice", "model",
               "What maintenance is counted on: 'mark' (price now) or 'entry'.",
               choices=("mark", "entry"), required=True),
        Column("Remainder", "word", RULES, 12, "choice", "remainder",
               "What is left after a liquidation: back to the 'trader', or 'seized'.",
               choices=("trader", "seized"), required=True),
        Column("Source", "word", SOURCE, 30, "note", "source",
               "Where the terms come from. Example: the venue's fee page."),
        Column("As of", "UTC", SOURCE, 12, "date", "as_of",
               "When you read them. Example: 2026-11-01."),
    ),
)
