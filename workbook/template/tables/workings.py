"""Grey columns, and those of them that Plan and Now have alike: a row's venue, market and tier."""

from __future__ import annotations

from workbook.template.spec import WORKINGS, Column

# Venue and symbol as Markets has them in one.
KEY = 'UPPER(TRIM([@Venue]))&" "&UPPER(TRIM([@Symbol]))'


def working(header: str, unit: str, width: float, formula: str, fmt: str = "text", *,
            align: str = "", always: bool = False, formerly: tuple[str, ...] = ()) -> Column:
    """A computed column that only explains others; words stand on the left."""
    return Column(header, unit, WORKINGS, width, formula=formula, format=fmt, always=always,
                  align=align or ("left" if fmt == "text" else "right"), formerly=formerly)


def row_of(value: str, column: str, otherwise: str = "0") -> str:
    """The row of a table's column that holds a value, or else `otherwise`."""
    match = f"MATCH({value},{column},0)"
    return f"IF(ISNUMBER({match}),{match},{otherwise})"


def term(market: str, venue: str = "", *, number: bool = False) -> str:
    """A term of the market, or where that is unknown its venue's; as a `number`, text is 0."""
    found = (
        f"IF([@[Market row]]=0,INDEX(Venues[{venue or market}],[@[Venue row]]),"
        f"INDEX(Markets[{market}],[@[Market row]]))"
    )
    return f"N({found})" if number else found


def of_market(header: str) -> str:
    """What only a market has: a number, 0 where it says nothing."""
    return f"IF([@[Market row]]=0,0,N(INDEX(Markets[{header}],[@[Market row]])))"


def venue_row() -> Column:
    """Which row of Venues the trade is on."""
    return working("Venue row", "row", 10, row_of("TRIM([@Venue])", "Venues[Name]"), "whole",
                   always=True)


def typed_key(*, always: bool = False) -> Column:
    """What the trade is on, as a key of Markets."""
    return working("Typed key", "word", 18, KEY, always=always)


def asset(*, always: bool = False) -> tuple[Column, ...]:
    """What is traded, without what exchanges write around it: BTC of BTC-USDT-SWAP."""
    return (
        working("Cleaned", "word", 12, (
            'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(UPPER('
            '[@Symbol]),"-SWAP",""),"-PERP",""),"-",""),"/",""),"_",""),":","")'
        ), always=always),
        working("Asset", "word", 10, (
            'TRIM(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE([@Cleaned],'
            '"USDTM",""),"USDT",""),"USDC",""),"USD",""),"XBT","BTC"))'
        ), always=always),
    )


def volatility() -> tuple[Column, ...]:
    """One day's standard deviation: typed, of the daily closes, or else the setting."""
    return (
        working("Closes row", "row", 8, row_of("[@Asset]", "Closes_known"), "whole"),
        working("Market vol", "% per day", 9, (
            "IF([@[Closes row]]=0,Daily_volatility,INDEX(Closes_volatility,[@[Closes row]]))"
        ), "percent1"),
        working("Vol", "% per day", 9,
                'IF([@Volatility]="",[@[Market vol]],[@Volatility])', "percent1"),
    )


def market_rows(*, always: bool = False) -> tuple[Column, ...]:
    """Which row of Markets it is: by its key, that of the asset alone, the venue's own name."""
    by_asset = 'UPPER(TRIM([@Venue]))&" "&[@Asset]'
    return (
        working("By name", "row", 8, row_of("[@[Typed key]]", "Markets[Own key]"), "whole",
                always=always),
        working("By asset", "row", 8, row_of(by_asset, "Markets[Key]", "[@[By name]]"), "whole",
                always=always),
        working("Market row", "row", 8,
                row_of("[@[Typed key]]", "Markets[Key]", "[@[By asset]]"), "whole", always=always),
    )


def market_key() -> Column:
    """The market's key in Tiers."""
    return working("Market key", "word", 18,
                   'IF([@[Market row]]=0,"",INDEX(Markets[Key],[@[Market row]]))')


def tier_rows(tested: str) -> tuple[Column, ...]:
    """Which row of Tiers it is at its liquidation: see Long from and Short from there."""
    long, short = (
        f'COUNTIFS(Tiers[Key],[@[Market key]],Tiers[{side} from],"<="&{tested})'
        for side in ("Long", "Short")
    )
    return (
        working("Short tier", "count", 8, short, "whole"),
        working("Tier no", "count", 8, f"IF([@Sign]>0,{long},[@[Short tier]])", "whole"),
        working("Tier row", "row", 8,
                'IF([@[Tier no]]=0,0,MATCH([@[Market key]]&" "&[@[Tier no]],Tiers[Id],0))',
                "whole"),
    )


def tier_terms(*, number: bool = False) -> tuple[Column, ...]:
    """Maintenance of that tier, or without tiers the market's; and what the tier deducts."""
    rate, deduction = (
        f"N(INDEX(Tiers[{header}],[@[Tier row]]))" if number
        else f"INDEX(Tiers[{header}],[@[Tier row]])"
        for header in ("Rate", "Deduction")
    )
    return (
        working("First rate", "% of notional", 10, term("Maintenance rate", number=number), "rate"),
        working("Maint", "% of notional", 12, f"IF([@[Tier row]]=0,[@[First rate]],{rate})",
                "rate"),
        working("Deduction", "money", 10, f"IF([@[Tier row]]=0,0,{deduction})", "cents"),
    )
