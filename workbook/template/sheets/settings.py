"""Settings: the account, the policy and the venues; everything a person sets once."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import FIXED, INPUTS, OWN, TABLES
from workbook.template.sheets.context import Context
from workbook.template.spec import KINDS, Table
from workbook.template.styles import apply_style
from workbook.template.validation import for_field

LABEL, VALUE, UNIT, DEFAULT, PROMPT, SOURCE = 2, 5, 6, 8, 9, 15
LAST = 16
FIRST_ROW = 5
GROUPS = {
    "account": "Account",
    "risk": "Risk policy",
    "stops": "Stops",
    "exits": "Taking profit",
    "review": "Review",
    "portfolio": "Portfolio",
}
HERE = tuple(field for field in INPUTS if field.sheet == "Settings")


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Settings", "Your account, your rules, your venues. Type in the yellow cells.",
        LAST, (8, 11),
    )
    row = _inputs(sheet, context, FIRST_ROW - 1)
    _fixed(sheet, context, row)
    _venues(sheet, context)
    frame.view(sheet, "E5", "A4")
    frame.protect(sheet)


def _inputs(sheet: Worksheet, context: Context, row: int) -> int:
    group = ""
    for field in HERE:
        if field.section != group:
            group = field.section
            frame.heading(sheet, row, LABEL, GROUPS[group])
            apply_style(sheet.cell(row, VALUE, "Value"), "Note right")
            apply_style(sheet.cell(row, DEFAULT, "Default"), "Note right")
            for column, text in ((UNIT, "Unit"), (PROMPT, "What it means"),
                                 (SOURCE, "Where the default is from")):
                apply_style(sheet.cell(row, column, text), "Note indented")
            row += 1
        kind = KINDS[field.kind]
        apply_style(sheet.cell(row, LABEL, field.label), "Body")
        value = sheet.cell(row, VALUE)
        apply_style(value, "Input", kind.format)
        frame.write_input(value, field.default)
        rule = for_field(field)
        rule.add(value.coordinate)
        sheet.add_data_validation(rule)
        context.name_cell(field.name, sheet, row, VALUE)
        apply_style(sheet.cell(row, UNIT, field.unit), "Note indented")
        default = apply_style(sheet.cell(row, DEFAULT), "Fixed", kind.format)
        frame.write_input(default, None if field.source == OWN else field.default)
        apply_style(sheet.cell(row, PROMPT, field.prompt), "Note indented")
        apply_style(sheet.cell(row, SOURCE, field.source), "Note indented")
        sheet.row_dimensions[row].height = 19
        row += 1
    context.name("Settings_values", sheet, f"$E${FIRST_ROW}:$E${row - 1}")
    rows = {field.name: context.book.defined_names[field.name].attr_text for field in HERE}
    for name, pair in (("Triggers", ("Trigger_1", "Trigger_2")),
                       ("Fractions", ("Fraction_1", "Fraction_2"))):
        first, last = (rows[one].split("!")[1] for one in pair)
        context.name(name, sheet, f"{first}:{last}")
    return row


def _fixed(sheet: Worksheet, context: Context, row: int) -> None:
    frame.heading(sheet, row, LABEL, "Fixed numbers")
    apply_style(sheet.cell(row, PROMPT, "Why it is here"), "Note indented")
    for fixed in FIXED:
        row += 1
        apply_style(sheet.cell(row, LABEL, fixed.label), "Body")
        apply_style(sheet.cell(row, VALUE, fixed.value), "Fixed", fixed.format)
        apply_style(sheet.cell(row, UNIT, fixed.unit), "Note indented")
        apply_style(sheet.cell(row, PROMPT, fixed.why), "Note indented")
        context.name_cell(fixed.name, sheet, row, VALUE)
        sheet.row_dimensions[row].height = 19
    row += 1
    apply_style(sheet.cell(row, LABEL, "Budget of all trades together"), "Body")
    apply_style(
        sheet.cell(row, VALUE), "Result", "cents"
    ).value = "=Account_equity*Max_total_risk*(1+Tolerance)"
    apply_style(sheet.cell(row, UNIT, "=Currency"), "Note indented")
    apply_style(sheet.cell(row, PROMPT, "equity x risk of all trades together"), "Note indented")
    context.name_cell("Total_budget", sheet, row, VALUE)
    if row + 3 > TABLES["Venues"].top:
        raise ValueError(f"Settings grew to row {row}: move the Venues table down in its file")


def _venues(sheet: Worksheet, context: Context) -> None:
    table = TABLES["Venues"]
    frame.heading(sheet, table.top - 2, LABEL, "Venues")
    apply_style(
        sheet.cell(
            table.top - 1, LABEL,
            "Terms as you read them, with source and date; amber where they are stale. Fill the "
            "blank rows for more venues.",
        ),
        "Note",
    )
    frame.excel_table(sheet, table)
    first, last = table.first_row, table.last_row
    frame.widths(sheet, {5: 18, 13: 72, 14: 12, 15: 26, 16: 4})
    context.name("Venue_names", sheet, f"$B${first}:$B${last}")
    _stale(sheet, table)
    _tiers(sheet)
    tiers = TABLES["Tiers"]
    frame.print_setup(sheet, LAST, last, context.version)
    right = letter(tiers.left + len(tiers.columns) - 1)
    sheet.print_area = [
        f"A1:{letter(LAST)}{last}", f"{letter(tiers.left)}{tiers.top - 2}:{right}{tiers.last_row}",
    ]


def _tiers(sheet: Worksheet) -> None:
    table = TABLES["Tiers"]
    frame.heading(sheet, table.top - 2, table.left, "Tiers")
    apply_style(
        sheet.cell(
            table.top - 1, table.left,
            "Where a larger position needs more margin. Plan counts the venue's rate; Checks warn.",
        ),
        "Note",
    )
    frame.excel_table(sheet, table)
    _stale(sheet, table)


def _stale(sheet: Worksheet, table: Table) -> None:
    first, last = table.first_row, table.last_row
    key, as_of = letter(table.index(table.row_key)), letter(table.index("As of"))
    frame.highlight(
        sheet, f"{as_of}{first}:{as_of}{last}",
        f'AND(${key}{first}<>"",As_of-{as_of}{first}>Stale_days)', "warn",
    )
