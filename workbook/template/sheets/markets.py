"""Markets: venues, their markets and tiers, and daily closes; facts with their source and date."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import TABLES
from workbook.template.sheets.context import Context
from workbook.template.spec import Table
from workbook.template.styles import apply_style

TITLES = (
    ("Venues", "Venues", "One row a place to trade. Its leverage and maintenance are for markets "
     "that the next table does not know."),
    ("Markets", "Markets", "One row a venue and symbol. What is blank is the venue's. Amber: no "
     "date, or an old one."),
    ("Tiers", "Tiers", "Where a larger position needs more margin. Plan counts the tier in which "
     "the position would be liquidated."),
    ("Candles", "Candles", "A day's close in each row. They give the volatility of a plan row that "
     "has none, and the correlations of Risk."),
)
LAST = 12  # columns under the title's band
# What has a date of its own, and the setting that says how many days it may be old.
DATED = (
    ("Venues", "As of", "Stale_days"),
    ("Markets", "As of", "Stale_days"),
    ("Markets", "Funding as of", "Funding_days"),
    ("Markets", "Mark as of", "Mark_days"),
    ("Tiers", "As of", "Stale_days"),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out; it is not protected, because protected tables cannot grow."""
    right = TABLES["Candles"].left + len(TABLES["Candles"].columns) - 1
    frame.header(
        sheet, "Markets", "What each venue asks for, market by market, each with source and date.",
        right, (7, 10),
    )
    areas = []
    for name, title, words in TITLES:
        table = TABLES[name]
        frame.heading(sheet, table.top - 2, table.left, title)
        apply_style(sheet.cell(table.top - 1, table.left, words), "Note")
        frame.excel_table(sheet, table)
        end = letter(table.left + len(table.inputs) - 1)  # workings are not printed
        areas.append(f"{letter(table.left)}{table.top - 2}:{end}{table.last_row}")
    for name, header, days in DATED:
        _aged(sheet, TABLES[name], header, days)
    areas.append(_closes(sheet, context))
    venues = TABLES["Venues"]
    first, last = venues.first_row, venues.last_row
    names = letter(venues.left)
    context.name("Venue_names", sheet, f"${names}${first}:${names}${last}")
    frame.view(sheet, f"B{first}", f"C{first}")
    frame.print_setup(sheet, right, last, context.version)
    sheet.print_area = areas


def _closes(sheet: Worksheet, context: Context) -> str:
    """What each column of closes says: how many, until when, and the volatility of a day."""
    table = TABLES["Candles"]
    left = table.left + len(table.columns) + 1
    symbols = [column.header for column in table.columns[1:]]
    frame.heading(sheet, table.top - 2, left, "What the closes say")
    apply_style(
        sheet.cell(table.top - 1, left, "Fewer closes than Settings asks for say nothing."), "Note"
    )
    heads = (("Symbol", "", "left"), ("Closes", "count", "right"), ("Last", "UTC", "right"),
             ("Volatility", "% per day", "right"), ("Known", "", "left"))
    frame.column_heads(sheet, table.top + 1, left, heads)
    first, last = table.first_row, table.first_row + len(symbols) - 1
    known = "ISO_VOLATILITY" in context.formulas
    for row, symbol in enumerate(symbols, start=first):
        closes = f"Candles[{symbol}]"
        count, until = (f"${letter(left + offset)}{row}" for offset in (1, 2))
        cells = (
            (f"Candles[[#Headers],[{symbol}]]", "text"),
            (f"COUNT({closes})", "whole"),
            (f'IF({count}=0,"",IF(COUNT(Candles[Date])<COUNTA(Candles[Date]),"text date",'
             f"SUMPRODUCT(MAX(ISNUMBER({closes})*Candles[Date]))))", "date"),
            (f'IF({count}<Few_closes,"",ISO_VOLATILITY({closes},,,,Volatility_method,'
             "Volatility_half_life))" if known else '""', "percent1"),
            (f'IF(ISNUMBER({letter(left + 3)}{row})*ISNUMBER({until}),'
             f'UPPER(TRIM({letter(left)}{row})),"")', "text"),
        )
        for column, (formula, fmt) in enumerate(cells, start=left):
            role = "Result left" if fmt == "text" else "Result"
            apply_style(sheet.cell(row, column), role, fmt).value = f"={formula}"
    _correlations(sheet, context, left + len(heads) + 1, first, symbols)
    for name, offset in (("Closes_last", 2), ("Closes_volatility", 3), ("Closes_known", 4)):
        at = letter(left + offset)
        context.name(name, sheet, f"${at}${first}:${at}${last}")
    frame.widths(sheet, dict.fromkeys(range(left, left + len(heads)), 12))
    return f"{letter(left)}{table.top - 2}:{letter(left + len(heads) - 1)}{last}"


def _correlations(
    sheet: Worksheet, context: Context, left: int, first: int, symbols: list[str]
) -> None:
    """How the columns of closes move together; blank where two have too little in common."""
    count = len(symbols)
    frame.heading(sheet, first - 5, left, "How they move together")
    frame.column_heads(
        sheet, first - 2, left, [(f"No {number}", "", "right") for number in range(1, count + 1)]
    )
    if "ISO_CORRELATION" in context.formulas:
        closes = f"Candles[[{symbols[0]}]:[{symbols[-1]}]]"
        given = f'ISO_CORRELATION({closes},"ewma",Pair_half_life)'
        frame.array(
            sheet, first, left, count, count,
            f'=IF(ISNUMBER({given}),{given},"")', ("ratio",) * count,
        )
    end = letter(left + count - 1)
    context.name(
        "Closes_correlations", sheet, f"${letter(left)}${first}:${end}${first + count - 1}"
    )


def _aged(sheet: Worksheet, table: Table, header: str, days: str) -> None:
    """Amber where there is no date, or one older than the setting allows."""
    first, last = table.first_row, table.last_row
    key, dated = letter(table.index(table.row_key)), letter(table.index(header))
    old = f"OR(ISTEXT({dated}{first}),As_of-N({dated}{first})>{days})"
    empty = "" if header == "As of" else f',{dated}{first}<>""'
    frame.highlight(
        sheet, f"{dated}{first}:{dated}{last}", f'AND(${key}{first}<>""{empty},{old})', "warn"
    )
