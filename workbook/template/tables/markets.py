"""Markets: what each place to trade asks for, market by market; facts, each with source and date.

Four tables side by side, so that each may grow downwards: venues, their markets (venue and symbol
are the key), the tiers of their maintenance, and daily closes. What a market does not say is its
venue's; the grey columns put the two together once, for every row of the plan.
"""

from __future__ import annotations

from workbook.template.spec import Column, Table
from workbook.template.tables.workings import KEY, row_of, venue_row, working

SHEET = "Markets"
TOP = 6
SYMBOLS = ("BTC", "ETH", "SOL", "OP", "ARB", "DOGE", "XRP", "LINK")  # columns of daily closes
SPARE = ("Other 1", "Other 2", "Other 3", "Other 4")
CONFIDENCE = ("high", "medium", "low", "illustrative")

TERMS, RULES, SOURCE = "TERMS", "RULES", "SOURCE"
LIVE, STEPS, TIER = "LIVE: ISOMARGIN REFRESH WRITES HERE", "STEPS", "TIERS OF MAINTENANCE"
CLOSES = "DAILY CLOSES, OLDEST FIRST"


def _source(what: str) -> tuple[Column, ...]:
    return (
        Column("Source", "word", SOURCE, 34, "note", "source",
               f"Where the {what} come from. Example: the venue's fee page."),
        Column("As of", "UTC", SOURCE, 12, "date", "as_of",
               "The day they held. Example: 2026-11-01."),
    )


def _confidence() -> Column:
    return Column("Confidence", "word", SOURCE, 12, "choice", "confidence",
                  "How sure the source is.", choices=CONFIDENCE)


VENUES = Table(
    name="Venues", sheet=SHEET, top=TOP, left=2, rows=16, row_key="Name",
    columns=(
        # ISO_VENUE_COMPARISON reads the first nine columns in this order.
        Column("Name", "word", TERMS, 16, "text", "name",
               "Its plain name, without a market. Example: Hyperliquid.", required=True),
        Column("Max leverage", "x", TERMS, 12, "leverage", "max_leverage",
               "Its default, for a market that the next table does not know. Example: 10.",
               required=True),
        Column("Maintenance rate", "% of notional", TERMS, 14, "cost rate", "maintenance_rate",
               "Its default, for a market that the next table does not know. Type 5%, not 5.",
               required=True),
        Column("Liquidation penalty", "% of notional", TERMS, 14, "cost rate",
               "liquidation_penalty", "Charged when you are liquidated. Type 1%, not 1.",
               required=True),
        Column("Taker fee", "% each way", TERMS, 11, "cost rate", "taker_fee",
               "Of an order that is filled at once. Type 0.06%, not 0.06.", required=True,
               formerly=("Fee rate",), former_keys=("fee_rate",)),
        Column("Spread", "% of price", TERMS, 11, "cost rate", "spread",
               "Bid to ask; counted as slippage at the stop. Type 0.02%, not 0.02.",
               required=True),
        Column("Funding rate", "% per interval", TERMS, 13, "rate", "funding_rate",
               "Longs pay a positive rate, shorts receive it. Type 0.01%, not 0.01.",
               required=True),
        Column("Funding hours", "hours", TERMS, 12, "hours", "funding_hours",
               "Hours between two payments. Example: 8.", required=True),
        Column("Borrow rate", "% per year", TERMS, 12, "cost rate", "borrow_rate",
               "Interest on what is borrowed; 0% for a perpetual. Type 6%, not 6.",
               required=True),
        Column("Maker fee", "% each way", TERMS, 11, "rate", "maker_fee",
               "Of an order that waits in the book; negative where it pays you. Blank: the taker's."
               " Type 0.02%, not 0.02."),
        Column("Trigger fee", "% of notional", RULES, 12, "cost rate", "trigger_fee",
               "Fee that the venue adds to maintenance in the trigger. Blank: none. "
               "Type 0.05%, not 0.05."),
        Column("Model", "word", RULES, 11, "choice", "model",
               "What maintenance is counted on: 'mark' (price now) or 'entry'.",
               choices=("mark", "entry"), required=True),
        Column("Tiering", "word", RULES, 11, "choice", "tiering",
               "'marginal': a tier's rate on what is above its floor; 'whole': on all of it. "
               "Blank: marginal.", choices=("marginal", "whole")),
        Column("Remainder", "word", RULES, 12, "choice", "remainder",
               "What is left after a liquidation: back to the 'trader', or 'seized'.",
               choices=("trader", "seized"), required=True),
        Column("Margin after", "word", RULES, 13, "choice", "margin_after",
               "What a partial close does to the margin: it 'stays', or shrinks 'pro_rata'.",
               choices=("stays", "pro_rata", "with_profit")),
        Column("To cross", "word", RULES, 9, "choice", "to_cross",
               "May an open isolated position be made cross? Blank: no source says.",
               choices=("yes", "no")),
        Column("Currency", "word", RULES, 10, "text", "currency",
               "What margin is posted in. Example: USDT."),
        *_source("terms"),
        _confidence(),
        working("Maker used", "% each way", 11, (
            'IF([@[Maker fee]]="",[@[Taker fee]],[@[Maker fee]])'
        ), "rate"),
    ),
)


def _used(header: str, source: str, unit: str, venue: str = "", fmt: str = "rate") -> Column:
    """A market's own figure, or its venue's."""
    return working(header, unit, 11, (
        f'IF([@[{source}]]<>"",[@[{source}]],'
        f'CHOOSE(1+([@[Venue row]]>0),"",INDEX(Venues[{venue or source}],[@[Venue row]])))'
    ), fmt)


MARKETS = Table(
    name="Markets", sheet=SHEET, top=TOP, left=VENUES.left + len(VENUES.columns) + 1, rows=60,
    row_key="Symbol",
    columns=(
        Column("Venue", "word", TERMS, 16, "choice", "venue",
               "A venue of the table on the left. Example: Hyperliquid.",
               list_name="Venue_names", required=True),
        Column("Symbol", "word", TERMS, 11, "text", "symbol",
               "The asset, not the pair. Example: ETH.", required=True),
        Column("Instrument", "word", TERMS, 18, "text", "instrument",
               "The venue's own name for it. Example: ETHUSDT."),
        Column("Max leverage", "x", TERMS, 12, "leverage", "max_leverage",
               "The most the venue allows for this market. Example: 50.", required=True),
        Column("Maintenance rate", "% of notional", TERMS, 14, "cost rate", "maintenance_rate",
               "Of the first tier. Type 0.5%, not 0.5.", required=True),
        Column("Taker fee", "% each way", TERMS, 11, "cost rate", "taker_fee",
               "Only where it is not the venue's. Type 0.06%, not 0.06."),
        Column("Maker fee", "% each way", TERMS, 11, "rate", "maker_fee",
               "Only where it is not the venue's. Type 0.02%, not 0.02."),
        Column("Trigger fee", "% of notional", TERMS, 12, "cost rate", "trigger_fee",
               "Counted in the trigger; only where it is not the venue's. Type 0.05%, not 0.05."),
        Column("Liquidation fee", "% of notional", TERMS, 13, "cost rate", "liquidation_fee",
               "Charged when you are liquidated; only where it is not the venue's penalty. "
               "Type 1%, not 1."),
        Column("Lot", "units", STEPS, 11, "quantity", "lot",
               "Step of the size, in units. Example: 0.001."),
        Column("Tick", "price", STEPS, 11, "price", "tick", "Step of the price. Example: 0.01."),
        Column("Figures", "digits", STEPS, 9, "count", "figures",
               "Significant digits of a price, where the venue counts them instead of a tick. "
               "Example: 5."),
        Column("Decimals", "digits", STEPS, 9, "digits", "decimals",
               "Most digits after the point, beside the significant ones. Example: 4."),
        Column("Smallest notional", "money", STEPS, 11, "floor", "smallest_notional",
               "Smallest order. Example: 10."),
        Column("Contract size", "units", STEPS, 11, "quantity", "contract_size",
               "Units of the asset in one contract. Example: 1."),
        Column("Funding rate", "% per interval", LIVE, 13, "rate", "funding_rate",
               "Now; longs pay a positive rate. Blank: the venue's. Type 0.01%, not 0.01."),
        Column("Funding mean", "% per interval", LIVE, 13, "rate", "funding_mean",
               "Mean of the last 30 days. Type 0.01%, not 0.01."),
        Column("Funding spread", "% per interval", LIVE, 13, "cost rate", "funding_spread",
               "Standard deviation of the last 30 days. Type 0.01%, not 0.01."),
        Column("Funding hours", "hours", LIVE, 12, "hours", "funding_hours",
               "Hours between two payments. Blank: the venue's. Example: 8."),
        Column("Funding as of", "UTC", LIVE, 17, "moment", "funding_as_of",
               "When the rate was read. Example: 2026-11-20 18:00."),
        Column("Mark", "price", LIVE, 14, "price", "mark",
               "Mark price. Example: 3000."),
        Column("Mark as of", "UTC", LIVE, 17, "moment", "mark_as_of",
               "When it was read. Example: 2026-11-20 18:00."),
        Column("Tiers to", "money", SOURCE, 13, "floor", "tiers_to",
               "Notional up to which the tiers are known. Blank: no end. Example: 1000000."),
        *_source("terms"),
        _confidence(),
        working("Key", "word", 20, KEY),
        working("Own key", "word", 24, 'UPPER(TRIM([@Venue]))&" "&UPPER(TRIM([@Instrument]))'),
        venue_row(),
        working("Tier count", "count", 9, "COUNTIF(Tiers[Key],[@Key])", "whole"),
        _used("Taker used", "Taker fee", "% each way"),
        _used("Maker used", "Maker fee", "% each way", "Maker used"),
        _used("Trigger used", "Trigger fee", "% of notional"),
        _used("Penalty used", "Liquidation fee", "% of notional", "Liquidation penalty"),
        _used("Rate used", "Funding rate", "% per interval"),
        _used("Hours used", "Funding hours", "hours", fmt="days"),
        working("Rule", "word", 16, (
            'IF([@[Venue row]]=0,"",INDEX(Venues[Model],[@[Venue row]])&" "'
            '&INDEX(Venues[Tiering],[@[Venue row]]))'
        )),
    ),
)

_MINE = "Tiers[Key],[@Key],Tiers[Floor]"
TIERS = Table(
    name="Tiers", sheet=SHEET, top=TOP, left=MARKETS.left + len(MARKETS.columns) + 1, rows=180,
    row_key="Symbol",
    columns=(
        Column("Venue", "word", TIER, 16, "choice", "venue",
               "A venue of the first table. Example: Binance.", list_name="Venue_names",
               required=True),
        Column("Symbol", "word", TIER, 11, "text", "symbol",
               "The market's symbol as in the table on the left. Example: ETH.", required=True),
        Column("Floor", "money", TIER, 15, "floor", "floor",
               "Notional from which the rate holds; the first is 0. Example: 50000.",
               required=True),
        Column("Rate", "% of notional", TIER, 12, "cost rate", "rate",
               "Maintenance margin rate from there on. Type 0.5%, not 0.5.", required=True),
        Column("Max leverage", "x", TIER, 12, "leverage", "max_leverage",
               "The most that the venue allows in this tier. Blank: the market's. Example: 50."),
        *_source("tiers"),
        working("Key", "word", 20, KEY),
        working("Market row", "row", 10, row_of("[@Key]", "Markets[Key]"), "whole"),
        working("Rule", "word", 16, (
            'IF([@[Market row]]=0,"",INDEX(Markets[Rule],[@[Market row]]))'
        )),
        working("Trigger", "% of notional", 11, (
            "IF([@[Market row]]=0,0,N(INDEX(Markets[Trigger used],[@[Market row]])))"
        ), "rate"),
        working("No", "count", 8, f'COUNTIFS({_MINE},"<="&[@Floor])', "whole"),
        working("Rate below", "% of notional", 11, (
            "SUMPRODUCT(MAX((Tiers[Key]=[@Key])*(Tiers[Floor]<[@Floor])*Tiers[Rate]))"
        ), "rate"),
        working("Step", "money", 13, "[@Floor]*([@Rate]-[@[Rate below]])", "cents"),
        # By continuity: what the position would pay too much if the whole of it paid this rate.
        working("Deduction", "money", 14, (
            f'IF(RIGHT([@Rule],LEN("whole"))="whole",0,SUMIFS(Tiers[Step],{_MINE},"<="&[@Floor]))'
        ), "cents"),
        # A position is in this tier when it is liquidated, if its notional at the entry times
        # (1 - side/leverage) is at least this: equity at the floor is then below what it needs.
        working("Long from", "money", 15, (
            'IF(LEFT([@Rule],LEN("entry"))="entry",[@Floor],'
            "[@Floor]*(1-[@Trigger]-[@Rate])+[@Deduction])"
        ), "cents"),
        working("Short from", "money", 15, (
            'IF(LEFT([@Rule],LEN("entry"))="entry",[@Floor],'
            "[@Floor]*(1+[@Trigger]+[@Rate])-[@Deduction])"
        ), "cents"),
        working("Id", "word", 22, '[@Key]&" "&[@No]'),
    ),
)

CANDLES = Table(
    name="Candles", sheet=SHEET, top=TOP, left=TIERS.left + len(TIERS.columns) + 1, rows=100,
    row_key="Date",
    columns=(
        Column("Date", "UTC", CLOSES, 12, "date", "date",
               "The day, oldest first. Example: 2026-11-20.", required=True),
        *(
            Column(symbol, "price", CLOSES, 13, "price", symbol.lower().replace(" ", "_"),
                   "Close of the day; blank where there is none. Another symbol: type its name "
                   "over the header. Example: 3000.")
            for symbol in (*SYMBOLS, *SPARE)
        ),
    ),
)
