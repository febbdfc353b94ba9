"""What every sheet has in common: header with the master check, cards, tables, print set-up."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import styles
from workbook.template.sheets.context import Context
from workbook.template.spec import KINDS, WORKINGS, Column, Default, Setting, Table
from workbook.template.structured import stored
from workbook.template.styles import apply_style
from workbook.template.validation import for_column, for_field

NOTHING_SHOWN = 200  # number of a format of our own, above those that Excel has
# A price below so much is shown so, the smallest first; larger ones have the column's own format.
SMALL_PRICES = (
    ("0.0000001", "0.000E+00"),
    ("0.00001", "0.0000000000"),
    ("0.001", "0.00000000"),
    ("0.1", "0.000000"),
)
# The same where there is room for ten digits, and where there is not.
SMALL_PRICES_WIDE = (("0.0000001", "0.000E+00"), ("0.0001", "0.0000000000"), *SMALL_PRICES[2:])
SMALL_PRICES_NARROW = (("0.001", "0.000E+00"), ("0.1", "0.000000"))
_NUMBER_OF = {
    shown: number for number, (_, shown) in enumerate(SMALL_PRICES, start=NOTHING_SHOWN + 1)
}
WITHOUT_ADDIN = "Add-in missing: values are as last computed"
LARGE, LARGE_FROM = "0.00E+00", "1000000000"
LARGE_NARROW, LARGE_NARROW_FROM = "0.000E+00", "10000000"

TONES = {
    "good": (styles.GREEN, styles.GREEN_FILL),
    "warn": (styles.AMBER, styles.AMBER_FILL),
    "bad": (styles.RED, styles.RED_FILL),
}
# How a unit is written above a column; words need none.
UNITS = {
    "money": "=Currency",
    "price": '=Currency&" a unit"',
    "money per day": '=Currency&" a day"',
    "word": "",
}


def widths(sheet: Worksheet, values: Mapping[int, float]) -> None:
    """Column widths in characters, by column number."""
    for column, width in values.items():
        sheet.column_dimensions[letter(column)].width = width


def header(
    sheet: Worksheet,
    title: str,
    subtitle: str,
    last: int,
    check: tuple[int, int],
    *,
    marked: bool = False,
) -> None:
    """Title band over columns 1 to `last`; the master check stands in columns `check`.

    A `marked` sheet says next to it when its rows are example data.
    """
    for column in range(1, last + 1):
        apply_style(sheet.cell(1, column), "Header band")
        apply_style(sheet.cell(2, column), "Header band")
    apply_style(sheet.cell(1, 2, title), "Title")
    apply_style(sheet.cell(2, 2, subtitle), "Subtitle")
    first, until = check
    for column in range(first, until + 1):
        apply_style(sheet.cell(1, column), "Master check")
        apply_style(sheet.cell(2, column), "Banner")
    sheet.cell(1, first).value = "=Master_check"
    sheet.cell(2, first).value = "=Version_banner"
    if marked:
        cell = apply_style(sheet.cell(1, until + 1), "Example mark")
        cell.value = '=IF(Data_kind="example","EXAMPLE DATA: not your trades","")'
    say_without_addin(sheet, f"{letter(first)}2:{letter(until)}2")  # before the other tones
    where = f"{letter(first)}1:{letter(until)}1"
    anchor = f"${letter(first)}$1"
    highlight(sheet, where, f'ISNUMBER(SEARCH("FAIL",{anchor}))', "bad")
    highlight(sheet, where, f'ISNUMBER(SEARCH("pass",{anchor}))', "good")
    highlight(
        sheet, f"{letter(first)}2:{letter(until)}2",
        f'ISERROR(SEARCH("ready",${letter(first)}$2))', "warn",
    )  # fmt: skip
    sheet.row_dimensions[1].height = 32
    sheet.row_dimensions[2].height = 20
    sheet.row_dimensions[3].height = 10
    widths(sheet, {1: 2})


def say_without_addin(sheet: Worksheet, where: str) -> None:
    """Put other words over the banner while the add-in does not answer.

    A program that opens the file without the add-in may leave the banner as it was computed last,
    but formats are always up to date.
    """
    words = DifferentialStyle(
        numFmt=NumberFormat(numFmtId=NOTHING_SHOWN + 10, formatCode=f';;;"{WITHOUT_ADDIN}"'),
        font=Font(color=TONES["bad"][0], bold=True),
        fill=PatternFill("solid", bgColor=TONES["bad"][1]),
    )
    rule = Rule(type="expression", dxf=words, formula=["ISERROR(Addin_version)"])
    sheet.conditional_formatting.add(where, rule)


def highlight(sheet: Worksheet, where: str, formula: str, name: str) -> None:
    """Colour `where` in a tone while the formula is true; the words in the cell say the same."""
    ink, fill = TONES[name]
    sheet.conditional_formatting.add(
        where,
        FormulaRule(
            formula=[formula],
            font=Font(color=ink),
            fill=PatternFill(bgColor=fill, fill_type="solid"),
        ),
    )


def mute(sheet: Worksheet, where: str, formula: str) -> None:
    """Write `where` in quiet ink while the formula is true."""
    sheet.conditional_formatting.add(
        where, FormulaRule(formula=[formula], font=Font(color=styles.MUTED, bold=False))
    )


def hide_while(sheet: Worksheet, where: str, formula: str) -> None:
    """Leave `where` looking blank while the formula is true: what only fills a fixed range up."""
    nothing = DifferentialStyle(numFmt=NumberFormat(numFmtId=NOTHING_SHOWN, formatCode=";;;"))
    sheet.conditional_formatting.add(where, Rule(type="expression", dxf=nothing, formula=[formula]))


def price_digits(
    sheet: Worksheet,
    areas: Sequence[str],
    digits: Sequence[tuple[str, str]] = SMALL_PRICES,
) -> None:
    """Show small prices with digits that tell them apart: more of them, the smaller they are."""
    first = areas[0].split(":")[0]
    for below, shown in digits:
        style = DifferentialStyle(numFmt=NumberFormat(numFmtId=_NUMBER_OF[shown], formatCode=shown))
        formula = f"AND(ISNUMBER({first}),{first}>0,{first}<{below})"
        rule = Rule(type="expression", dxf=style, formula=[formula])
        sheet.conditional_formatting.add(" ".join(areas), rule)


def large_numbers(sheet: Worksheet, areas: Sequence[str], *, narrow: bool = False) -> None:
    """Show amounts that no column has room for by their first digits and the power of ten."""
    first = areas[0].split(":")[0]
    shown, least = (LARGE_NARROW, LARGE_NARROW_FROM) if narrow else (LARGE, LARGE_FROM)
    number = _NUMBER_OF.get(shown, NOTHING_SHOWN + 9)
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=number, formatCode=shown))
    formula = f"AND(ISNUMBER({first}),ABS(N({first}))>={least})"
    rule = Rule(type="expression", dxf=style, formula=[formula])
    sheet.conditional_formatting.add(" ".join(areas), rule)


def loose_prices(sheet: Worksheet, rows: range, narrow: Collection[int] = ()) -> None:
    """`price_digits` for all prices in some rows of a sheet that stand in no table.

    A rule for each block, because what a rule over scattered blocks starts from, programs disagree
    about. `narrow` are the columns without room for ten digits. The rules go before those that are
    there: of two for one cell LibreOffice takes the first alone, and digits matter more.
    """
    before = sheet.conditional_formatting
    sheet.conditional_formatting = ConditionalFormattingList()
    for column in range(1, sheet.max_column + 1):
        digits = SMALL_PRICES_NARROW if column in narrow else SMALL_PRICES_WIDE
        priced = [row for row in rows if sheet.cell(row, column).style.endswith(" price")]
        for _, run in itertools.groupby(enumerate(priced), lambda item: item[1] - item[0]):
            block = [row for _, row in run]
            at = letter(column)
            cells = f"{at}{block[0]}:{at}{block[-1]}"
            price_digits(sheet, [cells], digits)
            if column in narrow:
                large_numbers(sheet, [cells], narrow=True)
    for formatted in before:
        for rule in formatted.rules:
            rule.priority = 0  # given anew
            sheet.conditional_formatting.add(str(formatted.sqref), rule)


def table_digits(sheet: Worksheet, table: Table) -> None:
    """Both, for all of a table's prices and amounts."""

    def areas(*formats: str) -> list[str]:
        columns = [
            letter(number)
            for number, column in enumerate(table.columns, start=table.left)
            if format_of(column) in formats
        ]
        return [f"{column}{table.first_row}:{column}{table.last_row}" for column in columns]

    price_digits(sheet, areas("price"))
    large_numbers(sheet, areas("quantity", "money", "cents"))


@dataclass(frozen=True)
class Card:
    """A label, a large value and a note, over columns `first` to `last`."""

    first: int
    last: int
    label: str
    value: str
    note: str
    format: str = "text"
    good: str = ""
    warn: str = ""
    bad: str = ""


def cards(sheet: Worksheet, row: int, items: Iterable[Card]) -> None:
    """Cards in three rows from `row`; a card's tone formulas colour it from left to right."""
    for offset, height in enumerate((18, 28, 18)):
        sheet.row_dimensions[row + offset].height = height
    for card in items:
        for offset, role, text in (
            (0, "Card label", card.label),
            (1, "Card value", card.value),
            (2, "Card note", card.note),
        ):
            cell = sheet.cell(row + offset, card.first, text)
            apply_style(cell, role, card.format if offset == 1 else "text")
            for column in range(card.first + 1, card.last + 1):
                apply_style(sheet.cell(row + offset, column), "Card body")
        where = f"{letter(card.first)}{row}:{letter(card.last)}{row + 2}"
        for name, formula in (("bad", card.bad), ("warn", card.warn), ("good", card.good)):
            if formula:
                highlight(sheet, where, formula, name)


def heading(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A section heading; returns its cell."""
    sheet.row_dimensions[row].height = 22
    return apply_style(sheet.cell(row, column, text), "Heading")


def block(
    sheet: Worksheet, row: int, left: int, title: str, heads: Sequence[tuple[str, str, str]]
) -> None:
    """The heading of a block that is not a table, and its columns' heads below."""
    heading(sheet, row, left, title)
    column_heads(sheet, row + 1, left, heads)


def column_heads(
    sheet: Worksheet, row: int, left: int, heads: Sequence[tuple[str, str, str]]
) -> None:
    """Unit row and header row of a block that is not a table: (header, unit, align) each."""
    for column, (text, unit, align) in enumerate(heads, start=left):
        suffix = {"right": "", "left": " left", "center": " centre"}[align]
        apply_style(sheet.cell(row, column, UNITS.get(unit, unit) or None), f"Unit{suffix}")
        apply_style(sheet.cell(row + 1, column, text), f"Header{suffix}")


def working(
    sheet: Worksheet,
    context: Context,
    row: int,
    columns: tuple[int, int],
    name: str,
    label: str,
    fmt: str,
    formula: str,
) -> None:
    """A number or a text that other cells name, in one column, its label in another."""
    left, value = columns
    apply_style(sheet.cell(row, left, label), "Working left")
    role = "Working left" if fmt == "text" else "Working"
    apply_style(sheet.cell(row, value), role, fmt).value = f"={formula}"
    context.name_cell(name, sheet, row, value)


def array(
    sheet: Worksheet,
    top: int,
    left: int,
    rows: int,
    columns: int,
    formula: str,
    formats: Sequence[str],
    *,
    strong: Sequence[int] = (),
) -> None:
    """A fixed-range array formula; `formats` by column, text columns to the left."""
    reference = f"{letter(left)}{top}:{letter(left + columns - 1)}{top + rows - 1}"
    for row in range(top, top + rows):
        for column, fmt in enumerate(formats, start=left):
            role = "Result strong" if column - left in strong else "Result"
            apply_style(sheet.cell(row, column), f"{role} left" if fmt == "text" else role, fmt)
    sheet.cell(top, left).value = ArrayFormula(reference, formula)


def role_of(column: Column) -> str:
    """Named style role of a table column's cells."""
    if column.is_input:
        return "Input left" if KINDS[column.kind].align == "left" else "Input"
    suffix = {"right": "", "left": " left", "center": " centre"}[column.align]
    if column.wrap:
        return "Result strong wrapped"
    if column.band == WORKINGS:
        return "Working left" if column.align == "left" else "Working"
    return ("Result strong" if column.strong else "Result") + suffix


def format_of(column: Column) -> str:
    """Number format of a table column's cells."""
    return KINDS[column.kind].format if column.is_input else column.format


def formula_of(table: Table, column: Column) -> str:
    """The column's formula as the file holds it, blank where the row is blank."""
    if column.formula.startswith("="):  # it says itself when the row is blank
        return stored(column.formula, table.name)
    if table.gate and not column.always:
        return stored(f'=IF([@{table.gate}]=1,{column.formula},"")', table.name)
    return stored(f'=IF([@{table.row_key}]="","",{column.formula})', table.name)


# What a head's letters take of a column, in Calibri's bold digits, and what stands beside them.
_NARROW, _WIDE = frozenset("fijlrtI-'. "), frozenset("mwMW")
_INDENT, _ARROW = 1.6, 2.9  # the cell's own margins; the filter's button, in LibreOffice 18 pixels


def head_width(text: str, width: float) -> float:
    """The width, or more where a table's head would break within a word.

    LibreOffice writes a head that takes several lines beside the filter's button, and breaks words
    that are too long for what is left.

    >>> head_width("Own margin", 9), head_width("Own size", 9), head_width("Direction", 9)
    (10.5, 9, 9.5)
    """
    if _letters(text) + _INDENT <= width:
        return width
    words = text.split()
    beside = _ARROW if len(words) > 1 else 0.0
    needed = max(map(_letters, words)) + _INDENT + beside
    return max(width, math.ceil(2 * needed) / 2)


def _letters(text: str) -> float:
    return sum(0.6 if one in _NARROW else 1.6 if one in _WIDE else 1.05 for one in text)


def excel_table(sheet: Worksheet, table: Table) -> None:
    """Lay out bands, units, header, data rows and validation."""
    heads = [
        (c.header, c.unit, KINDS[c.kind].align if c.is_input else c.align) for c in table.columns
    ]
    column_heads(sheet, table.top + 1, table.left, heads)
    sheet.row_dimensions[table.top].height = 20
    sheet.row_dimensions[table.top + 1].height = 32
    sheet.row_dimensions[table.header_row].height = 34
    _bands(sheet, table)
    first, last = table.first_row, table.last_row
    for offset, column in enumerate(table.columns):
        number = table.left + offset
        widths(sheet, {number: head_width(column.header, column.width)})
        role, fmt = role_of(column), format_of(column)
        formula = "" if column.is_input else formula_of(table, column)
        for row in range(first, last + 1):
            cell = apply_style(sheet.cell(row, number), role, fmt)
            if formula:
                cell.value = formula
        if column.is_input:
            rule = for_column(column)
            rule.add(f"{letter(number)}{first}:{letter(number)}{last}")
            sheet.add_data_validation(rule)
    for row in range(first, last + 1):
        sheet.row_dimensions[row].height = 21
    right = letter(table.left + len(table.columns) - 1)
    excel = ExcelTable(
        displayName=table.name, ref=f"{letter(table.left)}{table.header_row}:{right}{last}"
    )
    sheet.add_table(excel)


def write_input(cell: object, value: Default) -> None:
    """Write an input; text stays text whatever it begins with."""
    if value is None:
        return
    cell.value = value  # type: ignore[attr-defined]
    if isinstance(value, str):
        cell.data_type = "s"  # type: ignore[attr-defined]


def input_cell(
    sheet: Worksheet, context: Context, field: Setting, row: int, column: int, role: str = "Input"
) -> Cell:
    """One input with its default, what it may hold, and its name."""
    cell = apply_style(sheet.cell(row, column), role, KINDS[field.kind].format)
    write_input(cell, field.default)
    rule = for_field(field)
    rule.add(cell.coordinate)
    sheet.add_data_validation(rule)
    context.name_cell(field.name, sheet, row, column)
    return cell


def asked(
    sheet: Worksheet,
    context: Context,
    field: Setting,
    row: int,
    columns: tuple[int, int, int],
    role: str = "Input",
) -> None:
    """One input between its label and what it means; `columns` are those of the three."""
    label, value, prompt = columns
    apply_style(sheet.cell(row, label, field.label), "Body")
    input_cell(sheet, context, field, row, value, role)
    apply_style(sheet.cell(row, prompt, field.prompt), "Note indented")


def _bands(sheet: Worksheet, table: Table) -> None:
    role, previous = "Band other", ""
    for offset, column in enumerate(table.columns):
        cell = sheet.cell(table.top, table.left + offset)
        if column.band != previous:
            role = "Band" if role == "Band other" else "Band other"
            cell.value = column.band
            previous = column.band
        apply_style(cell, role)


def link(sheet: Worksheet, row: int, column: int, text: str, target: str) -> None:
    """A link to a place in this workbook."""
    cell = apply_style(sheet.cell(row, column, text), "Link")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target, display=text)


def print_setup(
    sheet: Worksheet, last: int, last_row: int, version: str, titles: str = "1:2"
) -> None:
    """Landscape, one page wide, footer with the version and the sheet's name."""
    sheet.print_area = f"A1:{letter(last)}{last_row}"
    sheet.print_title_rows = titles
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    for side in ("left", "right"):
        setattr(sheet.page_margins, side, 0.4)
    sheet.page_margins.top = 0.5
    sheet.page_margins.bottom = 0.6
    sheet.page_margins.footer = 0.3  # from the paper's edge: room for its line above that
    sheet.oddFooter.left.text = f"isomargin {version}"
    sheet.oddFooter.center.text = "&A"
    sheet.oddFooter.right.text = "Page &P of &N"


def view(sheet: Worksheet, cursor: str, freeze: str) -> None:
    """No gridlines, zoom 100, panes frozen, the cursor where one types first."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.freeze_panes = freeze
    for selection in sheet.sheet_view.selection:
        selection.activeCell = cursor
        selection.sqref = cursor


def protect(sheet: Worksheet) -> None:
    """A guard against slips: no password, sorting, filtering and column widths stay possible."""
    sheet.protection.sheet = True
    sheet.protection.sort = False
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
