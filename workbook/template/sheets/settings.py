"""Settings: the account, the policy and the methods; everything a person sets once."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import FIXED, INPUTS, OWN
from workbook.template.sheets.context import Context
from workbook.template.spec import KINDS
from workbook.template.styles import apply_style
from workbook.template.validation import for_field

LABEL, VALUE, UNIT, DEFAULT, PROMPT, SOURCE = 2, 5, 6, 8, 9, 15
LAST = 16
FIRST_ROW = 5
GROUPS = {
    "account": "Account",
    "risk": "Risk policy",
    "market": "Market data",
    "stops": "Stops",
    "exits": "Taking profit",
    "review": "Review",
    "portfolio": "Portfolio",
}
HERE = tuple(field for field in INPUTS if field.sheet == "Settings")


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Settings", "Your account, your rules, your methods. Type in the yellow cells.",
        LAST, (8, 11),
    )
    row = _inputs(sheet, context, FIRST_ROW - 1)
    row = _fixed(sheet, context, row)
    frame.widths(sheet, {5: 18, PROMPT: 14, 13: 16, 14: 12, SOURCE: 26, LAST: 12})
    frame.print_setup(sheet, LAST, row, context.version)
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


def _fixed(sheet: Worksheet, context: Context, row: int) -> int:
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
    return row
